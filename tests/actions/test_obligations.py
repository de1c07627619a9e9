"""Runs of obligations on both stores: one a period, missed, exempt, set anew, registered."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions import obligation_runs, obligations
from bot.errors import GangtingError, NotAllowed, NotFound, Refused, TooLate
from bot.rules.ledger import TaskState
from bot.rules.records import Role
from storage import journal, task_people, tasks
from storage.tasks import DUTY
from tests.actions.conftest import Field
from tests.actions.obliging import DEVICE, PARTY, Obliging

ACCOUNTS = "accounts_check"


@pytest.fixture
def house(field: Field) -> Obliging:
    """The bureau on 12 June 2025."""
    return Obliging(field)


def test_the_first_morning_begins_with_the_period_that_runs(house: Obliging) -> None:
    """The month, the quarter and the year; what has no period has no run, nor what quotas count."""
    assert house.rings() == 5
    made = {one.code: one for one in tasks.everything(house.tx, DUTY)}
    assert {code: (t.title, t.due, t.number) for code, t in made.items()} == {
        DEVICE: ("六月设备月检", date(2025, 6, 25), 1001),
        PARTY: ("六月党支部书面汇报", date(2025, 6, 30), 1002),
        "sanhuiyike_quarterly": ("二季度三会一课监督检查", date(2025, 6, 30), 1003),
        "four_inclusion_archive": ("2025年四个纳入归档", None, 1004),
        "annual_review": ("2025年民主评议和年度考核", None, 1005),
    }
    assert made[PARTY].department == "局机关党支部"
    assert made[DEVICE].department is None
    assert not task_people.named_in(house.tx, made[DEVICE].id)


def test_a_run_is_made_once(house: Obliging) -> None:
    house.rings()
    assert house.rings() == 0
    house.on("2025-06-30")
    assert house.rings() == 0


def test_what_could_not_be_done_in_time_any_more_begins_with_the_next(house: Obliging) -> None:
    house.on("2025-06-26")
    house.rings()
    assert [one.title for one in house.runs()] == []
    house.on("2025-07-01")
    house.rings()
    assert [one.title for one in house.runs()] == ["七月设备月检"]


def test_periods_of_a_downtime_are_made_up_for_and_stay_missed(house: Obliging) -> None:
    house.rings()
    house.on("2025-09-03")
    house.rings()
    assert [(one.title, one.standing(date(2025, 9, 3))) for one in house.runs()] == [
        ("六月设备月检", "late"), ("七月设备月检", "late"), ("八月设备月检", "late"),
        ("九月设备月检", "owed"),
    ]  # fmt: skip
    late = obligations.missed(house.tx, house.bureau, date(2025, 7, 1), date(2025, 8, 1))
    assert "七月设备月检" in late
    assert "六月设备月检" not in late
    assert [one.title for one in house.facts(DEVICE).missed] == [
        "六月设备月检", "七月设备月检", "八月设备月检",
    ]  # fmt: skip


def test_what_comes_regularly_has_no_period_until_an_admin_says_one(house: Obliging) -> None:
    house.rings()
    assert "账务检查" in obligations.unset(house.tx, house.bureau)
    assert house.runs(ACCOUNTS) == []
    one = obligations.set_period(
        house.tx, house.field.ids["王芳"], ACCOUNTS, "month", house.bureau, house.now
    )
    assert one.per == "month"
    assert "账务检查" not in obligations.unset(house.tx, house.bureau)
    assert [(run.title, run.due) for run in house.runs(ACCOUNTS)] == [
        ("六月账务检查", date(2025, 6, 30))
    ]
    assert ("obligation_set", f"obligation/{ACCOUNTS}") in house.field.deeds()


def test_a_new_period_is_of_the_next_run_and_the_one_there_keeps_its_day(house: Obliging) -> None:
    house.rings()
    admin = house.field.ids["王芳"]
    obligations.set_period(house.tx, admin, DEVICE, "quarter", house.bureau, house.now)
    obligations.set_due(house.tx, admin, DEVICE, "last", 0, house.bureau, house.now)
    assert [(one.title, one.due) for one in house.runs()] == [("六月设备月检", date(2025, 6, 25))]
    house.on("2025-07-01")
    house.rings()
    assert [(one.title, one.due) for one in house.runs()][1:] == [
        ("三季度设备月检", date(2025, 9, 30))
    ]


def test_a_time_without_a_period_owes_nothing_afterwards(house: Obliging) -> None:
    """Set, taken back in the file, set again: the months between were nobody's."""
    house.has(DEVICE, per="unset")
    house.rings()
    house.on("2025-09-03")
    house.has(DEVICE, per="month")
    house.rings()
    assert [one.title for one in house.runs()] == ["九月设备月检"]
    house.has(DEVICE, per="unset")
    house.on("2025-10-09")
    house.rings()
    house.has(DEVICE, per="month")
    house.on("2026-01-05")
    house.rings()
    assert [one.title for one in house.runs()] == ["九月设备月检", "一月设备月检"]


def test_an_owner_is_somebody_a_role_or_a_department(house: Obliging) -> None:
    """Who has the run already keeps it; nobody's run is his from now on."""
    house.rings()
    house.gives(DEVICE, "王志强")
    assert house.runs()[0].owners == ("王志强",)
    house.gives(DEVICE, "赵敏")
    assert house.runs()[0].owners == ("王志强",)
    house.on("2025-07-01")
    house.rings()
    assert house.runs()[1].owners == ("赵敏",)
    house.gives(DEVICE, "管理员")
    house.on("2025-08-01")
    house.rings()
    assert house.runs()[2].owners == ("王芳",)
    house.gives(DEVICE, "信息科")
    house.on("2025-09-01")
    house.rings()
    assert (house.runs()[3].owners, house.runs()[3].department) == ((), "信息科")
    house.gives(DEVICE, "没来的人")
    house.on("2025-10-09")
    house.rings()
    assert house.runs()[4].owners == ("没来的人",)
    (mention,) = task_people.named_in(house.tx, house.run())
    assert mention.person is None


def test_a_day_that_nobody_had_given_is_filled_in(house: Obliging) -> None:
    house.rings()
    admin = house.field.ids["王芳"]
    assert house.runs("annual_review")[0].due is None
    obligations.set_due(house.tx, admin, "annual_review", "day", 20, house.bureau, house.now)
    assert house.runs("annual_review")[0].due == date(2025, 12, 19)
    obligations.set_due(house.tx, admin, "annual_review", "last", 0, house.bureau, house.now)
    assert house.runs("annual_review")[0].due == date(2025, 12, 19)


def test_what_can_not_be_set(house: Obliging) -> None:
    admin, field = house.field.ids["王芳"], house.field

    def period(code: str) -> object:
        return obligations.set_period(field.tx, admin, code, "month", house.bureau, house.now)

    field.leaves_all(lambda: period("patrol_full_weekly"), Refused, "次数要求")
    field.leaves_all(lambda: period("nothing"), NotFound, "没有这项")
    field.leaves_all(
        lambda: obligations.set_due(field.tx, admin, DEVICE, "after", 3, house.bureau, house.now),
        Refused, "不是这样算",
    )  # fmt: skip
    field.leaves_all(lambda: house.gives(DEVICE, "  "), Refused, "责任人写谁")


# ---- exempt ----


def test_an_exempt_run_is_nobodys_and_its_decision_is_kept(house: Obliging) -> None:
    house.rings()
    house.exempts(DEVICE, None, "设备改造停用")
    (run,) = house.runs()
    assert run.standing(date(2025, 12, 31)) == "exempt"
    assert (run.exempt_by, run.exempt_on, run.exempt_why) == (
        "李主任", date(2025, 6, 12), "设备改造停用",
    )  # fmt: skip
    assert run.task not in {one.id for one in tasks.owing(house.tx, date(2026, 1, 1))}
    assert not obligations.missed(house.tx, house.bureau, date(2025, 6, 25), date(2025, 6, 26))
    house.on("2025-06-30")
    assert house.rings() == 0


def test_a_month_ahead_can_be_exempted_and_the_one_between_is_owed(house: Obliging) -> None:
    house.rings()
    house.exempts(DEVICE, "2025-08-15", "停电")
    assert [(one.title, one.exempt_by) for one in house.runs()] == [
        ("六月设备月检", None), ("八月设备月检", "李主任"),
    ]  # fmt: skip
    house.on("2025-09-02")
    house.rings()
    assert [(one.title, one.standing(date(2025, 9, 2))) for one in house.runs()] == [
        ("六月设备月检", "late"), ("七月设备月检", "late"), ("八月设备月检", "exempt"),
        ("九月设备月检", "owed"),
    ]  # fmt: skip


def test_nobody_exempts_his_own_run(house: Obliging) -> None:
    house.rings()
    task = house.run()
    task_people.name(house.tx, task, "owner", [("李主任", house.field.ids["李主任"])])
    house.field.leaves_all(
        lambda: house.exempts(DEVICE, None, "没空"), NotAllowed, "自己的周期任务",
    )  # fmt: skip


def test_an_exempt_run_can_be_owed_again(house: Obliging) -> None:
    house.rings()
    run = house.exempts(DEVICE, None, "停用")
    obligation_runs.owe_run(house.tx, house.field.ids["李主任"], run.task, house.now)
    assert house.runs()[0].standing(date(2025, 6, 26)) == "late"
    deeds = [deed for deed, _ in house.field.deeds() if deed.startswith("run_")]
    assert deeds == ["run_exempt", "run_owed"]
    house.field.leaves_all(
        lambda: obligation_runs.owe_run(
            house.tx, house.field.ids["李主任"], run.task, house.now
        ), TooLate, "没有免",
    )  # fmt: skip


def test_what_can_not_be_exempted(house: Obliging) -> None:
    house.rings()
    field = house.field
    field.leaves_all(lambda: house.exempts(DEVICE, None, " "), Refused, "原因也写一句")
    field.leaves_all(lambda: house.exempts(ACCOUNTS, None, "忙"), Refused, "没有定周期")
    field.leaves_all(lambda: house.exempts("special_monthly", None, "忙"), Refused, "次数要求")
    task = house.run()
    tasks.change(house.tx, house.task(task), state=TaskState.SIGNED_OFF)
    field.leaves_all(lambda: house.exempts(DEVICE, None, "忙"), TooLate, "已经办完")


@pytest.mark.parametrize(
    ("who", "may"),
    [("张建国", False), ("孙涛", True), ("李主任", True), ("王志强", False), ("王芳", False)],
)
def test_leaders_exempt(house: Obliging, who: str, may: bool) -> None:
    house.rings()
    if may:
        assert house.exempts(DEVICE, None, "停用", who).exempt
    else:
        house.field.leaves_all(
            lambda: house.exempts(DEVICE, None, "停用", who), NotAllowed, "才能办"
        )  # fmt: skip


@pytest.mark.parametrize("who", ["张建国", "孙涛", "李主任", "王志强"])
def test_only_admins_set(house: Obliging, who: str) -> None:
    house.field.leaves_all(
        lambda: obligations.set_owner(
            house.tx, house.field.ids[who], DEVICE, "赵敏", house.bureau, house.now
        ), NotAllowed, "管理员才能办",
    )  # fmt: skip


# ---- events ----


def register(house: Obliging, code: str, day: str, said: str = "", who: str = "王志强") -> str:
    on = date.fromisoformat(day)
    me = house.field.ids[who]
    return obligation_runs.register(
        house.tx, me, code, on, said, house.bureau, house.now
    ).title  # fmt: skip


def test_an_event_brings_a_run_working_days_later_or_before(house: Obliging) -> None:
    assert register(house, "first_topic_archive", "2025-06-12") == "第一议题归档（6月12日）"
    assert house.runs("first_topic_archive")[0].due == date(2025, 6, 17)
    register(house, "theme_day_plan", "2025-06-20")
    assert house.runs("theme_day_plan")[0].due == date(2025, 6, 18)
    register(house, "repair_form_archive", "2025-06-13", "鲁D12345")
    (form,) = house.runs("repair_form_archive")
    assert (form.title, form.due) == (
        "车辆维修审批单归档 鲁D12345（6月13日）", date(2025, 6, 16),
    )  # fmt: skip
    assert house.rings() == 5, "events have no periods"


def test_an_event_is_registered_once_but_two_of_a_day_are_two(house: Obliging) -> None:
    register(house, "repair_form_archive", "2025-06-13", "鲁D12345")
    house.field.leaves_all(
        lambda: register(house, "repair_form_archive", "2025-06-13", "鲁D12345"),
        Refused, "登记过了",
    )  # fmt: skip
    register(house, "repair_form_archive", "2025-06-13", "鲁D99999")
    assert len(house.runs("repair_form_archive")) == 2
    house.field.leaves_all(lambda: register(house, DEVICE, "2025-06-13"), Refused, "不是按次的")
    house.field.leaves_all(
        lambda: register(house, "first_topic_archive", "2025-06-13", who="张建国"),
        NotAllowed, "才能办",
    )  # fmt: skip


# ---- how all of them stand ----


def test_the_list_has_them_all_with_what_quotas_count(house: Obliging) -> None:
    house.rings()
    found = {one.set.code: one for one in obligations.overview(house.tx, house.bureau, house.now)}
    assert len(found) == 20
    assert found["patrol_full_weekly"].count == (0, 2)
    assert found["special_monthly"].count == (0, 1)
    assert found["quarterly_review"].count == (0, 1)
    assert found["longterm_milestone"].count == (0, 0)
    assert found[ACCOUNTS].run is None
    run = found[DEVICE].run
    assert run is not None
    assert run.title == "六月设备月检"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["rings", "later", "period", "exempt", "owe", "owner", "due", "done"]),
        st.integers(0, 70),
    ),
    max_size=25,
)
PERS = ("week", "month", "quarter", "year", "event", "month")


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(STEPS)
def test_whatever_happens_a_period_has_one_run_and_nothing_is_lost(
    field: Field, steps: list[tuple[str, int]]
) -> None:
    point = field.tx.begin_nested()
    try:
        _play(Obliging(field), steps)
    finally:
        point.rollback()
        field.ids.pop("赵敏", None)


def _play(house: Obliging, steps: list[tuple[str, int]]) -> None:
    admin, leader = house.field.ids["王芳"], house.field.ids["李主任"]
    known: dict[int, date | None] = {}
    for what, n in steps:
        try:
            if what == "rings":
                house.rings()
            elif what == "later":
                house.field.later(days=n)
            elif what == "period":
                per = PERS[n % len(PERS)]
                obligations.set_period(house.tx, admin, DEVICE, per, house.bureau, house.now)  # type: ignore[arg-type]
            elif what == "due":
                rule = ("last", "day", "before_end")[n % 3]
                obligations.set_due(
                    house.tx, admin, DEVICE, rule, n % 28 + 1, house.bureau, house.now
                )  # type: ignore[arg-type]
            elif what == "owner":
                house.gives(DEVICE, ("王志强", "信息科", "赵敏")[n % 3])
            elif house.runs():
                run = house.runs()[n % len(house.runs())]
                if what == "exempt":
                    obligation_runs.exempt_run(house.tx, leader, run.task, "停用", house.now)
                elif what == "owe":
                    obligation_runs.owe_run(house.tx, leader, run.task, house.now)
                else:
                    task = house.task(run.task)
                    tasks.change(house.tx, task, state=TaskState.SIGNED_OFF)
        except GangtingError:
            pass
        today = house.now.astimezone(house.bureau.tz).date()
        found = house.runs()
        spans = [(one.first, one.until) for one in found]
        for first, until in spans:
            assert sum(a < until and first < b for a, b in spans) == 1
        for one in found:
            assert known.setdefault(one.task, one.due) in (one.due, None)
            known[one.task] = one.due
            if one.exempt_by is not None:
                assert one.standing(today) == "exempt"
            elif (
                one.due is not None
                and one.due < today
                and house.task(one.task).state in (TaskState.NOT_STARTED, TaskState.UNDER_WAY)
            ):
                assert one.standing(today) == "late"
        assert set(known) == {one.task for one in found}
    assert not list(journal.broken(house.tx))


def test_roles_of_a_run_follow_who_is_there(house: Obliging) -> None:
    """An owner that is a role is everybody who has it, and a name twice there is nobody's."""
    house.has(DEVICE, owner="责任人")
    house.rings()
    assert house.runs()[0].owners == ("王志强",)
    house.field.join("王志强", {Role.OFFICER}, "二中队")
    house.has(PARTY, owner="王志强")
    house.on("2025-07-01")
    house.rings()
    (mention,) = task_people.named_in(house.tx, house.run(PARTY))
    assert (mention.name, mention.person) == ("王志强", None)
