"""A longer time: asked for by whoever has the problem, granted by a leader who has not, once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.actions import extensions
from bot.actions.loop import move
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.records import Role
from storage import absences, awaited, dues, people, problems
from storage.extensions import GRANTED, REFUSED, WITHDRAWN, Extension
from storage.problems import Problem
from tests.actions.conftest import TZ, Field

FRIDAY = date(2025, 6, 13)
BY_FRIDAY = datetime(2025, 6, 13, 18, 0, tzinfo=TZ)


@pytest.fixture
def problem(field: Field) -> Problem:
    """张建国 found it on Monday at nine; it is due at eleven."""
    report = field.report(field.sends("张建国", "松江路 占道"))
    return fresh(field, problems.of_report(field.tx, report.id)[0].problem)


def fresh(field: Field, problem: Problem | int) -> Problem:
    found = problems.by_id(field.tx, problem if isinstance(problem, int) else problem.id)
    assert found is not None
    return found


def asks(
    field: Field, problem: Problem, name: str = "张建国", day: date = FRIDAY, why: str = "等设备"
) -> Extension:
    return extensions.ask(
        field.tx, field.ids[name], problem.id, day, why, field.bureau, field.now
    )  # fmt: skip


def grants(field: Field, row: Extension, name: str = "孙涛") -> Problem:
    return extensions.grant(field.tx, field.ids[name], row.id, field.bureau, field.now)


def test_the_days_to_choose_are_working_days_after_it_is_due_or_after_now(
    field: Field, problem: Problem
) -> None:
    def days() -> list[date]:
        who = field.ids["张建国"]
        return extensions.choices(field.tx, who, problem.id, field.bureau, field.now)[1]

    assert days() == [date(2025, 6, 10), date(2025, 6, 12), date(2025, 6, 16)]
    field.later(days=9)
    assert days() == [date(2025, 6, 19), date(2025, 6, 23), date(2025, 6, 25)]


def test_granted_it_is_due_later_and_its_clocks_are_set_anew(
    field: Field, problem: Problem
) -> None:
    row = asks(field, problem)
    assert ("extension", row.id) in field.owed("孙涛")
    assert ("extension_own", row.id) in field.owed("张建国")
    done = grants(field, row)
    assert (done.handle_by, done.extended) == (BY_FRIDAY, 1)
    assert ("extension_told", row.id) in field.owed("张建国")
    waiting = [one.due_at for one in dues.coming(field.tx) if one.args["kind"] == "red"]
    assert waiting[0] == BY_FRIDAY + timedelta(minutes=1)
    assert extensions.waiting(field.tx, problem.id) is None
    deeds = [deed for deed, _ in field.deeds()][-2:]
    assert deeds == ["extension_ask", "extension_grant"]


def test_refused_the_time_stays_and_he_hears_why(field: Field, problem: Problem) -> None:
    row = asks(field, problem)
    field.leaves_all(
        lambda: extensions.refuse(
            field.tx, field.ids["孙涛"], row.id, " ", field.bureau, field.now
        ),
        Refused, "要写一句原因",
    )  # fmt: skip
    extensions.refuse(
        field.tx, field.ids["孙涛"], row.id, "时间够用", field.bureau, field.now
    )  # fmt: skip
    assert fresh(field, problem).handle_by == problem.handle_by
    assert fresh(field, problem).extended == 0
    assert ("extension_told", row.id) in field.owed("张建国")
    again = asks(field, problem, why="还是不够")
    assert again.id != row.id


def test_a_leader_on_leave_is_asked_only_where_no_other_is_there(
    field: Field, problem: Problem
) -> None:
    def on_leave(name: str) -> None:
        absences.add(field.tx, field.ids[name], FRIDAY, FRIDAY, field.ids[name], field.now)

    field.later(days=4)
    assert field.now.date() == FRIDAY
    on_leave("孙涛")
    row = asks(field, problem, day=date(2025, 6, 18))
    assert ("extension", row.id) in field.owed("李主任")
    assert ("extension", row.id) not in field.owed("孙涛")
    extensions.withdraw(field.tx, field.ids["张建国"], row.id, field.now)
    on_leave("李主任")
    row = asks(field, problem, day=date(2025, 6, 18))
    assert ("extension", row.id) in field.owed("孙涛")


def test_asked_twice_it_is_said_so(field: Field, problem: Problem) -> None:
    asks(field, problem)
    field.leaves_all(lambda: asks(field, problem), Refused, "已经申请过了，等孙涛同意")


def test_decided_once(field: Field, problem: Problem) -> None:
    row = asks(field, problem)
    grants(field, row)
    field.leaves_all(lambda: grants(field, row), TooLate, "孙涛已经同意了")
    field.leaves_all(
        lambda: extensions.refuse(
            field.tx, field.ids["李主任"], row.id, "不行", field.bureau, field.now
        ),
        TooLate, "孙涛已经同意了",
    )  # fmt: skip
    assert fresh(field, problem).extended == 1


def test_nobody_grants_his_own(field: Field) -> None:
    """A leader's own is asked of who stands above him."""
    report = field.report(field.sends("孙涛", "永福路 占道"))
    problem = fresh(field, problems.of_report(field.tx, report.id)[0].problem)
    row = asks(field, problem, "孙涛")
    assert ("extension", row.id) in field.owed("李主任")
    field.leaves_all(lambda: grants(field, row), NotAllowed, "自己的延期不能自己同意")
    assert grants(field, row, "李主任").extended == 1


def test_a_handler_who_leads_does_not_grant_what_another_asked_for_it(
    field: Field, problem: Problem
) -> None:
    move(
        field.tx, problem, "hand", None, field.bureau, field.now, handler=field.ids["孙涛"],
        handed_at=field.now,
    )  # fmt: skip
    field.join("刘队", {Role.LEADER}, "一中队")
    row = asks(field, fresh(field, problem), "刘队")
    field.leaves_all(lambda: grants(field, row), NotAllowed, "自己的延期不能自己同意")


@pytest.mark.parametrize("name", ["李红梅", "赵大勇", "王志强", "王芳"])
def test_others_neither_ask_nor_grant(field: Field, problem: Problem, name: str) -> None:
    move(
        field.tx, problem, "take", people.by_id(field.tx, field.ids["张建国"]), field.bureau,
        field.now, handler=field.ids["张建国"], taken_at=field.now,
    )  # fmt: skip
    field.leaves_all(lambda: asks(field, problem, name), NotAllowed, "延期要经办的人来申请")
    row = asks(field, problem)
    field.leaves_all(lambda: grants(field, row, name), NotAllowed, "延期要中队长或者分管领导来定")
    field.leaves_all(
        lambda: extensions.withdraw(field.tx, field.ids[name], row.id, field.now),
        NotAllowed, "要撤回请找申请的人",
    )  # fmt: skip


def test_taken_back_it_is_decided_no_more(field: Field, problem: Problem) -> None:
    row = asks(field, problem)
    extensions.withdraw(field.tx, field.ids["张建国"], row.id, field.now)
    field.leaves_all(lambda: grants(field, row), TooLate, "申请已经撤回了")
    states = [one.state for one in extensions.extensions.of_problem(field.tx, problem.id)]
    assert states == [WITHDRAWN]


def test_what_is_handled_meanwhile_needs_no_longer_time(field: Field, problem: Problem) -> None:
    row = asks(field, problem)
    field.later(minutes=5)
    field.sends("张建国", "已劝离")
    field.leaves_all(lambda: grants(field, row), TooLate, "不用延了")
    field.leaves_all(lambda: asks(field, problem), TooLate, "不用延了")


@pytest.mark.parametrize("day", [date(2025, 6, 8), date(2025, 6, 17), date(9999, 12, 31)])
def test_only_days_that_could_be_chosen(field: Field, problem: Problem, day: date) -> None:
    field.leaves_all(lambda: asks(field, problem, day=day), Refused, "申请延期")


def test_the_reason_may_come_in_words(field: Field, problem: Problem) -> None:
    who = field.ids["张建国"]
    extensions.expect_reason(field.tx, who, problem.id, FRIDAY, field.bureau, field.now)
    field.leaves_all(
        lambda: extensions.take_reason(
            field.tx, who, problem.id, "等", field.bureau, field.now
        ),
        Refused, "多写几个字",
    )  # fmt: skip
    row = extensions.take_reason(
        field.tx, who, problem.id, "摊主住院了，下周回来", field.bureau, field.now
    )
    assert (row.until, row.reason) == (BY_FRIDAY, "摊主住院了，下周回来")
    assert awaited.of(field.tx, who, field.now) is None
    with pytest.raises(NotFound):
        extensions.take_reason(field.tx, who, problem.id, "再来", field.bureau, field.now)


def test_each_request_of_one_problem_is_counted_by_what_came_of_it(
    field: Field, problem: Problem
) -> None:
    grants(field, asks(field, problem))
    row = asks(field, fresh(field, problem), day=date(2025, 6, 20))
    extensions.refuse(field.tx, field.ids["孙涛"], row.id, "先办", field.bureau, field.now)
    states = [one.state for one in extensions.extensions.of_problem(field.tx, problem.id)]
    assert states == [GRANTED, REFUSED]
    assert fresh(field, problem).extended == 1
