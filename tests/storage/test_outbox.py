"""What is owed: one row a card and chat, sent once, however often it changes or the house dies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from storage import held, outbox
from storage.outbox import DROPPED, EDIT_PAUSE, FAILED, OWED, SENDING, SHOWN, Owed, Result
from storage.schema import Transaction

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def owe(tx: Transaction, subject: int = 1, now: datetime = NOON, **more: Any) -> None:
    outbox.owe(tx, "telegram", more.pop("chat", 7), "receipt", subject, now, **more)


def claim(tx: Transaction, now: datetime = NOON, busy: tuple[int, ...] = ()) -> list[Owed]:
    return outbox.claim(tx, now, busy, 10)


def done(tx: Transaction, row: Owed, now: datetime = NOON, **more: Any) -> None:
    """The row was sent, as message 55 unless it had one."""
    values: dict[str, Any] = {
        "state": SHOWN, "wanted": row.wanted, "message": row.message or 55, "digest": "d",
        "at": now, "due_at": row.due_at, "attempts": 0,
    }  # fmt: skip
    outbox.record(tx, [Result(row.id, **values | more)])


def only(tx: Transaction) -> Any:
    return tx.execute(select(outbox.table)).one()


def test_a_card_is_claimed_once(tx: Transaction) -> None:
    owe(tx)
    (row,) = claim(tx)
    assert (row.line, row.chat, row.card, row.subject, row.wanted, row.shown, row.message) == (
        "telegram", 7, "receipt", 1, 1, 0, None,
    )  # fmt: skip
    assert claim(tx) == []
    assert only(tx).state == SENDING


def test_a_card_is_not_claimed_before_it_is_due(tx: Transaction) -> None:
    owe(tx, due_at=NOON + SECOND)
    assert claim(tx) == []
    assert outbox.next_due(tx) == NOON + SECOND
    assert len(claim(tx, NOON + SECOND)) == 1
    assert outbox.next_due(tx) is None


def test_many_changes_before_the_first_look_are_one_message(tx: Transaction) -> None:
    for n in range(10):
        owe(tx, now=NOON + n * SECOND / 10)
    (row,) = claim(tx, NOON + SECOND)
    assert row.wanted == 10
    done(tx, row)
    assert only(tx).state == SHOWN
    assert only(tx).shown == 10


def test_changes_during_sending_are_one_edit_a_second_later(tx: Transaction) -> None:
    owe(tx)
    (row,) = claim(tx)
    for n in range(10):
        owe(tx, now=NOON + n * SECOND / 100)
    assert only(tx).state == SENDING
    assert claim(tx, NOON + SECOND / 2) == []
    done(tx, row, NOON + SECOND / 2)
    kept = only(tx)
    assert (kept.state, kept.shown, kept.wanted, kept.message) == (OWED, 1, 11, 55)
    assert claim(tx, NOON + SECOND) == []
    (again,) = claim(tx, NOON + SECOND / 2 + EDIT_PAUSE)
    assert (again.wanted, again.message, again.digest) == (11, 55, "d")
    done(tx, again)
    assert only(tx).state == SHOWN


def test_two_edits_of_one_card_lie_a_second_apart(tx: Transaction) -> None:
    owe(tx)
    done(tx, claim(tx)[0], NOON)
    outbox.owe_again(tx, "receipt", 1, NOON + SECOND / 10)
    assert claim(tx, NOON + EDIT_PAUSE - timedelta(milliseconds=1)) == []
    assert len(claim(tx, NOON + EDIT_PAUSE)) == 1


def test_the_pause_of_one_card_does_not_hold_up_another(tx: Transaction) -> None:
    owe(tx)
    done(tx, claim(tx)[0], NOON)
    owe(tx)
    owe(tx, subject=2)
    assert [row.subject for row in claim(tx)] == [2]


def test_a_busy_chat_is_left_out_and_comes_later(tx: Transaction) -> None:
    owe(tx, 1, chat=7)
    owe(tx, 2, chat=8)
    assert [row.chat for row in claim(tx, busy=(7,))] == [8]
    assert [row.chat for row in claim(tx)] == [7]


def test_the_oldest_due_come_first_and_no_more_than_asked(tx: Transaction) -> None:
    for subject in range(5):
        owe(tx, subject, due_at=NOON - subject * SECOND)
    assert [row.subject for row in outbox.claim(tx, NOON, (), 3)] == [4, 3, 2]
    assert [row.subject for row in outbox.claim(tx, NOON, (), 3)] == [1, 0]


def test_what_was_never_shown_is_not_shown_by_a_change(tx: Transaction) -> None:
    outbox.owe_again(tx, "receipt", 1, NOON)
    assert claim(tx) == []


@pytest.mark.parametrize(("state", "wakes"), [(SHOWN, True), (DROPPED, True), (FAILED, False)])
def test_a_change_wakes_every_card_but_the_refused(
    tx: Transaction, state: str, wakes: bool
) -> None:
    owe(tx)
    done(tx, claim(tx)[0], state=state, reason="403")
    outbox.owe_again(tx, "receipt", 1, NOON + SECOND)
    assert bool(claim(tx, NOON + 9 * SECOND)) is wakes


def test_a_change_reaches_every_chat_that_shows_the_card(tx: Transaction) -> None:
    for chat in (7, 8, -9):
        owe(tx, chat=chat)
    for row in claim(tx):
        done(tx, row)
    outbox.owe_again(tx, "receipt", 1, NOON + SECOND)
    assert sorted(row.chat for row in claim(tx, NOON + 2 * SECOND)) == [-9, 7, 8]


def test_owing_a_refused_card_anew_tries_again(tx: Transaction) -> None:
    owe(tx)
    done(tx, claim(tx)[0], state=FAILED, reason="403")
    owe(tx, now=NOON + SECOND)
    (row,) = claim(tx, NOON + SECOND)
    assert row.attempts == 0


def test_a_failed_attempt_is_due_later_and_counted(tx: Transaction) -> None:
    owe(tx)
    (row,) = claim(tx)
    later = NOON + 30 * SECOND
    done(tx, row, state=OWED, due_at=later, attempts=1, message=None, digest=None, reason="502")
    assert claim(tx, NOON + 29 * SECOND) == []
    (again,) = claim(tx, later)
    assert (again.attempts, again.shown, again.message) == (1, 0, None)


def test_what_was_being_sent_at_a_crash_is_owed_again_and_marked(tx: Transaction) -> None:
    owe(tx, 1)
    owe(tx, 2)
    (first, _) = claim(tx)
    done(tx, first)
    assert held.recover(tx, ()) == (1, [])
    (again,) = claim(tx)
    assert again.subject == 2
    assert tx.execute(
        select(outbox.c.repeats).where(outbox.c.subject == 2)
    ).scalar_one() == 1  # fmt: skip
    done(tx, again)
    assert held.recover(tx, ()) == (0, [])


def test_a_card_that_came_through_is_not_worn_out_by_crashes_over_the_years(
    tx: Transaction,
) -> None:
    for year in range(held.MOST_REPEATS + 2):
        now = NOON + 9 * year * SECOND
        owe(tx, now=now)
        claim(tx, now)
        assert held.recover(tx, ()) == (1, [])
        done(tx, claim(tx, now)[0], now)
        assert (only(tx).state, only(tx).repeats) == (SHOWN, 0)


def test_a_card_whose_sending_ends_every_process_is_held(tx: Transaction) -> None:
    owe(tx)
    for _ in range(held.MOST_REPEATS):
        claim(tx)
        assert held.recover(tx, ()) == (1, [])
    claim(tx)
    assert len(held.recover(tx, ())[1]) == 1


def test_a_late_record_of_a_row_that_was_recovered_changes_nothing(tx: Transaction) -> None:
    owe(tx)
    (row,) = claim(tx)
    held.recover(tx, ())
    done(tx, row)
    assert (only(tx).state, only(tx).shown) == (OWED, 0)


def test_a_key_owes_one_row_whatever_the_chat(tx: Transaction) -> None:
    for _ in range(3):
        outbox.owe(tx, "telegram", 7, "weekly", 0, NOON, key="weekly:2025-W24:7")
    outbox.owe(tx, "telegram", 7, "weekly", 0, NOON, key="weekly:2025-W25:7")
    assert outbox.census(tx) == {OWED: 2}


def test_the_secret_of_a_card_is_forgotten_once_it_is_shown(tx: Transaction) -> None:
    owe(tx, args={"token": "secret"})
    (row,) = claim(tx)
    assert row.args == {"token": "secret"}
    done(tx, row)
    assert only(tx).args is None


@pytest.mark.parametrize("state", [OWED])
def test_the_arguments_stay_while_the_card_is_still_to_be_sent(tx: Transaction, state: str) -> None:
    owe(tx, args={"token": "secret"})
    done(tx, claim(tx)[0], state=state, attempts=1)
    assert only(tx).args == {"token": "secret"}


def test_arguments_given_anew_during_sending_are_not_forgotten(tx: Transaction) -> None:
    owe(tx, args={"n": 1})
    (row,) = claim(tx)
    owe(tx, args={"n": 2})
    done(tx, row)
    (again,) = claim(tx, NOON + EDIT_PAUSE)
    assert again.args == {"n": 2}


def test_the_arguments_of_a_card_that_needs_them_again_are_kept(tx: Transaction) -> None:
    owe(tx, args={"n": 1})
    done(tx, claim(tx)[0], keep_args=True)
    assert only(tx).args == {"n": 1}


def test_a_moved_chat_gets_what_was_owed_as_a_new_message(tx: Transaction) -> None:
    owe(tx, 1, chat=-5)
    owe(tx, 2, chat=-5)
    owe(tx, 3, chat=-6)
    shown = next(row for row in claim(tx) if row.subject == 1)
    done(tx, shown)
    owe(tx, 1, chat=-5, now=NOON + SECOND)
    outbox.move_chat(tx, "telegram", -5, -1005)
    rows = {r.subject: r for r in tx.execute(select(outbox.table))}
    assert (rows[1].chat, rows[1].message) == (-1005, None)
    assert (rows[2].chat, rows[2].state) == (-1005, SENDING)
    assert rows[3].chat == -6


def test_where_a_card_is_shown_can_be_asked(tx: Transaction) -> None:
    owe(tx)
    assert outbox.message_of(tx, "receipt", 1, "telegram", 7) is None
    done(tx, claim(tx)[0])
    assert outbox.message_of(tx, "receipt", 1, "telegram", 7) == 55
    assert outbox.message_of(tx, "receipt", 1, "telegram", 8) is None


def test_what_a_line_refused_is_listed_with_its_reason(tx: Transaction) -> None:
    owe(tx)
    done(tx, claim(tx)[0], state=FAILED, reason="403 blocked")
    (row,) = outbox.failures(tx)
    assert (row.card, row.chat, row.reason) == ("receipt", 7, "403 blocked")


def test_letting_go_owes_nothing_and_touches_nothing_shown(tx: Transaction) -> None:
    owe(tx, 1)
    done(tx, claim(tx)[0])
    owe(tx, 2)
    outbox.let_go(tx)
    assert outbox.census(tx) == {SHOWN: 1, DROPPED: 1}
    assert outbox.next_due(tx) is None


def test_nothing_recorded_is_no_statement(tx: Transaction) -> None:
    owe(tx)
    outbox.record(tx, [])
    tx.execute(update(outbox.table).values(attempts=3))
    assert only(tx).state == OWED


SETTLE, LONGEST = timedelta(seconds=4), timedelta(seconds=10)


def quiet(tx: Transaction, now: datetime) -> float:
    """Seconds from NOON until the card is due when one more part came at `now`; it is owed so."""
    due = outbox.quiet_until(tx, "k", now, SETTLE, LONGEST)
    outbox.owe(tx, "telegram", 5, "receipt", 1, now, key="k", due_at=due)
    return (due - NOON).total_seconds()


def test_a_first_look_waits_for_quiet_but_never_longer_than_the_bound(tx: Transaction) -> None:
    waited = [quiet(tx, NOON + timedelta(seconds=s)) for s in (0, 3, 6, 9, 12)]
    assert waited == [4, 7, 10, 10, 12]


def test_later_looks_keep_their_distance(tx: Transaction) -> None:
    quiet(tx, NOON)
    shown = NOON + timedelta(seconds=4)
    (row,) = outbox.claim(tx, shown, [], 5)
    done = outbox.Result(row.id, outbox.SHOWN, row.wanted, 9, "d", shown, shown, 0)
    outbox.record(tx, [done])
    assert quiet(tx, NOON + timedelta(seconds=5)) == 14
    assert quiet(tx, NOON + timedelta(seconds=13)) == 17
    assert outbox.shown_since(tx, NOON) == [("telegram", 5, shown)]
    assert outbox.place_of(tx, "k") == ("telegram", 5)
    assert outbox.place_of(tx, "nothing") is None
