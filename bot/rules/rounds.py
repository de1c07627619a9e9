"""What makes a round whole, and what makes one look odd; which words tell of a round. Pure.

A round is a session, not a message (domain.md 1.3). What it must be is kept with it as it stood
when it began, so that a later rule changes no past week.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from bot.rules.distances import metres
from bot.rules.records import Bureau, RoundRule, Spot
from bot.rules.shift_times import shift_in
from bot.rules.written_times import find_times

FAR = 1000.0
"""Metres: two spots so far apart can't both be reached within a minute, on foot or by car."""

AT_ONCE = timedelta(minutes=1)

_GOOD = (
    r"(?:(?<!不)正常|[无没](?:有|发现|见|任何|什么|啥|明显|大)*(?:异常|问题|情况)|没事|无事"
    r"|未(?:发现|见)(?:任何|明显)?(?:异常|问题|情况)|良好|井然|有序|(?:都|很|均|也)好)"
)
_REACHED = r"(?:巡|走|跑|看|查|到|转)(?:完|遍|过|了|位|查完|到)"
_ALL = (
    r"(?:各|所有|全部|每个|每处|每一?个|全体|几个|[0-9三四五六七八九十]+[个处]|全辖区|辖区内?)(?:重点)?"
    r"(?:点位|路段|街道|道路|片区|点|处|区域|地方)"
)
_WHOLE = re.compile(
    rf"{_ALL}[^。；;!！]{{0,10}}?(?:{_GOOD}|{_REACHED})|全辖区[^。；;，,]{{0,6}}?{_GOOD}"
    rf"|(?:其余|其他|其它|剩下的?|别的|余下)[^，,。；;]{{0,8}}?{_GOOD}"
    rf"|全(?:程|线|域|部|都|区域)(?:一切|均|都|也|未见)?{_GOOD}"
    rf"|全(?:程|线|部|都|区域)(?:均|都|也)?{_REACHED}"
    rf"|[，,。；;：:\s]一切(?:均|都)?{_GOOD}"
)
_ROUND = re.compile(
    r"全域(?:大)?巡查|全面巡查|全域巡逻|全巡|整体巡查|巡查(?:结束|完毕|完成|一遍|一圈)|巡完一(?:遍|圈)"
)
_NOT_YET = re.compile(
    r"准备|正在|等会|待会|明天(?!.{0,2}前)|后天|下周|下次|上次|计划|打算|要全域|[都再]要|重点看"
    r"|(?<![按照据])(?:请|安排|要求)(?:各|所有|全体|大家|全域|好|对|都|做)|^通知|通知[:：]|怎么|如何|几次|几处|名单"
    r"|必须|记得|应该|应当|如果|要是|的话|希望|取消|撤回|不是|帮我|查一下|看一下|做了没|了没|正常不|没有做"
    r"|马上(?:开|去|出|要|全|巡)|巡查中(?!心|发现|未|没)|还没|未(?:完|到|巡|去)|没(?:去|到|巡|走|看|做|全|有全)"
    r"|只(?:到|走|巡|看|去|跑|查)|(?:到|完成|[走巡看])了?[0-9一二两三四五六七八九十]+[处个]|不到|缺|吧[。!！]?$|[?？吗]"
    r"|(?<!第)(?:[2-9]|1[0-9]|[二两三四五六七八九十几多])+次|少了|漏了|除了|除外|请假|没来|未到"
    r"|(?<![按照再据])说|听|截至|累计|这个月|本月|上个?月|上个?周|今年|已开展"
)
_BEGUN = re.compile(r"开始|出发")
_OVER = re.compile(r"结束|完成|完毕|巡完|走完|回来|收队")
_FINE = re.compile(rf"{_GOOD}|巡查(?:已经?|都)?(?:全部)?(?:完成|完毕|结束|巡完|走完)(?!.?后)")


@dataclass(frozen=True, slots=True)
class Asks:
    """What one round must be: these spots, a share of them in per cent, officers, photos, time."""

    spots: tuple[str, ...]
    share: int
    officers: int
    photo: bool
    minutes: int

    def to_json(self) -> dict[str, Any]:
        """As plain values, to be kept with the round."""
        return asdict(self) | {"spots": list(self.spots)}


def asks_from(stored: Mapping[str, Any]) -> Asks | None:
    """What `to_json` was given; None for a round of before the rules."""
    if "spots" not in stored:
        return None
    return Asks(tuple(stored["spots"]), stored["share"], stored["officers"], stored["photo"],
                stored["minutes"])  # fmt: skip


def rule_at(rules: Sequence[RoundRule], day: date) -> RoundRule:
    """The rule that stood on that day: the newest that had begun, else the first there is."""
    begun = [rule for rule in rules if rule.since is None or rule.since <= day]
    newest = max(begun, key=lambda rule: rule.since or date.min, default=None)
    return newest or (rules[0] if rules else RoundRule())


def asked_of(bureau: Bureau, rule: RoundRule) -> Asks:
    """What a round that begins now must be."""
    spots = tuple(spot.code for spot in bureau.spots if spot.key)
    return Asks(spots, rule.share, rule.officers, rule.photo, rule.minutes)


@dataclass(frozen=True, slots=True)
class Done:
    """What was done on a round: spots reached, those with a photo, how many officers, how long."""

    spots: frozenset[str]
    photos: frozenset[str]
    officers: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a round lacks, condition by condition; empty where it is whole."""

    spots: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    officers: int = 0
    minutes: int = 0

    def __bool__(self) -> bool:
        return bool(self.spots or self.photos or self.officers or self.minutes)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {name: value for name, value in asdict(self).items() if value}


def lacking_from(stored: Mapping[str, Any]) -> Lacking:
    """What `to_json` was given."""
    return Lacking(tuple(stored.get("spots", ())), tuple(stored.get("photos", ())),
                   stored.get("officers", 0), stored.get("minutes", 0))  # fmt: skip


def lacking(asks: Asks, done: Done) -> Lacking:
    """What the round lacks by what was asked of it.

    Where a share of the spots is enough none is missing once it is reached. A round that was told
    of as a whole lasted nobody knows how long, which is not held against it.
    """
    missing = tuple(code for code in asks.spots if code not in done.spots)
    reached = len(asks.spots) - len(missing)
    enough = reached * 100 >= asks.share * len(asks.spots) and (reached or not asks.spots)
    bare = tuple(c for c in asks.spots if c in done.spots and c not in done.photos)
    short = asks.minutes - done.minutes if done.minutes is not None else 0
    return Lacking(
        () if enough else missing, bare if asks.photo else (),
        max(0, asks.officers - done.officers), max(0, short),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrival:
    """A spot reached by somebody; `photo` where that was shown by one."""

    spot: str
    at: datetime
    person: int
    photo: bool = False


def oddities(
    arrivals: Iterable[Arrival], spots: Mapping[str, Spot], few: timedelta
) -> tuple[str, ...]:
    """What a reviewer should look at: "jump" two far spots within a minute by one person, "burst"
    all photos, three or more, within `few` minutes at more than two spots.
    """
    found = []
    ordered = sorted(arrivals, key=lambda one: (one.at, one.spot))
    for person in {one.person for one in ordered}:
        own = [one for one in ordered if one.person == person]
        if any(_is_jump(a, b, spots) for a, b in pairwise(own)):
            found.append("jump")
            break
    shots = [one for one in ordered if one.photo]
    places = {one.spot for one in shots}
    if len(shots) > 2 and len(places) > 2 and shots[-1].at - shots[0].at <= few:
        found.append("burst")
    return tuple(found)


def _is_jump(a: Arrival, b: Arrival, spots: Mapping[str, Spot]) -> bool:
    here, there = spots.get(a.spot), spots.get(b.spot)
    if a.spot == b.spot or here is None or there is None or b.at - a.at > AT_ONCE:
        return False
    if here.lat is None or here.lon is None or there.lat is None or there.lon is None:
        return False
    return metres(here.lat, here.lon, there.lat, there.lon) > FAR


def tells_whole(text: str, *, names_spots: bool = False) -> bool:
    """Whether the words tell that a whole round is done: 全域巡查，各点位正常.

    Where they name no spot, 全域巡查一圈，都没问题 does.
    """
    if _ROUND.search(text) is None or _NOT_YET.search(text) is not None:
        return False
    if _BEGUN.search(text) is not None and _OVER.search(text) is None:
        return False
    return _WHOLE.search(text) is not None or (not names_spots and _FINE.search(text) is not None)


def told_at(text: str, now: datetime) -> datetime | None:
    """When the round began, as the words of `tells_whole` say: 昨天下午3点, 9点到11点.

    `now` is local.
    """
    found = [time_.moment for time_ in find_times(text, now) if time_.moment is not None]
    span = shift_in(text, found[0] if found else now)
    told = [span.since, *found] if span else found
    return next((moment for moment in told if moment <= now), None)
