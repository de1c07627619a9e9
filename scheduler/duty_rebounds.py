"""What the clock brings of rebounds: the patrol that a leader planned for the hours of the pattern.

Knows no sentence.
"""

from __future__ import annotations

from datetime import datetime

from bot.actions import rebound_deeds
from bot.rules.quiet import is_quiet, next_morning
from bot.rules.records import Bureau
from scheduler.duties import Duty, PutOff, none
from storage.dues import Due
from storage.schema import Transaction


def _fixed(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    if is_quiet(bureau, now):
        raise PutOff(next_morning(bureau, now))
    return rebound_deeds.remind(tx, due.args["problem"], due.key, now)


DUTIES = (Duty(rebound_deeds.FIXED, "提醒定点巡查", "reminder", none, _fixed),)
