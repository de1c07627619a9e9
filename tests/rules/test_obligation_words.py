"""What admins say of obligations, read; and that every one is known by its name."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bureau import DEFAULT, build_bureau
from bot.rules.obligation_words import day_in, due_said, meant, nearest_period, per_said
from bot.rules.obligations import Obligations
from bot.rules.questions import QuestionReader
from bot.rules.records import Obligation

BUREAU = build_bureau(DEFAULT)
RUN = [one for one in BUREAU.obligations if not one.counts]
READER = QuestionReader(BUREAU)
NOW = datetime(2025, 6, 12, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("said", "per"),
    [
        ("每月", "month"), ("每个月一次", "month"), ("每季度", "quarter"), ("每季", "quarter"),
        ("每周", "week"), ("每星期1次", "week"), ("每年", "year"), ("按次", "event"),
        ("每天", None), ("定期", None), ("", None),
    ],
)  # fmt: skip
def test_periods(said: str, per: str | None) -> None:
    assert per_said(said) == per


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("25日", ("day", 25)), ("每月25号前", ("day", 25)), ("周五", ("day", 5)),
        ("每周三前", ("day", 3)), ("月底", ("last", 0)), ("最后一个工作日", ("last", 0)),
        ("季度末", ("last", 0)), ("月底前3个工作日", ("before_end", 3)),
        ("月末前两个工作日", ("before_end", 2)),
        ("3个工作日内", ("after", 3)), ("后三个工作日", ("after", 3)),
        ("提前2个工作日", ("before", 2)), ("32日", None), ("0日", None), ("尽快", None),
    ],
)  # fmt: skip
def test_due_rules(said: str, rule: tuple[str, int] | None) -> None:
    assert due_said(said) == rule


@pytest.mark.parametrize(
    ("said", "day", "left"),
    [
        ("6月11日", date(2025, 6, 11), ""), ("昨天", date(2025, 6, 11), ""),
        ("鲁D12345", None, "鲁D12345"), ("鲁D12345 6月10日", date(2025, 6, 10), "鲁D12345"),
        ("6月", None, "6月"), ("", None, ""),
    ],
)  # fmt: skip
def test_the_day_of_an_event(said: str, day: date | None, left: str) -> None:
    assert day_in(said, BUREAU, NOW) == (day, left)


@pytest.mark.parametrize(
    "one", [o for o in BUREAU.obligations if not o.counts], ids=lambda o: o.code
)
def test_every_obligation_is_meant_by_its_name(one: Obligation) -> None:
    name, code = one.name, one.code
    found = Obligations(BUREAU).find(f"这个月{name}做了没")
    assert found is not None
    assert found.code == code
    assert meant(BUREAU, BUREAU.obligations, name).code == code  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "asks", ["{}做了没", "这个月{}做了没有", "{}本季度完成了吗", "上个月{}交了吗"]
)
@pytest.mark.parametrize("one", RUN, ids=lambda one: one.code)
def test_every_obligation_can_be_asked_about_by_its_name(one: Obligation, asks: str) -> None:
    found = READER.read(asks.format(one.name), NOW)
    assert found.metrics == ("obligation_status",)
    assert found.filters.obligation == one.code


def test_a_bureaus_own_obligation_is_meant_by_its_name() -> None:
    own = {"code": "fire_drill", "name": "消防演练", "per": "quarter"}
    bureau = build_bureau({"obligations": [own]})
    found = Obligations(bureau).find("三季度消防演练搞了没有")
    assert found is not None
    assert (found.code, found.per) == ("fire_drill", "quarter")


@given(st.text(max_size=40))
def test_no_words_break_the_readers(words: str) -> None:
    per_said(words)
    due_said(words)
    day_in(words, BUREAU, NOW)
    meant(BUREAU, BUREAU.obligations, words)
    nearest_period(words, BUREAU, NOW)


@pytest.mark.parametrize(
    ("said", "first"),
    [("6月", date(2025, 6, 1)), ("7月", date(2025, 7, 1)), ("11月", date(2025, 11, 1)),
     ("1月", date(2025, 1, 1)), ("去年12月", date(2024, 12, 1)), ("下月", date(2025, 7, 1)),
     ("2026年7月", date(2026, 7, 1)), ("三季度", date(2025, 7, 1))],
)  # fmt: skip
def test_a_period_without_its_year_is_the_one_that_lies_nearer(said: str, first: date) -> None:
    found = nearest_period(said, BUREAU, NOW)
    assert found is not None
    assert found.span.since is not None
    assert found.span.since.date() == first


def test_no_period_is_none() -> None:
    assert nearest_period("设备改造", BUREAU, NOW) is None
