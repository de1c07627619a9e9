"""Reads what admins say of recurring obligations: 每季度, 25日, 月底前3个工作日, 6月11日; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from bot.rules.numerals import number
from bot.rules.obligation_facts import named
from bot.rules.obligations import Obligations
from bot.rules.records import Bureau, DueRule, Obligation, ObligationPer
from bot.rules.spoken_spans import Calendar
from bot.rules.written_periods import Period, find_periods

PERS_SAID: dict[str, ObligationPer] = {
    "周": "week", "星期": "week", "月": "month", "季度": "quarter", "季": "quarter", "年": "year",
    "次": "event",
}  # fmt: skip
_PER = re.compile(r"(?:每|按)一?个?(周|星期|月|季度|季|年|次)(?:[1一]次)?")
_DAY = re.compile(r"(?:每[月季年周]度?)?(\d{1,2})[日号](?:之?前)?")
_WEEKDAY = re.compile(r"(?:每?周|星期)([一二三四五六日])(?:之?前)?")
_LAST = re.compile(r"(?:最后一?个?工作日|[月季周年期]度?[底末]|周[末日])(?:之?前)?")
_N = r"(?P<n>\d{1,2}|[一二两三四五六七八九十])个?工作日"
_BEFORE_END = re.compile(rf"[月季周年期]度?[底末]之?前{_N}")
_BEFORE = re.compile(rf"(?:提前|之?前){_N}")
_AFTER = re.compile(rf"(?:之?后)?{_N}(?:之?内)?")


def per_said(words: str) -> ObligationPer | None:
    """每季度, 每月一次 → the period; None for what is none."""
    found = _PER.fullmatch("".join(words.split()))
    return PERS_SAID[found[1]] if found else None


def due_said(words: str) -> tuple[DueRule, int] | None:
    """25日, 周五, 月底, 月底前3个工作日, 3个工作日内, 提前2个工作日 → the due rule and its days."""
    said = "".join(words.split())
    if found := _BEFORE_END.fullmatch(said):
        return "before_end", number(found["n"]) or 0
    if found := _DAY.fullmatch(said):
        days = int(found[1])
        return ("day", days) if 1 <= days <= 31 else None
    if found := _WEEKDAY.fullmatch(said):
        return "day", "一二三四五六日".index(found[1]) + 1
    if _LAST.fullmatch(said):
        return "last", 0
    if found := _BEFORE.fullmatch(said):
        return "before", number(found["n"]) or 0
    if found := _AFTER.fullmatch(said):
        return "after", number(found["n"]) or 0
    return None


def meant(bureau: Bureau, standing: Iterable[Obligation], words: str) -> Obligation | None:
    """The obligation that the words name, by its name or by the words people use for it."""
    known = list(standing)
    found = named(known, words)
    if found is not None:
        return found
    heard = Obligations(bureau).find(words)
    return next((one for one in known if heard is not None and one.code == heard.code), None)


def period_in(words: str, bureau: Bureau, now: datetime) -> Period | None:
    """The first stretch of time that the words name and that exists, in the bureau's zone."""
    here = now.astimezone(bureau.tz)
    calendar = Calendar(here, bureau.since, bureau.vocabulary.holidays)
    return next((one for one in find_periods(words, calendar) if not one.empty), None)


def nearest_period(words: str, bureau: Bureau, now: datetime) -> Period | None:
    """The same, the one that lies nearer where the year is not said: 12月 in November is ahead."""
    here = now.astimezone(bureau.tz)
    found = period_in(words, bureau, now)
    calendar = Calendar(here, bureau.since, bureau.vocabulary.holidays, ahead=True)
    later = next((one for one in find_periods(words, calendar) if not one.empty), None)
    if found is None or later is None or found.span.since is None or later.span.since is None:
        return found
    return later if later.span.since - here < here - found.span.until else found


def day_in(words: str, bureau: Bureau, now: datetime) -> tuple[date | None, str]:
    """The day that the words name, and what is left of them without it."""
    found = period_in(words, bureau, now)
    if found is None or found.span.since is None:
        return None, words.strip()
    if (found.span.until - found.span.since).days > 1:
        return None, words.strip()
    return found.span.since.date(), (words[: found.start] + words[found.end :]).strip(" ，,的")
