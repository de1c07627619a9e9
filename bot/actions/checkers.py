"""Who checks a task's evidence, and who signs it off: chosen by rule, asked by a card of his own.

Never whoever owns it or gave evidence: a colleague of the department, in turn, else anybody who has
the time, else a leader (domain.md 1.1, row 20: 双人复核、交叉检查). Knows no sentence.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.actions.ledger import leaders, move, note, turn_of, whose
from bot.actions.people import tell
from bot.rules.ledger import TaskState
from bot.rules.records import Bureau, Role
from storage import absences, evidence, journal, outbox, parts, people, task_people, tasks
from storage.people import Person
from storage.schema import Transaction
from storage.task_people import LEADER
from storage.tasks import Task

NEVER = datetime.min.replace(tzinfo=UTC)


NOBODY: frozenset[int] = frozenset()


def away(tx: Transaction, bureau: Bureau, now: datetime) -> frozenset[int]:
    """Who is away today: asked only where nobody else can be."""
    return frozenset(absences.on(tx, now.astimezone(bureau.tz).date()))


def ask_checker(
    tx: Transaction, task: Task, now: datetime, *, but: frozenset[int] = NOBODY,
    gone: frozenset[int] = NOBODY,
) -> Task:  # fmt: skip
    """Somebody is asked to check it, none of `but`; without anybody it waits, and its cards say so.

    None of `gone` either, and nobody out of reach, where somebody else can. He is told once the
    files are with us, or never will be.
    """
    chosen = _chosen(tx, task, but, gone)
    asked = note(
        tx, task, now, checker=chosen.id if chosen else None, asked=task.asked + 1,
        asked_at=now if chosen else None,
    )  # fmt: skip
    tell_checker(tx, asked, now)
    return asked


def tell_checker(tx: Transaction, task: Task, now: datetime) -> bool:
    """The checker is owed his card, unless files are still on their way to us; whether he is."""
    if task.state is not TaskState.HANDED_IN or task.checker is None or on_their_way(tx, task):
        return False
    key = f"task_check:{task.id}:{task.checker}:{task.asked}"
    if outbox.is_known(tx, key):
        return False
    return tell(tx, task.checker, "task_check", task.id, now, key=key)


def on_their_way(tx: Transaction, task: Task) -> bool:
    """Whether a file of what was handed in is still to come."""
    held = evidence.of_task(tx, task.id, turn_of(task))
    return any(one.file == parts.EXPECTED for one in held)


def ask_leader(tx: Transaction, task: Task, bureau: Bureau, now: datetime) -> Person | None:
    """The leader who may sign it off is owed his card; who, or None where nobody may."""
    chosen = signer_of(tx, task, away(tx, bureau, now))
    if chosen is not None:
        key = f"task_sign:{task.id}:{chosen.id}:{task.version}"
        tell(tx, chosen.id, "task_sign", task.id, now, key=key)
    return chosen


def signer_of(tx: Transaction, task: Task, gone: frozenset[int] = NOBODY) -> Person | None:
    """Who is asked to sign it off once it is checked: none of `gone`, where there is another."""
    own = whose(tx, task)
    out = own.owners | own.givers | frozenset({task.checker or 0})
    able = leaders(tx, task, out)
    return min(able, key=lambda p: p.id in gone or not people.chats_of(tx, p.id), default=None)


def to_sign_by(tx: Transaction, person: int, gone: frozenset[int] = NOBODY) -> list[Task]:
    """The tasks that were checked and wait for this person's word, as signer_of says of each.

    Read at once: who stands above all may be asked about hundreds.
    """
    above = [p.id for p in people.with_role(tx, Role.SUPERVISOR)]
    checked = tasks.to_sign(tx)
    if person not in above:
        led = {task.id for task in tasks.led_by(tx, person)}
        checked = [task for task in checked if task.id in led]
    ids = [task.id for task in checked]
    named, gave = task_people.all_named(tx, ids), evidence.givers(tx, ids)
    active = {p.id for p in people.everyone(tx) if p.active}
    there = people.all_chats(tx).keys() - gone
    found = []
    for task in checked:
        said = named.get(task.id, ())
        out = {m.person for m in said if m.part != LEADER} | {task.given_by, task.checker}
        out |= gave.get((task.id, turn_of(task)), set())
        said_or_above = (*(m.person for m in said if m.part == LEADER), *above)
        able = [p for p in said_or_above if p in active and p not in out]
        if min(able, key=lambda p: p not in there, default=None) == person:
            found.append(task)
    return found


def pass_on_for(tx: Transaction, who: int, now: datetime) -> int:
    """What the person had to check is another's to check: he leaves, or can't; how many."""
    mine = tasks.to_check(tx, who)
    for task in mine:
        moved = move(tx, task, "pass_on", None, now)
        ask_checker(tx, moved, now, but=frozenset({who}))
    return len(mine)


def asked_anew(tx: Transaction, task: int, now: datetime) -> bool:
    """Somebody else is asked where the checker owns it by now, or gave evidence; whether he is."""
    found = tasks.by_id(tx, task)
    if found is None or found.void or found.state is not TaskState.HANDED_IN:
        return False
    own = whose(tx, found)
    if found.checker not in own.owners | own.givers:
        return False
    ask_checker(tx, move(tx, found, "pass_on", None, now), now)
    return True


def _chosen(
    tx: Transaction, task: Task, but: frozenset[int], gone: frozenset[int]
) -> Person | None:
    own = whose(tx, task)
    out = own.owners | own.givers | but
    everyone = [p for p in people.everyone(tx) if p.active and p.id not in out]
    above = {p.id for p in leaders(tx, task)}
    since = task.given_at or NEVER
    passed = journal.doers(tx, "task_pass_on", f"task/{task.number}", since)
    last, there = tasks.last_asked(tx), people.all_chats(tx).keys() - gone
    # Whoever signs it off is asked last: then another leader must sign.
    ranked = sorted(
        everyone,
        key=lambda p: (
            p.id not in there, p.id in passed, p.id in above,
            task.department is None or p.department != task.department,
            Role.OWNER not in p.roles, Role.SUPERVISOR in p.roles, last.get(p.id) or NEVER, p.id,
        ),
    )  # fmt: skip
    return next(iter(ranked), None)
