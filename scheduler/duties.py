"""What a duty is: something the clock brings again and again, each time once, by its key.

A duty says what will be due (`occurrences`, which only reads) and does one due row (`act`, in the
transaction that settles the row). How late is too late is its class of lateness:

reminder   comes however late, but of the stages of one matter only the newest
summary    covers its own period, however late, but only the last two periods
now        after half an hour nobody needs it

Knows no duty by name: they are gathered in scheduler/every_duty.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.rules.coming import Outcome
from bot.rules.records import Bureau
from storage import dues
from storage.dues import Due, Occurrence
from storage.schema import Transaction

Lateness = Literal["reminder", "summary", "now"]

SOON = timedelta(minutes=30)
"""After so long what was for now is not told any more."""

PERIODS = 2
"""So many summaries of the past are sent after a downtime."""

DROPPED = "dropped: "
"""How the word of an act begins that found nothing to do any more."""


class PutOff(Exception):
    """It is not the hour for this row; raised by an act, whose changes are undone."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"put off until {until}")
        self.until = until


@dataclass(frozen=True)
class Duty:
    """One kind of thing that is due: `said` is its name in words, such as 周报预览.

    A row's own `args["said"]` says more where there are several: 一中队周三提醒.

    `occurrences(tx, bureau, since, until)` tells everything that is due between the two moments;
    it is asked every day, and what it tells again stays what it was. What a deed makes due by
    itself it notes itself (storage.dues.note), and the duty has no occurrences.
    What is not `listed` sends nothing by itself, and no admin is told that it will come.
    `act(tx, bureau, due, now)` does it and returns the outcome in a word; "dropped: why" where
    there is nothing to do any more. It may raise PutOff.
    """

    name: str
    said: str
    lateness: Lateness
    occurrences: Callable[[Transaction, Bureau, datetime, datetime], Sequence[Occurrence]]
    act: Callable[[Transaction, Bureau, Due, datetime], str]
    listed: bool = True


def none(tx: Transaction, bureau: Bureau, since: datetime, until: datetime) -> Sequence[Occurrence]:
    """The occurrences of a duty whose rows are noted by deeds."""
    del tx, bureau, since, until
    return ()


def too_late(tx: Transaction, duty: Duty, due: Due, now: datetime) -> str | None:
    """Why the row isn't done any more, by its duty's class of lateness; None where it is."""
    if duty.lateness == "now":
        return "too late" if now - due.due_at > SOON else None
    newer = dues.newer(tx, due, now, PERIODS)
    if duty.lateness == "reminder":
        return "a newer stage is due" if newer else None
    return "an old period" if newer >= PERIODS else None


def carry_out(
    tx: Transaction, duty: Duty, row: int, bureau: Bureau, now: datetime, *, by_hand: bool = False
) -> Outcome | None:
    """The row is done and settled, both or none; None where it is settled, or not due yet.

    `by_hand` does it before its hour too, and what was given up once more.
    """
    if by_hand:
        dues.revive(tx, row)
    due = dues.by_id(tx, row)
    if due is None or due.state != dues.DUE or (due.rings_at > now and not by_hand):
        return None
    late = None if by_hand else too_late(tx, duty, due, now)
    if late is not None:
        dues.settle(tx, row, dues.DROPPED, now, late)
        return Outcome("dropped", late)
    point = tx.begin_nested()
    try:
        word = duty.act(tx, bureau, due, now)
    except PutOff as put_off:
        point.rollback()
        until = max(put_off.until, now + timedelta(seconds=1))
        dues.put_off(tx, row, until)
        return Outcome("put_off", until=until)
    point.commit()
    if word.startswith(DROPPED):
        dues.settle(tx, row, dues.DROPPED, now, word.removeprefix(DROPPED))
        return Outcome("dropped", word.removeprefix(DROPPED))
    dues.settle(tx, row, dues.DONE, now, word)
    return Outcome("done", word)


def said_of(duty: Duty | None, due: Due) -> str:
    """The row's name in words."""
    return str((due.args or {}).get("said") or (duty.said if duty else due.duty))
