"""Every update is stored once, ends in one named state, and the books add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage import inbox
from storage.inbox import AlreadySettled, Arrival
from storage.schema import Transaction

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)


def arrivals(*keys: str, lane: str = "7") -> list[Arrival]:
    return [Arrival(key, lane, {"update_id": key, "text": "松江路"}) for key in keys]


def keys(tx: Transaction, after: int = 0, most: int = 100) -> list[str]:
    return [row.key for row in inbox.page(tx, after, most)]


def test_a_key_is_stored_once_within_and_across_batches(tx: Transaction) -> None:
    assert inbox.take_in(tx, "telegram", arrivals("1", "2", "1"), NOON) == 3
    inbox.take_in(tx, "telegram", arrivals("2", "3"), NOON + timedelta(hours=1))
    assert keys(tx) == ["1", "2", "3"]
    assert [row.received_at for row in inbox.page(tx, 0, 9)][:2] == [NOON, NOON]


def test_a_settled_row_is_not_taken_in_again(tx: Transaction) -> None:
    inbox.take_in(tx, "telegram", arrivals("1"), NOON)
    inbox.settle(tx, inbox.page(tx, 0, 9)[0].id, inbox.DONE, NOON)
    inbox.take_in(tx, "telegram", arrivals("1"), NOON)
    assert keys(tx) == []
    assert inbox.census(tx) == {"done": 1}


def test_the_same_key_on_another_line_is_another_row(tx: Transaction) -> None:
    inbox.take_in(tx, "telegram", arrivals("1"), NOON)
    inbox.take_in(tx, "simulator", arrivals("1"), NOON)
    assert [row.line for row in inbox.page(tx, 0, 9)] == ["telegram", "simulator"]


def test_nothing_offered_is_nothing_stored(tx: Transaction) -> None:
    assert inbox.take_in(tx, "telegram", [], NOON) == 0
    assert inbox.census(tx) == {}


def test_pages_go_through_all_pending_rows_in_order_once(tx: Transaction) -> None:
    inbox.take_in(tx, "telegram", arrivals(*(str(n) for n in range(25))), NOON)
    seen: list[str] = []
    after = 0
    while rows := inbox.page(tx, after, 10):
        seen += [row.key for row in rows]
        after = rows[-1].id
    assert seen == [str(n) for n in range(25)]


def test_a_page_has_only_what_still_waits(tx: Transaction) -> None:
    inbox.take_in(tx, "telegram", arrivals("1", "2", "3", "4", "5"), NOON)
    rows = inbox.page(tx, 0, 9)
    for row, state in zip(rows, ("done", "ignored", "quarantined", "failed"), strict=False):
        inbox.settle(tx, row.id, state, NOON, "why")
    assert keys(tx) == ["5"]
    assert inbox.census(tx) == {
        "done": 1, "ignored": 1, "quarantined": 1, "failed": 1, "pending": 1,
    }  # fmt: skip


@pytest.mark.parametrize("first", ["done", "ignored", "quarantined", "failed"])
@pytest.mark.parametrize("second", ["done", "failed"])
def test_a_second_end_raises_and_changes_nothing(tx: Transaction, first: str, second: str) -> None:
    inbox.take_in(tx, "telegram", arrivals("1"), NOON)
    row = inbox.page(tx, 0, 9)[0].id
    inbox.settle(tx, row, first, NOON, "the first")
    with pytest.raises(AlreadySettled):
        inbox.settle(tx, row, second, NOON + timedelta(days=1), "the second")
    c = inbox.table.c
    kept = tx.execute(select(c.state, c.reason, c.settled_at)).one()
    assert tuple(kept) == (first, "the first", NOON)


def test_settling_a_row_that_is_not_there_raises(tx: Transaction) -> None:
    with pytest.raises(AlreadySettled):
        inbox.settle(tx, 999_999, inbox.DONE, NOON)


def test_an_attempt_is_counted_and_says_why(tx: Transaction) -> None:
    inbox.take_in(tx, "telegram", arrivals("1"), NOON)
    (row,) = inbox.page(tx, 0, 9)
    inbox.tried(tx, row.id, "KeyError: 'x'")
    inbox.tried(tx, row.id, "KeyError: 'y'")
    (again,) = inbox.page(tx, 0, 9)
    assert again.attempts == 2
    assert tx.execute(select(inbox.table.c.reason)).scalar_one() == "KeyError: 'y'"


def test_the_oldest_waiting_row_is_the_oldest_received(tx: Transaction) -> None:
    assert inbox.oldest_pending(tx) is None
    inbox.take_in(tx, "telegram", arrivals("1"), NOON)
    inbox.take_in(tx, "telegram", arrivals("2"), NOON + timedelta(minutes=5))
    assert inbox.oldest_pending(tx) == NOON
    inbox.settle(tx, inbox.page(tx, 0, 1)[0].id, inbox.DONE, NOON)
    assert inbox.oldest_pending(tx) == NOON + timedelta(minutes=5)


def test_what_is_in_trouble_is_listed_newest_first_with_its_raw_text(tx: Transaction) -> None:
    inbox.take_in(tx, "telegram", arrivals("1", "2", "3"), NOON)
    one, two, three = inbox.page(tx, 0, 9)
    inbox.settle(tx, one.id, inbox.QUARANTINED, NOON, "malformed: message")
    inbox.settle(tx, two.id, inbox.DONE, NOON)
    inbox.settle(tx, three.id, inbox.FAILED, NOON, "KeyError")
    found = inbox.troubled(tx)
    assert [(f[0], f[2], f[3]) for f in found] == [
        (three.id, "failed", "KeyError"), (one.id, "quarantined", "malformed: message"),
    ]  # fmt: skip
    assert "松江路" in found[0][4]
    assert len(inbox.troubled(tx, 1)) == 1
