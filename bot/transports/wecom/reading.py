"""What a method of the Bot API asks to be shown, as plain text and choices; pure.

WeCom has no formatting for either line's texts: bold and the like are dropped, a link keeps its
address. Reply keyboards have no counterpart and are no choices.
"""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.transports.wecom.cards import Choice


def plain(
    bot: Bot, text: str | None, mode: Any = None, entities: Sequence[MessageEntity] | None = None
) -> str:
    """The text without marks; what was a link is followed by its address in brackets.

    Raises NotImplementedError for a parse_mode other than HTML.
    """
    if not text:
        return ""
    if entities:
        return _linked(text, entities)
    if isinstance(mode, Default):
        mode = bot.default[mode.name]
    if mode is None:
        return text
    if str(getattr(mode, "value", mode)).upper() != "HTML":
        msg = f"the WeCom lines read parse_mode HTML, not {mode!r}"
        raise NotImplementedError(msg)
    reader = _Html()
    reader.feed(text)
    reader.close()
    return reader.text


def choices(markup: Any) -> tuple[Choice, ...]:
    """The inline buttons in order; none where the markup is another kind."""
    if not isinstance(markup, InlineKeyboardMarkup):
        return ()
    return tuple(_choice(button) for row in markup.inline_keyboard for button in row)


def _choice(button: InlineKeyboardButton) -> Choice:
    return Choice(
        button.text,
        button.callback_data or "",
        button.url or "",
        button.copy_text.text if button.copy_text else "",
        button.style == "primary",
    )


def _linked(text: str, entities: Sequence[MessageEntity]) -> str:
    """Offsets count UTF-16 units; from the last link to the first, so that they stay right."""
    units = text.encode("utf-16-le")
    for entity in sorted(entities, key=lambda e: e.offset, reverse=True):
        end = (entity.offset + entity.length) * 2
        if entity.type == "text_link" and entity.url:
            units = units[:end] + f" ({entity.url})".encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le", "replace")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        link = self._links.pop() if tag == "a" and self._links else ""
        self.text += f" ({link})" if link else ""

    def handle_data(self, data: str) -> None:
        self.text += data
