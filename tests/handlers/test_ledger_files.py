"""A ledger in the chat: an admin's file is shown, loaded, listed; anybody else's is a file."""

from __future__ import annotations

from datetime import date

import pytest

from bot.papers.read_table import pages_of
from bot.rules.ledger_rows import read_pages
from bot.rules.records import Role
from storage import evidence, people, task_people, tasks
from storage.schema import Transaction
from tests.house import Stage
from tests.papers.test_read_ledger import FORMS, PLAIN, docx, xlsx

BULLETIN = (
    "二、整改进展情况", "（一）“学得不够”方面", "1.关于“学习”问题", "（1）“不深”问题。",
    "整改进展情况：一是制定计划。二是建立台账。", "（2）“不实”问题。",
    "整改进展情况：已经换了新桶。",
)  # fmt: skip


@pytest.fixture
async def desk(stage: Stage) -> Stage:
    await stage.join("王芳", {Role.ADMIN})
    await stage.join("孙涛", {Role.LEADER})
    await stage.join("张建国", {Role.OFFICER})
    return stage


async def ledger(stage: Stage) -> list[tasks.Task]:
    assert stage.house is not None
    return await stage.house.database.read(tasks.everything)


async def sends(stage: Stage, name: str, file: str, data: bytes) -> str:
    await stage.attaches(name, "document", name=file, data=data)
    await stage.settle()
    return stage.last(name)


@pytest.mark.parametrize("form", ["xlsx", "xls", "ods", "csv of Excel"])
async def test_a_table_is_shown_then_loaded(desk: Stage, form: str) -> None:
    """With a restart between any two messages."""
    said = await sends(desk, "王芳", f"整改.{form[:4].split()[0]}", FORMS[form])
    assert "2 件任务\n新的 2 件，要改 0 件。\n1 件缺责任人。" in said
    assert await ledger(desk) == []
    await desk.restart()
    await desk.presses("王芳", "导入")
    assert desk.last("王芳").startswith("导入好了：新的 2 件，改了 0 件。\n1 件缺责任人")
    assert [one.title for one in await ledger(desk)] == ["更换监控", "培训"]
    await desk.restart()
    await desk.says("王芳", "任务 2 责任人 李红梅")
    assert (
        desk.last("王芳")
        == "记下了：任务 2 责任人 李红梅。\n李红梅还没加入，先记名字，加入以后就归到名下。"
    )
    await desk.says("王芳", "任务 2 时限 看着办")
    assert "没看懂是哪一天" in desk.last("王芳")


async def test_words_are_a_ledger_too(desk: Stage) -> None:
    said = await sends(desk, "王芳", "通报.docx", docx(lines=BULLETIN))
    assert said == (
        "通报.docx：1 个方面、1 个大项、2 条问题、2 件任务\n新的 2 件，要改 0 件。\n"
        "1 处没收：第 7 行没有「一是」这样的编号…。\n"
        "2 件缺责任人，2 件缺时限。"
    )
    await desk.presses("王芳", "看清单")
    assert desk.last("王芳").startswith("清单在表里：没收 1")
    assert desk.shown("王芳")[-1]["document"]["file_name"].endswith(".xlsx")
    await desk.presses("王芳", "不要了")
    assert any("这份台账不要了，什么也没改。" in one.get("text", "") for one in desk.shown("王芳"))
    assert await ledger(desk) == []


async def test_the_ledger_goes_out_and_comes_back(desk: Stage) -> None:
    await desk.says("王芳", "导出台账")
    assert "还没有任务" in desk.last("王芳")
    await sends(desk, "王芳", "通报.txt", "\n".join(BULLETIN).encode())
    await desk.presses("王芳", "导入")
    await desk.says("孙涛", "导出台账")
    file = desk.shown("孙涛")[-1]["document"]
    assert file["file_name"].startswith("整改台账")
    data = desk.fake.world.files[file["file_id"]].data
    draft = read_pages(pages_of(data), date(2025, 6, 9))
    assert ([one.ref for one in draft.tasks], draft.faults) == (["1", "2"], [])
    said = await sends(desk, "王芳", "台账.xlsx", data)
    assert "和现在的台账一样。" in said
    new = [[*row] for row in PLAIN]
    new[1][1] = "换了名字"
    said = await sends(desk, "王芳", "台账.xlsx", xlsx(new))
    assert "新的 0 件，要改 2 件。" in said


async def test_a_press_on_an_old_card_compares_anew(desk: Stage) -> None:
    await sends(desk, "王芳", "a.xlsx", FORMS["xlsx"])
    old = desk.shown("王芳")[-1]["message_id"]
    await sends(desk, "王芳", "b.csv", FORMS["csv"].replace("更换监控".encode(), "换监控".encode()))
    await desk.presses("王芳", "导入")
    await desk.presses("王芳", "导入", old)
    assert [one.title for one in await ledger(desk)] == ["换监控", "培训"]
    await desk.settle()
    await desk.presses("王芳", "导入", old)
    assert [one.title for one in await ledger(desk)] == ["更换监控", "培训"]


@pytest.mark.parametrize("name", ["整改台账.txt", "台账.docx"])
async def test_a_file_that_is_a_ledger_by_its_name_alone_is_refused(
    desk: Stage, name: str
) -> None:  # fmt: skip
    data = docx(lines=("今天开会",)) if name.endswith("docx") else "今天开会".encode()
    said = await sends(desk, "王芳", name, data)
    assert said.startswith("没认出整改台账，一件也没收。"), said
    assert await ledger(desk) == []


async def test_a_broken_file_that_is_called_a_ledger_is_said_to_be(desk: Stage) -> None:
    assert "打不开，一行也没收" in await sends(desk, "王芳", "台账.docx", b"PK broken")


OTHERS = [("张建国", "台账.docx"), ("王芳", "会议纪要.docx"), ("王芳", "坏的.docx"),
          ("张建国", "台账.ods")]  # fmt: skip


@pytest.mark.parametrize(("name", "file"), OTHERS)
async def test_any_other_file_is_what_it_was(desk: Stage, name: str, file: str) -> None:
    data = {"会议纪要.docx": docx(lines=("今天开会。",)), "坏的.docx": b"PK\3\4"}.get(file)
    said = await sends(desk, name, file, data or docx(lines=BULLETIN))
    assert "哪里" in said
    assert "件任务" not in said


async def test_a_file_that_is_too_big_is_refused_unread(desk: Stage) -> None:
    said = await sends(desk, "王芳", "台账.xlsx", b"PK" + b"\0" * (20 * 1024 * 1024))
    assert said.startswith("这个表太大，我最多收 20 MB，一行也没收。")


async def test_a_name_may_lie_about_what_a_file_is(desk: Stage) -> None:
    for name, form in (("a.xls", "xlsx"), ("b.xlsx", "xls"), ("c.docx", "xlsx"), ("d.txt", "csv")):
        assert "2 件任务" in await sends(desk, "王芳", name, FORMS[form]), name


async def test_tickets_are_still_tickets(desk: Stage) -> None:
    table = (
        "序号,工单编号,诉求内容,责任科室,办理时限,地址\n1,2025061200123,占道卖菜,市容科,,松江路\n"
    )
    said = await sends(desk, "王芳", "6月.csv", table.encode("gb18030"))
    assert said.startswith("收了 1 件")
    said = await sends(desk, "王芳", "任务.csv", "编号,责任人,时限\n1,王志强,6月底\n".encode())
    assert "0 件任务" in said
    assert "1 处没收" in said


async def test_only_an_admin_says_who_owns(desk: Stage) -> None:
    await sends(desk, "王芳", "a.xlsx", FORMS["xlsx"])
    await desk.presses("王芳", "导入")
    for name in ("张建国", "孙涛"):
        await desk.says(name, "任务 1 责任人 张建国")
        assert "要管理员才能办" in desk.last(name)
    await desk.says("王芳", "任务 9 责任人 张建国")
    assert desk.last("王芳").startswith("没有任务 9，什么也没改。")


async def test_whoever_joins_under_a_name_owns_its_tasks(desk: Stage) -> None:
    await sends(desk, "王芳", "a.xlsx", FORMS["xlsx"])
    await desk.presses("王芳", "导入")
    await desk.says("王芳", "邀请 王志强 责任人")
    link = desk.last("王芳")
    token = link.split("start=i_")[1].split()[0]
    await desk.says("王志强", f"/start i_{token}")
    await desk.presses("王志强", "是我")
    assert desk.house is not None
    (one, _) = await ledger(desk)
    said = await desk.house.database.read(task_people.named_in, one.id)
    assert [(m.name, m.person is not None) for m in said] == [("王志强", True)]


@pytest.mark.parametrize("name", ["孙涛", "王芳"])
@pytest.mark.parametrize("file", ["盘点表.xlsx", "说明.docx"])
async def test_a_table_that_a_task_waits_for_is_its_evidence(
    desk: Stage, name: str, file: str
) -> None:
    """From a leader, whose tables are tickets else, and from an admin, whose are ledgers."""

    def made(tx: Transaction) -> int:
        found = tasks.add(tx, 27, desk.clock.now(), title="更换 2 路监控", due=date(2025, 6, 15))
        task_people.name(tx, found, task_people.OWNER, [(name, people.named(tx, name)[0].id)])
        return found

    assert desk.house is not None
    task = await desk.house.database.write(made)
    await desk.says(name, "任务 27")
    await desk.presses(name, "已完成，交佐证")
    data = FORMS["xlsx"] if file.endswith("xlsx") else docx(lines=BULLETIN)
    await sends(desk, name, file, data)
    found = await desk.house.database.read(evidence.of_task, task)
    assert [one.name for one in found] == [file]
    assert [one.number for one in await ledger(desk)] == [27]
