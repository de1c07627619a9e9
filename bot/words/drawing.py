"""Draws a Chart as one SVG, for a phone's chat and for a board on a wall; pure.

1080 wide and 675 high; higher where many bars lie or words take their room. Every name is cleaned,
wrapped or shortened with …: nothing leaves the picture, and no word becomes markup.
"""

from __future__ import annotations

from dataclasses import replace

from bot.words import bars
from bot.words.axes import LABEL_LINE, TICK, Frame, Scale, below, scale, tick_room
from bot.words.canvas import GREY, Canvas, colour
from bot.words.chart import Chart
from bot.words.lettering import clean, em, shorten, wrap
from bot.words.lines import lines

WIDTH, HEIGHT = 1080, 675
MARGIN = 40
TITLE, LEGEND, NOTE = 42, 28, 26
_TITLE_LINE, _LEGEND_LINE, _NOTE_LINE = 54, 44, 36
_KEY = 56
"""Room for a series' colour before its name."""
_LEAST_PLOT = 300
_NUMBERS_ABOVE = 46
"""Room over the highest rule for the number of the highest bar."""
_NOTHING = "没有可画的数据"


def svg(chart: Chart) -> str:
    """The chart as an SVG document."""
    chart = _tidy(chart)
    edges = (MARGIN, WIDTH - MARGIN)
    title = wrap(chart.title, (WIDTH - 2 * MARGIN) / TITLE, 2)
    legend = _legend(chart, title)
    top = MARGIN + len(title) * _TITLE_LINE + len(legend) * _LEGEND_LINE + 16
    note = wrap(chart.note, (WIDTH - 2 * MARGIN) / NOTE, 3)
    foot = MARGIN * 0.6 + len(note) * _NOTE_LINE
    if not chart.labels or not chart.series:
        canvas = Canvas(WIDTH, HEIGHT, chart.title)
        canvas.text((WIDTH / 2, HEIGHT / 2), _NOTHING, 34, anchor="middle", fill=GREY)
    else:
        canvas = _plot(chart, top, foot, edges)
    for n, line in enumerate(title):
        canvas.text((MARGIN, MARGIN + TITLE * 0.88 + n * _TITLE_LINE), line, TITLE, bold=True)
    _write_legend(canvas, chart, legend, MARGIN + len(title) * _TITLE_LINE + 8)
    for n, line in enumerate(note):
        y = canvas.height - foot + NOTE + 2 + n * _NOTE_LINE
        canvas.text((MARGIN, y), line, NOTE, fill=GREY)
    return canvas.svg()


def _tidy(chart: Chart) -> Chart:
    """The chart with cleaned words, each series as long as the labels are many."""
    count = len(chart.labels)
    return replace(
        chart,
        title=clean(chart.title) or "图",
        labels=tuple(clean(label) or "（空）" for label in chart.labels),
        series=tuple(
            (clean(name), (*values[:count], *(None,) * (count - len(values))))
            for name, values in chart.series
        ),
        unit=shorten(clean(chart.unit), 6),
        note=clean(chart.note),
    )


def _plot(chart: Chart, top: float, foot: float, edges: tuple[float, float]) -> Canvas:
    known = [v for _, values in chart.series for v in values if v is not None]
    measure = scale(max(known, default=0))
    wide = Frame(MARGIN + tick_room(measure), 0, WIDTH - MARGIN, 0)
    as_line = chart.kind == "line" and len(chart.labels) > 1
    if not as_line and not bars.stand(chart, wide):
        return _lying(chart, top, foot, measure)
    labels = below(chart.labels, wide, edges, every=None if as_line else 1)
    under = 22 + LABEL_LINE * max(len(label.lines) for label in labels)
    height = max(HEIGHT, round(top + _NUMBERS_ABOVE + _LEAST_PLOT + under + foot))
    canvas = Canvas(WIDTH, height, chart.title)
    frame = Frame(wide.left, top + _NUMBERS_ABOVE, wide.right, height - foot - under)
    if as_line:
        lines(canvas, chart, frame, measure, edges)
    else:
        bars.standing(canvas, chart, frame, measure)
    return canvas


def _lying(chart: Chart, top: float, foot: float, measure: Scale) -> Canvas:
    left_out = len(chart.labels) - bars.shown_rows(chart)
    under = TICK + 20 + (_NOTE_LINE if left_out else 0)
    high = bars.lying_height(chart, HEIGHT - top - under - foot)
    canvas = Canvas(WIDTH, round(top + high + under + foot), chart.title)
    frame = Frame(MARGIN, top, WIDTH - MARGIN, canvas.height - under - foot)
    bars.lying(canvas, chart, frame, measure)
    if left_out:
        at = (MARGIN, canvas.height - foot - 8)
        canvas.text(at, f"另有 {left_out} 项没有画出来", NOTE, fill=GREY)
    return canvas


def _legend(chart: Chart, title: list[str]) -> list[list[tuple[float, int, str]]]:
    """Rows of (x, series, name), the unit at the first one's end; no names of a single series.

    No row where the unit alone finds room beside the title.
    """
    rows: list[list[tuple[float, int, str]]] = []
    x = float(MARGIN)
    room = WIDTH - MARGIN - _unit_width(chart)
    for n, (name, _) in enumerate(chart.series if len(chart.series) > 1 else ()):
        name = shorten(name or f"第 {n + 1} 组", (room - MARGIN - _KEY) / LEGEND)
        wide = _KEY + em(name) * LEGEND
        if not rows or x + wide > room:
            rows.append([])
            x = float(MARGIN)
        rows[-1].append((x, n, name))
        x += wide + 36
    beside_title = em(title[-1]) * TITLE + 40 + MARGIN <= room
    return rows or ([[]] if chart.unit and not beside_title else [])


def _unit_width(chart: Chart) -> float:
    return em(f"单位：{chart.unit}") * LEGEND + 24 if chart.unit else 0


def _write_legend(
    canvas: Canvas, chart: Chart, rows: list[list[tuple[float, int, str]]], top: float
) -> None:
    for n, row in enumerate(rows):
        y = top + LEGEND + n * _LEGEND_LINE
        for x, series, name in row:
            if chart.kind == "line" and len(chart.labels) > 1:
                canvas.rule((x, y - 10), (x + 44, y - 10), colour(series), 5)
                canvas.mark((x + 22, y - 10), series, 9)
            else:
                canvas.box((x + 10, y - 22), 24, 24, colour(series), 4)
            canvas.text((x + _KEY, y), name, LEGEND)
    if chart.unit:
        at = (WIDTH - MARGIN, top + LEGEND if rows else top - 8 - _TITLE_LINE + TITLE * 0.88)
        canvas.text(at, f"单位：{chart.unit}", LEGEND, anchor="end", fill=GREY)
