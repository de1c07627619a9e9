"""A table that somebody sends, as pages of text cells: CSV, xlsx, xls or ods; pure.

What it is is told by its bytes, not by its name, and it is bounded before it is unpacked
(bot.papers.read_book). Knows no ticket and no ledger.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from bot.papers.read_book import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LINES,
    BadTable,
    look_through,
    too_long,
)
from bot.rules.ledger_draft import Page, clean

MOST_BYTES = 20 * 1024 * 1024
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_LOCKED = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"%PDF", b"GIF8", b"Rar!", b"7z\xbc\xaf")


def rows_of(data: bytes) -> list[list[str]]:
    """The rows of the first page from its first line on, empty ones too. Raises BadTable."""
    return [list(row) for row in pages_of(data)[0].rows]


def pages_of(data: bytes) -> list[Page]:
    """The pages of the table, at least one. Raises BadTable."""
    if len(data) > MOST_BYTES:
        raise BadTable(f"这个表太大，我最多收 {MOST_BYTES >> 20} MB，一行也没收。请分几次发。")
    if data.startswith(OLD_EXCEL):
        if _LOCKED in data:
            raise _locked()
        return _book(data, {})
    if data.startswith(b"PK"):
        return _book(data, look_through(data))
    return [Page("", _csv(data))]


def _locked() -> BadTable:
    return BadTable("这个表有密码，我打不开，一行也没收。请去掉密码再发。")


def _csv(data: bytes) -> tuple[tuple[str, ...], ...]:
    """Text in UTF-8, else in the GB 18030 that Excel writes; commas, semicolons or tabs."""
    if b"\0" in data or data.startswith(_PICTURES):
        raise BadTable
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise BadTable from None
    first = text[:2000]
    comma = max(",;\t", key=first.count)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=comma):
            rows.append(tuple(row[:MOST_COLUMNS]))
            if len(rows) > MOST_LINES:
                raise too_long()
    except csv.Error:
        raise BadTable from None
    return tuple(rows)


def _book(data: bytes, spoilt: dict[str, dict[tuple[int, int], str]]) -> list[Page]:
    try:
        with load_workbook(io.BytesIO(data)) as book:
            pages = [
                _page(book, nth, sheet.visible is not SheetVisibleEnum.Visible, spoilt)
                for nth, sheet in enumerate(book.sheets_metadata)
                if sheet.typ is SheetTypeEnum.WorkSheet
            ]
    except PasswordError:
        raise _locked() from None
    except CalamineError:
        raise BadTable from None
    except BaseException as fault:
        # The reader is Rust: what it never thought of is none of Exception's.
        if type(fault).__name__ != "PanicException":
            raise
        raise BadTable from None
    if not pages:
        raise BadTable
    return pages


def _page(
    book: CalamineWorkbook, nth: int, hidden: bool, spoilt: dict[str, dict[tuple[int, int], str]]
) -> Page:
    sheet = book.get_sheet_by_index(nth)
    if sheet.total_height > MOST_LINES:
        raise too_long()
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise BadTable("这个表太宽，一行也没收。请只留要用的列再发。")
    rows = tuple(
        tuple(cell_text(cell) for cell in _ended(row[:MOST_COLUMNS]))
        for row in sheet.to_python(skip_empty_area=False)
    )
    merged = tuple(
        (top, left, bottom, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )  # fmt: skip
    name = " ".join(clean(sheet.name).split())
    return Page(name, rows, merged, spoilt.get(sheet.name, {}), hidden)


def _ended(row: list[Any]) -> list[Any]:
    """The row without the empty cells behind its last."""
    while row and row[-1] == "":
        row.pop()
    return row


def cell_text(value: Any) -> str:
    """A cell as text: whole numbers without a point, days as 2025-06-30, truths as 是 and 否."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        whole = value == int(value) if abs(value) < 10**15 else False
        return str(int(value)) if whole else str(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)
