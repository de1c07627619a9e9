"""What a platform calls things, and the numbers the house knows them by; a line's memory.

A platform whose ids are words needs a number for each: given once, never twice, never anew. Beside
it stand the facts that its line must find again after a restart. Knows no platform.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    update,
)

from storage.dialect import insert_or_ignore, insert_or_replace
from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata


class OutsideColumns(TypedColumns):
    """`realm` is the organisation on the platform: lines of one organisation share its names."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    realm: Named[str]
    kind: Named[str]
    name: Named[str] = Column(Text)
    facts: Named[Any] = Column(Json, nullable=True)
    at: Named[datetime] = Column(UtcDateTime)


table = Table(
    "outside",
    metadata,
    OutsideColumns,
    UniqueConstraint("realm", "kind", "name", name="uq_outside_name"),
    sqlite_autoincrement=True,
)
c = table.c
Index("ix_outside_kind_at", c.kind, c.at)

LIVE = "live"
"""The kind of name under which a line announces a picture taken just now: `{chat}:{md5}`."""

LIFE = {
    "leaver": timedelta(days=7), "draft": timedelta(days=2), "menu": timedelta(days=2),
    "file": timedelta(days=7), "asked": timedelta(days=1), "card": timedelta(days=400),
    LIVE: timedelta(days=400),
}  # fmt: skip
"""How long names of a kind are kept; people and groups for good. A card's buttons answer for a year
and more, whatever the platform itself remembers."""

_KEYS = ("realm", "kind", "name")
_WHERE = (c.realm == bindparam("of"), c.kind == bindparam("what"), c.name == bindparam("called"))
_ID = select(c.id).where(*_WHERE)
_FACTS = select(c.facts).where(*_WHERE)
_NAME = select(c.name).where(
    c.realm == bindparam("of"), c.kind == bindparam("what"), c.id == bindparam("which")
)


def _keys(realm: str, kind: str, name: str) -> dict[str, str]:
    return {"of": realm, "what": kind, "called": name}


def number(tx: Transaction, realm: str, kind: str, name: str, now: datetime) -> int:
    """The name's number, assigned now where it has none."""
    keys = _keys(realm, kind, name)
    known = tx.execute(_ID, keys).scalar()
    if known is None:
        row = {"realm": realm, "kind": kind, "name": name, "facts": None, "at": now}
        tx.execute(insert_or_ignore(tx, table, _KEYS), row)
        known = tx.execute(_ID, keys).scalar_one()
    return int(known)


def named(tx: Transaction, realm: str, kind: str, number: int) -> str | None:
    """The name with this number, or None."""
    return tx.execute(_NAME, {"of": realm, "what": kind, "which": number}).scalar()


def keep(
    tx: Transaction, realm: str, kind: str, name: str, facts: dict[str, Any], now: datetime
) -> int:
    """These are the name's facts from now on; its number, which stays what it was."""
    row = {"realm": realm, "kind": kind, "name": name, "facts": facts, "at": now}
    tx.execute(insert_or_replace(tx, table, _KEYS, ("facts", "at")), row)
    return int(tx.execute(_ID, _keys(realm, kind, name)).scalar_one())


def facts(tx: Transaction, realm: str, kind: str, name: str) -> dict[str, Any] | None:
    """The name's facts; None where none were kept."""
    found: dict[str, Any] | None = tx.execute(_FACTS, _keys(realm, kind, name)).scalar()
    return found


def rename(tx: Transaction, realm: str, kind: str, old: str, new: str) -> None:
    """The number and the facts of `old` are those of `new`; nothing where `old` is not known.

    A platform may tell of a renaming twice, or after the new name was met: then what was known of
    it meanwhile stands aside under a name that no platform gives.
    """
    if tx.execute(_ID, _keys(realm, kind, old)).scalar() is None:
        return
    met = tx.execute(_ID, _keys(realm, kind, new)).scalar()
    if met is not None:
        aside = f"{new} aside {met}"
        tx.execute(update(table).where(*_WHERE).values(name=aside), _keys(realm, kind, new))
    tx.execute(update(table).where(*_WHERE).values(name=new), _keys(realm, kind, old))


def forget(tx: Transaction, kind: str, now: datetime, age: timedelta) -> int:
    """What was kept of this kind longer ago than `age` is gone; how many names."""
    gone = tx.execute(delete(table).where(c.kind == kind, c.at < now - age))
    return gone.rowcount


def tidy(tx: Transaction, now: datetime) -> int:
    """What no line will ask for again is gone; how many names."""
    return sum(forget(tx, kind, now, age) for kind, age in LIFE.items())


def announced(tx: Transaction) -> set[str]:
    """Every picture that a line has announced as taken just now: `{chat}:{md5}`."""
    return {str(row.name) for row in tx.execute(select(c.name).where(c.kind == LIVE))}
