"""Nudges, misses and short weeks: when they are due, who is told, once, only while it is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import calendar
from bot.actions.decisions import decide
from bot.actions.unasked import tell_unasked
from bot.rules.calendar import WorkCalendar
from bot.rules.decisions import Decision
from bot.rules.quotas import EXEMPT, MOVED, PERS
from bot.rules.records import Bureau, Quota
from scheduler import duty_nudges
from scheduler.duties import Duty, PutOff, carry_out
from scheduler.faces import View, face
from storage import dues, outbox, quotas
from storage.dues import Occurrence
from storage.schema import Transaction
from tests.actions.conftest import TZ, Field, default_bureau
from tests.actions.test_quotas import walked

CALENDAR = WorkCalendar(tuple(calendar.packaged()))
DUTIES = {duty.name: duty for duty in duty_nudges.DUTIES}
MONDAY = date(2025, 11, 17)


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=TZ)


@pytest.fixture
def field(tx: Transaction) -> Field:
    made = Field(tx)
    made.bureau = replace(made.bureau, calendar=CALENDAR, quotas=(Quota("patrol", "week", 2),))
    made.now = at(10, 9)
    made.sends("张建国", "松江路 巡查正常")
    return made


def due_in(bureau: Bureau, name: str, since: datetime, until: datetime) -> list[tuple[str, str]]:
    tx: Any = None
    found = DUTIES[name].occurrences(tx, bureau, since, until)
    return [(one.key, f"{one.due_at.astimezone(TZ):%m-%d %H:%M}") for one in found]


def act(field: Field, duty: Duty, occurrence: Occurrence, now: datetime) -> str | None:
    """The occurrence is noted and carried out, as the timetable does."""
    dues.note(field.tx, [occurrence], now)
    row = next(one.id for one in dues.coming(field.tx, 500) if one.key == occurrence.key)
    done = carry_out(field.tx, duty, row, field.bureau, now, by_hand=True)
    assert done is not None
    return f"dropped: {done.why}" if done.state == "dropped" else done.why


def nudge(field: Field, day: date, now: datetime) -> str | None:
    duty = DUTIES["nudge"]
    begin = datetime.combine(day, datetime.min.time(), TZ)
    (one,) = duty.occurrences(field.tx, field.bureau, begin, begin + timedelta(days=1))
    return act(field, duty, one, now)


def told(field: Field, card: str) -> set[str]:
    chats = {field.chat(name): name for name in field.ids}
    c = outbox.c
    rows = field.tx.execute(outbox.table.select().where(c.card == card)).all()
    return {chats[row.chat] for row in rows}


def shown(field: Field, card: str, now: datetime) -> list[str]:
    """What the cards of this kind say if they are sent now; nothing for one that is dropped."""
    view = View(field.bureau, now, lambda token: token, False)
    rows = outbox.claim(field.tx, now + timedelta(days=9), [], 100)
    faces = [face(field.tx, row, view) for row in rows if row.card == card]
    return [one.text for one in faces if one is not None]  # type: ignore[union-attr]


# ---- when ----


def test_an_ordinary_week_and_month() -> None:
    bureau = replace(default_bureau()[0], calendar=CALENDAR)
    assert due_in(bureau, "nudge", at(17, 0), at(1, 0, month=12)) == [
        ("nudge:2025-11-19", "11-19 17:00"), ("nudge:2025-11-20", "11-20 17:00"),
        ("nudge:2025-11-21", "11-21 15:00"), ("nudge:2025-11-25", "11-25 17:00"),
        ("nudge:2025-11-26", "11-26 17:00"), ("nudge:2025-11-28", "11-28 15:00"),
    ]  # fmt: skip


def test_days_off_move_it_to_the_working_day_before() -> None:
    bureau = replace(default_bureau()[0], calendar=CALENDAR, quotas=(Quota("patrol", "week", 2),))
    autumn = due_in(bureau, "nudge", at(22, 0, month=9), at(20, 0, month=10))
    assert [key.removeprefix("nudge:2025-") for key, _ in autumn] == [
        "09-24", "09-26", "09-30", "10-10", "10-15", "10-17",
    ]  # fmt: skip
    spring = replace(bureau, calendar=CALENDAR)
    assert due_in(spring, "nudge", datetime(2026, 2, 16, tzinfo=TZ),
                  datetime(2026, 2, 23, tzinfo=TZ)) == []  # fmt: skip


def test_a_quarter_is_nudged_before_it_ends() -> None:
    bureau = replace(
        default_bureau()[0], calendar=CALENDAR, quotas=(Quota("patrol", "quarter", 9),)
    )
    found = due_in(bureau, "nudge", at(1, 0, month=10), datetime(2026, 1, 1, tzinfo=TZ))
    assert [key for key, _ in found] == ["nudge:2025-12-16", "nudge:2025-12-25", "nudge:2025-12-31"]


def test_misses_and_short_weeks_are_due_on_working_mornings() -> None:
    bureau = replace(default_bureau()[0], calendar=CALENDAR, quotas=(Quota("patrol", "week", 2),))
    since, until = at(22, 0, month=9), at(20, 0, month=10)
    assert due_in(bureau, "missed", since, until) == [
        ("missed:week:2025-09-15", "09-22 08:30"), ("missed:week:2025-09-22", "09-29 08:30"),
        ("missed:week:2025-09-29", "10-09 08:30"), ("missed:week:2025-10-06", "10-13 08:30"),
    ]  # fmt: skip
    assert due_in(bureau, "short_week", since, until) == [("short_week:2025-09-29", "09-25 08:30")]


@settings(deadline=None, max_examples=30)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
       st.lists(st.integers(1, 40), max_size=6))  # fmt: skip
def test_asked_in_pieces_or_as_a_whole_the_same_is_due(since: datetime, days: list[int]) -> None:
    bureau = replace(default_bureau()[0], calendar=CALENDAR)
    for name in ("nudge", "missed", "short_week"):
        cuts = [since]
        for n in days:
            cuts.append(cuts[-1] + timedelta(days=n))
        pieces = [one for a, b in pairwise(cuts)
                  for one in due_in(bureau, name, a, b)]  # fmt: skip
        assert pieces == sorted(pieces, key=pieces.index)
        assert set(pieces) == set(due_in(bureau, name, cuts[0], cuts[-1]))
        assert len(set(pieces)) == len(pieces)


@given(st.sampled_from(PERS), st.dates(date(2024, 1, 1), date(2026, 12, 1)))
def test_every_stage_is_a_working_day_of_its_period(per: Any, day: date) -> None:
    bureau = replace(default_bureau()[0], calendar=CALENDAR)
    start = duty_nudges.unit_start(day, per)
    found = duty_nudges.stages(bureau, per, start)
    for stage in found:
        assert CALENDAR.is_workday(stage.day)
        assert start <= stage.day < duty_nudges.step(start, per, 1)
    assert len({stage.day for stage in found}) == len(found)


# ---- nudges ----


def test_those_who_can_still_act_are_told_once(field: Field) -> None:
    assert nudge(field, date(2025, 11, 19), at(19, 17)) == "told 4 of 4"
    assert told(field, "nudge") == {"张建国", "李红梅", "赵大勇", "孙涛"}
    assert shown(field, "nudge", at(19, 17))[0] == "本周还有 3 个工作日，还差：\n全域巡查差 2 次。"
    assert dues.coming(field.tx) == []


def test_midweek_only_what_is_behind_and_friday_all_that_is_short(field: Field) -> None:
    walked(field, MONDAY)
    assert nudge(field, date(2025, 11, 19), at(19, 17)) == "dropped: nothing is behind"
    assert nudge(field, date(2025, 11, 21), at(21, 15)) == "told 4 of 4"
    assert shown(field, "nudge", at(21, 15))[0] == "本周就剩今天了，还差：\n全域巡查差 1 次。"


def test_a_squads_quota_is_its_own_peoples(field: Field) -> None:
    field.bureau = replace(
        field.bureau, quotas=(Quota("patrol", "week", 1, of="squad", only=("二中队",)),)
    )
    assert nudge(field, date(2025, 11, 21), at(21, 15)) == "told 1 of 1"
    assert told(field, "nudge") == {"赵大勇"}


def test_what_is_met_before_it_is_sent_is_not_said(field: Field) -> None:
    nudge(field, date(2025, 11, 21), at(21, 15))
    walked(field, MONDAY)
    walked(field, date(2025, 11, 21))
    assert shown(field, "nudge", at(21, 15, 1)) == []


def test_a_nudge_is_not_said_in_the_next_week(field: Field) -> None:
    nudge(field, date(2025, 11, 21), at(21, 15))
    assert shown(field, "nudge", at(24, 8, 30)) == []
    assert nudge(field, date(2025, 11, 28), at(1, 9, month=12)) == "dropped: nothing is behind"


def test_exempt_and_moved_weeks_are_not_nudged(field: Field) -> None:
    for verdict in (EXEMPT, MOVED):
        said = Decision((), "week", MONDAY, verdict, None, "防汛")
        decide(field.tx, field.ids["李主任"], said, field.bureau, field.now)
        assert nudge(field, date(2025, 11, 21), at(21, 15)) == "dropped: nothing is behind"
        dues_row = dues.table.delete()
        field.tx.execute(dues_row)


def later(field: Field, now: datetime) -> list[str]:
    """What became of each row of one person's own, carried out at this moment."""
    duty, found = DUTIES[duty_nudges.TOLD_LATER], []
    for row in dues.coming(field.tx, 500):
        if row.duty == duty.name:
            done = carry_out(field.tx, duty, row.id, field.bureau, now, by_hand=True)
            assert done is not None
            found.append(f"{done.state} {done.why or done.until}")
    return found


def test_whoever_was_told_something_today_is_nudged_the_next_morning(field: Field) -> None:
    tell_unasked(field.tx, field.bureau, field.ids["孙涛"], "missed", 1, at(19, 9))
    assert nudge(field, date(2025, 11, 19), at(19, 17)) == "told 3 of 4, 1 later"
    assert told(field, "nudge") == {"张建国", "李红梅", "赵大勇"}
    (row,) = dues.coming(field.tx)
    assert (row.duty, row.due_at) == (duty_nudges.TOLD_LATER, at(20, 8, 30))
    assert later(field, at(20, 8, 30)) == ["done told"]
    assert "孙涛" in told(field, "nudge")


def test_a_nudge_put_off_is_not_told_once_it_is_met_or_told_by_todays(field: Field) -> None:
    for day in (19, 20):
        tell_unasked(field.tx, field.bureau, field.ids["孙涛"], "missed", 1, at(day, 9))
    nudge(field, date(2025, 11, 19), at(19, 17))
    assert later(field, at(20, 9)) == [f"put_off {at(21, 8, 30)}"]
    assert later(field, at(21, 8, 30))[0].startswith("dropped"), "at 15:00 all of it is told"
    assert "孙涛" not in told(field, "nudge")
    field.tx.execute(dues.table.delete())
    tell_unasked(field.tx, field.bureau, field.ids["李红梅"], "missed", 1, at(26, 9))
    nudge(field, date(2025, 11, 26), at(26, 17))
    for _ in range(2):
        walked(field, date(2025, 11, 26))
    assert later(field, at(27, 8, 30))[0].startswith("dropped")


def test_on_the_last_day_whoever_was_told_something_is_nudged_all_the_same_once(
    field: Field,
) -> None:
    who = field.ids["孙涛"]
    tell_unasked(field.tx, field.bureau, who, "missed", 1, at(21, 9))
    assert nudge(field, date(2025, 11, 21), at(21, 15)) == "told 4 of 4"
    assert "孙涛" in told(field, "nudge")
    assert dues.coming(field.tx) == []
    assert not tell_unasked(field.tx, field.bureau, who, "missed", 2, at(21, 16), last_chance=True)


@pytest.mark.parametrize(
    ("quota", "day", "night", "morning"),
    [
        (Quota("patrol", "week", 2), date(2025, 11, 19), at(19, 22), at(20, 8, 30)),
        (Quota("patrol", "week", 2), date(2025, 11, 21), at(21, 22), None),
        (Quota("special", "month", 1), date(2025, 11, 25), at(25, 22), at(26, 8, 30)),
        (Quota("special", "month", 1), date(2025, 11, 28), at(28, 22), None),
        (Quota("special", "month", 1), date(2025, 11, 28), at(28, 7), at(28, 8, 30)),
        (Quota("special", "quarter", 1), date(2025, 12, 31), at(31, 22, month=12), None),
        (Quota("special", "quarter", 1), date(2025, 12, 31), at(31, 7, month=12),
         at(31, 8, 30, month=12)),
    ],
)  # fmt: skip
def test_a_nudge_in_quiet_hours_waits_for_the_morning_of_its_period(
    field: Field, quota: Quota, day: date, night: datetime, morning: datetime | None
) -> None:
    field.bureau = replace(field.bureau, quotas=(quota,))
    duty, begin = DUTIES["nudge"], datetime.combine(day, datetime.min.time(), TZ)
    (one,) = duty.occurrences(field.tx, field.bureau, begin, begin + timedelta(days=1))
    dues.note(field.tx, [one], night)
    row = dues.coming(field.tx)[0].id
    done = carry_out(field.tx, duty, row, field.bureau, night, by_hand=True)
    assert done is not None
    if morning is None:
        assert done.why == "the period is over in the morning"
        return
    assert (done.state, done.until) == ("put_off", morning)
    done = carry_out(field.tx, duty, row, field.bureau, morning, by_hand=True)
    assert done is not None
    assert done.why == "told 4 of 4"


def test_after_a_downtime_what_was_not_told_this_week_is_told_with_the_newest(
    field: Field,
) -> None:
    field.bureau = replace(
        field.bureau, quotas=(Quota("patrol", "week", 1), Quota("special", "month", 1))
    )
    walked(field, MONDAY)
    assert nudge(field, date(2025, 11, 21), at(21, 15)) == "told 4 of 4"
    assert shown(field, "nudge", at(21, 15))[0] == "本月还有 6 个工作日，还差：\n专项检查差 1 次。"


# ---- misses ----


def miss(field: Field, start: date, now: datetime) -> str | None:
    (one,) = [
        one for one in DUTIES["missed"].occurrences(
            field.tx, field.bureau, now - timedelta(days=6), now + timedelta(days=1))
        if one.key == f"missed:week:{start}"
    ]  # fmt: skip
    return act(field, DUTIES["missed"], one, now)


def test_a_miss_is_noted_and_the_leader_asked(field: Field) -> None:
    walked(field, MONDAY)
    assert miss(field, MONDAY, at(24, 8, 30)) == "1 missed"
    assert told(field, "missed") == {"孙涛"}
    (said,) = shown(field, "missed", at(24, 8, 30))
    assert said.split("\n") == [
        "上周没够数：", "全域巡查 1/2。", "是什么原因？点一个，或者写一句，材料里会带上。",
    ]  # fmt: skip


def test_nothing_missed_nobody_asked(field: Field) -> None:
    for _ in range(2):
        walked(field, MONDAY)
    assert miss(field, MONDAY, at(24, 8, 30)) == "dropped: nothing was missed"
    assert quotas.missed(field.tx, MONDAY, date(2026, 1, 1)) == []


def test_who_may_not_be_told_now_is_asked_when_he_may(field: Field) -> None:
    assert miss(field, MONDAY, at(24, 21)) == "1 missed"
    assert told(field, "missed") == set()
    (row,) = dues.coming(field.tx)
    assert (row.duty, row.due_at) == (duty_nudges.TOLD_LATER, at(25, 8, 30))
    later = DUTIES[duty_nudges.TOLD_LATER]
    with pytest.raises(PutOff):
        later.act(field.tx, field.bureau, row, at(24, 22))
    assert later.act(field.tx, field.bureau, row, at(25, 8, 30)) == "told"
    assert told(field, "missed") == {"孙涛"}
    assert later.act(field.tx, field.bureau, row, at(4, 9, month=12)).startswith("dropped")


# ---- short weeks ----


def ask(field: Field, now: datetime) -> str | None:
    begin = at(25, 0, month=9)
    (one,) = DUTIES["short_week"].occurrences(
        field.tx, field.bureau, begin, begin + timedelta(days=1)
    )
    return act(field, DUTIES["short_week"], one, now)


def test_a_short_week_is_asked_about_and_its_card_says_what_became_of_it(field: Field) -> None:
    now = at(25, 8, 30, month=9)
    assert ask(field, now) == "asked 1"
    assert told(field, "short_week") == {"李主任"}
    (said,) = shown(field, "short_week", now)
    assert said.startswith("国庆节那周（9月29日到10月5日）只上 2 天班。")
    field.tx.execute(outbox.table.update().values(state=outbox.SHOWN, shown=1))
    decision = Decision((), "week", date(2025, 9, 29), EXEMPT)
    decide(field.tx, field.ids["孙涛"], decision, field.bureau, now)
    (said,) = shown(field, "short_week", now)
    assert said.split("\n")[1] == "9月29日到10月5日，孙涛 9月25日定的。"


def test_a_short_week_that_is_decided_is_not_asked_about(field: Field) -> None:
    now = at(24, 9, month=9)
    decision = Decision((), "week", date(2025, 9, 29), EXEMPT)
    decide(field.tx, field.ids["孙涛"], decision, field.bureau, now)
    assert ask(field, at(25, 8, 30, month=9)) == "dropped: decided already"
