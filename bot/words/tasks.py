"""A task of the ledger in words: to its owner, and to whoever looks at it (conversations.md 2.17).

Knows what may be pressed by `moves` alone. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.rules.ledger import OWING, STATE_NAMES, TaskState
from bot.rules.task_facts import TaskFacts
from bot.words.card import Button, Card, press, turn
from bot.words.plain import WEEKDAYS, cut, day

TITLE = 24
REASONS: dict[str, tuple[str, ...]] = {
    "back": ("照片不清楚", "缺验收单", "没有做完"),
    "refuse": ("佐证不够", "没有做完", "再核实一下"),
    "reopen": ("又反弹了", "上级要求重办", "佐证不实"),
    "stuck": ("等设备到货", "等资金", "要别的科室配合"),
    "look": ("又反弹了", "没有坚持住", "现场和佐证不符"),
}  # fmt: skip
"""Usual reasons, a button each, by the menu that asks for one."""

ASKS = {
    "back": "哪里不够？点一个，或者写一句。", "refuse": "为什么退回？点一个，或者写一句。",
    "reopen": "为什么重开？点一个，或者写一句。", "stuck": "为什么办不了？点一个，或者写一句。",
    "look": "看到了什么？点一个，或者写一句。",
}  # fmt: skip

PICKS = {"back": "lt", "refuse": "lh", "reopen": "lo", "stuck": "lu", "look": "lw"}
"""Which press picks a reason; with no argument it opens the list."""

PHASES = ("反馈问题", "自查自纠", "整改落实", "长效巩固")


def named(facts: TaskFacts) -> str:
    """任务 27 更换 2 路监控."""
    return f"任务 {facts.number} {cut(facts.title, TITLE)}"


def on_day(moment: date) -> str:
    """6月15日（周日）."""
    return f"{day(moment)}（周{WEEKDAYS[moment.weekday()]}）"


def due_line(facts: TaskFacts) -> str:
    """6月15日（周日）前完成，还有 3 天。"""
    if facts.due is None:
        return "下一阶段的时间未明确。" if facts.long_term else "时限未明确。"
    times = f"（延过 {facts.extended} 次）" if facts.extended else ""
    if facts.state not in OWING:
        return f"时限 {day(facts.due)}{times}。"
    left = (facts.due - facts.today).days
    if left < 0:
        return f"应于 {day(facts.due)} 完成{times}，超期 {-left} 天。"
    if left == 0:
        return f"今天到期{times}，18:00 前交佐证就算按时。"
    return f"{on_day(facts.due)}前完成{times}，还有 {left} 天。"


def gist(card: str, facts: TaskFacts) -> str:
    """What a card is about: where cards can't be edited it is sent anew only for another list.

    News of the task come by a message of their own.
    """
    return f"{card} {facts.id} {facts.menu}"


def see_below(card: str, facts: TaskFacts) -> Card:
    """An older copy of a card: the newest one tells."""
    # The same however the newest one changes: an edit that changes nothing is refused.
    same = gist(card, replace(facts, menu=None))
    return Card(f"{named(facts)}，看下面新的一张。", gist=same, brief="")


def task(facts: TaskFacts) -> Card:
    """The task to whoever looks at it: what, by when, what is wanted, how it stands."""
    card = _task(facts)
    return card if card.gist else replace(card, gist=gist("task", facts), brief="")


def _task(facts: TaskFacts) -> Card:
    if facts.menu == "owner":
        return _owners(facts)
    if facts.menu in ASKS:
        return asks(facts, facts.menu)
    if facts.mine and facts.menu == "give" and facts.state in (*OWING, TaskState.HANDED_IN):
        return giving(facts)
    lines = [f"{named(facts)} · {state_name(facts)}"]
    if facts.text and facts.text != facts.title:
        lines.append(cut(facts.text, 100))
    if facts.state is TaskState.HANDED_IN:
        return Card("\n".join([*_handed_in(facts)]), _buttons(facts), quiet=False)
    lines.append(f"{due_line(facts)}{_wanted(facts)}")
    lines.append(_who(facts))
    if facts.state in OWING and facts.reason:
        lines.append(f"{facts.reasoned_by or '领导'}说：{cut(facts.reason, 40)}。")
    if facts.stuck:
        lines.append(f"{'、'.join(facts.owners[:1]) or '责任人'}说办不了：{cut(facts.stuck, 40)}。")
    if facts.asked_longer and facts.state in OWING:
        lines.append(f"已申请延期，等{facts.asked_longer}同意。")
    return Card("\n".join(lines), _buttons(facts), quiet=False)


def state_name(facts: TaskFacts) -> str:
    """在办; 长期坚持 · 今年 5/12."""
    said = STATE_NAMES[facts.state]
    met, whole = facts.stages
    if facts.long_term and whole:
        return f"{said} · 已达标 {met}/{whole}"
    return said


def _wanted(facts: TaskFacts) -> str:
    return f"要交：{cut(facts.wants, 40)}。" if facts.wants else ""


def _who(facts: TaskFacts) -> str:
    owner = "、".join(facts.owners[:3]) or "未明确"
    department = facts.department or "未明确"
    return f"责任人{owner}，责任科室{department}，责任领导{facts.leader or '未明确'}。"


def count(facts: TaskFacts) -> str:
    """1 个文件、2 句话."""
    files = sum(one.kind != "text" for one in facts.handed)
    words = len(facts.handed) - files
    said = [f"{n} {what}" for n, what in ((files, "个文件"), (words, "句话")) if n]
    return "、".join(said)


def giving(facts: TaskFacts) -> Card:
    """「把照片或文件发过来就行」: what came so far, and when it is all."""
    lines = [f"任务 {facts.number}：把照片或文件发过来就行，也可以写几句。发完点一下。"]
    if facts.handed:
        lines.append(f"收到 {count(facts)}。")
    elif facts.wants:
        lines.append(f"要交：{cut(facts.wants, 60)}。")
    lost = [one.name or "一个文件" for one in facts.handed if one.lost]
    if lost:
        lines.append(f"{cut('、'.join(lost), 40)}没收到，请再发一次。")
    rows: list[tuple[Button, ...]] = [(_button("发完了", "lf", facts, primary=True),)]
    last = [_button("先不交", "ln", facts)]
    if facts.handed and facts.state is not TaskState.HANDED_IN:
        last.append(_button("都不要", "lm", facts))
    brief = f"又收 1 份，共 {count(facts)}（任务 {facts.number}）。" if facts.handed else ""
    return Card(
        "\n".join(lines), (*rows, tuple(last)), quiet=False, gist=f"giving {facts.id}", brief=brief
    )


def _handed_in(facts: TaskFacts) -> list[str]:
    said = count(facts)
    first = f"任务 {facts.number} · 佐证已交{f'（{said}）' if said else ''}"
    who = "您" if "approve" in facts.moves else facts.checker or "别人"
    nobody = "" if facts.checker else "现在没有人能复核，管理员知道后会安排。"
    if facts.check == "leader":
        goal = "认定本阶段达标" if facts.long_term else "销号"
        return [first, nobody or f"等{who}复核，再由{facts.signer or '领导'}{goal}。"]
    return [first, nobody or f"等{who}复核，看过就算办完。"]


def _buttons(facts: TaskFacts) -> tuple[tuple[Button, ...], ...]:
    """What may be pressed: at most six, the first of them full width."""
    can = facts.moves
    rows: list[tuple[Button, ...]] = []
    if "hand_in" in can:
        rows.append((_button("已完成，交佐证", "lg", facts, primary=True),))
        second = [] if facts.due is None or facts.asked_longer else [
            _button("申请延期", "lx", facts)
        ]  # fmt: skip
        rows.append((*second, _button("办不了", "lu", facts)))
    if "take_back" in can and facts.state is TaskState.HANDED_IN:
        rows.append((_button("补充佐证", "lg", facts), _button("撤回佐证", "lb", facts)))
    rows += _looking(facts)
    if "rebound" in can and facts.look_on is not None and facts.look_on <= facts.today:
        rows.append((_button("没有反弹", "ll", facts), _button("又有问题，重开", "lw", facts)))
    if "rethink" in can:
        rows.append((_button("改主意", "lc", facts),))
    if "reopen" in can:
        rows.append((_button("重开", "lo", facts),))
    if facts.leads and not facts.mine and facts.state in OWING:
        rows.append((_button("换人", "la", facts),))
    if facts.handed or facts.earlier:
        rows.append((_button("看佐证", "le", facts),))
    return tuple(rows)


def _looking(facts: TaskFacts) -> list[tuple[Button, ...]]:
    """What whoever checks it or signs it off presses."""
    can = facts.moves
    rows: list[tuple[Button, ...]] = []
    if "approve" in can:
        rows += reviewing(facts)
    elif "pass_on" in can and facts.leads:
        rows.append((_button("换人复核", "lp", facts),))
    if "sign_off" in can or "meet" in can:
        label = "本阶段达标" if facts.long_term else "同意销号"
        rows.append((_button(label, "ls", facts, primary=True),))
        rows.append((_button("退回", "lh", facts),))
    return rows


def reviewing(facts: TaskFacts) -> tuple[tuple[Button, ...], ...]:
    """What the second person presses."""
    good = "够了，报销号" if facts.check == "leader" else "够了，办完"
    if facts.long_term:
        good = "够了，报领导"
    return (
        (_button(good, "lk", facts, primary=True),),
        (_button("不够，退回", "lt", facts), _button("不归我看", "lp", facts)),
    )


def asks(facts: TaskFacts, kind: str) -> Card:
    """The reasons to pick from."""
    act = PICKS[kind]
    picks = tuple(
        _button(said, act, facts, str(number + 1)) for number, said in enumerate(REASONS[kind])
    )
    last = (_button("写一句", "lv", facts, kind), _button("算了", "li", facts))
    return Card(f"{named(facts)}。\n{ASKS[kind]}", (picks, last), quiet=False)


def _owners(facts: TaskFacts) -> Card:
    buttons = tuple(
        Button(cut(one.name, 10), press("lq", facts.id, facts.version, one.code))
        for one in facts.targets
    )
    more = turn(
        facts.page, len(buttons), lambda page: press("la", facts.id, facts.version, str(page))
    )
    rows = ((_button("先不换", "li", facts),),)
    return Card(f"{named(facts)}，换谁来办？", rows, buttons, facts.page, more, quiet=False)


def ask_words(kind: str) -> Card:
    """「写一句」: the next words are the reason."""
    said = ASKS.get(kind, "").partition("？")[0] or "是什么原因"
    return Card(f"{said}？写一句发给我就行。不写了发「算了」。", quiet=False)


def noted(words: str) -> Card:
    """The written reason was taken."""
    return Card(f"记下了：「{cut(words, 60)}」。")


def noted_stuck(words: str) -> Card:
    """The written reason of 「办不了」 was taken, and who goes on."""
    return Card(f"记下了：「{cut(words, 60)}」。\n领导会看到，由领导来定换人还是改期。")


def given(facts: TaskFacts) -> Card:
    """「看佐证」: what was handed in, below the photos and papers."""
    lines = [f"{named(facts)}：{count(facts) or '还没有佐证'}。"]
    lines += [f"「{cut(one.words, 80)}」" for one in facts.handed if one.words][:4]
    lost = sum(one.lost for one in facts.handed)
    waits = sum(one.waits for one in facts.handed)
    if lost or waits:
        lines.append(f"{waits} 个还在路上，{lost} 个没收到。")
    if facts.earlier:
        lines.append(f"以前交过 {facts.earlier} 份，这里只看这次的。")
    papers = tuple(f"e{number}" for number in facts.papers)
    return Card("\n".join(lines), photos=facts.photos, papers=papers, apart=True)


def file_asked(
    row: int, facts: TaskFacts, state: str, kind: str, name: str | None,
    options: Sequence[tuple[int, str]],
) -> Card:  # fmt: skip
    """A file came by itself: is it for the task that is due, or for which of these?"""
    what = cut(name, 20) if name else "一张照片" if kind == "photo" else "一个文件"
    if state == "kept":
        return Card(f"好，{what}算任务 {facts.number} 的佐证。")
    if state == "dropped":
        return Card("好，不算佐证。文件留着，没有用到别处。")
    no = Button("不是", press("lz", row, 1))
    if len(options) == 1:
        ((number, title),) = options
        # A run of an obligation has four figures, a button room for ten letters.
        label = f"算任务 {number} 的佐证" if number < 100 else "算这件的佐证"
        yes = Button(label, press("ld", row, 1, str(number)), primary=True)
        said = f"收到{what}。是任务 {number} {cut(title, TITLE)}的佐证吗？"
        return Card(said, ((yes,), (no,)), quiet=False)
    lines = [f"收到{what}。是哪件任务的佐证？"]
    lines += [f"{number} {cut(title, TITLE)}" for number, title in options]
    each = tuple(
        Button(f"任务 {number}", press("ld", row, 1, str(number))) for number, _ in options
    )
    rows = (each[:3], each[3:], (no,)) if each[3:] else (each, (no,))
    return Card("\n".join(lines), rows, quiet=False)


def _button(
    label: str, act: str, facts: TaskFacts, arg: str = "", *, primary: bool = False
) -> Button:
    return Button(label, press(act, facts.id, facts.version, arg), primary=primary)
