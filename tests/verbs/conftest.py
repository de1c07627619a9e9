"""A home with records and photos in it, and the command line as a real process beside it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.actions import photos
from bot.actions.reports import File, Message, take_report
from bot.bureau import DEFAULT, build_bureau
from bot.rules.captions import CaptionReader
from bot.rules.records import Role
from storage import parts, people, spots
from storage.database import Database
from storage.photofiles import PhotoFiles
from storage.schema import Transaction
from tests.fakes.control import Control, running

ROOT = Path(__file__).parents[2]
MONDAY_9 = datetime(2025, 6, 9, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CAPTIONS = (
    "松江路 流动摊贩2个 已劝离", "永福路正常", "=HYPERLINK(\"http://x\") 松江路 占道1处",
    "-2+3 永福路正常", "@SUM(A1) 松江路正常", "松江路\u0007占道\u001b1处", "+86 永福路正常",
)  # fmt: skip

Told = subprocess.CompletedProcess[str]
Run = Callable[..., Told]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of the tests without any setting but the given ones."""
    plain = {k: v for k, v in os.environ.items() if not k.upper().startswith("GANGTING_")}
    return plain | {"GANGTING_HOME": str(home)} | more


def gangting(home: Path, *args: str, seconds: float = 30, **more: str) -> Told:
    """What `gangting …` says and how it ends."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *args], cwd=ROOT, env=environment(home, **more), text=True,
        capture_output=True, timeout=seconds, check=False, encoding="utf-8",
    )  # fmt: skip


def refused(told: Told, *words: str) -> str:
    """The one clear sentence with which a command ended."""
    assert told.returncode not in (0, 1), told
    assert told.stdout == ""
    assert "Traceback" not in told.stderr
    for word in words:
        assert word in told.stderr
    return told.stderr


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _record(tx: Transaction, facts: list[dict[str, Any]]) -> None:
    bureau = build_bureau(DEFAULT)
    reader = CaptionReader(bureau)
    spots.follow(tx, bureau.spots)
    for name, role in (("张建国", Role.OFFICER), ("李主任", Role.SUPERVISOR)):
        person = people.add(tx, name, frozenset({role}), "一中队", None, MONDAY_9)
        people.know(tx, "telegram", person, person, person, MONDAY_9)
    for number, words in enumerate(CAPTIONS, 1):
        at = MONDAY_9 + timedelta(hours=number)
        file = File("photo", f"f{number}", f"u{number}", 10)
        take_report(tx, 1, Message("telegram", 1, number, at, words, file), reader.read, bureau, at)
        part = parts.by_message(tx, "telegram", 1, number)
        assert part is not None
        photos.arrived(tx, part, facts[number - 1], at)


async def fill(home: Path) -> None:
    """Seven reports with a photo each."""
    files = PhotoFiles(home / "photos")
    facts = []
    for number in range(len(CAPTIONS)):
        data = b"\xff\xd8 picture " + bytes([number]) * 500
        kept = await files.keep(_once(data), len(data), 10_000)
        facts.append({"sha256": kept.sha256, "size": kept.size, "mime": "image/jpeg"})
    database = await Database.open(f"sqlite:///{home / 'gangting.db'}")
    await database.write(_record, facts)
    await database.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with records; nobody writes into this one."""
    home = tmp_path_factory.mktemp("filled")
    asyncio.run(fill(home))
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """A home with records of the test's own."""
    copy = tmp_path / "home"
    shutil.copytree(filled, copy)
    return copy


@pytest.fixture(scope="session")
def fake() -> Iterator[Control]:
    """One fake Telegram for all files."""
    with running() as control:
        yield control


@pytest.fixture
def tg(fake: Control) -> Control:
    """The fake, emptied."""
    fake.reset_all()
    return fake


@pytest.fixture
def bot(home: Path, tg: Control) -> Iterator[subprocess.Popen[str]]:
    """`gangting run` on the home with records, polling the fake."""
    settings = {"GANGTING_TELEGRAM__TOKEN": tg.token, "GANGTING_TELEGRAM__API": tg.url}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=environment(home, **settings),
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            tg.wait_until(lambda state: state["polls"] > 0, timeout=30)
            yield process
        finally:
            process.terminate()
            assert process.wait(15) == 0
