"""From gangting.toml to a `Bureau`: unknown keys and wrong values are named with their line.

The default bureau ships inside the package. A table of one's own takes the place of the shipped
one; `[vocabulary]` adds to the shipped words. Knows TOML and the records, no other setting.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import BadSetting
from bot.obligation_tables import make_sense
from bot.own_words import with_own_words
from bot.rules.records import (
    ELEMENTS,
    NO_TROUBLE,
    Bureau,
    Category,
    Checklist,
    Device,
    Hours,
    LedgerRule,
    Limits,
    LoopRule,
    Obligation,
    Quota,
    RoundRule,
    Spot,
    TimeLimit,
)
from bot.rules.vocabulary import Vocabulary
from bot.setting_names import TABLES as SETTINGS
from bot.setting_names import check_names
from bot.shapes import Wrong, shaped, table_at
from bot.toml_lines import line_of

FILE_NAME = "gangting.toml"
DEFAULT_HOME = Path("gangting-data")
DEFAULT_FILE = Path(__file__).parent / FILE_NAME
DEFAULT: dict[str, Any] = tomllib.loads(DEFAULT_FILE.read_text("utf-8"))
"""The bureau that ships with the package, as its file says."""

ABOUT: dict[str, Any] = {
    "name": str, "zone": str, "since": date, "squads": tuple[str, ...],
    "elements": tuple[str, ...],
}  # fmt: skip
"""The keys of [bureau]."""

CODED: dict[str, Any] = {"spots": Spot, "categories": Category}
"""Tables whose keys are the codes of what they hold."""

WHOLE: dict[str, Any] = {
    "quotas": tuple[Quota, ...], "time_limits": tuple[TimeLimit, ...],
    "rounds": tuple[RoundRule, ...],
    "checklists": tuple[Checklist, ...], "hours": Hours, "limits": Limits,
    "loop": LoopRule, "ledger": LedgerRule, "obligations": tuple[Obligation, ...],
    "devices": tuple[Device, ...],
}  # fmt: skip


def build_bureau(own: dict[str, Any], file: Path = DEFAULT_FILE) -> Bureau:
    """The bureau of a file's tables, the others as shipped.

    Raises BadSetting with the file, the line and what is allowed.
    """
    try:
        bureau = _built({**DEFAULT, **own})
        _make_sense(bureau)
    except Wrong as wrong:
        text = file.read_text("utf-8") if file.exists() else ""
        name = ".".join(part for part in wrong.place if not part.isdigit())
        line = line_of(text, list(wrong.place))
        raise BadSetting(f"{file}, line {line}: {name}: {wrong.reason}") from None
    return bureau


def bureau_at(home: Path) -> Bureau:
    """The bureau of a home, or of a file of tables. Raises BadSetting.

    Only the bureau is built: who asks how a text is read needs no line and no database.
    """
    check_names(os.environ)
    file = file_at(home)
    given = tables_of(file) if file.exists() else {}
    return build_bureau({key: given[key] for key in given if key not in SETTINGS}, file)


def file_at(home: Path) -> Path:
    """The file of a home; a file may be given in the home's place."""
    return home if home.is_file() else home / FILE_NAME


def home_given(home: Path | None) -> Path:
    """The home named by hand, which must hold something, else that of the environment."""
    if home is None:
        return Path(os.environ.get("GANGTING_HOME") or DEFAULT_HOME)
    if home.is_dir() and not any((home / name).exists() for name in (FILE_NAME, "gangting.db")):
        raise BadSetting(f"{home} holds no {FILE_NAME}")
    if not home.is_dir() and not home.is_file():
        raise BadSetting(f"there is no file or folder {home}")
    return home


def tables_of(file: Path) -> dict[str, Any]:
    """What the file says. Raises BadSetting where it is no TOML or can't be read."""
    try:
        data = file.read_bytes()
    except OSError as wrong:
        raise BadSetting(f"{file} can't be read: {wrong}") from None
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise BadSetting(f"{file}, line {line}: this is no UTF-8 text") from None
    except tomllib.TOMLDecodeError as wrong:
        raise BadSetting(f"{file}: {wrong}") from None


def _built(tables: dict[str, Any]) -> Bureau:
    _only(tables, ("bureau", *CODED, *WHOLE, "vocabulary"), ())
    about = table_at(tables["bureau"], ("bureau",))
    _only(about, tuple(ABOUT), ("bureau",))
    parts = {key: shaped(ABOUT[key], value, ("bureau", key)) for key, value in about.items()}
    if len(parts.get("elements", ELEMENTS)) != len(ELEMENTS):
        raise Wrong(("bureau", "elements"), f"must be {len(ELEMENTS)} names of columns, in order")
    for name in ("name", "zone", "since"):
        if name not in about:
            raise Wrong(("bureau", name), f"{name!r} is missing")
    parts |= {name: _coded(name, kind, tables[name]) for name, kind in CODED.items()}
    parts |= {name: shaped(kind, tables[name], (name,)) for name, kind in WHOLE.items()}
    parts["vocabulary"] = _vocabulary(tables)
    if tables["time_limits"] is DEFAULT["time_limits"]:
        parts["time_limits"] = _kept(parts["time_limits"], tables["categories"])
    return Bureau(**parts)


def _only(table: dict[str, Any], known: tuple[str, ...], place: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            reason = f"{key!r} is not known here; allowed are {', '.join(sorted(known))}"
            raise Wrong((*place, key), reason)


def _coded(name: str, kind: type[Any], table: object) -> tuple[Any, ...]:
    """The rows of a table of tables; its keys are their codes."""
    if not isinstance(table, dict) or not all(isinstance(row, dict) for row in table.values()):
        raise Wrong((name,), f"must be tables: [{name}.CODE]")
    for code, row in table.items():
        if "code" in row:
            raise Wrong((name, code, "code"), f"the code is the table's name: [{name}.CODE]")
    return tuple(shaped(kind, {"code": code, **row}, (name, code)) for code, row in table.items())


def _vocabulary(tables: dict[str, Any]) -> Vocabulary:
    """The shipped words, and those of the file where it has any."""
    shipped = shaped(Vocabulary, DEFAULT["vocabulary"], ("vocabulary",))
    if tables["vocabulary"] is DEFAULT["vocabulary"]:
        return shipped
    categories = frozenset({*tables["categories"], *DEFAULT["categories"]})
    return with_own_words(shipped, tables["vocabulary"], categories)


def _kept(shipped: tuple[TimeLimit, ...], categories: dict[str, Any]) -> tuple[TimeLimit, ...]:
    """The shipped limits for a bureau that wrote none: without the categories it doesn't have."""
    left = (
        replace(one, categories=tuple(code for code in one.categories if code in categories))
        for one in shipped
    )
    return tuple(
        one for one, was in zip(left, shipped, strict=True) if one.categories or not was.categories
    )


def _make_sense(bureau: Bureau) -> None:
    """What types can't say: the zone exists, codes are short, names are not twice."""
    try:
        ZoneInfo(bureau.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Wrong(("bureau", "zone"), f"no time zone is called {bureau.zone!r}") from None
    if not bureau.spots:
        raise Wrong(("spots",), "there must be at least one spot")
    if bureau.category(NO_TROUBLE) is None:
        raise Wrong(
            ("categories",), f"[categories.{NO_TROUBLE}] is needed: a visit without trouble"
        )
    for name, codes in (
        ("spots", [spot.code for spot in bureau.spots]),
        ("categories", [category.code for category in bureau.categories]),
    ):
        for code in codes:
            if not re.fullmatch(r"[a-z0-9_]{1,24}", code):
                raise Wrong((name, code), "a code is 1 to 24 of a-z, 0-9 and _")
    _lie_on_earth(bureau.spots)
    _leave_time(bureau.hours)
    _name_categories(bureau)
    _go_on(bureau.loop)
    _carry(bureau.ledger)
    make_sense(bureau)
    seen: dict[str, str] = {}
    for spot in bureau.spots:
        for word in (spot.name, *spot.aliases):
            if seen.setdefault(word, spot.code) != spot.code:
                reason = f"{word!r} already names the spot {seen[word]!r}"
                raise Wrong(("spots", spot.code, "aliases"), reason)


def _lie_on_earth(spots: tuple[Spot, ...]) -> None:
    for spot in spots:
        for name, degrees, most in (("lat", spot.lat, 90), ("lon", spot.lon, 180)):
            if degrees is not None and abs(degrees) > most:
                raise Wrong(("spots", spot.code, name), f"lies between -{most} and {most} degrees")


def _go_on(loop: LoopRule) -> None:
    """Clocks that ring again ring later, and a longer time is a longer one."""
    for name in ("review_hours", "idle_percent", "red_days", "above_days"):
        if getattr(loop, name) < 1:
            raise Wrong(("loop", name), "must be 1 or more")
    if not loop.extend_days or min(loop.extend_days) < 1 or len(loop.extend_days) > 3:
        raise Wrong(("loop", "extend_days"), "must be one to three numbers of working days")


def _carry(ledger: LedgerRule) -> None:
    """Reminders come before the day they are of, and again later."""
    if min(ledger.before, default=1) < 1:
        raise Wrong(("ledger", "before"), "must be numbers of days, 1 or more")
    if min(ledger.look_back_days, default=1) < 1:
        raise Wrong(("ledger", "look_back_days"), "must be numbers of days, 1 or more")
    for name in ("again_days", "above_days", "extend_most"):
        if getattr(ledger, name) < 1:
            raise Wrong(("ledger", name), "must be 1 or more")


def _leave_time(hours: Hours) -> None:
    """There are working hours, and a break of the bureau's own lies within them."""
    if hours.work_to <= hours.work_from:
        reason = f"working hours end after they begin, at {hours.work_from}"
        raise Wrong(("hours", "work_to"), reason)
    if hours.break_to < hours.break_from:
        reason = f"the break ends after it begins, at {hours.break_from}; the same time is no break"
        raise Wrong(("hours", "break_to"), reason)
    shipped = (hours.break_from, hours.break_to) == (Hours.break_from, Hours.break_to)
    if not shipped and not hours.work_from <= hours.break_from <= hours.break_to <= hours.work_to:
        reason = f"the break lies within working hours, {hours.work_from} to {hours.work_to}"
        raise Wrong(("hours", "break_from"), reason)


def _name_categories(bureau: Bureau) -> None:
    codes = [category.code for category in bureau.categories]
    for row, limit in enumerate(bureau.time_limits):
        for code in limit.categories:
            if code not in codes:
                reason = f"no category has the code {code!r}; there are {', '.join(sorted(codes))}"
                raise Wrong(("time_limits", str(row), "categories"), reason)
