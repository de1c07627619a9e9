"""What stood when: the file's quotas and rules of rounds are noted as they change, and read back.

`follow` notes at every start what the bureau's file says now; `as_it_stands` is the bureau with its
spots, calendar and every version of its rules as the database knows them.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from bot.actions.calendar import calendar_of
from bot.rules.calendar import WorkCalendar, year_of
from bot.rules.dates import unit_start
from bot.rules.quotas import slot_of, to_follow
from bot.rules.records import Bureau, Quota, RoundRule
from bot.rules.rounds import rule_at
from bot.rules.vocabulary import Holiday, Vocabulary
from storage import spots, standing_rules
from storage.schema import Transaction

QUOTAS, ROUNDS = "quota/", "rounds"
SAID = {
    "国庆节": "国庆", "中秋节": "中秋", "端午节": "端午", "清明节": "清明", "劳动节": "五一",
}  # fmt: skip
"""How people ask for the holidays of the notice."""

FOLLOWED = "quota/"
"""The row under this kind alone says that a file was followed before."""


def follow(tx: Transaction, bureau: Bureau, now: datetime) -> None:
    """What the file changed since it was last followed is noted with the day it stands from."""
    today = now.astimezone(bureau.tz).date()
    known = standing_rules.all_of(tx, QUOTAS)
    first_ever = FOLLOWED not in known
    for quota in to_follow(_quotas(known), bureau.quotas, today, first_ever=first_ever):
        kind = QUOTAS + "/".join([*slot_of(quota)[:3], "+".join(sorted(quota.only))])
        value = asdict(quota) | {"since": None}
        standing_rules.keep(tx, kind, quota.since or date.min, value, now)
    if first_ever:
        standing_rules.keep(tx, FOLLOWED, date.min, {}, now)
    _follow_rounds(tx, bureau, today, now)


def _follow_rounds(tx: Transaction, bureau: Bureau, today: date, now: datetime) -> None:
    known = _rounds(standing_rules.of(tx, ROUNDS))
    file = bureau.rounds or (RoundRule(),)
    dated = [rule.since for rule in file if rule.since is not None]
    begin = min([unit_start(today, "week"), *dated])
    later = [r.since for r in known if r.since is not None and r.since > begin]
    if not known:
        news = list(file)
    else:
        news, noted = [], list(known)
        for day in sorted({begin, *dated, *later}):
            wanted = replace(rule_at(file, day), since=None)
            if replace(rule_at(noted, day), since=None) != wanted:
                news.append(replace(wanted, since=day))
                noted = [rule for rule in noted if rule.since != day] + news[-1:]
    for rule in news:
        value = asdict(rule) | {"since": None}
        standing_rules.keep(tx, ROUNDS, rule.since or date.min, value, now)


def as_it_stands(tx: Transaction, bureau: Bureau) -> Bureau:
    """The bureau as the database knows it; what nobody has noted yet is as in the file."""
    known = standing_rules.all_of(tx, QUOTAS)
    quotas = tuple(_quotas(known)) if FOLLOWED in known else bureau.quotas
    order = {slot_of(quota): n for n, quota in enumerate(bureau.quotas)}
    ordered = sorted(quotas, key=lambda q: (order.get(slot_of(q), len(order)), q.since or date.min))
    calendar = calendar_of(tx)
    return replace(
        bureau, spots=spots.current(tx) or bureau.spots, quotas=tuple(ordered),
        rounds=tuple(_rounds(standing_rules.of(tx, ROUNDS))) or bureau.rounds, calendar=calendar,
        vocabulary=_with_holidays(bureau.vocabulary, calendar),
    )  # fmt: skip


def _with_holidays(vocabulary: Vocabulary, calendar: WorkCalendar) -> Vocabulary:
    """The words with every holiday whose days are known; the file's own days stand."""
    known = {(one.name, one.first.year): one for one in vocabulary.holidays}
    for year in sorted({year_of(row.day) for row in calendar.moved}):
        for one in calendar.holidays(year):
            for written in one.name.split("、"):
                name = SAID.get(written, written)
                known.setdefault((name, year), Holiday(name, one.first, one.last))
    if len(known) == len(vocabulary.holidays):
        return vocabulary
    holidays = tuple(sorted(known.values(), key=lambda one: one.first))
    return replace(vocabulary, holidays=holidays)


def _quotas(known: dict[str, list[standing_rules.Standing]]) -> list[Quota]:
    return [
        Quota(**(row.value | {"only": tuple(row.value["only"]), "since": _since(row.since)}))
        for kind, rows in known.items() if kind != FOLLOWED
        for row in rows
    ]  # fmt: skip


def _rounds(rows: list[standing_rules.Standing]) -> list[RoundRule]:
    return [RoundRule(**_known_fields(row.value) | {"since": _since(row.since)}) for row in rows]


def _known_fields(value: dict[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in value.items() if key in RoundRule.__dataclass_fields__}


def _since(day: date) -> date | None:
    return None if day == date.min else day
