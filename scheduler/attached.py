"""Sends a card with what goes along with it: photos, a picture, an Excel file, then the words.

The words are never lost for an attachment. What can't be made, or is refused, is left out and the
log says why; what a row already sent is not sent again while the process lives. Knows no fact.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramServerError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, FSInputFile, InputFile

from bot.clock import Clock
from bot.errors import GangtingError
from bot.rules.records import Bureau
from bot.transports.line import MEGABYTE, Line
from bot.words import missing
from bot.words.card import Card
from scheduler import drawing
from scheduler.pace import Pace
from scheduler.workshop import Thing, Workshop
from storage.outbox import Owed

log = structlog.get_logger(__name__)

WORDS_SECONDS, FILE_SECONDS = 20, 120

AT_ONCE = 3
"""Cards with attachments made and sent side by side: what they hold in memory is bounded."""

PATIENCE = 4
"""Attempts at a card whole; then its words go first, and the rest if it can."""

MOST_PHOTOS = 10
"""Of one card: the most that an album holds."""


def messages(card: Card) -> int:
    """How many messages the card is at the most."""
    files = (card.chart is not None) + (card.sheet is not None) + len(card.papers)
    return len(card.photos[:MOST_PHOTOS]) + files + 1


@dataclass
class Sending:
    """One row on its way: the line, the pace, what of it the chat has already."""

    line: Line
    row: Owed
    card: Card
    pace: Pace
    clock: Clock
    went: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    """Sentences about what could not go along."""

    async def call(self, method: TelegramMethod[Any], seconds: int, count: int = 1) -> Any:
        """The line did what the method says, at the pace of `count` messages."""
        for _ in range(count):
            await self.pace.take(self.line, self.row, self.clock.now())
        return await self.line.bot(method, request_timeout=seconds)

    async def offer(self, part: str, method: TelegramMethod[Any], count: int = 1) -> Any:
        """What the method gave; None where the line refuses it, which the log has.

        True for a part that the chat has already.
        """
        if part in self.went:
            return True
        try:
            given = await self.call(method, FILE_SECONDS, count)
        except AiogramError as refused:
            if not _refused(refused):
                raise
            log.warning("an attachment was refused", part=part, row=self.row.id, why=str(refused))
            return None
        self.went.add(part)
        return given

    def miss(self, part: str) -> None:
        """The part did not go along: a file is missed, a picture only says the words again."""
        if part == "sheet":
            self.lost.append(missing.no_sheet())
        elif part == "paper":
            self.lost.append(missing.no_paper())

    def told(self) -> Card:
        """The card, which says what of it is missing."""
        return replace(self.card, text="\n".join([self.card.text, *self.lost]))

    async def words(self, card: Card) -> int:
        """The card's words alone are in the chat; the last message's number."""
        number = 0
        line = self.line
        for nth, method in enumerate(
            drawing.sends(card, self.row.chat, line.choices, line.longest)
        ):
            part = f"words {nth}"
            if part in self.went and not method.reply_markup:
                continue
            number = int((await self.call(method, WORDS_SECONDS)).message_id)
            self.went.add(part)
        return number


class Attachments:
    """The way of cards that carry something, of all lines."""

    def __init__(self, workshop: Workshop, pace: Pace, clock: Clock) -> None:
        self._workshop, self._pace, self._clock = workshop, pace, clock
        self._places = asyncio.Semaphore(AT_ONCE)
        self._went: dict[int, set[str]] = {}

    async def send(self, line: Line, row: Owed, card: Card, bureau: Bureau) -> int:
        """The chat has the words, and what could be had with them; the number of their message."""
        went = self._went.pop(row.id, set())
        sending = Sending(line, row, card, self._pace, self._clock, went)
        async with self._places:
            try:
                if row.attempts >= PATIENCE:
                    return await self._words_first(sending, bureau)
                return await self._whole(sending, bureau)
            except (TelegramBadRequest, TelegramNotFound, TelegramForbiddenError):
                raise  # for good
            except BaseException:
                self._went[row.id] = sending.went
                raise

    async def _whole(self, sending: Sending, bureau: Bureau) -> int:
        """Photos, then the picture or file with the words below it where they fit."""
        line = sending.line
        await self._photos(sending)
        things = await self._things(sending, bureau)
        told, apart = sending.told(), sending.card.apart
        fits = not apart and (not line.captions or drawing.captioned(told))
        last = things.pop() if things and fits else None
        await _bare(sending, things)
        if last is not None:
            part, thing = last
            worded = _drawn(part)(_input(thing), sending.row.chat, told, line.choices)
            sent = await sending.offer(f"{part}, words", worded, 1 if line.captions else 2)
            if sent is not None:
                return int(sent.message_id)
            sending.miss(part)
        return await sending.words(sending.told())

    async def _words_first(self, sending: Sending, bureau: Bureau) -> int:
        """After many tries: the words, then what the line takes of the rest, once."""
        number = await sending.words(sending.card)
        try:
            await self._photos(sending)
            await _bare(sending, await self._things(sending, bureau))
            if sending.lost:
                await sending.words(Card("\n".join(sending.lost)))
        except (AiogramError, TimeoutError, OSError) as fault:
            log.warning("an attachment is given up", row=sending.row.id, why=type(fault).__name__)
        return number

    async def _photos(self, sending: Sending) -> None:
        """The chat has the photos, as an album where the line has albums."""
        wanted, chat = sending.card.photos[:MOST_PHOTOS], sending.row.chat
        made = [await _made(sending, "photo", self._workshop.photo(sha)) for sha in wanted]
        files = [_input(thing) for thing in made if thing is not None]
        got = len(files)
        album = sending.line.albums and len(files) > 1
        if not (album and await sending.offer("album", drawing.album(files, chat), len(files))):
            # One by one: a photo that is refused doesn't keep the others back.
            one_by_one = [
                await sending.offer(f"photo {nth}", drawing.photo(file, chat))
                for nth, file in enumerate(files)
            ]
            got = sum(sent is not None for sent in one_by_one)
        if got < len(wanted):
            sending.lost.append(missing.no_photos(len(wanted) - got, len(wanted)))

    async def _things(self, sending: Sending, bureau: Bureau) -> list[tuple[str, Thing]]:
        """The picture and the file of the card, as far as they can be made."""
        card, found, most = sending.card, [], sending.line.largest_file
        if card.chart is not None:
            picture = await _made(sending, "chart", self._workshop.chart(card.chart))
            if picture is not None:
                found.append(("chart", picture))
        if card.sheet is not None:
            making = self._workshop.sheet(card.sheet, bureau, self._clock.now())
            file = await _made(sending, "sheet", making)
            if file is None:
                sending.miss("sheet")
            elif file.size > most:
                log.warning("a sheet is too big", row=sending.row.id, size=file.size)
                sizes = (-(-file.size // MEGABYTE), most // MEGABYTE)
                sending.lost.append(missing.sheet_too_big(*sizes))
            else:
                found.append(("sheet", file))
        for paper in card.papers:
            made = self._workshop.paper(paper, bureau, self._clock.now())
            file = await _made(sending, "paper", made)
            if file is not None and file.size <= most:
                found.append(("chart" if paper.endswith(".png") else "paper", file))
            elif not paper.endswith(".png"):
                sending.miss("paper")
        return found


def _drawn(part: str) -> Callable[..., TelegramMethod[Any]]:
    """A picture is shown, anything else is a file."""
    return drawing.photo if part == "chart" else drawing.document


async def _bare(sending: Sending, things: Sequence[tuple[str, Thing]]) -> None:
    """The chat has the things, without words."""
    for part, thing in things:
        named = f"paper {thing.name}" if part == "paper" else part
        bare = _drawn(part)(_input(thing), sending.row.chat)
        if await sending.offer(named, bare) is None:
            sending.miss(part)


async def _made(sending: Sending, part: str, making: Awaitable[Thing]) -> Thing | None:
    """What was made, or None and the log has why not."""
    try:
        return await making
    except Exception as fault:  # noqa: BLE001 - the words must not be lost for what goes with them
        why = fault.sentence if isinstance(fault, GangtingError) else f"{fault!r}"
        log.warning("an attachment could not be made", part=part, row=sending.row.id, why=why)
        return None


def _input(thing: Thing) -> InputFile:
    if thing.path is not None:
        return FSInputFile(thing.path, thing.name)
    return BufferedInputFile(thing.data, thing.name)


def _refused(fault: AiogramError) -> bool:
    """Whether the line will never take this attachment; a deployment may lack uploads as such."""
    if isinstance(fault, TelegramServerError):
        return "Not Implemented" in fault.message
    return isinstance(fault, (TelegramBadRequest, TelegramNotFound, TelegramEntityTooLarge))
