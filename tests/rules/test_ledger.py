"""The ledger's table: drawn in docs/ledger.md, closed under its moves, and signed off by others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.ledger import (
    MOVE_NAMES,
    MOVES,
    OWING,
    STATE_NAMES,
    TASK_PART_NAMES,
    TaskMove,
    TaskPart,
    TaskState,
    Whose,
    after,
    is_done,
    objection,
    parts_of,
    replay,
)

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"
OWNER, CHECKER, LEADER, GIVER, STRANGER = 1, 2, 3, 4, 5


def drawn() -> str:
    """The picture and the table of docs/ledger.md, as the rules have them."""
    arrows: dict[tuple[TaskState, TaskState], list[str]] = {}
    for move in MOVES:
        arrows.setdefault((move.start, move.end), []).append(MOVE_NAMES[move.name])
    lines = ["```mermaid", "stateDiagram-v2"]
    lines.append(f"    [*] --> {TaskState.NOT_STARTED}: {MOVE_NAMES['load']}")
    lines += [f"    {state}: {name}" for state, name in STATE_NAMES.items()]
    for (start, end), names in arrows.items():
        lines.append(f"    {start} --> {end}: {'、'.join(dict.fromkeys(names))}")
    lines += [f"    {TaskState.SIGNED_OFF} --> [*]", "```", ""]
    lines += ["| move | from | to | who | |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *map(_line, MOVES)])


def _line(move: TaskMove) -> str:
    who = "、".join(TASK_PART_NAMES[part] for part in TaskPart if part in move.by)
    more = [
        word for word, holds in (
            ("原因必填", move.reason), ("责任人、交佐证的人不行", move.other),
            ("复核过的人不行", move.third), ("只有长期任务", move.long_term is True),
            ("长期任务没有", move.long_term is False),
        ) if holds
    ]  # fmt: skip
    start, end = STATE_NAMES[move.start], STATE_NAMES[move.end]
    return f"| {MOVE_NAMES[move.name]} | {start} | {end} | {who} | {'，'.join(more)} |"


def test_the_page_shows_the_table_as_it_is() -> None:
    assert drawn() in PAGE.read_text("utf-8")


def test_every_name_has_a_move_and_every_move_a_name() -> None:
    assert {move.name for move in MOVES} == set(MOVE_NAMES) - {"load"}
    assert set(STATE_NAMES) == set(TaskState)


WHOSE = Whose(frozenset({OWNER}), frozenset({LEADER}), CHECKER, frozenset({GIVER}), "设备科")


@given(
    state=st.sampled_from(TaskState), move=st.sampled_from(sorted(set(MOVE_NAMES) - {"load"})),
    person=st.integers(1, 5), long_term=st.booleans(), above=st.booleans(),
    owners=st.frozensets(st.integers(1, 5)), leaders=st.frozensets(st.integers(1, 5)),
    givers=st.frozensets(st.integers(1, 5)), checker=st.integers(1, 5) | st.none(),
)  # fmt: skip
def test_nobody_checks_or_signs_off_his_own(
    state: TaskState, move: str, person: int, long_term: bool, above: bool,
    owners: frozenset[int], leaders: frozenset[int], givers: frozenset[int], checker: int | None,
) -> None:  # fmt: skip
    whose = Whose(owners, leaders, checker, givers, "设备科")
    mine = parts_of(person, "设备科", above, whose)
    wrong = objection(move, state, long_term, mine, person, whose, "原因")
    if move in ("approve", "send_back", "sign_off", "meet", "refuse", "rethink"):
        assert wrong is not None or person not in owners | givers
    if move in ("sign_off", "meet"):
        assert wrong is not None or person != checker
    if wrong is None:
        assert after(move, state) in TaskState


@pytest.mark.parametrize(
    ("person", "above", "parts"),
    [
        (OWNER, False, {TaskPart.OWNER}), (CHECKER, False, {TaskPart.CHECKER}),
        (LEADER, False, {TaskPart.LEADER}), (STRANGER, True, {TaskPart.LEADER}),
        (STRANGER, False, set()),
    ],
)  # fmt: skip
def test_what_somebody_is(person: int, above: bool, parts: set[TaskPart]) -> None:
    assert parts_of(person, "设备科", above, WHOSE) == parts


def test_a_department_has_it_only_where_nobody_is_named() -> None:
    nobody = Whose(frozenset(), frozenset(), None, frozenset(), "设备科")
    assert parts_of(STRANGER, "设备科", False, nobody) == {TaskPart.OWNER}
    assert parts_of(STRANGER, "市容科", False, nobody) == set()
    assert parts_of(STRANGER, None, False, nobody) == set()


@pytest.mark.parametrize(
    ("state", "long_term", "met", "done"),
    [
        (TaskState.SIGNED_OFF, False, 0, True), (TaskState.CHECKED, False, 0, False),
        (TaskState.LASTING, True, 1, True), (TaskState.UNDER_WAY, True, 1, True),
        (TaskState.UNDER_WAY, True, 0, False), (TaskState.REOPENED, True, 3, False),
        (TaskState.REOPENED, False, 0, False),
    ],
)  # fmt: skip
def test_what_counts_as_done(state: TaskState, long_term: bool, met: int, done: bool) -> None:
    assert is_done(state, long_term, met) is done


def test_a_way_replays() -> None:
    names = ["start", "hand_in", "send_back", "hand_in", "approve", "sign_off", "rethink", "refuse"]
    assert replay(TaskState.NOT_STARTED, names) is TaskState.UNDER_WAY
    with pytest.raises(KeyError):
        replay(TaskState.NOT_STARTED, ["approve"])


def test_only_owing_tasks_can_be_handed_in() -> None:
    assert {move.start for move in MOVES if move.name == "hand_in"} == set(OWING)
