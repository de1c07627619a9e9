"""Whoever was out of reach and writes again is told things again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.actions.people import tell
from bot.rules.records import Role
from storage import people
from tests.wecom_house import open_wecom


@pytest.mark.parametrize("line", ["wecom", "robot"])
async def test_who_writes_again_after_he_was_out_of_reach_is_told_things_again(
    tmp_path: Path, line: str
) -> None:
    async with open_wecom(tmp_path, line=line) as stage:
        await stage.join("王芳", {Role.ADMIN})
        house, user = stage.house, stage.user("王芳")
        assert house is not None
        known = await house.database.read(people.by_identity, line, await stage.number("王芳"))
        assert known is not None

        async def told() -> None:
            now = stage.clock.now()
            await house.database.write(
                tell, known.id, "handed", known.id, now, args={"from": "孙涛", "count": 2}
            )
            house.wake_sender()
            await stage.settle()

        stage.corp.removed.add(user)
        await told()
        assert await house.database.read(people.chats_of, known.id) == []
        # The app's visible range was mended, and no event tells of it.
        stage.corp.removed.discard(user)
        await stage.says("王芳", "本周")
        before = len(stage.shown("王芳"))
        await told()
        assert len(stage.shown("王芳")) == before + 1
