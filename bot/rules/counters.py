"""成效数据 as people write it: 记数 官网发布 66 篇, 成效 垃圾分类活动 40余次 覆盖 2万余人次; pure.

What is written is kept as it is: 40余次 stays 40余次, and nothing is computed of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.rules.dates import month_length

NAME, UNIT, MOST, NOTE = 30, 6, 6, 100
"""Letters of a name, of a unit and of a note, and figures of one message."""

_OPEN = re.compile(r"(?P<word>记数|计数|成效数据|成效)[ :：]+(?P<rest>.+)", re.S)
_AS_OF = re.compile(
    r"[（(]?(?:截至|截止|到)(?:(?P<year>20\d\d)年)?(?P<month>1[0-2]|0?[1-9])月"
    r"(?:(?P<day>3[01]|[12]\d|0?[1-9])[日号]|底|末)[）)]?"
)
_NOTE = re.compile(r"[，,；; ]*(?:依据|佐证|来源)[:： ]*(?P<note>.+)$", re.S)
_NUMBER = r"(?:\d[\d,]*(?:\.\d+)?|[一二三四五六七八九十百千两]+)[百千万亿]{0,2}"
_UNIT = (
    r"人次|场次|批次|班次|万元|平方米|公里|小时|[次篇户个件起场份条处家吨台元名期项批辆套本米天人%]"
    rf"|[一-鿿]{{1,{UNIT}}}(?=[\s，,。；;、）)]|$)"
)
_FIGURE = re.compile(
    rf"(?P<amount>(?:约|近|超过|超|大约)?{_NUMBER}(?:余|多|来)?[万亿]?)"
    rf"(?:\s?(?P<unit>{_UNIT})|(?=\s*(?:[，,。；;、]|$)))"
)
_JOINS = ("覆盖", "惠及", "参与", "受益", "涉及", "发放", "服务")
"""What begins so tells more of what was named before it."""
_COMPARES = ("由", "从", "降到", "升到", "增加到", "减少到", "变为", "比")
"""Before a number of a comparison, which is no figure to keep."""
_TAKES_BACK = re.compile(r"撤回(?:成效数据|成效|记数|计数)[ :：]*(?P<name>.+)", re.S)
_EDGES = " ，,。；;、:：\n\t"


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure: what it is of, the amount as written (40余), its unit, and its day."""

    name: str
    amount: str
    unit: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Told:
    """A message of figures; `note` is what they rest on, as far as that was written.

    `plain` says that it began with a word that is used for nothing else.
    """

    figures: tuple[Counted, ...]
    note: str = ""
    plain: bool = True


Wrong = Literal["name", "figure", "many", "long", "future"]
"""Why a message of figures can't be taken."""


def tidy(text: str) -> str:
    """The words without what nobody sees; digits and letters in their usual form."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if unicodedata.category(c)[0] != "C" or c == "\n").strip()


def read(text: str, today: date) -> Told | Wrong | None:
    """What the message tells; why it can't be taken; or None where it is no such message.

    Its day is the one that is written (截至8月底), else today; of a month without a year the last
    one that has come.
    """
    opened = _OPEN.fullmatch(tidy(text))
    if opened is None:
        return None
    plain, rest = opened["word"] in ("记数", "计数"), opened["rest"]
    note = _NOTE.search(rest)
    rest = rest[: note.start()] if note else rest
    dated = _AS_OF.search(rest)
    as_of = _day(dated, today) if dated else today
    if as_of is None or as_of > today:
        return "future" if plain else None
    if dated:
        rest = rest[: dated.start()] + " " + rest[dated.end() :]
    found = _figures(rest, as_of)
    if isinstance(found, tuple):
        return Told(found, (note["note"].strip(_EDGES) if note else "")[:NOTE], plain)
    return found if plain else None


def _figures(rest: str, as_of: date) -> tuple[Counted, ...] | Wrong:
    figures: list[Counted] = []
    at, first = 0, ""
    for match in _FIGURE.finditer(rest):
        before = rest[at : match.start()]
        if match["amount"].isalpha() and not before.endswith((" ", "约", "近")):
            continue  # 一 in 统一: a numeral in a word
        name = " ".join(before.strip(_EDGES).split())
        if name.endswith(_COMPARES):
            return "figure"
        if not name and not first:
            continue  # 12345热线: a name may begin with a number
        first = first or name
        whole = f"{first}{name}" if name != first and name.startswith(_JOINS) else name or first
        if len(whole) > NAME:
            return "long"
        figures.append(Counted(whole, match["amount"], match["unit"] or "", as_of))
        at = match.end()
    if rest[at:].strip(_EDGES) and figures:
        return "figure"
    if not figures:
        return "name" if _FIGURE.match(rest.strip(_EDGES)) else "figure"
    names = [one.name for one in figures]
    return tuple(figures) if len(set(names)) == len(names) and len(names) <= MOST else "many"


def _day(match: re.Match[str], today: date) -> date | None:
    month = int(match["month"])
    year = int(match["year"] or today.year)
    first = date(year, month, 1)
    if match["year"] is None and first > today:
        first = date(year - 1, month, 1)
    last = month_length(first)
    wanted = int(match["day"] or last)
    return first.replace(day=wanted) if wanted <= last else None


def takes_back(text: str) -> str | None:
    """The name in 「撤回成效 官网发布」, or None."""
    found = _TAKES_BACK.fullmatch(tidy(text))
    return found["name"].strip(_EDGES) if found else None


@dataclass(frozen=True, slots=True)
class CounterFacts:
    """A figure as it stands: who said it, on what it rests; `was` is what it was before."""

    id: int
    name: str
    amount: str
    unit: str
    as_of: date
    by: str
    note: str = ""
    proof: bool = False
    was: str | None = None

    @property
    def figure(self) -> str:
        """40余次."""
        return f"{self.amount}{self.unit}"
