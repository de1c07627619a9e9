"""One make-believe corporation on a platform: members, tokens, codes, media, and what it counts.

Time is the platform's clock. What the bot sends goes through `BotSide`, so that the phones and the
transcript show it. Knows no HTTP; `api` and `robot` speak for it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import Any

from bot.transports.simulator.botside import BotSide, Look
from bot.transports.simulator.chats import Message, Person
from bot.transports.simulator.limits import CODE_SECONDS
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.wecom.faults import Faults
from bot.transports.simulator.wecom.records import Call, Code, Media, Sent, Setup, State

TOKEN_SECONDS = 7200
MEDIA_SECONDS = 3 * 24 * 3600
AN_HOUR = 1000
"""Messages of the app to one member within an hour; what is beyond is dropped without a word."""

Take = Callable[[dict[str, Any]], Awaitable[None]]
_USERID = re.compile(r"user(\d{1,18})", re.IGNORECASE)


class Refusal(Exception):
    """A call is answered with this errcode, and nothing was done."""

    def __init__(self, errcode: int, errmsg: str, **more: Any) -> None:
        self.errcode, self.errmsg, self.more = errcode, errmsg, more
        super().__init__(f"{errcode} {errmsg}")


class Corp:
    """The platform's people as members of a corporation with one app and one robot.

    `calls` are the calls of the active interface in order, `dropped` what WeCom swallowed as
    (userid, body), `lost` the callbacks that nobody took.
    """

    def __init__(self, platform: Platform, setup: Setup) -> None:
        self.platform, self.setup = platform, setup
        self.side = BotSide(platform)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.dropped: list[tuple[str, Any]] = []
        self.lost: list[str] = []
        self.state = State()
        self.tokens: dict[str, int] = {}
        self.removed: set[int] = set()
        self._hour: defaultdict[int, deque[int]] = defaultdict(deque)
        self.seen_bodies: dict[str, tuple[int, dict[str, Any]]] = {}
        platform.wear("wecom")
        platform.listen(self._heard)

    # ---- members ----

    def now(self) -> int:
        """The platform's moment in unix seconds."""
        return self.platform.now()

    def userid(self, person: int) -> str:
        """The member's userid as the administrator wrote it; callbacks carry it so."""
        return f"User{person}"

    def person(self, userid: str) -> Person | None:
        """The member with this userid, however it is written, or None."""
        match = _USERID.fullmatch(userid)
        found = self.platform.people.get(int(match[1])) if match else None
        return None if found is None or found.id in self.removed else found

    def fresh(self, what: str) -> str:
        """A name that was never given before."""
        self.state.number += 1
        return f"{what}-{self.state.number}-{secrets.token_urlsafe(12)}"

    # ---- tokens ----

    def new_token(self) -> str:
        """A token that is good for two hours; the one before stays good until its end."""
        token = secrets.token_urlsafe(48)
        self.tokens[token] = self.now() + TOKEN_SECONDS
        return token

    def check_token(self, token: str | None) -> None:
        """Passes a good token; raises Refusal 41001, 40014 or 42001."""
        if not token:
            raise Refusal(41001, "access_token missing")
        until = self.tokens.get(token)
        if until is None:
            raise Refusal(40014, "invalid access_token")
        if self.now() >= until:
            raise Refusal(42001, "access_token expired")

    def spoil_tokens(self) -> None:
        """No token that was given out is good any more."""
        self.tokens.clear()

    # ---- what is sent ----

    def show(self, chat: int, look: Look, body: Any = None) -> Message | None:
        """The message stands in the chat; None where WeCom dropped it silently."""
        if not self._within_the_hour(chat):
            self.platform.complain(f"一小时里给{self._title(chat)}发了 {AN_HOUR} 条，这条丢了")
            self.dropped.append((self.userid(chat), body))
            return None
        message = self.side.send(chat, look)
        if message.id not in self.platform.chats[chat].messages:
            self.dropped.append((self.userid(chat), body))
            return None
        return message

    def remember(self, sent: Sent) -> Sent:
        """The message can be recalled, and its card updated."""
        self.state.sent[sent.msgid] = sent
        if sent.task_id is not None:
            self.state.tasks[sent.task_id] = sent.msgid
        return sent

    def card_of(self, chat: int, message_id: int) -> Sent | None:
        """What was sent as this message of the chat, or None."""
        return next(
            (s for s in reversed(self.state.sent.values()) if s.shown.get(chat) == message_id), None
        )

    def new_code(self, task_id: str) -> str:
        """A response code for one update of the card within 72 hours."""
        code = self.fresh("code")
        self.state.codes[code] = Code(task_id, self.now() + CODE_SECONDS)
        return code

    def spend_code(self, code: str) -> Sent:
        """The card whose code this was; raises Refusal where it is unknown, spent or too old."""
        found = self.state.codes.pop(code, None)
        if found is None or self.now() > found.until:
            self.platform.complain("更新码用过了或过期了，卡片改不了")
            raise Refusal(42036, "invalid response_code, or it was used, or is older than 72 hours")
        return self.state.sent[self.state.tasks[found.task_id]]

    # ---- media ----

    def keep_media(self, data: bytes, kind: str, name: str) -> str:
        """The bytes can be had for three days under the media id."""
        file, _ = self.platform.shelf.put(data)
        return self.keep_file(file, kind, name)

    def keep_file(self, file: str, kind: str, name: str) -> str:
        """As `keep_media`, of what is on the shelf already."""
        media_id = self.fresh("media")
        self.state.media[media_id] = Media(file, kind, name, self.now() + MEDIA_SECONDS)
        return media_id

    def media(self, media_id: Any) -> tuple[Media, bytes]:
        """The file and its bytes; raises Refusal 40007 where it is unknown or too old."""
        found = self.state.media.get(media_id) if isinstance(media_id, str) else None
        data = self.platform.shelf.get(found.file) if found else None
        if found is None or data is None or self.now() > found.until:
            raise Refusal(40007, "invalid media_id")
        return found, data

    # ---- inside ----

    def _within_the_hour(self, chat: int) -> bool:
        sent, now = self._hour[chat], self.now()
        while sent and not now - 3600 < sent[0] <= now:
            sent.popleft()
        if len(sent) >= AN_HOUR:
            return False
        sent.append(now)
        return True

    def _title(self, chat: int) -> str:
        return self.platform.chat(chat).title

    def _heard(self, change: dict[str, Any]) -> None:
        if change["kind"] == "fresh":
            self.state = State(number=self.state.number)
            self._hour.clear()
            self.seen_bodies.clear()


def plain(body: Any) -> str:
    """The body as text that equal bodies share byte for byte."""
    return json.dumps(body, ensure_ascii=False)
