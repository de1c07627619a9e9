"""Days that pass in a bureau with a ledger: the bell rings, messages leave, the house may be down.

The plan, the rows, the outbox and the faces are the house's; only the moment and the phone are
made up. What a phone was shown is kept with its moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.rules.calendar import ONE
from bot.rules.periods import midnight
from bot.words.card import Card
from scheduler import duty_mornings
from scheduler.duties import carry_out
from scheduler.faces import View, face
from storage import dues, outbox, task_people, tasks
from storage.outbox import DROPPED, SHOWN, Result
from storage.task_people import OWNER
from storage.tasks import Task
from tests.actions.conftest import TZ, Field

DUTY = duty_mornings.DUTIES[0]
KINDS = ("morning", "urged")


@dataclass(frozen=True)
class Sent:
    """What a person's phone was shown anew."""

    at: datetime
    name: str
    card: Card

    @property
    def text(self) -> str:
        """Its words."""
        return self.card.text


@dataclass
class Mornings:
    """The field, what was sent, and when the house stands still, as (from, to)."""

    field: Field
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    edited: list[Sent] = field(default_factory=list)
    _planned: date | None = None

    def task(self, number: int, due: date | None, *owners: str, **values: Any) -> Task:
        """A task of the ledger that these own."""
        tx = self.field.tx
        values.setdefault("title", f"事情{number}")
        made = tasks.add(tx, number, self.field.now, due=due, **values)
        task_people.name(tx, made, OWNER, [(name, self.field.ids.get(name)) for name in owners])
        return self.fresh(made)

    def fresh(self, task: int | Task) -> Task:
        """The task as it is."""
        found = tasks.by_id(self.field.tx, task if isinstance(task, int) else task.id)
        assert found is not None
        return found

    def change(self, task: int | Task, **values: Any) -> None:
        """The task holds `values` from now on."""
        assert tasks.change(self.field.tx, self.fresh(task), **values)

    def is_up(self, at: datetime) -> bool:
        """Whether the house runs then."""
        return not any(since <= at < until for since, until in self.down)

    def run(self, until: datetime) -> list[Sent]:
        """Time passes; what was sent anew meanwhile."""
        before = len(self.sent)
        while self.field.now < until:
            self._ring()
            self.field.now = min(until, self._next())
        self._ring()
        return self.sent[before:]

    def _next(self) -> datetime:
        """The next moment at which anything may happen; a down house wakes at its end."""
        now = self.field.now
        for since, end in self.down:
            if since <= now < end:
                return end
        tx = self.field.tx
        found = [midnight(now.astimezone(TZ).date() + ONE, TZ)]
        found += [since for since, _ in self.down if since > now]
        found += [at for at in (dues.next_due(tx), outbox.next_due(tx)) if at and at > now]
        return min(found)

    def _ring(self) -> None:
        """As the timetable does: the day is planned, what is due is done, then cards leave."""
        tx, now, bureau = self.field.tx, self.field.now, self.field.bureau
        if not self.is_up(now):
            return
        self._plan(now)
        for row in dues.ripe(tx, now, 100):
            if row.duty == DUTY.name:
                carry_out(tx, DUTY, row.id, bureau, now)
        self._send()

    def _plan(self, now: datetime) -> None:
        """Once a day, and after the house stood still."""
        tx, bureau, day = self.field.tx, self.field.bureau, now.astimezone(TZ).date()
        if self._planned == day:
            return
        self._planned = day
        since = dues.planned(tx, DUTY.name) or now
        dues.note(tx, DUTY.occurrences(tx, bureau, since, now + timedelta(days=15)), now)
        dues.has_planned(tx, DUTY.name, now)

    def _send(self) -> None:
        tx, now = self.field.tx, self.field.now
        names = {self.field.chat(name): name for name in self.field.ids}
        for row in outbox.claim(tx, now, [], 500):
            shown: Any = None
            if row.card in KINDS:
                view = View(self.field.bureau, now, lambda token: token, False)
                shown = face(tx, row, view)
            if shown is not None:
                assert isinstance(shown, Card)
                kept = self.edited if row.shown else self.sent
                kept.append(Sent(now, names[row.chat], shown))
            state = DROPPED if shown is None else SHOWN
            result = Result(row.id, state, row.wanted, 1, None, now, now, 0, keep_args=True)
            outbox.record(tx, [result])


def moment(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of the bureau's day."""
    return datetime.combine(day, time(hour, minute), TZ)


def told(sent: list[Sent]) -> list[str]:
    """6月9日 王志强 还有 3 天 · 任务 27: each by day, name and first line."""
    return [
        f"{one.at.astimezone(TZ):%-m月%-d日} {one.name} {one.text.splitlines()[0]}" for one in sent
    ]
