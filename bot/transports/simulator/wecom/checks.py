"""What a request of the active interface must be like: the documents' rules, code by code.

What is wrong is a `Refusal`; what WeCom bears but doesn't show as meant goes to `complain`, which
is a red line on the page. Sources: developer.work.weixin.qq.com/document/path/90236, 90231, 90245,
91770 and 90313. Knows no corporation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Complain = Callable[[str], None]

TEXT_BYTES, MARKDOWN_BYTES = 2048, 4096
RECEIVERS = 1000
LONGEST_CHECK = 4 * 3600
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[0-7])")
_MENU_TYPES = {
    "click", "view", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album",
    "pic_weixin", "location_select", "view_miniprogram",
}  # fmt: skip


class Refusal(Exception):
    """A call is answered with this errcode, and nothing was done."""

    def __init__(self, errcode: int, errmsg: str, **more: Any) -> None:
        self.errcode, self.errmsg, self.more = errcode, errmsg, more
        super().__init__(f"{errcode} {errmsg}")


def parsed(raw: bytes) -> dict[str, Any]:
    """The body as an object; signs must be written as they are, not as \\uXXXX."""
    if _ESCAPED.search(raw):
        raise Refusal(40033, "invalid charset, the body has \\uXXXX")
    try:
        body = json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise Refusal(47001, "data format error, Warning: wrong json format.") from None
    if not isinstance(body, dict):
        raise Refusal(47001, "data format error, Warning: wrong json format.")
    return body


def text_of(holder: Any, name: str, errcode: int = 40058, *, most: int = 0) -> str:
    """The non-empty text under the name; `most` bytes where given."""
    value = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise Refusal(errcode, f"missing or empty {name}")
    if most and len(value.encode()) > most:
        raise Refusal(45002, f"content size out of limit, {name}")
    return value


def part_of(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under the name."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise Refusal(40063, f"some parameters are empty, {name}")
    return value


def agent(body: dict[str, Any], agent_id: int) -> None:
    """Passes the app's own number, as a number."""
    given = body.get("agentid")
    if given is None:
        raise Refusal(41011, "missing agentid")
    if isinstance(given, bool) or given != agent_id:
        raise Refusal(40056, "invalid agentid")


def flag(body: dict[str, Any], name: str) -> bool:
    """0 or 1 under the name; 0 where there is none."""
    value = body.get(name, 0)
    if isinstance(value, bool) or value not in (0, 1):
        raise Refusal(40058, f"{name} must be 0 or 1")
    return bool(value)


def check_interval(body: dict[str, Any]) -> int:
    """For how many seconds an equal body is not delivered again; 0: always."""
    seconds = body.get("duplicate_check_interval", 1800)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds > LONGEST_CHECK:
        raise Refusal(40058, "duplicate_check_interval must be at most 4 hours")
    return seconds if flag(body, "enable_duplicate_check") else 0


def names(body: dict[str, Any], name: str) -> list[str]:
    """The names joined by | under the key; [] where there are none."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise Refusal(40058, f"{name} must be a string")
    found = [part.strip() for part in value.split("|") if part.strip()]
    if len(found) > RECEIVERS:
        raise Refusal(40032, f"invalid {name} size, at most {RECEIVERS}")
    return found


def words(content: str, complain: Complain, most: int = TEXT_BYTES) -> str:
    """The text as WeCom delivers it: what is longer is cut without a word."""
    data = content.encode("utf-8", "replace")
    if len(data) <= most:
        return content
    complain(f"文字有 {len(data)} 字节，超过 {most} 字节的部分被截掉了")
    return data[:most].decode("utf-8", "ignore")


def menu(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The menu's entries: one to three, each a key or one to five keys below it."""
    buttons = body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016, "invalid button size")
    for button in buttons:
        text_of(button, "name", 40018)
        if len(button["name"].encode()) > 16:
            raise Refusal(40018, "invalid button name size, at most 16 bytes")
        below = button.get("sub_button")
        if below is None:
            _key(button)
            continue
        if not isinstance(below, list) or not 1 <= len(below) <= 5:
            raise Refusal(40023, "invalid sub button size")
        for sub in below:
            text_of(sub, "name", 40025)
            if len(sub["name"].encode()) > 40:
                raise Refusal(40025, "invalid sub button name size, at most 40 bytes")
            _key(sub)
    return buttons


def _key(button: dict[str, Any]) -> None:
    kind = button.get("type")
    if "sub_button" in button and kind is None:
        raise Refusal(40022, "only two levels of menu")
    if kind not in _MENU_TYPES:
        raise Refusal(40017, "invalid button type")
    if kind == "view":
        text_of(button, "url", 40020, most=1024)
    elif kind != "view_miniprogram" and len(text_of(button, "key", 40019).encode()) > 128:
        raise Refusal(40019, "invalid button key size, at most 128 bytes")
