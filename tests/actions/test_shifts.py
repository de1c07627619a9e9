"""Shifts at a booth: from and to by word or button, forgotten, withdrawn, told of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.actions import shifts
from bot.actions.round_cards import shift_facts
from bot.errors import NotAllowed, NotFound
from storage import counts, patrols
from storage.counts import Scope
from storage.patrols import ENDED, FIXED, OPEN, WITHDRAWN, Patrol
from tests.actions.conftest import TZ, Field


def begins(field: Field, name: str = "张建国") -> Patrol:
    """「开始值守」."""
    here = ("telegram", field.chat(name), 700)
    shifts.begin(field.tx, field.ids[name], *here, field.bureau, field.now)
    going = patrols.going(field.tx, field.ids[name], FIXED)
    assert going is not None
    return going


def row(field: Field, shift: Patrol) -> Patrol:
    found = patrols.by_id(field.tx, shift.id)
    assert found is not None
    return found


def number(field: Field) -> int:
    return counts.number(field.tx, "shifts", Scope(None, field.now + timedelta(days=1)))


def test_from_and_to(field: Field) -> None:
    shift = begins(field)
    assert (shift.number, shift.spot, shift.state, shift.counts) == (
        "G-202506-1", "junction", OPEN, False
    )  # fmt: skip
    field.later(minutes=30)
    assert begins(field).id == shift.id
    field.later(hours=3)
    shifts.end_going(field.tx, field.ids["张建国"], field.now)
    ended = row(field, shift)
    assert (ended.state, ended.counts, ended.lacking) == (ENDED, True, {})
    assert ended.ended_at == field.now
    shifts.end(field.tx, field.ids["张建国"], shift.id, field.later(hours=1))
    assert row(field, shift).ended_at == ended.ended_at
    assert number(field) == 1


def test_who_is_on_none_ends_none(field: Field) -> None:
    field.leaves_all(
        lambda: shifts.end_going(field.tx, field.ids["张建国"], field.now), NotFound, "开始值守"
    )


def test_one_that_nobody_ended_ends_with_its_day_and_says_so(field: Field) -> None:
    shift = begins(field)
    midnight = datetime(2025, 6, 10, 0, 0, tzinfo=TZ)
    assert not shifts.rest(
        field.tx, row(field, shift), field.bureau, midnight - timedelta(seconds=1)
    )
    assert shifts.rest(field.tx, row(field, shift), field.bureau, midnight + timedelta(minutes=5))
    assert row(field, shift).ended_at == midnight
    facts = shift_facts(field.tx, shift.id, field.bureau)
    assert facts is not None
    assert facts.forgotten


def test_the_next_day_another_begins(field: Field) -> None:
    shift = begins(field)
    field.later(days=1)
    assert begins(field).id != shift.id


def test_withdrawn_and_restored(field: Field) -> None:
    shift = begins(field)
    shifts.end(field.tx, field.ids["张建国"], shift.id, field.later(hours=2))
    shifts.withdraw(field.tx, field.ids["张建国"], shift.id, field.now)
    assert (row(field, shift).state, number(field)) == (WITHDRAWN, 0)
    shifts.withdraw(field.tx, field.ids["张建国"], shift.id, field.now)
    assert (row(field, shift).state, number(field)) == (ENDED, 1)


@pytest.mark.parametrize(
    ("name", "may"), [("孙涛", True), ("李红梅", False), ("赵大勇", False), ("李主任", False)]
)
def test_who_is_on_it_or_leads_the_squad_ends_it(field: Field, name: str, may: bool) -> None:
    shift, who = begins(field), field.ids[name]

    def ends() -> None:
        shifts.end(field.tx, who, shift.id, field.now + timedelta(hours=1))

    if may:
        ends()
        assert row(field, shift).state == ENDED
    else:
        field.leaves_all(ends, NotAllowed, "张建国")


def test_an_owner_or_an_admin_stands_no_shift(field: Field) -> None:
    for name in ("王志强", "王芳", "李主任"):
        field.leaves_all(lambda who=name: begins(field, who), NotAllowed, "队员")  # type: ignore[misc]


def test_a_shift_in_one_sentence_is_of_the_hours_it_says(field: Field) -> None:
    field.now = datetime(2025, 6, 9, 18, 0, tzinfo=TZ)
    field.sends("张建国", "岗亭值守 8点到12点，正常")
    (shift,) = patrols.between(field.tx, None, field.now, FIXED)
    assert (shift.told, shift.state, shift.spot) == (True, ENDED, "junction")
    assert shift.ended_at is not None
    assert [t.astimezone(TZ).hour for t in (shift.started_at, shift.ended_at)] == [8, 12]
    assert number(field) == 1


def test_a_bureau_without_a_booth_has_shifts_nowhere(field: Field) -> None:
    field.bureau = replace(field.bureau, spots=field.bureau.spots[:2])
    assert begins(field).spot is None
