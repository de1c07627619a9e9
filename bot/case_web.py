"""POST /intake/camera and /intake/hotline: cases from other systems; one deed a post.

A token a source. Idempotent by the sender's id: 201 the first time, 200 afterwards. Whatever else
is posted gets a 4xx in JSON and leaves nothing behind. No body is held in memory but its words.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.actions import cases
from bot.actions.cases import NoDesk, Still, Taken
from bot.app import House
from bot.errors import BadFile, Refused, StoreFault
from bot.posted_body import BadBody, Body, read_body
from bot.rules.posted import BadPost, read_posted
from bot.rules.tickets import CaseSource
from storage import tickets

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""So many bodies are read side by side; the others wait, unread."""

BODY_SECONDS = 60.0
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Intake:
    """What the handlers of both sources share."""

    house: House
    desk: str
    limit: int
    turns: asyncio.Semaphore


def intake_app(house: House) -> web.Application:
    """The addresses of the sources that have a token."""
    own = house.settings.intake
    app = web.Application(middlewares=[_in_json])
    shared = Intake(
        house, own.desk or "", own.megabytes * MEGABYTE, asyncio.Semaphore(AT_ONCE)
    )  # fmt: skip
    for source, token in own.tokens().items():
        app.router.add_post(f"/intake/{source}", _receiver(shared, source, token))
    return app


@web.middleware
async def _in_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refusals by the router and by us look alike."""
    try:
        return await handler(request)
    except BadBody as wrong:
        return refused(wrong.status, wrong.code, wrong.says)
    except BadPost as wrong:
        return refused(422, wrong.code, wrong.says)
    except web.HTTPException as wrong:
        if wrong.status < 400:
            raise
        return refused(wrong.status, wrong.reason.lower().replace(" ", "_"), wrong.reason)


def refused(status: int, code: str, says: str) -> web.Response:
    """A refusal; what was not read of the body is not waited for."""
    answer = web.json_response({"error": code, "message": says}, status=status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status in (401, 408, 413):
        answer.force_close()
    return answer


def _receiver(
    shared: Intake, source: CaseSource, token: str
) -> Callable[[web.Request], Awaitable[web.Response]]:
    expected = token.encode()

    async def receive(request: web.Request) -> web.Response:
        if not _holds(request, expected):
            return refused(401, "wrong_token", "Authorization: Bearer <token> is missing or wrong")
        async with shared.turns, AsyncExitStack() as stack:
            folder = shared.house.files.incoming
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    body = await read_body(request, folder, shared.limit, stack)
            except TimeoutError:
                return refused(408, "too_slow", f"no whole body within {BODY_SECONDS:.0f} s")
            return await _take(shared, source, body)

    return receive


def _holds(request: web.Request, expected: bytes) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    token = given.strip().encode("utf-8", "surrogateescape")
    return hmac.compare_digest(token, expected) and scheme.lower() == "bearer"


async def _take(shared: Intake, source: CaseSource, body: Body) -> web.Response:
    house, now = shared.house, shared.house.clock.now()
    posted = read_posted(source, body.fields, house.bureau)
    case = posted.case
    finds = posted.finds(house.reader.read(case.words, now), house.bureau)
    try:
        known = await house.database.read(tickets.by_external, source, case.external or "")
        still = await _still(house, body, shared.limit) if known is None else None
        taken = await house.database.write(
            cases.take_posted, shared.desk, case, finds, house.bureau, now, still
        )
    except NoDesk as nobody:
        log.error("a posted case has nobody to file it", desk=shared.desk)
        return refused(503, "no_desk", nobody.sentence)
    except BadFile as wrong:
        return refused(422, "bad_still", type(wrong).__name__)
    except Refused as wrong:
        return refused(422, "refused", wrong.sentence)
    except StoreFault:
        return refused(503, "not_stored", "not stored, send it again")
    house.wake_sender()
    return web.json_response(_told(taken), status=201 if taken.fresh else 200)


def _told(taken: Taken) -> Mapping[str, object]:
    return {"number": taken.number, "problems": list(taken.problems), "new": taken.fresh}


async def _still(house: House, body: Body, limit: int) -> Still | None:
    """The picture that came along is looked at first: what is none is not kept."""
    still = body.still
    if still is None:
        return None
    small = house.files.thumbnail_path(still.sha256)
    look = await house.pictures.look(still.path, small)
    kept = await house.files.keep(still.chunks(), still.size, limit)
    return Still({
        "sha256": kept.sha256, "size": kept.size, "md5": kept.md5, "mime": look.mime,
        "width": look.width, "height": look.height, "dhash": look.dhash, "phash": look.phash,
        "taken_at": look.taken_at,
    })  # fmt: skip
