"""Every table there is, in one import: the metadata is complete once this module is loaded."""

from storage import (
    asked,
    awaited,
    check_items,
    dues,
    evidence,
    hints,
    inbox,
    journal,
    ledger_drafts,
    outbox,
    outside,
    papers,
    parts,
    patrols,
    people,
    quotas,
    reports,
    spots,
    standing_rules,
    tallies,
    task_stages,
    tasks,
    tickets,
    work_days,
)
from storage.schema import metadata

__all__ = [
    "asked", "awaited", "check_items", "dues", "evidence", "hints", "inbox", "journal",
    "ledger_drafts", "metadata", "outbox", "outside", "papers", "parts", "patrols", "people",
    "quotas", "reports", "spots", "standing_rules", "tallies", "task_stages", "tasks", "tickets",
    "work_days",
]  # fmt: skip
