"""What a special check goes through at a spot, and which category an item's trouble is of. Pure."""

from __future__ import annotations

from bot.rules.records import NO_TROUBLE, Bureau, Reading


def items_of(bureau: Bureau, spot: str | None) -> tuple[str, ...]:
    """The checklist of the spot: its own, else the one for all."""
    own = next((one for one in bureau.checklists if spot is not None and spot in one.spots), None)
    found = own or next((one for one in bureau.checklists if not one.spots), None)
    return found.items if found else ()


OTHER = "other"
"""The category of what is none of the others, where the bureau has it."""


def category_of(bureau: Bureau, said: Reading, label: Reading) -> str | None:
    """The category that the words name, else the one that the item's label reads as, else OTHER.

    What a check finds is a problem and counts as one, whatever it is.
    """
    for reading in (said, label):
        for item in reading.items:
            if item.category not in (None, NO_TROUBLE):
                return item.category
    return OTHER if any(one.code == OTHER for one in bureau.categories) else None


def next_spot(bureau: Bureau, checked: dict[str, int]) -> str | None:
    """The key spot that was checked least in the last months, in the bureau's order."""
    keys = [spot.code for spot in bureau.spots if spot.key]
    return min(keys, key=lambda code: (checked.get(code, 0), keys.index(code)), default=None)
