"""When somebody may be told what he didn't ask for: never in quiet hours, and once a day at most.

What answers a person's own deed is not counted; nor is what he is owed by office, such as the
preview of the weekly. Knows no card.
"""

from __future__ import annotations

from datetime import datetime

from bot.rules.calendar import ONE
from bot.rules.own_hours import open_moment
from bot.rules.periods import midnight
from bot.rules.quiet import is_quiet, next_morning
from bot.rules.records import Bureau
from storage import absences, outbox, people, preferences
from storage.schema import Transaction


def may_tell(tx: Transaction, bureau: Bureau, person: int, now: datetime) -> datetime:
    """Now, or the moment from which the person may be told something unasked."""
    here = now.astimezone(bureau.tz)
    if outbox.is_known(tx, key_of(bureau, person, now)):
        return next_morning(bureau, midnight(here.date() + ONE, bureau.tz))
    if is_quiet(bureau, now):
        return next_morning(bureau, now)
    if absences.is_away(tx, person, here.date()):
        return next_morning(bureau, now)
    own = preferences.of(tx, person)
    return open_moment(own, bureau.hours, here) or next_morning(bureau, now)


def tell_unasked(
    tx: Transaction, bureau: Bureau, person: int, card: str, subject: int, now: datetime,
    args: object = None, *, last_chance: bool = False,
) -> bool:  # fmt: skip
    """The person is owed the card as his one unasked message of the day.

    False where he may not be told now (`may_tell`), is frozen, gone or away, or can't be reached.
    For what can't wait until he may, a `last_chance` is a second one that day, outside of the
    bureau's quiet hours.
    """
    who = people.by_id(tx, person)
    if who is None or not who.active or is_quiet(bureau, now):
        return False
    here = now.astimezone(bureau.tz)
    if absences.is_away(tx, person, here.date()):
        return False
    if preferences.of(tx, person).rests(here.time()) and not last_chance:
        return False
    key = key_of(bureau, person, now)
    if outbox.is_known(tx, key):
        if not last_chance or outbox.is_known(tx, f"{key}:last"):
            return False
        key = f"{key}:last"
    for line, chat in people.chats_of(tx, person)[:1]:
        outbox.owe(tx, line, chat, card, subject, now, key=key, args=args)
        return True
    return False


def key_of(bureau: Bureau, person: int, now: datetime) -> str:
    """One row of the outbox a person and day: a second can't come to be."""
    return f"unasked:{person}:{now.astimezone(bureau.tz):%Y%m%d}"
