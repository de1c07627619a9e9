"""Whether a caption asks instead of telling; knows words of asking, and no question's meaning."""

from __future__ import annotations

import re

from bot.rules.marks import Marked

_LAST_ASKED = re.compile(r"(?:^|[,。;!\n])[^,。;!\n]*吗[\s?!。]*$")
_YES_OR_NO = re.compile(r"([^\W\d_差时])[不没]\1")
_SOFT = frozenset("呢")
_TOLD = ("spot", "category", "weak", "action")


def asks(marked: Marked, fine: bool) -> bool:
    """Whether a word of asking is there; 呢 beside what was found fine is none."""
    said = [marked.text[t.start : t.end] for t in marked.tokens if t.kind == "ask"]
    return any(word not in _SOFT or not fine for word in said)


def asks_at_the_end(marked: Marked) -> bool:
    """永福路那个摊位处理了吗, 松江路堵不堵: what else is told does not make it a report."""
    if _YES_OR_NO.search(marked.text) is not None:
        return True
    match = _LAST_ASKED.search(marked.text)
    return match is not None and any(
        t.kind in _TOLD and t.start >= match.start() for t in marked.tokens
    )
