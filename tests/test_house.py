"""The house as wired: handlers get what they ask for, buttons lead somewhere, rights hold.

What only shows when it is pressed or called in the field is found here by reading the wiring.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiogram import Dispatcher
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters import CommandStart

import handlers
from bot.rules.records import Role
from bot.rules.rights import RIGHTS, Right, may
from bot.transports.wecom.cards import NOTHING, SUBMIT
from bot.words import card
from handlers import ROOMS, awaited, build_dispatcher
from handlers.awaited import Awaits
from handlers.cases import TellsCase
from handlers.counters import TakesBack, TellsFigure
from handlers.filters import Pressed, Says
from handlers.ledger import NamesLedger
from handlers.quotas import Decides
from handlers.tasks import AnswersTask
from scheduler.faces import FACES
from storage import archive, outbox, reports
from tests.house import Stage, open_stage

ROOT = Path(__file__).parents[1]
AIOGRAM = {"bot", "bots", "event_update", "event_router", "event_context", "event_from_user",
           "event_chat", "handler", "dispatcher", "router"}  # fmt: skip


def each_handler(dispatcher: Dispatcher) -> Iterator[tuple[str, HandlerObject]]:
    """Every handler with the kind of update it takes, in the order in which they are asked."""
    for router in dispatcher.chain_tail:
        for kind, observer in router.observers.items():
            for handler in observer.handlers:
                yield kind, handler


def filters_of(handler: HandlerObject) -> list[Any]:
    """What a handler asks of an update, in order."""
    return [found.callback for found in handler.filters or []]


async def test_handlers_get_what_they_ask_for(stage: Stage) -> None:
    """Each name in a handler's signature is given: by the house, a filter, or aiogram."""
    house = stage.house
    assert house is not None
    row: Any = type("Row", (), {"received_at": stage.clock.now()})()
    line = next(iter(house.lines.values()))
    given = set(house.context(line, row, object())) | AIOGRAM | {"person"}  # type: ignore[arg-type]
    for kind, handler in each_handler(build_dispatcher()):
        if kind == "update":
            continue
        names = list(handler.callback.__code__.co_varnames[: handler.callback.__code__.co_argcount])
        known = set(given)
        for one in filters_of(handler):
            known |= {"press"} if isinstance(one, Pressed) else set()
            known |= {"said"} if isinstance(one, Says) else set()
            known |= {"command"} if isinstance(one, CommandStart) else set()
            known |= {"decision"} if isinstance(one, Decides) else set()
            known |= {"wanted"} if isinstance(one, Awaits) else set()
            known |= {"told"} if isinstance(one, TellsCase) else set()
            known |= {"question"} if isinstance(one, NamesLedger) else set()
            known |= {"figure"} if isinstance(one, TellsFigure) else set()
            known |= {"name"} if isinstance(one, TakesBack) else set()
            known |= {"answered"} if isinstance(one, AnswersTask) else set()
        missing = set(names[1:]) - known
        assert not missing, f"{handler.callback.__name__} asks for {missing}"


def test_a_dispatcher_can_be_built_twice() -> None:
    """Routers are made anew: two houses in one process don't share them."""
    first, second = build_dispatcher(), build_dispatcher()
    assert first is not second
    assert not set(map(id, first.sub_routers)) & set(map(id, second.sub_routers))


def test_photos_are_asked_about_first() -> None:
    """Nearly every message is a photo, and each router passed costs time (performance.md 9)."""
    routers = build_dispatcher().sub_routers
    assert [router.name for router in routers] == [
        "reports", "problems", "doors", "groups", "welcome", "spots", "roster", "coming",
        "preferences", "absences", "ledger_files", "cases", "ledger", "counters", "awaited",
        "quotas", "patrols", "shifts", "checks", "papers", "measures", "tasks", "task_longer",
        "obligations", "devices", "alikes", "rebounds", "clocks", "answers", "questions",
    ]  # fmt: skip
    first = routers[0].message.handlers[0]
    assert first.callback.__name__ == "photo"


def test_every_module_of_handlers_with_a_router_is_in_the_house() -> None:
    """A new room that nobody includes would be silent."""
    folder = Path(handlers.__file__).parent
    rooms = {path.stem for path in folder.glob("*.py") if "def build_router" in path.read_text()}
    assert rooms == {router.name for router in build_dispatcher().sub_routers}


def test_words_that_were_asked_for_leave_every_later_rooms_commands_alone() -> None:
    """A room that is asked after `awaited` and takes words must be known there (a command of it
    was once taken for an answer).
    """
    later = ROOMS[ROOMS.index(awaited) + 1 :]
    assert tuple(room for room in later if room.build_router().message.handlers) == awaited.LATER


def drawn_acts() -> set[str]:
    """The acts of all buttons in the words: what `press` is called with, also by way of `act`."""
    acts: set[str] = set()
    for path in (ROOT / "bot" / "words").glob("*.py"):
        text = path.read_text("utf-8")
        acts |= set(re.findall(r'press\(\s*(?:facts,\s*)?"([a-z]{2})"', text))
        acts |= set(re.findall(r'_button\(\s*f?(?:"[^"]*"|\w+),\s*"([a-z]{2})"', text))
        for line in re.findall(r"^\s*(?i:acts?)\b.* = .*$", text, re.MULTILINE):
            acts |= set(re.findall(r'"([a-z]{2})"', line))
    return acts


def line_acts() -> set[str]:
    """The acts of the buttons that a line must add to a card by itself."""
    return {press.split(":")[1] for press in (SUBMIT, NOTHING)}


def test_nothing_above_the_lines_knows_which_line_it_serves() -> None:
    """Not one `if wecom`: what differs between the lines is told by the line (issue 7)."""
    above = ("handlers", "bot/actions", "bot/words", "bot/rules", "scheduler")
    for room in above:
        for path in (ROOT / room).rglob("*.py"):
            assert "wecom" not in path.read_text("utf-8").lower(), path


def test_every_button_leads_somewhere_and_every_way_has_a_button() -> None:
    """No dead buttons, and no handler that nothing can reach."""
    handled = {
        act
        for kind, handler in each_handler(build_dispatcher()) if kind == "callback_query"
        for one in filters_of(handler) if isinstance(one, Pressed)
        for act in one.acts
    }  # fmt: skip
    assert handled == drawn_acts() | line_acts()


def named_words() -> dict[str, str]:
    """The words that have a name of their own in a module: NUDGE is nudge."""
    found: dict[str, str] = {}
    for path in (ROOT / "bot" / "actions").glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.Assign):
                continue
            pairs = [(node.targets[0], node.value)]
            if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(node.targets[0].elts, node.value.elts, strict=True))
            found |= {
                target.id: value.value for target, value in pairs
                if isinstance(target, ast.Name) and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            }  # fmt: skip
    return found


def owed_kinds() -> set[str]:
    """The kinds of card that are owed anywhere."""
    kinds: set[str] = set()
    constants = named_words()
    for room in ("bot", "handlers", "scheduler"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name not in (
                    "owe",
                    "owe_again",
                    "tell",
                    "tell_all",
                    "tell_unasked",
                    "ask_each",
                    "owe_many",
                ):
                    continue
                said = [a.value for a in node.args if isinstance(a, ast.Constant)]
                said += [constants[a.id] for a in node.args
                         if isinstance(a, ast.Name) and a.id in constants]  # fmt: skip
                kinds |= {value for value in said if isinstance(value, str)}
    return kinds


def test_every_card_that_is_owed_has_a_face() -> None:
    """A card without a face would be tried for ever; a face without a card is dead."""
    assert owed_kinds() == set(FACES)


def test_every_right_is_somebodys_and_admins_are_found() -> None:
    """No right that nobody holds; whoever may invite may also see the people."""
    assert all(RIGHTS[right] for right in Right)
    assert RIGHTS[Right.INVITE] <= RIGHTS[Right.PEOPLE]


# ---- rights, through the Dispatcher ----

NAMES = {
    Role.OFFICER: "队员甲", Role.LEADER: "队长乙", Role.SUPERVISOR: "主任丙",
    Role.OWNER: "责任丁", Role.ADMIN: "管理戊",
}  # fmt: skip
COMMANDS = {
    "邀请 赵敏 队员": Right.INVITE,
    "人员": Right.PEOPLE,
    "停用 路人": Right.PEOPLE,
    "恢复 路人": Right.PEOPLE,
    "移交 路人 给 周凯": Right.PEOPLE,
    "离开 路人": Right.PEOPLE,
    "新地名": Right.SPOTS,
    "状态": Right.STATUS,
    "/status": Right.STATUS,
    "周报": Right.ASK_OWN,
    "我的待办": Right.REPORT,
    "帮助": Right.REPORT,
    "导出台账": Right.PAPERS,
    "任务 9 责任人 路人": Right.LEDGER,
    "点位": Right.ASK_OWN,
    "还差什么": Right.ASK_OWN,
    "松江路本周几次": Right.ASK_OWN,
    "指标": Right.ASK_OWN,
    "放假安排": Right.ASK_OWN,
    "国庆那周全域巡查免了，放假": Right.DECIDE,
    "关于2026年部分节假日安排的通知 国庆节：10月1日至7日放假": Right.CALENDAR,
    "周凯本周报了几次": Right.ASK_ALL,
    "我的台账": Right.ASK_OWN,
    "台账": Right.ASK_ALL,
    "下周到期": Right.ASK_ALL,
    "超期的任务": Right.ASK_ALL,
    "85项任务完成多少了": Right.ASK_OWN,
    "整改情况": Right.ASK_OWN,
    "挂图": Right.ASK_OWN,
    "对账": Right.ASK_ALL,
    "成效数据": Right.ASK_OWN,
    "记数 官网发布 66 篇": Right.COUNTERS,
    "周期任务": Right.ASK_OWN,
    "周期 账务检查 每月": Right.OBLIGATIONS,
    "周期任务 设备月检 责任人 周凯": Right.OBLIGATIONS,
    "周期任务 设备月检 时限 25日": Right.OBLIGATIONS,
    "加设备 1号箱": Right.OBLIGATIONS,
    "删设备 1号箱": Right.OBLIGATIONS,
    "登记 第一议题": Right.REGISTER,
    "免 三会一课监督检查 推迟": Right.EXEMPT,
    "不免 三会一课监督检查": Right.EXEMPT,
}
PRESSES = {
    "v1:iv:1:1": Right.INVITE, "v1:pa:1:1": Right.SPOTS, "v1:pi:2:1": Right.SPOTS,
    "v1:pl:3:1": Right.SPOTS, "v1:px:3:1:yongfu": Right.SPOTS, "v1:ga:-99:1": Right.CHATS,
    "v1:gr:-99:1": Right.CHATS, "v1:gb:1:1": Right.CALENDAR, "v1:gc:1:1": Right.CALENDAR,
    "v1:gd:1bjll:1:e": Right.DECIDE, "v1:ge:fuj7:1:week/patrol": Right.DECIDE,
    "v1:gf:1bjll:1:0": Right.ASK_OWN, "v1:gg:1bjll:1": Right.ASK_OWN,
    "v1:gh:fuj7:1": Right.ASK_OWN, "v1:jt:0:1": Right.REPORT, "v1:js:0:1": Right.REPORT,
    "v1:ql:0:1": Right.ASK_OWN, "v1:qw:0:1": Right.ASK_OWN, "v1:qt:0:1": Right.REPORT,
    "v1:qh:0:1": Right.REPORT, "v1:qs:0:1": Right.ASK_OWN, "v1:hn:0:1": Right.REPORT,
    "v1:tm:0:1": Right.ASK_OWN, "v1:tg:0:1": Right.ASK_OWN, "v1:td:0:1": Right.ASK_OWN,
    "v1:tx:0:1": Right.ASK_ALL, "v1:tw:1:1": Right.COUNTERS, "v1:fi:9:1": Right.LEDGER,
    "v1:fn:9:1": Right.LEDGER, "v1:fl:9:1": Right.LEDGER,
    "v1:ul:0:1": Right.ASK_OWN, "v1:uo:0:1:accounts_check": Right.ASK_OWN,
    "v1:up:0:1:month/accounts_check": Right.OBLIGATIONS,
}  # fmt: skip


async def deeds_done(stage: Stage) -> int:
    """How many lines the journal has."""
    assert stage.house is not None

    def count(tx: Any) -> int:
        return sum(1 for _ in archive.journal_lines(tx, None, None))

    return int(await stage.house.database.read(count))


@pytest.fixture
async def bureau(tmp_path: Path) -> Any:
    """One person of each role, two bystanders, an invitation and three new place names."""
    async with open_stage(tmp_path) as stage:
        for role, name in NAMES.items():
            await stage.join(name, {role}, "一中队" if role is not Role.LEADER else "二中队")
        await stage.join("路人", {Role.OFFICER}, "三中队")
        await stage.join("周凯", {Role.OFFICER}, "三中队")
        await stage.says("管理戊", "邀请 新人 队员")
        for place in ("福禄巷口", "新华街", "福运家园"):
            await stage.shoots("周凯", f"{place} 乱停车")
            await stage.pass_time(minutes=3)
        yield stage


@pytest.mark.parametrize("role", list(Role))
async def test_commands_are_for_those_who_may(bureau: Stage, role: Role) -> None:
    """Of the commands exactly those in the table of rights are carried out."""
    name = NAMES[role]
    for words, right in COMMANDS.items():
        before = await deeds_done(bureau)
        await bureau.says(name, words)
        said = bureau.last(name)
        assert ("才能" in said) is not may([role], right), f"{name} {words}: {said}"
        if not may([role], right):
            assert await deeds_done(bureau) == before, f"{name} {words} left a trace"
            assert re.search("管理员|分管领导", said), said


@pytest.mark.parametrize("role", list(Role))
async def test_buttons_are_for_those_who_may(bureau: Stage, role: Role) -> None:
    """The same for presses, however the button came into somebody's hands."""
    name = NAMES[role]
    await bureau.says(name, "帮助")
    own = bureau.shown(name)[-1]["message_id"]
    for data, right in PRESSES.items():
        before = await deeds_done(bureau)
        toast = await press(bureau, name, own, data)
        assert ("才能" in toast) is not may([role], right), f"{name} {data}: {toast}"
        if not may([role], right):
            assert await deeds_done(bureau) == before, f"{name} {data} left a trace"


async def press(stage: Stage, name: str, message: int, data: str) -> str:
    """The toast over a press with this data."""
    done = await stage.presses_forged(name, message, data)
    answered = stage.fake.world.callbacks[done["callback_query_id"]]["answered"]
    return str(answered.get("text") or "")


CHANGES = ("sp:{}:1:yongfu", "ct:{}:1:liutan", "ms:{}:1", "mc:{}:1", "mb:{}:1", "mt:{}:1",
           "wd:{}:1", "rs:{}:1")  # fmt: skip


async def test_a_report_is_changed_by_its_author_and_his_leader_only(stage: Stage) -> None:
    """Others are told whom to ask; a stranger and a frozen colleague change nothing either."""
    people = {
        "张建国": ({Role.OFFICER}, "一中队"), "李红梅": ({Role.OFFICER}, "一中队"),
        "孙涛": ({Role.LEADER}, "一中队"), "刘强": ({Role.LEADER}, "二中队"),
        "无队": ({Role.LEADER}, None), "李主任": ({Role.SUPERVISOR}, None),
        "王芳": ({Role.ADMIN}, None), "王志强": ({Role.OWNER}, None),
        "停用的": ({Role.LEADER}, "一中队"),
    }  # fmt: skip
    for name, (roles, squad) in people.items():
        await stage.join(name, roles, squad)
        await stage.says(name, "帮助")
    await stage.says("王芳", "停用 停用的")
    await stage.says("赵敏", "你好")
    await stage.shoots("张建国", "松江路 占道")
    for name in [*people, "赵敏"]:
        allowed = name in ("张建国", "孙涛")
        own = stage.shown(name)[-1]["message_id"]
        for change in CHANGES:
            before = await deeds_done(stage)
            toast = await press(stage, name, own, f"v1:{change.format(1)}")
            if allowed:
                assert not re.search("要改请找|停用|内部", toast), f"{name} {change}: {toast}"
            else:
                assert re.search("要改请找本人或者中队长|要恢复请找管理员|内部用的", toast)
                assert await deeds_done(stage) == before, f"{name} {change} left a trace"


async def test_buttons_of_no_card_answer(stage: Stage) -> None:
    """Any press on anything gets an answer: unknown acts, rows that are not, foreign data."""
    await stage.join("张建国", {Role.OFFICER})
    await stage.says("张建国", "帮助")
    own = stage.shown("张建国")[-1]["message_id"]
    last = date.max.toordinal()
    far = [card.press(act, number, 1, "week/patrol") for act in ("gd", "ge", "gf", "gg", "gh")
           for number in (1, 3, last, last * 3, 10**11)]  # fmt: skip
    for data in ("v1:zz:1:1", "v0:sp:1:1", "什么", "v1:sp:zzzzzzz:1:yongfu", "v1:ct:1:1:none",
                 "v1:wd:999:1", "v1:hs:0:1:nowhere", "v1:sp:1:1:", "v1:jy:5:1", "v1:ms:1:1:x",
                 "v1:sp:zzzzzzzzzzzzzz:1", *far):  # fmt: skip
        count = len(stage.shown("张建国"))
        toast = await press(stage, "张建国", own, data)
        assert toast or len(stage.shown("张建国")) > count, f"{data} was not answered"
    assert not stage.fake.world.violations


async def test_the_last_kind_of_row_is_all_settled(bureau: Stage) -> None:
    """After all that nothing is left pending, failed or owed."""
    assert bureau.house is not None
    found = await bureau.house.database.read(outbox.census)
    assert set(found) <= {outbox.SHOWN, outbox.DROPPED}
    assert await bureau.house.database.read(reports.waiting_for, 1) == []
