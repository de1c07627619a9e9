"""/healthz and /metrics tell how the house is, with reasons."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.listening import listen
from bot.web import STUCK_SECONDS, health_app
from storage import inbox
from tests.house import Stage


@pytest.fixture
async def idle_lanes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lanes find nothing from here on, also those whose first look is still to come."""
    monkeypatch.setattr(inbox, "page", lambda *_: [])
    await stage.settle()


@pytest.fixture
async def address(stage: Stage) -> AsyncIterator[str]:
    """Where the running house tells of its health."""
    assert stage.house is not None
    runner = await listen(health_app(stage.house), "127.0.0.1:0")
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def get(address: str, path: str) -> tuple[int, Any]:
    async with ClientSession() as session, session.get(address + path) as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await (answer.json() if is_json else answer.text())


async def test_a_house_in_good_health_says_so(address: str) -> None:
    assert await get(address, "/healthz") == (200, {"ok": True, "reasons": []})


async def test_a_line_that_is_down_is_named(stage: Stage, address: str) -> None:
    assert stage.house is not None
    stage.house.line_is("telegram")(False)
    status, told = await get(address, "/healthz")
    assert (status, told["ok"]) == (503, False)
    assert any("telegram" in reason for reason in told["reasons"])
    assert 'gangting_line_up{line="telegram"} 0.0' in (await get(address, "/metrics"))[1]
    stage.house.line_is("telegram")(True)
    assert (await get(address, "/healthz"))[0] == 200


@pytest.mark.usefixtures("idle_lanes")
@pytest.mark.parametrize(("seconds", "status"), [(STUCK_SECONDS, 200), (STUCK_SECONDS + 1, 503)])
async def test_a_message_that_waits_too_long_is_told(
    stage: Stage, address: str, seconds: int, status: int
) -> None:
    assert stage.house is not None
    row = inbox.Arrival("1", "7", {"x": 1})
    await stage.house.database.write(inbox.take_in, "telegram", [row], stage.clock.now())
    stage.clock.move(timedelta(seconds=seconds))
    told = await get(address, "/healthz")
    assert told[0] == status
    assert bool(told[1]["reasons"]) is (status == 503)


async def test_a_store_that_does_not_answer_is_told(stage: Stage, address: str) -> None:
    assert stage.house is not None
    database = stage.house.database

    def spoil(tx: Any, old: str, new: str) -> None:
        tx.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    await database.write(spoil, "inbox", "elsewhere")
    status, told = await get(address, "/healthz")
    await database.write(spoil, "elsewhere", "inbox")
    assert status == 503
    assert "the store doesn't answer" in told["reasons"][0]


@pytest.mark.usefixtures("idle_lanes")
async def test_the_metrics_count_rows_by_state(stage: Stage, address: str) -> None:
    assert stage.house is not None
    row = inbox.Arrival("1", "7", {"x": 1})
    await stage.house.database.write(inbox.take_in, "telegram", [row], stage.clock.now())
    stage.clock.move(timedelta(seconds=9))
    status, text = await get(address, "/metrics")
    assert status == 200
    assert 'gangting_rows{state="pending"} 1.0' in text
    assert 'gangting_rows{state="received"} 1.0' in text
    assert "gangting_oldest_pending_seconds 9.0" in text
