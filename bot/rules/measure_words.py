"""A measure as somebody says it: what is to be done, by whom, until when; pure.

「松江路口加一块提示牌，王志强负责，9月15日前」. What is not said stays empty; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from bot.rules.periods import month_length, step, unit_start

_WEEKDAYS = "一二三四五六日天"
_BEFORE = r"(?:(?:之|以)?前|截止|为止)?(?:完成|办完|落实)?"
_DAY = re.compile(rf"(?:在|于|到)?(?:(?P<month>\d{{1,2}})月)?(?P<day>\d{{1,2}})[日号]{_BEFORE}")
_MONTH_END = re.compile(
    rf"(?:在|于|到)?(?:(?P<month>\d{{1,2}})月|(?P<which>本|这个?|下个?)?月)底{_BEFORE}"
)
_WEEKDAY = re.compile(
    rf"(?:在|于|到)?(?P<which>本|这|下)?(?:周|星期)(?P<day>[{_WEEKDAYS}]){_BEFORE}"
)
_QUARTER_END = re.compile(rf"(?:在|于|到)?(?P<which>本|这|下)?(?:个)?季(?:度)?[末底]{_BEFORE}")
_EDGES = " ，,。；;、：:\n\t"


@dataclass(frozen=True, slots=True)
class SaidMeasure:
    """What was understood; `words` are what is to be done."""

    words: str
    owner: str | None = None
    due: date | None = None


def read_measure(text: str, names: Collection[str], today: date) -> SaidMeasure:
    """The measure in the text; an owner is one of `names`, or whoever is said to be in charge."""
    rest, due = _due(" ".join(text.split()), today)
    rest, owner = _owner(rest, names)
    return SaidMeasure(_tidy(rest) or _tidy(text), owner, due)


def _owner(text: str, names: Collection[str]) -> tuple[str, str | None]:
    known = [name for name in sorted(names, key=len, reverse=True) if name and name in text]
    for name in known:
        said = re.compile(rf"(?:由|责任人[:：]?)?{re.escape(name)}(?:来)?(?:负责|牵头|办|落实)?")
        match = said.search(text)
        if match is not None:
            return text[: match.start()] + "，" + text[match.end() :], name
    match = re.search(
        r"(?:^|[，,；;、 ])由?(?P<who>[\u4e00-\u9fff]{2,6}?)(?:负责|牵头)(?:$|[，,；;、。 ])", text
    )
    if match is not None:
        return text[: match.start()] + "，" + text[match.end() :], match["who"]
    return text, None


def _due(text: str, today: date) -> tuple[str, date | None]:
    readers = ((_MONTH_END, _month_end), (_QUARTER_END, _quarter_end), (_DAY, _day),
               (_WEEKDAY, _weekday))  # fmt: skip
    for pattern, read in readers:
        for match in pattern.finditer(text):
            due = read(match, today)
            if due is not None:
                return text[: match.start()] + "，" + text[match.end() :], due
    return text, None


def _day(match: re.Match[str], today: date) -> date | None:
    month, day = int(match["month"] or today.month), int(match["day"])
    if not 1 <= month <= 12 or not 1 <= day <= month_length(date(today.year, month, 1)):
        return None
    found = date(today.year, month, day)
    if found >= today:
        return found
    if match["month"] is None:
        later = step(found.replace(day=1), "month", 1)
        return later.replace(day=min(day, month_length(later)))
    return step(found, "year", 1)


def _month_end(match: re.Match[str], today: date) -> date | None:
    if match["month"]:
        month = int(match["month"])
        if not 1 <= month <= 12:
            return None
        first = date(today.year + (month < today.month), month, 1)
    else:
        ahead = 1 if (match["which"] or "").startswith("下") else 0
        first = step(today.replace(day=1), "month", ahead)
    return first.replace(day=month_length(first))


def _quarter_end(match: re.Match[str], today: date) -> date:
    ahead = 2 if match["which"] == "下" else 1
    return step(unit_start(today, "quarter"), "quarter", ahead) - timedelta(days=1)


def _weekday(match: re.Match[str], today: date) -> date:
    day = min(_WEEKDAYS.index(match["day"]), 6)
    monday = unit_start(today, "week") + timedelta(days=7 if match["which"] == "下" else 0)
    found = monday + timedelta(days=day)
    return found if found >= today or match["which"] else found + timedelta(days=7)


def _tidy(text: str) -> str:
    joined = re.sub(r"[，,；;、 ]*([，,；;、])[，,；;、 ]*", r"\1", text)
    return joined.strip(_EDGES)
