"""Where in a TOML file a value stands, for the sentence that says it is wrong."""

from __future__ import annotations

import re

_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_NAMES = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_NAMES})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_NAMES})\s*=")


def line_of(text: str, path: list[str]) -> int:
    """The line (from 1) on which the key at `path` stands, or its table's, or 1.

    A number in the path is a row of a list of tables, from 0, or an entry of a plain list.
    """
    rows: dict[tuple[str, ...], int] = {}
    table: list[str] = []
    best = (0, 1)
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _row(_parts(header[2]), rows, begins=header[1] == "[[")
        here = [*table, *_parts(key[1])] if key else table
        depth = len(here) if here == path[: len(here)] else 0
        if (header or key) and depth > best[0]:
            best = (depth, number)
    return best[1]


def _parts(names: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_NAME, names)]


def _row(parts: list[str], rows: dict[tuple[str, ...], int], *, begins: bool) -> list[str]:
    """The header's table, each list of tables in it followed by the number of its last row."""
    path: list[str] = []
    for at, part in enumerate(parts, 1):
        path.append(part)
        here = tuple(path)
        if begins and at == len(parts):
            rows[here] = rows.get(here, -1) + 1
        if here in rows:
            path.append(str(rows[here]))
    return path
