"""One unasked message a person a day, never in quiet hours; replies are not counted."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.actions.people import tell
from bot.actions.unasked import may_tell, tell_unasked
from storage import outbox, people
from tests.actions.conftest import MONDAY_9, Field


def told(field: Field, name: str, **later: float) -> bool:
    now = MONDAY_9 + timedelta(**later)
    return tell_unasked(field.tx, field.bureau, field.ids[name], "reminder", 1, now)


def test_one_a_day_and_the_next_in_the_morning(field: Field) -> None:
    who = field.ids["张建国"]
    assert may_tell(field.tx, field.bureau, who, MONDAY_9) == MONDAY_9
    assert told(field, "张建国")
    at = may_tell(field.tx, field.bureau, who, MONDAY_9 + timedelta(hours=3))
    assert at == MONDAY_9 + timedelta(hours=23, minutes=30)
    assert not told(field, "张建国", hours=3)
    assert told(field, "李红梅", hours=3)
    assert told(field, "张建国", hours=23, minutes=30)
    assert field.tx.execute(select(func.count()).select_from(outbox.table)).scalar() == 3


def test_quiet_hours_and_days_off_wait_for_a_working_morning(field: Field) -> None:
    who = field.ids["张建国"]
    friday_night = MONDAY_9 + timedelta(days=4, hours=12)
    monday = MONDAY_9 + timedelta(days=7, minutes=-30)
    for moment in (friday_night, friday_night + timedelta(days=1)):
        assert may_tell(field.tx, field.bureau, who, moment) == monday
    assert not told(field, "张建国", hours=13)


def test_what_answers_a_deed_is_not_counted(field: Field) -> None:
    for _ in range(3):
        tell(field.tx, field.ids["张建国"], "handed", 1, MONDAY_9)
    assert may_tell(field.tx, field.bureau, field.ids["张建国"], MONDAY_9) == MONDAY_9
    assert told(field, "张建国")


def test_who_is_frozen_or_out_of_reach_is_not_told(field: Field) -> None:
    people.change(field.tx, field.ids["张建国"], state=people.FROZEN)
    assert not told(field, "张建国")
    people.reachable(field.tx, "telegram", field.chat("李红梅"), False)
    assert not told(field, "李红梅")
