"""The same photo through every line gives the same record; one person keeps his matters on all."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.actions.records import report_rows
from bot.rules.records import Role
from bot.transports.wecom.book import USER
from storage import people
from tests.house import TZ, Stage, jpeg, open_stage
from tests.wecom_house import WeComStage, open_wecom

NOON = datetime(2025, 6, 12, 12, 0, tzinfo=TZ)
SHOT = jpeg(42, (640, 480))
LINES = ("telegram", "wecom", "robot")


@asynccontextmanager
async def door(line: str, home: Path) -> AsyncIterator[Stage]:
    if line == "telegram":
        async with open_stage(home, NOON) as stage:
            yield stage
    else:
        async with open_wecom(home, NOON, line) as stage:
            yield stage


async def records(stage: Stage) -> list[dict[str, Any]]:
    assert stage.house is not None
    return await stage.house.database.read(report_rows, stage.house.bureau, None, None)


async def reported(line: str, home: Path) -> tuple[dict[str, Any], str, bytes]:
    """The record of one photo with words, its receipt, and the bytes on disk."""
    async with door(line, home) as stage:
        await stage.join("张建国", {Role.OFFICER})
        await stage.shoots("张建国", "松江路 流动摊贩2个 已劝离", SHOT)
        (row,) = await records(stage)
        assert stage.house is not None
        (photo,) = row["photos"]
        with stage.house.files.open(photo["sha256"]) as file:
            kept = file.read()
        # The line is the one thing that may differ, and the 4 s that WeCom waits for words.
        assert row.pop("line") == line
        return row, stage.last("张建国"), kept


async def test_the_same_photo_through_every_line_is_the_same_record(tmp_path: Path) -> None:
    first, receipt, kept = await reported("telegram", tmp_path / "telegram")
    assert first["spot"] == "songjiang"
    assert (first["category"], first["count"], first["action"]) == ("liutan", 2, "persuaded")
    assert receipt.startswith("已收 · 松江路 · 流动摊贩")
    assert hashlib.sha256(SHOT).hexdigest() == first["photos"][0]["sha256"]
    assert kept == SHOT
    for line in ("wecom", "robot"):
        assert await reported(line, tmp_path / line) == (first, receipt, kept), line


async def test_a_picture_of_the_camera_key_is_marked_as_taken_live(tmp_path: Path) -> None:
    async with open_wecom(tmp_path, NOON) as stage:
        await stage.join("张建国", {Role.OFFICER})
        await stage.snaps("张建国", [jpeg(1)], "松江路正常")
        await stage.pass_time(minutes=30)
        await stage.shoots("张建国", "永福路正常", jpeg(2))
        rows = {row["spot"]: row["photos"] for row in await records(stage)}
    assert rows["songjiang"][0]["live"] is True
    assert "live" not in rows["yongfu"][0]


async def test_a_point_of_a_chinese_map_is_filed_where_the_phone_stood(tmp_path: Path) -> None:
    """Half a kilometre lies between the two datums: unconverted it would be another spot."""
    async with open_wecom(tmp_path, NOON) as stage:
        await stage.join("张建国", {Role.OFFICER})
        spot = stage.settings.bureau.spot("songjiang")
        assert spot is not None
        assert spot.lat is not None
        assert spot.lon is not None
        await stage.points("张建国", spot.lat, spot.lon)
        assert stage.last("张建国").startswith("您在松江路附近")
        assert stage.house is not None
        held = await stage.house.database.read(
            lambda tx: tx.exec_driver_sql("SELECT spot, source FROM hints").all()
        )
    ((code, datum),) = held
    assert code == "songjiang"
    assert "gcj" in datum.lower()


async def test_a_renamed_member_is_the_same_person(tmp_path: Path) -> None:
    async with open_wecom(tmp_path, NOON) as stage:
        await stage.join("张建国", {Role.OFFICER})
        old = stage.corp.userid(stage.user("张建国"))
        from bot.transports.simulator.wecom import happenings

        told = happenings.event(
            stage.corp, stage.user("张建国"), "change_contact",
            ChangeType="update_user", UserID=old, NewUserID="zhangjg",
        )  # fmt: skip
        await stage.corp.callbacks.call(told)
        await stage.settle()
        number = await stage.book.number(USER, "zhangjg")
        assert await stage.book.named(USER, number) == "zhangjg"
        assert stage.house is not None
        from bot.transports.wecom.updates import user_id

        who = await stage.house.database.read(people.by_identity, "wecom", user_id(number))
    assert who is not None
    assert who.name == "张建国"


@pytest.mark.parametrize("line", ["wecom", "robot"])
async def test_whoever_is_taken_out_of_the_app_is_told_of_and_comes_back(
    tmp_path: Path, line: str
) -> None:
    async with open_wecom(tmp_path, NOON, line) as stage:
        assert isinstance(stage, WeComStage)
        await stage.join("王芳", {Role.ADMIN})
        await stage.join("张建国", {Role.OFFICER})
        await stage.blocks("张建国", False)
        await stage.says("王芳", "人员")
        await stage.blocks("张建国", True)
        await stage.shoots("张建国", "松江路正常")
        assert stage.last("张建国").startswith("已收 · 松江路")
