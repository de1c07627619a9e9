"""One make-believe corporation on a platform: members, tokens, codes, media, and what it counts.

Time is the platform's clock. What the bot sends goes through `BotSide`, so that the phones and the
transcript show it. Knows no HTTP server; `api` and `robot` speak for it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import defaultdict, deque
from pathlib import Path
from typing import Any

from typing_extensions import override

from bot.transports.simulator.botside import NOT_MODIFIED, BotSide, Look
from bot.transports.simulator.chats import Message, Person
from bot.transports.simulator.limits import CODE_SECONDS, Rejected
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.wecom.callbacks import Callbacks
from bot.transports.simulator.wecom.checks import Refusal
from bot.transports.simulator.wecom.faults import Faults
from bot.transports.simulator.wecom.records import Call, Code, Media, Sent, Setup, State

__all__ = ["Corp", "Refusal", "Setup"]

TOKEN_SECONDS = 7200
MEDIA_SECONDS = 3 * 24 * 3600
AN_HOUR = 1000
"""Messages of the app to one member within an hour; what is beyond is dropped without a word."""

_USERID = re.compile(r"user(\d{1,18})", re.IGNORECASE)


class Corp:
    """The platform's people as members of a corporation with one app and one robot.

    For tests: `calls` are the calls of the active interface in order, `dropped` what WeCom
    swallowed as (userid, body), `lost` the callbacks that nobody took; `trusted` False refuses
    every call (60020), `root_visible` False every group chat (60011), and `removed` are the people
    outside the app's visible range. `task_first` answers an equal body with 42014, not with 0:
    which of the two rules comes first is documented nowhere.
    """

    def __init__(self, platform: Platform, setup: Setup, folder: Path | None = None) -> None:
        self.platform, self.setup = platform, setup
        self.side = _Side(platform)
        self.callbacks = Callbacks(self)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.dropped: list[tuple[str, Any]] = []
        self.lost: list[str] = []
        self.tokens: dict[str, int] = {}
        self.removed: set[int] = set()
        self.departments: dict[int, str] = {1: setup.title}
        self.squads: dict[int, int] = {}
        self.trusted, self.root_visible, self.task_first = True, True, False
        self.base = ""
        self.equal: dict[bytes, int] = {}
        self._hour: defaultdict[int, deque[int]] = defaultdict(deque)
        self._file = folder / "wecom.json" if folder else None
        self._saved = ""
        self.state = self._load()
        if platform.skin != "wecom":
            platform.wear("wecom")
        platform.listen(self._heard)

    async def take(self, raw: dict[str, Any]) -> None:
        """What was done on a phone was called back, or is lost as WeCom would lose it."""
        await self.callbacks.take(raw)

    async def close(self) -> None:
        """Nothing is called back any more; what must be known after a restart is on disk."""
        await self.callbacks.close()
        self.save()

    # ---- members ----

    def now(self) -> int:
        """The platform's moment in unix seconds."""
        return self.platform.now()

    def userid(self, person: int) -> str:
        """The member's userid as the administrator wrote it; callbacks carry it so."""
        return f"User{person}"

    def person(self, userid: str) -> Person | None:
        """The visible member with this userid, however it is written, or None."""
        match = _USERID.fullmatch(userid)
        found = self.platform.people.get(int(match[1])) if match else None
        return None if found is None or found.id in self.removed else found

    def seat(self, person: int, department: str) -> None:
        """The member belongs to this department below the corporation."""
        known = {name: number for number, name in self.departments.items()}
        number = known.get(department) or max(self.departments) + 1
        self.departments[number] = department
        self.squads[person] = number

    def fresh(self, what: str) -> str:
        """A name that was never given before."""
        self.state.number += 1
        return f"{what}-{self.state.number}-{secrets.token_urlsafe(12)}"

    # ---- tokens ----

    def token(self) -> tuple[str, int]:
        """The token and its seconds; within its two hours it is the same one."""
        now = self.now()
        for token, until in self.tokens.items():
            if until > now:
                return token, until - now
        token = secrets.token_urlsafe(48)
        self.tokens[token] = now + TOKEN_SECONDS
        return token, TOKEN_SECONDS

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
        else:
            message = self.side.send(chat, look)
            if message.id in self.platform.chats[chat].messages:
                return message
        self.dropped.append((self.userid(chat), body))
        return None

    def change(self, chat: int, message_id: int, look: Look) -> None:
        """The message looks so now; an equal look is no fault in WeCom."""
        try:
            self.side.edit(chat, message_id, look)
        except Rejected as no:
            if no.description != NOT_MODIFIED:
                raise Refusal(40058, no.description) from None

    def remember(self, sent: Sent) -> None:
        """The message can be recalled, its card updated and pressed."""
        self.state.sent[sent.msgid] = sent
        if sent.task_id is not None:
            self.state.tasks[sent.task_id] = sent.msgid

    def sent_as(self, chat: int, message_id: int) -> Sent | None:
        """What stands as this message in the chat, or None."""
        everything = reversed(self.state.sent.values())
        return next((sent for sent in everything if sent.shown.get(chat) == message_id), None)

    def new_code(self, task_id: str) -> str:
        """A response code for one update of the card within 72 hours."""
        code = self.fresh("code")
        self.state.codes[code] = Code(task_id, self.now() + CODE_SECONDS)
        return code

    def spend_code(self, code: str) -> Sent:
        """The card whose code this was; raises Refusal where it is unknown, spent or too old."""
        found = self.state.codes.pop(code, None)
        if found is None or self.now() > found.until:
            if code.startswith("code-"):  # one of ours; a probe's never was
                self.platform.complain("更新码用过了或过期了，卡片改不了")
            raise Refusal(40058, "invalid response_code: unknown, used, or older than 72 hours")
        return self.state.sent[self.state.tasks[found.task_id]]

    # ---- media ----

    def keep_media(self, data: bytes, kind: str, name: str) -> str:
        """The bytes can be had for three days under the media id."""
        return self.lend(self.platform.shelf.put(data)[0], kind, name)

    def lend(self, file: str, kind: str, name: str) -> str:
        """As `keep_media`, of what is on the platform's shelf already."""
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

    def save(self) -> None:
        """The state is on disk, where there is a folder for it."""
        if self._file is None:
            return
        text = json.dumps(self.state.as_dict(), ensure_ascii=False)
        if text != self._saved:
            draft = self._file.with_suffix(".new")
            draft.write_text(text, encoding="utf-8")
            draft.replace(self._file)
            self._saved = text

    def _load(self) -> State:
        if self._file is None or not self._file.is_file():
            return State()
        return State.from_dict(json.loads(self._file.read_text(encoding="utf-8")))

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
            self.equal.clear()


class _Side(BotSide):
    """The bot's hands, where `checks`, `cards` and the codes have judged already."""

    @override
    def _check(self, chat: int, look: Look) -> None:
        self._known(chat)

    @override
    def _spend_code(self, message: Message) -> None:
        message.code_until = None
