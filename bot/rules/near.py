"""Three questions near to one that was not understood, each of which is understood; knows no store.

What the words name is kept (a spot, a category, this week or month); the rest is what a supervisor
asks most. A question fits on a button where the bureau has a short name for its spot.
"""

from __future__ import annotations

from bot.rules.records import NO_TROUBLE, Bureau, Category, Spot

MOST = 3
SHORT = 5


def near(text: str, bureau: Bureau) -> tuple[str, ...]:
    """Three questions about what the words name, else about the first key spot; never the same."""
    spot, kind = _spot(text, bureau), _kind(text, bureau)
    when = "上月" if "上月" in text or "上个月" in text else "本月"
    place = _short(spot, text) if spot else ""
    proposed = [
        f"{place}本周几次" if place else "本周巡查几次",
        f"{kind.name}{when}几起" if kind else f"{place}{when}几个问题",
        "没解决的有哪些", f"{when}发现几个问题", "本周还差几次巡查", "发一下周报",
    ]  # fmt: skip
    return tuple(one for one in dict.fromkeys(proposed) if one != text.strip())[:MOST]


def _spot(text: str, bureau: Bureau) -> Spot | None:
    for spot in bureau.spots:
        if any(name in text for name in (spot.name, *spot.aliases)):
            return spot
    return next((spot for spot in bureau.spots if spot.key), None)


def _kind(text: str, bureau: Bureau) -> Category | None:
    for category in bureau.categories:
        if category.code != NO_TROUBLE and category.name in text:
            return category
    return None


def _short(spot: Spot, text: str) -> str:
    """A name of the spot that fits on a button, the one that was said where there is such."""
    fitting = [name for name in (spot.name, *spot.aliases) if len(name) <= SHORT]
    said = [name for name in fitting if name in text]
    return next(iter(said or fitting), spot.name)
