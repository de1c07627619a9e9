"""What may have arrived, or not: somebody who answers for it says whether it goes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.actions.loop import name_of
from bot.actions.people import require
from bot.errors import NotFound
from bot.rules.rights import Right
from storage import doors, held, journal, outbox, people
from storage.schema import Transaction


@dataclass(frozen=True, slots=True)
class Held:
    """A row in doubt: which card to which group or person, by name, and how it stands."""

    row: int
    card: str
    group: str
    person: str
    state: str


def look(tx: Transaction, row: int) -> Held | None:
    """The row as it stands, or None."""
    found = held.by_id(tx, row)
    if found is None:
        return None
    owed, state = found
    group, who = doors.chat(tx, owed.line, owed.chat), people.of_chat(tx, owed.line, owed.chat)
    title, person = group.title if group is not None else "", name_of(tx, who)
    return Held(row, owed.card, title, person, state)


def decide(tx: Transaction, person: int, row: int, again: bool, now: datetime) -> Held:
    """It is sent again, or let be; who is asked sees what was decided. Raises NotFound."""
    require(tx, person, Right.RESEND)
    if held.decide(tx, row, again, now):
        journal.write(tx, now, person, "resend" if again else "let_be", f"outbox/{row}", {})
        outbox.owe_again(tx, "held", row, now)
    found = look(tx, row)
    if found is None:
        raise NotFound
    return found
