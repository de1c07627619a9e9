"""The make-believe platform: who has a phone, what the chats show, what the bot has not got yet.

Pure state with a log and listeners. `phones` acts on it for people, `botside` for the bot. Knows
no aiogram, no aiohttp and nothing of what the bot does with an update.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.errors import NotFound
from bot.transports.simulator import keeping, wire
from bot.transports.simulator.chats import (
    BOT,
    Chat,
    Group,
    Line,
    Message,
    Person,
    Place,
    Skin,
)
from bot.transports.simulator.door import Door
from bot.transports.simulator.limits import Pace
from bot.transports.simulator.mailbag import Accept, Mailbag, Parcel
from bot.transports.simulator.shelf import Shelf
from bot.transports.simulator.transcript import Transcript

Listener = Callable[[dict[str, Any]], None]


class Platform:
    """One chat platform with a few people, their private chats with the bot, and one group."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        people: Sequence[Person],
        *,
        group: Group | None = None,
        spots: Sequence[Place] = (),
        skin: Skin = "telegram",
        zone: str = "Asia/Shanghai",
    ) -> None:
        self.clock, self.zone, self.skin, self.spots = clock, zone, skin, tuple(spots)
        self.people = {person.id: person for person in people}
        self.group = group or Group()
        self.shelf = Shelf(folder)
        self.bag = Mailbag(self._arrived, self._stuck)
        self.pace = Pace()
        self.transcript = Transcript(ZoneInfo(zone))
        self.commands: list[dict[str, str]] = []
        self.queries: dict[str, tuple[int, int]] = {}
        self.lines: deque[Line] = deque(maxlen=300)
        self.chats: dict[int, Chat] = {}
        self.door: Door | None = None
        self.hears_groups = self.hears_files = False
        self._listeners: list[Listener] = []
        self.next = {"message": 1, "update": 1, "query": 1}
        self._unsaved, self._complained = False, False
        self._open_chats()
        kept = self.shelf.load()
        if kept is not None:
            keeping.recall(self, kept)
            self._open_chats()
        self.save()
        self._told_net = self._net()

    # ---- what is there ----

    def now(self) -> int:
        """The simulated moment in unix seconds."""
        return int(self.clock.now().timestamp())

    def next_id(self, of: str) -> int:
        """A number that no other message, update or query has or will have."""
        self.next[of] += 1
        return self.next[of] - 1

    def chat(self, chat_id: int) -> Chat:
        """The chat with this id; raises NotFound."""
        if chat_id not in self.chats:
            raise NotFound("没有这个对话。")
        return self.chats[chat_id]

    def message(self, chat_id: int, message_id: int) -> Message:
        """The message with this id; raises NotFound."""
        found = self.chat(chat_id).messages.get(message_id)
        if found is None:
            raise NotFound("没有这条消息，可能已经撤回了。")
        return found

    def person(self, person_id: int) -> Person:
        """The person with this id; raises NotFound."""
        if person_id not in self.people:
            raise NotFound("没有这个人。")
        return self.people[person_id]

    def raw(self, message: Message) -> wire.Raw:
        """The message in the words of the Bot API, with the one it replies to."""
        quoted = self.chat(message.chat).messages.get(message.reply_to or 0)
        return self._raw(message, self._raw(quoted) if quoted else None)

    @property
    def violations(self) -> list[str]:
        """The red lines: what the code did that this skin doesn't allow."""
        return [line.rest for line in self.lines if line.kind == "violation"]

    # ---- what changes ----

    def admit(self, person: Person) -> None:
        """The person has a phone from now on, or a new name or role on it."""
        self.people[person.id] = person
        self._open_chats()
        self.tell({"kind": "people", "people": [asdict(p) for p in self.people.values()]})

    def post(self, message: Message) -> None:
        """The message stands in its chat and every page shows its present state."""
        self.chat(message.chat).messages[message.id] = message
        self.tell({"kind": "message", "message": asdict(message)})

    def remove(self, message: Message) -> None:
        """The message is gone from its chat."""
        self.chat(message.chat).messages.pop(message.id, None)
        self.tell({"kind": "gone", "chat": message.chat, "id": message.id})

    def note(self, who: str, deed: str, rest: str = "", kind: str = "note") -> None:
        """刚发生 has one line more."""
        line = Line(self.now(), kind, who, deed, rest.split("\n")[0])
        self.lines.append(line)
        self.tell({"kind": "line", "line": asdict(line)})

    def complain(self, sentence: str) -> None:
        """A red line says which limit of the skin the code broke."""
        self.note("企业微信", "不允许", sentence, "violation")

    def wear(self, skin: Skin) -> None:
        """The platform behaves as this one from now on; what was sent stays as it is."""
        self.skin = skin
        self.transcript.note("企业微信外观" if skin == "wecom" else "Telegram 外观")
        self.tell({"kind": "skin", "skin": skin})

    def wipe(self) -> None:
        """All chats, files and lines are gone and nothing waits; ids go on counting."""
        self.bag.clear()
        self.chats.clear()
        self.queries.clear()
        self.lines.clear()
        self.shelf.empty()
        self.transcript = Transcript(ZoneInfo(self.zone))
        self.pace = Pace()
        self._open_chats()
        self.save()
        self.tell({"kind": "fresh"})

    def tell(self, change: dict[str, Any]) -> None:
        """Every listener hears of the change, and it will be saved."""
        self._unsaved = True
        for listener in tuple(self._listeners):
            listener(change)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """The listener hears of every change until the returned function is called."""
        self._listeners.append(listener)

        def forget() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return forget

    # ---- the way to the bot ----

    def connect(self, accept: Accept) -> None:
        """The bot is up: `accept` gets all that waits, and whatever is done on a phone."""
        self.bag.connect(accept)
        self._complained = False
        self._tell_net()

    def disconnect(self) -> None:
        """The bot is down; whatever is done on a phone waits."""
        self.bag.connect(None)
        self._tell_net()

    def cut(self, seconds: float) -> None:
        """Nothing passes in either direction for so many real seconds; 0 mends the net."""
        self.bag.cut(seconds)
        self.note("网络", "断开" if seconds else "恢复", f"{seconds:g} 秒" if seconds else "")
        self._tell_net()

    @property
    def online(self) -> bool:
        """Whether the net is up."""
        return not self.bag.seconds_cut

    async def send_update(self, about: Message, /, **update: wire.Raw) -> None:
        """The update was accepted by the bot, or is kept and waits for its turn."""
        raw: wire.Raw = {"update_id": self.next_id("update"), **update}
        self.bag.put(Parcel(raw, about.chat, about.id))
        await self.deliver()

    async def deliver(self) -> None:
        """What waited was accepted, or is safe on disk and waits on."""
        await self.bag.hand_over()
        if self.bag:
            self.save()
            self._tell_net()

    async def run(self) -> None:
        """Hands over again and again what waits, and saves; runs until it is cancelled."""
        try:
            while True:
                await asyncio.sleep(0.5)
                if self.online and not self._told_net["online"]:
                    self.note("网络", "恢复")
                self._tell_net()
                if self.bag:
                    await self.deliver()
                if self._unsaved:
                    self.save()
        finally:
            self.save()

    def net(self) -> dict[str, Any]:
        """How things stand between the phones and the bot."""
        return {**self._net(), "seconds": self.bag.seconds_cut}

    def save(self) -> None:
        """The present state is on disk."""
        self.shelf.save(keeping.for_disk(self))
        self._unsaved = False

    def _open_chats(self) -> None:
        for owner in self.people.values():
            self.chats.setdefault(owner.id, Chat(owner.id, owner.name))
        self.chats.setdefault(self.group.id, Chat(self.group.id, self.group.title))

    def _raw(self, message: Message, reply: wire.Raw | None = None) -> wire.Raw:
        in_group = message.chat == self.group.id
        owner = self.group if in_group else self.people[message.chat]
        sender = None if message.sender == BOT else self.people[message.sender]
        return wire.message(message, owner, sender, reply)

    def _arrived(self, parcel: Parcel) -> None:
        self._complained = False
        message = self.chats[parcel.chat].messages.get(parcel.message)
        if message is not None and message.status == "pending":
            message.status = "delivered"
            self.post(message)
        if not self.bag:
            self._tell_net()

    def _stuck(self, fault: Exception) -> None:
        if not self._complained:
            self._complained = True
            self.note("岗亭", "没收下", f"{type(fault).__name__}，稍后再送", "violation")

    def _net(self) -> dict[str, Any]:
        return {
            "online": self.online,
            "bot": self.bag.connected,
            "waiting": len(self.bag),
        }

    def _tell_net(self) -> None:
        net = self._net()
        if net != self._told_net:
            self.tell({"kind": "net", **self.net()})
        self._told_net = net
