"""Whatever people press and say, in whatever order, with deeds that are cut off: no illegal move,
no lost move, nobody reviews his own work, and every number is what a recount says.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions import corrections
from bot.actions import problem_deeds as deeds
from bot.actions.problem_facts import TO_LEADER, code_of
from bot.errors import Refused
from bot.rules.loop import MOVES, Outcome, Stage
from storage import counts, journal, reports
from storage.counts import Scope
from storage.problems import FOUND, tellers
from storage.schema import Transaction
from tests.actions.conftest import Field
from tests.actions.test_loop import every, fetch, holds

PEOPLE = ("张建国", "李红梅", "赵大勇", "孙涛", "李主任", "王志强", "王芳")
WORDS = (
    "松江路 占道经营", "永福路 流动摊贩2个", "松江路 占道经营 已劝离", "已劝离", "还没走", "",
    "永福路 流动摊贩2个 已清理", "松江路占道经营2处，永福路乱停车3辆",
)  # fmt: skip
CODES = (TO_LEADER, code_of("一中队"), code_of("二中队"), "p3", "p6", "b", "f")
PRESSES: tuple[tuple[Callable[..., Any], bool], ...] = (
    (deeds.take, False), (deeds.decline, False), (deeds.handle, False), (deeds.undo, False),
    (deeds.approve, False), (deeds.pass_on, False), (deeds.rethink, False),
    (deeds.review_by_other, False), *((deed, True) for deed in deeds.REASONED.values()),
)  # fmt: skip

step = st.tuples(
    st.sampled_from(["says", "press", "hand", "withdraw", "restore", "later", "photos"]),
    st.integers(0, 6), st.integers(0, 7), st.integers(0, len(PRESSES) - 1), st.booleans(),
)  # fmt: skip


def act(field: Field, what: str, who: str, which: int, how: int) -> None:
    """One thing that somebody does; a refusal is an answer too."""
    problems, person = every(field), field.ids[who]
    if what == "says":
        field.sends(who, WORDS[which], file=bool(how % 3))
    elif what == "later":
        field.later(minutes=(1, 20, 300, 1500)[how % 4])
    elif what == "photos":
        fetch(field)
    elif problems:
        problem = problems[which % len(problems)]
        end = (field.bureau, field.now)
        if what == "hand":
            deeds.hand_over(field.tx, person, problem.id, CODES[how % len(CODES)], *end)
        elif what == "press":
            deed, reason = PRESSES[how]
            deed(field.tx, person, problem.id, *(["原因"] if reason else []), *end)
        else:
            deed = corrections.withdraw if what == "withdraw" else corrections.restore
            deed(field.tx, person, problem.report, *end)


@pytest.mark.parametrize("store", ["sqlite"])
@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(step, min_size=4, max_size=30))
def test_whatever_happens(tx: Transaction, steps: list[tuple[str, int, int, int, bool]]) -> None:
    clean = tx.begin_nested()
    try:
        field = Field(tx)
        for what, who, which, how, cut_off in steps:
            before = field.rows() if cut_off else None
            deed = tx.begin_nested()
            try:
                act(field, what, PEOPLE[who], which, how)
            except Refused:
                deed.rollback()
            else:
                # A deed that was cut off before its commit has left nothing.
                deed.rollback() if cut_off else deed.commit()
            if before is not None:
                assert field.rows() == before
            field.later(seconds=1)
        holds(field)
        lawful(field)
        counted(field)
    finally:
        clean.rollback()


def lawful(field: Field) -> None:
    """Every move in the journal is one of the table's, and nobody approved what he handled."""
    table = {(move.name, move.start, move.end) for move in MOVES}
    handlers: dict[str, int | None] = {}
    for line in journal.lines(field.tx):
        name = line.deed.removeprefix("problem_")
        if name == line.deed or name == "find":
            continue
        detail = json.loads(line.detail)
        assert (name, Stage(detail["from"]), Stage(detail["to"])) in table
        handlers[line.subject] = detail.get("handler", handlers.get(line.subject))
        if name in ("approve", "send_back", "rethink"):
            assert line.person is not None
            assert line.person != handlers[line.subject]


def counted(field: Field) -> None:
    """The figures are what the problems' own rows say, each matter once."""
    states: Counter[str] = Counter()
    for problem in every(field):
        standing = [told for told in tellers(field.tx, problem.id) if told.how == FOUND]
        report = reports.by_id(field.tx, problem.report)
        assert report is not None
        if problem.outcome in (Outcome.VOID, Outcome.DUPLICATE) or report.withdrawn_at:
            continue
        assert len(standing) == 1
        settled = problem.stage in (Stage.HANDLED, Stage.CLOSED)
        unsolved = problem.outcome in (Outcome.UNABLE, Outcome.NOT_OURS)
        states["unsolved" if unsolved else "closed" if settled else "open"] += 1
    scope = Scope(None, field.now + timedelta(days=30))
    for measure in ("open", "closed", "unsolved"):
        assert counts.number(field.tx, measure, scope) == states[measure]
    assert counts.number(field.tx, "problems", scope) == states.total()
