"""Three questions near to one that was not understood, each of which is understood; knows no store.

What the words name is kept (a spot, a category, a day, week, month …); the rest is what a
supervisor asks most. A question fits on a button where the spot has a short name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from bot.rules.records import NO_TROUBLE, Bureau, Category, Spot

Meant = TypeVar("Meant")

MOST = 3
SHORT = 5
_WHEN = re.compile("[昨今]天|[本这上]周|[本这上]个?月|[本上]季度|今年|去年")


def near(text: str, bureau: Bureau) -> tuple[str, str, str]:
    """Three questions about what the words name, else about the first key spot; never the same."""
    spot, kind = _spot(text, bureau), _kind(text, bureau)
    said = _WHEN.search(text)
    when = said[0].replace("个", "").replace("这", "本") if said else "本月"
    place = _short(spot, text)
    proposed = [
        f"{place}{when if said else '本周'}几次",
        f"{kind.name}{when}几起" if kind else f"{place}{when}几个问题",
        "没解决的有哪些", f"{when}发现几个问题", "本周还差几次巡查", "发一下周报",
    ]  # fmt: skip
    first, second, third, *_ = (one for one in dict.fromkeys(proposed) if one != text.strip())
    return first, second, third


def _spot(text: str, bureau: Bureau) -> Spot:
    """The spot the longest name of the text means, else the first key spot."""
    named = _longest(text, ((word, s) for s in bureau.spots for word in (s.name, *s.aliases)))
    return named or next((spot for spot in bureau.spots if spot.key), bureau.spots[0])


def _kind(text: str, bureau: Bureau) -> Category | None:
    kinds = (c for c in bureau.categories if c.code != NO_TROUBLE)
    return _longest(text, ((word, c) for c in kinds for word in (c.name, *c.synonyms)))


def _longest(text: str, words: Iterable[tuple[str, Meant]]) -> Meant | None:
    """What the longest word of the text means, the first of several as long."""
    written = [(word, meant) for word, meant in words if word in text]
    return max(written, key=lambda one: len(one[0]))[1] if written else None


def _short(spot: Spot, text: str) -> str:
    """A name of the spot that fits on a button, the one that was said where there is such."""
    fitting = [name for name in (spot.name, *spot.aliases) if len(name) <= SHORT]
    said = [name for name in fitting if name in text]
    return next(iter(said or fitting), spot.name)
