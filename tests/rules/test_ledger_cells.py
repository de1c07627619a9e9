"""What stands in a ledger's cells: people, states, numbers, stages; and heads of columns."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.ledger import STATE_NAMES, TaskState
from bot.rules.ledger_cells import (
    number_of,
    people_of,
    phase_of,
    stages_of,
    state_of,
    written_people,
    written_stages,
    yes_or_no,
)
from bot.rules.ledger_columns import COLUMNS, EXPORTED, column_of, head_of, is_head
from bot.rules.ledger_draft import Stage

PEOPLE = {
    "王志强": "王志强", "王志强、李红梅": "王志强 李红梅",
    "王志强/李红梅；赵敏": "王志强 李红梅 赵敏",
    "王志强 李红梅": "王志强 李红梅", "王　强": "王强", "王 志 强": "王志强", "李和平": "李和平",
    "王志强和李红梅": "王志强 李红梅", "王志强（牵头）\n李红梅": "王志强 李红梅",
    "牵头：王志强，配合：李红梅": "王志强 李红梅", "王志强、王志强": "王志强", "/": "", "待定": "",
    "阿不都·热依木": "阿不都·热依木", "王志强。": "王志强", "John Smith": "John Smith",
}  # fmt: skip


@pytest.mark.parametrize("said", list(PEOPLE))
def test_people_are_told_apart(said: str) -> None:
    assert " ".join(people_of(said).people) == PEOPLE[said]


def test_departments_are_no_people() -> None:
    found = people_of("市容科、王志强、执法一中队")
    assert (found.people, found.rooms) == (("王志强",), ("市容科", "执法一中队"))
    assert people_of("很" * 30).left_out == 1


@given(st.text(max_size=40))
def test_names_that_were_taken_are_taken_again(text: str) -> None:
    once = people_of(text)
    assert people_of(written_people(once.people)).people == once.people


STATES = {
    "已完成": "signed_off", "已销号": "signed_off", "√": "signed_off", "整改完成": "signed_off",
    "100%": "signed_off", "在办": "under_way", "进行中": "under_way", "正在整改": "under_way",
    "未完成": "under_way", "未开始": "not_started", "未启动": "not_started",
    "佐证已交": "under_way",
    "复核通过": "under_way", "已重开": "reopened", "长期坚持": "lasting",
    "取得阶段性成效并长期坚持": "lasting", "差不多": None, "基本完成": None,
}  # fmt: skip


@pytest.mark.parametrize("said", list(STATES))
def test_states_are_understood_or_not(said: str) -> None:
    assert state_of(said, long_term=False) == STATES[said]


def test_a_lasting_task_is_never_signed_off() -> None:
    assert state_of("已完成", long_term=True) is TaskState.LASTING
    assert state_of("已销号", long_term=True) is TaskState.LASTING


@pytest.mark.parametrize("state", list(TaskState))
def test_our_own_names_come_back_but_for_evidence(state: TaskState) -> None:
    gone = state in (TaskState.HANDED_IN, TaskState.CHECKED)
    found = state_of(STATE_NAMES[state], long_term=state is TaskState.LASTING)
    assert found is (TaskState.UNDER_WAY if gone else state)


def test_small_cells() -> None:
    assert [yes_or_no(one) for one in ("是", "√", "长期", "否", "×", "也许", "")] == [
        True, True, True, False, False, None, None,
    ]  # fmt: skip
    said = ("１２", "3.0", "第4号", "007", "任务 5", "1-2", "", "'9", "A7", "1" * 12)
    assert [number_of(one) for one in said] == [
        "12", "3", "4", "7", "5", "1-2", "", "9", "A7", "1" * 12,
    ]  # fmt: skip
    assert (phase_of("整改落实阶段"), phase_of("第三")) == ("整改落实", None)


@given(
    st.lists(st.tuples(st.dates(date(2000, 1, 1)), st.text(max_size=20), st.booleans()), max_size=4)
)
def test_stages_come_back(stages: list[tuple[date, str, bool]]) -> None:
    from bot.rules.ledger_draft import clean

    known = {due: Stage(due, " ".join(clean(text).split()), met) for due, text, met in stages}
    wanted = tuple(known[due] for due in sorted(known))
    assert stages_of(written_stages(wanted)) == (wanted, [])


def test_a_line_that_is_no_stage_is_told() -> None:
    found, wrong = stages_of("2025-06-30 做\n随便\n2025-02-30 没有这天")
    assert ([one.text for one in found], wrong) == (["做"], ["随便", "2025-02-30 没有这天"])


def test_heads_in_their_variants() -> None:
    for said in (
        "责任人",
        "责任人：",
        "责任人*",
        " 责 任 人 ",
        "责任人（经办）",
        "责任人\n(签字)",
        "经办人",
    ):
        assert column_of(said) == "owners", said
    names = [name for names in COLUMNS.values() for name in names]
    assert len(names) == len(set(names)), "no name stands for two columns"
    assert all(column_of(head) == name for name, head in EXPORTED)


def test_the_head_is_the_line_that_names_the_most() -> None:
    assert is_head(("编号", "责任人"))
    assert not is_head(("编号", "姓名"))
    assert not is_head(("整改任务",))
    rows = [["整改任务清单"], ["任务", "说明"], ["编号", "整改任务", "责任人"], ["1", "a", "b"]]
    assert head_of(rows) == 2
