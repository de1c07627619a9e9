"""What a person does on a phone, as the XML of a callback before it is sealed.

From the Bot-API-shaped raw updates of the simulator's phones, and for what only WeCom has: keys of
the app's menu, the live camera, entering the app. Sources: developer.work.weixin.qq.com/document/
path/90239 and 90240. Knows no envelope and no HTTP.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from bot.transports.simulator.wecom import cards
from bot.transports.simulator.wecom.datum import to_gcj

if TYPE_CHECKING:
    from bot.transports.simulator.wecom.corp import Corp

Fields = dict[str, Any]


def of_update(corp: Corp, raw: dict[str, Any]) -> Fields | None:
    """The callback's fields; None for what WeCom doesn't tell an app."""
    if "callback_query" in raw:
        return _press(corp, raw["callback_query"])
    message = raw.get("message")
    if message is None or message["chat"]["id"] != message["from"]["id"]:
        return None
    content = _content(corp, message)
    if content is None:
        return None
    head = _head(corp, message["from"]["id"], message["date"])
    return head | content | {"MsgId": message_id(corp, raw["update_id"])}


def event(corp: Corp, person: int, name: str, key: str = "", **more: Any) -> Fields:
    """The event's fields; keys and events as the documents write them."""
    head = _head(corp, person, corp.now())
    return head | {"MsgType": "event", "Event": name, "EventKey": key} | more


def pictures_taken(shots: list[bytes]) -> Fields:
    """What the live camera announces: how many pictures, and the MD5 of each."""
    items = [{"PicMd5Sum": hashlib.md5(shot, usedforsecurity=False).hexdigest()} for shot in shots]
    return {"SendPicsInfo": {"Count": len(shots), "PicList": {"item": items}}}


def place_chosen(lat: float, lon: float, label: str) -> Fields:
    """What the location key tells; WGS-84 in, GCJ-02 out."""
    north, east = to_gcj(lat, lon)
    where = {"Location_X": f"{north:.6f}", "Location_Y": f"{east:.6f}", "Scale": "16"}
    return {"SendLocationInfo": {**where, "Label": label, "Poiname": ""}}


def message_id(corp: Corp, update: int) -> int:
    """The 64-bit id of a message, the same for the same act."""
    digest = hashlib.sha256(f"{corp.setup.corp_id}:{update}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1 | 1 << 62


def xml(fields: Fields) -> bytes:
    """The fields as the platform writes them: text as CDATA, numbers bare."""
    return f"<xml>{_inside(fields)}</xml>".encode()


def _head(corp: Corp, person: int, at: int) -> Fields:
    return {
        "ToUserName": corp.setup.corp_id,
        "FromUserName": corp.userid(person),
        "CreateTime": at,
        "AgentID": corp.setup.agent_id,
    }


def _content(corp: Corp, message: dict[str, Any]) -> Fields | None:
    if "text" in message:
        return {"MsgType": "text", "Content": message["text"]}
    if "photo" in message:
        file = message["photo"][-1]["file_id"]
        lent = corp.lend(file, "image", "photo.jpg")
        return {"MsgType": "image", "PicUrl": f"{corp.base}/pic/{file}", "MediaId": lent}
    if "voice" in message:
        lent = corp.lend(message["voice"]["file_id"], "voice", "voice.amr")
        return {"MsgType": "voice", "MediaId": lent, "Format": "amr"}
    if "video" in message:
        lent = corp.lend(message["video"]["file_id"], "video", "video.mp4")
        return {"MsgType": "video", "MediaId": lent, "ThumbMediaId": lent}
    if "location" in message:
        lat, lon = message["location"]["latitude"], message["location"]["longitude"]
        north, east = to_gcj(lat, lon)
        where = {"Location_X": f"{north:.6f}", "Location_Y": f"{east:.6f}", "Scale": 16}
        return {"MsgType": "location", **where, "Label": "", "AppType": "wxwork"}
    return None


def _press(corp: Corp, query: dict[str, Any]) -> Fields | None:
    person, card = query["from"]["id"], query["message"]
    sent = corp.sent_as(card["chat"]["id"], card["message_id"])
    if sent is None or sent.card is None or sent.task_id is None:
        return None
    key, question = cards.pressed(sent.card, query["data"])
    pressed: Fields = {
        "TaskId": sent.task_id,
        "CardType": sent.card["card_type"],
        "ResponseCode": corp.new_code(sent.task_id),
    }
    if question is not None:
        options = {"OptionId": [query["data"]]}
        item = {"QuestionKey": question, "OptionIds": options}
        pressed["SelectedItems"] = {"SelectedItem": [item]}
    return event(corp, person, "template_card_event", key, **pressed)


def _inside(fields: Fields) -> str:
    return "".join(
        _element(name, one)
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>{_inside(value)}</{name}>"
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    plain = "".join(sign for sign in str(value) if sign in "\t\n\r" or sign >= " ")
    safe = plain.encode("utf-8", "replace").decode().replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{safe}]]></{name}>"
