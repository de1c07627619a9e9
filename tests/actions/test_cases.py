"""Cases: trouble without a visit, its problem and its leader, and who may see who complained."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest
from sqlalchemy import select

from bot.actions import alike, complainants, corrections, late, problem_deeds
from bot.actions.cases import Still, Taken, take_case, take_posted
from bot.errors import NotAllowed, NotFound, Refused
from bot.rules.loop import Stage
from bot.rules.quiet import next_morning
from bot.rules.tickets import ToldCase, read_case, troubles
from storage import counts, outbox, parts, people, problems, proofs, reports, tallies, tickets
from storage.counts import Scope
from tests.actions.conftest import TZ, Field

HOTLINE = "12345工单 2025061200123 松江路占道经营，投诉人李某 13800000000，6月13日前办结"


def told(field: Field, text: str) -> ToldCase:
    found = read_case(text, field.now, time(18))
    assert found is not None, text
    return found


def takes(field: Field, name: str, text: str, **more: Any) -> Taken:
    case = told(field, text)
    finds = troubles(field.read(case.words, field.now), field.bureau)
    return take_case(field.tx, field.ids[name], case, finds, field.bureau, field.now, **more)


def problem_of(field: Field, taken: Taken) -> problems.Problem:
    found = problems.by_number(field.tx, taken.problems[0])
    assert found is not None
    return found


def test_a_case_is_a_problem_with_its_limits_and_a_leader(field: Field) -> None:
    taken = takes(field, "王芳", HOTLINE)
    problem = problem_of(field, taken)
    assert (problem.source, problem.spot, problem.category) == ("hotline", "songjiang", "zhandao")
    assert (problem.stage, problem.squad) == (Stage.FOUND, "一中队")
    assert problem.handle_by == datetime(2025, 6, 13, 18, tzinfo=TZ).astimezone(UTC)
    assert problem.respond_by is not None
    assert ("reassign", problem.id) in field.owed("孙涛")
    ticket = tickets.by_id(field.tx, taken.ticket)
    assert ticket is not None
    assert (ticket.external, ticket.handle_by) == ("2025061200123", problem.handle_by)
    assert ("report", taken.number) in field.deeds()


def test_the_same_again_changes_nothing(field: Field) -> None:
    first = takes(field, "王芳", HOTLINE)
    before = field.rows()
    again = takes(field, "张建国", HOTLINE.replace("占道经营", "占道经营很严重"))
    assert (again.number, again.problems, again.fresh) == (first.number, first.problems, False)
    assert field.rows() == before


def test_a_case_is_trouble_and_no_visit(field: Field) -> None:
    field.sends("张建国", "松江路 占道")
    takes(field, "王芳", HOTLINE)
    field.later(minutes=5)
    whole = Scope(None, field.now)
    at_spot = Scope(None, field.now, spots=("songjiang",))
    for scope in (whole, at_spot):
        assert counts.number(field.tx, "reports", scope) == 1
        assert counts.number(field.tx, "problems", scope) == 2
        for measure in ("reports", "records", "problems", "open"):
            assert counts.number(field.tx, measure, scope) == counts.scanned(
                field.tx, measure, scope
            )
    assert tallies.astray(field.tx) == []
    assert counts.visits(field.tx, "songjiang", datetime(2025, 1, 1, tzinfo=TZ), field.now) == 1
    assert counts.reporters(field.tx, whole) == {field.ids["张建国"]}


def test_a_case_typed_on_a_round_ticks_nothing(field: Field) -> None:
    from bot.actions import rounds
    from storage import patrols

    rounds.begin(field.tx, field.ids["张建国"], "telegram", 100, 1, field.bureau, field.now)
    takes(field, "张建国", HOTLINE)
    going = patrols.going(field.tx, field.ids["张建国"], "full")
    assert going is not None
    assert patrols.has_standing_report(field.tx, going.id) is None
    # What he sends next is a report of its own, and no part of the case.
    number = field.sends("张建国", "永福路 正常")
    assert field.report(number).source == "patrol"


def test_who_complained_is_seen_by_few_and_stands_nowhere_else(field: Field) -> None:
    taken = takes(field, "王芳", HOTLINE)
    for name in ("王芳", "孙涛", "李主任"):
        seen = complainants.look(field.tx, field.ids[name], taken.ticket, field.now)
        assert (seen.name, seen.phone) == ("李某", "13800000000")
    for name in ("张建国", "赵大勇", "王志强"):
        with pytest.raises(NotAllowed):
            complainants.look(field.tx, field.ids[name], taken.ticket, field.now)
    tables = tickets.table.metadata.sorted_tables
    held = {
        t.name for t in tables for row in field.tx.execute(t.select()).all()
        if "李某" in str(row) or "13800000000" in str(row)
    }  # fmt: skip
    assert held == {"complainants"}
    assert field.deeds()[-1] == ("complainant_seen", f"ticket/{taken.ticket}")


def test_nobody_known_is_said_so(field: Field) -> None:
    taken = takes(field, "王芳", "群众电话举报 松江路有人占道烧烤")
    with pytest.raises(NotFound, match="没有留"):
        complainants.look(field.tx, field.ids["王芳"], taken.ticket, field.now)


def test_a_case_without_a_place_is_refused_whole(field: Field) -> None:
    case = told(field, "12345工单 2025061200124 有人占道经营")
    field.leaves_all(
        lambda: take_case(field.tx, field.ids["王芳"], case, (), field.bureau, field.now),
        Refused, "没看出在哪里",
    )  # fmt: skip


def test_a_named_squad_is_the_one_responsible(field: Field) -> None:
    case = told(field, HOTLINE)
    from dataclasses import replace

    finds = troubles(field.read(case.words, field.now), field.bureau)
    taken = take_case(
        field.tx, field.ids["王芳"], replace(case, department="执法二中队"), finds, field.bureau,
        field.now,
    )  # fmt: skip
    assert problem_of(field, taken).squad == "二中队"
    ticket = tickets.by_id(field.tx, taken.ticket)
    assert (ticket and ticket.department) == "二中队"
    # The second squad has no leader: the supervisor is told.
    assert [card for card, _ in field.owed("李主任")] == ["reassign"]


def test_the_journal_proves_a_case_and_its_still(field: Field) -> None:
    facts = {"sha256": "a" * 64, "size": 9, "md5": "b" * 32}
    taken = takes(field, "王芳", "监控发现 永福路垃圾箱满溢", still=Still(facts))
    assert proofs.against_journal(field.tx) == []
    report = reports.by_number(field.tx, taken.number)
    assert report is not None
    shot = [p for p in parts.of_report(field.tx, report.id) if p.kind == "photo"]
    assert [(p.state, p.sha256) for p in shot] == [(parts.STORED, "a" * 64)]


def test_the_wrong_place_of_a_case_is_put_right_and_stays_no_visit(field: Field) -> None:
    taken = takes(field, "王芳", HOTLINE)
    report = reports.by_number(field.tx, taken.number)
    assert report is not None
    corrections.set_spot(
        field.tx, field.ids["王芳"], report.id, "yongfu", 0, field.bureau, field.now
    )
    assert problem_of(field, taken).spot == "yongfu"
    field.later(minutes=1)
    assert counts.number(field.tx, "reports", Scope(None, field.now)) == 0
    assert tallies.astray(field.tx) == []


# ---- what the ticket says holds, and who may see who complained ----


def test_handed_over_the_ticket_is_still_to_be_answered_in_its_own_time(field: Field) -> None:
    taken = takes(
        field, "王芳", "12345工单 2025061200123 松江路占道经营，6月9日9:20前签收，6月13日前办结"
    )
    before = problem_of(field, taken)
    hand = (f"p{field.ids['张建国']}", field.bureau, field.now)
    problem_deeds.hand_over(field.tx, field.ids["孙涛"], before.id, *hand)
    assert problem_of(field, taken).respond_by == before.respond_by


def test_a_case_nobody_has_is_its_leaders_to_answer(field: Field) -> None:
    problem = problem_of(field, takes(field, "王芳", HOTLINE))
    assert [one.name for one in late.holders(field.tx, problem, field.now.date())] == ["孙涛"]
    for name in ("孙涛", "李主任"):
        people.change(field.tx, field.ids[name], state=people.LEFT)
    assert [one.name for one in late.holders(field.tx, problem, field.now.date())] == ["王芳"]


@pytest.fixture
def merged(field: Field) -> Taken:
    """A case that went into what 李红梅 found and 赵大勇 has in hand, which is due at eleven."""
    field.sends("李红梅", "松江路 占道经营")
    (report,) = [one for one in field.deeds() if one[0] == "report"]
    (told,) = problems.of_report(field.tx, field.report(report[1]).id)
    hand = (f"p{field.ids['赵大勇']}", field.bureau, field.now)
    problem_deeds.hand_over(field.tx, field.ids["李红梅"], told.problem, *hand)
    field.later(minutes=5)
    taken = takes(field, "王芳", "12345工单 2025061200123 松江路占道经营，来电人李某，10:00前办结")
    case, leader = problem_of(field, taken), field.ids["孙涛"]
    alike.merge(field.tx, leader, case.id, told.problem, field.bureau, field.now)
    return taken


def test_merged_the_ticket_keeps_its_own_time_limit(field: Field, merged: Taken) -> None:
    ticket = tickets.by_id(field.tx, merged.ticket)
    assert ticket is not None
    assert ticket.handle_by == datetime(2025, 6, 9, 10, tzinfo=TZ)


def test_merged_only_who_handles_it_sees_who_complained(field: Field, merged: Taken) -> None:
    ticket = tickets.by_id(field.tx, merged.ticket)
    assert ticket is not None
    seen = {
        name for name, number in field.ids.items()
        if (who := people.by_id(field.tx, number)) and complainants.may_see(field.tx, who, ticket)
    }  # fmt: skip
    assert seen == {"王芳", "赵大勇", "孙涛", "李主任"}


def test_what_is_posted_at_night_waits_for_the_morning(field: Field) -> None:
    """A camera sees as much at three o'clock as at noon; its leader sleeps."""
    field.now = datetime(2025, 6, 10, 3, tzinfo=TZ)
    case = told(field, "监控发现 松江路占道经营")
    finds = troubles(field.read(case.words, field.now), field.bureau)
    take_posted(field.tx, "王芳", case, finds, field.bureau, field.now)
    query = select(outbox.c.due_at).where(outbox.c.card == "reassign")
    (due_at,) = field.tx.execute(query).scalars()
    assert due_at == next_morning(field.bureau, field.now)
