"""What a handler does its one deed with: deed and message end in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from bot.actions import answers
from bot.words.card import Card, to_json
from storage import inbox
from storage.database import Database
from storage.inbox import Row
from storage.schema import Transaction

P = ParamSpec("P")
R = TypeVar("R")


class Desk:
    """The `write` of one message: its deed also marks the inbox row done; there is no second."""

    def __init__(self, database: Database, row: Row, now: Callable[[], datetime]) -> None:
        self._database, self._row, self._now = database, row, now
        self.used = False

    async def __call__(
        self, deed: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The deed's result, committed together with the row's end."""

        def deed_and_done(tx: Transaction) -> R:
            result = deed(tx, *args, **kwargs)
            inbox.settle(tx, self._row.id, inbox.DONE, self._now())
            return result

        result = await self._database.write(deed_and_done)
        self.used = True
        return result

    async def saying(
        self, words: Callable[[R], Card], deed: Callable[Concatenate[Transaction, P], R],
        *args: P.args, **kwargs: P.kwargs,
    ) -> None:  # fmt: skip
        """Like calling it; what `words` makes of the result is owed in the same transaction."""
        row = self._row

        def deed_and_answer(tx: Transaction) -> None:
            said = to_json(words(deed(tx, *args, **kwargs)))
            answers.say(tx, row, said, self._now())

        await self(deed_and_answer)
