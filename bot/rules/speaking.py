"""What a caption's words do besides telling: correcting, ordering, planning; knows no finds."""

from __future__ import annotations

import re

from bot.rules.marks import CATEGORY, Marked, Token
from bot.rules.vocabulary import Vocabulary, expand_all

_JUST = re.compile(r"(?:下午|上午|晚上|中午|早上|刚刚|刚才|刚|才|已经|已|就|被)*")


def corrects(marked: Marked) -> bool:
    """Whether something right is told; 不是卖东西的 only says what is not there."""
    words = [(at, t) for at, t in enumerate(marked.tokens) if t.kind == "correction"]
    if any(t.value != "not" for _, t in words):
        return True
    told = ("spot", *CATEGORY, "count", "action", "fine")
    slips = marked.tokens[:1] and marked.tokens[0].kind == "slip"
    if slips and marked.has("spot", *CATEGORY, "count"):  # 不对，是永福路
        return True
    return any(t.kind in told for at, _ in words for t in marked.tokens[at + 2 :]) or any(
        t.kind in ("spot", *CATEGORY) and t.start < word.start
        and marked.text[t.end : word.start].strip(" ,") in ("", "是")
        for _, word in words for t in marked.tokens
    )  # fmt: skip


def is_an_order(marked: Marked) -> bool:
    """请各中队加强巡查，发现占道及时劝离: nothing happened yet, and nothing is counted."""
    first = marked.first("order")
    if first is None or marked.has("count", "one"):
        return False
    return not any(_is_done(marked.text, t) for t in marked.tokens if t.kind == "action")


def _is_done(text: str, token: Token) -> bool:
    return text[token.end - 1 : token.end + 1].find("了") >= 0 or "已" in text[: token.start]


def starts_with_a_plan(tokens: tuple[Token, ...]) -> bool:
    for token in tokens:
        if token.kind == "plan":
            return True
        if token.kind in (*CATEGORY, "fine", "count"):
            return False
    return False


def comes_back(marked: Marked, words: Vocabulary) -> bool:
    """上周刚拆，今天又搭起来: what was dealt with at a time that is over is there again."""
    back = marked.first("rebound")
    if back is None:
        return False
    return any(
        token.kind in ("time", "span", "past")
        and token.end <= back.start
        and marked.text.startswith(words.bygone, token.start)
        and (just := _JUST.match(marked.text, token.end)) is not None
        and marked.text.startswith(expand_all(words.undoing), just.end())
        for token in marked.tokens
    )
