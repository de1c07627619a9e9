"""How people say dates, times, numbers and lists; the phrases that every card shares. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

WEEKDAYS = "一二三四五六日"

ACTIONS = {
    "persuaded": "已劝离", "corrected": "已整改", "notice": "已下通知", "seized": "已暂扣",
    "transferred": "已转办", "recheck_ok": "复查通过", "recheck_fail": "复查没过",
}  # fmt: skip
"""What was done about a find, as people say it; found and none go without saying."""


def day(moment: date) -> str:
    """6月15日."""
    return f"{moment.month}月{moment.day}日"


def clock(moment: datetime) -> str:
    """9:05."""
    return f"{moment.hour}:{moment.minute:02d}"


def when(moment: datetime, today: datetime) -> str:
    """The time alone on the same day, with the date on another."""
    same = moment.date() == today.date()
    return clock(moment) if same else f"{day(moment)} {clock(moment)}"


def short(number: str) -> str:
    """0612-007 of R-20250612-007, as a receipt names it."""
    letter, _, rest = number.partition("-")
    return rest[4:] if letter and len(rest) > 8 else number


def listed(names: Sequence[str], most: int = 3) -> str:
    """松江路、永福路等 5 处 where there are more than `most`."""
    if len(names) <= most:
        return "、".join(names)
    return f"{'、'.join(names[:most])}等 {len(names)} 处"


def unique(names: Sequence[str]) -> list[str]:
    """The names without repeats, in order."""
    return list(dict.fromkeys(names))


def percent(part: int, whole: int) -> str:
    """66.7%; never 100% or 0% where a part is missing or there; `whole` is not 0."""
    tenths = (part * 2000 + whole) // (2 * whole)
    if 0 < part < whole:
        tenths = min(max(tenths, 1), 999)
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


def cut(text: str, most: int) -> str:
    """The text, shortened with … where it is longer than `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def lasting(minutes: int) -> str:
    """45 分钟, 3 小时 20 分, 2 天 4 小时."""
    hours, rest = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    if days:
        return f"{days} 天 {left} 小时" if left else f"{days} 天"
    if hours:
        return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
    return f"{rest} 分钟"


def late(by: timedelta) -> str:
    """（迟到 2天3小时）, put after what comes too late; nothing for less than an hour."""
    days, hours = by.days, by.seconds // 3600
    if days < 0 or not (days or hours):
        return ""
    said = "".join(f"{n}{unit}" for n, unit in ((days, "天"), (hours, "小时")) if n)
    return f"（迟到 {said}）"
