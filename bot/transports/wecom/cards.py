"""How a message with choices looks in WeCom: template card, vote card or numbered text; no I/O.

The same for app and robot. Limits are those of the documents (path/90236 and 101032): a card's
fields are plain text, so nothing a person wrote becomes markup. What doesn't fit is sent as a text
before the card, never cut away; only a label of a button is shortened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.transports.wecom import texts
from bot.transports.wecom.texts import TEXT_BYTES

BUTTONS, VOTES = 6, 20
TITLE, DESC, BODY = 26, 30, 112
BUTTON_TEXT, VOTE_TEXT = 10, 11
KEY_BYTES, ID_BYTES = 1024, 128

QUESTION = "pick"
SUBMIT, NOTHING = "v1:no:0:0", "v1:nn:0:0"
"""What comes back of a list sent off with nothing picked, and of the button of a card that is over;
in the form of every button's data, so that the house has a word for it."""
"""A vote card's question and submit key, and the key of a button that does nothing any more."""

MAIN, OTHER, GREY = 1, 2, 4
"""Styles of a button: the main one, the others (unset would be the main one's), out of use."""

PICKED, DONE, ASK = "选好了", "已处理", "请选择"
BUTTON_CARD, VOTE_CARD = "button_interaction", "vote_interaction"

Card = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: it sends back `data`, or opens `url`, or has `copy` copied."""

    label: str
    data: str = ""
    url: str = ""
    copy: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What is sent, in this order: `texts`, then `card` (without its task id).

    `menu` is what a number stands for, from 1, as (label, data), where the choices are numbered.
    """

    texts: tuple[str, ...] = ()
    card: Card | None = None
    menu: tuple[tuple[str, str], ...] = field(default=())


def look(
    text: str, choices: Sequence[Choice] = (), *, cards: bool = True, urls: bool = True,
    limit: int = TEXT_BYTES,
) -> Look:  # fmt: skip
    """How the message looks: up to 6 buttons, up to 20 options of one vote, else numbers.

    `urls` False where a button can't open an address: it then stands in the text, as does what is
    to be copied. `limit` is the bytes of one text message.
    """
    asked = [choice for choice in choices if choice.data]
    linked = [choice for choice in choices if choice.url]
    buttons = [choice for choice in choices if choice.data or (choice.url and urls)]
    beside = [choice for choice in choices if choice.copy]
    if cards and buttons and len(buttons) <= BUTTONS and _fit(asked, KEY_BYTES):
        said = _beside(text, beside if urls else [*linked, *beside])
        return _with(said, limit, _button_card(buttons))
    said = _beside(text, [*linked, *beside])
    if cards and BUTTONS < len(asked) <= VOTES and _fit(asked, ID_BYTES):
        return _with(said, limit, _vote_card(asked))
    if cards and 0 < len(asked) <= BUTTONS and _fit(asked, KEY_BYTES):
        return _with(said, limit, _button_card(asked))
    if not asked:
        return Look(tuple(texts.parts(said, limit)))
    said = texts.numbered(said, [choice.label for choice in asked])
    menu = tuple((choice.label, choice.data) for choice in asked)
    return Look(tuple(texts.parts(said, limit)), None, menu)


def ended(text: str, shown: Card, *, greys: bool = True, limit: int = TEXT_BYTES) -> Look:
    """The look of the card `shown` with this text when it has no buttons any more.

    A card can't be without them: the app greys them by `replace_text` (path/94945), a vote also by
    `disable`. `greys` False for the robot, which has no such field: one grey button is left, whose
    key is `NOTHING`.
    """
    card: Card = {"card_type": shown["card_type"]}
    if card["card_type"] == VOTE_CARD:
        card["checkbox"] = {**shown["checkbox"], "disable": True}
        card["submit_button"] = {"text": PICKED if greys else DONE, "key": SUBMIT}
    elif greys:
        card["button_list"] = shown["button_list"]
    else:
        card["button_list"] = [{"text": DONE, "style": GREY, "key": NOTHING}]
    if greys:
        card["replace_text"] = DONE
    return _with(texts.clean(text), limit, card)


def _fit(asked: Sequence[Choice], limit: int) -> bool:
    """Whether a card can carry the choices' data: short enough and no two alike."""
    data = [choice.data for choice in asked]
    return len(set(data)) == len(data) and all(texts.size(each) <= limit for each in data)


def _beside(text: str, choices: Sequence[Choice]) -> str:
    lines = [f"{texts.line(choice.label)}：{choice.url or choice.copy}" for choice in choices]
    return texts.clean("\n".join([text, *lines] if text else lines))


def _button_card(buttons: Sequence[Choice]) -> Card:
    labels = texts.short((choice.label for choice in buttons), BUTTON_TEXT)
    return {
        "card_type": BUTTON_CARD,
        "button_list": [_button(c, label) for c, label in zip(buttons, labels, strict=True)],
    }


def _button(choice: Choice, label: str) -> Card:
    button: Card = {"text": label, "style": MAIN if choice.primary else OTHER}
    if choice.data:
        return button | {"key": choice.data}
    return button | {"type": 1, "url": choice.url}


def _vote_card(asked: Sequence[Choice]) -> Card:
    labels = texts.short((choice.label for choice in asked), VOTE_TEXT)
    options = [
        {"id": choice.data, "text": label, "is_checked": False}
        for choice, label in zip(asked, labels, strict=True)
    ]
    return {
        "card_type": VOTE_CARD,
        "checkbox": {"question_key": QUESTION, "mode": 0, "option_list": options},
        "submit_button": {"text": PICKED, "key": SUBMIT},
    }


def _with(text: str, limit: int, card: Card) -> Look:
    """The card with the text in its fields; one that is too long for them is sent before."""
    fields = _vote_words(text) if card["card_type"] == VOTE_CARD else _words(text)
    if fields is not None:
        return Look((), {**card, **fields})
    title = {"main_title": {"title": _beginning(text)}}
    return Look(tuple(texts.parts(text, limit)), {**card, **title})


def _words(text: str) -> Card | None:
    """Title and body of a button card that hold the whole text, or None.

    A title must not be empty. A first line that is too long for it is parted after a punctuation
    mark; where there is none, the whole text is the body and the title its beginning.
    """
    if not text.strip():
        return {"main_title": {"title": ASK}}
    title, _, body = text.partition("\n")
    if not title.strip() or len(title) > TITLE:
        end = texts.soft_end(title[:TITLE])
        title, body = (title[:end], text[end:]) if end else (_beginning(text), text)
    if len(body) > BODY:
        return None
    return {"main_title": {"title": title}, **({"sub_title_text": body} if body.strip() else {})}


def _vote_words(text: str) -> Card | None:
    """Title and line of a vote card that hold the whole text, or None: it has no body."""
    if not text.strip():
        return {"main_title": {"title": ASK}}
    first, _, rest = text.partition("\n")
    if not first.strip() or len(first) > TITLE or len(rest) > DESC or "\n" in rest:
        return None
    return {"main_title": {"title": first, "desc": rest} if rest.strip() else {"title": first}}


def _beginning(text: str) -> str:
    """The first line that says something, as long as a title may be."""
    first = next(line for line in text.split("\n") if line.strip())
    return texts.cut(texts.line(first), TITLE)
