"""`gangting check` names what was changed; a backup laid back passes it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.settings import load
from bot.verbs.check import check
from tests.verbs.conftest import Told, gangting, refused

GOOD = (
    "settings: good", "charts: good", "database: good", "journal: good", "records: good",
    "tallies: good", "photos (7): good",
)  # fmt: skip


def wrong(told: Told, *words: str) -> None:
    assert told.returncode == 1, told
    assert "Traceback" not in told.stderr
    for word in words:
        assert word in told.stderr + told.stdout


def change(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "gangting.db")) as raw, raw:
        assert raw.execute(statement).rowcount > 0


def some_photo(home: Path, number: int = 0) -> Path:
    found = sorted(p for p in (home / "photos").rglob("*") if len(p.name) == 64)
    return found[number]


def test_an_untouched_home_passes(filled: Path) -> None:
    told = gangting(filled, "check")
    assert (told.returncode, told.stderr) == (0, "")
    for line in GOOD:
        assert line in told.stdout


@pytest.mark.parametrize("place", [0, 250, -1])
def test_one_changed_byte_of_a_photo_is_named(home: Path, place: int) -> None:
    photo = some_photo(home)
    data = bytearray(photo.read_bytes())
    data[place] ^= 1
    photo.write_bytes(data)
    wrong(gangting(home, "check"), photo.name, "its bytes were changed", "photos (7): 1 wrong")
    assert gangting(home, "check", "--no-photos").returncode == 0


def test_a_missing_photo_is_named(home: Path) -> None:
    photo = some_photo(home, 3)
    photo.unlink()
    wrong(gangting(home, "check"), photo.name, "photos (7): 1 wrong")


ROWS = {
    "a journal's word": ("UPDATE journal SET detail = replace(detail, '松江', '永福') WHERE id = 1",
                         ["line 1:", "journal: "]),
    "a journal's moment": ("UPDATE journal SET at = 'yesterday' WHERE id = 3", ["line 3:"]),
    "a journal's person": ("UPDATE journal SET person = 2 WHERE id = 5", ["line 5:"]),
    "no JSON": ("UPDATE journal SET detail = '{' WHERE id = 7", ["line 7:"]),
    "another shape": ("UPDATE journal SET detail = '[]' WHERE id = 7", ["line 7:"]),
    "a removed line": ("DELETE FROM journal WHERE id = 6", ["lines 6 to 6 are missing"]),
    "the last line": ("DELETE FROM journal WHERE id = 14", ["lines 14 to 14 are missing"]),
    "a find's count": ("UPDATE finds SET quantity = 9 WHERE id = 1", ["R-20250609-001"]),
    "a find's spot": ("UPDATE finds SET spot = 'yongfu' WHERE id = 1", ["R-20250609-001"]),
    "a find's category": ("UPDATE finds SET category = 'none' WHERE id = 1", ["R-20250609-001"]),
    "a find that no longer counts": ("UPDATE finds SET counts = 0 WHERE id = 1",
                                     ["R-20250609-001"]),
    "a removed find": ("DELETE FROM finds WHERE report = 1", ["R-20250609-001"]),
    "a removed report": ("DELETE FROM reports WHERE id = 2", ["R-20250609-002"]),
    "another author": ("UPDATE reports SET person = 2 WHERE id = 1", ["R-20250609-001"]),
    "a quiet withdrawal": (
        "UPDATE reports SET withdrawn_at = '2025-06-09 12:00:00.000000' WHERE id = 1",
        ["R-20250609-001"]),
    "a tally": ("UPDATE tallies SET reports = 9 WHERE spot = ''", ["the tallies say [9,"]),
    "a photo's hash": ("UPDATE parts SET sha256 = substr(sha256, 2) || '-' WHERE id = 1",
                       ["photo 1:"]),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "says"), ROWS.values(), ids=ROWS.keys())
def test_a_changed_row_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], statement: str, says: list[str]
) -> None:
    change(home, statement)
    assert asyncio.run(check(load(home), False)) == 1
    told = capsys.readouterr()
    for word in says:
        assert word in told.err + told.out


def test_a_damaged_database_ends_no_check_with_a_traceback(home: Path) -> None:
    with closing(sqlite3.connect(home / "gangting.db")) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("PRAGMA journal_mode=DELETE")
    file = home / "gangting.db"
    data = bytearray(file.read_bytes())
    data[4096 * 10 : 4096 * 16] = bytes(4096 * 6)
    file.write_bytes(data)
    told = gangting(home, "check")
    assert told.returncode in (1, 2)
    assert "Traceback" not in told.stderr
    assert told.stderr
    assert file.read_bytes()[8192:] == data[8192:]


# ---- backup and restore ----


@pytest.fixture
def saved(filled: Path, tmp_path: Path) -> Path:
    file = tmp_path / "saved.tar"
    told = gangting(filled, "backup", str(file))
    assert told.returncode == 0, told.stderr
    assert "7 photos" in told.stdout
    return file


def test_a_backup_laid_back_is_the_same_and_passes(
    filled: Path, saved: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    told = gangting(new, "restore", str(saved))
    assert told.returncode == 0, told.stderr
    assert "7 photos" in told.stdout
    assert gangting(new, "check").returncode == 0
    for what in ("reports", "journal"):
        rows = [gangting(h, "export", what, "--format", "jsonl").stdout for h in (filled, new)]
        assert rows[0] == rows[1] != ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "saved.tar"]


def test_a_backup_overwrites_nothing(filled: Path, saved: Path) -> None:
    before = saved.read_bytes()
    assert "exists already" in refused(gangting(filled, "backup", str(saved)))
    assert saved.read_bytes() == before


def test_a_backup_into_nowhere_is_told(filled: Path, tmp_path: Path) -> None:
    sentence = refused(gangting(filled, "backup", str(tmp_path / "no" / "saved.tar")))
    assert "can't be written" in sentence


def test_a_home_with_a_database_is_not_overwritten(home: Path, saved: Path) -> None:
    before = (home / "gangting.db").read_bytes()
    assert "only into an empty GANGTING_HOME" in refused(gangting(home, "restore", str(saved)))
    assert (home / "gangting.db").read_bytes() == before


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def at_a_member(file: Path) -> None:
    """The last photos are missing and the tar ends as if it were whole."""
    with tarfile.open(file) as archive:
        offset = archive.getmembers()[-3].offset
    file.write_bytes(file.read_bytes()[:offset] + bytes(1024))


def flipped(file: Path) -> None:
    with tarfile.open(file) as archive:
        offset = archive.getmember("gangting.db").offset_data
    data = bytearray(file.read_bytes())
    data[offset + 5000] ^= 1
    file.write_bytes(data)


def letter(file: Path) -> None:
    file.write_text("dear sir")


def foreign(file: Path) -> None:
    file.unlink()
    with tarfile.open(file, "w") as archive:
        archive.add(__file__, "test.py")


def climbing(file: Path) -> None:
    file.unlink()
    with tarfile.open(file, "w") as archive:
        archive.add(__file__, "../../outside.py")


@pytest.mark.parametrize("harm", [cut, at_a_member, flipped, letter, foreign, climbing])
def test_a_damaged_backup_is_refused_and_lays_nothing(
    saved: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    harm(saved)
    new = tmp_path / "new"
    told = gangting(new, "restore", str(saved))
    refused(told, "damaged")
    left = [p for p in new.rglob("*") if p.is_file()] if new.exists() else []
    assert left == []
    shutil.rmtree(new, ignore_errors=True)
    assert [p.name for p in tmp_path.iterdir()] == ["saved.tar"]
