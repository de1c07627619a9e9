"""Every table there is, in one import: the metadata is complete once this module is loaded."""

from storage import hints, inbox, journal, outbox, outside, parts, people, reports, spots
from storage.schema import metadata

__all__ = [
    "hints", "inbox", "journal", "metadata", "outbox", "outside", "parts", "people", "reports",
    "spots",
]  # fmt: skip
