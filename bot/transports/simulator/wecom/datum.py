"""WGS-84 to GCJ-02, as a phone with a Chinese map does before it sends a place; pure.

The lines' own `datum` goes the other way; this one is written apart from it, so that each can be
tested with the other.
"""

from __future__ import annotations

from math import cos, pi, sin, sqrt

AXIS = 6378245.0
ECCENTRICITY = 0.00669342162296594323


def to_gcj(lat: float, lon: float) -> tuple[float, float]:
    """The place as a map in China shows it, degrees; the same place outside of China."""
    if not (0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347):
        return lat, lon
    x, y = lon - 105.0, lat - 35.0
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    bent = 1.0 - ECCENTRICITY * sin(lat / 180.0 * pi) ** 2
    north = north * 180.0 / (AXIS * (1.0 - ECCENTRICITY) / (bent * sqrt(bent)) * pi)
    east = east * 180.0 / (AXIS / sqrt(bent) * cos(lat / 180.0 * pi) * pi)
    return lat + north, lon + east
