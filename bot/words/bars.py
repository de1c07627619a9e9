"""Draws a chart as bars: upright where names and numbers fit below and above, else lying."""

from __future__ import annotations

from bot.words.axes import (
    LABEL,
    LABEL_LINE,
    TICK,
    Frame,
    Scale,
    below,
    upright,
    whole_labels,
    write_below,
)  # fmt: skip
from bot.words.canvas import AXIS, GREY, GRID, INK, Canvas, colour
from bot.words.chart import Chart
from bot.words.lettering import em, wrap

UPRIGHT = 12
"""More groups than this lie."""
NUMBER = 30
_LYING_ROOM = 0.36
"""The part of the width that names may take beside lying bars."""
BARS = 40
"""Lying bars that are still drawn; what is over is counted in a line."""


def number(value: int | None) -> str:
    """What is written at a bar or point; a dash where the time has not come."""
    return "–" if value is None else str(value)


def stand(chart: Chart, frame: Frame) -> bool:
    """Whether the bars can stand in the frame: each name and number in full."""
    groups, bars = len(chart.labels), len(chart.series)
    if groups > UPRIGHT or not whole_labels(chart.labels, frame):
        return False
    widest = max(em(number(v)) for _, values in chart.series for v in values) * NUMBER
    return widest + 8 <= _pitch(frame.width / groups, bars)


def _pitch(slot: float, bars: int) -> float:
    return min(slot * 0.78 / bars, 150.0)


def standing(canvas: Canvas, chart: Chart, frame: Frame, measure: Scale) -> None:
    """Groups of upright bars with their numbers above."""
    upright(canvas, frame, measure)
    slot, bars = frame.width / len(chart.labels), len(chart.series)
    pitch = _pitch(slot, bars)
    for n in range(len(chart.labels)):
        left = frame.left + slot * (n + 0.5) - pitch * bars / 2
        for which, (_, values) in enumerate(chart.series):
            value = values[n]
            high = _length(value, frame.height, measure)
            x = left + pitch * which
            if high:
                at = (x + pitch * 0.06, frame.bottom - high)
                canvas.box(at, pitch * 0.88, high, colour(which), min(4, high / 2))
            canvas.text(
                (x + pitch / 2, frame.bottom - high - 10), number(value), NUMBER,
                anchor="middle", fill=GREY if value is None else INK,
            )  # fmt: skip
    canvas.rule((frame.left, frame.bottom), (frame.right, frame.bottom), AXIS)
    edges = (frame.left, frame.right)
    write_below(canvas, below(chart.labels, frame, edges, every=1), frame.bottom)


def _length(value: int | None, whole: float, measure: Scale) -> float:
    """How long a bar is; one that is not nothing can be seen."""
    return max(whole * value / measure.top, 3) if value and value > 0 else 0


def shown_rows(chart: Chart) -> int:
    """How many groups lie in the picture."""
    return min(len(chart.labels), max(BARS // len(chart.series), 10))


def lying_height(chart: Chart, least: float) -> float:
    """The height that the lying bars take: at least `least`, each group with room for its name."""
    return max(least, shown_rows(chart) * _row(chart, 0))


def _row(chart: Chart, height: float) -> float:
    """The height of a group."""
    bars = len(chart.series)
    thick = 44 if shown_rows(chart) * bars <= 30 else 36
    needed = max(thick * bars + 16, LABEL_LINE * 2 + 8 if _two_lines(chart) else 0)
    return max(needed, height / shown_rows(chart))


def _two_lines(chart: Chart) -> bool:
    return shown_rows(chart) <= 15 and any(
        em(label) * LABEL > _LYING_ROOM * 1000 for label in chart.labels[: shown_rows(chart)]
    )


def lying(canvas: Canvas, chart: Chart, frame: Frame, measure: Scale) -> None:
    """Groups of lying bars, their names at the left and their numbers at the end."""
    rows, bars = shown_rows(chart), len(chart.series)
    lines = 2 if _two_lines(chart) else 1
    room = frame.width * _LYING_ROOM
    names = [wrap(label, room / LABEL, lines) for label in chart.labels[:rows]]
    named = max((em(line) for name in names for line in name), default=0) * LABEL
    widest = max(em(number(v)) for _, values in chart.series for v in values[:rows]) * NUMBER
    inner = Frame(frame.left + named + 18, frame.top, frame.right - widest - 14, frame.bottom)
    _upright_rules(canvas, inner, measure)
    row = inner.height / rows
    pitch = min((row - 14) / bars, 76)
    for n, name in enumerate(names):
        middle = inner.top + row * (n + 0.5)
        for line, words in enumerate(name):
            y = middle + LABEL * 0.36 + (line - (len(name) - 1) / 2) * LABEL_LINE
            canvas.text((inner.left - 18, y), words, LABEL, anchor="end")
        for which, (_, values) in enumerate(chart.series):
            y = middle - pitch * bars / 2 + pitch * which
            _lie(canvas, inner, measure, (y, pitch), values[n], which)
    canvas.rule((inner.left, inner.top), (inner.left, inner.bottom), AXIS)


def _lie(
    canvas: Canvas, frame: Frame, measure: Scale, band: tuple[float, float],
    value: int | None, series: int,
) -> None:  # fmt: skip
    y, pitch = band
    long = _length(value, frame.width, measure)
    if long:
        at = (frame.left, y + pitch * 0.07)
        canvas.box(at, long, pitch * 0.86, colour(series), min(4, long / 2))
    canvas.text(
        (frame.left + long + 10, y + pitch / 2 + NUMBER * 0.36), number(value), NUMBER,
        fill=GREY if value is None else INK,
    )  # fmt: skip


def _upright_rules(canvas: Canvas, frame: Frame, measure: Scale) -> None:
    end = -1.0
    for tick in measure.ticks:
        x = frame.left + frame.width * tick / measure.top
        canvas.rule((x, frame.top), (x, frame.bottom), GRID)
        half = em(str(tick)) * TICK / 2
        if x - half > end:
            canvas.text((x, frame.bottom + TICK + 8), str(tick), TICK, anchor="middle", fill=GREY)
            end = x + half + 16
