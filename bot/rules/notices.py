"""Reads the yearly notice on holidays as an admin pastes it: days off and days worked; pure.

    国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。

A line whose days don't fit their weekdays or their number is named and nothing of it is kept. Knows
no table and no card.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.rules.calendar import REST, WORK, MovedDay
from bot.rules.numerals import number

WEEKDAYS = "一二三四五六日"
LONGEST = 16
"""No holiday is longer: a span of more days is misread."""

PASTED = "粘贴的通知"
"""Where days stand that came without a document's number."""

NAMES = r"元旦|春节|清明节?|国际劳动节|劳动节|五一|端午节?|中秋节?|国庆节?|十一"
_HEAD = re.compile(
    rf"(?:[（(]?[一二三四五六七八九十\d]{{1,2}}[)）]?[、.])?"
    rf"(?P<name>(?:{NAMES})(?:(?:、|和|与|及)?(?:{NAMES}))*)(?:假期)?(?:时间|安排)?[：:，, ]?"
)
_CUT = re.compile(
    rf"(?<=[。；;！\n])|(?<![、和与及\d年月])(?=(?:{_HEAD.pattern})[^。；;\n]{{0,6}}\d)"
)
_DAY = r"(?:(?P<y{0}>20\d\d)[年.\-/])?(?P<m{0}>\d{{1,2}})(?:月|[./])(?P<d{0}>\d{{1,2}})(?:[日号])?"
_NOTE = r"(?:\((?P<n{0}>[^)]*)\))?"
_END = r"(?:(?P<y2>20\d\d)[年.\-/])?(?:(?P<m2>\d{1,2})(?:月|[./]))?(?P<d2>\d{1,2})[日号]?"
_SPAN = re.compile(
    _DAY.format(1) + _NOTE.format(1)
    + rf"(?:(?:至|到|-|—|–|~|～|―)+{_END}{_NOTE.format(2)})?"
)  # fmt: skip
_VERB = re.compile(
    r"(?P<work>(?:正常|照常|恢复)?(?:上班|补班)(?:时间)?[：:]?)"
    r"|(?P<rest>(?:放假|调休|补休|公休|休息|连休|休假)(?:时间|日期)?[：:]?)"
)
_TOTAL = re.compile(r"(?:共|放假|计)(?P<n>[\d一二三四五六七八九十]{1,3})天")
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)(?P<w>[一二三四五六日天])")
_YEAR = re.compile(r"(20\d\d)年(?:部分|全年)?(?:节假日|放假|休假|元旦)")
_ALSO = re.compile(r"(\d{1,2})月(\d{1,2}[日号](?:\([^)]*\))?)[、和与及](\d{1,2}[日号])")
"""9月20日、27日: the second day is of the same month."""

_OTHER = re.compile(r"(?:[一二三四五六七八九十\d]{1,2}[、.])?(?P<name>[^月:,。、]{2,40}):(?=\d)")
"""A day off that has no usual name, before a colon."""

_SOURCE = re.compile(r"国办发明电(?:\(|\[|〔)20\d\d(?:\)|\]|〕)\d+号")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that is not understood, and why: `why` is a sentence for the admin."""

    line: str
    why: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a notice says: its year, days off and worked, and the lines that are none of it."""

    year: int
    days: tuple[MovedDay, ...]
    wrong: tuple[Wrong, ...] = ()
    source: str = PASTED


@dataclass(frozen=True, slots=True)
class _Said:
    """A stretch of days as it is written, with the weekdays written beside its ends."""

    first: tuple[int | None, int, int]
    last: tuple[int | None, int, int]
    weekdays: tuple[str | None, str | None]
    kind: str


class _Misread(Exception):
    """The line can't be right; the sentence says why."""


def looks_like_notice(text: str) -> bool:
    """Whether the text is, or is part of, a notice on holidays: a name, days, what they are."""
    plain = _plain(text)
    if not re.search(r"放假|上班|补班|调休", plain):
        return False
    return any(_HEAD.match(line) and _SPAN.search(line) and _VERB.search(line)
               for line in _lines(plain))  # fmt: skip


def read_notice(text: str, today: date) -> Understood:
    """What the notice says; the year is the one it names, else the one that its weekdays fit."""
    plain = _plain(text)
    source = _SOURCE.search(plain)
    year = _year(plain, today)
    days: dict[date, MovedDay] = {}
    wrong: list[Wrong] = []
    name: str | None = None
    about = source[0] if source else PASTED
    for line in _lines(plain):
        line = line.strip("\n")
        head = _HEAD.match(line) or _OTHER.match(line)
        if head is not None:
            name = _named(head["name"]) or head["name"]
        body = line[head.end() :] if head else line
        if not _tells(body, headed=head is not None):
            continue
        try:
            found = list(_days_of(body, year, name))
        except _Misread as misread:
            wrong.append(Wrong(_as_printed(line), str(misread)))
            continue
        days |= {day: MovedDay(day, kind, name, about) for day, kind in found}
    return Understood(year, tuple(days[day] for day in sorted(days)), tuple(wrong), about)


def _tells(body: str, *, headed: bool) -> bool:
    """Whether the line is to tell of days: a date of signing, or advice, is not."""
    if "鼓励" in body:
        return False
    dated, says = _SPAN.search(body) is not None, _VERB.search(body) is not None
    return (dated and says) or (headed and (dated or says))


def _plain(text: str) -> str:
    """Level signs and no spaces within a line: copied from a page, a notice has odd ones."""
    level = unicodedata.normalize("NFKC", text).replace("〔", "[").replace("〕", "]")
    level = re.sub(r"[^\S\n]+|\u200b", "", level)
    for _ in range(2):
        level = _ALSO.sub(r"\1月\2、\1月\3", level)
    return level


def _as_printed(line: str) -> str:
    """The line in the signs it is printed with."""
    return line.strip(" 。\n").translate(str.maketrans(":(),;", "：（），；"))


def _lines(plain: str) -> list[str]:
    return [line for line in _CUT.split(plain) if line and line.strip()]


def _named(written: str) -> str:
    """The holiday by its usual name; two that fall together are named both."""
    usual = {"五一": "劳动节", "国际劳动节": "劳动节", "十一": "国庆节", "国庆": "国庆节",
             "清明": "清明节", "端午": "端午节", "中秋": "中秋节"}  # fmt: skip
    found = re.findall(NAMES, written)
    return "、".join(dict.fromkeys(usual.get(name, name) for name in found))


def _year(plain: str, today: date) -> int:
    """The year of the title, else of those named and those near the one its weekdays fit best."""
    title = _YEAR.search(plain)
    if title is not None:
        return int(title[1])
    named = [int(year) for year in re.findall(r"(20\d\d)年(?!12月)", plain)]
    years = [*dict.fromkeys([*named, today.year, today.year + 1, today.year - 1])]
    spans = list(_spans(plain, strict=False))
    votes = {year: sum(_fits(span, year) for span in spans) for year in years}
    if not named and not any(votes.values()) and spans:
        months = max(span.last[1] for span in spans)
        return today.year + 1 if months < today.month - 1 else today.year
    return max(years, key=lambda year: votes[year])


def _fits(said: _Said, year: int) -> int:
    """How many of the weekdays written beside the days are theirs in that year."""
    try:
        ends = _dated(said.first, year), _dated(said.last, year)
    except ValueError:
        return 0
    pairs = zip(ends, said.weekdays, strict=True)
    return sum(weekday is not None and _weekday(day) == weekday for day, weekday in pairs)


def _weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()]


def _dated(written: tuple[int | None, int, int], year: int) -> date:
    own, month, day = written
    return date(own or year, month, day)


def _spans(body: str, *, strict: bool = True) -> Iterator[_Said]:
    """The stretches of days in order, each with what they are. Raises _Misread where none says."""
    waiting: list[re.Match[str]] = []
    leading: str | None = None
    tokens = sorted([*_SPAN.finditer(body), *_VERB.finditer(body)], key=lambda m: m.start())
    for token in tokens:
        if token.re is _SPAN:
            if leading is None:
                waiting.append(token)
            else:
                yield _said(token, leading)
            continue
        kind = WORK if token["work"] else REST
        if waiting:
            yield from (_said(one, kind) for one in waiting)
            waiting, leading = [], None
        elif token[0].endswith(":") or body[token.end() : token.end() + 1].isdigit():
            leading = kind
    if strict and waiting and leading is None:
        raise _Misread("没写是放假还是上班")


def _said(match: re.Match[str], kind: str) -> _Said:
    year = int(match["y1"]) if match["y1"] else None
    first = year, int(match["m1"]), int(match["d1"])
    last = first
    if match["d2"]:
        end_year = int(match["y2"]) if match["y2"] else year
        last = end_year, int(match["m2"] or match["m1"]), int(match["d2"])
        if year is not None and match["y2"] is None and last[1] < first[1]:
            last = year + 1, *last[1:]
    ends = _beside(match["n1"]), _beside(match["n2"] if match["d2"] else match["n1"])
    return _Said(first, last, ends, kind)


def _beside(note: str | None) -> str | None:
    found = _WEEKDAY.search(note or "")
    return found["w"].replace("天", "日") if found else None


def _days_of(body: str, year: int, name: str | None) -> Iterator[tuple[date, str]]:
    """The days of a line. Raises _Misread."""
    spans = list(_spans(body))
    if not spans:
        raise _Misread("没写日期")
    if name is None:
        raise _Misread("没写是哪个节")
    off = 0
    for said in spans:
        first, last = _ends(said, year, name)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        off += len(days) if said.kind == REST else 0
        for day in days:
            yield day, said.kind
    total = _TOTAL.search(body)
    if total is not None and off and number(total["n"]) != off:
        raise _Misread(f"写的共{total['n']}天，日期数下来是{off}天")


def _ends(said: _Said, year: int, name: str) -> tuple[date, date]:
    """The first and the last day. Raises _Misread."""
    begin = said.first
    if begin[0] is None and begin[1] == 12 and "元旦" in name:
        said = replace(said, first=(year - 1, *begin[1:]))
        if said.last[1] == 12 and said.last[0] is None:
            said = replace(said, last=(year - 1, *said.last[1:]))
    try:
        first, last = _dated(said.first, year), _dated(said.last, year)
    except ValueError:
        raise _Misread("没有这一天") from None
    if not first <= last < first + timedelta(days=LONGEST):
        raise _Misread("起止日期对不上")
    for day, weekday in zip((first, last), said.weekdays, strict=True):
        if weekday is not None and _weekday(day) != weekday:
            raise _Misread(f"{day.month}月{day.day}日是周{_weekday(day)}，不是周{weekday}")
    if said.kind == WORK and any(_weekday(d) not in "六日" for d in (first, last)):
        raise _Misread(f"{first.month}月{first.day}日是周{_weekday(first)}，本来就上班")
    return first, last
