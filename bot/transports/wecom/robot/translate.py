"""A callback of the robot as aiogram's updates; knows neither socket nor inbox.

What the platform sends: developer.work.weixin.qq.com/document/path/100719 (messages), 101027
(events) and 101463. Whatever stands in a frame, it becomes updates, nothing, or one that is
quarantined; only a fault of the book is raised, so that the frame is tried again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.transports.wecom import menus, updates
from bot.transports.wecom.book import CARD, GROUP, OWN, SPELLING, USER, Book
from bot.transports.wecom.robot import frames
from bot.transports.wecom.robot.callbacks import Callbacks, Kind
from bot.transports.wecom.robot.files import Files
from bot.transports.wecom.robot.frames import Frame, inside
from bot.transports.wecom.updates import Raw

LONGEST_ID = 128
"""Characters of a message id or bytes of a task id; a longer one is known by its hash or not."""

LONGEST_USERID, LONGEST_CHAT = 64, 128
PARTS = 20
"""Pictures of one message that are taken; the platform's own limit is lower."""

LAST_SECOND = 4_102_444_800
"""The year 2100; a later moment is none."""

GROUP_TITLE = "企业微信群"
"""A callback doesn't tell the group's name."""

PICTURE_KINDS = {"image": "photo", "file": "document", "video": "video"}
_MENTION = re.compile(r"^@\S+\s*|\s*@\S+$")


@dataclass(frozen=True, slots=True)
class _Said:
    """One callback with what every part of the translation needs of it."""

    body: dict[str, Any]
    key: str
    userid: str
    user: Raw
    chat: Raw
    receiver: str
    date: int
    at: int

    @property
    def in_group(self) -> bool:
        return bool(self.chat["type"] != "private")


class Translator:
    """Translates for one robot; what can be answered it tells `callbacks`, files go to `files`."""

    def __init__(
        self, book: Book, now: Callable[[], datetime], callbacks: Callbacks, files: Files
    ) -> None:
        self._book, self._now = book, now
        self._callbacks, self._files = callbacks, files

    async def run(self) -> None:
        """Fetches the files that came, until it is cancelled."""
        await self._files.run()

    async def updates(self, frame: Frame, at: int) -> list[Raw]:
        """The callback's updates: the same for the same frame and moment, with keys of their own.

        `at` is when the frame came, in microseconds; messages are numbered by it.
        """
        body = inside(frame, "body")
        if not isinstance(body, dict):
            return []
        key = _key(body, at)
        userid = _clean(frames.words(body, "from", "userid"))
        if not 0 < len(userid.encode()) <= LONGEST_USERID:
            # A feedback and the like may be nobody's; a message of nobody is looked at by people.
            return [] if body.get("event") else [updates.update(key, **{"not an update": body})]
        if frame.get("cmd") == frames.EVENT and frames.event_of(frame) not in _EVENTS:
            return []
        said = await self._said(body, key, userid, at)
        if frame.get("cmd") == frames.EVENT:
            return await self._event(said, frames.event_of(frame), frames.req_id(frame))
        self._callbacks.came(Kind.MESSAGE, frames.req_id(frame), said.chat["id"])
        return await self._message(said)

    async def _said(self, body: dict[str, Any], key: str, userid: str, at: int) -> _Said:
        name = userid.casefold()
        number = await self._book.number(USER, name)
        if name != userid and await self._book.facts(SPELLING, name) != {"as": userid}:
            await self._book.keep(SPELLING, name, {"as": userid})
        facts = await self._book.facts(USER, name) or {}
        shown = str(facts.get("name") or userid)
        chat, receiver = updates.private(number, shown), name
        group = _clean(frames.words(body, "chatid"))
        if body.get("chattype") == "group" and 0 < len(group) <= LONGEST_CHAT:
            chat, receiver = await self._group(group), group
        date = _seconds(body.get("create_time")) or at // 1_000_000
        return _Said(body, key, name, updates.user(number, shown), chat, receiver, date, at)

    async def _group(self, name: str) -> Raw:
        facts = await self._book.facts(GROUP, name)
        if facts is None:
            facts = {"title": GROUP_TITLE, "how": "robot"}
            await self._book.keep(GROUP, name, facts)
        return updates.group(await self._book.number(GROUP, name), str(facts["title"]))

    async def _event(self, said: _Said, event: str, request: str) -> list[Raw]:
        if event == "enter_chat":
            self._callbacks.came(Kind.ENTRY, request, said.chat["id"])
            entered = updates.membership(said.user, said.chat, said.date, True, came=True)
            return [updates.update(said.key, my_chat_member=entered)]
        task = _card_field(said.body, "task_id")
        known = 0 < len(task.encode()) <= LONGEST_ID
        card = await self._book.number(CARD, task) if known else None
        if known:
            self._callbacks.came(Kind.PRESS, request, task)
        chosen = _options(said.body) or [_card_field(said.body, "event_key")]
        keys = [said.key] if len(chosen) == 1 else [f"{said.key}:{n}" for n in range(len(chosen))]
        return [_press(said, key, card, data) for key, data in zip(keys, chosen, strict=True)]

    async def _message(self, said: _Said) -> list[Raw]:
        kind = frames.words(said.body, "msgtype")
        if kind == "text":
            return await self._text(said, _clean(frames.words(said.body, "text", "content")))
        if kind == "voice":
            # Only what was heard comes, never the voice; a sentence ends with a full stop there.
            heard = _clean(frames.words(said.body, "voice", "content")).strip().rstrip("。")
            return [_update(said, text=heard) if heard else _update(said)]
        if kind == "mixed":
            return await self._mixed(said)
        await menus.end(self._book, OWN + said.receiver)
        return [_update(said, **await self._file(said, kind, said.body, 0))]

    async def _text(self, said: _Said, text: str) -> list[Raw]:
        text = _unmentioned(text) if said.in_group else text.strip()
        moment = datetime.fromtimestamp(said.date, UTC)
        choice = await menus.chosen(self._book, OWN + said.receiver, text, lambda: moment)
        if choice is not None:
            return [_press(said, said.key, choice.card, choice.data)]
        return [_update(said, text=text) if text else _update(said)]

    async def _mixed(self, said: _Said) -> list[Raw]:
        """Words and pictures of one message: an album whose first picture has the words.

        So nothing needs to be joined by guess, as with pictures that come one by one.
        """
        items = inside(said.body, "mixed", "msg_item")
        items = items if isinstance(items, list) else []
        words = [_clean(frames.words(item, "text", "content")) for item in items]
        text = "\n".join(filter(None, (part.strip() for part in words)))
        pictures = [item for item in items if inside(item, "msgtype") == "image"][:PARTS]
        if not pictures:
            return await self._text(said, text)
        caption = _unmentioned(text) if said.in_group else text
        made: list[Raw] = []
        for nth, item in enumerate(pictures):
            content = await self._file(said, "image", item, nth)
            if nth == 0 and caption:
                content["caption"] = caption
            if len(pictures) > 1:
                content["media_group_id"] = said.key[-LONGEST_ID:]
            made.append(_update(said, nth if len(pictures) > 1 else None, **content))
        return made

    async def _file(self, said: _Said, kind: str, holder: Any, nth: int) -> Raw:
        """The content of a message with a file, which is being fetched; nothing without one."""
        url, aeskey = (_clean(frames.words(holder, kind, name)) for name in ("url", "aeskey"))
        shown = PICTURE_KINDS.get(kind)
        if shown is None or not url:
            return {}
        file_id = "r" + hashlib.sha256(f"{said.key}:{nth}".encode()).hexdigest()[:31]
        await self._files.keep(file_id, url, aeskey)
        file: Raw = {"file_id": file_id, "file_unique_id": file_id[:16]}
        if shown == "photo":
            return {"photo": [file | {"width": 0, "height": 0}]}
        if shown == "video":
            return {"video": file | {"width": 0, "height": 0, "duration": 0}}
        return {"document": file}


_EVENTS = ("enter_chat", "template_card_event")
"""Events that mean something to the house."""


def _update(said: _Said, nth: int | None = None, **content: Any) -> Raw:
    """A message, the nth of its callback; one without content is answered as not understood."""
    number = said.at + (nth or 0)
    key = said.key if nth is None else f"{said.key}:{nth}"
    message = updates.message(number, said.user, said.chat, said.date, **content)
    return updates.update(key, message=message)


def _press(said: _Said, key: str, card: int | None, data: str) -> Raw:
    query = f"{said.user['id']}:{key}"
    pressed = None if card is None else updates.message_id(card)
    press = updates.press(query, said.user, said.chat, pressed, said.date, data)
    return updates.update(key, callback_query=press)


def _key(body: dict[str, Any], at: int) -> str:
    """The callback's own id; where it has none, one made of what it says."""
    msgid = _clean(frames.words(body, "msgid"))
    if 0 < len(msgid) <= LONGEST_ID:
        return f"robot:{msgid}"
    try:
        told = json.dumps(body, sort_keys=True)
    except (RecursionError, TypeError, ValueError):
        told = str(at)
    return f"robot:#{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def _card_field(body: dict[str, Any], name: str) -> str:
    """A field of a press: nested, as the platform sends it, or flat, as the SDK's types say."""
    nested = frames.words(body, "event", "template_card_event", name)
    return _clean(nested or frames.words(body, "event", name))


def _options(body: dict[str, Any]) -> list[str]:
    """The ids of what was ticked, over all questions; lists stand bare or in a dict of their own.

    Seen in public code: `selected_items.selected_item[].option_ids.option_id[]`.
    """
    event = inside(body, "event", "template_card_event", "selected_items")
    items = _listed(event or inside(body, "event", "selected_items"), "selected_item")
    found = [
        option for item in items for option in _listed(inside(item, "option_ids"), "option_id")
    ]
    return [_clean(one) for one in found if isinstance(one, str) and one][:PARTS]


def _listed(value: Any, name: str) -> list[Any]:
    value = value.get(name) if isinstance(value, dict) and name in value else value
    return value if isinstance(value, list) else [value]


def _unmentioned(text: str) -> str:
    """The text without the @ that called the robot, whose name we are not told."""
    return _MENTION.sub("", text.strip(), count=1).strip()


def _clean(text: str) -> str:
    """What every store can keep: no half surrogate pairs, no zero bytes."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _seconds(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value < LAST_SECOND else None
