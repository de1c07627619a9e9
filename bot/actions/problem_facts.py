"""Reading all that a problem's cards may say, for one viewer, at the moment they are sent.

Only reads; knows no sentence.
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from bot.actions import alike, rebounds
from bot.actions.loop import kind_of, leader_of, may_move, name_of, place_of
from bot.rules.limits import said
from bot.rules.loop import MOVES, Stage
from bot.rules.problem_facts import ProblemFacts, Target
from bot.rules.records import Bureau, Role
from storage import parts, people, problems, reports, tickets
from storage.parts import Part
from storage.people import Person
from storage.problems import DONE, Problem
from storage.schema import Transaction

MOST = 5
"""So many photos of each side go with a card: an album holds ten."""

TO_LEADER = "l"
"""The code of 「某某定」: the leader decides who gets it."""


def problem_facts(
    tx: Transaction, problem: int, viewer: int | None, bureau: Bureau, now: datetime
) -> ProblemFacts | None:
    """The problem as this person may see and move it, or None where there is no such problem."""
    found = problems.by_id(tx, problem)
    return None if found is None else facts_of(tx, found, viewer, bureau, now)


def facts_of(
    tx: Transaction, found: Problem, viewer: int | None, bureau: Bureau, now: datetime
) -> ProblemFacts:
    """The same for a problem that was read already."""
    who = people.by_id(tx, viewer) if viewer is not None else None
    report = reports.by_id(tx, found.report)
    held = parts.of_report(tx, found.report)
    menu, page = _menu(found, viewer)
    before, after = _sides(tx, found, held)

    def here(moment: datetime | None) -> datetime | None:
        return moment.astimezone(bureau.tz) if moment is not None else None

    leader = leader_of(tx, found.squad)
    tellers = problems.tellers(tx, found.id)
    return ProblemFacts(
        id=found.id, number=found.number, report_number=report.number if report else "",
        version=found.version, stage=found.stage, outcome=found.outcome,
        place=place_of(found, bureau), category=kind_of(found, bureau), quantity=found.quantity,
        words=report.text if report else "", source=found.source,
        finder=name_of(tx, found.person), found_at=found.found_at.astimezone(bureau.tz),
        handler=name_of(tx, found.handler) or None, team=found.team,
        handed_by=name_of(tx, found.handed_by) or None, handed_at=here(found.handed_at),
        taken_at=here(found.taken_at), declined_by=name_of(tx, found.declined_by) or None,
        handled_at=here(found.handled_at), reviewer=name_of(tx, found.reviewer) or None,
        leader=leader.name if leader else None, closed_at=here(found.closed_at),
        reason=found.reason, respond_by=here(found.respond_by), handle_by=here(found.handle_by),
        respond_said=said(found.respond_by, now, bureau) if found.respond_by else "",
        handle_said=said(found.handle_by, now, bureau) if found.handle_by else "",
        returned=found.returned + found.reopened, extended=found.extended,
        lacks_photo=found.lacks_photo, told=found.told,
        at_once=found.told and not found.shot_after and not found.returned,
        rebound=found.rebound, before=before, after=after,
        photos=sum(part.kind == "photo" for part in held),
        moves=moves_of(who, found, bureau, now), mine=viewer == found.handler,
        menu=menu, page=page,
        targets=targets(tx, found, bureau) if (menu or "").startswith("hand") else (),
        back=rebounds.told(tx, found, bureau, now) if found.rebound or found.not_rebound else None,
        sources=tuple(dict.fromkeys(one.source for one in alike.sources(tx, found))),
        tickets=tuple(
            (one.source, one.external)
            for one in tickets.of_reports(tx, [told.report for told in tellers])
        ),
        reporters=tuple(
            dict.fromkeys(name_of(tx, told.person) for told in tellers if told.how != DONE)
        ),
        now=now.astimezone(bureau.tz),
    )  # fmt: skip


def moves_of(who: Person | None, found: Problem, bureau: Bureau, now: datetime) -> frozenset[str]:
    """What the person could do with it now; a review can be taken back for so many hours only."""
    if who is None:
        return frozenset()
    names = {move.name for move in MOVES if move.start is found.stage}
    able = {name for name in names if may_move(name, who, found)}
    return frozenset(able if rethinkable(found, bureau, now) else able - {"rethink"})


def rethinkable(found: Problem, bureau: Bureau, now: datetime) -> bool:
    """Whether its closing is still so near that whoever closed it may take it back."""
    if found.stage is not Stage.CLOSED or found.closed_at is None:
        return False
    return now - found.closed_at <= timedelta(hours=bureau.loop.rethink_hours)


def targets(tx: Transaction, found: Problem, bureau: Bureau) -> tuple[Target, ...]:
    """Whom it can be handed to: squads, owners by what they own, departments, the leader's choice.

    (conversations.md 2.12: 二中队, 设备 王志强, 市容科, 孙涛定)
    """
    everyone = [p for p in people.everyone(tx) if p.active]
    squads = [name for name in bureau.squads if name != found.squad] + [
        name for name in bureau.squads if name == found.squad
    ]
    owners = [p for p in everyone if Role.OWNER in p.roles]
    departments = sorted({p.department for p in everyone if p.department})
    chosen = [Target(code_of(name), name) for name in squads]
    chosen += [
        Target(f"p{p.id}", f"{p.department or p.squad or ''} {p.name}".strip()) for p in owners
    ]
    chosen += [Target(code_of(name), name) for name in departments if name not in bureau.squads]
    leader = leader_of(tx, found.squad)
    if leader is not None:
        chosen.append(Target(TO_LEADER, f"{leader.name}定"))
    mates = [
        p for p in everyone
        if p.squad is not None and p.squad == found.squad and p.id != found.person
        and Role.OWNER not in p.roles and (leader is None or p.id != leader.id)
    ]  # fmt: skip
    return (*chosen, *(Target(f"p{p.id}", p.name) for p in mates))


def code_of(team: str) -> str:
    """A squad or department in the data of a button, which has room for little."""
    return f"g{zlib.crc32(team.encode()):08x}"


def _menu(found: Problem, viewer: int | None) -> tuple[str | None, int]:
    """The menu, where it is this viewer who opened it, and its page."""
    kind, _, rest = (found.menu or "").partition(":")
    person, _, page = rest.partition(":")
    if not kind or viewer is None or person != str(viewer):
        return None, 0
    return kind, int(page) if page.isdecimal() else 0


def menu_of(kind: str, person: int, page: int = 0) -> str:
    """The menu as the problem's row keeps it."""
    return f"{kind}:{person}:{page}"


def _sides(
    tx: Transaction, found: Problem, held: list[Part]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The photos before and after its handling; what others told of it is of before."""
    since = found.shot_after if found.handled_at is not None else None
    shown = [part for part in held if part.kind == "photo" and part.sha256]
    before = [p.sha256 for p in shown if since is None or p.id <= since]
    after = [p.sha256 for p in shown if since is not None and p.id > since]
    for told in problems.tellers(tx, found.id):
        report = reports.by_id(tx, told.report) if told.report != found.report else None
        if report is not None and report.withdrawn_at is None:
            side = after if told.how == DONE else before
            more = parts.of_report(tx, told.report)
            side += [p.sha256 for p in more if p.kind == "photo" and p.sha256]
    return _unique(before)[:MOST], _unique(after)[:MOST]


def _unique(photos: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(photo for photo in photos if photo))
