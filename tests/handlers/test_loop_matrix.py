"""Every button of the problem loop, pressed by everybody at every stage, through the chat.

What may succeed is written down here by hand; nothing else does, and what is refused moves nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.rules.loop import Outcome, Stage
from bot.rules.records import Role
from bot.words.card import press
from storage import journal, people, problems
from storage.schema import Transaction
from tests.house import Stage as House

PEOPLE: dict[str, tuple[set[Role], str | None]] = {
    "张建国": ({Role.OFFICER}, "一中队"), "李红梅": ({Role.OFFICER}, "一中队"),
    "赵大勇": ({Role.OFFICER}, "二中队"), "孙涛": ({Role.LEADER}, "一中队"),
    "周平": ({Role.LEADER}, "二中队"), "李主任": ({Role.SUPERVISOR}, None),
    "王志强": ({Role.OWNER}, None), "王芳": ({Role.ADMIN}, None),
}  # fmt: skip
FINDER, MATE, HEADS, HANDLER, REVIEWER = "张建国", "李红梅", ("孙涛", "李主任"), "王志强", "李红梅"

BUTTONS = {
    "take": "zm", "handle": "zk", "hand": "zo", "decline": "zd", "give_up": "zv", "undo": "zi",
    "approve": "zy", "send_back": "zx", "pass_on": "zp", "disown": "zl", "rethink": "zc",
    "reopen": "zj",
}  # fmt: skip
MAY: dict[Stage, dict[str, set[str]]] = {
    Stage.FOUND: {
        "take": {FINDER, MATE, *HEADS}, "handle": {FINDER, MATE, *HEADS},
        "hand": {FINDER, *HEADS}, "give_up": {FINDER, *HEADS}, "disown": {*HEADS},
    },
    Stage.HANDED: {
        "take": {HANDLER}, "handle": {HANDLER}, "hand": {*HEADS}, "decline": {HANDLER},
        "give_up": {HANDLER}, "disown": {*HEADS},
    },
    Stage.TAKEN: {
        "handle": {HANDLER}, "hand": {HANDLER, *HEADS}, "decline": {HANDLER},
        "give_up": {HANDLER}, "disown": {*HEADS},
    },
    Stage.HANDLED: {
        "undo": {HANDLER}, "approve": {REVIEWER, *HEADS}, "send_back": {REVIEWER, *HEADS},
        "pass_on": {REVIEWER},
    },
    Stage.CLOSED: {"rethink": {REVIEWER}, "reopen": {*HEADS}},
}  # fmt: skip
"""Who may do what at which stage; but of a found one 王志强 is the handler."""


def given(tx: Transaction, stage: Stage, number: int, who: dict[str, int], now: datetime) -> int:
    """A problem of 张建国's at this stage."""
    later = stage is not Stage.FOUND
    done = stage in (Stage.HANDLED, Stage.CLOSED)
    values: dict[str, Any] = {
        "handler": who[HANDLER] if later else None, "handed_at": now if later else None,
        "taken_at": now if later else None, "handled_at": now if done else None,
        "outcome": Outcome.RECTIFIED if done else None, "reviewer": who[REVIEWER] if done else None,
        "closed_at": now if stage is Stage.CLOSED else None,
    }  # fmt: skip
    return problems.add(
        tx, number=f"W-{stage}-{number}", stage=stage, report=0, position=0, source="patrol",
        spot="songjiang", spot_text=None, category="zhandao", quantity=None,
        person=who[FINDER], squad="一中队", found_at=now, **values,
    )  # fmt: skip


@pytest.mark.parametrize("at", list(Stage))
async def test_every_button_at_every_stage_by_everybody(stage: House, at: Stage) -> None:
    who: dict[str, int] = {}
    for name, (roles, squad) in PEOPLE.items():
        await stage.join(name, roles, squad)
    await stage.says("外人", "你好")
    await stage.settle()
    assert stage.house is not None
    now = stage.clock.now()

    def ids(tx: Transaction) -> dict[str, int]:
        return {person.name: person.id for person in people.everyone(tx)}

    who = await stage.house.database.read(ids)
    cells: dict[int, tuple[str, str]] = {}

    def lay_out(tx: Transaction) -> None:
        for move in BUTTONS:
            for name in (*PEOPLE, "外人"):
                cells[given(tx, at, len(cells), who, now)] = (move, name)

    await stage.house.database.write(lay_out)
    for name in PEOPLE:
        await stage.says(name, "帮助")
    await stage.settle()
    own = {name: max(stage.fake.world.chats[stage.user(name)].messages) for name in stage.people}
    for problem, (move, name) in cells.items():
        arg = {"hand": f"p{who[MATE]}", "give_up": "0", "send_back": "0", "disown": "0",
               "reopen": "0"}.get(move, "")  # fmt: skip
        await stage.presses_forged(name, own[name], press(BUTTONS[move], problem, 1, arg))
    await stage.settle(60)

    def moved(tx: Transaction) -> dict[str, set[str]]:
        rows = tx.execute(select(problems.c.number, problems.c.id)).all()
        numbers: dict[str, int] = {row.number: row.id for row in rows}
        made: dict[str, set[str]] = {}
        for line in journal.lines(tx):
            name = line.deed.removeprefix("problem_")
            if name in BUTTONS and line.deed != name:
                pressed, by = cells[numbers[line.subject]]
                assert (pressed, who[by]) == (name, line.person)
                made.setdefault(name, set()).add(by)
        return made

    assert await stage.house.database.read(moved) == MAY[at]
    assert stage.objections() == []
