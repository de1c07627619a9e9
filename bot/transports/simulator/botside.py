"""What the bot does on the platform: send, edit, react, delete, answer a press.

Refuses as Telegram would (`Rejected`), and in the WeCom skin as WeCom would, saying so in red.
Knows no aiogram: the session turns method calls into these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.transports.simulator.chats import BOT, Button, File, Key, Message
from bot.transports.simulator.limits import (
    CODE_SECONDS,
    QUERY_SECONDS,
    REACTIONS,
    RECALL_SECONDS,
    TELEGRAM_GROUP_A_MINUTE,
    WECOM_A_MINUTE,
    Rejected,
    check_buttons,
    check_words,
    may_update,
    wecom_complaints,
)
from bot.transports.simulator.platform import Platform

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@dataclass
class Look:
    """What a message shows; `keys` None leaves the reply keyboard as it is, [] takes it away."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    file: File | None = None
    buttons: list[list[Button]] = field(default_factory=list)
    keys: list[list[Key]] | None = None
    placeholder: str = ""


class BotSide:
    """The bot's hands on a platform."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def send(
        self,
        chat: int,
        look: Look,
        *,
        reply_to: int | None = None,
        silent: bool = False,
        album: str | None = None,
    ) -> Message:
        """The message stands in the chat, unless WeCom would have dropped it silently."""
        self._check(chat, look)
        message = Message(
            id=self.platform.next_id("message"),
            chat=chat,
            sender=BOT,
            at=self.platform.now(),
            text=look.text,
            entities=look.entities,
            file=look.file,
            buttons=look.buttons,
            reply_to=reply_to if reply_to in self.platform.chats[chat].messages else None,
            silent=silent,
            album=album,
            code_until=self.platform.now() + CODE_SECONDS,
        )
        if self._passes(chat):
            self._seen(chat)
            self._lay_keys(chat, look)
            self.platform.post(message)
            self.platform.transcript.shown(self._title(chat), message, message.at)
            self.platform.note("岗亭", f"发给{self._title(chat)}", look.text or _named(look), "bot")
        return message

    def edit(self, chat: int, message_id: int, look: Look) -> Message:
        """The bot's message shows this now; raises Rejected where it already did, or can't."""
        message = self._mine(chat, message_id)
        self._check(chat, look)
        if (message.text, message.entities, message.file, message.buttons) == (
            look.text, look.entities, look.file, look.buttons,
        ):  # fmt: skip
            raise Rejected(NOT_MODIFIED)
        if self.platform.skin == "wecom":
            self._spend_code(message)
        words_changed = (message.text, message.file) != (look.text, look.file)
        message.text, message.entities = look.text, look.entities
        message.file, message.buttons = look.file, look.buttons
        message.edited = self.platform.now() if words_changed else message.edited
        self._seen(chat)
        self.platform.post(message)
        self.platform.transcript.shown(self._title(chat), message, self.platform.now(), "~")
        self.platform.note("岗亭", f"改{self._title(chat)}的卡片", look.text, "bot")
        return message

    def look_of(self, chat: int, message_id: int) -> Look:
        """How the bot's message looks now, to change a part of it."""
        message = self._mine(chat, message_id)
        return Look(message.text, message.entities, message.file, message.buttons)

    def delete(self, chat: int, message_id: int) -> None:
        """The message is gone from the phone."""
        message = self._find(chat, message_id, "message to delete not found")
        if self.platform.now() - message.at > RECALL_SECONDS[self.platform.skin]:
            raise Rejected("Bad Request: message can't be deleted for everyone")
        self.platform.remove(message)
        self.platform.note("岗亭", f"收回给{self._title(chat)}的话", message.text, "bot")
        self.platform.transcript.note("岗亭收回：" + message.text.split("\n")[0])

    def react(self, chat: int, message_id: int, emoji: str | None) -> None:
        """The message carries this reaction, an album's message on its first photo; None: none."""
        message = self._find(chat, message_id, "message to react not found")
        if emoji is not None and emoji.rstrip("\ufe0f") not in REACTIONS:
            raise Rejected("Bad Request: REACTION_INVALID")
        if self.platform.skin == "wecom":
            self.platform.complain("没有表情回应，这一下没人看见")
            return
        album = self.platform.chats[chat].messages.values()
        first = next((m for m in album if m.album and m.album == message.album), message)
        first.reaction = emoji
        self._seen(chat)
        self.platform.post(first)
        if emoji:
            self.platform.transcript.reacted(self._title(chat), emoji, self.platform.now())
            self.platform.note("岗亭", "点", f"{emoji} 给{self._title(chat)}", "bot")

    def answer(self, query: str, text: str, alert: bool, url: str | None) -> None:
        """The phone that pressed has its answer; a query is answered once."""
        person, at = self.platform.queries.pop(query, (0, 0))
        if not person or self.platform.now() - at > QUERY_SECONDS:
            raise Rejected(QUERY_TOO_OLD)
        if len(text) > 200:
            raise Rejected("Bad Request: MESSAGE_TOO_LONG")
        if text or url:
            self.platform.tell(
                {"kind": "toast", "person": person, "text": text, "alert": alert, "url": url}
            )
            self.platform.transcript.note(f"{self.platform.people[person].name}的手机弹出：{text}")

    def pin(self, chat: int, message_id: int) -> None:
        """The message is the pinned one of its chat."""
        message = self._find(chat, message_id, "message to pin not found")
        if self.platform.skin == "wecom":
            self.platform.complain("不能置顶，这一下没人看见")
            return
        for other in self.platform.chats[chat].messages.values():
            if other.pinned:
                other.pinned = False
                self.platform.post(other)
        message.pinned = True
        self.platform.post(message)

    def typing(self, chat: int, action: str) -> None:
        """The phone shows for a moment that something comes."""
        self._known(chat)
        self.platform.tell({"kind": "typing", "chat": chat, "action": action})

    def leave(self, chat: int) -> None:
        """The bot has said goodbye to the group; the simulator's group stays open."""
        self._known(chat)
        self.platform.note("岗亭", "离开", self._title(chat), "bot")

    def _check(self, chat: int, look: Look) -> None:
        self._known(chat)
        check_words(look.text, captioned=look.file is not None)
        check_buttons(look.buttons)
        if self.platform.skin == "wecom":
            for sentence in wecom_complaints(look.buttons):
                self.platform.complain(sentence)

    def _passes(self, chat: int) -> bool:
        platform, now = self.platform, self.platform.now()
        if platform.skin == "wecom" and platform.pace.wait(chat, now, WECOM_A_MINUTE):
            platform.complain(f"一分钟里给{self._title(chat)}发了 {WECOM_A_MINUTE} 条，这条丢了")
            return False
        if platform.skin == "telegram" and chat == platform.group.id:
            wait = platform.pace.wait(chat, now, TELEGRAM_GROUP_A_MINUTE)
            if wait:
                words = f"Too Many Requests: retry after {wait}"
                raise Rejected(words, 429, retry_after=wait)
        return True

    def _spend_code(self, message: Message) -> None:
        if not may_update(message, self.platform.now()):
            self.platform.complain(f"这张卡片没有可用的更新码，改不了：{message.text}")
            raise Rejected("Bad Request: message can't be edited")
        message.code_until = None

    def _lay_keys(self, chat: int, look: Look) -> None:
        if look.keys is not None:
            card = self.platform.chats[chat]
            card.keys, card.placeholder = look.keys, look.placeholder
            keys = [[vars(key) for key in row] for row in look.keys]
            self.platform.tell(
                {"kind": "keys", "chat": chat, "keys": keys, "placeholder": look.placeholder}
            )

    def _seen(self, chat: int) -> None:
        for message in reversed(self.platform.chats[chat].messages.values()):
            if message.sender != BOT and message.status == "seen":
                return
            if message.status == "delivered":
                message.status = "seen"
                self.platform.post(message)

    def _known(self, chat: int) -> None:
        if chat not in self.platform.chats:
            raise Rejected("Bad Request: chat not found")

    def _find(self, chat: int, message_id: int, missing: str) -> Message:
        self._known(chat)
        found = self.platform.chats[chat].messages.get(message_id)
        if found is None:
            raise Rejected(f"Bad Request: {missing}")
        return found

    def _mine(self, chat: int, message_id: int) -> Message:
        message = self._find(chat, message_id, "message to edit not found")
        if message.sender != BOT:
            raise Rejected("Bad Request: message can't be edited")
        return message

    def _title(self, chat: int) -> str:
        return self.platform.chats[chat].title


def _named(look: Look) -> str:
    """What a message without words is called."""
    return "图片" if look.file is None or look.file.kind == "photo" else look.file.name
