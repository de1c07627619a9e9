"""The body of a post: JSON, or a form with a still; bounded while it is read, knows no case.

A still goes to a file as it comes, under a name of ours: what the sender calls it is looked at only
to refuse a path.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from aiohttp import BodyPartReader, MultipartReader, web

JSON_LIMIT = 256 * 1024
FIELD_LIMIT = 64 * 1024
MOST_FIELDS = 40
CHUNK = 64 * 1024
STILL = "still"


class BadBody(ValueError):
    """A body that can't be read: the status, a word for programs, and a sentence."""

    def __init__(self, status: int, code: str, says: str) -> None:
        super().__init__(says)
        self.status, self.code, self.says = status, code, says


@dataclass(frozen=True)
class Picture:
    """A picture as it came, in a file that is gone after the request."""

    path: Path
    sha256: str
    size: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes."""
        with self.path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk


@dataclass(frozen=True)
class Body:
    """What was posted: fields by name, and the still, where there is one."""

    fields: dict[str, object]
    still: Picture | None = None


async def read_body(request: web.Request, folder: Path, limit: int, stack: AsyncExitStack) -> Body:
    """The body, of at most `limit` bytes; `stack` removes what was put into `folder`.

    Raises BadBody.
    """
    if (request.content_length or 0) > limit:
        raise too_large(limit)
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise BadBody(415, "packed", "a packed body is not taken")
    if request.content_type == "application/json":
        return Body(_object(await _read(request, min(limit, JSON_LIMIT))))
    if request.content_type == "multipart/form-data":
        return await _form(request, folder, limit, stack)
    raise BadBody(415, "wrong_type", "post application/json or multipart/form-data")


def too_large(limit: int) -> BadBody:
    """Said as soon as it is known."""
    return BadBody(413, "too_large", f"at most {limit} bytes are taken")


async def _read(request: web.Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limit:
            raise too_large(limit)
    return bytes(body)


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadBody(400, "broken_json", "the body is no JSON") from None
    if not isinstance(found, dict):
        raise BadBody(400, "no_object", "the body must be one JSON object")
    return found


async def _form(request: web.Request, folder: Path, limit: int, stack: AsyncExitStack) -> Body:
    fields: dict[str, object] = {}
    still: Picture | None = None
    try:
        reader = await request.multipart()
        left = limit
        while (part := await reader.next()) is not None:
            if isinstance(part, MultipartReader) or not part.name:
                raise BadBody(400, "broken_form", "every part of the form needs a name")
            if part.name == STILL:
                if still is not None:
                    raise BadBody(400, "two_stills", "one still a case")
                still = await _save(part, folder, left, limit, stack)
                left -= still.size
            else:
                fields[part.name] = await _field(part)
                left -= len(str(fields[part.name]))
            if left < 0 or len(fields) > MOST_FIELDS:
                raise too_large(limit)
    except BadBody:
        raise
    except (ValueError, AssertionError, RuntimeError, EOFError, LookupError, OSError):
        raise BadBody(400, "broken_form", "the form can't be read") from None
    return Body(fields, still)


async def _field(part: BodyPartReader) -> str:
    held = bytearray()
    while chunk := await part.read_chunk(CHUNK):
        held += chunk
        if len(held) > FIELD_LIMIT:
            raise BadBody(413, "too_large", f"{part.name} is longer than {FIELD_LIMIT} bytes")
    return held.decode("utf-8")


async def _save(
    part: BodyPartReader, folder: Path, left: int, limit: int, stack: AsyncExitStack
) -> Picture:
    if _is_path(part.filename or ""):
        raise BadBody(400, "bad_filename", "a file name is no path")
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    file: IO[bytes] = await asyncio.to_thread(
        tempfile.NamedTemporaryFile, dir=folder, delete=False
    )  # fmt: skip
    path = Path(file.name)
    stack.callback(path.unlink, missing_ok=True)
    digest, size = hashlib.sha256(), 0
    with file:
        while chunk := await part.read_chunk(CHUNK):
            size += len(chunk)
            if size > left:
                raise too_large(limit)
            digest.update(chunk)
            await asyncio.to_thread(file.write, chunk)
    return Picture(path, digest.hexdigest(), size)


def _is_path(name: str) -> bool:
    return any(sign in name for sign in ("/", "\\", "\0")) or name in (".", "..") or ".." in name
