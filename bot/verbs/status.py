"""`gangting status`: the queues, what was quarantined or refused, what will happen next."""

from __future__ import annotations

import click

from bot.actions.state import state
from bot.clock import Clock
from bot.settings import Settings
from scheduler.timetable import coming
from storage import inbox, outbox, parts
from storage.database import Database


async def status(settings: Settings) -> None:
    """Print how the house stands; works beside a running bot."""
    now = Clock().now()
    database = await Database.open(settings.database_url, exclusive=False, create=False)
    try:
        counted, oldest = await database.read(state)
        click.echo(
            f"inbox: {counted['received']} received = {counted['done']} done + "
            f"{counted['ignored']} ignored + {counted['quarantined']} quarantined + "
            f"{counted['failed']} failed + {counted['pending']} pending"
        )
        age = f"{(now - oldest).total_seconds():.0f} s" if oldest else "none"
        click.echo(f"oldest pending: {age}")
        click.echo(f"outbox: {counted['owed']} owed, {counted['refused']} refused for good")
        click.echo(
            f"photos: {counted['stored']} stored, {counted['expected']} expected, "
            f"{counted['unavailable']} unavailable"
        )
        for number, line, how, reason, raw, at in await database.read(inbox.troubled):
            when = at.astimezone(settings.bureau.tz)
            click.echo(f"{how}: row {number} from {line}, {when:%Y-%m-%d %H:%M:%S}: {reason}")
            click.echo(f"  {raw[:200]}{'…' if len(raw) > 200 else ''}")
        for part, report, why in await database.read(parts.troubled):
            click.echo(f"unavailable: file {part} of {report}: {why}")
        for row in await database.read(outbox.failures):
            click.echo(f"refused: {row.card} {row.subject} to {row.line}/{row.chat}: {row.reason}")
        for one in await coming(database, settings.bureau, now, most=20):
            due = f"  (due {one.due})" if one.due is not None else ""
            moment = one.at.astimezone(settings.bureau.tz)
            click.echo(f"next: {moment:%m-%d %H:%M} {one.said}{due}")
    finally:
        await database.close()
