"""aiogram's words for text and keyboards, turned into the platform's records.

Does what Telegram's server does with `parse_mode`. Knows no chat.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.types import (
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.transports.simulator.chats import Button, Key
from bot.transports.simulator.limits import Rejected

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}


def words(
    bot: Bot, text: str | None, mode: Any, entities: list[MessageEntity] | None
) -> tuple[str, list[dict[str, Any]]]:
    """The plain text and its marks, from entities or from HTML."""
    if entities:
        marks = [entity.model_dump(mode="json", exclude_none=True) for entity in entities]
        return text or "", marks
    if isinstance(mode, Default):
        mode = bot.default[mode.name]
    if mode is None or not text:
        return text or "", []
    if str(getattr(mode, "value", mode)).upper() != "HTML":
        raise NotImplementedError(f"the simulator reads parse_mode HTML, not {mode!r}")
    reader = _Html()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise Rejected(f"Bad Request: can't parse entities: tag {reader.open[-1][0]} isn't closed")
    return reader.text, reader.marks


def inline(markup: Any) -> list[list[Button]]:
    """The inline buttons of a markup; none where it is another kind."""
    if not isinstance(markup, InlineKeyboardMarkup):
        return []
    return [
        [
            Button(
                text=button.text,
                data=button.callback_data,
                style=button.style,
                url=button.url,
                copy=button.copy_text.text if button.copy_text else None,
            )
            for button in row
        ]
        for row in markup.inline_keyboard
        if row
    ]


def keys(markup: Any) -> list[list[Key]] | None:
    """The reply keyboard of a markup: [] takes it away, None leaves what is there."""
    if isinstance(markup, ReplyKeyboardRemove):
        return []
    if not isinstance(markup, ReplyKeyboardMarkup):
        return None
    return [[Key(key.text, bool(key.request_location)) for key in row] for row in markup.keyboard]


def placeholder(markup: Any) -> str:
    """What the empty input line says, or ""."""
    given = getattr(markup, "input_field_placeholder", None)
    return given if isinstance(given, str) else ""


class _Html(HTMLParser):
    """Offsets and lengths count UTF-16 units, as the Bot API does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marks: list[dict[str, Any]] = []
        self.open: list[tuple[str, int, dict[str, Any]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise Rejected(f'Bad Request: can\'t parse entities: unsupported start tag "{tag}"')
        mark: dict[str, Any] = {"type": _TAGS[tag]}
        if tag == "a":
            mark["url"] = dict(attrs).get("href") or ""
        self.open.append((tag, self._units(), mark))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise Rejected(f'Bad Request: can\'t parse entities: unexpected end tag "{tag}"')
        _, start, mark = self.open.pop()
        if self._units() > start:
            self.marks.append({**mark, "offset": start, "length": self._units() - start})

    def handle_data(self, data: str) -> None:
        self.text += data

    def _units(self) -> int:
        return len(self.text.encode("utf-16-le")) // 2
