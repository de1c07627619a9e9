"""A stop while a card is on its way: it is finished and recorded, and nothing waits after that."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from bot.app import DRAIN_SECONDS
from bot.rules.records import Role
from tests.fakes import phones
from tests.house import open_stage


async def test_a_stop_takes_no_longer_than_what_is_on_its_way(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        user = await stage.join("张建国", {Role.OFFICER})
        begun, go = asyncio.Event(), asyncio.Event()
        straight = stage.wire.make_request

        async def slowly(*args: Any, **more: Any) -> Any:
            begun.set()
            await go.wait()
            return await straight(*args, **more)

        stage.wire.make_request = slowly  # type: ignore[method-assign]
        phones.text(stage.fake.world, user, "松江路 占道2处")
        assert stage.house is not None
        await stage.house.lanes.accept("telegram", [stage.fake.world.queue.popleft()])
        await begun.wait()
        clock = asyncio.get_running_loop()
        clock.call_later(0.1, go.set)
        told = clock.time()
        await stage.close()
        assert clock.time() - told < DRAIN_SECONDS / 4
        await stage.open()
        await stage.settle()
        said = [m for m in stage.shown("张建国") if "编号" in m["text"]]
        assert len(said) == 1
