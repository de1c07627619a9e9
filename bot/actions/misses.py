"""Who is told of a quota that is behind, and why a period was missed; knows no sentence.

A miss is noted once, when its period is over, and stays: a reason, a late record or a later
decision is added to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bot.actions.people import require
from bot.actions.quotas import Ledger
from bot.errors import NotAllowed, NotFound, Refused
from bot.rules.dates import step, unit_start
from bot.rules.quotas import PERS, Per, QuotaStanding, period_of
from bot.rules.records import Bureau, Role
from bot.rules.rights import Right
from storage import awaited, counts, journal, outbox, people, quotas
from storage.people import Person
from storage.schema import Transaction

REASON = "miss_reason"
"""What is awaited from a leader who wants to say it in his own words."""

MISSED, NUDGE = "missed", "nudge"
"""The cards: a reason is asked for, something is behind."""

ANSWER_WITHIN = timedelta(hours=2)
"""Longer than that, and words about something else would be taken for the reason."""


def who_can_act(tx: Transaction, standing: QuotaStanding) -> list[Person]:
    """Those who can still do something about it: a squad's own people for a squad's quota."""
    everybody = [person for person in people.everyone(tx) if person.active]
    if standing.what == "review":
        return _with(everybody, {Role.LEADER, Role.SUPERVISOR})
    able = _with(everybody, {Role.OFFICER, Role.LEADER})
    squad = standing.whose if "/squad/" in standing.key else None
    return [person for person in able if squad is None or person.squad == squad]


def who_answers(tx: Transaction, key: str) -> list[Person]:
    """Who is asked why: the squad's leader, the leaders; where there is none, the supervisors."""
    everybody = [person for person in people.everyone(tx) if person.active]
    leaders = _with(everybody, {Role.LEADER})
    if "/review" in key:
        leaders = _with(everybody, {Role.SUPERVISOR}) or leaders
    elif "/squad/" in key:
        squad = key.rsplit("/", 1)[-1]
        leaders = [person for person in leaders if person.squad == squad]
    return leaders or _with(everybody, {Role.SUPERVISOR}) or _with(everybody, {Role.ADMIN})


def _with(everybody: Iterable[Person], roles: set[Role]) -> list[Person]:
    return [person for person in everybody if not person.roles.isdisjoint(roles)]


def note_misses(
    tx: Transaction, bureau: Bureau, per: Per, start: date, now: datetime
) -> list[QuotaStanding]:
    """What ended short in the period is written down; nothing of before the first record."""
    first = counts.first_at(tx)
    if first is None or first.astimezone(bureau.tz).date() > start:
        return []
    short = [one for one in Ledger(tx, bureau).period(per, start) if one.short]
    for one in short:
        if quotas.miss(tx, one.key, start, one.owed, one.done, now):
            detail = {"owed": one.owed, "done": one.done}
            journal.write(tx, now, None, "miss", f"period/{one.key}/{start}", detail)
    return short


def asked_of(tx: Transaction, person: int, code: int) -> list[quotas.Miss]:
    """The misses of the period of which the person is asked why, with or without a reason."""
    per, start = period_of(code)
    return [
        miss for miss in quotas.missed(tx, start, step(start, "day", 1))
        if miss.quota.startswith(f"{per}/")
        and any(one.id == person for one in who_answers(tx, miss.quota))
    ]  # fmt: skip


def asked_about(
    tx: Transaction, bureau: Bureau, person: int, code: int
) -> list[tuple[QuotaStanding, str | None]]:
    """The same as they stand now, each with who gave the reason."""
    per, start = period_of(code)
    standings = {one.key: one for one in Ledger(tx, bureau).period(per, start)}
    found = []
    for miss in asked_of(tx, person, code):
        by = people.by_id(tx, miss.answered_by) if miss.answered_by else None
        if miss.quota in standings:
            found.append((standings[miss.quota], by.name if by else None))
    return found


def explain(
    tx: Transaction, person: int, code: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """The person's misses of the period have this reason. Raises Refused for an empty one."""
    del bureau
    who = require(tx, person, Right.ASK_OWN)
    reason = " ".join(words.split())[:200]
    if len(reason) < 2:
        raise Refused("原因多写几个字，比如：连着下了三天雨。")
    mine = _mine(tx, who, code)
    for miss in mine:
        quotas.explain(tx, miss.id, reason, who.id, now)
        detail = {"reason": reason, "before": miss.reason}
        journal.write(tx, now, who.id, "miss_reason", f"period/{miss.quota}/{miss.start}", detail)
    awaited.done(tx, who.id)
    outbox.owe_again(tx, MISSED, code, now)
    return reason


def expect_words(tx: Transaction, person: int, code: int, now: datetime) -> str | None:
    """「我来写」: the person's next words are the reason; the one known so far."""
    who = require(tx, person, Right.ASK_OWN)
    mine = _mine(tx, who, code)
    awaited.expect(tx, who.id, REASON, code, now + ANSWER_WITHIN)
    return next((miss.reason for miss in mine if miss.reason), None)


def _mine(tx: Transaction, who: Person, code: int) -> list[quotas.Miss]:
    per, start = period_of(code)
    mine = asked_of(tx, who.id, code)
    if mine:
        return mine
    if any(m.quota.startswith(f"{per}/") for m in quotas.missed(tx, start, step(start, "day", 1))):
        raise NotAllowed("原因要中队长来写，什么也没改。")
    raise NotFound


def short_of(tx: Transaction, bureau: Bureau, per: Per, start: date) -> tuple[QuotaStanding, ...]:
    """What is still missing in the period."""
    return tuple(one for one in Ledger(tx, bureau).period(per, start) if one.short)


def short_on(tx: Transaction, bureau: Bureau, day: date) -> list[QuotaStanding]:
    """What is still missing in the week, the month and the quarter that hold the day."""
    ledger = Ledger(tx, bureau)
    rows = [one for per in PERS for one in ledger.period(per, unit_start(day, per))]
    return [one for one in rows if one.short]


def behind(standing: QuotaStanding, gone: int, whole: int) -> bool:
    """Whether by now, after `gone` of `whole` working days, less is done than its pace asks.

    One is asked for in any case.
    """
    return standing.done < min(standing.owed, max(1, standing.owed * gone // max(whole, 1)))
