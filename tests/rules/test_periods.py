"""Days, weeks and months as half-open spans, and how people write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import periods
from bot.rules.records import Bureau, Span
from bot.rules.spoken_spans import Calendar
from bot.rules.written_periods import find_periods

HERE = ZoneInfo("Asia/Shanghai")
WEDNESDAY = datetime(2025, 11, 19, 10, 0, tzinfo=HERE)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(HERE))


def calendar(bureau: Bureau, now: datetime = WEDNESDAY, *, ahead: bool = False) -> Calendar:
    return Calendar(now, bureau.since, bureau.vocabulary.holidays, ahead)


class Almanac:
    """The bureau's calendar at any moment; hypothesis prints its short name, not the bureau."""

    def __init__(self, bureau: Bureau) -> None:
        self.since, self.holidays = bureau.since, bureau.vocabulary.holidays

    def at(self, now: datetime) -> Calendar:
        return Calendar(now, self.since, self.holidays)


@pytest.fixture(scope="module")
def almanac(bureau: Bureau) -> Almanac:
    return Almanac(bureau)


def read(bureau: Bureau, text: str, now: datetime = WEDNESDAY, *, ahead: bool = False) -> str:
    """The only period of the text as "MM-DD..MM-DD", hours where they are not midnight."""
    (period,) = find_periods(text, calendar(bureau, now, ahead=ahead))
    return f"{short(period.span.since)}..{short(period.span.until)}"


def short(moment: datetime | None) -> str:
    if moment is None:
        return ""
    year = "" if moment.year == 2025 else f"{moment:%Y-}"
    return f"{year}{moment:%m-%d}" + (f"T{moment:%H}" if moment.hour else "")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("今天", "11-19..11-20"),
        ("昨天", "11-18..11-19"),
        ("前天", "11-17..11-18"),
        ("本周", "11-17..11-24"),
        ("这周", "11-17..11-24"),
        ("上周", "11-10..11-17"),
        ("上上周", "11-03..11-10"),
        ("上周五", "11-14..11-15"),
        ("周一到周三", "11-17..11-20"),
        ("上周末", "11-15..11-17"),
        ("本月", "11-01..12-01"),
        ("这个月", "11-01..12-01"),
        ("上个月", "10-01..11-01"),
        ("上月", "10-01..11-01"),
        ("10月", "10-01..11-01"),
        ("十月份", "10-01..11-01"),
        ("12月", "2024-12-01..01-01"),
        ("去年10月", "2024-10-01..2024-11-01"),
        ("9月到10月", "09-01..11-01"),
        ("本月中旬", "11-11..11-21"),
        ("10月下旬", "10-21..11-01"),
        ("2024年2月下旬", "2024-02-21..2024-03-01"),
        ("本季度", "10-01..2026-01-01"),
        ("三季度", "07-01..10-01"),
        ("上半年", "01-01..07-01"),
        ("今年", "01-01..2026-01-01"),
        ("去年", "2024-01-01..01-01"),
        ("近7天", "11-13..11-20"),
        ("近两周", "11-06..11-20"),
        ("最近一个月", "10-19..11-20"),
        ("10月3日", "10-03..10-04"),
        ("12月25日", "2024-12-25..2024-12-26"),
        ("10月3日到10月9日", "10-03..10-10"),
        ("10月3日至9日", "10-03..10-10"),
        ("11.1-11.15", "11-01..11-16"),
        ("2025-11-03", "11-03..11-04"),
        ("自9月1日以来", "09-01..11-20"),
        ("今年以来", "01-01..11-20"),
        ("整改以来", "05-28..11-20"),
        ("截至目前", "..11-20"),
        ("截至8月底", "..09-01"),
        ("上午", "11-19..11-19T12"),
        ("今早", "11-19..11-19T12"),
        ("昨天下午", "11-18T12..11-18T18"),
        ("昨晚", "11-18T18..11-19"),
        ("国庆期间", "10-01..10-09"),
        ("春节", "01-28..02-05"),
        ("未来3天内", "11-19..11-23"),
    ],
)
def test_a_written_time_is_its_span(bureau: Bureau, text: str, span: str) -> None:
    assert read(bureau, text) == span


def test_looking_ahead_takes_the_next_date_instead_of_the_last(bureau: Bureau) -> None:
    assert read(bureau, "12月25日", ahead=True) == "12-25..12-26"
    assert read(bureau, "12月", ahead=True) == "12-01..2026-01-01"
    assert read(bureau, "月底前", ahead=True) == "11-19..12-01"


def test_the_latest_holiday_that_has_begun_is_meant(bureau: Bureau) -> None:
    spring = datetime(2026, 2, 20, 9, tzinfo=HERE)
    assert read(bureau, "春节", spring) == "2026-02-15..2026-02-24"
    assert read(bureau, "国庆", spring) == "10-01..10-09"


@pytest.mark.parametrize("text", ["近99999年", "一周三次", "看一下周报"])
def test_what_is_no_time_is_not_read_in_part(bureau: Bureau, text: str) -> None:
    assert find_periods(text, calendar(bureau)) == []


@pytest.mark.parametrize(
    "text",
    ["2月30日", "13月", "近0天", "去年春节", "清明期间", "每天晚上", "周五到周一", "昨天到上周三"],
)
def test_a_time_that_is_none_or_not_announced_is_found_empty(bureau: Bureau, text: str) -> None:
    (period,) = find_periods(text, calendar(bureau))
    assert (text[period.start : period.end], period.span.since) == (text, period.span.until)


def test_a_holiday_no_longer_known_is_not_the_last_one_known(bureau: Bureau) -> None:
    (period,) = find_periods("春节", calendar(bureau, datetime(2028, 2, 29, 11, tzinfo=HERE)))
    assert period.span.since == period.span.until


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("上周三到昨天", "2025-11-12..2025-11-19"),
        ("1号到15号", "2025-11-01..2025-11-16"),
        ("2025-11-01至2025-11-15", "2025-11-01..2025-11-16"),
        ("一季度到二季度", "2025-01-01..2025-07-01"),
        ("去年12月到今年2月", "2024-12-01..2025-03-01"),
        ("近半年", "2025-05-19..2025-11-20"),
        ("近半个月", "2025-11-05..2025-11-20"),
        ("去年全年", "2024-01-01..2025-01-01"),
    ],
)
def test_from_any_time_to_any_other(bureau: Bureau, text: str, span: str) -> None:
    (period,) = find_periods(text, calendar(bureau))
    assert f"{period.span.since:%Y-%m-%d}..{period.span.until:%Y-%m-%d}" == span


def test_two_months_of_a_comparison_stay_two(bureau: Bureau) -> None:
    assert len(find_periods("10月和11月比", calendar(bureau))) == 2


@given(moments, st.sampled_from(periods.UNITS), st.integers(-30, 30))
def test_units_are_half_open_and_meet(moment: datetime, unit: periods.Unit, offset: int) -> None:
    span = periods.unit_of(moment, unit, offset)
    after = periods.unit_of(moment, unit, offset + 1)
    assert span.since is not None
    assert span.since < span.until == after.since
    assert periods.unit_of(span.since, unit) == span
    assert periods.unit_of(span.until, unit) == after
    assert periods.unit_of(span.until - timedelta(minutes=1), unit) == span


@given(moments)
def test_a_moment_lies_in_its_own_units(moment: datetime) -> None:
    for of in (periods.day, periods.week, periods.month, periods.quarter, periods.year):
        span = of(moment)
        assert span.since is not None
        assert span.since <= moment < span.until
    assert periods.week(moment).since is not None
    assert periods.week(moment).until.weekday() == 0


@given(moments, st.sampled_from(periods.UNITS))
def test_the_previous_span_ends_where_the_span_begins(moment: datetime, unit: periods.Unit) -> None:
    span = periods.unit_of(moment, unit)
    assert periods.previous(span) == periods.unit_of(moment, unit, -1)


def test_the_stretch_before_an_odd_one_is_as_long() -> None:
    span = periods.days(date(2025, 11, 13), date(2025, 11, 19), HERE)
    before = periods.days(date(2025, 11, 6), date(2025, 11, 12), HERE)
    assert periods.previous(span) == before


def test_a_year_before_the_leap_day_is_the_last_of_february() -> None:
    leap = periods.days(date(2024, 2, 29), date(2024, 2, 29), HERE)
    assert periods.year_before(leap).since == datetime(2023, 2, 28, tzinfo=HERE)
    assert periods.year_before(Span(None, leap.until)).since is None


@given(
    moments,
    st.text(
        alphabet="今昨前上本这下周月年日号季度近天0123456789一二三十到至-以来内底", max_size=14
    ),
)
def test_every_span_read_is_half_open_and_in_the_zone(
    almanac: Almanac, moment: datetime, text: str
) -> None:
    for period in find_periods(text, almanac.at(moment)):
        assert 0 <= period.start < period.end <= len(text)
        if period.span.since is not None:
            assert period.span.since <= period.span.until
            assert period.span.since.tzinfo is HERE


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("上半月", "2025-11-01", "2025-11-15"),
        ("10月下半月", "2025-10-16", "2025-10-31"),
        ("年初至今", "2025-01-01", "2025-11-19"),
        ("从6月开始", "2025-06-01", "2025-11-19"),
        ("自6月1日起", "2025-06-01", "2025-11-19"),
        ("11月3日以后", "2025-11-03", "2025-11-19"),
        ("国庆前三天", "2025-09-28", "2025-09-30"),
        ("国庆节后一周", "2025-10-09", "2025-10-15"),
        ("十一长假期间", "2025-10-01", "2025-10-08"),
        ("前三季度", "2025-01-01", "2025-09-30"),
        ("今年前10个月", "2025-01-01", "2025-10-31"),
        ("2025-11", "2025-11-01", "2025-11-30"),
        ("11.3", "2025-11-03", "2025-11-03"),
        ("周五", "2025-11-14", "2025-11-14"),  # what happened is not still to come
        ("周二", "2025-11-18", "2025-11-18"),
        ("周末", "2025-11-15", "2025-11-16"),
        ("月底", "2025-10-21", "2025-10-31"),
        ("过去的一周", "2025-11-13", "2025-11-19"),
        ("近俩月", "2025-09-19", "2025-11-19"),
    ],
)
def test_more_ways_to_write_a_time(bureau: Bureau, written: str, first: str, last: str) -> None:
    (period,) = find_periods(written, calendar(bureau))
    assert period.span.since is not None
    one = timedelta(days=1)
    assert (f"{period.span.since:%F}", f"{period.span.until - one:%F}") == (first, last)


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("到上周末为止", "2025-11-16"),
        ("截至去年年底", "2024-12-31"),
        ("截至三季度末", "2025-09-30"),
        ("11月3日之前", "2025-11-02"),
        ("10月以前", "2025-09-30"),
    ],
)
def test_a_time_that_reaches_back_for_ever(bureau: Bureau, written: str, last: str) -> None:
    (period,) = find_periods(written, calendar(bureau))
    assert period.span.since is None
    assert f"{period.span.until - timedelta(days=1):%F}" == last


@pytest.mark.parametrize("written", ["2027年国庆", "国庆2027", "五一", "去年春节", "中秋节前两天"])
def test_a_holiday_in_no_table_is_not_announced(bureau: Bureau, written: str) -> None:
    (period,) = find_periods(written, calendar(bureau))
    assert period.empty
    assert not period.announced


@pytest.mark.parametrize("written", ["国庆前", "国庆节后", "10月之后", "近两三天", "2月30日"])
def test_a_time_that_is_no_one_stretch_is_empty_and_no_holiday(
    bureau: Bureau, written: str
) -> None:
    (period,) = find_periods(written, calendar(bureau))
    assert period.empty
    assert period.announced
