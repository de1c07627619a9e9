"""Numbers are given once, finds are never overwritten, and a mark says which of them count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.rules.records import Find
from storage import counts, hints, parts, reports
from storage.counts import Scope
from storage.schema import Transaction

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
ALWAYS = Scope(None, NOON + timedelta(days=99))
STALL = Find("songjiang", "liutan", 2, "persuaded", "closed", "松江路")
FINE = Find("yongfu", "none", None, "none", "none", "永福路")


def report(tx: Transaction, number: str = "R-20250609-001", **more: Any) -> int:
    values: dict[str, Any] = {
        "number": number, "person": 1, "holder": 1, "squad": "一中队", "line": "telegram",
        "chat": 7, "message": 1, "album": None, "intent": "problem", "source": "patrol",
        "text": "松江路", "flags": [], "occurred_at": NOON, "received_at": NOON,
        "last_part_at": NOON, "late": False, "practice": False, "guessed": None, "asking": None,
        "reminded": False, "withdrawn_at": None, "version": 1, "patrol_type": None,
    }  # fmt: skip
    return reports.add(tx, **values | more)


def finds(tx: Transaction, number: int, revision: int, *found: Find, counting: bool = True) -> None:
    reports.write_finds(
        tx,
        number,
        revision,
        found,
        person=1,
        occurred_at=NOON,
        counts=counting,
        rebound=False,
    )


def part(tx: Transaction, message: int = 1, **more: Any) -> None:
    values: dict[str, Any] = {
        "report": 1, "line": "telegram", "chat": 7, "message": message, "kind": "photo",
        "text": "", "album": None, "received_at": NOON, "file_id": f"f{message}",
        "unique_id": f"u{message}", "file_name": None, "expected_size": 10,
        "state": parts.EXPECTED, "attempts": 0, "due_at": NOON,
    }  # fmt: skip
    parts.add(tx, **values | more)


# ---- numbers ----


def test_numbers_count_from_one_every_day_and_for_every_letter(tx: Transaction) -> None:
    monday, tuesday = date(2025, 6, 9), date(2025, 6, 10)
    given = [reports.next_number(tx, "R", day) for day in (monday, monday, tuesday, monday)]
    assert given == ["R-20250609-001", "R-20250609-002", "R-20250610-001", "R-20250609-003"]
    assert reports.next_number(tx, "P", monday) == "P-20250609-001"


def test_the_thousandth_number_has_four_digits(tx: Transaction) -> None:
    for _ in range(999):
        last = reports.next_number(tx, "R", date(2025, 6, 9))
    assert last == "R-20250609-999"
    assert reports.next_number(tx, "R", date(2025, 6, 9)) == "R-20250609-1000"


def test_a_number_of_a_deed_that_failed_is_given_again(tx: Transaction) -> None:
    with tx.begin_nested() as point:
        reports.next_number(tx, "R", date(2025, 6, 9))
        point.rollback()
    assert reports.next_number(tx, "R", date(2025, 6, 9)) == "R-20250609-001"


def test_no_two_reports_have_one_number(tx: Transaction) -> None:
    report(tx)
    with pytest.raises(IntegrityError), tx.begin_nested():
        report(tx)


# ---- rows ----


def test_a_report_comes_back_as_written(tx: Transaction) -> None:
    number = report(tx, flags=["late", "homophone"], asking="spot", album="a1")
    found = reports.by_id(tx, number)
    assert found is not None
    assert (found.flags, found.asking, found.album, found.late) == (
        ["late", "homophone"], "spot", "a1", False,
    )  # fmt: skip
    assert found.occurred_at == NOON
    assert reports.by_number(tx, "R-20250609-001") == found
    assert reports.by_number(tx, "R-20250609-009") is None
    assert reports.by_id(tx, number + 1) is None


def test_every_change_raises_the_version(tx: Transaction) -> None:
    number = report(tx)
    reports.change(tx, number, menu="spots:0")
    reports.change(tx, number)
    found = reports.by_id(tx, number)
    assert found is not None
    assert (found.version, found.menu) == (3, "spots:0")


def test_the_last_report_is_the_one_last_added_to_on_that_line(tx: Transaction) -> None:
    assert reports.last_of(tx, 1, "telegram") is None
    report(tx, "R-1", last_part_at=NOON + timedelta(minutes=2))
    report(tx, "R-2", last_part_at=NOON + timedelta(minutes=1))
    report(tx, "R-3", line="simulator", last_part_at=NOON + timedelta(minutes=9))
    report(tx, "R-4", person=2, last_part_at=NOON + timedelta(minutes=9))
    found = reports.last_of(tx, 1, "telegram")
    assert found is not None
    assert found.number == "R-1"
    report(tx, "R-5", last_part_at=NOON + timedelta(minutes=2))
    again = reports.last_of(tx, 1, "telegram")
    assert again is not None
    assert again.number == "R-5"


# ---- finds and their revisions ----


def test_only_the_newest_revision_counts_and_the_old_ones_stay(tx: Transaction) -> None:
    number = report(tx)
    finds(tx, number, 1, STALL, FINE)
    finds(tx, number, 2, FINE)
    assert reports.read_finds(tx, number) == (2, (FINE,))
    rows = tx.execute(
        select(reports.finds.c.revision, func.count(), func.sum(
            func.abs(reports.finds.c.counts.cast(reports.finds.c.revision.type)))
        ).group_by(reports.finds.c.revision).order_by(reports.finds.c.revision)
    ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [(1, 2, 0), (2, 1, 1)]
    assert counts.by_spot(tx, ALWAYS) == {"yongfu": 1}


def test_finds_keep_their_order(tx: Transaction) -> None:
    number = report(tx)
    many = tuple(Find("songjiang", "liutan", n) for n in range(1, 9))
    finds(tx, number, 1, *many)
    assert reports.read_finds(tx, number)[1] == many


def test_a_report_without_finds_has_revision_zero(tx: Transaction) -> None:
    assert reports.read_finds(tx, report(tx)) == (0, ())


def test_withdrawing_and_restoring_set_the_mark(tx: Transaction) -> None:
    number = report(tx)
    finds(tx, number, 1, STALL)
    finds(tx, number, 2, STALL, FINE)
    reports.set_counts(tx, number, 2, False)
    assert counts.report_count(tx, ALWAYS) == 0
    reports.set_counts(tx, number, 2, True)
    assert counts.report_count(tx, ALWAYS) == 1
    assert counts.problem_count(tx, ALWAYS) == 1
    assert reports.read_finds(tx, number)[0] == 2


def test_practice_counts_nowhere(tx: Transaction) -> None:
    finds(tx, report(tx), 1, STALL, counting=False)
    assert counts.report_count(tx, ALWAYS) == 0
    assert counts.first_at(tx) is None


def test_another_reports_finds_are_left_alone(tx: Transaction) -> None:
    one, two = report(tx, "R-1"), report(tx, "R-2")
    finds(tx, one, 1, STALL)
    finds(tx, two, 1, STALL)
    finds(tx, one, 2, FINE)
    assert counts.by_spot(tx, ALWAYS) == {"songjiang": 1, "yongfu": 1}


def test_a_span_is_half_open(tx: Transaction) -> None:
    finds(tx, report(tx), 1, STALL)
    second = timedelta(seconds=1)
    assert counts.report_count(tx, Scope(NOON, NOON + second)) == 1
    assert counts.report_count(tx, Scope(NOON - second, NOON)) == 0
    assert counts.report_count(tx, Scope(NOON + second, NOON + 2 * second)) == 0


# ---- who still has to say something ----


def test_what_waits_for_a_person_is_oldest_first_and_not_the_withdrawn(tx: Transaction) -> None:
    report(tx, "R-1", asking="spot", received_at=NOON + timedelta(minutes=1))
    report(tx, "R-2", asking="spot")
    report(tx, "R-3", asking="spot", withdrawn_at=NOON)
    report(tx, "R-4")
    report(tx, "R-5", asking="spot", holder=2)
    assert [r.number for r in reports.waiting_for(tx, 1)] == ["R-2", "R-1"]


def test_handing_over_moves_what_waits_and_nothing_else(tx: Transaction) -> None:
    report(tx, "R-1", asking="spot")
    report(tx, "R-2")
    assert reports.hand_over(tx, 1, 2) == 1
    assert [r.number for r in reports.waiting_for(tx, 2)] == ["R-1"]
    done = reports.by_number(tx, "R-2")
    assert done is not None
    assert done.holder == 1
    assert reports.hand_over(tx, 1, 2) == 0


def test_the_unanswered_are_those_asked_long_enough_ago_and_not_reminded(tx: Transaction) -> None:
    report(tx, "R-1", asking="spot")
    report(tx, "R-2", asking="spot", last_part_at=NOON + timedelta(minutes=1))
    report(tx, "R-3", asking="spot", reminded=True)
    report(tx, "R-4", asking="spot", withdrawn_at=NOON)
    assert [r.number for r in reports.unanswered(tx, NOON)] == ["R-1"]


def test_reports_at_a_place_as_written_are_found_once(tx: Transaction) -> None:
    there = Find(None, "liutan", 1, spot_text="福禄巷口")
    number = report(tx)
    finds(tx, number, 1, there, there, STALL)
    assert reports.written_as(tx, "福禄巷口") == [number]
    assert reports.written_as(tx, "松江路") == []


def test_the_last_spot_is_of_what_counts(tx: Transaction) -> None:
    one = report(tx, "R-1")
    finds(tx, one, 1, STALL, FINE)
    two = report(tx, "R-2", last_part_at=NOON + timedelta(minutes=5))
    finds(tx, two, 1, STALL, counting=False)
    assert hints.last_spot(tx, 1) == ("yongfu", NOON)
    assert hints.last_spot(tx, 2) is None


def test_only_the_newest_location_of_a_person_is_kept(tx: Transaction) -> None:
    hints.keep(tx, 1, "songjiang", NOON)
    hints.keep(tx, 1, "yongfu", NOON + timedelta(minutes=1))
    assert tx.execute(select(func.count()).select_from(hints.table)).scalar_one() == 1
    hints.drop(tx, 1)
    assert hints.of(tx, 1) is None


# ---- parts: the durable photo queue ----


def test_a_message_is_a_part_once(tx: Transaction) -> None:
    part(tx, 1)
    with pytest.raises(IntegrityError), tx.begin_nested():
        part(tx, 1)
    part(tx, 1, chat=8)
    part(tx, 1, line="simulator")
    assert parts.census(tx) == {"expected": 3}


def test_files_are_fetched_longest_waiting_first(tx: Transaction) -> None:
    for message, minutes in ((1, 3), (2, 1), (3, 2), (4, 99)):
        part(tx, message, due_at=NOON + timedelta(minutes=minutes))
    assert parts.next_due(tx) == NOON + timedelta(minutes=1)
    assert [p.message for p in parts.due(tx, NOON + timedelta(minutes=5), 2)] == [2, 3]
    assert parts.due(tx, NOON, 9) == []


def test_a_file_goes_from_expected_to_later_to_stored(tx: Transaction) -> None:
    part(tx)
    (waiting,) = parts.due(tx, NOON, 9)
    parts.later(tx, waiting.id, NOON + timedelta(minutes=1), "502")
    assert parts.due(tx, NOON, 9) == []
    (again,) = parts.due(tx, NOON + timedelta(minutes=1), 9)
    assert (again.attempts, again.reason) == (1, "502")
    parts.stored(tx, again.id, sha256="a" * 64, size=10)
    (kept,) = parts.of_report(tx, 1)
    assert (kept.state, kept.sha256, kept.reason) == ("stored", "a" * 64, None)
    assert parts.next_due(tx) is None
    assert parts.hashes(tx) == {"a" * 64}


def test_a_file_that_cannot_be_had_keeps_its_reason(tx: Transaction) -> None:
    part(tx)
    (waiting,) = parts.due(tx, NOON, 9)
    parts.unavailable(tx, waiting.id, "too big", size=30_000_000)
    (kept,) = parts.of_report(tx, 1)
    assert (kept.state, kept.reason, kept.attempts) == ("unavailable", "too big", 1)
    assert parts.due(tx, NOON, 9) == []
    assert parts.hashes(tx) == set()


def test_words_are_no_file_and_wait_for_nothing(tx: Transaction) -> None:
    part(tx, 1, kind="text", file_id=None, state=None, due_at=None, text="松江路")
    assert parts.census(tx) == {}
    assert parts.next_due(tx) is None
    found = parts.by_message(tx, "telegram", 7, 1)
    assert found is not None
    parts.reword(tx, found.id, "永福路")
    assert parts.of_report(tx, 1)[0].text == "永福路"


def test_an_album_is_found_by_its_chat_and_moves_as_a_whole(tx: Transaction) -> None:
    part(tx, 1, album="a")
    part(tx, 2, album="a")
    part(tx, 3, album="b")
    part(tx, 4, album="a", chat=8, report=3)
    assert parts.report_of_album(tx, "telegram", 7, "a") == 1
    assert parts.report_of_album(tx, "telegram", 7, "c") is None
    parts.move_album(tx, "telegram", 7, "a", 2)
    assert [p.message for p in parts.of_report(tx, 2)] == [1, 2]
    assert [p.message for p in parts.of_report(tx, 1)] == [3]
    assert [p.message for p in parts.of_report(tx, 3)] == [4]


def test_parts_stand_in_the_order_they_were_sent(tx: Transaction) -> None:
    for message in (5, 3, 4):
        part(tx, message)
    assert [p.message for p in parts.of_report(tx, 1)] == [3, 4, 5]
