"""The control API, /control/<verb>: what tests do to the fake and what they read from it.

A verb takes a JSON object of keyword arguments and answers {"result": …} or 400 {"error": …}.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.web_request import BaseRequest

from tests.fakes import phones
from tests.fakes.faults import Flood
from tests.fakes.rules import words
from tests.fakes.world import Dict

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

PHONES = {
    "text": phones.text,
    "start": phones.start,
    "photo": phones.photo,
    "location": phones.location,
    "edited": phones.edited,
    "press": phones.press,
    "my_chat_member": phones.my_chat_member,
    "migrate": phones.migrate,
}
ATTACHED = ("document", "voice", "video")


class Desk:
    """The verbs; each public method is one, besides those of phones."""

    def __init__(self, fake: FakeTelegram) -> None:
        self.fake = fake

    async def answer(self, request: BaseRequest, verb: str) -> web.Response:
        """Do the verb; an error of the caller is told in words, never as a traceback."""
        body = await request.read()
        status, told = 200, {}
        try:
            told = {"result": await self.do(verb, json.loads(body) if body else {})}
        except (KeyError, TypeError, ValueError) as error:
            status, told = 400, {"error": f"{verb}: {type(error).__name__}: {error}"}
        return web.Response(
            text=json.dumps(told, ensure_ascii=True), status=status, content_type="application/json"
        )

    async def do(self, verb: str, given: Dict) -> Any:
        """The verb's result."""
        world = self.fake.world
        if verb in PHONES:
            return PHONES[verb](world, **given)
        if verb in ATTACHED:
            return phones.attached(world, verb, **given)
        if verb == "many":
            return [await self.do(one, dict(more)) for one, more in given["verbs"]]
        method = getattr(self, f"do_{verb}", None)
        if method is None:
            raise ValueError("no such verb")
        result = method(**given)
        return await result if asyncio.iscoroutine(result) else result

    # People

    def do_user(self, user: int, started: bool = True, **fields: Any) -> Dict:
        made = self.fake.world.user(user, **fields)
        if started:
            self.fake.world.private(user)
        return made

    def do_group(
        self,
        chat: int,
        title: str = "工作群",
        type: str = "supergroup",
        members: tuple[int, ...] = (),
        bot_status: str = "member",
    ) -> Dict:
        group = self.fake.world.group(chat, title, type)
        group.members |= set(members)
        group.bot_status = bot_status
        for member in members:
            self.fake.world.user(member)
        return group.info

    def do_block(self, user: int, reason: str = "bot was blocked by the user") -> None:
        self.fake.world.private(user).forbidden = reason

    def do_push(self, update: Dict, update_id: int | None = None) -> int | None:
        return self.fake.world.push(update, update_id, raw=True)

    # What the bot did

    def do_sent(
        self,
        since: int = 0,
        method: str | None = None,
        chat: int | None = None,
        refused: bool = False,
    ) -> list[Dict]:
        found = self.fake.world.sent[since:]
        if not refused:
            found = [e for e in found if e["ok"]]
        if method is not None:
            found = [e for e in found if e["method"] == method]
        if chat is not None:
            found = [e for e in found if str(e["params"].get("chat_id")) == str(chat)]
        return found

    async def do_wait(self, since: int = 0, seconds: float = 5) -> Dict:
        world, deadline = self.fake.world, time.monotonic() + seconds
        while len(world.sent) <= since and (left := deadline - time.monotonic()) > 0:
            world.changed.clear()
            try:
                await asyncio.wait_for(world.changed.wait(), left)
            except TimeoutError:
                break
        entries = world.sent[since:]
        return {"next": len(world.sent), "entries": [e for e in entries if e["ok"]]}

    def do_messages(self, chat: int) -> list[Dict]:
        return [self.shown(chat, m) for m in self.fake.world.known(chat).messages.values()]

    def shown(self, chat: int, message: Dict) -> Dict:
        """The message with what a phone shows beside it."""
        where = self.fake.world.known(chat)
        number = message["message_id"]
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        return {
            **message,
            "by_bot": message["from"]["id"] == self.fake.world.me["id"],
            "buttons": [[button["text"] for button in row] for row in rows],
            "reaction": [r["emoji"] for r in where.reactions.get(number, [])],
            "pinned": number in where.pinned,
        }

    def do_chat(self, chat: int) -> Dict:
        where = self.fake.world.known(chat)
        fields = words("info keyboard pinned actions menu bot_status forbidden migrated_to")
        return {name: getattr(where, name) for name in fields}

    def do_answers(self, callback_query_id: str | None = None) -> Any:
        presses = self.fake.world.callbacks
        return presses if callback_query_id is None else presses[callback_query_id]["answered"]

    def do_commands(self) -> Dict:
        return {"commands": self.fake.world.commands, "menu": self.fake.world.menu}

    def do_file(self, file_id: str) -> str:
        return base64.b64encode(self.fake.world.files[file_id].data).decode()

    def do_violations(self, clear: bool = False) -> list[Dict]:
        found = list(self.fake.world.violations)
        if clear:
            self.fake.world.violations.clear()
        return found

    def do_pending(self) -> list[Dict]:
        return list(self.fake.world.queue)

    def do_served(self, since: int = 0) -> list[Dict]:
        return self.fake.world.served[since:]

    def do_state(self) -> Dict:
        world, faults = self.fake.world, self.fake.faults
        return {
            "pending": len(world.queue),
            "confirmed": world.confirmed,
            "next_update": world.next_update,
            "sent": len(world.sent),
            "served": len(world.served),
            "polls": self.fake.updates.polls,
            "downloads": world.counts.get("download", 0),
            "floods": world.counts.get("flood", 0),
            "withheld": len(world.withheld),
            "allowed": world.allowed,
            "violations": len(world.violations),
            "webhook": world.webhook,
            "faults": [rule.shown() for rule in faults.rules],
            "hits": faults.hits,
        }

    # Faults

    def do_fault(self, **rule: Any) -> None:
        self.fake.faults.add(**rule)

    def do_chaos(self, seed: int, chances: list[Dict]) -> None:
        self.fake.faults.chaos(seed, chances)

    def do_clear_faults(self) -> None:
        self.fake.faults.clear()

    def do_release(self) -> None:
        self.fake.faults.release()

    def do_fault_log(self) -> list[Dict]:
        return self.fake.faults.log

    def do_revoke(self, revoked: bool = True) -> None:
        self.fake.faults.revoked = revoked

    def do_latency(self, ms: float) -> None:
        self.fake.faults.latency = ms / 1000

    def do_flood(self, **limits: int) -> None:
        self.fake.faults.flood = Flood(**limits)

    def do_expire_updates(self) -> int:
        queue = self.fake.world.queue
        gone = len(queue)
        queue.clear()
        return gone

    def do_expire_queries(self) -> None:
        for press in self.fake.world.callbacks.values():
            press["expired"] = True

    def do_settings(
        self,
        callback_ttl: float | None = None,
        clock_offset: float | None = None,
        webhook_retry: float | None = None,
        next_update: int | None = None,
    ) -> None:
        world = self.fake.world
        world.callback_ttl = world.callback_ttl if callback_ttl is None else callback_ttl
        world.clock_offset = world.clock_offset if clock_offset is None else clock_offset
        world.next_update = world.next_update if next_update is None else next_update
        if webhook_retry is not None:
            self.fake.updates.retry = webhook_retry

    def do_reset(self) -> None:
        self.fake.updates.stop()
        self.fake.faults.clear()
        self.fake.begin()
