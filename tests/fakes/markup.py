"""Telegram's HTML, read as strictly as the real server reads it; text and entities come out."""

from __future__ import annotations

import html
import re
from typing import Any

NAMES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
SPECIAL = re.compile("[<&]")
ATTRIBUTE = re.compile(r"\s*([a-zA-Z][-\w]*)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>\"']+))?")


class Malformed(Exception):
    """The text is not Telegram's HTML; the message is the server's reason."""


def utf16_length(text: str) -> int:
    """UTF-16 units of `text`, the unit in which Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[str] = []
        self.units = 0
        self.open: list[tuple[str, int, dict[str, Any]]] = []
        self.entities: list[dict[str, Any]] = []

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def put(self, text: str) -> None:
        if text:
            self.out.append(text)
            self.units += utf16_length(text)

    def start_tag(self, position: int) -> int:
        end = self.source.find(">", position)
        if end < 0:
            raise Malformed(f"Unclosed start tag at byte offset {self.byte(position)}")
        inside = self.source[position + 1 : end].removesuffix("/")
        name = re.match(r"[^\s/]*", inside)[0].lower()  # type: ignore[index]
        attributes = {
            key.lower(): html.unescape(value.strip("\"'"))
            for key, value in ATTRIBUTE.findall(inside[len(name) :])
        }
        if name not in NAMES:
            where = self.byte(position)
            raise Malformed(f'Unsupported start tag "{name}" at byte offset {where}')
        self.open.append((name, self.units, self.extra(name, attributes, position)))
        return end + 1

    def extra(self, name: str, attributes: dict[str, str], position: int) -> dict[str, Any]:
        if name == "span" and attributes.get("class") != "tg-spoiler":
            where = self.byte(position)
            raise Malformed(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        if name == "tg-emoji":
            number = attributes.get("emoji-id", "")
            if not number.isdigit() or int(number) >= 2**63:
                raise Malformed("Invalid custom emoji identifier specified")
            return {"custom_emoji_id": number}
        if name == "a":
            return {"url": attributes.get("href", "")}
        if name == "code" and attributes.get("class", "").startswith("language-"):
            return {"language": attributes["class"].removeprefix("language-")}
        if name == "blockquote" and "expandable" in attributes:
            return {"type": "expandable_blockquote"}
        return {}

    def end_tag(self, position: int) -> int:
        end = self.source.find(">", position)
        if end < 0:
            raise Malformed(f"Unclosed end tag at byte offset {self.byte(position)}")
        found = self.source[position + 2 : end].strip().lower()
        if not self.open:
            raise Malformed(f"Unexpected end tag at byte offset {self.byte(position)}")
        name, begun, extra = self.open.pop()
        if found and found != name:
            where = f"at byte offset {self.byte(position)}"
            raise Malformed(f'Unmatched end tag {where}, expected "</{name}>", found "</{found}>"')
        self.close(name, begun, extra)
        return end + 1

    def close(self, name: str, begun: int, extra: dict[str, Any]) -> None:
        size = self.units - begun
        # A link without an address and an empty tag leave no entity behind, only their text.
        if size == 0 or (name == "a" and not extra["url"]):
            return
        self.entities.append({"type": NAMES[name], "offset": begun, "length": size, **extra})

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        position = 0
        while hit := SPECIAL.search(self.source, position):
            self.put(self.source[position : hit.start()])
            position = hit.start()
            if self.source[position] == "&":
                position = self.character(position)
            elif self.source.startswith("</", position):
                position = self.end_tag(position)
            else:
                position = self.start_tag(position)
        self.put(self.source[position:])
        if self.open:
            name = self.open[-1][0]
            raise Malformed(f'Can\'t find end tag corresponding to start tag "{name}"')
        self.entities.sort(key=lambda one: (one["offset"], -one["length"]))
        return "".join(self.out), self.entities

    def character(self, position: int) -> int:
        named = CHARACTER.match(self.source, position)
        self.put(html.unescape(named[0]) if named else "&")
        return named.end() if named else position + 1


def parse_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The visible text and its entities, sorted; raises Malformed with the server's reason."""
    if "<" not in text and "&" not in text:
        return text, []
    return _Reader(text).read()
