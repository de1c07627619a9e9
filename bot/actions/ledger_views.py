"""Looking at the ledger: whose tasks, which of them, in which order; only reads.

Who may see what is decided here, for the chat's list and for its file. Knows no sentence but
refusals'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.actions.people import only
from bot.errors import NotAllowed
from bot.rules.ledger import OWING
from bot.rules.ledger_facts import LedgerStanding, TaskList, TaskRow, by_department, tally
from bot.rules.records import Bureau, Filters, Question, Role, Span
from bot.rules.rights import Right, may
from storage import people, task_counts
from storage.people import Person
from storage.schema import Transaction
from storage.task_counts import TaskScope
from storage.tasks import DUTY, LEDGER, Task

LIST, SUMMARY = "ledger_list", "ledger_summary"
METRICS = (LIST, SUMMARY)
"""The measures of questions that are answered here."""

LISTED = 10
"""So many lines of a list are said in the chat."""

NOT_YOURS = "这个要分管领导或者管理员才能看，您可以问自己的，发：我的台账。"


def mine(name: str) -> Question:
    """「我的台账」 as a question."""
    return Question((LIST,), range_on=None, filters=Filters(officers=(name,)))


def late(who: Person) -> Question:
    """What is overdue of all that he may see: everything, his department's, else his own."""
    if may(who.roles, Right.ASK_ALL):
        return wanted(state=task_counts.OVERDUE)
    if Role.LEADER in who.roles and who.department is not None:
        return wanted(department=who.department, state=task_counts.OVERDUE)
    return mine(who.name)


def wanted(
    department: str | None = None, state: str | None = None, long_term: bool | None = None,
    due: Span | None = None, officer: str | None = None,
) -> Question:  # fmt: skip
    """A list of the ledger as a question."""
    held = Filters(
        officers=(officer,) if officer else (), dept=department, state=state, long_term=long_term
    )
    return Question((LIST,), due, "due" if due else None, held)


def answer(
    tx: Transaction, asker: Person | None, question: Question, bureau: Bureau, now: datetime
) -> TaskList | LedgerStanding:
    """A list, or how the ledger stands. Raises NotAllowed.

    `asker` is None for the command line, which sees everything. How all of it stands is
    everybody's: the groups have it in the week's digest.
    """
    if question.metrics[0] == LIST:
        return listing(tx, asker, question, LISTED, bureau, now)
    who = _present(tx, asker)
    today = now.astimezone(bureau.tz).date()
    held = question.filters
    whole = Filters(state=held.state, long_term=held.long_term) == held
    scope = _scope(tx, None if whole else who, question, bureau, today)
    lots = task_counts.lots(tx, scope)
    parts = tuple(by_department(lots).items())
    return LedgerStanding(question, tally(lots), parts, _duties(tx, scope))


def listing(
    tx: Transaction, asker: Person | None, question: Question, most: int | None, bureau: Bureau,
    now: datetime,
) -> TaskList:  # fmt: skip
    """The first `most` of the tasks (all for None), and how they stand. Raises NotAllowed."""
    who = _present(tx, asker)
    today = now.astimezone(bureau.tz).date()
    scope = _scope(tx, who, question, bureau, today)
    found = task_counts.rows(tx, scope, most)
    own = who is not None and question.filters.officers == (who.name,)
    duties = _duties(tx, scope)
    return TaskList(
        question, task_rows(tx, found, today), tally(task_counts.lots(tx, scope)),
        now.astimezone(bureau.tz), duties, own,
    )  # fmt: skip


def _duties(tx: Transaction, scope: TaskScope) -> int:
    """How many of the scope's tasks are runs of obligations."""
    if scope.kind is not None:
        return 0
    going = scope.state or task_counts.OPEN
    return task_counts.number(tx, replace(scope, kind=DUTY, state=going))


def _present(tx: Transaction, asker: Person | None) -> Person | None:
    who = people.by_id(tx, asker.id) if asker else None
    if asker is not None and (who is None or not who.active):
        raise NotAllowed
    return who


def _scope(
    tx: Transaction, who: Person | None, question: Question, bureau: Bureau, today: date
) -> TaskScope:
    """Which tasks the question means, as far as the asker may see them. Raises NotAllowed."""
    held, span = question.filters, question.range
    person = _person(tx, who, held.officers)
    seen_by = None
    if who is None or person != who.id:
        other = people.by_id(tx, person) if person is not None else None
        seen_by = _sight(who, held.dept or (other.department or "" if other else None))
    due = span is not None and question.range_on in ("due", "occurred", None)
    since = span.since.astimezone(bureau.tz).date() if due and span and span.since else None
    last = span.until.astimezone(bureau.tz) if due and span else None
    until = (last - timedelta(microseconds=1)).date() + timedelta(days=1) if last else None
    both = person is not None or bool(until) or held.state == task_counts.OVERDUE
    return TaskScope(
        today, None if both else LEDGER, held.dept, person, seen_by,
        held.state, held.long_term, since, until,
    )  # fmt: skip


def _person(tx: Transaction, who: Person | None, names: Sequence[str]) -> int | None:
    if not names:
        return None
    if who is not None and names[0] == who.name:
        return who.id
    return only(tx, names[0]).id


def _sight(who: Person | None, department: str | None) -> tuple[int, str | None] | None:
    """Whose tasks alone the asker may see; None is everybody's. Raises NotAllowed."""
    if who is None or may(who.roles, Right.ASK_ALL):
        return None
    leads = Role.LEADER in who.roles and who.department is not None
    if not leads or department not in (None, who.department):
        raise NotAllowed(NOT_YOURS)
    return who.id, who.department


def task_rows(tx: Transaction, found: Sequence[Task], today: date) -> tuple[TaskRow, ...]:
    """The tasks as lines, with the names in them."""
    names = task_counts.names_of(tx, found)
    return tuple(_row(one, today, *names.get(one.id, ((), ()))) for one in found)


def _row(
    one: Task, today: date, owners: tuple[str, ...], leaders: tuple[str, ...]
) -> TaskRow:  # fmt: skip
    late = (today - one.due).days if one.due and one.state in OWING else 0
    return TaskRow(
        one.id, one.number, one.title, one.state, one.long_term, one.due, max(late, 0),
        one.version, one.department, owners, leaders, one.ref, one.text, one.wants, one.extended,
        one.kind == DUTY,
    )  # fmt: skip


def is_named(tx: Transaction, said: str) -> Question | None:
    """「法制科」, 「王志强」 as the list of that one's tasks; None for no such."""
    if said in task_counts.departments(tx):
        return wanted(department=said)
    return wanted(officer=said) if len(people.named(tx, said)) == 1 else None
