"""The words of a special check: its list, the item that is asked about, what it came to. Pure."""

from __future__ import annotations

from bot.rules.menus import numbered
from bot.rules.round_facts import CheckFacts, ItemFacts
from bot.words.card import Button, Card, press, turn
from bot.words.plain import cut, day, listed, short
from bot.words.rounds import at


def check(facts: CheckFacts) -> Card:
    """The check's card: the list to begin with, then what was found so far."""
    if facts.state == "withdrawn":
        return _withdrawn(facts)
    if facts.state == "ended":
        return _over(facts)
    item, page = numbered(facts.menu, "item"), numbered(facts.menu, "items")
    if item is not None:
        return _item(facts, facts.items[item - 1])
    answered = any(one.state for one in facts.items)
    return _so_far(facts) if answered and page is None else _list(facts, page or 0)


def _press(facts: CheckFacts, act: str, arg: str = "") -> str:
    return press(act, facts.id, facts.version, arg)


def _list(facts: CheckFacts, page: int) -> Card:
    text = (
        f"本月重点区域专项检查：{facts.spot}，{len(facts.items)} 项。\n"
        "没有问题直接点「全部正常」，有问题的点那一项。"
    )
    choices = tuple(
        Button(cut(f"{item.position} {item.label}", 10), _press(facts, "ki", str(item.position)))
        for item in facts.items
    )
    more = turn(page, len(choices), lambda at: _press(facts, "kp", str(at)))
    fine = Button("全部正常", _press(facts, "kf"), primary=True)
    other, stop = Button("换个点位", _press(facts, "km")), Button("不查了", _press(facts, "kx"))
    if any(item.state for item in facts.items):
        back = Button("就这些", _press(facts, "kb"))
        return Card("还有哪一项有问题？", ((back,),), choices=choices, page=page, turn=more)
    gist = f"check {facts.id} {facts.code} {page}"
    return Card(
        text, ((fine,), (other, stop)), choices=choices, page=page, turn=more, gist=gist, brief=""
    )


def _item(facts: CheckFacts, item: ItemFacts) -> Card:
    text = f"第 {item.position} 项，{item.label}：哪里不对？\n写一句，或者拍一张。"
    arg = str(item.position)
    rows = (
        (Button("没看", _press(facts, "ku", arg)), Button("正常", _press(facts, "ko", arg))),
        (Button("不改这项", _press(facts, "kb")),),
    )
    return Card(text, rows, quiet=False)


def _so_far(facts: CheckFacts) -> Card:
    lines = [_head(facts), *_found(facts)]
    rows = (
        (Button("提交", _press(facts, "ks"), primary=True),),
        (Button("再改一项", _press(facts, "kp", "0")), Button("不查了", _press(facts, "kx"))),
    )
    return Card("\n".join(lines[:5]), rows)


def _head(facts: CheckFacts) -> str:
    bad = len(facts.troubled)
    unseen = sum(item.state == "unseen" for item in facts.items)
    said = [f"{len(facts.items) - bad - unseen} 项正常"]
    said += [f"{bad} 项有问题"] if bad else []
    said += [f"{unseen} 项没看"] if unseen else []
    return f"{facts.spot}专项检查，{len(facts.items)} 项：{'，'.join(said)}"


def _found(facts: CheckFacts) -> list[str]:
    lines = [
        f"第 {item.position} 项：{cut(item.words or item.label, 24)}" for item in facts.troubled
    ]
    if len(lines) > 3:
        lines = [*lines[:2], f"还有 {len(lines) - 2} 项有问题。"]
    return lines


def _over(facts: CheckFacts) -> Card:
    lines = [_head(facts), f"{day(facts.started_at)} {at(facts.started_at)} 查的，已交。"]
    return Card("\n".join(lines), ((Button("看记录", _press(facts, "kl")),),),
                gist=f"check over {facts.id}", brief="")  # fmt: skip


def _withdrawn(facts: CheckFacts) -> Card:
    done = "已撤回" if facts.ended_at else "不查了"
    kept = "，记下的问题还在" if facts.troubled else ""
    text = f"{done} · {facts.spot}专项检查（{day(facts.started_at)}）\n不算次数{kept}。"
    return Card(text, ((Button("恢复", _press(facts, "kr")),),))


def done(facts: CheckFacts) -> Card:
    """The check is handed in: what it counts as, what was found."""
    if facts.state == "withdrawn":
        return _withdrawn(facts)
    if facts.state != "ended":
        return Card(f"{facts.spot}专项检查重新打开了。")
    more = facts.owed is None or facts.done > facts.owed
    standing = f"，本月第 {facts.done} 次" if more else f"，算作本月 {facts.done}/{facts.owed}"
    bad = facts.troubled
    labels = listed([item.label for item in bad])
    found = f"问题 {len(bad)} 个：{labels}，已经记下。" if bad else f"{facts.spot}没有发现问题。"
    rows = ((Button("看记录", _press(facts, "kl")), Button("撤回", _press(facts, "kx"))),)
    return Card(f"专项检查已交{standing}。\n{found}", rows)


def spots(facts: CheckFacts, options: tuple[tuple[str, str], ...]) -> Card:
    """「换个点位」: which."""
    choices = tuple(Button(cut(name, 10), _press(facts, "kt", code)) for code, name in options)
    page = numbered(facts.menu, "spots") or 0
    more = turn(page, len(choices), lambda at: _press(facts, "km", str(at)))
    back = Button("不换了", _press(facts, "kb"))
    return Card("查哪个点位？", ((back,),), choices=choices, page=page, turn=more)


def record(facts: CheckFacts, names: tuple[str, ...], numbers: tuple[str, ...]) -> Card:
    """「看记录」: the items by their answers, those that are fine only counted."""
    lines = [f"专项检查 {facts.number}，{facts.spot}，{'、'.join(names)}，{day(facts.started_at)}"]
    fine, told = len(facts.items), ""
    for state, said in (("trouble", "有问题"), ("unseen", "没看")):
        labels = [item.label for item in facts.items if item.state == state]
        fine -= len(labels)
        told += f"{said}：{listed(labels, 6)}。" if labels else ""
    lines.append(f"{told}{'其余' if told else ''} {fine} 项正常。".strip())
    if numbers:
        lines.append(f"上报 {len(numbers)} 条：{listed([*map(short, numbers)], 4)}，发编号能看。")
    return Card("\n".join(lines))
