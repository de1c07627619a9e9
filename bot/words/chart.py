"""A chart's facts: what is drawn of a trend, a comparison or a grouping; knows no drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Chart:
    """One or more series of whole numbers over the same labels, in the labels' order.

    `kind` is bars to compare things, line to follow time. A number is None where the time has not
    come yet. `unit` is the counting word (个), `note` the line below (what was looked for).
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int | None, ...]], ...]
    unit: str = ""
    kind: Literal["bars", "line"] = "bars"
    note: str = ""


def chart_from_json(stored: dict[str, Any] | None) -> Chart | None:
    """The chart whose `asdict` this is; None for None."""
    if stored is None:
        return None
    series = tuple((name, tuple(numbers)) for name, numbers in stored["series"])
    return Chart(
        stored["title"], tuple(stored["labels"]), series,
        stored["unit"], stored["kind"], stored["note"],
    )  # fmt: skip
