"""What the clock says of problems: to whom, when, once, and only while it is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.rules.records import Role, TimeLimit
from bot.rules.terms import Term
from storage import absences, people
from storage.schema import Transaction
from tests.actions.conftest import Field
from tests.scheduler.clocked import Clocked, at


@pytest.fixture
def clocked(tx: Transaction) -> Clocked:
    """The bureau on a Monday at nine."""
    return Clocked(Field(tx))


def gone(clocked: Clocked, name: str, state: str = people.FROZEN) -> None:
    people.change(clocked.tx, clocked.field.ids[name], state=state)


# ---- yellow and red ----


def test_yellow_to_whoever_has_it_and_red_to_him_and_the_leader(clocked: Clocked) -> None:
    clocked.found("张建国")
    assert clocked.waiting() == ["yellow 1 09 10:30", "red 1 09 11:01", "red 2 12 08:30"]
    assert clocked.ring(at(9, 10, 29)) == []
    assert clocked.ring(at(9, 10, 30)) == ["yellow done told 1"]
    assert clocked.cards() == [("张建国", "松江路占道经营 11:00 前要处置完，还有 30 分钟。")]
    assert clocked.ring(at(9, 11, 1)) == ["red done told 2"]
    assert clocked.cards() == [
        ("张建国", "松江路占道经营超时了，应在 11:00 前办完。"),
        ("孙涛", "松江路占道经营超时了，应在 11:00 前办完。\n张建国发现的，还没处置。"),
    ]
    assert clocked.ring(at(9, 11, 30)) == []


def test_again_every_third_working_day_with_the_supervisor_until_it_is_handled(
    clocked: Clocked,
) -> None:
    problem = clocked.found("张建国")
    clocked.ring(at(9, 11, 1))
    clocked.cards()
    assert clocked.ring(at(12, 8, 30)) == ["red done told 3"]
    assert [name for name, _ in clocked.cards()] == ["张建国", "孙涛", "李主任"]
    assert clocked.ring(at(17, 8, 30)) == ["red done told 3"]
    assert clocked.cards()[0] == (
        "张建国", "松江路占道经营超时了，应在 6月9日 11:00 前办完。\n到今天超了 6 个工作日。"
    )  # fmt: skip
    clocked.moves(problem, "handle", "张建国", handler=clocked.field.ids["张建国"],
                  handled_at=clocked.field.now, lacks_photo=True)  # fmt: skip
    assert clocked.waiting() == ["photo 1 18 08:30", "photo 2 23 08:30"]
    assert "red" not in " ".join(clocked.ring(at(30, 9)))


def test_after_a_downtime_only_the_newest_stage_is_told(clocked: Clocked) -> None:
    clocked.found("张建国")
    assert not [one for one in clocked.ring(at(25, 9)) if "done" in one]
    assert [name for name, _ in clocked.cards()] == ["张建国", "孙涛", "李主任"]
    assert clocked.waiting() == ["red 6 30 08:30", *clocked.waiting()[1:]]


def test_nothing_is_said_of_what_was_settled_before_it_is_sent(clocked: Clocked) -> None:
    problem = clocked.found("张建国")
    clocked.ring(at(9, 10, 30))
    clocked.moves(problem, "void", None, closed_at=clocked.field.now)
    assert clocked.cards() == []
    assert clocked.waiting() == []
    assert clocked.ring(at(30, 9)) == []


def test_quiet_hours_and_days_off_wait_for_work(clocked: Clocked) -> None:
    clocked.field.now = at(13, 15, 50)
    clocked.found("张建国")
    assert clocked.ring(at(13, 20, 0)) == ["yellow dropped a newer stage is due", "red put_off"]
    assert clocked.ring(at(14, 10)) == []
    assert clocked.ring(at(16, 8, 29)) == []
    assert clocked.ring(at(16, 8, 30)) == ["red done told 2"]


def test_what_is_told_at_one_moment_is_one_message(clocked: Clocked) -> None:
    for words in ("松江路 占道", "永福路 占道", "农贸市场 占道", "光明大道 占道", "西石沟村 占道"):
        clocked.found("张建国", words)
        clocked.field.later(seconds=1)
    clocked.ring(at(9, 11, 2))
    told = clocked.cards()
    assert [name for name, _ in told] == ["张建国", "孙涛"]
    assert told[0][1].split("\n") == [
        "有 5 件要抓紧：", "松江路占道经营超时了。", "永福路占道经营超时了。",
        "农贸市场占道经营超时了。", "另外还有 2 件。",
    ]  # fmt: skip
    assert clocked.labels("张建国")[0] == "1 松江路占道经营"


def test_who_is_frozen_gone_or_out_of_reach_is_skipped(clocked: Clocked) -> None:
    clocked.found("张建国")
    gone(clocked, "张建国", people.LEFT)
    gone(clocked, "孙涛")
    assert clocked.ring(at(9, 11, 1))[-1] == "red done told 1"
    assert [name for name, _ in clocked.cards()] == ["李主任"]
    people.reachable(clocked.tx, "telegram", clocked.field.chat("李主任"), False)
    assert clocked.ring(at(12, 8, 30)) == ["red dropped nobody to tell"]
    people.reachable(clocked.tx, "telegram", clocked.field.chat("李主任"), True)
    assert clocked.ring(at(17, 8, 30)) == ["red done told 1"]


def away(clocked: Clocked, *names: str, last: int) -> None:
    """These are on leave until that day of June."""
    now = clocked.field.now
    for name in names:
        person = clocked.field.ids[name]
        absences.add(clocked.tx, person, date(2025, 6, 9), date(2025, 6, last), person, now)


def test_who_is_on_leave_is_skipped_until_he_is_back(clocked: Clocked) -> None:
    clocked.found("张建国")
    away(clocked, "张建国", last=13)
    away(clocked, "孙涛", last=11)
    assert clocked.ring(at(9, 11, 1))[-1] == "red done told 1"
    assert [name for name, _ in clocked.cards()] == ["李主任"]
    assert clocked.ring(at(12, 8, 30)) == ["red done told 2"]
    assert [name for name, _ in clocked.cards()] == ["孙涛", "李主任"]
    assert clocked.ring(at(17, 8, 30)) == ["red done told 3"]
    assert [name for name, _ in clocked.cards()] == ["张建国", "孙涛", "李主任"]


def test_who_is_on_leave_reviews_only_where_nobody_else_can(clocked: Clocked) -> None:
    away(clocked, "李红梅", last=13)
    assert clocked.fresh(handled(clocked)).reviewer == clocked.field.ids["孙涛"]
    away(clocked, *(name for name in clocked.field.ids if name != "张建国"), last=13)
    assert clocked.fresh(handled(clocked)).reviewer == clocked.field.ids["李红梅"]


def test_at_night_one_on_duty_hears_of_what_runs_at_night(clocked: Clocked) -> None:
    field = clocked.field
    field.bureau = replace(field.bureau, time_limits=(TimeLimit(Term(8, "urgent_hour")),))
    field.now = at(9, 17)
    clocked.found("张建国")
    assert clocked.ring(at(9, 23)) == ["yellow done told 1 at night"]
    assert [name for name, _ in clocked.cards()] == ["张建国"]
    gone(clocked, "张建国")
    field.now = at(10, 1)
    field.sends("李红梅", "永福路 正常")
    assert clocked.ring(at(10, 1, 1)) == ["red done told 1 at night"]
    assert [name for name, _ in clocked.cards()] == ["李红梅"]
    assert clocked.ring(at(10, 8, 30)) == ["morning done told 1"]
    assert [name for name, _ in clocked.cards()] == ["孙涛"]


def test_sent_back_after_it_was_due_is_said_at_once(clocked: Clocked) -> None:
    problem = clocked.found("张建国")
    clocked.ring(at(9, 10, 30))
    clocked.moves(problem, "handle", "张建国", handler=clocked.field.ids["张建国"],
                  handled_at=clocked.field.now, taken_at=clocked.field.now,
                  reviewer=clocked.field.ids["李红梅"], asked=1,
                  asked_at=clocked.field.now)  # fmt: skip
    assert clocked.waiting() == ["review 1 09 16:30"]
    clocked.cards()
    clocked.field.now = at(9, 15)
    clocked.moves(problem, "send_back", "李红梅", reason="摊还在", handled_at=None, reviewer=None)
    assert clocked.ring(at(9, 15)) == ["red done told 2"]
    assert clocked.ring(at(9, 16, 30)) == []
    clocked.moves(problem, "handle", "张建国", handled_at=clocked.field.now, lacks_photo=True)
    clocked.moves(problem, "undo", "张建国", handled_at=None, lacks_photo=False)
    assert clocked.ring(at(9, 17)) == []


# ---- respond and idle ----


def test_not_accepted_in_time_the_person_then_the_leader(clocked: Clocked) -> None:
    problem = clocked.found("张建国", "松江路 垃圾")
    clocked.field.now = at(9, 9, 30)
    clocked.moves(problem, "hand", "张建国", handler=clocked.field.ids["王志强"],
                  handed_at=clocked.field.now)  # fmt: skip
    assert clocked.ring(at(9, 11, 31)) == ["respond done told 1"]
    assert clocked.cards() == [
        ("王志强", "松江路暴露垃圾等您接，应在 11:30 前签收。\n15:00 前要处置完。")
    ]
    assert clocked.ring(at(9, 14)) == ["yellow done told 1"]
    clocked.moves(problem, "take", "王志强", taken_at=clocked.field.now)
    assert not [one for one in clocked.waiting() if "respond" in one]


def test_a_team_that_does_not_answer_is_its_leaders(clocked: Clocked) -> None:
    problem = clocked.found("张建国", "松江路 私搭乱建")
    clocked.field.join("周队长", {Role.LEADER, Role.OFFICER}, "二中队")
    clocked.moves(problem, "hand", "张建国", team="二中队", handed_at=clocked.field.now)
    assert clocked.ring(at(9, 15, 1)) == ["respond done told 1"]
    assert [name for name, _ in clocked.cards()] == ["周队长"]
    assert clocked.ring(at(10, 9, 31)) == ["respond done told 1"]
    assert clocked.cards() == [
        (
            "孙涛",
            "松江路私搭乱建还没人接，应在昨天 15:00 前签收。\n6月9日 9:00 转给了二中队，还没接。",
        )
    ]


def test_who_took_it_and_did_nothing_is_asked_once(clocked: Clocked) -> None:
    problem = clocked.found("张建国", "松江路 私搭乱建")
    clocked.field.now = at(9, 9, 5)
    clocked.moves(problem, "take", "张建国", handler=clocked.field.ids["张建国"],
                  taken_at=clocked.field.now)  # fmt: skip
    idle = next(one for one in clocked.waiting() if one.startswith("idle"))
    assert idle == "idle 1 23 14:32"
    assert clocked.ring(at(23, 14, 33)) == ["idle done told 1"]
    assert clocked.cards()[0][1].startswith("松江路私搭乱建您 6月9日 9:05 接了，办得怎么样了？")


def test_who_sent_a_photo_since_is_not_asked(clocked: Clocked) -> None:
    problem = clocked.found("张建国", "松江路 私搭乱建")
    clocked.moves(problem, "take", "张建国", handler=clocked.field.ids["张建国"],
                  taken_at=clocked.field.now)  # fmt: skip
    clocked.field.later(seconds=30)
    clocked.field.sends("张建国")
    assert clocked.ring(at(23, 15)) == ["idle dropped something was done"]


# ---- review ----


def handled(clocked: Clocked, name: str = "张建国") -> int:
    """What the person found and handled, photo and all; a reviewer is asked."""
    problem = clocked.found(name)
    clocked.field.later(minutes=5)
    clocked.field.sends(name, "已劝离")
    fresh = clocked.fresh(problem)
    assert fresh.reviewer is not None
    return problem.id


def test_an_unanswered_review_goes_to_another_then_to_the_leader_then_above(
    clocked: Clocked,
) -> None:
    clocked.field.join("赵敏", {Role.OFFICER}, "一中队")
    problem, ids = handled(clocked), clocked.field.ids
    assert clocked.fresh(problem).reviewer == ids["李红梅"]
    assert clocked.ring(at(9, 15, 5)) == [f"review done passed on to {ids['赵敏']}"]
    assert clocked.fresh(problem).reviewer == ids["赵敏"]
    assert clocked.ring(at(10, 9, 35)) == [f"review done passed on to {ids['孙涛']}"]
    assert clocked.ring(at(10, 15, 35)) == [f"review done passed on to {ids['李主任']}"]
    assert clocked.ring(at(11, 10, 5)) == ["review done told 1"]
    assert clocked.cards("unreviewed") == [
        ("王芳", "松江路占道经营处置了，一直没人复核。\n张建国处置的，找过李主任，还没复核。\n"
         "请加一位能复核的人，或者请领导看一下。"),
    ]  # fmt: skip
    assert clocked.ring(at(30, 9)) == []
    deeds = [deed for deed, _ in clocked.field.deeds() if deed == "problem_pass_on"]
    assert len(deeds) == 3


def test_a_review_that_nobody_can_take_is_told_the_admins(clocked: Clocked) -> None:
    for name in ("李红梅", "孙涛", "李主任", "赵大勇", "张建国"):
        gone(clocked, name)
    problem = clocked.found("王芳")
    clocked.field.later(minutes=5)
    clocked.field.sends("王芳", "已劝离")
    assert clocked.fresh(problem).reviewer is None
    assert clocked.ring(at(9, 9, 6)) == ["nobody done told 1"]
    assert clocked.cards("unreviewed") == [
        ("王芳", "松江路占道经营处置了，没有别人能复核。\n王芳处置的，自己办的不能自己复核。\n"
         "请加一位能复核的人，或者请领导看一下。"),
    ]  # fmt: skip
    assert clocked.ring(at(20, 9)) == []


def test_a_reviewer_who_left_is_replaced_by_whoever_can_or_by_nobody(clocked: Clocked) -> None:
    problem = handled(clocked)
    for name in ("李红梅", "孙涛", "李主任", "赵大勇"):
        gone(clocked, name)
    people.change(clocked.tx, clocked.field.ids["张建国"], roles="admin,officer")
    gone(clocked, "王芳")
    assert clocked.ring(at(9, 15, 5)) == [
        "review done told 1",
        "nobody dropped a newer stage is due",
    ]
    assert clocked.fresh(problem).reviewer is None
    assert [name for name, _ in clocked.cards("unreviewed")] == ["张建国"]


def test_a_missing_photo_is_asked_for_the_next_working_morning(clocked: Clocked) -> None:
    clocked.field.now = at(13, 15)
    clocked.found("张建国")
    clocked.field.later(minutes=40)
    clocked.field.sends("张建国", "已劝离", file=False)
    assert clocked.ring(at(14, 9)) == []
    assert clocked.ring(at(16, 8, 30)) == ["photo done told 1"]
    assert clocked.cards() == [
        (
            "张建国",
            "松江路占道经营您 6月13日 15:40 处置了，还差一张处置后的照片。\n补一张发过来就行。",
        )
    ]
    assert clocked.ring(at(19, 8, 30)) == ["photo done told 1"]
    assert [name for name, _ in clocked.cards()] == ["孙涛"]
