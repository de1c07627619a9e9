"""What the clock brings of papers: the digest and its preview, the drafts, a measure's last day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from bot.actions import digests, measures, papers
from bot.rules import papers as rules
from bot.rules.dates import step, unit_start
from bot.rules.periods import midnight
from bot.rules.quiet import is_quiet, next_morning
from bot.rules.records import Bureau
from scheduler.duties import DROPPED, Duty, PutOff, none
from storage.dues import Due, Occurrence
from storage.papers import MONTH, QUARTER
from storage.schema import Transaction

Occurrences = Sequence[Occurrence]


def _weeks(bureau: Bureau, since: datetime, until: datetime) -> Iterator[date]:
    """The Mondays of the weeks whose digest may be due between the two."""
    monday = unit_start(since.astimezone(bureau.tz).date() - timedelta(days=21), "week")
    while midnight(monday, bureau.tz) < until:
        yield monday
        monday = step(monday, "week", 1)


def _within(found: list[Occurrence], since: datetime, until: datetime) -> list[Occurrence]:
    return [one for one in found if since <= one.due_at < until]


def _of_week(duty: str, *, preview: bool) -> Duty:
    def due(tx: Transaction, bureau: Bureau, since: datetime, until: datetime) -> Occurrences:
        del tx
        found = [
            Occurrence(f"{duty}:{_week(monday)}", duty,
                       digests.due_at(monday, bureau, preview=preview),
                       {"start": monday.isoformat()})
            for monday in _weeks(bureau, since, until)
        ]  # fmt: skip
        return _within(found, since, until)

    def act(tx: Transaction, bureau: Bureau, row: Due, now: datetime) -> str:
        start = date.fromisoformat(row.args["start"])
        if preview:
            told = digests.preview(tx, start, now)
            return f"told {told}" if told else DROPPED + "nobody to ask, or decided"
        if is_quiet(bureau, now):
            raise PutOff(next_morning(bureau, now))
        return digests.send(tx, start, now)

    said = "周报先给分管领导看" if preview else "发周报到工作群"
    return Duty(duty, said, "now" if preview else "summary", due, act)


def _waits(tx: Transaction, bureau: Bureau, row: Due, now: datetime) -> str:
    """A digest that no group was there for: it goes out as soon as one is allowed, that day."""
    start = date.fromisoformat(row.args["start"])
    if row.due_at.astimezone(bureau.tz).date() != now.astimezone(bureau.tz).date():
        return DROPPED + "no group that day"
    if digests.still_waits(tx, start):
        raise PutOff(now + digests.LOOK_AGAIN)
    if is_quiet(bureau, now):
        raise PutOff(next_morning(bureau, now))
    return digests.send(tx, start, now)


def _week(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def _months(tx: Transaction, bureau: Bureau, since: datetime, until: datetime) -> Occurrences:
    """The draft of a month, on the first working day after it."""
    del tx
    found, first = [], unit_start(since.astimezone(bureau.tz).date(), "month")
    while midnight(first, bureau.tz) < until:
        start = step(first, "month", -1)
        at = _morning(rules.month_day(first, bureau), bureau)
        found.append(Occurrence(f"month:{start:%Y-%m}", "month_draft", at,
                                {"kind": MONTH, "start": start.isoformat()}))  # fmt: skip
        first = step(first, "month", 1)
    return _within(found, since, until)


def _quarters(tx: Transaction, bureau: Bureau, since: datetime, until: datetime) -> Occurrences:
    """The pack of a quarter, so long before its end."""
    del tx
    found, first = [], unit_start(since.astimezone(bureau.tz).date(), "quarter")
    first = step(first, "quarter", -1)
    while midnight(first, bureau.tz) < until:
        at = _morning(rules.quarter_day(first, bureau), bureau)
        name = f"{first.year}-Q{rules.quarter_of(first)}"
        found.append(Occurrence(f"quarter:{name}", "quarter_pack", at,
                                {"kind": QUARTER, "start": first.isoformat()}))  # fmt: skip
        first = step(first, "quarter", 1)
    return _within(found, since, until)


def _morning(day: date, bureau: Bureau) -> datetime:
    hour = bureau.hours.papers
    return midnight(day, bureau.tz).replace(hour=hour.hour, minute=hour.minute, second=hour.second)


def _draft(tx: Transaction, bureau: Bureau, row: Due, now: datetime) -> str:
    if is_quiet(bureau, now):
        raise PutOff(next_morning(bureau, now))
    told = papers.draft(tx, row.args["kind"], date.fromisoformat(row.args["start"]), now)
    return f"told {told}" if told else DROPPED + "nobody to tell, or decided"


def _later(tx: Transaction, bureau: Bureau, row: Due, now: datetime) -> str:
    if is_quiet(bureau, now):
        raise PutOff(next_morning(bureau, now))
    return papers.again(tx, row.args["paper"], row.args["person"], now)


def _measure(tx: Transaction, bureau: Bureau, row: Due, now: datetime) -> str:
    if is_quiet(bureau, now):
        raise PutOff(next_morning(bureau, now))
    return measures.remind(tx, row.args["measure"], now)


DUTIES = (
    _of_week("digest_preview", preview=True),
    _of_week("digest", preview=False),
    Duty("digest_waits", "发周报（等工作群）", "reminder", none, _waits),
    Duty("month_draft", "月报草稿", "summary", _months, _draft),
    Duty("quarter_pack", "季度研判材料", "summary", _quarters, _draft),
    Duty("paper_later", "再提一次材料", "reminder", none, _later),
    Duty("measure_due", "提醒到期的措施", "reminder", none, _measure),
)
