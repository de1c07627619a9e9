"""Joins places written together to the one place that is meant; knows no spot of its own.

Two roads are their crossing, also where one of them is no spot; a road and what lies at it are
the latter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.rules.places import Mention


def crossed(
    text: str, mentions: list[Mention], joints: tuple[str, ...], junctions: tuple[str, ...]
) -> list[Mention]:
    """文化路与永福路交叉口 is one place, unknown where 文化路 is; the road we know stands beside.

    `mentions` are in the order of the text; two known roads have been joined before.
    """
    joined: list[Mention] = []
    for mention in mentions:
        first = joined[-1] if joined else None
        end = None
        if (
            first is not None
            and _half_known(first, mention)
            and first.end != mention.start
            and text[first.end : mention.start] in joints
        ):
            end = _junction_end(text, mention, junctions)
        if first is None or end is None:
            joined.append(mention)
        else:
            known = (first.code or mention.code or "",)
            whole = text[first.start : end]
            joined[-1] = replace(
                first, code=None, text=whole, end=end, how="unknown", alternatives=known
            )
    return joined


def _half_known(first: Mention, second: Mention) -> bool:
    return not first.vague and (first.code is None) != (second.code is None)


def _junction_end(text: str, mention: Mention, junctions: tuple[str, ...]) -> int | None:
    """Where the word for a crossing ends that the mention ends with or is followed by."""
    behind = next((w for w in junctions if text.startswith(w, mention.end)), None)
    if behind is not None:
        return mention.end + len(behind)
    return mention.end if mention.text.endswith(junctions) else None


def nested(mentions: list[Mention], names: dict[str, str], roads: tuple[str, ...]) -> list[Mention]:
    """Of a road and what lies at it, written as one word (松江路农贸市场), the latter.

    `names` are the spots' by their codes, `roads` how names of roads end.
    """
    kept: list[Mention] = []
    for mention in mentions:
        if kept and kept[-1].end == mention.start and _lies_at(mention, kept[-1], names, roads):
            road = kept.pop()
            others = (road.code,) if road.code else ()
            text = road.text + mention.text
            mention = replace(mention, text=text, start=road.start, alternatives=others)
        kept.append(mention)
    return kept


def _lies_at(
    mention: Mention, road: Mention, names: dict[str, str], roads: tuple[str, ...]
) -> bool:
    along = [names.get(m.code or "", m.text).endswith(roads) for m in (road, mention)]
    return along == [True, False] and road.code != mention.code
