"""A bureau's own words: added to the shipped ones, and shipped ones taken away.

`[vocabulary]` of a bureau's file holds only what its people say otherwise. Lists grow by the words
given there; `[vocabulary.without]` names, in the same places, the words that are no longer meant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from math import prod
from typing import Any, TypeVar, get_args

from bot.rules.records import Action, State
from bot.rules.scripts import levelled
from bot.rules.vocabulary import (
    ActionWords,
    Hint,
    Holiday,
    ObligationWords,
    Vocabulary,
    alternatives,
    expand,
)
from bot.shapes import Place, Wrong, shaped, table_at

T = TypeVar("T")
PLACE: Place = ("vocabulary",)
WITHOUT = "without"
ALL = "*"
MOST_SPELLINGS = 20_000

MAY_BE_NOTHING = "joints"
"""Two roads may stand side by side with nothing between."""

OPEN = ("doubtful",)
"""Tables whose keys are words; the keys of the others are meanings that the reader knows."""


def with_own_words(shipped: Vocabulary, table: object, categories: frozenset[str]) -> Vocabulary:
    """The shipped vocabulary with a file's [vocabulary]. Raises Wrong.

    `categories` are the codes that words may point to.
    """
    given = {key: _plain(value) for key, value in table_at(table, PLACE).items()}
    taken = given.pop(WITHOUT, {})
    own = shaped(Vocabulary, given, PLACE)
    for place, word in _words(given, PLACE):
        _check_word(word, place)
    _check_meanings(own, shipped, categories)
    left: Vocabulary = _reduced(shipped, taken, (*PLACE, WITHOUT))
    joined: Vocabulary = _joined(left, own)
    return joined


def _plain(value: Any) -> Any:
    """As texts are before they are read: plain signs, simplified letters."""
    if isinstance(value, str):
        return levelled(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {levelled(key): _plain(one) for key, one in value.items()}
    return value


def _words(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _words(one, (*place, key))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _words(one, (*place, str(at)))


def _check_word(word: str, place: Place) -> None:
    parts = alternatives(word)
    outside = "".join(choices[0] for choices in parts[::2])
    if not any("".join(choices) for choices in parts) and MAY_BE_NOTHING not in place:
        raise Wrong(place, "an empty word")
    if "(" in outside or "|" in outside or any("(" in one for choices in parts for one in choices):
        raise Wrong(place, f"{word!r}: alternatives are written (a|b), not one in another")
    spellings = prod(map(len, parts))
    if spellings > MOST_SPELLINGS:
        raise Wrong(place, f"{word!r} stands for {spellings} words; at most {MOST_SPELLINGS}")


def _check_meanings(own: Vocabulary, shipped: Vocabulary, categories: frozenset[str]) -> None:
    """What types can't say: the reader knows the action, the category is there."""
    for at, row in enumerate(own.actions):
        _one_of(row.action, get_args(Action), (*PLACE, "actions", str(at), "action"))
        _one_of(row.state, get_args(State), (*PLACE, "actions", str(at), "state"))
    for at, hint in enumerate(own.hints):
        _one_of(hint.category, categories, (*PLACE, "hints", str(at), "category"))
    for code in own.yielding:
        _one_of(code, categories, (*PLACE, "yielding"))
    for word, codes in own.doubtful.items():
        for code in codes:
            _one_of(code, categories, (*PLACE, "doubtful", word))
    for place, mine, known in _tables(own, shipped, PLACE):
        for key in mine:
            _one_of(key, known, (*place, key))


def _one_of(value: str, allowed: Any, place: Place) -> None:
    if value not in allowed:
        raise Wrong(place, f"{value!r} is not known here; allowed are {', '.join(sorted(allowed))}")


def _tables(own: object, shipped: object, place: Place) -> Iterator[tuple[Place, Any, Any]]:
    """The tables of one's own by meaning, beside the shipped ones."""
    for field in dataclasses.fields(own):  # type: ignore[arg-type]
        mine, known = getattr(own, field.name), getattr(shipped, field.name)
        if isinstance(mine, dict) and field.name not in OPEN:
            yield (*place, field.name), mine, known
        elif dataclasses.is_dataclass(mine):
            yield from _tables(mine, known, (*place, field.name))


def _joined(shipped: Any, own: Any) -> Any:
    """Both; one's own come first, since the first meaning of a word stands."""
    if isinstance(own, dict):
        return {key: _joined(shipped.get(key, ()), own.get(key, ())) for key in {**shipped, **own}}
    if isinstance(own, tuple):
        named = {name for row in own if (name := _name(row)) is not None}
        rest = (row for row in shipped if row not in own and _name(row) not in named)
        return (*own, *rest)
    parts = {f.name: (getattr(shipped, f.name), getattr(own, f.name)) for f in _fields(own)}
    return dataclasses.replace(
        own, **{name: _joined(theirs, mine) for name, (theirs, mine) in parts.items()}
    )


def _fields(record: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(record)


def _name(row: object) -> object:
    """By what a row is known: one's own takes the place of a shipped row of the same name."""
    if isinstance(row, ObligationWords):
        return row.code
    return (row.name, row.first.year) if isinstance(row, Holiday) else None


def _reduced(value: Any, taken: Any, place: Place) -> Any:
    """The value without the words that `taken` names at the same place."""
    if isinstance(value, tuple):
        return _without(value, shaped(tuple[str, ...], taken, place), place)
    table = table_at(taken, place)
    if isinstance(value, dict):
        for key in table:
            _one_of(key, value, (*place, key))
        return value | {k: _reduced(value[k], one, (*place, k)) for k, one in table.items()}
    names = {field.name for field in _fields(value)}
    for key in table:
        _one_of(key, names, (*place, key))
    parts = {k: _reduced(getattr(value, k), one, (*place, k)) for k, one in table.items()}
    return dataclasses.replace(value, **parts)


def _without(rows: tuple[Any, ...], taken: tuple[str, ...], place: Place) -> tuple[Any, ...]:
    """The rows less the words taken, of which each must be there; `*` takes all."""
    if ALL in taken:
        return ()
    gone = {spelled for word in taken for spelled in expand(word)}
    met: set[str] = set()

    def left(words: tuple[str, ...]) -> tuple[str, ...]:
        kept: list[str] = []
        for word in words:
            spelled = expand(word)
            met.update(gone.intersection(spelled))
            kept += [word] if gone.isdisjoint(spelled) else [w for w in spelled if w not in gone]
        return tuple(kept)

    found = _rows_left(rows, left)
    for at, word in enumerate(taken):
        if met.isdisjoint(expand(word)):
            raise Wrong((*place, str(at)), f"{word!r} is not among the words there")
    return found


def _rows_left(
    rows: tuple[Any, ...], left: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> tuple[Any, ...]:
    """Rows of actions and hints lose words; obligations go by their code, holidays by name."""
    found: list[Any] = []
    for row in rows:
        if type(row) in (ActionWords, Hint):
            lists = {f.name: getattr(row, f.name) for f in _fields(row)}
            fewer = {name: left(one) for name, one in lists.items() if isinstance(one, tuple)}
            found.append(dataclasses.replace(row, **fewer))
        elif isinstance(row, ObligationWords):
            found += [row] if left((row.code,)) else []
        elif isinstance(row, Holiday):
            found += [row] if left((row.name,)) else []
        else:
            found += left((row,))
    return tuple(found)
