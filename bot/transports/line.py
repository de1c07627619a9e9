"""A line: one way in and out of the house, as the rooms above see it; knows no platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiogram import Bot

MEGABYTE = 1024 * 1024

Accept = Callable[[list[Any]], Awaitable[None]]
"""Takes raw updates; returns after they are stored, raises when they could not be."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody as the line's own directory knows him."""

    name: str
    department: str | None = None


@dataclass
class Line:
    """A line's name and bot, and what its platform can do (conversations.md 3.6).

    `title` is what people call it; `pace` is messages a second over all chats, `chat_pace` messages
    a minute to one chat and `group_pace` to one group, 0 for no bound; `gap` lies between two
    messages to one chat; `settle` how long to wait for more parts before a receipt. A text is at
    most `longest` units long; 0 where the line itself parts what is longer. Without `captions` the
    words for a photo come in a message of their own. `choices` is how many of a list's choices the
    line shows at once. In the `crowded` minutes of an hour nothing that was planned is sent.
    Without `albums` photos go one by one; `largest_file` is the bytes of a file that it takes.
    Where it `pins`, a group has its board. Where the same is delivered `same_once`, what is sent
    again must be the same to the letter. `directory` tells who an account is, where the platform
    vouches for it; accounts of the line named `kin` are the same people's.
    """

    name: str
    bot: Bot
    title: str = ""
    pace: float = 0.0
    chat_pace: int = 0
    group_pace: int = 0
    gap: timedelta = timedelta(0)
    settle: timedelta = timedelta(0)
    reactions: bool = True
    place_key: bool = True
    captions: bool = True
    username: str = ""
    choices: int = 8
    crowded: frozenset[int] = frozenset()
    albums: bool = True
    largest_file: int = 50 * MEGABYTE
    longest: int = 4096
    pins: bool = False
    same_once: bool = False
    directory: Callable[[int], Awaitable[Member | None]] | None = None
    kin: str = ""

    def link(self, token: str) -> str:
        """What an invited person opens; where the platform has no links, what he sends."""
        if self.username:
            return f"https://t.me/{self.username}?start=i_{token}"
        return f"邀请码 {token}"
