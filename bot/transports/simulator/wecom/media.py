"""Files of the active interface: up by multipart, down as bytes, errors as JSON with HTTP 200.

The form is read by hand, since it is the very bytes of its head that WeCom is strict about: the
file's name must be raw UTF-8, neither percent-encoded nor RFC 5987. Sources:
developer.work.weixin.qq.com/document/path/90253, 90254 and 91770.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.transports.simulator.wecom.checks import Refusal
from bot.transports.simulator.wecom.corp import Corp
from bot.transports.simulator.wecom.messages import PICTURES

SMALLEST, RANGE_ABOVE = 5, 20 * 1024 * 1024
_LARGEST = {
    "image": (10 * 1024 * 1024, 40009),
    "voice": (2 * 1024 * 1024, 45001),
    "video": (10 * 1024 * 1024, 40011),
    "file": (20 * 1024 * 1024, 40006),
}
_BEGINNINGS = {"image": PICTURES, "voice": (b"#!AMR",)}
_TYPES = {"image": "image/jpeg", "voice": "voice/amr", "video": "video/mpeg4"}
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_NAME = re.compile(r'filename="((?:[^"\\]|\\.)*)"')
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def upload(corp: Corp, kind: str, content_type: str, body: bytes) -> dict[str, Any]:
    """The file can be sent for three days; the answer without its errcode."""
    if kind not in _LARGEST:
        raise Refusal(40005, "invalid file type")
    name, data = _only_part(content_type, body)
    most, errcode = _LARGEST[kind]
    if len(data) <= SMALLEST:
        raise Refusal(40006, "invalid file size, more than 5 bytes")
    if len(data) > most:
        raise Refusal(errcode, f"invalid {kind} size, at most {most} bytes")
    right = data[4:8] == b"ftyp" if kind == "video" else data.startswith(_BEGINNINGS.get(kind, b""))
    if not right:
        raise Refusal(40004, f"invalid media type, these bytes are no {kind}")
    media_id = corp.keep_media(data, kind, name)
    return {"type": kind, "media_id": media_id, "created_at": str(corp.now())}


def download(corp: Corp, media_id: str, wanted: str | None) -> web.Response:
    """The bytes, or the part of them that the Range header wants; raises Refusal."""
    media, data = corp.media(media_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{quote(media.name)}"',
        "Content-Type": _TYPES.get(media.kind, "application/octet-stream"),
        "Accept-Ranges": "bytes",
    }
    match = _RANGE.fullmatch(wanted or "")
    if match is None:
        if len(data) > RANGE_ABOVE:
            raise Refusal(830002, "the file is larger than 20 MB, use Range")
        return web.Response(body=data, headers=headers)
    start, end = int(match[1]), int(match[2] or len(data) - 1)
    part = data[start : end + 1]
    if not part or len(part) > RANGE_ABOVE:
        raise Refusal(830002, "invalid Range")
    headers["Content-Range"] = f"bytes {start}-{start + len(part) - 1}/{len(data)}"
    return web.Response(status=206, body=part, headers=headers)


def file_name(head: str) -> str:
    """The file's name from a part's head; raises Refusal where WeCom couldn't read it."""
    if "filename*" in head:
        raise Refusal(41005, "media data missing, filename* is not read")
    match = _NAME.search(head)
    if match is None or not match[1]:
        raise Refusal(41005, "media data missing, no filename")
    if _PERCENT.search(match[1]):
        raise Refusal(44001, "empty media data, the filename is percent-encoded")
    return match[1].replace('\\"', '"')


def _only_part(content_type: str, body: bytes) -> tuple[str, bytes]:
    match = re.search(r'boundary="?([^";,\s]+)"?', content_type)
    if not content_type.startswith("multipart/form-data") or match is None:
        raise Refusal(41005, "media data missing, not multipart/form-data")
    fence = b"--" + match[1].encode()
    for part in body.split(fence)[1:]:
        head, blank, data = part.partition(b"\r\n\r\n")
        if not blank or b'name="media"' not in head:
            continue
        try:
            return file_name(head.decode()), data.removesuffix(b"\r\n")
        except UnicodeDecodeError:
            raise Refusal(44001, "empty media data, the filename is not UTF-8") from None
    raise Refusal(41005, "media data missing, no part named media")
