"""The state of the fake Telegram: people, chats, messages, files, the queue, what the bot did.

One process, one event loop, no disk: it outlives the bot, which may be killed at any time.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import time
from collections import deque
from typing import Any

Dict = dict[str, Any]
# The real server withholds these until a bot names them.
WITHHELD = frozenset(("chat_member", "message_reaction", "message_reaction_count"))
MAX_DOWNLOAD = 20 << 20


class Chat:
    """A chat as the server knows it; `info` is the object `chat` inside its messages."""

    def __init__(self, info: Dict) -> None:
        self.info = info
        self.id: int = info["id"]
        self.last_id = 0
        self.messages: dict[int, Dict] = {}
        self.reactions: dict[int, list[Dict]] = {}
        self.reply_markups: set[int] = set()
        self.keyboard: Dict | None = None
        self.pinned: list[int] = []
        self.actions: list[str] = []
        self.menu: Dict | None = None
        self.bot_status = "member"
        self.members: set[int] = set()
        self.migrated_to: int | None = None
        # None means the bot may write; otherwise the wording of the 403.
        self.forbidden: str | None = None

    @property
    def private(self) -> bool:
        """A chat with one person."""
        return self.info["type"] == "private"


class File:
    """Bytes behind a file_id; `size` may be larger than the bytes, to stand for a huge file."""

    def __init__(self, file_id: str, unique: str, path: str, data: bytes, size: int | None) -> None:
        self.file_id, self.unique, self.path, self.data = file_id, unique, path, data
        self.size = len(data) if size is None else size

    def shown(self) -> Dict:
        """The fields every file object carries."""
        return {"file_id": self.file_id, "file_unique_id": self.unique, "file_size": self.size}


class World:
    """Everything there is; plain attributes, read and written by calls, phones and the desk."""

    def __init__(self, token: str) -> None:
        self.token = token
        bot_id = int(token.split(":")[0])
        self.me: Dict = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "岗亭",
            "username": "gangting_bot",
        }
        self.users: dict[int, Dict] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.paths: dict[str, File] = {}
        self.queue: deque[Dict] = deque()
        self.next_update = 100_000_001
        self.confirmed = 0
        self.allowed: list[str] | None = None
        self.withheld: list[Dict] = []
        self.served: list[Dict] = []
        self.callbacks: dict[str, Dict] = {}
        self.callback_ttl = 60.0
        self.sent: list[Dict] = []
        self.violations: list[Dict] = []
        self.commands: dict[str, list[Dict]] = {}
        self.menu: Dict = {"type": "commands"}
        self.webhook: Dict = {}
        self.clock_offset = 0.0
        self.counts: dict[str, int] = {}
        self.arrived = asyncio.Event()
        self.changed = asyncio.Event()
        self._numbers = itertools.count(1)

    def now(self) -> float:
        """The server's clock, which a test may shift."""
        return time.time() + self.clock_offset

    def number(self) -> int:
        """A number never given before."""
        return next(self._numbers)

    def note(self, method: str, what: str, **more: Any) -> None:
        """Record a violation: something the real server lets pass but no good bot does."""
        self.violations.append({"at": self.now(), "method": method, "what": what, **more})

    # People and chats

    def user(self, user_id: int, **fields: Any) -> Dict:
        """The user, made at need; `fields` replace what was known."""
        user = self.users.get(user_id)
        if user is None:
            user = {
                "id": user_id,
                "is_bot": False,
                "first_name": f"用户{user_id}",
                "language_code": "zh-hans",
            }
            self.users[user_id] = user
        user.update(fields)
        chat = self.chats.get(user_id)
        if chat is not None and fields:
            chat.info.update({k: v for k, v in fields.items() if k in NAME_FIELDS})
        return user

    def private(self, user_id: int) -> Chat:
        """The private chat with a user, made at need: the user has pressed start."""
        chat = self.chats.get(user_id)
        if chat is None:
            user = self.user(user_id)
            info = {"id": user_id, **{k: v for k, v in user.items() if k in NAME_FIELDS}}
            chat = self.chats[user_id] = Chat({**info, "type": "private"})
        return chat

    def group(self, chat_id: int, title: str, kind: str = "supergroup") -> Chat:
        """The group, made at need; the bot is a plain member."""
        chat = self.chats.get(chat_id)
        if chat is None:
            chat = self.chats[chat_id] = Chat({"id": chat_id, "title": title, "type": kind})
        chat.info["title"] = title
        return chat

    def known(self, chat_id: int) -> Chat:
        """The chat by id; ValueError if a test names one that is not."""
        if chat_id not in self.chats:
            raise ValueError(f"no chat {chat_id}; there are {sorted(self.chats)[:20]}")
        return self.chats[chat_id]

    def find(self, chat_id: int | str) -> Chat | None:
        """The chat by id or @username."""
        if isinstance(chat_id, int):
            return self.chats.get(chat_id)
        name = chat_id.removeprefix("@").lower()
        for chat in self.chats.values():
            if chat.info.get("username", "").lower() == name and not chat.private:
                return chat
        return None

    # Messages

    def message(self, chat: Chat, sender: Dict, content: Dict) -> Dict:
        """A new message with the next number of its chat; it is in the chat afterwards."""
        chat.last_id += 1
        message = {
            "message_id": chat.last_id,
            "from": sender,
            "chat": chat.info,
            "date": int(self.now()),
            **content,
        }
        chat.messages[chat.last_id] = message
        return message

    # Files

    def file(
        self, folder: str, suffix: str, data: bytes, size: int | None = None, unique: str = ""
    ) -> File:
        """A stored file with its own file_id; `unique` names the picture it is a copy of."""
        n = self.number()
        short = hashlib.sha256(f"{n}:{unique}".encode()).hexdigest()[:20]
        file_id = f"AgACAgUAAxkBAA{short}{n:08d}"
        unique_id = f"AQAD{hashlib.sha256((unique or file_id).encode()).hexdigest()[:12]}"
        made = File(file_id, unique_id, f"{folder}/file_{n}{suffix}", data, size)
        self.files[file_id] = self.paths[made.path] = made
        return made

    # The queue

    def push(self, update: Dict, update_id: int | None = None, raw: bool = False) -> int | None:
        """Queue an update and wake the poller; None when the bot did not ask for its kind."""
        kind = next((k for k in update if k != "update_id"), "")
        if not raw and not self.wants(kind):
            self.withheld.append(update)
            return None
        if update_id is None:
            update_id = update.get("update_id", self.next_update)
        self.next_update = update_id + 1
        self.queue.append({**update, "update_id": update_id})
        self.arrived.set()
        return update_id

    def wants(self, kind: str) -> bool:
        """Whether allowed_updates lets this kind through."""
        if self.allowed:
            return kind in self.allowed
        return kind not in WITHHELD

    def confirm_below(self, offset: int) -> None:
        """Forget the updates queued before the first one with an id >= offset.

        An offset beyond the queue's end changes nothing: ids may have restarted lower.
        """
        if offset > self.next_update:
            return
        while self.queue and self.queue[0]["update_id"] < offset:
            self.confirmed = self.queue.popleft()["update_id"]
            self.changed.set()

    def confirm(self, update: Dict) -> None:
        """Forget one update: the webhook took it."""
        for place, waiting in enumerate(self.queue):
            if waiting is update:
                del self.queue[place]
                self.confirmed = max(self.confirmed, update["update_id"])
                self.changed.set()
                return

    def batch(self, limit: int) -> list[Dict]:
        """The first unconfirmed updates."""
        return list(itertools.islice(self.queue, limit))

    def log(self, entry: Dict) -> Dict:
        """Add a call of the bot to the log; readers waiting for it wake."""
        entry = {"n": len(self.sent), "at": self.now(), **entry}
        self.sent.append(entry)
        self.changed.set()
        return entry


NAME_FIELDS = frozenset(("first_name", "last_name", "username"))
