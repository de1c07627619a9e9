"""The faces of recurring obligations: the device check's card, read anew when it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.device_cards import checked_devices
from bot.words import devices as words
from storage import outbox, people
from storage.outbox import Owed
from storage.schema import Transaction

if TYPE_CHECKING:
    from scheduler.faces import Face, View


def devices(tx: Transaction, row: Owed, view: View) -> Face:
    """The list of devices with what each was found to be."""
    del view
    if outbox.newest(tx, "devices", row.subject, row.line, row.chat) != row.id:
        return words.older(row.subject)
    facts = checked_devices(tx, row.subject, people.of_chat(tx, row.line, row.chat))
    return None if facts is None else words.check(facts)


FACES = {"devices": devices}
"""By kind of card."""
