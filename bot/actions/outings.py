"""The rounds, checks and shifts behind a number, and all of them for the export; only reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.actions.scoping import Look, spot_names
from bot.rules.answers import Outing, Row
from bot.rules.records import Bureau
from bot.rules.rounds import asks_from
from storage import patrol_counts
from storage.schema import Transaction

MINUTE = timedelta(minutes=1)


def rows(
    tx: Transaction, asked: Look, measure: str, most: int | None, bureau: Bureau
) -> tuple[Row, ...]:
    """The newest `most` (all for None) that the measure counts."""
    found = patrol_counts.rows(tx, measure, asked.scope, most)
    ids = [row.id for row in found]
    reached, crews = patrol_counts.reached(tx, ids), patrol_counts.crews(tx, ids)
    names = spot_names(tx, bureau)
    return tuple(_row(row, asked, bureau, names, reached[row.id], crews[row.id]) for row in found)


def _row(
    row: Any, asked: Look, bureau: Bureau, names: dict[str, str], reached: set[str],
    crew: list[str],
) -> Row:  # fmt: skip
    sees = asked.sees(row.squad, row.person)
    spots = _spots(row, names, reached)
    lasted = row.ended_at is not None and row.ended_at - row.started_at >= MINUTE
    until = row.ended_at.astimezone(bureau.tz) if lasted else None
    outing = Outing(
        row.kind, until, spots, _asked(row), tuple(crew) if sees else (), row.late,
        row.accepted_reason,
    )  # fmt: skip
    return Row(
        row.number, row.started_at.astimezone(bureau.tz), (), row.name if sees else None,
        row.squad, "patrol", "", outing,
    )  # fmt: skip


def _spots(row: Any, names: dict[str, str], reached: set[str]) -> tuple[str, ...]:
    """The names of the spots reached; of a round only those that it asked for."""
    asks = asks_from(row.asks)
    wanted = [code for code in asks.spots if code in reached] if asks else sorted(reached)
    if row.spot and row.spot not in wanted:
        wanted = [row.spot, *wanted]
    return tuple(names.get(code, code) for code in wanted)


def _asked(row: Any) -> int:
    asks = asks_from(row.asks)
    return len(asks.spots) if asks else 0


def export_rows(
    tx: Transaction, bureau: Bureau, since: datetime | None, until: datetime | None
) -> list[dict[str, Any]]:
    """Every round, check and shift begun in the stretch, as plain values, oldest first."""
    found = patrol_counts.everything(tx, since, until)
    ids = [row.id for row in found]
    reached, crews = patrol_counts.reached(tx, ids), patrol_counts.crews(tx, ids)
    names = spot_names(tx, bureau)
    return [_exported(row, bureau, names, reached[row.id], crews[row.id]) for row in found]


def _exported(
    row: Any, bureau: Bureau, names: dict[str, str], reached: set[str], crew: list[str]
) -> dict[str, Any]:
    return {
        "number": row.number, "kind": row.kind, "squad": row.squad, "officer": row.name,
        "officers": crew, "spot": row.spot, "spot_name": names.get(row.spot or ""),
        "started_at": row.started_at.astimezone(bureau.tz).isoformat(),
        "ended_at": row.ended_at and row.ended_at.astimezone(bureau.tz).isoformat(),
        "state": row.state, "counts": row.counts, "late": row.late, "told": row.told,
        "spots": sorted(reached | ({row.spot} if row.spot else set())), "asked": _asked(row),
        "lacking": row.lacking, "accepted_reason": row.accepted_reason,
    }  # fmt: skip
