"""The morning message in words: one matter as a whole card, several as lines; pure.

Of several each has one button, and the rest is a look away (都看看).
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.rules.ladder import Rung, What
from bot.rules.reminder_facts import MatterFacts, MorningFacts
from bot.words.card import Button, Card, press
from bot.words.plain import cut, day
from bot.words.quotas import short_parts
from bot.words.reminders import past, whole

LINES = 3
"""So many matters have a line each; of more, two have, and the rest is counted."""

FULL = 6
"""So many matters are all named; of more the rest is counted only."""

BUTTONS = 5
"""Besides 都看看."""

RINGS_FROM = -1
"""From this stage on a reminder rings."""


def morning(facts: MorningFacts) -> Card:
    """The message of the day."""
    stands = [one for one in facts.matters if one.stands]
    extra = _extra(facts)
    if not facts.matters:
        card = Card("\n".join(extra), (_extra_buttons(facts),))
    elif len(facts.matters) == 1:
        card = _alone(facts, facts.matters[0], extra)
    else:
        card = _several(facts, stands, extra)
    rings = any(one.what is What.DUE and one.stage >= RINGS_FROM for one in stands)
    return _still(card, f"morning {facts.person} {facts.on}", quiet=not rings)


def _still(card: Card, gist: str, *, quiet: bool) -> Card:
    """Where a card can't be edited, what changed of it is not said again."""
    return Card(card.text, _filled(card.rows), quiet=quiet, gist=gist, brief="")


def _alone(facts: MorningFacts, one: MatterFacts, extra: Sequence[str]) -> Card:
    if not one.stands:
        return Card("\n".join([past(one, facts.today), *extra]), (_extra_buttons(facts),))
    lines, rows = whole(one, facts.closes, brief=facts.brief)
    return Card("\n".join([*lines, *extra]), (*rows, _extra_buttons(facts)))


def _several(facts: MorningFacts, stands: Sequence[MatterFacts], extra: Sequence[str]) -> Card:
    """A line and a button each, as far as there is room; the soonest first."""
    if not stands:
        gone = [past(one, facts.today).replace("\n", "，").rstrip("。")
                for one in facts.matters[:LINES]]  # fmt: skip
        return Card("\n".join([f"{one}。" for one in gone] + [*extra]), (_extra_buttons(facts),))
    shown = stands if len(stands) <= LINES else stands[: LINES - 1]
    lines = [_head(stands)]
    if not facts.brief:
        lines += [_line(one) for one in shown]
        rest = stands[len(shown) :]
        if rest and len(stands) <= FULL:
            numbers = "、".join(str(one.number) for one in rest)
            lines.append(f"另有 {len(rest)} 件：{numbers}。")
        elif rest:
            lines.append(f"另有 {len(rest)} 件，点「都看看」。")
    more = _extra_buttons(facts)
    room = BUTTONS - len(more)
    named = stands[: room if len(stands) <= FULL else LINES]
    buttons = [_short(one) for one in named[:room]]
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    above = any(one.what is What.DUE and one.rung is not Rung.OWNER for one in stands)
    return Card("\n".join([*lines, *extra]), (*rows, (ALL_LED if above else ALL, *more)))


ALL, ALL_LED = Button("都看看", press("tm", 0, 1)), Button("都看看", press("tq", 0, 1))
"""His own; what is late of all that he may see, where he is to look after others'."""


def _head(stands: Sequence[MatterFacts]) -> str:
    """您有 2 件快到期： what they are, and how many of each."""
    kinds: dict[str, int] = {}
    for one in stands:
        kinds[_kind(one)] = kinds.get(_kind(one), 0) + 1
    if len(kinds) == 1:
        kind = next(iter(kinds))
        return f"{'有' if '您' in kind else '您有'} {len(stands)} 件{kind}："
    said = "，".join(f"{count} 件{kind}" for kind, count in kinds.items())
    return f"今天 {len(stands)} 件：{said}。"


def _kind(one: MatterFacts) -> str:
    if one.what is What.DUE:
        if one.rung is not Rung.OWNER:
            return "要您过问"
        return "超期" if one.left < 0 else "快到期"
    return {What.CHECK: "等您复核", What.SIGN: "等您销号"}.get(one.what, "该回头看")


def _line(one: MatterFacts) -> str:
    head = f"任务 {one.number} {cut(one.title, 12)}"
    if one.what is not What.DUE:
        return f"{head}，{_kind(one)}"
    left = (
        f"超期 {-one.left} 天" if one.left < 0
        else "今天到期" if one.left == 0
        else f"还有 {one.left} 天"
    )  # fmt: skip
    if one.rung is Rung.OWNER:
        return f"{head}，{left}（{day(one.day)}）" if one.left else f"{head}，{left}"
    who = "、".join(one.whose[:1])
    return f"{head}，{f'{who}不在，' if who and one.away else who or '没责任人，'}{left}"


def _short(one: MatterFacts) -> Button:
    """27 已完成: the one thing to do about it."""
    if one.what is What.DUE and one.rung is Rung.OWNER:
        return _button(f"{one.number} 已完成", "lg", one)
    if one.what is What.DUE and one.left < 0 and one.whose and not one.away:
        return _button(f"{one.number} 再催", "bu", one)
    if one.what is What.DUE:
        return _button(f"{one.number} 换人", "la", one)
    if one.what is What.LOOK:
        return _button(f"{one.number} 看要求", "lr", one)
    return _button(f"{one.number} 看佐证", "le", one)


def _extra(facts: MorningFacts) -> list[str]:
    """What was put with the message."""
    lines = [f"巡查还差：{'；'.join(short_parts(facts.short)[:2])}。"] if facts.short else []
    if facts.questions:
        lines.append(f"另外有 {facts.questions} 件要您答一下。")
    return lines


def _extra_buttons(facts: MorningFacts) -> tuple[Button, ...]:
    found = []
    if facts.short:
        found.append(Button("还差什么", press("gh", facts.on.toordinal(), 1)))
    if facts.questions:
        found.append(Button("去回答", press("ba", facts.on.toordinal(), 1)))
    return tuple(found)


def _filled(rows: Sequence[tuple[Button, ...]]) -> tuple[tuple[Button, ...], ...]:
    return tuple(row for row in rows if row)


def _button(label: str, act: str, one: MatterFacts) -> Button:
    return Button(label, press(act, one.task, one.version))
