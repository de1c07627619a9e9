"""What routers ask of an update before they take it; knows no deed."""

from __future__ import annotations

import re
from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.words.card import read_press
from storage.people import Person


class Inside(Filter):
    """An active person of the bureau in a private chat, or a press by one."""

    async def __call__(self, event: Message | CallbackQuery, person: Person | None = None) -> bool:
        """Whether the event is from one of ours, and in private."""
        if person is None or not person.active:
            return False
        chat = event.message.chat if isinstance(event, CallbackQuery) and event.message else None
        if isinstance(event, CallbackQuery):
            return chat is None or chat.type == "private"
        return event.chat.type == "private"


class Outside(Filter):
    """Anybody else in a private chat: a stranger, or somebody frozen or gone."""

    async def __call__(self, event: Message | CallbackQuery, person: Person | None = None) -> bool:
        """Whether the event is from nobody of ours, in private."""
        if person is not None and person.active:
            return False
        if isinstance(event, CallbackQuery):
            return event.message is None or event.message.chat.type == "private"
        return event.chat.type == "private"


class InGroup(Filter):
    """A message in a group chat."""

    async def __call__(self, message: Message) -> bool:
        """Whether the chat is a group."""
        return message.chat.type in ("group", "supergroup")


class Pressed(Filter):
    """A press on a button of one of these kinds; the handler gets it as `press`."""

    def __init__(self, *acts: str) -> None:
        self.acts = acts

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        """The press, where its data is ours and of a kind asked for."""
        press = read_press(query.data or "")
        return {"press": press} if press is not None and press.act in self.acts else False


class Words(Filter):
    """Text that is exactly one of these words, with or without a slash, a name and full stops."""

    def __init__(self, *words: str) -> None:
        self.words = frozenset(words)

    async def __call__(self, message: Message) -> bool:
        """Whether the text is one of the words."""
        return plain(message.text or "") in self.words


class Says(Filter):
    """Text that fits a pattern; the handler gets the match as `said`."""

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        """The match, where the whole text fits."""
        said = self.pattern.fullmatch(re.sub(r"\s+", " ", (message.text or "").strip()))
        return {"said": said} if said else False


def plain(text: str) -> str:
    """The text without what people put around a command: /week@gangting_bot 。 → week."""
    word = text.strip().lstrip("/").split("@")[0]
    return word.strip(" 。！？!?，,").lower()
