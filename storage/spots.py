"""Spots as they stand (from the bureau's file, or added by chat), and names nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Float, Named, Table, TypedColumns, select, update

from bot.rules.records import Spot
from storage.dialect import insert_or_count, insert_or_replace
from storage.schema import BigId, Json, Transaction, UtcDateTime, metadata


class SpotColumns(TypedColumns):
    """`origin` is bureau (the file) or added (by chat); one that left the file is not current.

    `learnt` are the aliases that an admin gave by chat: the file doesn't touch them.
    """

    code: Named[str] = Column(primary_key=True)
    name: Named[str]
    key: Named[bool] = Column(Boolean)
    aliases: Named[Any] = Column(Json, nullable=False)
    learnt: Named[Any] = Column(Json, nullable=False)
    lat: Named[float | None] = Column(Float)
    lon: Named[float | None] = Column(Float)
    origin: Named[str]
    current: Named[bool] = Column(Boolean)
    rank: Named[int]


class PlaceNameColumns(TypedColumns):
    """A place as officers wrote it that fits no spot; `state` is new, added, alias or ignored."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    name: Named[str] = Column(unique=True)
    state: Named[str]
    times: Named[int]
    first_at: Named[datetime] = Column(UtcDateTime)
    report: Named[str]
    told: Named[bool] = Column(Boolean)


spots = Table("spots", metadata, SpotColumns)
place_names = Table("place_names", metadata, PlaceNameColumns)


def current(tx: Transaction) -> tuple[Spot, ...]:
    """The spots in use: those of the file in its order, then the added ones."""
    rows = tx.execute(
        select(spots).where(spots.c.current).order_by(spots.c.origin.desc(), spots.c.rank)
    )
    return tuple(
        Spot(row.code, row.name, row.key, (*row.aliases, *row.learnt), row.lat, row.lon)
        for row in rows
    )


def names(tx: Transaction) -> dict[str, str]:
    """Code to name of every spot there ever was."""
    return {row.code: row.name for row in tx.execute(select(spots.c.code, spots.c.name))}


def follow(tx: Transaction, wanted: Iterable[Spot]) -> None:
    """The bureau's file is in force: its spots are current, those it dropped are not.

    Aliases and spots that an admin added by chat stay.
    """
    tx.execute(update(spots).where(spots.c.origin == "bureau").values(current=False))
    for rank, spot in enumerate(wanted):
        put(tx, spot, origin="bureau", rank=rank)


def put(tx: Transaction, spot: Spot, *, origin: str, rank: int = 0) -> None:
    """The spot is current and looks like this; what was learnt of it stays."""
    columns = ("name", "key", "aliases", "lat", "lon", "origin", "current", "rank")
    tx.execute(
        insert_or_replace(tx, spots, ("code",), columns),
        {"code": spot.code, "name": spot.name, "key": spot.key, "aliases": list(spot.aliases),
         "learnt": [], "lat": spot.lat, "lon": spot.lon, "origin": origin, "current": True,
         "rank": rank},
    )  # fmt: skip


def learn(tx: Transaction, code: str, alias: str) -> None:
    """The spot is also known by this alias."""
    known = tx.execute(select(spots.c.learnt).where(spots.c.code == code)).scalar_one()
    tx.execute(update(spots).where(spots.c.code == code).values(learnt=[*known, alias]))


def heard(tx: Transaction, name: str, report: str, now: datetime) -> None:
    """The place name was written once more."""
    tx.execute(
        insert_or_count(tx, place_names, ("name",), "times"),
        {"name": name, "state": "new", "times": 1, "first_at": now, "report": report,
         "told": False},
    )  # fmt: skip


def place_name(tx: Transaction, number: int) -> Any | None:
    """The place name's row, or None."""
    return tx.execute(select(place_names).where(place_names.c.id == number)).first()


def new_names(tx: Transaction) -> list[Any]:
    """The place names that no admin has decided on, oldest first."""
    return list(
        tx.execute(
            select(place_names).where(place_names.c.state == "new").order_by(place_names.c.first_at)
        )
    )


def decide(tx: Transaction, number: int, state: str) -> None:
    """The place name is no longer new."""
    tx.execute(update(place_names).where(place_names.c.id == number).values(state=state))


def mark_told(tx: Transaction) -> None:
    """The admins were told of all names that are new."""
    tx.execute(update(place_names).where(place_names.c.state == "new").values(told=True))
