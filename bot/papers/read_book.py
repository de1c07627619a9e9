"""Bounds a book of sheets before anybody unpacks it, and finds its spoilt cells; pure.

xlsx and ods are zips of XML made by a stranger: a few kilobytes may say a billion cells. What is
in the zip is looked through once, piece by piece, no entity followed. Knows no ledger.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from bot.errors import BadFile

MOST_UNPACKED = 200 * 1024 * 1024
MOST_LINES, MOST_COLUMNS = 20_000, 400
MOST_CELLS = 2_000_000
"""Rows times columns: a reader keeps a place for each."""

SPOILT = (zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, EOFError, KeyError,
          IndexError, ValueError, NotImplementedError, RuntimeError, OSError)  # fmt: skip

Spoilt = dict[tuple[int, int], str]
"""Cells, counted from 0, that hold no value that can be read, each with the reason."""

_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class BadTable(BadFile):
    """A file that is no table that can be read; the sentence says what to send instead."""

    sentence = "这个表打不开，一行也没收。请另存为 .xlsx 或者 CSV 再发。"


def too_long() -> BadTable:
    """The table is longer than any that is read."""
    return BadTable(f"这个表太长，超过了 {MOST_LINES} 行，一行也没收。请分几次发。")


def look_through(data: bytes) -> dict[str, Spoilt]:
    """The spoilt cells of an xlsx by the sheet's name; none of an ods, which is bounded alike.

    Raises BadTable for a zip that is neither, or whose sheets say more than may be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            names = set(book.namelist())
            if sum(one.file_size for one in book.infolist()) > MOST_UNPACKED:
                raise BadTable("这个表太大，一行也没收。请分几次发。")
            if "xl/workbook.xml" in names:
                return _excel(book)
            if "content.xml" in names and "mimetype" in names:
                with book.open("content.xml") as file:
                    _bound_ods(file)
                return {}
    except BadTable:
        raise
    except SPOILT:
        raise BadTable from None
    raise BadTable


def _excel(book: zipfile.ZipFile) -> dict[str, Spoilt]:
    """Every part is looked through: a sheet may have any name. Its end proves its size."""
    found: dict[str, Spoilt] = {}
    for entry in book.infolist():
        with book.open(entry) as file:
            if entry.filename.endswith(".xml"):
                found[entry.filename] = _spoilt(file)
            while file.read(1 << 20):
                pass
    related = {
        one.get("Id"): one.get("Target", "").lstrip("/").removeprefix("xl/")
        for one in fromstring(book.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    }
    sheets = [one for one in fromstring(book.read("xl/workbook.xml"), forbid_dtd=True).iter()
              if _tag(one) == "sheet"]  # fmt: skip
    return {
        one.get("name", ""): found.get(f"xl/{related.get(one.get(_RELATED))}", {})
        for one in sheets
    }  # fmt: skip


def _each(file: IO[bytes], name: str) -> Iterator[Element]:
    """Every element of that name, one after the other; what was read is let go."""
    for _, element in iterparse(file, events=("end",), forbid_dtd=True):
        if _tag(element) == name:
            yield element
            element.clear()


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _spoilt(file: IO[bytes]) -> Spoilt:
    found: Spoilt = {}
    line, lowest, widest = 0, 0, 0
    for row in _each(file, "row"):
        line = int(row.get("r") or line + 1)
        place = -1
        for cell in row:
            if _tag(cell) != "c":
                continue
            at, place = _place(cell.get("r") or "", line, place + 1)
            lowest, widest = max(lowest, at), max(widest, place + 1)
            why = _why(cell)
            if why is not None and len(found) < MOST_LINES:
                found[at - 1, place] = why
        if max(line, lowest) > MOST_LINES:
            raise too_long()
        if widest > MOST_COLUMNS or max(line, lowest) * widest > MOST_CELLS:
            raise BadTable("这个表太宽，一行也没收。请只留要用的列再发。")
    return found


def _place(name: str, line: int, following: int) -> tuple[int, int]:
    """The line, from 1, and the column, from 0, of a cell called A7 or AB7."""
    match = re.fullmatch(r"([A-Za-z]{1,3})(\d{1,7})", name)
    if match is None:
        return line, following
    place = 0
    for letter in match[1].upper():
        place = place * 26 + ord(letter) - 64
    return int(match[2]), place - 1


def _why(cell: Element) -> str | None:
    parts = {_tag(part): part.text or "" for part in cell}
    if cell.get("t") == "e":
        return f"这一格是错误值 {parts.get('v', '')[:12]}".rstrip()
    return "这一格是公式，没有结果" if "f" in parts and not parts.get("v") else None


def _bound_ods(file: IO[bytes]) -> None:
    """A row or cell of an ods may say that it stands a million times."""
    lines = widest = 0
    blank = 0
    for row in _each(file, "table-row"):
        width, gap = 0, 0
        for cell in row:
            count = _repeated(cell, "number-columns-repeated")
            gap += count
            if len(cell) or any("value" in key for key in cell.keys()):  # noqa: SIM118
                width += gap
                gap = 0
        blank += _repeated(row, "number-rows-repeated")
        if width:
            lines, blank = lines + blank, 0
            widest = max(widest, width)
        if lines > MOST_LINES:
            raise too_long()
        if widest > MOST_COLUMNS or lines * widest > MOST_CELLS:
            raise BadTable("这个表太宽，一行也没收。请只留要用的列再发。")


def _repeated(element: Element, name: str) -> int:
    said = next((value for key, value in element.items() if key.endswith(name)), "1")
    return int(said) if said.isdecimal() and len(said) < 10 else 1
