"""The device check on both stores: done when every device has a result, in whatever order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions import devices, task_deeds, task_evidence
from bot.actions.device_cards import checked_devices
from bot.errors import GangtingError, NotAllowed, NotFound, Refused, TooLate
from bot.rules.ledger import OWING, TaskState
from bot.rules.records import Bureau, Device
from storage import awaited, evidence, task_people
from storage import devices as kept
from tests.actions.conftest import Field
from tests.actions.obliging import DEVICE, PARTY, Obliging


@pytest.fixture
def house(field: Field) -> Obliging:
    """Three devices, and 王志强 who has the month's check."""
    found = Obliging(field)
    found.rings()
    found.gives(DEVICE, "王志强")
    found.adds("1号分类箱", "2号分类箱", "称重台")
    return found


def ids(house: Obliging) -> list[int]:
    return [one.id for one in kept.everything(house.tx) if one.active]


def test_the_last_result_hands_the_run_in(house: Obliging) -> None:
    task, (one, two, three) = house.run(), ids(house)
    house.fine(task, one)
    house.fine(task, three)
    assert house.task(task).state is TaskState.UNDER_WAY
    house.fine(task, two)
    found = house.task(task)
    assert found.state is TaskState.HANDED_IN
    assert found.given_by == house.field.ids["王志强"]
    assert found.checker is not None
    assert found.checker != found.given_by
    (proof,) = evidence.of_task(house.tx, task)
    assert proof.words == "3 台设备都查了，3 台正常"


def test_all_fine_is_one_tap(house: Obliging) -> None:
    task = house.run()
    devices.all_fine(house.tx, house.field.ids["王志强"], task, house.bureau, house.now)
    assert house.task(task).state is TaskState.HANDED_IN
    assert [one.state for one in kept.found_in(house.tx, task)] == [kept.FINE] * 3


def test_a_broken_device_is_a_problem_with_its_photo(house: Obliging) -> None:
    task, (one, two, three) = house.run(), ids(house)
    number = house.broken(task, two, "屏幕黑了")
    report = house.field.report(number)
    assert report.text == "2号分类箱：屏幕黑了"
    assert report.intent == "problem"
    assert awaited.of(house.tx, house.field.ids["王志强"], house.now) is None
    house.fine(task, one)
    house.fine(task, three)
    (proof,) = evidence.of_task(house.tx, task)
    assert proof.words == "3 台设备都查了，2 台正常，1 台坏了：2号分类箱：屏幕黑了"


def test_a_devices_spot_is_its_reports(house: Obliging) -> None:
    admin = house.field.ids["王芳"]
    devices.add(house.tx, admin, "主题公园箱", "park", house.bureau, house.now)
    number = house.broken(house.run(), ids(house)[-1], "")
    assert [find[0] for find in house.field.finds(number)] == ["park"]
    assert house.field.report(number).text == "主题公园箱坏了"


def test_what_was_said_of_a_device_can_be_set_right(house: Obliging) -> None:
    task, (one, _, _) = house.run(), ids(house)
    house.broken(task, one, "黑屏")
    house.fine(task, one)
    facts = checked_devices(house.tx, task)
    assert facts is not None
    assert [item.state for item in facts.items] == ["fine", None, None]
    house.broken(task, one, "又黑了")
    assert [one.state for one in kept.found_in(house.tx, task)] == [kept.BROKEN]


def test_a_device_that_comes_in_between_is_checked_too(house: Obliging) -> None:
    task = house.run()
    one, two, three = ids(house)
    house.fine(task, one)
    house.fine(task, two)
    house.adds("新箱")
    house.fine(task, three)
    assert house.task(task).state is TaskState.UNDER_WAY
    house.fine(task, ids(house)[-1])
    assert house.task(task).state is TaskState.HANDED_IN


def test_one_that_goes_is_waited_for_no_more(house: Obliging) -> None:
    task = house.run()
    one, two, _ = ids(house)
    house.fine(task, one)
    house.fine(task, two, who="王志强")
    assert [found.id for found in house.removes("称重台")] == [task]
    found = house.task(task)
    assert (found.state, found.given_by) == (TaskState.HANDED_IN, house.field.ids["王志强"])


def test_an_empty_list_is_no_check_that_was_done(house: Obliging) -> None:
    task = house.run()
    for name in ("1号分类箱", "2号分类箱", "称重台"):
        assert house.removes(name) == []
    assert house.task(task).state is TaskState.NOT_STARTED
    house.field.leaves_all(
        lambda: devices.all_fine(
            house.tx, house.field.ids["王志强"], task, house.bureau, house.now
        ), Refused, "清单还是空的",
    )  # fmt: skip


def test_papers_alone_are_not_enough(house: Obliging) -> None:
    """「已完成，交佐证」 with a file: kept, but not handed in while a device has no result."""
    task, me = house.run(), house.field.ids["王志强"]
    where = ("telegram", house.field.chat("王志强"), 77)
    task_evidence.begin(house.tx, me, task, *where, house.now)
    task_evidence.add(house.tx, me, task, house.sent("王志强", "", "document"), house.now)
    house.field.leaves_all(
        lambda: task_evidence.hand_in(house.tx, me, task, house.bureau, house.now),
        Refused, "还有 3 台设备没有结果：1号分类箱、2号分类箱、称重台",
    )  # fmt: skip
    devices.all_fine(house.tx, me, task, house.bureau, house.now)
    assert house.task(task).state is TaskState.HANDED_IN
    assert len(evidence.of_task(house.tx, task)) == 2


def test_a_second_person_settles_it(house: Obliging) -> None:
    task = house.run()
    devices.all_fine(house.tx, house.field.ids["王志强"], task, house.bureau, house.now)
    checker = house.task(task).checker
    assert checker is not None
    task_deeds.approve(house.tx, checker, task, house.bureau, house.now)
    assert house.task(task).state is TaskState.SIGNED_OFF
    assert house.runs()[0].standing(house.now.date()) == "done"


def test_one_that_was_sent_back_is_handed_in_anew(house: Obliging) -> None:
    task, me = house.run(), house.field.ids["王志强"]
    devices.all_fine(house.tx, me, task, house.bureau, house.now)
    checker = house.task(task).checker
    assert checker is not None
    task_deeds.send_back(house.tx, checker, task, "2号箱没写", house.bureau, house.now)
    assert house.task(task).state is TaskState.UNDER_WAY
    devices.all_fine(house.tx, me, task, house.bureau, house.now)
    assert house.task(task).state is TaskState.HANDED_IN


def test_over_is_over(house: Obliging) -> None:
    task, (one, _, _) = house.run(), ids(house)
    devices.all_fine(house.tx, house.field.ids["王志强"], task, house.bureau, house.now)
    house.field.leaves_all(lambda: house.fine(task, one), TooLate, "已经交了")
    house.field.leaves_all(
        lambda: devices.mark_fine(
            house.tx, house.field.ids["王志强"], 10**9, one, house.bureau, house.now
        ), NotFound, "不是周期任务",
    )  # fmt: skip


def test_an_exempt_check_is_not_gone_through(house: Obliging) -> None:
    task, (one, _, _) = house.run(), ids(house)
    house.exempts(DEVICE, None, "停用")
    house.field.leaves_all(lambda: house.fine(task, one), TooLate, "免了")


def test_only_whoever_has_it_checks_but_nobodys_is_his_who_does_it(house: Obliging) -> None:
    task, (one, _, _) = house.run(), ids(house)
    house.field.leaves_all(lambda: house.fine(task, one, "张建国"), NotAllowed, "责任人")
    house.has(DEVICE, owner="")
    house.on("2025-07-01")
    house.rings()
    house.gives(DEVICE, "王志强")
    house.fine(house.run(), one, "王志强")


def test_a_check_that_nobody_has_is_his_who_begins_it(field: Field) -> None:
    house = Obliging(field)
    house.rings()
    (one,) = house.adds("1号箱")
    house.fine(house.run(), one, "张建国")
    assert house.runs()[0].owners == ("张建国",)
    assert house.task(house.run()).state is TaskState.HANDED_IN


def test_the_list_is_the_files_but_for_what_an_admin_said(field: Field) -> None:
    house = Obliging(field)
    field.bureau = _with(house, Device("甲"), Device("乙", "park"))
    assert [one.name for one in devices.active(house.tx, house.bureau)] == ["甲", "乙"]
    house.removes("甲")
    house.adds("丙")
    assert [one.name for one in devices.active(house.tx, house.bureau)] == ["乙", "丙"]
    field.bureau = _with(house, Device("甲"))
    assert [one.name for one in devices.active(house.tx, house.bureau)] == ["丙"]
    assert [one.name for one in devices.known(house.tx, house.bureau)] == ["丙"]
    house.field.leaves_all(lambda: house.adds("丙"), Refused, "已经在设备清单")
    house.field.leaves_all(lambda: house.adds("长" * 21), Refused, "1 到 20 个字")
    house.field.leaves_all(lambda: house.removes("没有"), NotFound, "清单里没有")
    house.adds("甲")
    assert [one.name for one in devices.active(house.tx, house.bureau)] == ["甲", "丙"]


def _with(house: Obliging, *found: Device) -> Bureau:
    return replace(house.bureau, devices=found)


# ---- told in words ----


def test_words_and_a_photo_are_evidence_and_the_devices_are_still_asked(house: Obliging) -> None:
    """「智能设备本月检测完了，3台分类箱屏幕坏的已换」: a report, evidence, and the list to tap."""
    task = house.run()
    number = house.tells("王志强", "主题公园智能设备本月检测完了，3台分类箱屏幕坏的已换", "photo")
    assert number is not None
    (proof,) = evidence.of_task(house.tx, task)
    assert proof.part is not None
    assert house.task(task).state in OWING
    assert ("devices", task) in house.field.owed("王志强")
    devices.all_fine(house.tx, house.field.ids["王志强"], task, house.bureau, house.now)
    assert house.task(task).state is TaskState.HANDED_IN


def test_a_paper_with_its_words_is_handed_in(house: Obliging) -> None:
    house.field.join("支部书记", set())
    house.gives(PARTY, "王志强")
    house.on("2025-07-01")
    house.rings()
    task = house.run(PARTY)
    assert house.tells("王志强", "七月党支部汇报交了") is None
    found = house.task(task)
    assert found.state is TaskState.HANDED_IN
    assert [one.kind for one in evidence.of_task(house.tx, task)] == ["document"]
    assert ("task", task) in house.field.owed("王志强")


def test_a_paper_that_was_only_told_of_is_waited_for(house: Obliging) -> None:
    house.gives(PARTY, "王志强")
    house.on("2025-07-01")
    house.rings()
    task, me = house.run(PARTY), house.field.ids["王志强"]
    house.tells("王志强", "本月党支部汇报已报送", None)
    assert house.task(task).state is TaskState.UNDER_WAY
    wanted = awaited.of(house.tx, me, house.now)
    assert wanted is not None
    assert (wanted.what, wanted.subject) == (task_evidence.GIVING, task)


def test_another_months_words_are_of_its_run(house: Obliging) -> None:
    house.gives(PARTY, "王志强")
    for day in ("2025-07-01", "2025-08-01"):
        house.on(day)
        house.rings()
    house.tells("王志强", "党支部7月工作汇报已报送")
    assert [house.task(one.task).state for one in house.runs(PARTY)][-2:] == [
        TaskState.HANDED_IN, TaskState.NOT_STARTED,
    ]  # fmt: skip


def test_what_somebody_else_tells_is_kept_with_the_run_and_not_handed_in(house: Obliging) -> None:
    house.gives(PARTY, "王志强")
    house.on("2025-07-01")
    house.rings()
    task = house.run(PARTY)
    assert house.tells("张建国", "本月党支部工作汇报已报送", "photo") is None
    assert house.task(task).state is TaskState.NOT_STARTED
    assert [one.person for one in evidence.of_task(house.tx, task)] == [house.field.ids["张建国"]]
    assert ("task", task) in house.field.owed("张建国")


def test_what_is_no_runs_is_a_report_as_ever(house: Obliging) -> None:
    """What has no period, what quotas count, what was exempted, what came before the first run."""
    house.exempts("sanhuiyike_quarterly", None, "推迟")
    for words in ("三会一课专项监督检查做完了", "四季度研判报告已交", "本月账务检查做完了"):
        number = house.tells("王志强", words, "photo")
        assert house.field.report(number).intent == "obligation", words


def test_words_after_it_is_done_show_how_it_stands(house: Obliging) -> None:
    house.gives(PARTY, "王志强")
    house.tells("王志强", "本月党支部汇报交了")
    task = house.run(PARTY)
    assert house.task(task).state is TaskState.HANDED_IN
    house.tells("王志强", "六月党支部汇报交了", None)
    assert len(evidence.of_task(house.tx, task)) == 2
    assert len([one for one in house.field.owed("王志强") if one == ("task", task)]) == 2


def test_the_same_message_twice_is_once(house: Obliging) -> None:
    house.gives(PARTY, "王志强")
    house.on("2025-07-01")
    house.rings()
    house.tells("王志强", "本月党支部汇报交了")
    before = house.field.rows()
    house.message -= 1
    house.tells("王志强", "本月党支部汇报交了")
    assert house.field.rows() == before


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["fine", "broken", "add", "remove", "back", "all"]), st.integers(0, 9)
    ),
    max_size=20,
)


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(STEPS)
def test_it_is_handed_in_exactly_when_every_device_has_a_result(
    house: Obliging, steps: list[tuple[str, int]]
) -> None:
    """Whatever order, whichever devices come and go."""
    point = house.tx.begin_nested()
    try:
        _play(house, steps)
    finally:
        point.rollback()


def _play(house: Obliging, steps: list[tuple[str, int]]) -> None:
    task, me = house.run(), house.field.ids["王志强"]
    given_back = False
    for what, n in steps:
        here = ids(house)
        names = {one.id: one.name for one in kept.everything(house.tx)}
        try:
            if what == "add":
                house.adds(f"设备{n}")
            elif what == "back":
                task_evidence.take_back(house.tx, me, task, house.now)
                given_back = True
            elif what == "all":
                devices.all_fine(house.tx, me, task, house.bureau, house.field.later(seconds=1))
                given_back = False
            elif here and what == "remove":
                house.removes(names[here[n % len(here)]])
            elif here and what == "fine":
                house.fine(task, here[n % len(here)])
                given_back = given_back and bool(kept.lacking(house.tx, task))
            elif here:
                house.broken(task, here[n % len(here)], "黑屏")
                given_back = given_back and bool(kept.lacking(house.tx, task))
        except GangtingError:
            pass
        state = house.task(task).state
        if state is TaskState.HANDED_IN:
            assert evidence.of_task(house.tx, task)
        else:
            whole = ids(house) and not kept.lacking(house.tx, task)
            assert not whole or given_back


def test_a_photo_is_not_lost_by_a_check_that_is_over(house: Obliging) -> None:
    first, second, _ = ids(house)
    task, me = house.run(), house.field.ids["王志强"]
    house.fine(task, first)
    devices.ask(house.tx, me, task, second, house.now)
    house.exempts(DEVICE, None, "停用")
    number = house.tells("王志强", "松江路 占道经营1处", "photo")
    assert house.field.report(number).intent == "problem"
    assert awaited.of(house.tx, me, house.now) is None


def test_a_device_goes_though_who_checked_the_others_left(house: Obliging) -> None:
    task, (first, second, _) = house.run(), ids(house)
    house.fine(task, first)
    house.fine(task, second)
    task_people.name(house.tx, task, task_people.OWNER, [("赵敏", house.field.ids["赵敏"])])
    assert house.removes("称重台") == []
    assert house.task(task).state in OWING


def test_a_checker_who_adds_evidence_checks_it_no_more(house: Obliging) -> None:
    house.gives(PARTY, "王志强")
    house.tells("王志强", "本月党支部汇报交了")
    task = house.run(PARTY)
    names = {number: name for name, number in house.field.ids.items()}
    checker = house.task(task).checker
    assert checker is not None
    house.tells(names[checker], "本月党支部工作汇报已报送", "photo")
    found = house.task(task)
    assert len(evidence.of_task(house.tx, task)) == 2
    assert found.checker not in (None, checker, house.field.ids["王志强"])


def test_a_second_press_of_whoever_settled_a_run_changes_nothing(house: Obliging) -> None:
    house.gives(PARTY, "王志强")
    house.tells("王志强", "本月党支部汇报交了")
    task, before = house.run(PARTY), len(house.field.deeds())
    checker = house.task(task).checker
    assert checker is not None
    for _ in range(2):
        task_deeds.approve(house.tx, checker, task, house.bureau, house.now)
    found = house.task(task)
    assert found.state is TaskState.SIGNED_OFF
    assert [deed for deed, _ in house.field.deeds()[before:]] == ["task_approve", "task_settle"]
    with pytest.raises(TooLate, match="已经办完"):
        task_evidence.take_back(house.tx, house.field.ids["王志强"], task, house.now)
