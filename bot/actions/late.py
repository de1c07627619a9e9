"""Whom the clock speaks to about a problem: who has it, who leads him, who stands above; and how.

What one person is told at one moment is one message. Nobody is told who is frozen, gone, on leave
or can't be reached: then it is whoever comes next. Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from bot.actions.loop import leader_of, parts
from bot.actions.reviewers import ON_DUTY
from bot.rules.clocks import Kind, days_over
from bot.rules.loop import Part, Stage
from bot.rules.records import Bureau, Role
from storage import absences, journal, outbox, people, reports, tickets
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction

MOST = 20
"""So many matters of one message can be looked at from it, the others are counted."""

KNOWN = "late_known"
"""The journal's word for 「知道了」."""


def holders(tx: Transaction, problem: Problem, day: date) -> list[Person]:
    """Whose move it is: whoever has it or was handed it, a team's leader, else who found it.

    What somebody declined, and a case nobody has yet, lies with a leader; where nobody of them is
    left it is a leader's too, and without one it is again whose it was. None who is away that day.
    """
    if problem.stage is Stage.FOUND:
        finder = there(tx, problem.person, day)
        if problem.declined_by is None and not tickets.of_reports(tx, [problem.report]):
            return finder or _leader(tx, problem, day)
        return _leader(tx, problem, day) or finder
    if problem.handler is not None:
        has = there(tx, problem.handler, day)
    else:
        has = team_of(tx, problem.team, day)
    return has or _leader(tx, problem, day)


def _leader(tx: Transaction, problem: Problem, day: date) -> list[Person]:
    leader = leader_for(tx, problem, day)
    return [leader] if leader else []


def team_of(tx: Transaction, team: str | None, day: date) -> list[Person]:
    """The leaders of a squad or department, else everybody of it."""
    away = absences.on(tx, day)
    all_of = [
        p for p in people.everyone(tx)
        if team is not None and team in (p.squad, p.department) and _is_there(tx, p, away)
    ]  # fmt: skip
    return [p for p in all_of if Role.LEADER in p.roles] or all_of


def leader_for(
    tx: Transaction, problem: Problem, day: date | None, but: frozenset[int] = frozenset()
) -> Person | None:
    """The squad's leader who can be told, else a supervisor, else any leader; none of `but`.

    Without a day it may be somebody who is away.
    """
    away: Collection[int] = absences.on(tx, day) if day is not None else ()
    found = leader_of(tx, problem.squad, but)
    while found is not None and not _is_there(tx, found, away):
        but |= {found.id}
        found = leader_of(tx, problem.squad, but)
    return found


def supervisors(tx: Transaction, day: date) -> list[Person]:
    """Everybody who stands above the squads and can be told."""
    away = absences.on(tx, day)
    return [p for p in people.with_role(tx, Role.SUPERVISOR) if _is_there(tx, p, away)]


def above(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> list[Person]:
    """Who hears of what is overdue besides its holders: the leader, and after days of it higher up.

    A leader who said 「知道了」 is not told again, which stops nobody else being told. Where one of
    them has let it off nobody of them is.
    """
    if problem.exempt is not None:
        return []
    day = now.astimezone(bureau.tz).date()
    holding = frozenset(one.id for one in holders(tx, problem, day))
    leader = leader_for(tx, problem, day)
    found = [leader] if leader and leader.id not in holding else []
    over = days_over(problem.handle_by, now, bureau) if problem.handle_by else 0
    if over >= bureau.loop.above_days:
        found += [p for p in supervisors(tx, day) if p.id not in holding and p not in found]
    return [p for p in found if not knows(tx, problem, p.id)]


def on_call(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> Person | None:
    """The one who is told in the night: of the holders or the squad who is on duty, else a leader.

    Where nobody was seen for so long, it is the first of the holders.
    """
    day = now.astimezone(bureau.tz).date()
    mine, away = holders(tx, problem, day), absences.on(tx, day)
    squad = [p for p in people.with_role(tx, Role.OFFICER) if p.squad == problem.squad]
    able = [*mine, *(p for p in squad if p not in mine and _is_there(tx, p, away))]
    duty = reports.on_duty(tx, [p.id for p in able], now - ON_DUTY)
    return next((p for p in able if p.id in duty), next(iter(mine), leader_for(tx, problem, day)))


def tell_late(
    tx: Transaction, who: Person, problem: Problem, kind: Kind, now: datetime, *,
    leads: bool = False,
) -> bool:  # fmt: skip
    """The person is owed word of it, in one message with all he is told at this moment.

    `leads` says that he is told as a leader. False where he can't be reached.
    """
    chat = next(iter(people.chats_of(tx, who.id)), None)
    if not who.active or chat is None:
        return False
    key = f"late:{who.id}:{now:%Y%m%d%H%M%S%f}"
    before: dict[str, Any] = outbox.args_of(tx, key) or {}
    items, more = before.get("items", []), before.get("more", 0)
    if len(items) < MOST:
        items.append([problem.id, kind.value, leads])
    else:
        more += 1
    outbox.owe_again(tx, "late", problem.id, now)
    subject = before.get("first", problem.id)
    args = {"items": items, "more": more, "first": subject}
    outbox.owe(tx, *chat, "late", subject, now, key=key, args=args)
    return True


def leads(who: Person, problem: Problem) -> bool:
    """Whether the person leads whoever has it, or stands above all."""
    return Part.LEADER in parts(who, problem)


def know(tx: Transaction, person: int, problem: Problem, now: datetime) -> None:
    """「知道了」: the person is not told again that it is overdue, unless it gets another limit."""
    if not knows(tx, problem, person):
        journal.write(tx, now, person, KNOWN, _known(problem, person), {"problem": problem.number})
        outbox.owe_again(tx, "late", problem.id, now)


def knows(tx: Transaction, problem: Problem, person: int) -> bool:
    """Whether he said so."""
    return journal.has(tx, KNOWN, _known(problem, person))


def is_idle(tx: Transaction, problem: Problem) -> bool:
    """Whether nothing came since it was taken: a photo or a word to its report is something."""
    report = reports.by_id(tx, problem.report)
    taken = problem.taken_at
    return taken is not None and (report is None or report.last_part_at <= taken)


def _known(problem: Problem, person: int) -> str:
    return f"{problem.number}/{person}/{problem.extended}"


def there(tx: Transaction, person: int, day: date) -> list[Person]:
    """The person, where he can be told on the day; else nobody."""
    found = people.by_id(tx, person)
    return [found] if found is not None and _is_there(tx, found, absences.on(tx, day)) else []


def _is_there(tx: Transaction, person: Person, away: Collection[int]) -> bool:
    return person.active and person.id not in away and bool(people.chats_of(tx, person.id))
