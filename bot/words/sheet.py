"""The rows behind a number, as they go into an Excel file; knows no file format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its heads; `name` is the file's name without its ending, `notes` stand below.

    A cell is text, a whole number, or empty; text never becomes a formula.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...]
    notes: tuple[str, ...] = ()
