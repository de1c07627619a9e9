"""POST /intake/…: taken once however often it comes; what is wrong is a 4xx and leaves nothing."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, FormData
from sqlalchemy import func, select

from bot.case_web import intake_app
from bot.intake_settings import IntakeSettings
from bot.listening import listen
from bot.rules.records import Role
from storage import parts, problems, reports, tickets
from storage.schema import Transaction
from tests.house import Stage, jpeg

CAMERA, HOTLINE = "camera-token-of-tests", "hotline-token-of-tests"
SEEN = {"id": "cam1-000017", "spot": "松江路", "category": "zhandao", "device": "cam1",
        "at": "2025-06-09T08:58:00+08:00"}  # fmt: skip
CALLED = {"id": "2025061200123", "words": "松江路有人占道卖菜，来电人李某 13800000000",
          "handle_by": "2025-06-13 18:00", "complainant": {"name": "李某"}}  # fmt: skip


@pytest.fixture
async def address(stage: Stage) -> AsyncIterator[str]:
    """Where the running house takes posts; 王芳 files them, 孙涛 leads the squad."""
    assert stage.house is not None
    await stage.join("王芳", {Role.ADMIN})
    own = IntakeSettings(desk="王芳", camera_token=CAMERA, hotline_token=HOTLINE)  # type: ignore[arg-type]
    stage.house.settings = stage.house.settings.model_copy(update={"intake": own})
    runner = await listen(intake_app(stage.house), "127.0.0.1:0")
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def post(
    address: str, path: str, *, token: str | None = None, **more: Any
) -> tuple[int, dict[str, Any]]:
    token = token or (CAMERA if path.endswith("camera") else HOTLINE)
    headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
    async with (
        ClientSession() as session,
        session.post(address + path, headers=headers, **more) as answer,
    ):
        return answer.status, await answer.json()


def census(tx: Transaction) -> dict[str, int]:
    tables = (reports.reports, problems.table, tickets.table, tickets.complainants, parts.table)
    return {t.name: tx.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


async def rows(stage: Stage) -> dict[str, int]:
    assert stage.house is not None
    return await stage.house.database.read(census)


def files(stage: Stage) -> list[str]:
    assert stage.house is not None
    return sorted(str(p) for p in stage.house.files.root.rglob("*") if p.is_file())


async def test_what_a_camera_sees_is_a_problem(stage: Stage, address: str) -> None:
    status, told = await post(address, "/intake/camera", json=SEEN)
    assert (status, told["number"], told["new"]) == (201, "R-20250609-001", True)
    assert len(told["problems"]) == 1
    assert (await post(address, "/intake/camera", json=SEEN))[0] == 200
    assert (await rows(stage))["problems"] == 1


async def test_who_complained_is_kept_apart(stage: Stage, address: str) -> None:
    status, told = await post(address, "/intake/hotline", json=CALLED)
    assert status == 201, told
    assert stage.house is not None
    report = await stage.house.database.read(reports.by_number, told["number"])
    assert report is not None
    assert report.text == "松江路有人占道卖菜"
    ticket = await stage.house.database.read(tickets.by_external, "hotline", CALLED["id"])
    assert ticket is not None
    assert ticket.handle_by is not None
    assert ticket.handle_by.astimezone(stage.clock.moment.tzinfo).hour == 18
    held = await stage.house.database.read(tickets.complainant, ticket.id)
    assert (held and (held.name, held.phone)) == ("李某", "13800000000")


def form(still: bytes, name: str = "still.jpg", **fields: str) -> FormData:
    data = FormData()
    data.add_field("still", still, filename=name, content_type="image/jpeg")
    for key, value in (SEEN | fields).items():
        data.add_field(key, value)
    return data


async def test_a_still_is_stored_as_a_photo(stage: Stage, address: str) -> None:
    status, told = await post(address, "/intake/camera", data=form(jpeg(3)))
    assert status == 201, told
    assert stage.house is not None
    report = await stage.house.database.read(reports.by_number, told["number"])
    assert report is not None
    held = await stage.house.database.read(parts.of_report, report.id)
    photo = next(part for part in held if part.kind == "photo")
    assert photo.state == parts.STORED
    assert photo.sha256 is not None
    assert stage.house.files.thumbnail_path(photo.sha256).is_file()
    assert stage.house.files.verify(photo.sha256)
    assert not [p for p in files(stage) if "incoming" in p]


async def test_two_hundred_at_once_are_one_problem(stage: Stage, address: str) -> None:
    async def one(session: ClientSession) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {CAMERA}"}
        async with session.post(f"{address}/intake/camera", json=SEEN, headers=headers) as answer:
            return answer.status, (await answer.json())["number"]

    async with ClientSession() as session:
        told = await asyncio.gather(*(one(session) for _ in range(200)))
    assert sorted(status for status, _ in told) == [200] * 199 + [201]
    assert {number for _, number in told} == {"R-20250609-001"}
    assert (await rows(stage))["problems"] == 1


WRONG: dict[str, tuple[int, dict[str, Any]]] = {
    "no token": (401, {"headers": {"Authorization": ""}, "json": SEEN}),
    "another's token": (401, {"token": HOTLINE, "json": SEEN}),
    "a token that is no ASCII": (401, {"token": "camera-token-of-t\u00e9sts", "json": SEEN}),
    "another scheme": (401, {"headers": {"Authorization": f"Basic {CAMERA}"}, "json": SEEN}),
    "broken JSON": (400, {"data": b'{"id": ', "headers": {"Content-Type": "application/json"}}),
    "deep JSON": (400, {"data": b"[" * 100_000, "headers": {"Content-Type": "application/json"}}),
    "a list": (400, {"json": [SEEN]}),
    "a word": (400, {"json": "松江路"}),
    "no id": (422, {"json": {k: v for k, v in SEEN.items() if k != "id"}}),
    "an empty id": (422, {"json": SEEN | {"id": "  "}}),
    "an id that is a list": (422, {"json": SEEN | {"id": ["x"]}}),
    "an id that is too long": (422, {"json": SEEN | {"id": "x" * 81}}),
    "an id with a NUL": (422, {"json": SEEN | {"id": "x\0y"}}),
    "no spot": (422, {"json": {k: v for k, v in SEEN.items() if k != "spot"}}),
    "a spot nobody knows": (422, {"json": SEEN | {"spot": "月球"}}),
    "a kind nobody knows": (422, {"json": SEEN | {"category": "ufo"}}),
    "a moment that is none": (422, {"json": SEEN | {"at": "gestern"}}),
    "a moment before all years": (422, {"json": SEEN | {"at": "0001-01-01T00:00:00+08:00"}}),
    "a limit behind all years": (422, {"json": SEEN | {"handle_by": "9999-12-31T23:59:59-08:00"}}),
    "a limit of 1900": (422, {"json": SEEN | {"respond_by": "1900-01-01"}}),
    "plain text": (415, {"data": b"hello", "headers": {"Content-Type": "text/plain"}}),
    "a packed body": (415, {"json": SEEN, "headers": {"Content-Encoding": "gzip"}}),
    "much JSON": (413, {"json": SEEN | {"words": "占" * 60_000}}),
    "a form without a border": (
        400, {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}},
    ),
    "a broken form": (
        400, {"data": b"xx\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
    ),
    "a still that is none": (422, {"data": b"form"}),
    "a path as a name": (400, {"data": b"form"}),
}  # fmt: skip


@pytest.mark.parametrize("what", list(WRONG))
async def test_what_is_wrong_is_said_and_leaves_nothing(
    stage: Stage, address: str, what: str
) -> None:
    status, sent = WRONG[what]
    sent = dict(sent)
    if what == "a still that is none":
        sent["data"] = form(b"no picture")
    if what == "a path as a name":
        sent["data"] = form(jpeg(4), "../../../etc/passwd")
    before, kept = await rows(stage), files(stage)
    got, told = await post(address, "/intake/camera", **sent)
    assert (got, set(told)) == (status, {"error", "message"}), told
    assert await rows(stage) == before
    assert files(stage) == kept
    assert (await post(address, "/intake/camera", json=SEEN))[0] == 201


@pytest.mark.parametrize(
    "path", ["/intake/letter", "/intake/../intake/camera/x", "/intake/camera/..%2fhotline", "/x"]
)
async def test_no_other_address_answers(address: str, path: str) -> None:
    status, told = await post(address, path, token=CAMERA, json=SEEN)
    assert (status, told["error"]) == (404, "not_found")


async def big(chunks: int) -> AsyncIterator[bytes]:
    yield b'--b\r\nContent-Disposition: form-data; name="still"; filename="a.jpg"\r\n\r\n'
    for _ in range(chunks):
        yield b"x" * 65536


@pytest.mark.parametrize("told_size", [True, False])
async def test_thirty_megabytes_are_refused_before_they_are_read(
    stage: Stage, address: str, told_size: bool
) -> None:
    """Also where the sender doesn't tell how much it will be."""
    kept = files(stage)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    data: Any = io.BytesIO(b"x" * 30_000_000) if told_size else big(480)
    got, told = await post(address, "/intake/camera", data=data, headers=headers)
    assert (got, told["error"]) == (413, "too_large")
    assert files(stage) == kept
    assert (await post(address, "/intake/camera", json=SEEN))[0] == 201


async def test_nobody_to_file_it_is_the_operators_matter(stage: Stage, address: str) -> None:
    assert stage.house is not None
    await stage.join("李主任", {Role.ADMIN})
    await stage.says("李主任", "停用 王芳")
    got, told = await post(address, "/intake/camera", json=SEEN)
    assert (got, told["error"]) == (503, "no_desk")
    assert (await rows(stage))["reports"] == 0
