"""Every table there is, in one import: the metadata is complete once this module is loaded."""

from storage import (
    absences,
    asked,
    awaited,
    check_items,
    counters,
    devices,
    dues,
    evidence,
    hints,
    inbox,
    journal,
    ledger_drafts,
    obligations,
    outbox,
    outside,
    papers,
    parts,
    patrols,
    people,
    preferences,
    quotas,
    reminded,
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
    "absences", "asked", "awaited", "check_items", "counters", "devices", "dues", "evidence",
    "hints", "inbox", "journal", "ledger_drafts", "metadata", "obligations", "outbox", "outside",
    "papers", "parts", "patrols",
    "people", "preferences", "quotas", "reminded", "reports", "spots", "standing_rules", "tallies",
    "task_stages", "tasks", "tickets", "work_days",
]  # fmt: skip
