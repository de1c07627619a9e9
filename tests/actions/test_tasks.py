"""A task's way: handed in, checked by a second person, signed off by a third; and back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.actions import (
    checkers,
    leaving,
    ledger_set,
    ledger_views,
    look_backs,
    photos,
    task_deeds,
    task_evidence,
    task_files,
    task_heirs,
    task_longer,
    todo,
)
from bot.actions.ledger import turn_of
from bot.actions.taking import add, take
from bot.actions.task_facts import task_facts
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.ledger import TaskState, is_done
from bot.words.task_reviews import told
from bot.words.tasks import file_asked
from bot.words.tasks import task as task_card
from storage import (
    absences,
    awaited,
    evidence,
    journal,
    outbox,
    parts,
    people,
    task_people,
    task_stages,
    tasks,
)
from storage.people import FROZEN
from tests.actions.conftest import Field
from tests.actions.ledger import JUNE_15, Ledger

S = TaskState


@pytest.fixture
def ledger(field: Field) -> Ledger:
    return Ledger(field)


def moves(ledger: Ledger) -> list[str]:
    return [deed for deed, _ in ledger.field.deeds() if deed.startswith("task_")]


def arrive(ledger: Ledger) -> None:
    """Every file that is expected is stored."""
    for part in parts.due(ledger.tx, ledger.now, 99):
        facts = {"sha256": f"{part.id:064x}", "size": 9}
        photos.arrived(ledger.tx, part, facts, ledger.now)


def test_a_task_goes_from_the_owner_to_a_second_person_to_the_leader(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.gives("王志强", task, kind="document")
    found = task_evidence.hand_in(
        ledger.tx, ledger.id("王志强"), task.id, ledger.bureau, ledger.now
    )
    assert (found.state, ledger.names([found.checker])) == (S.HANDED_IN, ["赵敏"])
    # Asked once the file is with us, not before.
    assert ledger.cards("task_check") == []
    arrive(ledger)
    assert ledger.cards("task_check") == [("赵敏", "task_check", task.id)]
    found = task_deeds.approve(ledger.tx, ledger.id("赵敏"), task.id, ledger.bureau, ledger.now)
    assert found.state is S.CHECKED
    assert ledger.cards("task_sign") == [("李主任", "task_sign", task.id)]
    found = task_deeds.sign_off(ledger.tx, ledger.id("李主任"), task.id, ledger.bureau, ledger.now)
    assert (found.state, found.signed_by) == (S.SIGNED_OFF, ledger.id("李主任"))
    assert found.look_on == date(2025, 9, 8)  # 90 days later is a Sunday
    assert ("王志强", "task_told", task.id) in ledger.cards("task_told")
    assert moves(ledger) == [
        "task_start", "task_evidence", "task_hand_in", "task_approve", "task_sign_off"
    ]  # fmt: skip
    # The same presses again change nothing.
    before = len(ledger.field.deeds())
    task_deeds.sign_off(ledger.tx, ledger.id("李主任"), task.id, ledger.bureau, ledger.now)
    assert len(ledger.field.deeds()) == before


def test_nobody_checks_or_signs_off_his_own(ledger: Ledger) -> None:
    task = ledger.task(leader="王志强")
    found = ledger.handed_in(task, kind=None)
    refused = [
        (task_deeds.approve, NotAllowed), (task_deeds.sign_off, TooLate),
    ]  # fmt: skip
    for deed, fault in refused:
        with pytest.raises(fault):
            deed(ledger.tx, ledger.id("王志强"), found.id, ledger.bureau, ledger.now)
    found = ledger.checked(found)
    # He is its leader and its owner: another leader is asked.
    assert ledger.cards("task_sign") == [("李主任", "task_sign", task.id)]
    with pytest.raises(NotAllowed, match="自己办的"):
        task_deeds.sign_off(ledger.tx, ledger.id("王志强"), found.id, ledger.bureau, ledger.now)


def test_whoever_checked_it_does_not_sign_it_off(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.handed_in(task, kind=None)
    tasks.change(ledger.tx, ledger.fresh(task), checker=ledger.id("李主任"))
    task_deeds.approve(ledger.tx, ledger.id("李主任"), task.id, ledger.bureau, ledger.now)
    assert ledger.cards("task_sign") == [("钱局", "task_sign", task.id)]
    with pytest.raises(NotAllowed, match="复核过"):
        task_deeds.sign_off(ledger.tx, ledger.id("李主任"), task.id, ledger.bureau, ledger.now)
    done = task_deeds.sign_off(ledger.tx, ledger.id("钱局"), task.id, ledger.bureau, ledger.now)
    assert done.state is S.SIGNED_OFF


def test_a_helper_who_gave_evidence_does_not_check_it(ledger: Ledger) -> None:
    task = ledger.task()
    task_people.name(ledger.tx, task.id, task_people.HELPER, [("赵敏", ledger.id("赵敏"))])
    found = ledger.handed_in(task, "赵敏", kind=None)
    assert "赵敏" not in ledger.names([found.checker])
    with pytest.raises(NotAllowed, match="自己办的"):
        task_deeds.approve(ledger.tx, ledger.id("赵敏"), task.id, ledger.bureau, ledger.now)


def test_nothing_is_handed_in_without_evidence(ledger: Ledger) -> None:
    task = ledger.task()
    owner = ledger.id("王志强")
    task_evidence.begin(ledger.tx, owner, task.id, "telegram", 1, 1, ledger.now)
    ledger.field.leaves_all(
        lambda: task_evidence.hand_in(ledger.tx, owner, task.id, ledger.bureau, ledger.now),
        Refused, "还没收到",
    )  # fmt: skip
    short = ledger.message("王志强", "好了", kind=None)
    with pytest.raises(Refused, match="太短"):
        task_evidence.add(ledger.tx, owner, task.id, short, ledger.now)


def test_sent_back_with_a_reason_and_handed_in_again(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.handed_in(task, kind=None)
    checker = ledger.id("赵敏")
    with pytest.raises(Refused, match="原因"):
        task_deeds.send_back(ledger.tx, checker, task.id, " ", ledger.bureau, ledger.now)
    task_deeds.send_back(ledger.tx, checker, task.id, "缺验收单", ledger.bureau, ledger.now)
    found = ledger.fresh(task)
    assert (found.state, found.returned, found.reason) == (S.UNDER_WAY, 1, "缺验收单")
    # What was given before is seen, but not handed in again.
    assert evidence.of_task(ledger.tx, task.id, 1) == []
    assert len(evidence.of_task(ledger.tx, task.id)) == 1
    again = ledger.checked(ledger.handed_in(task, kind=None))
    leader = ledger.id("李主任")
    task_deeds.refuse(ledger.tx, leader, again.id, "再核实", ledger.bureau, ledger.now)
    assert (ledger.fresh(task).state, ledger.fresh(task).returned) == (S.UNDER_WAY, 2)


def test_rethought_within_a_day_and_reopened_with_a_reason_later(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.signed(task)
    leader = ledger.id("李主任")
    ledger.field.later(hours=24)
    found = task_deeds.rethink(ledger.tx, leader, task.id, ledger.bureau, ledger.now)
    assert (found.state, found.look_on) == (S.CHECKED, None)
    task_deeds.sign_off(ledger.tx, leader, task.id, ledger.bureau, ledger.now)
    ledger.field.later(hours=24, seconds=1)
    with pytest.raises(TooLate, match="24 小时"):
        task_deeds.rethink(ledger.tx, leader, task.id, ledger.bureau, ledger.now)
    with pytest.raises(Refused, match="原因"):
        task_deeds.reopen(ledger.tx, leader, task.id, "", ledger.bureau, ledger.now)
    with pytest.raises(NotAllowed):
        task_deeds.reopen(
            ledger.tx, ledger.id("王志强"), task.id, "不对", ledger.bureau, ledger.now
        )  # fmt: skip
    task_deeds.reopen(ledger.tx, leader, task.id, "又坏了", ledger.bureau, ledger.now)
    found = ledger.fresh(task)
    assert (found.state, found.reopened, found.signed_by) == (S.REOPENED, 1, None)
    assert found.due is not None
    assert found.due > ledger.now.date()
    assert ledger.handed_in(task, kind=None).state is S.HANDED_IN


def test_only_whoever_signed_it_off_rethinks(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.signed(task)
    with pytest.raises(NotAllowed, match="销号的人"):
        task_deeds.rethink(ledger.tx, ledger.id("钱局"), task.id, ledger.bureau, ledger.now)


def test_a_long_term_task_meets_its_stages_and_is_never_signed_off(ledger: Ledger) -> None:
    task = ledger.task("垃圾分类宣传", long_term=True, due=date(2025, 6, 30))
    stages = [(date(2025, 6, 30), "上半年"), (date(2025, 12, 31), "下半年")]
    task_stages.set_milestones(ledger.tx, task.id, stages)
    leader = ledger.id("李主任")
    found = ledger.signed(task)
    assert (found.state, found.met, found.due) == (S.LASTING, 1, date(2025, 12, 31))
    assert found.look_on is None
    assert [m.met_by for m in task_stages.milestones_of(ledger.tx, task.id)] == [leader, None]
    taken = task_deeds.rethink(ledger.tx, leader, task.id, ledger.bureau, ledger.now)
    assert (taken.state, taken.met, taken.due) == (S.CHECKED, 0, date(2025, 6, 30))
    task_deeds.sign_off(ledger.tx, leader, task.id, ledger.bureau, ledger.now)
    found = ledger.signed(task)
    assert (found.state, found.met, found.due) == (S.LASTING, 2, None)
    task_deeds.reopen(ledger.tx, leader, task.id, "回潮了", ledger.bureau, ledger.now)
    assert ledger.fresh(task).state is S.REOPENED


def test_a_longer_time_in_two_taps_is_counted_and_granted_by_a_leader(ledger: Ledger) -> None:
    task = ledger.task()
    owner, leader = ledger.id("王志强"), ledger.id("李主任")
    _, days = task_longer.ask_day(ledger.tx, owner, task.id, ledger.bureau, ledger.now)
    assert days == [date(2025, 6, 20), date(2025, 6, 30)]
    asked = task_longer.ask(
        ledger.tx, owner, task.id, days[0], "等设备到货", ledger.bureau, ledger.now
    )
    assert ledger.cards("task_longer") == [("李主任", "task_longer", asked.id)]
    with pytest.raises(Refused, match="申请过了"):
        task_longer.ask_day(ledger.tx, owner, task.id, ledger.bureau, ledger.now)
    for who in ("王志强", "赵敏", "张建国"):
        with pytest.raises(NotAllowed):
            task_longer.grant(ledger.tx, ledger.id(who), asked.id, ledger.bureau, ledger.now)
    found = task_longer.grant(ledger.tx, leader, asked.id, ledger.bureau, ledger.now)
    assert (found.due, found.due_first, found.extended) == (days[0], JUNE_15, 1)
    with pytest.raises(TooLate, match="已经同意"):
        task_longer.refuse(ledger.tx, leader, asked.id, "不行", ledger.bureau, ledger.now)
    again = task_longer.ask(ledger.tx, owner, task.id, days[1], "等资金", ledger.bureau, ledger.now)
    found = task_longer.grant(
        ledger.tx, leader, again.id, ledger.bureau, ledger.now, date(2025, 6, 25)
    )
    assert (found.due, found.extended) == (date(2025, 6, 25), 2)


def test_the_cards_of_a_longer_time_follow_the_task(ledger: Ledger) -> None:
    """Handed in meanwhile, there is nothing to grant; sent back, there is again."""
    task, owner = ledger.task(), ledger.id("王志强")
    day = date(2025, 6, 20)
    task_longer.ask(ledger.tx, owner, task.id, day, "等设备", ledger.bureau, ledger.now)
    before = ledger.wanted("task_longer", "task_longer_own")
    assert len(before) == 2
    checker = ledger.handed_in(task).checker
    assert checker is not None
    given = ledger.wanted("task_longer", "task_longer_own")
    assert all(given[key] > before[key] for key in before)
    task_deeds.send_back(ledger.tx, checker, task.id, "不够", ledger.bureau, ledger.now)
    back = ledger.wanted("task_longer", "task_longer_own")
    assert all(back[key] > given[key] for key in before)


@pytest.mark.parametrize(
    ("day", "says"),
    [(date(2025, 6, 15), "太近"), (date(2025, 1, 1), "太近"), (date(2026, 6, 15), "最多延")],
)
def test_a_day_that_nobody_can_ask_for(ledger: Ledger, day: date, says: str) -> None:
    task = ledger.task()
    with pytest.raises(Refused, match=says):
        task_longer.ask(
            ledger.tx, ledger.id("王志强"), task.id, day, "等设备", ledger.bureau, ledger.now
        )  # fmt: skip


def test_who_says_again_that_he_cant_is_heard_once(ledger: Ledger) -> None:
    """He saw no answer and pressed again: the leader has heard it, another reason is news."""
    task, owner = ledger.task(), ledger.id("王志强")
    for reason in ("等资金", "等资金", "等设备到货", "等资金"):
        task_deeds.stuck(ledger.tx, owner, task.id, reason, ledger.bureau, ledger.now)
        assert ledger.fresh(task).stuck == reason
    said = [line.deed for line in journal.lines(ledger.tx) if line.deed == "task_stuck"]
    assert len(said) == len(ledger.cards("task_told")) == 3


def test_looking_back_passes_or_reopens(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.signed(task)
    ledger.field.later(days=91)
    who = look_backs.looker(ledger.tx, ledger.fresh(task))
    assert who is not None
    assert who.name == "赵敏"
    with pytest.raises(NotAllowed, match="别人"):
        look_backs.held(ledger.tx, ledger.id("王志强"), task.id, ledger.bureau, ledger.now)
    found = look_backs.held(ledger.tx, who.id, task.id, ledger.bureau, ledger.now)
    assert (found.state, found.look_on) == (S.SIGNED_OFF, None)
    assert [one.result for one in task_stages.looks_of(ledger.tx, task.id)] == ["held"]
    look_backs.failed(ledger.tx, who.id, task.id, "又摆出来了", ledger.bureau, ledger.now)
    assert ledger.fresh(task).state is S.REOPENED


def test_a_file_by_itself_is_asked_about_where_one_task_is_due(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.task("很远的", due=date(2025, 12, 1))
    owner = ledger.id("王志强")
    paper = ledger.message("王志强", kind="document")
    take(ledger.tx, owner, paper, ledger.field.read, ledger.bureau, ledger.now)
    ((_, _, row),) = ledger.cards("task_ask")
    assert evidence.of_task(ledger.tx, task.id) == []
    task_files.claim(ledger.tx, owner, row, task.number, ledger.now)
    assert len(evidence.of_task(ledger.tx, task.id)) == 1
    wanted = awaited.of(ledger.tx, owner, ledger.now)
    assert wanted is not None
    assert wanted.what == task_evidence.GIVING
    task_files.deny(ledger.tx, owner, row, ledger.now)
    assert evidence.of_task(ledger.tx, task.id) == []
    with pytest.raises(NotFound):
        task_files.claim(ledger.tx, ledger.id("赵敏"), row, 0, ledger.now)


def test_an_officers_photo_is_a_report_whatever_he_owns(ledger: Ledger) -> None:
    ledger.task(owner="张建国")
    photo = ledger.message("张建国")
    number = take(
        ledger.tx, ledger.id("张建国"), photo, ledger.field.read, ledger.bureau, ledger.now
    )
    assert number is not None
    assert ledger.cards("task_ask") == []


def test_trouble_reported_while_evidence_is_awaited_is_a_report(ledger: Ledger) -> None:
    task = ledger.task(owner="张建国")
    ledger.gives("张建国", task)
    shot = ledger.message("张建国", "松江路 占道经营1处")
    number = take(
        ledger.tx, ledger.id("张建国"), shot, ledger.field.read, ledger.bureau, ledger.now
    )
    assert number is not None
    assert len(evidence.of_task(ledger.tx, task.id)) == 1


def test_words_and_files_that_answer_a_card_are_evidence(ledger: Ledger) -> None:
    task = ledger.task()
    owner, chat = ledger.id("王志强"), ledger.field.chat("王志强")
    outbox.owe(ledger.tx, "telegram", chat, "task", task.id, ledger.now)
    ledger.tx.execute(outbox.table.update().values(message=77, state=outbox.SHOWN))
    paper: Any = ledger.message("王志强", "验收单在这里", kind="document")
    paper = type(paper)(
        paper.line, paper.chat, paper.number, paper.at, paper.words, paper.file, reply=77
    )
    take(ledger.tx, owner, paper, ledger.field.read, ledger.bureau, ledger.now)
    assert [one.words for one in evidence.of_task(ledger.tx, task.id)] == ["验收单在这里"]


def test_lost_files_give_the_task_back(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.handed_in(task, kind="document")
    (part,) = parts.due(ledger.tx, ledger.now, 9)
    photos.lost(ledger.tx, part, "gone", "没了", ledger.now, {})
    found = ledger.fresh(task)
    assert (found.state, found.checker) == (S.UNDER_WAY, None)
    assert ("王志强", "task_told", task.id) in ledger.cards("task_told")


def test_the_owner_is_changed_by_a_leader_or_an_admin_only(ledger: Ledger) -> None:
    task = ledger.task()
    for who in ("王志强", "赵敏", "孙涛"):
        with pytest.raises(NotAllowed):
            task_deeds.give_to(
                ledger.tx, ledger.id(who), task.id, ledger.id("周凯"), ledger.now
            )  # fmt: skip
    name = task_deeds.give_to(
        ledger.tx, ledger.id("李主任"), task.id, ledger.id("周凯"), ledger.now
    )
    assert name == "周凯"
    said = task_people.named_in(ledger.tx, task.id)
    assert [m.name for m in said if m.part == "owner"] == ["周凯"]
    told = {who for who, _, _ in ledger.cards("task_told")}
    assert told == {"王志强", "周凯"}


def test_who_leaves_hands_his_tasks_and_checks_over(ledger: Ledger) -> None:
    own, other = ledger.task(), ledger.task("别人的", owner="周凯")
    ledger.handed_in(other, "周凯", kind=None)
    before = ledger.fresh(other).checker
    assert before is not None
    leaver = ledger.names([before])[0]
    task_people.name(ledger.tx, own.id, task_people.OWNER, [(leaver, before)])
    _, _, count = leaving.leave(
        ledger.tx, ledger.id("王芳"), leaver, "张建国", ledger.bureau, ledger.now
    )
    assert count == 2
    said = task_people.named_in(ledger.tx, own.id)
    assert [m.name for m in said if m.part == "owner"] == ["张建国"]
    assert ledger.fresh(other).checker not in (before, None)


def test_what_was_asked_for_before_a_reopening_stands_in_nobodys_way(ledger: Ledger) -> None:
    task, owner = ledger.task(), ledger.id("王志强")
    day = date(2025, 6, 20)
    asked = task_longer.ask(ledger.tx, owner, task.id, day, "等设备", ledger.bureau, ledger.now)
    ledger.signed(task)
    with pytest.raises(TooLate):
        task_longer.grant(ledger.tx, ledger.id("李主任"), asked.id, ledger.bureau, ledger.now)
    task_deeds.reopen(
        ledger.tx, ledger.id("李主任"), task.id, "又坏", ledger.bureau, ledger.now
    )  # fmt: skip
    assert task_longer.waiting(ledger.tx, task.id) is None
    found, days = task_longer.ask_day(ledger.tx, owner, task.id, ledger.bureau, ledger.now)
    assert found.due is not None
    assert min(days) > found.due


def test_days_to_pick_from_are_different_ones(ledger: Ledger) -> None:
    """Also before a long holiday, which both would lie in."""
    task = ledger.task(due=date(2025, 9, 24))
    for day in range(9, 31):
        days = task_longer.choices(task, ledger.bureau, date(2025, 9, day))
        assert len(set(days)) == len(days) > 0


def test_who_goes_out_gives_evidence_for_an_hour_only(ledger: Ledger) -> None:
    task = ledger.task(owner="张建国")
    ledger.gives("张建国", task)
    ledger.field.later(minutes=61)
    shot = ledger.message("张建国")
    take(ledger.tx, ledger.id("张建国"), shot, ledger.field.read, ledger.bureau, ledger.now)
    assert len(evidence.of_task(ledger.tx, task.id)) == 1
    own = ledger.task()
    ledger.gives("王志强", own)
    ledger.field.later(hours=11)
    more = ledger.message("王志强")
    take(ledger.tx, ledger.id("王志强"), more, ledger.field.read, ledger.bureau, ledger.now)
    assert len(evidence.of_task(ledger.tx, own.id)) == 2


def test_what_waits_is_in_ones_to_dos(ledger: Ledger) -> None:
    def waits(name: str) -> list[tuple[int, str]]:
        found = todo.todo(ledger.tx, ledger.id(name), ledger.bureau, ledger.now)
        assert found.total == len(found.tasks)
        return [(one.number, one.why) for one in found.tasks]

    task = ledger.task()
    ledger.task("很远的", due=date(2025, 12, 1))
    assert waits("王志强") == [(1, "own")]
    ledger.handed_in(task, kind=None)
    assert (waits("王志强"), waits("赵敏"), waits("李主任")) == ([], [(1, "check")], [])
    ledger.checked(task)
    assert (waits("赵敏"), waits("李主任"), waits("钱局")) == ([], [(1, "sign")], [])


def test_frozen_people_are_asked_nothing(ledger: Ledger) -> None:
    people.change(ledger.tx, ledger.id("赵敏"), state=FROZEN)
    people.change(ledger.tx, ledger.id("李主任"), state=FROZEN)
    task = ledger.task()
    found = ledger.handed_in(task, kind=None)
    assert ledger.names([found.checker])[0] not in ("赵敏", "王志强")
    ledger.checked(task)
    assert ledger.cards("task_sign") == [("钱局", "task_sign", task.id)]


def test_a_task_of_a_department_is_any_of_its_peoples(ledger: Ledger) -> None:
    task = ledger.task(owner=None)
    found = ledger.handed_in(task, "赵敏", kind=None)
    assert ledger.names([found.checker]) == ["王志强"]
    assert ledger.checked(found).state is S.CHECKED
    task_deeds.refuse(
        ledger.tx, ledger.id("李主任"), task.id, "不够", ledger.bureau, ledger.now
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        task_evidence.begin(
            ledger.tx, ledger.id("周凯"), task.id, "telegram", 1, 1, ledger.now + timedelta(1)
        )  # fmt: skip


def test_the_journal_replays_to_the_state(ledger: Ledger) -> None:
    from bot.rules.ledger import MOVE_NAMES, replay

    task = ledger.task()
    ledger.signed(task)
    task_deeds.reopen(
        ledger.tx, ledger.id("李主任"), task.id, "又坏", ledger.bureau, ledger.now
    )  # fmt: skip
    ledger.handed_in(task, kind=None)
    names = [
        line.deed.removeprefix("task_") for line in journal.lines(ledger.tx)
        if line.subject == f"task/{task.number}"
    ]  # fmt: skip
    moved = [name for name in names if name in MOVE_NAMES]
    assert replay(S.NOT_STARTED, moved) is ledger.fresh(task).state


def _void(ledger: Ledger, task: Any) -> None:
    tasks.change(ledger.tx, ledger.fresh(task), void=True)


def _signed(ledger: Ledger, task: Any) -> None:
    tasks.change(ledger.tx, ledger.fresh(task), state=S.SIGNED_OFF)


def _given_away(ledger: Ledger, task: Any) -> None:
    task_deeds.give_to(ledger.tx, ledger.id("李主任"), task.id, ledger.id("周凯"), ledger.now)


@pytest.mark.parametrize("happens", [_void, _signed, _given_away])
def test_a_photo_is_not_lost_by_a_task_that_takes_no_more(ledger: Ledger, happens: Any) -> None:
    task = ledger.task(owner="张建国")
    ledger.gives("张建国", task)
    happens(ledger, task)
    officer, shot = ledger.id("张建国"), ledger.message("张建国")
    assert take(ledger.tx, officer, shot, ledger.field.read, ledger.bureau, ledger.now)
    assert len(evidence.of_task(ledger.tx, task.id)) == 1
    assert awaited.of(ledger.tx, officer, ledger.now) is None


def test_a_colleague_who_checked_a_departments_task_looks_back_at_it(ledger: Ledger) -> None:
    task = ledger.task(owner=None)
    ledger.checked(ledger.handed_in(task, "赵敏", kind=None))
    task_deeds.sign_off(ledger.tx, ledger.id("李主任"), task.id, ledger.bureau, ledger.now)
    ledger.field.later(days=91)
    with pytest.raises(NotAllowed, match="别人"):
        look_backs.held(ledger.tx, ledger.id("赵敏"), task.id, ledger.bureau, ledger.now)
    who = look_backs.looker(ledger.tx, ledger.fresh(task))
    assert who is not None
    assert who.name == "王志强"
    found = look_backs.held(ledger.tx, who.id, task.id, ledger.bureau, ledger.now)
    assert found.look_on is None


def test_a_leader_of_the_department_grants_its_longer_time(ledger: Ledger) -> None:
    people.change(ledger.tx, ledger.id("李主任"), department="设备科")
    task = ledger.task(owner=None)
    asked = task_longer.ask(
        ledger.tx, ledger.id("赵敏"), task.id, date(2025, 6, 20), "等设备", ledger.bureau,
        ledger.now,
    )  # fmt: skip
    assert ledger.cards("task_longer") == [("李主任", "task_longer", asked.id)]
    found = task_longer.grant(ledger.tx, ledger.id("李主任"), asked.id, ledger.bureau, ledger.now)
    assert found.due == date(2025, 6, 20)
    own = task_longer.ask(
        ledger.tx, ledger.id("李主任"), task.id, date(2025, 6, 25), "再等等", ledger.bureau,
        ledger.now,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="自己的延期"):
        task_longer.grant(ledger.tx, ledger.id("李主任"), own.id, ledger.bureau, ledger.now)


def test_the_head_of_its_department_gives_it_to_another(ledger: Ledger) -> None:
    people.change(ledger.tx, ledger.id("孙涛"), department="设备科")
    task = ledger.task(owner=None)
    head = ledger.id("孙涛")
    task_deeds.give_to(ledger.tx, head, task.id, ledger.id("赵敏"), ledger.now)
    said = task_people.named_in(ledger.tx, task.id)
    assert [m.name for m in said if m.part == "owner"] == ["赵敏"]


def test_who_rethinks_a_stage_gives_back_its_day(ledger: Ledger) -> None:
    leader = ledger.id("李主任")
    for stages in ((), ((JUNE_15, "上半年"), (date(2025, 12, 31), "下半年"))):
        task = ledger.task("长期的", long_term=True)
        task_stages.set_milestones(ledger.tx, task.id, stages)
        later = date(2025, 6, 20)
        task_longer.give_day(ledger.tx, leader, task.id, later, ledger.bureau, ledger.now)
        ledger.signed(task)
        found = task_deeds.rethink(ledger.tx, leader, task.id, ledger.bureau, ledger.now)
        assert found.due == later
        assert not [m for m in task_stages.milestones_of(ledger.tx, task.id) if m.met_at]


def test_a_checker_who_becomes_its_owner_is_asked_no_more(ledger: Ledger) -> None:
    task = ledger.task()
    found = ledger.handed_in(task, kind=None)
    assert ledger.names([found.checker]) == ["赵敏"]
    admin = ledger.id("王芳")
    ledger_set.set_field(
        ledger.tx, admin, task.number, "责任人", "赵敏", ledger.bureau, ledger.now
    )  # fmt: skip
    found = ledger.fresh(task)
    assert (found.state, found.checker) == (S.HANDED_IN, ledger.id("周凯"))
    assert ("周凯", "task_check", task.id) in ledger.cards("task_check")


def test_the_heir_does_not_check_what_he_got(ledger: Ledger) -> None:
    task = ledger.task()
    found = ledger.handed_in(task, kind=None)
    who, heir = (people.by_id(ledger.tx, ledger.id(name)) for name in ("王志强", "赵敏"))
    assert who is not None
    assert heir is not None
    assert found.checker == heir.id
    task_heirs.hand_over(ledger.tx, who, heir, ledger.now)
    assert ledger.names([ledger.fresh(task).checker]) == ["周凯"]


def test_what_was_lost_on_its_way_is_not_handed_in(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.gives("王志强", task)
    (part,) = parts.due(ledger.tx, ledger.now, 9)
    photos.lost(ledger.tx, part, "gone", "没了", ledger.now, {})
    with pytest.raises(Refused, match="还没收到"):
        task_evidence.hand_in(
            ledger.tx, ledger.id("王志强"), task.id, ledger.bureau, ledger.now
        )  # fmt: skip


def test_a_file_of_a_task_that_was_struck_out_is_settled(ledger: Ledger) -> None:
    task = ledger.task()
    ledger.handed_in(task)
    _void(ledger, task)
    (part,) = parts.due(ledger.tx, ledger.now, 9)
    photos.lost(ledger.tx, part, "gone", "没了", ledger.now, {})
    assert parts.due(ledger.tx, ledger.now, 9) == []


def test_a_lasting_task_that_was_reopened_counts_once_it_is_met_again(ledger: Ledger) -> None:
    task = ledger.task("垃圾分类宣传", long_term=True)
    ledger.signed(task)
    leader = ledger.id("李主任")

    def done() -> bool:
        found = ledger.fresh(task)
        return is_done(found.state, found.long_term, found.met)

    assert done()
    task_deeds.reopen(ledger.tx, leader, task.id, "回潮了", ledger.bureau, ledger.now)
    assert not done()
    found = ledger.handed_in(task, kind=None)
    assert not done()
    # Only what was given since counts as handed in.
    assert len(evidence.of_task(ledger.tx, task.id, turn_of(found))) == 1
    ledger.checked(found)
    task_deeds.sign_off(ledger.tx, leader, task.id, ledger.bureau, ledger.now)
    assert done()


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_sent_a_file_that_is_lost_hears_of_it(ledger: Ledger, when: str) -> None:
    """One of two: what is here is handed in, or may be, all the same."""
    task = ledger.task()
    ledger.gives("王志强", task)
    ledger.gives("王志强", task, kind=None)
    if when == "after":
        task_evidence.hand_in(ledger.tx, ledger.id("王志强"), task.id, ledger.bureau, ledger.now)
    (part,) = parts.due(ledger.tx, ledger.now, 9)
    photos.lost(ledger.tx, part, "gone", "没了", ledger.now, {})
    assert ledger.cards("task_told") == [("王志强", "task_told", task.id)]
    facts = task_facts(ledger.tx, task.id, ledger.id("王志强"), ledger.bureau, ledger.now)
    assert facts is not None
    card = told(facts, "lost")
    assert card is not None
    assert "有佐证没收到" in card.text
    label = {"before": "已完成，交佐证", "after": "补充佐证"}[when]
    assert [one.label for row in card.rows for one in row] == [label]


def test_what_is_the_departments_is_in_its_peoples_ledger_and_to_dos(ledger: Ledger) -> None:
    """Who may hand it in, and is reminded of it, finds it; not once somebody owns it."""
    task = ledger.task(owner=None)
    ledger.task("没来的人的", owner="没来的人", department="市容科")

    def sees(name: str) -> tuple[list[str], list[str], list[str]]:
        who = people.by_id(ledger.tx, ledger.id(name))
        assert who is not None
        listed = ledger_views.listing(
            ledger.tx, who, ledger_views.mine(name), 10, ledger.bureau, ledger.now
        )  # fmt: skip
        waits = todo.todo(ledger.tx, who.id, ledger.bureau, ledger.now).tasks
        asked = task_files.tasks_for(ledger.tx, who, ledger.now.date())
        return (
            [one.title for one in listed.rows], [one.title for one in waits],
            [one.title for one in asked],
        )  # fmt: skip

    assert sees("赵敏") == (["更换 2 路监控"],) * 3
    assert sees("周凯") == (["没来的人的"],) * 3
    task_people.name(ledger.tx, task.id, task_people.OWNER, [("王志强", ledger.id("王志强"))])
    assert sees("赵敏") == ([], [], [])
    assert sees("王志强") == (["更换 2 路监控"],) * 3


@pytest.mark.parametrize(("number", "label"), [
    (27, "算任务 27 的佐证"), (1001, "算这件的佐证"), (99999, "算这件的佐证"),
])  # fmt: skip
def test_a_button_has_room_for_any_number(ledger: Ledger, number: int, label: str) -> None:
    task = ledger.task(number=number)
    facts = task_facts(ledger.tx, task.id, ledger.id("王志强"), ledger.bureau, ledger.now)
    assert facts is not None
    card = file_asked(1, facts, "asked", "photo", None, [(number, task.title)])
    assert card.rows[0][0].label == label
    assert len(label) <= 10


def test_a_longer_time_that_is_moot_is_said_no_more(ledger: Ledger) -> None:
    task = ledger.task()
    owner = ledger.id("王志强")
    day = date(2025, 6, 20)
    task_longer.ask(ledger.tx, owner, task.id, day, "等设备", ledger.bureau, ledger.now)

    def card() -> str:
        facts = task_facts(ledger.tx, task.id, ledger.id("李主任"), ledger.bureau, ledger.now)
        assert facts is not None
        return task_card(facts).text

    assert "已申请延期" in card()
    ledger.signed(task, "钱局")
    assert "延期" not in card()


def test_what_waits_for_a_signature_is_whose_it_is(ledger: Ledger) -> None:
    """Read at once for a list, as it is read for each: many are checked in a large bureau."""
    for leader in ("李主任", "钱局", "王志强", "孙涛", None, "没来的人"):
        ledger.checked(ledger.handed_in(ledger.task(leader=leader), kind=None))
    lead = ledger.handed_in(ledger.task(leader="孙涛"), kind=None)
    tasks.change(ledger.tx, ledger.fresh(lead), checker=ledger.id("孙涛"))
    ledger.checked(lead)
    helped = ledger.task(leader="李主任")
    task_people.name(ledger.tx, helped.id, task_people.HELPER, [("李主任", ledger.id("李主任"))])
    ledger.checked(ledger.handed_in(helped, kind=None))
    people.change(ledger.tx, ledger.id("钱局"), state=FROZEN)
    for gone in (frozenset[int](), frozenset({ledger.id("李主任")})):
        signers = {
            one.id: checkers.signer_of(ledger.tx, one, gone) for one in tasks.to_sign(ledger.tx)
        }
        assert len(signers) == 8
        for person in ledger.field.ids.values():
            mine = [task for task, who in signers.items() if who is not None and who.id == person]
            assert [one.id for one in checkers.to_sign_by(ledger.tx, person, gone)] == mine


def test_who_is_away_or_out_of_reach_is_asked_only_where_nobody_else_can_be(ledger: Ledger) -> None:
    today = ledger.now.date()
    for name in ("赵敏", "李主任"):
        absences.add(ledger.tx, ledger.id(name), today, today, ledger.id(name), ledger.now)
    people.reachable(ledger.tx, "telegram", ledger.field.chat("周凯"), False)
    task = ledger.task()
    found = ledger.handed_in(task, kind=None)
    (checker,) = ledger.names([found.checker])
    assert checker not in ("赵敏", "周凯", "李主任")
    moved = task_deeds.pass_on(
        ledger.tx, ledger.id(checker), task.id, found.version, ledger.bureau, ledger.now
    )  # fmt: skip
    assert moved not in ("赵敏", "周凯", "李主任", checker)
    ledger.checked(task)
    assert ledger.cards("task_sign") == [("钱局", "task_sign", task.id)]
    ledger.field.later(days=1)
    assert ledger.names([ledger.handed_in(ledger.task(), kind=None).checker]) == ["赵敏"]


def test_who_said_that_it_is_not_his_to_check_is_asked_last(ledger: Ledger) -> None:
    task = ledger.task()
    asked = [ledger.handed_in(task, kind=None).checker]
    for _ in range(len(ledger.field.ids) - 2):
        checker = asked[-1]
        assert checker is not None
        task_deeds.pass_on(ledger.tx, checker, task.id, 0, ledger.bureau, ledger.now)
        asked.append(ledger.fresh(task).checker)
    # Everybody but the owner once, before anybody is asked again.
    assert len(set(asked)) == len(ledger.field.ids) - 1


def test_a_leader_who_taps_twice_passes_it_on_once(ledger: Ledger) -> None:
    found, leader = ledger.handed_in(ledger.task(), kind=None), ledger.id("李主任")

    def taps() -> None:
        task_deeds.pass_on(
            ledger.tx, leader, found.id, found.version, ledger.bureau, ledger.now
        )  # fmt: skip

    taps()
    now_asked = ledger.fresh(found).checker
    assert now_asked not in (None, found.checker)
    with pytest.raises(TooLate, match="刚刚有人动过"):
        taps()
    assert ledger.fresh(found).checker == now_asked


def test_nothing_to_drop_is_no_deed(ledger: Ledger) -> None:
    task, owner = ledger.task(), ledger.id("王志强")
    before = len(list(journal.lines(ledger.tx)))
    assert task_evidence.drop(ledger.tx, owner, task.id, ledger.now) == 0
    assert len(list(journal.lines(ledger.tx))) == before


@pytest.mark.parametrize("kind", ["photo", None])
def test_what_answers_another_tasks_card_is_that_ones(ledger: Ledger, kind: str | None) -> None:
    """Whatever evidence is waited for."""
    first, second = ledger.task(), ledger.task("另一件")
    ledger.gives("王志强", first)
    chat = ledger.field.chat("王志强")
    outbox.owe(ledger.tx, "telegram", chat, "task", second.id, ledger.now)
    c = outbox.c
    standing = outbox.table.update().where(c.card == "task", c.subject == second.id)
    ledger.tx.execute(standing.values(message=77, state=outbox.SHOWN))
    came = ledger.message("王志强", "" if kind else "这是另一件的说明", kind=kind)
    came = replace(came, reply=77)
    owner = ledger.id("王志强")
    if kind:
        take(ledger.tx, owner, came, ledger.field.read, ledger.bureau, ledger.now)
    else:
        add(ledger.tx, owner, first.id, came, ledger.now)
    assert len(evidence.of_task(ledger.tx, first.id)) == 1
    assert len(evidence.of_task(ledger.tx, second.id)) == 1
