"""A table of tickets: every row once, and loading it again takes nothing twice."""

from __future__ import annotations

from datetime import time

import pytest

from bot.actions.case_sheets import FEW, load
from bot.errors import NotAllowed
from bot.rules.ticket_sheets import TicketSheet, read_sheet
from storage import problems
from tests.actions.conftest import TZ, Field
from tests.rules.test_ticket_sheets import HEAD, ROW

BARE = ["2025061200126", "", "有人扰民", "", "", "", "", ""]
LINES = [HEAD, ROW, ["2025061200124", "", "门口堆满垃圾", "永福路与新华街口", "", "", "", ""], BARE]


def table() -> TicketSheet:
    return read_sheet(LINES, TZ, time(18))


def test_every_row_is_taken_once_or_named(field: Field) -> None:
    told = load(field.tx, field.ids["王芳"], table(), field.read, field.bureau, field.now)
    assert (told.taken, told.known) == (2, 0)
    assert [(one.line, one.why) for one in told.faults] == [(4, "没看出在哪里，请写上地点")]
    found = problems.under_way(field.tx)
    assert {(p.source, p.category) for p in found} == {("hotline", "zhandao"), ("hotline", "laji")}
    again = load(field.tx, field.ids["孙涛"], table(), field.read, field.bureau, field.now)
    assert (again.taken, again.known) == (0, 2)
    assert problems.under_way(field.tx) == found


def test_who_may_not_decide_loads_nothing(field: Field) -> None:
    for name in ("张建国", "王志强"):
        field.leaves_all(
            lambda name=name: load(
                field.tx, field.ids[name], table(), field.read, field.bureau, field.now
            ), NotAllowed, "才能办",
        )  # fmt: skip


@pytest.mark.parametrize(("rows", "cards"), [(FEW, ["reassign"] * FEW), (FEW + 1, ["cases_came"])])
def test_a_long_table_rings_once(field: Field, rows: int, cards: list[str]) -> None:
    lines = [HEAD, *([f"20250612{n:05d}", *ROW[1:]] for n in range(rows))]
    told = load(
        field.tx, field.ids["王芳"], read_sheet(lines, TZ, time(18)), field.read, field.bureau,
        field.now,
    )  # fmt: skip
    assert told.taken == rows
    assert [c for c, _ in field.owed("孙涛") if c in ("reassign", "cases_came")] == cards
    assert len(problems.declined(field.tx)) == rows
