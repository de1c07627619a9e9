"""From gangting.toml to a `Bureau`: unknown keys and wrong values are named with their line.

The default bureau ships inside the package. Knows TOML and the records, no other setting.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
import types
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import TypeAdapter, ValidationError

from bot.errors import BadSetting
from bot.rules.records import NO_TROUBLE, Bureau

DEFAULT_FILE = Path(__file__).parent / "gangting.toml"
DEFAULT: dict[str, Any] = tomllib.loads(DEFAULT_FILE.read_text("utf-8"))
"""The bureau that ships with the package, as its file says."""

CODED = ("spots", "categories")
"""Tables whose keys are the codes of what they hold."""


def build_bureau(given: dict[str, Any], file: Path = DEFAULT_FILE) -> Bureau:
    """The bureau of this file. Raises BadSetting with the file, the line and what is allowed."""
    try:
        plain = _flattened(given)
        for path, allowed in _unknown(Bureau, plain, ()):
            raise _Wrong(path, f"{path[-1]!r} is not known here; allowed are {', '.join(allowed)}")
        bureau = TypeAdapter(Bureau).validate_python(plain)
        _make_sense(bureau)
    except ValidationError as wrong:
        fault = wrong.errors()[0]
        raise _bad(file, _path(fault["loc"], given), fault["msg"]) from None
    except _Wrong as wrong:
        raise _bad(file, _path(wrong.path, given), wrong.reason) from None
    return bureau


class _Wrong(Exception):
    def __init__(self, path: tuple[str, ...], reason: str) -> None:
        super().__init__(reason)
        self.path, self.reason = path, reason


def _flattened(given: dict[str, Any]) -> dict[str, Any]:
    """The file's tables in the shape of the record: [bureau] opened, codes moved inside."""
    plain = {key: value for key, value in given.items() if key != "bureau"}
    about = given.get("bureau", {})
    if not isinstance(about, dict):
        raise _Wrong(("bureau",), "must be a table: [bureau]")
    plain |= about
    for name in CODED:
        table = plain.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(v, dict) for v in table.values()):
            raise _Wrong((name,), f"must be tables: [{name}.CODE]")
        plain[name] = [{"code": code, **value} for code, value in table.items()]
    return plain


def _unknown(kind: Any, value: Any, path: tuple[str, ...]) -> Any:
    """(path, allowed names) of every key that no field of the record has."""
    if get_origin(kind) is types.UnionType:
        kind = next((k for k in get_args(kind) if k is not type(None)), kind)
    if get_origin(kind) is tuple and isinstance(value, list):
        for item in value:
            name = item.get("code") if isinstance(item, dict) else None
            yield from _unknown(get_args(kind)[0], item, (*path, name) if name else path)
    elif dataclasses.is_dataclass(kind) and isinstance(value, dict):
        hints = get_type_hints(kind)
        for key, inner in value.items():
            if key not in hints:
                yield (*path, key), sorted(hints)
            else:
                yield from _unknown(hints[key], inner, (*path, key))


def _make_sense(bureau: Bureau) -> None:
    """What types can't say: the zone exists, codes are short, names are not twice."""
    try:
        ZoneInfo(bureau.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise _Wrong(("bureau", "zone"), f"no time zone is called {bureau.zone!r}") from None
    if not bureau.spots:
        raise _Wrong(("spots",), "there must be at least one spot")
    if bureau.category(NO_TROUBLE) is None:
        raise _Wrong(
            ("categories",), f"[categories.{NO_TROUBLE}] is needed: a visit without trouble"
        )
    for name, rows in (("spots", bureau.spots), ("categories", bureau.categories)):
        for row in rows:
            if not re.fullmatch(r"[a-z0-9_]{1,24}", row.code):
                raise _Wrong((name, row.code), "a code is 1 to 24 of a-z, 0-9 and _")
    seen: dict[str, str] = {}
    for spot in bureau.spots:
        for word in (spot.name, *spot.aliases):
            if seen.setdefault(word, spot.code) != spot.code:
                reason = f"{word!r} already names the spot {seen[word]!r}"
                raise _Wrong(("spots", spot.code, "aliases"), reason)


def _path(loc: tuple[Any, ...], given: dict[str, Any]) -> tuple[str, ...]:
    """The record's place as the file's: list positions of coded tables become their codes."""
    path = [str(part) for part in loc]
    if path and path[0] in CODED and len(path) > 1 and path[1].isdigit():
        path[1] = list(given.get(path[0], {}))[int(path[1])]
    about = given.get("bureau")
    if path and isinstance(about, dict) and path[0] in about:
        path.insert(0, "bureau")
    return tuple(path)


def _bad(file: Path, path: tuple[str, ...], reason: str) -> BadSetting:
    text = file.read_text("utf-8") if file.exists() else ""
    return BadSetting(f"{file}, line {line_of(text, list(path))}: {'.'.join(path)}: {reason}")


def line_of(text: str, path: list[str]) -> int:
    """The line (from 1) on which the key at `path` stands, or its table's, or 1."""
    table: list[str] = []
    best = (0, 1)
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
        key = re.match(r"\s*([\w-]+)\s*=", line)
        if header:
            table = [part.strip().strip('"') for part in header.group(1).split(".")]
        here = [*table, key.group(1)] if key else table
        named = [part for part in path if not part.isdigit()]
        depth = len(here) if here == named[: len(here)] else 0
        if (header or key) and depth > best[0]:
            best = (depth, number)
    return best[1]
