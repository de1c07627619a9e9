"""When runs fall and are due: by tables, and for any calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bureau import DEFAULT, build_bureau
from bot.rules.calendar import ONE, REST, WORK, MovedDay, WorkCalendar
from bot.rules.dates import step, unit_start
from bot.rules.obligation_facts import named, period_said, title_of, wants_of
from bot.rules.obligations_due import (
    PERIODS,
    Changed,
    Period,
    begins,
    due_day,
    event_due,
    owed_from,
    runs_to_make,
    standing,
)
from bot.rules.records import DueRule, Obligation

PLAIN = WorkCalendar()


def holidays(*days: str, worked: tuple[str, ...] = ()) -> WorkCalendar:
    rest = [MovedDay(date.fromisoformat(day), REST, "国庆", "") for day in days]
    work = [MovedDay(date.fromisoformat(day), WORK, "国庆", "") for day in worked]
    return WorkCalendar((*rest, *work))


OCTOBER = holidays(*(f"2025-10-0{n}" for n in range(1, 9)), worked=("2025-09-28", "2025-10-11"))


@pytest.mark.parametrize(
    ("due", "days", "per", "start", "calendar", "wanted"),
    [
        ("last", 0, "month", "2025-06-01", PLAIN, "2025-06-30"),
        ("last", 0, "month", "2025-05-01", PLAIN, "2025-05-30"),
        ("last", 0, "week", "2025-06-09", PLAIN, "2025-06-13"),
        ("last", 0, "week", "2025-10-06", OCTOBER, "2025-10-11"),
        ("last", 0, "week", "2025-09-29", OCTOBER, "2025-09-30"),
        ("last", 0, "quarter", "2025-04-01", PLAIN, "2025-06-30"),
        ("last", 0, "year", "2025-01-01", PLAIN, "2025-12-31"),
        ("day", 25, "month", "2025-06-01", PLAIN, "2025-06-25"),
        ("day", 25, "month", "2025-05-01", PLAIN, "2025-05-23"),
        ("day", 31, "month", "2025-02-01", PLAIN, "2025-02-28"),
        ("day", 1, "month", "2025-06-01", PLAIN, "2025-06-02"),
        ("day", 3, "month", "2025-10-01", OCTOBER, "2025-10-09"),
        ("day", 25, "quarter", "2025-04-01", PLAIN, "2025-06-25"),
        ("day", 20, "year", "2025-01-01", PLAIN, "2025-12-19"),
        ("day", 5, "week", "2025-06-09", PLAIN, "2025-06-13"),
        ("day", 7, "week", "2025-06-09", PLAIN, "2025-06-13"),
        ("before_end", 3, "month", "2025-06-01", PLAIN, "2025-06-25"),
        ("before_end", 0, "month", "2025-06-01", PLAIN, "2025-06-30"),
        ("before_end", 90, "month", "2025-06-01", PLAIN, "2025-06-02"),
        ("unset", 0, "year", "2025-01-01", PLAIN, None),
    ],
)  # fmt: skip
def test_due_days(
    due: DueRule, days: int, per: Period, start: str, calendar: WorkCalendar, wanted: str | None
) -> None:
    found = due_day(due, days, per, date.fromisoformat(start), calendar)
    assert (found and found.isoformat()) == wanted


@pytest.mark.parametrize(
    ("due", "days", "day", "calendar", "wanted"),
    [
        ("after", 3, "2025-06-11", PLAIN, "2025-06-16"),
        ("after", 1, "2025-06-13", PLAIN, "2025-06-16"),
        ("after", 0, "2025-06-14", PLAIN, "2025-06-16"),
        ("after", 1, "2025-09-30", OCTOBER, "2025-10-09"),
        ("before", 2, "2025-06-11", PLAIN, "2025-06-09"),
        ("before", 2, "2025-06-16", PLAIN, "2025-06-12"),
        ("before", 0, "2025-06-15", PLAIN, "2025-06-13"),
        ("unset", 0, "2025-06-15", PLAIN, None),
    ],
)
def test_what_an_event_brings(
    due: DueRule, days: int, day: str, calendar: WorkCalendar, wanted: str | None
) -> None:
    found = event_due(due, days, date.fromisoformat(day), calendar)
    assert (found and found.isoformat()) == wanted


def test_a_week_without_working_days_has_no_run() -> None:
    off = holidays(*(f"2025-10-0{n}" for n in range(6, 9)), "2025-10-09", "2025-10-10")
    assert begins("week", date(2025, 10, 6), off) is None
    assert due_day("last", 0, "week", date(2025, 10, 6), off) is None
    one = Obligation("c", "查", "week")
    made = runs_to_make(one, date(2025, 9, 29), [], date(2025, 10, 13), off)
    assert made == [date(2025, 9, 29), date(2025, 10, 13)]


DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
CALENDARS = st.lists(
    st.tuples(DAYS, st.sampled_from([REST, WORK])), max_size=40, unique_by=lambda one: one[0]
).map(lambda rows: WorkCalendar(tuple(MovedDay(day, kind, "假", "") for day, kind in rows)))
RULES = st.sampled_from(["last", "day", "before_end"])


@given(CALENDARS, st.sampled_from(PERIODS), DAYS, RULES, st.integers(0, 40))
def test_a_due_day_is_a_working_day_of_its_period(
    calendar: WorkCalendar, per: Period, day: date, due: DueRule, days: int
) -> None:
    start = unit_start(day, per)
    found = due_day(due, days, per, start, calendar)
    worked = calendar.workdays_of(start, per)
    assert (found is None) == (not worked)
    if found is not None:
        assert found in worked
        first = begins(per, start, calendar)
        assert first is not None
        assert start <= first <= found < step(start, per, 1)


@given(CALENDARS, DAYS, st.sampled_from(["after", "before"]), st.integers(0, 15))
def test_an_events_due_day_is_worked_and_on_its_side(
    calendar: WorkCalendar, day: date, due: DueRule, days: int
) -> None:
    found = event_due(due, days, day, calendar)
    assert found is not None
    assert calendar.is_workday(found)
    assert found >= day if due == "after" else found <= day
    between = calendar.workdays(min(day, found), max(day, found))
    assert len([one for one in between if one != day]) <= max(days, 1)


@given(
    CALENDARS, DAYS,
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from([*PERIODS, None])), max_size=14),
)  # fmt: skip
def test_one_run_a_period_whatever_is_changed_and_however_long_nothing_ran(
    calendar: WorkCalendar, begun: date, steps: list[tuple[int, Period | None]]
) -> None:
    """Whenever the clock rings, and whatever the period is set to, no two runs lie over a day."""
    runs: list[tuple[date, date]] = []
    today, per = begun, "month"
    for days, changed in steps:
        one = Obligation("c", "查", per)  # type: ignore[arg-type]
        for start in runs_to_make(one, unit_start(begun, one.per), runs, today, calendar):  # type: ignore[arg-type]
            runs.append((start, step(start, one.per, 1)))  # type: ignore[arg-type]
        again = runs_to_make(one, unit_start(begun, one.per), runs, today, calendar)  # type: ignore[arg-type]
        assert again == []
        per, today = changed or per, today + timedelta(days=days)
    for first, until in runs:
        assert sum(a < until and first < b for a, b in runs) == 1


@given(CALENDARS, DAYS, st.integers(0, 200))
def test_no_period_is_left_out_after_a_downtime(
    calendar: WorkCalendar, begun: date, days: int
) -> None:
    one, since = Obligation("c", "查", "month"), unit_start(begun, "month")
    at_once = runs_to_make(one, since, [], begun + timedelta(days=days), calendar)
    daily: list[tuple[date, date]] = []
    for n in range(days + 1):
        found = runs_to_make(one, since, daily, begun + n * ONE, calendar)
        daily += [(start, step(start, "month", 1)) for start in found]
    assert [first for first, _ in daily] == at_once


@given(CALENDARS, DAYS, RULES, st.integers(0, 31), st.sampled_from(PERIODS))
def test_nobody_is_late_from_the_first_day_on(
    calendar: WorkCalendar, today: date, due: DueRule, days: int, per: Period
) -> None:
    one = Obligation("c", "查", per, due=due, days=days)
    first = owed_from(one, today, calendar)
    assert first is not None
    on = due_day(due, days, per, first, calendar)
    assert on is None or on >= today


def test_what_an_admin_sets_stands_over_the_file() -> None:
    one = Obligation("c", "查", "unset", owner="法制科")
    assert standing(one, None) is one
    assert standing(one, Changed(per="month")).per == "month"
    assert standing(one, Changed(owner="")).owner == ""
    assert standing(one, Changed(due="day", days=25, per="month")).days == 25


def test_a_due_rule_that_does_not_fit_the_period_gives_way() -> None:
    event = Obligation("c", "查", "event", due="after", days=5)
    assert (standing(event, Changed(per="month")).due) == "last"
    monthly = Obligation("c", "查", "month", due="day", days=25)
    changed = standing(monthly, Changed(per="event"))
    assert (changed.due, changed.days) == ("after", 3)
    assert standing(Obligation("c", "查", "year", due="unset"), Changed(per="event")).due == "unset"


@pytest.mark.parametrize(
    ("per", "first", "said"),
    [
        ("month", "2025-06-01", "六月"), ("month", "2025-12-01", "十二月"),
        ("quarter", "2025-07-01", "三季度"), ("week", "2025-06-09", "第 24 周"),
        ("year", "2025-01-01", "2025年"), ("event", "2025-01-01", ""),
    ],
)  # fmt: skip
def test_how_periods_are_called(per: str, first: str, said: str) -> None:
    assert period_said(per, date.fromisoformat(first)) == said


def test_how_runs_are_called() -> None:
    bureau = build_bureau(DEFAULT)
    device, topic = (bureau.obligation(c) for c in ("device_check_monthly", "first_topic_archive"))
    assert device is not None
    assert topic is not None
    assert title_of(device, date(2025, 6, 1)) == "六月设备月检"
    assert title_of(topic, date(2025, 6, 11)) == "第一议题归档（6月11日）"
    assert title_of(topic, date(2025, 6, 11), "扩大会议") == "第一议题归档 扩大会议（6月11日）"
    assert wants_of(topic)


def test_the_shipped_obligations_are_those_of_the_field() -> None:
    """domain.md 1.2: twenty rows; what comes 定期 has no period of its own."""
    bureau = build_bureau(DEFAULT)
    assert len(bureau.obligations) == 20
    assert {one.code for one in bureau.obligations if one.per == "unset"} == {
        "hotline_analysis", "accounts_check", "tender_check", "purchase_spotcheck",
        "member_dev_check", "record_supervision", "lookback",
    }  # fmt: skip
    assert {one.code: one.counts for one in bureau.obligations if one.counts} == {
        "patrol_full_weekly": "patrol", "special_monthly": "special", "quarterly_review": "review",
        "longterm_milestone": "stages",
    }  # fmt: skip


def test_an_obligation_goes_by_its_name_or_a_part_of_it_alone() -> None:
    known = build_bureau(DEFAULT).obligations
    for said, code in (
        ("设备月检", "device_check_monthly"), ("账务", "accounts_check"),
        ("六月设备月检", "device_check_monthly"), ("归档", None), ("检", None), ("没有的", None),
    ):  # fmt: skip
        found = named(known, said)
        assert (found and found.code) == code, said
