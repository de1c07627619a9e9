"""Finds the people a text names as companions; knows no roster, only how names are built."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.rules.vocabulary import PeopleWords, expand_all

JOINTS = frozenset("和与跟及同")  # between names, and so never the beginning of one
PAIRS = (4, 6)  # letters of two names written as one word
MOST = 8  # companions beside the first; a patrol is no parade


@dataclass(frozen=True)
class Names:
    """Names, and the stretches [start, end) at which they are written."""

    names: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


class People:
    """Names by their surname and by the words around them."""

    def __init__(self, words: PeopleWords, known: frozenset[str] = frozenset()) -> None:
        """`known` are words that look like names and are none."""
        self._known = known
        any_surname = _either(w for w in words.surnames if w not in JOINTS)
        sure = _either(w for w in words.surnames if w not in (*words.doubtful, *JOINTS))
        never = re.escape("".join(words.never))
        given = f"(?![{never}])[一-鿿]" if never else "[一-鿿]"
        self._name = re.compile(f"(?:{any_surname})(?:{given}){{1,2}}")
        name, sure_name = (f"(?:(?:{s})[一-鿿]{{1,2}}?|[老小](?:{s}))" for s in (any_surname, sure))
        joint = r"\s*(?:、|,|/|和|与|跟|及|\s)\s*"
        names, sure_names = (f"{one}(?:{joint}{one}){{0,{MOST}}}?" for one in (name, sure_name))
        greedy = f"{name}(?:{joint}{name}){{0,{MOST}}}"
        after, before = _either(words.after), _either(words.before)
        titles = _either(words.titles)
        squad = _either(words.departments)
        end = r"(?=[\s,。;)]|$)"
        self._patterns = tuple(
            re.compile(pattern)
            for pattern in (
                rf"\((?P<names>{names})\)",
                rf"^(?P<names>{name})(?:和|与|跟|同)我",
                rf"^(?P<names>{sure_name}(?:{joint}{name}){{1,{MOST}}}?)\s*(?=[\s:,\0]|{after})",
                rf"(?:{before})\s*(?P<names>{names}|{name}{name})\s*(?:{after})",
                rf"(?:{titles})\s*[:(]?\s*(?P<names>{greedy})(?:\)|{end})",
                rf"^(?:[一-鿿]{{1,4}}(?:{squad}))?(?P<names>{sure_names})\s*(?=:|到岗|在岗|值守)",
            )
        )
        self._split = re.compile(joint)

    def find(self, text: str) -> Names | None:
        """The companions named in the text, or None."""
        for pattern in self._patterns:
            matches = [m for m in pattern.finditer(text) if m["names"] not in self._known]
            if matches:
                said = (n for m in matches for n in self._apart(m["names"]))
                return Names(tuple(dict.fromkeys(said)), tuple(m.span("names") for m in matches))
        return None

    def _apart(self, names: str) -> Iterator[str]:
        """Each name; 李强王磊 are two."""
        for name in filter(None, self._split.split(names)):
            half = len(name) // 2
            both = (name[:half], name[half:])
            if len(name) in PAIRS and all(map(self.is_name, both)) and not self.is_name(name):
                yield from both
            else:
                yield name

    def is_name(self, text: str) -> bool:
        """Whether the text is built like one full name."""
        return self._name.fullmatch(text) is not None


def _either(words: Iterable[str]) -> str:
    spelled = expand_all(words)
    either = [re.escape(word) for word in spelled if len(word) > 1]
    letters = "".join(word for word in spelled if len(word) == 1)
    if letters:
        either.append(f"[{re.escape(letters)}]")
    return "|".join(either) or "(?!)"
