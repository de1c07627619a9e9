"""Who hears of a task, rung by rung, and who was told of it: 逐级提醒, 再催一次, 谁被提醒过.

Nobody is told who is frozen, gone, away or out of reach: then it is whoever comes next. Knows no
sentence but its refusals'.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cached_property

from bot.actions.ledger import known, label, leads, owners, parts
from bot.actions.people import require, tell
from bot.actions.reviewers import ON_DUTY
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.ladder import Rung, What
from bot.rules.ledger import OWING
from bot.rules.own_hours import open_moment
from bot.rules.quiet import is_quiet, next_morning
from bot.rules.records import Bureau, Role
from bot.rules.reminder_facts import ToldOf, Urging
from bot.rules.rights import Right
from storage import absences, journal, people, preferences, reminded, reports, task_people, tasks
from storage.people import Person
from storage.reminded import Matter
from storage.schema import Transaction
from storage.task_people import LEADER
from storage.tasks import Task


class There:
    """Who can be told on a day, read once for all tasks: active, with a chat, and not away."""

    def __init__(self, tx: Transaction, day: date) -> None:
        away = absences.on(tx, day)
        self.chats = people.all_chats(tx)
        self.people = {
            one.id: one for one in people.everyone(tx)
            if one.active and one.id in self.chats and one.id not in away
        }  # fmt: skip

    @cached_property
    def _groups(self) -> dict[str, list[Person]]:
        """By squad and department."""
        found: dict[str, list[Person]] = {}
        for one in self.people.values():
            for group in {one.department, one.squad} - {None}:
                found.setdefault(str(group), []).append(one)
        return found

    @cached_property
    def _supervisors(self) -> list[int]:
        return [one.id for one in self.people.values() if Role.SUPERVISOR in one.roles]

    @cached_property
    def _heads(self) -> dict[str, list[int]]:
        return {
            group: [one.id for one in mates if Role.LEADER in one.roles]
            for group, mates in self._groups.items()
        }

    def heads(self, department: str | None) -> list[int]:
        """Who leads the department or squad."""
        return self._heads.get(department or "", [])

    def mates(self, department: str | None) -> list[int]:
        """Everybody of the department."""
        mates = self._groups.get(department or "", ())
        return [one.id for one in mates if one.department == department]

    def leading(self, named: Sequence[tuple[str, int]]) -> list[int]:
        """The 责任领导 of a task in order, then whoever stands above all."""
        said = [who for part, who in named if part == LEADER and who in self.people]
        return list(dict.fromkeys([*said, *self._supervisors]))

    def rungs(
        self, department: str | None, named: Sequence[tuple[str, int]]
    ) -> dict[Rung, list[int]]:  # fmt: skip
        """Who is on each rung above a task, of those who are there; `named` as (part, person).

        Where nobody who is known is its owner, and its department has no head, it is everybody's
        of the department.
        """
        own = [who for part, who in named if part != LEADER]
        heads = self.heads(department)
        mine = own if own or heads else self.mates(department)
        return {
            Rung.OWNER: [who for who in mine if who in self.people],
            Rung.DEPARTMENT: heads,
            Rung.LEADER: self.leading(named)[:1],
            Rung.SUPERVISOR: self._supervisors,
        }


def rungs_of(tx: Transaction, task: Task, day: date) -> dict[Rung, list[int]]:
    """The same of one task."""
    named = [(m.part, m.person) for m in task_people.named_in(tx, task.id) if m.person is not None]
    return There(tx, day).rungs(task.department, sorted(named, key=lambda m: m[0], reverse=True))


def signers(there: There, matter: Matter, named: Sequence[tuple[str, int]]) -> list[int]:
    """Who signs it off: its first leader who neither owns it, gave evidence nor checked it."""
    own = {who for part, who in named if part != LEADER} | {matter.given_by, matter.checker}
    return [who for who in there.leading(named) if who not in own][:1]


def on_duty(tx: Transaction, persons: Collection[int], now: datetime) -> set[int]:
    """Those of them who were seen at work within half a day."""
    return reports.on_duty(tx, list(persons), now - ON_DUTY)


def urge(tx: Transaction, by: int, task: int, bureau: Bureau, now: datetime) -> Urging:
    """「再催一次」: its owners are reminded at once, in their own hours; whom, and when.

    Once a day a task. Raises NotAllowed but for who leads it, TooLate where nothing is owed or it
    was said today, Refused where no owner can be told.
    """
    who, found = require(tx, by, Right.REPORT), known(tx, task)
    if not leads(tx, who, found):
        raise NotAllowed("催办要责任领导或者科室负责人来点。没有催。")
    if found.state not in OWING or found.due is None:
        raise TooLate(f"{label(found)}现在没有要催的。没有催。")
    day = now.astimezone(bureau.tz).date()
    there = There(tx, day)
    able = [one for one in owners(tx, found) if one.id in there.people and one.id != who.id]
    if not able:
        raise Refused("责任人现在联系不上，没有催。可以点「换人」。")
    told: dict[int, datetime] = {one.id: _when(tx, one, bureau, now) for one in able}
    on = min(told.values()).astimezone(bureau.tz).date()
    if reminded.planned_on(tx, found.id, What.URGE, on):
        raise TooLate("这件今天已经催过一次了，明天还能再催。")
    rows = []
    for person, at in told.items():
        key = f"urged:{found.id}:{on:%Y%m%d}:{person}"
        if tell(tx, person, "urged", found.id, now, {"by": who.name}, key=key, due_at=at):
            over = (on - found.due).days
            rows.append((found.id, person, What.URGE, on, found.due, over, Rung.OWNER, key, at))
    reminded.note(tx, rows)
    names = {"told": [one.name for one in able]}
    journal.write(tx, now, who.id, "task_urge", f"task/{found.number}", names)
    return Urging(found.number, [one.name for one in able], on, on == day)


def _when(tx: Transaction, who: Person, bureau: Bureau, now: datetime) -> datetime:
    """Now, or when his quiet hours are over: a leader's word rings nobody at night."""
    at = next_morning(bureau, now) if is_quiet(bureau, now) else now
    here = at.astimezone(bureau.tz)
    own = preferences.of(tx, who.id)
    return open_moment(own, bureau.hours, here) or next_morning(bureau, at)


def told_of(tx: Transaction, by: int, number: int, bureau: Bureau) -> ToldOf:
    """「任务 31 提醒过谁」: everybody who was told of it, and when. Raises as `known` does.

    Raises NotAllowed for who is none of its people.
    """
    who = require(tx, by, Right.REPORT)
    task = known_number(tx, number)
    if not parts(tx, who, task) and not leads(tx, who, task) and Role.ADMIN not in who.roles:
        raise NotAllowed("这件不是您的，提醒过谁要责任人或者领导来看。")
    rows = []
    for row in reminded.shown_of(tx, task.id):
        one = people.by_id(tx, row.person)
        left = (row.since - row.on).days
        name = one.name if one is not None else "不在了的人"
        rows.append((row.at.astimezone(bureau.tz), name, row.what, left, row.rung))
    return ToldOf(task.number, task.title, rows)


def known_number(tx: Transaction, number: int) -> Task:
    """The task that people call by this number. Raises NotFound."""
    found = tasks.by_number(tx, number)
    if found is None:
        raise NotFound(f"台账里没有任务 {number}。发「我的台账」看您的任务。")
    return known(tx, found.id)
