"""Photos that were asked for, and photos that were handed in twice; only reads."""

from __future__ import annotations

from datetime import datetime

from bot.actions.opened import GONE, kept
from bot.actions.scoping import NOT_YOURS, Look, look, span_of
from bot.errors import NotAllowed, NotFound
from bot.rules.answers import Copy, Photos
from bot.rules.records import Bureau
from bot.rules.rights import Right, may
from storage import lookalikes
from storage.people import Person
from storage.schema import Transaction

AT_ONCE = 10
"""So many photos go in one answer: the most that a Telegram album holds."""


def photos(tx: Transaction, asked: Look, since: int) -> Photos:
    """The next ten photos of what was asked for, newest first, after `since` others."""
    found = lookalikes.photos(tx, asked.scope)
    since = min(since, max(len(found) - 1, 0))
    return Photos(
        asked.question, asked.over, len(found), tuple(found[since : since + AT_ONCE]), since
    )


def more(
    tx: Transaction, asker: Person, number: int, since: int, bureau: Bureau, now: datetime
) -> Photos:
    """The next ten photos of what was asked under the number. Raises NotFound for no photos."""
    question = kept(tx, number, bureau)
    if question.metrics != ("photo_list",):
        raise NotFound(GONE)
    return photos(tx, look(tx, asker, question, bureau, span_of(question, bureau, now), now), since)


def copies(tx: Transaction, asked: Look) -> Photos:
    """What looks the same in different reports. Raises NotAllowed: it is a reviewer's matter."""
    who = asked.who
    if who is not None and not may(who.roles, Right.ASK_SQUAD):
        raise NotAllowed(NOT_YOURS)
    tz = asked.over.span.until.tzinfo
    groups = [
        group
        for group in lookalikes.copies(tx, asked.scope)
        if any(asked.sees(row.squad, row.person) for row in group)
    ]
    copies = tuple(
        tuple(Copy(row.number, row.occurred_at.astimezone(tz)) for row in group) for group in groups
    )
    shown = tuple(str(group[0].sha256) for group in groups[:AT_ONCE])
    return Photos(asked.question, asked.over, len(groups), shown, copies=copies)
