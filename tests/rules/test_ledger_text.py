"""Bulletins in the official numbering: this bureau's own, and such as others write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.rules.ledger_draft import Draft, Levels, levels
from bot.rules.ledger_measures import short
from bot.rules.ledger_text import read_text

SHARED = Path(__file__).parents[3] / "shared" / "data"
ENDS = ("二、整改进展情况", "三、今后打算\n（一）继续学。一是学。\n1.关于学\n一是再学。")


def bulletin(body: str) -> list[str]:
    return f"一、基本情况\n一是开会。二是动员。\n{ENDS[0]}\n{body}\n{ENDS[1]}".splitlines()


def told(draft: Draft) -> list[tuple[str | None, str]]:
    return [(one.path, one.title) for one in draft.tasks]


PLAIN = "（一）“甲”方面\n1.关于“乙”问题\n（1）“丙”问题。\n整改进展情况：一是学，学好。二是做。"
SAME = {
    "full width": PLAIN,
    "half width": PLAIN.replace("（", "(").replace("）", ")").replace("：", ":"),
    "signs": PLAIN.replace("（1）", "⑴").replace("（一）", "㈠").replace("1.", "⒈"),
    "rings": PLAIN.replace("（1）", "①"),
    "commas": PLAIN.replace("1.", "1、"),
    "wide dots": PLAIN.replace("1.", "１．"),
    "lines": PLAIN.replace("一是", "\n一是").replace("二是", "\n二是"),
    "wrapped": PLAIN.replace("学，学好", "学，\n学好").replace("“丙”", "“\n丙”"),
    "one line": PLAIN.replace("\n整改", "整改"),
    "blanks": PLAIN.replace("\n", "\n\n　　"),
    "第一是": PLAIN.replace("一是", "第一是").replace("二是", "第二是"),
    "another label": PLAIN.replace("整改进展情况", "整改措施"),
    "no label": PLAIN.replace("整改进展情况：", ""),
    "semicolons": PLAIN.replace("学好。", "学好；"),
}


@pytest.mark.parametrize("form", list(SAME))
def test_the_same_in_every_form_of_the_marks(form: str) -> None:
    draft = read_text(bulletin(SAME[form]))
    assert told(draft) == [("1.1.1", "学"), ("1.1.1", "做")]
    assert [one.ref for one in draft.tasks] == ["1", "2"]
    assert draft.headings == {"1": "“甲”", "1.1": "关于“乙”问题", "1.1.1": "“丙”问题。"}
    assert (draft.faults, draft.remarks) == ([], [])


def test_an_item_without_issues_is_one() -> None:
    body = (
        f"{PLAIN}\n2.关于“丁”问题\n整改进展情况：一是办。\n（二）“戊”方面\n1.关于“己”问题\n一是修。"
    )
    draft = read_text(bulletin(body))
    assert told(draft)[2:] == [("1.2", "办"), ("2.1", "修")]
    assert levels(draft.headings, len(draft.tasks)) == Levels(2, 3, 3, 4)


def test_sentences_that_are_no_measures_are_named_with_their_line() -> None:
    body = (
        "（一）“甲”方面\n1.关于“乙”问题\n（1）“丙”问题。\n整改进展情况：已经换了桶。\n"
        "（2）“丁”问题。\n整改进展情况：我们做了：一是学。三是做。\n（4）“戊”问题。"
    )
    draft = read_text(bulletin(body))
    assert [(one.line, one.why, one.said) for one in draft.faults] == [
        (7, "没有「一是」这样的编号，没有当任务", "已经换了桶"),
        (9, "在「一是」前面，没有当任务", "我们做了"),
    ]  # fmt: skip
    assert [(one.line, one.why) for one in draft.remarks] == [
        (10, "标题编号是 4，按顺序是第 3 个"), (9, "前面少了「二是」，照样收了"),
    ]  # fmt: skip
    assert told(draft) == [("1.1.2", "学"), ("1.1.2", "做")]


def test_a_second_count_below_one_heading_is_named() -> None:
    body = PLAIN.replace("二是做。", "二是做。\n整改成效：一是好了。二是快了。")
    draft = read_text(bulletin(body))
    assert told(draft) == [("1.1.1", "学"), ("1.1.1", "做")]
    assert draft.tasks[1].text == "做。"
    assert [(one.line, one.why) for one in draft.faults] == [(8, "又从「一是」数起，没有当任务")]


def test_words_that_look_like_marks_stay_words() -> None:
    text = "一是落实“第一议题”，二是制度的事不算。二是统一是非，同一是要求；二是再来。十是不算。"
    body = PLAIN.replace("一是学，学好。二是做。", text)
    draft = read_text(bulletin(body))
    assert draft.tasks[0].text == "落实“第一议题”，"
    assert len(draft.tasks) >= 2
    assert all("统一是非" not in one.title or one.title.startswith("统一") for one in draft.tasks)


def test_aspects_may_be_the_highest_marks() -> None:
    body = (
        "一、“甲”方面\n（一）关于“乙”问题\n1.“丙”问题\n一是学。\n二、“丁”方面\n（一）“戊”\n一是做。"
    )
    draft = read_text(body.splitlines())
    assert told(draft) == [("1.1.1", "学"), ("2.1", "做")]


def test_nobody_becomes_an_owner_by_being_mentioned() -> None:
    draft = read_text(bulletin(PLAIN.replace("学好", "由法制科王志强于6月30日前负责")))
    (first, _) = draft.tasks
    assert (first.owners, first.department, first.due, first.long_term) == ((), None, None, None)


@pytest.mark.parametrize(
    "text", ["", "今天开会。", "一是学。二是做。", "一、学习\n（一）学\n好好学"]
)
def test_what_is_no_ledger_is_refused(text: str) -> None:
    assert "一件也没收" in (read_text(text.splitlines()).refused or "")


@pytest.mark.parametrize(
    ("text", "title"),
    [("学，好。", "学"), ("制定《办法（试行），一》，印发。", "制定《办法（试行），一》"),
     ("“甲，乙”。丙", "“甲，乙”"), ("学" * 100, "学" * 79 + "…"), ("没有“收尾，的。", "没有“收尾"),
     ("。“学，好", "“学"), ("：“学：好", "“学")],
)  # fmt: skip
def test_a_title_is_the_first_clause(text: str, title: str) -> None:
    assert short(text) == title


PIECE = st.sampled_from([
    "（一）", "（二）", "1.", "2、", "（1）", "①", "一是", "二是", "三是", "一、", "整改进展情况：",
    "“", "”", "问题", "方面", "。", "，", "；", "\n", "学习", "2025年6月", "１．", " ",
    "十是", "第一，",
])  # fmt: skip


@settings(max_examples=300)
@given(st.lists(PIECE, max_size=40).map("".join) | st.text(max_size=60))
@example("二是。“")
@example("二是。“学，")
@example("二是、“，学")
def test_any_text_is_taken_or_named(body: str) -> None:
    """Every letter below the headings is in a task, a fault, or a remark."""
    lines = bulletin(f"（一）“甲”方面\n1.关于“乙”问题\n一是办。\n{body}")
    draft = read_text(lines)
    assert draft.refused is None
    for one in draft.tasks:
        assert one.title
        assert one.path in draft.headings
    numbers = [int(one.ref) for one in draft.tasks]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(1 <= one.line <= len(lines) for one in (*draft.faults, *draft.remarks))


def test_the_bureaus_own_bulletin() -> None:
    """4 / 13 / 34 / 85, and each measure as it was cut out by hand."""
    if not SHARED.is_dir():
        pytest.skip("../shared is absent: the public bulletin is not in this repository")
    draft = read_text((SHARED / "bulletin.txt").read_text("utf-8").splitlines())
    assert levels(draft.headings, len(draft.tasks)) == Levels(4, 13, 34, 85)
    assert [(one.line, one.why) for one in draft.faults] == [
        (27, "没有「一是」这样的编号，没有当任务"),
    ]  # fmt: skip
    wanted = json.loads((SHARED / "bulletin-ledger.json").read_text("utf-8"))
    cut = [
        task["text"] for aspect in wanted["aspects"] for item in aspect["items"]
        for issue in item["issues"] for task in issue["tasks"]
    ]  # fmt: skip
    assert [one.title for one in draft.tasks] == cut
    assert not any(one.owners or one.due or one.department for one in draft.tasks)


MARK = st.sampled_from([
    "", "\n", "（二）", "\n（二）", "\n2.", "\n（1）", "\n（2）", "\n一是", "。一是",
    "。二是", "，二是",
    "\n二是",
    "。三是", "。第一，", "\n整改措施：", "；", "\n三、",
])  # fmt: skip


@settings(max_examples=500)
@example(["（二）", "。二是", "。二是", "\n整改措施：", "\n整改措施："])
@given(st.lists(MARK, min_size=1, max_size=5))
def test_no_word_of_the_part_is_lost(marks: list[str]) -> None:
    """Each word is in a heading, in a task, or quoted in what was not taken."""
    words = [f"词{chr(0x4E00 + 50 + n)}" for n in range(len(marks))]
    body = "".join(mark + word for mark, word in zip(marks, words, strict=True))
    draft = read_text([ENDS[0], "（一）“甲”方面", "1.关于“乙”问题", "一是办。", *body.splitlines()])
    told = [*draft.headings.values(), *(one.text for one in draft.tasks)]
    told += [one.said for one in (*draft.faults, *draft.remarks)]
    outside = body.partition("三、")[0] if "\n三、" in body else body
    for word in words:
        assert any(word in one for one in told) or word not in outside, (word, body)
