"""The month's device check: the list of devices, a result of each, handed in when all have one.

A device that is broken is a problem of its own, reported as any. Knows no chat library and no
sentence but refusals.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.actions import task_evidence
from bot.actions.ledger import allow, may_move, move, owners, turn_of
from bot.actions.obligation_runs import all_standing, run_of
from bot.actions.people import require
from bot.actions.readings import Reader
from bot.actions.reports import Message, add_part, begin_report
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.checklists import category_of
from bot.rules.ledger import OWING, TaskState
from bot.rules.records import Bureau, Find, Reading
from bot.rules.rights import Right
from storage import (
    awaited,
    devices,
    evidence,
    journal,
    obligations,
    outbox,
    parts,
    people,
    reports,
    task_people,
)
from storage.awaited import Awaited
from storage.devices import BROKEN, FINE, Device, Found
from storage.obligations import Run
from storage.people import Person
from storage.reports import Report
from storage.schema import Transaction
from storage.task_people import OWNER
from storage.tasks import Task

WAIT = timedelta(minutes=30)
DEVICE = "device"
"""What is awaited after a device was tapped: words or a photo of what is wrong with it."""

LONGEST = 20


# ---- the list ----


def follow(tx: Transaction, bureau: Bureau) -> None:
    """The devices are those of the file, but for what admins said."""
    devices.follow(tx, [(one.name, one.spot) for one in bureau.devices])


def active(tx: Transaction, bureau: Bureau) -> list[Device]:
    """The devices that are checked, in order."""
    follow(tx, bureau)
    return [one for one in devices.everything(tx) if one.active]


def known(tx: Transaction, bureau: Bureau) -> list[Device]:
    """The same without noting anything: what a list that only reads shows."""
    held = {one.name: one for one in devices.everything(tx)}
    file = [
        Device(0, one.name, one.spot, active=True, by_hand=False)
        for one in bureau.devices if one.name not in held
    ]  # fmt: skip
    return [one for one in held.values() if one.active] + file


def add(
    tx: Transaction, person: int, name: str, spot: str | None, bureau: Bureau, now: datetime
) -> int:
    """「加设备」: it is checked from now on, also in the run that is under way; how many there are.

    Raises Refused for a name that is there, or too long to stand on a button.
    """
    who = require(tx, person, Right.OBLIGATIONS)
    wanted = name.strip()
    if not wanted or len(wanted) > LONGEST:
        raise Refused(f"设备名要 1 到 {LONGEST} 个字，没有加。比如：加设备 1号分类箱")
    if any(one.name == wanted for one in active(tx, bureau)):
        raise Refused(f"「{wanted}」已经在设备清单里了，没有再加。")
    devices.keep(tx, wanted, spot, active=True, by_hand=True)
    journal.write(tx, now, who.id, "device_add", f"device/{wanted}", {"spot": spot})
    _owe_open(tx, bureau, now)
    return len(active(tx, bureau))


def remove(tx: Transaction, person: int, name: str, bureau: Bureau, now: datetime) -> list[Task]:
    """「删设备」: it is checked no more; the runs that are whole without it and were handed in."""
    who = require(tx, person, Right.OBLIGATIONS)
    follow(tx, bureau)
    found = devices.named(tx, name.strip())
    if found is None or not found.active:
        raise NotFound(
            f"设备清单里没有「{name.strip()[:LONGEST]}」，什么也没改。发「设备清单」看有哪些。"
        )
    devices.keep(tx, found.name, found.spot, active=False, by_hand=True)
    journal.write(tx, now, who.id, "device_remove", f"device/{found.name}", {})
    done = []
    for run in _open_runs(tx, bureau):
        results = [one for one in devices.found_in(tx, run.task) if one.device != found.id]
        devices.forget(tx, run.task, found.id)
        if results and not devices.lacking(tx, run.task):
            last = people.by_id(tx, results[-1].person)
            # Who left, or has it no more, hands nothing in: whoever has it does.
            if may_move(tx, "hand_in", last, run_of(tx, run.task)[1]):
                done.append(_hand_in(tx, run.task, results[-1].person, bureau, now))
    _owe_open(tx, bureau, now)
    return done


def _open_runs(tx: Transaction, bureau: Bureau) -> list[Run]:
    codes = [one.code for one in bureau.obligations if one.devices]
    owing = obligations.owing(tx)
    return [run for code in codes for run in obligations.of_code(tx, code) if run.task in owing]


def _owe_open(tx: Transaction, bureau: Bureau, now: datetime) -> None:
    for run in _open_runs(tx, bureau):
        owe_cards(tx, run.task, now)


# ---- a run's results ----


def owe_cards(tx: Transaction, task: int, now: datetime) -> None:
    """The run's device cards are owed their present look."""
    outbox.owe_all_again(tx, ("devices",), task, now)


def open_card(
    tx: Transaction, person: int, task: int | None, line: str, chat: int, message: int,
    bureau: Bureau, now: datetime,
) -> None:  # fmt: skip
    """「设备检查」: the list of devices of the run, or of the one that is due first.

    Raises NotFound where there is none under way, or no device in the list.
    """
    who = require(tx, person, Right.REPORT)
    if task is None:
        runs = _open_runs(tx, bureau) or _runs_of(tx, bureau, now.astimezone(bureau.tz).date())
        if not runs:
            said = "没有在办的设备检查。" if _is_owed(tx, bureau) else "设备检查还没有定周期。"
            raise NotFound(f"{said}发「周期任务 设备」看什么时候要。")
        task = runs[0].task
    _, found = run_of(tx, task)
    if (
        found.state in OWING
        and not _is_nobodys(tx, found)
        and not may_move(tx, "hand_in", who, found)
    ):
        whose = "、".join(one.name for one in owners(tx, found)) or found.department or "责任人"
        raise NotAllowed(
            f"{found.title}是{whose}的，要本人来查，什么也没改。\n办到哪了可以问：这个月设备检测完成了吗"
        )
    if not active(tx, bureau):
        raise NotFound("设备清单还是空的。请管理员先加，比如：加设备 1号分类箱")
    obligations.change(tx, task, menu=None)
    key = f"devices:{task}:{line}:{chat}:{message}"
    outbox.owe(tx, line, chat, "devices", found.id, now, key=key)


def _runs_of(tx: Transaction, bureau: Bureau, today: date) -> list[Run]:
    codes = [one.code for one in bureau.obligations if one.devices]
    held = [run for code in codes for run in obligations.of_code(tx, code)]
    return [run for run in held if run.first <= today < run.until]


def _is_owed(tx: Transaction, bureau: Bureau) -> bool:
    return any(one.devices and one.per != "unset" for one in all_standing(tx, bureau))


def open_menu(tx: Transaction, person: int, task: int, menu: str | None, now: datetime) -> None:
    """The person's card shows this page of the list, or its plain face."""
    require(tx, person, Right.REPORT)
    run_of(tx, task)
    awaited.done(tx, person)
    obligations.change(tx, task, menu=menu and f"{menu}:{person}")
    owe_cards(tx, task, now)


def ask(tx: Transaction, person: int, task: int, device: int, now: datetime) -> None:
    """A device was tapped: the next words or photo tell what is wrong with it."""
    _may(tx, person, task)
    _device(tx, device)
    obligations.change(tx, task, menu=f"item:{device}:{person}")
    awaited.expect(tx, person, DEVICE, task, now + WAIT, {"device": device})
    owe_cards(tx, task, now)


def mark_fine(
    tx: Transaction, person: int, task: int, device: int, bureau: Bureau, now: datetime
) -> None:
    """「正常」: a report that was made of it stays what it is."""
    who, found = _begun(tx, person, task, now)
    one = _device(tx, device)
    _note(tx, who, found, one, FINE, "", None, now)
    _after(tx, who, found, bureau, now)


def all_fine(tx: Transaction, person: int, task: int, bureau: Bureau, now: datetime) -> None:
    """「全部正常」: so is every device that has no result yet, and the run is handed in."""
    who, found = _begun(tx, person, task, now)
    if not active(tx, bureau):
        raise Refused("设备清单还是空的，没有交。请管理员先加，比如：加设备 1号分类箱")
    for one in devices.lacking(tx, task):
        _note(tx, who, found, one, FINE, "", None, now)
    _after(tx, who, found, bureau, now)


def finding(
    tx: Transaction, officer: int, task: int, device: int, message: Message, read: Reader,
    bureau: Bureau, now: datetime,
) -> str | None:  # fmt: skip
    """The message tells what is wrong with the device: a report of its own; its number.

    None for a message that was taken before.
    """
    if parts.by_message(tx, message.line, message.chat, message.number) is not None:
        return None
    wanted = awaited.of(tx, officer, now)
    if wanted is not None and wanted.what == DEVICE and "report" in wanted.args:
        return _worded(tx, officer, task, device, wanted.args["report"], message, now)
    who, found = _begun(tx, officer, task, now)
    one = _device(tx, device)
    said = read(message.words, message.at) if message.words else Reading()
    first = said.items[0] if said.items else Find()
    spot = one.spot or first.spot
    find = Find(
        spot, category_of(bureau, said, read("设备损坏", message.at)), 1,
        first.action if first.action != "none" else "found",
        first.state if first.state != "none" else "open",
    )  # fmt: skip
    reading = replace(said, intent="problem", items=(find,), ask=(), at=None, obligation=None)
    words = message.words.strip()
    told = replace(message, words=f"{one.name}：{words}" if words else f"{one.name}坏了")
    number = begin_report(tx, who, told, reading, bureau, now)
    row = reports.by_number(tx, number)
    assert row is not None
    if spot is not None:
        reports.change(tx, row.id, change="place")
    _note(tx, who, found, one, BROKEN, words, row.id, now)
    _after(tx, who, found, bureau, now)
    if not words and not message.captions:
        soon = now + timedelta(seconds=bureau.limits.join_seconds)
        args = {"device": one.id, "report": row.id}
        awaited.expect(tx, who.id, DEVICE, task, soon, args)
    return number


def _worded(
    tx: Transaction, person: int, task: int, device: int, report: int, message: Message,
    now: datetime,
) -> str | None:  # fmt: skip
    """The words that follow the photo of a broken device, where they can't come with it."""
    (who, one), row = (require(tx, person, Right.REPORT), _device(tx, device)), _report(tx, report)
    words = message.words.strip()
    add_part(tx, row.id, message, now)
    reports.change(tx, row.id, text=f"{one.name}：{words}", last_part_at=message.at)
    journal.write(tx, now, who.id, "add", row.number, {"words": words, "file": None})
    outbox.owe_again(tx, "receipt", row.id, now)
    _note(tx, who, run_of(tx, task)[1], one, BROKEN, words, row.id, now)
    awaited.done(tx, who.id)
    owe_cards(tx, task, now)
    return row.number


def _report(tx: Transaction, report: int) -> Report:
    found = reports.by_id(tx, report)
    if found is None:
        raise NotFound
    return found


def takes(tx: Transaction, person: int, wanted: Awaited) -> bool:
    """Whether what the person sends can still tell what is wrong with the device."""
    if "report" in wanted.args:
        return True
    who, (run, found) = people.by_id(tx, person), run_of(tx, wanted.subject)
    return not run.exempt and (may_move(tx, "hand_in", who, found) or _is_nobodys(tx, found))


def _may(tx: Transaction, person: int, task: int) -> tuple[Person, Task]:
    """Whoever may hand the run in; where nobody has it, it is his who does it."""
    who, (run, found) = require(tx, person, Right.REPORT), run_of(tx, task)
    if run.exempt:
        raise TooLate(f"{found.title}免了，不用查。什么也没改。")
    if found.state not in OWING:
        raise TooLate(f"{found.title}已经交了，没有改。要改先撤回佐证。")
    take_on(tx, who, found)
    allow(tx, "hand_in", who, found)
    return who, found


def _is_nobodys(tx: Transaction, found: Task) -> bool:
    named = any(m.part == OWNER for m in task_people.named_in(tx, found.id))
    return not found.department and not named


def take_on(tx: Transaction, who: Person, found: Task) -> None:
    """A run that nobody has is his who says that he did it."""
    if _is_nobodys(tx, found):
        task_people.name(tx, found.id, OWNER, [(who.name, who.id)])


def _begun(tx: Transaction, person: int, task: int, now: datetime) -> tuple[Person, Task]:
    who, found = _may(tx, person, task)
    if found.state in (TaskState.NOT_STARTED, TaskState.REOPENED):
        found = move(tx, found, "start", who, now)
    return who, found


def _device(tx: Transaction, device: int) -> Device:
    found = next((one for one in devices.everything(tx) if one.id == device), None)
    if found is None or not found.active:
        raise NotFound("这台设备不在清单里了，什么也没改。")
    return found


def _note(
    tx: Transaction, who: Person, found: Task, one: Device, state: str, words: str,
    report: int | None, now: datetime,
) -> None:  # fmt: skip
    devices.answer(tx, found.id, one.id, state, words[:200], report, who.id, now)
    detail = {"device": one.name, "state": state}
    journal.write(tx, now, who.id, "device_result", f"task/{found.number}", detail)


def _after(tx: Transaction, who: Person, found: Task, bureau: Bureau, now: datetime) -> None:
    obligations.change(tx, found.id, menu=None)
    awaited.done(tx, who.id)
    if not devices.lacking(tx, found.id):
        _hand_in(tx, found.id, who.id, bureau, now)
    owe_cards(tx, found.id, now)


def _hand_in(tx: Transaction, task: int, person: int, bureau: Bureau, now: datetime) -> Task:
    """Every device has a result: the list is evidence, in the name of who gave the last one."""
    _, found = run_of(tx, task)
    names = {one.id: one.name for one in devices.everything(tx)}
    results = devices.found_in(tx, task)
    words = _told(results, names)
    evidence.add(
        tx, task=task, turn=turn_of(found), person=person, at=now, kind="text", words=words,
        part=None, state=evidence.KEPT,
    )  # fmt: skip
    return task_evidence.hand_in(tx, person, task, bureau, now)


def _told(results: list[Found], names: dict[int, str]) -> str:
    bad = [one for one in results if one.state == BROKEN]
    said = f"{len(results)} 台设备都查了，{len(results) - len(bad)} 台正常"
    told = "；".join(names[one.device] + (f"：{one.words}" if one.words else "坏了") for one in bad)
    return f"{said}，{len(bad)} 台坏了：{told}"[:1000] if bad else said
