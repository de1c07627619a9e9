"""How people say a stretch of time: 本周, 上月, 6月9日到15日; pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.rules.periods import unit_of
from bot.rules.records import Span
from bot.words.plain import clock, day


def said_span(span: Span, now: datetime) -> str:
    """本周, 上周, 本月 … where the span is one of these, else its dates."""
    if span.since is None:
        return "至今"
    here = now.astimezone(span.until.tzinfo)
    names = {
        unit_of(here, "day"): "今天", unit_of(here, "day", -1): "昨天",
        unit_of(here, "day", -2): "前天", unit_of(here, "day", 1): "明天",
        unit_of(here, "week"): "本周", unit_of(here, "week", -1): "上周",
        unit_of(here, "week", 1): "下周", unit_of(here, "month"): "本月",
        unit_of(here, "month", -1): "上月", unit_of(here, "month", 1): "下月",
        unit_of(here, "quarter"): "本季度", unit_of(here, "quarter", -1): "上季度",
        unit_of(here, "year"): "今年", unit_of(here, "year", -1): "去年",
    }  # fmt: skip
    return names.get(span, span_dates(span, now))


def span_dates(span: Span, now: datetime | None = None) -> str:
    """6月9日到15日; with the year where it differs from the end's; parts of a day with hours."""
    if span.since is None:
        return f"到{day(span.until - timedelta(days=1))}为止"
    whole = clock(span.since) == "0:00" and clock(span.until) == "0:00"
    if not whole:
        same = span.since.date() == span.until.date()
        end = clock(span.until) if same else f"{day(span.until)} {clock(span.until)}"
        return f"{day(span.since)} {clock(span.since)}到{end}"
    last = span.until - timedelta(days=1)
    this = now.astimezone(last.tzinfo).year if now else last.year
    years = span.since.year, last.year
    year = f"{years[0]}年" if set(years) != {this} else ""
    if span.since.date() == last.date():
        return f"{year}{day(last)}"
    if (years[0], span.since.month) == (years[1], last.month):
        return f"{year}{day(span.since)}到{last.day}日"
    end = f"{years[1]}年" if years[0] != years[1] else ""
    return f"{year}{day(span.since)}到{end}{day(last)}"


def span_twice(span: Span, now: datetime) -> str:
    """The span as people say it, with its dates where these say more."""
    said, dates = said_span(span, now), span_dates(span, now)
    return dates if said in (dates, "至今") else f"{said}（{dates}）"
