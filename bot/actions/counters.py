"""Figures that people keep 成效数据: written down, put right, withdrawn; never computed.

One message, one transaction. Knows no sentence but refusals'.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.actions.people import require
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.counters import Counted, CounterFacts, Told
from bot.rules.records import Role
from bot.rules.rights import Right
from storage import counters, journal, parts, people
from storage.counters import Counter
from storage.people import Person
from storage.schema import Transaction

MOST = 200
"""So many names there may be: more is no list that anybody reads."""


def keep(
    tx: Transaction, by: int, told: Told, now: datetime,
    place: tuple[str, int, int | None] = ("", 0, None),
) -> tuple[CounterFacts, ...]:  # fmt: skip
    """The figures stand as written. Raises NotAllowed, Refused.

    `place` is the line, the chat and the message it answers: a photo or file there is its proof.
    """
    who = require(tx, by, Right.COUNTERS)
    line, chat, answered = place
    part = parts.by_message(tx, line, chat, answered) if answered is not None else None
    proof = part.id if part is not None and part.file_id is not None else None
    names = {one.name for one in counters.standing(tx)}
    if len(names | {one.name for one in told.figures}) > MOST:
        raise Refused(f"成效数据已经有 {len(names)} 项，记不下新的了。没记。先撤回几项再记。")
    found: list[CounterFacts] = []
    for one in told.figures:
        before = counters.of_name(tx, one.name, 1)
        row = counters.add(
            tx, name=one.name, amount=one.amount, unit=one.unit, as_of=one.as_of, note=told.note,
            part=proof, told_with=found[0].id if found else None, person=who.id, at=now,
        )  # fmt: skip
        was = f"{before[0].amount}{before[0].unit}" if before else None
        _note(tx, who, row, one, was, now)
        kept = counters.by_id(tx, row)
        assert kept is not None
        found.append(_facts(tx, kept, was))
    return tuple(found)


def _note(
    tx: Transaction, who: Person, row: int, one: Counted, was: str | None, now: datetime
) -> None:  # fmt: skip
    said = {"name": one.name, "amount": one.amount, "unit": one.unit, "was": was}
    detail = said | {"as_of": one.as_of.isoformat()}
    journal.write(tx, now, who.id, "counter", f"counter/{row}", detail)


def withdraw(tx: Transaction, by: int, row: int, now: datetime) -> CounterFacts:
    """The row, withdrawn with all of its message; `was` is what stands instead.

    Raises NotFound, TooLate, NotAllowed.
    """
    require(tx, by, Right.COUNTERS)
    wanted = counters.by_id(tx, row)
    if wanted is None:
        raise NotFound("这一项找不到了，什么也没改。")
    return _withdraw(tx, by, counters.of_message(tx, wanted), now)


def _withdraw(tx: Transaction, by: int, found: Sequence[Counter], now: datetime) -> CounterFacts:
    who = require(tx, by, Right.COUNTERS)
    _may_withdraw(who, found[0])
    if not counters.withdraw(tx, [one.id for one in found], who.id, now):
        raise TooLate(f"「{found[0].name}」已经撤回了。")
    for one in found:
        journal.write(tx, now, who.id, "counter_back", f"counter/{one.id}", {"name": one.name})
    before = counters.of_name(tx, found[0].name, 1)
    return _facts(tx, found[0], f"{before[0].amount}{before[0].unit}" if before else None)


def withdraw_named(tx: Transaction, by: int, name: str, now: datetime) -> CounterFacts:
    """「撤回成效 官网发布」. Raises NotFound and what `withdraw` does."""
    found = counters.of_name(tx, name, 1)
    if not found:
        raise NotFound(f"成效数据里没有「{name[:20]}」，什么也没改。发「成效数据」看有哪些。")
    return _withdraw(tx, by, found, now)


def _may_withdraw(who: Person, one: Counter) -> None:
    above = {Role.SUPERVISOR, Role.ADMIN} & who.roles
    if one.person != who.id and not above:
        raise NotAllowed("这个要记的人、分管领导或者管理员才能撤回，什么也没改。")


def standing(tx: Transaction, until: date | None = None) -> tuple[CounterFacts, ...]:
    """Every figure as it stands, or as it was said to be on that day or before."""
    return tuple(_facts(tx, one, None) for one in counters.standing(tx, until))


def _facts(tx: Transaction, one: Counter, was: str | None) -> CounterFacts:
    who = people.by_id(tx, one.person)
    return CounterFacts(
        one.id, one.name, one.amount, one.unit, one.as_of, who.name if who else "已离开的人",
        one.note, one.part is not None, was,
    )  # fmt: skip
