"""Somebody leaves, or hands his matters over: nothing of it is dropped; one deed each."""

from __future__ import annotations

from datetime import datetime

from bot.actions import heirs, task_heirs
from bot.actions.people import only, require, tell
from bot.errors import Refused
from bot.rules.records import Bureau, Role
from bot.rules.rights import Right
from storage import journal, people, reports
from storage.people import Person
from storage.schema import Transaction


def leave(
    tx: Transaction, by: int, name: str, successor: str | None, bureau: Bureau, now: datetime
) -> tuple[Person, Person | None, int]:
    """The person has left: nothing more is taken from or sent to him, his open matters go on.

    They go to the successor, or to the leader of the squad; the person, who took over, how many.
    Raises Refused when matters are open and nobody can take them.
    """
    require(tx, by, Right.PEOPLE)
    who = only(tx, name)
    if who.id == by:
        raise Refused("自己不能给自己办离开。请让另一位管理员来办。")
    heir = only(tx, successor) if successor else _leader_of(tx, who)
    if heir and not heir.active:
        raise Refused(f"{heir.name}现在停用了，接不了。什么也没改。")
    if heir is not None:
        _refuse_frozen(heir)
    waiting = len(reports.waiting_for(tx, who.id)) + heirs.count(tx, who.id)
    waiting += task_heirs.count(tx, who.id)
    if waiting and (heir is None or heir.id == who.id):
        raise Refused(
            f"{who.name}手上还有 {waiting} 件没办完，得有人接。请发：离开 {who.name} 交给 某某。"
        )
    moved = _pass_on(tx, who, heir, bureau, now) if heir else 0
    people.change(tx, who.id, state=people.LEFT)
    detail = {"successor": heir.id if heir else None, "matters": moved}
    journal.write(tx, now, by, "leave", f"person/{who.id}", detail)
    if heir and moved:
        tell(tx, heir.id, "handed", who.id, now, args={"from": who.name, "count": moved})
    return who, heir, moved


def hand_over(
    tx: Transaction, by: int, name: str, successor: str, bureau: Bureau, now: datetime
) -> tuple[Person, Person, int]:
    """What waits for one person waits for the other from now on; how many matters."""
    require(tx, by, Right.PEOPLE)
    who, heir = only(tx, name), only(tx, successor)
    _refuse_frozen(heir)
    moved = _pass_on(tx, who, heir, bureau, now)
    detail = {"successor": heir.id, "matters": moved}
    journal.write(tx, now, by, "hand_over", f"person/{who.id}", detail)
    if moved:
        tell(tx, heir.id, "handed", who.id, now, args={"from": who.name, "count": moved})
    return who, heir, moved


def _pass_on(tx: Transaction, who: Person, heir: Person, bureau: Bureau, now: datetime) -> int:
    """Reports that still lack something, problems, and tasks of the ledger; how many."""
    carried = heirs.hand_over(tx, who, heir, bureau, now) + task_heirs.hand_over(tx, who, heir, now)
    return reports.hand_over(tx, who.id, heir.id) + carried


def _refuse_frozen(heir: Person) -> None:
    if not heir.active:
        raise Refused(f"{heir.name}现在停用了，接不了。什么也没改。")


def _leader_of(tx: Transaction, who: Person) -> Person | None:
    leaders = [p for p in people.with_role(tx, Role.LEADER) if p.id != who.id]
    return next((p for p in leaders if p.squad == who.squad), next(iter(leaders), None))
