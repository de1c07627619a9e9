"""One reminder in words: to whom a matter belongs, to who leads it, and who was told; pure.

One matter has its own buttons; several are lines of one message (bot/words/mornings.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from bot.rules.ladder import Rung, What
from bot.rules.reminder_facts import (
    ASKED_LONGER,
    STUCK,
    UNDER_WAY,
    MatterFacts,
    ToldOf,
    UrgedFacts,
    Urging,
)
from bot.words.card import Button, Card, press
from bot.words.plain import WEEKDAYS, clock, cut, day

Rows = tuple[tuple[Button, ...], ...]


def whole(one: MatterFacts, closes: object, *, brief: bool) -> tuple[list[str], Rows]:
    """One matter as lines and rows of buttons."""
    if one.what is What.DUE and one.rung is not Rung.OWNER:
        lines, rows = _led(one)
    elif one.what in (What.DUE, What.URGE):
        lines, rows = _own(one, f"{closes:%H:%M}")
    else:
        lines, rows = WAITS[one.what](one)
    return (lines[:2] if brief else lines), rows


def _own(one: MatterFacts, closes: str) -> tuple[list[str], Rows]:
    """To its owner: until when, what is wanted, and what is missing."""
    title = cut(one.title, 24)
    if one.left > 0:
        lines = [f"{_ahead(one.left)} · 任务 {one.number}", f"{title}，{dated(one.day)}前完成。"]
        if one.stage == 0:
            lines.append("那天不上班，今天先跟您说。")
        if one.wants:
            lines.append(f"要交：{cut(one.wants, 30).rstrip('。')}。")
    elif one.left == 0:
        lines = [f"今天到期 · 任务 {one.number} {title}", f"{closes} 前交佐证就算按时。"]
    else:
        lines = [f"超期 {-one.left} 天 · 任务 {one.number} {title}",
                 f"应于 {day(one.day)} 完成。今天能办完吗？"]  # fmt: skip
    lines += _idle(one)
    main = (_button("已完成，交佐证", "lg", one, primary=True),)
    longer = _button("申请延期", "lx", one)
    other = _button("办不了", "lu", one) if one.left < 0 else _button("看要求", "lr", one)
    return lines, (main, (longer, other))


def _idle(one: MatterFacts) -> list[str]:
    """What was begun and lies still."""
    if one.files:
        return [f"收到 {one.files} 个文件，还没点「发完了」。"]
    return ["您说过办不了，在等领导定。"] if one.stuck else []


def _ahead(left: int) -> str:
    return "明天到期" if left == 1 else f"还有 {left} 天"


def dated(when: date) -> str:
    """6月15日（周日）."""
    return f"{day(when)}（周{WEEKDAYS[when.weekday()]}）"


def _led(one: MatterFacts) -> tuple[list[str], Rows]:
    """To who leads it: whose it is, how often he was told, what came of it."""
    who = "、".join(one.whose[:2])
    late = one.left < 0
    head = f"超期 {-one.left} 天" if late else "今天到期" if one.left == 0 else _ahead(one.left)
    day_said = f"应于 {day(one.day)} 完成" if late else f"{dated(one.day)}到期"
    lines = [f"{head} · 任务 {one.number} {cut(one.title, 24)}"]
    if not who:
        lines.append(f"还没有责任人，{day_said}。")
    elif one.away:
        lines.append(f"责任人{who}现在不在，{day_said}。")
    else:
        told = f"已提醒 {one.told} 次，" if one.told else ""
        lines.append(f"责任人{who}，{day_said}。{told}{_answered(one)}。")
    change, look = _button("换人", "la", one), _button("看要求", "lr", one)
    longer = look if one.until is None or not late else _longer(one, one.until)
    if not who or one.away:
        return lines, ((_button("换人", "la", one, primary=True),), (longer,))
    if not late:
        return lines, ((change, look),)
    return lines, ((_button("再催一次", "bu", one, primary=True),), (longer, change))


def _longer(one: MatterFacts, until: date) -> Button:
    """同意延到 6月18日, in ten characters at the most."""
    said = day(until)
    label = f"同意延到 {said}" if len(said) <= 5 else f"同意延到{said}"
    return _button(label, "lj", one, str(until.toordinal()))


def _answered(one: MatterFacts) -> str:
    if one.files:
        return f"收到 {one.files} 个文件，还没点「发完了」"
    return {
        ASKED_LONGER: "他申请延期，等您同意", UNDER_WAY: "在办",
        STUCK: f"他说办不了：{cut(one.stuck, 20).rstrip('。')}",
    }.get(one.answer, "没有回复")  # fmt: skip


def _check(one: MatterFacts) -> tuple[list[str], Rows]:
    head = f"任务 {one.number} {cut(one.title, 24)}"
    gave = f"{one.giver} {day(one.day)}交的佐证".strip()
    look = _button("看佐证", "le", one, primary=True)
    if one.rung is Rung.LEADER:
        lack = f"复核人{one.checker}现在不在" if one.checker else "还没有复核人"
        other = _button("换人复核", "lp", one)
        return [f"等人复核 · {head}", f"{gave}，{lack}。"], ((look,), (other,))
    return [f"等您复核 · {head}", f"{gave}，还没人看。"], (
        (look,),
        (_button("够了，报销号", "lk", one),),
    )


def _sign(one: MatterFacts) -> tuple[list[str], Rows]:
    who = one.checker or "有人"
    lines = [f"等您销号 · 任务 {one.number} {cut(one.title, 24)}",
             f"{who} {day(one.day)}复核通过。"]  # fmt: skip
    look = _button("看佐证", "le", one)
    return lines, ((_button("同意销号", "ls", one, primary=True),), (look,))


def _look(one: MatterFacts) -> tuple[list[str], Rows]:
    lines = [f"该回头看了 · 任务 {one.number} {cut(one.title, 24)}",
             "销过号的，再去看一眼，现在还好吗？"]  # fmt: skip
    again, given = _button("又有问题，重开", "lw", one), _button("看佐证", "le", one)
    return lines, ((_button("没有反弹", "ll", one, primary=True),), (again, given))


WAITS: dict[What, Callable[[MatterFacts], tuple[list[str], Rows]]] = {
    What.CHECK: _check, What.SIGN: _sign, What.LOOK: _look,
}  # fmt: skip


def past(one: MatterFacts, today: date) -> str:
    """A matter of an older card: what became of it, or where it is told now."""
    if one.moved:
        return f"{one.moved}。"
    where = "今天" if one.again == today else day(one.again) if one.again else ""
    return f"任务 {one.number} {cut(one.title, 24)}\n见{where}的提醒。"


def _button(
    label: str, act: str, one: MatterFacts, arg: str = "", *, primary: bool = False
) -> Button:
    return Button(label, press(act, one.task, one.version, arg), primary)


# ---- a leader's word, and who was told ----


def urged(facts: UrgedFacts) -> Card:
    """To the owner: who asks, and what about."""
    one = facts.matter
    if not one.stands:
        return Card(past(one, facts.today))
    lines, rows = whole(one, facts.closes, brief=False)
    return Card("\n".join([f"{facts.by}问：{lines[0]}", *lines[1:]]), rows, quiet=False)


def urging(done: Urging) -> str:
    """The word over the button: told at once, or when he may be."""
    names = "、".join(done.names[:2])
    return f"跟{names}说了" if done.at_once else f"{day(done.on)}早上跟{names}说"


def told_of(facts: ToldOf) -> Card:
    """「任务 31 提醒过谁」: the newest days, each with whom, when and how long before or after."""
    if not facts.rows:
        return Card(f"任务 {facts.number} {cut(facts.title, 20)}还没提醒过谁。")
    by_day: dict[date, list[tuple[datetime, str, What, int, Rung]]] = {}
    for row in facts.rows:
        by_day.setdefault(row[0].date(), []).append(row)
    lines = [f"任务 {facts.number} {cut(facts.title, 16)}，提醒过 {len(by_day)} 天："]
    for on, rows in list(by_day.items())[-3:]:
        names = "、".join(dict.fromkeys(f"{name} {clock(at)}" for at, name, *_ in rows[:3]))
        more = f"等 {len(rows)} 人" if len(rows) > 3 else ""
        lines.append(f"{day(on)} {names}{more}（{_of(rows[0][2], rows[0][3])}）")
    return Card("\n".join(lines))


def _of(what: What, left: int) -> str:
    if what is What.DUE:
        if left < 0:
            return f"超期 {-left} 天"
        return "当天" if left == 0 else f"还有 {left} 天"
    return {What.CHECK: "等复核", What.SIGN: "等销号", What.LOOK: "回头看"}.get(what, "领导催")
