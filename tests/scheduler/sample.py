"""Duties for the proofs, one of each class of lateness; each owes a card that can be sent.

`reminder` has three stages for each of `MATTERS` every week, `summary` one a week, `now` one a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from bot.rules.quiet import is_quiet, next_morning
from bot.rules.records import Bureau, Role
from bot.words.card import Card, to_json
from bot.words.plain import late
from scheduler.duties import DROPPED, Duty, Lateness, PutOff
from storage import outbox, people
from storage.dues import Due, Occurrence
from storage.schema import Transaction

MATTERS = ("松江路", "永福路", "西石沟村")
STAGES = ((1, time(9)), (3, time(17)), (4, time(15)))
"""Weekday and hour of each stage of a week's matter."""


def _days(bureau: Bureau, since: datetime, until: datetime) -> Iterator[datetime]:
    day = since.astimezone(bureau.tz).replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= until:
        yield day
        day += timedelta(days=1)


def _at(day: datetime, hour: time) -> datetime:
    return day.replace(hour=hour.hour, minute=hour.minute)


def _weeks(day: datetime) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def reminders(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    del tx
    return [
        Occurrence(f"reminder:{_weeks(day)}:{matter}:{stage}", "reminder", _at(day, hour),
                   {"matter": f"{_weeks(day)}:{matter}", "said": f"提醒{matter}"})
        for day in _days(bureau, since, until)
        for stage, (weekday, hour) in enumerate(STAGES, 1) if day.weekday() == weekday
        for matter in MATTERS
    ]  # fmt: skip


def summaries(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    del tx
    return [
        Occurrence(f"summary:{_weeks(day)}", "summary", _at(day, time(16, 30)))
        for day in _days(bureau, since, until) if day.weekday() == 4
    ]  # fmt: skip


def moments(
    tx: Transaction, bureau: Bureau, since: datetime, until: datetime
) -> Sequence[Occurrence]:
    del tx
    return [
        Occurrence(f"now:{day:%Y%m%d}", "now", _at(day, time(14)))
        for day in _days(bureau, since, until) if day.weekday() < 5
    ]  # fmt: skip


def tell(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    """The supervisors hear of it, never in quiet hours."""
    if is_quiet(bureau, now):
        raise PutOff(next_morning(bureau, now))
    told = people.with_role(tx, Role.SUPERVISOR)
    for person in told:
        for line, chat in people.chats_of(tx, person.id)[:1]:
            said = to_json(Card(f"{due.key}{late(now - due.due_at)}"))
            outbox.owe(tx, line, chat, "answer", due.id, now, key=due.key, args=said)
    return "told" if told else DROPPED + "nobody is there"


def duty(name: Lateness) -> Duty:
    """The duty of this class of lateness."""
    found = {"reminder": reminders, "summary": summaries, "now": moments}
    return Duty(name, f"试{name}", name, found[name], tell)


SAMPLE = {name: duty(name) for name in ("reminder", "summary", "now")}  # type: ignore[arg-type]
