"""Draws a chart as lines over time, and writes the numbers where they hide nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.words.axes import Frame, Scale, below, upright, write_below
from bot.words.canvas import INK, Canvas, Point, colour, ink
from bot.words.chart import Chart
from bot.words.lettering import em

NUMBER = 28
_MANY = 40
"""Points from which on they are drawn small."""
_CROWD = 4
"""Lines whose numbers can still be told apart."""
_RISE = 46
"""How far above the highest rule numbers may stand."""

_Room = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Spot:
    """A number of a series: its column, its worth, where it is."""

    series: int
    column: int
    value: int
    at: Point


def lines(
    canvas: Canvas, chart: Chart, frame: Frame, measure: Scale, edges: tuple[float, float]
) -> None:
    """A line a series, broken where a number is missing, with marks and numbers."""
    upright(canvas, frame, measure)
    slot = frame.width / len(chart.labels)
    spots = [
        _Spot(series, n, value, (
            frame.left + slot * (n + 0.5),
            frame.bottom - frame.height * max(value, 0) / measure.top,
        ))
        for series, (_, values) in enumerate(chart.series)
        for n, value in enumerate(values)
        if value is not None
    ]  # fmt: skip
    small = len(chart.labels) > _MANY
    single = []
    for stretch in _stretches(spots):
        points = [spot.at for spot in stretch]
        if len(chart.series) == 1 and len(points) > 1:
            feet = [(points[-1][0], frame.bottom), (points[0][0], frame.bottom)]
            canvas.area([*points, *feet], colour(stretch[0].series))
        canvas.course(points, colour(stretch[0].series), 3 if small else 5)
        single += stretch if len(stretch) == 1 else []
    numbers = _numbers(chart, frame, spots, edges)
    for spot in [*single, *(spot for spot, _ in numbers)] if small else spots:
        canvas.mark(spot.at, spot.series, 6 if small else 9)
    for spot, at in numbers:
        fill = INK if _alone(spot, spots) else ink(spot.series)
        canvas.text(at, str(spot.value), NUMBER, anchor="middle", fill=fill, halo=True)
    write_below(canvas, below(chart.labels, frame, edges), frame.bottom)


def _stretches(spots: list[_Spot]) -> Iterator[list[_Spot]]:
    """The spots of each series that follow each other without a gap."""
    run: list[_Spot] = []
    for spot in spots:
        if run and (run[-1].series, run[-1].column + 1) != (spot.series, spot.column):
            yield run
            run = []
        run.append(spot)
    if run:
        yield run


def _numbers(
    chart: Chart, frame: Frame, spots: list[_Spot], edges: tuple[float, float]
) -> list[tuple[_Spot, Point]]:
    """All numbers where there is room for all; else the last, the highest and the peaks between.

    Where lines meet, the number is there once.
    """
    every = all_numbers(chart, frame.width)
    paper = _Paper(frame, edges, spots, frame.width / len(chart.labels))
    told: dict[tuple[int, int], tuple[_Spot, Point]] = {}
    for spot in _in_turn(spots) if every else _weighty(spots, len(chart.series)):
        if (spot.column, spot.value) not in told:
            at = paper.place(spot, every=every)
            if at is not None:
                told[spot.column, spot.value] = spot, at
    return [*told.values()]


def _alone(spot: _Spot, spots: list[_Spot]) -> bool:
    """Whether the number belongs to no single one of several lines."""
    return all(s.series == spot.series for s in spots) or any(
        s.at == spot.at and s.series != spot.series for s in spots
    )


def all_numbers(chart: Chart, width: float) -> bool:
    """Whether each point has room for its number."""
    widest = max((em(str(v)) for _, vs in chart.series for v in vs if v is not None), default=0)
    crowded = len(chart.series) > _CROWD
    return not crowded and widest * NUMBER + 8 <= width / max(len(chart.labels), 1)


def _in_turn(spots: list[_Spot]) -> list[_Spot]:
    """Column by column, from the axis up: the lowest have the least choice."""
    return sorted(spots, key=lambda spot: (spot.column, spot.value, spot.series))


def _weighty(spots: list[_Spot], series: int) -> list[_Spot]:
    """The last and the highest number of each series, then the peaks of its line, the high first.

    Where there are many series only the last and the highest.
    """
    rows = [[s for s in spots if s.series == n] for n in range(series)]
    rows = [row for row in rows if row]
    last = [row[-1] for row in rows]
    highest = [max(reversed(row), key=lambda s: s.value) for row in rows]
    if series > _CROWD:
        return last + highest
    peaks = [
        here
        for row in rows
        for before, here, after in zip(row, row[1:], row[2:], strict=False)
        if here.value >= before.value and here.value > after.value
    ]
    return last + highest + sorted(peaks, key=lambda s: -s.value)


class _Paper:
    """Where numbers can still be written: not over marks, nor over each other."""

    def __init__(
        self, frame: Frame, edges: tuple[float, float], spots: list[_Spot], slot: float
    ) -> None:
        self._edges, self._slot = edges, slot
        self._ceiling, self._floor = frame.top - _RISE, frame.bottom - 6
        self._spots: dict[int, list[_Spot]] = {}
        self._written: dict[int, list[_Room]] = {}
        for spot in spots:
            self._spots.setdefault(spot.column, []).append(spot)

    def place(self, spot: _Spot, *, every: bool) -> Point | None:
        """The middle of the number's line, now taken; None where there is no room left for it.

        Above the point; below it in a hollow of the line; else beside it. A number that must be
        written goes above where nothing is free.
        """
        half = em(str(spot.value)) * NUMBER / 2
        places = self._candidates(spot, half, every=every)
        found = next((at for at in places if self._free(spot, _room(at, half), every)), None)
        if found is None and every:
            found = places[0]
        if found is not None:
            self._written.setdefault(spot.column, []).append(_room(found, half))
        return found

    def _candidates(self, spot: _Spot, half: float, *, every: bool) -> list[Point]:
        x, y = spot.at
        middle = min(max(x, self._edges[0] + half), self._edges[1] - half)
        above, under = y - 18, y + 18 + NUMBER * 0.72
        up, down = (middle, max(above, self._ceiling + NUMBER)), (middle, under)
        level = min(y + 10, self._floor)
        aside = [(x + half + 16, level), (x - half - 16, level)]
        if not every:
            last = x + self._slot > self._edges[1] and aside[0][0] + half <= self._edges[1]
            return [aside[0], up] if last else [up]
        further = [(middle, above - 28), (middle, under + 28), (middle, above - 56)]
        order = [down, up] if self._hollow(spot) and under <= self._floor else [up, down]
        kept = [
            (x, y) for x, y in (*order[1:], *aside, *further)
            if y <= self._floor and y - NUMBER >= self._ceiling
            and self._edges[0] <= x - half and x + half <= self._edges[1]
        ]  # fmt: skip
        return [order[0], *kept]

    def _hollow(self, spot: _Spot) -> bool:
        near = [
            s.value
            for column in (spot.column - 1, spot.column + 1)
            for s in self._spots.get(column, ())
            if s.series == spot.series
        ]
        return len(near) == 2 and spot.value < min(near)

    def _free(self, spot: _Spot, room: _Room, every: bool) -> bool:
        reach = 2 if every else 1 + int((room[2] - room[0] + 24) / self._slot)
        columns = range(spot.column - reach, spot.column + reach + 1)
        over_mark = any(
            room[0] - 9 < s.at[0] < room[2] + 9 and room[1] - 7 < s.at[1] < room[3] + 7
            for column in columns
            for s in self._spots.get(column, ())
            if s.at != spot.at
        )
        return not over_mark and not any(
            _meet(room, other) for column in columns for other in self._written.get(column, ())
        )


def _room(at: Point, half: float) -> _Room:
    """What a number takes, its halo included: left, top, right, bottom."""
    return at[0] - half - 4, at[1] - NUMBER * 0.76 - 3, at[0] + half + 4, at[1] + 4


def _meet(a: _Room, b: _Room) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
