"""Three months of a small ledger, run fast: each person hears exactly what stands in the table.

Twelve tasks, six people, the National Day holiday with its two worked days, a longer time, an
absence, evidence that waits, a night when the house was down. Any other message is a failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.actions import absences as away
from bot.rules.calendar import ONE
from bot.rules.ledger import TaskState
from bot.rules.records import Role
from storage import people, task_people, tasks
from storage.schema import Transaction
from storage.task_people import LEADER, OWNER
from tests.house import TZ, Stage, open_stage

FIRST, LAST = date(2025, 9, 1), date(2025, 11, 30)
PEOPLE = {
    "王志强": (Role.OWNER, "环卫科"), "周凯": (Role.OWNER, "市容科"),
    "赵敏": (Role.OWNER, "法制科"), "孙涛": (Role.OWNER, "综合科"),
    "刘科长": (Role.LEADER, "市容科"), "李主任": (Role.SUPERVISOR, None),
}  # fmt: skip
TASKS: tuple[tuple[int, str, str, str | None, date, bool], ...] = (
    (1, "更换 2 路监控", "王志强", "环卫科", date(2025, 9, 11), False),
    (2, "公厕标牌更新", "王志强", "环卫科", date(2025, 9, 11), False),
    (3, "门前三包签约", "周凯", "市容科", date(2025, 9, 12), False),
    (4, "广告牌清理", "周凯", "市容科", date(2025, 9, 26), False),
    (5, "教育书四项核对", "赵敏", "法制科", date(2025, 10, 4), False),
    (6, "车辆维修单归档", "孙涛", "综合科", date(2025, 10, 15), False),
    (7, "采购抽查", "孙涛", "综合科", date(2025, 10, 22), False),
    (8, "垃圾桶更换", "没来的人", "环卫科", date(2025, 10, 30), False),
    (9, "防汛值班表", "王志强", "环卫科", date(2025, 11, 8), True),
    (10, "回头看整改", "赵敏", "法制科", date(2025, 11, 14), False),
    (11, "年终台账核对", "孙涛", "综合科", date(2025, 11, 27), False),
    (12, "长期巡查机制", "周凯", "市容科", date(2026, 1, 30), False),
)

OTHERS = re.compile(r"月报草稿|周周报|季度研判草稿")
"""What a supervisor is sent by office: drafts of papers and the weekly, tested elsewhere."""

EXPECTED = """
9月1日 李主任：8 月对账：台账 12 件，销号 0，在办 12，长期 0，超期 0。 / 8 月：销号 0 件。 / 未明确：责任领导 9 件。
9月4日 王志强：您有 2 件快到期： / 任务 1 更换 2 路监控，还有 7 天（9月11日） / 任务 2 公厕标牌更新，还有 7 天（9月11日）
9月5日 周凯：还有 7 天 · 任务 3 / 门前三包签约，9月12日（周五）前完成。
9月8日 王志强：您有 2 件快到期： / 任务 1 更换 2 路监控，还有 3 天（9月11日） / 任务 2 公厕标牌更新，还有 3 天（9月11日）
9月9日 周凯：还有 3 天 · 任务 3 / 门前三包签约，9月12日（周五）前完成。
9月10日 王志强：您有 2 件快到期： / 任务 1 更换 2 路监控，还有 1 天（9月11日） / 任务 2 公厕标牌更新，还有 1 天（9月11日）
9月11日 周凯：明天到期 · 任务 3 / 门前三包签约，9月12日（周五）前完成。
9月11日 王志强：今天到期 · 任务 2 公厕标牌更新 / 18:00 前交佐证就算按时。
9月11日 赵敏：等您复核 · 任务 1 更换 2 路监控 / 王志强 9月10日交的佐证，还没人看。
9月12日 周凯：今天到期 · 任务 3 门前三包签约 / 18:00 前交佐证就算按时。
9月12日 李主任：超期 1 天 · 任务 2 公厕标牌更新 / 责任人王志强，应于 9月11日 完成。已提醒 4 次，没有回复。
9月12日 王志强：超期 1 天 · 任务 2 公厕标牌更新 / 应于 9月11日 完成。今天能办完吗？
9月15日 刘科长：超期 3 天 · 任务 3 门前三包签约 / 责任人周凯，应于 9月12日 完成。已提醒 4 次，没有回复。
9月15日 周凯：超期 3 天 · 任务 3 门前三包签约 / 应于 9月12日 完成。今天能办完吗？
9月15日 李主任：今天 2 件：1 件要您过问，1 件等您销号。 / 任务 3 门前三包签约，周凯超期 3 天 / 任务 1 更换 2 路监控，等您销号
9月16日 刘科长：超期 4 天 · 任务 3 门前三包签约 / 责任人周凯，应于 9月12日 完成。已提醒 5 次，没有回复。
9月16日 周凯：超期 4 天 · 任务 3 门前三包签约 / 应于 9月12日 完成。今天能办完吗？
9月16日 李主任：超期 4 天 · 任务 3 门前三包签约 / 责任人周凯，应于 9月12日 完成。已提醒 5 次，没有回复。
9月19日 刘科长：超期 7 天 · 任务 3 门前三包签约 / 责任人周凯，应于 9月12日 完成。已提醒 6 次，没有回复。
9月19日 周凯：今天 2 件：1 件超期，1 件快到期。 / 任务 3 门前三包签约，超期 7 天（9月12日） / 任务 4 广告牌清理，还有 7 天（9月26日）
9月19日 李主任：超期 7 天 · 任务 3 门前三包签约 / 责任人周凯，应于 9月12日 完成。已提醒 6 次，没有回复。
9月22日 刘科长：超期 10 天 · 任务 3 门前三包签约 / 责任人周凯，应于 9月12日 完成。已提醒 7 次，没有回复。
9月22日 周凯：超期 10 天 · 任务 3 门前三包签约 / 应于 9月12日 完成。今天能办完吗？
9月22日 李主任：超期 10 天 · 任务 3 门前三包签约 / 责任人周凯，应于 9月12日 完成。已提醒 7 次，没有回复。
9月26日 赵敏：还有 8 天 · 任务 5 / 教育书四项核对，10月4日（周六）前完成。
9月30日 周凯：还有 10 天 · 任务 4 / 广告牌清理，10月10日（周五）前完成。
9月30日 孙涛：还有 15 天 · 任务 6 / 车辆维修单归档，10月15日（周三）前完成。
9月30日 赵敏：还有 4 天 · 任务 5 / 教育书四项核对，10月4日（周六）前完成。 / 那天不上班，今天先跟您说。
10月9日 周凯：明天到期 · 任务 4 / 广告牌清理，10月10日（周五）前完成。
10月9日 李主任：9 月对账：台账 12 件，销号 3，在办 9，长期 0，超期 1。 / 9 月：销号 0 件。 / 未明确：责任领导 7 件。 / 超期：法制科 1。
10月9日 李主任：超期 5 天 · 任务 5 教育书四项核对 / 责任人赵敏，应于 10月4日 完成。已提醒 2 次，没有回复。
10月9日 赵敏：超期 5 天 · 任务 5 教育书四项核对 / 应于 10月4日 完成。今天能办完吗？
10月10日 周凯：今天到期 · 任务 4 广告牌清理 / 18:00 前交佐证就算按时。
10月11日 孙涛：还有 4 天 · 任务 6 / 车辆维修单归档，10月15日（周三）前完成。
10月11日 李主任：超期 7 天 · 任务 5 教育书四项核对 / 责任人赵敏，应于 10月4日 完成。已提醒 3 次，没有回复。
10月11日 赵敏：超期 7 天 · 任务 5 教育书四项核对 / 应于 10月4日 完成。今天能办完吗？
10月13日 李主任：还有 2 天 · 任务 6 车辆维修单归档 / 责任人孙涛现在不在，10月15日（周三）到期。
10月14日 李主任：明天到期 · 任务 6 车辆维修单归档 / 责任人孙涛现在不在，10月15日（周三）到期。
10月15日 李主任：今天到期 · 任务 6 车辆维修单归档 / 责任人孙涛现在不在，10月15日（周三）到期。
10月16日 李主任：超期 1 天 · 任务 6 车辆维修单归档 / 责任人孙涛现在不在，应于 10月15日 完成。
10月17日 李主任：还有 5 天 · 任务 7 采购抽查 / 责任人孙涛现在不在，10月22日（周三）到期。
10月20日 孙涛：今天 2 件：1 件超期，1 件快到期。 / 任务 6 车辆维修单归档，超期 5 天（10月15日） / 任务 7 采购抽查，还有 2 天（10月22日）
10月20日 李主任：超期 5 天 · 任务 6 车辆维修单归档 / 责任人孙涛，应于 10月15日 完成。已提醒 2 次，没有回复。
10月21日 孙涛：明天到期 · 任务 7 / 采购抽查，10月22日（周三）前完成。
10月22日 孙涛：今天到期 · 任务 7 采购抽查 / 18:00 前交佐证就算按时。
10月23日 王志强：还有 7 天 · 任务 8 / 垃圾桶更换，10月30日（周四）前完成。
10月27日 王志强：还有 3 天 · 任务 8 / 垃圾桶更换，10月30日（周四）前完成。
10月29日 王志强：明天到期 · 任务 8 / 垃圾桶更换，10月30日（周四）前完成。
10月30日 王志强：今天到期 · 任务 8 垃圾桶更换 / 18:00 前交佐证就算按时。
10月31日 李主任：超期 1 天 · 任务 8 垃圾桶更换 / 责任人没来的人现在不在，应于 10月30日 完成。
10月31日 王志强：今天 2 件：1 件超期，1 件快到期。 / 任务 8 垃圾桶更换，超期 1 天（10月30日） / 任务 9 防汛值班表，还有 8 天（11月8日）
11月3日 李主任：10 月对账：台账 12 件，销号 8，在办 4，长期 0，超期 0。 / 10 月：销号 0 件。 / 未明确：责任领导 3 件。
11月5日 王志强：还有 3 天 · 任务 9 / 防汛值班表，11月8日（周六）前完成。
11月7日 王志强：明天到期 · 任务 9 / 防汛值班表，11月8日（周六）前完成。
11月7日 赵敏：还有 7 天 · 任务 10 / 回头看整改，11月14日（周五）前完成。
11月8日 王志强：今天到期 · 任务 9 防汛值班表 / 18:00 前交佐证就算按时。
11月9日 王志强：超期 1 天 · 任务 9 防汛值班表 / 应于 11月8日 完成。今天能办完吗？
11月11日 赵敏：还有 3 天 · 任务 10 / 回头看整改，11月14日（周五）前完成。
11月14日 赵敏：今天到期 · 任务 10 回头看整改 / 18:00 前交佐证就算按时。
11月20日 孙涛：还有 7 天 · 任务 11 / 年终台账核对，11月27日（周四）前完成。
11月24日 孙涛：还有 3 天 · 任务 11 / 年终台账核对，11月27日（周四）前完成。
11月26日 孙涛：明天到期 · 任务 11 / 年终台账核对，11月27日（周四）前完成。
11月27日 孙涛：今天到期 · 任务 11 年终台账核对 / 18:00 前交佐证就算按时。
11月28日 孙涛：超期 1 天 · 任务 11 年终台账核对 / 应于 11月27日 完成。今天能办完吗？
11月28日 李主任：超期 1 天 · 任务 11 年终台账核对 / 责任人孙涛，应于 11月27日 完成。已提醒 4 次，没有回复。
"""  # noqa: E501


def set_up(tx: Transaction, stage: Stage) -> dict[str, int]:
    """The people with their phones, and the ledger."""
    now, ids = stage.clock.now(), {}
    for name, (role, department) in PEOPLE.items():
        ids[name] = people.add(tx, name, frozenset({role}), None, department, now)
        people.know(tx, "telegram", stage.user(name), stage.user(name), ids[name], now)
    for number, title, owner, department, due, urgent in TASKS:
        task = tasks.add(
            tx, number, now, title=title, department=department, due=due, urgent=urgent
        )
        task_people.name(tx, task, OWNER, [(owner, ids.get(owner))])
        if department == "市容科":
            task_people.name(tx, task, LEADER, [("李主任", ids["李主任"])])
    return ids


def change(number: int, **values: Any) -> Callable[[Transaction, Stage, dict[str, int]], None]:
    """The task holds these values from then on; a name stands for its person."""

    def deed(tx: Transaction, stage: Stage, ids: dict[str, int]) -> None:
        task = tasks.by_number(tx, number)
        assert task is not None
        given = {key: stage.clock.now() if value == "now" else ids.get(value, value)
                 for key, value in values.items()}  # fmt: skip
        assert tasks.change(tx, task, **given)

    return deed


def leave(name: str, last: date) -> Callable[[Transaction, Stage, dict[str, int]], None]:
    """The person is away from tomorrow on."""

    def deed(tx: Transaction, stage: Stage, ids: dict[str, int]) -> None:
        now = stage.clock.now()
        first = now.astimezone(TZ).date() + ONE
        away.away(tx, ids[name], None, first, last, stage.settings.bureau, now)

    return deed


HANDED_IN = {"state": TaskState.HANDED_IN, "given_at": "now"}
HAPPENS = {
    date(2025, 9, 10): (change(1, **HANDED_IN, given_by="王志强", checker="赵敏"),),
    date(2025, 9, 12): (change(2, state=TaskState.SIGNED_OFF),
                        change(1, state=TaskState.CHECKED, checked_at="now")),
    date(2025, 9, 16): (change(1, state=TaskState.SIGNED_OFF),),
    date(2025, 9, 22): (change(3, state=TaskState.SIGNED_OFF), change(4, due=date(2025, 10, 10))),
    date(2025, 10, 10): (change(4, state=TaskState.SIGNED_OFF),),
    date(2025, 10, 11): (change(5, state=TaskState.SIGNED_OFF), leave("孙涛", date(2025, 10, 17))),
    date(2025, 10, 20): (change(6, state=TaskState.SIGNED_OFF),),
    date(2025, 10, 22): (change(7, state=TaskState.SIGNED_OFF),),
    date(2025, 10, 31): (change(8, state=TaskState.SIGNED_OFF),),
    date(2025, 11, 9): (change(9, state=TaskState.SIGNED_OFF),),
    date(2025, 11, 14): (change(10, state=TaskState.SIGNED_OFF),),
}  # fmt: skip
"""What happens on a day at three in the afternoon."""

DOWN = date(2025, 11, 13)
"""On this day the house stands still from before dawn till ten at night."""


async def test_each_hears_what_stands_in_the_table_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "gangting.toml").write_text("quotas = []\nobligations = []\n", "utf-8")
    start = datetime.combine(FIRST, datetime.min.time(), TZ)
    async with open_stage(tmp_path, start) as stage:
        assert stage.house is not None
        ids = await stage.house.database.write(set_up, stage)
        said, day = [], FIRST
        while day <= LAST:
            said += await live(stage, day, ids)
            day += ONE
        assert not stage.objections()
    assert "\n".join(said) == EXPECTED.strip()


async def live(stage: Stage, day: date, ids: dict[str, int]) -> list[str]:
    """A day passes; what each phone newly showed, as 9月4日 王志强：…, its first line."""
    assert stage.house is not None
    if day == DOWN:
        await stage.close()
        stage.clock.set(at(day, 22))
        await stage.open()
    else:
        for hour, minute in ((0, 1), (7, 31), (8, 41), (15, 0)):
            await reach(stage, at(day, hour, minute))
        for deed in HAPPENS.get(day, ()):
            await stage.house.database.write(deed, stage, ids)
        for hour in (16, 20, 23):
            await reach(stage, at(day, hour))
    names = {number: name for name, number in stage.people.items()}
    news = [one for one in stage.news() if one.sign == "<" and not OTHERS.search(one.text)]
    said = [(names[one.chat], one.text) for one in news]
    return [f"{day.month}月{day.day}日 {name}：{' / '.join(text.splitlines())}"
            for name, text in sorted(said)]  # fmt: skip


async def reach(stage: Stage, moment: datetime) -> None:
    """The clock comes to that moment, and what fell due has happened."""
    await stage.pass_time(seconds=max((moment - stage.clock.moment) / timedelta(seconds=1), 0))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TZ)
