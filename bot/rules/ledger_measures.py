"""The measures of a bulletin: 一是 … 二是 … in the body below a heading; pure.

What stands in the body and is no measure is named with its line. Knows no heading's mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.rules.ledger_draft import LONGEST, Draft, DraftTask, Remark, clean
from bot.rules.numerals import number

CN = "一二三四五六七八九十"
LABEL = re.compile(
    r"(?:(?:主要)?(?:整改|落实|采取的?)(?:进展|落实|完成|推进)?(?:的)?(?:情况|措施|成效|任务|举措)|进展情况|具体措施|工作措施)\s*[:：]\s*"
)
MEASURE = re.compile(
    rf"(?:(?<=^)|(?<=[。；;：:，,、！!？?\n”’）)\s]))第?([{CN}]{{1,3}})是[：:，,]?"
)
_ORDINAL = re.compile(rf"(?:(?<=^)|(?<=[。；;：:！!？?\n]))第([{CN}]{{1,3}})[，,、]")
_AGAIN = re.compile(rf"{LABEL.pattern}(?:第?一是)")
"""整改成效：一是 … behind the measures tells what they came to."""
_CLAUSE = re.compile(r"[，,。；;：:\n]")
PAIRS = {"“": "”", "‘": "’", "《": "》", "（": "）", "(": ")", "「": "」"}
_SHORT, _LONG_TITLE = 24, 80


def take_measures(
    draft: Draft, path: str, title: str, at: int, body: Sequence[tuple[int, str]]
) -> None:
    """The measures below the heading at that line are tasks; what of its body is none is named.

    `body` are (line, text).
    """
    text, starts = _joined(body)
    if not text:
        return
    mark = MEASURE.search(text)
    again = _AGAIN.search(text, mark.end()) if mark else None
    if again is not None:
        line, rest = _line_of(starts, again.start()), text[again.start() :]
        draft.faults.append(Remark(line, "又从「一是」数起，没有当任务", quote(rest)))
        text = text[: again.start()]
    label = LABEL.match(text)
    begin = label.end() if label else 0
    marks = _sequence(text)
    first = marks[0][0] if marks else len(text)
    lead = text[begin:first].strip(" \n，,。：:")
    why = "没有「一是」这样的编号，没有当任务" if not marks else "在「一是」前面，没有当任务"
    at_line = begin
    for one in text[begin:first].split("\n"):
        if said := one.strip(" ，,。：:"):
            draft.faults.append(Remark(_line_of(starts, at_line), why, quote(said)))
        at_line += len(one) + 1
    if not marks and not lead:
        draft.faults.append(Remark(at, "下面没有措施", quote(title)))
    for nth, (start, end, value) in enumerate(marks):
        stop = marks[nth + 1][0] if nth + 1 < len(marks) else len(text)
        line = _line_of(starts, start)
        said = clean(text[end:stop].replace("\n", ""))
        if not any(letter.isalnum() for letter in said):
            draft.faults.append(Remark(line, "编号后面没有内容", quote(text[start:stop])))
            continue
        if value != nth + 1:
            why = f"前面少了「{CN[nth] if nth < 10 else nth + 1}是」，照样收了"
            draft.remarks.append(Remark(line, why, quote(text[start:stop])))
        if len(said) > LONGEST:
            draft.remarks.append(Remark(line, f"太长，只收了前 {LONGEST} 个字", quote(said)))
        ref = str(len(draft.tasks) + 1)
        draft.tasks.append(
            DraftTask(line, ref, path=path, title=short(said), text=said[:LONGEST].strip())
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
    for match in MEASURE.finditer(text) if MEASURE.search(text) else _ORDINAL.finditer(text):
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
    text = text.lstrip("。．.；;，,、：: \n")
    for at, letter in enumerate(text):
        if closing and letter == closing[-1]:
            closing.pop()
        elif letter in PAIRS:
            closing.append(PAIRS[letter])
        elif not closing and at and _CLAUSE.match(letter):
            text = text[:at]
            break
    else:
        text = _CLAUSE.split(text, maxsplit=1)[0] if closing else text
    text = text.strip()
    return text if len(text) <= _LONG_TITLE else text[: _LONG_TITLE - 1] + "…"


def quote(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHORT else plain[: _SHORT - 1] + "…"
