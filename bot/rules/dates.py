"""Days counted by calendar units: where a unit begins, the same day some units later; pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "quarter", "year"]
UNITS: tuple[Unit, ...] = ("day", "week", "month", "quarter", "year")


def unit_start(of: date, unit: Unit) -> date:
    """The first day of the unit that holds a day."""
    if unit == "day":
        return of
    if unit == "week":
        return of - timedelta(days=of.weekday())
    if unit == "month":
        return of.replace(day=1)
    if unit == "quarter":
        return of.replace(month=(of.month - 1) // 3 * 3 + 1, day=1)
    return of.replace(month=1, day=1)


def step(of: date, unit: Unit, count: int) -> date:
    """The same day so many units later; a day a shorter month lacks becomes its last day."""
    if unit == "day":
        return of + timedelta(days=count)
    if unit == "week":
        return of + timedelta(weeks=count)
    months = {"month": 1, "quarter": 3, "year": 12}[unit] * count
    index = of.year * 12 + of.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(of.day, month_length(first)))


def month_length(of: date) -> int:
    """How many days the month of a day has."""
    first = of.replace(day=1)
    return ((first + timedelta(days=32)).replace(day=1) - first).days
