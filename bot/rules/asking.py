"""Whether a caption asks instead of telling; knows words of asking, and no question's meaning."""

from __future__ import annotations

import re

from bot.rules.marks import CATEGORY, Marked

_LAST_ASKED = re.compile(r"(?:^|[,。;!\n])[^,。;!\n]*吗[\s?!。]*$")
_YES_OR_NO = re.compile(r"([^\W\d_差时])[不没]\1")
_SOFT = frozenset("呢")
_ENDS = ("comma", "stop")
_TOLD = ("spot", *CATEGORY, "action")


def asks(marked: Marked, fine: bool) -> bool:
    """Whether a word of asking is there; 呢 beside what was found fine is none."""
    text = marked.text.rstrip(" ?!。\n")
    said = [
        (text[t.start : t.end], t.end)
        for t in marked.tokens
        if t.kind == "ask" and not _goes_on(text, t.start, t.end)
    ]
    fine = fine or marked.has("progress")  # 正往外劝呢
    return any(word not in _SOFT or (not fine and end >= len(text)) for word, end in said)


def asks_at_the_end(marked: Marked) -> bool:
    """永福路那个摊位处理了吗, 松江路堵不堵: what else is told does not make it a report."""
    if _YES_OR_NO.search(marked.text) is not None:
        return True
    match = _LAST_ASKED.search(marked.text)
    return match is not None and any(
        t.kind in _TOLD and t.start >= match.start() for t in marked.tokens
    )


def asks_how(marked: Marked) -> bool:
    """怎么处理; 砸到人咋办，已通知整修 goes on to tell what was done."""
    last = max((t.end for t in marked.tokens if t.kind == "how"), default=None)
    if last is None:
        return False
    pause = next((t.end for t in marked.tokens if t.start >= last and t.kind in _ENDS), None)
    done = [t for t in marked.tokens if t.kind == "action" and pause and t.start >= pause]
    return not done


def _goes_on(text: str, start: int, end: int) -> bool:
    """问过了没批手续 asks nothing."""
    return text[start:end].endswith("没") and text[end : end + 1].isalnum()
