"""GCJ-02, the datum of Chinese maps, to WGS-84, the datum of the spots; pure.

In China a point in GCJ-02 lies some hundred metres off. The way there is public (constants as in
eviltransform and prcoords, which agree); the way back has no formula and is found by repetition.
"""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt

MARK = "gcj02→wgs84"
"""Says of a point that it was converted."""

AXIS = 6378245.0
FLAT = 0.00669342162296594323
"""Krasovsky's ellipsoid, on which GCJ-02 was made."""

PRECISE = 1e-9
"""Degrees: a tenth of a millimetre."""


def to_wgs84(lat: float, lon: float) -> tuple[float, float]:
    """Latitude and longitude in WGS-84, within 1e-6 degrees; outside China unchanged."""
    if not in_china(lat, lon):
        return lat, lon
    guess_lat, guess_lon = lat, lon
    for _ in range(20):
        there_lat, there_lon = to_gcj02(guess_lat, guess_lon)
        off_lat, off_lon = there_lat - lat, there_lon - lon
        guess_lat, guess_lon = guess_lat - off_lat, guess_lon - off_lon
        if abs(off_lat) < PRECISE and abs(off_lon) < PRECISE:
            break
    return guess_lat, guess_lon


def to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """Latitude and longitude in GCJ-02 of a point in China."""
    x, y = lon - 105.0, lat - 35.0
    wave = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    bend = 1 - FLAT * sin(radians(lat)) ** 2
    d_lat = north * 180 / ((AXIS * (1 - FLAT)) / (bend * sqrt(bend)) * pi)
    d_lon = east * 180 / (AXIS / sqrt(bend) * cos(radians(lat)) * pi)
    return lat + d_lat, lon + d_lon


def in_china(lat: float, lon: float) -> bool:
    """Whether the point lies in the rectangle in which maps are shifted."""
    return 0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347
