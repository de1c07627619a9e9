"""A template card: what it must be like, how a phone shows it, what a press of it is called.

Hard limits are a `Refusal`; advised lengths and what doesn't fit the card go to `complain`.
Sources: developer.work.weixin.qq.com/document/path/90236 and 101032. Knows no corporation.
"""

from __future__ import annotations

import re
from typing import Any

from bot.transports.simulator.botside import Look
from bot.transports.simulator.chats import Button
from bot.transports.simulator.limits import WECOM_BUTTON_CHARACTERS, WECOM_BUTTONS
from bot.transports.simulator.wecom.checks import Complain, Refusal, text_of

Card = dict[str, Any]

NOTICES = ("text_notice", "news_notice")
PRESSED = ("button_interaction", "vote_interaction", "multiple_interaction")
"""The cards that call back, whose code comes with the answer of message/send."""

OPTIONS, OPTION_CHARACTERS = 20, 11
KEY_BYTES, TASK_BYTES, ROWS = 1024, 128, 6
ADVISED = {"title": 26, "desc": 30, "sub_title_text": 112, "keyname": 5, "value": 26}
_TASK = re.compile(r"[0-9A-Za-z_\-@]+")


def calls_back(card: Card) -> bool:
    """Whether a person can press something on it, and the app can update it."""
    return card.get("card_type") in PRESSED or "action_menu" in card


def check(card: Any, complain: Complain, *, task_needed: bool = True) -> Card:
    """Passes a card that the documents allow; raises Refusal."""
    if not isinstance(card, dict):
        raise Refusal(40063, "some parameters are empty, template_card")
    kind = card.get("card_type")
    if kind not in NOTICES + PRESSED:
        raise Refusal(40058, "invalid card_type")
    _titles(card, complain)
    task = card.get("task_id")
    if task is not None or (calls_back(card) and task_needed):
        _task(task)
    if kind in NOTICES:
        _action(card)
    elif kind == "button_interaction":
        _buttons(card, complain)
    elif kind == "vote_interaction":
        _vote(card, complain)
    else:
        raise Refusal(40058, "multiple_interaction is not made believe here")
    return card


def look(card: Card) -> Look:
    """The card as a phone shows it; options of a vote are shown as buttons with their ids."""
    title = card.get("main_title", {}).get("title", "")
    lines = [title, card.get("main_title", {}).get("desc", ""), card.get("sub_title_text", "")]
    quote = card.get("quote_area", {})
    lines += [quote.get("title", ""), quote.get("quote_text", "")]
    rows = card.get("horizontal_content_list", [])
    lines += [f"{row['keyname']}：{row.get('value', '')}" for row in rows]
    lines += [jump.get("title", "") for jump in card.get("jump_list", [])]
    lines += [f"（{card['replace_text']}）"] if "replace_text" in card else []
    units = len(title.encode("utf-16-le")) // 2
    bold = [{"type": "bold", "offset": 0, "length": units}] if title else []
    return Look("\n".join(line for line in lines if line), bold, buttons=_shown(card))


def pressed(card: Card, data: str) -> tuple[str, str | None]:
    """What a press with this data calls back: the event's key, and the question where it is a vote.

    A press may come of an older look of the card: then its data is the key.
    """
    if card.get("card_type") == "vote_interaction":
        return card["submit_button"]["key"], card["checkbox"]["question_key"]
    return data, None


def _shown(card: Card) -> list[list[Button]]:
    if "replace_text" in card:
        return []
    if card["card_type"] == "vote_interaction":
        options = card["checkbox"]["option_list"]
        return [[Button(option["text"], option["id"])] for option in options]
    buttons = [
        Button(
            button["text"],
            button.get("key"),
            "primary" if button.get("style", 1) == 1 else None,
            button.get("url"),
        )
        for button in card.get("button_list", [])
    ]
    return [buttons[start : start + 2] for start in range(0, len(buttons), 2)]


def _titles(card: Card, complain: Complain) -> None:
    main = card.get("main_title", {})
    if not isinstance(main, dict):
        raise Refusal(40058, "main_title must be an object")
    sub = card.get("sub_title_text", "")
    if card["card_type"] in PRESSED:
        text_of(main, "title", 41016)
    elif not main.get("title") and not sub:
        raise Refusal(41016, "missing title")
    for name, value in (("title", main.get("title")), ("desc", main.get("desc")),
                        ("sub_title_text", sub)):  # fmt: skip
        _advised(name, value, complain)
    rows = card.get("horizontal_content_list", [])
    if not isinstance(rows, list) or len(rows) > ROWS:
        raise Refusal(40058, f"horizontal_content_list has at most {ROWS} rows")
    for row in rows:
        _advised("keyname", text_of(row, "keyname"), complain)
        _advised("value", row.get("value"), complain)


def _advised(name: str, value: Any, complain: Complain) -> None:
    if value is None:
        return
    if not isinstance(value, str):
        raise Refusal(40058, f"{name} must be a string")
    if len(value) > ADVISED[name]:
        complain(f"卡片的 {name} 有 {len(value)} 个字，建议不超过 {ADVISED[name]} 个")


def _task(task: Any) -> None:
    if not isinstance(task, str) or not _TASK.fullmatch(task) or len(task) > TASK_BYTES:
        raise Refusal(40058, "task_id must be 1 to 128 of 0-9A-Za-z_-@")


def _action(card: Card) -> None:
    action = card.get("card_action")
    if not isinstance(action, dict) or action.get("type") not in (1, 2):
        raise Refusal(40058, "card_action.type must be 1 or 2")
    text_of(action, "url" if action["type"] == 1 else "appid")


def _buttons(card: Card, complain: Complain) -> None:
    buttons = card.get("button_list")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= WECOM_BUTTONS:
        raise Refusal(40058, f"button_list must have 1 to {WECOM_BUTTONS} buttons")
    keys = []
    for button in buttons:
        text = text_of(button, "text")
        if len(text) > WECOM_BUTTON_CHARACTERS:
            complain(f"按钮「{text}」超过 {WECOM_BUTTON_CHARACTERS} 个字")
        if button.get("style", 1) not in (1, 2, 3, 4) or button.get("type", 0) not in (0, 1):
            raise Refusal(40058, "button style must be 1 to 4, type 0 or 1")
        if button.get("type", 0) == 1:
            text_of(button, "url")
        else:
            keys.append(_key(button, "key"))
    _unique(keys)


def _vote(card: Card, complain: Complain) -> None:
    box = card.get("checkbox")
    if not isinstance(box, dict):
        raise Refusal(40058, "missing checkbox")
    _key(box, "question_key")
    if box.get("mode", 0) not in (0, 1):
        raise Refusal(40058, "checkbox.mode must be 0 or 1")
    options = box.get("option_list")
    if not isinstance(options, list) or not 1 <= len(options) <= OPTIONS:
        raise Refusal(40058, f"option_list must have 1 to {OPTIONS} options")
    for option in options:
        text = text_of(option, "text")
        if len(text) > OPTION_CHARACTERS:
            complain(f"选项「{text}」超过 {OPTION_CHARACTERS} 个字")
    _unique([_key(option, "id") for option in options])
    submit = card.get("submit_button")
    text = text_of(submit, "text")
    _key(submit, "key")
    if len(text) > WECOM_BUTTON_CHARACTERS:
        complain(f"提交按钮「{text}」超过 {WECOM_BUTTON_CHARACTERS} 个字")


def _key(holder: Any, name: str) -> str:
    key = text_of(holder, name)
    if len(key.encode()) > (128 if name == "id" else KEY_BYTES):
        raise Refusal(40058, f"{name} is too long")
    return key


def _unique(keys: list[str]) -> None:
    if len(set(keys)) < len(keys):
        raise Refusal(40058, "keys must be unique")
