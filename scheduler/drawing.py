"""How a card looks on a line: aiogram's methods from `Card` and `Reaction`; knows no fact.

The first line is bold by an entity, never by markup in the text: nothing a person wrote can become
formatting (reliability.md T10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiogram.methods import (
    EditMessageText,
    SendDocument,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SetMessageReaction,
)
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    MediaUnion,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
)

from bot.words.card import PAGE, Button, Card, Reaction

LONGEST = 4096
"""UTF-16 units of a message; what is longer is parted, between lines where it can be."""

MARK = 16
"""Units kept free for （12/34）."""

LONGEST_CAPTION = 1024
"""Characters of a caption; longer words come in a message of their own."""

SEND_PLACE = "发送位置"
PLACEHOLDER = "拍照，写一句话，发送"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def sends(card: Card, chat: int, most: int = PAGE, longest: int = LONGEST) -> list[SendMessage]:
    """The card as new messages, more than one where its words are long; buttons below the last.

    `most` choices are shown at once. Only the last one rings, if any does.
    """
    texts = parts(card.text, longest)
    return [
        SendMessage(
            chat_id=chat, text=text, entities=_bold(text) if not nth else None,
            reply_markup=_below(card, most) if nth == len(texts) - 1 else None,
            disable_notification=card.quiet or nth < len(texts) - 1 or None,
            link_preview_options=NO_PREVIEW,
        )
        for nth, text in enumerate(texts)
    ]  # fmt: skip


def send(card: Card, chat: int, most: int = PAGE) -> SendMessage:
    """The card as one new message, cut where it is too long for one."""
    return sends(replace(card, text=fit(card.text)), chat, most)[0]


def photo(file: InputFile, chat: int, card: Card | None = None, most: int = PAGE) -> SendPhoto:
    """The picture as a message, the card's words below it; quiet where it has none."""
    return SendPhoto(chat_id=chat, photo=file, **_worded(card, most))


def document(
    file: InputFile, chat: int, card: Card | None = None, most: int = PAGE
) -> SendDocument:
    """The file as a message, as `photo`."""
    return SendDocument(
        chat_id=chat, document=file, disable_content_type_detection=True, **_worded(card, most)
    )


def album(files: Sequence[InputFile], chat: int) -> SendMediaGroup:
    """Two to ten pictures as one message without words."""
    media: list[MediaUnion] = [InputMediaPhoto(media=file) for file in files]
    return SendMediaGroup(chat_id=chat, media=media, disable_notification=True)


def captioned(card: Card) -> bool:
    """Whether the card's words fit below a picture."""
    return _units(card.text) <= LONGEST_CAPTION


def edit(card: Card, chat: int, message: int, most: int = PAGE) -> EditMessageText:
    """The card in place of what the message showed; `most` choices are shown at once.

    Of a card in several messages, the last one.
    """
    texts = parts(card.text)
    return EditMessageText(
        chat_id=chat, message_id=message, text=texts[-1],
        entities=_bold(texts[-1]) if len(texts) == 1 else None,
        reply_markup=_buttons(card, most), link_preview_options=NO_PREVIEW,
    )  # fmt: skip


def react(reaction: Reaction, chat: int, message: int) -> SetMessageReaction:
    """The mark on the person's message."""
    emoji = [ReactionTypeEmoji(emoji=reaction.emoji)]
    return SetMessageReaction(chat_id=chat, message_id=message, reaction=emoji)  # type: ignore[arg-type]


def parts(text: str, longest: int = LONGEST) -> list[str]:
    """The text in messages of at most `longest` units (0: any length), parted between lines.

    More than one end in （1/3）. A line longer than a message is parted between characters. What
    can't be sent as UTF-8 (lone surrogates) is replaced, and a message is never empty.
    """
    text = text.encode("utf-8", "replace").decode() or "…"
    if not longest or _units(text) <= longest:
        return [text]
    room, found, held = longest - MARK, list[str](), list[str]()
    for line in text.split("\n"):
        for piece in _pieces(line, room):
            if held and _units("\n".join([*held, piece])) > room:
                found.append("\n".join(held))
                held = []
            held.append(piece)
    found.append("\n".join(held))
    kept = [part for part in found if part.strip()] or ["…"]
    return [f"{part}（{nth}/{len(kept)}）" for nth, part in enumerate(kept, 1)]


def _pieces(line: str, room: int) -> list[str]:
    """The line in pieces of at most `room` units."""
    if _units(line) <= room:
        return [line]
    found, held, size = list[str](), list[str](), 0
    for character in line:
        units = _units(character)
        if size + units > room:
            found.append("".join(held))
            held, size = [], 0
        held.append(character)
        size += units
    return [*found, "".join(held)]


def fit(text: str) -> str:
    """The text within a message's length: whole lines are left out and counted.

    What can't be sent as UTF-8 (lone surrogates) is replaced, and a message is never empty.
    """
    text = text.encode("utf-8", "replace").decode() or "…"
    if _units(text) <= LONGEST:
        return text
    kept: list[str] = []
    lines = text.split("\n")
    for line in lines:
        if _units("\n".join([*kept, line])) > LONGEST - 40:
            break
        kept.append(line)
    if not kept:
        return text[: LONGEST // 2 - 40] + "…"
    return "\n".join([*kept, f"还有 {len(lines) - len(kept)} 行没显示。"])


def _worded(card: Card | None, most: int) -> dict[str, Any]:
    if card is None:
        return {"disable_notification": True}
    text = fit(card.text)
    return {
        "caption": text, "caption_entities": _bold(text), "reply_markup": _below(card, most),
        "disable_notification": card.quiet or None,
    }  # fmt: skip


def _units(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "replace")) // 2


def _bold(text: str) -> list[MessageEntity] | None:
    first, line_break, _ = text.partition("\n")
    if not line_break or not first.strip():
        return None
    return [MessageEntity(type="bold", offset=0, length=_units(first))]


def _below(card: Card, most: int) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    if not card.keys:
        return _buttons(card, most)
    rows = [[KeyboardButton(text=word) for word in row] for row in card.keys]
    if card.ask_place:
        rows.insert(0, [KeyboardButton(text=SEND_PLACE, request_location=True)])
    return ReplyKeyboardMarkup(
        keyboard=rows, resize_keyboard=True, is_persistent=not card.ask_place,
        one_time_keyboard=card.ask_place, input_field_placeholder=PLACEHOLDER,
    )  # fmt: skip


def _buttons(card: Card, most: int) -> InlineKeyboardMarkup | None:
    rows = [*_choices(card, most), *card.rows]
    if not rows:
        return None
    return InlineKeyboardMarkup(inline_keyboard=[[_button(b) for b in row] for row in rows])


def _choices(card: Card, most: int) -> list[tuple[Button, ...]]:
    """The choices, two in a row: all that the line shows at once, else a page of them."""
    choices = card.choices
    if len(choices) > max(most, PAGE + 1) and card.turn is not None:
        choices = (*choices[card.page * PAGE : (card.page + 1) * PAGE], card.turn)
    return [choices[i : i + 2] for i in range(0, len(choices), 2)]


def _button(button: Button) -> InlineKeyboardButton:
    style = "primary" if button.primary else None
    return InlineKeyboardButton(text=button.label, callback_data=button.data, style=style)
