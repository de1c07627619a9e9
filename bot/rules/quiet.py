"""When the bot may speak unasked: working hours, quiet hours, the next lawful moment; pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.rules.records import Bureau


def is_quiet(bureau: Bureau, now: datetime) -> bool:
    """Whether nothing unasked may be sent: quiet hours of the bureau's zone, and days off."""
    here = now.astimezone(bureau.tz)
    if not bureau.calendar.is_workday(here.date()):
        return True
    at, begins, ends = here.time(), bureau.hours.quiet_from, bureau.hours.quiet_to
    return at >= begins or at < ends if begins > ends else begins <= at < ends


def is_working(bureau: Bureau, now: datetime) -> bool:
    """Whether it is a working hour of a working day."""
    at = now.astimezone(bureau.tz).time()
    return bureau.hours.work_from <= at < bureau.hours.work_to and not is_quiet(bureau, now)


def next_working(bureau: Bureau, moment: datetime) -> datetime:
    """The moment itself in working hours, else the next time they begin."""
    here = moment.astimezone(bureau.tz)
    while not is_working(bureau, here):
        start = _at(here, bureau.hours.work_from)
        here = start if start > here else _at(here + timedelta(days=1), bureau.hours.work_from)
    return here


def next_morning(bureau: Bureau, moment: datetime) -> datetime:
    """The next morning hour of a working day, strictly after the moment."""
    here = moment.astimezone(bureau.tz)
    while True:
        start = _at(here, bureau.hours.morning)
        if start > moment and bureau.calendar.is_workday(start.date()):
            return start
        here = _at(here + timedelta(days=1), time(0))


def _at(moment: datetime, hour: time) -> datetime:
    return moment.replace(hour=hour.hour, minute=hour.minute, second=hour.second, microsecond=0)
