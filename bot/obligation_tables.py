"""What types can't say of a file's [[obligations]] and [[devices]]: whether they make sense."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.rules.records import Bureau, Obligation
from bot.shapes import Wrong

MOST_LETTERS = 20
"""A name longer than this fits no button and no line."""


def make_sense(bureau: Bureau) -> None:
    """Names and codes are there once, a due rule fits its period. Raises Wrong."""
    rows = bureau.obligations
    _once("obligations", "code", [one.code for one in rows])
    _once("obligations", "name", [one.name for one in rows])
    _once("devices", "name", [device.name for device in bureau.devices])
    for row, one in enumerate(rows):
        if not re.fullmatch(r"[a-z0-9_]{1,24}", one.code):
            reason = "a code is 1 to 24 of a-z, 0-9 and _"
            raise Wrong(("obligations", str(row), "code"), reason)
        _falls_due(row, one)
    for row, device in enumerate(bureau.devices):
        if device.spot is not None and bureau.spot(device.spot) is None:
            raise Wrong(("devices", str(row), "spot"), f"no spot has the code {device.spot!r}")


def _once(table: str, field: str, said: Sequence[str]) -> None:
    for row, value in enumerate(said):
        if not value.strip() or value in said[:row]:
            raise Wrong((table, str(row), field), f"{value!r} is empty, or another one's")
        if field == "name" and len(value) > MOST_LETTERS:
            raise Wrong((table, str(row), field), f"at most {MOST_LETTERS} characters")


def _falls_due(row: int, one: Obligation) -> None:
    of_event = one.due in ("after", "before")
    if one.due != "unset" and of_event != (one.per == "event"):
        reason = "after and before are of an event, the others of a period"
        raise Wrong(("obligations", str(row), "due"), reason)
    if one.days < (1 if one.due == "day" else 0):
        raise Wrong(("obligations", str(row), "days"), "must be a number of days")
    if one.propose in ("task", "unset"):
        raise Wrong(("obligations", str(row), "propose"), "must be a period")
