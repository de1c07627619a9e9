"""Reports and rounds: which report belongs to which round, and rounds that a report tells of.

A report of an officer who is on a round of that day belongs to it. Words such as 全域巡查，各点位
正常 tell of a whole round; 全域巡查 alone begins one. Knows no sentence.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.actions import round_state, rounds, shifts
from bot.actions.people import require
from bot.actions.round_hours import local_day, runs
from bot.rules.records import Bureau, Reading
from bot.rules.rights import Right, may
from bot.rules.rounds import asks_from, tells_whole, told_at
from storage import journal, patrols, people, reports
from storage.patrols import ENDED, FIXED, FULL, OPEN, PAUSED, SPECIAL, WITHDRAWN, Patrol
from storage.people import Person
from storage.reports import Report
from storage.schema import Transaction

BEFORE = timedelta(minutes=5)
"""A report that happened so shortly before the round was begun is of it."""

DAY = timedelta(days=1)
SAME = timedelta(hours=1)
"""Two of a squad who tell of a whole round so near each other tell of the same one."""


def attach(
    tx: Transaction, who: Person, report: int, reading: Reading, bureau: Bureau, now: datetime
) -> bool:
    """The report belongs to the round, check or shift it is part of; whether its card says enough.

    Enough says the card of a round that is going on: a report of it needs no receipt of its own.
    """
    found = reports.by_id(tx, report)
    if found is None or found.practice or found.withdrawn_at is not None:
        return False
    if not may(who.roles, Right.PATROL):
        return False
    if reading.patrol_type in (SPECIAL, FIXED):
        return _told(tx, who, found, reading.patrol_type, bureau, now) and not found.asking
    spots = any(item.spot for item in reading.items)
    whole = tells_whole(found.text, names_spots=spots)
    patrol = _going(tx, who, found, bureau)
    if patrol is None and not whole and reading.patrol_type != FULL:
        return False
    going = patrol is not None and patrol.is_open and not whole
    known = None
    if patrol is None:
        known = _unfinished(tx, who, found, bureau)
        if known is None and whole:
            known = _known(tx, who, found.occurred_at, found.late, bureau)
    begun = patrol is None and known is None
    patrol = patrol or known or _begun(tx, who, found, bureau, now, told=whole)
    if known is not None and who.id not in patrols.crew(tx, known.id):
        _tell_again(tx, known, who, now)
    _take_in(tx, who, patrol, found, reading, now)
    if whole:
        _tick_all(tx, who, patrol, found.occurred_at, found.id)
    _go_on(tx, patrol, found, bureau, now, whole=whole, begun=begun)
    return going and not found.asking


def again(
    tx: Transaction, who: Person, report: int, reading: Reading, bureau: Bureau, now: datetime
) -> None:
    """The report was reworded: what its old words told of is taken back, the new ones tell.

    A report of a round that is or was going stays with it.
    """
    old = patrols.of_report(tx, report)
    patrol = patrols.by_id(tx, old) if old is not None else None
    if patrol is not None and not patrol.told:
        reports.change(tx, report, patrol_type=patrol.kind)
        round_state.follow(tx, report, now)
        return
    if patrol is not None:
        patrols.untick_told(tx, patrol.id, report)
        reports.change(tx, report, patrol=None)
        if patrols.has_standing_report(tx, patrol.id) is None and not patrols.has_ticks(tx, patrol):
            patrols.change(tx, patrol.id, state=WITHDRAWN)
        round_state.settle(tx, patrol.id)
        round_state.owe_cards(tx, patrol.id, now)
    attach(tx, who, report, reading, bureau, now)


def words(
    tx: Transaction, person: int, line: str, chat: int, text: str, reading: Reading,
    sent: datetime, bureau: Bureau, now: datetime,
) -> None:  # fmt: skip
    """Words alone that name no spot tell of a whole round: it is there, and has ended."""
    who = require(tx, person, Right.PATROL)
    at = reading.at or told_at(text, sent.astimezone(bureau.tz)) or sent
    late = local_day(at, bureau) < local_day(now, bureau)
    going = patrols.going(tx, who.id, FULL)
    same = going is not None and runs(going, at, bureau)
    known = None if same else _known(tx, who, at, late, bureau)
    if known is not None:
        patrols.join(tx, known.id, who.id, now)
        _join_companions(tx, known.id, reading, now)
        _tell_again(tx, known, who, now)
        return
    number = going.id if going and same else rounds.start(
        tx, who, line, chat, at, bureau, now, told=True, late=late
    )  # fmt: skip
    _join_companions(tx, number, reading, at)
    patrol = patrols.by_id(tx, number)
    assert patrol is not None
    _tick_all(tx, who, patrol, at)
    journal.write(tx, now, who.id, "round_told", patrol.number, {"words": text})
    rounds.finish(tx, patrol, who.id, now)


def _going(tx: Transaction, who: Person, report: Report, bureau: Bureau) -> Patrol | None:
    going = patrols.going(tx, who.id, FULL)
    if going is None or report.occurred_at < going.started_at - BEFORE:
        return None
    at = max(report.occurred_at, going.started_at)
    return going if runs(going, at, bureau) else None


def _unfinished(tx: Transaction, who: Person, report: Report, bureau: Bureau) -> Patrol | None:
    """A round of that day that the person was on and that was not whole: the report is late for it.

    On the day itself one that was ended so stays ended, and a new one begins.
    """
    if not report.late:
        return None
    since = report.occurred_at - timedelta(days=1)
    for patrol in patrols.between(tx, since, report.occurred_at + timedelta(days=1), FULL):
        day = local_day(report.occurred_at, bureau)
        if local_day(patrol.started_at, bureau) != day or patrol.counts:
            continue
        if who.id in patrols.crew(tx, patrol.id):
            return patrol
    return None


def _known(tx: Transaction, who: Person, at: datetime, late: bool, bureau: Bureau) -> Patrol | None:
    """The round that the person tells of once more: his squad's whole one, just ended or then told.

    Told of on a later day it is the one of that day.
    """
    day = local_day(at, bureau)
    for patrol in patrols.between(tx, at - DAY, at + DAY, FULL):
        mine = patrol.squad == who.squad if who.squad is not None else patrol.person == who.id
        if not mine or patrol.state != ENDED or not (patrol.counts or patrol.told):
            continue
        over = (patrol.ended_at or patrol.started_at) + SAME
        if patrol.started_at - SAME <= at <= over:
            return patrol
        if late and local_day(patrol.started_at, bureau) == day:
            return patrol
    return None


def _tell_again(tx: Transaction, patrol: Patrol, who: Person, now: datetime) -> None:
    patrols.change(tx, patrol.id, menu=None)
    round_state.settle(tx, patrol.id)
    round_state.owe_cards(tx, patrol.id, now)
    rounds.tell_done(tx, patrol, who.id, now)


def _begun(
    tx: Transaction, who: Person, report: Report, bureau: Bureau, now: datetime, *, told: bool
) -> Patrol:
    mate = rounds.mates_round(tx, who, bureau, now) if not report.late else None
    if mate is not None:
        patrols.join(tx, mate.id, who.id, now)
        return mate
    number = rounds.start(
        tx, who, report.line, report.chat, report.occurred_at, bureau, now, told=told,
        late=report.late,
    )  # fmt: skip
    patrol = patrols.by_id(tx, number)
    assert patrol is not None
    return patrol


def _take_in(
    tx: Transaction, who: Person, patrol: Patrol, report: Report, reading: Reading, now: datetime
) -> None:
    reports.change(tx, report.id, patrol=patrol.id, patrol_type=report.patrol_type or patrol.kind)
    patrols.join(tx, patrol.id, who.id, now)
    _join_companions(tx, patrol.id, reading, now)


def _join_companions(tx: Transaction, patrol: int, reading: Reading, at: datetime) -> None:
    for name in reading.officers:
        for mate in people.named(tx, name)[:1]:
            if mate.active:
                patrols.join(tx, patrol, mate.id, at)


def _tick_all(
    tx: Transaction, who: Person, patrol: Patrol, at: datetime, report: int | None = None
) -> None:
    asks = asks_from(patrol.asks)
    seen = {visit.spot for visit in patrols.visits(tx, patrol.id)}
    for spot in asks.spots if asks else ():
        if spot not in seen:
            patrols.tick(tx, patrol.id, spot, at, who.id, patrol.late, report)


def _go_on(
    tx: Transaction, patrol: Patrol, report: Report, bureau: Bureau, now: datetime, *,
    whole: bool, begun: bool,
) -> None:  # fmt: skip
    """The round goes on; one that was told of as a whole ends, as one does whose day is past.

    A report that begins a round and names all its spots tells of it as a whole.
    """
    if patrol.state == PAUSED:
        patrols.change(tx, patrol.id, state=OPEN, last_at=now, menu=None)
    elif patrol.state == OPEN:
        patrols.change(tx, patrol.id, last_at=max(patrol.last_at, now), menu=None)
    round_state.settle(tx, patrol.id)
    fresh = patrols.by_id(tx, patrol.id)
    assert fresh is not None
    past = local_day(fresh.started_at, bureau) < local_day(now, bureau)
    all_named = begun and not fresh.lacking.get("spots")
    if fresh.is_open and (past or whole or all_named):
        patrols.change(tx, fresh.id, told=fresh.told or all_named)
        rounds.finish(tx, fresh, report.person, now)
        return
    round_state.owe_cards(tx, fresh.id, now)
    if fresh.is_open and begun:
        rounds.show(tx, fresh.id, report.line, report.chat, report.message, now)


def _told(
    tx: Transaction, who: Person, report: Report, kind: str, bureau: Bureau, now: datetime
) -> bool:
    """A report says that it is a special check, or duty at a booth: that is one, and has ended.

    Several of one squad and day at one spot are the same one; whether that is still going on.
    """
    _, finds = reports.read_finds(tx, report.id)
    spot = next((find.spot for find in finds if find.spot), None)
    day = local_day(report.occurred_at, bureau)
    since, until = report.occurred_at - timedelta(days=1), report.occurred_at + timedelta(days=1)
    same = next(
        (
            one for one in patrols.between(tx, since, until, kind)
            if local_day(one.started_at, bureau) == day and one.squad == who.squad
            and spot in (None, one.spot) and one.state != WITHDRAWN
        ),
        None,
    )  # fmt: skip
    if same is None:
        number = round_state.number_of(tx, kind, day)
        since, until = report.occurred_at, report.occurred_at
        if kind == FIXED:
            since, until = shifts.hours_told(report.text, report.occurred_at, bureau)
        patrol = patrols.add(
            tx, number=number, kind=kind, squad=who.squad, spot=spot, line=report.line,
            chat=report.chat, person=who.id, told=True, started_at=since, ended_at=until,
            last_at=now, state=ENDED, late=report.late, counts=True,
            lacking={}, asks={}, version=1,
        )  # fmt: skip
    else:
        patrol = same.id
        patrols.join(tx, patrol, who.id, now)
    reports.change(tx, report.id, patrol=patrol)
    return same is not None and same.is_open
