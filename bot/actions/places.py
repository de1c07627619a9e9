"""What an admin decides about places nobody knew: a spot, an alias, nothing; one deed each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.actions import problem_follow, round_state
from bot.actions.people import require
from bot.errors import NotFound, TooLate
from bot.rules.records import NO_TROUBLE, Bureau, Spot
from bot.rules.rights import Right
from storage import journal, outbox, reports, spots
from storage.schema import Transaction


def add_spot(tx: Transaction, by: int, number: int, bureau: Bureau, now: datetime) -> str:
    """The new name is a spot; what was reported under it counts there. The name."""
    require(tx, by, Right.SPOTS)
    name = _new(tx, number)
    code = f"added{number}"
    spots.put(tx, Spot(code, name), origin="added", rank=number)
    _settle(tx, by, number, name, code, "added", bureau, now)
    return name


def make_alias(
    tx: Transaction, by: int, number: int, code: str, bureau: Bureau, now: datetime
) -> tuple[str, str]:
    """The new name means this spot, also in what was reported. The name and the spot's."""
    require(tx, by, Right.SPOTS)
    name = _new(tx, number)
    known = spots.names(tx)
    if code not in known:
        raise NotFound("这个点位已经不在点位表里了，什么也没改。")
    spots.learn(tx, code, name)
    _settle(tx, by, number, name, code, "alias", bureau, now)
    return name, known[code]


def ignore(tx: Transaction, by: int, number: int, now: datetime) -> str:
    """The name is not asked about any more; reports keep it as written. The name."""
    require(tx, by, Right.SPOTS)
    name = _new(tx, number)
    spots.decide(tx, number, "ignored")
    journal.write(tx, now, by, "ignore_place", f"place/{number}", {"name": name})
    outbox.owe_again(tx, "places", 0, now)
    return name


def _new(tx: Transaction, number: int) -> str:
    row = spots.place_name(tx, number)
    if row is None:
        raise NotFound("没有这个新地名了，什么也没改。")
    if row.state in ("added", "alias"):
        raise TooLate(f"「{row.name}」已经归好了，什么也没改。")
    return str(row.name)


def _settle(
    tx: Transaction, by: int, number: int, name: str, code: str, state: str, bureau: Bureau,
    now: datetime,
) -> None:  # fmt: skip
    spots.decide(tx, number, state)
    moved = []
    for report in reports.written_as(tx, name):
        found = reports.by_id(tx, report)
        revision, old = reports.read_finds(tx, report)
        new = tuple(
            replace(f, spot=code, category=f.category or NO_TROUBLE)
            if f.spot is None and f.spot_text == name else f
            for f in old
        )  # fmt: skip
        if found is None or new == old:
            continue
        reports.write_finds(
            tx, report, revision + 1, new, person=found.person, occurred_at=found.occurred_at,
            counts=found.withdrawn_at is None and not found.practice,
            rebound="rebound" in found.flags,
        )  # fmt: skip
        reports.change(tx, report)
        outbox.owe_again(tx, "receipt", report, now)
        round_state.follow(tx, report, now)
        problem_follow.follow(tx, report, bureau, now)
        moved.append(found.number)
    outbox.owe_again(tx, "places", 0, now)
    detail = {"name": name, "spot": code, "reports": moved}
    journal.write(tx, now, by, f"{state}_place", f"place/{number}", detail)
