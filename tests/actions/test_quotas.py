"""How periods stand: counted by what stood in their time, with decisions, carried on and missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from bot.actions import calendar, decisions, figures, misses, quotas, standing
from bot.actions.answering import answer
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.answers import Standing
from bot.rules.calendar import WorkCalendar
from bot.rules.decisions import Decision
from bot.rules.questions import QuestionReader
from bot.rules.quotas import EXEMPT, KEPT, MOVED, QuotaStanding, code_of
from bot.rules.records import Bureau, Quota, RoundRule
from bot.words import answers as words
from storage import awaited, journal, papers, patrols
from storage import people as people_store
from storage.schema import Transaction
from tests.actions.conftest import TZ, Field

WEEK, NEXT = date(2025, 6, 9), date(2025, 6, 16)
PATROL = Quota("patrol", "week", 2)


@pytest.fixture
def field(tx: Transaction) -> Field:
    made = Field(tx)
    made.bureau = replace(made.bureau, calendar=WorkCalendar(tuple(calendar.packaged())))
    return made


def walked(field: Field, day: date, squad: str | None = "一中队", kind: str = "full") -> None:
    """A round that counts, at nine on that day."""
    at = datetime(day.year, day.month, day.day, 9, tzinfo=TZ)
    field.message += 1
    patrols.add(
        field.tx, number=f"X-{field.message}", kind=kind, squad=squad, spot=None, line="telegram",
        chat=1, person=field.ids["张建国"], told=False, started_at=at, ended_at=at, last_at=at,
        state="ended", late=False, counts=True, lacking={}, asks={}, version=1,
    )  # fmt: skip


def week(field: Field, day: date = WEEK, key: str = "week/patrol") -> QuotaStanding:
    found = {one.key: one for one in quotas.standings(field.tx, field.bureau, "week", day)}
    return found[key]


def decide(field: Field, who: str, *more: Any) -> decisions.Settled:
    said = Decision(*more)
    return decisions.decide(field.tx, field.ids[who], said, field.bureau, field.now)


def with_quotas(field: Field, *given: Quota) -> Field:
    field.bureau = replace(field.bureau, quotas=given, squads=("一中队", "二中队"))
    return field


# ---- counting ----


def test_a_week_stands_as_it_was_walked(field: Field) -> None:
    assert (week(field).done, week(field).owed, week(field).short) == (0, 2, 2)
    walked(field, WEEK)
    walked(field, date(2025, 6, 15))
    walked(field, NEXT)
    assert (week(field).done, week(field).short) == (2, 0)
    assert week(field, date(2025, 6, 20)).done == 1


def test_each_squad_has_its_own_number(field: Field) -> None:
    with_quotas(field, Quota("patrol", "week", 1, of="squad"))
    walked(field, WEEK, "二中队")
    assert week(field, key="week/patrol/squad/一中队").short == 1
    assert week(field, key="week/patrol/squad/二中队").short == 0


def test_any_count_of_anything_a_week_a_month_or_a_quarter(field: Field) -> None:
    with_quotas(
        field, Quota("special", "month", 1), Quota("patrol", "quarter", 3),
        Quota("review", "quarter", 1),
        Quota("visit", "month", 4, of="spot", only=("yongfu",)), Quota("visit", "week", 9),
    )  # fmt: skip
    walked(field, WEEK, kind="special")
    field.sends("张建国", "永福路 占道")
    made = papers.make(field.tx, papers.QUARTER, date(2025, 4, 1), field.now)
    papers.change(field.tx, made, state=papers.SENT)
    found = {
        one.key: (one.done, one.owed)
        for per in ("week", "month", "quarter")
        for one in quotas.standings(field.tx, field.bureau, per, WEEK)  # type: ignore[arg-type]
    }
    assert found == {
        "month/special": (1, 1), "quarter/patrol": (0, 3), "quarter/review": (1, 1),
        "month/visit/spot/yongfu": (1, 4), "week/visit": (1, 9),
    }  # fmt: skip


# ---- versions ----


def test_a_quota_changed_in_mid_quarter_leaves_the_earlier_weeks_as_they_were(field: Field) -> None:
    """Issue 4, point 6."""
    tx, file = field.tx, field.bureau
    standing.follow(tx, file, datetime(2025, 4, 1, 9, tzinfo=TZ))
    for day in (WEEK, date(2025, 6, 10), NEXT, date(2025, 6, 17)):
        walked(field, day)
    field.bureau = standing.as_it_stands(tx, file)
    before = [week(field, day) for day in (WEEK, NEXT)]
    more = tuple(replace(q, count=3) if q.per == "week" else q for q in file.quotas)
    changed = replace(file, quotas=more)
    for _ in range(2):
        standing.follow(tx, changed, datetime(2025, 6, 18, 9, tzinfo=TZ))
    field.bureau = standing.as_it_stands(tx, changed)
    assert week(field, WEEK) == before[0]
    assert (week(field, NEXT).done, week(field, NEXT).owed) == (2, 3)
    assert week(field, date(2025, 6, 23)).owed == 3
    spots = figures.week(tx, field.bureau, datetime(2025, 6, 9, tzinfo=TZ)).spots
    assert {spot.owed for spot in spots} == {2, None}
    spots = figures.week(tx, field.bureau, datetime(2025, 6, 18, tzinfo=TZ)).spots
    assert {spot.owed for spot in spots} == {3, None}
    found = quotas.overview(tx, field.bureau, date(2025, 6, 18))
    assert [(row.key, since, was) for row, _, since, was in found if row.key == "week/patrol"] == [
        ("week/patrol", NEXT, 2)
    ]


def test_rules_of_rounds_keep_their_time_too(field: Field) -> None:
    tx, file = field.tx, field.bureau
    standing.follow(tx, file, datetime(2025, 6, 10, 9, tzinfo=TZ))
    strict = replace(file, rounds=(RoundRule(officers=2, minutes=20),))
    standing.follow(tx, strict, datetime(2025, 6, 18, 9, tzinfo=TZ))
    standing.follow(tx, strict, datetime(2025, 7, 1, 9, tzinfo=TZ))
    found = standing.as_it_stands(tx, strict).rounds
    assert [(rule.since, rule.officers) for rule in found] == [(None, 1), (NEXT, 2)]


def test_a_house_that_followed_nothing_yet_is_as_its_file(field: Field) -> None:
    found = standing.as_it_stands(field.tx, field.bureau)
    assert (found.quotas, found.rounds) == (field.bureau.quotas, field.bureau.rounds)
    assert found.calendar.moved == ()


# ---- decisions ----


def test_an_exempt_week_owes_nothing_and_says_why(field: Field) -> None:
    decide(field, "李主任", ("patrol",), "week", WEEK, EXEMPT, None, "防汛")
    one = week(field)
    assert (one.owed, one.asked, one.short, one.reason) == (0, 2, 0, "防汛")
    assert one.decision is not None
    assert (one.decision.by, one.decision.verdict) == ("李主任", EXEMPT)
    assert ("decide_period", f"period/week/{WEEK}") in field.deeds()
    decisions.change_mind(
        field.tx, field.ids["孙涛"], "week", WEEK, ("patrol",), field.bureau, field.now
    )
    assert (week(field).owed, week(field).reason) == (2, None)


def test_a_moved_week_is_owed_with_the_next_one(field: Field) -> None:
    walked(field, WEEK)
    decide(field, "孙涛", ("patrol",), "week", WEEK, MOVED, None, "下雪")
    assert (week(field).done, week(field).owed, week(field).short) == (1, 1, 0)
    assert (week(field, NEXT).owed, week(field, NEXT).carried) == (3, 1)
    decide(field, "孙涛", ("patrol",), "week", NEXT, MOVED, date(2025, 6, 30), "还下雪")
    assert (week(field, NEXT).owed, week(field, date(2025, 6, 30)).owed) == (0, 5)
    decide(field, "孙涛", ("patrol",), "week", WEEK, KEPT)
    assert week(field, date(2025, 6, 30)).owed == 4


def test_a_holiday_is_reason_enough(field: Field) -> None:
    done = decide(field, "李主任", (), "week", date(2025, 9, 29), EXEMPT)
    assert (done.reason, done.whats) == ("国庆节放假", ("visit", "patrol"))
    assert quotas.visits_owed(field.tx, field.bureau, date(2025, 10, 1)) == {}
    assert set(quotas.visits_owed(field.tx, field.bureau, date(2025, 10, 8)).values()) == {2}


def test_visits_that_are_moved_are_owed_by_the_spots_next_week(field: Field) -> None:
    decide(field, "李主任", ("visit",), "week", WEEK, MOVED, None, "下雪")
    assert set(quotas.visits_owed(field.tx, field.bureau, NEXT).values()) == {4}
    assert quotas.visits_owed(field.tx, field.bureau, WEEK) == {}


@pytest.mark.parametrize(
    ("who", "more", "fault", "says"),
    [
        ("张建国", (("patrol",), "week", WEEK, EXEMPT, None, "雨"), NotAllowed, "中队长"),
        ("王志强", (("patrol",), "week", WEEK, EXEMPT, None, "雨"), NotAllowed, "中队长"),
        ("李主任", (("patrol",), "week", WEEK, EXEMPT), Refused, "原因"),
        ("李主任", (("special",), "week", WEEK, EXEMPT, None, "雨"), Refused, "指标"),
        ("李主任", (("patrol",), "week", WEEK, MOVED, date(2025, 6, 2), "雨"), Refused, "往后"),
        ("李主任", (("patrol",), "week", None, EXEMPT, None, "雨"), Refused, "哪一周"),
        ("李主任", ((), "week", None, EXEMPT, None, "", "国庆"), Refused, "还没公布"),
    ],
)  # fmt: skip
def test_what_is_not_decided(
    field: Field, who: str, more: tuple[Any, ...], fault: type[Exception], says: str
) -> None:
    field.leaves_all(lambda: decide(field, who, *more), fault, says)


def test_a_leader_decides_of_his_own_squads_quota(field: Field) -> None:
    with_quotas(field, Quota("patrol", "week", 1, of="squad"))
    decide(field, "孙涛", ("patrol",), "week", WEEK, EXEMPT, None, "创城")
    assert week(field, key="week/patrol/squad/一中队").owed == 0
    assert week(field, key="week/patrol/squad/二中队").owed == 1
    with_quotas(field, Quota("patrol", "week", 1, of="squad", only=("二中队",)))
    field.leaves_all(
        lambda: decide(field, "孙涛", ("patrol",), "week", WEEK, EXEMPT, None, "创城"),
        NotAllowed, "别的中队",
    )  # fmt: skip
    decide(field, "李主任", ("patrol",), "week", WEEK, EXEMPT, None, "创城")
    assert week(field, key="week/patrol/squad/二中队").owed == 0


def test_that_week_is_the_holiday_near_or_the_last_one_decided(field: Field) -> None:
    decide(field, "李主任", ("patrol",), "week", NEXT, EXEMPT, None, "防汛")
    assert decide(field, "李主任", ("patrol",), "week", None, KEPT).start == NEXT
    field.now = datetime(2025, 9, 20, 9, tzinfo=TZ)
    assert decide(field, "李主任", ("patrol",), "week", None, KEPT).start == date(2025, 9, 29)


# ---- misses ----


def test_a_miss_is_noted_once_and_stays_with_its_reason(field: Field) -> None:
    field.sends("张建国", "松江路 占道")
    walked(field, NEXT)
    field.now = datetime(2025, 6, 23, 8, 30, tzinfo=TZ)
    short = misses.note_misses(field.tx, field.bureau, "week", NEXT, field.now)
    assert "week/patrol" in {one.key for one in short}
    misses.note_misses(field.tx, field.bureau, "week", NEXT, field.now)
    code = code_of("week", NEXT)
    assert misses.explain(field.tx, field.ids["孙涛"], code, "连着下雨", field.bureau, field.now)
    one = week(field, NEXT)
    assert one.missed is not None
    assert (one.missed.done, one.missed.owed, one.reason) == (1, 2, "连着下雨")
    walked(field, date(2025, 6, 17))
    again = week(field, NEXT)
    assert (again.short, again.missed) == (0, one.missed)
    rows = misses.asked_about(field.tx, field.bureau, field.ids["孙涛"], code)
    assert {by for _, by in rows} == {"孙涛"}
    assert [line.deed for line in journal.lines(field.tx)].count("miss") == len(rows)


def test_what_was_before_the_house_is_no_miss(field: Field) -> None:
    assert misses.note_misses(field.tx, field.bureau, "week", WEEK, field.now) == []
    field.later(days=1)
    field.sends("张建国", "松江路 占道")
    assert misses.note_misses(field.tx, field.bureau, "week", WEEK, field.now) == []
    assert misses.note_misses(field.tx, field.bureau, "week", NEXT, field.now) != []


def test_only_who_was_asked_gives_the_reason(field: Field) -> None:
    field.sends("张建国", "松江路 占道")
    misses.note_misses(field.tx, field.bureau, "week", NEXT, field.now)
    code = code_of("week", NEXT)
    for who in ("张建国", "李主任"):
        field.leaves_all(
            lambda who=who: misses.explain(  # type: ignore[misc]
                field.tx, field.ids[who], code, "下雨了", field.bureau, field.now
            ),
            NotAllowed, "中队长",
        )  # fmt: skip
    with pytest.raises(NotFound):
        misses.explain(field.tx, field.ids["孙涛"], code_of("week", WEEK), "雨雨", field.bureau,
                       field.now)  # fmt: skip
    with pytest.raises(Refused, match="多写"):
        misses.explain(field.tx, field.ids["孙涛"], code, "雨", field.bureau, field.now)
    assert misses.expect_words(field.tx, field.ids["孙涛"], code, field.now) is None
    wanted = awaited.of(field.tx, field.ids["孙涛"], field.now)
    assert wanted is not None
    assert (wanted.what, wanted.subject) == (misses.REASON, code)


def names(found: list[people_store.Person]) -> set[str]:
    return {person.name for person in found}


def test_who_can_act_and_who_answers(field: Field) -> None:
    bureau_wide, squad = "week/patrol", "week/patrol/squad/二中队"
    field.join("刘强", {people_store.Role.LEADER}, "二中队")
    frozen = field.join("停用的", {people_store.Role.OFFICER}, "二中队")
    people_store.change(field.tx, frozen, state=people_store.FROZEN)
    with_quotas(
        field, PATROL, Quota("patrol", "week", 1, of="squad"), Quota("review", "quarter", 1)
    )
    assert names(misses.who_can_act(field.tx, week(field))) == {
        "张建国", "李红梅", "赵大勇", "孙涛", "刘强"
    }  # fmt: skip
    assert names(misses.who_can_act(field.tx, week(field, key=squad))) == {"赵大勇", "刘强"}
    (review,) = quotas.standings(field.tx, field.bureau, "quarter", WEEK)
    assert names(misses.who_can_act(field.tx, review)) == {"孙涛", "刘强", "李主任"}
    assert names(misses.who_answers(field.tx, bureau_wide)) == {"孙涛", "刘强"}
    assert names(misses.who_answers(field.tx, squad)) == {"刘强"}
    assert names(misses.who_answers(field.tx, "week/patrol/squad/三中队")) == {"李主任"}
    assert names(misses.who_answers(field.tx, review.key)) == {"李主任"}


@pytest.mark.parametrize(
    ("owed", "done", "gone", "behind"),
    [(2, 0, 3, True), (2, 1, 3, False), (1, 0, 3, True), (5, 2, 3, True), (5, 3, 3, False),
     (2, 1, 5, True), (0, 0, 5, False)],
)  # fmt: skip
def test_behind_its_pace(owed: int, done: int, gone: int, behind: bool) -> None:
    one = QuotaStanding("k", "patrol", "week", WEEK, None, None, done, owed, owed)
    assert misses.behind(one, gone, 5) is behind


# ---- the calendar ----


def test_the_calendar_is_seeded_once_and_a_notice_overrules_it(field: Field) -> None:
    tx, admin = field.tx, field.ids["王芳"]
    assert calendar.seed(tx, field.bureau, field.now) > 60
    assert calendar.seed(tx, field.bureau, field.now) == 0
    assert calendar.calendar_of(tx).announced(2025)
    assert not calendar.calendar_of(tx).is_workday(date(2025, 5, 5))
    text = "2025年 劳动节：5月1日（周四）至3日（周六）放假，共3天。"
    number = calendar.paste(tx, admin, text, field.now)
    read, missing = calendar.keep_notice(tx, admin, number, field.bureau, field.now)
    assert (read.year, missing) == (2025, ())
    found = calendar.calendar_of(tx)
    assert found.is_workday(date(2025, 5, 5))
    assert not found.is_workday(date(2025, 4, 27))
    assert not found.is_workday(date(2025, 10, 6))
    with pytest.raises(TooLate, match="记下"):
        calendar.keep_notice(tx, admin, number, field.bureau, field.now)
    assert calendar.seed(tx, field.bureau, field.now) == 0


def test_questions_know_the_holidays_of_the_calendar(field: Field) -> None:
    calendar.seed(field.tx, field.bureau, field.now)
    found = standing.as_it_stands(field.tx, field.bureau).vocabulary.holidays
    days = {(one.name, one.first.year): (one.first, one.last) for one in found}
    assert days["国庆", 2025] == (date(2025, 10, 1), date(2025, 10, 8))
    assert days["中秋", 2025] == (date(2025, 10, 1), date(2025, 10, 8))
    assert days["五一", 2026] == (date(2026, 5, 1), date(2026, 5, 5))
    assert ("国庆", 2027) not in days
    assert [one.first for one in found] == sorted(one.first for one in found)


def test_a_notice_is_for_admins(field: Field) -> None:
    number = calendar.paste(field.tx, field.ids["王芳"], "国庆节：10月1日放假", field.now)
    for deed in (
        lambda: calendar.paste(field.tx, field.ids["李主任"], "国庆节：10月1日放假", field.now),
        lambda: calendar.keep_notice(field.tx, field.ids["孙涛"], number, field.bureau, field.now),
        lambda: calendar.refuse_notice(field.tx, field.ids["张建国"], number),
    ):
        field.leaves_all(deed, NotAllowed, "管理员")
    calendar.refuse_notice(field.tx, field.ids["王芳"], number)
    with pytest.raises(TooLate, match="不记"):
        calendar.keep_notice(field.tx, field.ids["王芳"], number, field.bureau, field.now)
    with pytest.raises(NotFound):
        calendar.refuse_notice(field.tx, field.ids["王芳"], 99)


# ---- answers ----


def asked(field: Field, text: str) -> list[str]:
    bureau: Bureau = field.bureau
    question = QuestionReader(bureau).read(text, field.now)
    facts = answer(field.tx, None, question, bureau, field.now)
    assert isinstance(facts, Standing), (text, question)
    return words.answer(facts, field.now).text.split("\n")


def test_answers_know_decisions_carried_counts_and_reasons(field: Field) -> None:
    field.now = datetime(2025, 6, 27, 10, tzinfo=TZ)
    walked(field, WEEK)
    assert asked(field, "本周全域巡查够数了吗")[0] == "本周全域巡查 0/2，还差 2 次。"
    decide(field, "李主任", ("patrol",), "week", NEXT, MOVED, None, "下雪")
    assert asked(field, "本周全域巡查够数了吗")[0] == (
        "本周全域巡查 0/4（含顺延来的 2 次），还差 4 次。"
    )
    assert asked(field, "上周全域巡查够数了吗")[0] == ("上周全域巡查顺延到6月23日起（下雪）。")
    decide(field, "李主任", ("patrol",), "week", NEXT, EXEMPT, None, "防汛")
    assert asked(field, "上周全域巡查够数了吗")[0] == "上周全域巡查免了（防汛）。"
    line = asked(field, "本月全域巡查够数了吗")[0]
    assert line == (
        "全域巡查 4 周里 1 周够数，6月2日到8日那周差 2 次，6月9日到15日那周差 1 次，"
        "6月16日到22日那周免了，另外还有 1 周。"
    )
