"""The working calendar of the house: seeded from a table, put right by a pasted notice.

The package chinesecalendar knows the years that were announced when it was made; each is copied
into the house's own table once, where an admin's notice overrules it. Knows no sentence but
refusals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from chinese_calendar import Holiday
from chinese_calendar.constants import holidays, workdays

from bot.actions.people import require
from bot.errors import NotFound, TooLate
from bot.rules.calendar import REST, STATUTORY, WORK, MovedDay, WorkCalendar, year_of
from bot.rules.notices import Understood, read_notice
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import journal, work_days
from storage.schema import Transaction

SOURCE = "chinesecalendar"
BOTH = "国庆节、中秋节"
NAMES = {
    holiday.value: holiday.chinese + ("节" if holiday.chinese in ("清明", "端午", "中秋") else "")
    for holiday in Holiday
}
"""What the package calls the holidays, and what people do."""


def seed(tx: Transaction, bureau: Bureau, now: datetime) -> int:
    """The years since the bureau's first that the table lacks and the package knows; how many days.

    A year of which the table knows anything is left as it is.
    """
    first = bureau.since.year - 1
    known = {year_of(row.day) for row in work_days.everything(tx)}
    fresh = [row for row in packaged() if year_of(row.day) >= first]
    fresh = [row for row in fresh if year_of(row.day) not in known]
    work_days.keep(tx, fresh, now)
    return len(fresh)


def packaged() -> list[MovedDay]:
    """Every day that the package knows to be no ordinary one."""
    rest = [MovedDay(day, REST, NAMES[name], SOURCE) for day, name in holidays.items()]
    work = [MovedDay(day, WORK, NAMES[name], SOURCE) for day, name in workdays.items()]
    autumns = {row.day.year for row in rest if row.name == "中秋节"}
    return [
        # It gives a day one name: of two holidays on the same day the second would be missing.
        row if row.name != "国庆节" or row.day.year in autumns else replace(row, name=BOTH)
        for row in sorted([*rest, *work], key=lambda row: row.day)
    ]


def calendar_of(tx: Transaction) -> WorkCalendar:
    """The calendar as the house knows it now."""
    return WorkCalendar(tuple(work_days.everything(tx)))


def paste(tx: Transaction, person: int, text: str, now: datetime) -> int:
    """The admin's notice is kept to be asked about; its number."""
    require(tx, person, Right.CALENDAR)
    return work_days.paste(tx, person, text, now)


def keep_notice(
    tx: Transaction, person: int, number: int, bureau: Bureau, now: datetime
) -> tuple[Understood, tuple[str, ...]]:
    """「记下」: what was understood is in the table; and what is still not known of the year."""
    require(tx, person, Right.CALENDAR)
    notice = _asked(tx, number)
    read = read_notice(notice.text, notice.at.astimezone(bureau.tz).date())
    names = "".join(row.name or "" for row in read.days)
    told = [name for name in STATUTORY if name in names]
    before = work_days.everything(tx)
    gone = [
        row.day for row in before
        if year_of(row.day) == read.year and any(name in (row.name or "") for name in told)
    ]  # fmt: skip
    work_days.forget(tx, gone)
    work_days.keep(tx, read.days, now)
    work_days.settle(tx, number, work_days.KEPT)
    detail = {"year": read.year, "days": len(read.days), "source": read.source}
    journal.write(tx, now, person, "calendar", f"holiday_notice/{number}", detail)
    return read, calendar_of(tx).missing(read.year)


def refuse_notice(tx: Transaction, person: int, number: int) -> None:
    """「不是」: nothing of the notice is kept."""
    require(tx, person, Right.CALENDAR)
    _asked(tx, number)
    work_days.settle(tx, number, work_days.REFUSED)


def _asked(tx: Transaction, number: int) -> work_days.Notice:
    notice = work_days.notice(tx, number)
    if notice is None:
        raise NotFound
    if notice.state != work_days.ASKED:
        said = "记下了" if notice.state == work_days.KEPT else "说了不记"
        raise TooLate(f"这份通知已经{said}。要改，把通知再发一次。")
    return notice


def same(calendar: WorkCalendar, days: Iterable[MovedDay]) -> bool:
    """Whether the calendar knows all of these days so already."""
    known: dict[date, str] = {row.day: row.kind for row in calendar.moved}
    return all(known.get(row.day) == row.kind for row in days)
