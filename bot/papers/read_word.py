"""A Word file or plain text that somebody sends, as lines and tables; pure.

Tables of a Word file come as pages, as those of a book do. Numbers that Word counts by itself are
not in a paragraph's text: a line of a list gets the mark of its level. Knows no ledger.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.errors import BadFile
from bot.papers.read_book import MOST_LINES, SPOILT
from bot.rules.ledger_draft import Page

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
_NUMBERED = ("（{}）", "{}.", "（{}）")
_CN = "零一二三四五六七八九十"


class BadText(BadFile):
    """A file that is no text that can be read; the sentence says what to send instead."""

    sentence = "这个文件打不开，一件也没收。请另存为 .docx 或者 .txt 再发。"


def is_word(data: bytes) -> bool:
    """Whether the bytes are a Word file, whatever its name."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "word/document.xml" in book.namelist()
    except SPOILT:
        return False


def lines_of(data: bytes) -> list[str]:
    """The lines of a plain text, in UTF-8, UTF-16 with a mark, or GB 18030. Raises BadText."""
    if len(data) > MOST_BYTES:
        raise BadText(f"这个文件太大，我最多收 {MOST_BYTES >> 20} MB，一件也没收。")
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in data and not wide:
        raise BadText
    for coding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(coding).splitlines()
        except UnicodeDecodeError:
            continue
    raise BadText


def word_of(data: bytes) -> tuple[list[str], list[Page]]:
    """The paragraphs outside of tables, and the tables. Raises BadText."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    if len(data) > MOST_BYTES:
        raise BadText(f"这个文件太大，我最多收 {MOST_BYTES >> 20} MB，一件也没收。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            if sum(one.file_size for one in book.infolist()) > MOST_UNPACKED:
                raise BadText("这个文件太大，一件也没收。请分几次发。")
            for entry in book.infolist():
                with book.open(entry) as file:  # its end proves its size
                    while file.read(1 << 20):
                        pass
        word = docx.Document(io.BytesIO(data))
        counts: Counter[int] = Counter()
        lines = [line for one in word.paragraphs for line in _lines(one, counts)]
        pages = [_page(nth, table) for nth, table in enumerate(word.tables, 1)]
    except BadText:
        raise
    except (PackageNotFoundError, LxmlError, AttributeError, TypeError, *SPOILT):
        raise BadText from None
    return lines, pages


def _lines(paragraph: Paragraph, counts: Counter[int]) -> list[str]:
    text = paragraph.text
    level = _level(paragraph)
    if level is None or not text.strip():
        return text.split("\n")
    counts[level] += 1
    for deeper in [one for one in counts if one > level]:
        counts[deeper] = 0
    number = counts[level]
    sign: Any = _CN[number] if level == 0 and number <= 10 else number
    return f"{_NUMBERED[level].format(sign)}{text}".split("\n")


def _level(paragraph: Paragraph) -> int | None:
    """The level of a line that Word numbers by itself, or None."""
    properties: Any = paragraph._p.pPr  # the library has no other way
    numbered = properties.numPr if properties is not None else None
    if numbered is None or numbered.numId is None or not numbered.numId.val:
        return None
    level = numbered.ilvl.val if numbered.ilvl is not None else 0
    return level if 0 <= level < len(_NUMBERED) else None


def _page(nth: int, table: Table) -> Page:
    """The table: a cell that goes over several places says the same in each of them."""
    rows = []
    for row in table.rows[: MOST_LINES + 1]:
        cells: list[str] = []
        last: Any = None
        for cell in row.cells:
            cells.append(cell.text if cell._tc is not last or not cells else cells[-1])
            last = cell._tc
        rows.append(tuple(cells))
    return Page(f"表{nth}", tuple(rows))
