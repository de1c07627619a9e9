"""The demo's ledger: some two dozen tasks of its own people, in every state there is.

As if it had been loaded a while ago and worked on since; days are told from the first moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules.ledger import TaskState
from bot.rules.records import Bureau
from storage import counters, evidence, task_headings, task_people, task_stages, tasks
from storage.schema import Transaction

HEADINGS = {
    "1": "街面秩序整治还有差距", "1.1": "重点路段反弹多", "1.1.1": "松江路流动摊贩反弹",
    "1.1.2": "永福路占道经营反弹", "1.2": "技防手段不够", "1.2.1": "监控覆盖不全",
    "2": "规范执法存在薄弱环节", "2.1": "执法记录不规范", "2.1.1": "记录要素不齐",
    "2.1.2": "影像资料保管不规范", "2.2": "业务培训不够",
    "3": "内部管理不够严格", "3.1": "资产管理不细", "3.1.1": "维修审批手续不全",
    "3.2": "环卫设施管理有欠缺", "3.2.1": "垃圾桶破损更换不及时",
}  # fmt: skip
"""Aspects, items and issues; item 2.2 has none of its own and is one issue."""

_N, _U, _H, _C, _S, _L, _R = TaskState


@dataclass(frozen=True)
class Line:
    """A task of the demo; `due` is days from now, None where nobody has said."""

    path: str
    title: str
    department: str | None
    owner: str | None
    due: int | None
    state: TaskState
    wants: str = "照片"
    met: int | None = None
    """How many stages were met: a long-term task; None is none."""


LINES = (
    Line("1.1.1", "松江路每周全域巡查两次", "执法中队", "孙涛", 18, _L, met=2),
    Line("1.1.1", "松江路岗亭更换 2 路监控", "设备科", "王志强", 3, _U, "验收单或照片"),
    Line("1.1.1", "松江路早晚高峰定点值守", "执法中队", "孙涛", None, _S),
    Line("1.1.2", "永福路商户门前三包签约", "法制科", "王志强", -4, _U, "签约台账"),
    Line("1.1.2", "永福路口增设隔离护栏", "设备科", "王志强", 20, _N),
    Line("1.1.2", "集中清理占道经营专项行动", "执法中队", "张建国", None, _S),
    Line("1.1.2", "建立摊贩引导疏导点", "综合管理科", "周凯", -12, _U),
    Line("1.2.1", "交汇处安装高清监控 2 个", "设备科", "王志强", None, _S),
    Line("1.2.1", "中转站视频接入值班室", "设备科", "王志强", 6, _R),
    Line("1.2.1", "监控设备每月检测一次", "设备科", "王志强", 16, _L, "检测表", met=4),
    Line("2.1.1", "明确执法台账六要素并公布", "法制科", "李红梅", None, _S, "文件"),
    Line("2.1.1", "执法记录每周抽查", "法制科", "李红梅", 9, _L, "抽查表", met=0),
    Line("2.1.1", "处罚案件一案一教育书", "法制科", "李红梅", 12, _U),
    Line("2.1.2", "配齐执法记录仪", "法制科", "孙涛", 5, _H, "领用单"),
    Line("2.1.2", "影像资料统一归档", "法制科", "李红梅", 7, _C, "归档目录"),
    Line("2.2", "全员业务培训一次", "法制科", "李红梅", None, _S, "签到表"),
    Line("2.2", "组织处罚文书评查", "法制科", None, None, _N, "评查表"),
    Line("3.1.1", "车辆维修先审批后维修", "综合管理科", "王志强", 14, _L, "审批单", met=3),
    Line("3.1.1", "补齐上半年维修审批单", "综合管理科", "王志强", None, _S, "审批单"),
    Line("3.1.1", "固定资产盘点", "综合管理科", "周凯", 25, _N, "盘点表"),
    Line("3.2.1", "更换破损垃圾桶 40 个", "综合管理科", "王志强", 1, _U, "前后照片"),
    Line("3.2.1", "加密清运频次", "综合管理科", "周凯", None, _S),
    Line("3.2.1", "公厕设施维修", "综合管理科", "周凯", 10, _U, "维修单"),
    Line("3.2.1", "环卫设施巡检制度上墙", "综合管理科", "周凯", 30, _N),
)
LEADER = "李主任"

FIGURES = (
    ("官网发布", "66", "篇"),
    ("垃圾分类活动", "40余", "次"),
    ("垃圾分类活动覆盖", "2万余", "人次"),
)


def seed_ledger(tx: Transaction, ids: Mapping[str, int], bureau: Bureau, now: datetime) -> None:
    """The ledger is there, with its people, stages and a few 成效数据."""
    task_headings.set_titles(tx, HEADINGS)
    for number, line in enumerate(LINES, 1):
        _task(tx, number, line, ids, bureau, now)
    for name, amount, unit in FIGURES:
        counters.add(
            tx, name=name, amount=amount, unit=unit, as_of=now.astimezone(bureau.tz).date(),
            note="宣传台账", part=None, told_with=None, person=ids[LEADER],
            at=now - timedelta(days=3),
        )  # fmt: skip


def _task(
    tx: Transaction, number: int, line: Line, ids: Mapping[str, int], bureau: Bureau, now: datetime
) -> None:
    today = now.astimezone(bureau.tz).date()
    settled = line.state is TaskState.SIGNED_OFF
    given = now - timedelta(days=2 + number) if line.state in (_H, _C, _S) else None
    ended = now - timedelta(days=number) if settled else None
    days = line.due if line.due is not None else -number if settled else None
    task = tasks.add(
        tx, number, now - timedelta(days=60), ref=str(number), path=line.path, title=line.title,
        text=line.title, wants=line.wants, department=line.department, state=line.state,
        due=today + timedelta(days=days) if days is not None else None,
        long_term=line.met is not None, met=line.met or 0, given_at=given,
        given_by=ids.get(line.owner or "") if given else None,
        checked_at=given if line.state in (_C, _S) else None,
        checker=ids["王芳"] if given else None, signed_at=ended,
        signed_by=ids[LEADER] if settled else None, reopened=int(line.state is TaskState.REOPENED),
    )  # fmt: skip
    if line.owner is not None:
        task_people.name(tx, task, task_people.OWNER, [(line.owner, ids.get(line.owner))])
    if given is not None and line.owner is not None and line.owner in ids:
        evidence.add(
            tx, task=task, turn=0, person=ids[line.owner], at=given, kind="text", part=None,
            words=f"已经办好，{line.wants}存在科室备查。", state=evidence.KEPT,
        )  # fmt: skip
    task_people.name(tx, task, task_people.LEADER, [(LEADER, ids[LEADER])])
    if line.met is not None and days is not None:
        stages = [(today + timedelta(days=days + 30 * n), f"第 {n + 1} 阶段") for n in range(3)]
        task_stages.set_milestones(tx, task, stages)
