"""The measure of a chart's numbers and the labels along it; draws only rules and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.words.canvas import AXIS, GREY, GRID, INK, Canvas
from bot.words.lettering import em, shorten, wrap

LABEL, TICK = 30, 24
"""Heights of the labels and of the numbers at the axis, in a picture 1080 wide."""
LABEL_LINE = 38
_SMALLEST_TOP = 4
"""So that a single find doesn't tower."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From 0 to `top` in whole steps of `step`."""

    step: int
    top: int

    @property
    def ticks(self) -> range:
        """Where rules are drawn."""
        return range(0, self.top + 1, self.step)


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle that the numbers are drawn in."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From the left to the right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From the top to the bottom."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Label:
    """The lines of a label, centred at x."""

    x: float
    lines: tuple[str, ...]

    @property
    def half(self) -> float:
        """Half of its width."""
        return max(em(line) for line in self.lines) * LABEL / 2 if self.lines else 0.0


def scale(most: int) -> Scale:
    """At most five steps of 1, 2 or 5 (and tens of these) that reach `most`."""
    most = max(most, _SMALLEST_TOP)
    step = 1
    while step * 5 < most:
        step = next(step // lead * after for lead, after in _AFTER if str(step)[0] == str(lead))
    return Scale(step, -(-most // step) * step)


_AFTER = ((1, 2), (2, 5), (5, 10))


def upright(canvas: Canvas, frame: Frame, measure: Scale) -> None:
    """Level rules with their numbers at the left; the lowest is the axis."""
    for tick in measure.ticks:
        y = frame.bottom - frame.height * tick / measure.top
        canvas.rule((frame.left, y), (frame.right, y), GRID if tick else AXIS)
        canvas.text((frame.left - 12, y + TICK * 0.36), str(tick), TICK, anchor="end", fill=GREY)


def tick_room(measure: Scale) -> float:
    """The width that the numbers at the axis take."""
    return em(str(measure.top)) * TICK + 12


def below(
    labels: Sequence[str], frame: Frame, edges: tuple[float, float], every: int | None = None
) -> list[Label]:
    """The labels at the middle of their slots, in at most two lines, none over another.

    Where not all fit, only each second, third … is there, counted back from the last one; labels
    wider than the whole picture are shortened. `every` asks for that step, shortened if need be.
    """
    slot = frame.width / max(len(labels), 1)
    for step in [every] if every else range(1, len(labels) + 1):
        shown = range((len(labels) - 1) % step, len(labels), step)
        room = min(slot * step - 8, edges[1] - edges[0])
        if len(shown) == 1:
            room = edges[1] - edges[0]
        found = [_label(labels[n], frame.left + slot * (n + 0.5), room, edges) for n in shown]
        apart = all(a.x + a.half + 8 <= b.x - b.half for a, b in pairwise(found))
        whole = all(_whole(labels[n], room) for n in shown)
        if every or (apart and whole) or len(shown) == 1:
            return found
    return []


def whole_labels(labels: Sequence[str], frame: Frame) -> bool:
    """Whether each label fits below its own slot, unshortened."""
    room = frame.width / max(len(labels), 1) - 8
    return all(_whole(label, room) for label in labels)


def _whole(label: str, room: float) -> bool:
    fits = wrap(label, room / LABEL, 9)
    return (
        len(fits) <= 2
        and "".join(fits).replace(" ", "") == label.replace(" ", "")
        and (
            # A date cut in two is worse than one left out.
            len(fits) < 2 or room >= 2.5 * LABEL
        )
    )


def _label(label: str, x: float, room: float, edges: tuple[float, float]) -> Label:
    lines = tuple(wrap(label, room / LABEL, 2))
    half = Label(x, lines).half
    return Label(min(max(x, edges[0] + half), edges[1] - half), lines)


def write_below(canvas: Canvas, found: Sequence[Label], bottom: float) -> None:
    """The labels stand under the axis at `bottom`."""
    for label in found:
        for n, line in enumerate(label.lines):
            at = (label.x, bottom + LABEL + 10 + n * LABEL_LINE)
            canvas.text(at, line, LABEL, anchor="middle", fill=INK)


def cut(text: str, width: float, size: int) -> str:
    """The text within so many pixels."""
    return shorten(text, width / size)
