"""What Telegram refuses beyond wrong types: texts, entities, commands, reactions.

The wording follows the real server where it is known (asserted by other projects' live tests);
programs match on it, so it is kept to the letter. The limits of length count code points (others
measured it: 4096 emoji pass, 4097 do not), entities count UTF-16 units.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.fakes.markup import Malformed, parse_html, utf16_length

Params = dict[str, Any]
Notes = list[str]


def words(text: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(text.split())


ENTITY_TYPES = words(
    "mention hashtag cashtag bot_command url email phone_number bold italic underline "
    "strikethrough spoiler blockquote expandable_blockquote code pre text_link text_mention "
    "custom_emoji date_time"
)
NEEDS = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
BLANK = " \t\r\n\v\0"
CHAT_ACTIONS = words(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document "
    "choose_sticker find_location record_video_note upload_video_note"
)


class Wrong(Exception):
    """An answer of the form {"ok": false}; `code` is also the HTTP status."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(reason: str) -> Wrong:
    """The refusal 400 with this reason."""
    return Wrong(400, f"Bad Request: {reason}")


def length(text: str) -> int:
    """UTF-16 units of `text`; a lone surrogate is refused as the real server does."""
    try:
        return utf16_length(text)
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None


def check_url(url: str, where: str, schemes: tuple[str, ...] = ("http", "https", "tg")) -> None:
    """Refuse an address Telegram would not make a link of."""
    scheme, colon, rest = url.partition("://")
    if not url:
        raise bad(f"{where} '' is invalid: URL host is empty")
    if colon and scheme.lower() not in schemes:
        raise bad(f"{where} '{url}' is invalid: Unsupported URL protocol")
    host = (rest if colon else url).split("/")[0].split("?")[0]
    if scheme.lower() != "tg" and "." not in host:
        raise bad(f"{where} '{url}' is invalid: Wrong HTTP URL")


def check_entities(entities: list[Params], units: int) -> None:
    """Refuse entities that lie outside a text of `units` UTF-16 units or lack their field."""
    for one in entities:
        kind, start, size = one["type"], one["offset"], one["length"]
        if kind not in ENTITY_TYPES:
            raise bad("can't parse MessageEntity: Unsupported type specified")
        need = NEEDS.get(kind)
        if need and need not in one:
            raise bad(f"can't parse MessageEntity: Can't find field \"{need}\"")
        if kind == "text_link":
            check_url(one["url"], "entity URL")
        if start < 0:
            raise bad(f"receive an entity with incorrect offset {start}")
        if size <= 0:
            raise bad(f"receive an entity with incorrect length {size}")
        if start >= units:
            raise bad(f"entity begins after the end of the text at UTF-16 offset {start}")
        if start + size > units:
            raise bad(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text "
                f"at UTF-16 offset {start + size}"
            )


def _parsed(text: str, mode: str, notes: Notes) -> tuple[str, list[Params]]:
    lowered = mode.lower()
    if lowered == "html":
        try:
            return parse_html(text)
        except Malformed as error:
            raise bad(f"can't parse entities: {error}") from None
    if lowered in ("markdown", "markdownv2"):
        notes.append(f"parse_mode {mode}: the fake does not parse Markdown, the text is kept as is")
        return text, []
    raise bad("unsupported parse_mode")


def _trimmed(text: str, entities: list[Params]) -> tuple[str, list[Params]]:
    lead = len(text) - len(text.lstrip(BLANK))
    if lead and all(one["offset"] >= lead for one in entities):
        text = text[lead:]
        entities = [{**one, "offset": one["offset"] - lead} for one in entities]
    short = text.rstrip(BLANK)
    if len(short) == len(text):
        return short, entities
    units = length(short)
    kept = [one for one in entities if one["offset"] < units]
    return short, [{**e, "length": min(e["length"], units - e["offset"])} for e in kept]


def formatted(
    params: Params, key: str, entities_key: str, limit: int, too_long: str, notes: Notes
) -> None:
    """Leave in `params` the text as a phone shows it, with its entities; refuse a wrong one."""
    text = params[key]
    units = length(text)
    mode = params.get("parse_mode")
    entities = params.get(entities_key) or []
    if mode:
        if entities:
            notes.append(f"{entities_key} given together with parse_mode")
        text, entities = _parsed(text, mode, notes)
        units = length(text)
    if entities:
        check_entities(entities, units)
        if len(entities) > 100:
            notes.append(f"{len(entities)} entities: Telegram shows only the first 100")
    if len(text) > limit:
        raise bad(too_long)
    if text and (text[-1] in BLANK or text[0] in BLANK):
        text, entities = _trimmed(text, entities)
    params[key], params[entities_key] = text, entities


def check_text(params: Params, notes: Notes, too_long: str = "message is too long") -> None:
    """The rule of a message's text: 1-4096."""
    if not params.get("text"):
        raise bad("message text is empty")
    formatted(params, "text", "entities", 4096, too_long, notes)
    if not params["text"]:
        raise bad("text must be non-empty")
    options = params.get("link_preview_options")
    if options and options.get("url") and "." not in options["url"]:
        raise bad("WEBPAGE_URL_INVALID")


def check_caption(params: Params, notes: Notes) -> None:
    """The rule of a caption: 0-1024."""
    if params.get("caption"):
        formatted(params, "caption", "caption_entities", 1024, "message caption is too long", notes)


def check_edit_text(params: Params, notes: Notes) -> None:
    """As check_text, with the wording an edit gets."""
    check_text(params, notes, "MESSAGE_TOO_LONG")


def check_media(params: Params, notes: Notes) -> None:
    """The captions of one or several InputMedia."""
    media = params["media"]
    for one in media if isinstance(media, list) else [media]:
        check_caption(one, notes)


def check_album(params: Params, notes: Notes) -> None:
    """2-10 items, documents and audio never mixed with others."""
    media = params["media"]
    if not 2 <= len(media) <= 10:
        raise bad("media group must include 2-10 items")
    kinds = {one["type"] for one in media}
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise bad("documents and audio can't be mixed with other media types in an album")
    check_media(params, notes)


def check_answer(params: Params, notes: Notes) -> None:
    """The toast of a callback: 0-200."""
    if len(params.get("text") or "") > 200:
        raise bad("MESSAGE_TOO_LONG")


def check_commands(params: Params, notes: Notes) -> None:
    """The menu of commands: at most 100, lower-case Latin names, descriptions 1-256."""
    if len(params["commands"]) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for one in params["commands"]:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", one["command"].removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= length(one["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def check_reaction(allowed: frozenset[str]) -> Callable[[Params, Notes], None]:
    """A rule that knows the allowed emoji."""

    def check(params: Params, notes: Notes) -> None:
        reactions = params.get("reaction") or []
        if len(reactions) > 1:
            raise bad("REACTIONS_TOO_MANY")
        for one in reactions:
            # Phones write ❤ and ✍ with a variation selector, the list without it.
            if one["type"] != "emoji" or one["emoji"].replace("\ufe0f", "") not in allowed:
                raise bad("REACTION_INVALID")

    return check


def check_chat_action(params: Params, notes: Notes) -> None:
    """Only the actions the documents name."""
    if params["action"] not in CHAT_ACTIONS:
        raise bad("wrong parameter action in request")


RULES: dict[str, Callable[[Params, Notes], None]] = {
    "sendMessage": check_text,
    "editMessageText": check_edit_text,
    "sendPhoto": check_caption,
    "sendDocument": check_caption,
    "sendVideo": check_caption,
    "sendVoice": check_caption,
    "editMessageCaption": check_caption,
    "editMessageMedia": check_media,
    "sendMediaGroup": check_album,
    "answerCallbackQuery": check_answer,
    "setMyCommands": check_commands,
    "sendChatAction": check_chat_action,
}
