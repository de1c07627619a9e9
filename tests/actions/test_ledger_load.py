"""Loading a ledger on both stores: the difference first, nothing done since is lost, and what goes
out as a table comes back the same.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions import ledger_export, ledger_load, ledger_people, ledger_preview, ledger_set
from bot.actions.ledger_diff import Difference, difference, house
from bot.actions.members import Account, come_in
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.papers.read_table import pages_of
from bot.rules.ledger import TaskState
from bot.rules.ledger_draft import Draft, DraftTask, Levels, Stage, clean
from bot.rules.ledger_preview import Loaded, Preview
from bot.rules.ledger_rows import read_pages
from bot.rules.ledger_text import read_text
from bot.rules.records import Role
from bot.words import ledger_load as words
from bot.words.ledger_sheet import exported, listed
from bot.words.spreadsheet import xlsx
from storage import journal, ledger_drafts, people, task_headings, task_people, task_stages, tasks
from storage.schema import Transaction
from storage.task_people import HELPER, LEADER, OWNER
from storage.tasks import Task
from tests.actions.conftest import Field

JUNE_30, JULY_31 = date(2025, 6, 30), date(2025, 7, 31)
TODAY = date(2025, 6, 9)

BULLETIN = """\
一、基本情况
一是开了会。
二、整改进展情况
（一）“学得不够”方面
1.关于“学习”问题
（1）“不深”问题。
整改进展情况：一是制定计划，按月学。二是建立台账。
（2）“不实”问题。
整改进展情况：已经换了新桶。
2.关于“宣传”问题
整改进展情况：一是发布信息。
三、今后打算
（一）继续。一是学。
""".splitlines()


def draft_of(*rows: DraftTask, **more: Any) -> Draft:
    return Draft(list(rows), **more)


ONE = DraftTask(
    2, "1", path="1.1.1", title="更换监控", text="更换 2 路监控，接入平台", owners=("王志强",),
    leaders=("李主任",), department="市容科", due=JUNE_30, wants="照片",
)  # fmt: skip
TWO = DraftTask(3, "2", path="1.1.1", title="培训", long_term=True, helpers=("赵敏",))
HEADINGS = {"1": "执法监督", "1.1": "城市管理", "1.1.1": "监控不够"}
BOTH = draft_of(ONE, TWO, headings=HEADINGS)


def look(field: Field, draft: Draft) -> Difference:
    return ledger_load.look(field.tx, draft)


def load(field: Field, draft: Draft) -> Difference:
    told = look(field, draft)
    ledger_load.load(field.tx, field.ids["王芳"], told, field.now)
    return told


def same(told: Difference) -> bool:
    """Whether the file says just what stands here."""
    return not (told.fresh or told.changed or told.kept or told.missing or told.headings)


def task(field: Field, ref: str) -> Task:
    return next(one for one in tasks.everything(field.tx) if one.ref == ref)


def names(field: Field, ref: str, part: str) -> list[tuple[str, int | None]]:
    said = task_people.named_in(field.tx, task(field, ref).id)
    return [(one.name, one.person) for one in said if one.part == part]


# ---- the difference ----


def test_a_text_is_loaded_by_its_levels(field: Field) -> None:
    told = load(field, read_text(BULLETIN))
    assert told.levels == Levels(1, 2, 3, 3)
    assert [(one.line, one.why) for one in told.faults] == [
        (9, "没有「一是」这样的编号，没有当任务"),
    ]  # fmt: skip
    found = tasks.everything(field.tx)
    assert [(one.number, one.ref, one.path, one.title) for one in found] == [
        (1, "1", "1.1.1", "制定计划"), (2, "2", "1.1.1", "建立台账"), (3, "3", "1.2", "发布信息"),
    ]  # fmt: skip
    assert task_headings.titles(field.tx)["1.1.2"] == "“不实”问题。"
    assert (told.who, told.when) == (["1", "2", "3"], ["1", "2", "3"])
    assert all(one.state is TaskState.NOT_STARTED and one.due is None for one in found)


def test_names_are_people_where_just_one_bears_them(field: Field) -> None:
    field.join("赵敏", {Role.OFFICER})
    field.ids["another"] = people.add(
        field.tx, "赵敏", frozenset({Role.OWNER}), None, None, field.now
    )
    load(field, BOTH)
    assert names(field, "1", OWNER) == [("王志强", field.ids["王志强"])]
    assert names(field, "1", LEADER) == [("李主任", field.ids["李主任"])]
    assert names(field, "2", HELPER) == [("赵敏", None)]


def test_loading_again_changes_nothing(field: Field) -> None:
    load(field, BOTH)
    before = field.rows()
    told = look(field, BOTH)
    assert same(told)
    load(field, BOTH)
    after = field.rows()
    assert after.pop("journal") == before.pop("journal") + 1
    assert after == before


def test_what_differs_is_told_field_by_field(field: Field) -> None:
    load(field, BOTH)
    new = replace(ONE, title="换监控", owners=("李红梅", "张建国"), due=JULY_31, path="1.1.2")
    more = draft_of(new, replace(TWO, ref="9", title="新的"),
                    headings=HEADINGS | {"1.1": "管理城市", "1.1.2": "探头不够"})  # fmt: skip
    told = load(field, more)
    (change,) = told.changed
    assert [(one.name, one.old, one.new) for one in change.fields] == [
        ("title", "更换监控", "换监控"), ("path", "监控不够", "探头不够"),
        ("owners", "王志强", "李红梅、张建国"), ("due", "2025-06-30", "2025-07-31"),
    ]  # fmt: skip
    assert [one.ref for one in told.missing] == ["2"]
    assert [one.ref for one in told.fresh] == ["9"]
    assert told.headings == {"1.1": ("城市管理", "管理城市"), "1.1.2": ("", "探头不够")}
    found = task(field, "1")
    assert (found.title, found.due, found.due_first) == ("换监控", JULY_31, JUNE_30)
    assert task(field, "2").title == "培训"
    (line,) = [line for line in journal.lines(field.tx) if line.deed == "edit_task"]
    assert line.subject == "task/1"
    assert json.loads(line.detail)["owners"] == ["王志强", "李红梅、张建国"]


def test_what_was_done_here_since_stays(field: Field) -> None:
    """State, an owner changed here, a longer time: the file says only what it said before."""
    load(field, BOTH)
    one = task(field, "1")
    tasks.change(field.tx, one, state=TaskState.UNDER_WAY, due=JULY_31, extended=1)
    task_people.name(field.tx, one.id, OWNER, [("李红梅", field.ids["李红梅"])])
    told = load(field, BOTH)
    assert not told.changed
    assert [(f.name, f.old, f.new) for kept in told.kept for f in kept.kept] == [
        ("owners", "李红梅", "王志强"), ("due", "2025-07-31", "2025-06-30"),
    ]  # fmt: skip
    found = task(field, "1")
    assert (found.state, found.due) == (TaskState.UNDER_WAY, JULY_31)
    assert names(field, "1", OWNER)[0][0] == "李红梅"


def test_a_longer_time_wins_over_an_older_day_and_gives_way_to_a_later(field: Field) -> None:
    load(field, BOTH)
    tasks.change(field.tx, task(field, "1"), due=JULY_31, extended=1)
    told = load(field, draft_of(replace(ONE, due=date(2025, 7, 15)), TWO))
    assert [one.name for kept in told.kept for one in kept.kept] == ["due"]
    load(field, draft_of(replace(ONE, due=date(2025, 8, 31)), TWO))
    assert task(field, "1").due == date(2025, 8, 31)


@pytest.mark.parametrize("state", [TaskState.SIGNED_OFF, TaskState.HANDED_IN, TaskState.REOPENED])
def test_a_later_file_touches_no_state(field: Field, state: TaskState) -> None:
    load(field, BOTH)
    tasks.change(field.tx, task(field, "1"), state=state)
    load(field, draft_of(replace(ONE, state=TaskState.NOT_STARTED, title="x"), TWO))
    assert (task(field, "1").state, task(field, "1").title) == (state, "x")


def test_a_settled_task_does_not_become_a_lasting_one(field: Field) -> None:
    load(field, draft_of(replace(ONE, long_term=False)))
    tasks.change(field.tx, task(field, "1"), state=TaskState.SIGNED_OFF)
    told = load(field, draft_of(replace(ONE, long_term=True)))
    assert not told.changed
    assert not task(field, "1").long_term


def test_a_stage_of_a_long_term_task_is_what_it_is_due_by(field: Field) -> None:
    """「长期」 for a day and 阶段目标 beside it: else nobody would ever be reminded."""
    stages = (Stage(date(2025, 3, 31), "一季度", met=True), Stage(JUNE_30, "二季度"),
              Stage(date(2025, 9, 30), "三季度"))  # fmt: skip
    load(field, draft_of(replace(TWO, stages=stages)))
    assert task(field, "2").due == JUNE_30
    assert same(look(field, draft_of(replace(TWO, stages=stages))))
    load(field, draft_of(replace(TWO, stages=(Stage(JULY_31, "二季度"), *stages[2:]))))
    assert task(field, "2").due == JULY_31
    # A longer time that was given is not taken back by the stages' words.
    tasks.change(field.tx, task(field, "2"), due=date(2025, 8, 15), extended=1)
    load(field, draft_of(replace(TWO, stages=(Stage(JULY_31, "二季度巡查"), *stages[2:]))))
    assert task(field, "2").due == date(2025, 8, 15)


def test_states_of_new_tasks(field: Field) -> None:
    load(field, draft_of(
        replace(ONE, state=TaskState.SIGNED_OFF), replace(TWO, state=TaskState.LASTING),
    ))  # fmt: skip
    assert (task(field, "1").state, task(field, "1").loaded) == (TaskState.SIGNED_OFF, "signed_off")
    assert (task(field, "2").state, task(field, "2").met) == (TaskState.LASTING, 1)


def test_a_row_without_words_tells_of_a_known_task_only(field: Field) -> None:
    load(field, BOTH)
    told = load(
        field, draft_of(DraftTask(5, "2", owners=("张建国",)), DraftTask(6, "77", owners=("x",)))
    )
    assert [(one.line, "77" in one.why) for one in told.faults] == [(6, True)]
    assert told.levels.tasks == 1
    assert names(field, "2", OWNER) == [("张建国", field.ids["张建国"])]
    assert task(field, "2").title == "培训"


def test_headings_without_numbers_are_known_by_their_titles(field: Field) -> None:
    load(field, BOTH)
    table = draft_of(
        replace(ONE, path="1.1.1"), replace(TWO, ref="3", path="2.1.1", title="别的"),
        by_title=True,
        headings={"1": "新的方面", "1.1": "x", "1.1.1": "y", "2": "执法监督", "2.1": "城市管理",
                  "2.1.1": "监控不够"},
    )  # fmt: skip
    load(field, table)
    assert task(field, "3").path == "1.1.1"
    assert task(field, "1").path == "2.1.1"
    assert task_headings.titles(field.tx) == HEADINGS | {"2": "新的方面", "2.1": "x", "2.1.1": "y"}


@pytest.mark.parametrize("ref", ["20250630", "13800001111", "9" * 5000, "100000", "0"])
def test_a_long_number_is_nobodys_way_to_call_it(field: Field, ref: str) -> None:
    """What comes after is numbered after the highest: all of it must stay short enough to say."""
    load(field, draft_of(replace(ONE, ref=ref), replace(TWO, ref="1.1-1")))
    assert [one.number for one in tasks.everything(field.tx)] == [1, 2]


def test_numbers_that_are_taken_are_given_anew(field: Field) -> None:
    tasks.add(field.tx, 1, field.now, kind=tasks.DUTY, title="月检", code="x", period=TODAY)
    row = keep(field, draft_of(ONE, replace(TWO, ref="三-2")))
    assert take(field, row)
    assert "1 件缺责任人，比如任务 3。\n发「任务 3 责任人" in shown(field, row)
    assert [(one.number, one.ref) for one in tasks.everything(field.tx)] == [(2, "1"), (3, "三-2")]


# ---- the draft and its card ----


def keep(field: Field, draft: Draft, name: str = "王芳", file: str = "整改台账.xlsx") -> int:
    return ledger_load.keep(
        field.tx, field.ids[name], file, draft, "telegram", field.chat(name), field.now
    )


def take(field: Field, row: int, version: int = 1) -> bool:
    return ledger_load.take(field.tx, field.ids["王芳"], row, version, field.now)


def drop(field: Field, row: int) -> None:
    ledger_load.drop(field.tx, field.ids["王芳"], row, field.now)


def shown(field: Field, row: int) -> str:
    facts = ledger_preview.preview(field.tx, row)
    assert facts is not None
    return (words.loaded(facts) if isinstance(facts, Loaded) else words.preview(facts)).text


def test_a_draft_is_shown_then_taken_once(field: Field) -> None:
    row = keep(field, read_text(BULLETIN))
    assert shown(field, row) == (
        "整改台账.xlsx：1 个方面、2 个大项、3 条问题、3 件任务\n新的 3 件，要改 0 件。\n"
        "1 处没收：第 9 行没有「一是」这样的编号…。\n"
        "3 件缺责任人，3 件缺时限。"
    )
    assert not tasks.everything(field.tx)
    assert take(field, row)
    assert shown(field, row) == (
        "导入好了：新的 3 件，改了 0 件。\n1 处没收，改好文件再发一次就行。\n"
        "3 件缺责任人，3 件缺时限，比如任务 1、2、3。\n"
        "发「任务 1 责任人 王志强」，或者补好表再发一次。"
    )
    kept = ledger_drafts.by_id(field.tx, row)
    assert kept is not None
    assert (kept.state, kept.draft) == ("taken", None)
    field.leaves_all(lambda: take(field, row), TooLate, "导入过了")
    field.leaves_all(lambda: drop(field, row), TooLate, "导入过了")


def test_a_ledger_that_changed_meanwhile_is_compared_anew(field: Field) -> None:
    first, second = keep(field, BOTH), keep(field, draft_of(replace(ONE, title="别的"), TWO))
    assert take(field, second)
    assert not take(field, first)
    assert task(field, "1").title == "别的"
    kept = ledger_drafts.by_id(field.tx, first)
    assert kept is not None
    assert not take(field, first, kept.version - 1), "the old card's button"
    assert take(field, first, kept.version)
    assert task(field, "1").title == "更换监控"


def test_a_ledger_that_would_hold_everybody_up_is_refused(field: Field) -> None:
    many = draft_of(*(DraftTask(n, str(n), title="x") for n in range(1, 3002)))
    field.leaves_all(lambda: keep(field, many), Refused, "3001 件，一次最多导 3000 件")


def test_a_draft_is_dropped(field: Field) -> None:
    row = keep(field, BOTH)
    drop(field, row)
    assert ledger_preview.preview(field.tx, row) is None
    field.leaves_all(lambda: take(field, row), TooLate, "不要了")
    field.leaves_all(lambda: take(field, 10**6), NotFound, "没有这份")
    assert not ledger_preview.listed(field.tx, field.ids["王芳"], row).lines


@pytest.mark.parametrize("name", ["张建国", "孙涛", "李主任", "王志强"])
def test_only_admins_load(field: Field, name: str) -> None:
    row = keep(field, BOTH)
    who = field.ids[name]
    for deed in (
        lambda: keep(field, BOTH, name),
        lambda: ledger_load.take(field.tx, who, row, 1, field.now),
        lambda: ledger_load.drop(field.tx, who, row, field.now),
        lambda: ledger_preview.listed(field.tx, who, row),
        lambda: ledger_set.set_field(field.tx, who, 1, "时限", "6月", field.bureau, field.now),
    ):
        field.leaves_all(deed, NotAllowed, "管理员")


def test_the_list_names_everything(field: Field) -> None:
    load(field, BOTH)
    task_people.name(field.tx, task(field, "1").id, OWNER, [("李红梅", None)])
    row = keep(field, draft_of(
        replace(ONE, due=JULY_31), DraftTask(9, "7", title="<b>新</b>"),
        faults=[*read_text(BULLETIN).faults],
    ))  # fmt: skip
    facts = ledger_preview.listed(field.tx, field.ids["王芳"], row)
    assert [one.kind for one in facts.lines] == [
        "fault", "changed", "kept", "missing", "new", "no_owner", "no_day",
    ]  # fmt: skip
    table = listed(facts)
    assert (
        "要改",
        "1",
        "第 2 行",
        "更换监控",
        "时限",
        "2025-06-30",
        "2025-07-31",
        "",
    ) in table.rows
    assert len(words.told_lines(facts)) == 7
    assert words.list_of(facts).papers == (f"draft-{row}.xlsx",)


def test_the_command_line_tells_the_admins(field: Field) -> None:
    told = ledger_load.take_now(field.tx, "台账.docx", BOTH, field.now)
    assert len(told.fresh) == 2
    assert [card for card, _ in field.owed("王芳")] == ["ledger_draft"]


# ---- who and when ----


def test_who_comes_under_a_name_gets_its_tasks(field: Field) -> None:
    load(field, BOTH)
    assert names(field, "2", HELPER) == [("赵敏", None)]
    new = field.join("赵敏", {Role.OFFICER})
    assert ledger_people.came(field.tx, new, field.now) == [task(field, "2").id]
    assert names(field, "2", HELPER) == [("赵敏", new)]
    assert ledger_people.came(field.tx, new, field.now) == []


def test_whom_a_directory_vouches_for_gets_his_too(field: Field) -> None:
    load(field, BOTH)
    account = Account("wecom", 900, 900, "企业微信")
    new = come_in(field.tx, account, "赵敏", None, field.now)
    assert new is not None
    assert names(field, "2", HELPER) == [("赵敏", new.id)]
    assert ("named_in_tasks", f"person/{new.id}") in field.deeds()


def set_(field: Field, what: str, said: str, number: int = 1) -> ledger_set.SetField:
    return ledger_set.set_field(
        field.tx, field.ids["王芳"], number, what, said, field.bureau, field.now
    )


def test_a_day_that_is_over_is_said_to_be(field: Field) -> None:
    load(field, BOTH)
    assert [set_(field, "时限", said).over for said in ("1月30日", "6月9日", "6月30日")] == [
        130,
        0,
        0,
    ]


def test_what_a_task_lacks_is_set_in_words(field: Field) -> None:
    load(field, read_text(BULLETIN))
    assert set_(field, "责任人", "王志强、新人").strangers == ("新人",)
    assert names(field, "1", OWNER) == [("王志强", field.ids["王志强"]), ("新人", None)]
    assert set_(field, "时限", "6月30日").value == "2025年6月30日"
    assert (task(field, "1").due, task(field, "1").due_first) == (JUNE_30, JUNE_30)
    set_(field, "责任科室", " 市容科 ")
    set_(field, "责任领导", "李主任")
    assert task(field, "1").department == "市容科"
    set_(field, "长期", "")
    assert task(field, "1").long_term
    set_(field, "长期", "否")
    for said, urgent in (("", True), ("否", False)):
        set_(field, "紧急", said)
        found = tasks.by_number(field.tx, 1)
        assert found is not None
        assert found.urgent is urgent
    assert not task(field, "1").long_term
    set_(field, "时限", "长期坚持", 2)
    assert task(field, "2").long_term
    lines = [
        json.loads(line.detail) for line in journal.lines(field.tx) if line.deed == "edit_task"
    ]
    assert lines[0] == {"责任人": ["", "王志强、新人"]}
    assert len(lines) == 9
    told = load(field, read_text(BULLETIN))
    assert (told.changed, told.who, told.when) == ([], ["2", "3"], ["3"])
    assert set_(field, "时限", "下周五", 3).value == "2025年6月20日"


@pytest.mark.parametrize(
    ("what", "said", "fault"),
    [("责任人", "", Refused), ("责任人", "市容科", Refused), ("时限", "尽快", Refused),
     ("时限", "2月30日", Refused), ("责任科室", "  ", Refused)],
)  # fmt: skip
def test_what_can_not_be_set_changes_nothing(
    field: Field, what: str, said: str, fault: type[Exception]
) -> None:
    load(field, BOTH)
    field.leaves_all(lambda: set_(field, what, said), fault, "什么也没改")
    field.leaves_all(lambda: set_(field, what, said, 99), NotFound, "没有任务 99")


# ---- out and back ----


def back(tx: Transaction, *, today: date = TODAY) -> Draft:
    """The exported ledger, read again."""
    sheet = exported(ledger_export.export_rows(tx), today)
    return read_pages(pages_of(xlsx(sheet)), today)


def whole(tx: Transaction) -> list[tuple[Any, ...]]:
    """All that an export holds of every task, and the headings."""
    said = task_people.all_named(tx)
    stages: dict[int, list[Any]] = {}
    for one in task_stages.all_milestones(tx):
        stages.setdefault(one.task, []).append((one.due, one.text, one.met_at is not None))
    found: list[tuple[Any, ...]] = [
        (one.ref, one.path, one.title, one.text, one.wants, one.note, one.phase, one.department,
         one.due, one.long_term, one.urgent, one.state, one.met,
         [(m.part, m.name) for m in said.get(one.id, [])], stages.get(one.id, []))
        for one in tasks.everything(tx)
    ]  # fmt: skip
    return [*sorted(found, key=repr), tuple(sorted(task_headings.titles(tx).items()))]


def wiped(tx: Transaction) -> None:
    """The house without a ledger."""
    for table in (
        task_people.named,
        task_headings.headings,
        task_stages.milestones,
        ledger_drafts.said,
        tasks.table,
    ):
        tx.execute(table.delete())


def assert_comes_back(tx: Transaction, person: int | None, now: Any) -> None:
    before, draft = whole(tx), back(tx)
    told = difference(house(tx), draft)
    assert not draft.faults
    assert same(told)
    wiped(tx)
    ledger_load.load(tx, person, difference(house(tx), draft), now)
    assert whole(tx) == before


FULL = draft_of(
    ONE,
    replace(TWO, state=TaskState.LASTING, met=2, due=JULY_31, phase="长效巩固", urgent=True,
            stages=(Stage(date(2025, 3, 31), "做了", met=True), Stage(JULY_31, "再做"))),
    DraftTask(4, "3-1", path="2.1", title="销了号的", state=TaskState.SIGNED_OFF),
    DraftTask(5, "A-7", title="没有标题的", state=TaskState.REOPENED, owners=("甲", "乙")),
    headings=HEADINGS | {"2": "第二", "2.1": "一项", "3": "没有任务的", "3.1": "也没有"},
)  # fmt: skip


def test_the_ledger_comes_back_as_it_went(field: Field) -> None:
    load(field, FULL)
    tasks.change(field.tx, task(field, "1"), state=TaskState.UNDER_WAY)
    task_people.name(field.tx, task(field, "1").id, OWNER, [("甲", None), ("王志强", None)])
    assert_comes_back(field.tx, field.ids["王芳"], field.now)


LONG = "〔很长〕"
"""Stands for forty thousand letters, which no failing test should print."""
NASTY = ["=cmd|' /C calc'!A0", "+1", "@x", "-1", "<b>&amp;</b>", "../../etc/passwd", "同上",
         "合计", "_x0041_", "😀👨‍👩‍👧", "a\nb\n\nc", "\t\r\n x", "'", "无", "—",
         "2025-06-30", "#REF!", "\ufeffx",
         "\ud800", "\x00\x0b\x1f", "編號", LONG, "任务\u2028行", "TRUE", "1e5", "007"]  # fmt: skip
TEXT = st.sampled_from(NASTY) | st.text(max_size=30)
NAME = st.text(max_size=12) | st.sampled_from(
    ["王（副", "牵头：牵头：甲", "李和平", "a b", "王 强", ".甲."]
)


@st.composite
def hostile(draw: Any) -> list[list[str]]:
    """A table of strange cells under the heads of a ledger."""
    heads = ["编号", "方面", "大项", "具体问题", "整改任务", "整改措施", "责任领导", "责任科室",
             "责任人", "协办人", "佐证要求", "备注", "完成时限", "状态", "是否长期"]  # fmt: skip
    rows = [heads]
    for number in range(draw(st.integers(1, 4))):
        cells = [draw(TEXT) for _ in heads]
        cells[0] = str(number + 1)
        for place in (6, 8, 9):
            cells[place] = draw(NAME)
        cells[12] = draw(st.sampled_from(["", "2025-07-01", "6月底", "长期", "看着办"]))
        cells[13] = draw(st.sampled_from(["", "在办", "已完成", "长期坚持", "佐证已交", "怪"]))
        cells[14] = draw(st.sampled_from(["", "是", "否"]))
        rows.append(cells)
    return rows


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(hostile())
def test_whatever_stands_in_the_fields_comes_back(tx: Transaction, rows: list[list[str]]) -> None:
    """Hostile fields are text in the house and in the table, and the same again."""
    from bot.rules.ledger_draft import Page
    from tests.actions.conftest import MONDAY_9

    cells = tuple(tuple("x" * 40_000 if one == LONG else one for one in row) for row in rows)
    draft = read_pages([Page("", cells)], TODAY)
    with tx.begin_nested() as nested:
        ledger_load.load(tx, None, difference(house(tx), draft), MONDAY_9)
        for one in tasks.everything(tx):
            assert one.title == clean(one.title)
        assert_comes_back(tx, None, MONDAY_9 + timedelta(days=1))
        nested.rollback()


def test_cards_say_hostile_words_as_they_are(field: Field) -> None:
    evil = "=cmd|' /C calc'!A0<b>../../x"
    row = keep(field, draft_of(replace(ONE, title=evil)), file=evil)
    facts = ledger_preview.preview(field.tx, row)
    assert isinstance(facts, Preview)
    assert words.preview(facts).text.startswith("=cmd|' /C …：")
    assert any(evil in cells for cells in listed(facts).rows)
