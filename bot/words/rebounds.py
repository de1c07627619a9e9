"""The words of rebounds: on a receipt, to the leader, to those who review the quarter; pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.rules.rebounds import REASONS, Before, Hours, ReboundFacts
from bot.words.card import Button, Card, press
from bot.words.plain import clock, cut, day, when

LISTED = 6
"""So many earlier times are listed in a card."""


def line(facts: ReboundFacts) -> str:
    """What the receipt says: 6月9日刚办结过一次，这是 14 天内第 2 次。已告诉孙涛。"""
    if not facts.stands:
        return f"不算反弹：{cut(facts.reason, 30)}。" if facts.reason else ""
    told = f"已告诉{facts.leader}。" if facts.leader else ""
    if facts.closed_at is None:
        return f"按您写的记作反弹。{told}"
    return f"{day(facts.closed_at)}刚办结过一次，这是 {facts.days} 天内第 {facts.times} 次。{told}"


def button(facts: ReboundFacts) -> Button:
    """The receipt's button: 不算反弹, or 还是算反弹 after that."""
    if facts.stands:
        return Button("不算反弹", press("xn", facts.problem, facts.version))
    return Button("还是算反弹", press("xb", facts.problem, facts.version))


def rebound(facts: ReboundFacts) -> Card:
    """The leader's card."""
    gist = f"rebound {facts.problem} {facts.stands} {facts.planned} {facts.seen}"
    if not facts.stands:
        return _none_any_more(facts, gist)
    lines = [f"{_what(facts)} {facts.days} 天内第 {facts.rebounds} 次反弹。", _since(facts)]
    if facts.planned:
        lines.append(f"{when(facts.planned, facts.now)} 提醒中队长去一次定点巡查。")
    rows: list[tuple[Button, ...]] = []
    if not facts.planned:
        rows.append((Button("加一次定点巡查", press("xf", facts.problem, facts.version)),))
    row = [Button("看前几次", press("xl", facts.problem, facts.version))]
    if not facts.seen:
        row.append(Button("知道了", press("xk", facts.problem, facts.version)))
    rows.append(tuple(row))
    return Card("\n".join(one for one in lines if one), tuple(rows), quiet=False, gist=gist)


def often(facts: ReboundFacts) -> Card:
    """To whoever reviews the quarter: so many of these that it is proposed for it."""
    gist = f"often {facts.problem} {facts.stands} {facts.raised}"
    if not facts.stands:
        return _none_any_more(facts, gist)
    said = f"{_what(facts)} {facts.often_days} 天内第 {facts.often} 次反弹，建议列入季度研判。"
    if facts.raised:
        said = f"{_what(facts)} {facts.often_days} 天内第 {facts.often} 次反弹，列入季度研判了。"
        rows = (
            (
                Button("不列了", press("xq", facts.problem, facts.version)),
                Button("看前几次", press("xl", facts.problem, facts.version)),
            ),
        )
    else:
        put = Button("列入研判", press("xp", facts.problem, facts.version), primary=True)
        rows = ((put,), (Button("看前几次", press("xl", facts.problem, facts.version)),))  # type: ignore[assignment]
    lines = [said, hours(facts.hours)]
    return Card("\n".join(one for one in lines if one), rows, quiet=False, gist=gist)


def _what(facts: ReboundFacts) -> str:
    return f"{facts.place}{facts.kind}"


def _since(facts: ReboundFacts) -> str:
    closed = f"{day(facts.closed_at)}刚办结过。" if facts.closed_at else ""
    return f"{closed}{hours(facts.hours)}"


def hours(found: Hours | None) -> str:
    """前几次都在 16 点到 18 点。 Nothing where there is no pattern."""
    if found is None:
        return ""
    return f"前几次{'都' if found.all else '多'}在 {found.begin} 点到 {found.end} 点。"


def _none_any_more(facts: ReboundFacts, gist: str) -> Card:
    if facts.reason is None:
        return no_more(facts.place, facts.kind)
    who = f"{facts.who}说" if facts.who else ""
    said = f"{_what(facts)}这次{who}不算反弹：{cut(facts.reason, 40)}。"
    return Card(said, ((button(facts),),), gist=gist)


def no_more(place: str, kind: str) -> Card:
    """What was told is none any more: its report was withdrawn or corrected."""
    return Card(f"{place}{kind}这次不算反弹了。", gist=f"no rebound {place} {kind}")


def unmarked(facts: ReboundFacts) -> Card:
    """「不算反弹」 asks why; then it says so, and can be taken back."""
    gist = f"unmarked {facts.problem} {facts.stands}"
    if not facts.stands:
        return _none_any_more(facts, gist)
    acts = [
        Button(reason, press("xr", facts.problem, facts.version, str(n)))
        for n, reason in enumerate(REASONS)
    ]
    rows = (tuple(acts[:2]), (*acts[2:], Button("写一句", press("xw", facts.problem, 1))))
    return Card(f"{_what(facts)}这次为什么不算反弹？", rows, gist=gist)


def ask_reason(place: str) -> Card:
    """The reason in one's own words."""
    return Card(f"{place}为什么不算反弹？写一句发给我。\n先不写就发：算了")


def denied(reason: str) -> Card:
    """The reason was taken."""
    return Card(f"记下了，不算反弹：{cut(reason, 40)}。")


def before(found: Sequence[Before], what: str, days: int, photos: Sequence[str] = ()) -> Card:
    """「看前几次」: each with when it was found, handled and closed."""
    if not found:
        return Card(f"{what} {days} 天内没有前几次，是按写的话记的反弹。")
    lines = [f"{what} {days} 天内，这次之前 {len(found)} 次："]
    for one in found[:LISTED]:
        again = "（反弹）" if one.rebound else ""
        lines.append(
            f"{day(one.found_at)} {clock(one.found_at)} {one.finder}发现{again}{_end(one)}"
        )
    if len(found) > LISTED:
        lines.append(f"更早还有 {len(found) - LISTED} 次。")
    return Card("\n".join(lines), photos=tuple(photos))


def _end(one: Before) -> str:
    if one.closed_at:
        return f"，{when(one.closed_at, one.found_at)} 办结"
    if one.handled_at:
        return f"，{when(one.handled_at, one.found_at)} 处置，没复核"
    return "，没办完"


def fixed_round(facts: ReboundFacts) -> Card:
    """The reminder of one more patrol, at the hours in which it comes back."""
    at = f" {facts.hours.begin} 点到 {facts.hours.end} 点" if facts.hours else ""
    said = (
        f"今天{at}{'，' if at else ''}{facts.place}加一次定点巡查。\n"
        f"{facts.kind} {facts.days} 天内第 {facts.rebounds} 次反弹。"
    )
    return Card(
        said, ((Button("看前几次", press("xl", facts.problem, facts.version)),),), quiet=False
    )
