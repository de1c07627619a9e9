"""How a card looks on a line: aiogram's methods from `Card` and `Reaction`; knows no fact.

The first line is bold by an entity, never by markup in the text: nothing a person wrote can become
formatting (reliability.md T10).
"""

from __future__ import annotations

from collections.abc import Sequence
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
"""Characters of a message; what is over is cut, never refused."""

LONGEST_CAPTION = 1024
"""Characters of a caption; longer words come in a message of their own."""

SEND_PLACE = "发送位置"
PLACEHOLDER = "拍照，写一句话，发送"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def send(card: Card, chat: int, most: int = PAGE) -> SendMessage:
    """The card as a new message; `most` choices are shown at once."""
    text = fit(card.text)
    return SendMessage(
        chat_id=chat, text=text, entities=_bold(text), reply_markup=_below(card, most),
        disable_notification=card.quiet or None, link_preview_options=NO_PREVIEW,
    )  # fmt: skip


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
    """The card in place of what the message showed; `most` choices are shown at once."""
    text = fit(card.text)
    return EditMessageText(
        chat_id=chat, message_id=message, text=text, entities=_bold(text),
        reply_markup=_buttons(card, most), link_preview_options=NO_PREVIEW,
    )  # fmt: skip


def react(reaction: Reaction, chat: int, message: int) -> SetMessageReaction:
    """The mark on the person's message."""
    emoji = [ReactionTypeEmoji(emoji=reaction.emoji)]
    return SetMessageReaction(chat_id=chat, message_id=message, reaction=emoji)  # type: ignore[arg-type]


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
