"""The ledger as one table: who may move a rectification task from where to where (对账销号).

Owner hands in evidence → a second person checks it → the leader signs it off (domain.md 1.1, rows
20, 36-41). A long-term task is never signed off: each stage of it is met (本阶段达标), and it goes
on. Deeds, cards, docs/ledger.md and the tests read this table. Knows no store, card or clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class TaskState(StrEnum):
    """Where a task is."""

    NOT_STARTED = "not_started"
    UNDER_WAY = "under_way"
    HANDED_IN = "handed_in"
    CHECKED = "checked"
    SIGNED_OFF = "signed_off"
    LASTING = "lasting"
    REOPENED = "reopened"


STATE_NAMES: dict[TaskState, str] = {
    TaskState.NOT_STARTED: "未开始",
    TaskState.UNDER_WAY: "在办",
    TaskState.HANDED_IN: "佐证已交",
    TaskState.CHECKED: "复核通过",
    TaskState.SIGNED_OFF: "已销号",
    TaskState.LASTING: "长期坚持",
    TaskState.REOPENED: "已重开",
}

OWING: tuple[TaskState, ...] = (
    TaskState.NOT_STARTED, TaskState.UNDER_WAY, TaskState.REOPENED, TaskState.LASTING,
)  # fmt: skip
"""The states in which its owner has something to do, by its due day; only then is it overdue."""

CLOSED: tuple[TaskState, ...] = (TaskState.SIGNED_OFF,)
"""The states in which nobody has anything to do but to look back."""


class TaskPart(StrEnum):
    """What somebody is in the matter; one person may be several of these.

    An owner is named 责任人 (or helps him, or is of the department where no owner is known), a
    leader is its 责任领导 or stands above all, and the house is what the bot does by itself: it
    settles a run of an obligation that wants no leader's word.
    """

    OWNER = "owner"
    CHECKER = "checker"
    LEADER = "leader"
    HOUSE = "house"


TASK_PART_NAMES: dict[TaskPart, str] = {
    TaskPart.OWNER: "责任人",
    TaskPart.CHECKER: "复核人",
    TaskPart.LEADER: "责任领导",
    TaskPart.HOUSE: "系统",
}


@dataclass(frozen=True, slots=True)
class TaskMove:
    """One row: from where to where, by whom.

    `reason` must be given with it. `other` is for nobody who is its owner or gave evidence, `third`
    not for whoever checked it either: a sign-off is seen by three. `long_term` tells of which
    tasks it is, None of both.
    """

    name: str
    start: TaskState
    end: TaskState
    by: frozenset[TaskPart]
    reason: bool = False
    other: bool = False
    third: bool = False
    long_term: bool | None = None


def _move(
    name: str, starts: str, end: TaskState, by: Iterable[TaskPart], *, reason: bool = False,
    other: bool = False, third: bool = False, long_term: bool | None = None,
) -> tuple[TaskMove, ...]:  # fmt: skip
    parts = frozenset(by)
    return tuple(
        TaskMove(name, TaskState(start), end, parts, reason, other, third, long_term)
        for start in starts.split()
    )


_O, _C, _L, _A = TaskPart.OWNER, TaskPart.CHECKER, TaskPart.LEADER, TaskPart.HOUSE
_S = TaskState
_OWED = "not_started under_way reopened lasting"

MOVES: tuple[TaskMove, ...] = (
    *_move("start", "not_started reopened", _S.UNDER_WAY, (_O, _A)),
    *_move("hand_in", _OWED, _S.HANDED_IN, (_O,)),
    *_move("take_back", "handed_in", _S.UNDER_WAY, (_O, _A)),
    *_move("approve", "handed_in", _S.CHECKED, (_C,), other=True),
    *_move("send_back", "handed_in", _S.UNDER_WAY, (_C, _L), reason=True, other=True),
    *_move("pass_on", "handed_in", _S.HANDED_IN, (_C, _L, _A), other=True),
    *_move("sign_off", "checked", _S.SIGNED_OFF, (_L,), other=True, third=True, long_term=False),
    *_move("meet", "checked", _S.LASTING, (_L,), other=True, third=True, long_term=True),
    *_move("settle", "handed_in checked", _S.SIGNED_OFF, (_A,), long_term=False),
    *_move("refuse", "checked", _S.UNDER_WAY, (_L,), reason=True, other=True),
    *_move("rethink", "signed_off", _S.CHECKED, (_L,), other=True, third=True, long_term=False),
    *_move("rethink", "lasting", _S.CHECKED, (_L,), other=True, third=True, long_term=True),
    *_move("reopen", "signed_off lasting", _S.REOPENED, (_L,), reason=True),
    *_move("rebound", "signed_off", _S.REOPENED, (_C, _L), reason=True),
)  # fmt: skip
"""Every lawful move; what is not here does not happen."""

MOVE_NAMES: dict[str, str] = {
    "load": "导入", "start": "开始办", "hand_in": "交佐证", "take_back": "撤回佐证",
    "approve": "够了，报销号", "send_back": "不够，退回", "pass_on": "换人复核",
    "sign_off": "同意销号", "settle": "办完", "meet": "本阶段达标", "refuse": "退回",
    "rethink": "改主意", "reopen": "重开", "rebound": "回头看没过",
}  # fmt: skip

_ROWS: dict[tuple[str, TaskState], TaskMove] = {(move.name, move.start): move for move in MOVES}
assert len(_ROWS) == len(MOVES), "a move of one name leaves a state by one row only"


@dataclass(frozen=True, slots=True)
class Whose:
    """Who is who in a task, by person's id; `givers` gave evidence since it was last sent back.

    `department` has it where no owner is known by person: then whoever of it gave nothing may
    check what a colleague gave.
    """

    owners: frozenset[int]
    leaders: frozenset[int]
    checker: int | None
    givers: frozenset[int]
    department: str | None


def parts_of(person: int, department: str | None, above: bool, whose: Whose) -> frozenset[TaskPart]:
    """What the person is in the matter; `above` says that he stands above all (分管领导)."""
    found = set()
    mate = not whose.owners and department is not None and department == whose.department
    if person in whose.owners or mate:
        found.add(TaskPart.OWNER)
    if person == whose.checker:
        found.add(TaskPart.CHECKER)
    if above or person in whose.leaders:
        found.add(TaskPart.LEADER)
    return frozenset(found)


def row(name: str, state: TaskState) -> TaskMove | None:
    """The move of that name from that state, or None where there is none."""
    return _ROWS.get((name, state))


def objection(
    name: str, state: TaskState, long_term: bool, parts: Collection[TaskPart], person: int | None,
    whose: Whose, reason: str | None = None,
) -> str | None:  # fmt: skip
    """Why the move can't be made now, or None: "state", "own", "checked", "part" or "reason".

    `person` is None for the house.
    """
    move = _ROWS.get((name, state))
    if move is None or move.long_term not in (None, long_term):
        return "state"
    if move.other and person in whose.owners | whose.givers:
        return "own"
    if move.third and person is not None and person == whose.checker:
        return "checked"
    if move.by.isdisjoint(parts):
        return "part"
    if move.reason and not (reason or "").strip():
        return "reason"
    return None


def after(name: str, state: TaskState) -> TaskState:
    """Where the task is after a lawful move. Raises KeyError for none."""
    return _ROWS[name, state].end


def replay(first: TaskState, names: Iterable[str]) -> TaskState:
    """Where a task that was loaded in `first` is after these moves. Raises KeyError."""
    state = first
    for name in names:
        state = after(name, state)
    return state


def is_done(state: TaskState, long_term: bool, met: int) -> bool:
    """Whether the task counts as 已整改完成: signed off, or long-term with a stage that was met.

    Such a one stays done while the next stage is under way (「取得阶段性成效并长期坚持」), until
    it is reopened: what was met before counts no more.
    """
    if long_term:
        return met > 0 and state is not TaskState.REOPENED
    return state is TaskState.SIGNED_OFF
