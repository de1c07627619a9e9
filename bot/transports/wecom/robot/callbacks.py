"""Which callbacks can still be answered, by chat and by card; in memory, knows no frame's body.

An answer to a callback costs nothing of what may be sent of our own accord, and reaches people
whom the robot couldn't write to otherwise. After a restart there is none; everything is sent then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

MESSAGE_LIVES = timedelta(seconds=60)
"""An answer to an older message would stand where nobody looks for it."""

EVENT_LIVES = timedelta(seconds=4.5)
"""The platform's five seconds, less the way there (path/101031)."""

MOST = 4096
"""Callbacks remembered; the oldest go first."""


class Kind(Enum):
    """What can be answered, and so how."""

    MESSAGE = "message"
    ENTRY = "enter_chat"
    PRESS = "template_card_event"


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback: `request` is its req_id, `about` the chat's aiogram id or the task id."""

    kind: Kind
    request: str
    about: int | str
    at: datetime


class Callbacks:
    """The callbacks that nothing has answered yet."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._open: dict[str, Callback] = {}
        self._known: dict[str, None] = {}

    def came(self, kind: Kind, request: str, about: int | str) -> None:
        """The callback can be answered from now on; one that is told again is not a new one."""
        if not request or request in self._known:
            return
        self._open[request] = Callback(kind, request, about, self._now())
        self._known[request] = None
        for held in (self._open, self._known):
            while len(held) > MOST:
                held.pop(next(iter(held)))

    def take(self, chat: int) -> Callback | None:
        """The newest callback of this chat that a message can answer; it is answered with it."""
        return self._take((Kind.MESSAGE, Kind.ENTRY), chat)

    def take_press(self, task: str) -> Callback | None:
        """The newest press of this card that can still change it; it is spent with it."""
        return self._take((Kind.PRESS,), task)

    def _take(self, kinds: tuple[Kind, ...], about: int | str) -> Callback | None:
        for request, found in reversed(self._open.items()):
            lives = MESSAGE_LIVES if found.kind is Kind.MESSAGE else EVENT_LIVES
            age = self._now() - found.at
            if age > MESSAGE_LIVES:
                return None
            if found.about == about and found.kind in kinds and age <= lives:
                return self._open.pop(request)
        return None
