"""How problems are carried, counted in one read: against a plain recount, and by which index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.rules.indicators import COUNTS, INDICATORS, ON_SPOT, Count, Share, State, state_of
from bot.rules.loop import Outcome, Stage
from bot.rules.records import Role
from storage import counts, people, problem_counts, problems, reports
from storage.counts import Scope
from storage.problem_counts import KINDS, Grouping
from storage.schema import Transaction
from tests.storage.test_reports import NOON, report

NOW = NOON + timedelta(days=10)
ALWAYS = Scope(None, NOW, at=NOW)
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)
WORK = (Stage.FOUND, Stage.HANDED, Stage.TAKEN)
OURS = (None, Outcome.RECTIFIED, Outcome.UNABLE)


@pytest.fixture
def staff(tx: Transaction) -> list[int]:
    """Three officers; their ids."""
    return [people.add(tx, name, frozenset({Role.OFFICER}), "一中队", None, NOON)
            for name in ("张建国", "李红梅", "赵大勇")]  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A problem as a test tells of it; times are hours after noon, minutes for the handling."""

    stage: Stage = Stage.FOUND
    outcome: Outcome | None = None
    found: int = 0
    limit: int | None = 2
    took: int | None = None
    told: bool = False
    shot_after: int | None = None
    exempt: bool = False
    extended: int = 0
    returned: int = 0
    reopened: int = 0
    finder: int = 0
    handler: int | None = None
    spot: str | None = "songjiang"
    category: str = "liutan"
    squad: str | None = "一中队"
    source: str = "patrol"

    @property
    def found_at(self) -> datetime:
        return NOON + timedelta(hours=self.found)

    @property
    def limit_at(self) -> datetime | None:
        return None if self.limit is None else self.found_at + timedelta(hours=self.limit)

    @property
    def handled_at(self) -> datetime | None:
        return None if self.took is None else self.found_at + timedelta(minutes=self.took)

    @property
    def late(self) -> bool:
        return self.stage in WORK and self.limit_at is not None and self.limit_at < NOW

    @property
    def minutes(self) -> int:
        at_once = self.told and self.shot_after == 0
        return 0 if at_once else max(0, self.took or 0)


def add(tx: Transaction, staff: list[int], *told: Told) -> None:
    """The problems, each of a report of its own."""
    for n, one in enumerate(told):
        made = report(tx, f"R-{n}-{one.found}", source=one.source)
        problems.add(
            tx, number=f"W-{n}", report=made, position=0, source=one.source, spot=one.spot,
            category=one.category, person=staff[one.finder], squad=one.squad, stage=one.stage,
            outcome=one.outcome, found_at=one.found_at, handle_by=one.limit_at,
            handled_at=one.handled_at, told=one.told, shot_after=one.shot_after,
            exempt="道路封闭" if one.exempt else None, extended=one.extended,
            returned=one.returned, reopened=one.reopened,
            handler=None if one.handler is None else staff[one.handler],
        )  # fmt: skip


def is_done(one: Told) -> bool:
    return one.stage not in WORK and one.outcome is Outcome.RECTIFIED


def is_due(one: Told) -> bool:
    ended = one.stage not in WORK
    return one.outcome in OURS and one.limit is not None and (ended or one.late)


def is_closable(one: Told) -> bool:
    again = one.returned + one.reopened > 0
    return one.outcome in OURS and (one.stage not in WORK or again or one.late)


def is_on_spot(one: Told) -> bool:
    quick = timedelta(minutes=one.minutes) <= ON_SPOT
    return is_done(one) and one.took is not None and one.handler == one.finder and quick


def is_in_time(one: Told) -> bool:
    at, by = one.handled_at, one.limit_at
    return is_done(one) and at is not None and by is not None and at <= by


RECOUNT: dict[Count, Callable[[Told], int]] = {
    "due": is_due,
    "handled": lambda one: is_done(one) and one.limit is not None,
    "in_time": is_in_time,
    "overdue": lambda one: one.late,
    "extended": lambda one: is_due(one) and one.extended > 0,
    "closable": is_closable,
    "finished": lambda one: one.outcome in OURS and one.stage is Stage.CLOSED,
    "reworked": lambda one: is_closable(one) and one.returned + one.reopened > 0,
    "timed": lambda one: is_done(one) and one.took is not None,
    "minutes": lambda one: one.minutes if is_done(one) and one.took is not None else 0,
    "on_spot": is_on_spot,
}
"""Each count once more, problem by problem, without a store."""


def recounted(count: Count, told: list[Told]) -> int:
    return sum(RECOUNT[count](one) for one in told)


def share(name: str, told: list[Told]) -> Share:
    one = INDICATORS[name]
    numbers = [recounted(count, told) for count in (one.part, one.of)]
    rest = [each for each in told if not each.exempt]
    apart = [recounted(count, rest) for count in (one.part, one.of)]
    some = one.both and apart[1] < numbers[1]
    return Share(name, numbers[0], numbers[1], (apart[0], apart[1]) if some else None)


endings = st.sampled_from(
    [(stage, None) for stage in WORK]
    + [(Stage.HANDLED, out) for out in (Outcome.RECTIFIED, Outcome.UNABLE)]
    + [(Stage.CLOSED, out) for out in Outcome]
)
few = st.integers(0, 2)
problem = st.builds(
    lambda ending, took, handler, **more: Told(
        *ending, took=None if ending[0] in WORK else took,
        handler=None if ending[0] in WORK else handler, **more,
    ),
    endings, st.sampled_from((0, 1, 59, 60, 61, 119, 120, 121, 600)), few,
    found=st.integers(0, 239), limit=st.sampled_from((None, 1, 2, 24, 300)), told=st.booleans(),
    shot_after=st.sampled_from((None, 0, 7)), exempt=st.booleans(), extended=few, returned=few,
    reopened=few, finder=few, spot=st.sampled_from(("songjiang", "yongfu", None)),
    category=st.sampled_from(("liutan", "zhandao")),
    squad=st.sampled_from(("一中队", "二中队", None)),
    source=st.sampled_from(("patrol", "hotline")),
)  # fmt: skip
scopes = st.fixed_dictionaries(
    {
        "since": st.none() | st.integers(0, 239), "until": st.integers(0, 240),
        "spots": st.sampled_from(((), ("songjiang",), ("songjiang", "yongfu"))),
        "categories": st.sampled_from(((), ("zhandao",))),
        "squads": st.sampled_from(((), ("二中队",))), "who": st.none() | few,
        "source": st.sampled_from((None, "hotline")),
    }
)  # fmt: skip


def lies_in(one: Told, asked: dict[str, Any]) -> bool:
    return (
        (asked["since"] is None or one.found >= asked["since"]) and one.found < asked["until"]
        and (not asked["spots"] or one.spot in asked["spots"])
        and (not asked["categories"] or one.category in asked["categories"])
        and (not asked["squads"] or one.squad in asked["squads"])
        and asked["who"] in (None, one.finder) and asked["source"] in (None, one.source)
    )  # fmt: skip


def scope_of(asked: dict[str, Any], staff: list[int]) -> Scope:
    since = None if asked["since"] is None else NOON + timedelta(hours=asked["since"])
    return Scope(
        since, NOON + timedelta(hours=asked["until"]), asked["spots"], asked["categories"],
        None if asked["who"] is None else (staff[asked["who"]],), asked["squads"],
        asked["source"], at=NOW,
    )  # fmt: skip


@settings(max_examples=80, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(problem, max_size=12), st.lists(scopes, min_size=1, max_size=3))
def test_indicators_numbers_and_rows_agree_with_a_plain_recount(
    tx: Transaction, staff: list[int], told: list[Told], asked: list[dict[str, Any]]
) -> None:
    with tx.begin_nested() as point:
        add(tx, staff, *told)
        for one in asked:
            scope, here = scope_of(one, staff), [each for each in told if lies_in(each, one)]
            assert problem_counts.tally(tx, scope) == {n: share(n, here) for n in INDICATORS}
            for count in KINDS:
                number = counts.number(tx, count, scope)
                assert number == recounted(count, here), count
                rows = counts.rows(tx, count, scope)
                assert len(rows) == (number if count != "minutes" else recounted("timed", here))
        for count, column in product(KINDS, GROUPINGS):
            each_ = counts.by(tx, count, ALWAYS, column)
            left = counts.unnamed(tx, count, ALWAYS, column)
            assert sum(each_.values()) + left == recounted(count, told), (count, column)
        point.rollback()


def test_every_problem_that_is_due_is_handled_in_time_or_late_waits_or_could_not_be(
    tx: Transaction, staff: list[int]
) -> None:
    told = [Told(stage, outcome, took=took, limit=2) for stage, outcome, took in (
        (Stage.CLOSED, Outcome.RECTIFIED, 119), (Stage.HANDLED, Outcome.RECTIFIED, 120),
        (Stage.CLOSED, Outcome.RECTIFIED, 121), (Stage.TAKEN, None, None),
        (Stage.CLOSED, Outcome.UNABLE, 30), (Stage.CLOSED, Outcome.NOT_OURS, None),
        (Stage.CLOSED, Outcome.DUPLICATE, None), (Stage.CLOSED, Outcome.VOID, 1),
    )]  # fmt: skip
    add(tx, staff, *told)
    found = problem_counts.tally(tx, ALWAYS)
    shares = {name: (found[name].total, found[name].of) for name in found}
    assert shares["ontime_rate"] == (2, 5)
    assert shares["handle_rate"] == (3, 5)
    assert shares["overdue_rate"] == (1, 5)
    assert shares["finish_rate"] == (3, 5)
    assert shares["avg_handle_time"] == (360, 3)


def test_what_was_exempted_stays_overdue_and_is_left_out_the_other_way(
    tx: Transaction, staff: list[int]
) -> None:
    late = Told(Stage.CLOSED, Outcome.RECTIFIED, took=300)
    add(tx, staff, replace(late, took=5), late, replace(late, exempt=True))
    found = problem_counts.tally(tx, ALWAYS)
    assert found["ontime_rate"] == Share("ontime_rate", 1, 3, (1, 2))
    assert found["rework_rate"] == Share("rework_rate", 0, 3)


def test_a_limit_that_is_over_at_the_moment_and_not_before(
    tx: Transaction, staff: list[int]
) -> None:
    add(tx, staff, Told(limit=2))
    for hours, wanted in ((1, 0), (2, 0), (3, 1)):
        scope = replace(ALWAYS, at=NOON + timedelta(hours=hours))
        assert problem_counts.number(tx, "overdue", scope) == wanted
        assert problem_counts.tally(tx, scope)["overdue_rate"].of == wanted
    assert Scope(None, NOW).moment == NOW


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (Told(), "overdue"), (Told(limit=None), "going"), (Told(limit=999), "going"),
        (Told(Stage.CLOSED, Outcome.RECTIFIED, took=120), "in_time"),
        (Told(Stage.HANDLED, Outcome.RECTIFIED, took=121), "late"),
        (Told(Stage.CLOSED, Outcome.RECTIFIED, limit=None, took=1), "handled"),
        (Told(Stage.CLOSED, Outcome.UNABLE, took=1), "unable"),
    ],
)  # fmt: skip
def test_how_one_stands(one: Told, wanted: State) -> None:
    found = state_of(one.stage, one.outcome, one.limit_at, one.handled_at, NOW)
    assert found == wanted


def test_the_rows_are_the_newest_first_and_tell_how_each_stands(
    tx: Transaction, staff: list[int]
) -> None:
    add(tx, staff, Told(extended=2, exempt=True), Told(found=5, returned=1, finder=1))
    newest, oldest = problem_counts.rows(tx, "overdue", ALWAYS)
    assert (newest.name, newest.number, newest.sent_back, newest.exempt) == (
        "李红梅",
        "W-1",
        1,
        None,
    )
    assert (oldest.name, oldest.extended, oldest.exempt) == ("张建国", 2, "道路封闭")
    assert problem_counts.rows(tx, "overdue", ALWAYS, 1) == [newest]


def test_what_a_special_check_found_is_counted_apart(tx: Transaction, staff: list[int]) -> None:
    add(tx, staff, Told(), Told())
    found = problem_counts.rows(tx, "due", ALWAYS, 1)
    reports.change(tx, found[0].report, patrol_type="special")
    checks = replace(ALWAYS, patrol_type="special")
    assert problem_counts.tally(tx, checks)["ontime_rate"] == Share("ontime_rate", 0, 1)


def test_every_count_has_its_words() -> None:
    assert tuple(COUNTS) == KINDS
    assert tuple(RECOUNT) == KINDS


# ---- how it is read ----


def plan(tx: Transaction, ask: Callable[[], object]) -> str:
    """How the store goes through what is asked, where it may not read a table as it lies."""
    told: list[tuple[str, Any]] = []

    def keep(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        told.append((statement, values))

    event.listen(tx, "before_cursor_execute", keep)
    ask()
    event.remove(tx, "before_cursor_execute", keep)
    ((statement, values),) = told
    explain = "EXPLAIN QUERY PLAN"
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN"
    return "\n".join(str(row[-1]) for row in tx.exec_driver_sql(f"{explain} {statement}", values))


def test_a_month_is_read_once_and_by_the_index_of_when_it_was_found(tx: Transaction) -> None:
    month = Scope(NOON - timedelta(days=30), NOON, at=NOON)
    assert "ix_problems_found" in plan(tx, lambda: problem_counts.tally(tx, month))


def test_what_is_overdue_now_is_read_by_the_index_of_what_is_under_way(tx: Transaction) -> None:
    assert "ix_problems_due" in plan(tx, lambda: problem_counts.number(tx, "overdue", ALWAYS))
