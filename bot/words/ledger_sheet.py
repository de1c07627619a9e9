"""The ledger as a table that can be loaded again, and what a load would do as one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePath

from bot.rules.ledger_columns import EXPORTED, FIELDS
from bot.rules.ledger_preview import Preview
from bot.words.sheet import Sheet

KINDS: dict[str, str] = {
    "fault": "没收", "remark": "请看一眼", "changed": "要改", "heading": "标题要改",
    "kept": "不改，保留现在的", "missing": "文件里没有，照旧留着", "new": "新的",
    "no_owner": "没写责任人", "no_day": "没写时限",
}  # fmt: skip
"""What a line of the list is, in order."""

DEPTH = {"aspect": 0, "item": 1, "issue": 2}


def exported(rows: Sequence[Mapping[str, str | int | None]], day: date) -> Sheet:
    """The ledger on that day; `rows` are by the names of EXPORTED."""
    heads = tuple(head for _, head in EXPORTED)
    lines = tuple(tuple(row.get(name) for name, _ in EXPORTED) for row in rows)
    return Sheet(f"整改台账{day:%Y%m%d}", "整改台账", heads, lines)


def listed(preview: Preview) -> Sheet:
    """All that the load would do, a line each."""
    heads = ("怎么办", "编号", "在文件哪里", "内容", "哪一项", "现在", "文件里", "原因")
    lines = tuple(
        (KINDS[one.kind], one.ref, place(one.page, one.line), one.said,
         FIELDS.get(one.field, one.field), one.old, one.new, one.why)
        for kind in KINDS for one in preview.lines if one.kind == kind
    )  # fmt: skip
    return Sheet(f"台账对照 {PurePath(preview.name).stem}", "台账对照", heads, lines)


def place(page: str, line: int) -> str:
    """第 27 行, or 「表2」第 27 行."""
    at = f"第 {line} 行" if line else ""
    return f"「{page}」{at}" if page else at
