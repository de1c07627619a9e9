"""Deadlines as ledgers write them: 2025年6月底前, 6月30日, 45838, 长期坚持, 立行立改; pure.

What names a month alone means its last day. A day is never invented: what is no day gives none,
and what holds several, or 2025.1 (which Excel makes of 2025.10), is not understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.rules.dates import month_length, step
from bot.rules.numerals import number

NONE_SAID = frozenset({
    "", "/", "-", "—", "——", "无", "未明确", "待定", "未定", "暂无", "空", "\\", "·",
})  # fmt: skip
"""What stands in a cell where nothing is known."""

ALREADY = r"已(?:经)?(?:全部)?(?:整改)?(?:完成|办结|销号|落实|到位|整改)(?:整改)?"
_EPOCH, _FIRST_SERIAL, _LAST_SERIAL = date(1899, 12, 30), 36526, 73050
_LASTING = re.compile(
    r"(?:并|且|,|、)?(?:长期(?:坚持|任务|整改|推进|执行|落实)?|持续(?:推进|整改|开展|坚持|用力|深化)?"
    r"|常态化?(?:推进|开展|坚持|长效)?|坚持(?:推进|开展)?|每(?:年|季度?|个?月|周|半年)\w{0,6}|定期\w{0,4}|经常\w{0,4})"
)
_AT_ONCE = re.compile(r"(?:立行立改|立即|即知即改|立整立改|马上|即日起?|随时)\w{0,4}")
_PART = r"(?P<part>上旬|中旬|下旬|月?初|月?底|月?末)?"
_TOKENS = (
    re.compile(r"(?P<y>20\d\d|\d\d(?=年))[年./-](?P<m>\d{1,2})[月./-](?P<d>\d{1,2})[日号]?(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?!\d)"),
    re.compile(
        rf"(?P<y>20\d\d|\d\d(?=年))[年./-](?P<m>\d{{1,2}})(?:月份?)?{_PART}(?!\d|季|[./-]\d{{1,2}}(?!\d))"
    ),
    re.compile(
        r"(?:(?P<y>20\d\d)年?度?|(?P<rel>今年|本年度?|明年|年度)?)"
        r"(?P<half>上半年|下半年|第?[1-4]季度?(?:末|底)?|年?(?:底|末|内)|全年)"
    ),
    re.compile(r"(?P<rel>今年|本年|明年)?(?<!\d)(?P<m>\d{1,2})[月./-](?P<d>\d{1,2})[日号]?(?!\d)"),
    re.compile(rf"(?P<rel>今年|本年|明年)?(?<!\d)(?P<m>\d{{1,2}})月份?{_PART}"),
    re.compile(r"(?P<month>本月|当月|这个月|下个?月)(?:底|末|内)?"),
)
_CLOCK = re.compile(r"(?<=\d)[ T]\d{1,2}:\d\d(?::\d\d)?$")
_NUMERAL = re.compile(r"[〇零一二三四五六七八九十]+(?=[年月日号季])")
_BETWEEN = re.compile(r"(?:前|起|开始)?(?:至|到|-|—|–|~|―)+")
_YEAR = re.compile(r"(?<!\d)20\d\d(?=[年./-]|(?:0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d))")


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: its day, whether it lasts, whether it says that all is done.

    `doubt` is how it was taken where it leaves something open, or why it was not understood.
    """

    day: date | None = None
    lasting: bool = False
    done: bool = False
    doubt: str | None = None


def usual_year(texts: Iterable[str]) -> int | None:
    """The year that most deadlines of a file name, or None where none does."""
    found = Counter(
        year for text in texts if (year := _year_said(levelled(text))) is not None
    )  # fmt: skip
    return max(found, key=lambda year: (found[year], year), default=None)


def _year_said(text: str) -> int | None:
    if (day := _serial(text)) is not None:
        return day.year
    match = _YEAR.search(text)
    return int(match[0]) if match else None


def levelled(text: str) -> str:
    """The text without blanks, in half-width signs, its numerals of dates as digits."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return _NUMERAL.sub(_digits, plain)


def _digits(match: re.Match[str]) -> str:
    value = number(match[0])
    return match[0] if value is None else str(value)


def read_due(text: str, year: int | None, today: date) -> Due:
    """The deadline; without a year it is of `year`, else of today's, and `doubt` says so."""
    plain = levelled(_CLOCK.sub("", text.strip()))
    if plain in NONE_SAID:
        return Due()
    if (day := _serial(plain)) is not None:
        return Due(day)
    if re.fullmatch(r"20\d\d\.1", plain):
        return Due(doubt="分不清是1月还是10月")
    if re.fullmatch(ALREADY, plain):
        return Due(done=True)
    rest, count = _LASTING.subn("", plain)
    spans = _found(rest, year or today.year, year is not None, today)
    lasting = count > 0
    if isinstance(spans, str):
        return Due(lasting=lasting, doubt=spans)
    if spans is None:
        if lasting:
            return Due(lasting=True, doubt=None if _plainly(plain) else "没有具体日子")
        at_once = _AT_ONCE.search(plain)
        return Due(doubt="没有具体日子" if at_once else "看不懂是哪一天")
    return replace(spans, lasting=lasting)


def _plainly(text: str) -> bool:
    return re.fullmatch(r"(?:长期|持续|常态|坚持|推进|任务|化|整改|,|、|并)+", text) is not None


def _serial(text: str) -> date | None:
    match = re.fullmatch(r"(\d{5})(?:\.\d+)?", text)
    if match is None or not _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL:
        return None
    return _EPOCH + timedelta(days=int(match[1]))


def _found(text: str, year: int, known: bool, today: date) -> Due | str | None:
    """The one deadline of the text, why there is none to tell, or None where nothing is said."""
    days: list[tuple[int, int, date, str | None]] = []
    at = 0
    while at < len(text):
        match = next((m for token in _TOKENS if (m := token.match(text, at))), None)
        if match is None or match.end() == at:
            at += 1
            continue
        said = match.groupdict()
        # 2025年6月至9月: the second is of the first's year.
        same = bool(days) and days[-1][3] is None and not said.get("y")
        day, doubt = _day(said, days[-1][2].year if same else year, known, today)
        if day is None:
            return "没有这一天"
        doubt = None if same else doubt
        days.append((match.start(), match.end(), day, doubt))
        at = match.end()
    if not days:
        return None
    if len(days) > 2 or (
        len(days) == 2 and not _BETWEEN.fullmatch(text[days[0][1] : days[1][0]])
    ):  # fmt: skip
        return "写了不止一个日子"
    _, end, day, doubt = days[-1]
    left = text[: days[0][0]] + text[end:]
    if re.search(r"\d", left):
        return "看不懂是哪一天"
    if len(days) == 2 and day < days[0][2]:
        day = step(day, "year", 1) if doubt else day
    return Due(day, doubt=doubt)


def _day(
    said: dict[str, str | None], year: int, known: bool, today: date
) -> tuple[date | None, str | None]:
    """The day that a token names; the doubt tells that its year was not written."""
    if said.get("month"):
        first = step(today.replace(day=1), "month", 1 if "下" in (said["month"] or "") else 0)
        return first.replace(day=month_length(first)), f"按{first.year}年{first.month}月底"
    doubt = None
    if said.get("y"):
        year = int(said["y"] or "")
        year += 2000 if year < 100 else 0
    elif said.get("rel") == "明年":
        year, doubt = today.year + 1, f"没写年份，按{today.year + 1}年"
    elif said.get("rel"):
        year, doubt = today.year, f"没写年份，按{today.year}年"
    else:
        doubt = f"没写年份，按{'表里其他日期的' if known else ''}{year}年"
    if said.get("half"):
        return _end_of(said["half"] or "", year), doubt
    month, part = int(said["m"] or ""), said.get("part") or ""
    if not 1 <= month <= 12:
        return None, None
    first = date(year, month, 1)
    last = month_length(first)
    if said.get("d"):
        number_ = int(said["d"] or "")
        return (first.replace(day=number_) if 1 <= number_ <= last else None), doubt
    within = {"上旬": 10, "初": 10, "月初": 10, "中旬": 20}.get(part, last)
    return first.replace(day=within), doubt


def _end_of(said: str, year: int) -> date:
    """The last day of a half, a quarter or a year."""
    quarter = re.search(r"[1-4]", said)
    month = int(quarter[0]) * 3 if quarter else 6 if said == "上半年" else 12
    return date(year, month, month_length(date(year, month, 1)))
