"""Gets one card onto its line: sent, edited, pinned, or put as a mark; knows no card by its facts.

A row that was sent in part goes on where it stopped, while the process lives.
"""

from __future__ import annotations

from datetime import datetime

from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import PinChatMessage

from bot.clock import Clock
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words.card import Card, Reaction, same_gist
from scheduler import drawing, upsets
from scheduler.attached import Attachments, messages
from scheduler.doubts import marked
from scheduler.pace import Pace
from scheduler.verdicts import done, ended, gone, stands
from scheduler.workshop import Workshop
from storage import outbox
from storage.database import Database
from storage.outbox import Owed, Result

SEND_SECONDS = 20

PINNED = frozenset({"board"})
"""Cards that hang at the top of their chat."""


def count(line: Line, row: Owed, shown: Card | Reaction) -> int:
    """How many messages showing this takes at the most."""
    if not isinstance(shown, Card):
        return 0
    if row.message is not None:
        return 1
    return messages(shown) + len(drawing.parts(shown.text, line.longest)) - 1


class Hand:
    """The hand that shows cards, of all lines."""

    def __init__(self, database: Database, pace: Pace, workshop: Workshop, clock: Clock) -> None:
        self._database, self._pace, self._clock = database, pace, clock
        self._attachments = Attachments(workshop, pace, clock)
        self._parts: dict[int, int] = {}

    async def show(
        self, line: Line, row: Owed, shown: Card | Reaction, bureau: Bureau, now: datetime
    ) -> Result:
        """The chat shows the card; raises whatever the line raises."""
        if isinstance(shown, Reaction):
            return await self._react(line, row, shown, now)
        digest = shown.digest()
        if row.message is not None:
            if digest == row.digest:
                return done(row, now, row.message, digest)
            kept = await self._edit(line, row, shown, now)
            if kept:
                return done(row, now, row.message, digest)
        elif messages(shown) > 1:
            again = marked(line, row, shown)
            number = await self._attachments.send(line, row, again, bureau)
            return done(row, now, number, digest)
        number = await self._send(line, row, marked(line, row, shown))
        if row.card in PINNED and line.pins:
            await self._pin(line, row, number)
        return done(row, now, number, digest)

    async def _send(self, line: Line, row: Owed, card: Card) -> int:
        """The card is in the chat, in as many messages as it takes; the number of the last."""
        number = 0
        methods = drawing.sends(card, row.chat, line.choices, line.longest)
        went = min(self._parts.pop(row.id, 0), len(methods) - 1)
        for nth, method in enumerate(methods[went:], went):
            try:
                await self._pace.take(line, row, self._clock.now())
                sent = await line.bot(method, request_timeout=SEND_SECONDS)
            except BaseException:
                if nth:
                    self._parts[row.id] = nth
                raise
            number = sent.message_id
        return number

    async def _edit(self, line: Line, row: Owed, card: Card, now: datetime) -> bool:
        """Whether the message shows the card now; False where a new one must."""
        assert row.message is not None
        await self._pace.take(line, row, now)
        edited = drawing.edit(card, row.chat, row.message, line.choices)
        try:
            await line.bot(edited, request_timeout=SEND_SECONDS)
        except TelegramBadRequest as refused:
            if "not modified" in refused.message:
                return True
            if not gone(refused):
                raise
            if card.brief is None or not stands(refused):
                return False
            if not same_gist(row.digest, card.digest()):
                return False
            # The card stays as it stands; its short line says what is new, if anything.
            if card.brief:
                said = drawing.send(Card(card.brief), row.chat)
                await line.bot(said, request_timeout=SEND_SECONDS)
        return True

    async def _pin(self, line: Line, row: Owed, number: int) -> None:
        """The message hangs at the top of its chat; where that is not allowed, an admin hears."""
        pin = PinChatMessage(chat_id=row.chat, message_id=number, disable_notification=True)
        try:
            await line.bot(pin, request_timeout=SEND_SECONDS)
        except (TelegramBadRequest, TelegramForbiddenError):
            await self._database.write(upsets.no_pin, row, self._clock.now())

    async def _react(self, line: Line, row: Owed, shown: Reaction, now: datetime) -> Result:
        if line.reactions:
            try:
                method = drawing.react(shown, row.chat, row.subject)
                await line.bot(method, request_timeout=SEND_SECONDS)
            except TelegramBadRequest as refused:
                # Never the only receipt: the card is (conversations.md 3.5).
                return ended(row, outbox.DROPPED, now, refused.message)
        return done(row, now, None, None)
