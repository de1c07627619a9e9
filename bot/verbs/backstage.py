"""What stands between the demo's phones and its house: the plain simulator, or the WeCom line.

With WeCom the phones' acts go a real line's whole way on this machine's loopback: callbacks are
signed, kept, translated; what the house sends is called from a make-believe WeCom's interface.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from aiogram import Bot

from bot.app import House
from bot.clock import Clock
from bot.connect import Work, open_app
from bot.settings import Settings
from bot.transports.line import Line
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.session import SimulatorSession
from bot.verbs.past import PEOPLE, Accounts
from storage.database import Database

WECOM_SETTLE = timedelta(seconds=4)
"""In the WeCom skin words come after their photo: the first receipt waits for them."""


class Backstage(Protocol):
    """One way to connect the phones; `name` is the line's."""

    name: str

    def opened(self) -> AbstractAsyncContextManager[None]:
        """What outlives the house is up while the context is open."""

    def lines(self, database: Database) -> list[Line]:
        """The lines of the next house."""

    async def accounts(self) -> Accounts:
        """What the line calls the demo's people and their group."""

    def receivers(self, house: House) -> list[Work]:
        """What runs beside the house."""

    async def connect(self, house: House) -> None:
        """What is done on a phone reaches the house."""

    def disconnect(self) -> None:
        """The house is about to stop."""

    async def wipe(self) -> None:
        """Nothing is kept between the phones and the house; the house is closed."""


class Plain:
    """The simulator's own session, in either skin."""

    name = "simulator"

    def __init__(self, _: Settings, __: Clock, platform: Platform, ___: Path) -> None:
        self._platform = platform

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """There is nothing but the platform."""
        yield

    def lines(self, _: Database) -> list[Line]:
        """The simulator's line."""
        bot = Bot("1:simulator", session=SimulatorSession(self._platform))
        self._line = Line(self.name, bot, title="演练台", pins=True)
        return [self._line]

    async def accounts(self) -> Accounts:
        """The platform's own numbers."""
        return Accounts()

    def receivers(self, _: House) -> list[Work]:
        """The phones hand their updates over themselves."""
        return []

    async def connect(self, house: House) -> None:
        """The phones hand their updates to the house; the skin says what the line can do."""
        accept, line = house.acceptor(self.name), self._line

        async def take(raw: dict[str, object]) -> None:
            wecom = self._platform.skin == "wecom"
            line.settle = WECOM_SETTLE if wecom else timedelta(0)
            line.reactions = line.captions = line.albums = not wecom
            await accept([raw])

        self._platform.connect(take)

    def disconnect(self) -> None:
        """The phones keep what is done on them."""
        self._platform.disconnect()

    async def wipe(self) -> None:
        """Nothing is kept here."""


class WeCom:
    """The real line of a self-built app, against a make-believe corporation."""

    name = "wecom"

    def __init__(self, settings: Settings, clock: Clock, platform: Platform, folder: Path) -> None:
        from bot.transports.simulator.wecom.corp import Corp, Setup

        self._clock, self._home = clock, settings.home
        self._corp = Corp(platform, Setup(), folder)
        for actor in PEOPLE:
            if actor.squad:
                self._corp.seat(actor.user, actor.squad)
        self._receiver = AsyncExitStack()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The corporation is served, and callbacks are kept even while the house is down."""
        from bot.transports.simulator.wecom.server import open_corp

        async with open_corp(self._corp):
            await self._receive()
            try:
                yield
            finally:
                self._corp.platform.disconnect()
                await self._receiver.aclose()

    def lines(self, database: Database) -> list[Line]:
        """The app's line, with its book in this house's store."""
        from bot.transports.wecom.config import App

        setup = self._corp.setup
        config = App(setup.corp_id, setup.agent_id, setup.secret, self._corp.base)
        self._opened = open_app(config, database, self._clock, self._home)
        self._book, self._app = self._opened.book, self._opened.app
        return [self._app.line]

    async def accounts(self) -> Accounts:
        """The book's numbers for the members and for a group that the app makes."""
        from bot.transports.wecom import updates
        from bot.transports.wecom.book import GROUP, USER

        users = {}
        for actor in PEOPLE:
            userid = self._corp.userid(actor.user).casefold()
            users[actor.user] = updates.user_id(await self._book.number(USER, userid))
        room = await self._room()
        facts = {"title": "工作群", "how": "appchat"}
        number = await self._book.keep(GROUP, room, facts)
        return Accounts(users, updates.group_id(number))

    def receivers(self, house: House) -> list[Work]:
        """The worker's side of what the receiver kept."""
        return [self._opened.taking(house)]

    async def connect(self, _: House) -> None:
        """The phones act through the app, whose menu hangs out."""
        from bot.transports.wecom import menu

        if not self._corp.state.menu:
            await menu.hang_out(self._app.client, self._corp.setup.agent_id)
        self._corp.callbacks.open_door()

    def disconnect(self) -> None:
        """The receiver goes on keeping what is done on the phones."""

    async def wipe(self) -> None:
        """What was kept is gone, and the receiver is up again."""
        from storage.spool_file import SPOOL_FILE

        self._corp.platform.disconnect()
        await self._receiver.aclose()
        for path in self._home.glob(f"{SPOOL_FILE}*"):
            path.unlink()
        await self._receive()

    async def _receive(self) -> None:
        from bot.listening import listen
        from bot.transports.wecom.callback import Callbacks
        from bot.transports.wecom.config import Callback
        from bot.transports.wecom.crypto import Envelope
        from bot.verbs.receive import receiver_app
        from storage.spool import Spool
        from storage.spool_file import SPOOL_FILE

        setup = self._corp.setup
        spool = await Spool.open(self._home / SPOOL_FILE)
        self._receiver.push_async_callback(spool.close)
        envelope = Envelope(Callback(setup.corp_id, setup.token, setup.aes_key))
        callbacks = Callbacks(envelope, spool, self._clock.now)
        runner = await listen(receiver_app(callbacks, spool, "/wecom"), "127.0.0.1:0")
        self._receiver.push_async_callback(runner.cleanup)
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/wecom"
        self._corp.setup = replace(setup, callback=url)

    async def _room(self) -> str:
        """The app's one group, made where there is none."""
        rooms = list(self._corp.state.rooms)
        if rooms:
            return rooms[0]
        members = [self._corp.userid(actor.user) for actor in PEOPLE if actor.roles]
        body = {"name": "工作群", "owner": members[0], "userlist": members}
        return str((await self._app.client.call("appchat/create", body))["chatid"])


BACKSTAGES: dict[str, Callable[[Settings, Clock, Platform, Path], Backstage]] = {
    "simulator": Plain,
    "wecom": WeCom,
}
