"""The problem loop's table: drawn in docs/loop.md, closed under its moves, and nobody reviews
his own work.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.loop import (
    MOVE_NAMES,
    MOVES,
    OUTCOME_NAMES,
    PART_NAMES,
    STAGE_NAMES,
    Move,
    Outcome,
    Part,
    Somebody,
    Stage,
    Standing,
    after,
    find_state,
    objection,
    parts_of,
    replay,
)

PAGE = Path(__file__).parents[2] / "docs" / "loop.md"
FINDER, HANDLER, REVIEWER, LEADER, STRANGER = 1, 2, 3, 4, 5


def drawn() -> str:
    """The picture and the table of docs/loop.md, as the rules have them."""
    arrows: dict[tuple[Stage, Stage], list[str]] = {}
    for move in MOVES:
        arrows.setdefault((move.start, move.end), []).append(MOVE_NAMES[move.name])
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Stage.FOUND}: {MOVE_NAMES['find']}"]
    lines += [f"    {stage}: {name}" for stage, name in STAGE_NAMES.items()]
    for (start, end), names in arrows.items():
        lines.append(f"    {start} --> {end}: {'、'.join(dict.fromkeys(names))}")
    lines += [f"    {Stage.CLOSED} --> [*]", "```", ""]
    lines += ["| move | from | to | who | outcome | |", "|---|---|---|---|---|---|"]
    for move in MOVES:
        lines.append(_line(move))
    return "\n".join(lines)


def _line(move: Move) -> str:
    who = "、".join(PART_NAMES[part] for part in Part if part in move.by)
    outcome = OUTCOME_NAMES[move.outcome] if move.outcome else ""
    more = [
        word for word, holds in (("原因必填", move.reason), ("经办人不行", move.other)) if holds
    ]
    if move.was:
        was = "、".join(OUTCOME_NAMES[one] for one in Outcome if one in move.was)
        more.append(f"原为{was}")
    ends = f"{STAGE_NAMES[move.start]} | {STAGE_NAMES[move.end]}"
    name = f"{MOVE_NAMES[move.name]} `{move.name}`"
    return f"| {name} | {ends} | {who} | {outcome} | {'，'.join(more)} |"


def test_the_page_shows_the_table_as_it_is() -> None:
    """Write what this prints into docs/loop.md where it differs."""
    page = PAGE.read_text("utf-8")
    assert drawn() in page, f"docs/loop.md must hold:\n{drawn()}"


def test_every_stage_but_the_first_is_reached_and_every_one_left() -> None:
    assert {move.end for move in MOVES} | {Stage.FOUND} == set(Stage)
    assert {move.start for move in MOVES} == set(Stage)
    assert set(MOVE_NAMES) == {move.name for move in MOVES} | {"find"}


@pytest.mark.parametrize("stage", list(Stage))
def test_from_everywhere_a_problem_can_still_be_closed(stage: Stage) -> None:
    reached, front = {stage}, [stage]
    while front:
        here = front.pop()
        for move in MOVES:
            if move.start is here and move.end not in reached:
                reached.add(move.end)
                front.append(move.end)
    assert Stage.CLOSED in reached


def standing(stage: Stage, outcome: Outcome | None = None) -> Standing:
    return Standing(stage, outcome, FINDER, HANDLER, REVIEWER, frozenset({"一中队"}))


@pytest.mark.parametrize("name", ["approve", "send_back", "rethink"])
def test_nobody_reviews_his_own_work(name: str) -> None:
    """Whatever else he is, the handler closes nothing as done and sends nothing back."""
    for stage, outcome in product(Stage, [None, *Outcome]):
        wrong = objection(name, standing(stage, outcome), set(Part), HANDLER, "原因")
        assert wrong in ("stage", "own")


@pytest.mark.parametrize(
    ("who", "parts"),
    [
        (Somebody(FINDER, frozenset({"一中队"})), {Part.FINDER}),
        (Somebody(HANDLER), {Part.HANDLER}),
        (Somebody(REVIEWER), {Part.REVIEWER}),
        (Somebody(STRANGER, frozenset({"一中队"})), set()),
        (Somebody(LEADER, frozenset({"一中队"}), frozenset({"一中队"})), {Part.LEADER}),
        (Somebody(LEADER, frozenset({"二中队"}), frozenset({"二中队"})), set()),
        (Somebody(LEADER, frozenset(), None), {Part.LEADER}),
    ],
    ids=["finder", "handler", "reviewer", "mate beside a handler", "leader", "another's leader",
         "supervisor"],
)  # fmt: skip
def test_who_is_what_while_somebody_has_it(who: Somebody, parts: set[Part]) -> None:
    assert parts_of(who, standing(Stage.TAKEN), "一中队") == parts


def test_a_mate_may_take_what_nobody_has() -> None:
    free = Standing(Stage.HANDED, None, FINDER, None, None, frozenset({"一中队"}))
    who = Somebody(STRANGER, frozenset({"一中队"}))
    assert parts_of(who, free, "二中队") == {Part.MATE}
    assert objection("take", free, {Part.MATE}, STRANGER) is None


@pytest.mark.parametrize(
    ("name", "stage", "parts", "reason", "wrong"),
    [
        ("approve", Stage.HANDLED, {Part.REVIEWER}, None, None),
        ("approve", Stage.TAKEN, {Part.REVIEWER}, None, "stage"),
        ("approve", Stage.HANDLED, {Part.MATE}, None, "part"),
        ("send_back", Stage.HANDLED, {Part.REVIEWER}, None, "reason"),
        ("send_back", Stage.HANDLED, {Part.REVIEWER}, "  ", "reason"),
        ("send_back", Stage.HANDLED, {Part.REVIEWER}, "摊还在", None),
        ("give_up", Stage.TAKEN, {Part.HANDLER}, None, "reason"),
        ("take", Stage.TAKEN, {Part.LEADER}, None, "stage"),
        ("hand", Stage.HANDED, {Part.HANDLER}, None, "part"),
        ("void", Stage.CLOSED, {Part.FINDER}, None, "stage"),
    ],
)
def test_what_stands_in_the_way(
    name: str, stage: Stage, parts: set[Part], reason: str | None, wrong: str | None
) -> None:
    assert objection(name, standing(stage), parts, STRANGER, reason) == wrong


def test_a_closed_one_is_left_only_by_what_fits_its_outcome() -> None:
    for outcome, name in (
        (Outcome.DUPLICATE, "part"), (Outcome.VOID, "restore"), (Outcome.RECTIFIED, "reopen"),
    ):  # fmt: skip
        others = {"part", "restore", "reopen"} - {name}
        closed = standing(Stage.CLOSED, outcome)
        assert objection(name, closed, set(Part), LEADER, "原因") is None
        assert all(objection(one, closed, set(Part), LEADER, "原因") == "stage" for one in others)


@given(st.lists(st.sampled_from(sorted({move.name for move in MOVES})), max_size=30))
def test_what_was_moved_is_what_the_moves_replay_to(names: list[str]) -> None:
    """Moves that don't fit are refused; those that were made lead to the same place again."""
    stage, outcome, made = Stage.FOUND, None, ["find"]
    for name in names:
        now = Standing(stage, outcome, FINDER, None, REVIEWER)
        if objection(name, now, set(Part), STRANGER, "原因") is None:
            stage, outcome = after(name, stage, outcome)
            made.append(name)
    assert replay(made) == (stage, outcome)
    assert (outcome is not None) >= (stage is Stage.CLOSED)
    assert (stage in (Stage.HANDLED, Stage.CLOSED)) or outcome is None


@pytest.mark.parametrize(
    ("stage", "outcome", "state"),
    [
        (Stage.FOUND, None, "open"), (Stage.HANDED, None, "open"), (Stage.TAKEN, None, "open"),
        (Stage.HANDLED, Outcome.RECTIFIED, "closed"), (Stage.HANDLED, Outcome.UNABLE, "unsolved"),
        (Stage.CLOSED, Outcome.RECTIFIED, "closed"), (Stage.CLOSED, Outcome.UNABLE, "unsolved"),
        (Stage.CLOSED, Outcome.NOT_OURS, "unsolved"), (Stage.CLOSED, Outcome.DUPLICATE, "gone"),
        (Stage.CLOSED, Outcome.VOID, "gone"),
    ],
)  # fmt: skip
def test_what_its_finds_are_in_the_figures(
    stage: Stage, outcome: Outcome | None, state: str
) -> None:
    assert find_state(stage, outcome) == state
