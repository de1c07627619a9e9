"""成效数据 as people write it: kept as written, its day read, anything else refused or let pass."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.counters import MOST, NAME, Counted, Told, read, takes_back

TODAY = date(2025, 12, 8)


def figures(text: str) -> list[tuple[str, str, str]]:
    told = read(text, TODAY)
    assert isinstance(told, Told), told
    return [(one.name, one.amount, one.unit) for one in told.figures]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("记数 官网发布 66 篇", [("官网发布", "66", "篇")]),
        ("记数 官网发布66篇", [("官网发布", "66", "篇")]),
        ("记数：官网发布 \uff16\uff16 篇", [("官网发布", "66", "篇")]),
        ("成效 垃圾分类活动 40余次 覆盖 2万余人次",
         [("垃圾分类活动", "40余", "次"), ("垃圾分类活动覆盖", "2万余", "人次")]),
        ("成效 垃圾分类活动40余次，覆盖2万余人次",
         [("垃圾分类活动", "40余", "次"), ("垃圾分类活动覆盖", "2万余", "人次")]),
        ("记数 培训1次、抽查3次", [("培训", "1", "次"), ("抽查", "3", "次")]),
        ("成效 入户宣传 约800余户", [("入户宣传", "约800余", "户")]),
        ("记数 分类覆盖率 98.5%", [("分类覆盖率", "98.5", "%")]),
        ("记数 统一培训 一次", [("统一培训", "一", "次")]),
        ("记数 第一议题学习 11次", [("第一议题学习", "11", "次")]),
        ("记数 投入资金 1,200万元", [("投入资金", "1,200万", "元")]),
        ("记数 =HYPERLINK(1) 3次", [("=HYPERLINK(1)", "3", "次")]),
        ("记数 =A1 3次", [("=A1", "3", "次")]),
        ("记数 12345热线 受理 300件", [("12345热线 受理", "300", "件")]),
        ("记数 群众满意度 98", [("群众满意度", "98", "")]),
    ],
)  # fmt: skip
def test_figures_stay_as_they_were_written(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert figures(text) == wanted


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("记数 官网发布 66篇", TODAY),
        ("记数 官网发布 66篇 截至8月底", date(2025, 8, 31)),
        ("记数 官网发布 66篇（截至11月20日）", date(2025, 11, 20)),
        ("记数 截至2025年2月底 官网发布 66篇", date(2025, 2, 28)),
        ("记数 官网发布 66篇 截至12月8日", TODAY),
        ("记数 官网发布 66篇 截止2024年12月末", date(2024, 12, 31)),
    ],
)
def test_its_day_is_the_one_that_is_written(text: str, day: date) -> None:
    told = read(text, TODAY)
    assert isinstance(told, Told)
    assert [(one.name, one.as_of) for one in told.figures] == [("官网发布", day)]


def test_a_month_without_a_year_is_the_last_one_that_came() -> None:
    told = read("记数 官网发布 66篇 截至11月底", date(2026, 2, 1))
    assert isinstance(told, Told)
    assert told.figures[0].as_of == date(2025, 11, 30)


def test_what_it_rests_on_is_kept_apart() -> None:
    told = read("成效 入户宣传 800余户，依据：宣传科台账第3页", TODAY)
    assert isinstance(told, Told)
    assert told.note == "宣传科台账第3页"
    assert told.figures == (Counted("入户宣传", "800余", "户", TODAY),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("记数 66篇", "name"), ("记数 官网发布", "figure"),
        ("记数 官网发布 66篇 还有别的", "figure"),
        ("记数 官网发布 66篇 截至12月31日", "future"), ("记数 官网发布 6篇 截至2月30日", "future"),
        (f"记数 {'长' * (NAME + 1)} 3次", "long"), ("记数 甲 1次、甲 2次", "many"),
        ("记数 " + "、".join(f"项{chr(0x4e00 + n)} {n}次" for n in range(MOST + 1)), "many"),
        ("记数 反弹由 5 次降到 2 次", "figure"),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_says_why(text: str, why: str) -> None:
    assert read(text, TODAY) == why


@pytest.mark.parametrize(
    "text",
    ["成效：反弹少了", "成效 反弹由 5 次降到 2 次", "成效 有效", "成效明显", "松江路 占道 3 处",
     "记数员张三", "撤回成效 官网发布", "成效数据", "效果 好 3次"],
)  # fmt: skip
def test_other_words_are_let_pass(text: str) -> None:
    assert read(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("撤回成效 官网发布", "官网发布"), ("撤回成效数据：官网发布", "官网发布"), ("撤回", None),
     ("撤回成效", None)],
)  # fmt: skip
def test_taking_back_names_it(text: str, name: str | None) -> None:
    assert takes_back(text) == name


@given(st.text(max_size=60), st.sampled_from(["记数 ", "成效 ", "成效数据："]))
def test_any_text_is_read_or_refused(text: str, word: str) -> None:
    told = read(word + text, TODAY)
    if isinstance(told, Told):
        assert 0 < len(told.figures) <= MOST
        for one in told.figures:
            assert 0 < len(one.name) <= NAME
            assert one.as_of <= TODAY
            assert all(c.isprintable() for c in one.name + one.amount + one.unit)
