"""Which problem may be the same as one just found: place, kind, time, distance."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.bureau import DEFAULT, build_bureau
from bot.rules.alike import Sighting, earlier, within_reach
from bot.rules.records import Spot

PLAIN = build_bureau(DEFAULT)
METRE = 1 / 111_195
BUREAU = replace(
    PLAIN,
    spots=(
        Spot("here", "这里", lat=36.0, lon=117.0),
        Spot("near", "边上", lat=36.0 + 40 * METRE, lon=117.0),
        Spot("nearer", "贴着", lat=36.0 + 10 * METRE, lon=117.0),
        Spot("far", "远处", lat=36.0 + 60 * METRE, lon=117.0), Spot("unmeasured", "没量过"),
    ),
)  # fmt: skip
NOON = datetime(2025, 6, 12, 12, 0, tzinfo=PLAIN.tz)


def seen(number: int, minutes: float, spot: str | None = "here", **more: object) -> Sighting:
    one = Sighting(number, number, spot, "zhandao", NOON - timedelta(minutes=minutes))
    return replace(one, **more)  # type: ignore[arg-type]


NEW = seen(9, 0)


def test_near_spots_come_nearest_first() -> None:
    assert within_reach("here", BUREAU) == ("here", "nearer", "near")
    assert within_reach("unmeasured", BUREAU) == ("unmeasured",)
    assert within_reach("nowhere", BUREAU) == ("nowhere",)


@pytest.mark.parametrize(
    ("other", "fits"),
    [
        (seen(1, 20), True), (seen(1, 20, "near"), True), (seen(1, 24 * 60), True),
        (seen(1, 20, "far"), False), (seen(1, 24 * 60 + 1), False), (seen(1, -1), False),
        (seen(1, 20, closed=True), False), (seen(1, 20, report=9), False),
        (seen(1, 20, category="liutan"), False), (seen(1, 20, None), False),
    ],
)  # fmt: skip
def test_what_may_be_the_same(other: Sighting, fits: bool) -> None:
    assert (earlier(NEW, [other], BUREAU) == other) is fits


def test_the_spot_itself_comes_first_then_the_newest() -> None:
    others = [seen(1, 30), seen(2, 20), seen(3, 5, "nearer")]
    assert earlier(NEW, others, BUREAU) == others[1]
    assert earlier(NEW, others[2:], BUREAU) == others[2]
    assert earlier(NEW, [], BUREAU) is None


def test_what_is_closed_or_at_no_spot_is_not_asked_about() -> None:
    assert earlier(replace(NEW, closed=True), [seen(1, 20)], BUREAU) is None
    assert earlier(replace(NEW, spot=None), [seen(1, 20)], BUREAU) is None
