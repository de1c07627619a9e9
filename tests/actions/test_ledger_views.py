"""The ledger's views on both stores: who sees which tasks, how many, in which order, as a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions import answering, asking, ledger_figures, ledger_views, opened, reconcile_ledger
from bot.errors import NotAllowed, NotFound
from bot.rules.ledger import OWING, TaskState, is_done
from bot.rules.ledger_facts import LedgerStanding, TaskList
from bot.rules.periods import week
from bot.rules.questions import QuestionReader
from bot.rules.records import Question, Role
from bot.words import answers as words
from bot.words import ledger_figures as figure_words
from bot.words import listings
from bot.words.spreadsheet import xlsx
from storage import journal, obligations, people, task_counts, task_headings, task_stages, tasks
from storage.task_counts import TaskScope
from tests.actions.conftest import Field
from tests.actions.ledger import Ledger

S = TaskState
HOSTILE = (
    '=HYPERLINK("http://x","点我")',
    "<b>粗</b>&amp;",
    "../../etc/passwd",
    "\u202e倒着\x0b写",
)


@pytest.fixture
def ledger(field: Field) -> Ledger:
    """王志强's, 赵敏's and 周凯's tasks, in every state."""
    made = Ledger(field)
    due = date(2025, 6, 18)
    made.task("更换 2 路监控", due=date(2025, 6, 15))
    made.task("超期的", due=date(2025, 6, 1))
    made.task("下周的", due=due, state=S.UNDER_WAY)
    made.task("下周已交", due=due, state=S.HANDED_IN)
    made.task("下周已销", due=due, state=S.SIGNED_OFF)
    made.task("长期的", due=due, long_term=True, state=S.LASTING, met=1)
    made.task("周凯的", owner="周凯", department="市容科", due=None)
    made.task("没人的", owner=None, leader=None, department=None, due=None)
    tasks.change(made.tx, made.task("作废的"), void=True)
    run = made.task("六月设备月检", kind=tasks.DUTY, due=due, code="check", state=S.UNDER_WAY)
    made.task("五月设备月检", kind=tasks.DUTY, code="check", state=S.SIGNED_OFF)
    assert run.kind == tasks.DUTY
    return made


def asks(ledger: Ledger, name: str | None, question: Question) -> TaskList:
    who = people.by_id(ledger.tx, ledger.id(name)) if name else None
    found = answering.answer(ledger.tx, who, question, ledger.bureau, ledger.now)
    assert isinstance(found, TaskList)
    return found


def titles(found: TaskList) -> list[str]:
    return [row.title for row in found.rows]


def test_mine_has_what_needs_something_done_first_and_no_run_that_is_over(ledger: Ledger) -> None:
    found = asks(ledger, "王志强", ledger_views.mine("王志强"))
    assert titles(found) == [
        "超期的", "更换 2 路监控", "下周的", "长期的", "六月设备月检", "下周已交", "下周已销",
    ]  # fmt: skip
    assert (found.mine, found.total, found.duties) == (True, 7, 1)
    n = found.tally
    assert (n.signed, n.going, n.long_term, n.overdue) == (1, 5, 1, 1)


def test_a_leader_s_are_those_he_leads(ledger: Ledger) -> None:
    found = asks(ledger, "李主任", ledger_views.mine("李主任"))
    assert "没人的" not in titles(found)
    assert "周凯的" in titles(found)


def test_who_has_none_hears_so(ledger: Ledger) -> None:
    found = asks(ledger, "张建国", ledger_views.mine("张建国"))
    assert words.answer(found, ledger.now, 1).text == "您名下没有台账任务。看全局发「台账进度」。"


def test_next_week_is_due_day_by_day_with_runs_and_without_what_is_settled(ledger: Ledger) -> None:
    question = ledger_views.wanted(state="open", due=week(ledger.now, 1))
    found = asks(ledger, "李主任", question)
    assert titles(found) == ["下周的", "长期的", "六月设备月检", "下周已交"]
    assert words.answer(found, ledger.now, 1).text.startswith(
        "下周到期的任务 4 件（含周期任务 1 件）"
    )
    sunday = ledger_views.wanted(state="open", due=week(ledger.now))
    assert titles(asks(ledger, "李主任", sunday)) == ["更换 2 路监控"]


def test_the_ledger_is_without_runs_and_void_ones(ledger: Ledger) -> None:
    found = asks(ledger, "李主任", ledger_views.wanted())
    assert found.total == 8
    assert len(found.rows) == 8
    only_late = asks(ledger, "李主任", ledger_views.wanted(state="overdue"))
    assert titles(only_late) == ["超期的"]
    assert only_late.rows[0].late == 8
    assert titles(asks(ledger, None, ledger_views.wanted(long_term=True))) == ["长期的"]


def test_a_department_and_a_person_are_known_by_name(ledger: Ledger) -> None:
    question = ledger_views.is_named(ledger.tx, "市容科")
    assert question is not None
    assert titles(asks(ledger, "李主任", question)) == ["周凯的"]
    question = ledger_views.is_named(ledger.tx, "周凯")
    assert question is not None
    assert titles(asks(ledger, "李主任", question)) == ["周凯的"]
    assert ledger_views.is_named(ledger.tx, "没有的科") is None


@pytest.mark.parametrize(
    ("name", "department", "sees"),
    [
        ("李主任", None, 8), ("王芳", None, 8), ("王志强", None, None), ("张建国", None, None),
        ("孙涛", None, None), ("李主任", "市容科", 1), ("王志强", "设备科", None),
    ],
)  # fmt: skip
def test_the_whole_is_for_those_above(
    ledger: Ledger, name: str, department: str | None, sees: int | None
) -> None:
    question = ledger_views.wanted(department=department)
    if sees is None:
        with pytest.raises(NotAllowed, match="才能看，您可以问自己的"):
            asks(ledger, name, question)
        return
    assert asks(ledger, name, question).total == sees


def test_a_leader_of_a_department_sees_its_and_his_own(ledger: Ledger) -> None:
    boss = ledger.id("孙涛")
    people.change(ledger.tx, boss, department="市容科")
    ledger.task("孙涛分管的", owner="赵敏", leader="孙涛")
    whole = asks(ledger, "孙涛", ledger_views.wanted())
    assert sorted(titles(whole)) == ["周凯的", "孙涛分管的"]
    assert titles(asks(ledger, "孙涛", ledger_views.wanted(department="市容科"))) == ["周凯的"]
    with pytest.raises(NotAllowed):
        asks(ledger, "孙涛", ledger_views.wanted(department="设备科"))
    with pytest.raises(NotAllowed):
        asks(ledger, "孙涛", ledger_views.wanted(officer="王志强"))


def test_a_person_s_tasks_are_his_and_those_above_him(ledger: Ledger) -> None:
    question = ledger_views.wanted(officer="王志强")
    assert asks(ledger, "李主任", question).total == 7
    with pytest.raises(NotAllowed):
        asks(ledger, "赵敏", question)
    with pytest.raises(NotFound):
        asks(ledger, "李主任", ledger_views.wanted(officer="没这人"))


def test_somebody_who_left_sees_nothing(ledger: Ledger) -> None:
    who = people.by_id(ledger.tx, ledger.id("李主任"))
    people.change(ledger.tx, ledger.id("李主任"), state="gone")
    for question in (
        ledger_views.wanted(),
        ledger_views.mine("李主任"),
        Question(("ledger_summary",)),
    ):
        with pytest.raises(NotAllowed):
            answering.answer(ledger.tx, who, question, ledger.bureau, ledger.now)


SAID = {
    "85项任务完成多少了": "整改任务 8 个，已完成 2 个（25%），6 个正在整改，超期 1 个。",
    "台账进度": "整改任务 8 个，已完成 2 个（25%），6 个正在整改，超期 1 个。",
    "市容科台账进度": "市容科整改任务 1 个，已完成 0 个（0%），1 个正在整改。",
    "超期几个任务": "超期的任务 1 件。",
    "长期任务多少个": "长期整改任务 1 个，已完成 1 个（100%）。",
    "设备科还有哪些任务没销号": "设备科没销号的任务 4 件：",
    "下周到期的任务": "下周到期的任务 4 件（含周期任务 1 件）：",
    "长期任务列一下": "长期任务 1 件：",
}


@pytest.mark.parametrize("asked", list(SAID))
def test_questions_are_answered_with_the_number_first(ledger: Ledger, asked: str) -> None:
    bureau = ledger.bureau
    question = QuestionReader(bureau).read(asked, ledger.now)
    facts = answering.answer(ledger.tx, None, question, bureau, ledger.now)
    assert isinstance(facts, TaskList | LedgerStanding)
    assert words.answer(facts, ledger.now, 1).text.split("\n")[0] == SAID[asked]


def test_a_count_opens_as_many_rows(ledger: Ledger) -> None:
    bureau, who = ledger.bureau, people.by_id(ledger.tx, ledger.id("李主任"))
    for asked in SAID:
        question = QuestionReader(bureau).read(asked, ledger.now)
        facts = answering.answer(ledger.tx, who, question, bureau, ledger.now)
        assert isinstance(facts, TaskList | LedgerStanding)
        number = asking.remember(ledger.tx, ledger.id("李主任"), question, (), ledger.now)
        rows = opened.opened(ledger.tx, who, number, 0, None, bureau, ledger.now)
        assert isinstance(rows, TaskList)
        assert len(rows.rows) == rows.total == facts.tally.total, asked


def test_how_all_of_it_stands_is_everybodys_and_a_part_is_not(ledger: Ledger) -> None:
    who = people.by_id(ledger.tx, ledger.id("张建国"))
    whole = Question(("ledger_summary",))
    found = answering.answer(ledger.tx, who, whole, ledger.bureau, ledger.now)
    assert isinstance(found, LedgerStanding)
    part = QuestionReader(ledger.bureau).read("市容科台账进度", ledger.now)
    with pytest.raises(NotAllowed):
        answering.answer(ledger.tx, who, part, ledger.bureau, ledger.now)


@pytest.mark.parametrize("bad", HOSTILE)
def test_hostile_words_are_plain_text_everywhere(ledger: Ledger, bad: str) -> None:
    ledger.task(bad, text=bad, wants=bad, department=bad, ref=bad)
    who = people.by_id(ledger.tx, ledger.id("王芳"))
    question = ledger_views.wanted()
    found = asks(ledger, "王芳", question)
    card = words.answer(found, ledger.now, 1)
    assert "\x0b" not in card.text
    assert "\u202e" not in card.text
    number = asking.remember(ledger.tx, ledger.id("王芳"), question, (), ledger.now)
    whole = opened.opened(ledger.tx, who, number, 0, None, ledger.bureau, ledger.now)
    sheet = listings.sheet(whole, ledger.now)
    assert any(bad in row for row in sheet.rows)
    assert b"<f>" not in xlsx(sheet)  # as text; the writer never makes a formula
    assert "/" not in sheet.name
    report = ledger_figures.report(ledger.tx, ledger.bureau, ledger.now)
    assert report is not None
    assert figure_words.report(report).text


ROWS = st.lists(
    st.tuples(
        st.sampled_from(list(TaskState)), st.booleans(), st.integers(0, 2),
        st.none() | st.integers(-20, 20), st.sampled_from([None, "法制科", "设备科"]),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_the_store_counts_as_the_rules_do(field: Field, rows: list[Any]) -> None:
    today = field.now.date()
    with field.tx.begin_nested() as point:
        number = tasks.next_number(field.tx)
        for n, (state, long_term, met, days, department) in enumerate(rows):
            due = None if days is None else today + timedelta(days=days)
            tasks.add(field.tx, number + n, field.now, title="甲", state=state, due=due,
                      long_term=long_term, met=met, department=department)  # fmt: skip
        done = sum(is_done(state, long_term, met) for state, long_term, met, _, _ in rows)
        late = sum(s in OWING and d is not None and d < 0 for s, _, _, d, _ in rows)
        for scope, wanted in (
            (TaskScope(today), len(rows)), (TaskScope(today, state="closed"), done),
            (TaskScope(today, state="open"), len(rows) - done),
            (TaskScope(today, state="overdue"), late),
            (TaskScope(today, department="法制科"), sum(row[4] == "法制科" for row in rows)),
        ):  # fmt: skip
            assert task_counts.number(field.tx, scope) == wanted
            assert len(task_counts.rows(field.tx, scope)) == wanted
            assert sum(lot.total for lot in task_counts.lots(field.tx, scope)) == wanted
        point.rollback()


# ---- the sentence, the wall, the week, the reconciliation ----


def test_nothing_is_said_where_there_is_no_ledger(field: Field) -> None:
    tx, bureau, now = field.tx, field.bureau, field.now
    assert ledger_figures.report(tx, bureau, now) is None
    assert ledger_figures.wall(tx, bureau, now) is None
    assert ledger_figures.week(tx, bureau, now.date(), now) is None
    assert reconcile_ledger.remind(tx, date(2025, 5, 1), now) == 0
    assert reconcile_ledger.reconciled(tx, bureau, date(2025, 5, 1), now) is None


def test_the_sentence_counts_headings_and_tasks(ledger: Ledger) -> None:
    report = ledger_figures.report(ledger.tx, ledger.bureau, ledger.now)
    assert report is not None
    assert figure_words.report(report).text.startswith("台账对不上，这句话先不出：没有导入")
    task_headings.set_titles(ledger.tx, {"1": "甲", "1.1": "乙", "1.1.1": "丙", "1.2": "丁"})
    for one in tasks.everything(ledger.tx):
        assert tasks.change(ledger.tx, one, path="1.1.1")
    report = ledger_figures.report(ledger.tx, ledger.bureau, ledger.now)
    said = figure_words.report(report).text.split("\n")
    assert said == [
        "共反馈问题1个方面、2个大项、2条具体问题，梳理分解为整改任务8个，已整改完成2个"
        "（其中长期任务取得阶段性成效并长期坚持1个），6个正在整改，超期1个。",
        "有 1 条问题下面没有任务，请核对。",
    ]


def test_the_wall_hangs_every_task_once(ledger: Ledger) -> None:
    found = ledger_figures.wall(ledger.tx, ledger.bureau, ledger.now)
    assert found is not None
    assert (found.by, found.total) == ("department", 8)
    assert [name for name, _ in found.groups] == ["设备科", "市容科", "未明确"]
    task_headings.set_titles(ledger.tx, {"2": "后", "10": "十", "1": "先", "1.1": "乙"})
    for one, path in zip(tasks.everything(ledger.tx), ("1.1", "2", "10", None), strict=False):
        assert tasks.change(ledger.tx, one, path=path)
    found = ledger_figures.wall(ledger.tx, ledger.bureau, ledger.now)
    assert found is not None
    assert [name for name, _ in found.groups] == ["先", "后", "十", "未明确"]
    looks = [cell.look for _, cells in found.groups for cell in cells]
    wanted = ["soon", "late", "going", "given", "done", "lasting", "fresh", "fresh"]
    assert sorted(looks) == sorted(wanted)
    done = [cell.done for _, cells in found.groups for cell in cells]
    assert done.count(True) == 2


def test_too_many_groups_go_together(ledger: Ledger) -> None:
    for n in range(20):
        ledger.task(f"任务{n}", department=f"科室{n}")
    found = ledger_figures.wall(ledger.tx, ledger.bureau, ledger.now, "department")
    assert found is not None
    assert len(found.groups) == ledger_figures.NAMED
    assert found.total == 28
    assert found.groups[-1][0].startswith("其他 ")


def test_the_week_names_what_comes_due_in_the_next_one(ledger: Ledger) -> None:
    found = ledger_figures.week(ledger.tx, ledger.bureau, ledger.now.date(), ledger.now)
    assert found is not None
    numbers = {one.title: one.number for one in tasks.everything(ledger.tx, None)}
    wanted = [numbers[one] for one in ("下周的", "下周已交", "长期的", "六月设备月检")]
    assert sorted(found.due) == sorted(wanted)
    lines = figure_words.week_lines(found)
    assert lines[0] == "台账 8 件：销号 1，在办 6，长期 1，超期 1。"
    assert lines[1].startswith("下周到期的任务：")


def test_the_month_says_what_moved_and_what_is_unclear(ledger: Ledger) -> None:
    tx, now = ledger.tx, ledger.now
    first = date(2025, 6, 1)
    made = {one.title: one for one in tasks.everything(tx)}
    assert tasks.change(tx, made["下周已销"], signed_at=now - timedelta(days=2))
    assert tasks.change(tx, made["长期的"], signed_at=now - timedelta(days=2), met=1)
    # It was met before the ledger was loaded: that is told of in no month.
    before = ledger.task("早达标的", long_term=True, state=S.LASTING, met=1, due=None)
    task_stages.set_milestones(tx, before.id, [(date(2025, 3, 5), "第一阶段")])
    task_stages.mark_met(tx, before.id, date(2025, 3, 5), None, now)
    row = task_stages.ask(tx, task=made["下周的"].id, person=ledger.id("王志强"), asked_at=now,
                          was=date(2025, 6, 1), until=date(2025, 6, 18), reason="等")  # fmt: skip
    task_stages.decide(tx, row, "granted", ledger.id("李主任"), now)
    month = date(2025, 5, 1), date(2025, 6, 1)
    run = ledger.task(
        "五月检", kind=tasks.DUTY, code="device_check_monthly", period=month[0],
        due=date(2025, 6, 2), state=S.UNDER_WAY,
    )  # fmt: skip
    obligations.add(tx, run.id, "device_check_monthly", *month)
    found = reconcile_ledger.asked(tx, ledger.id("王芳"), ledger.bureau, first, now)
    assert found is not None
    assert (found.signed, found.met, found.granted) == (1, 1, 1)
    assert (found.no_owner, found.no_leader, found.no_day) == (1, 1, 2)
    assert found.overdue == (("设备科", 1),)
    assert len(found.missed) == 1
    text = figure_words.reconciled(found).text
    assert text.split("\n")[:3] == [
        "6 月对账：台账 9 件，销号 1，在办 6，长期 2，超期 1。",
        "6 月：销号 1 件，长期达标 1 件，同意延期 1 次。",
        "未明确：责任人 1 件，责任领导 1 件，时限 2 件。",
    ]
    past = reconcile_ledger.reconciled(tx, ledger.bureau, date(2025, 5, 1), now)
    assert past is not None
    assert (past.signed, past.met, past.granted) == (0, 0, 0)


@pytest.mark.parametrize("role", list(Role))
def test_a_reconciliation_is_for_supervisors_and_admins(ledger: Ledger, role: Role) -> None:
    who = ledger.field.join("某人", {role})
    first, now = date(2025, 6, 1), ledger.now
    may = role in (Role.SUPERVISOR, Role.ADMIN)
    if may:
        assert reconcile_ledger.asked(ledger.tx, who, ledger.bureau, first, now)
    else:
        with pytest.raises(NotAllowed):
            reconcile_ledger.asked(ledger.tx, who, ledger.bureau, first, now)
    told = reconcile_ledger.remind(ledger.tx, first, now)
    assert told == 3 + may  # 李主任, 钱局, 王芳
    owed = [name for name, _, _ in ledger.cards("reconcile")]
    assert ("某人" in owed) is may
    assert reconcile_ledger.remind(ledger.tx, first, now) == told
    assert [name for name, _, _ in ledger.cards("reconcile")] == owed  # once


def test_reading_leaves_no_trace(ledger: Ledger) -> None:
    before = sum(1 for _ in journal.lines(ledger.tx))
    asks(ledger, "李主任", ledger_views.wanted())
    ledger_figures.report(ledger.tx, ledger.bureau, ledger.now)
    assert sum(1 for _ in journal.lines(ledger.tx)) == before
