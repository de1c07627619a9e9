"""Duplicates: the same trouble at the same spot is asked about, merged, and taken apart again.

A merged problem is closed as 重复; its finds tell of the other one from then on, so that whoever
found it is credited and every source is kept. Knows no sentence but refusals, and no button.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from bot.actions import rebounds
from bot.actions.loop import known, move, note, now_stands, owe_cards, show_state
from bot.actions.people import require, tell
from bot.errors import NotFound, TooLate
from bot.rules import alike as rules
from bot.rules import records
from bot.rules.alike import Sighting
from bot.rules.alike import Told as Source
from bot.rules.loop import Outcome, Stage
from bot.rules.records import NO_TROUBLE, Bureau
from bot.rules.rights import Right
from storage import journal, outbox, people, problems, reports
from storage.people import Person
from storage.problems import AGAIN, FOUND, Problem, Told
from storage.schema import Transaction

APART = "alike_apart"
"""Somebody said that a problem is not the same as another."""


# ---- asking ----


def ask(
    tx: Transaction, report: int, bureau: Bureau, now: datetime, wait: timedelta = timedelta(0)
) -> None:
    """Whoever reported what may be known already is asked whether it is the same, once a pair.

    `wait` is how long his receipt waits: the question comes after it.
    """
    found = reports.by_id(tx, report)
    if found is None or found.practice or found.withdrawn_at is not None:
        return
    for told in problems.of_report(tx, report):
        problem = problems.by_id(tx, told.problem)
        if problem is None or told.how != FOUND or problem.stage not in _UNDER_WAY:
            continue
        other = candidate(tx, problem, bureau)
        if other is None:
            continue
        key = f"alike:{problem.id}:{other.id}"
        if not outbox.is_known(tx, key):
            args = {"with": other.id}
            tell(
                tx, problem.person, "alike", problem.id, now, args, key=key, due_at=now + wait
            )  # fmt: skip


_UNDER_WAY = (Stage.FOUND, Stage.HANDED, Stage.TAKEN)


def candidate(tx: Transaction, problem: Problem, bureau: Bureau) -> Problem | None:
    """The problem under way that may be the same matter, or None."""
    if problem.spot is None:
        return None
    since = problem.found_at - timedelta(hours=bureau.loop.alike_hours)
    found = {
        one.id: one
        for spot in rules.within_reach(problem.spot, bureau)
        for one in problems.alike(tx, spot, problem.category, since, problem.id)
    }
    others = [_sighting(one, problem.found_at) for one in found.values()]
    chosen = rules.earlier(_sighting(problem, problem.found_at), others, bureau)
    return found[chosen.id] if chosen else None


def _sighting(one: Problem, seen_at: datetime) -> Sighting:
    return Sighting(one.id, one.report, one.spot, one.category, one.found_at, is_over(one, seen_at))


def is_over(problem: Problem, seen_at: datetime) -> bool:
    """Whether what was seen then can't be this matter: it is closed, or was handled before.

    Trouble that is seen after a handling is not settled by it, and must not go under in it.
    """
    if problem.stage is Stage.HANDLED:
        return problem.handled_at is not None and problem.handled_at <= seen_at
    return problem.stage is Stage.CLOSED


# ---- merging and taking apart ----


def merge(
    tx: Transaction, by: int, problem: int, into: int, bureau: Bureau, now: datetime
) -> Problem:
    """「是，并到一起」: the one goes into the other, or into where that went; the other one.

    Pressed again it changes nothing. Raises TooLate where either is closed or both are one already,
    or where this one was found after the other was handled, NotAllowed for somebody who neither
    found, nor handles, nor leads it.
    """
    who = require(tx, by, Right.REPORT)
    mine, target = known(tx, problem), whole(tx, into)
    if mine.outcome is Outcome.DUPLICATE:
        if whole(tx, mine.id).id == target.id:
            return target
        raise TooLate(f"{now_stands(tx, mine, bureau)}，什么也没改。")
    if mine.id == target.id:
        raise TooLate("这两件已经是一件了，什么也没改。")
    if target.stage is Stage.CLOSED:
        raise TooLate(f"早先那件办结了或者作废了：{now_stands(tx, target, bureau)}。这件单独记。")
    if is_over(target, mine.found_at):
        raise TooLate(f"{now_stands(tx, target, bureau)}，这件是在那以后发现的，单独记。")
    told = problems.tellers(tx, mine.id)
    move(tx, mine, "merge", who, bureau, now, into=target.id, closed_at=now)
    problems.move_tellers(tx, told, target.id, AGAIN)
    _shown_anew(tx, mine.id, target.id, now)
    return target


def part(tx: Transaction, by: int, problem: int, bureau: Bureau, now: datetime) -> Problem:
    """「另一个摊，单独记」 after all: the problem is what it was, with its finds and its clocks.

    Whoever it lay with gets it again. Raises TooLate where it is merged with nothing.
    """
    return _part(tx, require(tx, by, Right.REPORT), known(tx, problem), bureau, now)


def _part(tx: Transaction, who: Person, mine: Problem, bureau: Bureau, now: datetime) -> Problem:
    if mine.outcome is not Outcome.DUPLICATE or mine.into is None:
        raise TooLate("这件没有并到别的里面，什么也没改。")
    target = whole(tx, mine.id)
    back = _own_tellers(tx, mine, target)
    parted = move(tx, mine, "part", who, bureau, now, into=None, closed_at=None)
    problems.move_tellers(tx, back, mine.id, AGAIN)
    parted = _lies_again(tx, reseat(tx, parted, now), bureau, now)
    for one in (parted, reseat(tx, target, now)):
        if one.stage is not Stage.CLOSED and not is_told(tx, one.id):
            move(tx, one, "void", None, bureau, now, closed_at=now)
    rebounds.mark(tx, known(tx, parted.id), bureau, now)
    _shown_anew(tx, parted.id, target.id, now)
    return known(tx, parted.id)


def _lies_again(tx: Transaction, mine: Problem, bureau: Bureau, now: datetime) -> Problem:
    """Whoever had it before it was merged gets it handed again; its finder just has it."""
    if mine.handler == mine.person:
        return note(tx, mine, now, handler=None, taken_at=None)
    if mine.handler is None and mine.team is None:
        return mine
    return move(
        tx, mine, "hand", None, bureau, now, handler=mine.handler, team=mine.team, handed_at=now,
        taken_at=None,
    )  # fmt: skip


def apart(
    tx: Transaction, by: int, problem: int, other: int, bureau: Bureau, now: datetime
) -> Problem:
    """「另一个摊，单独记」: the two are two; merged ones are taken apart. The problem."""
    who = require(tx, by, Right.REPORT)
    mine = known(tx, problem)
    if mine.outcome is Outcome.DUPLICATE:
        mine = _part(tx, who, mine, bureau, now)
    detail = {"other": known(tx, other).number}
    journal.write(tx, now, by, APART, mine.number, detail)
    outbox.owe_again(tx, "alike", mine.id, now)
    return mine


def whole(tx: Transaction, problem: int) -> Problem:
    """The problem itself, or the one that it went into, through all between."""
    found = known(tx, problem)
    seen = {found.id}
    while found.outcome is Outcome.DUPLICATE and found.into is not None:
        found = known(tx, found.into)
        if found.id in seen:
            raise NotFound("这几件并来并去乱了，什么也没改。请找管理员。")
        seen.add(found.id)
    return found


def _own_tellers(tx: Transaction, mine: Problem, target: Problem) -> list[Told]:
    """Of what tells of the whole, what had told of this part, or of what went into it before."""
    return [told for told in problems.tellers(tx, target.id) if _came_by(tx, told, mine)]


def _came_by(tx: Transaction, told: Told, mine: Problem) -> bool:
    """Whether the find's own problem is this one, or went into the whole through it."""
    merged = problems.merged_of(tx, told.report)
    found = next((one for one in merged if one.position == told.position), None)
    while found is not None and found.id != mine.id:
        found = problems.by_id(tx, found.into) if found.into is not None else None
    return found is not None


def reseat(tx: Transaction, problem: Problem, now: datetime) -> Problem:
    """Of what tells of the problem just one find stands for it, one that counts where there is one.

    The others saw it too.
    """
    told = problems.tellers(tx, problem.id)
    own = [one for one in told if (one.report, one.position) == (problem.report, problem.position)]
    standing = [one for one in [*own, *told] if stands(tx, one)]
    first = next(iter([*standing, *own, *told]), None)
    if first is None:
        return problem
    for one in told:
        how = FOUND if one == first else AGAIN if one.how == FOUND else one.how
        problems.move_tellers(tx, [one], problem.id, how)
    seat = {"report": first.report, "position": first.position}
    if any(getattr(problem, name) != value for name, value in seat.items()):
        problem = note(tx, problem, now, **seat)
    show_state(tx, problem)
    return problem


def is_told(tx: Transaction, problem: int) -> bool:
    """Whether a find that stands tells of the problem."""
    return any(stands(tx, one) for one in problems.tellers(tx, problem))


def stands(tx: Transaction, told: Told) -> bool:
    """Whether the find is still in its report as trouble, and that was not withdrawn."""
    report = reports.by_id(tx, told.report)
    if report is None or report.withdrawn_at is not None:
        return False
    _, finds = reports.read_finds(tx, told.report)
    return told.position < len(finds) and finds[told.position].category not in (None, NO_TROUBLE)


def _shown_anew(tx: Transaction, problem: int, other: int, now: datetime) -> None:
    """Both are owed their cards, and their finds are in the figures what they are."""
    for number in (problem, other):
        found = known(tx, number)
        show_state(tx, found)
        owe_cards(tx, found, now)


# ---- following what reports tell ----


def moved_on(
    tx: Transaction, told: Told, spot: tuple[str | None, str | None], category: str | None,
    who: Person, bureau: Bureau, now: datetime,
) -> Problem | None:  # fmt: skip
    """A merged find now tells of another place or kind: it is taken apart, with what it was then.

    `spot` is the code and the words of the place. None where it is what it was, or was never a
    problem of its own.
    """
    merged = problems.merged_of(tx, told.report)
    mine = next((one for one in merged if one.position == told.position), None)
    if mine is None or ((mine.spot, mine.spot_text), mine.category) == (spot, category):
        return None
    return _part(tx, who, mine, bureau, now)


def repositioned(tx: Transaction, report: int, shifts: dict[int, int], now: datetime) -> None:
    """The merged problems of the report follow its finds from their old positions to the new."""
    for one in problems.merged_of(tx, report) if shifts else ():
        if one.position in shifts:
            note(tx, one, now, position=shifts[one.position])


# ---- what the card shows ----


def sources(tx: Transaction, problem: Problem) -> tuple[Source, ...]:
    """By whom the problem is known: each report that tells of it and stands, the oldest first."""
    found: dict[int, Source] = {}
    for told in problems.tellers(tx, problem.id):
        report = reports.by_id(tx, told.report)
        if report is None or report.withdrawn_at is not None or report.id in found:
            continue
        author = people.by_id(tx, report.person)
        name = author.name if author else ""
        found[report.id] = Source(
            cast(records.Source, report.source), name, report.number, report.occurred_at
        )
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.number)))
