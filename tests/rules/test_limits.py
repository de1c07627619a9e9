"""Time limits: the four kinds over nights, weekends, holidays and 调休, and what always holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.actions.calendar import packaged
from bot.rules.calendar import WorkCalendar
from bot.rules.limits import after_work, colour, due, extended, rule_for, said, worked, yellow_from
from bot.rules.records import GENERAL_LIMIT, Bureau, Hours, TimeLimit
from bot.rules.terms import KINDS, Term, term, written

CALENDAR = WorkCalendar(tuple(packaged()))
MOMENTS = st.datetimes(datetime(2024, 6, 1), datetime(2026, 6, 1), timezones=st.just(UTC))
HOURS = st.integers(1, 400).map(lambda n: n / 4)
HOURLY = st.builds(Term, HOURS, st.sampled_from(["urgent_hour", "work_hour"]))
DAILY = st.builds(Term, st.integers(1, 40).map(float), st.sampled_from(["work_day", "natural_day"]))
TERMS = HOURLY | DAILY


@pytest.fixture(scope="module")
def here(bureau: Bureau) -> Bureau:
    """The shipped bureau with the days of the package: works 8:30-12:00 and 14:00-18:00."""
    return replace(bureau, calendar=CALENDAR)


def at(bureau: Bureau, text: str) -> datetime:
    """11-19 10:00 of 2025 (or with its year) by the bureau's clock."""
    full = text if text.count("-") == 2 else f"2025-{text}"
    return datetime.fromisoformat(full).replace(tzinfo=bureau.tz)


def clock(bureau: Bureau, moment: datetime) -> str:
    assert moment.tzinfo is UTC
    local = moment.astimezone(bureau.tz)
    return f"{local:%m-%d %H:%M}" if local.year == 2025 else f"{local:%Y-%m-%d %H:%M}"


# 2025-11-19 is a Wednesday. 10-01 to 10-08 are off, Sunday 09-28 and Saturday 10-11 are worked for
# them; 2026-01-01 to 01-03 are off, Sunday 01-04 is worked.
DUE = [
    # the clock on the wall, whatever the day
    ("2 紧急工作时", "11-19 10:00", "11-19 12:00"),
    ("24 紧急工作时", "11-21 17:00", "11-22 17:00"),
    ("30 紧急工作时", "09-30 17:00", "10-01 23:00"),
    ("0.5 紧急工作时", "12-31 23:45", "2026-01-01 00:15"),
    # working hours alone
    ("2 工作时", "11-19 09:00", "11-19 11:00"),
    ("2 工作时", "11-19 10:00", "11-19 12:00"),
    ("2 工作时", "11-19 11:00", "11-19 15:00"),
    ("2 工作时", "11-19 12:00", "11-19 16:00"),
    ("2 工作时", "11-19 13:10", "11-19 16:00"),
    ("2 工作时", "11-19 14:00", "11-19 16:00"),
    ("2 工作时", "11-19 16:00", "11-19 18:00"),
    ("2 工作时", "11-19 17:00", "11-20 09:30"),
    ("2 工作时", "11-19 18:00", "11-20 10:30"),
    ("2 工作时", "11-19 22:15", "11-20 10:30"),
    ("2 工作时", "11-19 06:00", "11-19 10:30"),
    ("2 工作时", "11-21 17:30", "11-24 10:00"),
    ("2 工作时", "11-22 11:00", "11-24 10:30"),
    ("2 工作时", "09-30 17:00", "10-09 09:30"),
    ("2 工作时", "10-11 17:00", "10-13 09:30"),
    ("2 工作时", "12-31 17:30", "2026-01-04 10:00"),
    ("4 工作时", "11-19 10:00", "11-19 16:00"),
    ("7.5 工作时", "11-19 08:30", "11-19 18:00"),
    ("0.25 工作时", "11-19 11:50", "11-19 14:05"),
    ("15 工作时", "09-27 12:00", "09-29 18:00"),
    # working days, to the close of the last
    ("1 工作日", "11-19 10:00", "11-20 18:00"),
    ("1 工作日", "11-19 06:00", "11-20 18:00"),
    ("1 工作日", "11-19 13:00", "11-20 18:00"),
    ("1 工作日", "11-19 17:59", "11-20 18:00"),
    ("1 工作日", "11-19 18:00", "11-21 18:00"),
    ("1 工作日", "11-21 10:00", "11-24 18:00"),
    ("1 工作日", "11-22 10:00", "11-25 18:00"),
    ("5 工作日", "11-19 10:00", "11-26 18:00"),
    ("5 工作日", "09-26 10:00", "10-10 18:00"),
    ("1 工作日", "09-27 10:00", "09-29 18:00"),
    ("1 工作日", "09-28 10:00", "09-29 18:00"),
    ("1 工作日", "10-10 10:00", "10-11 18:00"),
    ("20 工作日", "12-05 10:00", "2026-01-05 18:00"),
    ("19 工作日", "12-05 10:00", "2026-01-04 18:00"),
    # all days, to the close of the last, a day off too
    ("1 自然日", "11-19 10:00", "11-20 18:00"),
    ("1 自然日", "11-19 23:00", "11-20 18:00"),
    ("3 自然日", "11-19 10:00", "11-22 18:00"),
    ("1 自然日", "09-30 10:00", "10-01 18:00"),
    ("1 自然日", "12-31 10:00", "2026-01-01 18:00"),
]


@pytest.mark.parametrize(("amount", "since", "until"), DUE)
def test_when_it_is_due(here: Bureau, amount: str, since: str, until: str) -> None:
    began = at(here, since)
    assert clock(here, due(term(amount), began, here)) == until
    assert clock(here, due(term(amount), began.astimezone(UTC), here)) == until


def test_without_a_break_the_day_is_one_stretch(here: Bureau) -> None:
    noon = at(here, "11-19 11:00")
    for hours in (
        Hours(break_from=time(12), break_to=time(12)),
        Hours(work_from=time(9), work_to=time(13)),
        Hours(work_from=time(10), break_from=time(8), break_to=time(9)),
    ):
        plain = replace(here, hours=hours)
        assert clock(plain, due(term("2 工作时"), noon, plain)) == "11-19 13:00"
    edge = replace(here, hours=Hours(work_from=time(12), work_to=time(18)))
    assert clock(edge, due(term("2 工作时"), noon, edge)) == "11-19 16:00"


def test_hours_are_hours_where_clocks_are_changed(here: Bureau) -> None:
    """Berlin's night of 2025-03-30 lacks an hour, which nobody has to work or to hurry for."""
    abroad = replace(here, zone="Europe/Berlin", calendar=WorkCalendar())
    since = at(abroad, "03-29 10:00")
    assert clock(abroad, due(term("24 紧急工作时"), since, abroad)) == "03-30 11:00"
    assert clock(abroad, due(term("1 自然日"), since, abroad)) == "03-30 18:00"
    friday, monday = at(abroad, "03-28 17:00"), at(abroad, "03-31 10:00")
    assert worked(friday, monday, abroad) == timedelta(hours=2.5)


@pytest.mark.parametrize(
    ("was", "amount", "then"),
    [
        ("11-19 18:00", "10 工作日", "12-03 18:00"),
        ("11-19 11:00", "1 工作日", "11-20 18:00"),
        ("11-22 18:00", "1 工作日", "11-24 18:00"),
        ("11-19 18:00", "4 工作时", "11-20 14:30"),
        ("11-19 11:00", "4 工作时", "11-19 17:00"),
        ("11-19 18:00", "12 紧急工作时", "11-20 06:00"),
        ("11-21 18:00", "2 自然日", "11-23 18:00"),
        ("09-30 18:00", "1 工作日", "10-09 18:00"),
        ("12-31 18:00", "1 工作日", "2026-01-04 18:00"),
    ],
)
def test_an_extension_counts_from_the_old_moment(
    here: Bureau, was: str, amount: str, then: str
) -> None:
    assert clock(here, extended(at(here, was), term(amount), here)) == then


@pytest.mark.parametrize(
    ("amount", "since", "before", "yellow"),
    [
        ("2 工作时", "11-19 10:00", None, "11-19 11:30"),
        ("4 工作时", "11-19 10:00", None, "11-19 15:00"),
        ("2 工作时", "11-19 17:00", None, "11-20 09:00"),
        ("2 工作时", "11-22 17:00", None, "11-24 10:00"),
        ("24 紧急工作时", "11-19 10:00", None, "11-20 04:00"),
        ("1 工作日", "11-19 10:00", None, "11-19 18:00"),
        ("5 工作日", "11-19 10:00", None, "11-25 18:00"),
        ("1 工作日", "09-30 10:00", None, "09-30 18:00"),
        ("3 自然日", "11-20 10:00", None, "11-21 18:00"),
        ("1 自然日", "11-22 10:00", None, "11-22 10:00"),
        ("4 工作时", "11-19 10:00", "1 工作时", "11-19 15:00"),
        ("4 工作时", "11-19 10:00", "3 工作时", "11-19 11:00"),
        ("4 工作时", "11-19 10:00", "9 工作时", "11-19 10:00"),
        ("4 工作时", "11-22 10:00", "9 工作时", "11-22 10:00"),
        ("1 紧急工作时", "11-22 10:00", "1 工作时", "11-22 10:00"),
        ("24 紧急工作时", "11-22 17:00", "1 工作时", "11-22 17:00"),
        ("4 工作时", "11-19 10:00", "1 紧急工作时", "11-19 15:00"),
        ("1 工作日", "11-19 10:00", "2 工作时", "11-20 16:00"),
        ("5 工作日", "11-19 10:00", "2 工作日", "11-24 18:00"),
        ("5 工作日", "11-19 10:00", "2 自然日", "11-24 18:00"),
        ("20 紧急工作时", "11-19 10:00", "2 自然日", "11-19 10:00"),
    ],
)
def test_when_it_turns_yellow(
    here: Bureau, amount: str, since: str, before: str | None, yellow: str
) -> None:
    began = at(here, since)
    until = due(term(amount), began, here)
    found = yellow_from(term(amount), began, until, here, before and term(before))
    assert clock(here, found) == yellow


def test_an_extended_limit_is_yellow_later(here: Bureau) -> None:
    began, amount = at(here, "11-19 10:00"), term("2 工作时")
    until = extended(due(amount, began, here), term("4 工作时"), here)
    assert clock(here, until) == "11-19 18:00"
    assert clock(here, yellow_from(amount, began, until, here)) == "11-19 16:30"


def test_the_colours(here: Bureau) -> None:
    yellow, until = at(here, "11-19 11:30"), at(here, "11-19 12:00")
    second = timedelta(seconds=1)
    assert colour(until, yellow, yellow - second) == "none"
    assert colour(until, yellow, yellow) == "yellow"
    assert colour(until, yellow, until) == "yellow"
    assert colour(until, yellow, until + second) == "red"


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("11-19 10:00", "11-19 11:00", 1), ("11-19 10:00", "11-19 15:00", 3),
        ("11-19 12:30", "11-19 13:30", 0), ("11-19 17:00", "11-20 09:00", 1.5),
        ("11-21 17:00", "11-24 09:30", 2), ("11-22 00:00", "11-24 00:00", 0),
        ("09-30 17:00", "10-09 09:00", 1.5), ("10-11 08:00", "10-12 20:00", 7.5),
        ("12-31 12:00", "2026-01-04 10:30", 6), ("11-19 15:00", "11-19 10:00", 0),
        ("11-19 10:00", "11-19 10:00", 0),
    ],
)  # fmt: skip
def test_working_time_between(here: Bureau, since: str, until: str, hours: float) -> None:
    assert worked(at(here, since), at(here, until), here) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("moment", "hours", "then"),
    [
        ("11-19 16:41", 4, "11-20 11:11"), ("11-21 16:41", 4, "11-24 11:11"),
        ("11-19 09:00", 4, "11-19 15:00"), ("11-19 20:00", 0, "11-20 08:30"),
        ("11-19 10:00", 0, "11-19 10:00"), ("11-19 13:00", 0, "11-19 14:00"),
    ],
)  # fmt: skip
def test_after_so_many_working_hours(here: Bureau, moment: str, hours: float, then: str) -> None:
    assert clock(here, after_work(at(here, moment), hours, here)) == then


@pytest.mark.parametrize(
    ("until", "now", "words"),
    [
        ("11-19 17:40", "11-19 16:38", "17:40 前"), ("11-19 09:05", "11-19 16:38", "9:05 前"),
        ("11-20 12:00", "11-19 16:38", "明天 12:00 前"),
        ("11-20 12:00", "11-19 00:01", "明天 12:00 前"),
        ("11-18 18:00", "11-19 08:30", "昨天 18:00 前"),
        ("11-21 18:00", "11-19 16:38", "11月21日 18:00 前"),
        ("06-16 18:00", "06-09 10:40", "6月16日 18:00 前"),
        ("2026-01-01 09:00", "12-31 10:00", "明天 9:00 前"),
        ("2026-01-05 18:00", "12-31 10:00", "2026年1月5日 18:00 前"),
        ("11-20 00:00", "11-19 10:00", "24:00 前"),
        ("11-21 00:00", "11-19 10:00", "明天 24:00 前"),
        ("11-20 00:01", "11-19 10:00", "明天 0:01 前"),
        ("2026-01-01 00:00", "12-20 10:00", "12月31日 24:00 前"),
    ],
)  # fmt: skip
def test_it_is_said_as_people_speak(here: Bureau, until: str, now: str, words: str) -> None:
    assert said(at(here, until).astimezone(UTC), at(here, now).astimezone(UTC), here) == words


HOUR = Term(1, "work_hour")
GENERAL = TimeLimit(HOUR)
HOTLINE = TimeLimit(HOUR, sources=("hotline", "public"))
RUBBISH = TimeLimit(HOUR, categories=("laji", "manyi"))
BOTH = TimeLimit(HOUR, categories=("laji",), sources=("hotline",))
LATER = TimeLimit(HOUR, categories=("laji",))


@pytest.mark.parametrize(
    ("rules", "category", "source", "taken"),
    [
        ((GENERAL, HOTLINE, RUBBISH), "laji", "patrol", RUBBISH),
        ((GENERAL, HOTLINE, RUBBISH), "laji", "hotline", RUBBISH),
        ((GENERAL, HOTLINE, RUBBISH), "zhandao", "public", HOTLINE),
        ((GENERAL, HOTLINE, RUBBISH), "zhandao", "camera", GENERAL),
        ((GENERAL, HOTLINE, RUBBISH), None, "hotline", HOTLINE),
        ((RUBBISH, BOTH), "laji", "hotline", BOTH), ((RUBBISH, BOTH), "laji", "public", RUBBISH),
        ((BOTH, GENERAL), "laji", "patrol", GENERAL), ((BOTH,), "laji", "patrol", GENERAL_LIMIT),
        ((RUBBISH, LATER), "laji", "patrol", RUBBISH), ((LATER, RUBBISH), "laji", "patrol", LATER),
        ((), "laji", "patrol", GENERAL_LIMIT),
    ],
)  # fmt: skip
def test_the_nearest_rule_is_taken(
    rules: tuple[TimeLimit, ...], category: str | None, source: str, taken: TimeLimit
) -> None:
    assert rule_for(rules, category, source) is taken


@pytest.mark.parametrize("name", KINDS)
def test_terms_are_read_as_they_are_written(name: str) -> None:
    assert term(f"2 {name}") == term(f"2{name}") == Term(2, KINDS[name])
    assert written(term(f"12 {name}")) == f"12 {name}"


@pytest.mark.parametrize(
    "text",
    ["", "2", "工作时", "2 小时", "-2 工作时", "0 工作时", "0.0 工作时", "1000 工作日",
     "0.5 工作日", "两 工作日", "2 工作时 30 分", "２ 工作时", "1e3 工作时", "2  工作时"],
)  # fmt: skip
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        term(text)


def in_work(bureau: Bureau, moment: datetime) -> bool:
    """By plain reading: on a working day, within one of its halves, ends included."""
    local, hours = moment.astimezone(bureau.tz), bureau.hours
    return bureau.calendar.is_workday(local.date()) and (
        hours.work_from <= local.time() <= hours.break_from
        or hours.break_to <= local.time() <= hours.work_to
    )


@given(TERMS, HOURS, MOMENTS)
def test_more_time_is_due_later(here: Bureau, amount: Term, more: float, since: datetime) -> None:
    count = amount.count + (more if amount.in_hours else float(int(more) + 1))
    first = due(amount, since, here)
    assert since < first < due(replace(amount, count=count), since, here)


@given(TERMS, MOMENTS, st.timedeltas(timedelta(), timedelta(days=20)))
def test_what_begins_later_is_never_due_earlier(
    here: Bureau, amount: Term, since: datetime, by: timedelta
) -> None:
    assert due(amount, since, here) <= due(amount, since + by, here)


@given(HOURS, MOMENTS)
def test_the_working_time_until_it_is_due_is_the_term(
    here: Bureau, hours: float, since: datetime
) -> None:
    until = due(Term(hours, "work_hour"), since, here)
    assert worked(since, until, here) == timedelta(hours=hours)
    assert until == after_work(since, hours, here)


@given(TERMS, MOMENTS)
def test_working_terms_end_in_working_time(here: Bureau, amount: Term, since: datetime) -> None:
    assume(amount.kind in ("work_hour", "work_day"))
    until = due(amount, since, here)
    assert in_work(here, until)
    if amount.kind == "work_day":
        assert until.astimezone(here.tz).time() == here.hours.work_to


@given(TERMS, TERMS, MOMENTS)
def test_an_extension_is_always_later(
    here: Bureau, amount: Term, more: Term, since: datetime
) -> None:
    until = due(amount, since, here)
    assert extended(until, more, here) > until


@given(TERMS, st.none() | TERMS, MOMENTS)
def test_yellow_lies_between_the_beginning_and_the_end(
    here: Bureau, amount: Term, before: Term | None, since: datetime
) -> None:
    until = due(amount, since, here)
    yellow = yellow_from(amount, since, until, here, before)
    assert since <= yellow <= until
    assert colour(until, yellow, until) == "yellow"


@given(MOMENTS, st.integers(0, 400))
def test_working_time_agrees_with_plain_counting(
    here: Bureau, since: datetime, quarters: int
) -> None:
    """In steps of a quarter of an hour, on which all hours of the bureau begin and end."""
    step = timedelta(minutes=15)
    since = since.replace(minute=since.minute // 15 * 15, second=0, microsecond=0)
    middles = (since + step * n + step / 2 for n in range(quarters))
    counted = sum(in_work(here, middle) for middle in middles)
    assert worked(since, since + step * quarters, here) == counted * step
