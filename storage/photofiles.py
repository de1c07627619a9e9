"""Photo files under the hash of their bytes; knows nothing of what a picture shows or who sent it.

    root/incoming/…               transfers under way, under names nobody outside chooses
    root/ab/cd/<sha256>           bytes as received, never changed, never deleted here
    root/thumbnails/ab/cd/<sha256>.jpg   drawn by storage/pictures.py, can be drawn again

Worth another try: Interrupted (the transfer) and Unwritable (our disk). Final: Empty and TooBig.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, TypeVar

from bot.errors import BadFile, StoreFault

R = TypeVar("R")

PART = 1 << 20
"""Bytes gathered before a thread is asked to write them; a usual photo is a single hop."""

STALE_SECONDS = 3600
"""No transfer runs so long, and no row follows its file so late."""

_HASH = re.compile(r"[0-9a-f]{64}")


class Interrupted(BadFile):
    """The transfer ended early or with another length than announced; another try may do."""

    sentence = "照片还在路上，收到了我再告诉您，不用重发。"


class Empty(BadFile):
    """There is not one byte in it; final."""

    sentence = "这张照片是空的，没收下。上报没丢。请把照片再发一次。"


class TooBig(BadFile):
    """The file is over the limit; final."""

    def __init__(self, limit: int, size: int | None = None) -> None:
        what = f"（{_megabytes(size)} MB）" if size is not None else ""
        super().__init__(
            f"这张照片太大{what}，我最多收 {_megabytes(limit)} MB，没收下。"
            "上报没丢。请不要选原图，再发一次。"
        )


class Unwritable(StoreFault):
    """The photo folder takes no bytes (full, read-only, gone); another try may do."""

    sentence = "我这边存不了照片，这张还没收下。照片留着别删，修好了我会自己再取。"


class Missing(StoreFault):
    """A photo that was stored can't be read any more."""

    sentence = "这张照片的文件读不出来了，记录还在。请告诉管理员。"


@dataclass(frozen=True)
class Kept:
    """A stored photo: its hashes in lower-case hex, its length in bytes, its place.

    The MD5 proves nothing; it is the word by which some platforms speak of a picture.
    """

    sha256: str
    size: int
    path: Path
    md5: str


@dataclass(frozen=True)
class Swept:
    """What a sweep removed (a count) and the hashes of stored photos that nobody knows."""

    removed: int
    orphans: tuple[str, ...]


class PhotoFiles:
    """The photo folder; its names come from hashes alone, so no sender can choose a place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        self._durable: set[Path] = set()

    async def keep(
        self, chunks: AsyncIterator[bytes], expected_size: int | None, limit: int
    ) -> Kept:
        """The bytes are on disk under their hash, durably; a second time changes nothing.

        `expected_size` and `limit` are bytes. Raises Interrupted, Empty, TooBig or Unwritable, and
        passes on what `chunks` raises unless it is an OSError or EOFError (then Interrupted).
        Whatever is raised, cancellation too, nothing half-way stays behind. The caller closes
        `chunks`.
        """
        if expected_size is not None and expected_size > limit:
            raise TooBig(limit, expected_size)
        transfer = _Transfer(self.incoming)
        try:
            size = await self._receive(transfer, chunks, limit)
            if expected_size not in (None, size):
                raise Interrupted
            if size == 0:
                raise Empty
            return await _in_thread(self._settle, transfer, size)
        except BaseException:
            await asyncio.shield(_in_thread(transfer.discard))
            raise

    async def _receive(self, transfer: _Transfer, chunks: AsyncIterator[bytes], limit: int) -> int:
        size = 0
        part = bytearray()
        while (chunk := await _next(chunks)) is not None:
            size += len(chunk)
            if size > limit:
                raise TooBig(limit)
            part += chunk
            if len(part) >= PART:
                await _in_thread(transfer.write, part)
                part = bytearray()
        await _in_thread(transfer.write, part)
        return size

    def _settle(self, transfer: _Transfer, size: int) -> Kept:
        sha256 = transfer.hash.hexdigest()
        path = self.path(sha256)
        self._make(path.parent)
        # Also over a file that is there already: the same bytes, or a copy the disk has spoilt.
        transfer.rename(path)
        _sync(path.parent)
        return Kept(sha256, size, path, transfer.md5.hexdigest())

    def _make(self, folder: Path) -> None:
        """The folder is there and a power cut leaves it there; remembered, for speed."""
        if folder in self._durable and folder.is_dir():
            return
        if folder != self.root:
            self._make(folder.parent)
        folder.mkdir(parents=folder == self.root, exist_ok=True)
        _sync(folder.parent)
        self._durable.add(folder)

    def path(self, sha256: str) -> Path:
        """Where the photo is or would be; ValueError for anything but 64 lower-case hex digits."""
        return self.root / _fan(sha256) / sha256

    def thumbnail_path(self, sha256: str) -> Path:
        """Where its thumbnail is or would be; ValueError as `path`."""
        return self.root / "thumbnails" / _fan(sha256) / f"{sha256}.jpg"

    def open(self, sha256: str) -> BinaryIO:
        """The bytes as received, to be closed by the caller; raises Missing."""
        try:
            return self.path(sha256).open("rb")
        except OSError as fault:
            raise Missing from fault

    def verify(self, sha256: str) -> bool:
        """Whether the photo is there, readable, and still has this hash; reads the whole file."""
        try:
            with self.path(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def sweep(self, known: Iterable[str]) -> Swept:
        """Transfers and thumbnails left half-way over an hour ago are removed; orphans are told.

        An orphan is a stored photo, over an hour old, that is not among the `known` hashes; it
        stays. Raises Unwritable.
        """
        try:
            self.incoming.mkdir(parents=True, exist_ok=True)
            # The disk's own clock: the house's may be moved, and a file server's may differ.
            with tempfile.TemporaryFile(dir=self.incoming) as mark:
                before = os.fstat(mark.fileno()).st_mtime - STALE_SECONDS
            halves = [*self.incoming.iterdir(), *self.root.glob("thumbnails/*/*/*.part")]
            stale = [half for half in halves if _older(half, before)]
            for half in stale:
                half.unlink(missing_ok=True)
            photos = (p for p in self.root.glob("??/??/*") if _HASH.fullmatch(p.name))
            ours = set(known)
            orphans = [p.name for p in photos if p.name not in ours and _older(p, before)]
        except OSError as fault:
            raise Unwritable from fault
        return Swept(len(stale), tuple(sorted(orphans)))


class _Transfer:
    """One file on its way in; the lock lets `discard` wait for a write that was abandoned."""

    def __init__(self, folder: Path) -> None:
        self.hash = hashlib.sha256()
        self.md5 = hashlib.md5(usedforsecurity=False)
        self._folder = folder
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        self._discarded = False

    def write(self, part: bytes | bytearray) -> None:
        with self._lock:
            if self._discarded or not part:
                return
            if self._file is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed further down
                    dir=self._folder, delete=False
                )
            self._file.write(part)
            self.hash.update(part)
            self.md5.update(part)

    def rename(self, target: Path) -> None:
        with self._lock:
            if self._file is None or self._discarded:
                return
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            Path(self._file.name).replace(target)

    def discard(self) -> None:
        with self._lock:
            self._discarded = True
            if self._file is not None:
                with suppress(OSError):  # a full disk fails again when the buffer is flushed
                    self._file.close()
                Path(self._file.name).unlink(missing_ok=True)


def _megabytes(size: int) -> int:
    return max(1, round(size / (1 << 20)))


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    try:
        return await anext(chunks, None)
    except (OSError, EOFError) as fault:
        raise Interrupted from fault


async def _in_thread(work: Callable[..., R], *args: object) -> R:
    try:
        return await asyncio.to_thread(work, *args)
    except OSError as fault:
        raise Unwritable from fault


def _fan(sha256: str) -> Path:
    if not _HASH.fullmatch(sha256):
        raise ValueError(f"not a sha256 in lower-case hex: {sha256!r}")
    return Path(sha256[:2], sha256[2:4])


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False
