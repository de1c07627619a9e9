"""Records leave the house whole, and no word of an officer becomes a formula."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.verbs.export import as_csv, as_jsonl, flat, harmless, write_xlsx
from tests.verbs.conftest import CAPTIONS, gangting, refused

NAMES = [
    "number", "item", "kind", "spot", "spot_name", "category", "category_name", "count", "action",
    "state", "rebound", "source", "patrol", "visit", "officer", "squad", "occurred_at",
    "received_at",
    "line", "text", "photos",
]  # fmt: skip


def cells(file: Path) -> list[list[str]]:
    """What an Excel file shows; a formula anywhere fails the test."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(file) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not list(sheet.iter(f"{space}f"))
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{space}c")]
        for row in sheet.iter(f"{space}row")
    ]


def test_json_lines_hold_every_field(filled: Path) -> None:
    told = gangting(filled, "export", "reports", "--format", "jsonl")
    assert told.stderr == "7 lines\n"
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert [list(row) for row in rows] == [NAMES] * 7
    first = rows[0]
    assert (first["number"], first["spot"], first["category"], first["count"]) == (
        "R-20250609-001", "songjiang", "liutan", 2,
    )  # fmt: skip
    assert first["occurred_at"] == "2025-06-09T10:00:00+08:00"
    assert re.fullmatch(r"[0-9a-f]{64}", first["photos"][0]["sha256"])
    assert [row["text"] for row in rows] == [*CAPTIONS]


def test_csv_is_read_by_excel_and_harmless(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    told = gangting(filled, "export", "reports", "--format", "csv", "-o", str(file))
    assert (told.returncode, told.stdout) == (0, "")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = [*csv.reader(io.StringIO(file.read_text("utf-8-sig")))]
    assert rows[0][0] == "编号"
    assert len(rows) == 8
    for row in rows:
        assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in row)
    texts = [row[NAMES.index("text")] for row in rows[1:]]
    assert texts[2].startswith("'=HYPERLINK")
    assert "\x07" not in "".join(texts)


def test_excel_holds_strings_only_and_opens(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "r.xlsx"
    assert gangting(filled, "export", "reports", "-o", str(file)).returncode == 0
    with zipfile.ZipFile(file) as book:
        assert book.testzip() is None
        shown = book.read("xl/worksheets/sheet1.xml").decode()
    assert len(cells(file)) == 8
    assert "=HYPERLINK" in shown or "HYPERLINK" in shown


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize(
    ("first", "last", "lines"),
    [("2025-06-09", "2025-06-09", 7), ("2025-06-10", None, 0), (None, "2025-06-08", 0),
     ("2025-06-01", "2025-06-30", 7)],
)  # fmt: skip
def test_the_days_are_the_bureaus_and_both_included(
    filled: Path, form: str, first: str | None, last: str | None, lines: int
) -> None:
    days = [*(["--from", first] if first else []), *(["--to", last] if last else [])]
    told = gangting(filled, "export", "reports", "--format", form, *days)
    assert told.returncode == 0
    assert told.stderr == f"{lines} lines\n"
    assert len(told.stdout.splitlines()) == lines + (form == "csv")


def test_an_empty_export_is_a_good_file(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "none.xlsx"
    told = gangting(filled, "export", "reports", "--from", "2030-01-01", "-o", str(file))
    assert told.returncode == 0
    assert len(cells(file)) == 1


def test_the_journal_goes_out_with_its_hashes(filled: Path) -> None:
    told = gangting(filled, "export", "journal", "--format", "jsonl")
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert [row["id"] for row in rows] == [*range(1, len(rows) + 1)]
    deeds = {row["deed"] for row in rows}
    assert deeds == {"report", "photo", "problem_find", "problem_handle"}
    assert rows[0]["person"] == "张建国"
    assert all(len(row["hash"]) == 64 for row in rows)


def test_a_folder_that_is_not_there_is_told(filled: Path, tmp_path: Path) -> None:
    for form in ("xlsx", "csv"):
        file = tmp_path / "no" / f"r.{form}"
        sentence = refused(gangting(filled, "export", "reports", "--format", form, "-o", str(file)))
        assert f"{file} can't be written" in sentence


HOSTILE = st.text(st.characters(codec=None), max_size=12).map(lambda t: t) | st.sampled_from(
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "\r=1",
        "\ud83d",
        "\x00",
        "\x1b[31m",
        "\u202e",
        "=\x07",
        "\x07=1+1",
    ]
)


def row(text: str) -> dict[str, Any]:
    return {"number": "R-1", "count": 2, "text": text, "photos": [{"sha256": "a" * 64}]}


@given(HOSTILE)
def test_no_text_makes_a_csv_formula_or_breaks_a_line(text: str) -> None:
    (told,) = as_csv([row(text)])
    told.encode()
    rows = [*csv.reader(io.StringIO(told.removeprefix("\ufeff"), newline=""))]
    assert len(rows) == 2
    assert rows[1][2][:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert not any(ord(c) < 32 and c not in "\n\t" for c in rows[1][2])


@given(HOSTILE)
def test_any_text_is_one_json_line(text: str) -> None:
    (told,) = as_jsonl([row(text)])
    told.encode()
    assert told.count("\n") == 1
    assert json.loads(told)["number"] == "R-1"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "\x00\x07", "\ud83d", "http://x.example", "123", "x" * 40_000, "\ufffe\uffff", "a\nb"],
)
def test_any_text_is_an_excel_string(tmp_path: Path, text: str) -> None:
    file = tmp_path / "r.xlsx"
    write_xlsx(file, [row(text)], "reports")
    assert len(cells(file)) == 2


def test_a_cell_is_plain() -> None:
    assert flat(None) == ""
    assert flat([{"sha256": "a"}, {"sha256": None, "state": "expected"}]) == "a expected"
    assert flat({"词": 1}) == '{"词": 1}'
    assert harmless("松江路") == "松江路"
