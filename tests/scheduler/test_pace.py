"""A line is never written to faster than it bears, whatever the platform says or keeps silent."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from aiogram import Bot
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.transports.line import Line
from scheduler.pace import MINUTE, NOW, Pace, Slots
from storage.outbox import Owed

TEN = datetime(2025, 6, 9, 10, 7, tzinfo=UTC)


def line(**more: object) -> Line:
    return Line("slow", Bot("1:slow"), chat_pace=20, crowded=frozenset({0, 30}), **more)  # type: ignore[arg-type]


def owed(chat: int = 7, card: str = "answer") -> Owed:
    return Owed(1, "k", "slow", chat, card, 0, None, 1, 0, None, None, TEN, 0)


async def test_twenty_a_minute_to_one_chat_and_others_are_free() -> None:
    slow = line()
    pace = Pace({"slow": slow})
    for second in range(20):
        now = TEN + timedelta(seconds=second)
        assert pace.wait(slow, owed(), now) == NOW
        await pace.take(slow, owed(), now)
    now = TEN + timedelta(seconds=20)
    assert pace.wait(slow, owed(), now) == timedelta(seconds=40)
    assert pace.wait(slow, owed(8), now) == NOW
    assert pace.wait(slow, owed(), TEN + MINUTE) == NOW


async def test_a_card_of_eleven_messages_waits_until_all_of_them_may_go() -> None:
    slow = line()
    pace = Pace({"slow": slow})
    for second in range(12):
        await pace.take(slow, owed(), TEN + timedelta(seconds=second))
    now = TEN + timedelta(seconds=12)
    assert pace.wait(slow, owed(), now, 8) == NOW
    assert pace.wait(slow, owed(), now, 11) == timedelta(seconds=60 - 12 + 2)
    assert pace.wait(slow, owed(), now + timedelta(seconds=50), 11) == NOW
    assert pace.wait(slow, owed(8), now, 11) == NOW


async def test_more_than_a_minute_bears_is_begun_after_a_quiet_one() -> None:
    slow = line()
    pace = Pace({"slow": slow})
    assert pace.wait(slow, owed(), TEN, 25) == NOW
    await pace.take(slow, owed(), TEN)
    assert pace.wait(slow, owed(), TEN, 25) == MINUTE


async def test_what_went_out_before_a_restart_counts() -> None:
    slow = line()
    pace = Pace({"slow": slow})
    pace.remember([("slow", 7, TEN - timedelta(seconds=n)) for n in range(20)])
    assert pace.wait(slow, owed(), TEN) == timedelta(seconds=41)


CARDS = st.tuples(st.floats(min_value=0, max_value=30), st.integers(min_value=1, max_value=13))


@settings(deadline=None)
@given(st.lists(CARDS, min_size=1, max_size=120))
async def test_no_minute_ever_holds_more(cards: list[tuple[float, int]]) -> None:
    slow = line()
    pace, now, sent = Pace({"slow": slow}), TEN, []
    for gap, messages in cards:
        now += timedelta(seconds=gap)
        now += pace.wait(slow, owed(), now, messages)
        assert pace.wait(slow, owed(), now, messages) == NOW
        for _ in range(messages):
            await pace.take(slow, owed(), now)
            sent.append(now)
    for at in sent:
        assert sum(at - MINUTE < other <= at for other in sent) <= 20


async def test_a_clock_that_was_put_back_doesnt_jam_a_chat() -> None:
    slow = line()
    pace = Pace({"slow": slow})
    pace.remember([("slow", 7, TEN)] * 20)
    assert pace.wait(slow, owed(), TEN - timedelta(hours=2)) == NOW


def test_what_was_planned_avoids_the_crowded_minutes_and_answers_dont() -> None:
    slow = line()
    pace = Pace({"slow": slow})
    half = TEN.replace(minute=30, second=20)
    assert pace.wait(slow, owed(), half) == NOW
    for chat in range(8):
        then = half + pace.wait(slow, owed(chat, "reminder"), half)
        assert 31 <= then.minute <= 34
        assert pace.wait(slow, owed(chat, "reminder"), then) == NOW
    assert pace.wait(slow, owed(7, "reminder"), TEN) == NOW


async def test_a_group_has_its_own_bound_and_no_chat_two_messages_a_second() -> None:
    telegram = Line("slow", Bot("1:slow"), group_pace=20, gap=timedelta(seconds=1))
    pace = Pace({"slow": telegram})
    for second in range(20):
        now = TEN + timedelta(seconds=second)
        assert pace.wait(telegram, owed(-7), now) == NOW
        await pace.take(telegram, owed(-7), now)
        await pace.take(telegram, owed(7), now)
    half = TEN + timedelta(seconds=19.5)
    assert pace.wait(telegram, owed(7), half) == timedelta(seconds=0.5)
    assert pace.wait(telegram, owed(7), half, 0) == NOW, "a mark keeps no distance"
    assert pace.wait(telegram, owed(8), half) == NOW
    later = TEN + timedelta(seconds=20)
    assert pace.wait(telegram, owed(7), later) == NOW
    assert pace.wait(telegram, owed(-7), later) == timedelta(seconds=40)


async def test_quiet_chats_take_no_room() -> None:
    pace = Pace({"slow": line()})
    for chat in range(50):
        await pace.take(line(), owed(chat), TEN)
    pace.forget(TEN + MINUTE)
    assert not pace._sent


async def test_no_second_holds_more_than_the_lines_pace_and_little_is_left_unused() -> None:
    """Also where the event loop stood still in between."""
    slots, took = Slots(100), list[float]()

    async def one(nth: int) -> None:
        await slots.take()
        took.append(time.monotonic())
        if nth == 40:
            time.sleep(0.2)  # noqa: ASYNC251 - the loop stands still

    await asyncio.gather(*(one(n) for n in range(260)))
    for first, at in enumerate(took):
        assert sum(at <= other < at + 1 for other in took[first:]) <= 100
    assert Slots.SPARE <= 1.05, "95 % of the allowed is used"
    assert (1 + Slots.LATE) / (Slots.SPARE / 30) < 30, "the 31st is in the next second"
