"""How updates reach the bot: getUpdates with its confirmed pointer, or a webhook with retries."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.rules import Wrong, bad
from tests.fakes.world import Dict, World

OTHER = "terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Updates:
    """The one reader of the queue: at most one poller, or one webhook."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.turn = 0
        self.polls = 0
        self.retry = 0.5
        self.sender: asyncio.Task[None] | None = None
        self.taken: dict[int, Dict] = {}
        self.lanes: dict[Any, deque[Dict]] = {}
        self.calls: dict[str, Callable[[Dict], Awaitable[Any]]] = {
            "setWebhook": self.set_webhook,
            "deleteWebhook": self.delete_webhook,
            "getWebhookInfo": self.webhook_info,
        }

    def conflict(self, reason: str = OTHER) -> Wrong:
        """The 409 of a second reader."""
        return Wrong(409, f"Conflict: {reason}")

    async def get(self, p: Dict, alive: Callable[[], bool]) -> list[Dict]:
        """Updates from the first unconfirmed one; `offset` confirms what lies below it.

        A poll that waits is ended with 409 by the next one, as the real server does. `alive`
        tells whether somebody still listens: a killed bot's poll serves nothing.
        """
        world = self.world
        if world.webhook:
            raise self.conflict(HOOKED)
        if p.get("allowed_updates") is not None:
            world.allowed = p["allowed_updates"]
        self._move(p.get("offset", 0))
        self.polls += 1
        self.turn += 1
        mine = self.turn
        world.arrived.set()
        limit = p.get("limit") or 100
        deadline = time.monotonic() + min(p.get("timeout", 0), 50)
        while not world.queue and (left := deadline - time.monotonic()) > 0:
            world.arrived.clear()
            try:
                await asyncio.wait_for(world.arrived.wait(), left)
            except TimeoutError:
                break
            if self.turn != mine:
                raise self.conflict("terminated by setWebhook request" if world.webhook else OTHER)
        if self.turn != mine:
            raise self.conflict()
        batch = world.batch(max(1, min(limit, 100)))
        if batch and alive():
            world.served.append({"at": world.now(), "ids": [u["update_id"] for u in batch]})
            world.changed.set()
        return batch

    def _move(self, offset: int) -> None:
        world = self.world
        if offset < 0:
            world.note("getUpdates", "a negative offset forgets updates", offset=offset)
            while len(world.queue) > -offset:
                world.confirmed = world.queue.popleft()["update_id"]
        elif offset > 0:
            world.confirm_below(offset)

    def _dropped(self, method: str, p: Dict) -> None:
        if p.get("drop_pending_updates"):
            self.world.note(method, "drop_pending_updates loses what came while the bot was down")
            self.world.queue.clear()

    def stop(self) -> None:
        """No webhook delivers any longer."""
        if self.sender is not None:
            self.sender.cancel()
            self.sender = None

    async def set_webhook(self, p: Dict) -> bool:
        """Updates go to `url` from now on, the waiting ones first."""
        secret = p.get("secret_token")
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad("secret token contains unallowed characters")
        self._dropped("setWebhook", p)
        self.stop()
        if p.get("allowed_updates") is not None:
            self.world.allowed = p["allowed_updates"]
        self.world.webhook = {"url": p["url"], "secret_token": secret} if p["url"] else {}
        self.turn += 1
        self.world.arrived.set()
        if p["url"]:
            limit = p.get("max_connections", 40)
            self.sender = asyncio.get_running_loop().create_task(self._deliver(limit))
        return True

    async def delete_webhook(self, p: Dict) -> bool:
        """Nothing is delivered; getUpdates works again."""
        self._dropped("deleteWebhook", p)
        self.stop()
        self.world.webhook = {}
        return True

    async def webhook_info(self, p: Dict) -> Dict:
        """The webhook as set, with its last error."""
        hook = self.world.webhook
        info: Dict = {
            "url": hook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.world.queue),
        }
        for key in ("last_error_date", "last_error_message"):
            if key in hook:
                info[key] = hook[key]
        return info

    async def _deliver(self, limit: int) -> None:
        """Post the queue: in order within a chat, chats side by side, each until 200."""
        gate = asyncio.Semaphore(limit)
        self.taken, self.lanes = {}, {}
        session = ClientSession(timeout=ClientTimeout(total=60))
        async with session, asyncio.TaskGroup() as group:
            while True:
                for update in list(self.world.queue):
                    if id(update) not in self.taken:
                        self.taken[id(update)] = update
                        lane = lane_of(update)
                        if lane in self.lanes:
                            self.lanes[lane].append(update)
                        else:
                            self.lanes[lane] = deque([update])
                            group.create_task(self._lane(session, gate, lane))
                self.world.arrived.clear()
                await self.world.arrived.wait()

    async def _lane(self, session: ClientSession, gate: asyncio.Semaphore, lane: Any) -> None:
        pause = self.retry
        waiting = self.lanes[lane]
        while waiting:
            update = waiting[0]
            async with gate:
                error = await self._post(session, update)
            if error is None:
                waiting.popleft()
                self.world.confirm(update)
                self.taken.pop(id(update), None)
                pause = self.retry
                continue
            hook = self.world.webhook
            hook.update(last_error_date=int(self.world.now()), last_error_message=error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60)
        del self.lanes[lane]

    async def _post(self, session: ClientSession, update: Dict) -> str | None:
        hook = self.world.webhook
        headers = {}
        if hook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook["secret_token"]
        self.world.served.append({"at": self.world.now(), "ids": [update["update_id"]]})
        try:
            async with session.post(hook["url"], json=update, headers=headers) as response:
                await response.read()
                if 200 <= response.status < 300:
                    return None
                return f"Wrong response from the webhook: {response.status} {response.reason}"
        except (ClientError, TimeoutError, OSError) as error:
            return f"{type(error).__name__}: connection failed"


def lane_of(update: Dict) -> Any:
    """What must stay in order with this update: the updates of the same chat."""
    for body in update.values():
        if not isinstance(body, dict):
            continue
        inner = body.get("message", body)
        chat = inner.get("chat") if isinstance(inner, dict) else None
        if isinstance(chat, dict):
            return chat.get("id")
    return None
