"""Shifts at a booth (岗亭值守): from and to by word or button, or told of in one sentence.

Knows no chat library and no sentence but refusals.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.actions.people import require
from bot.actions.round_hours import local_day
from bot.actions.round_state import number_of, owe_cards, settle
from bot.actions.rounds import held
from bot.errors import NotFound, TooLate
from bot.rules.records import Bureau, Spot
from bot.rules.rights import Right
from bot.rules.shift_times import shift_in
from storage import journal, outbox, patrols
from storage.patrols import ENDED, FIXED, OPEN, WITHDRAWN, Patrol
from storage.schema import Transaction

BOOTH = "岗亭"
"""What a booth is called: the spot whose name or alias holds it is where shifts are."""


def booth_of(bureau: Bureau) -> Spot | None:
    """The bureau's booth, or None."""
    return next((s for s in bureau.spots if any(BOOTH in n for n in (s.name, *s.aliases))), None)


def begin(
    tx: Transaction, person: int, line: str, chat: int, message: int, bureau: Bureau, now: datetime
) -> None:
    """A shift begins now; one that is going shows its card."""
    who = require(tx, person, Right.PATROL)
    own = patrols.going(tx, who.id, FIXED)
    if own is None or local_day(own.started_at, bureau) != local_day(now, bureau):
        booth = booth_of(bureau)
        number = number_of(tx, FIXED, local_day(now, bureau))
        patrol = patrols.add(
            tx, number=number, kind=FIXED, squad=who.squad, spot=booth and booth.code, line=line,
            chat=chat, person=who.id, told=False, started_at=now, ended_at=None, last_at=now,
            state=OPEN, late=False, counts=False, lacking={}, asks={}, version=1,
        )  # fmt: skip
        journal.write(tx, now, who.id, "shift", number, {})
    else:
        patrol = own.id
    outbox.owe(tx, line, chat, "shift", patrol, now, key=f"shift:{patrol}:{line}:{chat}:{message}")


def end_going(tx: Transaction, person: int, now: datetime) -> None:
    """「结束值守」 in words. Raises NotFound where the person is on none."""
    going = patrols.going(tx, require(tx, person, Right.REPORT).id, FIXED)
    if going is None:
        raise NotFound("现在没有在值守。要开始就发「开始值守」。")
    end(tx, person, going.id, now)


def end(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """The shift is over, now."""
    _, found = held(tx, person, patrol, FIXED)
    if found.is_open:
        _finish(tx, found, person, now, now)


def withdraw(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """「撤回」: the shift counts nowhere; pressed again it does (「恢复」)."""
    _, found = held(tx, person, patrol, FIXED)
    gone = found.state != WITHDRAWN
    state = WITHDRAWN if gone else (ENDED if found.ended_at else OPEN)
    patrols.change(tx, patrol, state=state)
    settle(tx, patrol)
    deed = "shift_withdraw" if gone else "shift_restore"
    journal.write(tx, now, person, deed, found.number, {})
    owe_cards(tx, patrol, now)


def rest(tx: Transaction, found: Patrol, bureau: Bureau, now: datetime) -> bool:
    """A shift that nobody ended ends with its day; its card says that this was so."""
    day = local_day(found.started_at, bureau)
    midnight = datetime.combine(day + timedelta(days=1), time(), bureau.tz)
    if not found.is_open or now < midnight:
        return False
    _finish(tx, found, None, midnight, now)
    return True


def _finish(
    tx: Transaction, found: Patrol, person: int | None, at: datetime, now: datetime
) -> None:
    if at < found.started_at:
        raise TooLate("结束的时间比开始还早，没有记。")
    lacks = {} if person is not None else {"minutes": 1}
    patrols.change(tx, found.id, state=ENDED, ended_at=at, last_at=now, lacking=lacks, counts=True)
    journal.write(tx, now, person, "shift_end", found.number, {"at": at.isoformat()})
    owe_cards(tx, found.id, now)


def hours_told(words: str, occurred_at: datetime, bureau: Bureau) -> tuple[datetime, datetime]:
    """From when to when a report says that the shift was; a moment where it doesn't."""
    found = shift_in(words, occurred_at.astimezone(bureau.tz))
    return (found.since, found.until) if found else (occurred_at, occurred_at)
