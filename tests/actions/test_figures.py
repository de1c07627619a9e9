"""Every number the bot says equals a slow count over the rows of the export."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.actions import answering, corrections, figures
from bot.actions.records import report_rows
from bot.actions.todo import todo
from bot.errors import NotAllowed, Refused
from bot.rules.questions import QuestionReader
from bot.rules.records import Filters, Question, Span
from storage import counts, people
from storage.counts import Scope
from storage.schema import Transaction
from tests.actions.conftest import MONDAY_9, TZ, Field

OFFICERS = ("张建国", "李红梅", "赵大勇")
CAPTIONS = (
    "松江路 流动摊贩2个 已劝离", "永福路正常", "岗亭 占道经营1处", "松江路2个摊贩，永福路正常",
    "福禄巷口 占道1处", "", "松江路与永福路交汇处 占道2处", "昨天下午3点 松江路 占道1处",
    "占道3处",
)  # fmt: skip
STEP = st.tuples(
    st.sampled_from(["send"] * 3 + ["move", "category", "withdraw", "restore", "practise"]),
    st.sampled_from(OFFICERS), st.integers(0, 8), st.integers(1, 4000),
)  # fmt: skip
CATEGORIES = ("none", "zhandao", "liutan")


def act(field: Field, steps: list[tuple[str, str, int, int]]) -> None:
    """What a random week brings; each person changes only his own reports."""
    sent: dict[str, list[int]] = {name: [] for name in OFFICERS}
    for deed, who, choice, minutes in steps:
        field.later(minutes=minutes)
        me = field.ids[who]
        if deed == "send":
            number = field.sends(who, CAPTIONS[choice])
            sent[who].append(field.report(number).id)
        elif deed == "practise":
            people.change(field.tx, me, practising=bool(choice % 2))
        elif sent[who]:
            report = sent[who][choice % len(sent[who])]
            try:
                change(field, deed, me, report, choice)
            except Refused:
                continue


def change(field: Field, deed: str, me: int, report: int, choice: int) -> None:
    if deed == "move":
        spot = field.bureau.spots[choice % len(field.bureau.spots)].code
        corrections.set_spot(field.tx, me, report, spot, None, field.bureau, field.now)
    elif deed == "category":
        code = CATEGORIES[choice % 3]
        corrections.set_category(field.tx, me, report, code, None, field.bureau, field.now)
    elif deed == "withdraw":
        corrections.withdraw(field.tx, me, report, field.bureau, field.now)
    else:
        corrections.restore(field.tx, me, report, field.bureau, field.now)


class Slow:
    """Counts made by reading the export line by line."""

    def __init__(self, field: Field, span: Span) -> None:
        rows = report_rows(field.tx, field.bureau, None, None)
        self.rows = [row for row in rows if self._within(row, span)]

    def _within(self, row: dict[str, Any], span: Span) -> bool:
        at = datetime.fromisoformat(row["occurred_at"])
        return (span.since is None or at >= span.since) and at < span.until

    def reports(self, **wanted: str) -> int:
        return len({row["number"] for row in self._kept(wanted)})

    def problems(self, **wanted: str) -> int:
        return sum(self._counts(row) for row in self._kept(wanted))

    def _counts(self, row: dict[str, Any]) -> bool:
        """Whether the row is a problem of its own: what tells of another's handling is none."""
        return row["category"] not in (None, "none") and row["state"] != "gone"

    def by(self, column: str) -> Counter[str]:
        pairs = {(row["number"], row[column]) for row in self.rows if row[column]}
        return Counter(value for _, value in pairs)

    def problems_by(self, column: str) -> Counter[str]:
        return Counter(row[column] for row in self.rows if self._counts(row) and row[column])

    def _kept(self, wanted: dict[str, str]) -> list[dict[str, Any]]:
        return [row for row in self.rows if all(row[k] == v for k, v in wanted.items())]


def ask(field: Field, metric: str, span: Span, who: str | None = None, **more: Any) -> Any:
    question = Question((metric,), span, filters=more.pop("filters", Filters()), **more)
    asker = people.by_id(field.tx, field.ids[who]) if who else None
    return answering.answer(field.tx, asker, question, field.bureau, field.now)


def total(field: Field, metric: str, span: Span, who: str | None = None, **more: Any) -> int:
    return int(ask(field, metric, span, who, **more).numbers[0].total)


@example(steps=[("send", "张建国", 3, 1), ("send", "张建国", 0, 1)], back=0)
@given(steps=st.lists(STEP, max_size=14), back=st.integers(0, 30))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_number_equals_the_count_over_the_export(
    tx: Transaction, steps: list[tuple[str, str, int, int]], back: int
) -> None:
    with tx.begin_nested() as point:
        field = Field(tx)
        act(field, steps)
        begin = field.now - timedelta(days=back)
        for span in (Span(None, field.now), Span(begin, field.now + timedelta(days=1)),
                     figures.week_of(field.bureau, field.now)):  # fmt: skip
            compare(field, span)
        point.rollback()


def compare(field: Field, span: Span) -> None:
    slow = Slow(field, span)
    scope = Scope(span.since, span.until)
    assert counts.report_count(field.tx, scope) == slow.reports()
    assert counts.problem_count(field.tx, scope) == slow.problems()
    assert counts.by_spot(field.tx, scope) == slow.by("spot")
    for column in ("spot", "category"):
        assert counts.problems_by(field.tx, scope, column) == slow.problems_by(column)
    assert total(field, "report_count", span) == slow.reports()
    assert total(field, "problem_count", span) == slow.problems()
    chosen = Filters(spots=("junction",))
    assert total(field, "report_count", span, filters=chosen) == slow.reports(spot="junction")
    assert total(field, "problem_count", span, filters=chosen) == slow.problems(spot="junction")
    for name in OFFICERS:
        chosen = Filters(officers=(name,))
        assert total(field, "report_count", span, filters=chosen) == slow.reports(officer=name)
    chosen = Filters(categories=("zhandao",))
    assert total(field, "problem_count", span, filters=chosen) == slow.problems(category="zhandao")
    if span == figures.week_of(field.bureau, field.now):
        visits = {w.code: w.visits for w in ask(field, "quota_status", span).spots}
        assert visits == {code: slow.by("spot")[code] for code in visits}
    if span == figures.week_of(field.bureau, field.now):
        week = figures.week(field.tx, field.bureau, field.now)
        assert (week.reports, week.problems) == (slow.reports(), slow.problems())
        visits = {w.code: w.visits for w in week.spots}
        assert visits == {s.code: slow.by("spot")[s.code] for s in field.bureau.spots}
        kinds = {c.code: c.name for c in field.bureau.categories}
        wanted = {kinds[code]: n for code, n in slow.problems_by("category").items()}
        assert dict(week.categories) == wanted


def test_a_week_begins_on_monday_at_midnight_of_the_bureaus_zone(field: Field) -> None:
    monday = MONDAY_9.replace(hour=0)
    for at in (monday, monday + timedelta(days=7) - timedelta(seconds=1)):
        span = figures.week_of(field.bureau, at)
        assert (span.since, span.until) == (monday, monday + timedelta(days=7))
    for moment, number in ((-1, "R-20250608-001"), (0, "R-20250609-001")):
        field.now = monday + timedelta(seconds=moment)
        assert field.sends("张建国", "永福路正常") == number
        field.later(hours=0)
    week = figures.week(field.tx, field.bureau, monday)
    assert week.reports == 1


def test_a_find_belongs_to_the_moment_it_happened_not_to_when_it_came(field: Field) -> None:
    field.sends("张建国", "昨天下午3点 松江路 占道1处")
    sunday = MONDAY_9.replace(hour=0) - timedelta(days=1)
    assert Slow(field, Span(sunday, sunday + timedelta(days=1))).reports() == 1
    assert figures.week(field.tx, field.bureau, field.now).reports == 0


def test_a_road_counts_with_its_crossings_and_says_how_many(field: Field) -> None:
    field.sends("张建国", "松江路与永福路交汇处 占道2处")
    field.later(hours=2)
    field.sends("张建国", "松江路正常")
    span = figures.week_of(field.bureau, field.now)
    found = ask(field, "report_count", span, filters=Filters(spots=("songjiang",)))
    assert (found.numbers[0].total, found.crossed) == (2, 1)
    assert found.over.crossings == ("松江路与永福路交汇处",)
    assert total(field, "report_count", span, filters=Filters(spots=("junction",))) == 1


def test_the_time_before_is_counted_too(field: Field) -> None:
    field.now -= timedelta(days=7)
    field.sends("张建国", "松江路正常")
    field.later(days=7)
    span = figures.week_of(field.bureau, field.now)
    found = ask(field, "report_count", span, compare="prev_period")
    assert (found.numbers[0].total, found.numbers[0].before) == (0, 1)
    assert found.before is not None
    assert found.before.until == span.since


@pytest.mark.parametrize(
    ("who", "about", "allowed"),
    [("张建国", "张建国", True), ("张建国", "李红梅", False), ("孙涛", "张建国", True),
     ("孙涛", "赵大勇", False), ("李主任", "赵大勇", True), ("王芳", "张建国", True),
     ("王志强", "张建国", False), (None, "赵大勇", True)],
)  # fmt: skip
def test_whose_figures_a_person_may_see(
    field: Field, who: str | None, about: str, allowed: bool
) -> None:
    field.sends("张建国", "松江路正常")
    field.sends("赵大勇", "松江路正常")
    span = figures.week_of(field.bureau, field.now)
    chosen = Filters(officers=(about,))
    if allowed:
        expected = 1 if about != "李红梅" else 0
        assert total(field, "report_count", span, who, filters=chosen) == expected
        return
    with pytest.raises(NotAllowed, match="中队长"):
        ask(field, "report_count", span, who, filters=chosen)


def test_who_was_frozen_is_told_no_number(field: Field) -> None:
    span = figures.week_of(field.bureau, field.now)
    asker = people.by_id(field.tx, field.ids["李主任"])
    people.change(field.tx, field.ids["李主任"], state=people.FROZEN)
    with pytest.raises(NotAllowed):
        answering.answer(
            field.tx, asker, Question(("report_count",), span), field.bureau, field.now
        )


def test_a_person_nobody_knows_is_told(field: Field) -> None:
    span = figures.week_of(field.bureau, field.now)
    with pytest.raises(Refused, match="没有人"):
        ask(field, "report_count", span, filters=Filters(officers=("没有人",)))


def test_the_candidates_are_every_spot_once_the_owed_ones_first(field: Field) -> None:
    order = figures.candidates(field.tx, field.ids["张建国"], field.bureau, field.now)
    assert sorted(order) == sorted(spot.code for spot in field.bureau.spots)
    keys = {spot.code for spot in field.bureau.spots if spot.key}
    assert set(order[: len(keys)]) == keys
    for _ in range(2):
        field.sends("张建国", "松江路正常")
        field.later(hours=2)
    order = figures.candidates(field.tx, field.ids["张建国"], field.bureau, field.now)
    assert set(order[: len(keys) - 1]) == keys - {"songjiang"}


def test_what_waits_is_told_oldest_first(field: Field) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(field.sends("张建国"))
        field.later(hours=1)
    waiting = todo(field.tx, field.ids["张建国"], field.bureau, field.now).reports
    assert [one.number for one in waiting] == numbers
    assert waiting[0].received_at.astimezone(TZ) == MONDAY_9


@pytest.mark.parametrize(
    "asked",
    ["法制科本月发现多少问题"],
)
def test_what_cannot_be_counted_in_full_is_not_counted_wider(field: Field, asked: str) -> None:
    question = QuestionReader(field.bureau).read(asked, field.now)
    assert question.metrics[0] != "refuse", "the reader understands it"
    with pytest.raises(Refused):
        answering.answer(field.tx, None, question, field.bureau, field.now)
