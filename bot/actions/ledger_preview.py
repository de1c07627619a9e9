"""A draft as facts: what it would do, line by line, or what it did. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from bot.actions.ledger_diff import Changed, Difference
from bot.actions.ledger_load import kept, waiting
from bot.actions.people import require
from bot.rules.ledger_draft import Levels, Remark
from bot.rules.ledger_preview import ListedLine, Loaded, Preview
from bot.rules.rights import Right
from storage.ledger_drafts import TAKEN, WAITING
from storage.schema import Transaction


def preview(tx: Transaction, row: int) -> Preview | Loaded | None:
    """The draft as it stands: what it would do, what it did, or None where it was dropped.

    Raises NotFound.
    """
    found = kept(tx, row)
    if found.state == TAKEN:
        done = found.result
        return Loaded(
            done["fresh"], done["changed"], done["kept"], done["missing"], done["faults"],
            tuple(done["who"]), tuple(done["when"]), done.get("headings", 0),
        )  # fmt: skip
    if found.state != WAITING:
        return None
    told = waiting(tx, found)
    return Preview(
        row, found.version, found.state, found.name, told.levels, tuple(lines(told))
    )  # fmt: skip


def listed(tx: Transaction, person: int, row: int) -> Preview:
    """What the draft would do; nothing where it is over. Raises NotAllowed, NotFound."""
    require(tx, person, Right.LEDGER)
    found = kept(tx, row)
    told = waiting(tx, found) if found.state == WAITING else Difference(Levels(0, 0, 0, 0))
    return Preview(
        row, found.version, found.state, found.name, told.levels, tuple(lines(told))
    )  # fmt: skip


def lines(told: Difference) -> Iterator[ListedLine]:
    """All that the difference tells, what was not taken first."""
    for kind, remarks in (("fault", told.faults), ("remark", told.remarks)):
        for one in sorted(remarks, key=_place):
            yield ListedLine(kind, page=one.page, line=one.line, said=one.said, why=one.why)
    for change in (*told.changed, *told.kept):
        yield from _fields(change)
    for path, (old, new) in sorted(told.headings.items()):
        if old:
            yield ListedLine("heading", path, field="path", old=old, new=new)
    for task in told.missing:
        yield ListedLine("missing", task.ref or str(task.number), said=task.title)
    for fresh in told.fresh:
        yield ListedLine("new", fresh.ref, fresh.page, fresh.line, fresh.title)
    yield from (ListedLine("no_owner", ref) for ref in told.who)
    yield from (ListedLine("no_day", ref) for ref in told.when)


def _place(one: Remark) -> tuple[str, int]:
    return one.page, one.line


def _fields(change: Changed) -> Iterator[ListedLine]:
    ref, page, line = change.draft.ref, change.draft.page, change.draft.line
    for kind, fields in (("changed", change.fields), ("kept", change.kept)):
        for one in fields:
            yield ListedLine(kind, ref, page, line, change.task.title, one.name, one.old, one.new)
