"""A ledger as departments keep them: a generated book with some thirty kinds of dirt.

Each row of `DIRT` says what is written and what becomes of it: a check of the task that was taken,
or a word of the reason why it was not.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from bot.rules.ledger import TaskState
from bot.rules.ledger_draft import DraftTask

HEADS = ("序号", "问题类别", "大　项", "具体问题（反馈原文）", "整改措施*", "责任领导：",
         "责任科室", "责任人\n（经办）", "整改时限", "是否长期", "佐证材料", "完成情况",
         "备 注")  # fmt: skip
PLACES = {
    name: at for at, name in enumerate(
        ("ref", "aspect", "item", "issue", "text", "leaders", "department", "owners", "due",
         "long", "wants", "state", "note")
    )
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What is in the cells, and what is expected: `takes` of the task, or the reason `refused`."""

    kind: str
    cells: dict[str, Any]
    takes: Callable[[DraftTask], object] | None = None
    refused: str = ""
    remark: str = ""


def _due(*day: int) -> Callable[[DraftTask], object]:
    return lambda task: task.due == date(*day)


def _row(kind: str, takes: Any = None, refused: str = "", remark: str = "", **cells: Any) -> Row:
    return Row(kind, cells, takes, refused, remark)


CMD = "=cmd|' /C calc'!A0"
DIRT: tuple[Row, ...] = (
    _row("a plain row", lambda t: (t.owners, t.due) == (("王志强",), date(2025, 6, 30)),
         ref=1, aspect="执法监督", item="城市管理", issue="监控不够", text="更换 2 路监控",
         owners="王志强", due="2025年6月30日"),
    _row("full-width digits", lambda t: t.ref == "2" and t.due == date(2025, 7, 31),
         ref="２", text="全角数字", due="２０２５年７月３１日"),
    _row("a number as text with .0", lambda t: t.ref == "3", ref="3.0", text="文本数字"),
    _row("第…号", lambda t: t.ref == "4", ref="第4号", text="带字的编号"),
    _row("the end of a month", _due(2025, 6, 30), ref=5, text="月底", due="2025年6月底前"),
    _row("no year", _due(2025, 9, 30), remark="没写年份", ref=6, text="没年份", due="9月底"),
    _row("dots", _due(2025, 6, 30), ref=7, text="点", due="2025.6.30"),
    _row("eight digits", _due(2025, 6, 30), ref=8, text="八位", due=20250630),
    _row("a month alone", _due(2025, 6, 30), ref=9, text="月", due="2025-06"),
    _row("a day of Excel's", _due(2025, 6, 30), ref=10, text="日期格", due=datetime(2025, 6, 30)),
    _row("a serial number", _due(2025, 6, 30), ref=11, text="序列数", due=45838),
    _row("长期", lambda t: t.long_term and t.due is None, ref=12, text="长期的", due="长期"),
    _row("a day and 长期", lambda t: t.long_term and t.due == date(2025, 6, 30),
         ref=13, text="到期并长期", due="2025年6月底前并长期坚持"),
    _row("at once", lambda t: t.due is None and "立行立改" in t.note, remark="没有具体日子",
         ref=14, text="马上办", due="立行立改"),
    _row("every quarter", lambda t: t.long_term and "每季度末" in t.note, remark="没有具体日子",
         ref=15, text="按季度", due="每季度末"),
    _row("done", lambda t: t.state is TaskState.SIGNED_OFF, remark="已销号",
         ref=16, text="办完的", due="已完成"),
    _row("the end of the year", _due(2025, 12, 31), ref=17, text="年底", due="2025年底前"),
    _row("half a year", _due(2025, 6, 30), remark="没写年份", ref=18, text="半年", due="上半年"),
    _row("no day at all", lambda t: t.due is None and "尽快" in t.note, remark="看不懂",
         ref=19, text="看不懂的日子", due="尽快"),
    _row("a day that is none", lambda t: t.due is None, remark="没有这一天",
         ref=20, text="二月三十", due="2025年2月30日"),
    _row("two owners", lambda t: (t.owners, t.helpers) == (("王志强",), ("李红梅", "赵敏")),
         ref=21, text="两个人", owners="王志强（牵头）、李红梅/赵敏"),
    _row("owners in lines", lambda t: (t.owners, t.helpers) == (("王志强",), ("李红梅",)),
         ref=22, text="换行的人", owners="牵头：王志强\n李红梅"),
    _row("a name spread out", lambda t: t.owners == ("王强",), ref=23, text="空格的名字",
         owners="王　强"),
    _row("a department for a person", lambda t: t.department == "市容科" and not t.owners,
         remark="责任科室", ref=24, text="科室当人", owners="市容科"),
    _row("the same number again", refused="重复", ref=5, text="又一个 5"),
    _row("no number", refused="没有编号", text="没有编号的"),
    _row("no words", refused="没写整改任务", ref=26, state="在办"),
    _row("a formula with a value", lambda t: t.title == "算出来的",
         ref=27, text=("formula", '="算出"&"来的"', "算出来的")),
    _row("a formula without a value", refused="公式", ref=28, text=("formula", "=A1", "")),
    _row("an error", refused="错误值", ref=29, text="有错", owners=("formula", "=1/0", "#DIV/0!")),
    _row("a subtotal", refused="合计行", aspect="小计", ref=("text", "")),
    _row("a state", lambda t: t.state is TaskState.UNDER_WAY, ref=32, text="在办的",
         state="正在整改"),
    _row("lasting", lambda t: t.state is TaskState.LASTING and t.long_term, ref=33, text="坚持的",
         state="取得阶段性成效并长期坚持"),
    _row("a state that nobody knows", lambda t: t.state is None, remark="状态看不懂",
         ref=34, text="状态怪", state="差不多了"),
    _row("a formula as words", lambda t: t.text == CMD and t.note == '<b>"x"</b>',
         ref=35, text=("text", CMD), note='<b>"x"</b>'),
    _row("a path and a picture", lambda t: t.wants == "../../etc/passwd" and "😀" in t.text,
         ref=36, text="😀 整改", wants="../../etc/passwd"),
    _row("the same as above", lambda t: t.department == "法制科", ref=38, text="同上",
         department="同上"),
    _row("a footnote", refused="只有一格", aspect="注：本表一式两份"),
    _row("a head once more", remark="又是一行表头", **{k: HEADS[at] for k, at in PLACES.items()}),
    _row("a blank row"),
    _row("an unknown day in a long text", lambda t: t.title == "先做一件", ref=40,
         text="先做一件，再做一件；" + "很长" * 400),
    _row("1月 or 10月", lambda t: t.due is None, remark="分不清", ref=41, text="十月", due=2025.1),
)  # fmt: skip
BEFORE_SAME = {"department": "法制科"}
"""Row 36 names the department that 同上 repeats."""


def dirty_book(rows: Sequence[Row] = DIRT) -> tuple[bytes, dict[int, Row]]:
    """The book, and the row that stands in each line, counted from 1."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    cover = book.add_worksheet("封面")
    cover.write(0, 0, "某局巡察整改台账")
    page = book.add_worksheet("台账")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    page.merge_range(0, 0, 0, len(HEADS) - 1, "巡察反馈问题整改台账")
    page.write(1, 0, "填报单位：综合执法局")
    for at, name in enumerate(HEADS):
        page.write(3, at, name)
    lines: dict[int, Row] = {}
    line = 4
    for one in rows:
        cells = dict(one.cells)
        if one.kind == "a path and a picture":
            cells.update(BEFORE_SAME)
        for name, value in cells.items():
            _write(page, line, PLACES[name], value, day)
        lines[line + 1] = one
        line += 1
    _merged(page, line)
    hidden = book.add_worksheet("草稿")
    hidden.write_row(0, 0, HEADS)
    hidden.hide()
    book.close()
    return out.getvalue(), lines


def _write(page: Any, line: int, place: int, value: Any, day: Any) -> None:
    if isinstance(value, tuple):
        if value[0] == "formula":
            page.write_formula(line, place, value[1], None, value[2])
        elif value[1]:
            page.write_string(line, place, value[1])
    elif isinstance(value, datetime):
        page.write_datetime(line, place, value, day)
    elif isinstance(value, str):
        page.write_string(line, place, value)
    else:
        page.write_number(line, place, value)


MERGED = ("101", "102", "50-1", "50-2")


def _merged(page: Any, line: int) -> None:
    """Two tasks below one merged issue, owner and day; then two of one merged number."""
    page.merge_range(line, 1, line + 1, 1, "（二）另一个方面")
    page.merge_range(line, 3, line + 1, 3, "1.合并的问题")
    page.merge_range(line, 7, line + 1, 7, "赵敏")
    page.merge_range(line, 8, line + 1, 8, "2025年8月底")
    page.merge_range(line + 2, 0, line + 3, 0, "50")
    for nth, ref in enumerate((101, 102, None, None)):
        if ref is not None:
            page.write_number(line + nth, 0, ref)
        page.write_string(line + nth, 4, f"合并的第 {nth} 件")
