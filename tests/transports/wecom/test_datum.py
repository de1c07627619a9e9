"""Points of Chinese maps, against another implementation's."""

from __future__ import annotations

import json
from math import cos, hypot, radians
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.transports.wecom.datum import in_china, to_gcj02, to_wgs84

POINTS = json.loads((Path(__file__).parents[2] / "samples" / "gcj02.json").read_text())["points"]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: "{},{}".format(*point["wgs84"]))
def test_the_points_of_another_implementation_come_back(point: dict[str, list[float]]) -> None:
    assert to_gcj02(*point["wgs84"]) == pytest.approx(point["gcj02"], abs=1e-8)
    assert to_wgs84(*point["gcj02"]) == pytest.approx(point["wgs84"], abs=1e-7)


@settings(deadline=None)
@given(st.floats(18.2, 53.5), st.floats(73.5, 134.8))
def test_there_and_back_is_the_same_point(lat: float, lon: float) -> None:
    shifted = to_gcj02(lat, lon)
    assume(in_china(*shifted))
    assert to_wgs84(*shifted) == pytest.approx((lat, lon), abs=1e-8)


@settings(deadline=None)
@given(st.floats(34.4, 38.3), st.floats(114.8, 122.6))
def test_in_shandong_it_makes_hundreds_of_metres(lat: float, lon: float) -> None:
    there_lat, there_lon = to_wgs84(lat, lon)
    metres = hypot(there_lat - lat, (there_lon - lon) * cos(radians(lat))) * 111_195
    assert 150 < metres < 1000


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(52.52, 13.405), (35.68, 139.69), (0.0, 0.0), (-33.9, 151.2), (90, 180), (-90, -180)],
)
def test_outside_china_nothing_is_changed(lat: float, lon: float) -> None:
    assert to_wgs84(lat, lon) == (lat, lon)
