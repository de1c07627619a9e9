"""What a WeCom line must remember, as it asks for it; the house keeps it (storage/outside.py).

aiogram's ids are numbers and WeCom's are words: a name is given its number once, for good. Both
lines of one corporation share a book, so that one person has one number on both.
"""

from __future__ import annotations

from typing import Any, Protocol

USER = "user"
"""A member by userid, lower case; facts: name, department, at (when the directory said so)."""

GROUP = "group"
"""A group by chat id; facts: title, and how it is reached (appchat, webhook or robot)."""

CARD = "card"
"""A sent message by its task id; facts: to, msgid, code, until, choices and how it looks."""

DRAFT = "draft"
"""A message being sent, by receiver and content, so that sending it again is byte for byte so."""

MENU = "menu"
"""The numbered choices a receiver was shown last, by userid."""

LEAVER = "leaver"
"""A deleted member, by the key of the message that tells of it; facts: his number."""

LIVE = "live"
"""A picture announced by the camera key, by `{aiogram id of the chat}:{md5}`."""

SPELLING = "spelling"
"""How the robot's platform writes a userid that isn't all lower case, by the userid."""

OWN = "robot:"
"""Before a receiver in the robot's drafts and menus: the app may be sending him the same."""

FILE = "file"
"""A file of the robot's line: facts are its address, key and name."""


class Book(Protocol):
    """Names with their numbers and facts; `kind` is one of the words above."""

    async def number(self, kind: str, name: str) -> int:
        """The name's number (from 1, never two names with one, over all kinds); assigned if new."""

    async def named(self, kind: str, number: int) -> str | None:
        """The name of this kind with the number, or None."""

    async def keep(self, kind: str, name: str, facts: dict[str, Any]) -> int:
        """These are the name's facts now, whatever they were; its number."""

    async def facts(self, kind: str, name: str) -> dict[str, Any] | None:
        """The name's facts; None where none were kept."""

    async def rename(self, kind: str, old: str, new: str) -> None:
        """What was known by the old name is known by the new one, under the same number."""
