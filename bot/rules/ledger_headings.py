"""The headings that a table tells by its columns or by rows of their own; pure.

A table may give the paths itself (层级编号, as our own export does); else they follow the order in
which the titles come, and a blank cell means the heading above while nothing above it changed.
"""

from __future__ import annotations

import re
from collections import Counter

from bot.rules.ledger_draft import LONGEST_HEADING, Draft, clean

LEVELS = ("aspect", "item", "issue")
MOST_DEEP = 3
_PATH = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,2}")
_MARK = re.compile(
    r"^(?:[（(]\s*[一二三四五六七八九十\d]{1,3}\s*[）)]\s*[、．.]?|[一二三四五六七八九十]{1,3}\s*[、．.]"
    r"|\d{1,2}\s*(?:[、．]|\.(?!\d)))\s*"
)


class Headings:
    """Grows with the rows: path to title, and where the last row stood."""

    def __init__(self) -> None:
        self._titles: dict[str, str] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._below: Counter[str] = Counter()
        self._stands: list[str] = ["", "", ""]
        self._given = False

    def section(self, text: str) -> bool:
        """A row that holds one cell like （一）…方面 heads those below; False for empty words."""
        title = _title(text)
        if title:
            self._stands = [title, "", ""]
        return bool(title)

    def path_of(self, cells: dict[str, str]) -> str | None:
        """The path of the row's heading; None where the table tells of none."""
        given = cells.get("path", "").strip().strip(".")
        if _PATH.fullmatch(given):
            self._given = True
            self._take(given, cells)
            return given
        titles = [_title(cells.get(level, "")) for level in LEVELS]
        for depth, title in enumerate(titles):
            if title and title != self._stands[depth]:
                self._stands[depth:] = [title, *[""] * (MOST_DEEP - depth - 1)]
        return self._path()

    def bare(self, cells: dict[str, str]) -> bool:
        """Whether the row is a heading alone, by its own path; it is taken."""
        given = cells.get("path", "").strip().strip(".")
        told = [name for name, said in cells.items() if said and name not in (*LEVELS, "path")]
        if told or not _PATH.fullmatch(given):
            return False
        self._given = True
        self._take(given, cells)
        return True

    def into(self, draft: Draft) -> None:
        """The headings are the draft's."""
        draft.headings = dict(self._titles)
        draft.by_title = not self._given

    def _take(self, path: str, cells: dict[str, str]) -> None:
        parts = path.split(".")
        for depth in range(len(parts)):
            title = _plain(cells.get(LEVELS[depth], ""))
            self._titles.setdefault(".".join(parts[: depth + 1]), title or "未明确")
            if title:
                self._titles[".".join(parts[: depth + 1])] = title

    def _path(self) -> str | None:
        """The path by the titles alone: an empty level between two is left out."""
        above = ""
        for title in self._stands:
            if not title:
                continue
            path = self._known.get((above, title))
            if path is None:
                self._below[above] += 1
                nth = self._below[above]
                path = f"{above}.{nth}" if above else str(nth)
                self._known[above, title] = path
                self._titles[path] = title
            above = path
        return above or None


def _title(text: str) -> str:
    return _MARK.sub("", _plain(text), count=1).strip()


def _plain(text: str) -> str:
    return " ".join(clean(text).split())[:LONGEST_HEADING].strip()
