"""The verbs of the control API, once for both clients of tests/fakes/control.py."""

from __future__ import annotations

import base64
from typing import Any

TOKEN = "123456:TEST-abc"
Dict = dict[str, Any]


def _wire(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Verbs:
    """The verbs of both clients; each returns what `_do` returns: a value or an awaitable."""

    def __init__(self, port: int, token: str = TOKEN) -> None:
        self.port, self.token = port, token
        self.url = f"http://127.0.0.1:{port}"

    def _do(self, verb: str, /, **given: Any) -> Any:
        raise NotImplementedError

    # People

    def user(self, user: int, started: bool = True, **fields: Any) -> Any:
        """The person exists, by default with an open private chat; fields: first_name …"""
        return self._do("user", user=user, started=started, **fields)

    def group(
        self, chat: int, title: str = "工作群", members: tuple[int, ...] = (), **more: Any
    ) -> Any:
        """The group exists; more: type="group", bot_status="administrator"."""
        return self._do("group", chat=chat, title=title, members=list(members), **more)

    def block(self, user: int, reason: str = "bot was blocked by the user") -> Any:
        """Sends to the person are refused with 403 from now on; no update tells the bot."""
        return self._do("block", user=user, reason=reason)

    def text(self, user: int, text: str, chat: int | None = None, **more: Any) -> Any:
        """The text is queued; more: reply_to=message_id or any message field."""
        return self._do("text", user=user, text=text, chat=chat, **more)

    def start(self, user: int, payload: str = "") -> Any:
        """/start is queued, with the deep link's payload."""
        return self._do("start", user=user, payload=payload)

    def photo(
        self,
        user: int,
        data: bytes,
        caption: str | None = None,
        group: str | None = None,
        **more: Any,
    ) -> Any:
        """The photo is queued; more: chat, size (as declared), unique (a picture sent again)."""
        return self._do("photo", user=user, data=_wire(data), caption=caption, group=group, **more)

    def document(self, user: int, data: bytes = b"", name: str = "file.bin", **more: Any) -> Any:
        """The file is queued; more: caption, mime, group, chat, size (over 20 MB: too big)."""
        return self._do("document", user=user, data=_wire(data), name=name, **more)

    def voice(self, user: int, data: bytes = b"", **more: Any) -> Any:
        """The voice message is queued."""
        return self._do("voice", user=user, data=_wire(data), mime="audio/ogg", **more)

    def video(self, user: int, data: bytes = b"", **more: Any) -> Any:
        """The video is queued."""
        return self._do("video", user=user, data=_wire(data), mime="video/mp4", **more)

    def location(self, user: int, latitude: float, longitude: float, **more: Any) -> Any:
        """The place is queued."""
        return self._do("location", user=user, latitude=latitude, longitude=longitude, **more)

    def edited(self, user: int, message_id: int, chat: int | None = None, **fields: Any) -> Any:
        """The message has these fields now and edited_message is queued."""
        return self._do("edited", user=user, message_id=message_id, chat=chat, **fields)

    def edited_caption(
        self, user: int, message_id: int, caption: str, chat: int | None = None
    ) -> Any:
        """The caption is the new one and edited_message is queued."""
        return self.edited(user, message_id, chat, caption=caption)

    def press(
        self, user: int, message_id: int, button: str, chat: int | None = None, forge: bool = False
    ) -> Any:
        """The press is queued; ControlError if the phone shows no such button (unless `forge`)."""
        return self._do(
            "press", user=user, message_id=message_id, button=button, chat=chat, forge=forge
        )

    def my_chat_member(self, user: int, status: str, chat: int | None = None, **more: Any) -> Any:
        """Status "kicked": blocked, or put out of the group; "member": back; "administrator"."""
        return self._do("my_chat_member", user=user, status=status, chat=chat, **more)

    def migrate(self, chat: int, new_id: int) -> Any:
        """The group is a supergroup with the new id; both service messages are queued."""
        return self._do("migrate", chat=chat, new_id=new_id)

    def push(self, update: Dict, update_id: int | None = None) -> Any:
        """The raw update is queued as it is, malformed or repeated if so wished."""
        return self._do("push", update=update, update_id=update_id)

    def many(self, verbs: list[tuple[str, Dict]]) -> Any:
        """All verbs are done, in order, in one request; bytes are given as base64."""
        return self._do("many", verbs=verbs)

    # Reading

    def sent(
        self,
        since: int = 0,
        method: str | None = None,
        chat: int | None = None,
        refused: bool = False,
    ) -> Any:
        """Calls that took effect: {n, at, method, params, ok, result, lost?}; refused adds others.

        `lost` names the fault that swallowed the answer. `params["text"]` is the visible text.
        """
        return self._do("sent", since=since, method=method, chat=chat, refused=refused)

    def messages(self, chat: int) -> Any:
        """The chat as a phone shows it: messages with by_bot, buttons, reaction, pinned."""
        return self._do("messages", chat=chat)

    def chat(self, chat: int) -> Any:
        """Info, reply keyboard, pins, chat actions, menu button and standing of the bot."""
        return self._do("chat", chat=chat)

    def answers(self, callback_query_id: str | None = None) -> Any:
        """The toast of a press ({at, text, show_alert}), None before it; without id all presses."""
        return self._do("answers", callback_query_id=callback_query_id)

    def commands(self) -> Any:
        """{"commands": {"scope:chat:user:language": […]}, "menu": …}."""
        return self._do("commands")

    def file(self, file_id: str) -> Any:
        """The file's bytes, base64."""
        return self._do("file", file_id=file_id)

    def violations(self, clear: bool = False) -> Any:
        """What no good bot does though the real server lets it pass: [{at, method, what}]."""
        return self._do("violations", clear=clear)

    def pending(self) -> Any:
        """The unconfirmed updates."""
        return self._do("pending")

    def served(self, since: int = 0) -> Any:
        """The batches given out: [{at, ids}]."""
        return self._do("served", since=since)

    def state(self) -> Any:
        """Counts: pending, confirmed, sent, served, polls, downloads, violations, hits …"""
        return self._do("state")

    # Faults

    def fault(self, kind: str, method: str = "*", times: int = 1, **more: Any) -> Any:
        """The rule is in force; method is a pattern, "*" spares getUpdates; more: chat_id, skip."""
        return self._do("fault", kind=kind, method=method, times=times, **more)

    def too_many(
        self, times: int = 1, retry_after: int = 1, method: str = "send*", **more: Any
    ) -> Any:
        """429 on the next calls."""
        return self.fault("429", method, times, retry_after=retry_after, **more)

    def bad_gateway(self, times: int = 1, method: str = "*", **more: Any) -> Any:
        """502 with an HTML page; nothing is done."""
        return self.fault("html502", method, times, **more)

    def fail(
        self, code: int, description: str, method: str = "*", times: int = 1, **more: Any
    ) -> Any:
        """Any refusal; more: parameters={"migrate_to_chat_id": …}, chat_id."""
        return self.fault("error", method, times, code=code, description=description, **more)

    def reset(self, when: str = "before", method: str = "*", times: int = 1, **more: Any) -> Any:
        """The connection breaks "before" the call takes effect or "after" it."""
        return self.fault(f"reset_{when}", method, times, **more)

    def hang(
        self,
        seconds: float = 600,
        when: str = "before",
        method: str = "*",
        times: int = 1,
        **more: Any,
    ) -> Any:
        """No answer until `seconds` or release(), then a reset; "after" has taken effect."""
        return self.fault(f"hang_{when}", method, times, seconds=seconds, **more)

    def conflict(self, times: int = 1) -> Any:
        """409 on the next getUpdates."""
        return self.fault("conflict", "getUpdates", times)

    def slow_download(self, bytes_per_second: int = 20_000, times: int = 1) -> Any:
        """The next downloads trickle."""
        return self.fault("slow", "download", times, bytes_per_second=bytes_per_second)

    def cut_download(self, with_length: bool = True, at: float = 0.5, times: int = 1) -> Any:
        """The next downloads end at this share, with or without a Content-Length to tell by."""
        return self.fault("cut_len" if with_length else "cut_nolen", "download", times, at=at)

    def lost_download(self, times: int = 1) -> Any:
        """The next downloads are 404."""
        return self.fault("404", "download", times)

    def chaos(self, seed: int, chances: list[Dict]) -> Any:
        """Calls meet each fault with its probability: [{"p": 0.05, "kind": …, "method": …}]."""
        return self._do("chaos", seed=seed, chances=chances)

    def revoke(self, revoked: bool = True) -> Any:
        """The token is refused with 401 everywhere, or good again."""
        return self._do("revoke", revoked=revoked)

    def latency(self, ms: float) -> Any:
        """Each call takes this much longer."""
        return self._do("latency", ms=ms)

    def flood(self, total: int = 30, chat: int = 1, group: int = 20) -> Any:
        """429 above these speeds: a second in all and per chat, a minute per group."""
        return self._do("flood", total=total, chat=chat, group=group)

    def release(self) -> Any:
        """Calls that hang now go on."""
        return self._do("release")

    def clear_faults(self) -> Any:
        """No fault is in force."""
        return self._do("clear_faults")

    def fault_log(self) -> Any:
        """Every fault that hit: [{kind, method}]."""
        return self._do("fault_log")

    def expire_updates(self) -> Any:
        """The unconfirmed updates are gone, as after 24 hours; how many."""
        return self._do("expire_updates")

    def expire_queries(self) -> Any:
        """Every press so far is too old to be answered."""
        return self._do("expire_queries")

    def settings(self, **given: Any) -> Any:
        """callback_ttl (s, 60), clock_offset (s), webhook_retry (s, 0.5), next_update (an id)."""
        return self._do("settings", **given)

    def reset_all(self) -> Any:
        """An empty world without faults."""
        return self._do("reset")
