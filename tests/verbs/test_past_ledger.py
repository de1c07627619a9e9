"""The demo's ledger shows everything there is to see, and its numbers hold."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.actions import counters, ledger_figures, ledger_views
from bot.actions.answering import answer
from bot.bureau import build_bureau
from bot.rules.ledger import TaskState
from bot.rules.ledger_facts import TaskList, differs
from bot.rules.records import Role
from bot.rules.wall_facts import LOOKS
from bot.verbs.past import PEOPLE
from bot.verbs.past_ledger import LINES, seed_ledger
from storage import evidence, people, tasks
from storage.schema import Transaction
from tests.storage.stores import database, migrated, store, tx, url

__all__ = ["database", "migrated", "store", "tx", "url"]

NOW = datetime(2025, 6, 12, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
BUREAU = build_bureau({})


def seeded(tx: Transaction) -> dict[str, int]:
    ids = {
        one.name: people.add(tx, one.name, one.roles, one.squad, None, NOW)
        for one in PEOPLE if one.roles
    }  # fmt: skip
    seed_ledger(tx, ids, BUREAU, NOW)
    return ids


def test_every_state_and_every_look_but_reopened_late_is_there(tx: Transaction) -> None:
    seeded(tx)
    found = tasks.everything(tx)
    assert len(found) == len(LINES) == 24
    assert {one.state for one in found} == set(TaskState)
    wall = ledger_figures.wall(tx, BUREAU, NOW)
    assert wall is not None
    looks = {cell.look for _, cells in wall.groups for cell in cells}
    assert looks == set(LOOKS) - {"again"}  # the reopened one is due soon, and shown so


def test_its_sentence_holds(tx: Transaction) -> None:
    seeded(tx)
    report = ledger_figures.report(tx, BUREAU, NOW)
    assert report is not None
    assert differs(report) == []
    assert report.headings.bare == ()
    assert (report.headings.aspects, report.headings.items, report.headings.issues) == (3, 6, 8)
    assert counters.standing(tx)


def test_its_owners_and_leader_have_something_to_do(tx: Transaction) -> None:
    ids = seeded(tx)
    for name in ("王志强", "李主任", "孙涛", "李红梅"):
        who = people.by_id(tx, ids[name])
        found = answer(tx, who, ledger_views.mine(name), BUREAU, NOW)
        assert isinstance(found, TaskList)
        assert found.total > 1, name
    owner = next(one for one in PEOPLE if Role.OWNER in one.roles)
    assert owner.name == "王志强"


def test_what_was_handed_in_can_be_looked_at(tx: Transaction) -> None:
    seeded(tx)
    given = [one for one in tasks.everything(tx) if one.given_by is not None]
    assert len(given) > 5
    assert all(len(evidence.of_task(tx, one.id)) == 1 for one in given)
