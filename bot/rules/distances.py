"""How far two points of the earth are apart; knows coordinates and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.rules.records import Spot

EARTH_METRES = 6_371_008.8


def metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The great-circle distance between two WGS-84 points."""
    a, b = math.radians(lat), math.radians(other_lat)
    across = math.radians(other_lon - lon)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))


def nearest(spots: Iterable[Spot], lat: float, lon: float) -> list[tuple[Spot, float]]:
    """The spots with coordinates and how many metres away they are, the nearest first."""
    measured = [
        (spot, metres(lat, lon, spot.lat, spot.lon))
        for spot in spots
        if spot.lat is not None and spot.lon is not None
    ]
    return sorted(measured, key=lambda pair: pair[1])
