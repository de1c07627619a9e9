"""Taking a draft of the ledger: kept till an admin presses, then loaded in one deed.

Nothing done here since is lost: state, evidence, longer times (bot.actions.ledger_diff). Every
task has its line in the journal, with the old values. Knows no file and no sentence but refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.actions.checkers import asked_anew
from bot.actions.ledger import owe_cards
from bot.actions.ledger_diff import Changed, Difference, difference, house, told_in
from bot.actions.ledger_people import Finder, finder, matched
from bot.actions.people import require, tell
from bot.errors import NotFound, Refused, TooLate
from bot.rules.ledger import TaskState
from bot.rules.ledger_draft import Draft, DraftTask, Stage, from_json, to_json
from bot.rules.records import Role
from bot.rules.rights import Right
from storage import (
    journal,
    ledger_drafts,
    outbox,
    people,
    task_headings,
    task_people,
    task_stages,
    tasks,
)
from storage.ledger_drafts import DROPPED, TAKEN, WAITING, KeptDraft
from storage.schema import Transaction
from storage.task_people import HELPER, LEADER, OWNER

DRAFT_CARD = "ledger_draft"
MOST_BY_CHAT = 3000
"""Tasks of a file: a load is one deed, during which nobody else's is done."""
BEYOND = 10**5
"""A number from here on is none to say (a date, a phone), and the next one would be as long."""
_PARTS = {"owners": OWNER, "helpers": HELPER, "leaders": LEADER}


def look(tx: Transaction, draft: Draft) -> Difference:
    """What loading the draft would do now; for a command that only shows it."""
    return difference(house(tx), draft)


def keep(
    tx: Transaction, person: int, name: str, draft: Draft, line: str, chat: int, now: datetime
) -> int:
    """The draft waits for a word; the admin is owed the card of it. Raises NotAllowed, Refused."""
    require(tx, person, Right.LEDGER)
    if len(draft.tasks) > MOST_BY_CHAT:
        raise Refused(
            f"这份台账有 {len(draft.tasks)} 件，一次最多导 {MOST_BY_CHAT} 件，还没有收。"
            "请分成几个文件发。"
        )
    seen = look(tx, draft).digest()
    row = ledger_drafts.keep(tx, person, name, to_json(draft), seen, now)
    journal.write(tx, now, person, "ledger_sent", f"draft/{row}", {"tasks": len(draft.tasks)})
    outbox.owe(tx, line, chat, DRAFT_CARD, row, now)
    return row


def kept(tx: Transaction, row: int) -> KeptDraft:
    """The draft. Raises NotFound."""
    found = ledger_drafts.by_id(tx, row)
    if found is None:
        raise NotFound("没有这份台账草稿了，什么也没改。请把文件再发一次。")
    return found


def waiting(tx: Transaction, found: KeptDraft) -> Difference:
    """What a draft that waits would do now."""
    return look(tx, from_json(found.draft))


def take(tx: Transaction, person: int, row: int, version: int, now: datetime) -> bool:
    """The draft is in the ledger; False where that changed since and the card shows it anew.

    Raises NotAllowed, NotFound, or TooLate where it was taken or dropped before.
    """
    require(tx, person, Right.LEDGER)
    found = _still_waiting(tx, row)
    told = waiting(tx, found)
    if told.digest() != found.seen or version < found.version:
        if told.digest() != found.seen:
            _change(tx, found, seen=told.digest())
        outbox.owe_again(tx, DRAFT_CARD, row, now)
        return False
    numbers = load(tx, person, told, now)
    _change(tx, found, state=TAKEN, draft=None, result=_result(told, numbers))
    outbox.owe_again(tx, DRAFT_CARD, row, now)
    return True


def take_now(tx: Transaction, name: str, draft: Draft, now: datetime) -> Difference:
    """The draft is in the ledger at once, by the command line; the admins are told what it lacks.

    What was done is returned.
    """
    told = look(tx, draft)
    numbers = load(tx, None, told, now)
    row = ledger_drafts.keep(tx, None, name, {}, "", now)
    _change(tx, kept(tx, row), state=TAKEN, draft=None, result=_result(told, numbers))
    for admin in people.with_role(tx, Role.ADMIN):
        tell(tx, admin.id, DRAFT_CARD, row, now)
    return told


def _result(told: Difference, numbers: Mapping[str, int]) -> dict[str, Any]:
    """What is remembered of a load: the tasks by the numbers that people call them by."""
    who, when = ([str(numbers[ref]) for ref in refs] for refs in (told.who, told.when))
    return {
        "fresh": len(told.fresh), "changed": len(told.changed), "missing": len(told.missing),
        "kept": len(told.kept), "faults": len(told.faults), "who": who, "when": when,
        "headings": sum(bool(old) for old, _ in told.headings.values()),
    }  # fmt: skip


def drop(tx: Transaction, person: int, row: int, now: datetime) -> None:
    """The draft is forgotten. Raises NotAllowed, NotFound or TooLate."""
    require(tx, person, Right.LEDGER)
    found = _still_waiting(tx, row)
    _change(tx, found, state=DROPPED, draft=None)
    journal.write(tx, now, person, "ledger_dropped", f"draft/{row}", {})
    outbox.owe_again(tx, DRAFT_CARD, row, now)


def _still_waiting(tx: Transaction, row: int) -> KeptDraft:
    found = kept(tx, row)
    if found.state == TAKEN:
        raise TooLate("这份台账已经导入过了，没有再导一遍。要改请改好文件再发。")
    if found.state != WAITING:
        raise TooLate("这份台账已经不要了，什么也没改。要导入请把文件再发一次。")
    return found


def _change(tx: Transaction, found: KeptDraft, **values: Any) -> None:
    if not ledger_drafts.change(tx, found, **values):
        raise TooLate("刚刚有人点过这份台账，请再看一眼。")


def load(tx: Transaction, person: int | None, told: Difference, now: datetime) -> dict[str, int]:
    """What the difference tells is done; the numbers of the file's tasks, by its own.

    `person` is an admin, None for the command line.
    """
    find = finder(tx)
    said: dict[int, Mapping[str, str]] = dict(told.said)
    for one in told.fresh:
        said[_add(tx, person, one, find, now)] = told_words(one)
    for change in told.changed:
        _edit(tx, person, change, find, now)
    task_headings.set_titles(tx, {path: new for path, (_, new) in told.headings.items()})
    ledger_drafts.remember(tx, said)
    detail = {
        "new": len(told.fresh), "changed": len(told.changed), "faults": len(told.faults),
        "headings": {path: list(pair) for path, pair in told.headings.items()},
    }  # fmt: skip
    journal.write(tx, now, person, "ledger_load", "ledger", detail)
    return {one.ref: one.number for one in tasks.everything(tx) if one.ref is not None}


def told_words(one: DraftTask) -> dict[str, str]:
    """What the file says of the task, as it is remembered."""
    return {name: value for name, value in told_in(one).items() if value}


def _add(tx: Transaction, person: int | None, one: DraftTask, find: Finder, now: datetime) -> int:
    said = int(one.ref) if one.ref.isdecimal() and len(one.ref) < 10 else 0
    wanted = said if 0 < said < BEYOND else None
    number = tasks.next_number(tx, wanted)
    state = one.state or TaskState.NOT_STARTED
    met = max(one.met or 0, state is TaskState.LASTING)
    task = tasks.add(
        tx, number, now, ref=one.ref, path=one.path, title=one.title, text=one.text,
        wants=one.wants, note=one.note, phase=one.phase, department=one.department,
        due=one.due or _next_stage(one),
        long_term=bool(one.long_term), urgent=bool(one.urgent), state=state,
        met=met if one.long_term else 0,
    )  # fmt: skip
    for name, part in _PARTS.items():
        if names := getattr(one, name):
            task_people.name(tx, task, part, matched(names, find))
    _set_stages(tx, task, one.stages, person, now)
    detail = {"to": state, "ref": one.ref, "line": one.line}
    journal.write(tx, now, person, "task_load", f"task/{number}", detail)
    return task


def _next_stage(one: DraftTask) -> date | None:
    """The day of the first stage that is not met, of a long-term task: it is due then."""
    return min((stage.due for stage in one.stages if not stage.met and one.long_term), default=None)


def _set_stages(
    tx: Transaction, task: int, stages: tuple[Stage, ...], person: int | None, now: datetime
) -> None:
    if stages:
        task_stages.set_milestones(tx, task, [(one.due, one.text) for one in stages])
    for one in stages:
        if one.met:
            task_stages.mark_met(tx, task, one.due, person, now)


def _edit(
    tx: Transaction, person: int | None, change: Changed, find: Finder, now: datetime
) -> None:
    task, one = change.task, change.draft
    names = [field.name for field in change.fields]
    values: dict[str, Any] = {
        name: getattr(one, name) for name in names if name not in (*_PARTS, "stages")
    }  # fmt: skip
    if "stages" in names and "due" not in names and (task.long_term or one.long_term):
        before = {m.due for m in task_stages.milestones_of(tx, task.id) if m.met_at is None}
        if task.due is None or task.due in before:
            values["due"] = _next_stage(replace(one, long_term=True))
    if "due" in values and task.due_first is None:
        values["due_first"] = values["due"]
    if not tasks.change(tx, task, **values):
        raise TooLate("刚刚有人动过台账，什么也没改。请再点一次。")
    for name in names:
        if name in _PARTS:
            task_people.name(tx, task.id, _PARTS[name], matched(getattr(one, name), find))
    if "stages" in names:
        waits = [(stage.due, stage.text) for stage in one.stages if not stage.met]
        task_stages.set_milestones(tx, task.id, waits)
    detail = {field.name: [field.old, field.new] for field in change.fields}
    journal.write(tx, now, person, "edit_task", f"task/{task.number}", detail)
    owe_cards(tx, task.id, now)
    if not _PARTS.keys().isdisjoint(names):
        asked_anew(tx, task.id, now)
