"""A table that somebody sends, as rows of text: CSV, or an Excel file's first sheet; pure.

What it is is told by its bytes, not by its name. An Excel file is a zip of XML made by a stranger:
it is bounded before it is unpacked, and no entity in it is followed. Knows no ticket.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from bot.errors import BadFile

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_LINES, MOST_COLUMNS = 5000, 200
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_POWER = re.compile(r"-?\d+(?:\.\d+)?[Ee]\+?\d+")
_SPOILT = (zipfile.BadZipFile, ParseError, DefusedXmlException, EOFError, KeyError, IndexError,
           ValueError, NotImplementedError, RuntimeError, OSError)  # fmt: skip


class BadTable(BadFile):
    """A file that is no table that can be read; the sentence says what to send instead."""

    sentence = "这个表打不开，一行也没收。请另存为 .xlsx 或者 CSV 再发。"


def rows_of(data: bytes) -> list[list[str]]:
    """The table's rows from its first line on, empty ones too. Raises BadTable."""
    if len(data) > MOST_BYTES:
        raise BadTable(f"这个表太大，我最多收 {MOST_BYTES >> 20} MB，一行也没收。请分几次发。")
    if data.startswith(OLD_EXCEL):
        raise BadTable("这是老格式的 .xls，我打不开，一行也没收。请另存为 .xlsx 再发。")
    found = _excel(data) if data.startswith(b"PK") else _csv(data)
    if len(found) > MOST_LINES:
        raise BadTable(f"这个表太长，超过了 {MOST_LINES} 行，一行也没收。请分几次发。")
    return found


def _csv(data: bytes) -> list[list[str]]:
    """Text in UTF-8, else in the GB 18030 that Excel writes; commas, semicolons or tabs."""
    if b"\0" in data:
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
    try:
        return [row[:MOST_COLUMNS] for row in csv.reader(io.StringIO(text), delimiter=comma)]
    except csv.Error:
        raise BadTable from None


def _excel(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            sheets = {int(m[1]): n for n in book.namelist() if (m := _SHEET.fullmatch(n))}
            if not sheets:
                raise BadTable
            wanted = [sheets[min(sheets)]]
            shared = "xl/sharedStrings.xml"
            wanted += [shared] if shared in book.namelist() else []
            if sum(book.getinfo(name).file_size for name in wanted) > MOST_UNPACKED:
                raise BadTable("这个表太大，一行也没收。请分几次发。")
            words: list[str] = []
            if shared in book.namelist():
                with book.open(shared) as file:
                    words = [_text(one) for one in _each(file, "si")]
            with book.open(wanted[0]) as file:
                return _lines(file, words)
    except BadTable:
        raise
    except _SPOILT:
        raise BadTable from None


def _each(file: IO[bytes], name: str) -> Iterator[Element]:
    """Every element of that name, one after the other; what was read is let go."""
    for _, element in iterparse(file, events=("end",), forbid_dtd=True):
        if _tag(element) == name:
            yield element
            element.clear()


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element) -> str:
    """The text of a string: its runs, without the readings of its letters."""
    told = []
    for part in element:
        if _tag(part) == "t":
            told.append(part.text or "")
        elif _tag(part) == "r":
            told += [one.text or "" for one in part if _tag(one) == "t"]
    return "".join(told)


def _lines(file: IO[bytes], words: list[str]) -> list[list[str]]:
    found: list[list[str]] = []
    for row in _each(file, "row"):
        at = int(row.get("r") or len(found) + 1)
        if at > MOST_LINES:
            raise BadTable(f"这个表太长，超过了 {MOST_LINES} 行，一行也没收。请分几次发。")
        found += [[] for _ in range(at - len(found))]
        for cell in row:
            place = _place(cell.get("r") or "", len(found[at - 1]))
            if _tag(cell) != "c" or place >= MOST_COLUMNS:
                continue
            found[at - 1] += [""] * (place + 1 - len(found[at - 1]))
            found[at - 1][place] = _cell(cell, words)
    return found


def _place(name: str, following: int) -> int:
    """0 for A7, 27 for AB7."""
    letters = "".join(one for one in name if one.isalpha() and one.isascii()).upper()
    if not letters or len(letters) > 3:
        return following
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _cell(cell: Element, words: list[str]) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        return "".join(_text(one) for one in cell if _tag(one) == "is")
    value = next((one.text or "" for one in cell if _tag(one) == "v"), "")
    if kind == "s":
        return words[int(value)]
    return value if kind in ("str", "b", "e") else _number(value)


def _number(value: str) -> str:
    """1.38E10 as 13800000000, where no digit is lost: Excel knows fifteen."""
    if not _POWER.fullmatch(value):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    whole = number == number.to_integral_value() and abs(number) < 10**15
    return str(int(number)) if whole else value
