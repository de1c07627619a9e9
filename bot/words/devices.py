"""The words of the month's device check: the list, a device asked about, what came of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.rules.device_facts import CheckedDevices, DeviceFacts
from bot.rules.menus import numbered
from bot.words.card import Button, Card, press, turn
from bot.words.obligations import dated
from bot.words.plain import cut


def check(facts: CheckedDevices) -> Card:
    """The check's card: the list to begin with, then what was found so far."""
    if facts.state == "exempt":
        return Card(f"{facts.title}免了，不用查。")
    if facts.state != "owed":
        return _over(facts)
    menu = facts.menu or ""
    asked = next((one for one in facts.items if menu == f"item:{one.id}"), None)
    if asked is not None:
        return _ask(facts, asked)
    page = numbered(facts.menu, "items")
    begun = any(one.state for one in facts.items)
    return _so_far(facts) if begun and page is None else _list(facts, page or 0, begun=begun)


def _list(facts: CheckedDevices, page: int, *, begun: bool) -> Card:
    choices = tuple(
        Button(cut(_mark(one) + one.name, 10), press("ud", facts.task, facts.version, str(one.id)))
        for one in facts.items
    )
    more = turn(page, len(choices), lambda at: press("ue", facts.task, facts.version, str(at)))
    if begun:
        back = Button("就这些", press("ub", facts.task, facts.version))
        return Card("哪一台？点一下。", ((back,),), choices=choices, page=page, turn=more)
    by = f"，{dated(facts.due)}前" if facts.due else ""
    text = (
        f"{cut(facts.title, 24)}：{len(facts.items)} 台{by}。\n"
        "都好的直接点「全部正常」，坏了的点那一台。"
    )
    fine = Button("全部正常", press("ua", facts.task, facts.version), primary=True)
    gist = f"devices {facts.task} {page}"
    return Card(text, ((fine,),), choices=choices, page=page, turn=more, gist=gist, brief="")


def _mark(one: DeviceFacts) -> str:
    return {None: "", "fine": "好 ", "broken": "坏 "}[one.state]


def _ask(facts: CheckedDevices, one: DeviceFacts) -> Card:
    text = f"{one.name}：哪里坏了？\n写一句，或者拍一张。没坏点「正常」。"
    fine = Button("正常", press("ug", facts.task, facts.version, str(one.id)))
    back = Button("不改这台", press("ub", facts.task, facts.version))
    return Card(text, ((fine, back),), quiet=False)


def _so_far(facts: CheckedDevices) -> Card:
    left = facts.lacking
    lines = [_head(facts), *_found(facts)]
    if left:
        names = "、".join(cut(one.name, 10) for one in left[:3]) + ("等" if len(left) > 3 else "")
        lines.append(f"还没查：{names}。")
    said = "其余正常" if left else "交上去"
    rows = (
        (Button(said, press("ua", facts.task, facts.version), primary=True),),
        (Button("再点一台", press("ue", facts.task, facts.version, "0")),),
    )
    return Card("\n".join(lines), rows)


def _head(facts: CheckedDevices) -> str:
    bad, left = len(facts.broken), len(facts.lacking)
    fine = len(facts.items) - bad - left
    said = [f"{fine} 台正常"] if fine or not (bad or left) else []
    said += [f"{bad} 台坏了"] if bad else []
    said += [f"{left} 台没查"] if left else []
    return f"{cut(facts.title, 24)}，{len(facts.items)} 台：{'，'.join(said)}"


def _found(facts: CheckedDevices) -> list[str]:
    lines = [f"{cut(one.name, 10)}：{cut(one.words or '坏了', 20)}" for one in facts.broken]
    return lines if len(lines) < 3 else [lines[0], f"还有 {len(lines) - 1} 台坏了。"]


def _over(facts: CheckedDevices) -> Card:
    given = f"佐证已交，等{facts.checker}复核。" if facts.checker else "佐证已交，等人复核。"
    said = given if facts.state == "given" else "办完了。"
    see = Button("看要求", press("lr", facts.task, facts.version))
    text = "\n".join([_head(facts), *_found(facts), said])
    return Card(text, ((see,),), gist=f"devices over {facts.task} {facts.state}", brief=said)


def older(task: int) -> Card:
    """A card of the same check that stands further up."""
    return Card("看下面最新的那张。", gist=f"devices older {task}", brief="")


# ---- the list ----


def listed(names: Sequence[tuple[str, str | None]]) -> Card:
    """「设备清单」: every device with where it stands."""
    if not names:
        return Card("设备清单还是空的。\n管理员这样加：加设备 1号分类箱。后面可以写点位。")
    said = [f"{name}（{spot}）" if spot else name for name, spot in names[:12]]
    more = f"等 {len(names)} 台" if len(names) > 12 else ""
    text = "、".join(said) + more
    return Card(f"一共 {len(names)} 台设备：{text}。\n每月逐台检测，发「设备检查」开始。")


def added(name: str, spot: str | None, count: int) -> Card:
    """A device is checked from now on."""
    where = f"，在{spot}" if spot else ""
    return Card(f"加上了：{name}{where}，一共 {count} 台。\n没办完的设备检查也要查它。")


def no_spot(said: str) -> Card:
    """The spot of a new device is none."""
    name = cut(said, 20)
    return Card(f"没有叫「{name}」的点位，设备没有加。\n发「点位」看有哪些，不写点位也行。")


def removed(name: str, done: Sequence[str]) -> Card:
    """A device is checked no more."""
    also = f"其余都查过了，{'、'.join(done)}已经交上去。" if done else "以前的结果都留着。"
    return Card(f"删掉了：{cut(name, 20)}，以后不用查。\n{also}")
