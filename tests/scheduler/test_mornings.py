"""The morning message: who is told what on which day, in one message, while it is true."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from bot.actions import absences as away
from bot.actions import escalation, put_with
from bot.actions.misses import MISSED, NUDGE
from bot.actions.unasked import may_tell, tell_unasked
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.ledger import TaskState
from bot.rules.own_hours import OwnHours
from bot.rules.records import Role
from bot.words.card import press
from scheduler.duty_nudges import TOLD_LATER
from storage import (
    absences,
    dues,
    evidence,
    outbox,
    people,
    preferences,
    reminded,
    task_people,
)
from storage.dues import Occurrence
from storage.schema import Transaction
from storage.task_people import HELPER, LEADER, OWNER
from tests.actions.conftest import TZ, Field
from tests.scheduler.mornings_run import Mornings, moment, told


def june(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of June 2025; the 9th is a Monday."""
    return moment(date(2025, 6, day), hour, minute)


def on(day: int) -> date:
    return date(2025, 6, day)


@pytest.fixture
def days(tx: Transaction) -> Mornings:
    """From Sunday the 8th on."""
    field = Field(tx)
    field.now = june(8, 12)
    return Mornings(field)


def test_a_matter_is_told_by_its_ladder(days: Mornings) -> None:
    """A week, three days and a day before, on the day, the day after, then every three days."""
    task = days.task(27, on(19), "王志强", wants="验收单或照片。")
    sent = days.run(june(28))
    assert told([one for one in sent if one.name == "王志强"]) == [
        "6月12日 王志强 还有 7 天 · 任务 27",
        "6月16日 王志强 还有 3 天 · 任务 27",
        "6月18日 王志强 明天到期 · 任务 27",
        "6月19日 王志强 今天到期 · 任务 27 事情27",
        "6月20日 王志强 超期 1 天 · 任务 27 事情27",
        "6月23日 王志强 超期 4 天 · 任务 27 事情27",
        "6月26日 王志强 超期 7 天 · 任务 27 事情27",
    ]
    assert told([one for one in sent if one.name != "王志强"]) == [
        "6月20日 李主任 超期 1 天 · 任务 27 事情27",
        "6月23日 李主任 超期 4 天 · 任务 27 事情27",
        "6月26日 李主任 超期 7 天 · 任务 27 事情27",
    ]
    assert [one.card.quiet for one in sent if one.name == "王志强"][:3] == [True, True, False]
    days.change(task, state=TaskState.SIGNED_OFF)
    assert not days.run(june(30, 23))


def test_the_words_of_one_matter(days: Mornings) -> None:
    days.task(27, on(15), "王志强", wants="验收单或照片。", title="松江路岗亭更换 2 路监控")
    days.task(40, on(9), "张建国", title="六月设备月检")
    days.task(31, on(8), "李红梅", title="商户门前三包签约")
    days.run(june(8, 23))
    sent = {one.name: one.card for one in days.run(june(9, 12))}
    assert sent["王志强"].text == (
        "还有 6 天 · 任务 27\n松江路岗亭更换 2 路监控，6月15日（周日）前完成。\n"
        "要交：验收单或照片。"
    )
    assert sent["张建国"].text == "今天到期 · 任务 40 六月设备月检\n18:00 前交佐证就算按时。"
    assert sent["李红梅"].text == (
        "超期 1 天 · 任务 31 商户门前三包签约\n应于 6月8日 完成。今天能办完吗？"
    )
    assert labels(sent["王志强"]) == ["已完成，交佐证", "申请延期", "看要求"]
    assert labels(sent["李红梅"]) == ["已完成，交佐证", "申请延期", "办不了"]
    assert sent["李主任"].text == (
        "超期 1 天 · 任务 31 商户门前三包签约\n责任人李红梅，应于 6月8日 完成。没有回复。"
    )
    assert labels(sent["李主任"]) == ["再催一次", "同意延到 6月16日", "换人"]


def labels(card: object) -> list[str]:
    return [one.label for row in card.rows for one in row]  # type: ignore[attr-defined]


def test_all_of_a_persons_matters_are_one_message(days: Mornings) -> None:
    days.task(27, on(16), "王志强", title="更换 2 路监控")
    days.task(40, on(13), "王志强", title="六月设备月检", kind="duty")
    (sent,) = days.run(june(9, 12))
    assert sent.text == (
        "您有 2 件快到期：\n任务 40 六月设备月检，还有 4 天（6月13日）\n"
        "任务 27 更换 2 路监控，还有 7 天（6月16日）"
    )
    assert labels(sent.card) == ["40 已完成", "27 已完成", "都看看"]


@pytest.mark.parametrize("count", [3, 4, 6, 7, 30])
def test_many_matters_are_counted_not_cut_off(days: Mornings, count: int) -> None:
    for number in range(1, count + 1):
        days.task(number, on(12), "王志强", title="一件名字很长很长很长很长很长很长的事情")
    (sent,) = days.run(june(9, 12))
    lines = sent.text.splitlines()
    assert lines[0] == f"您有 {count} 件快到期："
    assert len(lines) <= 4
    assert len(sent.text) <= 110
    named = sum(line.startswith("任务") for line in lines)
    assert named == count or f"另有 {count - named} 件" in lines[-1]
    assert len(labels(sent.card)) <= 6
    assert labels(sent.card)[-1] == "都看看"


def test_what_is_done_before_it_is_sent_is_left_out(days: Mornings) -> None:
    first, second = days.task(27, on(16), "王志强"), days.task(40, on(13), "王志强")
    days.run(june(9, 8))
    days.change(first, state=TaskState.HANDED_IN, given_at=june(9, 8))
    days.run(june(9, 12))
    assert told(days.sent) == ["6月9日 王志强 还有 4 天 · 任务 40"]
    days.sent.clear()
    third = days.task(50, on(10), "张建国")
    days.run(june(10, 8))
    days.change(third, state=TaskState.SIGNED_OFF)
    days.run(june(10, 12))
    assert "张建国" not in [one.name for one in days.sent]
    assert second.number == 40


def test_an_older_card_leads_to_todays(days: Mornings) -> None:
    task = days.task(27, on(12), "王志强")
    days.run(june(11, 12))
    assert told(days.sent) == [
        "6月9日 王志强 还有 3 天 · 任务 27",
        "6月11日 王志强 明天到期 · 任务 27",
    ]
    assert [one.text for one in days.edited] == ["任务 27 事情27\n见今天的提醒。"]
    assert not days.edited[0].card.rows
    days.change(task, state=TaskState.SIGNED_OFF, signed_at=june(11, 13))
    reminded.owe_cards(days.field.tx, task.id, june(11, 13))
    days.run(june(11, 14))
    assert days.edited[-1].text == "任务 27 已经销号。"
    assert not days.edited[-1].card.rows


def test_a_longer_time_is_a_ladder_of_its_own(days: Mornings) -> None:
    task = days.task(27, on(10), "王志强")
    days.run(june(9, 12))
    days.change(task, due=on(13), extended=1)
    sent = days.run(june(13, 12))
    assert told(sent) == [
        "6月10日 王志强 还有 3 天 · 任务 27",
        "6月12日 王志强 明天到期 · 任务 27",
        "6月13日 王志强 今天到期 · 任务 27 事情27",
    ]


def test_a_downtime_is_made_up_for_by_the_newest_stage_alone(days: Mornings) -> None:
    days.task(27, on(12), "王志强")
    days.down = [(june(9, 6), june(11, 10, 20))]
    sent = days.run(june(12, 12))
    assert told(sent) == [
        "6月11日 王志强 明天到期 · 任务 27",
        "6月12日 王志强 今天到期 · 任务 27 事情27",
    ]
    assert sent[0].at == june(11, 10, 20)


@pytest.mark.parametrize("begin", [(9, 7, 31), (9, 8, 0)])
def test_a_message_that_could_not_leave_in_time_is_told_another_morning(
    days: Mornings, begin: tuple[int, int, int]
) -> None:
    """Planned, but the house was down until night: nothing rings then, the stage still comes."""
    days.task(27, on(12), "王志强")
    days.down = [(june(*begin), june(9, 21))]
    sent = days.run(june(10, 12))
    assert told(sent) == ["6月10日 王志强 还有 2 天 · 任务 27"]


def test_days_off_have_nobody(days: Mornings) -> None:
    """Due on a Sunday: Friday tells it, and says so."""
    days.task(27, on(15), "王志强")
    sent = days.run(june(16, 7))
    assert told(sent)[-1] == "6月13日 王志强 还有 2 天 · 任务 27"
    assert sent[-1].text.endswith("那天不上班，今天先跟您说。")
    assert not sent[-1].card.quiet


def test_what_is_urgent_rings_one_person_on_a_day_off(days: Mornings) -> None:
    days.task(27, on(14), "王志强", urgent=True)
    sent = days.run(june(16, 12))
    assert told(sent) == [
        "6月9日 王志强 还有 5 天 · 任务 27",
        "6月11日 王志强 还有 3 天 · 任务 27",
        "6月13日 王志强 明天到期 · 任务 27",
        "6月14日 王志强 今天到期 · 任务 27 事情27",
        "6月15日 王志强 超期 1 天 · 任务 27 事情27",
        "6月16日 李主任 超期 2 天 · 任务 27 事情27",
    ]


def test_urgent_and_its_owner_away_rings_who_is_on_duty(days: Mornings) -> None:
    tx = days.field.tx
    people.change(tx, days.field.ids["赵大勇"], department="市容科")
    people.change(tx, days.field.ids["李红梅"], department="市容科")
    days.task(27, on(14), "王志强", urgent=True, department="市容科")
    absences.add(tx, days.field.ids["王志强"], on(12), on(20), 1, days.field.now)
    days.run(june(13, 23))
    days.field.now = june(14, 6)
    days.field.sends("李红梅", "松江路 巡查正常")
    sent = days.run(june(14, 12))
    assert told(sent) == ["6月14日 李红梅 今天到期 · 任务 27 事情27"]


def test_own_times_and_own_quiet_hours(days: Mornings) -> None:
    tx, ids = days.field.tx, days.field.ids
    preferences.keep(tx, ids["王志强"], OwnHours(time(10, 0)))
    preferences.keep(tx, ids["张建国"], OwnHours(None, time(18), time(9, 30)))
    for number, name in enumerate(("王志强", "张建国", "李红梅"), 1):
        days.task(number, on(12), name)
    at = {one.name: one.at for one in days.run(june(9, 12))}
    assert june(9, 10) <= at["王志强"] < june(9, 10, 10)
    assert june(9, 9, 30) <= at["张建国"] < june(9, 9, 40)
    assert june(9, 8, 30) <= at["李红梅"] < june(9, 8, 40)


def test_one_unasked_message_a_day(days: Mornings) -> None:
    """The slot of the day is taken early: what comes later waits for another morning."""
    days.task(27, on(12), "王志强")
    who, bureau, tx = days.field.ids["王志强"], days.field.bureau, days.field.tx
    days.run(june(9, 7, 45))
    assert may_tell(tx, bureau, who, june(9, 7, 45)) == june(10, 8, 30)
    assert not tell_unasked(tx, bureau, who, NUDGE, 1, june(9, 7, 45))


def test_who_was_told_something_else_today_is_told_tomorrow(days: Mornings) -> None:
    days.task(27, on(12), "王志强")
    who, bureau = days.field.ids["王志强"], days.field.bureau
    days.down = [(june(9, 6), june(9, 9))]
    assert tell_unasked(days.field.tx, bureau, who, NUDGE, 1, june(9, 8, 59))
    assert told(days.run(june(10, 12))) == ["6月10日 王志强 还有 2 天 · 任务 27"]


# ---- rungs ----


def test_escalation_climbs_and_stops_when_it_is_done(days: Mornings) -> None:
    tx, field = days.field.tx, days.field
    field.join("周科长", {Role.LEADER})
    people.change(tx, field.ids["周科长"], department="综合科")
    field.join("钱局", {Role.LEADER})
    task = days.task(31, on(9), "王志强", department="综合科")
    task_people.name(tx, task.id, LEADER, [("钱局", field.ids["钱局"])])
    days.run(june(9, 23))
    days.sent.clear()
    sent = days.run(june(13, 12))
    assert {(one.at.day, one.name) for one in sent} == {
        (10, "王志强"), (10, "周科长"), (10, "钱局"),
        (13, "李主任"), (13, "王志强"), (13, "周科长"), (13, "钱局"),
    }  # fmt: skip
    first = {one.name: labels(one.card) for one in sent if one.at.day == 10}
    # A longer time is the leader's to give, not the department's head's.
    assert first["周科长"] == ["再催一次", "看要求", "换人"]
    assert first["钱局"] == ["再催一次", "同意延到 6月16日", "换人"]
    days.change(task, state=TaskState.CHECKED, checked_at=june(13, 15), given_at=june(13, 14))
    sent = days.run(june(17, 12))
    assert told(sent) == ["6月16日 钱局 等您销号 · 任务 31 事情31"]
    days.change(task, state=TaskState.SIGNED_OFF)
    assert not days.run(june(25, 12))


def test_without_anybody_of_its_own_it_goes_one_rung_up_three_days_before(days: Mornings) -> None:
    days.task(27, on(19), "没来的人")
    days.task(28, on(19))
    sent = days.run(june(16, 12))
    assert told(sent) == ["6月16日 李主任 有 2 件要您过问："]
    assert sent[0].text == (
        "有 2 件要您过问：\n任务 27 事情27，没来的人不在，还有 3 天\n"
        "任务 28 事情28，没责任人，还有 3 天"
    )
    assert labels(sent[0].card) == ["27 换人", "28 换人", "都看看"]
    # They are not his own: what is late of all is shown.
    assert sent[0].card.rows[-1][0].data == press("tq", 0, 1)


@pytest.mark.parametrize("how", ["away", "frozen", "left", "blocked"])
def test_who_is_not_there_is_told_nothing_and_hears_the_newest_after(
    days: Mornings, how: str
) -> None:
    tx, who = days.field.tx, days.field.ids["王志强"]
    days.task(27, on(16), "王志强")
    if how == "away":
        absences.add(tx, who, on(9), on(15), who, june(8))
    elif how == "blocked":
        people.reachable(tx, "telegram", days.field.chat("王志强"), False)
    else:
        people.change(tx, who, state=how)
    sent = days.run(june(15, 23))
    assert told(sent) == ["6月13日 李主任 还有 3 天 · 任务 27 事情27"]
    assert sent[0].text.endswith("责任人王志强现在不在，6月16日（周一）到期。")
    people.change(tx, who, state=people.ACTIVE)
    people.reachable(tx, "telegram", days.field.chat("王志强"), True)
    assert told(days.run(june(16, 12))) == [
        "6月16日 王志强 今天到期 · 任务 27 事情27",
    ]


def test_a_helper_hears_of_it_too(days: Mornings) -> None:
    task = days.task(27, on(12), "王志强")
    task_people.name(days.field.tx, task.id, HELPER, [("李红梅", days.field.ids["李红梅"])])
    assert {one.name for one in days.run(june(9, 12))} == {"王志强", "李红梅"}


def test_who_was_taken_off_it_meanwhile_is_not_told(days: Mornings) -> None:
    task = days.task(27, on(12), "王志强")
    days.run(june(9, 8))
    task_people.name(days.field.tx, task.id, OWNER, [("张建国", days.field.ids["张建国"])])
    assert not days.run(june(9, 12))
    assert told(days.run(june(10, 12))) == ["6月10日 张建国 还有 2 天 · 任务 27"]


# ---- what waits for a word ----


def test_evidence_that_nobody_looks_at_is_said_again(days: Mornings) -> None:
    task = days.task(27, on(20), "王志强")
    checker = days.field.ids["李红梅"]
    days.change(
        task, state=TaskState.HANDED_IN, given_at=june(9, 15), given_by=days.field.ids["王志强"],
        checker=checker,
    )  # fmt: skip
    sent = days.run(june(14))
    assert told(sent) == [
        "6月10日 李红梅 等您复核 · 任务 27 事情27",
        "6月13日 李红梅 等您复核 · 任务 27 事情27",
    ]
    assert labels(sent[0].card) == ["看佐证", "够了，报销号"]
    absences.add(days.field.tx, checker, on(16), on(20), 1, june(14))
    (late,) = days.run(june(16, 12))
    assert told([late]) == ["6月16日 李主任 等人复核 · 任务 27 事情27"]
    assert labels(late.card) == ["看佐证", "换人复核"]


def test_who_gave_or_checked_it_is_not_asked_to_sign(days: Mornings) -> None:
    field = days.field
    task = days.task(27, on(20), "王志强")
    task_people.name(field.tx, task.id, LEADER, [("孙涛", field.ids["孙涛"])])
    days.change(
        task, state=TaskState.CHECKED, given_by=field.ids["王志强"], checker=field.ids["孙涛"],
        given_at=june(8, 13), checked_at=june(8, 14),
    )  # fmt: skip
    assert told(days.run(june(9, 12))) == ["6月9日 李主任 等您销号 · 任务 27 事情27"]


def test_a_look_back_that_is_due(days: Mornings) -> None:
    task = days.task(27, on(1), "王志强")
    days.change(task, state=TaskState.SIGNED_OFF, checker=days.field.ids["李红梅"], look_on=on(14))
    assert told(days.run(june(20, 12))) == [
        "6月16日 李红梅 该回头看了 · 任务 27 事情27",
        "6月19日 李红梅 该回头看了 · 任务 27 事情27",
    ]


def test_begun_and_idle_is_said(days: Mornings) -> None:
    task = days.task(27, on(9), "王志强")
    days.run(june(9, 23))
    evidence.add(
        days.field.tx, task=task.id, turn=0, person=days.field.ids["王志强"], at=june(8, 13),
        kind="words", words="一半", part=None, state=evidence.KEPT,
    )  # fmt: skip
    sent = {one.name: one.text for one in days.run(june(10, 12))}
    assert sent["王志强"].endswith("收到 1 个文件，还没点「发完了」。")
    assert sent["李主任"].endswith("已提醒 1 次，收到 1 个文件，还没点「发完了」。")


# ---- a leader's word ----


def test_a_leader_urges_once_a_day(days: Mornings) -> None:
    tx, field = days.field.tx, days.field
    task = days.task(31, on(8), "王志强")
    days.run(june(9, 12))
    boss, bureau = field.ids["李主任"], field.bureau
    done = escalation.urge(tx, boss, task.id, bureau, june(9, 12))
    assert (done.names, done.at_once) == (["王志强"], True)
    sent = days.run(june(9, 13))
    assert told(sent) == ["6月9日 王志强 李主任问：超期 1 天 · 任务 31 事情31"]
    with pytest.raises(TooLate, match="今天已经催过"):
        escalation.urge(tx, boss, task.id, bureau, june(9, 14))
    with pytest.raises(NotAllowed):
        escalation.urge(tx, field.ids["张建国"], task.id, bureau, june(9, 14))
    at_night = escalation.urge(tx, boss, task.id, bureau, june(10, 21))
    assert (at_night.on, at_night.at_once) == (on(11), False)
    days.change(task, state=TaskState.SIGNED_OFF)
    assert [one.name for one in days.run(june(11, 12))] == []
    with pytest.raises(TooLate):
        escalation.urge(tx, boss, task.id, bureau, june(12, 9))


def test_nobody_to_urge_is_said(days: Mornings) -> None:
    task = days.task(31, on(8), "王志强")
    absences.add(days.field.tx, days.field.ids["王志强"], on(8), on(20), 1, june(8))
    field = days.field
    field.leaves_all(
        lambda: escalation.urge(
            field.tx, field.ids["李主任"], task.id, field.bureau, june(9, 10)
        ),
        Refused, "联系不上",
    )  # fmt: skip


def test_who_was_told_and_when(days: Mornings) -> None:
    days.task(31, on(9), "王志强")
    days.run(june(10, 12))
    field = days.field
    facts = escalation.told_of(field.tx, field.ids["李主任"], 31, field.bureau)
    assert {(f"{at:%d %H}", name, left) for at, name, _, left, _ in facts.rows} == {
        ("09 08", "王志强", 0), ("10 08", "李主任", -1), ("10 08", "王志强", -1),
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        escalation.told_of(field.tx, field.ids["张建国"], 31, field.bureau)
    with pytest.raises(NotFound):
        escalation.told_of(field.tx, field.ids["李主任"], 99, field.bureau)


# ---- what goes with it ----


def later(days: Mornings, card: str, subject: int, keys: list[list[str]]) -> None:
    """A question or a nudge waits for 王志强's morning of the 9th."""
    args = {"card": card, "subject": subject, "person": days.field.ids["王志强"],
            "since": june(8).isoformat(), "matter": "x", "keys": keys}  # fmt: skip
    dues.note(days.field.tx, [Occurrence(f"x:{card}", TOLD_LATER, june(9, 8, 30), args)], june(8))


def test_a_question_of_the_morning_goes_with_it(days: Mornings) -> None:
    days.task(27, on(12), "王志强")
    later(days, MISSED, 5, [])
    (sent,) = days.run(june(9, 12))
    assert sent.text.endswith("另外有 1 件要您答一下。")
    assert labels(sent.card)[-1] == "去回答"
    field = days.field
    who, day = field.ids["王志强"], on(9).toordinal()
    assert put_with.ask(field.tx, who, day, field.bureau, june(9, 12)) == 1
    assert (MISSED, 5) in field.owed("王志强")
    with pytest.raises(NotFound):
        put_with.ask(field.tx, who, 0, field.bureau, june(9, 12))
    days.run(june(10, 8))
    assert not dues.waiting(field.tx, TOLD_LATER, june(12))


def test_a_question_waits_on_where_the_message_never_left(days: Mornings) -> None:
    days.task(27, on(12), "王志强")
    later(days, MISSED, 5, [])
    days.down = [(june(9, 7, 31), june(9, 21))]
    (sent,) = days.run(june(10, 12))
    assert sent.at.date() == on(10)
    assert sent.text.endswith("另外有 1 件要您答一下。")


# ---- away ----


def test_away_and_back(days: Mornings) -> None:
    tx, field = days.field.tx, days.field
    who, bureau = field.ids["王志强"], field.bureau
    facts = away.away(tx, who, None, on(10), on(12), bureau, june(9, 9))
    assert (facts.name, facts.first, facts.last, facts.own) == ("王志强", on(10), on(12), True)
    with pytest.raises(Refused, match="已经记过"):
        away.away(tx, who, None, on(11), on(12), bureau, june(9, 9))
    assert absences.is_away(tx, who, on(11))
    away.back(tx, who, None, bureau, june(11, 9))
    assert absences.is_away(tx, who, on(10))
    assert not absences.is_away(tx, who, on(11))
    with pytest.raises(NotFound):
        away.back(tx, who, None, bureau, june(11, 9))


@pytest.mark.parametrize(
    ("by", "whom", "may"),
    [
        ("孙涛", "张建国", True), ("孙涛", "赵大勇", False), ("孙涛", "王志强", False),
        ("李主任", "赵大勇", True), ("王芳", "王志强", True), ("张建国", "李红梅", False),
        ("张建国", "张建国", True), ("王志强", "张建国", False),
    ],
)  # fmt: skip
def test_whose_absence_one_may_note(days: Mornings, by: str, whom: str, may: bool) -> None:
    field = days.field

    def note() -> object:
        return away.away(
            field.tx, field.ids[by], whom, on(10), on(10), field.bureau, june(9, 9)
        )  # fmt: skip

    if may:
        note()
        row = absences.ahead(field.tx, field.ids[whom], on(9))[0]
        assert away.call_off(field.tx, field.ids[by], row.id, field.bureau, june(9, 10)).ended
        assert not absences.is_away(field.tx, field.ids[whom], on(10))
    else:
        field.leaves_all(note, NotAllowed, "没有记|什么也没改")


def test_what_is_planned_stands_in_the_outbox_once(days: Mornings) -> None:
    """Planned again by hand, after hours or twice: nothing comes of it."""
    from bot.actions import mornings

    days.task(27, on(12), "王志强")
    tx, bureau = days.field.tx, days.field.bureau
    assert len(mornings.plan(tx, bureau, june(9, 7, 30))) == 1
    assert not mornings.plan(tx, bureau, june(9, 7, 30))
    assert not mornings.plan(tx, bureau, june(9, 9))
    assert not mornings.plan(tx, bureau, june(10, 20, 1))
    assert outbox.census(tx).get("owed") == 1
    assert timedelta(0) <= outbox.next_due(tx) - june(9, 8, 30) < timedelta(minutes=10)  # type: ignore[operator]
    assert outbox.next_due(tx).astimezone(TZ).date() == on(9)  # type: ignore[union-attr]
