"""Deeds on problems: found by reports, taken, handed over, handled, reviewed, taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.actions import alike, corrections, leaving
from bot.actions import problem_deeds as deeds
from bot.actions.loop import known
from bot.actions.photos import arrived, lost
from bot.actions.problem_facts import TO_LEADER, code_of, problem_facts
from bot.actions.todo import todo
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.loop import Outcome, Stage, find_state, replay
from bot.rules.records import Role
from bot.words import problems as words
from storage import counts, journal, outbox, parts, people, problems, reports, tallies
from storage.counts import Scope
from storage.problems import Problem
from tests.actions.conftest import Field

STALL = "松江路 占道经营"


def fetch(field: Field) -> None:
    """Every photo that was announced has come."""
    for part in parts.due(field.tx, field.now + timedelta(days=1), 100):
        arrived(field.tx, part, {"sha256": f"{part.id:064x}", "size": 1}, field.now)


def only(field: Field) -> Problem:
    """The one problem there is."""
    (found,) = every(field)
    return found


def every(field: Field) -> list[Problem]:
    ids = field.tx.execute(select(problems.c.id).order_by(problems.c.id)).scalars()
    return [known(field.tx, number) for number in ids]


def press(field: Field, deed: Callable[..., Any], who: str, problem: int, *more: Any) -> Any:
    return deed(field.tx, field.ids[who], problem, *more, field.bureau, field.now)


def reviewer(field: Field, problem: Problem) -> str | None:
    return next((name for name, one in field.ids.items() if one == problem.reviewer), None)


def state_of(field: Field, number: str | None) -> str:
    return field.whole_finds(number)[0].state


def holds(field: Field) -> None:
    """The journal leads to every problem's stage, its finds say it, and the tallies add up."""
    moves: dict[str, list[str]] = {}
    for line in journal.lines(field.tx):
        if line.deed.startswith("problem_"):
            moves.setdefault(line.subject, []).append(line.deed.removeprefix("problem_"))
    for problem in every(field):
        assert replay(moves[problem.number]) == (problem.stage, problem.outcome), problem.number
        report = reports.by_id(field.tx, problem.report)
        assert report is not None
        if report.withdrawn_at is None:
            _, finds = reports.read_finds(field.tx, report.id)
            find = finds[problem.position]
            wanted = find_state(problem.stage, problem.outcome)
            assert find.category == "none" or find.state == wanted, problem.number
    assert tallies.astray(field.tx) == []


@pytest.fixture
def found(field: Field) -> Problem:
    """A stall that 张建国 found and nobody has handled; its photo is here."""
    field.sends("张建国", STALL)
    fetch(field)
    return only(field)


@pytest.fixture
def handled(field: Field, found: Problem) -> Problem:
    """The same, handled a few minutes later with a photo; 李红梅 is to review it."""
    field.later(minutes=3)
    field.sends("张建国", "已劝离")
    fetch(field)
    return known(field.tx, found.id)


# ---- found, and handled on the spot ----


def test_trouble_opens_a_problem_with_its_time(field: Field, found: Problem) -> None:
    assert (found.number, found.stage, found.spot) == ("W-20250609-001", Stage.FOUND, "songjiang")
    assert found.handle_by == field.now + timedelta(hours=2)
    assert found.respond_by is None
    assert field.deeds()[:2] == [("report", "R-20250609-001"), ("problem_find", found.number)]


def test_a_visit_and_practice_open_none(field: Field) -> None:
    field.sends("张建国", "永福路")
    from bot.actions.people import practise

    practise(field.tx, field.ids["李红梅"], True)
    field.sends("李红梅", STALL)
    assert every(field) == []


def test_words_and_a_photo_handle_it_and_a_mate_is_asked(field: Field, handled: Problem) -> None:
    assert (handled.stage, handled.outcome) == (Stage.HANDLED, Outcome.RECTIFIED)
    assert reviewer(field, handled) == "李红梅"
    assert ("review", handled.id) in field.owed("李红梅")
    facts = problem_facts(field.tx, handled.id, handled.reviewer, field.bureau, field.now)
    assert facts is not None
    assert (len(facts.before), len(facts.after)) == (1, 1)
    assert state_of(field, "R-20250609-001") == "closed"
    holds(field)


def test_one_tap_closes_it_and_five_taps_close_it_once(field: Field, handled: Problem) -> None:
    for _ in range(5):
        press(field, deeds.approve, "李红梅", handled.id)
    closed = only(field)
    assert (closed.stage, closed.closed_at) == (Stage.CLOSED, field.now)
    assert [deed for deed, _ in field.deeds()].count("problem_approve") == 1
    holds(field)


def test_a_review_waits_until_the_photos_are_here(field: Field, found: Problem) -> None:
    field.later(minutes=3)
    field.sends("张建国", "已劝离")
    assert known(field.tx, found.id).reviewer == field.ids["李红梅"]
    assert ("review", found.id) not in field.owed("李红梅")
    fetch(field)
    assert ("review", found.id) in field.owed("李红梅")


def test_without_a_photo_nobody_is_asked_and_the_next_photo_is_it(
    field: Field, found: Problem
) -> None:
    field.later(minutes=10)
    assert press(field, deeds.handle, "张建国", found.id) is True
    assert (only(field).lacks_photo, only(field).reviewer) == (True, None)
    field.later(minutes=5)
    assert field.sends("张建国") == "R-20250609-001"
    fetch(field)
    assert (only(field).lacks_photo, reviewer(field, only(field))) == (False, "李红梅")
    holds(field)


def test_what_can_not_be_photographed_a_leader_closes(field: Field, found: Problem) -> None:
    press(field, deeds.handle, "张建国", found.id)
    press(field, deeds.no_photo, "张建国", found.id, "手机没电")
    assert reviewer(field, only(field)) == "孙涛"
    press(field, deeds.approve, "孙涛", found.id)
    assert only(field).stage is Stage.CLOSED


def test_the_only_photo_was_lost_another_is_wanted(field: Field, found: Problem) -> None:
    field.later(minutes=3)
    field.sends("张建国", "已劝离")
    for part in parts.due(field.tx, field.now, 10):
        lost(field.tx, part, "gone", "没收下", field.now, {})
    assert (only(field).lacks_photo, only(field).reviewer) == (True, None)
    assert ("review", found.id) not in field.owed("李红梅")


# ---- nobody reviews his own work ----


def test_whoever_handled_it_can_not_close_it(field: Field, handled: Problem) -> None:
    field.leaves_all(
        lambda: press(field, deeds.approve, "张建国", handled.id), NotAllowed, "自己办的"
    )
    assert press(field, deeds.review_by_other, "张建国", handled.id) == "李红梅"


def test_a_leader_who_handled_it_can_not_close_it_either(field: Field, found: Problem) -> None:
    press(field, deeds.hand_over, "张建国", found.id, f"p{field.ids['孙涛']}")
    press(field, deeds.take, "孙涛", found.id)
    press(field, deeds.handle, "孙涛", found.id)
    with pytest.raises(NotAllowed, match="自己办的"):
        press(field, deeds.approve, "孙涛", found.id)


def test_the_partner_of_the_round_reviews_first(field: Field) -> None:
    from bot.actions import rounds

    field.join("陈新", {Role.OFFICER}, "一中队")
    place = ("telegram", field.chat("张建国"), 900)
    rounds.begin(field.tx, field.ids["张建国"], *place, field.bureau, field.now)
    patrol = field.tx.execute(select(rounds.patrols.table.c.id)).scalar_one()
    rounds.patrols.join(field.tx, patrol, field.ids["陈新"], field.now)
    field.sends("张建国", f"{STALL} 已劝离")
    fetch(field)
    assert reviewer(field, only(field)) == "陈新"


def test_reviews_go_round_the_squad(field: Field) -> None:
    field.join("陈新", {Role.OFFICER}, "一中队")
    asked = []
    for n in range(4):
        field.later(hours=1)
        field.sends("张建国", f"{('松江路', '永福路')[n % 2]} 流动摊贩{n + 1}个 已劝离")
        fetch(field)
        asked.append(reviewer(field, every(field)[-1]))
    assert asked == ["李红梅", "陈新", "李红梅", "陈新"]


def test_alone_in_his_squad_the_leader_reviews_then_the_supervisor(field: Field) -> None:
    field.sends("赵大勇", f"{STALL} 已劝离")
    fetch(field)
    assert reviewer(field, only(field)) == "李主任"
    assert press(field, deeds.pass_on, "李主任", only(field).id) == "孙涛"


# ---- review ----


def test_sent_back_it_is_open_again_and_the_handler_hears_why(
    field: Field, handled: Problem
) -> None:
    press(field, deeds.send_back, "李红梅", handled.id, "摊还在")
    back = only(field)
    assert (back.stage, back.returned, back.reason) == (Stage.TAKEN, 1, "摊还在")
    assert state_of(field, "R-20250609-001") == "open"
    assert ("matter", back.id) in field.owed("张建国")
    field.later(minutes=5)
    field.sends("张建国", "已清理")
    fetch(field)
    assert only(field).stage is Stage.HANDLED
    holds(field)


def test_not_for_me_asks_somebody_else(field: Field, handled: Problem) -> None:
    assert press(field, deeds.pass_on, "李红梅", handled.id) == "孙涛"
    assert reviewer(field, only(field)) == "孙涛"
    with pytest.raises(NotAllowed):
        press(field, deeds.approve, "李红梅", handled.id)


def test_a_day_long_a_review_is_taken_back(field: Field, handled: Problem) -> None:
    press(field, deeds.approve, "李红梅", handled.id)
    field.later(hours=23)
    press(field, deeds.rethink, "李红梅", handled.id)
    assert only(field).stage is Stage.HANDLED
    press(field, deeds.approve, "李红梅", handled.id)
    field.later(hours=25)
    field.leaves_all(lambda: press(field, deeds.rethink, "李红梅", handled.id), TooLate, "过了一天")
    press(field, deeds.reopen, "孙涛", handled.id, "又查出没好")
    again = only(field)
    assert (again.stage, again.handler, again.reopened) == (Stage.TAKEN, field.ids["张建国"], 1)
    holds(field)


# ---- handing over ----


def test_handed_to_a_squad_one_of_it_takes_it_and_the_other_hears_who(
    field: Field, found: Problem
) -> None:
    field.join("钱进", {Role.OFFICER}, "二中队")
    press(field, deeds.hand_over, "张建国", found.id, code_of("二中队"))
    assert ("matter", found.id) in field.owed("赵大勇")
    assert ("matter", found.id) in field.owed("钱进")
    press(field, deeds.take, "赵大勇", found.id)
    field.leaves_all(lambda: press(field, deeds.take, "钱进", found.id), TooLate, "赵大勇.*接了")
    for _ in range(5):
        press(field, deeds.take, "赵大勇", found.id)
    assert [deed for deed, _ in field.deeds()].count("problem_take") == 1
    with pytest.raises(NotAllowed):
        press(field, deeds.handle, "钱进", found.id)
    holds(field)


def test_not_mine_goes_to_the_leader_with_its_reason(field: Field, found: Problem) -> None:
    press(field, deeds.hand_over, "张建国", found.id, f"p{field.ids['王志强']}")
    assert press(field, deeds.decline, "王志强", found.id) == "孙涛"
    press(field, deeds.why_declined, "王志强", found.id, "移动公司维护")
    assert ("reassign", found.id) in field.owed("孙涛")
    facts = problem_facts(field.tx, found.id, field.ids["孙涛"], field.bureau, field.now)
    assert facts is not None
    assert (facts.declined_by, facts.reason) == ("王志强", "移动公司维护")
    assert press(field, deeds.hand_over, "孙涛", found.id, "b") == "王志强"
    assert press(field, deeds.decline, "王志强", found.id) == "孙涛"
    assert press(field, deeds.hand_over, "孙涛", found.id, "f") == "张建国"
    assert only(field).handler == field.ids["张建国"]


def test_the_leader_decides_where_the_finder_does_not_know(field: Field, found: Problem) -> None:
    assert press(field, deeds.hand_over, "张建国", found.id, TO_LEADER) == "孙涛"
    press(field, deeds.disown, "孙涛", found.id, "属交警管")
    closed = only(field)
    assert (closed.outcome, closed.reason) == (Outcome.NOT_OURS, "属交警管")
    assert state_of(field, "R-20250609-001") == "unsolved"
    holds(field)


@pytest.mark.parametrize("code", ["", "x", "p", "p0", "p999999", "g00000000", "p" + "9" * 30, "b"])
def test_handing_to_nobody_is_refused(field: Field, found: Problem, code: str) -> None:
    field.leaves_all(
        lambda: press(field, deeds.hand_over, "张建国", found.id, code), NotFound, "什么也没改"
    )


def test_another_squads_officer_handles_it_with_a_photo_of_his_own(
    field: Field, found: Problem
) -> None:
    press(field, deeds.hand_over, "张建国", found.id, f"p{field.ids['赵大勇']}")
    press(field, deeds.take, "赵大勇", found.id)
    field.later(minutes=20)
    number = field.sends("赵大勇", "已清理")
    fetch(field)
    assert number == "R-20250609-002"
    handled = only(field)
    assert (handled.stage, handled.handler) == (Stage.HANDLED, field.ids["赵大勇"])
    facts = problem_facts(field.tx, handled.id, None, field.bureau, field.now)
    assert facts is not None
    assert (len(facts.before), len(facts.after)) == (1, 1)
    scope = Scope(None, field.now + timedelta(days=1))
    assert counts.number(field.tx, "problems", scope) == 1
    assert counts.number(field.tx, "reports", scope) == 2
    holds(field)


def test_a_report_of_his_own_that_says_so_handles_what_he_found(
    field: Field, found: Problem
) -> None:
    field.later(hours=3)
    field.sends("张建国", "松江路 占道经营 已清理")
    fetch(field)
    assert (only(field).stage, only(field).handler) == (Stage.HANDLED, field.ids["张建国"])
    holds(field)


def test_cannot_is_a_leaders_to_say(field: Field, found: Problem) -> None:
    field.leaves_all(lambda: press(field, deeds.give_up, "张建国", found.id, " "), Refused, "原因")
    press(field, deeds.give_up, "张建国", found.id, "找不到当事人")
    assert reviewer(field, only(field)) == "孙涛"
    assert state_of(field, "R-20250609-001") == "unsolved"
    press(field, deeds.approve, "孙涛", found.id)
    assert only(field).outcome is Outcome.UNABLE
    scope = Scope(None, field.now + timedelta(days=1))
    measures = ("problems", "closed", "open", "unsolved")
    assert [counts.number(field.tx, one, scope) for one in measures] == [1, 0, 0, 1]


# ---- corrections follow ----


def test_a_withdrawn_report_takes_its_problem_along_and_back(
    field: Field, handled: Problem
) -> None:
    report = field.report("R-20250609-001").id
    me = field.ids["张建国"]
    corrections.withdraw(field.tx, me, report, field.bureau, field.now)
    assert (only(field).stage, only(field).outcome) == (Stage.CLOSED, Outcome.VOID)
    corrections.restore(field.tx, me, report, field.bureau, field.now)
    assert only(field).stage is Stage.HANDLED
    holds(field)


def test_what_was_reviewed_only_a_leader_withdraws(field: Field, handled: Problem) -> None:
    press(field, deeds.approve, "李红梅", handled.id)
    report = field.report("R-20250609-001").id

    def withdraw(who: str) -> None:
        corrections.withdraw(field.tx, field.ids[who], report, field.bureau, field.now)

    field.leaves_all(
        lambda: withdraw("张建国"), TooLate, "李红梅 6月9日 .*已复核办结，撤不了。.*孙涛"
    )
    withdraw("孙涛")
    assert only(field).outcome is Outcome.VOID
    holds(field)


def test_another_category_is_the_same_problem(field: Field, found: Problem) -> None:
    report = field.report("R-20250609-001").id
    me = field.ids["张建国"]
    corrections.set_category(field.tx, me, report, "luanting_ji", None, field.bureau, field.now)
    assert (only(field).id, only(field).category) == (found.id, "luanting_ji")
    corrections.set_category(field.tx, me, report, "none", None, field.bureau, field.now)
    assert only(field).outcome is Outcome.VOID
    holds(field)


def test_new_words_keep_each_problem_with_its_find(field: Field) -> None:
    first = field.sends("张建国", "松江路占道经营2处，永福路乱停车3辆")
    one, two = every(field)
    message = parts.of_report(field.tx, field.report(first).id)[0].message
    corrections.edit_words(
        field.tx, field.ids["张建国"], "telegram", field.chat("张建国"), message,
        "永福路乱停车3辆，松江路占道经营2处", field.read, field.bureau, field.now,
    )  # fmt: skip
    again = [(problem.id, problem.spot) for problem in every(field)]
    assert again == [(one.id, "songjiang"), (two.id, "yongfu")]
    holds(field)


# ---- people come and go ----


def test_who_leaves_leaves_no_problem_behind(field: Field, handled: Problem) -> None:
    field.later(hours=1)
    field.sends("李红梅", "永福路 流动摊贩2个")
    leaving.leave(field.tx, field.ids["王芳"], "李红梅", None, field.bureau, field.now)
    reviewed, taken = every(field)
    assert reviewer(field, reviewed) == "孙涛"
    assert (taken.stage, taken.handler) == (Stage.TAKEN, field.ids["孙涛"])
    assert todo(field.tx, field.ids["孙涛"], field.bureau, field.now).total == 2
    holds(field)


def test_what_waits_for_somebody_is_told(field: Field, handled: Problem) -> None:
    assert todo(field.tx, field.ids["李红梅"], field.bureau, field.now).total == 1
    assert todo(field.tx, field.ids["张建国"], field.bureau, field.now).total == 0
    press(field, deeds.send_back, "李红梅", handled.id, "摊还在")
    assert todo(field.tx, field.ids["张建国"], field.bureau, field.now).total == 1


def test_who_has_no_part_in_it_sees_no_card(field: Field, found: Problem) -> None:
    place = ("telegram", field.chat("赵大勇"), 1)
    with pytest.raises(NotAllowed, match="不是您的"):
        deeds.show(field.tx, field.ids["赵大勇"], found.id, *place, field.bureau, field.now)


def test_a_card_row_that_moved_meanwhile_moves_nothing(field: Field, found: Problem) -> None:
    """Compare, then set: whoever read it before somebody else moved it is refused."""
    press(field, deeds.take, "张建国", found.id)
    assert problems.change(field.tx, found, stage=Stage.CLOSED) is False
    assert only(field).stage is Stage.TAKEN
    assert outbox.owed_of(field.tx, "receipt", found.report)


def test_one_matter_of_three_sources_says_so(field: Field, found: Problem) -> None:
    for who, told in (
        ("李红梅", "群众举报 松江路 占道经营"), ("孙涛", "监控发现 松江路 占道经营"),
    ):  # fmt: skip
        field.later(minutes=30)
        field.sends(who, told)
        press(field, alike.merge, who, every(field)[-1].id, found.id)
    facts = problem_facts(field.tx, found.id, field.ids["孙涛"], field.bureau, field.now)
    assert facts is not None
    assert facts.sources == ("patrol", "public", "camera")
    assert facts.reporters == ("张建国", "李红梅", "孙涛")
    assert "来源：巡查、群众举报、监控发现。" in words.matter(facts).text
    scope = Scope(None, field.now + timedelta(days=1))
    assert counts.number(field.tx, "problems", scope) == 1
    holds(field)


# ---- nothing is stuck where somebody is away, and nobody reviews what he did ----


def labels(field: Field, problem: Problem, who: str) -> list[str]:
    """The buttons of the problem's card, as this person sees it."""
    facts = problem_facts(field.tx, problem.id, field.ids[who], field.bureau, field.now)
    assert facts is not None
    return [button.label for row in words.matter(facts).rows for button in row]


@pytest.mark.parametrize("taken", [False, True])
def test_a_leader_can_take_it_out_of_the_hands_of_somebody_away(
    field: Field, found: Problem, *, taken: bool
) -> None:
    press(field, deeds.hand_over, "张建国", found.id, f"p{field.ids['李红梅']}")
    if taken:
        press(field, deeds.take, "李红梅", found.id)
    assert "改派" in labels(field, found, "孙涛")
    assert "改派" not in labels(field, found, "张建国")
    press(field, deeds.hand_over, "孙涛", found.id, f"p{field.ids['赵大勇']}")
    assert only(field).handler == field.ids["赵大勇"]
    holds(field)


def test_sent_back_to_somebody_who_left_a_leader_hears_of_it(
    field: Field, handled: Problem
) -> None:
    leaving.leave(field.tx, field.ids["王芳"], "张建国", None, field.bureau, field.now)
    press(field, deeds.send_back, "李红梅", handled.id, "摊还在")
    assert ("matter", handled.id) in field.owed("孙涛")


def test_what_no_other_leader_can_give_on_is_not_declined(field: Field, found: Problem) -> None:
    press(field, deeds.hand_over, "张建国", found.id, f"p{field.ids['李红梅']}")
    for name in ("孙涛", "李主任"):
        people.change(field.tx, field.ids[name], state=people.LEFT)
    with pytest.raises(NotFound, match="没有别的领导"):
        press(field, deeds.decline, "李红梅", found.id)
    assert only(field).handler == field.ids["李红梅"]


def test_who_hands_his_matters_over_does_not_review_what_he_did(
    field: Field, found: Problem
) -> None:
    """It lacked its photo: had the heir counted as who handled it, he would have been asked."""
    press(field, deeds.handle, "张建国", found.id)
    leaving.hand_over(
        field.tx, field.ids["王芳"], "张建国", "李红梅", field.bureau, field.now
    )  # fmt: skip
    assert only(field).handler == field.ids["张建国"]
    assert reviewer(field, only(field)) == "孙涛"
    with pytest.raises(Refused):
        press(field, deeds.approve, "张建国", found.id)
    press(field, deeds.approve, "孙涛", found.id)
    holds(field)


@pytest.mark.parametrize(
    ("ticket", "says"), [("letter", "来信反映 L-7"), ("hotline", "12345 转来 L-7")]
)
def test_a_case_says_how_it_came(field: Field, found: Problem, ticket: str, says: str) -> None:
    facts = problem_facts(field.tx, found.id, field.ids["张建国"], field.bureau, field.now)
    assert facts is not None
    came = replace(facts, source="public", tickets=((ticket, "L-7"),))
    assert words.matter(came).text.startswith(f"{says}：松江路")
