"""Problems follow what reports tell: found, handled, corrected, withdrawn and taken back.

Called by every deed that writes a report's finds, after it. What words say moves a problem only
where they say something new, and only as far as their author may move it; where they may not, the
problem stands and the finds follow it. Knows no button and no sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.actions import alike, done_reports, problem_words, rebounds
from bot.actions.clocks import set_clocks, set_rows
from bot.actions.loop import known, may_move, move, note, show_state
from bot.actions.reviewers import ask_review, shots
from bot.rules.limits import due, rule_for
from bot.rules.loop import Outcome, Stage, find_state
from bot.rules.records import NO_TROUBLE, Bureau, Find
from storage import journal, parts, people, problems, reports
from storage.people import Person
from storage.problems import DONE, FOUND, Problem, Told
from storage.reports import Report
from storage.schema import Transaction


@dataclass(frozen=True, slots=True)
class _Author:
    """Whose words they are, and in which report."""

    report: Report
    who: Person
    bureau: Bureau
    now: datetime


def follow(tx: Transaction, report: int, bureau: Bureau, now: datetime) -> None:
    """Every trouble the report tells of stands as a problem, or in one; what it no longer does not.

    Practice makes no problems.
    """
    found = reports.by_id(tx, report)
    author = people.by_id(tx, found.person) if found is not None else None
    if found is None or author is None or found.practice:
        return
    by = _Author(found, author, bureau, now)
    _, finds = reports.read_finds(tx, report)
    old = problems.of_report(tx, report)
    standing = finds if found.withdrawn_at is None else ()
    kept, lost = _matched(tx, old, standing)
    changed = found.changed_at == now
    strayed = done_reports.strayed(tx, kept, lost, standing) if changed else {}
    kept = {position: told for position, told in kept.items() if position not in strayed}
    lost = [told for told in lost if told not in strayed.values()]
    problems.retell(tx, report, [*kept.values(), *_apart(lost, kept)])
    alike.repositioned(tx, report, _shifts(old, kept), now)
    for told in strayed.values():
        done_reports.unsaid(tx, told.problem, found, author, bureau, now)
    for told in lost:
        _lose(tx, by, told)
    for position, find in enumerate(standing):
        if not is_trouble(find):
            if find.category is None and not any(told.position == position for told in lost):
                _settle(tx, by, position, find)
            continue
        if position in kept:
            _keep(tx, by, kept[position], find)
        else:
            _open(tx, by, position, _as_said(find) if position in strayed else find)


def _as_said(find: Find) -> Find:
    """A find that told of another's problem said that it is settled: so it is of its own."""
    return find if find.state == "open" else replace(find, state="closed")


def is_trouble(find: Find) -> bool:
    """Whether the find tells of something that is carried from found to closed."""
    return find.category not in (None, NO_TROUBLE)


def _matched(
    tx: Transaction, old: list[Told], finds: tuple[Find, ...]
) -> tuple[dict[int, Told], list[Told]]:
    """Which find tells of which problem now: the same place and kind first, then the same position.

    And what no find tells of any more.
    """
    kept: dict[int, Told] = {}
    rest = list(old)
    placed = {told: problems.by_id(tx, told.problem) for told in old}
    for same in (_is_same, _is_there):
        for told in list(rest):
            fitting = (
                position for position, find in enumerate(finds)
                if is_trouble(find) and position not in kept
                and same(position, find, told, placed[told])
            )  # fmt: skip
            position = next(fitting, None)
            if position is not None:
                kept[position] = Told(told.report, position, told.problem, told.how, told.person)
                rest.remove(told)
    return kept, rest


def _shifts(old: list[Told], kept: dict[int, Told]) -> dict[int, int]:
    """From which position to which the finds went that tell of something."""
    was = {told.position: told for told in old}
    now_at = [(told, position) for position, told in kept.items() if was.get(position) != told]
    rest = [told for told in old if kept.get(told.position) != told]
    found = {}
    for told, position in now_at:
        before = next((o for o in rest if (o.problem, o.how) == (told.problem, told.how)), None)
        if before is not None:
            rest.remove(before)
            found[before.position] = position
    return found


def _is_same(position: int, find: Find, told: Told, problem: Problem | None) -> bool:
    del position, told
    return problem is not None and (find.spot or find.spot_text, find.category) == (
        problem.spot or problem.spot_text, problem.category
    )  # fmt: skip


def _is_there(position: int, find: Find, told: Told, problem: Problem | None) -> bool:
    del find, problem
    return position == told.position


def _apart(lost: list[Told], kept: dict[int, Told]) -> list[Told]:
    """What is lost stays known, where its position is free, so that it can come back."""
    return [told for told in lost if told.position not in kept]


def _lose(tx: Transaction, by: _Author, told: Told) -> None:
    """What the report no longer tells of: others who told of it still do, else it is void."""
    problem = problems.by_id(tx, told.problem)
    if told.how == DONE and by.report.withdrawn_at is not None:
        done_reports.unsaid(tx, told.problem, by.report, by.who, by.bureau, by.now)
    if problem is None or told.how != FOUND:
        if problem is not None:
            show_state(tx, known(tx, problem.id))
        return
    problem = alike.reseat(tx, problem, by.now)
    if alike.is_told(tx, problem.id):
        rebounds.mark(tx, problem, by.bureau, by.now)
    elif problem.stage is not Stage.CLOSED or problem.outcome is Outcome.RECTIFIED:
        move(tx, problem, "void", None, by.bureau, by.now, closed_at=by.now)
        rebounds.recheck(tx, problem, by.bureau, by.now)


def _settle(tx: Transaction, by: _Author, position: int, find: Find) -> None:
    """松江路 已劝离: of what its author has in hand there, where that is one problem."""
    earlier = _in_hand(tx, by, find) if find.state == "closed" else None
    if earlier is not None:
        done(tx, earlier, by.report, position, by.who, by.bureau, by.now)


def _open(tx: Transaction, by: _Author, position: int, find: Find) -> None:
    """A problem is found; one that the words say is settled waits for its review at once.

    Where they tell that what their author had in hand is settled, it is that one.
    """
    assert find.category is not None
    earlier = _in_hand(tx, by, find) if find.state == "closed" else None
    if earlier is not None:
        done(tx, earlier, by.report, position, by.who, by.bureau, by.now)
        return
    report = by.report
    number = problems.next_number(tx, by.now.astimezone(by.bureau.tz).date())
    problem = problems.add(
        tx, number=number, report=report.id, position=position, source=report.source,
        spot=find.spot, spot_text=find.spot_text, category=find.category, quantity=find.count,
        person=report.person, squad=report.squad, found_at=report.occurred_at,
        **_limits(by, find.category),
    )  # fmt: skip
    problems.tell_of(tx, problem, report.id, position, FOUND, report.person)
    detail = {"report": report.number, "spot": find.spot or find.spot_text,
              "category": find.category}  # fmt: skip
    journal.write(tx, by.now, report.person, "problem_find", number, detail)
    fresh = known(tx, problem)
    set_rows(tx, fresh, by.bureau, by.now)
    _follow_words(tx, by, rebounds.mark(tx, fresh, by.bureau, by.now), find)


def _limits(by: _Author, category: str) -> dict[str, datetime]:
    """By when it is to be answered, where it came from outside, and by when to be handled."""
    report = by.report
    rule = rule_for(by.bureau.time_limits, category, report.source)
    since = by.now if report.late else report.occurred_at
    limits = {"handle_by": due(rule.handle, since, by.bureau)}
    if report.source != "patrol":
        limits["respond_by"] = due(rule.respond, since, by.bureau)
    return limits


def _in_hand(tx: Transaction, by: _Author, find: Find) -> Problem | None:
    """The one problem of that kind there that the author has in hand, or found and kept.

    Of any kind where the words name none: 松江路 已劝离. One that he has just handled by a button
    and that lacks its photo is it before all others.
    """
    if find.spot is None:
        return None
    lacking = problem_words.just_handled(tx, by.who, by.report.occurred_at, by.bureau)
    asked = [p for p in lacking if p.spot == find.spot and find.category in (None, p.category)]
    if len(asked) == 1:
        return asked[0]
    found = [
        problem for problem in problems.open_with(tx, by.who.id)
        if problem.spot == find.spot and find.category in (None, problem.category)
        and problem.found_at <= by.report.occurred_at and may_move("handle", by.who, problem)
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def done(
    tx: Transaction, problem: Problem, report: Report, position: int, who: Person, bureau: Bureau,
    now: datetime,
) -> None:  # fmt: skip
    """That find of another report tells that the problem is handled; its photos show the place."""
    problems.tell_of(tx, problem.id, report.id, position, DONE, who.id)
    if problem.stage is Stage.HANDLED:
        show_state(tx, photo_came(tx, problem, bureau, now))
    else:
        handled(tx, problem, who, bureau, now)


def _keep(tx: Transaction, by: _Author, told: Told, find: Find) -> None:
    problem = known(tx, told.problem)
    if told.how == DONE:
        _keep_done(tx, by, told, problem, find)
        return
    if told.how != FOUND:
        place = (find.spot, find.spot_text)
        parted = alike.moved_on(tx, told, place, find.category, by.who, by.bureau, by.now)
        if parted is None:
            _keep_too(tx, by, told, problem, find)
            return
        problem = parted
    if problem.outcome is Outcome.VOID:
        problem = move(tx, problem, "restore", None, by.bureau, by.now, closed_at=None)
    values: dict[str, Any] = {
        "position": told.position, "spot": find.spot, "spot_text": find.spot_text,
        "category": find.category, "quantity": find.count, "found_at": by.report.occurred_at,
    }  # fmt: skip
    own = problem.source == "patrol" and not problem.extended
    if find.category and find.category != problem.category and own:
        values |= _limits(by, find.category)  # another kind of trouble has other limits
    if any(getattr(problem, name) != value for name, value in values.items()):
        before, problem = problem, note(tx, problem, by.now, **values)
        set_clocks(tx, problem, by.bureau, by.now)
        rebounds.recheck(tx, before, by.bureau, by.now)
    _follow_words(tx, by, rebounds.mark(tx, problem, by.bureau, by.now), find)


def _keep_done(tx: Transaction, by: _Author, told: Told, problem: Problem, find: Find) -> None:
    """Another's problem that the find tells to be handled: said anew it is so again."""
    is_open = find_state(problem.stage, problem.outcome) == "open"
    if find.state == "closed" and is_open and may_move("handle", by.who, problem):
        done(tx, problem, by.report, told.position, by.who, by.bureau, by.now)
    elif problem.stage is Stage.HANDLED and problem.lacks_photo:
        photo_came(tx, problem, by.bureau, by.now)
    show_state(tx, known(tx, problem.id))


def _keep_too(tx: Transaction, by: _Author, told: Told, problem: Problem, find: Find) -> None:
    """Another's problem that the find tells of as well: it lives where nothing else told of it.

    Whoever tells there that it is settled has handled it, and his report is the one it is seen by.
    """
    tellers = problems.tellers(tx, problem.id)
    alone = not any(one.how == FOUND and alike.stands(tx, one) for one in tellers)
    if alone and problem.outcome is Outcome.VOID:
        problem = move(tx, problem, "restore", None, by.bureau, by.now, closed_at=None)
    if alone:
        problem = alike.reseat(tx, problem, by.now)
    still_open = find_state(problem.stage, problem.outcome) == "open"
    if find.state == "closed" and still_open and may_move("handle", by.who, problem):
        seat = {"report": told.report, "position": told.position}
        problem = alike.reseat(tx, note(tx, problem, by.now, **seat), by.now)
        problem = handled(tx, problem, by.who, by.bureau, by.now, told=True)
    show_state(tx, problem)


def _follow_words(tx: Transaction, by: _Author, problem: Problem, find: Find) -> None:
    """The words may say that it is settled, or that it is not after all; then the finds follow."""
    says = find.state if find.state in ("open", "closed") else "open"
    if says == "closed" and find_state(problem.stage, problem.outcome) == "open":
        if may_move("handle", by.who, problem):
            problem = handled(tx, problem, by.who, by.bureau, by.now, told=True)
    elif says == "open" and problem.stage is Stage.HANDLED and problem.told:
        if may_move("undo", by.who, problem):
            problem = move(
                tx, problem, "undo", by.who, by.bureau, by.now, told=False, handled_at=None,
                reviewer=None, lacks_photo=False,
            )  # fmt: skip
    elif problem.stage is Stage.HANDLED and problem.lacks_photo:
        problem = photo_came(tx, problem, by.bureau, by.now)
    show_state(tx, problem)


def handled(
    tx: Transaction, problem: Problem, who: Person, bureau: Bureau, now: datetime, *,
    told: bool = False,
) -> Problem:  # fmt: skip
    """It is handled by this person, and a reviewer is asked once there is a photo of it."""
    shot_after = _last_before(tx, problem) if told else _newest(tx, problem)
    lacks = bureau.loop.photo_after and not shots(tx, problem, shot_after)
    report = reports.by_id(tx, problem.report)
    at = min(now, report.last_part_at) if told and report is not None else now
    problem = move(
        tx, problem, "handle", who, bureau, now, handler=who.id, team=None, handled_at=at,
        told=told, shot_after=shot_after, lacks_photo=lacks, declined_by=None,
        taken_at=problem.taken_at or now,
    )  # fmt: skip
    return problem if lacks else ask_review(tx, problem, bureau, now)


def photo_came(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> Problem:
    """Where it lacked a photo and has one now, a reviewer is asked."""
    if not shots(tx, problem):
        return problem
    problem = note(tx, problem, now, lacks_photo=False)
    return ask_review(tx, problem, bureau, now)


def _newest(tx: Transaction, problem: Problem) -> int:
    return max((part.id for part in parts.of_report(tx, problem.report)), default=0)


def _last_before(tx: Transaction, problem: Problem) -> int:
    """The last part that shows the place before: of a first word that says it all there is none.

    Photos that came between what was found and what was done show it after, but those of the same
    album as what was found.
    """
    held = sorted(parts.of_report(tx, problem.report), key=lambda part: part.id)
    worded = [part for part in held if part.text]
    if len(worded) < 2:
        return 0
    first, last = worded[0], worded[-1]
    if last.kind != "text":
        return last.id - 1
    between = [part for part in held if first.id < part.id < last.id and part.kind != "text"]
    loose = [part for part in between if part.album is None or part.album != first.album]
    return loose[0].id - 1 if loose else last.id
