"""`gangting invite`: the first way in, before any admin is there to do it by chat."""

from __future__ import annotations

import click

from bot.actions import people as deeds
from bot.clock import Clock
from bot.rules.records import ROLE_NAMES, Role
from bot.settings import Settings
from storage.database import Database


async def invite(
    settings: Settings, name: str, roles: tuple[str, ...], squad: str | None, department: str | None
) -> None:
    """The invitation is stored; its code and link are printed, and stored nowhere.

    Works beside a running bot: one short deed on the same database.
    """
    now = Clock().now()
    held = frozenset(Role(role) for role in roles)
    database = await Database.open(settings.database_url, exclusive=False)
    try:
        number, token = await database.write(
            deeds.invite, None, name, held, squad, department, settings.bureau, now
        )
    finally:
        await database.close()
    said = "、".join(ROLE_NAMES[role] for role in Role if role in held)
    click.echo(f"invitation {number}: {name}，{said}{f'，{squad}' if squad else ''}")
    click.echo(f"code: {token}")
    link = await _link(settings, token)
    click.echo(f"link: {link}" if link else f"send to the bot: 邀请码 {token}")
    click.echo(f"good for {settings.bureau.limits.invitation_days} days, for one person, once")


async def _link(settings: Settings, token: str) -> str | None:
    """The Telegram link, where the server tells the bot's name within a few seconds."""
    if settings.telegram.token is None:
        return None
    import asyncio

    from bot.errors import BadToken
    from bot.transports import telegram

    line = telegram.telegram_line(
        settings.telegram.token.get_secret_value(), settings.telegram.api, 0
    )
    try:
        async with asyncio.timeout(5):
            await telegram.greet(line)
    except (TimeoutError, BadToken):
        return None
    finally:
        await line.bot.session.close()
    return line.link(token) if line.username else None
