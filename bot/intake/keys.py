"""An update's key and lane, read from its raw JSON however malformed it is; knows no aiogram."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from storage.inbox import Arrival
from storage.schema import dumps


def arrival(raw: Any) -> Arrival:
    """The update's key and lane.

    The key holds a hash of the content beside the id: ids begin anew after a quiet week, and a new
    report must not be taken for an old one.
    """
    update = raw if isinstance(raw, dict) else {"not an update": raw}
    digest = hashlib.sha256(dumps(update).encode()).hexdigest()[:16]
    return Arrival(f"{update.get('update_id')}:{digest}"[:80], _lane(update), update)


def _lane(update: Mapping[str, Any]) -> str:
    for kind in ("message", "edited_message", "my_chat_member"):
        chat = _inside(update, kind, "chat", "id")
        if chat is not None:
            return str(chat)[:40]
    chat = _inside(update, "callback_query", "message", "chat", "id")
    person = _inside(update, "callback_query", "from", "id")
    return str(chat if chat is not None else person)[:40]


def _inside(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
