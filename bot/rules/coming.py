"""What the clock will bring, and what became of it, as plain records; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that will happen: when, and what, in words; `due` is its row, where it has one."""

    at: datetime
    name: str
    said: str
    due: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a due row: done, dropped because of `why`, or put off `until` then."""

    state: Literal["done", "dropped", "put_off"]
    why: str = ""
    until: datetime | None = None
