"""The made-up history is the same on every store, and counts like one that was reported."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.bureau import DEFAULT, build_bureau
from bot.rules.records import Bureau
from storage import counts, people, tallies
from storage.counts import Scope
from storage.reports import finds, reports
from storage.schema import Transaction
from tests.bench import history
from tests.bench.questions import NOW

REPORTS = 500


def loaded(tx: Transaction, seed: int = 1) -> Bureau:
    bureau = build_bureau(DEFAULT)
    history.load(tx, REPORTS, NOW, bureau, seed)
    return bureau


def test_it_counts_like_any_other(tx: Transaction) -> None:
    loaded(tx)
    assert tallies.astray(tx) == []
    everything = Scope(None, NOW)
    assert REPORTS * 0.9 < counts.number(tx, "reports", everything) < REPORTS
    held = {name: counts.number(tx, name, everything) for name in ("problems", "open", "closed")}
    assert held["problems"] == held["open"] + held["closed"]
    assert min(held.values()) > 0
    assert counts.number(tx, "patrols", everything) > counts.number(tx, "specials", everything) > 0
    assert counts.number(tx, "rebounds", everything) > 0


def test_it_runs_over_three_years_until_now(tx: Transaction) -> None:
    bureau = loaded(tx)
    moments = [row[0] for row in tx.execute(select(reports.c.occurred_at).order_by(reports.c.id))]
    assert moments == sorted(moments)
    assert timedelta(0) < NOW - moments[-1] < timedelta(days=10)
    begin = NOW - timedelta(days=history.DAYS)
    assert moments[0] - begin < timedelta(days=10)
    assert {moment.astimezone(bureau.tz).hour for moment in moments} <= set(range(7, 22))


def test_thirty_officers_in_three_squads_report(tx: Transaction) -> None:
    loaded(tx)
    officers = [person for person in people.everyone(tx) if person.squad]
    assert len(officers) == history.OFFICERS
    assert {person.squad for person in officers} == set(history.SQUADS)
    assert counts.reporters(tx, Scope(None, NOW)) <= {person.id for person in officers}
    number = tx.execute(select(func.count()).select_from(finds)).scalar_one()
    assert 1.2 < number / REPORTS < 1.4


def test_the_seed_decides_everything() -> None:
    bureau = build_bureau(DEFAULT)
    first, again, other = (history.made(20, NOW, bureau, seed) for seed in (1, 1, 2))
    same = list(first)
    assert same == list(again)
    assert same != list(other)


def test_as_many_reports_as_are_asked_for_fill_the_same_days() -> None:
    def days(number: int) -> tuple[datetime, datetime]:
        made = [report["occurred_at"] for report, _ in history.made(number, NOW, bureau, 1)]
        return made[0], made[-1]

    bureau = build_bureau(DEFAULT)
    few, many = days(1000), days(10_000)
    assert all(abs(a - b) < timedelta(days=2) for a, b in zip(few, many, strict=True))
