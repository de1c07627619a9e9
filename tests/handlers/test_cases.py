"""Tables of tickets in the chat: from an admin they are loaded, from others they are files."""

from __future__ import annotations

import pytest

from bot.rules.records import Role
from storage import outbox, parts, problems
from tests.house import Stage

GOOD = "工单编号,诉求内容,地址\n2025061200123,占道卖菜,松江路\n,没有编号,松江路\n".encode("gb18030")


async def under_way(stage: Stage) -> list[problems.Problem]:
    assert stage.house is not None
    return await stage.house.database.read(problems.under_way)


@pytest.fixture
async def desk(stage: Stage) -> Stage:
    await stage.join("王芳", {Role.ADMIN})
    await stage.join("张建国", {Role.OFFICER})
    return stage


async def test_a_table_is_loaded_and_loading_it_again_takes_nothing_twice(desk: Stage) -> None:
    await desk.attaches("王芳", "document", name="6月.csv", data=GOOD)
    await desk.settle()
    assert desk.last("王芳") == "收了 1 件。1 行没收，改好再发一次就行：\n第 3 行：没有工单编号"
    await desk.restart()
    await desk.attaches("王芳", "document", name="换了名字.csv", data=GOOD)
    await desk.settle()
    assert desk.last("王芳").startswith("没有新的工单，1 件以前收过，没有重复收。")
    assert len(await under_way(desk)) == 1


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("照片.xlsx", b"\xff\xd8\xff\xe0\0\x10JFIF", "打不开"),
        ("旧.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 99, "另存为 .xlsx"),
        ("名单.csv", "姓名,电话\n李某,1\n".encode(), "没认出表头"),
        ("大.csv", b"a,b\n" * 1_500_000, "太长"),
    ],
    ids=["a picture", "the old form", "another table", "too long"],
)  # fmt: skip
async def test_what_is_no_table_of_tickets_is_refused(
    desk: Stage, name: str, data: bytes, says: str
) -> None:
    await desk.attaches("王芳", "document", name=name, data=data)
    await desk.settle()
    assert says in desk.last("王芳")
    assert "一行也没收" in desk.last("王芳")
    assert await under_way(desk) == []


async def test_an_officers_table_is_a_file_like_any(desk: Stage) -> None:
    await desk.attaches("张建国", "document", name="6月.csv", data=GOOD)
    await desk.settle()
    assert "在哪里拍的" in desk.last("张建国") or "哪里" in desk.last("张建国")
    assert await under_way(desk) == []


async def test_a_ticket_may_be_asked_for_and_its_rate_explained(desk: Stage) -> None:
    await desk.says("王芳", "12345工单 2025060900001 松江路占道经营，6月9日 10:00前办结")
    await desk.pass_time(hours=2)
    await desk.says("王芳", "12345本周按时办理率")
    assert desk.last("王芳").startswith("本周按时办理率 0%（0/1）。")
    await desk.says("王芳", "为什么")
    said = desk.last("王芳")
    assert "到期的工单 1 件，0 件按时办结" in said
    assert "按时办结的工单除以到期的工单" in said


@pytest.mark.parametrize(
    "text", ["热线工单有多少", "群众举报松江路占道，已劝离", "监控发现永福路占道的有几起"]
)
async def test_questions_and_deeds_are_no_cases(desk: Stage, text: str) -> None:
    await desk.says("张建国", text)
    assert not desk.last("张建国").startswith("已收 · 12345")
    assert "编号 W-" not in desk.last("张建国")


async def test_a_tickets_photo_is_the_cases(desk: Stage) -> None:
    """Its words are kept only apart: they may name who complained."""
    words = "12345工单 2025060900009 松江路占道经营，投诉人李某 13800000000"
    await desk.shoots("王芳", words)
    await desk.settle()
    assert desk.last("王芳").startswith("已收 · 12345 转来\n编号 2025060900009")
    assert desk.house is not None
    (problem,) = await under_way(desk)
    held = await desk.house.database.read(parts.of_report, problem.report)
    assert sorted((part.kind, part.state, part.text) for part in held) == [
        ("photo", "stored", ""), ("text", None, "松江路占道经营"),
    ]  # fmt: skip
    shot = next(m for m in desk.fake.world.chats[desk.user("王芳")].messages.values()
                if "photo" in m)  # fmt: skip
    await desk.rewords("王芳", shot["message_id"], words + "，还有垃圾")
    assert "改原话不算数" in desk.last("王芳")


async def test_what_only_begins_as_a_ticket_is_a_report(desk: Stage) -> None:
    await desk.shoots("张建国", "12345工单2025060900009")
    await desk.settle()
    assert "在哪里" in desk.last("张建国")


async def test_a_case_may_be_put_right_and_taken_back_by_its_number(desk: Stage) -> None:
    """Nothing is owed to a line that is none."""
    await desk.says("王芳", "群众电话举报 松江路有人占道烧烤")
    await desk.says("王芳", "0609-001")
    await desk.presses("王芳", "撤回")
    await desk.settle()
    assert await under_way(desk) == []
    assert desk.house is not None
    assert set(await desk.house.database.read(outbox.census)) <= {outbox.SHOWN, outbox.DROPPED}
