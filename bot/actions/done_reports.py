"""Reports that tell that a problem of another's report is handled: what becomes of it without them.

Whoever has such a problem in hand sends 已处置 and a photo, which is a report of his own. Taken
back, or told to be of another place, it says nothing of that problem any more. Knows no sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.actions.loop import known, may_move, move, note
from bot.actions.reviewers import shots
from bot.rules.loop import Stage
from bot.rules.records import NO_TROUBLE, Bureau, Find
from storage.people import Person
from storage.problems import DONE, Told
from storage.reports import Report
from storage.schema import Transaction


def strayed(
    tx: Transaction, kept: Mapping[int, Told], lost: Sequence[Told], finds: Sequence[Find]
) -> dict[int, Told]:
    """Which of the finds, by position, told that a problem is handled and are of another now.

    To be asked where the report itself was changed: a problem's place may be corrected as well.
    """
    there = {**{told.position: told for told in lost}, **kept}
    return {
        position: told for position, told in there.items()
        if told.how == DONE and position < len(finds) and _is_another(tx, told, finds[position])
    }  # fmt: skip


def _is_another(tx: Transaction, told: Told, find: Find) -> bool:
    problem = known(tx, told.problem)
    if find.category not in (None, NO_TROUBLE, problem.category):
        return True
    return (find.spot or find.spot_text) != (problem.spot or problem.spot_text)


def unsaid(
    tx: Transaction, problem: int, report: Report, who: Person, bureau: Bureau, now: datetime
) -> None:
    """The report says nothing of the problem any more: it is in his hands again, if that was all.

    Where he had said before that it is handled, only the photo is lacking again. What was reviewed
    by then stays so, and so does what lies with somebody else.
    """
    found = known(tx, problem)
    if found.stage is not Stage.HANDLED or found.handler != who.id or found.handled_at is None:
        return
    if found.handled_at < report.received_at:
        if bureau.loop.photo_after and not shots(tx, found):
            note(tx, found, now, lacks_photo=True, reviewer=None)
    elif may_move("undo", who, found):
        move(
            tx, found, "undo", who, bureau, now, handled_at=None, reviewer=None,
            lacks_photo=False, told=False, taken_at=found.taken_at or now,
        )  # fmt: skip
