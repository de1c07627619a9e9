"""People, the identities they write from, invitations, strangers, and allowed group chats.

Knows no right and no sentence. A person's history is the journal; this is how things stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Named,
    Table,
    TypedColumns,
    UniqueConstraint,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from bot.rules.records import Role
from storage.dialect import insert_or_replace
from storage.schema import BigId, Transaction, UtcDateTime, metadata

ACTIVE, FROZEN, LEFT = "active", "frozen", "left"


class PeopleColumns(TypedColumns):
    """`roles` is a comma list of role names; `state` is active, frozen or left."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    name: Named[str]
    roles: Named[str]
    squad: Named[str | None]
    department: Named[str | None]
    state: Named[str]
    practising: Named[bool] = Column(Boolean)
    since: Named[datetime] = Column(UtcDateTime)


class IdentityColumns(TypedColumns):
    """One account on one line; a person may have several. `chat` is where private cards go."""

    line: Named[str] = Column(primary_key=True)
    user: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    chat: Named[int] = Column(BigId)
    person: Named[int] = Column(BigId, index=True)
    reachable: Named[bool] = Column(Boolean)
    since: Named[datetime] = Column(UtcDateTime)


class InvitationColumns(TypedColumns):
    """`digest` is the SHA-256 of the link's token: the token itself is nowhere in the database."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    digest: Named[str] = Column(unique=True)
    name: Named[str]
    roles: Named[str]
    squad: Named[str | None]
    department: Named[str | None]
    made_by: Named[int | None]
    made_at: Named[datetime] = Column(UtcDateTime)
    expires_at: Named[datetime] = Column(UtcDateTime)
    state: Named[str]
    line: Named[str | None]
    user: Named[int | None] = Column(BigId)
    person: Named[int | None]


class StrangerColumns(TypedColumns):
    """An account that wrote without an invitation; `code` is what the admin knows it by."""

    line: Named[str] = Column(primary_key=True)
    user: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    code: Named[str]
    first_at: Named[datetime] = Column(UtcDateTime)
    told_at: Named[datetime] = Column(UtcDateTime)


class ChatColumns(TypedColumns):
    """A group chat; only an allowed one is served. `state` is asked, allowed or refused."""

    line: Named[str] = Column(primary_key=True)
    chat: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    title: Named[str]
    state: Named[str]
    at: Named[datetime] = Column(UtcDateTime)
    by: Named[int | None]


people = Table("people", metadata, PeopleColumns)
identities = Table("identities", metadata, IdentityColumns)
invitations = Table("invitations", metadata, InvitationColumns)
strangers = Table(
    "strangers", metadata, StrangerColumns, UniqueConstraint("code", name="uq_strangers_code")
)
chats = Table("chats", metadata, ChatColumns)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the bureau, as the database knows them at this moment."""

    id: int
    name: str
    roles: frozenset[Role]
    squad: str | None
    department: str | None
    state: str
    practising: bool

    @property
    def active(self) -> bool:
        """Whether the person may do anything at all."""
        return self.state == ACTIVE


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as stored; `state` is open, opened, used, refused or void."""

    id: int
    name: str
    roles: frozenset[Role]
    squad: str | None
    department: str | None
    made_by: int | None
    expires_at: datetime
    state: str
    line: str | None
    user: int | None
    person: int | None


_PERSON = (
    people.c.id, people.c.name, people.c.roles, people.c.squad, people.c.department,
    people.c.state, people.c.practising,
)  # fmt: skip
_BY_IDENTITY = (
    select(*_PERSON, identities.c.reachable)
    .join(identities, identities.c.person == people.c.id)
    .where(identities.c.line == bindparam("line"), identities.c.user == bindparam("user"))
)
_BY_ID = select(*_PERSON).where(people.c.id == bindparam("person"))
_CHATS = (
    select(identities.c.line, identities.c.chat)
    .where(identities.c.person == bindparam("of"), identities.c.reachable)
    .order_by(identities.c.since.desc())
)
_INVITATION = select(
    invitations.c.id, invitations.c.name, invitations.c.roles, invitations.c.squad,
    invitations.c.department, invitations.c.made_by, invitations.c.expires_at,
    invitations.c.state, invitations.c.line, invitations.c.user, invitations.c.person,
)  # fmt: skip


def written(roles: frozenset[Role]) -> str:
    """The roles as stored."""
    return ",".join(sorted(roles))


def _read(roles: str) -> frozenset[Role]:
    return frozenset(Role(role) for role in roles.split(",") if role)


def _person(row: Any) -> Person:
    return Person(
        row.id, row.name, _read(row.roles), row.squad, row.department, row.state, row.practising
    )


def by_identity(tx: Transaction, line: str, user: int) -> Person | None:
    """The person who writes from this account, or None."""
    row = tx.execute(_BY_IDENTITY, {"line": line, "user": user}).first()
    return None if row is None else _person(row)


def by_account(tx: Transaction, line: str, user: int) -> tuple[Person | None, bool]:
    """The person who writes from this account, and whether his chat is taken to be reached."""
    row = tx.execute(_BY_IDENTITY, {"line": line, "user": user}).first()
    return (None, True) if row is None else (_person(row), bool(row.reachable))


def by_id(tx: Transaction, person: int) -> Person | None:
    """The person with this id, or None."""
    row = tx.execute(_BY_ID, {"person": person}).first()
    return None if row is None else _person(row)


def named(tx: Transaction, name: str) -> list[Person]:
    """Everyone of that name who has not left."""
    rows = tx.execute(select(*_PERSON).where(people.c.name == name, people.c.state != LEFT))
    return [_person(row) for row in rows]


def everyone(tx: Transaction) -> list[Person]:
    """All people, by id."""
    return [_person(row) for row in tx.execute(select(*_PERSON).order_by(people.c.id))]


def with_role(tx: Transaction, role: Role) -> list[Person]:
    """The active people who hold the role."""
    return [p for p in everyone(tx) if role in p.roles and p.active]


def add(
    tx: Transaction, name: str, roles: frozenset[Role], squad: str | None, department: str | None,
    now: datetime,
) -> int:  # fmt: skip
    """The id of a new, active person."""
    key = tx.execute(
        insert(people).values(
            name=name, roles=written(roles), squad=squad, department=department, state=ACTIVE,
            practising=False, since=now,
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    return int(key[0])


def change(tx: Transaction, person: int, **values: Any) -> None:
    """The person's row holds `values`."""
    tx.execute(update(people).where(people.c.id == person).values(**values))


def know(tx: Transaction, line: str, user: int, chat: int, person: int, now: datetime) -> None:
    """The account belongs to the person; whoever held it before no longer does."""
    columns = ("chat", "person", "reachable", "since")
    tx.execute(
        insert_or_replace(tx, identities, ("line", "user"), columns),
        {"line": line, "user": user, "chat": chat, "person": person, "reachable": True,
         "since": now},
    )  # fmt: skip


def chats_of(tx: Transaction, person: int) -> list[tuple[str, int]]:
    """The (line, chat) pairs on which the person can be reached, newest identity first."""
    return [(row.line, row.chat) for row in tx.execute(_CHATS, {"of": person})]


def all_chats(tx: Transaction) -> dict[int, tuple[str, int]]:
    """The (line, chat) on which each person can be reached, that of his newest identity."""
    wanted = select(identities.c.person, identities.c.line, identities.c.chat)
    rows = tx.execute(wanted.where(identities.c.reachable).order_by(identities.c.since))
    return {row.person: (row.line, row.chat) for row in rows}


def accounts_of(tx: Transaction, person: int) -> list[tuple[str, int]]:
    """The (line, user) pairs of the person's accounts, reachable or not."""
    rows = tx.execute(
        select(identities.c.line, identities.c.user).where(identities.c.person == person)
    )
    return [(row.line, row.user) for row in rows]


def is_reachable(tx: Transaction, line: str, chat: int) -> bool | None:
    """Whether cards reach the chat as far as is known; None for a chat nobody has."""
    return tx.execute(
        select(identities.c.reachable).where(identities.c.line == line, identities.c.chat == chat)
    ).scalar()


def only_account(tx: Transaction, line: str, user: int, person: int) -> int:
    """The person has no other account on the line (a new phone replaces the old); how many went."""
    gone = tx.execute(
        delete(identities).where(
            identities.c.line == line, identities.c.person == person, identities.c.user != user
        )
    )
    return gone.rowcount


def reachable(tx: Transaction, line: str, chat: int, can: bool) -> None:
    """Whether cards still reach the chat; a blocked bot makes it unreachable."""
    tx.execute(
        update(identities)
        .where(identities.c.line == line, identities.c.chat == chat)
        .values(reachable=can)
    )


def _invitation(row: Any) -> Invitation:
    return Invitation(
        row.id, row.name, _read(row.roles), row.squad, row.department, row.made_by,
        row.expires_at, row.state, row.line, row.user, row.person,
    )  # fmt: skip


def invite(tx: Transaction, digest: str, **values: Any) -> int:
    """The id of a new open invitation."""
    key = tx.execute(
        insert(invitations).values(digest=digest, state="open", **values)
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def invitation_by_digest(tx: Transaction, digest: str) -> Invitation | None:
    """The invitation whose token has this digest, or None."""
    row = tx.execute(_INVITATION.where(invitations.c.digest == digest)).first()
    return None if row is None else _invitation(row)


def open_invitations(tx: Transaction, name: str, now: datetime) -> list[Invitation]:
    """The unused invitations for this name that still hold, the newest first."""
    rows = tx.execute(
        _INVITATION.where(
            invitations.c.name == name, invitations.c.state.in_(["open", "opened"]),
            invitations.c.expires_at > now,
        ).order_by(invitations.c.id.desc())
    )  # fmt: skip
    return [_invitation(row) for row in rows]


def invitation(tx: Transaction, number: int) -> Invitation | None:
    """The invitation with this id, or None."""
    row = tx.execute(_INVITATION.where(invitations.c.id == number)).first()
    return None if row is None else _invitation(row)


def change_invitation(tx: Transaction, number: int, **values: Any) -> None:
    """The invitation's row holds `values`."""
    tx.execute(update(invitations).where(invitations.c.id == number).values(**values))


def of_chat(tx: Transaction, line: str, chat: int) -> int | None:
    """The person whose private chat this is, or None."""
    return tx.execute(
        select(identities.c.person).where(identities.c.line == line, identities.c.chat == chat)
    ).scalar()
