"""What a message becomes: a new report or a part of the last one, at which place, counted how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import NotAllowed
from bot.rules.records import Role
from storage import counts, hints, outbox, parts, people
from storage.counts import Scope
from tests.actions.conftest import MONDAY_9, Field

STALLS = "松江路 流动摊贩2个 已劝离"


def visits(field: Field) -> dict[str, int]:
    return counts.by_spot(field.tx, Scope(None, field.now + timedelta(days=999)))


# ---- one message ----


def test_a_photo_with_words_is_a_report(field: Field) -> None:
    number = field.sends("张建国", STALLS)
    assert number == "R-20250609-001"
    found = field.report(number)
    assert field.finds(number) == [("songjiang", "liutan", 2)]
    assert (found.intent, found.squad, found.asking, found.late, found.practice) == (
        "problem", "一中队", None, False, False,
    )  # fmt: skip
    assert (found.occurred_at, found.received_at) == (MONDAY_9, MONDAY_9)
    assert (found.person, found.holder, found.text) == (field.ids["张建国"],) * 2 + (STALLS,)
    (part,) = parts.of_report(field.tx, found.id)
    assert (part.kind, part.state, part.file_id) == ("photo", "expected", "file1")
    assert field.owed("张建国") == [("receipt", found.id)]
    assert field.told() == [("report", number)]
    assert visits(field) == {"songjiang": 1}


def test_words_alone_are_a_report_too(field: Field) -> None:
    number = field.sends("张建国", STALLS, file=False)
    assert field.finds(number) == [("songjiang", "liutan", 2)]
    assert parts.of_report(field.tx, field.report(number).id)[0].state is None


def test_a_visit_without_trouble_is_a_patrol(field: Field) -> None:
    number = field.sends("张建国", "永福路正常")
    assert field.finds(number) == [("yongfu", "none", None)]
    assert field.report(number).intent == "patrol_ok"


def test_two_spots_are_two_finds_of_one_report(field: Field) -> None:
    number = field.sends("张建国", "松江路2个摊贩，永福路正常")
    assert {find[0] for find in field.finds(number)} == {"songjiang", "yongfu"}
    assert counts.report_count(field.tx, Scope(None, field.later(days=1))) == 1


def test_a_photo_without_any_place_asks_for_one(field: Field) -> None:
    number = field.sends("张建国")
    assert field.report(number).asking == "spot"
    assert field.finds(number) == [(None, None, None)]
    assert visits(field) == {}


def test_a_place_nobody_knows_is_kept_as_written_and_heard(field: Field) -> None:
    number = field.sends("张建国", "福禄巷口 占道经营1处")
    assert field.report(number).asking is None
    assert field.finds(number)[0][0] == "福禄巷口"
    assert visits(field) == {}


def test_the_same_message_twice_is_one_report(field: Field) -> None:
    first = field.sends("张建国", STALLS)
    before = field.rows()
    assert field.sends("张建国", STALLS, number=1) is None
    assert field.rows() == before
    assert visits(field) == {"songjiang": 1}
    assert field.wanted("receipt", field.report(first).id) == 1


def test_the_day_of_the_number_is_the_bureaus_day(field: Field) -> None:
    field.now = MONDAY_9.replace(hour=0, minute=5)
    assert field.sends("张建国", STALLS) == "R-20250609-001"


def test_a_time_that_was_written_is_when_it_happened(field: Field) -> None:
    number = field.sends("张建国", "昨天下午3点 松江路 占道1处")
    found = field.report(number)
    assert found.occurred_at == MONDAY_9.replace(day=8, hour=15)
    assert found.late
    assert found.received_at == MONDAY_9


def test_practice_counts_nowhere_and_only_once(field: Field) -> None:
    people.change(field.tx, field.ids["张建国"], practising=True)
    one = field.sends("张建国", STALLS)
    assert field.report(one).practice
    assert visits(field) == {}
    field.later(hours=1)
    two = field.sends("张建国", STALLS)
    assert not field.report(two).practice
    assert visits(field) == {"songjiang": 1}


@pytest.mark.parametrize("state", [people.FROZEN, people.LEFT])
def test_who_is_frozen_or_gone_reports_nothing(field: Field, state: str) -> None:
    people.change(field.tx, field.ids["张建国"], state=state)
    field.leaves_all(lambda: field.sends("张建国", STALLS), NotAllowed, "停用")


def test_somebody_without_a_role_reports_nothing(field: Field) -> None:
    field.join("无名", set())
    field.leaves_all(lambda: field.sends("无名", STALLS), NotAllowed, "什么也没改")


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_report(field: Field, role: Role) -> None:
    field.join("某人", {role})
    assert field.sends("某人", STALLS)


def test_a_caption_with_what_no_screen_shows_is_taken(field: Field) -> None:
    number = field.sends("张建国", "松江路\u202e占道\ufeff 1处 \U0001f6a7<b>&amp;'\"")
    assert "\u202e" in field.report(number).text


# ---- what joins what ----


def together(first: str | None, second: str | None) -> bool:
    return first == second


JOINING: list[tuple[str, Callable[[Field], Any], float, Callable[[Field], Any], bool]] = [
    ("a further photo without words", lambda f: f.sends("张建国", STALLS), 100,
     lambda f: f.sends("张建国"), True),
    ("a further photo too late", lambda f: f.sends("张建国", STALLS), 121,
     lambda f: f.sends("张建国"), False),
    ("words after a photo without any", lambda f: f.sends("张建国"), 50,
     lambda f: f.sends("张建国", STALLS, file=False), True),
    ("words after a photo, too late", lambda f: f.sends("张建国"), 61,
     lambda f: f.sends("张建国", STALLS, file=False), False),
    ("a photo after words alone", lambda f: f.sends("张建国", STALLS, file=False), 50,
     lambda f: f.sends("张建国"), True),
    ("a second photo with words of its own", lambda f: f.sends("张建国", STALLS), 5,
     lambda f: f.sends("张建国", "永福路 占道1处"), False),
    ("a photo with words after one without a place", lambda f: f.sends("张建国"), 5,
     lambda f: f.sends("张建国", STALLS), True),
    ("the place after the trouble", lambda f: f.sends("张建国", "占道经营2处"), 30,
     lambda f: f.sends("张建国", "松江路", file=False), True),
    ("what was done, a quarter of an hour later", lambda f: f.sends("张建国", "松江路占道2处"),
     900, lambda f: f.sends("张建国", "已劝离", file=False), True),
    ("another person's photo", lambda f: f.sends("张建国", STALLS), 5,
     lambda f: f.sends("李红梅"), False),
    ("another chat of the same person", lambda f: f.sends("张建国", STALLS), 5,
     lambda f: f.sends("张建国", chat=-5), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "seconds", "second", "joins"), [row[1:] for row in JOINING],
    ids=[row[0] for row in JOINING],
)  # fmt: skip
def test_what_joins_what(
    field: Field, first: Any, seconds: float, second: Any, joins: bool
) -> None:
    one = first(field)
    field.later(seconds=seconds)
    two = second(field)
    assert (one == two) is joins
    number = field.report(one)
    assert len(parts.of_report(field.tx, number.id)) == (2 if joins else 1)
    if joins:
        assert field.wanted("receipt", number.id) >= 2
        assert ("add", one) in field.deeds()
        assert number.last_part_at == field.now


def test_words_that_join_give_the_photo_its_place(field: Field) -> None:
    number = field.sends("张建国")
    field.later(seconds=20)
    field.sends("张建国", STALLS, file=False)
    assert field.finds(number) == [("songjiang", "liutan", 2)]
    assert field.report(number).asking is None
    assert visits(field) == {"songjiang": 1}


def test_what_was_done_changes_what_was_found_not_where(field: Field) -> None:
    number = field.sends("张建国", "松江路占道2处")
    assert {f.state for f in field.whole_finds(number)} == {"open"}
    field.later(minutes=10)
    field.sends("张建国", "已劝离", file=False)
    (find,) = field.whole_finds(number)
    assert (find.spot, find.count, find.action, find.state) == (
        "songjiang", 2, "persuaded", "closed",
    )  # fmt: skip
    assert visits(field) == {"songjiang": 1}


def test_a_report_that_was_withdrawn_takes_nothing_more(field: Field) -> None:
    from bot.actions.corrections import withdraw

    number = field.sends("张建国", STALLS)
    withdraw(field.tx, field.ids["张建国"], field.report(number).id, field.bureau, field.now)
    assert field.sends("张建国") != number


def test_messages_that_arrive_late_join_by_when_they_were_sent(field: Field) -> None:
    """Ten minutes without network: what was sent a minute apart stays two reports."""
    later = field.now + timedelta(minutes=10)
    one = field.sends("张建国", STALLS)
    field.now = later
    near = field.sends("张建国", at=MONDAY_9 + timedelta(seconds=30))
    far = field.sends("张建国", "永福路正常", at=MONDAY_9 + timedelta(minutes=8))
    assert near == one
    assert far != one


# ---- albums ----


def test_an_album_is_one_report_whatever_part_has_the_words(field: Field) -> None:
    for words in (("", "", STALLS), (STALLS, "", ""), ("", STALLS, "")):
        field.later(hours=1)
        album = f"a{field.now:%H}"
        numbers = {field.sends("张建国", said, album=album) for said in words}
        assert len(numbers) == 1
        number = numbers.pop()
        assert field.finds(number) == [("songjiang", "liutan", 2)]
        assert len(parts.of_report(field.tx, field.report(number).id)) == 3


def test_two_albums_at_once_are_two_reports(field: Field) -> None:
    sent = [
        field.sends("张建国", words, album=album)
        for album, words in (("a", STALLS), ("b", "永福路 占道1处"), ("a", ""), ("b", ""))
    ]
    assert sent[0] == sent[2] != sent[1] == sent[3]


def test_the_same_album_name_in_another_chat_is_another_album(field: Field) -> None:
    one = field.sends("张建国", STALLS, album="a")
    two = field.sends("李红梅", "永福路正常", album="a")
    assert one != two


def test_an_album_joined_too_early_becomes_its_own_with_its_words(field: Field) -> None:
    """Its first picture had no word and joined the report before; the caption then came."""
    before = field.sends("张建国", STALLS)
    field.later(seconds=30)
    assert field.sends("张建国", album="a") == before
    own = field.sends("张建国", "永福路 占道3处", album="a")
    assert own != before
    assert len(parts.of_report(field.tx, field.report(before).id)) == 1
    assert len(parts.of_report(field.tx, field.report(own).id)) == 2
    assert field.finds(own) == [("yongfu", "zhandao", 3)]
    assert field.wanted("receipt", field.report(before).id) >= 2


# ---- where it was ----


def test_a_location_says_where_the_next_photos_are(field: Field) -> None:
    hints.keep(field.tx, field.ids["张建国"], "yongfu", field.now)
    field.later(minutes=9)
    number = field.sends("张建国")
    assert field.finds(number) == [("yongfu", "none", None)]
    assert field.report(number).guessed == "location"
    field.later(minutes=60)
    assert field.report(field.sends("张建国")).asking == "spot"


def test_the_last_spot_is_the_guess_for_half_an_hour(field: Field) -> None:
    field.sends("张建国", STALLS)
    field.later(minutes=20)
    number = field.sends("张建国")
    assert field.finds(number)[0][0] == "songjiang"
    assert field.report(number).guessed == "last"
    field.later(minutes=31)
    assert field.report(field.sends("张建国")).asking == "spot"


def test_another_persons_spot_is_no_guess(field: Field) -> None:
    field.sends("张建国", STALLS)
    field.later(minutes=5)
    assert field.report(field.sends("李红梅")).asking == "spot"


def test_words_that_name_a_place_beat_the_guess(field: Field) -> None:
    hints.keep(field.tx, field.ids["张建国"], "yongfu", field.now)
    assert field.finds(field.sends("张建国", STALLS))[0][0] == "songjiang"


def test_a_location_after_the_report_begins_a_new_one(field: Field) -> None:
    one = field.sends("张建国", STALLS)
    hints.keep(field.tx, field.ids["张建国"], "yongfu", field.later(seconds=20))
    field.later(seconds=20)
    two = field.sends("张建国")
    assert one != two
    assert field.finds(two)[0][0] == "yongfu"


def test_the_receipt_waits_as_long_as_the_line_asks(field: Field) -> None:
    field.sends("张建国", STALLS, settle=timedelta(seconds=3))
    assert outbox.next_due(field.tx) == field.now + timedelta(seconds=3)


def test_a_photo_added_alone_gets_a_mark_and_one_in_an_album_none(field: Field) -> None:
    number = field.sends("张建国", STALLS)
    field.later(seconds=5)
    field.sends("张建国")
    assert ("reaction", 2) in field.owed("张建国")
    field.later(hours=1)
    field.sends("张建国", STALLS, album="a")
    field.sends("张建国", "", album="a")
    assert [card for card, _ in field.owed("张建国")].count("reaction") == 1
    assert number


@pytest.mark.parametrize(("gap", "own"), [(50, True), (90, False)])
def test_after_a_stop_words_go_to_photos_by_when_they_were_sent(
    field: Field, gap: int, own: bool
) -> None:
    """All that waited is handled in one moment, which says nothing of what belongs to what."""
    start = field.now
    field.later(minutes=10)

    def sent(seconds: int, words: str = "", *, file: bool = True) -> str | None:
        at = start + timedelta(seconds=seconds)
        return field.sends("张建国", words, file=file, at=at, captions=False)

    first = sent(0)
    assert sent(5, "松江路 占道", file=False) == first
    assert sent(100) == first
    second = sent(100 + gap, "永福路 垃圾箱满了", file=False)
    assert second != first
    photos = [part for part in parts.of_report(field.tx, field.report(second).id) if part.state]
    assert bool(photos) is own
