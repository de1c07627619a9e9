"""Deadlines in every usual Chinese form; what is no day gives none, and says so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.ledger_dates import read_due, usual_year

TODAY = date(2025, 6, 9)
JUNE, DECEMBER = "2025-06-30", "2025-12-31"
DAYS = {
    "2025年6月底前": JUNE, "2025.6.30": JUNE, "2025/6/30": JUNE, "2025-06-30": JUNE,
    "2025-06-30 00:00:00": JUNE, "20250630": JUNE, "2025-06": JUNE, "2025.06": JUNE,
    "202506": JUNE, "2025年6月": JUNE, "2025年6月份": JUNE, "25年6月底": JUNE, "45838": JUNE,
    "45838.75": JUNE, "2025年6月30日前完成": JUNE, "２０２５年６月３０日": JUNE,
    "二〇二五年六月三十日": JUNE, "2025年二季度": JUNE, "2025年第二季度末": JUNE,
    "2025年上半年": JUNE, "2025年6月1日至6月30日": JUNE, "2025.5-2025.6": JUNE,
    "2025年4月至6月": JUNE, "2025 年 6 月 30 日": JUNE, "2025年6月30号": JUNE,
    "2025年底前": DECEMBER, "2025年年底": DECEMBER, "2025年末": DECEMBER, "2025年内": DECEMBER,
    "2025年下半年": DECEMBER, "2025年四季度": DECEMBER, "2025年十二月": DECEMBER,
    "2025年6月上旬": "2025-06-10", "2025年6月中旬": "2025-06-20", "2024年2月": "2024-02-29",
    "2025年2月": "2025-02-28", "2025年10月": "2025-10-31", "2025.11": "2025-11-30",
}  # fmt: skip
WITHOUT_YEAR = {
    "6月底": "06-30", "6月30日前": "06-30", "6.30": "06-30", "6/30": "06-30", "六月底": "06-30",
    "上半年": "06-30", "年底前": "12-31", "年内": "12-31", "三季度": "09-30", "12月": "12-31",
}  # fmt: skip
NO_DAY = {
    "立行立改": "没有具体日子", "即知即改": "没有具体日子", "尽快": "看不懂", "abc": "看不懂",
    "2025年2月30日": "没有这一天", "2025年13月": "没有这一天", "2025.1": "分不清",
    "6月30日前报方案，9月底前完成": "不止一个", "1/2/3": "看不懂", "2025": "看不懂",
}  # fmt: skip
LASTING = ("长期", "长期坚持", "长期整改", "持续推进", "常态化推进", "持续")


@pytest.mark.parametrize("said", list(DAYS))
def test_a_day_with_its_year_is_in_no_doubt(said: str) -> None:
    due = read_due(said, 1999, TODAY)
    assert (due.day, due.doubt, due.lasting) == (date.fromisoformat(DAYS[said]), None, False)


@pytest.mark.parametrize("said", list(WITHOUT_YEAR))
@pytest.mark.parametrize(("year", "taken"), [(2026, 2026), (None, 2025)])
def test_without_a_year_it_is_of_the_files(said: str, year: int | None, taken: int) -> None:
    due = read_due(said, year, TODAY)
    assert due.day == date.fromisoformat(f"{taken}-{WITHOUT_YEAR[said]}")
    assert f"没写年份，按{'表里其他日期的' if year else ''}{taken}年" == due.doubt


def test_years_and_months_that_are_told_from_today() -> None:
    assert read_due("明年3月底", 2020, TODAY).day == date(2026, 3, 31)
    assert read_due("今年9月", 2020, TODAY).day == date(2025, 9, 30)
    assert read_due("本月底", 2020, TODAY).day == date(2025, 6, 30)
    assert read_due("下月底", 2020, date(2025, 12, 9)).day == date(2026, 1, 31)
    assert read_due("11月至2月", 2025, TODAY).day == date(2026, 2, 28)


@pytest.mark.parametrize("said", list(NO_DAY))
def test_what_is_no_day_gives_none_and_says_why(said: str) -> None:
    due = read_due(said, 2025, TODAY)
    assert due.day is None
    assert NO_DAY[said] in (due.doubt or "")


@pytest.mark.parametrize("said", LASTING)
def test_what_lasts_has_no_day(said: str) -> None:
    due = read_due(said, 2025, TODAY)
    assert (due.day, due.lasting, due.doubt) == (None, True, None)


@pytest.mark.parametrize("said", ["每季度末", "每月25日前", "定期开展"])
def test_a_period_lasts_and_is_told(said: str) -> None:
    due = read_due(said, 2025, TODAY)
    assert (due.day, due.lasting, due.doubt) == (None, True, "没有具体日子")


@pytest.mark.parametrize(
    "said", ["2025年6月底前并长期坚持", "2025年6月，长期坚持", "2025.6.30（长期）"]
)
def test_a_day_may_last(said: str) -> None:
    due = read_due(said, 2025, TODAY)
    assert (due.day, due.lasting) == (date(2025, 6, 30), True)


@pytest.mark.parametrize("said", ["", "/", "—", "未明确", "待定", " 无 "])
def test_nothing_said_is_nothing(said: str) -> None:
    due = read_due(said, 2025, TODAY)
    assert (due.day, due.doubt, due.done, due.lasting) == (None, None, False, False)


@pytest.mark.parametrize("said", ["已完成", "已整改完成", "已办结", "已销号"])
def test_done_is_said_by_some(said: str) -> None:
    assert read_due(said, 2025, TODAY).done


def test_the_usual_year_is_that_of_most() -> None:
    assert usual_year(["2025.6.30", "6月", "20260101", "2025年底", "长期"]) == 2025
    assert usual_year(["45838"]) == 2025
    assert usual_year(["6月", "长期", ""]) is None


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_in_every_form(day: date) -> None:
    serial = str((day - date(1899, 12, 30)).days)
    for said in (
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日前",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        serial,
    ):
        assert read_due(said, None, day + timedelta(days=900)).day == day, said


@given(
    st.text(alphabet="0123456789年月日底前.-/至长期第季度半上下末 已完成Ａ〇一二十", max_size=20)
)
def test_any_text_gives_a_day_a_doubt_or_a_word(said: str) -> None:
    due = read_due(said, 2025, TODAY)
    blank = said.strip().replace(" ", "") in ("", "-", "/")
    assert due.day or due.doubt or due.lasting or due.done or blank
