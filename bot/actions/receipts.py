"""Reading everything a report's card may say, at the moment it is sent; only reads."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.actions import figures
from bot.actions.problem_facts import facts_of
from bot.actions.problem_words import FOLDED
from bot.rules.facts import Change, Files, FindFacts, Receipt
from bot.rules.menus import read_menu
from bot.rules.records import AREA, NO_TROUBLE, Bureau, Find, Role
from storage import parts, patrols, people, problems, reports, spots
from storage.parts import Part
from storage.patrols import FIXED
from storage.reports import Report
from storage.schema import Transaction


def receipt(tx: Transaction, report: int, bureau: Bureau, now: datetime) -> Receipt | None:
    """The facts of the report's card as they stand, or None when there is no such report."""
    found = reports.by_id(tx, report)
    if found is None:
        return None
    _, finds = reports.read_finds(tx, report)
    named = tuple(_find(tx, find, bureau) for find in finds)
    codes = dict.fromkeys(find.spot for find in finds if find.spot)
    weeks = (figures.spot_week(tx, bureau, code, found.occurred_at) for code in codes)
    unknown = any(find.spot is None and find.written not in (None, AREA) for find in named)
    return Receipt(
        report=found.id, number=found.number, version=found.version, finds=named,
        files=_files(parts.of_report(tx, report)), words=found.text,
        occurred_at=found.occurred_at.astimezone(bureau.tz),
        received_at=found.received_at.astimezone(bureau.tz),
        own_time=_own_time(found), late=found.late,
        weeks=tuple(week for week in weeks if week is not None),
        asking=found.asking, menu=found.menu, options=_options(tx, found, bureau, now),
        withdrawn_at=found.withdrawn_at and found.withdrawn_at.astimezone(bureau.tz),
        change=_change(tx, found, bureau), guessed=found.guessed, practice=found.practice,
        by_sound="homophone" in found.flags, admin=_admin(tx) if unknown else None,
        shift=_shift(tx, found, bureau), folded=found.change == FOLDED,
        problems=tuple(
            facts_of(tx, problem, found.person, bureau, now)
            for told in problems.of_report(tx, report)
            if (problem := problems.by_id(tx, told.problem)) is not None
        ),
    )  # fmt: skip


def _find(tx: Transaction, find: Find, bureau: Bureau) -> FindFacts:
    spot = bureau.spot(find.spot)
    place = spot.name if spot else None
    if find.spot and spot is None:
        place = spots.names(tx).get(find.spot, find.spot)
    category = bureau.category(find.category)
    return FindFacts(
        find.spot, place or find.spot_text, find.spot_text,
        category.name if category else find.category,
        find.category not in (None, NO_TROUBLE), find.count, find.action, find.state,
    )  # fmt: skip


def _shift(tx: Transaction, report: Report, bureau: Bureau) -> tuple[datetime, datetime] | None:
    """The hours of the shift that the report itself tells of."""
    told = patrols.by_id(tx, report.patrol) if report.patrol is not None else None
    if told is None or told.kind != FIXED or not told.told or told.ended_at is None:
        return None
    if told.ended_at <= told.started_at:
        return None
    return told.started_at.astimezone(bureau.tz), told.ended_at.astimezone(bureau.tz)


def _files(held: list[Part]) -> Files:
    kinds = Counter(part.kind for part in held if part.state in (parts.EXPECTED, parts.STORED))
    return Files(
        kinds["photo"], kinds["document"], kinds["voice"], kinds["video"],
        late=sum(part.state == parts.EXPECTED and part.attempts > 0 for part in held),
        lost=sum(part.state == parts.UNAVAILABLE for part in held),
    )  # fmt: skip


def _own_time(report: Report) -> bool:
    """Whether the officer wrote a time himself: the event then lies apart from the message."""
    gap = report.received_at - report.occurred_at
    return abs(gap.total_seconds()) >= 60 and report.occurred_at.second == 0


def _options(
    tx: Transaction, report: Report, bureau: Bureau, now: datetime
) -> tuple[tuple[str, str], ...]:
    menu = read_menu(report.menu)
    kind = menu.kind if menu else ("spots" if report.asking else None)
    if kind == "spots":
        order = figures.candidates(tx, report.person, bureau, now)
        names = {spot.code: spot.name for spot in bureau.spots}
        return tuple((code, names[code]) for code in order)
    if kind == "categories":
        return tuple((c.code, c.name) for c in bureau.categories)
    return ()


def _change(tx: Transaction, report: Report, bureau: Bureau) -> Change | None:
    if report.changed_by is None or report.changed_at is None:
        return None
    if report.changed_by == report.person and report.change != "words":
        return None  # his own presses need not be told to him
    who = people.by_id(tx, report.changed_by)
    at = report.changed_at.astimezone(bureau.tz)
    return Change(who.name if who else "", report.change or "", at)


def _admin(tx: Transaction) -> str | None:
    return next((person.name for person in people.with_role(tx, Role.ADMIN)), None)
