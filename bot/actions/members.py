"""People whom a line's own directory knows: they come in without a link; knows no directory.

A name is trusted as far as the platform vouches for it, and never for more than a plain role:
whoever leads, supervises or administers comes in by the link that an admin has given him.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions import ledger_people
from bot.rules.records import Role
from storage import journal, outbox, people
from storage.people import Invitation, Person
from storage.schema import Transaction

NOW, TOLD_EVERY = timedelta(0), timedelta(minutes=10)
"""An admin hears of the first who comes at once, of the next ones together."""

PLAIN = frozenset({Role.OFFICER, Role.OWNER})
"""Roles that a name in a directory is good enough for."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account on a line and its private chat; `title` is what people call the line."""

    line: str
    user: int
    chat: int
    title: str = ""


def same_person(tx: Transaction, account: Account, kin: str, now: datetime) -> Person | None:
    """Who the account belongs to, by the line whose accounts are the same people's.

    From now on the account is his on this line too. None where nobody is known there.
    """
    known = people.by_identity(tx, kin, account.user)
    if known is not None:
        people.know(tx, account.line, account.user, account.chat, known.id, now)
        detail = {"line": account.line, "kin": kin}
        journal.write(tx, now, known.id, "account", f"person/{known.id}", detail)
    return known


def come_in(
    tx: Transaction, account: Account, name: str, department: str | None, now: datetime
) -> Person | None:
    """The member of this name is in, welcomed, and the admins know; None where he needs a link.

    He takes up the one open invitation or the one person of his name, where their roles are plain
    and no other account of this line is theirs; else he is a new officer of his department.
    """
    name = name.strip()
    if not name or people.by_identity(tx, account.line, account.user) is not None:
        return None
    invited = people.open_invitations(tx, name, now)
    everyone = [person for person in people.everyone(tx) if person.name == name]
    namesakes = [person for person in everyone if person.state != people.LEFT]
    left = len(namesakes) < len(everyone)
    if invited:
        return _as_invited(tx, account, invited, plain=not everyone, now=now)
    if namesakes:
        return _as_known(tx, account, namesakes, now)
    if left:
        # Who has left comes back by an invitation only: a forgotten account opens nothing.
        return None
    person = people.add(tx, name, frozenset({Role.OFFICER}), department, None, now)
    return _settle(tx, account, person, "directory", now)


def _tell_admins(tx: Transaction, account: Account, person: int, now: datetime) -> None:
    """One card a day and admin, which grows: when all come at once it is changed now and then."""
    for admin in people.with_role(tx, Role.ADMIN):
        chat = next(iter(people.chats_of(tx, admin.id)), None)
        if admin.id == person or chat is None:
            continue
        key = f"came:{account.line}:{now:%Y%m%d}:{admin.id}"
        so_far = (outbox.args_of(tx, key) or {}).get("people", [])
        due = outbox.quiet_until(tx, key, now, NOW, TOLD_EVERY)
        args = {"title": account.title, "people": [*so_far, person]}
        outbox.owe(tx, *chat, "came", 0, now, key=key, args=args, due_at=due)


def _as_invited(
    tx: Transaction, account: Account, invited: list[Invitation], plain: bool, now: datetime
) -> Person | None:
    wanted = invited[0]
    if len(invited) > 1 or not plain or not wanted.roles <= PLAIN:
        outbox.owe(
            tx, account.line, account.chat, "send_code", wanted.id, now,
            key=f"send_code:{wanted.id}:{account.line}:{account.user}",
        )  # fmt: skip
        return None
    person = people.add(tx, wanted.name, wanted.roles, wanted.squad, wanted.department, now)
    people.change_invitation(
        tx, wanted.id, state="used", line=account.line, user=account.user, person=person
    )
    outbox.owe_again(tx, "invitation", wanted.id, now)
    return _settle(tx, account, person, f"invitation/{wanted.id}", now)


def _as_known(
    tx: Transaction, account: Account, namesakes: list[Person], now: datetime
) -> Person | None:
    (known, *more) = namesakes
    taken = any(line == account.line for line, _ in people.accounts_of(tx, known.id))
    if more or taken or not known.active or not known.roles <= PLAIN:
        return None
    return _settle(tx, account, known.id, "namesake", now)


def _settle(tx: Transaction, account: Account, person: int, by: str, now: datetime) -> Person:
    people.know(tx, account.line, account.user, account.chat, person, now)
    journal.write(tx, now, person, "join", f"person/{person}", {"line": account.line, "by": by})
    ledger_people.came(tx, person, now)
    outbox.owe(
        tx, account.line, account.chat, "hello", person, now,
        key=f"hello:{account.line}:{account.user}:{person}",
    )  # fmt: skip
    _tell_admins(tx, account, person, now)
    found = people.by_id(tx, person)
    assert found is not None
    return found
