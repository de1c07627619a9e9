"""What is recorded stays true: no picture, word, link or delay changes another fact behind it."""

from __future__ import annotations

import base64
import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from bot.rules.records import Role
from storage import parts
from tests.fakes import phones
from tests.house import Stage, jpeg


@pytest.fixture
async def house(stage: Stage) -> Stage:
    """An officer and the admin."""
    await stage.join("张建国", {Role.OFFICER})
    await stage.join("王芳", {Role.ADMIN}, None)
    return stage


def found(stage: Stage, sql: str) -> Any:
    """The one value that a connection of its own finds: only what is committed."""
    file = stage.settings.home / "gangting.db"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as store:
        value = store.execute(sql).fetchone()[0]
    store.close()
    return value


async def test_a_second_picture_elsewhere_leaves_the_first_report_alone(house: Stage) -> None:
    """A place that was only guessed doesn't hand its report to the next spot's picture."""
    await house.points("张建国", 34.8040, 117.3249)
    await house.shoots("张建国")
    await house.pass_time(seconds=40)
    await house.shoots("张建国", "永福路 流动摊贩")
    texts = [message["text"] for message in house.shown("张建国")]
    heads = [text.split("\n")[0] for text in texts if text.startswith("已收")]
    assert heads == ["已收 · 农贸市场 · 巡查正常", "已收 · 永福路 · 流动摊贩"]


async def test_a_place_and_nothing_else_counts_no_visit(house: Stage) -> None:
    """Somebody types a road's name: it may be a question, so nothing is filed and he is told."""
    await house.says("张建国", "松江路")
    assert "没有记" in house.last("张建国")
    assert found(house, "SELECT count(*) FROM reports") == 0
    await house.says("张建国", "松江路正常")
    assert found(house, "SELECT count(*) FROM reports") == 1


async def test_what_is_done_leaves_no_raw_words_behind(house: Stage) -> None:
    """No track of locations: a row that is done keeps its key and its end, not its content."""
    await house.points("张建国", 34.8105, 117.3236)
    await house.says("路人", "你们是谁")
    assert found(house, "SELECT count(*) FROM inbox WHERE raw <> ''") == 0


async def test_written_words_are_read_as_of_when_they_were_sent(house: Stage) -> None:
    """今天 of a caption that comes a day late is the day it was sent, not the day it was read."""
    phones.photo(
        house.fake.world,
        house.user("张建国"),
        base64.b64encode(jpeg(7)).decode(),
        "今天8点 松江路 占道",
    )
    update = house.fake.world.queue.popleft()
    house.clock.move(timedelta(hours=25))
    await house.push_raw(update)
    at = found(house, "SELECT occurred_at FROM reports")
    assert str(at).startswith("2025-06-09 00:00")  # 8:00 in Shanghai


async def test_a_link_renames_nobody(house: Stage) -> None:
    """An admin who tries the link she made stays who she is, and the link stays good."""
    await house.says("王芳", "邀请 周凯 队员 一中队")
    token = house.last("王芳").split("start=")[1].split()[0]
    await house.says("王芳", f"/start {token}")
    assert "您已经是王芳了" in house.last("王芳")
    await house.says("周凯", f"/start {token}")
    assert "您是一中队 周凯吗" in house.last("周凯")


async def test_a_broken_picture_is_listed_for_the_keeper(house: Stage) -> None:
    """`gangting status` names the file that can't be had, its report and why."""
    await house.shoots("张建国", "松江路 占道", data=b"\xff\xd8\xff\xe0 no picture at all")
    await house.pass_time(seconds=60)
    assert house.house is not None
    ((_, report, why),) = await house.house.database.read(parts.troubled)
    assert report == "R-20250609-001"
    assert why
