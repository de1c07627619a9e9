"""Which list a report's card shows, as its row keeps it; knows no button.

`spots:1` is the second page of the spots; `categories:0:2` the categories for the find at place 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["spots", "categories"]


@dataclass(frozen=True, slots=True)
class Menu:
    """A list to pick from, its page from 0, and the find it is for; None: all that want it."""

    kind: Kind
    page: int = 0
    position: int | None = None

    def stored(self) -> str:
        """The menu as a row keeps it."""
        tail = "" if self.position is None else f":{self.position}"
        return f"{self.kind}:{self.page}{tail}"


def read_menu(stored: str | None) -> Menu | None:
    """The menu that `stored` was made of, or None."""
    kind, _, rest = (stored or "").partition(":")
    page, position = _numbers(rest, ":")
    if kind == "spots":
        return Menu("spots", page or 0, position)
    return Menu("categories", page or 0, position) if kind == "categories" else None


def numbered(stored: str | None, kind: str) -> int | None:
    """The number of a menu kept as `kind:number`, such as items:1; None for any other."""
    named, _, number = (stored or "").partition(":")
    return int(number) if named == kind and _is_small(number) else None


def menu_of(kind: Kind, arg: str) -> Menu:
    """The menu a button asks for: its argument is `page` or `page.position`."""
    page, position = _numbers(arg, ".")
    return Menu(kind, page or 0, position)


def choice(arg: str) -> tuple[str, int | None]:
    """What was picked, and for which find: the argument is `code` or `code.position`."""
    code, _, position = arg.partition(".")
    return code, int(position) if _is_small(position) else None


def _numbers(text: str, sign: str) -> tuple[int | None, int | None]:
    first, _, second = text.partition(sign)
    return (
        int(first) if _is_small(first) else None, int(second) if _is_small(second) else None
    )  # fmt: skip


def _is_small(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) <= 3
