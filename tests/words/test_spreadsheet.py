"""An Excel file holds what it was given: no formula, no link, nothing lost, a head that stays."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.words.filenames import file_name
from bot.words.sheet import Sheet
from bot.words.spreadsheet import LONGEST_CELL, WIDEST, write_xlsx, xlsx

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile("_x([0-9A-F]{4})_")


def page(data: bytes, number: int = 1) -> Element:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert book.testzip() is None
        assert not [name for name in book.namelist() if "external" in name.lower()]
        root: Element = fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    return root


def titles(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        root = fromstring(book.read("xl/workbook.xml"))
    return [sheet.get("name", "") for sheet in root.iter(f"{SPACE}sheet")]


def column_of(place: str) -> int:
    letters = re.match("[A-Z]+", place)
    assert letters is not None
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def cells(root: Element) -> dict[tuple[int, int], str | int]:
    """What Excel shows: (row, column) with the text or number there."""
    assert not [*root.iter(f"{SPACE}f")], "a formula"
    assert not [*root.iter(f"{SPACE}hyperlink")], "a link"
    found: dict[tuple[int, int], str | int] = {}
    for cell in root.iter(f"{SPACE}c"):
        place = cell.get("r", "")
        row, column = int(re.sub("[A-Z]", "", place)) - 1, column_of(place)
        if cell.get("t") == "inlineStr":
            text = "".join(t.text or "" for t in cell.iter(f"{SPACE}t"))
            found[row, column] = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
        else:
            assert cell.get("t") in (None, "n")
            number = cell.find(f"{SPACE}v")
            if number is not None:
                found[row, column] = int(number.text or "")
    return found


SIMPLE = Sheet(
    "松江路6月反弹", "松江路6月反弹", ("编号", "点位", "数量"),
    (("R-20250609-001", "松江路", 2), ("R-20250609-002", None, 0)),
    ("按「松江路」查的。", "共 2 条。"),
)  # fmt: skip


def test_rows_come_below_the_head_and_notes_below_them() -> None:
    assert cells(page(xlsx(SIMPLE))) == {
        (0, 0): "编号", (0, 1): "点位", (0, 2): "数量",
        (1, 0): "R-20250609-001", (1, 1): "松江路", (1, 2): 2,
        (2, 0): "R-20250609-002", (2, 2): 0,
        (4, 0): "按「松江路」查的。", (5, 0): "共 2 条。",
    }  # fmt: skip


def test_the_head_is_bold_stays_and_filters_the_rows_alone() -> None:
    data = xlsx(SIMPLE)
    root = page(data)
    (pane,) = root.iter(f"{SPACE}pane")
    assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "1")
    (filter_,) = root.iter(f"{SPACE}autoFilter")
    assert filter_.get("ref") == "A1:C3"
    head = next(root.iter(f"{SPACE}c")).get("s")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        styles = fromstring(book.read("xl/styles.xml"))
    formats = styles.find(f"{SPACE}cellXfs")
    fonts = styles.find(f"{SPACE}fonts")
    assert formats is not None
    assert fonts is not None
    font = fonts[int(formats[int(head or "0")].get("fontId", ""))]
    assert font.find(f"{SPACE}b") is not None


def test_columns_are_as_wide_as_their_words_up_to_a_limit() -> None:
    rows = (("短", "一句长一些的话，二十个字上下，不用换行", "长" * 400),)
    root = page(xlsx(Sheet("a", "a", ("甲", "乙", "丙"), rows)))
    short, middle, long = (float(c.get("width", "")) for c in root.iter(f"{SPACE}col"))
    assert short < 8 < 30 < middle < long <= WIDEST + 1


def test_a_row_is_as_high_as_its_longest_text() -> None:
    rows = (("短", 1), ("长" * 100, 2), ("一\n二\n三", 3), ("长" * 9000, 4), (None, 5))
    found = [*page(xlsx(Sheet("a", "a", ("甲", "乙"), rows))).iter(f"{SPACE}row")][1:]
    usual, long, three, most, empty = (float(row.get("ht", "15")) for row in found)
    assert usual == empty == 15
    assert three == 48
    assert 4 * 15 <= long <= 6 * 16
    assert most < 409


TRICKS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\",\"y\")", "{=1+1}", "http://x.cn",
    "mailto:a@b.cn", "internal:Sheet1!A1", "external:c:/x.xlsx", "0123", "1e5", "TRUE", "_x0041_",
    "<b>&amp;", " 两边 ", "一\n二", "#REF!",
]  # fmt: skip


@pytest.mark.parametrize("text", TRICKS)
def test_a_trick_stays_the_text_that_it_is(text: str) -> None:
    sheet = Sheet(text, text, (text, "b"), ((text, 1),), (text,))
    found = cells(page(xlsx(sheet)))
    assert [found[place] for place in ((0, 0), (1, 0), (3, 0))] == [text] * 3


cell = st.one_of(
    st.none(), st.integers(-(10**18), 10**18), st.sampled_from(TRICKS), st.text(max_size=30),
    st.text(st.characters(codec=None), max_size=10),
)  # fmt: skip


tables = st.integers(1, 30).flatmap(
    lambda wide: st.lists(st.lists(cell, min_size=wide, max_size=wide), max_size=12)
)


@settings(max_examples=80, deadline=None)
@given(tables, st.text(st.characters(codec=None), max_size=50), st.lists(st.text(), max_size=3))
def test_what_goes_in_is_read_back(rows: list[list[Any]], title: str, notes: list[str]) -> None:
    heads = tuple(f"第{n}列" for n in range(len(rows[0]) if rows else 1))
    sheet = Sheet(title, title, heads, tuple(map(tuple, rows)), tuple(notes))
    found = cells(page(xlsx(sheet)))
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            shown = found.get((line, column), "")
            if isinstance(value, int):
                assert str(shown) == str(value)
            else:
                assert shown == plain(value or "")


def plain(text: str) -> str:
    """The text without what no cell can hold."""
    text = text.encode("utf-8", "replace").decode().replace("\r", "")
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", "", text)


@pytest.mark.parametrize("text", ["x" * 40_000, "字" * 32_768, "👍" * 20_000, "字" * 32_767])
def test_a_long_text_is_cut_where_excel_would_call_the_file_broken(text: str) -> None:
    shown = str(cells(page(xlsx(Sheet("a", "a", ("甲", "乙"), ((text, 1),)))))[1, 0])
    assert len(shown.encode("utf-16-le")) // 2 <= LONGEST_CELL
    assert len(shown.encode("utf-16-le")) // 2 >= LONGEST_CELL - 2
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


def test_more_rows_than_a_page_holds_go_on_the_next(tmp_path: Path) -> None:
    rows = tuple((f"R-{n}", n) for n in range(25))
    file = tmp_path / "r.xlsx"
    write_xlsx(Sheet("a", "上报", ("编号", "数"), rows, ("完",)), file, rows_a_page=10)
    data = file.read_bytes()
    assert titles(data) == ["上报 1", "上报 2", "上报 3"]
    found = [cells(page(data, number)) for number in (1, 2, 3)]
    assert all(shown[0, 0] == "编号" for shown in found)
    numbers = [n for shown in found for (row, column), n in sorted(shown.items())
               if column == 1 and row]  # fmt: skip
    assert numbers == [*range(25)]
    assert "完" not in found[0].values()
    assert found[2][7, 0] == "完"


@pytest.mark.parametrize(
    "title", ["a/b:c*d?[e]", "", "'", "History", "历" * 60, "👍" * 40, "x" * 30 + "'", "\x00\ud83d"]
)
def test_any_title_is_a_good_name_of_a_page(title: str) -> None:
    (told,) = titles(xlsx(Sheet("a", title, ("甲",), (("x",),))))
    assert 1 <= len(told.encode("utf-16-le")) // 2 <= 31
    assert not re.search(r"[\[\]:*?/\\]|^'|'$", told)
    assert told.lower() != "history"


def test_no_rows_and_no_columns_are_good_files() -> None:
    assert cells(page(xlsx(Sheet("a", "a", ("甲",), ())))) == {(0, 0): "甲"}
    assert cells(page(xlsx(Sheet("a", "a", (), (), ("没有",))))) == {(2, 0): "没有"}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("松江路6月反弹", "松江路6月反弹.xlsx"),
        ("../../etc/passwd", "etc-passwd.xlsx"),
        ("C:\\Windows\\x", "C-Windows-x.xlsx"),
        ("CON", "表CON.xlsx"),
        ("lpt1.txt", "表lpt1.txt.xlsx"),
        (".hidden", "hidden.xlsx"),
        ("~$lock", "lock.xlsx"),
        ("-rf", "rf.xlsx"),
        ("\u202egnp.exe", "gnp.exe.xlsx"),
        ("a\x00b\nc", "ab c.xlsx"),
        ("", "表.xlsx"),
        ("...", "表.xlsx"),
    ],
)
def test_a_file_is_named_harmlessly(name: str, told: str) -> None:
    assert file_name(name, ".xlsx") == told


@given(st.text(st.characters(codec=None)))
def test_any_name_is_one_that_every_disk_takes(name: str) -> None:
    told = file_name(name, ".png")
    assert told == Path(told).name
    assert len(told.encode()) <= 255
    assert not re.search(r'[\x00-\x1f\\/:*?"<>|]|^[.~ -]', told)
    assert told.endswith(".png")
    assert told != ".png"
