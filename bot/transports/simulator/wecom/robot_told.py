"""What a person does on a phone, as the callbacks of the robot's long connection.

From the Bot-API-shaped raw updates of the simulator's phones. Files are encrypted, each with a key
of its own, at an address that lives five minutes. Sources: developer.work.weixin.qq.com/document/
path/100719, 101027 and 101463; presses are nested as public code saw them. Knows no socket.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.transports.simulator.wecom import cards
from bot.transports.simulator.wecom.corp import Corp

Body = dict[str, Any]

ADDRESS_SECONDS = 300
GROUP = "wrMadeUpGroup0001"
"""The chat id of the platform's one group."""

MENTION = "@岗亭 "
PADDED = 32


@dataclass(frozen=True)
class Lent:
    """An encrypted file that can be fetched until the moment `until`."""

    data: bytes
    until: int


class Shop:
    """The addresses at which files can be fetched for five minutes."""

    def __init__(self, corp: Corp) -> None:
        self._corp = corp
        self._lent: dict[str, Lent] = {}

    def lend(self, file: str) -> Body:
        """Address and key of a file on the platform's shelf."""
        key, token = secrets.token_bytes(32), secrets.token_urlsafe(24)
        data = self._corp.platform.shelf.get(file) or b""
        self._lent[token] = Lent(_sealed(data, key), self._corp.now() + ADDRESS_SECONDS)
        return {
            "url": f"{self._corp.base}/robot/file/{token}?sign=made%2Fup%3D",
            "aeskey": base64.b64encode(key).decode(),
        }

    def fetch(self, token: str) -> bytes | None:
        """The encrypted bytes; None where the address is unknown or dead."""
        lent = self._lent.get(token)
        return lent.data if lent is not None and self._corp.now() <= lent.until else None


def message(corp: Corp, shop: Shop, raw: Body) -> Body | None:
    """The body of a message callback; None for what the robot isn't told."""
    said = raw.get("message")
    if said is None:
        return None
    content = _content(shop, said)
    in_group = said["chat"]["id"] == corp.platform.group.id
    if content is None or (in_group and content["msgtype"] != "text"):
        return None
    if in_group:
        content["text"]["content"] = MENTION + content["text"]["content"]
    return _head(corp, said["from"]["id"], f"{raw['update_id']}", in_group) | content


def mixed(corp: Corp, shop: Shop, person: int, items: list[Body], act: str) -> Body:
    """Words and pictures of one message; `items` are messages in the Bot API's words."""
    told = [content for item in items if (content := _content(shop, item)) is not None]
    return _head(corp, person, act, False) | {"msgtype": "mixed", "mixed": {"msg_item": told}}


def heard(corp: Corp, person: int, words: str, act: str) -> Body:
    """A voice message: what the platform heard."""
    content = {"msgtype": "voice", "voice": {"content": words}}
    return _head(corp, person, act, False) | content


def press(corp: Corp, raw: Body) -> tuple[Body, str] | None:
    """The body of a press, and the card's task; None where the message is no card."""
    query = raw["callback_query"]
    chat = query["message"]["chat"]["id"]
    sent = corp.sent_as(chat, query["message"]["message_id"])
    if sent is None or sent.card is None or sent.task_id is None:
        return None
    key, question = cards.pressed(sent.card, query["data"])
    pressed: Body = {
        "card_type": sent.card["card_type"], "event_key": key, "task_id": sent.task_id,
    }  # fmt: skip
    if question is not None:
        item = {"question_key": question, "option_ids": {"option_id": [query["data"]]}}
        pressed["selected_items"] = {"selected_item": [item]}
    in_group = chat == corp.platform.group.id
    fields = {"template_card_event": pressed}
    body = event(corp, query["from"]["id"], "template_card_event", query["id"], **fields)
    return (body | {"chatid": GROUP, "chattype": "group"} if in_group else body), sent.task_id


def event(corp: Corp, person: int, name: str, act: str, **more: Any) -> Body:
    """The body of an event callback."""
    head = _head(corp, person, f"{name}:{act}", False)
    return head | {"msgtype": "event", "event": {"eventtype": name, **more}}


def _head(corp: Corp, person: int, act: str, in_group: bool) -> Body:
    digest = hashlib.sha256(f"{corp.setup.robot_id}:{act}".encode()).hexdigest()[:32]
    where = {"chattype": "group", "chatid": GROUP} if in_group else {"chattype": "single"}
    return {
        "msgid": digest,
        "create_time": corp.now(),
        "aibotid": corp.setup.robot_id,
        **where,
        "from": {"userid": corp.userid(person)},
        "response_url": f"{corp.base}/cgi-bin/aibot/response?response_code=made-up",
    }


def _content(shop: Shop, said: Body) -> Body | None:
    if "text" in said:
        return {"msgtype": "text", "text": {"content": said["text"]}}
    if "photo" in said:
        return {"msgtype": "image", "image": shop.lend(said["photo"][-1]["file_id"])}
    if "document" in said:
        return {"msgtype": "file", "file": shop.lend(said["document"]["file_id"])}
    if "video" in said:
        return {"msgtype": "video", "video": shop.lend(said["video"]["file_id"])}
    if "voice" in said:
        # The simulator's voices say nothing that could be heard.
        return {"msgtype": "voice", "voice": {"content": ""}}
    return None


def _sealed(data: bytes, key: bytes) -> bytes:
    pad = PADDED - len(data) % PADDED
    cipher = Cipher(AES(key), CBC(key[:16])).encryptor()
    return cipher.update(data + bytes([pad]) * pad) + cipher.finalize()
