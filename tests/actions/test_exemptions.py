"""Letting what was late off the rates: by who leads and had no hand in it; the fact stays."""

from __future__ import annotations

import pytest

from bot.actions import exemptions, late
from bot.errors import NotAllowed, Refused, TooLate
from bot.rules.clocks import is_overdue
from storage import journal, problems
from storage.problems import Problem
from tests.actions.conftest import Field


@pytest.fixture
def problem(field: Field) -> Problem:
    """张建国 found it on Monday at nine; since eleven it is overdue."""
    return overdue(field, "张建国")


def overdue(field: Field, name: str) -> Problem:
    report = field.report(field.sends(name, "松江路 占道"))
    field.later(hours=3)
    return fresh(field, problems.of_report(field.tx, report.id)[0].problem)


def fresh(field: Field, problem: Problem | int) -> Problem:
    found = problems.by_id(field.tx, problem if isinstance(problem, int) else problem.id)
    assert found is not None
    return found


def exempts(field: Field, problem: Problem, name: str, why: str = "连着下暴雨") -> Problem:
    return exemptions.exempt(
        field.tx, field.ids[name], problem.id, why, field.bureau, field.now
    )  # fmt: skip


@pytest.mark.parametrize("name", ["孙涛", "李主任"])
def test_a_leader_lets_it_off_and_it_stays_overdue(
    field: Field, problem: Problem, name: str
) -> None:
    done = exempts(field, problem, name)
    assert (done.exempt, done.exempt_by) == ("连着下暴雨", field.ids[name])
    assert is_overdue(done, field.now)
    assert done.handle_by == problem.handle_by
    assert list(journal.lines(field.tx))[-1].deed == "late_exempt"
    assert late.above(field.tx, done, field.bureau, field.now) == []


@pytest.mark.parametrize("name", ["张建国", "李红梅", "赵大勇", "王志强", "王芳"])
def test_nobody_else_does(field: Field, problem: Problem, name: str) -> None:
    field.leaves_all(lambda: exempts(field, problem, name), NotAllowed, "自己办的|来定")


def test_not_his_own(field: Field) -> None:
    own = overdue(field, "孙涛")
    field.leaves_all(lambda: exempts(field, own, "孙涛"), NotAllowed, "自己办的不能自己免")
    assert exempts(field, own, "李主任").exempt is not None


def test_only_what_is_or_was_late(field: Field) -> None:
    report = field.report(field.sends("张建国", "永福路 占道"))
    problem = fresh(field, problems.of_report(field.tx, report.id)[0].problem)
    field.leaves_all(lambda: exempts(field, problem, "孙涛"), Refused, "没有超期")
    field.later(minutes=10)
    field.sends("张建国", "已劝离")
    field.later(days=9)
    field.leaves_all(lambda: exempts(field, problem, "孙涛"), Refused, "没有超期")


def test_handled_late_it_can_still_be_let_off(field: Field, problem: Problem) -> None:
    field.sends("张建国", "已劝离", file=False)
    field.later(days=9)
    assert exempts(field, problem, "孙涛").exempt == "连着下暴雨"


def test_it_can_be_taken_back(field: Field, problem: Problem) -> None:
    exempts(field, problem, "孙涛")
    who = field.ids["李主任"]
    back = exemptions.take_back(field.tx, who, problem.id, field.bureau, field.now)
    assert (back.exempt, back.exempt_by) == (None, None)
    field.leaves_all(
        lambda: exemptions.take_back(field.tx, who, problem.id, field.bureau, field.now),
        TooLate, "本来就算超期",
    )  # fmt: skip
    assert [line.deed for line in journal.lines(field.tx)][-2:] == ["late_exempt", "late_counts"]


def test_a_leader_who_knows_is_not_told_again_until_it_has_another_limit(
    field: Field, problem: Problem
) -> None:
    def told() -> list[str]:
        now = field.now
        return [p.name for p in late.above(field.tx, fresh(field, problem), field.bureau, now)]

    assert told() == ["孙涛"]
    late.know(field.tx, field.ids["孙涛"], problem, field.now)
    late.know(field.tx, field.ids["孙涛"], problem, field.now)
    assert [line.deed for line in journal.lines(field.tx)].count("late_known") == 1
    assert told() == []
    field.later(days=3)
    assert told() == ["李主任"]
    problems.change(field.tx, fresh(field, problem), extended=1)
    assert told() == ["孙涛", "李主任"]
