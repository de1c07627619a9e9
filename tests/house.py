"""A house for tests: the true Dispatcher, storage, sender, fetcher, and a strict Telegram inside.

Only the wire and the clock are doubles: `Wire` hands aiogram's method calls to the fake Bot API's
own world (tests/fakes) without a socket, so what Telegram would refuse is refused here too.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.types import InputFile
from PIL import Image
from sqlalchemy import func, make_url, select

from bot import app
from bot.actions import people as deeds
from bot.app import House
from bot.clock import Clock
from bot.rules.captions import CaptionReader
from bot.rules.questions import QuestionReader
from bot.rules.records import Bureau, Role
from bot.settings import Settings, load
from bot.transports.line import Line
from scheduler import timetable
from storage import engines, inbox, outbox, parts, people
from storage.database import Database
from storage.pictures import Pictures
from tests.fakes import phones
from tests.fakes.schema import Upload, Wrong
from tests.fakes.telegram import FakeTelegram

TZ = ZoneInfo("Asia/Shanghai")
GROUP = -1001000000000
MONDAY = datetime(2025, 6, 9, 9, 0, tzinfo=TZ)
TOKEN = "123456:TEST-abc"
T = TypeVar("T")


def remembered(make: Callable[[Bureau], T]) -> Callable[[Bureau], T]:
    """Reads a bureau's words once: a restart builds the same reader, which keeps nothing."""
    known: list[tuple[Bureau, T]] = []

    def build(bureau: Bureau) -> T:
        for before, made in known:
            if before == bureau:
                return made
        del known[6:]
        known.insert(0, (bureau, make(bureau)))
        return known[0][1]

    return build


timetable.TICK_SECONDS = 86_400.0
"""The stage rings itself, at the start and whenever its clock moves: no real second decides."""

app.CaptionReader = remembered(CaptionReader)  # type: ignore[misc, assignment]
app.QuestionReader = remembered(QuestionReader)  # type: ignore[misc, assignment]
app.settle_memory = cache(app.settle_memory)
"""Once a process: else what one house leaves is frozen by the next, and never given back."""

app.build_dispatcher = cache(app.build_dispatcher)
"""The true one, and one for all houses: it keeps nothing, and takes 0.1 s to build."""


class KeptPictures(Pictures):
    """One process for the pictures of every house of a test run: to start one costs a second."""

    async def close(self) -> None:
        """The next house looks with the same eyes, on a loop of its own."""
        self._turn = asyncio.Lock()

    async def end(self) -> None:
        """The process is gone."""
        await super().close()
        self._closed = False


EYES = KeptPictures(40_000_000, 20 * 1024 * 1024)


async def opened(
    settings: Settings, clock: Clock, lines: Callable[[Database], Sequence[Line]]
) -> House:
    """The house; its commits wait for no disk, since nobody cuts the power of a test."""
    with patch.object(engines, "SYNCHRONOUS", "OFF"):
        return await House.open(settings, clock, lines)


@cache
def empty_store() -> bytes:
    """A store of the newest schema with nothing in it: to make one takes a quarter of a second."""

    async def make(url: str) -> None:
        await (await Database.open(url)).close()

    with tempfile.TemporaryDirectory(prefix="gangting-test-") as folder:
        file = Path(folder) / "gangting.db"
        # A thread of its own, since a test's loop runs here already.
        with ThreadPoolExecutor(1) as threads:
            threads.submit(asyncio.run, make(f"sqlite:///{file}")).result()
        return file.read_bytes()


def lay_store(settings: Settings) -> None:
    """An empty home has the empty store; what is there already stays."""
    path = make_url(settings.database_url).database
    assert path is not None
    if not Path(path).exists():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(empty_store())


class SetClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment.astimezone(UTC)

    @property
    def offset(self) -> timedelta:  # type: ignore[override]
        """Against the machine's clock, which nobody moves here: the timetable's guard sees none."""
        return self.moment - datetime.now(UTC)

    def move(self, by: timedelta) -> datetime:
        self.moment += by
        return self.moment

    def set(self, moment: datetime) -> datetime:
        self.moment = moment
        return moment


class Wire(BaseSession):
    """A session that ends in the fake Bot API's world; `fail` and `torn` hold faults to come.

    Those in `lost` come after the platform has done what it was asked: its answer is lost.
    """

    def __init__(self, fake: FakeTelegram) -> None:
        super().__init__()
        self.fake = fake
        self.fail: list[Exception] = []
        self.torn: list[Exception] = []
        self.lost: list[Exception] = []

    async def close(self) -> None:
        """Nothing is open."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109
    ) -> Any:
        if self.fail:
            raise self.fail.pop(0)
        params: dict[str, Any] = {}
        files: dict[str, InputFile] = {}
        for key, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files=files)
            if prepared:
                params[key] = prepared
        for key, file in files.items():
            data = b"".join([chunk async for chunk in file.read(bot)])
            params[key] = Upload(file.filename or key, data, "application/octet-stream")
        name = method.__api_method__
        try:
            result = await self.fake.perform(name, params)
            if self.lost and not name.startswith("get"):
                raise self.lost.pop(0)
            status, body = 200, {"ok": True, "result": result}
        except Wrong as wrong:
            status = wrong.code
            body = {"ok": False, "error_code": wrong.code, "description": wrong.description}
            if wrong.parameters:
                body["parameters"] = wrong.parameters
        return self.check_response(bot, method, status, json.dumps(body)).result

    async def stream_content(
        self, url: str, headers: Any = None, timeout: int = 30, chunk_size: int = 65536,  # noqa: ASYNC109
        raise_for_status: bool = True,
    ) -> AsyncIterator[bytes]:  # fmt: skip
        if self.torn:
            raise self.torn.pop(0)
        path = url.split(f"/file/bot{self.fake.token}/")[-1]
        data = self.fake.world.paths[path].data
        for start in range(0, len(data), chunk_size):
            yield data[start : start + chunk_size]


def jpeg(seed: int = 0, size: tuple[int, int] = (320, 240)) -> bytes:
    """A small picture, different for each seed."""
    image = Image.new("RGB", size, ((seed * 37) % 256, (seed * 91) % 256, (seed * 53) % 256))
    for x in range(0, size[0], 16):
        for y in range(0, size[1], 16):
            shade = (x * 7 + y * 13 + seed * 29) % 256
            image.paste((shade, 255 - shade, (shade * 3) % 256), (x, y, x + 8, y + 8))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


@dataclass(frozen=True)
class News:
    """What a phone showed: in which chat, new `<`, changed `~`, a mark `*` or a toast `!`.

    `rows` are the buttons with whether they are primary, `keys` the reply keyboard's rows; `files`
    came with the words or just before them: the names of documents, nothing for a picture.
    """

    chat: int
    sign: str
    text: str
    rows: list[list[tuple[str, bool]]] = field(default_factory=list)
    keys: list[list[str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def together(found: list[News]) -> list[News]:
    """Files without words belong to the words that follow them in the chat; all are named first.

    So it reads alike whether a line has captions and albums or not: 〔图〕〔图 3 张〕〔表.xlsx〕.
    """
    told: list[News] = []
    held: dict[int, list[str]] = {}
    for news in found:
        files = held.pop(news.chat, []) + news.files if news.sign == "<" else []
        if files and not news.text:
            held[news.chat] = files
            continue
        told.append(replace(news, text=named(files) + news.text, files=files))
    alone = [News(chat, "<", named(files), files=files) for chat, files in held.items()]
    return told + alone


def named(files: list[str]) -> str:
    """What the files are called before the words that they belong to."""
    pictures = files.count("")
    shown = f"〔图 {pictures} 张〕" if pictures > 1 else "〔图〕" * pictures
    return shown + "".join(f"〔{name}〕" for name in files if name)


def words_of(message: dict[str, Any]) -> str:
    """The text of a message, or the words below its picture or file."""
    return str(message.get("text") or message.get("caption") or "")


class Stage:
    """The house, its platform, and what people do on their phones; restartable at any moment."""

    def __init__(self, settings: Settings, fake: FakeTelegram, clock: SetClock) -> None:
        self.settings, self.fake, self.clock = settings, fake, clock
        fake.world.now = lambda: self.clock.moment.timestamp()  # type: ignore[method-assign]
        self.people: dict[str, int] = {}
        self.groups: dict[str, int] = {}
        self.line = "telegram"
        self._seen = 0
        self.house: House | None = None
        self._running: asyncio.Task[None] | None = None
        self.own_eyes = False
        self.line_can: dict[str, Any] = {}

    async def open(self) -> None:
        """The house runs."""
        self.wire = Wire(self.fake)
        bot = Bot(TOKEN, session=self.wire)
        line = Line("telegram", bot, username="gangting_bot", **self.line_can)
        self.house = await opened(self.settings, self.clock, lambda _: [line])
        if not self.own_eyes:
            self.house.pictures = self.house.fetcher._pictures = EYES
        self._running = asyncio.get_running_loop().create_task(self.house.run())
        await asyncio.sleep(0)
        await self.house.timetable.ring()

    async def close(self) -> None:
        """The house has stopped, its data stay."""
        assert self.house is not None
        assert self._running is not None
        self.house.stop()
        await self._running
        await self.house.close()
        self.house = None

    async def restart(self) -> None:
        """A stop and a start on the same data."""
        await self.close()
        await self.open()

    async def join(self, name: str, roles: set[Role], squad: str | None = "一中队") -> int:
        """The person is in the bureau, without the conversation of joining; the user id."""
        user = self.user(name)
        assert self.house is not None
        now = self.clock.now()

        def deed(tx: Any) -> None:
            person = people.add(tx, name, frozenset(roles), squad, None, now)
            people.know(tx, "telegram", user, user, person, now)

        await self.house.database.write(deed)
        return user

    async def write(self, deed: Any, *args: Any) -> None:
        """The deed is done, as if somebody had done it in another room."""
        assert self.house is not None
        await self.house.database.write(deed, *args)

    def user(self, name: str) -> int:
        """The account of the person with this name, made where there is none."""
        if name not in self.people:
            self.people[name] = 100 + len(self.people)
            self.fake.world.user(self.people[name])
            self.fake.world.private(self.people[name])
        return self.people[name]

    # ---- what a phone does; each returns after the bot has finished with it ----

    async def _push(self, done: dict[str, Any]) -> dict[str, Any]:
        assert self.house is not None
        update = self.fake.world.queue.popleft()
        await self.house.lanes.accept("telegram", [update])
        await self.settle()
        return done

    async def says(self, name: str, text: str, **more: Any) -> dict[str, Any]:
        """The person writes."""
        return await self._push(phones.text(self.fake.world, self.user(name), text, **more))

    async def shoots(
        self, name: str, caption: str | None = None, data: bytes | None = None,
        album: str | None = None, **more: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """The person sends a photo."""
        shot = base64.b64encode(
            data if data is not None else jpeg(self.fake.world.number())
        ).decode()
        done = phones.photo(self.fake.world, self.user(name), shot, caption, album, **more)
        return await self._push(done)

    async def points(self, name: str, lat: float, lon: float, **more: Any) -> dict[str, Any]:
        """The person sends a location."""
        return await self._push(phones.location(self.fake.world, self.user(name), lat, lon, **more))

    async def attaches(
        self, who: str, /, kind: str, data: bytes = b"x", **more: Any
    ) -> dict[str, Any]:
        """The person sends a document, voice or video."""
        body = base64.b64encode(data).decode()
        done = phones.attached(self.fake.world, kind, self.user(who), body, **more)
        return await self._push(done)

    async def presses(self, name: str, label: str, message: int | None = None) -> dict[str, Any]:
        """The person presses a button, on the newest message that has it."""
        user = self.user(name)
        found = message or self._with_button(user, label)
        return await self._push(phones.press(self.fake.world, user, found, label))

    async def presses_forged(self, name: str, message: int, data: str) -> dict[str, Any]:
        """A press with this data, though the message shows no such button (a forwarded card)."""
        user = self.user(name)
        return await self._push(phones.press(self.fake.world, user, message, data, forge=True))

    async def rewords(self, name: str, message: int, caption: str) -> dict[str, Any]:
        """The person edits the caption of a photo."""
        done = phones.edited(self.fake.world, self.user(name), message, caption=caption)
        return await self._push(done)

    def _with_button(self, user: int, label: str) -> int:
        for number, message in sorted(self.fake.world.chats[user].messages.items(), reverse=True):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            if any(button["text"] == label for row in rows for button in row):
                return number
        raise AssertionError(f"nobody shows {user} a button {label!r}")

    async def presses_of(self, name: str, owner: str, label: str) -> None:
        """The person presses what another's phone (or a group) shows, on a message of his own."""
        world = self.fake.world
        if owner in self.groups:
            number = max(world.chats[self.groups[owner]].messages)
        else:
            number = self.button(owner, label) or 0
            assert number, f"{owner} has no button {label!r}"
        chat = world.chats[self.groups.get(owner, self.people.get(owner, 0))]
        data = phones.find_button(chat.messages[number], label)["callback_data"]
        own = world.chats[self.user(name)]
        if not own.messages:
            world.message(own, world.me, {"text": "转来的"})
        await self.presses_forged(name, max(own.messages), data)

    async def enters(self, name: str) -> None:
        """The person opens the app."""
        raise AssertionError("Telegram has no app to open")

    async def clicks(self, name: str, key: str) -> None:
        """The person chooses from the app's menu."""
        raise AssertionError("Telegram has no app's menu")

    async def snaps(self, name: str, shots: list[bytes], text: str = "") -> None:
        """The person takes pictures with the app's camera key."""
        raise AssertionError("Telegram has no camera key")

    async def sends_other(self, name: str, content: dict[str, Any]) -> None:
        """The person sends what the house has no use for, or says more exactly."""
        phones.said(self.fake.world, self.user(name), None, content, {})
        await self.push_raw(self.fake.world.queue.popleft())

    def founds(self, group: str, members: list[str]) -> None:
        """There is a group chat with these people."""
        self.groups[group] = GROUP - len(self.groups)
        chat = self.fake.world.group(self.groups[group], group)
        chat.members |= {self.user(member) for member in members}

    async def invites_into(self, group: str, by: str) -> None:
        """The bot is put into the group."""
        await self._member(by, "member", self.groups[group])

    async def blocks(self, name: str, inside: bool) -> None:
        """The person blocks the bot, or lets it back in."""
        await self._member(name, "member" if inside else "kicked", None)

    async def _member(self, by: str, status: str, chat: int | None) -> None:
        phones.my_chat_member(self.fake.world, self.user(by), status, chat)
        await self.push_raw(self.fake.world.queue.popleft())

    async def push_raw(self, update: dict[str, Any]) -> None:
        """The platform sends an update as it is."""
        assert self.house is not None
        await self.house.lanes.accept("telegram", [update])
        await self.settle()

    # ---- what a phone shows ----

    def news(self) -> list[News]:
        """What the phones showed since the last look."""
        world = self.fake.world
        log, self._seen = world.sent[self._seen :], len(world.sent)
        found: dict[tuple[int, int], str] = {}
        marks: list[News] = []
        for entry in (entry for entry in log if entry["ok"]):
            p = entry["params"]
            if entry["method"] in ("sendMessage", "sendPhoto", "sendDocument"):
                found[p["chat_id"], entry["result"]["message_id"]] = "<"
            elif entry["method"] == "sendMediaGroup":
                found |= {(p["chat_id"], one["message_id"]): "<" for one in entry["result"]}
            elif entry["method"] == "editMessageText":
                found.setdefault((p["chat_id"], p["message_id"]), "~")
            elif entry["method"] == "setMessageReaction":
                emoji = "".join(r["emoji"] for r in p["reaction"])
                marks.append(News(p["chat_id"], "*", emoji))
            elif entry["method"] == "answerCallbackQuery" and p.get("text"):
                user = world.callbacks[p["callback_query_id"]]["user"]
                marks.append(News(user, "!", p["text"]))
        cards = [self._card(chat, number, sign) for (chat, number), sign in found.items()]
        return together(cards) + marks

    def _card(self, chat: int, number: int, sign: str) -> News:
        held = self.fake.world.chats[chat]
        message = held.messages[number]
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        drawn = [[(b["text"], b.get("style") == "primary") for b in row] for row in rows]
        keys: list[list[str]] = []
        if number in held.reply_markups and held.keyboard is not None:
            keys = [[key["text"] for key in row] for row in held.keyboard["keyboard"]]
        files = [""] if "photo" in message else []
        if "document" in message:
            files = [message["document"]["file_name"]]
        return News(chat, sign, words_of(message), drawn, keys, files)

    def button(self, name: str, label: str, on: str = "") -> int | None:
        """The newest message in the person's chat with this button, and these words on it."""
        chat = self.fake.world.chats[self.user(name)]
        for number, message in sorted(chat.messages.items(), reverse=True):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            labels = [button["text"] for row in rows for button in row]
            if on in words_of(message) and label in labels:
                return number
        return None

    def objections(self) -> list[str]:
        """What the platform had to object to."""
        world = self.fake.world
        refused = [e for e in world.sent if not e["ok"] and "blocked" not in e["error"]]
        return [str(one) for one in (*refused, *world.violations)]

    def shown(self, name: str) -> list[dict[str, Any]]:
        """The bot's messages in the person's chat, oldest first, as they now look."""
        messages = self.fake.world.chats[self.user(name)].messages
        return [m for _, m in sorted(messages.items()) if m["from"].get("is_bot")]

    def last(self, name: str) -> str:
        """The text of the newest message from the bot."""
        return words_of(self.shown(name)[-1])

    def labels(self, name: str) -> list[str]:
        """The buttons under the newest message from the bot."""
        rows = self.shown(name)[-1].get("reply_markup", {}).get("inline_keyboard", [])
        return [button["text"] for row in rows for button in row]

    def reactions(self, name: str) -> dict[int, list[str]]:
        """Message number to the marks on it."""
        chat = self.fake.world.chats[self.user(name)]
        return {n: [r["emoji"] for r in marks] for n, marks in chat.reactions.items() if marks}

    # ---- time ----

    async def pass_time(self, **by: float) -> None:
        """The clock moves and what fell due has happened."""
        assert self.house is not None
        self.clock.move(timedelta(**by))
        await self.house.timetable.ring()
        self.house.wake_sender()
        await self.settle()

    async def settle(self, seconds: float = 10.0) -> None:
        """Everything that came is handled, what is due is sent, files are fetched."""
        assert self.house is not None
        deadline = asyncio.get_running_loop().time() + seconds
        while not await self._still():
            assert self._running is None or not self._running.done(), self._running
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"the house doesn't come to rest: {await self._books()}")
            await asyncio.sleep(0.002)

    async def _books(self) -> dict[str, Any]:
        assert self.house is not None
        return await self.house.database.read(_look, self.clock.now())

    def _busy(self) -> bool:
        """Something is in hand in the house."""
        assert self.house is not None
        house = self.house
        return bool(house.lanes.in_hand) or not house.sender.idle or not house.fetcher.idle

    async def _still(self) -> bool:
        """Nothing waits, is in hand or is due; a card held back by the edits' pause gets it."""
        assert self.house is not None
        house, now = self.house, self.clock.now()
        if self._busy():  # before the books, which cost a read
            return False
        books = await self._books()
        if self._busy():
            return False
        if books["paused"] and not books["sending"]:
            # Edits of one card keep a second's distance: time passes for them.
            self.clock.move(outbox.EDIT_PAUSE)
            house.wake_sender()
            return False
        due = [moment for moment in (books["due"], books["part"]) if moment is not None]
        # A press that failed for good is told in words and never answered: don't wait for it.
        unanswered = [
            press for press in self.fake.world.callbacks.values()
            if press["answered"] is None and not press["expired"]
        ]  # fmt: skip
        pressed = bool(unanswered) and not books["inbox"].get("failed")
        return not (
            books["inbox"].get("pending") or books["sending"] or pressed
            or any(moment <= now for moment in due)
        )  # fmt: skip


def _look(tx: Any, now: datetime) -> dict[str, Any]:
    c = outbox.table.c
    held = select(func.count()).where(
        c.state == outbox.OWED, c.due_at <= now, c.shown_at > now - outbox.EDIT_PAUSE
    )
    owed = outbox.census(tx)
    return {
        "inbox": inbox.census(tx), "outbox": owed, "files": parts.census(tx),
        "due": outbox.next_due(tx), "part": parts.next_due(tx), "paused": tx.execute(held).scalar(),
        "sending": owed.get(outbox.SENDING, 0),
    }  # fmt: skip


@asynccontextmanager
async def open_stage(home: Path, moment: datetime = MONDAY) -> AsyncIterator[Stage]:
    """A running house on an empty home."""
    stage = Stage(load(home), FakeTelegram(TOKEN), SetClock(moment))
    lay_store(stage.settings)
    await stage.open()
    try:
        yield stage
    finally:
        if stage.house is not None:
            await stage.close()


__all__ = ["MONDAY", "TZ", "SetClock", "Stage", "Wire", "deeds", "jpeg", "open_stage"]
