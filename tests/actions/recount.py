"""Counts the lines of an export by themselves: knows nothing of the product but the columns.

Written apart from it, for the test that asks two hundred questions: what is asked comes as plain
values, made by the one who wrote the question and not by the reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

Line = dict[str, Any]


def recount(lines: Iterable[Line], asked: dict[str, Any]) -> int:
    """How many of what was asked are among the lines."""
    kept = [line for line in lines if _within(line, asked)]
    what = asked["what"]
    if what == "reports":
        return len({line["number"] for line in kept if line["visit"]})
    # What went into another problem, or was none, is no problem of its own.
    trouble = [
        line for line in kept if line["category"] not in (None, "none") and line["state"] != "gone"
    ]
    if what == "problems":
        return len(trouble)
    if what == "closed":
        return sum(line["state"] == "closed" for line in trouble)
    if what == "open":
        return sum(line["state"] not in ("closed", "unsolved") for line in trouble)
    assert what == "rebounds"
    return sum(line["rebound"] for line in trouble)


def recount_outings(lines: Iterable[Line], asked: dict[str, Any]) -> int:
    """How many of the exported rounds and checks count and are of what was asked."""
    return sum(
        line["counts"] and line["state"] == "ended" and line["kind"] == asked["what"]
        and (not asked["since"] or datetime.fromisoformat(line["started_at"]) >= asked["since"])
        and datetime.fromisoformat(line["started_at"]) < asked["until"]
        and (not asked["spots"] or bool(set(line["spots"]) & set(asked["spots"])))
        and (not asked["officer"] or asked["officer"] in line["officers"])
        for line in lines
    )  # fmt: skip


def _within(line: Line, asked: dict[str, Any]) -> bool:
    at = datetime.fromisoformat(line["occurred_at"])
    if asked["since"] and at < asked["since"]:
        return False
    return (
        at < asked["until"]
        and (not asked["spots"] or line["spot"] in asked["spots"])
        and (not asked["category"] or line["category"] == asked["category"])
        and (not asked["officer"] or line["officer"] == asked["officer"])
    )
