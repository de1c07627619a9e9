"""`gangting load tickets`: the same rows as in the chat, and a sentence for what is no table."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.rules.records import Role
from bot.settings import load
from storage import people
from storage.database import Database
from storage.schema import Transaction
from tests.house import MONDAY

TABLE = "工单编号,诉求内容,地址\n2025061200123,占道卖菜,松江路\n,没有编号,松江路\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with 王芳 in it."""
    monkeypatch.setenv("GANGTING_HOME", str(tmp_path))

    def join(tx: Transaction) -> None:
        people.add(tx, "王芳", frozenset({Role.ADMIN}), None, None, MONDAY)

    async def begin() -> None:
        database = await Database.open(load(tmp_path).database_url)
        await database.write(join)
        await database.close()

    asyncio.run(begin())
    return tmp_path


def loads(file: Path, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["load", "tickets", str(file), *more])
    return done.exit_code, done.output


def test_rows_are_taken_once_and_the_others_named(home: Path) -> None:
    (home / "june.csv").write_text(TABLE, "gb18030")
    code, said = loads(home / "june.csv", "--as", "王芳")
    assert (code, "1 taken, 0 known before, 1 refused" in said) == (0, True)
    assert "line 3: 没有工单编号" in said
    assert "0 taken, 1 known before" in loads(home / "june.csv", "--as", "王芳")[1]


@pytest.mark.parametrize(
    ("data", "more", "says"),
    [
        (b"\xff\xd8\xff\xe0\0", ("--as", "王芳"), "no CSV or Excel"),
        ("姓名\n李某\n".encode(), ("--as", "王芳"), "no columns"),
        (TABLE.encode(), (), "--as NAME"), (TABLE.encode(), ("--as", "李四"), "--as NAME"),
    ],
    ids=["a picture", "another table", "nobody", "a stranger"],
)  # fmt: skip
def test_what_is_wrong_ends_with_a_sentence(
    home: Path, data: bytes, more: tuple[str, ...], says: str
) -> None:
    (home / "x.csv").write_bytes(data)
    code, said = loads(home / "x.csv", *more)
    assert (code != 0, says in said) == (True, True), said
    assert "can't be read" in loads(home / "none.csv")[1]


# ---- the ledger ----

BULLETIN = (
    "二、整改进展情况\n（一）“甲”方面\n1.关于“乙”问题\n（1）“丙”问题。\n"
    "整改进展情况：一是学。二是做。\n（2）“丁”问题。\n整改进展情况：换了桶。\n"
)


def load_ledger(file: Path, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["load", *more, str(file)])
    return done.exit_code, done.output


def test_a_ledger_is_shown_then_loaded_then_known(home: Path) -> None:
    (home / "通报.txt").write_text(BULLETIN, "utf-8")
    code, said = load_ledger(home / "通报.txt")
    assert (code, said.splitlines()[0]) == (0, "1 / 1 / 2 / 2")
    assert "没收 第 7 行 「换了桶」 没有「一是」这样的编号，没有当任务" in said
    assert "没写责任人 2 件：1、2" in said
    assert "nothing is changed yet" in said
    code, said = load_ledger(home / "通报.txt", "--yes")
    assert (code, said.splitlines()[-1]) == (0, "loaded")
    code, said = load_ledger(home / "通报.txt", "ledger")
    assert "和现在的台账一样" in said


def test_without_a_database_it_is_compared_with_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANGTING_HOME", str(tmp_path / "none"))
    (tmp_path / "a.txt").write_text(BULLETIN, "gb18030")
    code, said = load_ledger(tmp_path / "a.txt")
    assert (code, "1 / 1 / 2 / 2" in said, "no database yet" in said) == (0, True, True)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("data", "says"), [(b"PK\3\4", "打不开"), ("今天".encode(), "没认出"), (None, "can't be read")]
)
def test_what_is_no_ledger_ends_with_a_sentence(home: Path, data: bytes | None, says: str) -> None:
    if data is not None:
        (home / "x.docx").write_bytes(data)
    code, said = load_ledger(home / "x.docx")
    assert (code, says in said) == (2, True), said


def test_the_ledger_is_exported_and_loads_back_the_same(home: Path) -> None:
    (home / "通报.txt").write_text(BULLETIN, "utf-8")
    load_ledger(home / "通报.txt", "--yes")
    done = CliRunner().invoke(main, ["export", "ledger", "-o", str(home / "台账.xlsx")])
    assert done.exit_code == 0, done.output
    assert "和现在的台账一样" in load_ledger(home / "台账.xlsx")[1]
    assert "没收" not in load_ledger(home / "台账.xlsx")[1]
