"""Every table there is, in one import: the metadata is complete once this module is loaded."""

from storage import (
    asked,
    hints,
    inbox,
    journal,
    outbox,
    outside,
    parts,
    people,
    reports,
    spots,
    tallies,
)
from storage.schema import metadata

__all__ = [
    "asked", "hints", "inbox", "journal", "metadata", "outbox", "outside", "parts", "people",
    "reports", "spots", "tallies",
]  # fmt: skip
