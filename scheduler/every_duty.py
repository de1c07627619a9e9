"""Every duty there is, each in a file of its own kind; knows no more of them than their names."""

from __future__ import annotations

from scheduler import (
    duty_ledger,
    duty_mornings,
    duty_nudges,
    duty_obligations,
    duty_papers,
    duty_problems,
    duty_rebounds,
    duty_rounds,
)
from scheduler.duties import Duty

DUTIES: tuple[Duty, ...] = (
    *duty_nudges.DUTIES, *duty_papers.DUTIES, *duty_rounds.DUTIES, *duty_problems.DUTIES,
    *duty_rebounds.DUTIES, *duty_mornings.DUTIES, *duty_ledger.DUTIES, *duty_obligations.DUTIES,
)  # fmt: skip
"""What the timetable brings; a duty's name stands in its rows, so it never changes."""
