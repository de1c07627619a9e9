"""A task in words to whoever checks it, signs it off or looks back at it, and to its owner after.

Pure; knows what may be pressed by `moves` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.rules.ledger import OWING, TaskState
from bot.rules.task_facts import TaskFacts
from bot.words.card import Button, Card, press
from bot.words.plain import cut, day
from bot.words.tasks import asks, count, due_line, gist, named, on_day, reviewing


def check(facts: TaskFacts) -> Card:
    """「请复核佐证」, or what became of it, which is not said anew where a card can't be edited."""
    return replace(_check(facts), gist=gist("task_check", facts), brief="")


def _check(facts: TaskFacts) -> Card:
    if facts.menu == "back":
        return asks(facts, "back")
    if "approve" not in facts.moves:
        return Card(f"{_moved_on(facts)}")
    owner = f"（{facts.given_by}）" if facts.given_by else ""
    lines = [f"请复核佐证：{named(facts)}{owner}"]
    if facts.wants:
        lines.append(f"要求：{cut(facts.wants, 60)}。")
    lines += _shown(facts)
    return _with_files(facts, Card("\n".join(lines), reviewing(facts), quiet=False))


def _shown(facts: TaskFacts) -> list[str]:
    """What is to be seen of the evidence: its words, and what can't be shown."""
    lines = [f"「{cut(one.words, 60)}」" for one in facts.handed if one.words][:2]
    if facts.photos or facts.papers:
        lines.append(f"上面是佐证，{count(facts)}。")
    lost = [one.name or "一个文件" for one in facts.handed if one.lost]
    if lost:
        lines.append(f"{cut('、'.join(lost), 40)}没收到。")
    return lines


def _with_files(facts: TaskFacts, card: Card) -> Card:
    papers = tuple(f"e{number}" for number in facts.papers)
    if not facts.photos and not papers:
        return card
    return replace(card, photos=facts.photos, papers=papers, apart=True)


def _moved_on(facts: TaskFacts) -> str:
    """How it stands to somebody who has nothing to do about it any more."""
    if facts.state is TaskState.CHECKED:
        goal = "认定" if facts.long_term else "销号"
        return f"{named(facts)}，{facts.checker}已复核，等{facts.signer or '领导'}{goal}。"
    if facts.state is TaskState.SIGNED_OFF:
        on = f"{day(facts.signed_at)}" if facts.signed_at else ""
        word = "已销号" if facts.check == "leader" else "已办完"
        return f"{named(facts)} {word}，{on}。"
    if facts.state is TaskState.LASTING:
        return f"{named(facts)}，本阶段达标，长期坚持。"
    if facts.state is TaskState.HANDED_IN:
        return f"{named(facts)}，佐证已交，等{facts.checker or '人'}复核。"
    if facts.reason:
        word = "已重开" if facts.state is TaskState.REOPENED else "已退回"
        return f"{named(facts)}，{word}：{cut(facts.reason, 40)}。"
    return f"{named(facts)}，佐证撤回了，不用看了。"


def sign(facts: TaskFacts) -> Card:
    """「请销号」, or what became of it, which is not said anew where a card can't be edited."""
    return replace(_sign(facts), gist=gist("task_sign", facts), brief="")


def _sign(facts: TaskFacts) -> Card:
    if facts.menu in ("refuse", "reopen"):
        return asks(facts, facts.menu)
    if facts.state is TaskState.CHECKED:
        return _to_sign(facts)
    rows: list[tuple[Button, ...]] = []
    if "rethink" in facts.moves:
        rows.append((_button("改主意", "lc", facts),))
    elif "reopen" in facts.moves:
        rows.append((_button("重开", "lo", facts),))
    if facts.state is TaskState.SIGNED_OFF:
        on = day(facts.signed_at) if facts.signed_at else ""
        return Card(f"任务 {facts.number} 已销号，{on}。台账还剩 {facts.left} 件。", tuple(rows))
    return Card(_moved_on(facts), tuple(rows))


def _to_sign(facts: TaskFacts) -> Card:
    given = f"{facts.given_by} {day(facts.given_at)} 交佐证" if facts.given_at else ""
    same = facts.given_at and facts.checked_at and (
        facts.given_at.date() == facts.checked_at.date()
    )  # fmt: skip
    on = "当天" if same else f" {day(facts.checked_at)} " if facts.checked_at else ""
    asked = "请认定本阶段达标" if facts.long_term else "请销号"
    lines = [f"{asked}：{named(facts)}", f"{given}，{facts.checker}{on}复核。"]
    if facts.returned:
        lines.append(f"退回过 {facts.returned} 次。")
    if "sign_off" not in facts.moves and "meet" not in facts.moves:
        return Card("\n".join(lines))
    good = "本阶段达标" if facts.long_term else "同意销号"
    rows = (
        (_button(good, "ls", facts, primary=True),),
        (_button("退回", "lh", facts), _button("看佐证", "le", facts)),
    )
    return Card("\n".join(lines), rows, quiet=False)


def told(facts: TaskFacts, what: str) -> Card | None:
    """What became of a task, to its owner or whoever else it concerns; None where that is over."""
    return TOLD[what](facts) if what in TOLD else None


def _done(facts: TaskFacts) -> Card | None:
    if facts.state not in (TaskState.SIGNED_OFF, TaskState.LASTING):
        return None
    return Card(_signed(facts), ((Button("我的台账", press("tm", 0, 1)),),), quiet=False)


def _again(facts: TaskFacts, first: str, second: str) -> Card | None:
    """It is in the owner's hands again."""
    if facts.state not in OWING:
        return None
    give = (_button("已完成，交佐证", "lg", facts, primary=True),)
    lines = [first, second] if second else [first]
    text = "\n".join([*lines, due_line(facts)])
    return Card(text, (give,) if facts.mine else (), quiet=False)


def _why(facts: TaskFacts) -> str:
    who = facts.reasoned_by or "领导"
    return f"{who}说：{cut(facts.reason, 60)}。" if facts.reason else ""


def _returned(facts: TaskFacts) -> Card | None:
    kept = f"{_why(facts)}之前交的都留着。"
    return _again(facts, f"任务 {facts.number} 退回了：{cut(facts.title, 24)}", kept)


def _reopened(facts: TaskFacts) -> Card | None:
    return _again(facts, f"任务 {facts.number} 重开了：{cut(facts.title, 24)}", _why(facts))


def _lost(facts: TaskFacts) -> Card | None:
    if facts.state is TaskState.HANDED_IN:
        first = f"任务 {facts.number} 有佐证没收到，文件下载不下来。别的都交上去了。"
        more = (_button("补充佐证", "lg", facts, primary=True),)
        return Card(f"{first}\n要补请点「补充佐证」再发一次。", (more,) if facts.mine else ())
    first = f"任务 {facts.number} 有佐证没收到，文件下载不下来。"
    return _again(facts, first, "任务还在您手上，请再发一次。")


def _rethought(facts: TaskFacts) -> Card | None:
    if facts.state is not TaskState.CHECKED:
        return None
    word = "认定" if facts.long_term else "销号"
    return Card(f"{named(facts)}，{facts.signer or '领导'}改了主意，还没{word}。", quiet=False)


def _longer(facts: TaskFacts) -> Card | None:
    if facts.due is None:
        return None
    return Card(f"{named(facts)}，领导把时限改到了 {on_day(facts.due)}。", quiet=False)


def _signed(facts: TaskFacts) -> str:
    if facts.long_term:
        return f"任务 {facts.number} 本阶段达标，长期坚持。您还有 {facts.mine_left} 件在办。"
    word = "已销号" if facts.check == "leader" else "已办完"
    on = day(facts.signed_at) if facts.signed_at else ""
    early = ""
    if facts.due and facts.given_at:
        days = (facts.due - facts.given_at.date()).days
        early = f"，提前 {days} 天" if days > 0 else "，超期" if days < 0 else "，按时"
        early = f"{early} {-days} 天" if days < 0 else early
    return f"任务 {facts.number} {word}（{on}{early}）。您还有 {facts.mine_left} 件在办。"


def _stuck(facts: TaskFacts) -> Card | None:
    """To a leader: its owner can't."""
    owner = facts.owners[0] if facts.owners else "责任人"
    if not facts.stuck or facts.state not in OWING:
        return None
    lines = [f"{owner}说办不了：{named(facts)}", f"原因：{cut(facts.stuck, 60)}。{due_line(facts)}"]
    rows = ((_button("换人", "la", facts), _button("改期", "ly", facts)),
            (_button("看要求", "lr", facts),))  # fmt: skip
    return Card("\n".join(lines), rows if facts.leads else (), quiet=False)


def _owner(facts: TaskFacts) -> Card:
    """The owner is another one from now on."""
    if not facts.mine:
        return Card(f"{named(facts)}，改由{facts.owners[0] if facts.owners else '别人'}负责。")
    lines = [f"{named(facts)}，交给您了。", due_line(facts)]
    if facts.wants:
        lines.append(f"要交：{cut(facts.wants, 60)}。")
    rows = ((_button("看要求", "lr", facts, primary=True),),)
    return Card("\n".join(lines), rows, quiet=False)


TOLD: dict[str, Callable[[TaskFacts], Card | None]] = {
    "signed": _done, "settled": _done, "returned": _returned, "reopened": _reopened,
    "lost": _lost, "rethought": _rethought, "longer": _longer, "stuck": _stuck, "owner": _owner,
}  # fmt: skip
"""What is said, by what became of it."""


def _button(
    label: str, act: str, facts: TaskFacts, arg: str = "", *, primary: bool = False
) -> Button:
    return Button(label, press(act, facts.id, facts.version, arg), primary=primary)
