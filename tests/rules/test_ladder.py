"""The ladder of reminders by tables, and against a walk over every day of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.calendar import REST, WORK, MovedDay, WorkCalendar
from bot.rules.ladder import Rung, newest, only_one, told, waiting
from bot.rules.records import LedgerRule

RULE = LedgerRule()
PLAIN = WorkCalendar()
ONE = timedelta(days=1)


def june(day: int) -> date:
    """A day of June 2025, whose 9th is a Monday."""
    return date(2025, 6, 1) + (day - 1) * ONE


@pytest.mark.parametrize(
    ("due", "stages"),
    [
        # Due on Thursday the 19th: a week before is a Thursday, three days before a Monday.
        (19, {11: None, 12: -7, 13: -7, 16: -3, 17: -3, 18: -1, 19: 0, 20: 1, 23: 4, 26: 7}),
        # Due on Sunday the 15th: told on Friday, for the Saturday and the Sunday have nobody.
        (15, {5: None, 6: -7, 9: -7, 10: -7, 11: -7, 12: -3, 13: 0, 14: None, 15: None, 16: 1}),
        # Due on Monday the 16th: the day before is a Sunday, so Friday tells it.
        (16, {12: -7, 13: -1, 16: 0, 17: 1, 19: 1, 20: 4, 23: 7}),
    ],
)
def test_stages_on_working_days(due: int, stages: dict[int, int | None]) -> None:
    found = {day: newest(june(due), june(day), RULE, PLAIN) for day in stages}
    assert found == stages


@pytest.mark.parametrize(
    ("due", "stages"),
    [
        (14, {13: -1, 14: 0, 15: 1, 16: 1, 17: 1, 18: 4}),
        (15, {13: -1, 14: None, 15: 0, 16: 1}),
        (13, {13: 0, 14: 1, 15: None, 16: 1}),
    ],
)
def test_what_is_urgent_keeps_its_two_days(due: int, stages: dict[int, int | None]) -> None:
    found = {day: newest(june(due), june(day), RULE, PLAIN, urgent=True) for day in stages}
    assert found == stages


def test_a_long_holiday_tells_the_last_of_its_stages_before_it() -> None:
    """Eight days off: what is due in them is told on the last working day, once."""
    off = tuple(MovedDay(date(2025, 10, day), REST, "国庆", "test") for day in range(1, 9))
    calendar = WorkCalendar(off)
    last = date(2025, 9, 30)
    assert newest(date(2025, 10, 3), last, RULE, calendar) == 0
    assert newest(date(2025, 10, 9), last, RULE, calendar) == -1
    assert newest(date(2025, 10, 11), last, RULE, calendar) == -3
    assert newest(date(2025, 10, 3), date(2025, 10, 9), RULE, calendar) == 4


days = st.integers(-40, 40)


@given(
    due=st.integers(0, 40), day=days, before=st.sets(st.integers(1, 12), max_size=4),
    again=st.integers(1, 6), moved=st.dictionaries(days, st.booleans(), max_size=25),
)  # fmt: skip
def test_it_is_the_last_of_the_stages_that_have_come(
    due: int, day: int, before: set[int], again: int, moved: dict[int, bool]
) -> None:
    """A walk: each stage moves to its working day by single steps, the last one come is told."""
    rows = tuple(
        MovedDay(june(n), WORK if work else REST, "调休", "t") for n, work in moved.items()
    )
    calendar = WorkCalendar(rows)

    def works(n: int) -> bool:
        return moved.get(n, june(n).weekday() < 5)

    come = []
    for offset in [*range(-12, 1), *range(1, 90, again)]:
        if offset < 0 and -offset not in before:
            continue
        at = due + offset
        while not works(at):
            at += 1 if offset > 0 else -1
        if at <= day:
            come.append(offset)
    wanted = max(come, default=None) if works(day) else None
    rule = LedgerRule(before=tuple(before), again_days=again)
    assert newest(june(due), june(day), rule, calendar) == wanted


@pytest.mark.parametrize(
    ("day", "stage"),
    [(13, None), (14, None), (15, None), (16, 1), (17, 1), (18, 1), (19, 4), (23, 4), (24, 7)],
)
def test_what_waits_since_friday_is_said_by_working_days(day: int, stage: int | None) -> None:
    assert waiting(june(13), june(day), 3, PLAIN) == stage


OWN, HEAD, LEADER, ABOVE = Rung.OWNER, Rung.DEPARTMENT, Rung.LEADER, Rung.SUPERVISOR
FULL = {OWN: [1, 2], HEAD: [3], LEADER: [4], ABOVE: [5, 6]}


@pytest.mark.parametrize(
    ("stage", "empty", "who"),
    [
        (-7, (), {1: OWN, 2: OWN}),
        (0, (), {1: OWN, 2: OWN}),
        (-7, (OWN,), {}),
        (-3, (OWN,), {3: HEAD}),
        (-1, (OWN, HEAD), {4: LEADER}),
        (0, (OWN, HEAD, LEADER), {5: ABOVE, 6: ABOVE}),
        (1, (), {1: OWN, 2: OWN, 3: HEAD, 4: LEADER}),
        (1, (HEAD,), {1: OWN, 2: OWN, 4: LEADER}),
        (1, (OWN, HEAD, LEADER), {5: ABOVE, 6: ABOVE}),
        (4, (), {1: OWN, 2: OWN, 3: HEAD, 4: LEADER, 5: ABOVE, 6: ABOVE}),
        (4, (OWN, HEAD, LEADER, ABOVE), {}),
    ],
)
def test_who_hears_of_it(stage: int, empty: tuple[Rung, ...], who: dict[int, Rung]) -> None:
    there = {rung: ([] if rung in empty else those) for rung, those in FULL.items()}
    assert told(stage, there, RULE) == who


def test_nobody_is_told_twice_of_one_matter() -> None:
    """Who owns it and leads it as well hears of it as its owner."""
    there = {OWN: [1], HEAD: [1], LEADER: [4], ABOVE: [4, 1]}
    assert told(4, there, RULE) == {1: OWN, 4: LEADER}


@pytest.mark.parametrize(
    ("there", "duty", "one"),
    [
        ({OWN: [1, 2], HEAD: [3]}, {2, 3}, (1, OWN)),
        ({OWN: [], HEAD: [3, 7], LEADER: [4]}, {7}, (7, HEAD)),
        ({OWN: [], HEAD: [3, 7], LEADER: [4]}, set(), (3, HEAD)),
        ({OWN: [], HEAD: [], LEADER: []}, {1}, None),
    ],
)
def test_one_alone_is_told_on_a_day_off(
    there: dict[Rung, list[int]], duty: set[int], one: tuple[int, Rung] | None
) -> None:
    assert only_one(there, duty) == one
