"""A ledger in every kind of file and every kind of dirt: each row is taken rightly or named."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadFile
from bot.papers.read_book import MOST_LINES
from bot.papers.read_ledger import read_ledger
from bot.rules.ledger_draft import Draft, from_json, levels, to_json
from tests.papers.dirty_book import DIRT, MERGED, Row, dirty_book
from tests.papers.old_excel import xls

TODAY = date(2025, 6, 9)
PLAIN = [["编号", "整改任务", "责任人", "时限"], ["1", "更换监控", "王志强", "2025.6.30"],
         ["2", "培训", "", "长期"]]  # fmt: skip


@pytest.fixture(scope="module")
def dirty() -> tuple[Draft, dict[int, Row]]:
    data, lines = dirty_book()
    return read_ledger(data, TODAY), lines


def test_there_are_thirty_kinds() -> None:
    assert len({one.kind for one in DIRT}) == len(DIRT) >= 30


@pytest.mark.parametrize("row", DIRT, ids=lambda row: row.kind)
def test_every_row_is_taken_rightly_or_named(dirty: tuple[Draft, dict[int, Row]], row: Row) -> None:
    draft, lines = dirty
    line = next(at for at, one in lines.items() if one is row)
    tasks = [one for one in draft.tasks if one.line == line]
    faults = [one.why for one in draft.faults if one.line == line]
    remarks = [one.why for one in draft.remarks if one.line == line]
    if row.takes is not None:
        assert not faults
        assert [bool(row.takes(one)) for one in tasks] == [True], tasks
    elif row.refused:
        assert (tasks, len(faults)) == ([], 1)
        assert row.refused in faults[0]
    else:
        assert (tasks, faults) == ([], [])
    assert len(remarks) == bool(row.remark)
    assert row.remark in "".join(remarks)


def test_no_line_is_lost(dirty: tuple[Draft, dict[int, Row]]) -> None:
    """All lines of the page below its head, but the blank one, are told of once."""
    draft, lines = dirty
    told = {one.line for one in (*draft.tasks, *draft.faults, *draft.remarks)}
    blank = {at for at, one in lines.items() if one.kind == "a blank row"}
    assert set(lines) - blank <= told


def test_merged_cells_are_carried_down(dirty: tuple[Draft, dict[int, Row]]) -> None:
    draft, _ = dirty
    mine = [one for one in draft.tasks if one.ref in MERGED]
    assert [one.ref for one in mine] == list(MERGED)
    assert {(one.owners, one.due) for one in mine[:2]} == {(("赵敏",), date(2025, 8, 31))}
    assert len({one.path for one in mine[:2]}) == 1
    path = mine[0].path or ""
    assert (draft.headings[path.split(".")[0]], draft.headings[path]) == (
        "另一个方面",
        "合并的问题",
    )


def test_other_pages_are_named(dirty: tuple[Draft, dict[int, Row]]) -> None:
    named = {one.page: one.why for one in dirty[0].remarks if one.line == 0}
    assert set(named) == {"封面", "草稿"}
    assert "隐藏" in named["草稿"]


def test_the_draft_survives_being_kept(dirty: tuple[Draft, dict[int, Row]]) -> None:
    assert from_json(to_json(dirty[0])) == dirty[0]


def ods(rows: list[list[str]], *, more: str = "") -> bytes:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    body = "".join(
        "<table:table-row>" + "".join(cell.format(one) for one in row) + "</table:table-row>"
        for row in rows
    )
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{space}office:1.0" xmlns:text="{space}text:1.0"'
        f' xmlns:table="{space}table:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="台账">{body}{more}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                   "META-INF/manifest.xml": "<manifest/>", "content.xml": content})  # fmt: skip


def zipped(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in files.items():
            book.writestr(name, text)
    return out.getvalue()


def docx(*, lines: tuple[str, ...] = (), rows: list[list[str]] | None = None) -> bytes:
    import docx as word

    file = word.Document()
    for line in lines:
        file.add_paragraph(line)
    if rows:
        table = file.add_table(len(rows), len(rows[0]))
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                table.cell(at, place).text = cell
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def xlsx(rows: list[list[str]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return out.getvalue()


CSV = "\n".join(",".join(row) for row in PLAIN)
FORMS = {
    "xlsx": xlsx(PLAIN), "xls": xls(PLAIN), "ods": ods(PLAIN), "csv": CSV.encode(),
    "csv of Excel": CSV.encode("gb18030"), "tabs": CSV.replace(",", "\t").encode("utf-8-sig"),
    "a table in Word": docx(lines=("整改台账",), rows=PLAIN),
}  # fmt: skip


@pytest.mark.parametrize("form", list(FORMS))
def test_the_same_table_in_every_form(form: str) -> None:
    """Told by its bytes: a name is not even given."""
    draft = read_ledger(FORMS[form], TODAY)
    told = [(one.ref, one.title, one.owners, one.due, one.long_term) for one in draft.tasks]
    assert told == [
        ("1", "更换监控", ("王志强",), date(2025, 6, 30), None), ("2", "培训", (), None, True),
    ]  # fmt: skip
    assert not draft.faults


LINES = ("一、整改进展情况", "（一）“认识不够”方面", "1.关于“学习不够”问题", "（1）“不学习”问题。",
         "整改进展情况：一是学。二是再学。")  # fmt: skip


@pytest.mark.parametrize(
    "data", [docx(lines=LINES), "\n".join(LINES).encode(), "\r\n".join(LINES).encode("gb18030"),
             "\n".join(LINES).encode("utf-16")],
    ids=["word", "utf-8", "gb18030", "utf-16"],
)  # fmt: skip
def test_the_same_words_in_every_form(data: bytes) -> None:
    draft = read_ledger(data, TODAY)
    assert [one.title for one in draft.tasks] == ["学", "再学"]
    assert levels(draft.headings, 2).issues == 1


RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/worksheet" Target="worksheets/s.xml"/></Relationships>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
    'schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
)


def raw(sheet: str) -> bytes:
    """An xlsx whose sheet is just this."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return zipped({
        "xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": RELS,
        "xl/worksheets/s.xml":
            f'<worksheet xmlns="{space}"><sheetData>{sheet}</sheetData></worksheet>',
    })  # fmt: skip


def long() -> bytes:
    """A sheet of one row more than is read."""
    rows = (f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, MOST_LINES + 2))
    return raw("".join(rows))


REFUSED: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "fifty megabytes": (lambda: b"1,2\n" * (50 * 1024 * 1024 // 4), "太大"),
    "twenty thousand rows and one": (long, "太长"),
    "a hundred thousand lines": (lambda: "编号,整改任务\n".encode() + b"1,a\n" * 100_000, "太长"),
    "a cell at the end of the world": (
        raw('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"/></row>'),
        "太长",
    ),
    "a cell that lies about its row": (
        raw('<row r="1"><c r="A1"><v>1</v></c><c r="B1048576"><v>1</v></c></row>'), "太长",
    ),
    "a very wide row": (
        raw('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'), "太宽",
    ),
    "a bomb": (lambda: raw("<row/>" + " " * 210_000_000), "太大"),
    "an ods of a million rows": (
        ods(PLAIN, more='<table:table-row table:number-rows-repeated="1000000"><table:table-cell'
                        ' office:value-type="string"/></table:table-row>'), "太长",
    ),
    "with a password": (
        b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "密码",
    ),
    "half an old book": (xls(PLAIN)[:700], "打不开"), "a zip": (zipped({"a": "b"}), "打不开"),
    "half a book": (xlsx(PLAIN)[:-200], "打不开"), "a picture": (b"\xff\xd8\xff\xe0\0\0", "打不开"),
    "half a Word file": (zipped({"word/document.xml": "<w"}), "打不开"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(REFUSED))
def test_what_can_not_be_read_is_refused_in_a_sentence(what: str) -> None:
    made, says = REFUSED[what]
    data = made if isinstance(made, bytes) else made()
    with pytest.raises(BadFile, match=f"{says}.*[一件行]也?没收"):
        read_ledger(data, TODAY)


def test_a_file_of_another_kind_is_no_ledger() -> None:
    for data in (
        b"",
        "今天天气不错。".encode(),
        "工单编号,诉求内容\n1,a".encode(),
        docx(lines=("会议",)),
    ):
        assert "没认出" in (read_ledger(data, TODAY).refused or "")


def test_a_list_that_word_numbers_itself_gets_its_marks() -> None:
    import docx as word

    file = word.Document()
    for text in ("第一个方面", "第二个方面"):
        file.add_paragraph(text, style="List Number")
        file.add_paragraph("整改措施：一是学。")
    for one in file.paragraphs[::2]:
        number = one._p.get_or_add_pPr().get_or_add_numPr()
        number.get_or_add_ilvl().val, number.get_or_add_numId().val = 0, 1
    out = io.BytesIO()
    file.save(out)
    draft = read_ledger(out.getvalue(), TODAY)
    assert list(draft.headings.values()) == ["第一个方面", "第二个方面"]


def reads(data: bytes) -> Draft | None:
    """The draft, or None where the file was refused in a sentence."""
    with contextlib.suppress(BadFile):
        return read_ledger(data, TODAY)
    return None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\3\4", b"\xd0\xcf\x11\xe0"]))
def test_any_bytes_are_refused_or_read(data: bytes, start: bytes) -> None:
    draft = reads(start + data)
    assert draft is None or draft.refused or draft.tasks or draft.faults or draft.remarks


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 3), st.integers(0, 10**6), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_refused_or_read(which: int, at: int, put: bytes) -> None:
    """No damage ends more than the reading."""
    data = bytearray(list(FORMS.values())[which])
    at %= len(data)
    data[at : at + len(put)] = put
    draft = reads(bytes(data))
    assert draft is None or isinstance(draft, Draft)
