"""Sends what is owed: claims rows, words their cards from the facts of the moment, records.

The only place that retries. Rows are claimed (committed) before they are sent and recorded after,
so a crash repeats at most what was in flight. Knows no card's words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
)

from bot.clock import Clock
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words.card import Card, Reaction, same_gist
from scheduler import drawing, upsets
from scheduler.faces import SECRET_ARGS, Face, View, face
from scheduler.pace import MINUTE, NOW, Pace
from storage import outbox
from storage.database import Database
from storage.outbox import Owed, Result
from storage.schema import Transaction

log = structlog.get_logger(__name__)

Drawn = tuple[Owed, Face | Exception]
"""A claimed row and what its chat must see now, or why that can't be said."""

WINDOW = 24
"""Rows in flight at once: the most that a crash can repeat."""

SEND_SECONDS = 20
LONGEST_WAIT = timedelta(seconds=60)
GIVE_UP_AFTER = 1500
"""Attempts at one card, a day's worth at the longest wait; then it is failed and listed."""

BROKEN_AFTER = 5
"""Attempts at a card that can't even be drawn."""


class Sender:
    """Owed rows become messages; one at a time in a chat, chats side by side."""

    def __init__(
        self, database: Database, lines: Mapping[str, Line], clock: Clock, bureau: Bureau
    ) -> None:
        self.bureau = bureau
        self._database, self._lines, self._clock = database, lines, clock
        self._wake = asyncio.Event()
        self._busy: dict[int, int] = {}
        self._flying = 0
        self._results: list[Result] = []
        self._pauses: dict[tuple[str, int], datetime] = {}
        self._pace = Pace(lines)
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
        again = await self._database.write(outbox.recover)
        if again:
            log.info("cards that were being sent when the process ended are sent again", n=again)
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
        self._pauses = {chat: until for chat, until in self._pauses.items() if until > now}
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
            return await self._judge(row, fault, now)
        except Exception as second:  # noqa: BLE001 - the store may be busy: the row comes again
            log.error("what became of a card can't be noted yet", fault=type(second).__name__)
            return self._later(row, now, timedelta(seconds=5), type(fault).__name__)

    async def _attempt(self, row: Owed, shown: Face | Exception, now: datetime) -> Result:
        line = self._lines.get(row.line)
        if line is None:
            return self._later(row, now, timedelta(minutes=10), "the line is not configured")
        until = self._pauses.get((row.line, row.chat), now)
        if until > now:
            return self._later(row, now, until - now, "the chat is paused", 0)
        if isinstance(shown, Exception):
            raise shown
        if shown is None:
            return self._ended(row, outbox.DROPPED, now, "nothing to say any more")
        wait = self._pace.wait(line, row, now)
        if wait > NOW:
            return self._later(row, now, wait, "the line's pace", 0)
        return await self._show(line, row, shown, now)

    async def _judge(self, row: Owed, fault: Exception, now: datetime) -> Result:
        """Whether the card comes again, and when; or is refused for good, and who must know."""
        if isinstance(fault, TelegramRetryAfter):
            wait = timedelta(seconds=fault.retry_after)
            self._pauses[row.line, row.chat] = now + wait
            return self._later(row, now, wait, f"429, again in {fault.retry_after} s", 0)
        if isinstance(fault, TelegramMigrateToChat):
            await self._database.write(upsets.chat_moved, row, fault.migrate_to_chat_id)
            return self._later(row, now, timedelta(0), "the group has a new number")
        if isinstance(fault, TelegramForbiddenError):
            await self._database.write(upsets.shut_out, row, now)
            return self._ended(row, outbox.FAILED, now, fault.message)
        if isinstance(fault, (TelegramBadRequest, TelegramNotFound)):
            log.warning("a card was refused", card=row.card, subject=row.subject, why=fault.message)
            return self._ended(row, outbox.FAILED, now, fault.message)
        passing = isinstance(fault, (AiogramError, TimeoutError, OSError))
        if not passing:
            log.error("a card could not be drawn", card=row.card, exc_info=fault)
        if row.attempts >= (GIVE_UP_AFTER if passing else BROKEN_AFTER):
            return self._ended(row, outbox.FAILED, now, type(fault).__name__)
        wait = min(timedelta(seconds=2 ** min(row.attempts, 6)), LONGEST_WAIT)
        # What the chat shows is not known any more: the answer may have been lost, not the edit.
        return self._later(replace(row, digest=None), now, wait, type(fault).__name__)

    async def _show(self, line: Line, row: Owed, shown: Card | Reaction, now: datetime) -> Result:
        if isinstance(shown, Reaction):
            return await self._react(line, row, shown, now)
        digest = shown.digest()
        if row.message is not None and digest == row.digest:
            return _done(row, now, row.message, digest)
        await self._pace.take(line, row, now)
        if row.message is not None:
            edited = drawing.edit(shown, row.chat, row.message, line.choices)
            try:
                await line.bot(edited, request_timeout=SEND_SECONDS)
            except TelegramBadRequest as refused:
                if "not modified" in refused.message:
                    return _done(row, now, row.message, digest)
                if not _gone(refused):
                    raise
                if shown.brief is not None and _stands(refused) and same_gist(row.digest, digest):
                    return await self._say_briefly(line, row, shown, now)
            else:
                return _done(row, now, row.message, digest)
        sent = await line.bot(
            drawing.send(shown, row.chat, line.choices), request_timeout=SEND_SECONDS
        )
        return _done(row, now, sent.message_id, digest)

    async def _say_briefly(self, line: Line, row: Owed, shown: Card, now: datetime) -> Result:
        """The card stays as it stands in the chat; its short line says what is new, if anything."""
        if shown.brief:
            said = drawing.send(Card(shown.brief), row.chat)
            await line.bot(said, request_timeout=SEND_SECONDS)
        return _done(row, now, row.message, shown.digest())

    async def _react(self, line: Line, row: Owed, shown: Reaction, now: datetime) -> Result:
        if line.reactions:
            try:
                method = drawing.react(shown, row.chat, row.subject)
                await line.bot(method, request_timeout=SEND_SECONDS)
            except TelegramBadRequest as refused:
                # Never the only receipt: the card is (conversations.md 3.5).
                return self._ended(row, outbox.DROPPED, now, refused.message)
        return _done(row, now, None, None)

    def _later(
        self, row: Owed, now: datetime, wait: timedelta, reason: str, tried: int = 1
    ) -> Result:
        return Result(
            row.id, outbox.OWED, row.wanted, row.message, row.digest, now, now + wait,
            row.attempts + tried, reason,
        )  # fmt: skip

    def _ended(self, row: Owed, state: str, now: datetime, reason: str) -> Result:
        return Result(
            row.id, state, row.wanted, row.message, row.digest, now, now, row.attempts, reason,
            keep_args=row.card not in SECRET_ARGS,
        )  # fmt: skip


def _done(row: Owed, now: datetime, message: int | None, digest: str | None) -> Result:
    return Result(
        row.id, outbox.SHOWN, row.wanted, message, digest, now, now, 0,
        keep_args=row.card not in SECRET_ARGS,
    )  # fmt: skip


def _gone(refused: TelegramBadRequest) -> bool:
    """Whether the message that showed the card is not there any more: a new one takes its place."""
    said = refused.message.lower()
    return "not found" in said or _stands(refused)


def _stands(refused: TelegramBadRequest) -> bool:
    """Whether the message is still to be seen, only not to be changed."""
    return "can't be edited" in refused.message.lower()


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
        SendMessage,
        SetMessageReaction,
    )

    sent = (SendMessage, EditMessageText, SetMessageReaction, AnswerCallbackQuery, GetFile)
    return [Response[method.__returning__] for method in sent]  # type: ignore[name-defined]
