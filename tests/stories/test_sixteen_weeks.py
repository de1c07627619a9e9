"""Sixteen weeks of a bureau, said message by message: the bulletin's 32, 4 and 18, and no others.

Everything goes the chat's whole way; nothing is inserted. Each round, check and problem is told in
another manner, and beside them lies what must not count.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bot.rules.records import Role
from tests.house import TZ, Stage, jpeg, open_stage

FIRST = datetime(2025, 8, 18, 9, 0, tzinfo=TZ)
"""The Monday of the first of the sixteen weeks; the last ends on 7 December."""

LAST = datetime(2025, 12, 8, 10, 0, tzinfo=TZ)
ASKED = "截至12月7日的通报那句话"
SENTENCE = "截至12月7日，已开展全域巡查32次、专项检查4次，累计发现并督促完成整改问题18个。"
KEYS = ("松江路", "永福路", "松江路与永福路交汇处")
PROBLEMS = (
    "松江路流动摊贩2个，已劝离", "永福路占道经营1处，已整改", "松江路出店经营3家，当场收回",
    "永福路电动车乱停5辆，已摆正", "松江路小广告2处，已清理", "永福路烧烤摊1个，已劝离",
)  # fmt: skip


async def round_by_taps(stage: Stage) -> None:
    """开始巡查, a tap for each spot, 结束巡查."""
    await stage.says("张建国", "开始巡查")
    for key in KEYS:
        await stage.pass_time(minutes=11)
        await press(stage, "张建国", key[:9] + "…" if len(key) > 10 else key)
    await press(stage, "张建国", "结束巡查")


async def round_by_photos(stage: Stage, problem: str | None) -> None:
    """The round of two, told by photos and a spot's name in words."""
    await stage.says("张建国", "开始巡查")
    await stage.says("李红梅", "开始巡查")
    await press(stage, "李红梅", "一起巡")
    told = [f"{key}正常" for key in KEYS]
    if problem is not None:
        told[KEYS.index(problem[:3])] = problem
    for n, words in enumerate(told):
        await stage.pass_time(minutes=12)
        who = ("张建国", "李红梅")[n % 2]
        await stage.shoots(who, words, jpeg(int(stage.clock.moment.timestamp()) % 9999 + n))
    await stage.pass_time(minutes=4)
    await stage.says("张建国", "收队")


async def round_in_a_sentence(stage: Stage, n: int) -> None:
    """One sentence tells of the whole round."""
    said = ("全域巡查，各点位正常", "全域巡查完成，7个点位均正常", "今天全域巡查一圈，都没问题",
            "全域巡查：松江路、永福路、岗亭都正常，和李红梅一起")  # fmt: skip
    await stage.says("孙涛", said[n % len(said)])


async def a_check(stage: Stage, n: int) -> None:
    """Once by the list, once in words; the items are fine."""
    if n % 2:
        await stage.says("孙涛", "对永福路开展专项检查，一切正常")
        return
    await stage.says("张建国", "专项检查 松江路")
    await press(stage, "张建国", "全部正常")


async def what_must_not_count(stage: Stage, week: int) -> None:
    """A round that was not whole, one and a problem that were taken back, a check given up."""
    if week == 2:
        await stage.says("张建国", "开始巡查")
        await press(stage, "张建国", "松江路")
        await press(stage, "张建国", "结束巡查")
        await press(stage, "张建国", "就这样结束")
    elif week == 5:
        await stage.says("孙涛", "全域巡查，各点位正常")
        await press(stage, "孙涛", "撤回")
    elif week == 7:
        await stage.says("张建国", "松江路流动摊贩4个")
        await stage.says("张建国", "撤回")
    elif week == 9:
        await stage.says("张建国", "专项检查 永福路")
        await press(stage, "张建国", "不查了")
    elif week == 11:
        await stage.says("李红梅", "明天全域巡查，各点位都要去")


async def press(stage: Stage, who: str, label: str) -> None:
    number = stage.button(who, label)
    assert number is not None, f"{who} sees no {label}: {stage.last(who)}"
    await stage.presses(who, label, number)


async def live(stage: Stage) -> None:
    """The sixteen weeks: 2 rounds each, 4 checks, 18 problems settled at once."""
    found = 0
    for week in range(16):
        monday = FIRST + timedelta(weeks=week)
        await go_to(stage, monday)
        if week % 2:
            await round_by_taps(stage)
        else:
            more = found < 17
            await round_by_photos(stage, PROBLEMS[found % 6] if more else None)
            found += more
        await go_to(stage, monday + timedelta(days=1))
        if found < 17:
            await stage.shoots("李红梅", PROBLEMS[found % 6], jpeg(week))
            found += 1
        if week in (0, 4, 8, 13):
            await a_check(stage, week)
        await what_must_not_count(stage, week)
        await go_to(stage, monday + timedelta(days=3))
        await round_in_a_sentence(stage, week)
    assert found == 17
    await stage.shoots("李红梅", PROBLEMS[0], jpeg(99))
    await go_to(stage, LAST)


async def go_to(stage: Stage, moment: datetime) -> None:
    """The clock stands there, and what fell due on the way has happened."""
    await stage.pass_time(seconds=(moment - stage.clock.moment).total_seconds())


async def sentence(stage: Stage) -> str:
    await stage.says("李主任", ASKED)
    return stage.last("李主任").split("\n")[0]


async def test_the_bulletin_comes_out_and_follows_every_record(tmp_path: Path) -> None:
    async with open_stage(tmp_path, FIRST - timedelta(hours=1)) as stage:
        await stage.join("张建国", {Role.OFFICER}, "一中队")
        await stage.join("李红梅", {Role.OFFICER}, "一中队")
        await stage.join("孙涛", {Role.OFFICER, Role.LEADER}, "一中队")
        await stage.join("李主任", {Role.SUPERVISOR}, None)
        await live(stage)
        assert await sentence(stage) == SENTENCE
        await press(stage, "李主任", "看巡查")
        assert stage.last("李主任").startswith("至今全域巡查 32 次，最近的 10 次：")
        # One round, one problem, one check less; and back.
        await press(stage, "孙涛", "撤回")
        assert "全域巡查31次、" in await sentence(stage)
        await press(stage, "孙涛", "恢复")
        assert await sentence(stage) == SENTENCE
        await stage.says("李红梅", "撤回")
        assert "整改问题17个。" in await sentence(stage)
        await press(stage, "李红梅", "恢复")
        assert await sentence(stage) == SENTENCE
        assert not stage.objections()
