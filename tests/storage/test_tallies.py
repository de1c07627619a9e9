"""A number from the tallies is the number that counting gives, whatever was done to the reports."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, get_args

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, insert, text
from sqlalchemy.pool import NullPool

from bot.rules.metrics import Measure
from bot.rules.records import Find
from storage import counts, problem_counts, reports, tallies, ticket_counts
from storage.counts import Scope
from storage.migrate import STEPS, upgrade
from storage.patrol_counts import KINDS
from storage.schema import Transaction
from tests.storage.test_reports import report

ROOT = Path(__file__).parents[2]
FIRST = datetime(2025, 6, 9, tzinfo=UTC)
CHINA, INDIA = timezone(timedelta(hours=8)), timezone(timedelta(hours=5, minutes=30))
MEASURES: tuple[Measure, ...] = get_args(Measure)
ROWS = (*KINDS, *problem_counts.KINDS, *ticket_counts.KINDS)
OF_FINDS = tuple(one for one in MEASURES if one not in ROWS)
"""What is counted by finds; rounds, checks, shifts, tickets are rows of their own."""

SPOTS, KINDS_OF_FINDS = ("songjiang", "yongfu", "station"), ("liutan", "zhandao", "none")
found = st.builds(
    Find, spot=st.sampled_from((None, *SPOTS)), category=st.sampled_from((None, *KINDS_OF_FINDS)),
    count=st.none(), action=st.sampled_from(("none", "found", "recheck_fail")),
    state=st.sampled_from(("none", "open", "closed")),
)  # fmt: skip
near = st.builds(
    lambda block, off, zone: (FIRST + block * tallies.BLOCK + off).astimezone(zone),
    st.integers(0, 8),
    st.sampled_from(
        [timedelta(microseconds=n) for n in (-1, 0, 1)] + [timedelta(minutes=n) for n in (-30, 200)]
    ),
    st.sampled_from((UTC, CHINA, INDIA)),
)
"""Moments at the borders of blocks, and half an hour before as an Indian midnight is."""

kind_of_patrol = st.sampled_from((None, "full", "special", "fixed"))
deed = st.one_of(
    st.tuples(st.just("new"), near, st.lists(found, min_size=1, max_size=3), st.booleans(),
              kind_of_patrol),
    st.tuples(st.just("correct"), st.integers(0, 9), near,
              st.lists(found, min_size=1, max_size=3), st.booleans()),
    st.tuples(st.just("count"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("patrol"), st.integers(0, 9), kind_of_patrol),
)  # fmt: skip
scope = st.builds(
    Scope, st.none() | near, near,
    st.lists(st.sampled_from(SPOTS), max_size=3).map(tuple),
    st.lists(st.sampled_from(KINDS_OF_FINDS), max_size=2).map(tuple),
)  # fmt: skip


class House:
    """Reports as the deeds leave them; each knows its newest revision."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.revisions: dict[int, int] = {}
        self.numbers = count(1)

    def do(self, what: str, *given: Any) -> None:
        """One deed; one that means a report is about one of those there are."""
        if what == "new":
            at, some, counting, patrol = given
            made = report(self.tx, f"R-{next(self.numbers)}", occurred_at=at, patrol_type=patrol)
            self.write(made, at, some, counting)
        elif self.revisions:
            which = list(self.revisions)[given[0] % len(self.revisions)]
            if what == "correct":
                self.write(which, *given[1:])
                reports.change(self.tx, which, occurred_at=given[1])
            elif what == "count":
                reports.set_counts(self.tx, which, self.revisions[which], given[1])
            else:
                reports.change(self.tx, which, patrol_type=given[1])

    def write(self, which: int, at: datetime, some: list[Find], counting: bool) -> None:
        """The report's finds are these."""
        self.revisions[which] = self.revisions.get(which, 0) + 1
        reports.write_finds(
            self.tx, which, self.revisions[which], some, person=1, occurred_at=at,
            counts=counting, rebound=len(some) > 1,
        )  # fmt: skip


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(deed, max_size=12), st.lists(scope, min_size=1, max_size=4))
def test_tallies_and_counting_agree(tx: Transaction, deeds: list[Any], asked: list[Scope]) -> None:
    with tx.begin_nested() as point:
        house = House(tx)
        for what in deeds:
            house.do(*what)
        assert tallies.astray(tx) == []
        for one in asked:
            for measure in OF_FINDS:
                here = measure, one
                assert counts.number(tx, *here) == counts.scanned(tx, *here), here
        point.rollback()


def seed(tx: Transaction, number: int = 60) -> None:
    house = House(tx)
    for n in range(number):
        at = FIRST + timedelta(hours=3 * n)
        some = [
            Find(SPOTS[n % 3], KINDS_OF_FINDS[n % 2], state="closed"),
            Find(SPOTS[n % 2], "none"),
        ]
        house.do("new", at, some, True, "full" if n % 4 == 0 else None)


def test_the_migrations_tally_the_finds_there_are(url: str) -> None:
    """Filled by the step that brought them, and carried on by those after it."""
    engine = create_engine(url, poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(STEPS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.commit()
    with engine.begin() as tx:
        for n in range(1, 30):
            at = FIRST + timedelta(hours=3 * n, microseconds=-1)
            kind = "special" if n % 4 == 0 else None
            row = dict.fromkeys(("album", "guessed", "asking", "withdrawn_at"), None) | {
                "number": f"R-{n}", "person": 1, "holder": 1, "squad": None, "line": "telegram",
                "chat": 7, "message": n, "intent": "problem", "source": "patrol", "text": "",
                "flags": [], "occurred_at": at, "received_at": at, "last_part_at": at,
                "late": False, "practice": False, "reminded": False, "version": 1,
                "patrol_type": kind,
            }  # fmt: skip
            tx.execute(insert(reports.reports), row)
            tx.execute(insert(reports.finds), {
                "report": n, "revision": 1, "position": 0, "spot": SPOTS[n % 3] if n % 5 else None,
                "spot_text": None, "category": KINDS_OF_FINDS[n % 3], "quantity": None,
                "action": "found", "state": "open" if n % 2 else "closed", "occurred_at": at,
                "person": 1, "counts": n % 7 != 0, "rebound": n % 6 == 0,
            })  # fmt: skip
        import_module("storage.migrations.versions.0004_tallies").fill(tx)
    with engine.connect() as connection:
        upgrade(connection)
    with engine.connect() as tx:
        assert tallies.astray(tx) == []
        until = Scope(None, FIRST + timedelta(days=9))
        assert counts.number(tx, "reports", until) == 25
        assert counts.number(tx, "specials", until) == 7
    engine.dispose()


def test_a_row_that_was_tampered_with_is_found(tx: Transaction) -> None:
    seed(tx)
    tx.execute(text("UPDATE tallies SET problems = problems + 1 WHERE spot = 'yongfu' "
                    "AND category = '' AND block = (SELECT min(block) FROM tallies)"))  # fmt: skip
    tx.execute(text("DELETE FROM tallies WHERE spot = 'station' AND category = 'liutan'"))
    told = "\n".join(tallies.astray(tx))
    assert "yongfu, *" in told
    assert "the tallies say" in told
    assert "station, liutan" in told


def test_a_deed_that_fails_leaves_no_trace(tx: Transaction) -> None:
    seed(tx, 5)
    with tx.begin_nested() as point:
        reports.set_counts(tx, 1, 1, False)
        point.rollback()
    assert tallies.astray(tx) == []
    assert counts.number(tx, "reports", Scope(None, FIRST + timedelta(days=9))) == 5


def statements(tx: Transaction, measure: Measure, asked: Scope) -> list[tuple[str, Any]]:
    """What the number asks of the store."""
    told: list[tuple[str, Any]] = []

    def hear(_: Any, __: Any, statement: str, given: Any, *___: Any) -> None:
        told.append((statement, given))

    event.listen(tx, "before_cursor_execute", hear)
    counts.number(tx, measure, asked)
    event.remove(tx, "before_cursor_execute", hear)
    return told


WEEK = Scope(FIRST.astimezone(CHINA), FIRST + timedelta(days=7))


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    "asked",
    [
        WEEK,
        replace(WEEK, since=None),
        replace(WEEK, spots=("songjiang",), since=FIRST + timedelta(hours=1)),
        replace(WEEK, spots=("songjiang", "yongfu")),
        replace(WEEK, categories=("liutan",), until=FIRST + timedelta(hours=2)),
        replace(WEEK, spots=("songjiang",), persons=(1,)),
        replace(WEEK, squads=("一中队",)),
    ],
    ids=["all", "ever", "spot", "spots", "kind", "person", "squad"],
)
def test_no_number_reads_through_a_table(tx: Transaction, measure: Measure, asked: Scope) -> None:
    """SQLite uses a partial index only where the condition is written exactly as in the index."""
    for statement, values in statements(tx, measure, asked):
        plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
        assert not [
            step
            for step in plan
            if re.search(r"SCAN (finds|reports|tallies|patrols|patrol_|problems)", step)
        ], plan


def test_a_span_of_whole_days_in_china_counts_no_find(tx: Transaction) -> None:
    midnight = datetime(2025, 6, 9, tzinfo=CHINA)
    asked = Scope(midnight, midnight + timedelta(days=30))
    for measure in MEASURES:
        assert all("finds" not in told for told, _ in statements(tx, measure, asked)), measure


HOME = "storage/reports.py"


def test_finds_are_written_in_one_place() -> None:
    """Whoever writes them elsewhere leaves the tallies behind."""
    writing = re.compile(
        r"(insert|update|delete)\((finds|reports\.finds)\b|INTO finds|UPDATE finds"
    )
    for room in ("bot", "handlers", "scheduler", "storage"):
        for file in (ROOT / room).rglob("*.py"):
            if file.parent.name == "versions" or file.relative_to(ROOT).as_posix() == HOME:
                continue
            assert not writing.search(file.read_text("utf-8")), file
