"""A table of what joins the last report, and of where a photo without a word was taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.joining import Arrival, Guess, Previous, guess_spot, joins, sent_at
from bot.rules.records import Find, Limits, Reading

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
LIMITS = Limits()
PLACE = Reading("problem", items=(Find("songjiang", "zhandao"),))
WRITTEN = Reading("problem", items=(Find(None, "zhandao", spot_text="福禄巷口"),))
TROUBLE = Reading("problem", items=(Find(None, "zhandao"),))
FOLLOWUP = Reading("followup", items=(Find(action="persuaded", state="closed"),))
CHAT = Reading("unknown")


def arrival(
    seconds: float, reading: Reading = CHAT, words: str = "", has_file: bool = True
) -> Arrival:
    return Arrival(has_file, words, reading, NOON + timedelta(seconds=seconds))


def previous(placed: bool = True, worded: bool = True, guessed: bool = False) -> Previous:
    return Previous(placed, worded, guessed, NOON)


CASES = [
    # a photo without words
    (arrival(0), previous(), True),
    (arrival(120), previous(), True),
    (arrival(121), previous(), False),
    (arrival(-120), previous(), True),
    (arrival(60), previous(placed=False, worded=False), True),
    # words, or a photo with words, after a photo without
    (arrival(60, PLACE, "松江路占道"), previous(False, False), True),
    (arrival(61, PLACE, "松江路占道"), previous(False, False), False),
    (arrival(60, PLACE, "松江路占道", False), previous(False, False), True),
    # a picture with a place of its own leaves what was receipted; words alone mend the guess
    (arrival(10, PLACE, "松江路占道"), previous(True, False, guessed=True), False),
    (arrival(10, PLACE, "松江路占道", False), previous(True, False, guessed=True), True),
    (arrival(10, PLACE, "松江路占道"), previous(True, False), False),
    # a place after trouble without one
    (arrival(60, PLACE, "松江路", False), previous(placed=False), True),
    (arrival(60, WRITTEN, "福禄巷口", False), previous(placed=False), True),
    (arrival(60, TROUBLE, "占道", False), previous(placed=False), False),
    (arrival(60, PLACE, "松江路", True), previous(placed=False), False),
    # more words after a whole report
    (arrival(30, TROUBLE, "还有占道", False), previous(), True),
    (arrival(30, CHAT, "今天天气不错", False), previous(), False),
    (arrival(30, PLACE, "永福路占道", False), previous(), False),
    (arrival(30, TROUBLE, "占道", True), previous(), False),
    (arrival(61, TROUBLE, "占道", False), previous(), False),
    # what was done about it
    (arrival(1800, FOLLOWUP, "已劝离", False), previous(), True),
    (arrival(1801, FOLLOWUP, "已劝离", False), previous(), False),
    (arrival(1800, FOLLOWUP, "已劝离", True), previous(placed=False), True),
]


@pytest.mark.parametrize(("new", "last", "wanted"), CASES)
def test_what_joins(new: Arrival, last: Previous, wanted: bool) -> None:
    assert joins(new, last, None, LIMITS) is wanted


@pytest.mark.parametrize("new", [case[0] for case in CASES])
def test_nothing_joins_nothing(new: Arrival) -> None:
    assert not joins(new, None, None, LIMITS)


@pytest.mark.parametrize(("new", "last", "wanted"), CASES)
def test_who_has_moved_on_begins_anew(new: Arrival, last: Previous, wanted: bool) -> None:
    assert not joins(new, last, NOON + timedelta(seconds=1), LIMITS)
    assert joins(new, last, NOON, LIMITS) is wanted
    assert joins(new, last, NOON - timedelta(seconds=1), LIMITS) is wanted


def test_the_bureaus_limits_are_asked() -> None:
    assert joins(arrival(300), previous(), None, Limits(add_photo_seconds=300))
    assert not joins(arrival(30), previous(), None, Limits(add_photo_seconds=20))


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("hint", "last", "wanted"),
    [
        (None, None, None),
        (("a", minutes(-10)), None, Guess("a", "location")),
        (("a", minutes(-10.1)), None, None),
        (("a", minutes(0)), ("b", minutes(0)), Guess("a", "location")),
        (("a", minutes(-11)), ("b", minutes(-30)), Guess("b", "last")),
        (None, ("b", minutes(-30)), Guess("b", "last")),
        (None, ("b", minutes(-30.1)), None),
        (("a", minutes(1)), ("b", minutes(1)), None),
    ],
)
def test_where_a_photo_without_a_word_was_taken(
    hint: tuple[str, datetime] | None, last: tuple[str, datetime] | None, wanted: Guess | None
) -> None:
    assert guess_spot(NOON, hint, last, LIMITS) == wanted


@pytest.mark.parametrize(
    ("written", "kept"),
    [(0, True), (-48 * 60, True), (-48 * 60 - 1, False), (1, True), (1.1, False), (99999, False)],
)
def test_only_a_moment_that_can_be_true_is_believed(written: float, kept: bool) -> None:
    assert sent_at(minutes(written), NOON) == (minutes(written) if kept else NOON)


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_no_report_lies_in_the_future_or_long_past(written: datetime, received: datetime) -> None:
    try:
        sent = sent_at(written, received)
    except OverflowError:
        assert received.year in (1, 9999)
        return
    assert received - timedelta(hours=48) <= sent <= received + timedelta(minutes=1)
