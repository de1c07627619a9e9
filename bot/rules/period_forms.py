"""The forms of written time (上周, 10月份, 近7天 …) and the span each means; finds nothing itself.

Months and days without a year are the latest ones that are not in the future, or with `ahead` the
next ones that are not past.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from bot.rules.numerals import number
from bot.rules.periods import (
    Unit,
    day,
    days,
    midnight,
    month,
    month_length,
    quarter,
    step,
    unit_of,
    unit_start,
    week,
    year,
)
from bot.rules.records import Span
from bot.rules.vocabulary import Holiday


@dataclass(frozen=True)
class Calendar:
    """What written times are counted from."""

    now: datetime
    since: date
    holidays: tuple[Holiday, ...] = ()
    ahead: bool = False

    @property
    def tz(self) -> tzinfo:
        """The zone of days and weeks: the one `now` is given in."""
        if self.now.tzinfo is None:
            raise ValueError("a moment needs a zone")
        return self.now.tzinfo

    @property
    def today(self) -> date:
        """The day of `now`."""
        return self.now.date()

    @property
    def tonight(self) -> datetime:
        """The end of today."""
        return day(self.now).until


SpanOf = Callable[[re.Match[str], Calendar], Span | None]

_NUM = "(?:[0-9]{1,4}|[零〇一二两三四五六七八九十]{1,3})"
_YEAR = "(?:(?P<year>今年|去年|前年|明年|本年|(?:20)?[0-9]{2}年)度?的?)?"
_TO = r"\s*(?:-|~|—|–|到|至)+\s*"
_WEEKDAYS = "一二三四五六日"
_PARTS = {
    "上午": (0, 12), "早上": (0, 12), "早晨": (0, 12), "早": (0, 12), "晨": (0, 12),
    "下午": (12, 18), "午后": (12, 18), "晚上": (18, 24), "夜里": (18, 24), "夜间": (18, 24),
    "晚": (18, 24), "夜": (18, 24),
}  # fmt: skip
_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2}
_STEPS = {"上上": -2, "上": -1, "前": -1, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2}
_THIRDS = {"上": (1, 10), "中": (11, 20), "下": (21, 31), "初": (1, 10), "底": (21, 31)}
_UNITS: dict[str, Unit] = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week",
    "月": "month", "季度": "quarter", "季": "quarter", "年": "year",
}  # fmt: skip


def _number(written: str | None) -> int:
    value = number(written) if written else 1
    if value is None:
        raise ValueError("not a number")
    return value


def _year(written: str | None, calendar: Calendar) -> int | None:
    if not written:
        return None
    offset = {"今年": 0, "本年": 0, "去年": -1, "前年": -2, "明年": 1}.get(written)
    if offset is not None:
        return calendar.today.year + offset
    short = int(written[:-1])
    return short if short > 100 else 2000 + short


def _dated(wanted: int | None, calendar: Calendar, on: Callable[[int], date]) -> date:
    """The day in the wanted year, or else in the latest year (ahead: the next) that fits."""
    if wanted is not None:
        return on(wanted)
    first = on(calendar.today.year)
    if calendar.ahead:
        past = first < unit_start(calendar.today, "month")
        return on(calendar.today.year + 1) if past else first
    return on(calendar.today.year - 1) if first > calendar.today else first


def _plain_day(match: re.Match[str], calendar: Calendar) -> Span | None:
    offset = _DAYS[match["day"]] if match["day"] else 0
    span = day(calendar.now, offset)
    return _part_of(span, match["part"])


def _part_of(span: Span, part: str | None) -> Span:
    if part is None or span.since is None:
        return span
    first, last = _PARTS[part]
    until = span.until if last == 24 else span.since + timedelta(hours=last)
    return Span(span.since + timedelta(hours=first), until)


def _whole_unit(match: re.Match[str], calendar: Calendar) -> Span | None:
    return unit_of(calendar.now, _UNITS[match["unit"]], _STEPS[match["step"]])


def _weekday(match: re.Match[str], calendar: Calendar) -> Span | None:
    monday = week(calendar.now, _STEPS[match["step"] or "本"]).since
    assert monday is not None
    first = _WEEKDAYS.index(match["first"].replace("天", "日"))
    last = _WEEKDAYS.index((match["last"] or match["first"]).replace("天", "日"))
    if last < first:
        return None
    start = monday.date()
    return days(start + timedelta(days=first), start + timedelta(days=last), calendar.tz)


def _weekend(match: re.Match[str], calendar: Calendar) -> Span | None:
    monday = week(calendar.now, _STEPS[match["step"] or "本"]).since
    assert monday is not None
    start = monday.date()
    return days(start + timedelta(days=5), start + timedelta(days=6), calendar.tz)


def _named_month(match: re.Match[str], calendar: Calendar) -> Span | None:
    index = _number(match["month"])
    wanted = _year(match["year"], calendar)
    return _third(_dated(wanted, calendar, lambda y: date(y, index, 1)), match["third"], calendar)


def _months(match: re.Match[str], calendar: Calendar) -> Span | None:
    last_index = _number(match["last"])
    wanted = _year(match["year"], calendar)
    last = _dated(wanted, calendar, lambda y: date(y, last_index, 1))
    first = date(last.year, _number(match["first"]), 1)
    first = first if first <= last else step(first, "year", -1)
    return Span(midnight(first, calendar.tz), midnight(step(last, "month", 1), calendar.tz))


def _stepped_third(match: re.Match[str], calendar: Calendar) -> Span | None:
    since = month(calendar.now, _STEPS[match["step"]] if match["step"] else 0).since
    return _third(since.date(), match["third"], calendar) if since else None


def _third(first: date, third: str | None, calendar: Calendar) -> Span:
    start, end = _THIRDS[third[0]] if third else (1, 31)
    end = min(end, month_length(first))
    return days(first.replace(day=start), first.replace(day=end), calendar.tz)


def _one_date(match: re.Match[str], calendar: Calendar) -> Span | None:
    on = _date(match["year"], match["month"], match["date"], calendar)
    return _part_of(days(on, on, calendar.tz), match.groupdict().get("part"))


def _date(written: str | None, of_month: str, of_day: str, calendar: Calendar) -> date:
    index, number_of_day = _number(of_month), _number(of_day)
    wanted = _year(written, calendar)
    return _dated(wanted, calendar, lambda y: date(y, index, number_of_day))


def _dates(match: re.Match[str], calendar: Calendar) -> Span | None:
    last = _date(match["year"], match["month2"] or match["month"], match["date2"], calendar)
    first = date(last.year, _number(match["month"]), _number(match["date"]))
    first = first if first <= last else step(first, "year", -1)
    return days(first, last, calendar.tz)


def _iso_date(match: re.Match[str], calendar: Calendar) -> Span | None:
    on = date(int(match["year"]), int(match["month"]), int(match["date"]))
    return days(on, on, calendar.tz)


def _bare_date(match: re.Match[str], calendar: Calendar) -> Span | None:
    on = calendar.today.replace(day=_number(match["date"]))
    if on > calendar.today and not calendar.ahead:
        on = step(on, "month", -1)
    return days(on, on, calendar.tz)


def _named_quarter(match: re.Match[str], calendar: Calendar) -> Span | None:
    index = _number(match["quarter"])
    wanted = _year(match["year"], calendar)
    first = _dated(wanted, calendar, lambda y: date(y, index * 3 - 2, 1))
    return quarter(midnight(first, calendar.tz))


def _half_year(match: re.Match[str], calendar: Calendar) -> Span | None:
    first_month = 1 if match["half"] == "上" else 7
    wanted = _year(match["year"], calendar) or calendar.today.year
    first = date(wanted, first_month, 1)
    return Span(midnight(first, calendar.tz), midnight(step(first, "month", 6), calendar.tz))


def _named_year(match: re.Match[str], calendar: Calendar) -> Span | None:
    wanted = _year(match["year"], calendar) or calendar.today.year
    return year(midnight(date(wanted, 1, 1), calendar.tz))


def _lately(match: re.Match[str], calendar: Calendar) -> Span | None:
    count, unit = _number(match["count"]), _UNITS[match["unit"]]
    if match["half"]:
        first = calendar.today - timedelta(days=14)
    elif unit in ("day", "week"):
        first = step(calendar.today, unit, -count) + timedelta(days=1)
    else:
        first = step(calendar.today, unit, -count)
    return Span(midnight(first, calendar.tz), calendar.tonight)


def _within(match: re.Match[str], calendar: Calendar) -> Span | None:
    last = step(calendar.today, _UNITS[match["unit"]], _number(match["count"]))
    return days(calendar.today, last, calendar.tz)


def _since_rectification(_: re.Match[str], calendar: Calendar) -> Span | None:
    return Span(midnight(calendar.since, calendar.tz), calendar.tonight)


def _so_far(_: re.Match[str], calendar: Calendar) -> Span | None:
    return Span(None, calendar.tonight)


def _holiday(match: re.Match[str], calendar: Calendar) -> Span | None:
    wanted = _year(match["year"], calendar)
    named = [h for h in calendar.holidays if match["name"] == h.name]
    if wanted is not None:
        named = [h for h in named if h.first.year == wanted]
    begun = [h for h in named if h.first <= calendar.today]
    holiday = (begun[-1:] or named[:1] or [None])[0]
    return None if holiday is None else days(holiday.first, holiday.last, calendar.tz)


def _this_year(_: re.Match[str], calendar: Calendar) -> Span | None:
    return year(calendar.now)


_PART = f"(?P<part>{'|'.join(_PARTS)})"
_STEP = "(?P<step>上上|上|本|这|当|下下|下)"
_WEEK = "(?:周|星期|礼拜)"
_DOTTED = r"(?P<month>1[0-2]|0?[1-9])[./](?P<date>[0-3]?\d)"
_DOTTED_TO = r"(?:(?P<month2>1[0-2]|0?[1-9])[./])?(?P<date2>[0-3]?\d)(?!\d)"

FORMS: list[tuple[re.Pattern[str], SpanOf]] = [
    (re.compile(pattern), span_of)
    for pattern, span_of in (
        (rf"(?P<day>大前|前|昨|今|当|明|后)(?:天|日|儿){_PART}?", _plain_day),
        (r"(?P<day>昨|今|前|明)(?P<part>早上|晚上|早|晚|晨|夜)", _plain_day),
        (r"(?P<day>)(?P<part>上午|下午|早上|晚上|午后)", _plain_day),
        (
            rf"(?<!一){_STEP}一?个?(?P<unit>周|星期|礼拜|月|季度|季)(?!末|[{_WEEKDAYS}天])",
            _whole_unit,
        ),
        (
            rf"(?<!一){_STEP}个?{_WEEK}(?P<first>[{_WEEKDAYS}天])"
            rf"(?:{_TO}(?:本|这)?{_WEEK}?(?P<last>[{_WEEKDAYS}天]))?(?![次处气])",
            _weekday,
        ),
        (
            rf"(?<![一二两三几每0-9])(?P<step>){_WEEK}(?P<first>[{_WEEKDAYS}天])"
            rf"(?:{_TO}{_WEEK}?(?P<last>[{_WEEKDAYS}天]))?(?![次处气])",
            _weekday,
        ),
        (rf"{_STEP}?个?周末", _weekend),
        (
            rf"{_YEAR}(?P<month>{_NUM})月份?(?P<third>上旬|中旬|下旬|初|底)?(?!{_NUM}[日号])",
            _named_month,
        ),
        (rf"{_YEAR}(?P<first>{_NUM})月?份?{_TO}(?P<last>{_NUM})月份?(?!{_NUM})", _months),
        (rf"{_STEP}?个?月?(?P<third>上旬|中旬|下旬)", _stepped_third),
        (rf"{_STEP}?个?月(?P<third>初|底)", _stepped_third),
        (rf"{_YEAR}(?P<month>{_NUM})月(?P<date>{_NUM})[日号]?{_PART}?", _one_date),
        (
            rf"{_YEAR}(?P<month>{_NUM})月(?P<date>{_NUM})[日号]?{_TO}"
            rf"(?:(?P<month2>{_NUM})月)?(?P<date2>{_NUM})[日号]?",
            _dates,
        ),
        (rf"(?P<year>){_DOTTED}\s*(?:-|~|—|到|至)\s*{_DOTTED_TO}", _dates),
        (r"(?P<year>20\d\d)[-./年](?P<month>\d{1,2})[-./月](?P<date>\d{1,2})[日号]?", _iso_date),
        (rf"(?P<date>{_NUM})[日号](?![监岗楼店线机门院])", _bare_date),
        (rf"{_YEAR}第?(?P<quarter>[一二三四1-4])季度", _named_quarter),
        (rf"{_YEAR}[Qq](?P<quarter>[1-4])", _named_quarter),
        (rf"{_YEAR}(?P<half>上|下)半年", _half_year),
        (r"(?P<year>今年|去年|前年|明年|本年|20[0-9]{2}年)度?", _named_year),
        (r"全年", _this_year),
        (
            rf"(?:最近|近|过去|这)(?P<half>半)?(?P<count>{_NUM})?个?"
            r"(?P<unit>天|日|周|星期|礼拜|月|季度|年)",
            _lately,
        ),
        (
            rf"(?:未来|今后|接下来)?(?P<count>{_NUM})个?(?P<unit>天|日|周|星期|月)"
            r"(?:之内|以内|内)",
            _within,
        ),
        (rf"(?:未来|今后|接下来)(?P<count>{_NUM})个?(?P<unit>天|日|周|星期|月)", _within),
        (r"(?:自|从)?整改(?:开始)?(?:以来|至今|到现在|到目前)", _since_rectification),
        (
            r"(?:截至|截止到?|到)(?:目前|现在|当前|今天|今日)(?:为止)?|迄今(?:为止)?|至今",
            _so_far,
        ),
        (
            rf"{_YEAR}(?P<name>国庆|春节|元旦|清明|五一|端午|中秋)(?:节|假期|长假|期间)*",
            _holiday,
        ),
    )
]
