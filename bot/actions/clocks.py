"""The due rows of a problem's clocks: as it stands now, no more and no fewer.

Called by every deed that moves a problem; the rows ring in scheduler/duty_problems.py. Knows no
person and no sentence.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.rules.clocks import KIND_NAMES, Alarm, Kind, alarms
from bot.rules.loop import Stage
from bot.rules.records import Bureau
from storage import dues, extensions, outbox
from storage.dues import Due, Occurrence
from storage.problems import Problem
from storage.schema import Transaction

WORK, REVIEW = "problem_clock", "review_clock"
"""The two duties: what is said while it is to be handled, and once it was."""

REVIEWING = frozenset({Kind.PHOTO, Kind.REVIEW, Kind.NOBODY})

MOVED_ON = "moved on"
"""Why a row was dropped that waits again if the problem comes back to where it was."""

CARDS = ("late", "unreviewed")
"""The cards of a problem's clocks."""


def set_clocks(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> None:
    """The problem was moved: its due rows follow, and every card that its clocks had sent."""
    set_rows(tx, problem, bureau, now)
    outbox.owe_all_again(tx, CARDS, problem.id, now)
    if problem.stage in (Stage.HANDLED, Stage.CLOSED):
        for one in extensions.of_problem(tx, problem.id):
            owe_extension(tx, one.id, now)


def set_rows(tx: Transaction, problem: Problem, bureau: Bureau, now: datetime) -> None:
    """What the clock has to say of the problem waits as due rows, each once; nothing else does.

    What was told stays told; what the problem has left behind is dropped, and waits again where it
    comes back.
    """
    wanted = {key_of(problem.id, one): one for one in alarms(problem, bureau, now)}
    known: dict[str, Due] = {}
    for duty in (WORK, REVIEW):
        known |= {row.key: row for row in dues.of_matter(tx, duty, str(problem.id))}
    for key, row in known.items():
        if row.state == dues.DUE and key not in wanted:
            dues.settle(tx, row.id, dues.DROPPED, now, MOVED_ON)
        elif row.state == dues.DROPPED and row.outcome == MOVED_ON and key in wanted:
            dues.wait_again(tx, row.id)
    dues.note(tx, [_row(problem.id, one) for key, one in wanted.items() if key not in known], now)


def owe_extension(tx: Transaction, extension: int, now: datetime) -> None:
    """Who was asked for the longer time, and who asked, see what became of it."""
    outbox.owe_again(tx, "extension", extension, now)
    outbox.owe_again(tx, "extension_own", extension, now)


def holds(problem: Problem, due: Due, bureau: Bureau, now: datetime) -> bool:
    """Whether the row is still one of the problem's."""
    return due.key in {key_of(problem.id, one) for one in alarms(problem, bureau, now)}


def key_of(problem: int, alarm: Alarm) -> str:
    """The alarm's name for ever: the same moment of the same kind is the same row."""
    at = alarm.at.astimezone(UTC)
    return f"clock:{problem}:{alarm.kind}:{alarm.number}:{at:%Y%m%d%H%M%S}"


def _row(problem: int, alarm: Alarm) -> Occurrence:
    duty = REVIEW if alarm.kind in REVIEWING else WORK
    args = {
        "problem": problem, "kind": alarm.kind.value, "number": alarm.number,
        "matter": str(problem), "said": KIND_NAMES[alarm.kind],
    }  # fmt: skip
    return Occurrence(key_of(problem, alarm), duty, alarm.at, args)
