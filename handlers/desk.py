"""What a handler is handed to do its one deed with; the lanes give it (bot/intake/desk.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from bot.rules.coming import Coming, Outcome
from bot.rules.records import Question
from bot.words.card import Card
from storage.schema import Transaction

P = ParamSpec("P")
R = TypeVar("R")


ReadQuestion = Callable[[str, datetime], Question]
"""How a text reads as a question, asked at a moment."""

FollowQuestion = Callable[[str, datetime, Question], Question | None]
"""How a text reads as a fragment (永福路呢) after the last question, or None."""

WillCome = Callable[[int], Awaitable[Sequence[Coming]]]
"""What the clock will bring, the soonest first."""

RunDue = Callable[[Transaction, int, datetime], Outcome | None]
"""Does a due row now; a deed."""


class Write(Protocol):
    """Runs one deed and commits it together with the message's end; a second deed is refused."""

    async def __call__(
        self, deed: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The deed's result, after the commit."""

    async def saying(
        self, words: Callable[[R], Card], deed: Callable[Concatenate[Transaction, P], R],
        *args: P.args, **kwargs: P.kwargs,
    ) -> None:  # fmt: skip
        """The same, and what `words` makes of the result is owed as the answer."""
