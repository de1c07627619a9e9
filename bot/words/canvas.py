"""The strokes of a drawing, collected as one SVG; knows colours and shapes, no chart."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

FAMILY = "Noto Sans SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"

INK, GREY, AXIS, GRID, PAPER = "#22303c", "#66727e", "#aab6c1", "#e5eaef", "#ffffff"

SERIES = ("#2f6fa8", "#e39a3b", "#4d9f87", "#8a73b3", "#c4626b", "#7b8794", "#b5a23f", "#4aa3b8")
LETTERS = ("#255a89", "#96590c", "#2f7561", "#66508f", "#a1434c", "#56616c", "#786a1c", "#287387")
"""The colours of the series, and of words written in them."""

Point = tuple[float, float]


def colour(series: int) -> str:
    """What a series is drawn in; the eighth after it looks the same."""
    return SERIES[series % len(SERIES)]


def ink(series: int) -> str:
    """What is written of a series: its colour, dark enough to be read."""
    return LETTERS[series % len(LETTERS)]


class Canvas:
    """A sheet of white paper that is drawn on from the bottom layer to the top."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self.width, self.height = width, height
        self._title = title
        self._strokes: list[str] = []

    def text(
        self, at: Point, words: str, size: int, *,
        anchor: str = "start", fill: str = INK, bold: bool = False, halo: bool = False,
    ) -> None:  # fmt: skip
        """Words on the line y, beginning, centred (middle) or ending (end) at x.

        The font has one weight: bold is a stroke in the words' own colour. A halo keeps them
        readable where a line passes below.
        """
        style = f' text-anchor="{anchor}"' if anchor != "start" else ""
        if halo:
            style += f' stroke="{PAPER}" stroke-width="7" paint-order="stroke"'
            style += ' stroke-linejoin="round"'
        elif bold:
            style += f' stroke="{fill}" stroke-width="{size * 0.028:.2f}"'
        self._strokes.append(
            f'<text x="{_n(at[0])}" y="{_n(at[1])}" font-size="{size}" fill="{fill}"{style}>'
            f"{escape(words)}</text>"
        )

    def box(self, at: Point, width: float, height: float, fill: str, corner: float = 0) -> None:
        """A filled rectangle from its upper left corner."""
        round_ = f' rx="{_n(corner)}"' if corner else ""
        self._strokes.append(
            f'<rect x="{_n(at[0])}" y="{_n(at[1])}" width="{_n(width)}" height="{_n(height)}"'
            f'{round_} fill="{fill}"/>'
        )

    def rule(self, begin: Point, end: Point, stroke: str, width: float = 2) -> None:
        """A straight line."""
        self._strokes.append(
            f'<line x1="{_n(begin[0])}" y1="{_n(begin[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"'
            f' stroke="{stroke}" stroke-width="{_n(width)}"/>'
        )

    def course(self, points: Sequence[Point], stroke: str, width: float) -> None:
        """A line through the points."""
        self._strokes.append(
            f'<polyline points="{_points(points)}" fill="none" stroke="{stroke}"'
            f' stroke-width="{_n(width)}" stroke-linejoin="round" stroke-linecap="round"/>'
        )

    def area(self, points: Sequence[Point], fill: str) -> None:
        """A pale filling."""
        self._strokes.append(
            f'<polygon points="{_points(points)}" fill="{fill}" fill-opacity="0.1"/>'
        )

    def mark(self, at: Point, series: int, radius: float) -> None:
        """The point of a series: its colour and its shape, for who can't tell the colours."""
        x, y = at
        fill = f'fill="{colour(series)}" stroke="{PAPER}" stroke-width="2"'
        shape = series % 4
        if shape == 0:
            self._strokes.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" {fill}/>')
            return
        r = radius * (0.9, 1.3, 1.25)[shape - 1]
        corners = [
            [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
            [(x, y - r), (x + r, y), (x, y + r), (x - r, y)],
            [(x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8)],
        ][shape - 1]
        self._strokes.append(f'<polygon points="{_points(corners)}" {fill}/>')

    def svg(self, zoom: float = 1) -> str:
        """The whole drawing, to be shown `zoom` times as large as it was laid out."""
        width, height = round(self.width * zoom), round(self.height * zoom)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {self.width} {self.height}" font-family="{FAMILY}" role="img">'
            f"<title>{escape(self._title)}</title>"
            f'<rect x="0" y="0" width="{self.width}" height="{self.height}" fill="{PAPER}"/>'
            + "".join(self._strokes)
            + "</svg>"
        )


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
