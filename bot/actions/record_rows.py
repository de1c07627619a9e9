"""The records of a period by the six elements of an enforcement record; only reads.

The finds are those that every number counts. Who was party to it is not told in a report.
"""

from __future__ import annotations

from bot.actions.scoping import category_name, spot_names
from bot.rules.papers import RecordRow
from bot.rules.records import NO_TROUBLE, Bureau, Span
from storage import counts, record_rows
from storage.counts import Scope
from storage.schema import Transaction


def rows(tx: Transaction, bureau: Bureau, span: Span) -> tuple[RecordRow, ...]:
    """Every find of the span, oldest first."""
    scope = Scope(span.since, span.until)
    names, photos = spot_names(tx, bureau), record_rows.photos(tx, scope)
    crews = record_rows.companions(tx, scope)
    found = reversed(counts.rows(tx, "records", scope))
    return tuple(
        RecordRow(
            one.number, one.occurred_at.astimezone(bureau.tz),
            names.get(one.spot, one.spot) if one.spot else one.spot_text,
            tuple(dict.fromkeys([one.name, *crews.get(one.report, ())])), None,
            category_name(bureau, one.category) if one.category else None, one.quantity,
            one.action, one.state, one.category not in (None, NO_TROUBLE), one.text,
            next(iter(photos.get(one.report, ())), None), len(photos.get(one.report, ())),
        )
        for one in found
    )  # fmt: skip
