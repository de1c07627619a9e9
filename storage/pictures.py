"""Looks at pictures, and draws them, in a process of its own: no picture takes the bot down.

Knows how to start, time, kill and replace that process, and what to tell the sender; what happens
inside it is storage/decoding.py and storage/rendering.py. Never reads a photo into the bot's own
memory, nor the font.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.errors import BadFile, StoreFault
from storage import decoding, fitting, rendering
from storage.decoding import Look, Trouble
from storage.photofiles import Empty, Missing, TooBig, Unwritable
from storage.rendering import NotDrawable

__all__ = ["BrokenPicture", "Look", "NotAPicture", "NotDrawable", "Pictures", "TooManyPixels"]

T = TypeVar("T")

MEMORY = 1 << 30
"""Bytes of address space of the child: a 40-megapixel decode needs some 400 MB of it."""

PATIENCE = 5
"""Seconds to wait for a killed process; it ends at once unless the disk under it hangs."""

_HEIC = (
    "这张是苹果手机的专用格式，我打不开。上报没丢。"
    "请当照片发，不要当文件发；或者在手机设置的相机格式里选「兼容性最佳」再拍。"
)


class NotAPicture(BadFile):
    """The bytes are no picture of a kind that can be shown; final."""

    sentence = "这个文件不是照片，我看不了。上报没丢。请用相机拍一张，或从相册选一张再发。"


class TooManyPixels(BadFile):
    """The picture has more pixels than are decoded; final."""

    def __init__(self, width: int, height: int, max_pixels: int) -> None:
        size = f"（{width}×{height} 点）" if width else ""
        super().__init__(
            f"这张图太大{size}，我最多看 {max_pixels // 10_000} 万点的图。"
            "上报没丢。请用手机相机拍一张普通照片再发。"
        )


class BrokenPicture(BadFile):
    """The picture can't be decoded to its end, or not in time; final."""

    sentence = "这张照片坏了，打不开。上报没丢。请把原来那张再发一次，还不行就重新拍一张。"


class Pictures:
    """One child process that starts with the first picture and takes them one after the other.

    `font` is the file that charts are lettered with, or None for the one that comes along.
    """

    def __init__(
        self, max_pixels: int, max_bytes: int, seconds: float = 20, font: Path | None = None
    ) -> None:
        self.max_pixels = max_pixels
        self.max_bytes = max_bytes
        self.seconds = seconds
        self.font = str(font) if font else None
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()
        self._closed = False

    async def look(self, path: Path, thumbnail: Path) -> Look:
        """What the picture is; its thumbnail (JPEG, at most 320 pixels a side) is written.

        Raises NotAPicture, TooManyPixels, BrokenPicture, Empty or TooBig, which are final; Missing,
        Unwritable or StoreFault (closed meanwhile, no process to be had) where the picture is not
        to blame. The file itself is never changed.
        """
        outcome = await self._done(
            partial(decoding.examine, str(path), str(thumbnail), self.max_pixels, self.max_bytes)
        )
        if isinstance(outcome, Look):
            return outcome
        raise self._fault(outcome or Trouble("broken"))

    async def draw(self, drawing: str) -> bytes:
        """The drawing (SVG of our own making) as PNG, lettered with the packaged font.

        Raises NotDrawable, which is final for this drawing; StoreFault as `look` does.
        """
        picture = await self._done(partial(rendering.render, drawing, self.font))
        if picture is None:
            raise NotDrawable("the picture process died of the drawing, or took too long over it")
        return picture

    async def fit(self, path: Path) -> bytes:
        """The stored photo in a size that every line takes; nothing where it is so as it stands.

        Raises as `look`.
        """
        outcome = await self._done(partial(fitting.fitted, str(path), self.max_pixels))
        if isinstance(outcome, bytes):
            return outcome
        raise self._fault(outcome or Trouble("broken"))

    async def _done(self, job: Callable[[], T]) -> T | None:
        """What the job returns; None where it killed the process twice, or took too long."""
        # The first death may be an accident (the kernel short of memory, a stop of the service).
        async with self._turn:
            for _ in range(2):
                try:
                    # Not wait_for: before Python 3.12 it loses a cancellation that comes together
                    # with the answer, and a stop of the service would wait for ever.
                    async with asyncio.timeout(self.seconds):
                        return await self._ask(job)
                except BrokenProcessPool:
                    await self._drop()
                except TimeoutError:
                    await self._drop()
                    break
                except OSError as fault:
                    await self._drop()
                    raise StoreFault("the picture process can't be started") from fault
                except asyncio.CancelledError:
                    # Else the next picture would wait for the one nobody asks for any more.
                    await self._drop()
                    raise
        return None

    async def _ask(self, job: Callable[[], T]) -> T:
        if self._closed:
            raise StoreFault("the picture process is closed")
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, multiprocessing.get_context("spawn"), decoding.prepare, (MEMORY,)
            )
        # The first submit starts the process (12 ms, once in weeks).
        todo = self._pool.submit(decoding.within, self.seconds, job)
        return await asyncio.wrap_future(todo)

    async def close(self) -> None:
        """The process is gone; a look under way raises StoreFault, as does every later one."""
        self._closed = True
        await self._drop()

    async def _drop(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        # Python 3.11 has no public way to end a worker that hangs (3.14: kill_workers).
        for process in list((pool._processes or {}).values()):
            process.kill()
        # Killed amid a large answer: as long as we hold the other end of its pipe ourselves, the
        # pool would wait for the rest of it, and this process with it at its end.
        pool._result_queue._writer.close()  # type: ignore[attr-defined]
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await asyncio.to_thread(pool.shutdown)

    def _fault(self, trouble: Trouble) -> Exception:
        match trouble.problem:
            case "empty":
                return Empty()
            case "heic":
                return NotAPicture(_HEIC)
            case "not_a_picture":
                return NotAPicture()
            case "too_big":
                return TooBig(self.max_bytes)
            case "too_many_pixels":
                return TooManyPixels(trouble.width, trouble.height, self.max_pixels)
            case "unreadable":
                return Missing()
            case "unwritable":
                return Unwritable()
            case "broken":
                return BrokenPicture()
