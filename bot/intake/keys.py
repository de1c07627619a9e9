"""An update's key and lane, read from its raw JSON however malformed it is; knows no aiogram."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from storage.inbox import Arrival
from storage.schema import dumps


def arrival(raw: Any) -> Arrival:
    """The update's key and lane.

    The key holds a hash of the content beside the id: ids begin anew after a quiet week, and a new
    report must not be taken for an old one. An update that carries a `key` of its own is known by
    that, however it reads: the line knows which of the platform's messages it is.
    """
    update = raw if isinstance(raw, dict) else {"not an update": raw}
    try:
        digest = hashlib.sha256(dumps(update).encode()).hexdigest()[:16]
    except RecursionError:
        update = {"update_id": update.get("update_id"), "not an update": "nested too deeply"}
        digest = hashlib.sha256(dumps(update).encode()).hexdigest()[:16]
    own = update.get("key")
    if isinstance(own, str) and own:
        return Arrival(own[:200], _lane(update), update)
    return Arrival(f"{update.get('update_id')!a}:{digest}"[-80:], _lane(update), update)


def readable(raw: str) -> Any:
    """The stored update, with a sign that is none (half of a surrogate pair) as a question mark.

    Such a sign can't be stored in a column of text; only in `raw`, where it is an escape.
    """
    update = json.loads(raw)
    if "\\ud" not in raw:
        return update
    return json.loads(json.dumps(update, ensure_ascii=False).encode("utf-8", "replace"))


def _lane(update: Mapping[str, Any]) -> str:
    for kind in ("message", "edited_message", "my_chat_member"):
        chat = _inside(update, kind, "chat", "id")
        if chat is not None:
            return _name(chat)
    chat = _inside(update, "callback_query", "message", "chat", "id")
    return _name(chat if chat is not None else _inside(update, "callback_query", "from", "id"))


def _name(chat: Any) -> str:
    """The chat's number, also where it is written as text, as aiogram would read it."""
    try:
        return str(int(chat))[:40]
    except (TypeError, ValueError, OverflowError):
        return ascii(chat)[:40]


def _inside(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
