"""A decrypted message of the app as aiogram's updates; knows neither crypto nor inbox.

What the platform sends: developer.work.weixin.qq.com/document/path/90239 (messages) and 90240
(events). Whatever stands in a message, it becomes an update, nothing, or one that is quarantined;
only a fault of the book or of the directory is raised, so that the message comes again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.transports.line import Member
from bot.transports.wecom import fields, menus, updates
from bot.transports.wecom.book import CARD, LEAVER, LIVE, MENU, USER, Book
from bot.transports.wecom.datum import MARK, to_wgs84
from bot.transports.wecom.updates import Raw

CODE_LIVES = timedelta(hours=72)
"""A card can be changed so long by the code that came with a press (path/94945)."""

GONE = "gone"
"""Stands in the name of a deleted member, which no userid can be: they hold no blanks."""

MEMBER_EVENTS = {
    "subscribe": True, "enter_agent": True, "unsubscribe": False,
}  # fmt: skip
"""Whether the member can use the app from now on."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One message with what every part of the translation needs of it."""

    message: dict[str, Any]
    key: str
    userid: str
    number: int
    name: str
    date: int

    @property
    def sender(self) -> Raw:
        return updates.user(self.number, self.name)

    @property
    def chat(self) -> Raw:
        return updates.private(self.number, self.name)

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.date, UTC)

    def text(self, name: str) -> str:
        return fields.text(self.message, name)


class Translator:
    """Translates for one app; `look` is the corporation's directory, by userid."""

    def __init__(
        self,
        book: Book,
        now: Callable[[], datetime],
        look: Callable[[str], Awaitable[Member | None]],
    ) -> None:
        self._book, self._now, self._look = book, now, look

    async def __call__(self, message: dict[str, Any]) -> list[Raw]:
        """The message's updates: the same for the same message, each with a key of its own."""
        key = fields.key_of(message)
        if fields.text(message, "Event") == "change_contact":
            return await self._contact(message, key)
        userid = fields.text(message, "FromUserName").casefold()
        if not fields.is_userid(userid):
            return [updates.update(key, **{"not an update": message})]
        said = await self._said(message, key, userid)
        if fields.text(message, "MsgType") == "event":
            return await self._event(said)
        return await self._message(said)

    async def _said(self, message: dict[str, Any], key: str, userid: str) -> _Said:
        member = await self._look(userid)
        number = await self._book.number(USER, userid)
        return _Said(
            message, key, userid, number, (member.name if member else "") or userid,
            fields.seconds(message) or int(self._now().timestamp()),
        )  # fmt: skip

    async def _message(self, said: _Said) -> list[Raw]:
        kind = said.text("MsgType")
        if kind == "text":
            text = said.text("Content")
            choice = await menus.chosen(self._book, said.userid, text, lambda: said.moment)
            if choice is not None:
                return [_press(said, said.key, choice.card, choice.data)]
            return [_update(said, text=text)]
        if kind == "location":
            return [_place(said, said.message)]
        if kind == "link":
            parts = [said.text(name) for name in ("Title", "Description", "Url")]
            return [_update(said, text="\n".join(filter(None, parts)))]
        # Whoever sends a picture has gone on: a number he types then is none of the old choices.
        await menus.end(self._book, said.userid)
        return [_update(said, **_file(kind, said.text("MediaId")))]

    async def _event(self, said: _Said) -> list[Raw]:
        event = said.text("Event")
        if event in MEMBER_EVENTS:
            came = event == "enter_agent"
            return [_membership(said, MEMBER_EVENTS[event], came=came)]
        if event == "click":
            return [_update(said, text=said.text("EventKey"))]
        if event == "template_card_event":
            return await self._pressed(said)
        if event == "pic_sysphoto":
            await self._announced(said)
        elif event == "location_select":
            return [_place(said, fields.inside(said.message, "SendLocationInfo"))]
        return []

    async def _pressed(self, said: _Said) -> list[Raw]:
        """A press each choice; the code by which the card can be changed is kept before."""
        task = said.text("TaskId")
        card = await self._code(said, task) if task.isprintable() and 0 < len(task) <= 128 else None
        chosen = fields.options(said.message) or [said.text("EventKey")]
        if len(chosen) == 1:
            return [_press(said, said.key, card, chosen[0])]
        return [_press(said, f"{said.key}:{n}", card, data) for n, data in enumerate(chosen)]

    async def _code(self, said: _Said, task: str) -> int:
        """The card's number; its code is kept, also where the record of the card is still to come.

        A press that is read again brings a code that may be spent by then.
        """
        facts, code = await self._book.facts(CARD, task) or {}, said.text("ResponseCode")
        if not code or facts.get("pressed") == said.key:
            return await self._book.number(CARD, task)
        until = (said.moment + CODE_LIVES).isoformat()
        new = {"code": code, "until": until, "pressed": said.key}
        return await self._book.keep(CARD, task, {"to": said.userid} | facts | new)

    async def _announced(self, said: _Said) -> None:
        """Pictures of the camera key, which come as messages of their own, are taken just now."""
        for md5 in fields.pictures(said.message):
            user = updates.user_id(said.number)
            await self._book.keep(LIVE, f"{user}:{md5}", {"at": said.moment.isoformat()})

    async def _contact(self, message: dict[str, Any], key: str) -> list[Raw]:
        """Someone has another userid, or has left the corporation."""
        change, userid = (fields.text(message, name) for name in ("ChangeType", "UserID"))
        userid = userid.casefold()
        if not fields.is_userid(userid):
            return []
        if change == "delete_user":
            return await self._deleted(message, key, userid)
        new = fields.text(message, "NewUserID").casefold()
        if change == "update_user" and fields.is_userid(new) and new != userid:
            for kind in (USER, MENU):
                await self._book.rename(kind, userid, new)
        return []

    async def _deleted(self, message: dict[str, Any], key: str, userid: str) -> list[Raw]:
        """He is in the directory no more; whoever is given his userid later is somebody else.

        Whom the message means is kept before his name stands aside: it may have to be read again.
        """
        held = await self._book.facts(LEAVER, key)
        number = held["number"] if held else await self._book.number(USER, userid)
        await self._book.keep(LEAVER, key, {"number": number})
        if await self._book.named(USER, number) == userid:
            await self._book.rename(USER, userid, f"{userid} {GONE} {number}")
        date = fields.seconds(message) or int(self._now().timestamp())
        said = _Said(message, key, userid, number, userid, date)
        return [_membership(said, False, deleted=True)]


def _update(said: _Said, **content: Any) -> Raw:
    """A message; one without content is answered as not understood."""
    number = fields.number(said.message, "MsgId")
    if not updates.MESSAGES << 1 < number < 1 << 63:
        # No id, or one among those of our own messages: any number far from them.
        number = 1 << 62 | int.from_bytes(hashlib.sha256(said.key.encode()).digest()[:7], "big")
    message = updates.message(number, said.sender, said.chat, said.date, **content)
    return updates.update(said.key, message=message)


def _press(said: _Said, key: str, card: int | None, data: str) -> Raw:
    query = f"{updates.user_id(said.number)}:{key}"
    pressed = None if card is None else updates.message_id(card)
    press = updates.press(query, said.sender, said.chat, pressed, said.date, data)
    return updates.update(key, callback_query=press)


def _membership(said: _Said, inside: bool, **how: bool) -> Raw:
    happened = updates.membership(said.sender, said.chat, said.date, inside, **how)
    return updates.update(said.key, my_chat_member=happened)


def _place(said: _Said, place: dict[str, Any]) -> Raw:
    """A location. The map's own datum is GCJ-02; the converted point says so.

    The location key gives an event and a message, in either order, and the documents don't promise
    both: as they have one key, the second is known to be the first.
    """
    lat, lon = fields.degrees(place, "Location_X", 90), fields.degrees(place, "Location_Y", 180)
    if lat is None or lon is None:
        return _update(said)
    own = f"place:{said.number}:{said.date // 60}:{lat:.5f}:{lon:.5f}"
    there_lat, there_lon = to_wgs84(lat, lon)
    point = {"latitude": round(there_lat, 7), "longitude": round(there_lon, 7), "datum": MARK}
    label, name = fields.text(place, "Label")[:200], fields.text(place, "Poiname")[:200]
    content: Raw = {"location": point}
    if label or name:
        content["venue"] = {"location": point, "title": name or label, "address": label}
    return _update(said, **content) | {"key": own}


def _file(kind: str, media: str) -> Raw:
    """The content of a message with a file; nothing for another kind or without the file's id."""
    if not media:
        return {}
    file = {"file_id": media, "file_unique_id": hashlib.sha256(media.encode()).hexdigest()[:16]}
    if kind == "image":
        return {"photo": [file | {"width": 0, "height": 0}]}
    if kind == "voice":
        return {"voice": file | {"duration": 0}}
    if kind == "video":
        return {"video": file | {"width": 0, "height": 0, "duration": 0}}
    return {}
