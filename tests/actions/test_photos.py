"""A file that arrives, is late or never comes: the report stays, and its card says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.actions import answers, photos
from bot.actions.receipts import receipt
from storage import inbox, outbox, parts, proofs
from storage.parts import Part
from tests.actions.conftest import Field

FACTS: dict[str, Any] = {
    "sha256": "a" * 64, "size": 1000, "mime": "image/jpeg", "width": 3, "height": 4,
    "dhash": "0" * 16, "phash": "0" * 16, "taken_at": None,
}  # fmt: skip


@pytest.fixture
def part(field: Field) -> Part:
    field.sends("张建国", "松江路 占道1处")
    return parts.due(field.tx, field.now, 9)[0]


def test_a_photo_at_the_first_try_edits_no_card(field: Field, part: Part) -> None:
    photos.arrived(field.tx, part, FACTS, field.now)
    assert field.wanted("receipt", part.report) == 1
    assert field.deeds()[-1] == ("photo", "R-20250609-001")
    assert parts.due(field.tx, field.now, 9) == []
    assert proofs.against_journal(field.tx) == []


def test_a_late_photo_says_so_and_then_that_it_came(field: Field, part: Part) -> None:
    for wait in (1, 2):
        again = parts.due(field.tx, field.now, 9)[0]
        until = field.now + timedelta(minutes=wait)
        photos.postponed(field.tx, again, until, "502", field.now)
        assert field.wanted("receipt", part.report) == 2
        facts = receipt(field.tx, part.report, field.bureau, field.now)
        assert facts is not None
        assert facts.files.late == 1
        field.later(minutes=wait)
    photos.arrived(field.tx, parts.due(field.tx, field.now, 9)[0], FACTS, field.now)
    assert field.wanted("receipt", part.report) == 3
    facts = receipt(field.tx, part.report, field.bureau, field.now)
    assert facts is not None
    assert (facts.files.photos, facts.files.late, facts.files.lost) == (1, 0, 0)


def test_a_lost_photo_is_told_with_the_reason_and_the_report_stays(
    field: Field, part: Part
) -> None:
    photos.lost(field.tx, part, "too big", "照片太大", field.now, {"size": 9})
    facts = receipt(field.tx, part.report, field.bureau, field.now)
    assert facts is not None
    assert (facts.files.photos, facts.files.lost) == (0, 1)
    c = outbox.c
    told = field.tx.execute(select(c.args).where(c.card == "lost")).scalar_one()
    assert told == {"reason": "照片太大"}
    assert field.finds("R-20250609-001") == [("songjiang", "zhandao", 1)]
    assert field.deeds()[-1][0] == "photo_lost"


def test_a_changed_hash_is_named(field: Field, part: Part) -> None:
    photos.arrived(field.tx, part, FACTS, field.now)
    parts.stored(field.tx, part.id, sha256="b" * 64)
    (fault,) = proofs.against_journal(field.tx)
    assert f"photo {part.id}" in fault


def test_giving_up_tells_the_sender_and_the_admin_once(field: Field) -> None:
    inbox.take_in(field.tx, "telegram", [inbox.Arrival("1", "100", {"x": 1})], field.now)
    (row,) = inbox.page(field.tx, 0, 9)
    answers.give_up(field.tx, row, "KeyError: 'x'", field.now)
    assert inbox.census(field.tx) == {"failed": 1}
    assert field.owed("张建国") == [("failed", row.id)]
    assert field.owed("王芳") == [("failed_admin", row.id)]
    with pytest.raises(inbox.AlreadySettled), field.tx.begin_nested():
        answers.give_up(field.tx, row, "again", field.now)


def test_an_answer_is_owed_once_however_often_it_is_said(field: Field) -> None:
    inbox.take_in(field.tx, "telegram", [inbox.Arrival("1", "100", {"x": 1})], field.now)
    (row,) = inbox.page(field.tx, 0, 9)
    for _ in range(3):
        answers.say(field.tx, row, {"text": "3 次"}, field.now)
    assert field.owed("张建国") == [("answer", row.id)]
