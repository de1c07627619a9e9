"""Moments as papers and tables write them, and deadlines within a sentence; pure.

A report tells of what was, and its times are read by bot.rules.written_times; a deadline lies
ahead, and so does its year where none is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

_DAY = (
    r"(?:(?:(?P<year>20\d\d)[年./-])?(?P<month>\d{1,2})[月./-](?P<day>\d{1,2})[日号]?"
    r"|(?P<near>今天|明天|后天|今日|明日))"
)
_CLOCK, _LONE_CLOCK = (
    rf"(?P<hour{n}>[0-2]?\d)(?:[:点时](?P<minute{n}>[0-5]\d)?(?::\d\d)?分?)" for n in ("", "2")
)
_WHAT = r"(?P<what>签收|接单|响应|办结|办理|处理|处置|答复|回复|反馈|办完|完成|整改)?"
_BEFORE = re.compile(
    rf"[请须限应于在]{{0,2}}(?:{_DAY}\s*(?:{_CLOCK})?|{_LONE_CLOCK})"
    rf"\s*(?:之前|以前|前){_WHAT}(?:完毕)?"
)
_LABELLED = re.compile(
    rf"(?:办结|办理|处理|答复|回复)?(?:时限|期限|截止时间|截止日期|截止)[为是至到]?[:：\s]*{_DAY}\s*(?:{_CLOCK})?"
)
_RESPOND = ("签收", "接单", "响应")
_WRITTEN = re.compile(
    r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})(?:[:时点](\d{1,2}))?(?:[:分](\d{1,2}))?[秒分]?(?:\.\d+)?)?"
)
_PACKED = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_SERIAL = re.compile(r"[3-6]\d{4}(?:\.\d+)?")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day nought, in no zone
NEAR = {"今": 0, "明": 1, "后": 2}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline written at [start, end): by then it is to be answered, or handled."""

    start: int
    end: int
    what: Literal["respond", "handle"]
    moment: datetime


def deadlines(text: str, now: datetime, work_to: time) -> list[Deadline]:
    """The deadlines in the text, from left to right; `now` is local, what is no date is none.

    Without a clock it is the end of work on that day.
    """
    found: list[Deadline] = []
    for pattern in (_BEFORE, _LABELLED):
        for match in pattern.finditer(text):
            moment = _moment(match, now, work_to)
            if moment is None or any(one.start < match.end() > one.start for one in found if
                                     match.start() < one.end):  # fmt: skip
                continue
            said = match.groupdict().get("what")
            if said is None and pattern is _BEFORE and not _ends(text, match.end()):
                continue
            what: Literal["respond", "handle"] = "respond" if said in _RESPOND else "handle"
            found.append(Deadline(match.start(), match.end(), what, moment))
    return sorted(found, key=lambda one: one.start)


def _ends(text: str, at: int) -> bool:
    """Whether a sentence ends there: 6月13日前有人来过 is no deadline."""
    return at >= len(text) or text[at] in ",，。;；、 \n)）"


def _moment(match: re.Match[str], now: datetime, work_to: time) -> datetime | None:
    own = match.groupdict()
    hour, minute = own["hour"] or own.get("hour2"), own["minute"] or own.get("minute2")
    try:
        day = _day(own, now)
        clock = time(int(hour), int(minute or 0)) if hour and hour != "24" else None
    except ValueError:
        return None
    if hour == "24":
        return datetime.combine(day + timedelta(days=1), time(), now.tzinfo)
    return datetime.combine(day, clock or work_to, now.tzinfo)


def _day(own: dict[str, str | None], now: datetime) -> date:
    today = now.date()
    if own["near"]:
        return today + timedelta(days=NEAR[own["near"][0]])
    if own["month"] is None or own["day"] is None:
        return today
    month, day = int(own["month"]), int(own["day"])
    if own["year"]:
        return date(int(own["year"]), month, day)
    on = date(today.year, month, day)
    return on if (today - on).days < 180 else date(today.year + 1, month, day)


def moment(text: str, tz: tzinfo, clock: time = time()) -> datetime | None:
    """The moment that a table's cell writes, or None; without a clock of its own it is at `clock`.

    2025-06-12 10:31:00, 2025年6月12日10时31分, 20250612103100, and Excel's own count of days.
    """
    text = text.strip()
    if _SERIAL.fullmatch(text):
        at = _EPOCH + timedelta(days=float(text))
        at = at.replace(microsecond=0) if at.microsecond < 500_000 else (
            at.replace(microsecond=0) + timedelta(seconds=1)
        )  # fmt: skip
        return datetime.combine(at.date(), at.time() if "." in text else clock, tz)
    match = _WRITTEN.fullmatch(text) or _PACKED.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(one) if one else None for one in match.groups())
    try:
        on = date(year or 0, month or 0, day or 0)
        at_clock = clock if hour is None else time(hour, minute or 0, second or 0)
    except ValueError:
        return None
    return datetime.combine(on, at_clock, tz)
