"""What a person sets for himself: his morning, his quiet hours, fewer words.

Own hours narrow the bureau's: what is told unasked comes outside of both. Knows no sentence but its
refusals'.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from bot.actions.people import require
from bot.errors import Refused
from bot.rules.own_hours import LATEST, OwnHours, objection
from bot.rules.records import Bureau
from bot.rules.reminder_facts import SettingFacts
from bot.rules.rights import Right
from storage import journal, preferences
from storage.schema import Transaction


def shown(tx: Transaction, person: int, bureau: Bureau) -> SettingFacts:
    """「设置」: what holds for the person."""
    require(tx, person, Right.REPORT)
    return _facts(preferences.of(tx, person), bureau)


def set_morning(
    tx: Transaction, person: int, at: time | None, bureau: Bureau, now: datetime
) -> SettingFacts:
    """His morning message comes then; None for when the bureau's does. Raises Refused."""
    return _keep(tx, person, bureau, now, morning=at)


def set_quiet(
    tx: Transaction, person: int, begins: time | None, ends: time | None, bureau: Bureau,
    now: datetime,
) -> SettingFacts:  # fmt: skip
    """He is told nothing unasked between these, over midnight too; None for no hours of his own.

    Raises Refused where no morning would be left.
    """
    return _keep(tx, person, bureau, now, quiet_from=begins, quiet_to=ends)


def set_brief(
    tx: Transaction, person: int, brief: bool, bureau: Bureau, now: datetime
) -> SettingFacts:
    """「字少一点」, or as usual."""
    return _keep(tx, person, bureau, now, brief=brief)


def _keep(
    tx: Transaction, person: int, bureau: Bureau, now: datetime, **values: Any
) -> SettingFacts:
    who = require(tx, person, Right.REPORT)
    own = replace(preferences.of(tx, who.id), **values)
    wrong = objection(own, bureau.hours)
    if wrong is not None:
        raise Refused(_why(wrong, bureau))
    preferences.keep(tx, who.id, own)
    said = {name: str(value) for name, value in values.items()}
    journal.write(tx, now, who.id, "settings", f"person/{who.id}", said)
    return _facts(own, bureau)


def _facts(own: OwnHours, bureau: Bureau) -> SettingFacts:
    hours = bureau.hours
    return SettingFacts(own, own.starts(hours), hours.quiet_from, hours.quiet_to)


def _why(wrong: str, bureau: Bureau) -> str:
    first = bureau.hours.quiet_to
    if wrong == "quiet":
        return f"上午 {LATEST:%H:%M} 前总要留一段能提醒您的时间，没有改。换一段试试。"
    return f"提醒时间要在 {first.hour}:{first:%M} 到 {LATEST:%H:%M} 之间，没有改。"
