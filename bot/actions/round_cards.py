"""Reading all that a round's card may say, at the moment it is sent; only reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.actions.quotas import Ledger
from bot.actions.round_state import odd, standing
from bot.actions.scoping import spot_names
from bot.errors import NotAllowed, NotFound
from bot.rules.periods import month, unit_start, week
from bot.rules.quotas import Per
from bot.rules.records import NO_TROUBLE, Bureau, Role
from bot.rules.rights import Right, may
from bot.rules.round_facts import CheckFacts, ItemFacts, Reached, RoundFacts, ShiftFacts
from bot.rules.rounds import asks_from
from storage import check_items, counts, patrols, people, reports
from storage.check_items import Item
from storage.counts import Scope
from storage.patrols import FIXED, FULL, SPECIAL, Patrol
from storage.schema import Transaction

FINE = "fine"


def round_facts(tx: Transaction, patrol: int, bureau: Bureau, now: datetime) -> RoundFacts | None:
    """The round as it stands, or None where there is no such round."""
    found = patrols.by_id(tx, patrol)
    if found is None or found.kind != FULL:
        return None
    names = spot_names(tx, bureau)
    asks = asks_from(found.asks)
    reached = _reached(tx, found, bureau, names)
    there = {one.code for one in reached}
    wanted = asks.spots if asks else ()
    crew = tuple((number, _name(tx, number)) for number in patrols.crew(tx, found.id))
    on = {number for number, _ in crew}
    accepted = _name(tx, found.accepted_by) if found.accepted_by else None
    nth, owed = _of_week(tx, found, bureau)
    here = now.astimezone(bureau.tz)
    reminder = datetime.combine(here.date(), bureau.hours.round_reminder, bureau.tz)
    started = found.started_at.astimezone(bureau.tz)
    return RoundFacts(
        found.id, found.number, found.version, found.state, started,
        found.ended_at and found.ended_at.astimezone(bureau.tz),
        found.last_at.astimezone(bureau.tz), started.date() == here.date(),
        week(started) == week(here), found.told, found.late, found.counts, reached,
        tuple((code, names.get(code, code)) for code in wanted if code not in there),
        standing(tx, found), len(wanted), crew,
        tuple((p.id, p.name) for p in _mates(tx, found) if p.id not in on),
        len(patrols.reports_of(tx, found.id)), nth, owed, found.menu, accepted,
        found.accepted_reason, odd(tx, found), reminder if here < reminder else None,
    )  # fmt: skip


def _reached(
    tx: Transaction, found: Patrol, bureau: Bureau, names: dict[str, str]
) -> tuple[Reached, ...]:
    """The spots asked for that were reached, each once, in the order of arrival."""
    asks = asks_from(found.asks)
    wanted = set(asks.spots) if asks else set()
    problems: dict[str, list[bool]] = {}
    for report in patrols.reports_of(tx, found.id):
        row = reports.by_id(tx, report)
        if row is None or row.withdrawn_at is not None or row.practice:
            continue
        for find in reports.read_finds(tx, report)[1]:
            if find.spot and find.category not in (None, NO_TROUBLE):
                problems.setdefault(find.spot, []).append(find.state == "closed")
    first: dict[str, Reached] = {}
    for visit in patrols.visits(tx, found.id):
        if visit.spot not in first and (not wanted or visit.spot in wanted):
            told = problems.get(visit.spot, [])
            first[visit.spot] = Reached(
                visit.spot, names.get(visit.spot, visit.spot), visit.at.astimezone(bureau.tz),
                len(told), sum(told),
            )  # fmt: skip
    return tuple(first.values())


def _owed(tx: Transaction, found: Patrol, what: str, per: Per, bureau: Bureau) -> int | None:
    """What the period of the round owes by the quota of its time: the bureau's, else the squad's.

    None where nothing is asked, or the period is exempt.
    """
    day = unit_start(found.started_at.astimezone(bureau.tz).date(), per)
    asked = Ledger(tx, bureau).period(per, day, spots=False)
    own = [one for one in asked if one.what == what and one.whose in (None, found.squad)]
    return next((one.owed for one in sorted(own, key=lambda one: one.whose or "")), None) or None


def _of_week(tx: Transaction, found: Patrol, bureau: Bureau) -> tuple[int, int | None]:
    """Which of its week's rounds it is (or would be), and how many the week owes."""
    span = week(found.started_at.astimezone(bureau.tz))
    before = counts.number(tx, "patrols", Scope(span.since, found.started_at))
    done = counts.number(tx, "patrols", Scope(span.since, span.until))
    owed = _owed(tx, found, "patrol", "week", bureau)
    return (before + 1 if found.counts else done + 1), owed


def _mates(tx: Transaction, found: Patrol) -> list[Any]:
    """Who of the same squad could be on it."""
    active = [p for p in people.everyone(tx) if p.active and Role.OFFICER in p.roles]
    return [p for p in active if found.squad is None or p.squad == found.squad]


def _name(tx: Transaction, person: int) -> str:
    who = people.by_id(tx, person)
    return who.name if who else "同事"


def check_facts(tx: Transaction, patrol: int, bureau: Bureau) -> CheckFacts | None:
    """The special check as it stands, or None where there is none."""
    found = patrols.by_id(tx, patrol)
    if found is None or found.kind != SPECIAL:
        return None
    answers = {item.position: item for item in check_items.answers(tx, patrol)}
    labels = enumerate(found.asks.get("items", ()), 1)
    items = tuple(_item(tx, n, label, answers.get(n)) for n, label in labels)
    span = month(found.started_at.astimezone(bureau.tz))
    owed = _owed(tx, found, "special", "month", bureau)
    spot = spot_names(tx, bureau).get(found.spot or "", "没写地点")
    return CheckFacts(
        found.id, found.number, found.version, found.state, spot, found.spot,
        found.started_at.astimezone(bureau.tz),
        found.ended_at and found.ended_at.astimezone(bureau.tz), items,
        counts.number(tx, "specials", Scope(span.since, span.until)), owed, found.menu,
        found.counts,
    )  # fmt: skip


def _item(tx: Transaction, position: int, label: str, answer: Item | None) -> ItemFacts:
    """The item with what its report says by now; one whose report was withdrawn is fine."""
    if answer is None:
        return ItemFacts(position, label, None)
    report = reports.by_id(tx, answer.report) if answer.report is not None else None
    if report is None:
        return ItemFacts(position, label, answer.state, answer.words)
    if report.withdrawn_at is not None:
        return ItemFacts(position, label, FINE)
    return ItemFacts(position, label, answer.state, report.text.removeprefix(label).lstrip("：，"))


def shift_facts(tx: Transaction, patrol: int, bureau: Bureau) -> ShiftFacts | None:
    """The shift as it stands, or None where there is none."""
    found = patrols.by_id(tx, patrol)
    if found is None or found.kind != FIXED:
        return None
    names = tuple(_name(tx, number) for number in patrols.crew(tx, patrol))
    spot = spot_names(tx, bureau).get(found.spot or "")
    return ShiftFacts(
        found.id, found.number, found.version, found.state, spot,
        found.started_at.astimezone(bureau.tz),
        found.ended_at and found.ended_at.astimezone(bureau.tz), names, bool(found.lacking),
    )  # fmt: skip


def check_record(
    tx: Transaction, person: int, patrol: int, bureau: Bureau
) -> tuple[CheckFacts, tuple[str, ...], tuple[str, ...]]:
    """The check with the names of who made it and its reports; raises as `record` does."""
    facts = check_facts(tx, patrol, bureau)
    if facts is None:
        raise NotFound("这次检查找不到了。")
    names, numbers = _whose(tx, person, patrol)
    return facts, names, numbers


def record(
    tx: Transaction, person: int, patrol: int, bureau: Bureau, now: datetime
) -> tuple[RoundFacts, tuple[str, ...]]:
    """The round and the numbers of its reports, for who is on it, leads its squad or sees all.

    Raises NotFound or NotAllowed.
    """
    facts = round_facts(tx, patrol, bureau, now)
    if facts is None:
        raise NotFound("这次巡查找不到了。")
    return facts, _whose(tx, person, patrol)[1]


def _whose(tx: Transaction, person: int, patrol: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of who was on it and the numbers of its reports, for who may see them."""
    who, found = people.by_id(tx, person), patrols.by_id(tx, patrol)
    crew = patrols.crew(tx, patrol)
    mine = who is not None and found is not None and (who.id in crew or who.squad == found.squad)
    if who is None or not (mine or may(who.roles, Right.ASK_ALL)):
        raise NotAllowed("这不是您中队的，要看请找分管领导。")
    shown = [reports.by_id(tx, number) for number in patrols.reports_of(tx, patrol)]
    numbers = tuple(r.number for r in shown if r and r.withdrawn_at is None)
    return tuple(_name(tx, number) for number in crew), numbers
