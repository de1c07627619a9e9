"""The devices that are checked every month, and what each was found to be; knows no rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Named, Table, Text, TypedColumns, delete, insert, select
from sqlalchemy import update as change

from storage.dialect import insert_or_replace
from storage.schema import BigId, Transaction, UtcDateTime, metadata

FINE, BROKEN = "fine", "broken"


class DeviceColumns(TypedColumns):
    """A device; one that is not active is checked no more. `by_hand`: an admin's last word."""

    id: Named[int] = Column(BigId, primary_key=True, autoincrement=True)
    name: Named[str] = Column(unique=True)
    spot: Named[str | None]
    active: Named[bool] = Column(Boolean)
    by_hand: Named[bool] = Column(Boolean)


class ResultColumns(TypedColumns):
    """What a device was found to be in a run (its task): fine, or broken with its report."""

    task: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    device: Named[int] = Column(BigId, primary_key=True, autoincrement=False)
    state: Named[str]
    words: Named[str] = Column(Text)
    report: Named[int | None] = Column(BigId)
    person: Named[int]
    at: Named[datetime] = Column(UtcDateTime)


devices = Table("devices", metadata, DeviceColumns, sqlite_autoincrement=True)
results = Table("device_results", metadata, ResultColumns)
d, r = devices.c, results.c


@dataclass(frozen=True, slots=True)
class Device:
    """A device as read."""

    id: int
    name: str
    spot: str | None
    active: bool
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a device."""

    device: int
    state: str
    words: str
    report: int | None
    person: int
    at: datetime


_DEVICE = select(*(d[name] for name in Device.__slots__))
_FOUND = select(*(r[name] for name in Found.__slots__))


def everything(tx: Transaction) -> list[Device]:
    """All devices there are or were, in the order in which they came."""
    return [Device(*row) for row in tx.execute(_DEVICE.order_by(d.id))]


def named(tx: Transaction, name: str) -> Device | None:
    """The device of that name, active or not."""
    row = tx.execute(_DEVICE.where(d.name == name)).first()
    return None if row is None else Device(*row)


def keep(tx: Transaction, name: str, spot: str | None, *, active: bool, by_hand: bool) -> None:
    """There is a device of that name, at that spot, to be checked or not."""
    values = {"spot": spot, "active": active, "by_hand": by_hand}
    done = tx.execute(change(devices).where(d.name == name).values(**values))
    if not done.rowcount:
        tx.execute(insert(devices), values | {"name": name})


def follow(tx: Transaction, wanted: Sequence[tuple[str, str | None]]) -> None:
    """The devices are those of the file, as (name, spot), but for what an admin said himself."""
    known = {one.name: one for one in everything(tx)}
    for name, spot in wanted:
        old = known.get(name)
        if old is None or (not old.by_hand and (old.spot, old.active) != (spot, True)):
            keep(tx, name, spot, active=True, by_hand=False)
    names = {name for name, _ in wanted}
    for one in known.values():
        if one.name not in names and one.active and not one.by_hand:
            keep(tx, one.name, one.spot, active=False, by_hand=False)


def found_in(tx: Transaction, task: int) -> list[Found]:
    """The results of the run, in the order in which they came."""
    query = _FOUND.where(r.task == task).order_by(r.at, r.device)
    return [Found(*row) for row in tx.execute(query)]


def lacking(tx: Transaction, task: int) -> list[Device]:
    """The devices that have no result in the run yet."""
    known = {one.device for one in found_in(tx, task)}
    return [one for one in everything(tx) if one.active and one.id not in known]


def answer(
    tx: Transaction, task: int, device: int, state: str, words: str, report: int | None,
    person: int, at: datetime,
) -> None:  # fmt: skip
    """The device has this result in the run."""
    columns = ("state", "words", "report", "person", "at")
    tx.execute(
        insert_or_replace(tx, results, ("task", "device"), columns),
        {"task": task, "device": device, "state": state, "words": words, "report": report,
         "person": person, "at": at},
    )  # fmt: skip


def forget(tx: Transaction, task: int, device: int) -> None:
    """The device has no result in the run any more."""
    tx.execute(delete(results).where(r.task == task, r.device == device))
