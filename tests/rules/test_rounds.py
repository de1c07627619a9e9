"""What makes a round whole, what makes one odd, which rule held when, which words tell of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.captions import CaptionReader
from bot.rules.records import Bureau, RoundRule, Spot
from bot.rules.rounds import (
    Arrival,
    Asks,
    Done,
    Lacking,
    asked_of,
    asks_from,
    lacking,
    lacking_from,
    oddities,
    rule_at,
    tells_whole,
    told_at,
)

CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2025, 6, 12, 12, 0, tzinfo=UTC)
ALL = ("a", "b", "c", "d")
WHOLE = Done(frozenset(ALL), frozenset(ALL), 2, 30)
STRICT = Asks(ALL, 100, 2, True, 20)


# ---- what is lacking ----


@pytest.mark.parametrize(
    ("asks", "done", "wanted"),
    [
        (STRICT, WHOLE, Lacking()),
        (STRICT, replace(WHOLE, spots=frozenset("abc")), Lacking(spots=("d",))),
        (STRICT, replace(WHOLE, photos=frozenset("ac")), Lacking(photos=("b", "d"))),
        (STRICT, replace(WHOLE, officers=1), Lacking(officers=1)),
        (STRICT, replace(WHOLE, minutes=8), Lacking(minutes=12)),
        (STRICT, replace(WHOLE, minutes=None), Lacking()),
        (STRICT, Done(frozenset(), frozenset(), 0, 0), Lacking(ALL, (), 2, 20)),
        (replace(STRICT, photo=False), replace(WHOLE, photos=frozenset()), Lacking()),
        (replace(STRICT, share=75), replace(WHOLE, spots=frozenset("abc")), Lacking()),
        (replace(STRICT, share=76), replace(WHOLE, spots=frozenset("abc")), Lacking(("d",))),
        (replace(STRICT, share=0), replace(WHOLE, spots=frozenset()), Lacking(ALL)),
        (replace(STRICT, spots=()), Done(frozenset(), frozenset(), 2, 20), Lacking()),
        (STRICT, replace(WHOLE, spots=frozenset((*ALL, "elsewhere"))), Lacking()),
    ],
    ids=[
        "whole", "a spot", "photos", "officers", "minutes", "told of", "nothing done", "no photos",
        "share reached", "share missed", "no share, nowhere", "no key spots", "other spots too",
    ],
)  # fmt: skip
def test_each_condition_is_named_by_itself(asks: Asks, done: Done, wanted: Lacking) -> None:
    assert lacking(asks, done) == wanted
    assert bool(wanted) is bool(lacking(asks, done))


spots = st.frozensets(st.sampled_from(ALL))
asked = st.builds(
    Asks, spots.map(sorted).map(tuple), st.integers(0, 100), st.integers(0, 3), st.booleans(),
    st.integers(0, 60),
)  # fmt: skip
did = st.builds(
    lambda reached, shown, officers, minutes: Done(reached, shown & reached, officers, minutes),
    spots, spots, st.integers(0, 4), st.none() | st.integers(0, 90),
)  # fmt: skip


def weight(lacks: Lacking) -> tuple[int, int, int]:
    """How much is lacking. A bare spot that is reached lacks its photo instead of itself."""
    return len(set(lacks.spots) | set(lacks.photos)), lacks.officers, lacks.minutes


@given(asked, did, did)
def test_nothing_that_is_added_makes_a_round_lack_more(asks: Asks, one: Done, more: Done) -> None:
    minutes = (one.minutes or 0) + (more.minutes or 0) if one.minutes is not None else None
    both = Done(
        one.spots | more.spots, one.photos | more.photos | (more.spots - one.spots),
        one.officers + more.officers, minutes,
    )  # fmt: skip
    before, after = weight(lacking(asks, one)), weight(lacking(asks, both))
    assert all(a <= b for a, b in zip(after, before, strict=True)), (before, after)


@given(asked, did, st.integers(0, 3), st.integers(0, 60), spots)
def test_a_whole_round_stays_whole(
    asks: Asks, done: Done, officers: int, minutes: int, shown: frozenset[str]
) -> None:
    if lacking(asks, done):
        return
    longer = None if done.minutes is None else done.minutes + minutes
    more = Done(done.spots | shown, done.photos | shown, done.officers + officers, longer)
    assert not lacking(asks, more)


@given(asked, did)
def test_what_is_kept_with_a_round_reads_back(asks: Asks, done: Done) -> None:
    assert asks_from(asks.to_json()) == asks
    lacks = lacking(asks, done)
    assert lacking_from(lacks.to_json()) == lacks
    assert bool(lacks.to_json()) is bool(lacks)


def test_a_round_of_before_the_rules_was_asked_nothing() -> None:
    assert asks_from({}) is None
    assert lacking_from({}) == Lacking()


# ---- the rule of a day ----

FIRST = RoundRule()
SHARE = RoundRule(share=80, since=date(2025, 6, 1))
PAIRS = RoundRule(officers=2, since=date(2025, 7, 1))


@pytest.mark.parametrize("rules", [(FIRST, SHARE, PAIRS), (PAIRS, FIRST, SHARE)])
@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2025, 5, 31), FIRST), (date(2025, 6, 1), SHARE), (date(2025, 6, 30), SHARE),
        (date(2025, 7, 1), PAIRS), (date(2030, 1, 1), PAIRS),
    ],
)  # fmt: skip
def test_the_newest_rule_that_had_begun_holds(
    rules: tuple[RoundRule, ...], day: date, wanted: RoundRule
) -> None:
    assert rule_at(rules, day) == wanted


def test_before_every_rule_the_first_holds_and_without_any_the_usual() -> None:
    assert rule_at((SHARE, PAIRS), date(2025, 1, 1)) == SHARE
    assert rule_at((), date(2025, 1, 1)) == RoundRule()


def test_a_round_is_asked_the_key_spots(bureau: Bureau) -> None:
    asks = asked_of(bureau, PAIRS)
    assert set(asks.spots) == {spot.code for spot in bureau.spots if spot.key}
    assert (asks.share, asks.officers, asks.photo, asks.minutes) == (100, 2, False, 0)


# ---- what looks odd ----

PLACES = {
    "a": Spot("a", "甲", lat=34.800, lon=117.300), "b": Spot("b", "乙", lat=34.801, lon=117.301),
    "far": Spot("far", "远", lat=34.850, lon=117.300), "nowhere": Spot("nowhere", "无"),
}  # fmt: skip
FEW = timedelta(minutes=3)


def at(spot: str, seconds: float, person: int = 1, photo: bool = False) -> Arrival:
    return Arrival(spot, NOON + timedelta(seconds=seconds), person, photo)


@pytest.mark.parametrize(
    ("arrivals", "wanted"),
    [
        ([], ()),
        ([at("a", 0), at("far", 30)], ("jump",)),
        ([at("far", 30), at("a", 0)], ("jump",)),
        ([at("a", 0), at("far", 60)], ("jump",)),
        ([at("a", 0), at("far", 61)], ()),
        ([at("a", 0), at("b", 5)], ()),
        ([at("a", 0, 1), at("far", 30, 2)], ()),
        ([at("a", 0), at("nowhere", 1)], ()),
        ([at("a", 0), at("unknown", 1)], ()),
        ([at("a", 0, photo=True), at("b", 90, photo=True), at("nowhere", 180, photo=True)],
         ("burst",)),
        ([at("a", 0, photo=True), at("b", 90, photo=True), at("nowhere", 181, photo=True)], ()),
        ([at("a", 0, photo=True), at("a", 5, photo=True), at("b", 9, photo=True)], ()),
        ([at("a", 0), at("b", 90), at("nowhere", 120)], ()),
        ([at("a", 0, photo=True), at("b", 99, photo=True)], ()),
        ([at("a", 0, photo=True), at("far", 9, photo=True), at("b", 99, photo=True)],
         ("jump", "burst")),
    ],
)  # fmt: skip
def test_oddities(arrivals: list[Arrival], wanted: tuple[str, ...]) -> None:
    assert oddities(arrivals, PLACES, FEW) == wanted


arrival = st.builds(
    at, st.sampled_from(list(PLACES)), st.integers(0, 600), st.integers(1, 2), st.booleans()
)


@given(st.lists(arrival, max_size=7), st.randoms())
def test_the_order_in_which_arrivals_are_read_changes_nothing(
    arrivals: list[Arrival], chance: Random
) -> None:
    shuffled = list(arrivals)
    chance.shuffle(shuffled)
    assert oddities(arrivals, PLACES, FEW) == oddities(shuffled, PLACES, FEW)


# ---- words that tell of a whole round ----

TOLD = (
    "全域巡查，各点位正常", "全域巡查完成，各点位均正常", "今天全域巡查一圈，都没问题",
    "全域巡查已完成，未发现问题", "全域巡查结束，一切正常", "昨天下午全域巡查，所有点位正常",
    "全域巡查，松江路流动摊贩2个已劝离，其余正常",
    "上午全域巡查：松江路占道1处已整改，其他点位未发现异常", "全域巡查全部巡完，没有问题",
    "补报昨天全域巡查，各点位都正常", "和李红梅全域巡查，各路段无异常", "全域巡查一遍，各处都好",
    "全辖区巡查完毕，无异常", "全域巡查，七个点位都看了，没问题", "下午全域巡查，7个点位全部正常",
    "全域巡查完毕，全部正常", "全域巡查，每个点都到了，正常", "全域巡查，全线正常",
    "全域巡查 全程无异常", "今日全域巡查各重点路段秩序良好", "全域巡查，各点位秩序井然",
    "巡查完毕，各点位正常", "巡查结束，所有点位均无问题", "全巡一遍，都正常",
    "全域巡查，除松江路1处占道外其余均正常", "全域巡查，除永福路有流动摊外，其他都正常",
    "全域巡查：各重点点位未见异常", "已完成全域巡查，各点位正常",
    "本周第二次全域巡查完成，各点位正常", "全域巡查，全都走了一遍，没发现问题",
    "9点到11点全域巡查，各点位正常", "开展全域巡查一次，各点位无异常",
    "组织全域巡查，所有路段正常", "全域巡查，都没事", "全域巡查，一切正常，松江路有辆车乱停已挪走",
    "两人全域巡查，各点位情况良好", "9点开始全域巡查，11点结束，各点位正常",
    "按照工作安排开展全域巡查，各点位正常", "按要求全域巡查，所有点位正常",
    "全域巡查，松江路店外经营1家要求整改，其余正常", "全域巡查，松江路占道已通知整改，其余正常",
    "全域巡查，店外经营1家限明天前整改，其余各点位正常",
    "全域巡查中发现松江路占道1处，已整改，其余正常", "8点出发，全域巡查完毕，全部正常",
    "请知悉：全域巡查完成，各点位正常", "全域巡查，各点位都到了，没有发现问题",
    "今晚全域巡查，全都走了一遍，一切正常", "全域巡查正常", "全域大巡查，各点位有序",
    "今天全域巡查完成了", "上午的全域巡查已结束",
)  # fmt: skip
NOT_TOLD = (
    "开始全域巡查", "全域巡查", "准备全域巡查，各点位注意", "明天全域巡查，各点位安排好",
    "请各中队做好全域巡查，所有点位都要到", "本周全域巡查几次", "全域巡查做完了吗",
    "全域巡查各点位正常吗？", "全域巡查怎么记", "全域巡查还差几处",
    "通知：周五全域巡查，各点位全部覆盖", "松江路巡查，一切正常", "松江路正常",
    "永福路巡查完毕，正常", "全域巡查到松江路了", "正在全域巡查，目前都正常",
    "全域巡查还没巡完，松江路正常", "全域巡查没巡完，其余明天", "全域巡查没有全部到",
    "今天没有全域巡查", "今天没去全域巡查，各点位情况不清楚", "还没全域巡查，一切正常",
    "下午全域巡查，各点位重点看流动摊", "下周一全域巡查，各点位都要拍照",
    "计划全域巡查，各点位逐个看", "要全域巡查，所有点位", "上次全域巡查各点位正常，这次还没去",
    "全域巡查只到了松江路和永福路，都正常", "全域巡查到了3处，都正常，剩下的下午去",
    "全域巡查只走了一半，没问题", "全域巡查中，松江路正常", "全域巡查取消，各点位不用去了",
    "因下雨全域巡查取消，一切正常", "我们打算全域巡查一遍，没问题吧", "全域巡查什么时候开始",
    "全域巡查，有的点位没到", "全域巡查，除建材城北街没到，其余正常", "全域巡查各点位名单",
    "帮我查全域巡查各点位情况", "不是全域巡查，各点位正常", "看一下全域巡查记录，各点位",
    "全域巡查共7个点位", "全域巡查必须各点位都到", "记得全域巡查，各点位都看看",
    "应该全域巡查一圈，没问题的话就回来", "如果全域巡查各点位正常就报一下", "全域巡查做了没有",
    "你们全域巡查了没，都正常不", "希望全域巡查各点位都正常", "全域巡查发现永福路不正常，其他没看",
    "撤回全域巡查，各点位正常那条", "全域巡查松江路正常", "全域巡查，松江路永福路都到了",
    "全域巡查，松江路不正常", "9点开始全域巡查，各点位都好",
    "全域巡查，松江路占道1处，各点位照片晚点发", "各点位正常", "所有点位都看了，没问题",
    "全域巡查完成，松江路、永福路正常", "全域巡查完成3处，都正常", "全域巡查完成后给各点位拍照",
)  # fmt: skip


def said(reader: CaptionReader, text: str) -> bool:
    """As the house asks: whether the words name a spot decides how much they must say."""
    named = any(item.spot for item in reader.read(text, NOON.astimezone(CHINA)).items)
    return tells_whole(text, names_spots=named)


@pytest.fixture(scope="module")
def reader(bureau: Bureau) -> CaptionReader:
    return CaptionReader(bureau)


@pytest.mark.parametrize("text", TOLD)
def test_words_that_tell_of_a_whole_round(reader: CaptionReader, text: str) -> None:
    assert said(reader, text)


@pytest.mark.parametrize("text", NOT_TOLD)
def test_words_that_do_not(reader: CaptionReader, text: str) -> None:
    """Plans, orders, questions, half a round, one that did not take place."""
    assert not said(reader, text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("昨天下午3点全域巡查，各点位正常", (11, 15, 0)),
        ("上午9点半全域巡查，各点位正常", (12, 9, 30)),
        ("上午9点到11点全域巡查，各点位正常", (12, 9, 0)),
        ("昨天8:30-10:30全域巡查，各点位正常", (11, 8, 30)),
        ("全域巡查，各点位正常", None),
        ("下午6点全域巡查，各点位正常", None),
    ],
)
def test_when_a_told_round_was(text: str, wanted: tuple[int, int, int] | None) -> None:
    here = datetime(2025, 6, 12, 16, 0, tzinfo=CHINA)
    found = told_at(text, here)
    assert (found and (found.day, found.hour, found.minute)) == wanted
