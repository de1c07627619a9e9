"""The problem loop as one table: who may move a problem from where to where, and what that takes.

发现 → 推送 → 响应 → 处置 → 反馈 → 核查 → 销号 (domain.md 2.2): found, handed over, taken, handled,
closed. Deeds, cards, docs/loop.md and the tests read this table; nobody moves a problem past it.
Knows no store, no card and no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a problem is; `FOUND` lies with whoever found it, or waits for a leader's word."""

    FOUND = "found"
    HANDED = "handed"
    TAKEN = "taken"
    HANDLED = "handled"
    CLOSED = "closed"


STAGE_NAMES: dict[Stage, str] = {
    Stage.FOUND: "待处置",
    Stage.HANDED: "待签收",
    Stage.TAKEN: "处置中",
    Stage.HANDLED: "待复核",
    Stage.CLOSED: "已办结",
}


class Outcome(StrEnum):
    """What came of a problem; while it is handled it is what the handler says came of it."""

    RECTIFIED = "rectified"
    UNABLE = "unable"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    VOID = "void"


OUTCOME_NAMES: dict[Outcome, str] = {
    Outcome.RECTIFIED: "已整改",
    Outcome.UNABLE: "无法处置",
    Outcome.NOT_OURS: "不属本局",
    Outcome.DUPLICATE: "重复",
    Outcome.VOID: "作废",
}


class Part(StrEnum):
    """What somebody is in the matter; one person may be several of these.

    A mate 同组 is of the squad or department that it lies with, a leader leads that squad or stands
    above all, and the house is what the bot does by itself (somebody left, a clock ran out).
    """

    FINDER = "finder"
    HANDLER = "handler"
    MATE = "mate"
    REVIEWER = "reviewer"
    LEADER = "leader"
    HOUSE = "house"


PART_NAMES: dict[Part, str] = {
    Part.FINDER: "发现人",
    Part.HANDLER: "经办人",
    Part.MATE: "同组的人",
    Part.REVIEWER: "复核人",
    Part.LEADER: "领导",
    Part.HOUSE: "系统",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One row: from where to where, by whom, with which outcome.

    `reason` must be given with it. `other` is nobody's who handled it: nobody reviews his own work.
    `was` is the outcome that a closed problem must have.
    """

    name: str
    start: Stage
    end: Stage
    by: frozenset[Part]
    outcome: Outcome | None = None
    reason: bool = False
    other: bool = False
    was: frozenset[Outcome] = frozenset()


def _move(
    name: str, starts: str, end: Stage, by: Iterable[Part], outcome: Outcome | None = None, *,
    reason: bool = False, other: bool = False, was: Iterable[Outcome] = (),
) -> tuple[Move, ...]:  # fmt: skip
    parts = frozenset(by)
    return tuple(
        Move(name, Stage(start), end, parts, outcome, reason, other, frozenset(was))
        for start in starts.split()
    )


_F, _H, _M, _R, _L, _A = (
    Part.FINDER, Part.HANDLER, Part.MATE, Part.REVIEWER, Part.LEADER, Part.HOUSE
)  # fmt: skip
_UNDER_WAY = "found handed taken"
SETTLED = (Outcome.RECTIFIED, Outcome.UNABLE, Outcome.NOT_OURS)
"""What a closed problem came to; only a leader undoes it."""

MOVES: tuple[Move, ...] = (
    *_move("take", "found", Stage.TAKEN, (_F, _M, _L)),
    *_move("take", "handed", Stage.TAKEN, (_H, _M)),
    *_move("hand", "found", Stage.HANDED, (_F, _L, _A)),
    *_move("hand", "handed", Stage.HANDED, (_L, _A)),
    *_move("hand", "taken", Stage.HANDED, (_H, _L, _A)),
    *_move("decline", "handed taken", Stage.FOUND, (_H,)),
    *_move("handle", "found", Stage.HANDLED, (_F, _M, _L), Outcome.RECTIFIED),
    *_move("handle", "handed taken", Stage.HANDLED, (_H, _M), Outcome.RECTIFIED),
    *_move("give_up", "found", Stage.HANDLED, (_F, _L), Outcome.UNABLE, reason=True),
    *_move("give_up", "handed taken", Stage.HANDLED, (_H,), Outcome.UNABLE, reason=True),
    *_move("undo", "handled", Stage.TAKEN, (_H,)),
    *_move("approve", "handled", Stage.CLOSED, (_R, _L), other=True),
    *_move("send_back", "handled", Stage.TAKEN, (_R, _L), reason=True, other=True),
    *_move("pass_on", "handled", Stage.HANDLED, (_R, _L, _A)),
    *_move("disown", _UNDER_WAY, Stage.CLOSED, (_L,), Outcome.NOT_OURS, reason=True, other=True),
    *_move("merge", _UNDER_WAY, Stage.CLOSED, (_F, _H, _L), Outcome.DUPLICATE),
    *_move("part", "closed", Stage.FOUND, (_F, _H, _L), was=(Outcome.DUPLICATE,)),
    *_move("void", _UNDER_WAY, Stage.CLOSED, (_F, _L, _A), Outcome.VOID),
    *_move("void", "handled", Stage.CLOSED, (_F, _L, _A), Outcome.VOID),
    *_move("void", "closed", Stage.CLOSED, (_L, _A), Outcome.VOID, was=SETTLED),
    *_move("restore", "closed", Stage.FOUND, (_F, _L, _A), was=(Outcome.VOID,)),
    *_move("rethink", "closed", Stage.HANDLED, (_R,), other=True,
           was=(Outcome.RECTIFIED, Outcome.UNABLE)),
    *_move("reopen", "closed", Stage.TAKEN, (_L,), reason=True, was=SETTLED),
)  # fmt: skip
"""Every lawful move; what is not here does not happen."""

MOVE_NAMES: dict[str, str] = {
    "find": "发现", "take": "我来办", "hand": "转交", "decline": "不归我", "handle": "处置了",
    "give_up": "办不了", "undo": "收回处置", "approve": "办结", "send_back": "退回",
    "pass_on": "换人复核", "disown": "不属本局", "merge": "并到一起", "part": "单独记",
    "void": "作废", "restore": "恢复", "rethink": "改主意", "reopen": "返工",
}  # fmt: skip

_ROWS: dict[tuple[str, Stage], Move] = {(move.name, move.start): move for move in MOVES}
assert len(_ROWS) == len(MOVES), "a move of one name leaves a stage by one row only"


@dataclass(frozen=True, slots=True)
class Standing:
    """A problem as far as the table asks: where it is, and who is who in it, by person's id.

    `groups` are the squads and departments it lies with: the finder's squad while it is found,
    what it was handed to while it is handed or taken. `reviewer` of a closed one is who closed it.
    """

    stage: Stage
    outcome: Outcome | None
    finder: int
    handler: int | None
    reviewer: int | None
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whoever moves it: his squad and department, and the squads he leads; None leads them all.

    A leader without a squad leads what is of none.
    """

    id: int
    groups: frozenset[str] = frozenset()
    leads: frozenset[str | None] | None = frozenset()


def parts_of(who: Somebody, standing: Standing, squad: str | None) -> frozenset[Part]:
    """What the person is in the matter; `squad` is the one whose problem it is."""
    found = set()
    if who.id == standing.finder:
        found.add(Part.FINDER)
    if who.id == standing.handler:
        found.add(Part.HANDLER)
    if who.id == standing.reviewer:
        found.add(Part.REVIEWER)
    # What is in somebody's hands is his: another can't handle it beside him unknowingly.
    if standing.handler is None and who.groups & standing.groups:
        found.add(Part.MATE)
    if who.leads is None or who.leads & {squad, *standing.groups}:
        found.add(Part.LEADER)
    return frozenset(found)


def row(name: str, stage: Stage) -> Move | None:
    """The move of that name from that stage, or None where there is none."""
    return _ROWS.get((name, stage))


def objection(
    name: str, standing: Standing, parts: Collection[Part], who: int | None,
    reason: str | None = None,
) -> str | None:  # fmt: skip
    """Why the move can't be made now, or None: "stage", "part", "own" or "reason".

    `who` is None for the house.
    """
    move = _ROWS.get((name, standing.stage))
    if move is None or (move.was and standing.outcome not in move.was):
        return "stage"
    if move.other and who is not None and who == standing.handler:
        return "own"
    if move.by.isdisjoint(parts):
        return "part"
    if move.reason and not (reason or "").strip():
        return "reason"
    return None


def after(name: str, stage: Stage, outcome: Outcome | None) -> tuple[Stage, Outcome | None]:
    """Where the problem is after a lawful move, and with which outcome. Raises KeyError for none.

    What the handler says came of it stands until it is closed or sent back.
    """
    move = _ROWS[name, stage]
    if move.outcome is not None:
        return move.end, move.outcome
    return move.end, outcome if move.end in (Stage.HANDLED, Stage.CLOSED) else None


def replay(names: Iterable[str]) -> tuple[Stage, Outcome | None]:
    """Where a problem is after these moves, the first of which is "find". Raises KeyError."""
    stage, outcome = Stage.FOUND, None
    for name in names:
        if name != "find":
            stage, outcome = after(name, stage, outcome)
    return stage, outcome


def find_state(stage: Stage, outcome: Outcome | None) -> str:
    """What the problem's finds are in the figures: open, closed, unsolved or gone.

    Handled counts as settled before its review, as words such as 已劝离 always did; what is sent
    back is open again (docs/decisions/0012). Duplicate and void ones are no problems of their own.
    """
    if stage not in (Stage.HANDLED, Stage.CLOSED):
        return "open"
    return _FIND_STATES[outcome] if outcome is not None else "closed"


_FIND_STATES = {
    Outcome.RECTIFIED: "closed", Outcome.UNABLE: "unsolved", Outcome.NOT_OURS: "unsolved",
    Outcome.DUPLICATE: "gone", Outcome.VOID: "gone",
}  # fmt: skip
