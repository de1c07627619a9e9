"""Cases: trouble that nobody on the street reported comes in with its ticket; one deed.

A case is a report whose finds are no visit of anybody's (storage.reports, `visit`): it counts as
trouble and never as having been somewhere, nor for a round. From there on it goes the way of every
problem. Complainants are kept apart (bot.actions.complainants). Knows no chat library and no
sentence but refusals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.actions import case_cards, problem_follow
from bot.actions.loop import known, leader_of, note
from bot.actions.people import require, tell
from bot.actions.readings import hear
from bot.actions.reports import Message, add_part
from bot.errors import Refused
from bot.rules.clocks import rings_at_night
from bot.rules.quiet import is_quiet, next_morning
from bot.rules.records import Bureau, Find, Role
from bot.rules.rights import Right
from bot.rules.tickets import SOURCES, ToldCase
from storage import journal, outbox, parts, people, problems, reports, tickets
from storage.people import Person
from storage.reports import CASES
from storage.schema import Transaction

NO_PLACE = "没看出在哪里，还没有收。请把地点写上，整条再发一次。"


@dataclass(frozen=True, slots=True)
class Still:
    """A picture that came with a case and is stored already: `facts` as the fetcher notes them."""

    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """A case's ticket and the numbers of its report and problems; `fresh` where it is new."""

    ticket: int
    number: str
    problems: tuple[str, ...]
    fresh: bool


def take_case(
    tx: Transaction, desk: int, case: ToldCase, finds: Sequence[Find], bureau: Bureau,
    now: datetime, still: Still | None = None, *, ring: bool = True, posted: bool = False,
) -> Taken:  # fmt: skip
    """The case stands as a report with a ticket, its problems are found, a leader is told.

    Unless it shall not `ring`: then it only waits among what he has to give on. What was `posted`
    in quiet hours waits until the morning, where its time doesn't run in the night. The same number
    of the same source again changes nothing. `finds` are all troubles with a place. Raises
    NotAllowed for whoever may not report, Refused where there is no find.
    """
    who = require(tx, desk, Right.REPORT)
    before = case.external and tickets.by_external(tx, case.source, case.external)
    if before:
        return _known(tx, before.id, before.report)
    if not finds:
        raise Refused(NO_PLACE)
    named = next((squad for squad in bureau.squads if squad in (case.department or "")), None)
    squad = named or _first_led(tx, bureau)
    at = min(case.received_at or now, now)
    report = _report(tx, who, case, finds, squad, at, bureau, now)
    ticket = tickets.add(
        tx, source=case.source, external=case.external, report=report, person=who.id,
        department=named or case.department or squad, device=case.device, received_at=at,
    )  # fmt: skip
    if case.complained:
        tickets.know_complainant(tx, ticket, case.name, case.phone, case.original or case.words)
    _add_parts(tx, report, ticket, case, still, now)
    problem_follow.follow(tx, report, bureau, now)
    for told in problems.of_report(tx, report):
        _hold_to(tx, told.problem, case, now)
        if ring:
            problem = known(tx, told.problem)
            waits = posted and is_quiet(bureau, now) and not rings_at_night(problem, bureau)
            at = next_morning(bureau, now) if waits else now
            _tell_leader(tx, problem.id, squad, now, at)
    case_cards.follow(tx, [report], now)
    return Taken(ticket, *_numbers(tx, report), fresh=True)


def take_by_chat(
    tx: Transaction, desk: int, case: ToldCase, finds: Sequence[Find],
    message: Message, bureau: Bureau, now: datetime,
) -> Taken:  # fmt: skip
    """The same, and its card answers the message; a file of the message is the case's.

    The message's own words are not kept with its file: they may name who complained. Raises as
    `take_case`.
    """
    taken = take_case(tx, desk, case, finds, bureau, now)
    line, chat = message.line, message.chat
    ticket = tickets.by_id(tx, taken.ticket)
    known = parts.by_message(tx, line, chat, message.number) is not None
    if message.file is not None and ticket is not None and not known:
        add_part(tx, ticket.report, replace(message, words=""), now)
    key = None if taken.fresh else f"case:{taken.ticket}:{line}:{chat}:{message.number}"
    outbox.owe(tx, line, chat, "case", taken.ticket, now, key=key)
    return taken


def take_posted(
    tx: Transaction, desk: str, case: ToldCase, finds: Sequence[Find], bureau: Bureau,
    now: datetime, still: Still | None = None,
) -> Taken:  # fmt: skip
    """The same for what another system posted, in the name of the desk person of the settings.

    Raises NotAllowed while there is not just one active person of that name.
    """
    named = [person for person in people.named(tx, desk) if person.active]
    if len(named) != 1:
        raise NoDesk
    return take_case(tx, named[0].id, case, finds, bureau, now, still, posted=True)


class NoDesk(Refused):
    """Nobody of the name in the settings files what is posted; for the operator to mend."""

    sentence = "nobody active has the name that GANGTING_INTAKE__DESK says, or several have"


def _known(tx: Transaction, ticket: int, report: int) -> Taken:
    return Taken(ticket, *_numbers(tx, report), fresh=False)


def _numbers(tx: Transaction, report: int) -> tuple[str, tuple[str, ...]]:
    found = reports.by_id(tx, report)
    assert found is not None
    told = (problems.by_id(tx, one.problem) for one in problems.of_report(tx, report))
    return found.number, tuple(one.number for one in told if one is not None)


def _first_led(tx: Transaction, bureau: Bureau) -> str | None:
    """Who answers for what names no squad: the first of the bureau's that has a leader, or None."""
    led = [leader.squad for leader in people.with_role(tx, Role.LEADER) if leader.squad]
    return next((squad for squad in (*bureau.squads, *led) if squad in led), None)


def _report(
    tx: Transaction, who: Person, case: ToldCase, finds: Sequence[Find], squad: str | None,
    at: datetime, bureau: Bureau, now: datetime,
) -> int:  # fmt: skip
    number = reports.next_number(tx, "R", now.astimezone(bureau.tz).date())
    report = reports.add(
        tx, number=number, person=who.id, holder=who.id, squad=squad, line=CASES, chat=0,
        message=0, album=None, intent="problem", source=SOURCES[case.source], text=case.words,
        flags=[], occurred_at=at, received_at=now, last_part_at=at, late=False, practice=False,
        guessed=None, asking=None, reminded=False, withdrawn_at=None, version=1,
        patrol_type=None,
    )  # fmt: skip
    reports.write_finds(
        tx, report, 1, finds, person=who.id, occurred_at=at, counts=True, rebound=False,
        visit=False,
    )  # fmt: skip
    hear(tx, (), tuple(finds), number, now)
    plain = [[f.spot or f.spot_text, f.category, f.count, f.action, f.state] for f in finds]
    detail = {"words": case.words, "finds": plain, "file": None, "case": case.source,
              "external": case.external}  # fmt: skip
    journal.write(tx, now, who.id, "report", number, detail)
    return report


def _add_parts(
    tx: Transaction, report: int, ticket: int, case: ToldCase, still: Still | None, now: datetime
) -> None:
    """Words and still are parts like any; a still's name is the sender's, and is not kept."""
    base: dict[str, Any] = {
        "report": report, "line": CASES, "message": ticket, "album": None, "received_at": now,
        "file_id": None, "unique_id": None, "file_name": None, "expected_size": None,
        "attempts": 0, "due_at": None, "sent_at": now,
    }  # fmt: skip
    parts.add(tx, **base, chat=0, kind="text", text=case.words, state=None, reason=None)
    if still is None:
        return
    picture = {"kind": "photo", "text": "", "state": parts.EXPECTED, "reason": None}
    parts.add(tx, **base, chat=1, **picture)
    part = next(one for one in parts.of_report(tx, report) if one.kind == "photo")
    parts.stored(tx, part.id, **still.facts)
    found = reports.by_id(tx, report)
    detail = {"part": part.id, "sha256": still.facts["sha256"]}
    journal.write(tx, now, None, "photo", found.number if found else "", detail)


def _hold_to(tx: Transaction, problem: int, case: ToldCase, now: datetime) -> None:
    """The ticket's own deadlines hold for the problem."""
    limits = {
        name: moment for name, moment in
        (("respond_by", case.respond_by), ("handle_by", case.handle_by)) if moment is not None
    }  # fmt: skip
    if limits:
        note(tx, known(tx, problem), now, **limits)


def _tell_leader(
    tx: Transaction, problem: int, squad: str | None, now: datetime, at: datetime
) -> None:
    leader = leader_of(tx, squad)
    if leader is not None:
        key = f"reassign:{problem}:{leader.id}"
        tell(tx, leader.id, "reassign", problem, now, key=key, due_at=at)
