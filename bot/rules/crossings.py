"""Joins two roads, of which one is no spot, to the one place their crossing is; knows no names."""

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
        end = _junction_end(text, mention, junctions)
        if (
            first is None
            or end is None
            or not _half_known(first, mention)
            or text[first.end : mention.start] not in joints
            or first.end == mention.start
        ):
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
