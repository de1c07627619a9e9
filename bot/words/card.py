"""A card: what is shown of one thing to one chat; knows no chat library and no fact.

The text carries the whole meaning; buttons, choices and pictures are extras (conversations.md 6).
A line decides how a card looks: rows of buttons, a template card, a numbered list.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bot.words.chart import Chart, chart_from_json

PAGE = 8
"""Choices that fit a page on a line that draws them as buttons."""

_VERSION = re.compile(r"('v1:[a-z]+:-?[0-9a-z]+):[0-9a-z]+")
_LOOKS = ("rows", "choices", "page", "turn", "keys", "ask_place", "quiet")

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Button:
    """A button says its result; `data` is what a press sends back, at most 64 bytes."""

    label: str
    data: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """Text whose first line answers by itself, rows of buttons, and a list to pick one from.

    `choices` are drawn before `rows`; a line that can't show all of them shows page `page` and the
    button `turn`. `keys` is the lasting keyboard below the text field, with `ask_place` under a key
    that sends the phone's location, once; a card that is not `quiet` rings.

    Where a line can't edit a message, a changed card is sent anew; but if `gist` is what it was,
    `brief` is said instead, and nothing at all where that is empty.

    What goes with the text is made when it is sent: a picture of `chart`, an Excel file of the rows
    that the asked question `sheet` counts, the stored `photos` (by their SHA-256, at most ten), and
    `papers` by number and form (12.docx). With `apart` the words are a message of their own after
    these, so that they can change.
    """

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    choices: tuple[Button, ...] = ()
    page: int = 0
    turn: Button | None = None
    keys: tuple[tuple[str, ...], ...] = ()
    ask_place: bool = False
    quiet: bool = True
    gist: str = ""
    brief: str | None = None
    chart: Chart | None = None
    sheet: int | None = None
    photos: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    apart: bool = False

    def digest(self) -> str:
        """Equal for cards that look the same: an edit that changes nothing is not sent.

        Its first half is equal for cards of the same gist. The version in the buttons' data is
        none of the look: a button of any age acts.
        """
        whole = repr((self.text, *(getattr(self, name) for name in _LOOKS)))
        whole = _VERSION.sub(r"\1", whole)
        return _hash(self.gist or whole)[:16] + _hash(whole)[:16]


def same_gist(digest: str | None, other: str) -> bool:
    """Whether two cards, by their digests, say the same but for details."""
    return digest is not None and digest[:16] == other[:16]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Reaction:
    """A mark on the person's own message: 👌 stored, 👀 asked in private."""

    emoji: str = "👌"


def turn(page: int, choices: int, press_for: Callable[[int], str]) -> Button | None:
    """The button to the page after this one, after the last to the first; None where all fit one.

    `press_for` gives the data of a press that asks for a page.
    """
    if choices <= PAGE:
        return None
    return Button("还有", press_for(page + 1 if (page + 1) * PAGE < choices else 0))


@dataclass(frozen=True, slots=True)
class Toast:
    """A word shown for a moment to whoever pressed a button; `alert` makes him close it."""

    text: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: what to do, with which row, at which version of the card."""

    act: str
    subject: int
    version: int
    arg: str = ""

    @property
    def number(self) -> int:
        """The argument as a small whole number, 0 where it is none: any data may be forged."""
        plain = self.arg.isascii() and self.arg.isdecimal() and len(self.arg) < 10
        return int(self.arg) if plain else 0


def press(act: str, subject: int, version: int, arg: str = "") -> str:
    """The data of a button: `v1:<act>:<base36 id>:<version>[:<arg>]`, at most 64 bytes."""
    data = f"v1:{act}:{_base36(subject)}:{_base36(version)}"
    return f"{data}:{arg}" if arg else data


def read_press(data: str) -> Press | None:
    """What a button's data says, or None where it is not one of ours."""
    parts = data.split(":", 4)
    if len(parts) < 4 or parts[0] != "v1" or not parts[1].isalpha():
        return None
    try:
        subject, version = int(parts[2], 36), int(parts[3], 36)
    except ValueError:
        return None
    if abs(subject) > 2**62 or not 0 <= version < 2**31:
        return None
    return Press(parts[1], subject, version, parts[4] if len(parts) > 4 else "")


def _base36(number: int) -> str:
    if number < 0:
        return "-" + _base36(-number)
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if not number:
            return digits


def from_json(stored: dict[str, Any]) -> Card:
    """The card that `to_json` was given."""
    rows = tuple(tuple(Button(**b) for b in row) for row in stored["rows"])
    choices = tuple(Button(**b) for b in stored["choices"])
    turn = Button(**stored["turn"]) if stored["turn"] else None
    keys = tuple(tuple(row) for row in stored["keys"])
    return Card(
        stored["text"], rows, choices, stored["page"], turn, keys, stored["ask_place"],
        stored["quiet"], stored.get("gist", ""), stored.get("brief"),
        chart_from_json(stored.get("chart")), stored.get("sheet"), tuple(stored.get("photos", ())),
        tuple(stored.get("papers", ())), stored.get("apart", False),
    )  # fmt: skip


def to_json(card: Card) -> dict[str, Any]:
    """The card as plain values, for an answer that is owed as it was said."""
    return asdict(card)
