"""Columns by their usual names; every row is a case or is named with its line and reason."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.rules.ticket_sheets import COLUMNS, MOST_ROWS, Fault, read_sheet

TZ = ZoneInfo("Asia/Shanghai")
HEAD = ["工单编号", "来电时间", "诉求内容", "地址", "来电人", "联系电话", "办结时限", "承办单位"]
ROW = ["2025061200123", "2025-06-12 09:31:00", "李某反映门口占道", "松江路12号", "李某",
       "13800000000", "2025-06-19", "一中队"]  # fmt: skip


def test_a_row_is_a_case_without_whoever_complained() -> None:
    found = read_sheet([["6月工单"], HEAD, ROW, ["", ""]], TZ, time(18))
    assert (found.refused, found.faults) == (None, [])
    (row,) = found.rows
    case = row.case
    assert (row.line, row.place, case.external) == (3, "松江路12号", "2025061200123")
    assert (case.name, case.phone, case.words) == ("李某", "13800000000", "反映门口占道")
    assert case.received_at == datetime(2025, 6, 12, 9, 31, tzinfo=TZ)
    assert case.handle_by == datetime(2025, 6, 19, 18, tzinfo=TZ)
    assert case.department == "一中队"


NAMES = [(column, name) for column, names in COLUMNS.items() for name in names]


@pytest.mark.parametrize(("column", "name"), NAMES)
def test_every_usual_name_is_known(column: str, name: str) -> None:
    head = {"number": "工单编号", "words": "诉求内容"} | {column: f" {name}（必填）*"}
    values = {"number": "2025061200123", "words": "占道", "place": "松江路", "name": "李某",
              "phone": "13800000000", "department": "二中队"}  # fmt: skip
    cells = [values.get(one, "2025-06-12 09:00") for one in head]
    found = read_sheet([list(head.values()), cells], TZ, time(18))
    assert len(found.rows) == 1
    case = found.rows[0].case
    told = {"received": case.received_at, "handle_by": case.handle_by, "name": case.name,
            "respond_by": case.respond_by, "place": found.rows[0].place, "phone": case.phone,
            "department": case.department, "number": case.external,
            "words": case.words}  # fmt: skip
    assert told[column]


def faults(*rows: list[str]) -> list[Fault]:
    return read_sheet([HEAD, *rows], TZ, time(18)).faults


def test_what_can_not_be_taken_is_named_with_its_line() -> None:
    said = faults(
        ROW, ["", *ROW[1:]], ["2.02506E+12", *ROW[1:]], ["编号一", *ROW[1:]],
        ["2025061200124", "", "", *ROW[3:]], ["2025061200125", "昨天下午", *ROW[2:]], ROW,
    )  # fmt: skip
    assert [(one.line, one.why) for one in said] == [
        (3, "没有工单编号"), (4, "编号被表格改成了科学计数，请把这一列设成文本"),
        (5, "工单编号看不懂"), (6, "没有诉求内容"), (7, "「昨天下午」看不懂是什么时间"),
        (8, "编号 2025061200123 和第 2 行重复"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "没认出表头"), ([["姓名", "电话"], ["李某", "1"]], "没认出表头"),
        ([HEAD, *([f"20250612{n:05d}", *ROW[1:]] for n in range(MOST_ROWS + 1))], "太长"),
    ],
    ids=["nothing", "another table", "too long"],
)  # fmt: skip
def test_what_is_no_table_of_tickets_is_refused_whole(lines: list[list[str]], says: str) -> None:
    found = read_sheet(lines, TZ, time(18))
    assert says in (found.refused or "")
    assert not found.rows
