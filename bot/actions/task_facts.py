"""Reading all that a task's cards may say, for one viewer, at the moment they are sent; only reads.

Knows no sentence.
"""

from __future__ import annotations

from datetime import datetime

from bot.actions import task_longer
from bot.actions.checkers import away, signer_of
from bot.actions.ledger import name_of, parts, turn_of, whose
from bot.actions.task_deeds import rethinkable
from bot.actions.task_evidence import check_of
from bot.rules.ledger import MOVES, OWING, TaskPart, TaskState, is_done, objection
from bot.rules.problem_facts import Target
from bot.rules.records import Bureau, Role
from bot.rules.task_facts import Handed, LongerFacts, TaskFacts
from storage import evidence, journal, people, task_headings, task_people, task_stages, tasks
from storage import parts as files
from storage.evidence import Evidence
from storage.extensions import ASKED
from storage.people import Person
from storage.schema import Transaction
from storage.task_people import HELPER, LEADER, OWNER
from storage.tasks import Task

REASONS = ("task_send_back", "task_refuse", "task_reopen", "task_rebound")


def task_facts(
    tx: Transaction, task: int, viewer: int | None, bureau: Bureau, now: datetime,
    card: str = "task",
) -> TaskFacts | None:  # fmt: skip
    """The task as this person may see and move it, or None where there is no such task.

    `card` is the kind of card it is for: a list that was opened stands on one of them.
    """
    found = tasks.by_id(tx, task)
    return None if found is None or found.void else facts_of(tx, found, viewer, bureau, now, card)


def facts_of(
    tx: Transaction, found: Task, viewer: int | None, bureau: Bureau, now: datetime,
    card: str = "task",
) -> TaskFacts:  # fmt: skip
    """The same for a task that was read already."""
    who = people.by_id(tx, viewer) if viewer is not None else None
    said = task_people.named_in(tx, found.id)
    held = evidence.of_task(tx, found.id)
    current = [one for one in held if one.turn == turn_of(found)]
    mine = parts(tx, who, found) if who is not None else frozenset()
    menu, page = _menu(found, viewer, card)
    stages = task_stages.milestones_of(tx, found.id)
    signer = signer_of(tx, found, away(tx, bureau, now))
    waits = task_longer.waiting(tx, found.id)
    asked = task_longer.decider(tx, found, waits.person) if waits is not None else None
    why = journal.newest(tx, REASONS, f"task/{found.number}") if found.reason else None

    def here(moment: datetime | None) -> datetime | None:
        return moment.astimezone(bureau.tz) if moment is not None else None

    return TaskFacts(
        id=found.id, number=found.number, version=found.version, title=found.title,
        text=found.text, wants=found.wants, heading=_heading(tx, found), state=found.state,
        kind=found.kind, check=check_of(bureau, found), due=found.due, due_first=found.due_first,
        today=now.astimezone(bureau.tz).date(), long_term=found.long_term, urgent=found.urgent,
        stages=(sum(m.met_at is not None for m in stages) or found.met, len(stages)),
        stage=next((m.text for m in stages if m.met_at is None), ""),
        owners=tuple(m.name for part in (OWNER, HELPER) for m in said if m.part == part),
        department=found.department,
        leader=next((m.name for m in said if m.part == LEADER), ""),
        signer=signer.name if signer else "", checker=name_of(tx, found.checker),
        given_at=here(found.given_at), given_by=name_of(tx, found.given_by),
        handed=tuple(map(_handed, current)), earlier=len(held) - len(current),
        photos=tuple(
            one.sha256 for one in current
            if one.kind == "photo" and one.file == files.STORED and one.sha256
        )[:10],
        papers=tuple(
            one.id for one in current if one.kind not in ("photo", "text")
            and one.file == files.STORED
        )[:6],
        checked_at=here(found.checked_at), signed_by=name_of(tx, found.signed_by),
        signed_at=here(found.signed_at), returned=found.returned, reopened=found.reopened,
        extended=found.extended, reason=found.reason or "",
        reasoned_by=name_of(tx, why.person) if why else "", stuck=found.stuck or "",
        asked_longer=(asked.name if asked else "领导") if waits is not None else "",
        look_on=found.look_on, moves=moves_of(tx, who, found, bureau, now),
        mine=TaskPart.OWNER in mine, leads=TaskPart.LEADER in mine, menu=menu, page=page,
        targets=targets(tx, found) if menu == "owner" else (),
        left=_left(tx), mine_left=_mine_left(tx, viewer),
    )  # fmt: skip


def moves_of(
    tx: Transaction, who: Person | None, found: Task, bureau: Bureau, now: datetime
) -> frozenset[str]:
    """The names of the moves that the person could make now, given a reason."""
    if who is None or not who.active:
        return frozenset()
    own, mine = whose(tx, found), parts(tx, who, found)
    able = {
        move.name for move in MOVES
        if objection(move.name, found.state, found.long_term, mine, who.id, own, "…") is None
    }  # fmt: skip
    if found.signed_by != who.id or not rethinkable(found, bureau, now):
        able.discard("rethink")
    return frozenset(able)


def targets(tx: Transaction, found: Task) -> tuple[Target, ...]:
    """Who can own it instead: of its department first, then owners, then everybody else."""
    owners = whose(tx, found).owners
    able = [p for p in people.everyone(tx) if p.active and p.id not in owners]
    able.sort(
        key=lambda p: (p.department != found.department, Role.OWNER not in p.roles, p.id)
    )  # fmt: skip
    return tuple(Target(f"p{p.id}", p.name) for p in able)


def _menu(found: Task, viewer: int | None, card: str) -> tuple[str | None, int]:
    kind, person, page, on = ((found.menu or "").split(":") + [""] * 4)[:4]
    if not kind or person != str(viewer) or on != card:
        return None, 0
    return kind, int(page) if page.isdecimal() else 0


def _handed(one: Evidence) -> Handed:
    return Handed(
        one.kind, one.words, one.name, one.file == files.EXPECTED, one.file == files.UNAVAILABLE
    )


def _heading(tx: Transaction, found: Task) -> str:
    return task_headings.title_of(tx, found.path) if found.path else ""


def _left(tx: Transaction) -> int:
    rows = tasks.standings(tx)
    return sum(count for state, long, met, count in rows if not is_done(state, long, met))


def _mine_left(tx: Transaction, viewer: int | None) -> int:
    if viewer is None:
        return 0
    settled = (TaskState.SIGNED_OFF, TaskState.LASTING)
    return sum(one.state not in settled for one in tasks.lying_with(tx, viewer))


def longer_facts(
    tx: Transaction, row: int, refusal: str, bureau: Bureau, now: datetime
) -> LongerFacts | None:
    """What was asked for, as it stands, or None."""
    del bureau, now
    asked = task_stages.asked(tx, row)
    task = tasks.by_id(tx, asked.task) if asked is not None else None
    if asked is None or task is None:
        return None
    decider = people.by_id(tx, asked.decided_by) if asked.decided_by else None
    if decider is None and asked.state == ASKED:
        decider = task_longer.decider(tx, task, asked.person)
    return LongerFacts(
        asked.id, task.id, task.version, task.number, task.title, name_of(tx, asked.person),
        asked.was, asked.until, asked.reason, asked.state, decider.name if decider else "",
        task.extended + 1, refusal, asked.state == ASKED and task.state not in OWING,
    )  # fmt: skip
