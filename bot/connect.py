"""Connects the lines that are set up: each with what receives for it while the house runs.

The only room that knows every line by name. Heavy imports stand where their line is really set up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from bot.actions import doors
from bot.app import House
from bot.clock import Clock
from bot.errors import BadSetting, BadToken
from bot.intake.book import Book
from bot.receiving import Receiver
from bot.settings import Settings
from bot.transports.line import Line, Member
from bot.transports.wecom.config import App, Robot
from storage.database import Database

if TYPE_CHECKING:
    from bot.transports.wecom.session import AppLine

log = structlog.get_logger(__name__)

REALM = "wecom"
"""Both of WeCom's lines belong to one organisation and share its names."""

REFUSED_SECONDS = 600.0
"""Between two tries of a robot whose secret is refused."""

HOOK, HOOK_TITLE = "webhook", "工作群"
"""The one group that a webhook leads to; it tells nobody its name."""

Work = Callable[[], Coroutine[Any, Any, None]]
Receive = Callable[[House], Work]
"""What runs beside the house to receive for a line, once there is a house."""

NOTHING = (
    "no line is configured: set GANGTING_TELEGRAM__TOKEN (README, «Connect Telegram») or "
    "GANGTING_WECOM__… (README, «Connect WeCom»), or try it without any account: gangting demo"
)


class Lines:
    """The configured lines; `stack` closes what they listen on."""

    def __init__(self, settings: Settings, clock: Clock, stack: AsyncExitStack) -> None:
        self._settings, self._clock, self._stack = settings, clock, stack
        self._receive: list[Receive] = []
        self._app = settings.wecom.app()
        self._receiver = Receiver(settings)

    async def prepare(self) -> None:
        """What a private deployment lacks is switched off and said. Raises BadSetting: no line."""
        wecom = self._settings.wecom
        if self._settings.telegram.token is None and not (self._app or wecom.robot()):
            raise BadSetting(NOTHING)
        if self._app is not None:
            # Before the platform is asked: that may take long, and callbacks come already.
            self._stack.push_async_callback(self._receiver.end)
            await self._receiver.begin()
            self._app = await probed(self._app, self._clock)

    def open(self, database: Database) -> list[Line]:
        """Every line, its session ready; nothing is received yet."""
        lines = []
        if self._settings.telegram.token is not None:
            lines.append(self._telegram())
        wecom = self._settings.wecom
        if self._app is not None:
            lines.append(self._wecom(self._app, database))
        if (robot := wecom.robot()) is not None:
            lines.append(self._robot(robot, database))
        return lines

    def receivers(self, house: House) -> list[Work]:
        """What must run beside the house."""
        return [receive(house) for receive in self._receive]

    # ---- Telegram ----

    def _telegram(self) -> Line:
        from bot.transports import telegram

        own = self._settings.telegram
        assert own.token is not None
        line = telegram.telegram_line(own.token.get_secret_value(), own.api, own.pace)
        if own.webhook_url is not None and own.webhook_secret is None:
            raise BadSetting(
                "GANGTING_TELEGRAM__WEBHOOK_SECRET must be set with the webhook: "
                "without it anybody could post reports"
            )

        def receive(house: House) -> Work:
            accept, up = house.acceptor(line.name), house.line_is(line.name)

            async def poll() -> None:
                await telegram.greet(line)
                await telegram.start_polling(line.bot)
                await telegram.poll(line.bot, accept, up)

            async def hooked() -> None:
                await self._hook(line, house)

            return poll if own.webhook_url is None else hooked

        self._receive.append(receive)
        return line

    async def _hook(self, line: Line, house: House) -> None:
        """The webhook answers, and the server knows of it."""
        from aiohttp import web

        from bot.listening import listen
        from bot.transports import telegram, telegram_webhook

        own = self._settings.telegram
        assert own.webhook_url is not None
        assert own.webhook_secret is not None
        secret = own.webhook_secret.get_secret_value()
        app = web.Application()
        path = urlsplit(own.webhook_url).path or "/"
        hook = telegram_webhook.webhook(secret, house.acceptor(line.name))
        app.router.add_post(path, hook)
        runner = await listen(app, own.webhook_listen)
        self._stack.push_async_callback(runner.cleanup)
        await telegram.greet(line)
        await telegram_webhook.start_webhook(line.bot, own.webhook_url, secret)
        house.line_is(line.name)(True)

    # ---- WeCom ----

    def _wecom(self, config: App, database: Database) -> Line:
        opened = open_app(config, database, self._clock, self._settings.home)
        line, look = opened.app.line, opened.app.directory.look
        if self._settings.wecom.join == "invitation":
            line.directory = None
        self._look = look
        line.kin = "robot" if self._settings.wecom.robot() else ""

        def keeping(house: House) -> Work:
            tell = house.line_is(line.name)
            return partial(
                self._receiver.keep, lambda healthy: tell(healthy and not opened.app.client.refused)
            )

        self._receive += [opened.taking, keeping]
        if config.group_webhook is not None:
            self._receive.append(lambda house: partial(self._know_hook, opened.book, house))
        return line

    async def _know_hook(self, book: Book, house: House) -> None:
        """The group behind the webhook is one of the line's groups."""
        from bot.transports.wecom.book import GROUP
        from bot.transports.wecom.updates import group_id

        number = await book.keep(GROUP, HOOK, {"title": HOOK_TITLE, "how": "webhook"})
        now = self._clock.now()
        await house.database.write(doors.know_group, "wecom", group_id(number), HOOK_TITLE, now)

    def _robot(self, config: Robot, database: Database) -> Line:
        from bot.transports.wecom.robot.session import robot_line

        book = Book(database, REALM, self._clock.now)
        folder = self._settings.home / "robot-files"
        opened = robot_line(config, book, self._clock.now, folder)
        line = opened.line
        if self._app is not None:
            line.kin = "wecom"
            if self._settings.wecom.join == "directory":
                line.directory = asked(book, self._look)

        def receive(house: House) -> Work:
            accept, up = house.acceptor(line.name), house.line_is(line.name)

            async def hold() -> None:
                while True:
                    try:
                        await opened.connection.run(accept, up)
                    except BadToken as refused:
                        if len(house.lines) == 1:
                            raise
                        # The other lines go on; somebody may set the secret right in the console.
                        up(False)
                        log.error("the robot is refused", reason=refused.sentence)
                        await asyncio.sleep(REFUSED_SECONDS)

            return hold

        self._receive.append(receive)
        return line


@dataclass(frozen=True, slots=True)
class OpenedApp:
    """A WeCom app's line, its book, and what takes over from its receiver beside a house."""

    app: AppLine
    book: Book
    taking: Receive


def open_app(config: App, database: Database, clock: Clock, home: Path) -> OpenedApp:
    """The app with its book in the store; callbacks are taken from the spool in `home`."""
    from bot.intake.pull import Pull
    from bot.transports.wecom.session import app_line
    from bot.transports.wecom.translate import Translator
    from storage.spool_file import SPOOL_FILE

    book = Book(database, REALM, clock.now)
    app = app_line(config, book, clock.now)
    translate = Translator(book, clock.now, app.directory.look)

    def taking(house: House) -> Work:
        return Pull(home / SPOOL_FILE, translate, house.acceptor(app.line.name)).run

    return OpenedApp(app, book, taking)


def asked(
    book: Book, look: Callable[[str], Coroutine[Any, Any, Member | None]]
) -> Callable[[int], Coroutine[Any, Any, Member | None]]:
    """The app's directory for a line that has none: whom the number means is looked up by name."""
    from bot.transports.wecom.book import USER
    from bot.transports.wecom.updates import number_of

    async def ask(user: int) -> Member | None:
        userid = await book.named(USER, number_of(user))
        return None if userid is None else await look(userid)

    return ask


async def probed(config: App, clock: Clock) -> App:
    """The app with what the deployment lacks switched off; every finding is in the log.

    A platform that can't be reached now is taken to have everything.
    """
    from bot.transports.wecom.client import Client
    from bot.transports.wecom.probe import features, probe

    client = Client(config, clock.now)
    try:
        findings = await probe(config, client)
    finally:
        await client.close()
    for finding in findings:
        write = log.info if finding.ok else log.warning
        write("wecom", what=finding.what, works=finding.ok, said=finding.said)
    return features(findings, config)
