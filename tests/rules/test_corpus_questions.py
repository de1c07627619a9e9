"""Questions of many people's manners, written before they were read; ranges counted by a stranger.

`corpus/questions.jsonl` is for the shipped bureau, the other files for invented ones of
`other_bureau`. Expectations follow the schema of readings, not the product; where a stranger who
knows the schema may read a question in two ways, `expect_alt` holds the others.
"""

from __future__ import annotations

import calendar
import json
import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from bot.bureau import DEFAULT, build_bureau
from bot.rules.questions import QuestionReader, question_json
from bot.rules.records import Span
from bot.rules.spoken_spans import Calendar
from bot.rules.written_periods import find_periods

HERE = Path(__file__).parent
OTHERS = {"other": "gangting", "yunxi": "yunxi", "qujiang": "qujiang"}
BUREAUS = {
    "questions.jsonl": DEFAULT,
    **{
        f"questions-{name}.jsonl": DEFAULT
        | tomllib.loads((HERE / "other_bureau" / f"{file}.toml").read_text("utf-8"))
        for name, file in OTHERS.items()
    },
}

KNOWN_MISSES: dict[str, str] = {
    "w2q071": "refused: a list is not asked for (永福路的问题, of one morning)",
    "w3q023": "refused: an obligation that is only named may be told",
    "w3q053": "refused: 处理的问题 may be those settled or those dealt with",
    "w3q082": "refused: a spot and 反弹 alone may be told",
    "w3q096": "refused: a clause that says nothing more (一周都算)",
    "w2oq025": "refused: 冰江路 does not sound as 滨江路 in every mouth",
    "w2oq028": "refused: an obligation that is only named may be told",
}
"""Questions that are read wrongly, and why they still are."""


def flat(reading: dict[str, Any]) -> dict[str, Any]:
    """The reading with its filters beside the other fields."""
    plain = {key: value for key, value in reading.items() if key != "filters"}
    return plain | {f"filters.{key}": value for key, value in reading["filters"].items()}


@pytest.mark.parametrize("name", BUREAUS)
def test_every_question_of_the_corpus_is_read_exactly(name: str) -> None:
    bureau = build_bureau(BUREAUS[name])
    reader = QuestionReader(bureau)
    lines = (HERE / "corpus" / name).read_text("utf-8").splitlines()
    right: Counter[str] = Counter()
    missed: dict[str, str] = {}
    for said in map(json.loads, lines):
        now = datetime.fromisoformat(said["now"]).replace(tzinfo=bureau.tz)
        read = flat(question_json(reader.read(said["text"], now)))
        either = [flat(said["expect"]), *map(flat, said.get("expect_alt", ()))]
        wanted = read if read in either else either[0]
        right.update(key for key in wanted if wanted[key] == read[key])
        if read != wanted:
            wrong = {k: (v, read[k]) for k, v in wanted.items() if v != read[k]}
            missed[said["id"]] = f"{said['text']}: (wanted, read) {wrong}"
    for key in flat(json.loads(lines[0])["expect"]):
        print(f"{name} {key:22} {right[key] / len(lines):7.2%} of {len(lines)}")
    known = KNOWN_MISSES.keys() & {json.loads(line)["id"] for line in lines}
    assert {key: text for key, text in missed.items() if key not in known} == {}
    assert known - missed.keys() == set(), "read rightly now: take it off the list"


def clocks() -> Iterator[datetime]:
    """A thousand moments of thirteen years, the odd days among them."""
    dice = random.Random(20251119)
    odd = [
        (2028, 2, 29),
        (2026, 1, 1),
        (2027, 12, 31),
        (2025, 3, 31),
        (2025, 11, 23),
        (2025, 10, 1),
    ]
    for year, month, day in odd:
        yield datetime(year, month, day, dice.randrange(24), dice.randrange(60))
    for _ in range(1000 - len(odd)):
        first = datetime(2025, 1, 1) + timedelta(minutes=dice.randrange(13 * 365 * 1440))
        yield first


def last_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def back(day: date, months: int) -> date:
    """The same day so many months ago, or the last one that month has."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def week_of(day: date) -> list[date]:
    """The days Mon-Sun of the week that a day is in, as a wall calendar prints them."""
    cal = calendar.Calendar(firstweekday=calendar.MONDAY)
    weeks = cal.monthdatescalendar(day.year, day.month)
    return next(week for week in weeks if day in week)


def quarter_of(day: date) -> tuple[date, date]:
    for months in ((1, 3), (4, 6), (7, 9), (10, 12)):
        if months[0] <= day.month <= months[1]:
            return date(day.year, months[0], 1), last_of(day.year, months[1])
    raise AssertionError


def counted(today: date) -> dict[str, tuple[date, date]]:
    """Every simple time as first and last day, counted on a calendar and by no rule of ours."""
    one = timedelta(days=1)
    week, month = week_of(today), (today.replace(day=1), last_of(today.year, today.month))
    week_before = week_of(week[0] - one)
    before = back(today.replace(day=1), 1)
    quarter = quarter_of(today)
    found = {
        "今天": (today, today), "昨天": (today - one, today - one),
        "本周": (week[0], week[6]), "上周": (week_before[0], week_before[6]),
        "上周三": (week_before[2], week_before[2]), "上周日": (week_before[6], week_before[6]),
        "本月": month, "上月": (before, last_of(before.year, before.month)),
        "本季度": quarter, "上季度": quarter_of(quarter[0] - one),
        "今年": (date(today.year, 1, 1), date(today.year, 12, 31)),
        "去年": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "本月上旬": (month[0], month[0].replace(day=10)),
        "本月中旬": (month[0].replace(day=11), month[0].replace(day=20)),
        "本月下旬": (month[0].replace(day=21), month[1]),
        "最近一个月": (back(today, 1), today),
    }  # fmt: skip
    for n in (2, 3, 7, 30, 90):
        found[f"近{n}天"] = (date.fromordinal(today.toordinal() - n + 1), today)
        found[f"近{n}周"] = (date.fromordinal(today.toordinal() - 7 * n + 1), today)
        found[f"近{n}个月"] = (back(today, n), today)
    for n in range(1, 13):
        year = today.year if n <= today.month else today.year - 1
        found[f"{n}月"] = (date(year, n, 1), last_of(year, n))
    for n, day in ((1, 1), (3, 31), (6, 5), (11, 9), (12, 31)):
        that = date(today.year, n, day)
        that = that if that <= today else date(today.year - 1, n, day)
        found[f"{n}月{day}日"] = (that, that)
    return found


def test_every_simple_range_is_what_a_wall_calendar_says_at_a_thousand_clocks() -> None:
    bureau = build_bureau(DEFAULT)
    reader = QuestionReader(bureau)
    for number, now in enumerate(clocks()):
        local = now.replace(tzinfo=bureau.tz)
        times = counted(now.date())
        for words, days in times.items():
            (period,) = find_periods(words, Calendar(local, bureau.since))
            assert both(period.span) == days, (words, now)
        words = list(times)[number % len(times)]
        question = reader.read(f"松江路{words}占道几起", local)
        assert both(question.range) == times[words], (words, now)


def both(span: Span | None) -> tuple[date, date]:
    """The first and the last day of a half-open span of whole days."""
    assert span is not None
    assert span.since is not None
    assert span.since.time() == span.until.time() == time()
    return span.since.date(), span.until.date() - timedelta(days=1)


def test_the_holiday_week_is_the_latest_known_one_or_none() -> None:
    bureau = build_bureau(DEFAULT)
    reader = QuestionReader(bureau)
    table = {
        h.first.year: (h.first, h.last) for h in bureau.vocabulary.holidays if h.name == "国庆"
    }
    for now in clocks():
        today = now.date()
        latest = table.get(today.year if (today.month, today.day) >= (10, 1) else today.year - 1)
        read = reader.read("国庆占道几起", now.replace(tzinfo=bureau.tz))
        if latest is None and today > max(last for _, last in table.values()):
            assert read.metrics == ("refuse",), now
        elif latest is not None and read.range is not None:
            assert both(read.range) == latest, now


@pytest.mark.parametrize(
    "text",
    [
        "上周三到昨天" * 700,
        "松江路上周占道几起" * 13,
        "1" * 4096,
        "近" * 120,
        "一二" * 60,
        "张伟" * 60,
    ],
)
def test_no_text_takes_longer_than_twenty_milliseconds(text: str) -> None:
    bureau = build_bureau(DEFAULT)
    reader = QuestionReader(bureau)
    now = datetime(2026, 3, 11, 9, 20, tzinfo=bureau.tz)
    reader.read("松江路上周占道几起", now)

    def milliseconds() -> float:
        begun = process_time()
        reader.read(text, now)
        return (process_time() - begun) * 1000

    assert min(milliseconds() for _ in range(3)) < 20
