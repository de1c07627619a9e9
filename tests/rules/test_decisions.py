"""Decisions about a period in words, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest

from bot.actions.calendar import packaged
from bot.rules.calendar import WorkCalendar
from bot.rules.decisions import read_decision, short_weeks
from bot.rules.quotas import EXEMPT, KEPT, MOVED

CALENDAR = WorkCalendar(tuple(packaged()))
TODAY = date(2025, 9, 20)
NATIONAL = date(2025, 9, 29)


@pytest.mark.parametrize(
    ("text", "whats", "per", "start", "verdict", "moved_to", "reason"),
    [
        ("国庆那周全域巡查免了，放假", ("patrol",), "week", NATIONAL, EXEMPT, None, "放假"),
        ("国庆节那一周的巡查免了", ("patrol",), "week", NATIONAL, EXEMPT, None, ""),
        ("十一那周巡查和到场都免了，因为创城检查", ("patrol", "visit"), "week", NATIONAL, EXEMPT,
         None, "创城检查"),
        ("10月第1周的巡查顺延到下一周 原因 下大雪", ("patrol",), "week", NATIONAL, MOVED,
         date(2025, 10, 6), "下大雪"),
        ("10月1日那周巡查推迟到下下周，人手不够", ("patrol",), "week", NATIONAL, MOVED,
         date(2025, 10, 13), "人手不够"),
        ("那周照常", (), "week", None, KEPT, None, ""),
        ("国庆那周照常。", (), "week", NATIONAL, KEPT, None, ""),
        ("本周巡查免了，下暴雨", ("patrol",), "week", date(2025, 9, 15), EXEMPT, None, "下暴雨"),
        ("这周下暴雨，巡查免了", ("patrol",), "week", date(2025, 9, 15), EXEMPT, None, "下暴雨"),
        ("下周不用巡了，防汛", (), "week", date(2025, 9, 22), EXEMPT, None, "防汛"),
        ("9月份专项检查推迟到下个月，人手都去创城", ("special",), "month", date(2025, 9, 1), MOVED,
         date(2025, 10, 1), "人手都去创城"),
        ("本季度研判顺延，等数据", ("review",), "quarter", date(2025, 7, 1), MOVED, None, "等数据"),
        ("春节那周免了", (), "week", date(2026, 2, 16), EXEMPT, None, ""),
    ],
)  # fmt: skip
def test_decisions(
    text: str, whats: tuple[str, ...], per: str, start: date | None, verdict: str,
    moved_to: date | None, reason: str,
) -> None:  # fmt: skip
    found = read_decision(text, TODAY, CALENDAR)
    assert found is not None
    assert (found.whats, found.per, found.start) == (whats, per, start)
    assert (found.verdict, found.moved_to, found.reason) == (verdict, moved_to, reason)


def test_a_holiday_that_is_not_announced_is_said_so() -> None:
    found = read_decision("国庆那周巡查免了，放假", date(2026, 12, 1), CALENDAR)
    assert found is not None
    assert (found.start, found.unannounced) == (None, "国庆")


@pytest.mark.parametrize(
    "text",
    ["松江路照常", "本周照常", "本周巡查照常，松江路正常", "今天巡查照常", "本周巡查免了吗", "免了",
     "本周巡查免了？", "巡查免了", "国庆那周松江路流动摊贩多", "本月检查几次", "松江路巡查正常",
     "13月检查免了，放假", ""],
)  # fmt: skip
def test_what_is_no_decision(text: str) -> None:
    assert read_decision(text, TODAY, CALENDAR) is None


def test_weeks_with_few_working_days() -> None:
    found = short_weeks(date(2025, 1, 1), date(2026, 12, 31), CALENDAR)
    assert found == [date(2025, 1, 27), NATIONAL, date(2026, 2, 16)]
