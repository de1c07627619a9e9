"""Messages into a group: through a chat the app made, or the group's webhook robot; one-way.

Neither takes cards that can be pressed, and the app hears nothing of a group, so choices are not
shown there (path/90248, 91770). Neither knows repeats: what is in doubt comes twice.
"""

from __future__ import annotations

import base64
import hashlib

import aiohttp

from bot.transports.wecom import media, texts
from bot.transports.wecom.book import GROUP, Book
from bot.transports.wecom.cards import Look
from bot.transports.wecom.client import Client, Form
from bot.transports.wecom.outgoing import Body, File, Refused, bodies, media_body
from bot.transports.wecom.shown import Draft, Shown, fingerprint

HOOK_PICTURE = 2 * 1024 * 1024
"""The largest picture that a webhook takes inside the message."""


class Groups:
    """One app's groups. Raises WeComError, NoAnswer, TimeoutError and Refused."""

    def __init__(self, client: Client, book: Book, shown: Shown) -> None:
        self._client, self._book, self._shown = client, book, shown

    async def send(self, name: str, text: str, file: File | None = None) -> tuple[int, str]:
        """The group has the file and the text; the message's number and the file's media id."""
        facts = await self._book.facts(GROUP, name) or {}
        look = Look(tuple(texts.parts(text))) if text else Look()
        draft = await self._shown.draft(
            name, fingerprint(look.texts, file.print() if file else None)
        )
        if facts.get("how") == "webhook":
            await self._by_webhook(draft, look, file)
        else:
            await self._by_app(name, draft, look, file)
        number = await self._shown.record(draft, name, text, look, None)
        await self._shown.progress(draft, sent=True)
        return number, draft.media

    async def _by_app(self, name: str, draft: Draft, look: Look, file: File | None) -> None:
        messages = bodies(look, draft.task, 0)
        if file is not None:
            await self._shown.upload(draft, self._client, file)
            messages.insert(0, media_body(file.kind, draft.media))
        for body in messages[len(draft.ids) :]:
            await self._client.call("appchat/send", {"chatid": name, "safe": 0, **body})
            await self._went(draft)

    async def _by_webhook(self, draft: Draft, look: Look, file: File | None) -> None:
        if not self._client.config.group_webhook:
            raise Refused("Forbidden: the group's webhook is not configured", 403)
        messages = bodies(look, draft.task, 0)
        if file is not None:
            messages.insert(0, await self._hook_file(draft, file))
        for body in messages[len(draft.ids) :]:
            await self._hook("webhook/send", body)
            await self._went(draft)

    async def _went(self, draft: Draft) -> None:
        draft.ids.append("")
        await self._shown.progress(draft)

    async def _hook_file(self, draft: Draft, file: File) -> Body:
        """The file as a message of the webhook robot, which has media of its own."""
        if file.media:
            raise Refused("Bad Request: wrong file identifier/HTTP URL specified")
        if file.kind == "image" and len(file.data) <= HOOK_PICTURE:
            picture = base64.b64encode(file.data).decode()
            md5 = hashlib.md5(file.data, usedforsecurity=False).hexdigest()
            return {"msgtype": "image", "image": {"base64": picture, "md5": md5}}
        if not draft.media:

            def form() -> aiohttp.FormData:
                made = aiohttp.FormData(quote_fields=False)
                made.add_field("media", file.data, filename=media.file_name(file.name))
                return made

            answer = await self._hook("webhook/upload_media", form=form, type="file")
            draft.media = str(answer["media_id"])
            await self._shown.progress(draft)
        return media_body("file", draft.media)

    async def _hook(
        self, path: str, body: Body | None = None, form: Form | None = None, **more: str
    ) -> Body:
        """A call of the webhook robot: its key is the only secret, there is no token."""
        params = {"key": self._client.config.group_webhook or "", **more}
        async with (
            self._client.slots,
            self._client.opened(path, "", body, params, form) as response,
        ):
            return self._client.judged(await response.read())
