"""The same house behind WeCom's doors: the real line, receiver, pull, a make-believe corporation.

People act on the simulator's phones; what they do is signed, encrypted and posted to the receiver;
what the house sends is called over HTTP. Nothing but the platform and the clock is a double.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.app import House
from bot.intake.book import Book
from bot.intake.pull import Pull
from bot.listening import listen
from bot.rules.records import Role
from bot.settings import Settings, load
from bot.transports.line import Line
from bot.transports.simulator.chats import BOT, Group, Message, Person
from bot.transports.simulator.phones import Phone
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.wecom import happenings, robot_told
from bot.transports.simulator.wecom.corp import Corp, Setup
from bot.transports.simulator.wecom.robot import Robot
from bot.transports.simulator.wecom.robot_calls import Asked
from bot.transports.simulator.wecom.robot_line import EVENT, MESSAGE
from bot.transports.simulator.wecom.server import open_corp
from bot.transports.wecom import menu, updates
from bot.transports.wecom.book import USER
from bot.transports.wecom.callback import Callbacks
from bot.transports.wecom.config import App, Callback
from bot.transports.wecom.config import Robot as RobotConfig
from bot.transports.wecom.crypto import Envelope
from bot.transports.wecom.robot.session import robot_line
from bot.transports.wecom.session import app_line
from bot.transports.wecom.translate import Translator
from bot.verbs.receive import receiver_app
from storage import people
from storage.spool import Spool
from storage.spool_file import SPOOL_FILE
from tests.house import EYES, MONDAY, TZ, News, SetClock, Stage, jpeg, lay_store, opened, together

SETTLE = timedelta(seconds=12)
"""A receipt waits for quiet up to ten seconds: time passes for it."""


class WeComStage(Stage):
    """A house with one WeCom line; `line` is wecom (the app) or robot."""

    def __init__(self, settings: Settings, clock: SetClock, line: str) -> None:
        self.settings, self.clock, self.line = settings, clock, line
        self.people: dict[str, int] = {}
        self._before = 0
        self.groups: dict[str, int] = {}
        self.house: House | None = None
        self._running: asyncio.Task[None] | None = None
        self.own_eyes = False
        self.directory, self.cards = False, True
        self.platform = Platform(
            settings.home / "platform", clock, [], group=Group(title="工作群"), skin="wecom"
        )
        self.corp = Corp(self.platform, Setup())
        self._events: list[tuple[str, Any]] = []
        self.platform.listen(self._hear)
        self._looks: dict[tuple[int, int], Any] = {}
        self._outside = AsyncExitStack()

    # ---- the house and what stands around it ----

    async def begin(self) -> None:
        """The corporation answers and callbacks are kept, whether or not a house runs."""
        if self.line == "robot":
            self.robot = Robot(self.corp)
            await self._outside.enter_async_context(open_corp(self.corp, more=self.robot.routes()))
            self._outside.push_async_callback(self.robot.drop)
            self.robot.open_door()
            return
        await self._outside.enter_async_context(open_corp(self.corp))
        setup = self.corp.setup
        spool = await Spool.open(self.settings.home / SPOOL_FILE)
        self._outside.push_async_callback(spool.close)
        envelope = Envelope(Callback(setup.corp_id, setup.token, setup.aes_key))
        callbacks = Callbacks(envelope, spool, self.clock.now)
        runner = await listen(receiver_app(callbacks, spool, "/wecom"), "127.0.0.1:0")
        self._outside.push_async_callback(runner.cleanup)
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/wecom"
        self.corp.setup = replace(setup, callback=url)
        self.corp.callbacks.open_door()

    async def end(self) -> None:
        """Everything is closed."""
        if self.house is not None:
            await self.close()
        await self._outside.aclose()

    async def open(self) -> None:
        self.house = await opened(self.settings, self.clock, lambda db: [self._line(db)])
        if not self.own_eyes:
            self.house.pictures = self.house.fetcher._pictures = EYES
        self._running = asyncio.get_running_loop().create_task(self.house.run(self._receive()))
        await asyncio.sleep(0)
        while self.line == "robot" and not self.connection.alive:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        await self.house.timetable.ring()

    def _line(self, database: Any) -> Line:
        setup = self.corp.setup
        self.book = Book(database, "wecom", self.clock.now)
        if self.line == "robot":
            robot = RobotConfig(
                setup.robot_id, setup.robot_secret, self.robot.url, cards=self.cards
            )
            folder = self.settings.home / "robot-files"
            opened = robot_line(robot, self.book, self.clock.now, folder)
            self.connection = opened.connection
            return opened.line
        config = App(setup.corp_id, setup.agent_id, setup.secret, self.corp.base, cards=self.cards)
        self.app = app_line(config, self.book, self.clock.now)
        if not self.directory:
            self.app.line.directory = None
        return self.app.line

    def _receive(self) -> Any:
        assert self.house is not None
        if self.line == "robot":
            accept, up = self.house.acceptor("robot"), self.house.line_is("robot")
            return lambda: self.connection.run(accept, up)
        translate = Translator(self.book, self.clock.now, self.app.directory.look)
        spool = self.settings.home / SPOOL_FILE
        self.pull = Pull(spool, translate, self.house.acceptor("wecom"))
        return self.pull.run

    # ---- people ----

    def user(self, name: str) -> int:
        """The platform's number of the person, who has a phone from now on."""
        if name not in self.people:
            self.people[name] = 100 + len(self.people)
            self.platform.admit(Person(self.people[name], name))
        return self.people[name]

    async def number(self, name: str) -> int:
        """The person's number in the house."""
        userid = self.corp.userid(self.user(name)).casefold()
        return updates.user_id(await self.book.number(USER, userid))

    async def join(self, name: str, roles: set[Role], squad: str | None = "一中队") -> int:
        user = self.user(name)
        assert self.house is not None
        now, known = self.clock.now(), await self.number(name)

        def deed(tx: Any) -> None:
            person = people.add(tx, name, frozenset(roles), squad, None, now)
            people.know(tx, self.line, known, known, person, now)

        await self.house.database.write(deed)
        if self.line == "robot":
            # A robot writes only to those who have written to it before.
            said = Message(self.platform.next_id("message"), user, user, self.corp.now(), "你好")
            self.platform.post(said)
        return user

    def founds(self, group: str, members: list[str]) -> None:
        """The platform has one group with everybody in it."""
        self.groups[group] = self.platform.group.id
        for member in members:
            self.user(member)

    async def invites_into(self, group: str, by: str) -> None:
        """A robot isn't told: it hears the first word that is said to it there."""

    async def phone(self, name: str, chat: int | None = None) -> Phone:
        """The person's phone; what comes of an act on it is waited for from now on."""
        self._before = await self._received()
        return Phone(self.platform, self.user(name), chat)

    async def _received(self) -> int:
        return sum((await self._books())["inbox"].values())

    # ---- what is done on a phone ----

    async def says(self, name: str, text: str, **more: Any) -> dict[str, Any]:
        await (await self.phone(name, more.get("chat"))).write(text)
        return await self._done()

    async def shoots(
        self, name: str, caption: str | None = None, data: bytes | None = None,
        album: str | None = None, **more: Any,
    ) -> dict[str, Any]:  # fmt: skip
        self._shots = getattr(self, "_shots", 0) + 1
        await (await self.phone(name, more.get("chat"))).shoot(
            [data or jpeg(self._shots)], caption or ""
        )
        return await self._done()

    async def points(self, name: str, lat: float, lon: float, **more: Any) -> dict[str, Any]:
        await (await self.phone(name, more.get("chat"))).point(lat, lon)
        return await self._done()

    async def attaches(
        self, who: str, /, kind: str, data: bytes = b"x", **more: Any
    ) -> dict[str, Any]:
        mime = {"video": "video/mp4", "voice": "audio/amr", "document": "application/pdf"}[kind]
        size = max(more.get("size") or 0, len(data))
        name = more.get("name") or "file"
        await (await self.phone(who)).attach(
            name, mime, data.ljust(size, b"v"), more.get("caption") or ""
        )
        return await self._done()

    async def presses(
        self, name: str, label: str, message: int | None = None, **more: Any
    ) -> dict[str, Any]:
        found = message or self.button(name, label)
        assert found is not None, f"{name} sees no button {label!r}"
        card = self.platform.message(self.user(name), found)
        data = next(b.data for row in card.buttons for b in row if b.text == label)
        await (await self.phone(name, more.get("chat"))).press(found, data or "")
        return await self._done()

    async def rewords(self, name: str, message: int, caption: str) -> dict[str, Any]:
        raise AssertionError("nobody can change his words in WeCom")

    async def presses_of(self, name: str, owner: str, label: str) -> None:
        """A button of another's card, pressed by a forged callback with that card's task id."""
        self._before = await self._received()
        number = self.button(owner, label)
        assert number is not None, f"{owner} has no button {label!r}"
        chat = self.user(owner)
        sent = self.corp.sent_as(chat, number)
        assert sent is not None
        card = self.platform.message(chat, number)
        data = next(b.data for row in card.buttons for b in row if b.text == label)
        told = happenings.event(
            self.corp, self.user(name), "template_card_event", str(data),
            TaskId=str(sent.task_id), CardType="button_interaction",
            ResponseCode=self.corp.new_code(str(sent.task_id)),
        )  # fmt: skip
        if self.line == "robot":
            card_event = {"event_key": data, "task_id": sent.task_id}
            body = robot_told.event(
                self.corp, self.user(name), "template_card_event", f"forged {self._before}",
                template_card_event=card_event,
            )  # fmt: skip
            now = self.corp.now()
            await self.robot.tell(EVENT, body, Asked("template_card_event", chat, now))
        else:
            await self.corp.callbacks.call(told)
        await self._done()

    async def sends_other(self, name: str, content: dict[str, Any]) -> None:
        """What WeCom has no message for is a message of a type nobody knows."""
        self._before = await self._received()
        if self.line == "robot":
            body = robot_told.heard(self.corp, self.user(name), "", f"odd:{self._before}")
            body = {k: v for k, v in body.items() if k != "voice"} | {"msgtype": "sticker"}
            await self.robot.tell(MESSAGE, body, Asked("message", self.user(name), self.corp.now()))
            await self._done()
            return
        told = happenings.event(self.corp, self.user(name), "")
        number = happenings.message_id(self.corp, self.platform.next_id("update"))
        await self.corp.callbacks.call(told | {"MsgType": "sticker", "MsgId": number})
        await self.settle()

    async def enters(self, name: str) -> None:
        """The person opens the app."""
        self._before = await self._received()
        await (self.robot if self.line == "robot" else self.corp.callbacks).enter(self.user(name))
        await self._done()

    async def clicks(self, name: str, key: str) -> None:
        """The person chooses from the app's menu."""
        await self._hang_out_menu()
        await self.corp.callbacks.click(self.user(name), key)
        await self.settle()

    async def _hang_out_menu(self) -> None:
        if not self.corp.state.menu:
            await menu.hang_out(self.app.client, self.corp.setup.agent_id)

    async def snaps(self, name: str, shots: list[bytes], text: str = "") -> None:
        """The person takes pictures with the camera key."""
        await self._hang_out_menu()
        await self.corp.callbacks.snap(self.user(name), shots, text=text)
        await self.settle()

    async def blocks(self, name: str, inside: bool) -> None:
        """The member is taken out of the app's visible range; a robot isn't told."""
        if self.line == "robot":
            (self.corp.removed.discard if inside else self.corp.removed.add)(self.user(name))
            return
        await self.corp.callbacks.appear(self.user(name), inside)
        await self.settle()

    async def _done(self) -> dict[str, Any]:
        """What was done has come in, where it comes in by itself, and is settled."""
        deadline = asyncio.get_running_loop().time() + 2.0
        while self.line == "robot" and await self._received() <= self._before:
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.002)
        await self.settle()
        messages = [m.id for c in self.platform.chats.values() for m in c.messages.values()]
        return {"message_id": max(messages, default=0)}

    # ---- what the phones show ----

    def _hear(self, change: dict[str, Any]) -> None:
        if change["kind"] == "message" and change["message"]["sender"] == BOT:
            self._events.append(("message", change["message"]))

    def news(self) -> list[News]:
        """What the phones showed since the last look."""
        events, self._events = self._events, []
        signs: dict[tuple[int, int], str] = {}
        for _, message in events:
            key = (message["chat"], message["id"])
            look = (message["text"], str(message["buttons"]), str(message["file"]))
            if key not in self._looks:
                signs[key] = "<"
            elif self._looks[key] != look:
                signs.setdefault(key, "~")
            self._looks[key] = look
        return together([self._card(*where, sign) for where, sign in signs.items()])

    def _card(self, chat: int, number: int, sign: str) -> News:
        message = self.platform.chats[chat].messages[number]
        rows = [[(b.text, b.style == "primary") for b in row] for row in message.buttons]
        # Signs that no phone shows tell an equal text from its repeat.
        file = message.file
        files = [] if file is None else ["" if file.kind == "photo" else file.name]
        return News(chat, sign, message.text.replace("\u200b", ""), rows, files=files)

    def button(self, name: str, label: str, on: str = "") -> int | None:
        messages = self.platform.chats[self.user(name)].messages
        for number, message in sorted(messages.items(), reverse=True):
            labels = [b.text for row in message.buttons for b in row if b.data]
            if message.sender == BOT and on in message.text and label in labels:
                return number
        return None

    def objections(self) -> list[str]:
        """What the platform had to object to."""
        refused = [f"{c.path}: {c.errcode}" for c in self.corp.calls if c.errcode not in (0, None)]
        gone = {
            "message/send: 81013", "message/send: 60111", "user/get: 60111",
            "aibot_send_msg: 40003", "media/get: 830002",
        }  # fmt: skip
        dropped = [f"dropped {one}" for one in self.corp.dropped]
        return [one for one in refused if one not in gone] + self.platform.violations + dropped

    def shown(self, name: str) -> list[dict[str, Any]]:
        messages = self.platform.chats[self.user(name)].messages
        return [{"text": m.text} for _, m in sorted(messages.items()) if m.sender == BOT]

    def labels(self, name: str) -> list[str]:
        messages = self.platform.chats[self.user(name)].messages
        newest = next(m for _, m in sorted(messages.items(), reverse=True) if m.sender == BOT)
        return [b.text for row in newest.buttons for b in row]

    # ---- time ----

    async def _still(self) -> bool:
        assert self.house is not None
        house, now = self.house, self.clock.now()
        if self.line == "wecom" and await self.pull.waiting():
            return False
        books = await self._books()
        if house.lanes.in_hand or not house.sender.idle or not house.fetcher.idle:
            return False
        if books["inbox"].get("pending") or books["sending"]:
            return False
        soon = [m for m in (books["due"],) if m is not None and m <= now + SETTLE]
        if soon or books["paused"]:
            # The line waits for quiet, and keeps a distance between changes: time passes for it.
            then = max(now + timedelta(seconds=1), min(soon, default=now))
            self.clock.set(then.astimezone(TZ))
            house.wake_sender()
            return False
        # A press is answered after its deed, by a task of its own; nothing awaits from here on.
        names = {t.get_coro().__qualname__ for t in asyncio.all_tasks()}  # type: ignore[union-attr]
        fetched = books["part"] is None or books["part"] > now
        return fetched and not names & {"Lanes._answer_press", "Lanes._say_late"}


@asynccontextmanager
async def open_wecom(
    home: Path,
    moment: datetime = MONDAY,
    line: str = "wecom",
    directory: bool = False,
    cards: bool = True,
) -> AsyncIterator[WeComStage]:
    """A running house on an empty home, behind WeCom's doors."""
    stage = WeComStage(load(home), SetClock(moment), line)
    stage.directory, stage.cards = directory, cards
    lay_store(stage.settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(stage.end)
        await stage.begin()
        await stage.open()
        yield stage
