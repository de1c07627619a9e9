"""Pictures and words in messages of their own, in every order: each picture ends where it belongs.

The ways people report in WeCom, where a photo has no caption (conversations.md 2.8).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.rules.records import Role
from tests.house import TZ, jpeg
from tests.wecom_house import WeComStage, open_wecom

WHO = "张建国"
SONGJIANG = (34.8105, 117.3236)


def waits(stage: WeComStage, seconds: float) -> None:
    stage.clock.set(stage.clock.now().astimezone(TZ) + timedelta(seconds=seconds))


async def shoots(stage: WeComStage, number: int) -> None:
    """A photo, whose receipt nobody waits for."""
    await (await stage.phone(WHO)).shoot([jpeg(number)], "")


async def writes(stage: WeComStage, words: str) -> None:
    await (await stage.phone(WHO)).write(words)


async def records(stage: WeComStage) -> list[tuple[str, int]]:
    """Each report's spots and how many files it has, oldest first."""

    def look(tx: Any) -> list[tuple[str, int]]:
        rows = tx.execute(
            text(
                "SELECT (SELECT group_concat(f.spot) FROM finds f WHERE f.report = r.id"
                " AND f.counts), (SELECT count(*) FROM parts p WHERE p.report = r.id"
                " AND p.kind <> 'text') FROM reports r ORDER BY r.id"
            )
        )
        return [(str(row[0]), int(row[1])) for row in rows]

    assert stage.house is not None
    return await stage.house.database.read(look)


@pytest.mark.parametrize("settled", [False, True])
async def test_who_writes_first_keeps_each_photo_with_the_words_before_it(
    tmp_path: Path, settled: bool
) -> None:
    async with open_wecom(tmp_path) as stage:
        await stage.join(WHO, {Role.OFFICER})
        for number, words in enumerate(("松江路 西瓜摊占道", "永福路 垃圾没清")):
            await writes(stage, words)
            waits(stage, 6)
            await shoots(stage, number)
            if settled:
                await stage.settle()
            waits(stage, 12)
        await stage.settle()
        assert await records(stage) == [("songjiang", 1), ("yongfu", 1)]


async def test_a_photo_before_its_words_is_not_kept_by_a_report_placed_by_button(
    tmp_path: Path,
) -> None:
    async with open_wecom(tmp_path) as stage:
        await stage.join(WHO, {Role.OFFICER})
        await stage.shoots(WHO)
        await stage.presses(WHO, "永福路")
        waits(stage, 40)
        await shoots(stage, 50)
        waits(stage, 3)
        await writes(stage, "松江路 西瓜摊占道")
        await stage.settle()
        assert await records(stage) == [("yongfu", 1), ("songjiang", 1)]


async def test_words_after_the_button_are_of_the_photo_and_not_a_second_visit(
    tmp_path: Path,
) -> None:
    async with open_wecom(tmp_path) as stage:
        await stage.join(WHO, {Role.OFFICER})
        await stage.shoots(WHO)
        await stage.presses(WHO, "永福路")
        waits(stage, 10)
        await stage.says(WHO, "西瓜摊占道")
        assert await records(stage) == [("yongfu", 1)]
        said = stage.shown(WHO)[-1]["text"]
        assert said.startswith("已收 · 永福路 · 占道经营\n1 张照片")
        assert "按您" not in said


async def test_words_without_a_place_never_move_what_was_placed_by_button(tmp_path: Path) -> None:
    async with open_wecom(tmp_path) as stage:
        await stage.join(WHO, {Role.OFFICER})
        await stage.points(WHO, *SONGJIANG)
        waits(stage, 30)
        await stage.shoots(WHO)
        await stage.presses(WHO, "改点位")
        await stage.presses(WHO, "永福路")
        waits(stage, 10)
        await stage.says(WHO, "西瓜摊占道")
        assert await records(stage) == [("yongfu", 1)]


async def test_photo_then_location_then_words_is_one_visit(tmp_path: Path) -> None:
    async with open_wecom(tmp_path) as stage:
        await stage.join(WHO, {Role.OFFICER})
        await shoots(stage, 1)
        waits(stage, 3)
        await stage.points(WHO, *SONGJIANG)
        waits(stage, 4)
        await stage.says(WHO, "西瓜摊占道")
        assert await records(stage) == [("songjiang", 1)]
        assert stage.shown(WHO)[-1]["text"].startswith("已收 · 松江路 · 占道经营\n1 张照片")
