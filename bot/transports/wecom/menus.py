"""Numbered choices where buttons can't be: what a receiver was shown last, and the number he typed.

The latest menu counts, for half an hour. Knows no platform's words for either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.transports.wecom.book import MENU, Book

LIVES = timedelta(minutes=30)

_DIGITS = re.compile(r"\s*(\d{1,2})\s*[.。、,，)）]?\s*")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: the button's data, and the number in the book of the message it is of."""

    data: str
    card: int | None


async def show(
    book: Book, receiver: str, choices: Sequence[tuple[str, str]], card: int | None, now: datetime
) -> None:
    """The receiver's menu is this one now: labels with their data, in the order of the numbers.

    `receiver` is a userid in lower case, or a group's chat id.
    """
    facts = {"at": now.isoformat(), "choices": [list(one) for one in choices], "card": card}
    await book.keep(MENU, receiver, facts)


async def end(book: Book, receiver: str) -> None:
    """No number means anything to the receiver until the next menu."""
    if await book.facts(MENU, receiver):
        await book.keep(MENU, receiver, {})


async def chosen(
    book: Book, receiver: str, text: str, now: Callable[[], datetime]
) -> Choice | None:
    """What the typed number means to this receiver; None where it is no choice of a live menu."""
    number = typed(text)
    if number is None:
        return None
    facts = await book.facts(MENU, receiver)
    # A clock that was put back gives no menu a longer life.
    if not facts or abs(now() - datetime.fromisoformat(facts["at"])) > LIVES:
        return None
    choices = facts["choices"]
    if not 1 <= number <= len(choices):
        return None
    return Choice(choices[number - 1][1], facts["card"])


def typed(text: str) -> int | None:
    """The number, where the text is nothing but one; wide digits and a full stop are fine."""
    match = _DIGITS.fullmatch(unicodedata.normalize("NFKC", text))
    return int(match[1]) if match else None
