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
    LONGEST,
    LONGEST_HEADING,
    MOST_TASKS,
    Draft,
    DraftTask,
    Remark,
    clean,
)
from bot.rules.numerals import number

Level = Literal["part", "aspect", "item", "issue"]

_CN = "一二三四五六七八九十"
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("cn", re.compile(rf"([{_CN}]{{1,3}})\s*[、．.]\s*")),
    ("(cn)", re.compile(rf"[（(]\s*([{_CN}]{{1,3}})\s*[）)]\s*[、．.]?\s*|([㈠-㈩])\s*")),
    ("1", re.compile(r"([0-9０-９]{1,2})\s*(?:[、．]|\.(?![0-9]))\s*|([⒈-⒛])\s*")),
    ("(1)", re.compile(r"[（(]\s*([0-9０-９]{1,2})\s*[）)]\s*[、．.]?\s*|([⑴-⒇①-⑳])\s*")),
)  # fmt: skip
_LABEL = re.compile(
    r"(?:(?:主要)?(?:整改|落实|采取的?)(?:进展|落实|完成|推进)?(?:的)?(?:情况|措施|成效|任务|举措)|进展情况|具体措施|工作措施)\s*[:：]\s*"
)
_MEASURE = re.compile(
    rf"(?:(?<=^)|(?<=[。；;：:，,、！!？?\n”’）)\s]))第?([{_CN}]{{1,3}})是[：:，,]?"
)
_ORDINAL = re.compile(rf"(?:(?<=^)|(?<=[。；;：:！!？?\n]))第([{_CN}]{{1,3}})[，,、]")
_OTHER_PART = re.compile(r"打算|下一步|今后|下步|计划安排|基本情况|组织领导|联系方式")
_THIS_PART = re.compile(r"整改.{0,8}(?:情况|任务|清单|台账|措施)|反馈|问题清单")
_CLAUSE = re.compile(r"[，,。；;：:\n]")
_PAIRS = {"“": "”", "‘": "’", "《": "》", "（": "）", "(": ")", "「": "」"}
_SHORT, _LONG_TITLE = 24, 80


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
        value = number(sign) if sign[0] in _CN else _small(sign)
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
        if headed and (_LABEL.search(one.text) or _MEASURE.search(one.text)):
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
            draft.remarks.append(Remark(one.at, "在第一个标题前面，没有当任务", _quote(one.text)))
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
        _measures(draft, heading)


def _whole(one: _Line) -> str:
    """A line of a body whose mark is of no level here, with its mark."""
    return one.text if one.kind is None else f"{one.number}. {one.text}"


def _split_title(text: str) -> tuple[str, str]:
    """The heading, and what of the body stands on its line."""
    starts = [m.start() for m in (_LABEL.search(text), _MEASURE.search(text)) if m]
    at = min(starts, default=len(text))
    return (text[:at].strip(), text[at:].strip()) if at else (text.strip(), "")


def _unfinished(title: str, following: str) -> bool:
    """Whether the line goes on with a heading that was wrapped."""
    if _LABEL.match(following) or _MEASURE.match(following):
        return False
    opened = sum(title.count(a) - title.count(b) for a, b in _PAIRS.items() if a != "(")
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
            draft.remarks.append(Remark(one.line, why, _quote(one.title)))
        one.path = f"{parent}.{counts[parent]}" if parent else str(counts[parent])
        above = [*above[: wanted - 1], one.path]


def _measures(draft: Draft, heading: _Heading) -> None:
    """The heading's measures are tasks; what of its body is none is named."""
    text, starts = _joined(heading.body)
    if not text:
        return
    label = _LABEL.match(text)
    begin = label.end() if label else 0
    marks = _sequence(text)
    first = marks[0][0] if marks else len(text)
    lead = text[begin:first].strip(" \n，,。：:")
    if lead:
        why = "没有「一是」这样的编号，没有当任务" if not marks else "在「一是」前面，没有当任务"
        draft.faults.append(Remark(_line_of(starts, begin), why, _quote(lead)))
    if not marks and not lead:
        draft.faults.append(Remark(heading.line, "下面没有措施", _quote(heading.title)))
    for nth, (start, end, value) in enumerate(marks):
        stop = marks[nth + 1][0] if nth + 1 < len(marks) else len(text)
        line = _line_of(starts, start)
        said = clean(text[end:stop].replace("\n", ""))
        if not said.strip("。；;，, "):
            draft.faults.append(Remark(line, "编号后面没有内容", _quote(text[start:stop])))
            continue
        if value != nth + 1:
            why = f"前面少了「{_CN[nth] if nth < 10 else nth + 1}是」，照样收了"
            draft.remarks.append(Remark(line, why, _quote(text[start:stop])))
        if len(said) > LONGEST:
            draft.remarks.append(Remark(line, f"太长，只收了前 {LONGEST} 个字", _quote(said)))
        ref = str(len(draft.tasks) + 1)
        draft.tasks.append(
            DraftTask(line, ref, path=heading.path, title=short(said), text=said[:LONGEST].strip())
        )  # fmt: skip


def _joined(body: Sequence[tuple[int, str]]) -> tuple[str, list[tuple[int, int]]]:
    """The body as one text, and where in it each line begins."""
    text, starts = "", []
    for line, said in body:
        text += "\n" if text else ""
        starts.append((len(text), line))
        text += said
    return text, starts


def _line_of(starts: Sequence[tuple[int, int]], at: int) -> int:
    return max((start, line) for start, line in starts if start <= at)[1]


def _sequence(text: str) -> list[tuple[int, int, int]]:
    """The marks of measures as (start, end, number): each is above the one before.

    After a comma only the very next number is one: 二是 may be a word of the sentence.
    """
    found: list[tuple[int, int, int]] = []
    for match in _MEASURE.finditer(text) if _MEASURE.search(text) else _ORDINAL.finditer(text):
        value = number(match[1])
        last = found[-1][2] if found else 0
        weak = match.start() > 0 and text[match.start() - 1] in "，,、”’）) "
        if value is None or value <= last or (weak and value != last + 1):
            continue
        if not found and value != 1:
            continue
        found.append((match.start(), match.end(), value))
    return found


def short(text: str) -> str:
    """A measure's title: its first clause, as far as it stands outside of quotes."""
    closing: list[str] = []
    for at, letter in enumerate(text):
        if closing and letter == closing[-1]:
            closing.pop()
        elif letter in _PAIRS:
            closing.append(_PAIRS[letter])
        elif not closing and at and _CLAUSE.match(letter):
            text = text[:at]
            break
    else:
        text = _CLAUSE.split(text, maxsplit=1)[0] if closing else text
    text = text.strip()
    return text if len(text) <= _LONG_TITLE else text[: _LONG_TITLE - 1] + "…"


def _quote(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHORT else plain[: _SHORT - 1] + "…"
