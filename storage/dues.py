"""Due rows: what the clock has to bring, each once by its key; knows no duty's meaning.

due        waits for its moment, or for a lawful one
done       its deed is committed in the same transaction
dropped    no longer true, or too late, when its turn came; `outcome` says which
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    type_coerce,
    update,
)

from storage.dialect import insert_or_ignore, insert_or_replace
from storage.schema import BigId, Json, Transaction, UtcDateTime, dumps, metadata

DUE, DONE, DROPPED = "due", "done", "dropped"


class DueColumns(TypedColumns):
    """`key` names the occurrence, such as digest:2026-W47; `args` is what its duty needs.

    `matter` is what its stages are stages of. The row is tried from `rings_at` on, which is
    `due_at` until it was put off; how late it is is told by `due_at`.
    """

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    key: Named[str] = Column(unique=True)
    duty: Named[str]
    matter: Named[str]
    args: Named[Any] = Column(Json, nullable=False)
    due_at: Named[datetime] = Column(UtcDateTime)
    rings_at: Named[datetime] = Column(UtcDateTime)
    state: Named[str]
    attempts: Named[int]
    noted_at: Named[datetime] = Column(UtcDateTime)
    settled_at: Named[datetime | None] = Column(UtcDateTime)
    outcome: Named[str | None]


table = Table("dues", metadata, DueColumns, sqlite_autoincrement=True)
c = table.c
Index(
    "ix_dues_due", c.rings_at, c.id,
    sqlite_where=text("state = 'due'"), postgresql_where=text("state = 'due'"),
)  # fmt: skip
Index("ix_dues_matter", c.duty, c.matter, c.due_at)


class PlanColumns(TypedColumns):
    """When each duty was last asked what will be due."""

    duty: Named[str] = Column(primary_key=True)
    at: Named[datetime] = Column(UtcDateTime)


plans = Table("plans", metadata, PlanColumns)


@dataclass(frozen=True, slots=True)
class Due:
    """A row as read."""

    id: int
    key: str
    duty: str
    matter: str
    args: Any
    due_at: datetime
    rings_at: datetime
    state: str
    attempts: int
    settled_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that will be due, known by its key for ever.

    Of several stages of one matter, `args["matter"]`, only the newest is told after a downtime;
    where that isn't given, it is the key up to its last colon.
    """

    key: str
    duty: str
    due_at: datetime
    args: Any = None

    @property
    def matter(self) -> str:
        """What this is a stage, or a period, of."""
        given = (self.args or {}).get("matter")
        return str(given) if given is not None else self.key.rpartition(":")[0] or self.key


_DUE = select(*(c[name] for name in Due.__slots__))
_RIPE = (
    _DUE.where(c.state == DUE, c.rings_at <= bindparam("now", type_=UtcDateTime))
    .order_by(c.rings_at, c.id)
    .limit(bindparam("most"))
)
_COMING = _DUE.where(c.state == DUE).order_by(c.rings_at, c.id).limit(bindparam("most"))
_NEXT = select(func.min(c.rings_at)).where(c.state == DUE)
_BY_ID = _DUE.where(c.id == bindparam("row"))
_WAITING = select(c.key, c.due_at, type_coerce(c.args, Text)).where(c.state == DUE)
_KNOWN = select(c.key).where(c.key.in_(bindparam("keys", expanding=True)))
_PLANNED = select(plans.c.at).where(plans.c.duty == bindparam("of"))
_NEWER = (
    select(c.id)
    .where(
        c.duty == bindparam("duty"), c.matter == bindparam("matter"),
        c.due_at > bindparam("than", type_=UtcDateTime),
        or_(
            c.state == DONE,
            and_(c.state == DUE, c.due_at <= bindparam("now", type_=UtcDateTime)),
        ),
    )
    .limit(bindparam("most"))
)  # fmt: skip
_OF_MATTER = _DUE.where(c.duty == bindparam("duty"), c.matter == bindparam("matter"))
_AGAIN = (
    update(table)
    .where(c.id == bindparam("row"), c.state == DROPPED)
    .values(state=DUE, rings_at=c.due_at, settled_at=None, outcome=None, attempts=0)
)
_THIS = update(table).where(c.id == bindparam("row"), c.state == DUE)
_SETTLE = _THIS.values(
    state=bindparam("to"), settled_at=bindparam("at", type_=UtcDateTime), outcome=bindparam("why")
)
_PUT_OFF = _THIS.values(rings_at=bindparam("until", type_=UtcDateTime))
_STUMBLE = _THIS.values(
    rings_at=bindparam("until", type_=UtcDateTime),
    attempts=c.attempts + 1,
    outcome=bindparam("why"),
)
_FOLLOW = (
    update(table)
    .where(c.key == bindparam("row_key"), c.state == DUE)
    .values(
        due_at=bindparam("due", type_=UtcDateTime), rings_at=bindparam("due", type_=UtcDateTime),
        args=bindparam("said", type_=Json),
    )
)  # fmt: skip

CHUNK = 500
"""Keys asked about at once: SQLite takes no more than so many values in one question."""


def note(tx: Transaction, occurrences: Sequence[Occurrence], now: datetime) -> int:
    """The occurrences are due rows, each key once for ever; how many are new.

    A row that still waits follows its occurrence: the hour may be another one by now. What is
    settled stays so.
    """
    if not occurrences:
        return 0
    waiting = _waiting(tx, occurrences)
    fresh, moved = [], []
    for o in {o.key: o for o in occurrences}.values():
        was = waiting.get(o.key)
        if was is None:
            fresh.append(o)
        elif was != (o.due_at, dumps(o.args) if o.args else "{}"):
            moved.append(o)
    known = _known(tx, [o.key for o in fresh])
    rows = [
        {"key": o.key, "duty": o.duty, "matter": o.matter, "args": o.args or {},
         "due_at": o.due_at, "rings_at": o.due_at, "state": DUE, "attempts": 0, "noted_at": now}
        for o in fresh if o.key not in known
    ]  # fmt: skip
    if moved:
        follow = [{"row_key": o.key, "due": o.due_at, "said": o.args or {}} for o in moved]
        tx.execute(_FOLLOW, follow)
    if not rows:
        return 0
    tx.execute(insert_or_ignore(tx, table, ("key",)), rows)
    return len(rows)


def _waiting(tx: Transaction, occurrences: Sequence[Occurrence]) -> dict[str, Any]:
    """The rows of these occurrences that wait, by key: when, and with what as it is written."""
    if len(occurrences) > CHUNK:
        query = _WAITING
    else:
        query = _WAITING.where(c.key.in_([o.key for o in occurrences]))
    return {key: (due_at, args) for key, due_at, args in tx.execute(query).all()}


def _known(tx: Transaction, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for begin in range(0, len(keys), CHUNK):
        found |= set(tx.execute(_KNOWN, {"keys": keys[begin : begin + CHUNK]}).scalars())
    return found


def planned(tx: Transaction, duty: str) -> datetime | None:
    """When the duty was last asked what will be due; None where it never was."""
    return tx.execute(_PLANNED, {"of": duty}).scalar()


def of_matter(tx: Transaction, duty: str, matter: str) -> list[Due]:
    """Every row of the duty that is about the matter, settled or not."""
    return [Due(*row) for row in tx.execute(_OF_MATTER, {"duty": duty, "matter": matter})]


def wait_again(tx: Transaction, row: int) -> None:
    """A row that was dropped waits again for the moment it was due."""
    tx.execute(_AGAIN, {"row": row})


def has_planned(tx: Transaction, duty: str, now: datetime) -> None:
    """The duty was asked at this moment."""
    tx.execute(insert_or_replace(tx, plans, ("duty",), ("at",)), {"duty": duty, "at": now})


def ripe(tx: Transaction, now: datetime, most: int) -> list[Due]:
    """The rows whose moment has come, the oldest first."""
    return [Due(*row) for row in tx.execute(_RIPE, {"now": now, "most": most})]


def coming(tx: Transaction, most: int = 50) -> list[Due]:
    """The rows that wait, the soonest first."""
    return [Due(*row) for row in tx.execute(_COMING, {"most": most})]


def waiting(tx: Transaction, duty: str, until: datetime) -> list[Due]:
    """The rows of the duty that wait and ring before that moment, the soonest first."""
    wanted = _DUE.where(c.state == DUE, c.duty == duty, c.rings_at < until)
    return [Due(*row) for row in tx.execute(wanted.order_by(c.rings_at, c.id))]


def by_id(tx: Transaction, row: int) -> Due | None:
    """The row, or None."""
    found = tx.execute(_BY_ID, {"row": row}).first()
    return None if found is None else Due(*found)


def is_done(tx: Transaction, key: str) -> bool:
    """Whether the occurrence of this key was done; a dropped one was not."""
    return tx.execute(select(c.id).where(c.key == key, c.state == DONE)).first() is not None


def newer(tx: Transaction, due: Due, now: datetime, most: int = 2) -> int:
    """How many later stages of the row's matter are done or due as well; `most` are counted."""
    values = {
        "duty": due.duty, "matter": due.matter, "than": due.due_at, "now": now, "most": most
    }  # fmt: skip
    return len(tx.execute(_NEWER, values).all())


def next_due(tx: Transaction) -> datetime | None:
    """When the next row is due, or None."""
    return tx.execute(_NEXT).scalar_one()


def settle(tx: Transaction, row: int, state: str, now: datetime, why: str | None = None) -> bool:
    """The row is done or dropped; False where somebody has settled it before."""
    done = tx.execute(_SETTLE, {"row": row, "to": state, "at": now, "why": why})
    return done.rowcount == 1


def put_off(tx: Transaction, row: int, until: datetime) -> None:
    """The row waits until then: it is not the hour for it. How late it is still counts."""
    tx.execute(_PUT_OFF, {"row": row, "until": until})


def stumble(tx: Transaction, row: int, until: datetime, why: str) -> None:
    """The row's deed failed; it is tried again then."""
    tx.execute(_STUMBLE, {"row": row, "until": until, "why": why})


GIVEN_UP = "failed: "
"""How the outcome of a row begins that was given up: by hand it can be tried once more."""


def revive(tx: Transaction, row: int) -> None:
    """A row that was given up waits again; any other stays as it is."""
    tx.execute(
        update(table)
        .where(c.id == row, c.state == DROPPED, c.outcome.startswith(GIVEN_UP))
        .values(state=DUE, settled_at=None, outcome=None, attempts=0)
    )


def waits(tx: Transaction, key_prefix: str) -> bool:
    """Whether a row waits whose key begins so."""
    query = select(c.id).where(c.state == DUE, c.key.startswith(key_prefix, autoescape=True))
    return tx.execute(query.limit(1)).first() is not None


def drop_unsettled(tx: Transaction, key_prefix: str, now: datetime, why: str) -> int:
    """Rows that wait and whose key begins so are dropped; how many."""
    query = update(table).where(c.state == DUE, c.key.startswith(key_prefix, autoescape=True))
    return tx.execute(query.values(state=DROPPED, settled_at=now, outcome=why)).rowcount
