"""What the columns of a ledger are called, here and in the tables that others keep; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.rules.ledger_draft import Page

COLUMNS: dict[str, tuple[str, ...]] = {
    "ref": ("编号", "序号", "任务编号", "任务序号", "整改编号", "台账编号", "NO", "号"),
    "path": ("层级编号", "标题编号", "层级"),
    "aspect": ("方面", "问题类别", "问题方面", "反馈方面", "一级问题", "存在问题方面"),
    "item": ("大项", "类别", "问题大项", "反馈大项", "二级问题", "项目"),
    "issue": (
        "具体问题", "问题", "反馈问题", "存在问题", "问题描述", "具体表现", "主要问题", "三级问题",
        "巡察反馈问题", "反馈具体问题", "问题清单", "反馈的问题",
    ),
    "title": ("整改任务", "任务", "任务名称", "任务清单", "工作任务", "任务内容", "整改事项"),
    "text": (
        "整改措施", "措施", "具体措施", "整改举措", "具体整改措施", "工作措施", "举措", "措施内容",
        "整改内容",
    ),
    "leaders": (
        "责任领导", "牵头领导", "分管领导", "包保领导", "领导", "主管领导",
        "责任人领导", "牵头责任人",
    ),
    "department": (
        "责任科室", "责任部门", "牵头科室", "责任单位", "牵头单位", "牵头部门", "承办科室", "科室",
        "部门", "单位", "主责科室",
    ),
    "owners": (
        "责任人", "经办人", "具体负责人", "联系人", "具体责任人", "负责人", "承办人", "直接责任人",
        "责任人员", "办理人",
    ),
    "helpers": ("协办人", "配合人", "协助人", "参与人", "协办人员", "配合人员", "其他责任人"),
    "due": (
        "完成时限", "整改时限", "时限", "完成时间", "截止日期", "截止时间", "完成日期", "整改期限",
        "期限", "办结时限", "时间节点", "计划完成时间", "要求完成时间", "整改完成时限", "时限要求",
    ),
    "long_term": ("是否长期", "长期", "长期任务", "是否长期任务", "是否长期坚持", "长期坚持"),
    "wants": (
        "佐证", "佐证材料", "要求", "完成标准", "佐证要求", "工作要求", "整改要求", "需交材料",
        "佐证资料", "整改目标", "目标要求",
    ),
    "state": (
        "状态", "完成情况", "进展", "整改状态", "任务状态", "是否完成", "整改情况", "办理状态",
        "销号情况", "进展情况", "整改进展",
    ),
    "phase": ("阶段", "工作阶段", "所处阶段", "整改阶段"),
    "stages": ("阶段目标", "阶段性目标", "里程碑"),
    "met": ("达标次数",),
    "urgent": ("是否紧急", "紧急", "加急"),
    "note": ("备注", "说明", "其他", "备注说明"),
    "checker": ("复核人", "复核"),
}  # fmt: skip
"""By what a column is: its usual names. What a table says of its checker is not taken."""

EXPORTED: tuple[tuple[str, str], ...] = (
    ("ref", "编号"), ("path", "层级编号"), ("aspect", "方面"), ("item", "大项"),
    ("issue", "具体问题"), ("title", "整改任务"), ("text", "整改措施"), ("leaders", "责任领导"),
    ("department", "责任科室"), ("owners", "责任人"), ("helpers", "协办人"), ("due", "完成时限"),
    ("long_term", "是否长期"), ("stages", "阶段目标"), ("met", "达标次数"), ("wants", "佐证要求"),
    ("phase", "阶段"), ("urgent", "是否紧急"), ("state", "状态"), ("note", "备注"),
)  # fmt: skip
"""The columns of an exported ledger, with a name that is known again, in order."""

FIELDS: dict[str, str] = {
    "title": "任务", "text": "措施", "path": "所属问题", "leaders": "责任领导",
    "department": "责任科室", "owners": "责任人", "helpers": "协办人", "due": "时限",
    "long_term": "长期", "stages": "阶段目标", "wants": "佐证要求", "phase": "阶段",
    "urgent": "紧急", "note": "备注",
}  # fmt: skip
"""What a later load may change, by what it is called in a difference, in order."""

HEAD_WITHIN = 20
"""The line with the columns' names is among so many first ones: titles may stand above it."""

_NAMED = {name: column for column, names in COLUMNS.items() for name in names}
_ASIDE = re.compile(r"\(.*?\)|[\s:*#、，,。.\-_/]")
_OWN = frozenset({"title", "text", "owners", "due", "leaders", "department"})
"""A table that names its rows and one of these is a ledger."""


def column_of(cell: str) -> str | None:
    """What a column of that name holds, or None."""
    if len(cell) > 40:
        return None
    plain = _ASIDE.sub("", unicodedata.normalize("NFKC", cell)).upper()
    return _NAMED.get(plain)


def columns_of(line: Sequence[str]) -> dict[str, int]:
    """Column to its place; of two of one kind the first."""
    found: dict[str, int] = {}
    for place, cell in enumerate(line):
        column = column_of(cell)
        if column is not None:
            found.setdefault(column, place)
    return found


def is_head(line: Sequence[str]) -> bool:
    """Whether the line names the columns of a ledger: a measure and more, or a number and whose."""
    found = set(columns_of(line))
    if {"title", "text"} & found:
        return len(found) >= 2
    return "ref" in found and bool(found & _OWN)


def is_sure(pages: Sequence[Page]) -> bool:
    """Whether a page names measures: a table of tickets may have numbers and departments too."""
    heads = [(page, head_of(page.rows)) for page in pages if not page.hidden]
    return any(
        {"title", "text"} & set(columns_of(page.rows[at])) for page, at in heads if at is not None
    )


def is_ledger(pages: Sequence[Page]) -> bool:
    """Whether a page has the columns of a ledger."""
    return any(head_of(page.rows) is not None for page in pages if not page.hidden)


def head_of(rows: Sequence[Sequence[str]]) -> int | None:
    """The line of the page that names its columns, counted from 0: the one that names the most."""
    heads = [at for at, row in enumerate(rows[:HEAD_WITHIN]) if is_head(row)]
    return max(heads, key=lambda at: (len(columns_of(rows[at])), -at), default=None)
