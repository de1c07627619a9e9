"""Messages to a member: sent, changed, taken back; knows no aiogram.

Every part of a message is one call. A draft stands in the book before the first, so that after a
crash or a lost answer only what is in doubt is sent again, byte for byte the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.transports.wecom import menus
from bot.transports.wecom.book import Book
from bot.transports.wecom.cards import Choice, Look, ended, look
from bot.transports.wecom.client import Client
from bot.transports.wecom.errors import CONFLICT, WeComError, answer_of
from bot.transports.wecom.outgoing import (
    LIMIT,
    NO_EDIT,
    Body,
    File,
    Refused,
    bodies,
    media_body,
)
from bot.transports.wecom.shown import DUPLICATES, Draft, Facts, Shown, fingerprint, same

RECALL_WITHIN = timedelta(hours=24)
BAD_REQUEST = 400


class Sending:
    """One app's way to its members. Raises WeComError, NoAnswer, TimeoutError and Refused."""

    def __init__(
        self, client: Client, book: Book, shown: Shown, now: Callable[[], datetime]
    ) -> None:
        self._client, self._book, self._shown, self._now = client, book, shown, now
        self._config = client.config

    async def send(
        self, userid: str, text: str, choices: Sequence[Choice] = (), file: File | None = None
    ) -> tuple[int, str]:
        """The member has the file, then the text with its choices; digits are understood.

        Returns the message's number in the book and the file's media id.
        """
        shown = self._look(text, choices) if text or choices else Look()
        print_ = file.print() if file else None
        draft = await self._shown.draft(
            userid, fingerprint(shown.texts, shown.card, shown.menu, print_)
        )
        messages = bodies(shown, draft.task, draft.again)
        if file is not None:
            await self._shown.upload(draft, self._client, file)
            messages.insert(0, media_body(file.kind, draft.media))
        code = await self._deliver(userid, draft, messages)
        number = await self._shown.record(draft, userid, text, shown, code)
        if shown.menu:
            await menus.show(self._book, userid, shown.menu, number, self._now())
        await self._shown.progress(draft, sent=True)
        return number, draft.media

    async def edit(
        self, userid: str, number: int, text: str | None, choices: Sequence[Choice]
    ) -> Facts:
        """The card shows that now (`text` None: the same text); its code is spent. Its record.

        `userid` is what its receiver is called now: he may have been renamed since.
        Refused where nothing changes, or where only a new message can show it.
        """
        found = await self._shown.find(number)
        if found is None:
            raise Refused("Bad Request: message to edit not found")
        task, facts = found
        text = facts["text"] if text is None else text
        wanted = self._look(text, choices)
        if wanted.card is None and not wanted.menu and facts["card"] is not None:
            wanted = ended(text, facts["card"], limit=LIMIT)
        if same(facts, wanted):
            raise Refused("Bad Request: message is not modified")
        code = self._shown.code(facts)
        if code is None or wanted.card is None or facts.get("gone"):
            raise Refused(f"{NO_EDIT}: nothing can change it any more")
        if wanted.texts and list(wanted.texts) != facts["texts"]:
            raise Refused(f"{NO_EDIT}: what stands before the card has changed")
        await self._change(userid, task, facts, code, wanted)
        now_so = {"text": text, "texts": list(wanted.texts), "card": wanted.card}
        await self._shown.spent(task, code, **now_so)
        return facts | now_so

    async def recall(self, number: int) -> None:
        """The message is gone where it is less than a day old and the deployment can do that."""
        found = await self._shown.find(number)
        if found is None or not self._config.recall:
            return
        task, facts = found
        if self._now() - datetime.fromisoformat(facts["at"]) >= RECALL_WITHIN or facts.get("gone"):
            return
        for msgid in filter(None, facts["msgids"]):
            await self._client.call("message/recall", {"msgid": msgid})
        await self._shown.spent(task, str(facts.get("code") or ""), gone=True)

    def _look(self, text: str, choices: Sequence[Choice]) -> Look:
        return look(text, choices, cards=self._config.cards, limit=LIMIT)

    async def _deliver(self, userid: str, draft: Draft, messages: list[Body]) -> str | None:
        """All parts that were not answered for before are delivered; the card's code."""
        code = None
        for body in messages[len(draft.ids) :]:
            answer = await self._message(userid, body, draft)
            code = answer.get("response_code")
            draft.ids.append(str(answer.get("msgid", "")))
            if len(draft.ids) < len(messages):
                await self._shown.progress(draft)
        return str(code) if code else None

    async def _message(self, userid: str, body: Body, draft: Draft) -> dict[str, Any]:
        """One message/send; what was delivered before counts as done, without a code."""
        request = {
            "touser": userid, "agentid": self._config.agent_id, **body,
            "enable_duplicate_check": 1, "duplicate_check_interval": _interval(draft),
        }  # fmt: skip
        try:
            answer = await self._client.call("message/send", request)
        except WeComError as error:
            if error.code in CONFLICT and draft.resumed:
                return {}
            raise
        for field in ("invaliduser", "unlicenseduser"):
            if answer.get(field):
                raise Refused(f"Forbidden: the app doesn't reach the member ({field})", 403)
        return answer

    async def _change(self, userid: str, task: str, facts: Facts, code: str, wanted: Look) -> None:
        """One update of the card; an update whose answer was lost counts as done."""
        mark = fingerprint(wanted.texts, wanted.card)
        resumed = await self._shown.trying(task, facts, code, mark)
        request = {
            "userids": [userid], "agentid": self._config.agent_id, "response_code": code,
            "template_card": wanted.card,
        }  # fmt: skip
        try:
            answer = await self._client.call("message/update_template_card", request)
        except WeComError as error:
            # Which code a used one is refused with is documented nowhere; all of them are a 400.
            status, body = answer_of(error)
            if status != BAD_REQUEST:
                raise
            if not resumed:
                await self._shown.spent(task, code)
                raise Refused(f"{NO_EDIT}: {body['description']}") from None
            return
        if answer.get("invaliduser"):
            raise Refused(f"{NO_EDIT}: the app doesn't reach the member")


def _interval(draft: Draft) -> int:
    """Seconds within which the platform delivers this once; from half an hour to one.

    Drafts differ in it, so that a file which is sent again by its media id is not taken for a
    repeat.
    """
    least = int(DUPLICATES.total_seconds())
    return least + (draft.number + draft.again) % least
