"""Call-backs and the three rates of the hotline: who may record, and both numbers of each rate."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from bot.actions import callbacks
from bot.actions.answering import answer
from bot.actions.cases import Taken, take_case
from bot.actions.loop import known, move
from bot.errors import NotAllowed, NotFound, Refused
from bot.rules.answers import Counted
from bot.rules.case_facts import Outcome
from bot.rules.metrics import METRICS
from bot.rules.questions import QuestionReader
from bot.rules.tickets import read_case, troubles
from storage import people, problems, tickets
from tests.actions.conftest import TZ, Field

GOOD, BAD = Outcome(True, True, True), Outcome(True, False, False)
ASKED = "12345工单本月按时办理率满意率解决率"


def takes(field: Field, number: str, until: str, words: str = "松江路占道经营") -> Taken:
    text = f"12345工单 {number} {words}，{until}前办结"
    case = read_case(text, field.now.astimezone(TZ), time(18))
    assert case is not None
    finds = troubles(field.read(case.words, field.now), field.bureau)
    return take_case(field.tx, field.ids["王芳"], case, finds, field.bureau, field.now)


def closes(field: Field, taken: Taken) -> None:
    """李红梅 handles what there is of it, 孙涛 closes it."""
    for number in taken.problems:
        found = problems.by_number(field.tx, number)
        assert found is not None
        handler, leader = (people.by_id(field.tx, field.ids[n]) for n in ("李红梅", "孙涛"))
        moves = (field.tx, found, "handle", handler, field.bureau, field.now)
        handled = move(*moves, handler=field.ids["李红梅"], handled_at=field.now, lacks_photo=False)
        move(
            field.tx, known(field.tx, handled.id), "approve", leader, field.bureau, field.now,
            closed_at=field.now,
        )  # fmt: skip


def ticket(field: Field, taken: Taken) -> tickets.Ticket:
    found = tickets.by_id(field.tx, taken.ticket)
    assert found is not None
    return found


def test_a_ticket_is_answered_with_its_last_problem(field: Field) -> None:
    taken = takes(field, "2025060900001", "6月10日", "松江路占道经营，永福路暴露垃圾")
    assert len(taken.problems) == 2
    closes(field, Taken(taken.ticket, taken.number, taken.problems[:1], fresh=True))
    assert ticket(field, taken).answered_at is None
    assert "callback" not in [card for card, _ in field.owed("王芳")]
    field.later(minutes=30)
    closes(field, Taken(taken.ticket, taken.number, taken.problems[1:], fresh=True))
    assert ticket(field, taken).answered_at == field.now
    assert [card for card, _ in field.owed("王芳")].count("callback") == 1


def test_only_who_took_it_or_decides_records_a_call_back(field: Field) -> None:
    taken = takes(field, "2025060900001", "6月10日")
    record = callbacks.record_by_number
    field.leaves_all(
        lambda: record(field.tx, field.ids["王芳"], "2025060900001", GOOD, field.now),
        Refused, "还没办结",
    )  # fmt: skip
    closes(field, taken)
    for name in ("张建国", "赵大勇", "王志强"):
        field.leaves_all(
            lambda name=name: record(field.tx, field.ids[name], "2025060900001", GOOD, field.now),
            NotAllowed, "收这件的人",
        )  # fmt: skip
    with pytest.raises(NotFound, match="没有编号"):
        record(field.tx, field.ids["王芳"], "999", GOOD, field.now)
    for name, outcome in (("孙涛", BAD), ("王芳", GOOD)):
        record(field.tx, field.ids[name], "2025060900001", outcome, field.now)
    told = ticket(field, taken)
    assert (told.reached, told.satisfied, told.solved) == (True, True, True)
    assert told.called_by == field.ids["王芳"]


def rates(field: Field, text: str = ASKED) -> dict[str, tuple[int, int | None]]:
    question = QuestionReader(field.bureau).read(text, field.now)
    found = answer(field.tx, None, question, field.bureau, field.now)
    assert isinstance(found, Counted)
    return {one.metric: (one.total, one.of) for one in found.numbers}


def test_the_three_rates_name_both_numbers(field: Field) -> None:
    on_time = takes(field, "2025060900001", "6月9日")
    late = takes(field, "2025060900002", "6月9日", "永福路暴露垃圾")
    takes(field, "2025060900003", "6月10日", "光明大道流动摊贩")
    takes(field, "2025060900004", "7月10日", "农贸市场店外经营")
    unreached = takes(field, "2025060900005", "6月9日", "西石沟村暴露垃圾")
    closes(field, on_time)
    closes(field, unreached)
    callbacks.record(field.tx, field.ids["王芳"], on_time.ticket, GOOD, field.now)
    nobody = Outcome(reached=False)
    callbacks.record(field.tx, field.ids["王芳"], unreached.ticket, nobody, field.now)
    # At noon none is due yet: what is answered early is none either.
    field.now = datetime(2025, 6, 9, 12, tzinfo=TZ)
    assert rates(field)["hotline_ontime"] == (0, 0)
    field.now = datetime(2025, 6, 9, 19, tzinfo=TZ)
    assert rates(field)["hotline_ontime"] == (2, 3)
    closes(field, late)
    callbacks.record(field.tx, field.ids["王芳"], late.ticket, BAD, field.now)
    field.now = datetime(2025, 6, 12, 9, tzinfo=TZ)
    assert rates(field) == {
        "hotline_ontime": (2, 4), "hotline_satisfaction": (1, 2), "hotline_solved": (1, 2),
    }  # fmt: skip
    assert rates(field, "12345上月按时办理率")["hotline_ontime"] == (0, 0)


def test_the_rates_by_department(field: Field) -> None:
    takes(field, "2025060900001", "6月9日")
    field.now = datetime(2025, 6, 9, 19, tzinfo=TZ)
    assert rates(field, "一中队12345本月按时办理率")["hotline_ontime"] == (0, 1)
    assert rates(field, "二中队12345本月按时办理率")["hotline_ontime"] == (0, 0)


def parts(field: Field, text: str) -> dict[str, tuple[int | None, int | None]]:
    question = QuestionReader(field.bureau).read(text, field.now)
    found = answer(field.tx, None, question, field.bureau, field.now)
    assert isinstance(found, Counted)
    return {part.label: (part.total, part.of) for part in found.parts}


def test_the_rates_are_parted_by_department_and_month(field: Field) -> None:
    closes(field, takes(field, "2025060900001", "6月9日"))
    takes(field, "2025060900002", "6月10日", "永福路暴露垃圾")
    field.now = datetime(2025, 7, 2, 9, tzinfo=TZ)
    takes(field, "2025070200001", "7月2日 17:00", "光明大道流动摊贩")
    field.now = datetime(2025, 7, 3, 9, tzinfo=TZ)
    assert parts(field, "各中队上月12345按时办理率") == {"一中队": (1, 2), "二中队": (0, 0)}
    by_month = parts(field, "今年每月12345按时办理率")
    assert (by_month["6月"], by_month["7月"]) == ((1, 2), (0, 1))


def test_a_withdrawn_case_counts_nowhere(field: Field) -> None:
    from bot.actions import corrections
    from storage import reports

    taken = takes(field, "2025060900001", "6月9日")
    report = reports.by_number(field.tx, taken.number)
    assert report is not None
    corrections.withdraw(field.tx, field.ids["王芳"], report.id, field.bureau, field.now)
    field.now = datetime(2025, 6, 9, 19, tzinfo=TZ)
    assert ticket(field, taken).void
    assert rates(field)["hotline_ontime"] == (0, 0)


@pytest.mark.parametrize("metric", ["hotline_ontime", "hotline_satisfaction", "hotline_solved"])
def test_why_says_what_is_divided_by_what(metric: str) -> None:
    assert f"{METRICS[metric].noun}是" in METRICS[metric].how
    assert "除以" in METRICS[metric].how
