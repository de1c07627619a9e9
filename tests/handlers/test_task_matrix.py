"""Every button of a task, pressed by everybody in every state, through the chat.

What may succeed is written down here by hand; nothing else does, and what is refused moves nothing.
Nobody who owns a task or gave its evidence is in any of the lists that check or sign off.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from bot.rules.ledger import TaskState
from bot.rules.records import Role
from bot.words.card import press
from storage import evidence, journal, people, task_people, tasks
from storage.schema import Transaction
from tests.house import Stage as House

S = TaskState
PEOPLE: dict[str, tuple[set[Role], str | None, str | None]] = {
    "张建国": ({Role.OFFICER}, "一中队", None), "孙涛": ({Role.LEADER}, "一中队", None),
    "王志强": ({Role.OWNER}, None, "设备科"), "陈帮": ({Role.OWNER}, None, "设备科"),
    "赵敏": ({Role.OWNER}, None, "设备科"), "周凯": ({Role.OWNER}, None, "市容科"),
    "李主任": ({Role.SUPERVISOR}, None, None), "钱局": ({Role.SUPERVISOR}, None, None),
    "吴科": ({Role.LEADER}, None, "设备科"), "王芳": ({Role.ADMIN}, None, None),
    "两职": ({Role.OWNER, Role.SUPERVISOR}, None, "设备科"),
}  # fmt: skip
OWNER, HELPER, CHECKER, LEADER = "王志强", "陈帮", "赵敏", "吴科"
ABOVE = {"李主任", "钱局"}
"""两职 stands above all as well, but owns the task together with 王志强: he signs nothing off."""

OWNERS = {OWNER, HELPER, "两职"}
BUTTONS = {
    "hand_in": "lf", "take_back": "lb", "approve": "lk", "send_back": "lt", "pass_on": "lp",
    "sign_off": "ls", "meet": "ls", "refuse": "lh", "rethink": "lc", "reopen": "lo",
    "rebound": "lw", "start": "lg",
}  # fmt: skip
GIVES = {"start": OWNERS, "hand_in": OWNERS}
MAY: dict[tuple[TaskState, bool], dict[str, set[str]]] = {
    (S.NOT_STARTED, False): GIVES, (S.REOPENED, False): GIVES,
    (S.UNDER_WAY, False): {"hand_in": OWNERS},
    (S.HANDED_IN, False): {
        "take_back": OWNERS, "approve": {CHECKER}, "send_back": {CHECKER, LEADER, *ABOVE},
        "pass_on": {CHECKER, LEADER, *ABOVE},
    },
    (S.CHECKED, False): {"sign_off": {LEADER, *ABOVE}, "refuse": {LEADER, *ABOVE}},
    (S.CHECKED, True): {"meet": {LEADER, *ABOVE}, "refuse": {LEADER, *ABOVE}},
    (S.SIGNED_OFF, False): {
        "rethink": {LEADER}, "reopen": {LEADER, "两职", *ABOVE},
        "rebound": {CHECKER, LEADER, *ABOVE},
    },
    (S.LASTING, True): {
        "hand_in": OWNERS, "rethink": {LEADER}, "reopen": {LEADER, "两职", *ABOVE},
    },
}  # fmt: skip
"""Who may do what; only who signed it off rethinks."""


def given(
    tx: Transaction, state: TaskState, long_term: bool, who: dict[str, int], now: datetime
) -> int:
    """A task of 王志强's, 陈帮's and 两职's in this state, with evidence."""
    checked = state in (S.CHECKED, S.SIGNED_OFF, S.LASTING)
    signed = state in (S.SIGNED_OFF, S.LASTING)
    asked = checked or state is S.HANDED_IN
    values: dict[str, Any] = {
        "given_at": now if asked else None, "given_by": who[OWNER] if asked else None,
        "checker": who[CHECKER] if asked else None, "checked_at": now if checked else None,
        "signed_by": who[LEADER] if signed else None, "signed_at": now if signed else None,
        "met": 1 if state is S.LASTING else 0,
        "look_on": now.date() if state is S.SIGNED_OFF else None,
    }  # fmt: skip
    made = tasks.add(
        tx, tasks.next_number(tx), now, title="更换 2 路监控", state=state, long_term=long_term,
        department="设备科", due=date(2025, 12, 31), **values,
    )  # fmt: skip
    for part, names in (("owner", (OWNER, "两职")), ("helper", (HELPER,)), ("leader", (LEADER,))):
        task_people.name(tx, made, part, [(name, who[name]) for name in names])
    evidence.add(
        tx, task=made, turn=values["met"], person=who[HELPER], at=now, kind="text",
        words="换好了，在线", part=None, state=evidence.KEPT,
    )  # fmt: skip
    return made


@pytest.mark.parametrize(("at", "long_term"), list(MAY), ids=lambda one: str(one))
async def test_every_button_in_every_state_by_everybody(
    stage: House, at: TaskState, long_term: bool
) -> None:
    for name, (roles, squad, _) in PEOPLE.items():
        await stage.join(name, roles, squad)
    await stage.says("外人", "你好")
    await stage.settle()
    assert stage.house is not None
    now = stage.clock.now()

    def ids(tx: Transaction) -> dict[str, int]:
        found = {person.name: person.id for person in people.everyone(tx)}
        for name, (_, _, department) in PEOPLE.items():
            people.change(tx, found[name], department=department)
        return found

    who = await stage.house.database.write(ids)
    cells: dict[int, tuple[str, str]] = {}

    def lay_out(tx: Transaction) -> None:
        for move in BUTTONS:
            for name in (*PEOPLE, "外人"):
                cells[given(tx, at, long_term, who, now)] = (move, name)

    await stage.house.database.write(lay_out)
    for name in PEOPLE:
        await stage.says(name, "帮助")
    await stage.settle()
    own = {name: max(stage.fake.world.chats[stage.user(name)].messages) for name in stage.people}
    for task, (move, name) in cells.items():
        arg = "1" if BUTTONS[move] in ("lt", "lh", "lo", "lw") else ""
        await stage.presses_forged(name, own[name], press(BUTTONS[move], task, 1, arg))
    await stage.settle(90)

    def moved(tx: Transaction) -> dict[str, set[str]]:
        numbers = {f"task/{one.number}": one.id for one in tasks.everything(tx, None)}
        made: dict[str, set[str]] = {}
        for line in journal.lines(tx):
            name = line.deed.removeprefix("task_")
            if name in BUTTONS and line.deed != name:
                pressed, by = cells[numbers[line.subject]]
                assert who[by] == line.person
                assert BUTTONS[pressed] == BUTTONS[name]
                made.setdefault(name, set()).add(by)
        return made

    assert await stage.house.database.read(moved) == MAY[at, long_term]
    assert stage.objections() == []
