"""Messages out by the robot: an answer where a callback waits for one, else sent; knows no aiogram.

An answer costs nothing of the few messages a robot may send of its own accord. It is tried again
under the same name, which replaces what the first try may have shown. A card changes only within
five seconds of a press on it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.transports.wecom import menus, texts, updates
from bot.transports.wecom.book import GROUP, OWN, SPELLING, USER, Book
from bot.transports.wecom.cards import Choice, Look, ended, look
from bot.transports.wecom.errors import CONFLICT, WeComError, answer_of
from bot.transports.wecom.outgoing import NO_EDIT, File, Refused
from bot.transports.wecom.robot import frames
from bot.transports.wecom.robot.callbacks import Callback, Callbacks, Kind
from bot.transports.wecom.robot.files import Files, NoFile
from bot.transports.wecom.robot.frames import Frame
from bot.transports.wecom.robot.socket import Connection
from bot.transports.wecom.robot.uploads import upload
from bot.transports.wecom.shown import Draft, Facts, Shown, fingerprint

log = structlog.get_logger(__name__)

TOO_MANY = 429
_INCOMING = re.compile(r"r[0-9a-f]{31}")


@dataclass(frozen=True, slots=True)
class Part:
    """One message of those that make up what is to be sent: a text, a card or a file."""

    text: str = ""
    card: Frame | None = None
    media: tuple[str, str] | None = None

    def sent(self) -> Frame:
        """The part as content of a message, also of an answer that is no text."""
        if self.media is not None:
            return frames.media(*self.media)
        if self.card is not None:
            return frames.card(self.card)
        return frames.markdown(texts.markdown(self.text))

    def answered(self, callback: Callback, name: str) -> Frame | None:
        """The part as an answer to the callback; None where it can't be one."""
        plain = self.card is None and self.media is None
        if callback.kind is Kind.ENTRY:
            if self.media is not None:
                return None
            content = frames.text(self.text) if plain else self.sent()
            return frames.welcome(callback.request, content)
        if plain:
            return frames.stream(callback.request, name, texts.markdown(self.text))
        return frames.answer(callback.request, self.sent())


class Sending:
    """The robot's way to chats of one kind, USER or GROUP.

    Raises WeComError, NoAnswer and Refused.
    """

    def __init__(
        self,
        kind: str,
        connection: Connection,
        book: Book,
        shown: Shown,
        callbacks: Callbacks,
        files: Files,
        now: Callable[[], datetime],
        *,
        cards: bool = True,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._kind, self._connection, self._book = kind, connection, book
        self._shown, self._callbacks, self._files = shown, callbacks, files
        self._now, self._cards, self._sleep = now, cards, sleep
        self._tried: dict[str, Callback] = {}

    async def send(
        self, name: str, text: str, choices: Sequence[Choice] = (), file: File | None = None
    ) -> tuple[int, str]:
        """The chat has the file, then the text with its choices; digits are understood.

        Returns the message's number in the book and the file's media id.
        """
        shown = self._look(text, choices) if text or choices else Look()
        if file is not None:
            file = await self._whole(file)
        print_ = file.print() if file else None
        content = fingerprint(shown.texts, shown.card, shown.menu, print_)
        draft = await self._shown.draft(OWN + name, content)
        parts = [Part(text=each) for each in shown.texts]
        if shown.card is not None:
            parts.append(Part(card={**shown.card, "task_id": draft.task}))
        if file is not None:
            await self._upload(draft, file)
            parts.insert(0, Part(media=(file.kind, draft.media)))
        await self._deliver(name, draft, parts)
        number = await self._shown.record(draft, name, text, shown, None)
        if shown.menu:
            await menus.show(self._book, OWN + name, shown.menu, number, self._now())
        await self._shown.progress(draft, sent=True)
        return number, draft.media

    async def edit(
        self, name: str, number: int, text: str | None, choices: Sequence[Choice]
    ) -> Facts:
        """The card shows that now (`text` None: the same text), by the press on it. Its record.

        Refused where nothing changes, or where only a new message can show it.
        """
        del name  # an answer to a press needs no receiver
        found = await self._shown.find(number)
        if found is None:
            raise Refused("Bad Request: message to edit not found")
        task, facts = found
        text = facts["text"] if text is None else text
        wanted = self._look(text, choices)
        if wanted.card is None and not wanted.menu and facts["card"] is not None:
            wanted = ended(text, facts["card"], greys=False, limit=_limit(text))
        if _same(facts, wanted):
            raise Refused("Bad Request: message is not modified")
        if facts["card"] is None or wanted.card is None:
            raise Refused(f"{NO_EDIT}: it is no card")
        if wanted.texts and list(wanted.texts) != facts["texts"]:
            raise Refused(f"{NO_EDIT}: what stands before the card has changed")
        press = self._callbacks.take_press(task)
        if press is None:
            raise Refused(f"{NO_EDIT}: nobody pressed it just now")
        try:
            card = {**wanted.card, "task_id": task}
            await self._connection.ask(frames.update(press.request, card))
        except WeComError as error:
            raise Refused(f"{NO_EDIT}: {answer_of(error)[1]['description']}") from None
        now_so = {"text": text, "texts": list(wanted.texts), "card": wanted.card}
        await self._shown.spent(task, "", **now_so)
        return facts | now_so

    async def recall(self, number: int) -> None:
        """Stays as it is: a robot can't take back what it said."""

    def _look(self, text: str, choices: Sequence[Choice]) -> Look:
        said = "\n".join([text, *(choice.label + choice.url + choice.copy for choice in choices)])
        return look(text, choices, cards=self._cards, urls=False, limit=_limit(said))

    async def _deliver(self, name: str, draft: Draft, parts: Sequence[Part]) -> None:
        """All parts that were not answered for before are delivered; the first may answer."""
        for nth, part in enumerate(parts):
            if nth < len(draft.ids):
                continue
            answered = nth == 0 and await self._answer(name, draft, part)
            if not answered:
                await self._send(name, draft, part)
            draft.ids.append("")
            if nth + 1 < len(parts):
                await self._shown.progress(draft)

    async def _answer(self, name: str, draft: Draft, part: Part) -> bool:
        """Whether the part is delivered as an answer to a callback of this chat."""
        callback = self._tried.get(draft.key) or self._callbacks.take(await self._chat(name))
        frame = part.answered(callback, draft.task) if callback is not None else None
        if callback is None or frame is None:
            return False
        # Until it is known what became of it, the next try answers the same callback.
        self._tried[draft.key] = callback
        done = True
        try:
            await self._connection.ask(frame)
        except WeComError as refused:
            if answer_of(refused)[0] == TOO_MANY:
                raise
            done = refused.code in CONFLICT and draft.resumed
            if not done:
                log.info("a callback can't be answered any more", code=refused.code)
        del self._tried[draft.key]
        return done

    async def _send(self, name: str, draft: Draft, part: Part) -> None:
        spelled = await self._book.facts(SPELLING, name) if self._kind == USER else None
        to = str(spelled["as"]) if spelled else name
        try:
            request = self._connection.fresh("aibot_send_msg")
            await self._connection.ask(frames.send(request, to, part.sent()))
        except WeComError as refused:
            if not (refused.code in CONFLICT and draft.resumed):
                raise

    async def _chat(self, name: str) -> int:
        """The chat's aiogram id."""
        number = await self._book.number(self._kind, name)
        return updates.group_id(number) if self._kind == GROUP else updates.user_id(number)

    async def _whole(self, file: File) -> File:
        """The file with its bytes, where it is one that a person sent."""
        if not _INCOMING.fullmatch(file.media):
            return file
        try:
            data = b"".join([piece async for piece in self._files.read(file.media)])
        except NoFile as gone:
            raise Refused(f"Bad Request: wrong file identifier: {gone}") from None
        return File(file.name, data, picture=file.picture)

    async def _upload(self, draft: Draft, file: File) -> None:
        """The draft has the file's media id, in the book before it is used."""
        if not draft.media:
            draft.media = file.media or await upload(
                self._connection, file.kind, file.name, file.data, self._sleep
            )
            await self._shown.progress(draft)


class Groups:
    """The same way to groups, as the dispatch table knows it: no buttons, nobody presses there."""

    def __init__(self, sending: Sending) -> None:
        self._sending = sending

    async def send(self, name: str, text: str, file: File | None = None) -> tuple[int, str]:
        """The group has the file and the text; as `Sending.send`."""
        return await self._sending.send(name, text, (), file)


def _limit(text: str) -> int:
    """Bytes of one message before what could be markup in it is made harmless."""
    fits = texts.size(texts.markdown(text)) + 256 <= frames.STREAM_BYTES
    return frames.STREAM_BYTES if fits else frames.STREAM_BYTES // 4


def _same(facts: Facts, wanted: Look) -> bool:
    """Whether the record shows just that."""
    menu = [list(choice) for choice in wanted.menu]
    held: tuple[Any, ...] = (facts["texts"], facts["card"], facts["choices"])
    return held == (list(wanted.texts), wanted.card, menu)
