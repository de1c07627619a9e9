"""The lanes: pending inbox rows go to the Dispatcher, each chat's in order, chats side by side.

A lane is the only judge of a row's end: done, ignored, quarantined, or failed after its tries.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Mapping
from typing import Any, Protocol

import structlog
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.actions import answers
from bot.clock import Clock
from bot.errors import GangtingError, StoreFault
from bot.intake.desk import Desk
from bot.intake.entrance import person_of
from bot.intake.keys import arrival, readable
from bot.transports.line import Line
from bot.words.card import Card, Toast, to_json
from storage import inbox
from storage.database import Database, is_busy
from storage.inbox import AlreadySettled, Row

log = structlog.get_logger(__name__)

PAGE, IN_HAND = 500, 20_000
"""Rows fetched at once, and how many may be in hand (about 40 MB): so many that one chat's backlog
doesn't hide another's message."""

TRIES = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between the attempts at one row; after the last it is failed and two people are told."""


class House(Protocol):
    """What the lanes need of the assembled house."""

    database: Database
    clock: Clock
    lines: Mapping[str, Line]

    def context(self, line: Line, row: Row, desk: Desk) -> dict[str, Any]:
        """The named things a handler may ask for."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run the work in the house's task group."""

    def wake_sender(self) -> None:
        """A card may be owed."""


class Lanes:
    """Feeds the inbox's pending rows to the Dispatcher, each chat's in order."""

    def __init__(self, house: House, dispatcher: Dispatcher) -> None:
        self._house, self._dispatcher = house, dispatcher
        self._lanes: dict[tuple[str, str], deque[Row]] = {}
        self._wake = asyncio.Event()
        self._seen = 0
        self._in_hand = 0
        self._more = False
        self._stopping = False
        self._resting = asyncio.Event()
        self._resting.set()

    def wake(self) -> None:
        """There may be new rows."""
        self._wake.set()

    @property
    def in_hand(self) -> int:
        """Rows fetched and not yet finished."""
        return self._in_hand

    async def accept(self, line: str, updates: list[Any]) -> None:
        """The raw updates are in the inbox, committed; the lanes know."""
        now = self._house.clock.now()
        rows = [arrival(update) for update in updates]
        await self._house.database.write(inbox.take_in, line, rows, now)
        self.wake()

    async def run(self) -> None:
        """Fetches pages and opens lanes until `stop`; a fault of the store only delays."""
        while not self._stopping:
            self._wake.clear()
            try:
                rows = await self._house.database.read(inbox.page, self._seen, PAGE)
            except Exception as fault:  # noqa: BLE001 - a lane that must survive: the feed
                log.error("the inbox can't be read", fault=str(fault))
                await asyncio.sleep(1.0)
                continue
            for row in rows:
                self._seen = row.id
                self._put(row)
            self._more = len(rows) == PAGE
            if not self._more or self._in_hand >= IN_HAND:
                await self._wake.wait()

    def stop(self) -> None:
        """No further page is fetched; what is in hand stays pending if it is not finished."""
        self._stopping = True
        self._wake.set()

    async def rest(self) -> None:
        """Returns when no lane is open."""
        await self._resting.wait()

    def _put(self, row: Row) -> None:
        key = (row.line, row.lane)
        self._resting.clear()
        self._in_hand += 1
        if key in self._lanes:
            self._lanes[key].append(row)
            return
        self._lanes[key] = deque([row])
        self._house.spawn(self._drive(key))

    async def _drive(self, key: tuple[str, str]) -> None:
        lane = self._lanes[key]
        while lane and not self._stopping:
            row = lane[0]
            await self._finish(row)
            lane.popleft()
            self._in_hand -= 1
            if self._more and self._in_hand < IN_HAND:
                self._wake.set()
        del self._lanes[key]
        if not self._lanes:
            self._resting.set()

    async def _finish(self, row: Row) -> None:
        """The row has a final state when this returns, unless the house is stopping."""
        tries, reason = row.attempts, ""
        while not self._stopping:
            try:
                if tries > len(TRIES):
                    await self._give_up(row, reason)
                else:
                    await self._handle(row)
            except AlreadySettled:
                log.error("a message was settled twice", row=row.id)
                return
            except Exception as fault:
                reason = _brief(fault)
                if is_busy(fault) or isinstance(fault, StoreFault):
                    log.warning("the store is busy, trying again", row=row.id, fault=reason)
                    await asyncio.sleep(1.0)
                    continue
                if tries > len(TRIES):
                    log.exception("a message could not be given up; it waits for a restart")
                    return
                tries += 1
                log.exception("a message could not be handled", row=row.id, attempt=tries)
                if tries <= len(TRIES):
                    await self._note(row, reason)
                    await asyncio.sleep(TRIES[tries - 1])
            else:
                return
            finally:
                self._house.wake_sender()

    async def _note(self, row: Row, reason: str) -> None:
        try:
            await self._house.database.write(inbox.tried, row.id, reason)
        except Exception as fault:  # noqa: BLE001 - only the count of the attempts is lost
            log.error("an attempt could not be counted", row=row.id, fault=_brief(fault))

    async def _handle(self, row: Row) -> None:
        """The row's update goes to its handler; one that can't be one is quarantined."""
        line = self._house.lines.get(row.line)
        if line is None:
            # Its line is not configured now: the row stays pending until it is again.
            return
        try:
            update = Update.model_validate(readable(row.raw), context={"bot": line.bot})
            user = _sender(update)
        except UpdateTypeLookupError:
            await self._settle(row, inbox.QUARANTINED, "an update of a kind nobody knows")
            return
        except (ValidationError, ValueError, OverflowError, OSError) as wrong:
            await self._settle(row, inbox.QUARANTINED, _where(wrong))
            return
        try:
            await self._serve(line, row, update, user)
        except OverflowError as wrong:
            # A number or a moment that nothing can hold: it will not get better.
            await self._settle(row, inbox.QUARANTINED, _where(wrong))

    async def _serve(self, line: Line, row: Row, update: Update, user: int | None) -> None:
        desk = Desk(self._house.database, row, self._house.clock.now)
        data = self._house.context(line, row, desk)
        database, now = self._house.database, self._house.clock.now()
        data["person"] = await person_of(database, line, update, user, now)
        try:
            said = await self._dispatcher.feed_update(line.bot, update, **data)
        except GangtingError as refusal:
            if isinstance(refusal, StoreFault):
                raise
            query = update.callback_query is not None
            said = Toast(refusal.sentence, alert=True) if query else Card(refusal.sentence)
        await self._close(line, row, desk, update, said)

    async def _close(self, line: Line, row: Row, desk: Desk, update: Update, said: object) -> None:
        """What the handler said is owed, the row is done, a press is answered."""
        now = self._house.clock.now()
        query = update.callback_query
        if isinstance(said, Card):
            await desk(answers.say, row, to_json(said), now)
        elif not desk.used:
            await self._settle(row, inbox.IGNORED if said is UNHANDLED else inbox.DONE, None)
        if query is not None:
            toast = said if isinstance(said, Toast) else Toast()
            if toast.alert and line.chat_pace:
                # On such a line an alert is a message like any other, and must keep its pace.
                self._house.spawn(self._say_late(row, Card(toast.text)))
            else:
                self._house.spawn(self._answer_press(line.bot, row, query.id, toast))

    async def _answer_press(self, bot: Bot, row: Row, query: str, toast: Toast) -> None:
        """The press stops spinning; an alert that comes too late is said as a message."""
        text = toast.text[:200] or None
        method = AnswerCallbackQuery(callback_query_id=query, text=text, show_alert=toast.alert)
        try:
            await bot(method, request_timeout=10)
        except Exception as late:  # noqa: BLE001 - a press that goes on spinning harms nobody
            log.info("a press could not be answered in time", fault=type(late).__name__)
            if toast.alert:
                await self._say_late(row, Card(toast.text))

    async def _say_late(self, row: Row, card: Card) -> None:
        now = self._house.clock.now()
        try:
            await self._house.database.write(answers.say, row, to_json(card), now)
        except Exception as fault:  # noqa: BLE001 - the deed is done, only its echo is lost
            log.error("an answer could not be owed", row=row.id, fault=_brief(fault))
        self._house.wake_sender()

    async def _settle(self, row: Row, state: str, reason: str | None) -> None:
        now = self._house.clock.now()
        await self._house.database.write(inbox.settle, row.id, state, now, reason)

    async def _give_up(self, row: Row, reason: str) -> None:
        now = self._house.clock.now()
        await self._house.database.write(answers.give_up, row, reason, now)


def _sender(update: Update) -> int | None:
    event = update.event
    user = getattr(event, "from_user", None)
    return None if user is None else int(user.id)


def _brief(fault: BaseException) -> str:
    return f"{type(fault).__name__}: {fault}".splitlines()[0][:300]


def _where(wrong: Exception) -> str:
    """Which fields are malformed, without their content."""
    if isinstance(wrong, ValidationError):
        places = [".".join(str(part) for part in e["loc"]) for e in wrong.errors()[:3]]
        return f"malformed: {', '.join(places)}"
    return f"malformed: {type(wrong).__name__}"
