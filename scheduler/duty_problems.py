"""What the clock brings to problems: not answered, soon due, overdue, not reviewed.

Rows are noted by the deeds that move a problem (bot.actions.clocks); whether one is still true is
asked when it rings. Never in quiet hours, but where the time runs at night one on duty is told.
Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from bot.actions import late, reviewers
from bot.actions.clocks import MOVED_ON, REVIEW, WORK, holds, set_rows
from bot.actions.people import tell
from bot.rules.clocks import Kind, rings_at_night
from bot.rules.quiet import is_quiet, next_working
from bot.rules.records import Bureau, Role
from scheduler.duties import DROPPED, Duty, PutOff, carry_out, none
from storage import dues, people, problems
from storage.dues import Due
from storage.problems import Problem
from storage.schema import Transaction

NIGHT = frozenset({Kind.RESPOND, Kind.YELLOW, Kind.RED})


def ring(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    """Whoever it concerns is owed word of the problem, if the row still holds; the next waits."""
    problem = problems.by_id(tx, due.args["problem"])
    if problem is None:
        return DROPPED + "gone"
    if not holds(problem, due, bureau, now):
        set_rows(tx, problem, bureau, now)
        _catch_up(tx, bureau, due, now)
        return DROPPED + MOVED_ON
    kind = Kind(due.args["kind"])
    if is_quiet(bureau, now):
        word = _at_night(tx, bureau, problem, kind, now)
    else:
        word = ACTS[kind](tx, bureau, problem, due, now)
    fresh = problems.by_id(tx, problem.id)
    if fresh is not None:
        set_rows(tx, fresh, bureau, now)
    return word


def _catch_up(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> None:
    """After a long downtime the newest stage was no row yet: it is done at the same ring."""
    rows = dues.of_matter(tx, due.duty, due.matter)
    ripe = [r for r in rows if r.id != due.id and r.state == dues.DUE and r.rings_at <= now]
    newest = max(ripe, key=lambda row: row.due_at, default=None)
    if newest is not None:
        carry_out(tx, BY_NAME[due.duty], newest.id, bureau, now)


def _at_night(tx: Transaction, bureau: Bureau, problem: Problem, kind: Kind, now: datetime) -> str:
    if kind not in NIGHT or not rings_at_night(problem, bureau):
        raise PutOff(next_working(bureau, now))
    who = late.on_call(tx, problem, bureau, now)
    told = who is not None and late.tell_late(tx, who, problem, kind, now)
    return "told 1 at night" if told else DROPPED + "nobody to tell"


def _respond(tx: Transaction, bureau: Bureau, problem: Problem, due: Due, now: datetime) -> str:
    """The person again; the second time the leader."""
    day = _day(bureau, now)
    mine = late.holders(tx, problem, day)
    if due.args["number"] == 1:
        return _told(sum(late.tell_late(tx, p, problem, Kind.RESPOND, now) for p in mine))
    leader = late.leader_for(tx, problem, day, frozenset(p.id for p in mine))
    told = leader is not None and late.tell_late(tx, leader, problem, Kind.RESPOND, now, leads=True)
    return _told(int(told))


def _idle(tx: Transaction, bureau: Bureau, problem: Problem, due: Due, now: datetime) -> str:
    del due
    if not late.is_idle(tx, problem):
        return DROPPED + "something was done"
    mine = late.holders(tx, problem, _day(bureau, now))
    return _told(sum(late.tell_late(tx, p, problem, Kind.IDLE, now) for p in mine))


def _yellow(tx: Transaction, bureau: Bureau, problem: Problem, due: Due, now: datetime) -> str:
    del due
    mine = late.holders(tx, problem, _day(bureau, now))
    return _told(sum(late.tell_late(tx, p, problem, Kind.YELLOW, now) for p in mine))


def _red(tx: Transaction, bureau: Bureau, problem: Problem, due: Due, now: datetime) -> str:
    """Whoever has it, the leader, and after days of it the supervisors."""
    del due
    mine = late.holders(tx, problem, _day(bureau, now))
    leading = late.above(tx, problem, bureau, now)
    told = sum(late.tell_late(tx, p, problem, Kind.RED, now) for p in mine)
    told += sum(late.tell_late(tx, p, problem, Kind.RED, now, leads=True) for p in leading)
    return _told(told)


def _photo(tx: Transaction, bureau: Bureau, problem: Problem, due: Due, now: datetime) -> str:
    """Whoever handled it; after days of it the leader, who may say that it is so all the same."""
    day = _day(bureau, now)
    first = due.args["number"] == 1 and problem.handler is not None
    handler = late.there(tx, problem.handler or 0, day) if first else []
    if any(late.tell_late(tx, one, problem, Kind.PHOTO, now) for one in handler):
        return _told(1)
    leader = late.leader_for(tx, problem, day, frozenset({problem.handler or 0}))
    told = leader is not None and late.tell_late(tx, leader, problem, Kind.PHOTO, now, leads=True)
    return _told(int(told))


def _review(tx: Transaction, bureau: Bureau, problem: Problem, due: Due, now: datetime) -> str:
    """Another is asked, then the leader; where nobody is left, the admins hear of it."""
    since = problem.handled_at or problem.found_at
    before = [
        row for row in dues.of_matter(tx, REVIEW, str(problem.id))
        if row.args["kind"] == Kind.REVIEW and row.state == dues.DONE and row.due_at > since
    ]  # fmt: skip
    # Settled before it moves: what a move leaves behind is dropped, and this would not count then.
    dues.settle(tx, due.id, dues.DONE, now, "passed on")
    chosen = reviewers.pass_on(tx, problem, bureau, now, times=len(before))
    if chosen is not None:
        return f"passed on to {chosen.id}"
    return _nobody(tx, bureau, problem, due, now)


def _nobody(tx: Transaction, bureau: Bureau, problem: Problem, due: Due, now: datetime) -> str:
    del bureau
    return _told(
        sum(
            tell(tx, admin.id, "unreviewed", problem.id, now, key=f"{due.key}:{admin.id}")
            for admin in people.with_role(tx, Role.ADMIN)
        )
    )


def _day(bureau: Bureau, now: datetime) -> date:
    return now.astimezone(bureau.tz).date()


def _told(count: int) -> str:
    return f"told {count}" if count else DROPPED + "nobody to tell"


ACTS: dict[Kind, Callable[[Transaction, Bureau, Problem, Due, datetime], str]] = {
    Kind.RESPOND: _respond, Kind.IDLE: _idle, Kind.YELLOW: _yellow, Kind.RED: _red,
    Kind.MORNING: _red, Kind.PHOTO: _photo, Kind.REVIEW: _review, Kind.NOBODY: _nobody,
}  # fmt: skip

DUTIES = (
    Duty(WORK, "问题快到时限、超时的提醒", "reminder", none, ring),
    Duty(REVIEW, "没复核、缺照片的提醒", "reminder", none, ring),
)
"""Both are noted by deeds alone."""

BY_NAME = {duty.name: duty for duty in DUTIES}
