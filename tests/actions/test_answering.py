"""What each measure counts, who may see it, and what opens behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.actions import answering, asking, opened, photo_lists
from bot.errors import NotAllowed, NotFound, Refused
from bot.rules import kept_questions
from bot.rules.answers import (
    Absent,
    Bulletin,
    Counted,
    Listing,
    Photos,
    Standing,
    totals_of,
)
from bot.rules.onward import Offer, onward
from bot.rules.questions import QuestionReader
from bot.rules.records import Filters, Question, Role
from bot.words import answers as words
from bot.words.charted import _whole_percent
from handlers.answers import about_me
from storage import parts, people
from tests.actions.conftest import Field


def read(field: Field, text: str) -> Question:
    question = QuestionReader(field.bureau).read(text, field.now)
    assert question.reason is None, (text, question)
    return question


def ask(field: Field, text: str, who: str | None = None) -> Any:
    asker = people.by_id(field.tx, field.ids[who]) if who else None
    return answering.answer(field.tx, asker, read(field, text), field.bureau, field.now)


def said(field: Field, text: str, who: str | None = None) -> list[str]:
    return words.answer(ask(field, text, who), field.now).text.splitlines()


@pytest.fixture
def busy(field: Field) -> Field:
    """A day with two patrols, a special check, settled and open trouble, and a rebound."""
    for who, text in (
        ("张建国", "全域巡查：松江路、永福路、交汇处、光明大道，未发现问题"),
        ("李红梅", "上午7点全域巡查 松江路、永福路、交汇处 都正常"),
        ("赵大勇", "专项检查 永福路 出店经营3家 限期整改"),
        ("张建国", "松江路 流动摊贩2个 已劝离"),
        ("张建国", "松江路 占道经营1处"),
        ("李红梅", "12345工单 永福路 占道经营1处 已整改"),
        ("孙涛", "松江路流动摊贩又摆出来了"),
    ):
        field.sends(who, text)
        field.later(minutes=20)
    return field


def test_each_measure_counts_what_its_name_says(busy: Field) -> None:
    for text, number in (
        ("本周巡查几次", 2), ("本周专项检查几次", 1), ("本周发现多少问题", 5),
        ("本周解决了多少问题", 2), ("本周还有多少问题没解决", 3), ("本周反弹几次", 1),
        ("12345转来的问题本周几起", 1), ("专项检查本周发现多少问题", 1), ("一中队本周报了几次", 6),
    ):  # fmt: skip
        found = ask(busy, text)
        assert isinstance(found, Counted), text
        assert found.numbers[0].total == number, text


def test_several_measures_at_once_are_said_in_one_sentence(busy: Field) -> None:
    assert said(busy, "本周发现多少问题，解决了多少")[0] == "本周发现问题 5 个，已解决 2 个。"


def test_a_share_has_its_numerator_and_denominator(busy: Field) -> None:
    assert said(busy, "本周整改完成率多少")[0] == "本周完成率 40%（2/5）。"
    assert said(busy, "上周整改完成率多少")[0].startswith("上周还没开始记")


def test_a_percentage_needs_five(busy: Field) -> None:
    busy.later(days=7)
    for _ in range(4):
        busy.sends("张建国", "永福路 占道经营1处")
        busy.later(minutes=20)
    lines = said(busy, "本周和上周比，发现问题多了还是少了")
    assert lines[1] == "上周是 5 个，少了 1 个（20%），本周还没过完。"
    lines = said(busy, "本周和上周比，流动摊贩多了还是少了")
    assert lines[1] == "上周是 2 个，少了 2 个，本周还没过完。"


def test_a_trend_runs_on_to_now_and_no_further(busy: Field) -> None:
    found = ask(busy, "本月每周发现多少问题")
    assert [part.total for part in found.parts] == [None, None, 5, None, None, None]
    busy.later(days=7)
    again = ask(busy, "本月每周发现多少问题")
    assert [part.total for part in again.parts] == [None, None, 5, 0, None, None]
    card = words.answer(found, busy.now)
    assert card.chart is not None
    assert card.chart.kind == "line"
    assert card.chart.series[0][1][-1] is None


def test_the_lines_sum_up_to_the_number(busy: Field) -> None:
    """What lies at a place of no table has a line of its own, the last one."""
    busy.sends("张建国", "福禄巷口 占道经营1处")
    found = ask(busy, "各点位本周问题")
    assert found.parts[-1].label == "其他地方"
    assert sum(part.total for part in found.parts) == found.numbers[0].total == 6
    assert "其他地方 1。" in said(busy, "各点位本周问题")[1]
    busy.sends("张建国", "松江路占道经营2处，永福路占道经营1处")
    lines = said(busy, "各点位本周几次")
    total = sum(part.total for part in ask(busy, "各点位本周几次").parts)
    assert lines[1].endswith(f"一条里有几处的，每处各算一次，加起来是 {total}。")


def test_who_asks_for_the_fewest_sees_them_first(busy: Field) -> None:
    lines = said(busy, "本周问题最少的点位是哪个")
    totals = [part.total for part in ask(busy, "本周问题最少的点位是哪个").parts]
    assert totals == sorted(totals)
    assert lines[1].startswith("从少到多：")


def test_a_drawn_share_is_rounded_as_the_words_are() -> None:
    assert [_whole_percent(5, 32), _whole_percent(2, 3), _whole_percent(0, 0)] == [16, 67, None]


def test_quotas_before_the_first_record_are_not_owed(busy: Field) -> None:
    assert said(busy, "专项检查5月做了没")[0].startswith("上月还没开始记")


def test_the_largest_names_all_that_are_level(busy: Field) -> None:
    busy.sends("张建国", "农贸市场 占道经营1处")
    busy.later(minutes=20)
    busy.sends("张建国", "光明大道 占道经营1处")
    found = ask(busy, "本月占道经营最多的点位")
    assert len({part.total for part in found.parts}) == 1
    assert len(found.parts) == 4


def test_the_bulletins_sentence_is_consistent(busy: Field) -> None:
    text = "截至目前全域巡查多少次、专项检查多少次、问题多少个"
    found = ask(busy, text)
    assert isinstance(found, Bulletin)
    assert said(busy, text) == [
        "截至6月9日，已开展全域巡查2次、专项检查1次，累计发现问题5个，已完成整改2个，3个正在整改。"
    ]


def test_quotas_of_patrols_and_checks_stand_beside_what_is_owed(busy: Field) -> None:
    found = ask(busy, "本周还差几次巡查")
    assert isinstance(found, Standing)
    assert [(one.noun, one.done, one.owed) for one in found.bureau] == [("全域巡查", 2, 2)]
    assert said(busy, "6月专项检查做了没")[0] == "本月专项检查 1/1，够数了。"


def test_who_has_not_reported_is_for_leaders(busy: Field) -> None:
    field = busy
    field.later(days=1)
    field.sends("张建国", "松江路正常")
    found = ask(field, "今天谁还没上报", "李主任")
    assert isinstance(found, Absent)
    assert found.names == ("李红梅", "赵大勇", "孙涛")
    assert ask(field, "今天谁还没上报", "孙涛").names == ("李红梅", "孙涛")
    with pytest.raises(NotAllowed):
        ask(field, "今天谁还没上报", "张建国")


def test_an_officer_sees_rows_without_others_names(busy: Field) -> None:
    found = ask(busy, "没整改完的问题有哪些", "赵大勇")
    assert isinstance(found, Listing)
    assert {row.name for row in found.rows} == {"赵大勇", None}
    assert {row.name for row in ask(busy, "没整改完的问题有哪些", "李主任").rows} >= {"孙涛"}


@pytest.mark.parametrize(
    ("text", "begins"),
    [("下周松江路几次", "松江路下周还没到，没有记录。"),
     ("上个月松江路几次", "松江路上月还没开始记，最早的记录是 6月9日。"),
     ("永福路今天反弹几次", "永福路今天反弹 0 次。")],
)  # fmt: skip
def test_nothing_says_why(busy: Field, text: str, begins: str) -> None:
    lines = said(busy, text)
    assert lines[0] == begins or begins.endswith(lines[0])
    assert lines[-1].startswith("按「")


def test_unknown_squads_are_named_with_the_known_ones(busy: Field) -> None:
    with pytest.raises(Refused, match="一中队"):
        ask(busy, "法制科本月发现多少问题")


def test_photos_and_those_handed_in_twice(field: Field) -> None:
    for number, (spot, sha) in enumerate((("松江路", "a"), ("永福路", "b"), ("松江路", "a")), 1):
        field.sends("张建国", f"{spot}正常", number=number)
        part = parts.by_message(field.tx, "telegram", field.chat("张建国"), number)
        assert part is not None
        field.tx.execute(
            parts.table.update().where(parts.c.id == part.id).values(
                state=parts.STORED, sha256=sha * 64, dhash=sha * 16, phash=sha * 16)
        )  # fmt: skip
        field.later(minutes=20)
    found = ask(field, "把今天永福路的照片发来")
    assert isinstance(found, Photos)
    assert found.shown == ("b" * 64,)
    twice = ask(field, "有没有重复照片，这个月")
    assert [len(group) for group in twice.copies] == [2]


# ---- what was asked, kept for buttons ----


def test_a_question_kept_is_the_same_again(busy: Field) -> None:
    for text in ("松江路本月发现几个问题", "没整改完的问题有哪些", "近7天占道经营趋势",
                 "本周和上周比，发现问题多了还是少了", "截至目前全域巡查多少次"):  # fmt: skip
        question = read(busy, text)
        kept = kept_questions.to_json(question)
        assert kept_questions.from_json(kept, busy.bureau.tz) == question


def test_a_number_opens_into_as_many_rows_at_any_age(busy: Field) -> None:
    boss = people.by_id(busy.tx, busy.ids["李主任"])
    question = read(busy, "本周发现多少问题，解决了多少")
    number = asking.remember(busy.tx, busy.ids["李主任"], question, (), busy.now)
    busy.later(days=300)
    for which, total in ((0, 5), (1, 2), (9, 5)):
        found = opened.opened(busy.tx, boss, number, which, None, busy.bureau, busy.now)
        assert len(found.rows) == found.total == total
    whole = opened.whole(busy.tx, number, busy.bureau, busy.now)
    assert whole is not None
    assert len(whole.rows) == 5
    with pytest.raises(NotFound):
        opened.opened(busy.tx, boss, number + 99, 0, None, busy.bureau, busy.now)


def test_the_file_is_not_for_somebody_who_left(busy: Field) -> None:
    me = busy.ids["李主任"]
    question = read(busy, "本周发现多少问题")
    number = asking.remember(busy.tx, me, question, (), busy.now)
    people.change(busy.tx, me, state=people.FROZEN)
    assert opened.whole(busy.tx, number, busy.bureau, busy.now) is None


def test_what_was_asked_is_over_after_ten_minutes(busy: Field) -> None:
    me, question = busy.ids["李主任"], read(busy, "本周发现多少问题")
    number = asking.remember(busy.tx, me, question, (Offer("看永福路", said="x"),), busy.now)
    last = asking.lately(busy.tx, me, busy.bureau, busy.now + timedelta(minutes=10))
    assert (last.number, last.question) == (number, question)
    assert asking.lately(busy.tx, me, busy.bureau, busy.now + timedelta(minutes=11)).number == 0
    assert asking.lately(busy.tx, me, busy.bureau, busy.now - timedelta(hours=1)).number == 0
    assert asking.offered(busy.tx, number, 0, busy.bureau) == Offer("看永福路", said="x")
    assert asking.offered(busy.tx, number, 1, busy.bureau) is None


def test_an_answer_leads_on(busy: Field) -> None:
    here = read(busy, "松江路本月发现几个问题")
    offer = onward(here, None, busy.bureau)
    assert offer is not None
    assert offer.question is not None
    assert (offer.label, offer.question.filters.spots) == ("看永福路", ("yongfu",))
    back = onward(here, offer.question, busy.bureau)
    assert back is not None
    assert back.label == "和永福路比"
    assert back.question is not None
    assert back.question.filters.spots == ("yongfu", "songjiang")
    then = onward(back.question, here, busy.bureau)
    assert then is not None
    assert (then.label, then.question and then.question.compare) == ("和前一月比", "prev_period")


def test_moments_are_the_bureaus(busy: Field) -> None:
    found = ask(busy, "没整改完的问题有哪些")
    assert all(isinstance(row.at, datetime) and row.at.utcoffset() for row in found.rows)
    assert found.rows[0].at >= found.rows[-1].at


def test_people_of_one_name_are_told_apart(busy: Field) -> None:
    for squad in ("一中队", "二中队", "二中队"):
        busy.ids[f"张伟{squad}{len(busy.ids)}"] = people.add(
            busy.tx, "张伟", frozenset({Role.OFFICER}), squad, None, busy.now
        )
    first = next(name for name in busy.ids if name.startswith("张伟"))
    people.know(busy.tx, "telegram", busy.chat(first), busy.chat(first), busy.ids[first], busy.now)
    busy.sends(first, "农贸市场正常")
    found = ask(busy, "各队员本周报了几次")
    by_name = {part.label: part.total for part in found.parts}
    assert by_name["张伟（一中队）"] == 1
    assert by_name["张伟（二中队）"] == by_name["张伟（二中队）第2位"] == 0
    assert sum(n or 0 for n in by_name.values()) == found.numbers[0].total
    assert "张伟（同名共 3 人）" in said(busy, "张伟本周报了几次")[0]


def test_a_week_is_a_whole_one_of_the_whole_bureau(busy: Field) -> None:
    question = replace(read(busy, "发一下周报"), range=read(busy, "本月发现多少问题").range)
    with pytest.raises(Refused, match="按周"):
        answering.answer(busy.tx, None, question, busy.bureau, busy.now)
    narrowed = replace(read(busy, "发一下周报"), filters=Filters(spots=("yongfu",)))
    with pytest.raises(Refused, match="全局"):
        answering.answer(busy.tx, None, narrowed, busy.bureau, busy.now)


def test_more_photos_are_only_of_photos(busy: Field) -> None:
    boss = people.by_id(busy.tx, busy.ids["李主任"])
    assert boss is not None
    photos = asking.remember(busy.tx, boss.id, read(busy, "把今天的照片发来"), (), busy.now)
    found = photo_lists.more(busy.tx, boss, photos, 99999, busy.bureau, busy.now)
    assert found.since == 0
    other = asking.remember(busy.tx, boss.id, read(busy, "今天谁还没上报"), (), busy.now)
    with pytest.raises(NotFound):
        photo_lists.more(busy.tx, boss, other, 0, busy.bureau, busy.now)


@pytest.mark.parametrize(
    ("text", "mine"),
    [("我本周报了几次", True), ("我的问题有几个", True), ("我想知道本周发现几个问题", False),
     ("给我看看松江路本周几次", False), ("我中队本周几个", False), ("我局本周巡查几次", False)],
)  # fmt: skip
def test_whether_the_asker_means_himself(text: str, mine: bool) -> None:
    assert about_me(text) is mine


@pytest.mark.parametrize(
    ("text", "rows"),
    [("本周还差几次巡查", [2]), ("6月专项检查做了没", [1]), ("松江路够数了吗", [5]),
     ("截至目前全域巡查多少次、专项检查多少次、问题多少个", [2, 1, 5, 2])],
)  # fmt: skip
def test_every_number_of_an_answer_opens(busy: Field, text: str, rows: list[int]) -> None:
    boss, question = people.by_id(busy.tx, busy.ids["李主任"]), read(busy, text)
    number = asking.remember(busy.tx, busy.ids["李主任"], question, (), busy.now)
    for which, total in enumerate(rows):
        found = opened.opened(busy.tx, boss, number, which, None, busy.bureau, busy.now)
        assert len(found.rows) == total, (text, which)


def test_both_numbers_of_a_week_open(busy: Field) -> None:
    boss = people.by_id(busy.tx, busy.ids["李主任"])
    busy.later(days=7)
    question = read(busy, "发一下周报")
    number = asking.remember(busy.tx, busy.ids["李主任"], question, (), busy.now)
    numbers = totals_of(ask(busy, "发一下周报"))
    for which, total in enumerate(numbers):
        found = opened.opened(busy.tx, boss, number, which, None, busy.bureau, busy.now)
        assert len(found.rows) == total
    assert numbers == [7, 5]
