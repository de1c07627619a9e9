"""Fetches the files that reports announced: download, hash, store, look; the durable photo queue.

A file is expected until it is stored or unavailable with a reason that the person hears. An error
never carries the address it came from: a Bot API address holds the token. Knows no card.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import structlog
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiohttp import ClientError

from bot.actions import photos
from bot.clock import Clock
from bot.errors import BadFile, StoreFault
from bot.rules.records import Limits
from bot.transports.downloads import download
from bot.transports.line import Line
from storage import parts
from storage.database import Database
from storage.parts import Part
from storage.photofiles import Interrupted, PhotoFiles
from storage.pictures import NotAPicture, Pictures

log = structlog.get_logger(__name__)

AT_ONCE = 4
WAITS = (1, 2, 5, 15, 30, 60, 120, 300)
"""Seconds until the next try; after the last one every ten minutes, for a day."""

GIVE_UP_AFTER = 150
REFUSALS = 4
"""So many times the platform may say that it has no such file: it says so in passing, too."""

MEGABYTE = 1024 * 1024


class Fetcher:
    """Every expected file is fetched, a few at once, the longest waiting first."""

    def __init__(
        self, database: Database, files: PhotoFiles, pictures: Pictures,
        lines: Mapping[str, Line], clock: Clock, limits: Limits, owed: Callable[[], None],
    ) -> None:  # fmt: skip
        """`owed` is called when a card may be owed because of what became of a file."""
        self._database, self._files, self._pictures = database, files, pictures
        self._lines, self._clock, self._limits = lines, clock, limits
        self._owed = owed
        self._wake = asyncio.Event()
        self._flying: set[int] = set()
        self._stopping = False

    def wake(self) -> None:
        """Something may be expected."""
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being fetched."""
        return not self._flying and not self._wake.is_set()

    def stop(self) -> None:
        """Nothing more is begun; what is being fetched stays expected if it is not finished."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Fetches until `stop`; then running downloads are dropped, to be begun anew at start."""
        async with asyncio.TaskGroup() as group:
            running: set[asyncio.Task[None]] = set()
            while not self._stopping:
                self._wake.clear()
                for part in await self._due():
                    self._flying.add(part.id)
                    task = group.create_task(self._fetch(part))
                    running.add(task)
                    task.add_done_callback(running.discard)
                await self._rest()
            for task in running:
                task.cancel()

    async def _due(self) -> list[Part]:
        room = AT_ONCE - len(self._flying)
        try:
            found = await self._database.read(parts.due, self._clock.now(), AT_ONCE * 2)
        except Exception as fault:  # noqa: BLE001 - a lane that must survive: the fetcher
            log.error("the photo queue can't be read", fault=str(fault))
            await asyncio.sleep(1.0)
            return []
        return [part for part in found if part.id not in self._flying][: max(room, 0)]

    async def _rest(self) -> None:
        try:
            due = await self._database.read(parts.next_due) if not self._flying else None
            wait = 30.0 if due is None else (due - self._clock.now()).total_seconds()
            async with asyncio.timeout(min(max(wait, 0.0), 30.0)):
                await self._wake.wait()
        except TimeoutError:
            return
        except Exception as fault:  # noqa: BLE001 - a lane that must survive: the fetcher
            log.error("the photo queue can't be read", fault=str(fault))
            await asyncio.sleep(1.0)

    async def _fetch(self, part: Part) -> None:
        try:
            try:
                await self._try(part)
            except Exception as fault:  # noqa: BLE001 - one file's fault must not stop the others
                log.error("a file could not be taken", part=part.id, fault=type(fault).__name__)
                await self._postpone(part, type(fault).__name__)
        except Exception as fault:  # noqa: BLE001 - the store may be busy: the file comes again
            log.error("a file's fate can't be noted yet", part=part.id, fault=type(fault).__name__)
            await asyncio.sleep(1.0)
        finally:
            self._flying.discard(part.id)
            self._wake.set()

    async def _try(self, part: Part) -> None:
        facts: dict[str, Any] = {}
        try:
            line = self._lines.get(part.line)
            if line is None or part.file_id is None:
                await self._postpone(part, "the line is not configured")
                return
            limit = self._limits.photo_megabytes * MEGABYTE
            kept = await self._files.keep(
                download(line.bot, part.file_id), part.expected_size, limit
            )
            facts = {"sha256": kept.sha256, "size": kept.size, "md5": kept.md5}
            facts |= await self._look(part, kept.sha256)
        except Interrupted:
            await self._postpone(part, "the download was cut")
        except BadFile as bad:
            if facts and part.attempts == 0:
                await self._postpone(part, "the picture is broken; fetched once more")
            else:
                await self._lose(part, type(bad).__name__, bad.sentence, facts)
        except TelegramBadRequest as refused:
            await self._refused(part, refused.message)
        except StoreFault as full:
            log.error("the photo folder can't be written", reason=full.sentence)
            await self._postpone(part, "the photo folder can't be written")
        except (AiogramError, ClientError, TimeoutError, OSError) as fault:
            await self._postpone(part, type(fault).__name__)
        else:
            if await self._database.write(photos.arrived, part, facts, self._clock.now()):
                self._owed()

    async def _look(self, part: Part, sha256: str) -> dict[str, Any]:
        """What is to be seen in a picture; a paper, a voice or a film is kept as it is."""
        if part.kind in ("voice", "video"):
            return {}
        path, small = self._files.path(sha256), self._files.thumbnail_path(sha256)
        try:
            look = await self._pictures.look(path, small)
        except NotAPicture:
            if part.kind == "document":
                return {}
            raise
        seen = asdict(look)
        wanted = ("mime", "width", "height", "dhash", "phash", "taken_at")
        return {name: seen[name] for name in wanted}

    async def _refused(self, part: Part, reason: str) -> None:
        if "too big" in reason:
            most = self._limits.photo_megabytes
            sentence = f"这个文件太大，我最多收 {most} MB，没收下。拍张照片，或者剪短再发。"
        elif part.attempts < REFUSALS:
            await self._postpone(part, reason)
            return
        else:
            sentence = "这个文件在平台上已经取不到了，没收下。请重新发一次。"
        await self._lose(part, reason, sentence, {})

    async def _postpone(self, part: Part, reason: str) -> None:
        if part.attempts >= GIVE_UP_AFTER:
            sentence = "这个文件一直没能取到，没收下。请重新发一次。"
            await self._lose(part, reason, sentence, {})
            return
        wait = WAITS[part.attempts] if part.attempts < len(WAITS) else 600
        now = self._clock.now()
        due = now + timedelta(seconds=wait)
        await self._database.write(photos.postponed, part, due, reason, now)
        if part.attempts == 0:
            self._owed()

    async def _lose(self, part: Part, reason: str, sentence: str, facts: dict[str, Any]) -> None:
        now = self._clock.now()
        await self._database.write(photos.lost, part, reason, sentence, now, facts)
        self._owed()
