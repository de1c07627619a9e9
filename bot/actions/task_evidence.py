"""Evidence 佐证 of a task: sent in the chat, kept before it is acknowledged, handed in, taken back.

It comes by 「已完成，交佐证」, in answer to a reminder, or by itself: then it is asked what it is
of. A file goes through the same durable queue as a report's photo. Knows no sentence but refusals.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.actions.checkers import ask_checker, asked_anew, away, tell_checker
from bot.actions.ledger import allow, known, may_move, move, note, owe_cards, turn_of
from bot.actions.people import require, tell
from bot.actions.reports import Message, owe_reaction
from bot.errors import Refused, TooLate
from bot.rules.ledger import OWING, TaskState
from bot.rules.records import Bureau, Role
from bot.rules.rights import Right
from storage import awaited, devices, evidence, journal, outbox, parts, people, tasks
from storage.evidence import DROPPED, KEPT
from storage.people import Person
from storage.schema import Transaction
from storage.tasks import Task

GIVING = "task_evidence"
"""What is awaited of whoever hands in: files and words, until he says that it is all."""

WITHIN, AFIELD = timedelta(hours=12), timedelta(hours=1)
"""So long; of whoever goes out to the streets not so long: his next photos are of them."""

MOST = 30
"""So much evidence may be handed in at once: more is no proof but a burden."""

SHORTEST, LONGEST = 4, 1000
"""Letters of a sentence that is evidence; what is longer is cut."""


def begin(
    tx: Transaction, person: int, task: int, line: str, chat: int, message: int, now: datetime
) -> None:
    """「已完成，交佐证」: what he sends from now on is evidence; the task's card asks for it."""
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    if found.state is not TaskState.HANDED_IN:
        allow(tx, "hand_in", who, found)
    else:
        allow(tx, "take_back", who, found)
    if found.state in (TaskState.NOT_STARTED, TaskState.REOPENED):
        found = move(tx, found, "start", who, now)
    note(tx, found, now, menu=f"give:{who.id}:0:task", stuck=None)
    awaited.expect(tx, who.id, GIVING, found.id, until(who, now))
    owe_here(tx, found.id, line, chat, message, now)


def until(who: Person, now: datetime) -> datetime:
    """Until when what he sends is taken for evidence."""
    return now + (AFIELD if goes_out(who) else WITHIN)


def goes_out(who: Person) -> bool:
    """Whether the person's photos are as a rule of the streets."""
    return not who.roles.isdisjoint({Role.OFFICER, Role.LEADER})


def owe_here(tx: Transaction, task: int, line: str, chat: int, message: int, now: datetime) -> None:
    """The task's card stands below the message, or is the message itself."""
    shown = outbox.card_at(tx, line, chat, message)
    if shown is None or (shown.card, shown.subject) != ("task", task):
        outbox.owe(tx, line, chat, "task", task, now, key=f"task:{task}:{line}:{chat}:{message}")


def stop(tx: Transaction, person: int, task: int, now: datetime) -> None:
    """「先不交」: nothing is waited for; what came already stays with the task for next time."""
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    wanted = awaited.of(tx, who.id, now)
    if wanted is not None and wanted.what == GIVING:
        awaited.done(tx, who.id)
    note(tx, found, now, menu=None)


def takes(tx: Transaction, person: int, task: int) -> bool:
    """Whether what the person sends can be evidence of the task: still his, not checked yet."""
    who, found = people.by_id(tx, person), tasks.by_id(tx, task)
    if found is None or found.void:
        return False
    return any(may_move(tx, name, who, found) for name in ("hand_in", "take_back"))


def add(tx: Transaction, person: int, task: int, message: Message, now: datetime) -> int | None:
    """The message is evidence of the task; how much there is of it now.

    None for a message that was taken before. Raises Refused for more than anybody would look at,
    and for a file that is too big.
    """
    found = known(tx, task)
    if parts.by_message(tx, message.line, message.chat, message.number) is not None:
        return None
    held = evidence.of_task(tx, task, turn_of(found))
    if len(held) >= MOST:
        raise Refused(f"任务 {found.number} 已经收了 {MOST} 份佐证，够了。请点「发完了」。")
    if message.file is not None and message.file.refused:
        raise Refused(message.file.refused)
    if message.file is None and len(message.words) < SHORTEST:
        raise Refused("这句太短，没有当佐证记。写清楚做了什么，或者发照片、文件。")
    keep(tx, person, found, message, KEPT, now)
    if message.file is not None:
        owe_reaction(tx, message.line, message.chat, message.number, now)
    if found.state is not TaskState.HANDED_IN:
        owe_cards(tx, task, now)
    elif not asked_anew(tx, task, now):
        found = note(tx, found, now, asked=found.asked + 1)
        tell_checker(tx, found, now)
    return len(held) + 1


def keep(
    tx: Transaction, person: int, task: Task, message: Message, state: str, now: datetime
) -> int:
    """The message is stored, its file to be fetched, as evidence in that state; its id."""
    file = message.file
    part = parts.add(
        tx, report=None, line=message.line, chat=message.chat, message=message.number,
        kind=file.kind if file else "text", album=message.album, text=message.words,
        received_at=now, sent_at=message.at, file_id=file.file_id if file else None,
        unique_id=file.unique_id if file else None, file_name=file.name if file else None,
        expected_size=file.size if file else None, state=parts.EXPECTED if file else None,
        reason=None, attempts=0, due_at=now if file else None,
    )  # fmt: skip
    row = evidence.add(
        tx, task=task.id, turn=turn_of(task), person=person, at=now,
        kind=file.kind if file else "text", words=message.words[:LONGEST], part=part, state=state,
    )  # fmt: skip
    kind = file.kind if file else "text"
    detail = {"evidence": row, "part": part, "kind": kind, "state": state}
    journal.write(tx, now, person, "task_evidence", f"task/{task.number}", detail)
    return row


def hand_in(tx: Transaction, person: int, task: int, bureau: Bureau, now: datetime) -> Task:
    """「发完了」: somebody else is asked to check it. Raises Refused where nothing was sent."""
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    awaited.done(tx, who.id)
    if found.state is TaskState.HANDED_IN:
        return note(tx, found, now, menu=None)
    allow(tx, "hand_in", who, found)
    _all_devices(tx, found, bureau)
    held = evidence.of_task(tx, found.id, turn_of(found))
    if all(one.file == parts.UNAVAILABLE for one in held):
        raise Refused("还没收到照片、文件或者一句话，先发过来，再点「发完了」。")
    moved = move(
        tx, found, "hand_in", who, now, given_at=now, given_by=who.id, stuck=None,
        reason=None, checker=None,
    )  # fmt: skip
    if check_of(bureau, moved) == "none":
        return move(tx, moved, "settle", None, now, signed_at=now)
    return ask_checker(tx, moved, now, gone=away(tx, bureau, now))


def _all_devices(tx: Transaction, task: Task, bureau: Bureau) -> None:
    """A device check is done only when every device has a result. Raises Refused."""
    one = bureau.obligation(task.code)
    lacking = devices.lacking(tx, task.id) if one is not None and one.devices else []
    if lacking:
        names = "、".join(device.name for device in lacking[:3])
        more = "等" if len(lacking) > 3 else ""
        raise Refused(
            f"还有 {len(lacking)} 台设备没有结果：{names}{more}。佐证都留着。\n"
            "发「设备检查」逐台点一下，都有了就算交了。"
        )


def hand_in_now(tx: Transaction, person: int, bureau: Bureau, now: datetime) -> Task:
    """「发完了」 typed: of the task that evidence is awaited for. Raises Refused for none."""
    wanted = awaited.of(tx, person, now)
    if wanted is None or wanted.what != GIVING:
        raise Refused("现在没有在等佐证。要交哪一件，发「我的台账」点「交佐证」。")
    return hand_in(tx, person, wanted.subject, bureau, now)


def check_of(bureau: Bureau, task: Task) -> str:
    """Who must look at its evidence: "none", a "second" person, or the "leader" after him."""
    one = bureau.obligation(task.code)
    return one.check if one is not None else "leader" if task.code is None else "second"


def take_back(tx: Transaction, person: int, task: int, now: datetime) -> Task:
    """「撤回佐证」: it is in his hands again, the evidence with it, to be added to or dropped."""
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    return move(
        tx, found, "take_back", who, now, given_at=None, given_by=None, checker=None
    )  # fmt: skip


def drop(tx: Transaction, person: int, task: int, now: datetime) -> int:
    """「都不要」: what was sent and is not handed in yet is no evidence; how much it was."""
    who, found = require(tx, person, Right.REPORT), known(tx, task)
    if found.state not in OWING:
        raise TooLate("佐证已经交上去了。要改请先点「撤回佐证」。")
    allow(tx, "hand_in", who, found)
    held = evidence.of_task(tx, found.id, turn_of(found))
    if not held:
        return 0
    for one in held:
        evidence.set_state(tx, one.id, DROPPED)
    detail = {"dropped": [one.id for one in held]}
    journal.write(tx, now, who.id, "task_evidence_drop", f"task/{found.number}", detail)
    owe_cards(tx, found.id, now)
    return len(held)


def settled(tx: Transaction, part: int, now: datetime) -> bool:
    """A file came, or never will: its checker is asked now; whether a card is owed for it.

    Where nothing usable is left of what was handed in, it is the owner's again, who hears of it.
    """
    found = evidence.of_part(tx, part)
    if found is None:
        return False
    task = tasks.by_id(tx, found.task)
    if task is None or task.void or found.state != KEPT:
        return False
    owe_cards(tx, task.id, now)
    if found.file == parts.UNAVAILABLE and task.state in (*OWING, TaskState.HANDED_IN):
        key = f"task_told:{task.id}:lost:{part}"
        tell(tx, found.person, "task_told", task.id, now, {"what": "lost"}, key=key)
    if task.state is not TaskState.HANDED_IN:
        return True
    held = evidence.of_task(tx, task.id, turn_of(task))
    if all(one.file == parts.UNAVAILABLE for one in held):
        move(tx, task, "take_back", None, now, given_at=None, given_by=None, checker=None)
        return True
    return tell_checker(tx, task, now)
