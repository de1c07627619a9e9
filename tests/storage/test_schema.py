"""Moments, JSON and upserts mean the same on both stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from bot.rules.records import Spot
from storage import doors, hints, journal, outbox, spots
from storage.schema import Transaction, dumps

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    "moment",
    [
        NOON,
        NOON.replace(microsecond=1),
        NOON.astimezone(CHINA),
        NOON.astimezone(timezone(timedelta(hours=-11, minutes=-30))),
        datetime(2025, 1, 1, 0, 0, 0, 999999, tzinfo=CHINA),
    ],
)
def test_a_moment_comes_back_aware_in_utc_and_to_the_microsecond(
    tx: Transaction, moment: datetime
) -> None:
    hints.keep(tx, 7, "songjiang", moment)
    found = hints.of(tx, 7)
    assert found == ("songjiang", moment, None)
    assert found[1].tzinfo is UTC


def test_a_naive_moment_is_refused(tx: Transaction) -> None:
    with pytest.raises(StatementError, match="naive"), tx.begin_nested():
        hints.keep(tx, 7, "songjiang", NOON.replace(tzinfo=None))
    assert hints.of(tx, 7) is None


def test_chinese_is_stored_as_chinese_and_can_be_searched(tx: Transaction) -> None:
    journal.write(tx, NOON, None, "report", "R-1", {"words": "松江路 占道"})
    raw = tx.execute(text("SELECT detail FROM journal")).scalar_one()
    assert raw == '{"words":"松江路 占道"}'


def test_a_lone_surrogate_neither_fails_nor_is_lost(tx: Transaction) -> None:
    outbox.owe(tx, "telegram", 7, "answer", 1, NOON, args={"text": "断\ud83d字"})
    found = outbox.claim(tx, NOON, (), 5)
    assert found[0].args == {"text": "断\ud83d字"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60)
    | st.text(st.characters(exclude_characters="\x00"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)  # fmt: skip


@given(value=ANY_JSON)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_json_comes_back_as_it_went_in(tx: Transaction, value: Any) -> None:
    with tx.begin_nested() as point:
        outbox.owe(tx, "telegram", 7, "answer", 1, NOON, args={"value": value})
        assert tx.execute(select(outbox.c.args)).scalar_one() == {"value": value}
        point.rollback()


@given(st.dictionaries(st.text(max_size=4), st.integers()))
def test_the_same_value_has_one_form(value: dict[str, int]) -> None:
    assert dumps(value) == dumps(dict(reversed(value.items())))
    assert " " not in dumps({"a": [1, 2], "b": {"c": 3}})


def test_ids_of_52_bits_fit(tx: Transaction) -> None:
    number = 2**52 - 1
    outbox.owe(tx, "telegram", -number, "receipt", number, NOON)
    (found,) = outbox.claim(tx, NOON, (), 5)
    assert (found.chat, found.subject) == (-number, number)


def test_ignoring_leaves_the_row_that_is_there(tx: Transaction) -> None:
    doors.meet(tx, "telegram", 7, "A1B2", NOON)
    doors.meet(tx, "telegram", 7, "FFFF", NOON + timedelta(days=1))
    found = doors.stranger(tx, "telegram", 7)
    assert found is not None
    assert (found.code, found.told_at) == ("A1B2", NOON)


def test_replacing_sets_only_the_named_columns(tx: Transaction) -> None:
    spots.put(tx, Spot("s1", "松江路", aliases=("松江",)), origin="bureau", rank=3)
    spots.learn(tx, "s1", "老松江")
    spots.put(tx, Spot("s1", "松江大路", key=True), origin="bureau", rank=0)
    assert spots.current(tx) == (Spot("s1", "松江大路", True, ("老松江",)),)


def test_counting_adds_one_each_time(tx: Transaction) -> None:
    for _ in range(3):
        spots.heard(tx, "福禄巷口", "R-20250609-001", NOON)
    (found,) = spots.new_names(tx)
    assert (found.name, found.times, found.report) == ("福禄巷口", 3, "R-20250609-001")


def test_a_spot_that_left_the_file_is_no_longer_current_but_keeps_its_name(
    tx: Transaction,
) -> None:
    spots.follow(tx, [Spot("a", "甲"), Spot("b", "乙")])
    spots.put(tx, Spot("added1", "丙"), origin="added", rank=1)
    spots.follow(tx, [Spot("b", "乙路")])
    assert [spot.code for spot in spots.current(tx)] == ["b", "added1"]
    assert spots.names(tx) == {"a": "甲", "b": "乙路", "added1": "丙"}


def test_a_group_that_became_a_supergroup_is_known_by_its_new_number(tx: Transaction) -> None:
    doors.set_chat(tx, "telegram", -5, "工作群", "allowed", NOON, None)
    doors.move_chat(tx, "telegram", -5, -1005)
    assert doors.chat(tx, "telegram", -5) is None
    assert doors.chat(tx, "telegram", -1005).state == "allowed"
