"""Tables that strangers send are read in every form; what is none is refused in a sentence."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from bot.papers.read_book import BadTable
from bot.papers.read_table import MOST_BYTES, rows_of

ROWS = [["工单编号", "诉求内容"], ["2025061200123", "松江路，占道\n经营"], ["2025061200124", ""]]


def excel(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("工单")
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, place, cell)
            else:
                sheet.write(at, place, cell)
    book.close()
    return out.getvalue()


TEXT = '工单编号,诉求内容\n2025061200123,"松江路，占道\n经营"\n2025061200124,\n'


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("gb18030"),
        TEXT.replace(",", "\t").encode(), TEXT.replace(",", ";").encode("gb18030"),
        excel([list(row) for row in ROWS]),
    ],
    ids=["utf-8", "with a mark", "gb18030", "tabs", "semicolons", "excel"],
)  # fmt: skip
def test_the_same_table_in_every_form(data: bytes) -> None:
    found = rows_of(data)
    assert [[*row, ""][:2] for row in found] == ROWS


def test_numbers_keep_every_digit_and_gaps_their_place() -> None:
    found = rows_of(excel([["a", None, 13800000000], [], [45820.5, 2025061200123]]))
    assert found == [["a", "", "13800000000"], [], ["45820.5", "2025061200123"]]


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in files.items():
            book.writestr(name.replace("__", "/"), text)
    return out.getvalue()


SHEET = "xl__worksheets__sheet1.xml"
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><row r="1"><c><v>&a;</v></c></row></worksheet>'
WRONG = {
    "a picture": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "the old form": b"\xd0\xcf\x11\xe0" + b"\0" * 512,
    "a zip of something else": zipped(readme="x"),
    "half a book": excel([list(row) for row in ROWS])[:900],
    "a sheet that is no XML": zipped(**{SHEET: "<worksheet"}),
    "entities": zipped(**{SHEET: BOMB}),
    "a string that isn't there": zipped(
        **{SHEET: '<worksheet><row r="1"><c t="s"><v>7</v></c></row></worksheet>'}
    ),
    "a row far below": zipped(**{SHEET: '<worksheet><row r="999999999"><c/></row></worksheet>'}),
    "a row without a number": zipped(**{SHEET: '<worksheet><row r="x"><c/></row></worksheet>'}),
    "a bomb": zipped(**{SHEET: "<worksheet>" + " " * 45_000_000 + "</worksheet>"}),
    "too big": b"a,b\n" * (MOST_BYTES // 4 + 1),
    "too long": b"a,b\n" * 21_000,
    "no text of ours": b"\xff\xfe\xfd\xfc\xfb\x80\x80\xff",
}  # fmt: skip


@pytest.mark.parametrize("what", list(WRONG))
def test_what_is_no_table_is_refused_in_a_sentence(what: str) -> None:
    with pytest.raises(BadTable, match="一行也没收"):
        rows_of(WRONG[what])
