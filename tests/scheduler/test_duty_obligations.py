"""The morning that makes runs: on working days, once, and for all that a downtime left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.rules.calendar import REST, MovedDay, WorkCalendar
from bot.rules.records import Bureau
from scheduler import planning
from scheduler.duties import Duty, carry_out
from scheduler.duty_obligations import DUTIES, RUNS
from storage import dues, obligations
from storage.schema import Transaction
from tests.actions.conftest import TZ, Field, default_bureau
from tests.storage.stores import database, migrated, store, tx, url

__all__ = ["database", "migrated", "store", "tx", "url"]
(DUTY,) = DUTIES
TABLE: dict[str, Duty] = {DUTY.name: DUTY}
DEVICE = "device_check_monthly"


@pytest.fixture
def bureau(tx: Transaction) -> Bureau:
    Field(tx)
    return default_bureau()[0]


def at(day: int, hour: int = 9, month: int = 6) -> datetime:
    return datetime(2025, month, day, hour, tzinfo=TZ)


def plan(tx: Transaction, bureau: Bureau, since: datetime, until: datetime) -> list[datetime]:
    found = DUTY.occurrences(tx, bureau, since, until)
    dues.note(tx, found, since)
    return [one.due_at for one in found]


def rings(tx: Transaction, bureau: Bureau, now: datetime) -> list[str]:
    """What became of every row that is due."""
    done = []
    for row in dues.ripe(tx, now, 100):
        outcome = carry_out(tx, DUTY, row.id, bureau, now)
        assert outcome is not None
        done.append(outcome.state)
    return done


def runs(tx: Transaction) -> list[str]:
    return [f"{run.first:%m-%d}" for run in obligations.of_code(tx, DEVICE)]


def test_it_rings_early_on_working_days(tx: Transaction, bureau: Bureau) -> None:
    found = plan(tx, bureau, at(13), at(18))
    assert found == [at(16, 6), at(17, 6), at(18, 6)]


def test_a_day_off_is_none(tx: Transaction, bureau: Bureau) -> None:
    off = WorkCalendar((MovedDay(at(16).date(), REST, "假", ""),))
    assert plan(tx, replace(bureau, calendar=off), at(13), at(18)) == [at(17, 6), at(18, 6)]


def test_of_the_mornings_of_a_downtime_the_last_makes_up_for_all(
    tx: Transaction, bureau: Bureau
) -> None:
    plan(tx, bureau, at(2, 0), at(5))
    assert set(rings(tx, bureau, at(5))) == {"dropped", "done"}
    assert runs(tx) == ["06-01"]
    plan(tx, bureau, at(6, 0), at(12, month=9))
    outcomes = rings(tx, bureau, at(12, month=9))
    assert outcomes.count("done") == 1
    assert outcomes[-1] == "done"
    assert runs(tx) == ["06-01", "07-01", "08-01", "09-01"]


def test_twice_is_once(tx: Transaction, bureau: Bureau) -> None:
    plan(tx, bureau, at(2, 0), at(3))
    plan(tx, bureau, at(2, 0), at(3))
    rings(tx, bureau, at(2))
    assert rings(tx, bureau, at(2)) == []
    plan(tx, bureau, at(3, 0), at(4))
    assert rings(tx, bureau, at(3)) == ["dropped"]
    assert runs(tx) == ["06-01"]


def test_no_admin_is_told_that_it_will_come(tx: Transaction, bureau: Bureau) -> None:
    plan(tx, bureau, at(2, 0), at(2) + timedelta(days=15))
    assert planning.coming(tx, TABLE, at(2), 5) == []
    told = {DUTY.name: replace(DUTY, listed=True)}
    assert len(planning.coming(tx, told, at(2), 5)) == 5
    assert RUNS == "obligation_runs", "its name stands in rows"
