"""Sends what is owed: claims rows, words their cards from the facts of the moment, records.

Rows are claimed (committed) before they are sent and recorded after,
so a crash repeats at most what was in flight. Knows no card's words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from aiogram.exceptions import AiogramError

from bot.clock import Clock
from bot.rules.records import Bureau
from bot.transports.line import Line
from scheduler import upsets
from scheduler.faces import Face, View, face
from scheduler.pace import MINUTE, NOW, Pace
from scheduler.showing import Hand, count
from scheduler.verdicts import Judge, ended, later
from scheduler.workshop import Workshop
from storage import outbox
from storage.database import Database
from storage.outbox import Owed, Result
from storage.schema import Transaction

log = structlog.get_logger(__name__)

Drawn = tuple[Owed, Face | Exception]
"""A claimed row and what its chat must see now, or why that can't be said."""

WINDOW = 24
"""Rows in flight at once: the most that a crash can repeat."""


class Sender:
    """Owed rows become messages; one at a time in a chat, chats side by side."""

    def __init__(
        self, database: Database, lines: Mapping[str, Line], clock: Clock, bureau: Bureau,
        workshop: Workshop,
    ) -> None:  # fmt: skip
        self.bureau = bureau
        self._database, self._lines, self._clock = database, lines, clock
        self._wake = asyncio.Event()
        self._busy: dict[int, int] = {}
        self._flying = 0
        self._results: list[Result] = []
        self._judge = Judge(database)
        self._pace = Pace(lines)
        self._hand = Hand(database, self._pace, workshop, clock)
        self._stopping = False

    def wake(self) -> None:
        """Something may be owed."""
        self._wake.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent or waits to be recorded."""
        return not self._flying and not self._results and not self._wake.is_set()

    async def run(self) -> None:
        """Sends until `stop`; what a crash left half sent is sent again once."""
        again, held = await self._database.write(upsets.recover, self._clock.now())
        if again or held:
            log.info("cards were being sent when the process ended", again=again, held=held)
        since = self._clock.now() - MINUTE
        self._pace.remember(await self._database.read(outbox.shown_since, since))
        async with asyncio.TaskGroup() as group:
            while self._flying or not self._stopping:
                self._wake.clear()
                room = 0 if self._stopping else WINDOW - self._flying + len(self._results)
                rows = await self._turn(room)
                for chat, drawn in _by_chat(await self._draw(rows)).items():
                    self._busy[chat] = self._busy.get(chat, 0) + 1
                    group.create_task(self._serve(chat, drawn))
                if self._stopping and not self._flying:
                    break  # nothing is left whose end would wake us
                if len(rows) == room:
                    await self._wake.wait()
                else:
                    await self._rest()

    def stop(self) -> None:
        """Nothing more is claimed; what is in flight is finished and recorded."""
        self._stopping = True
        self._wake.set()

    async def _turn(self, room: int) -> list[Owed]:
        """What was sent is recorded, up to `room` due rows are claimed, both in one commit.

        A row is in flight until it is recorded, so that a crash repeats no more than the window.
        """
        now = self._clock.now()
        self._judge.forget_pauses(now)
        self._pace.forget(now)
        busy = list(self._busy)
        results, self._results = self._results, []
        try:
            rows = await self._database.write(outbox.turn, results, now, busy, room)
        except Exception as fault:  # noqa: BLE001 - a lane that must survive: the sender
            log.error("the outbox can't be used yet", fault=str(fault))
            self._results = [*results, *self._results]
            await asyncio.sleep(1.0)
            self._wake.set()
            return []
        self._flying += len(rows) - len(results)
        return rows

    async def _draw(self, rows: list[Owed]) -> list[Drawn]:
        """The rows with what they must show, read together; a fault belongs to its row alone."""
        if not rows:
            return []
        now = self._clock.now()
        try:
            return await self._database.read(_faces, rows, self.bureau, now, self._lines)
        except Exception as fault:  # noqa: BLE001 - the store may be busy: the rows come again
            return [(row, fault) for row in rows]

    async def _rest(self) -> None:
        """Until woken, or the next card is due."""
        try:
            due = await self._database.read(outbox.next_due)
            wait = 30.0 if due is None else (due - self._clock.now()).total_seconds()
            async with asyncio.timeout(min(max(wait, 0.1), 30.0)):
                await self._wake.wait()
        except TimeoutError:
            return
        except Exception as fault:  # noqa: BLE001 - a lane that must survive: the sender
            log.error("the outbox can't be read", fault=str(fault))
            await asyncio.sleep(1.0)

    async def _serve(self, chat: int, drawn: list[Drawn]) -> None:
        for row, shown in drawn:
            # Apart: the list is another one when what is awaited has come.
            result = await self._send(row, shown)
            self._results.append(result)
            self._wake.set()
        self._busy.pop(chat, None)

    async def _send(self, row: Owed, shown: Face | Exception) -> Result:
        """What became of the row; whatever happens to one card, the others go on."""
        now = self._clock.now()
        try:
            return await self._attempt(row, shown, now)
        except AiogramError as refusal:
            fault: Exception = refusal
        except Exception as broken:  # noqa: BLE001 - one card's fault must not stop the others
            fault = broken
        try:
            return await self._judge.judge(row, fault, now)
        except Exception as second:  # noqa: BLE001 - the store may be busy: the row comes again
            log.error("what became of a card can't be noted yet", fault=type(second).__name__)
            return later(row, now, timedelta(seconds=5), type(fault).__name__)

    async def _attempt(self, row: Owed, shown: Face | Exception, now: datetime) -> Result:
        line = self._lines.get(row.line)
        if line is None:
            return later(row, now, timedelta(minutes=10), "the line is not configured")
        pause = self._judge.paused(row, now)
        if pause > NOW:
            return later(row, now, pause, "the chat is paused", 0)
        if isinstance(shown, Exception):
            raise shown
        if shown is None:
            return ended(row, outbox.DROPPED, now, "nothing to say any more")
        wait = self._pace.wait(line, row, now, count(line, row, shown))
        if wait > NOW:
            return later(row, now, wait, "the line's pace", 0)
        return await self._hand.show(line, row, shown, self.bureau, now)


def _faces(
    tx: Transaction, rows: list[Owed], bureau: Bureau, now: datetime,
    lines: Mapping[str, Line],
) -> list[Drawn]:  # fmt: skip
    """Each row with its face, or with what kept it from being drawn."""
    drawn: list[Drawn] = []
    for row in rows:
        try:
            line = lines.get(row.line)
            place_key = line is not None and line.place_key
            view = View(bureau, now, line.link if line else str, place_key)
            drawn.append((row, face(tx, row, view)))
        except Exception as fault:  # noqa: BLE001 - one card's fault must not stop the others
            drawn.append((row, fault))
    return drawn


def _by_chat(drawn: list[Drawn]) -> dict[int, list[Drawn]]:
    found: dict[int, list[Drawn]] = {}
    for row, shown in drawn:
        found.setdefault(row.chat, []).append((row, shown))
    return found


def keep_classes() -> list[object]:
    """The response classes of what is sent, held so that pydantic need not build them anew.

    pydantic keeps parametrised classes weakly: each full garbage collection drops them, and the
    next message pays 3-4 ms (performance.md, finding 2).
    """
    from aiogram.methods import (
        AnswerCallbackQuery,
        EditMessageText,
        GetFile,
        Response,
        SendDocument,
        SendMediaGroup,
        SendMessage,
        SendPhoto,
        SetMessageReaction,
    )

    sent = (
        SendMessage, SendPhoto, SendDocument, SendMediaGroup, EditMessageText, SetMessageReaction,
        AnswerCallbackQuery, GetFile,
    )  # fmt: skip
    return [Response[method.__returning__] for method in sent]  # type: ignore[name-defined]
