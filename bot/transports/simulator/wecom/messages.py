"""What the active interface does with messages: send, update a card, recall; groups and webhooks.

Each function takes the corporation and what was asked, and gives the answer without its errcode.
Sources: developer.work.weixin.qq.com/document/path/90236, 94888, 96460, 90245 and 91770.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from bot.transports.simulator import pictures
from bot.transports.simulator.botside import Look
from bot.transports.simulator.chats import FileKind
from bot.transports.simulator.limits import RECALL_SECONDS, Rejected
from bot.transports.simulator.wecom import cards, checks
from bot.transports.simulator.wecom.checks import Refusal, part_of, text_of
from bot.transports.simulator.wecom.corp import Corp
from bot.transports.simulator.wecom.records import Sent

Answer = dict[str, Any]

ARTICLES = 8
HOOK_PICTURE = 2 * 1024 * 1024
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_KINDS: dict[str, FileKind] = {"voice": "voice", "video": "video", "file": "document"}


def send(corp: Corp, body: dict[str, Any], raw: bytes) -> Answer:
    """message/send: the message is on the phones of all who can be reached, or was sent before."""
    checks.agent(body, corp.setup.agent_id)
    checks.flag(body, "safe")
    people, unknown = _receivers(corp, body)
    kind = body.get("msgtype")
    look = look_of(corp, body)
    card = _card(corp, body) if kind == "template_card" else None
    invalid = {"invaliduser": "|".join(unknown)}
    if not corp.task_first and _sent_before(corp, raw, checks.check_interval(body)):
        return invalid
    if card is not None and card.get("task_id") in corp.state.tasks:
        raise Refusal(42014, "task_id is used already")
    if corp.task_first and _sent_before(corp, raw, checks.check_interval(body)):
        return invalid
    task_id = None if card is None else card.get("task_id")
    sent = Sent(corp.fresh("msg"), corp.now(), {}, task_id, card)
    for person in people:
        message = corp.show(person, look, body)
        if message is not None:
            sent.shown[person] = message.id
    corp.remember(sent)
    answer = invalid | {"msgid": sent.msgid}
    if card is not None and card["card_type"] in cards.PRESSED:
        answer["response_code"] = corp.new_code(card["task_id"])
    return answer


def update(corp: Corp, body: dict[str, Any], _: bytes) -> Answer:
    """message/update_template_card: the card looks anew for those named; the code is spent."""
    checks.agent(body, corp.setup.agent_id)
    userids = body.get("userids", [])
    if not isinstance(userids, list) or not all(isinstance(u, str) for u in userids):
        raise Refusal(40058, "userids must be a list of strings")
    everyone = checks.flag(body, "atall")
    if not userids and not everyone:
        raise Refusal(40058, "nobody is named: userids or atall")
    anew = body.get("template_card")
    if anew is not None:
        cards.check(anew, corp.platform.complain, task_needed=False)
    else:
        text_of(part_of(body, "button"), "replace_name")
    sent = corp.spend_code(text_of(body, "response_code"))
    if sent.card is None or sent.recalled:
        raise Refusal(40058, "the card is no more")
    named = {person.id for person in map(corp.person, userids) if person is not None}
    card = _changed(corp, sent, anew, body)
    for chat in sent.shown if everyone else named & sent.shown.keys():
        corp.change(chat, sent.shown[chat], cards.look(card))
    return {"invaliduser": [userid.lower() for userid in userids if not corp.person(userid)]}


def recall(corp: Corp, body: dict[str, Any], _: bytes) -> Answer:
    """message/recall: the message is gone from the phones; possible for 24 hours."""
    sent = corp.state.sent.get(text_of(body, "msgid"))
    if sent is None or sent.recalled:
        raise Refusal(40058, "invalid msgid")
    if corp.now() - sent.at > RECALL_SECONDS["wecom"]:
        raise Refusal(40058, "the message is older than 24 hours")
    sent.recalled = True
    for chat, message in sent.shown.items():
        try:
            corp.side.delete(chat, message)
        except Rejected:
            continue
    return {}


def post_to_room(corp: Corp, body: dict[str, Any], _: bytes) -> Answer:
    """appchat/send: the message is in the group; cards can't be sent there."""
    checks.flag(body, "safe")
    room = body.get("chatid")
    if not isinstance(room, str) or room not in corp.state.rooms:
        raise Refusal(40050, "chatid does not exist")
    if body.get("msgtype") == "template_card":
        raise Refusal(40008, "invalid message type")
    corp.show(corp.platform.group.id, look_of(corp, body), body)
    return {}


def post_by_webhook(corp: Corp, body: dict[str, Any], _: bytes) -> Answer:
    """webhook/send: the message of the group's webhook robot is in the group."""
    kind = body.get("msgtype")
    if kind == "text":
        look = Look(text_of(part_of(body, "text"), "content", 44004, most=checks.TEXT_BYTES))
    elif kind in ("markdown", "markdown_v2"):
        part = part_of(body, str(kind))
        look = Look(text_of(part, "content", 44004, most=checks.MARKDOWN_BYTES))
    elif kind == "template_card":
        card = cards.check(part_of(body, "template_card"), corp.platform.complain)
        if cards.calls_back(card):
            raise Refusal(40058, "a webhook sends text_notice and news_notice only")
        look = cards.look(card)
    elif kind == "image":
        look = _hooked_picture(corp, part_of(body, "image"))
    elif kind in ("file", "voice", "news"):
        look = look_of(corp, body)
    else:
        raise Refusal(40008, "invalid message type")
    corp.show(corp.platform.group.id, look, body)
    return {}


def look_of(corp: Corp, body: dict[str, Any]) -> Look:
    """How the message of this body looks on a phone; raises Refusal where it can't be sent."""
    kind = body.get("msgtype")
    maker = _LOOKS.get(kind) if isinstance(kind, str) else None
    if maker is None:
        raise Refusal(40008, "invalid message type")
    return maker(corp, part_of(body, str(kind)), str(kind))


def _text(corp: Corp, part: dict[str, Any], _: str) -> Look:
    return Look(checks.words(text_of(part, "content", 44004), corp.platform.complain))


def _file(corp: Corp, part: dict[str, Any], kind: str) -> Look:
    media, data = corp.media(text_of(part, "media_id", 41006))
    if media.kind != kind:
        raise Refusal(40007, f"invalid media_id, it is of type {media.kind}")
    shelf = corp.platform.shelf
    if kind == "image":
        return Look(file=pictures.keep_photo(shelf, data))
    mime = "application/octet-stream"
    return Look(file=pictures.keep_file(shelf, data, _KINDS[kind], media.name, mime))


def _hooked_picture(corp: Corp, part: dict[str, Any]) -> Look:
    """A webhook's picture comes inside the message, with the MD5 of its bytes."""
    try:
        data = base64.b64decode(text_of(part, "base64"), validate=True)
    except ValueError:
        raise Refusal(40058, "base64 can't be read") from None
    if not data.startswith(PICTURES) or len(data) > HOOK_PICTURE:
        raise Refusal(40009, "invalid image size, jpg or png of at most 2 MB")
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != part.get("md5"):
        raise Refusal(40058, "md5 doesn't fit")
    return Look(file=pictures.keep_photo(corp.platform.shelf, data))


def _textcard(_: Corp, part: dict[str, Any], __: str) -> Look:
    title = text_of(part, "title", 41016)
    words = text_of(part, "description", 41033, most=512)
    return Look(f"{title}\n{words}\n{text_of(part, 'url', 41010)}")


def _news(_: Corp, part: dict[str, Any], __: str) -> Look:
    articles = part.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= ARTICLES:
        raise Refusal(45008, f"1 to {ARTICLES} articles")
    lines = [f"{text_of(a, 'title', 41016)}\n{a.get('description', '')}" for a in articles]
    return Look("\n".join(lines))


def _template(corp: Corp, part: dict[str, Any], _: str) -> Look:
    return cards.look(cards.check(part, corp.platform.complain))


_LOOKS: dict[str, Callable[[Corp, dict[str, Any], str], Look]] = {
    "text": _text, "markdown": _text, "image": _file, "voice": _file, "video": _file,
    "file": _file, "textcard": _textcard, "news": _news, "template_card": _template,
}  # fmt: skip


def _receivers(corp: Corp, body: dict[str, Any]) -> tuple[list[int], list[str]]:
    """The people it goes to, and the userids that are none, lower case as WeCom answers them."""
    userids, parties = checks.names(body, "touser"), checks.names(body, "toparty")
    if "@all" in userids:
        return [p for p in corp.platform.people if p not in corp.removed], []
    found = [(userid.lower(), corp.person(userid)) for userid in userids]
    people = [person.id for _, person in found if person is not None]
    numbers = {int(party) for party in parties if party.isdigit()}
    people += [p for p in corp.platform.people if corp.squads.get(p, 1) in numbers]
    if not people:
        raise Refusal(81013, "user & party & tag all invalid")
    return list(dict.fromkeys(people)), [userid for userid, person in found if person is None]


def _card(corp: Corp, body: dict[str, Any]) -> cards.Card:
    card: cards.Card = body["template_card"]
    if cards.calls_back(card) and corp.setup.callback is None:
        raise Refusal(40057, "the app has no callback url, cards that call back can't be sent")
    return card


def _sent_before(corp: Corp, raw: bytes, interval: int) -> bool:
    """Whether an equal body was delivered within its interval; this one counts from now on."""
    if not interval:
        return False
    now = corp.now()
    if corp.equal.get(raw, 0) > now:
        return True
    corp.equal[raw] = now + interval
    return False


def _changed(corp: Corp, sent: Sent, anew: cards.Card | None, body: dict[str, Any]) -> cards.Card:
    """The card as it stands from now on."""
    if anew is None:
        card = {**(sent.card or {}), "replace_text": body["button"]["replace_name"]}
    else:
        card = {
            **anew,
            **({"replace_text": body["replace_text"]} if "replace_text" in body else {}),
        }
    task = card.get("task_id", sent.task_id)
    if isinstance(task, str) and task != sent.task_id:
        if task in corp.state.tasks:
            raise Refusal(42014, "task_id is used already")
        corp.state.tasks[task] = sent.msgid
        sent.task_id = task
    sent.card = {**card, "task_id": task}
    return sent.card
