"""What Telegram refuses in keyboards: empty or wordless buttons, too much data, too many."""

from __future__ import annotations

from typing import Any

from tests.fakes.rules import BLANK, Notes, Params, bad, check_url, length, words

ACTIONS = words(
    "url callback_data web_app login_url copy_text callback_game pay switch_inline_query "
    "switch_inline_query_current_chat switch_inline_query_chosen_chat disabled"
)
# The empty query is a meaningful one, an empty callback_data is none.
MAY_BE_EMPTY = words("switch_inline_query switch_inline_query_current_chat callback_game disabled")


def _action_of(button: Params, notes: Notes) -> str:
    actions = [k for k in button if k in ACTIONS and (button[k] or k in MAY_BE_EMPTY)]
    if not actions:
        raise bad(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        notes.append(f"inline button {button['text']!r} has {len(actions)} actions: {actions}")
    return actions[0]


def check_inline_button(button: Params, notes: Notes) -> None:
    """Refuse an inline button that would not be shown."""
    if not button["text"].strip(BLANK):
        raise bad("inline keyboard button text must be non-empty")
    if button.get("style") not in (None, "danger", "success", "primary"):
        raise bad("can't parse inline keyboard button: Unsupported button style specified")
    action = _action_of(button, notes)
    if action == "callback_data":
        if len(button["callback_data"].encode("utf-8", "surrogatepass")) > 64:
            raise bad("BUTTON_DATA_INVALID")
    elif action == "url":
        check_url(button["url"], "inline keyboard button URL")
    elif action == "web_app":
        _check_web_app(button, "inline keyboard button")
    elif action == "copy_text":
        if not 1 <= length(button["copy_text"]["text"]) <= 256:
            raise bad("BUTTON_COPY_TEXT_INVALID")
    elif action == "pay":
        raise bad("BUTTON_TYPE_INVALID")


def _check_web_app(button: Params, what: str) -> None:
    url = button["web_app"]["url"]
    if not url.startswith("https://"):
        raise bad(f"{what} Web App URL '{url}' is invalid: Only HTTPS links are allowed")


def _check_reply_keyboard(rows: list[list[Any]]) -> None:
    for row in rows:
        for button in row:
            text = button if isinstance(button, str) else button["text"]
            if not text.strip(BLANK):
                raise bad("keyboard button text must be non-empty")
            if isinstance(button, dict) and "web_app" in button:
                _check_web_app(button, "keyboard button")


def keyboard(markup: Params, notes: Notes) -> Params | None:
    """The markup without its empty rows; None when nothing is left of an inline keyboard."""
    key = "inline_keyboard" if "inline_keyboard" in markup else "keyboard"
    if len(markup.get("input_field_placeholder") or "") > 64:
        notes.append("input_field_placeholder longer than 64")
    if key not in markup:
        return markup
    rows = [row for row in markup[key] if row]
    if sum(len(row) for row in rows) > 100:
        raise bad("REPLY_MARKUP_TOO_LONG")
    if key == "keyboard":
        _check_reply_keyboard(rows)
        if not rows:
            raise bad("reply keyboard must have at least one button")
        return {**markup, "keyboard": rows}
    for row in rows:
        for button in row:
            check_inline_button(button, notes)
    return {"inline_keyboard": rows} if rows else None
