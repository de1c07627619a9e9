"""A table of hotline tickets: which column is what, and what every row tells; pure.

Centres name their columns as they like; the usual names are known. A row is a case or it is named
with its line and the reason; none is skipped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, tzinfo

from bot.rules.deadlines import moment
from bot.rules.scripts import levelled
from bot.rules.tickets import ToldCase, apart

MOST_ROWS = 200
"""A table is one deed, during which nobody else's is done: some seconds."""

HEAD_WITHIN = 10
"""The line with the columns' names is among so many first ones: a title may stand above it."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": (
        "工单编号", "工单号", "工单编码", "编号", "受理编号", "受理单号", "流水号", "诉求编号",
        "案件编号", "案卷编号",
    ),
    "received": (
        "来电时间", "受理时间", "登记时间", "诉求时间", "创建时间", "反映时间", "派单时间",
    ),
    "words": (
        "诉求内容", "投诉内容", "工单内容", "反映内容", "问题描述", "诉求描述", "事项内容",
        "主要内容", "问题内容", "内容",
    ),
    "place": (
        "地址", "地点", "诉求地址", "诉求地点", "事发地址", "事发地点", "问题地址", "具体地址",
        "发生地址", "详细地址",
    ),
    "name": (
        "来电人", "投诉人", "诉求人", "反映人", "举报人", "来电人姓名", "诉求人姓名", "市民姓名",
        "姓名", "联系人",
    ),
    "phone": (
        "联系电话", "来电号码", "来电电话", "电话", "手机", "手机号", "手机号码", "联系方式",
        "电话号码",
    ),
    "handle_by": (
        "办结时限", "截止时间", "截止日期", "办理时限", "办理期限", "处理时限", "要求办结时间",
        "到期时间", "回复时限", "答复时限",
    ),
    "respond_by": ("签收时限", "响应时限", "接单时限"),
    "department": (
        "承办单位", "科室", "承办部门", "承办科室", "责任单位", "责任科室", "处置单位", "主办单位",
    ),
}  # fmt: skip
NAMED = {name: column for column, names in COLUMNS.items() for name in names}
_ASIDE = re.compile(r"\(.*?\)|[\s:*#]")
_POWER = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")
_NUMBER = re.compile(r"[A-Za-z0-9][-A-Za-z0-9/_]{3,39}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be taken: its line, the case, where it is as written."""

    line: int
    case: ToldCase
    place: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that can't be taken: its line, and why."""

    line: int
    why: str


@dataclass(slots=True)
class TicketSheet:
    """What a table tells: rows and faults in its order; `refused` where it is none at all."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: str | None = None


def read_sheet(lines: Sequence[Sequence[str]], tz: tzinfo, work_to: time) -> TicketSheet:
    """The tickets of the table; a day without a clock is a limit until work ends."""
    found = TicketSheet()
    head = next((n for n, line in enumerate(lines[:HEAD_WITHIN]) if _is_head(line)), None)
    if head is None:
        found.refused = "没认出表头，一行也没收。表头里要有「工单编号」和「诉求内容」这两列。"
        return found
    if sum(map(any, lines[head + 1 :])) > MOST_ROWS:
        found.refused = f"这张表太长，一次最多收 {MOST_ROWS} 行，一行也没收。请分几次发。"
        return found
    where = _columns(lines[head])
    seen: dict[str, int] = {}
    for line, cells in enumerate(lines[head + 1 :], head + 2):
        if not any(cell.strip() for cell in cells):
            continue
        told = _row(line, {k: cells[n].strip() for k, n in where.items() if n < len(cells)},
                    tz, work_to)  # fmt: skip
        if isinstance(told, Row):
            number = told.case.external or ""
            if number in seen:
                told = Fault(line, f"编号 {number} 和第 {seen[number]} 行重复")
            else:
                seen[number] = line
        if isinstance(told, Row):
            found.rows.append(told)
        else:
            found.faults.append(told)
    return found


def _columns(line: Sequence[str]) -> dict[str, int]:
    """Column to its place; of two of one kind the first."""
    found: dict[str, int] = {}
    for place, cell in enumerate(line):
        column = NAMED.get(_ASIDE.sub("", levelled(cell)))
        if column is not None:
            found.setdefault(column, place)
    return found


def _is_head(line: Sequence[str]) -> bool:
    return {"number", "words"} <= set(_columns(line))


def _row(line: int, cells: dict[str, str], tz: tzinfo, work_to: time) -> Row | Fault:
    number = cells.get("number", "").removeprefix("'").removesuffix(".0")
    if not number:
        return Fault(line, "没有工单编号")
    if _POWER.fullmatch(number):
        return Fault(line, "编号被表格改成了科学计数，请把这一列设成文本")
    if not _NUMBER.fullmatch(number):
        return Fault(line, "工单编号看不懂")
    if not cells.get("words"):
        return Fault(line, "没有诉求内容")
    moments: dict[str, datetime | None] = {}
    for column, clock in (("received", time()), ("handle_by", work_to), ("respond_by", work_to)):
        text = cells.get(column, "")
        moments[column] = moment(text, tz, clock) if text else None
        if text and moments[column] is None:
            return Fault(line, f"「{text[:20]}」看不懂是什么时间")
    phone = cells.get("phone", "").removesuffix(".0") or None
    told = apart(cells["words"], cells.get("name") or None, phone)
    case = replace(
        told, source="hotline", external=number, original=cells["words"],
        received_at=moments["received"], handle_by=moments["handle_by"],
        respond_by=moments["respond_by"], department=cells.get("department") or None,
    )  # fmt: skip
    return Row(line, case, cells.get("place") or None)
