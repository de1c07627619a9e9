"""Whatever the deadlines, calendars, longer times, absences, freezes and downtimes: no reminder is
missed, none repeated, none in quiet hours, none of what is done, one unasked message a day.

What should be told is worked out here by walking over days and stages, without the house's rules.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.rules.calendar import REST, WORK, MovedDay, WorkCalendar
from bot.rules.ledger import TaskState
from bot.rules.own_hours import OwnHours, objection
from bot.rules.records import Hours, Role
from storage import absences, people, preferences, task_people
from storage.schema import Transaction
from storage.task_people import LEADER
from tests.actions.conftest import TZ, Field
from tests.scheduler.mornings_run import Mornings, moment

FIRST = date(2025, 6, 9)
DAYS = 22
ONE = timedelta(days=1)
BEFORE, AGAIN, ABOVE, ALONE = (7, 3, 1), 3, 4, 3
OWNERS = ("王志强", "张建国")
HEAD, LEADING, SUPERVISOR = "周科长", "钱局", "李主任"
EVERYBODY = (*OWNERS, HEAD, LEADING, SUPERVISOR)
DEPARTMENT = "综合科"
QUIET_FROM, QUIET_TO, MORNING = time(20, 0), time(7, 30), time(8, 30)


@dataclass(frozen=True)
class Event:
    """Something that happens on a day at an hour: `what` it is, of which task or person."""

    day: int
    minute: int
    what: str
    which: int
    by: int

    @property
    def at(self) -> datetime:
        return moment(FIRST + self.day * ONE) + timedelta(minutes=self.minute)


@dataclass
class Matter:
    """A task as the test knows it."""

    number: int
    due: date
    urgent: bool
    owner: str
    id: int = 0
    done: bool = False


@dataclass
class World:
    """How things stand by the test's own account."""

    off: dict[date, bool]
    matters: list[Matter]
    own: dict[str, OwnHours]
    gone: set[str] = field(default_factory=set)
    away: dict[str, set[date]] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        return self.off.get(day, day.weekday() < 5)

    def there(self, name: str, day: date) -> bool:
        return name not in self.gone and day not in self.away.get(name, ())

    def stage(self, one: Matter, day: date) -> int | None:
        """The last of the stages whose day has come, each walked to a day that is worked."""
        come = []
        for offset in (*sorted(-n for n in BEFORE), 0, *range(1, 60, AGAIN)):
            at = one.due + offset * ONE
            fixed = one.urgent and offset in (0, 1)
            while not self.works(at) and not fixed:
                at += ONE if offset > 0 else -ONE
            if at <= day:
                come.append(offset)
        if not self.works(day):
            return (day - one.due).days if one.urgent and day - one.due in (0 * ONE, ONE) else None
        return max(come, default=None)

    def who(self, one: Matter, stage: int, day: date) -> set[str]:
        """Who has to hear of it."""
        there = {name for name in EVERYBODY if self.there(name, day)}
        if not self.works(day):
            chain = [one.owner, HEAD, LEADING, SUPERVISOR]
            return set([name for name in chain if name in there][:1])
        found = {one.owner} & there
        if stage >= 1:
            leading = [name for name in (LEADING, SUPERVISOR) if name in there][:1]
            found |= {HEAD} & there | set(leading)
            if stage >= ABOVE or not found:
                found |= {SUPERVISOR} & there
        elif stage >= -ALONE and not found:
            found = set([name for name in (HEAD, LEADING, SUPERVISOR) if name in there][:1])
        return found


events = st.builds(
    Event, st.integers(0, DAYS - 1), st.sampled_from([0, 440, 455, 500, 512, 540, 700, 1000, 1290]),
    st.sampled_from(["longer", "done", "reopened", "away", "freeze", "thaw", "down", "down"]),
    st.integers(0, 4), st.integers(1, 9),
)  # fmt: skip
matters = st.lists(
    st.tuples(st.integers(2, DAYS - 4), st.booleans(), st.integers(0, 1)), min_size=1, max_size=3
)  # fmt: skip
times = st.sampled_from([None, time(7, 30), time(8, 0), time(9, 15), time(11, 0)])
quiets = st.sampled_from(
    [(None, None), (time(12), time(14)), (time(18), time(9)), (time(7), time(8))]
)


@pytest.mark.parametrize("store", ["sqlite"])
@settings(
    max_examples=80, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    made=matters, happens=st.lists(events, max_size=9),
    off=st.dictionaries(st.integers(-3, DAYS + 9), st.booleans(), max_size=9),
    own=st.tuples(times, quiets), own_of=st.integers(0, 4),
)  # fmt: skip
@example(  # planned, then down over the next morning: yesterday's message doesn't leave any more
    made=[(3, False, 0)], happens=[Event(3, 455, "down", 3, 3)], off={}, own=(None, (None, None)),
    own_of=0,
)  # fmt: skip
@example(  # planned, then down for a day: what never left is told the next morning
    made=[(7, False, 0)], happens=[Event(0, 455, "down", 3, 2)], off={}, own=(None, (None, None)),
    own_of=0,
)  # fmt: skip
@example(  # planned on a Friday, up again on the Saturday
    made=[(7, False, 0)], happens=[Event(4, 455, "down", 3, 3)], off={}, own=(None, (None, None)),
    own_of=0,
)  # fmt: skip
@example(  # nobody of its own from the first day on: one rung up, from three days before
    made=[(8, False, 0)], happens=[Event(0, 0, "freeze", 0, 1)], off={}, own=(None, (None, None)),
    own_of=0,
)  # fmt: skip
@example(  # away after the plan, the same morning
    made=[(3, False, 0)], happens=[Event(3, 455, "away", 0, 2)], off={}, own=(None, (None, None)),
    own_of=0,
)  # fmt: skip
@example(  # a longer time after the plan
    made=[(3, False, 0)], happens=[Event(3, 455, "longer", 0, 3)], off={},
    own=(None, (None, None)), own_of=0,
)  # fmt: skip
@example(  # down until the middle of one's own quiet hours
    made=[(3, False, 0)], happens=[Event(3, 440, "down", 0, 5)], off={},
    own=(None, (time(12), time(14))), own_of=0,
)  # fmt: skip
def test_whatever_happens(
    tx: Transaction, made: list[tuple[int, bool, int]], happens: list[Event],
    off: dict[int, bool], own: tuple[time | None, tuple[time | None, time | None]], own_of: int,
) -> None:  # fmt: skip
    clean = tx.begin_nested()
    try:
        Run(tx, made, happens, off, OwnHours(own[0], *own[1]), EVERYBODY[own_of]).judge()
    finally:
        clean.rollback()


class Run:
    """The house and the test's own account, side by side."""

    def __init__(
        self, tx: Transaction, made: list[tuple[int, bool, int]], happens: list[Event],
        off: dict[int, bool], own: OwnHours, own_of: str,
    ) -> None:  # fmt: skip
        self.tx, self.happens = tx, sorted(happens, key=lambda one: one.at)
        days = {FIRST + n * ONE: work for n, work in off.items()}
        self.world = World(days, [], {})
        self.house = Mornings(Field(tx))
        house = self.house.field
        rows = [MovedDay(d, WORK if work else REST, "调休", "test") for d, work in days.items()]
        house.bureau = replace(house.bureau, calendar=WorkCalendar(tuple(rows)))
        house.join(HEAD, {Role.LEADER})
        house.join(LEADING, {Role.OFFICER})
        people.change(tx, house.ids[HEAD], department=DEPARTMENT)
        house.now = moment(FIRST)
        for number, (due, urgent, owner) in enumerate(made, 1):
            one = Matter(number, FIRST + due * ONE, urgent, OWNERS[owner])
            one.id = self.house.task(
                number, one.due, one.owner, urgent=urgent, department=DEPARTMENT
            ).id
            task_people.name(tx, one.id, LEADER, [(LEADING, house.ids[LEADING])])
            self.world.matters.append(one)
        if objection(own, Hours()) is None:
            preferences.keep(tx, house.ids[own_of], own)
            self.world.own[own_of] = own
        self.downs()

    def downs(self) -> None:
        """When the house stands still: a few hours, or days."""
        for one in (one for one in self.happens if one.what == "down"):
            hours = one.by if one.which < 3 else one.by * 12
            self.house.down.append((one.at, one.at + timedelta(hours=hours)))
        # Stretches that touch are one.
        self.house.down.sort()
        merged: list[tuple[datetime, datetime]] = []
        for since, until in self.house.down:
            if merged and since <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], until))
            else:
                merged.append((since, until))
        self.house.down[:] = merged

    def judge(self) -> None:
        """Day by day: what was told is what had to be."""
        told: dict[tuple[int, str, date], int] = {}
        for n in range(DAYS):
            day = FIRST + n * ONE
            wanted = self.day(day, told)
            sent = [one for one in self.house.sent if one.at.astimezone(TZ).date() == day]
            found: dict[str, set[int]] = {}
            for one in sent:
                at = one.at.astimezone(TZ)
                assert QUIET_TO <= at.time() < QUIET_FROM, f"{one.name} at {at}"
                assert not self.world.own.get(one.name, OwnHours()).rests(at.time()), at
                assert self.house.is_up(one.at)
                numbers = re.findall(r"任务 (\d+)", one.text)
                assert numbers, one.text
                assert one.name not in found, f"{one.name} twice on {day}"
                found[one.name] = set(map(int, numbers))
            assert found == wanted, f"{day}: told {found}, wanted {wanted}"
        assert max(Counter((s.name, s.at.date()) for s in self.house.sent).values(), default=1) == 1

    def day(self, day: date, told: dict[tuple[int, str, date], int]) -> dict[str, set[int]]:
        """What has to be told on the day, and to whom; the house and the account go through it."""
        plan = self.up(moment(day, QUIET_TO.hour, QUIET_TO.minute))
        self.pass_to(min(plan, moment(day, 23, 59)))
        planned: dict[str, list[tuple[Matter, int, date]]] = {}
        if plan.date() == day and plan.time() < QUIET_FROM:
            for one in self.world.matters:
                stage = None if one.done else self.world.stage(one, day)
                for name in self.world.who(one, stage, day) if stage is not None else ():
                    if told.get((one.number, name, one.due), -99) < stage:  # type: ignore[operator]
                        planned.setdefault(name, []).append((one, stage, one.due))  # type: ignore[arg-type]
        leaves = {name: self.leaves(name, day, plan) for name in planned}
        wanted: dict[str, set[int]] = {}
        for name, at in sorted(leaves.items(), key=lambda one: one[1] or moment(day + ONE)):
            if at is None:
                continue
            self.pass_to(at)
            if not self.world.there(name, day):
                continue
            rows = [row for row in planned[name] if not row[0].done and row[0].due == row[2]]
            if rows:
                wanted[name] = {one.number for one, *_ in rows}
                # What was done just then and is opened again has been told of by that deed.
                told |= {(one.number, name, due): stage for one, stage, due in planned[name]}
        self.pass_to(moment(day + ONE))
        return wanted

    def up(self, at: datetime) -> datetime:
        """That moment, or the first one after it at which the house runs."""
        for since, until in self.house.down:
            if since <= at < until:
                at = until
        return at

    def leaves(self, name: str, day: date, plan: datetime) -> datetime | None:
        """When the person's message leaves, None where it can't on that day."""
        own = self.world.own.get(name, OwnHours())
        begin = own.morning or MORNING
        if own.quiet_from and own.quiet_to and own.rests(begin):
            begin = own.quiet_to
        at = moment(day, begin.hour, begin.minute)
        at += timedelta(seconds=self.house.field.ids[name] * 37 % 600)
        if at < plan:
            at = plan
            while own.rests(at.time()):
                at += timedelta(minutes=1)
                at = at.replace(second=0)
        if at.date() != day or at.time() >= QUIET_FROM:
            return None
        leaves = self.up(at)
        if leaves.date() != day or leaves.time() >= QUIET_FROM or own.rests(leaves.time()):
            return None
        return leaves

    def pass_to(self, until: datetime) -> None:
        """Both go on to that moment; what happens by then happens to both, before the bell."""
        while self.happens and self.happens[0].at <= until:
            one = self.happens.pop(0)
            if one.at > self.house.field.now:
                # The bell of that very moment rings after it.
                self.house.run(one.at - timedelta(microseconds=1))
                self.house.field.now = one.at
            self.take_place(one)
        self.house.run(until)

    def take_place(self, one: Event) -> None:
        """The event, in the store and in the test's account."""
        world, field, day = self.world, self.house.field, one.at.date()
        matter = world.matters[one.which % len(world.matters)]
        name = EVERYBODY[one.which]
        if one.what == "longer":
            matter.due += one.by * ONE
            self.house.change(matter.id, due=matter.due)
        elif one.what in ("done", "reopened"):
            matter.done = one.what == "done"
            state: Any = TaskState.SIGNED_OFF if matter.done else TaskState.REOPENED
            self.house.change(matter.id, state=state)
        elif one.what == "away":
            last = day + one.by * ONE
            absences.add(self.tx, field.ids[name], day, last, 1, one.at)
            days = {day + n * ONE for n in range(one.by + 1)}
            world.away[name] = world.away.get(name, set()) | days
        elif one.what in ("freeze", "thaw"):
            gone = one.what == "freeze"
            (world.gone.add if gone else world.gone.discard)(name)
            people.change(self.tx, field.ids[name], state=people.FROZEN if gone else people.ACTIVE)
