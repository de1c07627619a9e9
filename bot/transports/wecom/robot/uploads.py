"""Files up over the long connection: announced, sent in pieces, finished; knows no message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from bot.transports.wecom.errors import NoAnswer, WeComError
from bot.transports.wecom.media import BAD_SIZE, LARGEST, MEGABYTE, SMALLEST, file_name
from bot.transports.wecom.robot import frames
from bot.transports.wecom.robot.frames import Upload
from bot.transports.wecom.robot.socket import Connection

PATIENCE = 30.0
"""Seconds for an answer: a live test saw pieces answered for only after ten."""

TRIES, PAUSE = 3, 0.5
"""Of each piece, as the SDK has it; pieces may be sent again, the platform takes each once."""


async def upload(
    connection: Connection,
    kind: str,
    name: str,
    data: bytes,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> str:
    """The media id of the file, good for three days; `kind` is file, image, voice or video.

    Raises NoAnswer, and WeComError where the platform refuses or would refuse the size (40006).
    """
    if not SMALLEST <= len(data) <= LARGEST[kind]:
        most = LARGEST[kind] // MEGABYTE
        raise WeComError(BAD_SIZE, f"{len(data)} bytes can't be sent as {kind}, at most {most} MB")
    file = Upload(kind, file_name(name), data)
    begun = await connection.ask(file.begin(connection.fresh("aibot_upload_media_init")), PATIENCE)
    upload_id = frames.words(begun, "body", "upload_id")
    if not upload_id:
        raise NoAnswer("no upload id in the answer")
    pieces = iter(range(file.pieces))
    sending = [
        _pieces(connection, file, upload_id, pieces, sleep) for _ in range(_at_once(file.pieces))
    ]
    for fault in await asyncio.gather(*sending, return_exceptions=True):
        if fault is not None:
            raise fault
    end = file.end(connection.fresh("aibot_upload_media_finish"), upload_id)
    media_id = frames.words(await connection.ask(end, PATIENCE), "body", "media_id")
    if not media_id:
        raise NoAnswer("no media id in the answer")
    return media_id


async def _pieces(
    connection: Connection,
    file: Upload,
    upload_id: str,
    pieces: Iterator[int],
    sleep: Callable[[float], Awaitable[None]],
) -> None:
    """Piece after piece, until none is left."""
    for index in pieces:
        for tried in range(1, TRIES + 1):
            request = connection.fresh("aibot_upload_media_chunk")
            try:
                await connection.ask(file.piece(request, upload_id, index), PATIENCE)
                break
            except (NoAnswer, WeComError):
                if tried == TRIES:
                    raise
                await sleep(PAUSE * tried)


def _at_once(pieces: int) -> int:
    """As the SDK has it: the platform answers many pieces at once with a system error."""
    if pieces <= 4:
        return pieces
    return 3 if pieces <= 10 else 2
