"""A case as another system posts it: its fields, checked one by one; pure.

README, "Cases from other systems", is the contract. Every fault names the field, so that whoever
connects a system sees what to mend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.deadlines import moment
from bot.rules.records import Bureau, Find, Reading
from bot.rules.tickets import CaseSource, ToldCase, apart, troubles

SHORT, LONG = 80, 4000
"""Letters of a name or number, and of words."""

YEARS = range(2000, 2101)
"""A moment of no such year is a fault of the sender's clock, and would stop ours."""


class BadPost(ValueError):
    """A post that can't be taken: a word for programs, and a sentence for whoever reads it."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code, self.says = code, says


@dataclass(frozen=True, slots=True)
class Posted:
    """A case as posted; `spot` and `category` are codes, `address` a place as written."""

    case: ToldCase
    spot: str | None
    address: str | None
    category: str | None

    def finds(self, reading: Reading, bureau: Bureau) -> tuple[Find, ...]:
        """Its troubles, `reading` being how its words read. Raises BadPost for no place at all.

        What was posted outweighs what the words say.
        """
        items = reading.items
        if self.spot or self.category:
            first = items[0] if items else Find()
            spot = self.spot or first.spot
            written = None if self.spot else first.spot_text
            items = (Find(spot, self.category or first.category, first.count, spot_text=written),)
        found = troubles(replace(reading, items=items), bureau, self.spot or self.address)
        if not found:
            raise BadPost("no_place", "neither spot, address nor words say where it is")
        return found


def read_posted(source: CaseSource, fields: Mapping[str, object], bureau: Bureau) -> Posted:
    """What was posted. Raises BadPost.

    A camera must say `id` and `spot`, a hotline `id` and `words`.
    """
    external = _text(fields, "id", SHORT, needed=True)
    words = _text(fields, "words", LONG, needed=source == "hotline") or ""
    spot = _spot(_text(fields, "spot", SHORT, needed=source == "camera"), bureau)
    category = _category(_text(fields, "category", SHORT), bureau)
    name, phone = _complainant(fields)
    told = apart(words, name, phone)
    case = replace(
        told, source=source, external=external, original=words,
        received_at=_moment(fields, "at", bureau),
        respond_by=_moment(fields, "respond_by", bureau),
        handle_by=_moment(fields, "handle_by", bureau),
        department=_text(fields, "department", SHORT), device=_text(fields, "device", SHORT),
    )  # fmt: skip
    return Posted(case, spot, _text(fields, "address", SHORT), category)


def _text(
    fields: Mapping[str, object], name: str, most: int, *, needed: bool = False
) -> str | None:
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        if needed:
            raise BadPost("missing", f"{name} is missing")
        return None
    if not isinstance(value, str):
        raise BadPost("wrong_type", f"{name} must be text")
    text = value.strip()
    if len(text) > most:
        raise BadPost("too_long", f"{name} has more than {most} letters")
    if any(not (one.isprintable() or one in "\n\r\t") for one in text):
        raise BadPost("not_text", f"{name} holds signs that are no text")
    if needed and not text:
        raise BadPost("missing", f"{name} is missing")
    return text or None


def _spot(name: str | None, bureau: Bureau) -> str | None:
    if name is None:
        return None
    for spot in bureau.spots:
        if name in (spot.code, spot.name, *spot.aliases):
            return spot.code
    raise BadPost("unknown_spot", f"spot {name!r} is neither code, name nor alias of a spot")


def _category(name: str | None, bureau: Bureau) -> str | None:
    if name is None:
        return None
    for one in bureau.categories:
        if name in (one.code, one.name) and one.code != "none":
            return one.code
    raise BadPost("unknown_category", f"category {name!r} is neither code nor name of one")


def _moment(fields: Mapping[str, object], name: str, bureau: Bureau) -> datetime | None:
    """ISO 8601; without an offset it is the bureau's time."""
    text = _text(fields, name, SHORT)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        written = moment(text, bureau.tz)
        if written is None:
            raise BadPost(
                "wrong_moment", f"{name} must be written as 2025-06-12T10:31:00+08:00"
            ) from None
        found = written
    if found.year not in YEARS:
        raise BadPost("wrong_moment", f"{name} must be of the years {YEARS[0]} to {YEARS[-1]}")
    return found.replace(tzinfo=bureau.tz) if found.tzinfo is None else found


def _complainant(fields: Mapping[str, object]) -> tuple[str | None, str | None]:
    """Either an object, or the two flat fields that a form can hold."""
    held = fields.get("complainant")
    if held is not None and not isinstance(held, Mapping):
        raise BadPost("wrong_type", "complainant must be an object with name and phone")
    own = held or {}
    name = _text(own, "name", SHORT) or _text(fields, "complainant_name", SHORT)
    return name, _text(own, "phone", SHORT) or _text(fields, "complainant_phone", SHORT)
