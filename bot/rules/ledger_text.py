"""The official numbering of a bulletin read as a ledger: （一） 1. （1） 一是/二是; pure.

Aspects, items, issues and measures are told by their marks, half or full width, on lines of their
own or wrapped. Only the part that tells of the rectification is read, and in it every sentence is
taken or named with its line. Nobody is made an owner by being mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.rules.ledger_draft import (
    LONGEST_HEADING,
    MOST_TASKS,
    Draft,
    Remark,
    clean,
)
from bot.rules.ledger_measures import CN, LABEL, MEASURE, PAIRS, quote, take_measures
from bot.rules.numerals import number

Level = Literal["part", "aspect", "item", "issue"]

_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("cn", re.compile(rf"([{CN}]{{1,3}})\s*[、．.]\s*")),
    ("(cn)", re.compile(rf"[（(]\s*([{CN}]{{1,3}})\s*[）)]\s*[、．.]?\s*|([㈠-㈩])\s*")),
    ("1", re.compile(r"([0-9０-９]{1,2})\s*(?:[、．]|\.(?![0-9]))\s*|([⒈-⒛])\s*")),
    ("(1)", re.compile(r"[（(]\s*([0-9０-９]{1,2})\s*[）)]\s*[、．.]?\s*|([⑴-⒇①-⑳])\s*")),
)  # fmt: skip
_OTHER_PART = re.compile(r"打算|下一步|今后|下步|计划安排|基本情况|组织领导|联系方式")
_THIS_PART = re.compile(r"整改.{0,8}(?:情况|任务|清单|台账|措施)|反馈|问题清单")


@dataclass(slots=True)
class _Heading:
    """A heading with the lines below it; `body` are (line, text)."""

    level: Level
    line: int
    written: int
    title: str
    body: list[tuple[int, str]] = field(default_factory=list)
    path: str = ""


def read_text(lines: Sequence[str]) -> Draft:
    """The ledger that the text tells; refused where it has no measures under headings."""
    found = [_marked(at, clean(line)) for at, line in enumerate(lines, 1) if line.strip()]
    parts = _parts(found)
    chosen = _chosen(parts)
    draft = Draft()
    if not chosen:
        draft.refused = (
            "没认出整改台账，一件也没收。正文要有（一）1.（1）这样的标题和「一是…二是…」的措施。"
        )
        return draft
    for part in chosen:
        _take(draft, part)
        if len(draft.tasks) > MOST_TASKS:
            return Draft(refused=f"任务超过 {MOST_TASKS} 件，一件也没收。请分成几个文件。")
    return draft


@dataclass(slots=True)
class _Line:
    """A line: the kind of its mark, its number, the text behind."""

    at: int
    kind: str | None
    number: int
    text: str


def _marked(at: int, text: str) -> _Line:
    for kind, pattern in _MARKS:
        match = pattern.match(text)
        if match is None:
            continue
        sign = match[1] if match[1] is not None else match[2]
        value = number(sign) if sign[0] in CN else _small(sign)
        if value is not None:
            return _Line(at, kind, value, text[match.end() :])
    return _Line(at, None, 0, text)


def _small(sign: str) -> int | None:
    """The value of digits, or of one sign that holds a number: ⑴ ① ⒈ ㈠."""
    for first in "⑴①⒈㈠":
        if len(sign) == 1 and 0 <= ord(sign) - ord(first) < 20 and not sign.isdecimal():
            return ord(sign) - ord(first) + 1
    return int(sign) if sign.isdecimal() else None


def _parts(lines: Sequence[_Line]) -> list[tuple[_Line | None, list[_Line]]]:
    """The text by its 一、二、三、 headings; all in one where these are the aspects themselves."""
    tops = [one for one in lines if one.kind == "cn"]
    if tops and sum("方面" in one.text[-12:] for one in tops) * 2 >= len(tops):
        return [(None, list(lines))]
    parts: list[tuple[_Line | None, list[_Line]]] = [(None, [])]
    for one in lines:
        if one.kind == "cn":
            parts.append((one, []))
        else:
            parts[-1][1].append(one)
    return parts


def _chosen(parts: Sequence[tuple[_Line | None, list[_Line]]]) -> list[list[_Line]]:
    """The parts that tell of measures under headings, and of no intention for later."""
    able = [(head, lines) for head, lines in parts if _is_ledger(lines)]
    able = [(h, lines) for h, lines in able if h is None or not _OTHER_PART.search(h.text)]
    named = [lines for head, lines in able if head is not None and _THIS_PART.search(head.text)]
    return named or [lines for _, lines in able]


def _is_ledger(lines: Sequence[_Line]) -> bool:
    """Whether measures, or what introduces them, stand below a heading."""
    headed = False
    for one in lines:
        headed = headed or one.kind is not None
        if headed and (LABEL.search(one.text) or MEASURE.search(one.text)):
            return True
    return False


def _levels(lines: Sequence[_Line]) -> dict[str, Level]:
    """Which mark is which level: 一、 stands for an aspect only where it heads them."""
    if any(one.kind == "cn" for one in lines):
        return {"cn": "aspect", "(cn)": "item", "1": "issue"}
    kinds = {one.kind for one in lines}
    if "(cn)" not in kinds and "1" in kinds and "(1)" not in kinds:
        return {"1": "aspect"}
    return {"(cn)": "aspect", "1": "item", "(1)": "issue"}


def _take(draft: Draft, lines: Sequence[_Line]) -> None:
    """The part's headings and measures are in the draft."""
    levels = _levels(lines)
    headings: list[_Heading] = []
    for one in lines:
        level = levels.get(one.kind or "")
        if level is not None:
            title, body = _split_title(one.text)
            title = re.sub(r"(?<=[”’」])方面$", "", title) if level == "aspect" else title
            headings.append(_Heading(level, one.at, one.number, title))
            if body:
                headings[-1].body.append((one.at, body))
        elif not headings:
            draft.remarks.append(Remark(one.at, "在第一个标题前面，没有当任务", quote(one.text)))
        elif not headings[-1].body and _unfinished(headings[-1].title, one.text):
            title, body = _split_title(headings[-1].title + one.text)
            headings[-1].title = title
            if body:
                headings[-1].body.append((one.at, body))
        else:
            headings[-1].body.append((one.at, _whole(one)))
    _number(draft, headings)
    for heading in headings:
        draft.headings[heading.path] = heading.title[:LONGEST_HEADING].strip()
        take_measures(draft, heading.path, heading.title, heading.line, heading.body)


def _whole(one: _Line) -> str:
    """A line of a body whose mark is of no level here, with its mark."""
    return one.text if one.kind is None else f"{one.number}. {one.text}"


def _split_title(text: str) -> tuple[str, str]:
    """The heading, and what of the body stands on its line."""
    starts = [m.start() for m in (LABEL.search(text), MEASURE.search(text)) if m]
    at = min(starts, default=len(text))
    return (text[:at].strip(), text[at:].strip()) if at else (text.strip(), "")


def _unfinished(title: str, following: str) -> bool:
    """Whether the line goes on with a heading that was wrapped."""
    if LABEL.match(following) or MEASURE.match(following):
        return False
    opened = sum(title.count(a) - title.count(b) for a, b in PAIRS.items() if a != "(")
    return opened > 0 or (title.startswith("关于") and not re.search(r"问题[。．.]?$", title))


def _number(draft: Draft, headings: Sequence[_Heading]) -> None:
    """Each heading has its path by its place; what its own number says else is remarked."""
    depth: dict[Level, int] = {"part": 0, "aspect": 1, "item": 2, "issue": 3}
    counts: dict[str, int] = {}
    above: list[str] = []
    for one in headings:
        wanted = min(depth[one.level], len(above) + 1)
        parent = above[wanted - 2] if wanted > 1 else ""
        counts[parent] = counts.get(parent, 0) + 1
        if counts[parent] != one.written:
            why = f"标题编号是 {one.written}，按顺序是第 {counts[parent]} 个"
            draft.remarks.append(Remark(one.line, why, quote(one.title)))
        one.path = f"{parent}.{counts[parent]}" if parent else str(counts[parent])
        above = [*above[: wanted - 1], one.path]
