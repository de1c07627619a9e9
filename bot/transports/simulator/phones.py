"""What a person does on a phone, and the raw update that comes of it.

Knows no aiogram and no page; every act leaves its trace in the chat, the log and the transcript.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import NotFound, Refused
from bot.transports.simulator import pictures, wire
from bot.transports.simulator.chats import FileKind, Message, Person
from bot.transports.simulator.limits import ALBUM_PHOTOS, CODE_SECONDS
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.transcript import acted_words

_KINDS: dict[str, FileKind] = {"video": "video", "audio": "voice"}
_DEEDS = {"photo": "发照片", "video": "发视频", "voice": "发语音", "document": "发文件"}


class Phone:
    """A person's phone, open at the private chat with the bot or at the group."""

    def __init__(self, platform: Platform, person: int, chat: int | None = None) -> None:
        self._platform = platform
        self._person: Person = platform.person(person)
        self._chat = platform.chat(person if chat is None else chat).id
        if self._chat not in (person, platform.group.id):
            raise NotFound("这个对话不在这部手机上。")
        if self._chat != person and platform.skin == "wecom" and not platform.hears_groups:
            raise Refused("企业微信的应用收不到群里的话，请私下发给岗亭。")

    async def write(self, text: str, reply_to: int | None = None) -> Message:
        """The text stands in the chat and is on its way to the bot."""
        message = self._draft(text.strip(), reply_to)
        if not message.text:
            raise Refused("没有写字，什么也没发。")
        await self._send([message], "发文字", message.text)
        return message

    async def shoot(
        self, shots: Sequence[bytes], caption: str = "", reply_to: int | None = None
    ) -> list[Message]:
        """The photos are on their way: one message each, joined to an album where there are any.

        In the WeCom skin there are no albums and no captions: the words follow as a text.
        """
        wecom = self._platform.skin == "wecom"
        messages: list[Message] = []
        for start in range(0, len(shots), ALBUM_PHOTOS):
            group = shots[start : start + ALBUM_PHOTOS]
            joined = len(group) > 1 and not wecom
            album = f"album{self._platform.next_id('query')}" if joined else None
            messages += [self._photo(shot, album, reply_to) for shot in group]
        if messages and not wecom:
            messages[0].text = caption.strip()
        await self._send(messages, "发照片", caption.strip())
        if wecom and caption.strip():
            messages.append(await self.write(caption))
        return messages

    async def attach(
        self, name: str, mime: str, data: bytes, caption: str = "", reply_to: int | None = None
    ) -> Message:
        """The file is on its way as a document, video or voice message."""
        wecom = self._platform.skin == "wecom"
        kind = _KINDS.get(mime.partition("/")[0], "document")
        if kind == "document" and self._platform.door and not self._platform.hears_files:
            raise Refused("企业微信的应用收不到文件，只收照片、视频和语音。什么也没发。")
        message = self._draft("" if wecom else caption.strip(), reply_to)
        message.file = pictures.keep_file(self._platform.shelf, data, kind, name, mime)
        await self._send([message], _DEEDS[kind], name)
        if wecom and caption.strip():
            await self.write(caption)
        return message

    async def point(self, lat: float, lon: float) -> Message:
        """The place is on its way to the bot."""
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise Refused("经纬度不对：纬度在 -90 到 90，经度在 -180 到 180。")
        message = self._draft("")
        message.place = (lat, lon)
        await self._send([message], "发位置", f"{lat:.4f}，{lon:.4f}")
        return message

    async def press(self, message_id: int, data: str) -> str:
        """The press is on its way to the bot; the id of its query.

        `data` needn't be on the card any more: a real press may cross an edit.
        """
        platform = self._platform
        card = platform.message(self._chat, message_id)
        query = f"q{platform.next_id('query')}"
        platform.queries[query] = (self._person.id, platform.now())
        card.code_until = platform.now() + CODE_SECONDS
        text = next((b.text for row in card.buttons for b in row if b.data == data), data)
        self._record(text, "按", f"「{text}」")
        press = wire.callback(query, self._person, platform.raw(card), data)
        await platform.send_update(card, callback_query=press)
        return query

    async def tap(self, text: str) -> str:
        """As `press`, on the newest card of this chat that has a button with this text."""
        cards = reversed(self._platform.chat(self._chat).messages.values())
        for card in cards:
            for button in (button for row in card.buttons for button in row):
                if button.text == text and button.data is not None:
                    return await self.press(card.id, button.data)
        raise NotFound(f"没有哪张卡片上有按钮「{text}」。")

    async def reword(self, message_id: int, text: str) -> Message:
        """The person's own message says this now, and the bot will hear of it."""
        platform = self._platform
        message = platform.message(self._chat, message_id)
        if message.sender != self._person.id or message.place is not None:
            raise Refused("只能改自己写的话。")
        if platform.skin == "wecom":
            raise Refused("企业微信里发出去的话改不了。")
        if not text.strip() and message.file is None:
            raise Refused("没有写字，什么也没改。")
        message.text, message.edited = text.strip(), platform.now()
        self._record(f"（把自己的话改成）{message.text}", "改自己的话", message.text)
        platform.post(message)
        await platform.send_update(message, edited_message=platform.raw(message))
        return message

    def _draft(self, text: str, reply_to: int | None = None) -> Message:
        platform = self._platform
        if reply_to is not None:
            platform.message(self._chat, reply_to)
        return Message(
            id=platform.next_id("message"),
            chat=self._chat,
            sender=self._person.id,
            at=platform.now(),
            text=text,
            status="pending",
            reply_to=None if platform.skin == "wecom" else reply_to,
        )

    def _photo(self, shot: bytes, album: str | None, reply_to: int | None) -> Message:
        message = self._draft("", reply_to)
        message.album = album
        message.file = pictures.keep_photo(self._platform.shelf, shot)
        return message

    async def _send(self, messages: list[Message], deed: str, rest: str) -> None:
        platform = self._platform
        for nth, message in enumerate(messages, 1):
            words = acted_words(message, nth if message.album else 1)
            self._record(words, deed, rest if nth == 1 else f"第 {nth} 张")
            platform.post(message)
            await platform.send_update(message, message=platform.raw(message))

    def _record(self, words: str, deed: str, rest: str) -> None:
        platform = self._platform
        in_group = self._chat == platform.group.id
        name = f"{self._person.name}@{platform.group.title}" if in_group else self._person.name
        platform.transcript.acted(name, words, platform.now())
        platform.note(self._person.name, deed, rest, "act")
