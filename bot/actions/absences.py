"""Being away and back: 请假, 销假; one's own, or another's by who leads him.

While somebody is away he is told nothing unasked, and his matters go one rung up
(bot.rules.ladder). Knows no sentence but its refusals'.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.actions.people import only, require
from bot.errors import NotAllowed, NotFound, Refused
from bot.rules.calendar import ONE
from bot.rules.records import Bureau, Role
from bot.rules.reminder_facts import AwayFacts
from bot.rules.rights import Right
from storage import absences, journal, people
from storage.people import Person
from storage.schema import Transaction

MOST_AHEAD = timedelta(days=366)
"""So far ahead an absence may begin."""


def away(
    tx: Transaction, by: int, name: str | None, first: date, last: date, bureau: Bureau,
    now: datetime,
) -> AwayFacts:  # fmt: skip
    """The person (oneself where no name is given) is away on these days, both included.

    Raises NotAllowed for another's, but by who leads him or above; Refused where it begins too far
    ahead, or he is away on all these days already.
    """
    who = _whose(tx, by, name)
    today = now.astimezone(bureau.tz).date()
    if first - today > MOST_AHEAD:
        raise Refused("一年以后的假到时候再记，现在没有记。")
    for one in absences.ahead(tx, who.id, today):
        if one.first <= first and last <= one.last:
            raise Refused("这几天已经记过请假了。要改先发「销假」，再重新发。")
    row = absences.add(tx, who.id, first, last, by, now)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    journal.write(tx, now, by, "away", f"person/{who.id}", days)
    return AwayFacts(row, who.name, first, last, who.id == by)


def back(
    tx: Transaction, by: int, name: str | None, bureau: Bureau, now: datetime
) -> AwayFacts:  # fmt: skip
    """「销假」: he is back from today on, or the next absence is called off.

    Raises NotFound where there is none; NotAllowed as `away` does.
    """
    who = _whose(tx, by, name)
    today = now.astimezone(bureau.tz).date()
    waiting = absences.ahead(tx, who.id, today)
    if not waiting:
        raise NotFound("没有记着的请假，什么也没改。")
    going = [one for one in waiting if one.first <= today] or waiting[:1]
    for one in going:
        _end(tx, one.id, one.first, today)
    journal.write(tx, now, by, "back", f"person/{who.id}", {"rows": [one.id for one in going]})
    return AwayFacts(going[0].id, who.name, going[0].first, going[0].last, who.id == by, ended=True)


def call_off(tx: Transaction, by: int, row: int, bureau: Bureau, now: datetime) -> AwayFacts:
    """「不请了」 on its card: this absence ends, or never was. Raises NotFound where it is over."""
    found = absences.by_id(tx, row)
    today = now.astimezone(bureau.tz).date()
    if found is None or found.last < today:
        raise NotFound("这次请假已经过去或者销了，什么也没改。")
    who = people.by_id(tx, found.person)
    assert who is not None
    _may(tx, by, who)
    _end(tx, row, found.first, today)
    journal.write(tx, now, by, "back", f"person/{who.id}", {"rows": [row]})
    return AwayFacts(row, who.name, found.first, found.last, who.id == by, ended=True)


def _end(tx: Transaction, row: int, first: date, today: date) -> None:
    absences.end(tx, row, today - ONE if first < today else None)


def _whose(tx: Transaction, by: int, name: str | None) -> Person:
    me = require(tx, by, Right.REPORT)
    if name is None or name == me.name:
        return me
    require(tx, by, Right.ABSENCE)
    who = only(tx, name)
    _may(tx, by, who)
    return who


def _may(tx: Transaction, by: int, who: Person) -> None:
    """Oneself, who leads his squad or department, and whoever stands above all."""
    if who.id == by:
        require(tx, by, Right.REPORT)
        return
    me = require(tx, by, Right.ABSENCE)
    if me.roles & {Role.SUPERVISOR, Role.ADMIN}:
        return
    if not {me.squad, me.department} & ({who.squad, who.department} - {None}):
        raise NotAllowed(f"{who.name}不在您的科室或者中队，要他的领导或者管理员来记。没有记。")
