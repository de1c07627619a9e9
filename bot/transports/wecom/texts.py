"""Texts within WeCom's limits: split, numbered, shortened, and shown as they were written; pure.

Lengths of messages are bytes of UTF-8, lengths of a card's fields are characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

TEXT_BYTES = 2048
"""The longest text message; what is over is cut by the platform (path/90236)."""

BY_NUMBER = "回复数字就行。"
CUT = "…"
_MARK = 36
"""Bytes kept free for `（12/34）`, up to four digits on each side."""

# No mark that an address may contain.
_SOFT = re.compile(r"[。；，！？、]|(?<=\S)(?=[（「])| · ")

# No backslash escapes are documented for WeCom's markdown, so what could be markup is written
# with its full-width twin, or parted from what would make it one by a zero-width space.
_TWINS = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in "*_~`\\"}
_APART = "\u200b"
_BLOCK = re.compile(r"(?:^|(?<=\r))(?= {0,3}(?:[#>+\-=|]|\d+[.)]|\t)| {4})", re.MULTILINE)
_INLINE = re.compile(r"(?<=\])(?=\()|(?<=[<&])(?=[A-Za-z/!#?@])")
_LINK = re.compile(r"(https?://[^\s<>*`~\\]+)")


def clean(text: str) -> str:
    """The text as it can be sent: what UTF-8 can't carry (lone surrogates) is replaced."""
    return text.encode("utf-8", "replace").decode()


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode())


def parts(text: str, limit: int = TEXT_BYTES) -> list[str]:
    """The text in messages of at most `limit` bytes (128 or more), split between lines.

    More than one are marked at their end （1/3）; without the marks they join to the text. A line
    longer than a message is split between characters, after a punctuation mark where one is near.
    """
    if size(text) <= limit:
        return [text]
    found: list[str] = []
    held = ""
    for line in text.splitlines(keepends=True):
        for piece in _pieces(line, limit - _MARK):
            if size(held) + size(piece) > limit - _MARK:
                found.append(held)
                held = ""
            held += piece
    found.append(held)
    return [f"{part}（{n}/{len(found)}）" for n, part in enumerate(found, 1)]


def numbered(text: str, labels: Sequence[str]) -> str:
    """The text with the choices below it, to be answered with a number."""
    lines = [f"{number} {line(label)}" for number, label in enumerate(labels, 1)]
    return "\n".join([text, *lines, BY_NUMBER] if text else [*lines, BY_NUMBER])


def line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split()) or CUT


def cut(text: str, width: int) -> str:
    """The text in at most `width` characters; one that is cut ends with …"""
    return text if len(text) <= width else text[: width - 1] + CUT


def soft_end(text: str) -> int:
    """Where the text is best parted: after the last mark in its last two thirds; 0 for nowhere."""
    ends = [match.end() for match in _SOFT.finditer(text, len(text) // 3)]
    return ends[-1] if ends else 0


def short(labels: Iterable[str], width: int) -> list[str]:
    """Each label in at most `width` (6 or more) characters, on one line, no two alike.

    A label keeps its beginning; its end too where beginnings are alike; else all are numbered.
    """
    whole = [line(label) for label in labels]
    heads = [cut(label, width) for label in whole]
    tail = (width - 1) // 2
    tried = [
        label[: width - 1 - tail] + CUT + label[-tail:]
        if len(label) > width and heads.count(head) > 1
        else head
        for label, head in zip(whole, heads, strict=True)
    ]
    if len(set(tried)) == len(tried):
        return tried
    return [cut(f"{number} {label}", width) for number, label in enumerate(whole, 1)]


def markdown(text: str) -> str:
    """The text so that markdown shows it as it is: nothing a person wrote becomes markup.

    Links stay links. At most four times the bytes of the text.
    """
    plain, *linked = _LINK.split(text)
    found = [plain.translate(_TWINS)]
    for link, after in zip(linked[::2], linked[1::2], strict=True):
        found += [link, after.translate(_TWINS)]
    return _BLOCK.sub(_APART, _INLINE.sub(_APART, "".join(found)))


def _pieces(text: str, limit: int) -> list[str]:
    """The line in pieces of at most `limit` bytes."""
    found: list[str] = []
    while size(text) > limit:
        head = text.encode()[:limit].decode("utf-8", "ignore")
        end = soft_end(head) or len(head)
        found.append(text[:end])
        text = text[end:]
    return [*found, text]
