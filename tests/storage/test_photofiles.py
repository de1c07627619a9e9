"""Photos are kept whole, once, under their hash, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import BadFile, StoreFault
from storage.photofiles import Empty, Interrupted, Missing, PhotoFiles, TooBig, Unwritable

LIMIT = 20 << 20
HOURS_2 = 7200


@pytest.fixture
def photos(tmp_path: Path) -> PhotoFiles:
    """An empty photo folder that nobody has made yet."""
    return PhotoFiles(tmp_path / "photos")


async def chunks(data: bytes, step: int = 65536) -> AsyncIterator[bytes]:
    for start in range(0, len(data), step):
        await asyncio.sleep(0)
        yield data[start : start + step]


async def torn(data: bytes, fault: BaseException) -> AsyncIterator[bytes]:
    yield data
    raise fault


def files(photos: PhotoFiles) -> list[Path]:
    return sorted(p for p in photos.root.rglob("*") if p.is_file())


def age(path: Path) -> None:
    then = time.time() - HOURS_2
    os.utime(path, (then, then))


async def test_bytes_are_kept_as_received_under_their_hash(photos: PhotoFiles) -> None:
    data = os.urandom(3 * 1024 * 1024 + 7)
    kept = await photos.keep(chunks(data), len(data), LIMIT)
    name = hashlib.sha256(data).hexdigest()
    assert (kept.sha256, kept.size) == (name, len(data))
    assert kept.path == photos.root / name[:2] / name[2:4] / name == photos.path(name)
    assert files(photos) == [kept.path]
    assert photos.verify(name)
    with photos.open(name) as file:
        assert file.read() == data


async def test_a_length_that_was_not_announced_is_fine(photos: PhotoFiles) -> None:
    kept = await photos.keep(chunks(b"abc"), None, LIMIT)
    assert kept.size == 3


@pytest.mark.parametrize("announced", [9, 11, 5_000_000])
async def test_another_length_than_announced_is_temporary(
    photos: PhotoFiles, announced: int
) -> None:
    with pytest.raises(Interrupted, match="不用重发"):
        await photos.keep(chunks(b"0123456789", 3), announced, LIMIT)
    assert files(photos) == []


@pytest.mark.parametrize("fault", [ConnectionResetError(), TimeoutError(), EOFError()])
@pytest.mark.parametrize("size", [10, 3 << 20])
async def test_a_line_that_breaks_is_temporary(
    photos: PhotoFiles, fault: Exception, size: int
) -> None:
    with pytest.raises(Interrupted):
        await photos.keep(torn(bytes(size), fault), None, LIMIT)
    assert files(photos) == []


async def test_other_faults_of_the_source_pass_unchanged(photos: PhotoFiles) -> None:
    with pytest.raises(KeyError):
        await photos.keep(torn(bytes(3 << 20), KeyError("bug")), None, LIMIT)
    assert files(photos) == []


async def test_nothing_at_all_is_final_unless_more_was_announced(photos: PhotoFiles) -> None:
    for announced in (None, 0):
        with pytest.raises(Empty):
            await photos.keep(chunks(b""), announced, LIMIT)
    with pytest.raises(Interrupted):
        await photos.keep(chunks(b""), 100, LIMIT)
    assert files(photos) == []


async def test_too_big_is_final_and_read_no_further(photos: PhotoFiles) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65536
            yield bytes(65536)

    source = endless()
    with pytest.raises(TooBig, match="最多收 2 MB"):
        await photos.keep(source, None, 2 << 20)
    assert read <= (2 << 20) + 65536
    await source.aclose()
    with pytest.raises(TooBig, match="（86 MB）"):
        await photos.keep(chunks(b"x"), 86 << 20, LIMIT)
    assert files(photos) == []


async def test_a_cancelled_transfer_leaves_nothing(photos: PhotoFiles) -> None:
    started = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield bytes(2 << 20)
        started.set()
        await asyncio.sleep(60)

    source = slow()
    task = asyncio.ensure_future(photos.keep(source, None, LIMIT))
    await started.wait()
    assert len(files(photos)) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(photos) == []


@pytest.mark.parametrize("turns", range(0, 30, 3))
async def test_cancelled_at_any_moment_it_is_there_whole_or_not(
    photos: PhotoFiles, turns: int
) -> None:
    data = bytes(range(256)) * 16384
    task = asyncio.ensure_future(photos.keep(chunks(data, 1 << 18), len(data), LIMIT))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.get_running_loop().shutdown_default_executor()
    assert files(photos) in ([], [photos.path(hashlib.sha256(data).hexdigest())])


async def test_the_same_bytes_in_parallel_are_one_file(photos: PhotoFiles) -> None:
    data = os.urandom(2 << 20)
    kept = await asyncio.gather(
        *(photos.keep(chunks(data), len(data), LIMIT) for _ in range(8)),
        *(photos.keep(chunks(data[:99]), 99, LIMIT) for _ in range(8)),
    )
    assert len(set(kept)) == 2
    assert files(photos) == sorted({k.path for k in kept})


async def test_a_spoilt_file_is_noticed_and_healed_by_the_same_bytes(photos: PhotoFiles) -> None:
    kept = await photos.keep(chunks(b"evidence"), 8, LIMIT)
    kept.path.write_bytes(b"Evidence")
    assert not photos.verify(kept.sha256)
    await photos.keep(chunks(b"evidence"), 8, LIMIT)
    assert photos.verify(kept.sha256)
    kept.path.unlink()
    assert not photos.verify(kept.sha256)
    with pytest.raises(Missing):
        photos.open(kept.sha256)


@pytest.mark.parametrize(
    "name",
    ["../../x", "", "a" * 63, "A" * 64, "../" + "a" * 61, "a" * 64 + "\n", "a" * 64 + "/..",
     "\0" * 64, "\uff41" * 64, "a" * 63 + "\u202e"],
)  # fmt: skip
def test_no_name_but_a_hash_becomes_a_path(photos: PhotoFiles, name: str) -> None:
    for use in (photos.path, photos.thumbnail_path, photos.open, photos.verify):
        with pytest.raises(ValueError, match="sha256"):
            use(name)


def test_photo_and_thumbnail_live_apart(photos: PhotoFiles) -> None:
    name = "ab" * 32
    assert photos.path(name) == photos.root / "ab" / "ab" / name
    assert photos.thumbnail_path(name) == photos.root / "thumbnails" / "ab" / "ab" / f"{name}.jpg"


async def test_a_folder_that_takes_nothing_is_temporary(tmp_path: Path) -> None:
    (tmp_path / "photos").write_bytes(b"a file where the folder should be")
    photos = PhotoFiles(tmp_path / "photos")
    with pytest.raises(Unwritable, match="留着别删"):
        await photos.keep(chunks(b"abc"), 3, LIMIT)
    with pytest.raises(Unwritable):
        photos.sweep([])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
async def test_a_full_disk_is_temporary(
    photos: PhotoFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> object:
        return Path("/dev/full").open("wb")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    with pytest.raises(Unwritable):
        await photos.keep(chunks(bytes(3 << 20)), None, LIMIT)


async def test_a_sweep_removes_halves_and_tells_orphans(photos: PhotoFiles) -> None:
    assert photos.sweep([]).removed == 0
    known = await photos.keep(chunks(b"known"), 5, LIMIT)
    orphan = await photos.keep(chunks(b"orphan"), 6, LIMIT)
    fresh = await photos.keep(chunks(b"row comes in a moment"), None, LIMIT)
    thumbnail = photos.thumbnail_path(known.sha256)
    thumbnail.parent.mkdir(parents=True)
    halves = [photos.incoming / "tmpold", thumbnail.with_name("x.jpg.77.part")]
    for path in [*halves, thumbnail, photos.incoming / "tmpnew"]:
        path.write_bytes(b"half")
    for path in [*halves, thumbnail, known.path, orphan.path]:
        age(path)
    swept = photos.sweep(iter([known.sha256]))
    assert (swept.removed, swept.orphans) == (2, (orphan.sha256,))
    left = {known.path, orphan.path, fresh.path, thumbnail, photos.incoming / "tmpnew"}
    assert set(files(photos)) == left


def test_sentences_say_what_is_lost_and_what_to_do() -> None:
    faults = [Interrupted(), Empty(), TooBig(LIMIT), TooBig(LIMIT, 86 << 20), Unwritable()]
    for fault in faults:
        assert isinstance(fault, BadFile | StoreFault)
        assert len(fault.sentence) <= 110
        assert (
            "没丢" in fault.sentence or "不用重发" in fault.sentence or "自己再取" in fault.sentence
        )
