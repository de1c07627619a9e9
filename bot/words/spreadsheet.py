"""Writes a Sheet as an Excel file; knows its look, and that no text in it is ever a formula."""

from __future__ import annotations

import io
import math
import re
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bot.words.lettering import em
from bot.words.sheet import Sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

LONGEST_CELL = 32_767
"""Characters of a cell; Excel calls a file with a longer one broken."""
ROWS = 1_000_000
"""Rows of a page, of the 1,048,576 that Excel has; more go on a next page."""
LARGEST_NUMBER = 10**15
"""From here on Excel rounds: such a number is written as text."""
WIDEST, SAMPLE = 48.0, 300
"""The widest column, in digits; and how many rows are looked at for the widths."""
LINE, HIGHEST = 16, 400
"""Points of a line, and of the highest row: Excel's own limit is 409."""

_NO_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_SHEET_TITLE = 31
_HEADER = 200


def xlsx(sheet: Sheet) -> bytes:
    """The Excel file of the sheet: a bold head that stays, then the rows, the notes below.

    Ten thousand rows take a second: for many call it in a thread.
    """
    file = io.BytesIO()
    write_xlsx(sheet, file)
    return file.getvalue()


def write_xlsx(sheet: Sheet, output: Path | IO[bytes], rows_a_page: int = ROWS) -> None:
    """The sheet is in the file. Raises OSError where it can't be written."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(
        str(output) if isinstance(output, Path) else output,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
         "strings_to_numbers": False},
    )  # fmt: skip
    book.set_properties({"title": text_of(sheet.title)})
    starts = range(0, max(len(sheet.rows), 1), rows_a_page)
    for page, start in enumerate(starts, 1):
        title = _page_title(sheet.title, page if len(starts) > 1 else 0)
        last = start == starts[-1]
        _page(book, title, sheet, sheet.rows[start : start + rows_a_page], notes=last)
    try:
        book.close()
    except FileCreateError as fault:
        raise fault.args[0] from fault


def _page(
    book: Workbook, title: str, sheet: Sheet, rows: tuple[tuple[Any, ...], ...], *, notes: bool
) -> None:
    page = book.add_worksheet(title)
    head = book.add_format({"bold": True, "bg_color": "#e4ebf2", "border": 1, "valign": "vcenter"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    figure = book.add_format({"valign": "top", "align": "right", "indent": 1})
    grey = book.add_format({"font_color": "#5c6670"})
    wide = widths(sheet.heads, rows[:SAMPLE])
    for column, width in enumerate(wide):
        page.set_column(column, column, width)
    for column, name in enumerate(sheet.heads):
        page.write_string(0, column, text_of(name), head)
    _rows(page, rows, wide, body, figure)
    if notes:
        for line, note in enumerate(sheet.notes, len(rows) + 2):
            page.write_string(line, 0, text_of(note), grey)
    page.freeze_panes(1, 1 if len(sheet.heads) > 1 else 0)
    if sheet.heads:
        page.autofilter(0, 0, max(len(rows), 1), len(sheet.heads) - 1)
    for_paper(page, sheet.title)


def _rows(
    page: Worksheet, rows: tuple[tuple[Any, ...], ...], wide: list[float], body: Any, figure: Any
) -> None:
    for line, row in enumerate(rows, 1):
        high = max((lines(v, w) for v, w in zip(row, wide, strict=False)), default=1)
        if high > 1:
            page.set_row(line, min(high * LINE, HIGHEST))
        for column, value in enumerate(row):
            if isinstance(value, int) and abs(value) < LARGEST_NUMBER:
                page.write_number(line, column, value, figure)
            elif value is not None and value != "":
                page.write_string(line, column, text_of(str(value)), body)


def for_paper(page: Worksheet, title: str) -> None:
    """Printed across A4, as wide as the paper, the head on each sheet."""
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_header("&C" + text_of(title)[: _HEADER // 2].replace("&", "&&"))
    page.set_footer("&C&P / &N")


def widths(heads: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]) -> list[float]:
    """Each column's width in digits, after its head (with room for the filter's arrow) and rows."""
    found = [_digits(name) + 3.5 for name in heads]
    for row in rows:
        for column, value in enumerate(row[: len(heads)]):
            if value is not None:
                found[column] = max(found[column], _digits(str(value)[:200]) + 1.5)
    return [round(min(width, WIDEST), 1) for width in found]


def lines(value: str | int | None, width: float) -> int:
    """In how many lines a cell's text stands: no program but Excel finds that out by itself."""
    if not isinstance(value, str) or (len(value) * 2 < width and "\n" not in value):
        return 1
    return sum(max(1, math.ceil(_digits(line) / width)) for line in value[:2000].splitlines()) or 1


def _digits(text: str) -> float:
    return max((em(line) for line in text.splitlines()), default=0.0) * 1.8


def text_of(text: str) -> str:
    """The text as a cell takes it: no control characters, at most 32,767 units of UTF-16."""
    if text.isprintable() and len(text) * 2 <= LONGEST_CELL:
        return text
    plain = text.encode("utf-8", "replace").decode()
    plain = _UNREADABLE.sub("", plain)
    if len(plain) * 2 <= LONGEST_CELL:
        return plain
    room = (LONGEST_CELL - 1) * 2
    units = plain.encode("utf-16-le")
    return plain if len(units) <= room + 2 else units[:room].decode("utf-16-le", "ignore") + "…"


def _page_title(title: str, number: int) -> str:
    end = f" {number}" if number else ""
    plain = _NO_TITLE.sub(" ", text_of(title)).strip("' ")
    room = _SHEET_TITLE - len(end)
    cut = plain.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore").rstrip("' ")
    # Excel keeps this one name for itself.
    return ("表" if not cut or cut.lower() == "history" else cut) + end
