"""`gangting wecom …`: what an operator does once for the WeCom app: menu, probe, group."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import click

from bot.actions import doors
from bot.clock import Clock
from bot.connect import REALM
from bot.errors import BadSetting, LineFault
from bot.settings import Settings
from bot.transports.wecom import menu as menus
from bot.transports.wecom.book import GROUP
from bot.transports.wecom.client import Client
from bot.transports.wecom.errors import NoAnswer, WeComError, answer_of
from bot.transports.wecom.probe import probe as look
from bot.transports.wecom.probe import workable
from bot.transports.wecom.updates import group_id
from storage import outside
from storage.database import Database

FEWEST, MOST, TITLE_LENGTH = 2, 2000, 50
"""Members of a group and characters of its title (path/90245)."""


async def menu(settings: Settings) -> None:
    """The app's chat shows the menu."""
    async with _client(settings) as client:
        await menus.hang_out(client, client.config.agent_id)
    names = [key["name"] for key in menus.MENU["button"]]
    click.echo(f"menu: {' | '.join(names)}")


async def probe(settings: Settings) -> int:
    """0 where the app can work, else 1; a line a finding is printed."""
    async with _client(settings) as client:
        findings = await look(client.config, client)
    for finding in findings:
        click.echo(f"{'good' if finding.ok else 'LACKING'}  {finding.what}: {finding.said}")
    good = workable(findings)
    if not good:
        click.echo("gangting: the app can't work like this", err=True)
    return 0 if good else 1


async def group(settings: Settings, title: str, userids: Sequence[str]) -> None:
    """A group of the app's own is there, and the house writes to it; its chat id is printed."""
    async with _client(settings) as client:
        chat = await create_group(client, title, userids)
    now = Clock().now()
    database = await Database.open(settings.database_url, exclusive=False)
    try:
        facts = {"title": title.strip(), "how": "appchat"}
        number = await database.write(outside.keep, REALM, GROUP, chat, facts, now)
        await database.write(doors.know_group, "wecom", group_id(number), title.strip(), now)
    finally:
        await database.close()
    click.echo(f"chatid: {chat}")
    click.echo("people see the group when the first message is sent into it")


async def create_group(client: Client, title: str, userids: Sequence[str]) -> str:
    """The chat id of a new group with these members; the first of them owns it.

    Only an app that the whole corporation sees may make one (60011 otherwise). Raises BadSetting
    for a title or a number of members that the platform would not take, else what `call` raises.
    """
    members = list(dict.fromkeys(userids))
    if not FEWEST <= len(members) <= MOST:
        raise BadSetting(f"a group has {FEWEST} to {MOST} members, not {len(members)}")
    if not 0 < len(title.strip()) <= TITLE_LENGTH:
        raise BadSetting(f"a group's title has 1 to {TITLE_LENGTH} characters")
    body: dict[str, Any] = {"name": title.strip(), "owner": members[0], "userlist": members}
    answer = await client.call("appchat/create", body)
    chat = answer.get("chatid")
    if not (isinstance(chat, str) and chat):
        raise NoAnswer("appchat/create: no chat id in the answer")
    return chat


@asynccontextmanager
async def _client(settings: Settings) -> AsyncIterator[Client]:
    """A client of the configured app; what goes wrong with it carries its sentence."""
    config = settings.wecom.app()
    if config is None:
        raise BadSetting(
            "no WeCom app is configured; set GANGTING_WECOM__CORP_ID, __AGENT_ID, __SECRET, "
            "__TOKEN and __AES_KEY"
        )
    client = Client(config, Clock().now)
    try:
        yield client
    except WeComError as refused:
        raise LineFault(answer_of(refused)[1]["description"]) from None
    except (NoAnswer, TimeoutError) as fault:
        reason = str(fault) or "no answer in time"
        raise LineFault(f"{config.api} doesn't answer as WeCom ({reason})") from None
    finally:
        await client.close()
