"""What people want of the bot in a storm about tasks, and how they go on until it has answered.

Somebody who presses and sees no answer presses again, once the bot is back or his patience ends;
what he sends is sent once, because Telegram keeps it. All of it is remembered for the proof.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bot.words.card import Press

DEEDS: dict[str, tuple[str, ...]] = {
    "lg": ("start",), "lf": ("hand_in",), "lb": ("take_back",), "lm": ("evidence_drop",),
    "lk": ("approve",), "lt": ("send_back",), "lp": ("pass_on",), "ls": ("sign_off", "meet"),
    "lh": ("refuse",), "lc": ("rethink",), "lo": ("reopen",), "lu": ("stuck",),
    "ob": ("longer_ask",), "og": ("longer_grant",), "of": ("longer_refuse",),
    "ow": ("longer_withdraw",),
}  # fmt: skip
"""What a press does, as the journal calls it: `task_` before it."""

SAID: dict[str, tuple[str, ...]] = {
    "lg": ("把照片或文件发过来",), "lf": ("交上去了",), "lb": ("撤回了",),
    "lk": ("复核通过了",), "lt": ("记下了",), "lp": ("好，请", "好，现在没有别人"),
    "ls": ("好，记下了",), "lh": ("记下了",), "lc": ("好，再看一遍",), "lo": ("记下了",),
    "lu": ("记下了",), "ob": ("申请了",), "og": ("同意了",), "of": ("跟他说了",),
    "ow": ("撤回了",),
}  # fmt: skip
"""The words by which the chat tells that it is done."""

DROPPED = "份都不算了"
"""So ends what it tells of evidence that is not wanted."""

MENUS = frozenset({"lt", "lh", "lo", "lu"})
"""Without a reason such a press only opens the list of them."""

OF_ROW = frozenset({"og", "on", "of", "ow"})
"""Presses whose subject is what was asked for, not the task."""


@dataclass(frozen=True)
class Pressed:
    """A press, and the toast that it got, if it got one."""

    at: float
    query: str


@dataclass
class Wish:
    """One thing that somebody wants done, with as many presses as it took.

    `words` stand for a press where they are what does it: a reason that he wrote, 「发完了」.
    `poke` is a press of a button that did its work before.
    """

    user: int
    press: Press
    begun: float
    message: int = 0
    poke: bool = False
    words: str = ""
    presses: list[Pressed] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    ended: float = math.inf
    life: int = 0

    @property
    def act(self) -> str:
        """What kind of press it is; "" where nothing is done by it but showing something."""
        if self.press.act in MENUS and not self.press.arg:
            return ""
        return self.press.act if self.press.act in DEEDS else ""

    @property
    def told_done(self) -> bool:
        """Whether the chat was told that it is done."""
        if self.act == "lm":
            return any(toast.endswith(DROPPED) for toast in self.toasts)
        return any(toast.startswith(SAID[self.act]) for toast in self.toasts) if self.act else False


@dataclass
class Piece:
    """A photo or a sentence that was sent as evidence; `dropped` is None where it may be either."""

    user: int
    message: int
    task: int
    at: float
    sha256: str
    words: str
    dropped: bool | None = False


@dataclass
class Memory:
    """What everybody wanted and sent."""

    wishes: list[Wish] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
