"""Writes papers as Excel files of several pages, the records with their photos; knows no store.

Text never becomes a formula. A thumbnail moves and sizes with its cell (object_position=1), which
every office program knows.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.papers.document import Gap, Table, Words
from bot.rules.papers import RecordRow
from bot.words.listings import STATES
from bot.words.plain import ACTIONS
from bot.words.spreadsheet import for_paper, lines, text_of, widths

MISSING = "缺"
THUMB_WIDE, THUMB_HIGH = 14, 72
"""The photo's cell: digits wide, points high."""
MARGIN = 4
LINE = 16
HIGHEST = 400


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a book: its name, heads and rows, and a photo of each row where there are any."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Words | int | None, ...], ...]
    photos: tuple[str | None, ...] = ()
    notes: tuple[str, ...] = ()


def page_of(table: Table, name: str) -> Page:
    """A paper's table as a page; numbers are numbers."""
    return Page(name, table.heads, tuple(tuple(map(_cell, row)) for row in table.rows))


def _cell(words: Words) -> Words | int:
    return int(words) if isinstance(words, str) and words.isdecimal() else words


def records(found: Sequence[RecordRow], elements: tuple[str, ...]) -> Page:
    """The records by the six elements; what one lacks is marked."""
    heads = ("编号", *elements, "原话", "照片数", "照片")
    rows = tuple(_record(one) for one in found)
    note = "标「缺」的要素上报里没有写。执法人员不满两人的写明缺几人。"
    return Page("明细", heads, rows, tuple(one.photo for one in found), (note,))


def _record(one: RecordRow) -> tuple[Words | int | None, ...]:
    lack = Gap(MISSING)
    count = f" {one.quantity} 处" if one.quantity else ""
    matter = f"{one.matter}{count}" if one.matter else lack
    officers: Words = "、".join(one.officers)
    if one.trouble and len(one.officers) < 2:
        officers = Gap(f"{officers}（{MISSING} {2 - len(one.officers)} 人）")
    return (
        one.number, f"{one.at:%Y-%m-%d %H:%M}", one.place or lack, officers,
        (one.party or lack) if one.trouble else "—", matter, _handled(one), one.words,
        one.photos, None,
    )  # fmt: skip


def _handled(one: RecordRow) -> Words:
    done = ACTIONS.get(one.action, "")
    state = STATES.get(one.state, "")
    if not one.trouble:
        return done or "—"
    if not done and one.state != "closed":
        return Gap(f"{MISSING}（{state}）" if state else MISSING)
    return "，".join(part for part in (done, state) if part)


def xlsx(title: str, pages: Sequence[Page], photos: Mapping[str, Path]) -> bytes:
    """The Excel file; `photos` are the thumbnails by their SHA-256, those that are there."""
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
         "strings_to_numbers": False},
    )  # fmt: skip
    book.set_properties({"title": text_of(title)})
    looks = {
        "head": {"bold": True, "bg_color": "#e4ebf2", "border": 1, "valign": "vcenter"},
        "body": {"text_wrap": True, "valign": "vcenter"},
        "number": {"valign": "vcenter", "align": "right", "indent": 1},
        "gap": {"text_wrap": True, "valign": "vcenter", "bg_color": "#fff2a8"},
        "note": {"font_color": "#5c6670"},
    }  # fmt: skip
    forms = {name: book.add_format(look) for name, look in looks.items()}
    for page in pages:
        _page(book, page, title, forms, photos)
    book.close()
    return made.getvalue()


def _page(
    book: Any, page: Page, title: str, forms: dict[str, Any], photos: Mapping[str, Path]
) -> None:
    sheet = book.add_worksheet(page.name)
    plain = tuple(tuple(_plain(value) for value in row) for row in page.rows)
    wide = widths(page.heads, plain[:300])
    if any(page.photos):
        wide[-1] = max(wide[-1], THUMB_WIDE)
    for column, width in enumerate(wide):
        sheet.set_column(column, column, width)
    for column, head in enumerate(page.heads):
        sheet.write_string(0, column, text_of(head), forms["head"])
    for line, row in enumerate(page.rows, 1):
        photo = page.photos[line - 1] if page.photos else None
        path = photos.get(photo) if photo else None
        high = max((lines(v, w) for v, w in zip(plain[line - 1], wide, strict=False)), default=1)
        tall = max(high * LINE + 4, THUMB_HIGH if path else 0)
        sheet.set_row(line, min(tall, HIGHEST))
        for column, value in enumerate(row):
            _write(sheet, line, column, value, forms)
        if path is not None:
            _photo(sheet, line, len(page.heads) - 1, path)
    for n, note in enumerate(page.notes, len(page.rows) + 2):
        sheet.write_string(n, 0, text_of(note), forms["note"])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(page.rows), 1), len(page.heads) - 1)
    for_paper(sheet, f"{title} {page.name}")


def _plain(value: Words | int | None) -> str | int | None:
    return value.text if isinstance(value, Gap) else value


def _write(sheet: Any, line: int, column: int, value: Words | int | None, forms: Any) -> None:
    if isinstance(value, Gap):
        sheet.write_string(line, column, text_of(value.text), forms["gap"])
    elif isinstance(value, int):
        sheet.write_number(line, column, value, forms["number"])
    elif value:
        sheet.write_string(line, column, text_of(value), forms["body"])


def _photo(sheet: Any, line: int, column: int, path: Path) -> None:
    """The thumbnail within its cell, at its own shape."""
    from PIL import Image

    with Image.open(path) as picture:
        width, height = picture.size
    high = (THUMB_HIGH - 2 * MARGIN) / 0.75
    scale = min(high / height, (THUMB_WIDE * 7 - 2 * MARGIN) / width)
    sheet.insert_image(
        line, column, str(path),
        {"x_scale": scale, "y_scale": scale, "x_offset": MARGIN, "y_offset": MARGIN,
         "object_position": 1},
    )  # fmt: skip
