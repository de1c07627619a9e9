"""From the plain values of a TOML file to frozen records; knows types, and no meaning of any.

Every value has the type that its field says, or is named with its place and what is allowed. Small
on purpose: a command that reads one text builds its bureau with it before a schema library is in.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.rules.terms import KINDS, Term, term

T = TypeVar("T")
Place = tuple[str, ...]
"""Where a value stands: table, row, key; rows of a list by their number from 0."""

_PLAIN: dict[Any, str] = {
    str: "a string in quotes",
    bool: "a boolean: true or false",
    int: "an integer",
    float: "a number",
    date: "a date such as 2025-05-28",
    time: "a time of day such as 08:30:00",
    Term: f'a term such as "2 工作时" or "5 工作日" ({", ".join(KINDS)}; days are whole)',
}
_PARSED: dict[Any, Any] = {date: date.fromisoformat, time: time.fromisoformat, Term: term}


class Wrong(Exception):
    """A value that can't stand where it does."""

    def __init__(self, place: Place, reason: str) -> None:
        super().__init__(reason)
        self.place, self.reason = place, reason


def shaped(kind: type[T], value: object, place: Place = ()) -> T:
    """The value as this kind of record, list or plain type. Raises Wrong."""
    shape: T = _shaped(kind, value, place)
    return shape


def _shaped(kind: Any, value: object, place: Place) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind) and kind not in _PARSED:
        return _record(kind, value, place)
    if origin is tuple:
        if not isinstance(value, list):
            raise Wrong(place, f"must be a list, not {_shown(value)}")
        return tuple(_shaped(args[0], one, (*place, str(i))) for i, one in enumerate(value))
    if origin is dict:
        table = table_at(value, place)
        return {key: _shaped(args[1], one, (*place, key)) for key, one in table.items()}
    if origin is Literal:
        if value not in args:
            allowed = ", ".join(map(str, args))
            raise Wrong(place, f"must be one of {allowed}, not {_shown(value)}")
        return value
    if origin in (Union, types.UnionType):
        return _shaped(next(arg for arg in args if arg is not type(None)), value, place)
    return _plain(kind, value, place)


def table_at(value: object, place: Place) -> dict[str, Any]:
    """The value, if it is a table. Raises Wrong."""
    if not isinstance(value, dict):
        name = ".".join(place)
        raise Wrong(place, f"must be a table: [{name}], not {_shown(value)}")
    return value


def _record(kind: Any, value: object, place: Place) -> Any:
    table = table_at(value, place)
    hints = _hints(kind)
    for key in table:
        if key not in hints:
            allowed = ", ".join(sorted(hints))
            raise Wrong((*place, key), f"{key!r} is not known here; allowed are {allowed}")
    fields = {key: _shaped(hints[key], one, (*place, key)) for key, one in table.items()}
    missing = next((name for name in _needed(kind) if name not in table), None)
    if missing is not None:
        raise Wrong((*place, missing), f"{missing!r} is missing")
    return kind(**fields)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _needed(kind: Any) -> Iterator[str]:
    for field in dataclasses.fields(kind):
        if field.default is field.default_factory is dataclasses.MISSING:
            yield field.name


def _plain(kind: Any, value: object, place: Place) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is kind and not isinstance(value, datetime):
        return value
    if kind in _PARSED and isinstance(value, str):
        try:
            return _PARSED[kind](value)
        except ValueError:
            pass
    raise Wrong(place, f"must be {_PLAIN[kind]}, not {_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return f"{value!r}"[:60] if isinstance(value, str | int | float) else f"{value}"[:60]
