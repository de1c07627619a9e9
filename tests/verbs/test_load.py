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
