"""Finds clocks and days written in a caption and says when the thing happened; knows no trouble.

A shift (8:00-12:00) is no time of a report. A day without a clock is its beginning, or that of the
named part of it. What would lie in the future is a plan and not a time of a report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.rules.numerals import number
from bot.rules.periods import step

_NUM = "(?:[0-9]{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_PART = "凌晨|清晨|早晨|早上|上午|中午|午后|下午|傍晚|晚上|夜里|夜间|深夜|半夜|早|晚|夜|晨"
_CLOCK = (
    r"(?:(?<![0-9:.])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?(?![0-9:])"
    rf"|{_NUM}[点时](?!建议|意见|要求|问题|半?小时)(?:钟|整|半|一刻|三刻|{_NUM}分?)?)(?:多|左右|许)?钟?"
)
_TIME = re.compile(
    r"(?=[今昨前大上本这周星礼早晚夜晨中下午凌清傍深半0-9零一二两三四五六七八九十])"
    r"(?:(?P<ago>[0-9]{1,3}|[零〇一二两三四五六七八九十]{1,3}|半)个?(?P<ago_half>半)?"
    r"(?P<ago_unit>小时|钟头|分钟|天|周|星期)(?:之?前|以前)"
    r"|(?P<day>(?:大前|前|昨|今)[天日]|[昨今前](?=[早晚晨夜])"
    r"|(?P<week>上上|上|本|这)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![次处家个])"
    r"|(?:(?P<year>20[0-9]{2})[年./-])?(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2})"
    rf"(?P<dot>[月./-])(?P<date>{_NUM})(?![0-9])[日号]?"
    rf"|(?P<bare>{_NUM})[日号](?=\s|[,，:]|{_PART}|$|[0-9]))?"
    rf"\s*(?P<part>{_PART})?\s*(?P<clock>{_CLOCK})?"
    rf"(?P<until>\s*(?:-|~|—|–|至|到)+\s*(?:{_PART})?{_CLOCK})?)"
)
_TOO_SHORT = frozenset({"", "早", "晚", "夜", "晨"})  # 夜市 is no time
_AFTERNOON = frozenset({"午后", "下午", "傍晚", "晚上", "夜里", "夜间", "深夜", "晚", "夜"})
_STARTS = {"凌晨": 0, "中午": 12, "午后": 12, "下午": 12} | dict.fromkeys(
    ("傍晚", "晚上", "夜里", "夜间", "深夜", "晚", "夜"), 18
)
_MINUTES = {"": 0, "半": 30, "一刻": 15, "三刻": 45}
_WEEKDAYS = "一二三四五六日"
_EVENING_OR_NIGHT = 6  # a bare 3点 in the afternoon means 15:00, a bare 8点 does not mean 20:00


@dataclass(frozen=True)
class WrittenTime:
    """A time written at [start, end); `moment` None for a shift or a bare part of today."""

    start: int
    end: int
    moment: datetime | None
    has_clock: bool


def find_times(text: str, now: datetime) -> list[WrittenTime]:
    """The times written in the text from left to right; dates that do not exist are none."""
    return [
        time_
        for match in _TIME.finditer(text)
        if match[0].strip() not in _TOO_SHORT and (time_ := _written(match, now)) is not None
    ]


def occurred(times: list[WrittenTime], now: datetime) -> datetime | None:
    """When the thing happened, or None where it is the time of the message."""
    past = [t for t in times if t.moment is not None and t.moment <= now]
    with_clock = [t for t in past if t.has_clock]
    return next((t.moment for t in with_clock or past), None)


def _written(match: re.Match[str], now: datetime) -> WrittenTime | None:
    if match["ago"]:
        return WrittenTime(match.start(), match.end(), _ago(match, now), has_clock=True)
    if match["dot"] in ("-", "/", ".") and not match["year"] and not _dotted_date(match):
        return None
    try:
        on = _day(match, now)
        moment, has_clock = _moment(match, on, now)
    except (ValueError, OverflowError):
        return None
    return WrittenTime(match.start(), match.end(), moment, has_clock)


def _dotted_date(match: re.Match[str]) -> bool:
    """3-5处 and 2.5米 are no dates: a date without a year and 月 ends its word or has a clock."""
    rest = match.string[match.end("date") : match.end("date") + 1]
    alone = rest == "" or rest.isspace() or rest in ",，:日号"
    return alone and match["dot"] != "-"


def _ago(match: re.Match[str], now: datetime) -> datetime | None:
    count = 0.5 if match["ago"] == "半" else float(number(match["ago"]) or 0)
    count += 0.5 if match["ago_half"] else 0
    unit = {"小时": 60, "钟头": 60, "分钟": 1, "天": 1440}.get(match["ago_unit"], 10080)
    return (now - timedelta(minutes=count * unit)).replace(second=0, microsecond=0)


def _day(match: re.Match[str], now: datetime) -> date | None:
    today = now.date()
    if match["day"] is None:
        return None
    if match["weekday"]:
        weeks = {"上上": -2, "上": -1}.get(match["week"] or "", 0)
        index = _WEEKDAYS.index(match["weekday"].replace("天", "日"))
        on = today - timedelta(days=today.weekday() - index) + timedelta(weeks=weeks)
        bare = match["week"] is None and on > today  # on Monday 周六 was two days ago
        return on - timedelta(weeks=1) if bare else on
    if match["month"]:
        return _dated(match, today)
    if match["bare"]:
        on = today.replace(day=number(match["bare"]) or 0)
        return on if on <= today else step(on, "month", -1)
    back = {"大前": 3, "前": 2, "昨": 1}.get(match["day"].rstrip("天日"), 0)
    return today - timedelta(days=back)


def _dated(match: re.Match[str], today: date) -> date:
    month, day = number(match["month"]) or 0, number(match["date"]) or 0
    if match["year"]:
        return date(int(match["year"]), month, day)
    on = date(today.year, month, day)
    return on if on <= today else date(today.year - 1, month, day)


def _moment(match: re.Match[str], on: date | None, now: datetime) -> tuple[datetime | None, bool]:
    part, clock = match["part"], match["clock"]
    tz = now.tzinfo
    if match["until"] and clock:
        return (
            None if on in (None, now.date()) else datetime.combine(on or now, time(), tz)
        ), False
    if clock is None:
        if on is None or on == now.date():
            return None, False
        return datetime.combine(on, time(_STARTS.get(part or "", 0)), tz), False
    hour, minute = _clock(clock)
    day, hour = _by_part(on or now.date(), hour, part)
    moment = datetime.combine(day, time(hour, minute), tz)
    if part is None and ":" not in clock and 0 < hour <= _EVENING_OR_NIGHT:
        later = moment + timedelta(hours=12)
        moment = later if later <= now else moment
    return moment, True


def _by_part(on: date, hour: int, part: str | None) -> tuple[date, int]:
    if hour == 24 or (hour == 12 and part in ("晚上", "夜里", "深夜", "半夜", "晚", "夜")):
        return on + timedelta(days=1), 0
    if part in _AFTERNOON and hour < 12:
        return on, hour + 12
    if part == "中午" and hour < 3:
        return on, hour + 12
    return on, 0 if part == "凌晨" and hour == 12 else hour


def _clock(written: str) -> tuple[int, int]:
    if ":" in written:
        whole, minute = written.split(":")[:2]
        return int(whole), int(minute[:2])
    hour, rest = re.split("[点时]", written, maxsplit=1)
    rest = rest.rstrip("多左右许钟整分")
    minutes = _MINUTES.get(rest, number(rest) or 0)
    return number(hour) or 0, minutes
