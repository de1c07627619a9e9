"""What a correction in words puts right in the report before it; knows no message and no store.

不是松江路是永福路, 改成3处, 刚才那个是流动摊贩: what was wrong tells which find is meant, what is
right takes its place. Where more than one find may be meant nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from bot.rules.marks import CATEGORY, PAUSES, Marked, Token
from bot.rules.records import NO_TROUBLE, Correction, Find

_NUMBERS = ("count", "bare")
_SAID_OF = "上前这那本每第"
"""Before a number: 上一条 counts nothing."""
_LEADS = ("是", "为", "成", ":", "到")
"""Before a number without a measure word: 数量是3."""

WhyNot = Literal["nothing", "absent", "which", "fine", "same"]
"""Why nothing is changed: nothing right is told, what was wrong is not there, several finds may be
meant, a visit without trouble has no number, it stands so already."""


def said_right(marked: Marked) -> Correction:
    """What the words call wrong and what right."""
    wrong = _called_wrong(marked)
    told = [t for t in marked.tokens if _tells(marked.text, t)]
    begins = marked.tokens[:1] and marked.tokens[0].kind == "slip"
    turns = [t for t in marked.tokens if t.kind == "correction" and t.value != "not"]
    turn = turns[-1] if turns else (marked.tokens[0] if begins else None)
    if turn is None:
        turn = next((t for t in marked.tokens if t.kind == "correction"), None)
    right = [t for t in told if t not in wrong]
    about: list[Token] = []
    if turn is not None and any(t.start >= turn.end for t in right):
        about = [t for t in right if t.start < turn.start]
        right = [t for t in right if t.start >= turn.end]
    return Correction(was=_as_find([*about, *wrong]), right=_as_find(right))


def put_right(found: tuple[Find, ...], told: Correction) -> tuple[Find, ...] | WhyNot:
    """The finds as they are after the correction, or why it changes nothing."""
    right = told.right
    if right == Find():
        return "nothing"
    chosen = _meant(found, told.was)
    if not chosen:
        return "same" if any(_changed(f, right) == f for f in found) else "absent"
    if right.count is not None or right.category is not None:
        chosen = [i for i in chosen if _is_trouble(found[i])] or chosen
    if right.count is not None:
        chosen = _only_one(found, chosen, right)
        if len(chosen) == 1 and not _is_trouble(found[chosen[0]]) and right.category is None:
            return "fine"
        several = len(chosen) > 1
    elif right.category is not None:
        chosen = _narrowed(found, chosen, lambda f: _place(f) == _place(right))
        several = len({found[i].category for i in chosen}) > 1
    else:
        chosen = [i for i in chosen if _place(found[i]) is None] or chosen
        several = len({_place(found[i]) for i in chosen}) > 1
    if several:
        return "which"
    new = tuple(_changed(f, right) if i in chosen else f for i, f in enumerate(found))
    return "same" if new == found else new


def _called_wrong(marked: Marked) -> list[Token]:
    """What stands right behind 不是."""
    wrong: list[Token] = []
    for at, token in enumerate(marked.tokens):
        if (token.kind, token.value) != ("correction", "not"):
            continue
        end = token.end
        for behind in marked.tokens[at + 1 :]:
            apart = marked.text[end : behind.start].strip()
            if apart or behind.kind in PAUSES.values() or not _tells(marked.text, behind):
                break
            wrong.append(behind)
            end = behind.end
    return wrong


def _tells(text: str, token: Token) -> bool:
    before = text[: token.start].rstrip()
    if token.kind == "spot":
        return token.mention is not None and not token.mention.vague
    if token.kind in _NUMBERS:
        counts = token.amount is not None and not before.endswith(tuple(_SAID_OF))
        return counts and (token.kind == "count" or before.endswith(_LEADS))
    return token.kind in CATEGORY


def _as_find(tokens: Iterable[Token]) -> Find:
    """The tokens as one find; a weak word beside a number (2个摊) only says what is counted."""
    found = Find()
    tokens = list(tokens)
    counted = any(t.kind in _NUMBERS for t in tokens)
    for token in tokens:
        if token.mention is not None:
            code = token.mention.code
            found = replace(found, spot=code, spot_text=None if code else token.mention.text)
        elif token.amount is not None:
            found = replace(found, count=token.amount.value)
        elif token.kind != "weak" or not counted:
            found = replace(found, category=token.value)
    return found


def _meant(found: tuple[Find, ...], was: Find) -> list[int]:
    """The finds that what was wrong names; a wrong number only chooses among several."""
    chosen = [
        i for i, f in enumerate(found)
        if _place(was) in (None, _place(f)) and was.category in (None, f.category)
    ]  # fmt: skip
    return _narrowed(found, chosen, lambda f: was.count == f.count) if was.count else chosen


def _only_one(found: tuple[Find, ...], chosen: list[int], right: Find) -> list[int]:
    """Of several finds that with the place and the kind that are told beside the number."""
    if _place(right) is not None:
        chosen = _narrowed(found, chosen, lambda f: _place(f) == _place(right))
    if right.category is not None:
        chosen = _narrowed(found, chosen, lambda f: f.category == right.category)
    return chosen


def _narrowed(
    found: tuple[Find, ...], chosen: list[int], fits: Callable[[Find], bool]
) -> list[int]:
    return [i for i in chosen if fits(found[i])] or chosen


def _place(find: Find) -> str | None:
    return find.spot or find.spot_text


def _is_trouble(find: Find) -> bool:
    return find.category not in (None, NO_TROUBLE)


def _changed(find: Find, right: Find) -> Find:
    if _place(right) is not None:
        category = find.category or NO_TROUBLE
        find = replace(find, spot=right.spot, spot_text=right.spot_text, category=category)
    if right.category is not None:
        told = find.action != "none"
        find = replace(
            find, category=right.category, action=find.action if told else "found",
            state=find.state if told else "open",
        )  # fmt: skip
    return find if right.count is None else replace(find, count=right.count)
