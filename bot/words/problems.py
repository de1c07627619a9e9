"""The words of a problem's cards: to review, to handle, to hand over, to give to somebody; pure.

Each card repeats what, where, who and when, and shows only buttons that act for who looks at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.rules.loop import OUTCOME_NAMES, STAGE_NAMES, Outcome, Stage
from bot.rules.problem_facts import ProblemFacts
from bot.words.card import Button, Card, press, turn
from bot.words.cases import FROM, origin
from bot.words.plain import clock, cut, listed, short, when

REASONS: dict[str, tuple[str, ...]] = {
    "back": ("摊还在", "照片看不清", "拍错地方"),
    "unable": ("找不到当事人", "要权属单位来办", "现场够不着"),
    "nophoto": ("手机没电", "现场不让拍", "已经离开"),
    "why": ("不是我们管", "重复了"),
    "disown": ("属交警管", "属城投管", "属社区管"),
    "reopen": ("又查出没好", "复核看错了"),
}  # fmt: skip
"""The usual reasons by what they are for; each card offers 「写一句」 beside them."""

ASKS: dict[str, str] = {
    "back": "退回去，差在哪里？",
    "unable": "办不了，是什么原因？领导看过才算。",
    "nophoto": "没法拍，是什么原因？要请领导看过才算。",
    "why": "写一句原因吧，不写也行。",
    "disown": "不属本局管，归谁？",
    "reopen": "要返工，是什么原因？",
}  # fmt: skip

ACTS = {"back": "zx", "unable": "zv", "nophoto": "za", "why": "zr", "disown": "zl", "reopen": "zj"}
"""What a press on one of these reasons does."""

ORIGINS: dict[str, str] = {"patrol": "巡查", "review": "复查", **FROM}


def came(facts: ProblemFacts) -> str | None:
    """12345 转来 2025061200123: how it came from outside, with the number of its ticket."""
    if facts.tickets:
        return origin(*facts.tickets[0])
    return origin(facts.source) if facts.source in FROM else None


def review(facts: ProblemFacts) -> Card:
    """「请复核」: the photos before and after stand above these words."""
    if "approve" not in facts.moves or facts.stage is not Stage.HANDLED:
        return _reviewed(facts)
    if (asked := _asked(facts, "back")) is not None:
        return asked
    at = when(facts.handled_at or facts.now, facts.now)
    if facts.outcome is Outcome.UNABLE:
        head = f"请定：{facts.what}，{facts.handler}说办不了。"
        lines = [head, f"原因：{cut(facts.reason or '没写', 60)}。"]
        yes = "确实办不了，办结"
    else:
        lines = [f"请复核：{facts.what}，{facts.handler} {at} 处置。"]
        yes = "没问题，办结"
        if facts.lacks_photo:
            lines.append(f"没有处置后的照片：{cut(facts.reason or '没写原因', 40)}。")
    lines += [_found(facts), *_sides(facts)]
    rows = (
        (_button(yes, "zy", facts, primary=True),),
        (_button("还没好，退回", "zt", facts), _button("不是我看", "zp", facts)),
    )
    return _with_photos(facts, Card("\n".join(lines), rows, quiet=False))


def _reviewed(facts: ProblemFacts) -> Card:
    """What became of it, for somebody who was asked to review it."""
    if facts.stage is Stage.CLOSED:
        at = when(facts.closed_at or facts.now, facts.now)
        text = f"您已复核：{facts.what}，{at} 办结。" if "rethink" in facts.moves else (
            f"{facts.what}，{facts.reviewer or ''} {at} 已办结。"
        )  # fmt: skip
        rows = ((_button("改主意", "zc", facts),),) if "rethink" in facts.moves else ()
        return Card(f"{text}\n{_tail(facts)}", rows)
    if facts.stage is Stage.HANDLED:
        return Card(f"{facts.what}，现在请{facts.reviewer or '别人'}复核。\n{_tail(facts)}")
    if facts.reason and facts.stage is Stage.TAKEN:
        text = f"已退回：{facts.what}，{facts.reason}。"
        return Card(f"{text}\n{facts.handler}再处置一次。{_tail(facts)}")
    return Card(f"{facts.what}，{STAGE_NAMES[facts.stage]}，不用您看了。\n{_tail(facts)}")


def matter(facts: ProblemFacts) -> Card:
    """The card of whoever it was handed to, and of everybody who looks it up."""
    if facts.menu == "hand":
        return targets(facts, "zo")
    for kind in ("unable", "nophoto", "reopen", "disown", "why"):
        if (asked := _asked(facts, kind)) is not None:
            return asked
    return _with_photos(
        facts, Card("\n".join(_lines(facts)), _rows(facts), quiet=facts.stage is Stage.CLOSED)
    )


def _lines(facts: ProblemFacts) -> list[str]:
    outside = came(facts)
    head = f"{outside}：{facts.what}" if outside else facts.what
    if facts.stage is Stage.HANDED and "take" in facts.moves:
        lines = [f"新任务：{head}，{facts.finder} {when(facts.found_at, facts.now)} 发现。"]
    elif facts.stage is Stage.TAKEN and facts.returned and facts.reason:
        lines = [f"退回重办：{head}。", f"原因：{cut(facts.reason, 60)}。"]
    elif facts.stage is Stage.CLOSED and facts.outcome is not None:
        lines = [f"{head} · {OUTCOME_NAMES[facts.outcome]}"]
    else:
        lines = [f"{head} · {STAGE_NAMES[facts.stage]}"]
    if facts.stage is not Stage.HANDED or "take" not in facts.moves:
        lines.append(_course(facts))
    lines += _deadline(facts)
    if len(facts.sources) > 1:
        lines.append(f"来源：{'、'.join(ORIGINS.get(one, one) for one in facts.sources)}。")
    if facts.rebound:
        lines.append("这是反弹，前面办结过。")
    return [*lines, _tail(facts)]


def _course(facts: ProblemFacts) -> str:
    """16:38 张建国发现，16:41 处置，16:52 李红梅复核。"""
    said_at = [f"{when(facts.found_at, facts.now)} {facts.finder}发现"]
    if facts.stage is Stage.HANDED:
        said_at.append(f"转给{facts.handler or facts.team}，还没签收")
    if facts.stage is Stage.TAKEN and facts.taken_at and facts.handler:
        said_at.append(f"{when(facts.taken_at, facts.now)} {facts.handler}接办")
    if facts.handled_at is not None:
        by = f"{facts.handler}" if facts.handler != facts.finder else ""
        did = "说办不了" if facts.outcome is Outcome.UNABLE else "处置"
        said_at.append(f"{when(facts.handled_at, facts.now)} {by}{did}")
    if facts.stage is Stage.HANDLED:
        said_at.append(f"等{facts.reviewer}复核" if facts.reviewer else _unreviewed(facts))
    if facts.closed_at is not None:
        reviewed = f"{facts.reviewer}复核" if facts.reviewer else "办结"
        said_at.append(f"{when(facts.closed_at, facts.now)} {reviewed}")
    if facts.stage is Stage.FOUND and facts.declined_by:
        said_at.append(f"{facts.declined_by}说不归他，等{facts.leader or '领导'}改派")
    return f"{'，'.join(said_at)}。"


def _unreviewed(facts: ProblemFacts) -> str:
    return "还差一张处置后的照片" if facts.lacks_photo else "现在没有人能复核"


def _deadline(facts: ProblemFacts) -> list[str]:
    """「17:40 前签收，明天 12:00 前办结。」"""
    if facts.stage in (Stage.HANDLED, Stage.CLOSED):
        return []
    told = []
    if facts.respond_by is not None and facts.stage is not Stage.TAKEN:
        told.append(f"{facts.respond_said}签收")
    if facts.handle_by is not None:
        late = facts.handle_by < facts.now
        told.append(f"{facts.handle_said}处理" + ("，已经超时" if late else ""))
    return [f"{'，'.join(told)}。"] if told else []


def _rows(facts: ProblemFacts) -> tuple[tuple[Button, ...], ...]:
    can, stage = facts.moves, facts.stage
    rows: list[tuple[Button, ...]] = []
    if stage is Stage.HANDED and "take" in can:
        mine = "签收" if facts.source != "patrol" else "我来办"
        rows.append((_button(mine, "zm", facts, primary=True),))
        more = [_button("不归我", "zd", facts)] if "decline" in can else []
        rows.append((*more, _button("已处置", "zk", facts)))
    elif stage in (Stage.TAKEN, Stage.FOUND) and "handle" in can:
        rows.append((_button("处置了", "zk", facts, primary=True),))
        acts = (("hand", "转交", "zh"), ("give_up", "办不了", "zu"), ("decline", "不归我", "zd"))
        rows.append(tuple(_button(said, act, facts) for move, said, act in acts if move in can))
        if "take" in can and stage is Stage.FOUND and not facts.mine:
            rows.insert(0, (_button("我来办", "zm", facts),))
    elif stage is Stage.HANDLED and facts.mine:
        if facts.lacks_photo and facts.reviewer is None:
            rows.append((_button("没法拍", "zn", facts),))
        rows.append((_button("不是这件事", "zi", facts),))
    elif stage is Stage.CLOSED and "reopen" in can:
        rows.append((_button("返工", "zg", facts),))
    if "hand" in can and not any(button.label == "转交" for row in rows for button in row):
        # Whoever has it may be away: then only this takes it out of his hands.
        rows.append((_button("改派", "zh", facts),))
    if "disown" in can and stage is not Stage.CLOSED:
        rows.append((_button("不属本局", "ze", facts),))
    return tuple(row for row in rows if row)


def reassign(facts: ProblemFacts) -> Card:
    """「要改派」: the leader gives it to somebody."""
    if facts.menu == "hand":
        return targets(facts, "zo")
    if (asked := _asked(facts, "disown")) is not None:
        return asked
    if facts.stage is not Stage.FOUND or "hand" not in facts.moves:
        return Card("\n".join(_lines(facts)))
    outside = came(facts)
    if facts.declined_by:
        why = f"{facts.declined_by}说：{cut(facts.reason, 40)}。" if facts.reason else (
            f"{facts.declined_by}说不归他。" if facts.declined_by != facts.finder else
            f"{facts.finder}请您定。"
        )  # fmt: skip
        lines = [f"要改派：{facts.what}。{why}"]
    else:
        lines = [f"{outside or '要派人'}：{facts.what}。{cut(facts.words, 60)}"]
    lines += [_found(facts), *_deadline(facts)]
    first = ((_button(f"还是{facts.declined_by}", "zo", facts, "b", primary=True),)
             if facts.declined_by and facts.declined_by != facts.finder else ())  # fmt: skip
    back = (_button(f"退给{facts.finder}", "zo", facts, "f"),) if not outside else ()
    rows = (
        first,
        (_button("我来定人", "zh", facts, primary=not first), *back),
        (_button("不属本局", "ze", facts),) if "disown" in facts.moves else (),
    )
    return _with_photos(
        facts, Card("\n".join(lines), tuple(row for row in rows if row), quiet=False)
    )


def targets(facts: ProblemFacts, act: str) -> Card:
    """「转给谁？」: the likely first, all others on further pages."""
    buttons = tuple(
        Button(cut(one.name, 12), press(act, facts.id, facts.version, one.code))
        for one in facts.targets
    )
    more = turn(
        facts.page, len(buttons), lambda page: press("zh", facts.id, facts.version, str(page))
    )
    rows = ((_button("先不转", "zb", facts),),)
    return Card(f"{facts.what}，转给谁？", rows, buttons, facts.page, more, quiet=False)


def _asked(facts: ProblemFacts, kind: str) -> Card | None:
    """The reasons to pick from, where this viewer's card asks for one."""
    if facts.menu != kind:
        return None
    act = ACTS[kind]
    picks = tuple(
        Button(reason, press(act, facts.id, facts.version, str(number)))
        for number, reason in enumerate(REASONS[kind])
    )
    last = (
        Button("写一句", press("zw", facts.id, facts.version, kind)),
        _button("不写" if kind == "why" else "算了", "zb", facts),
    )
    head = ASKS[kind]
    if kind == "why":
        head = f"好，请{facts.leader or '领导'}改派。{head}"
    return Card(f"{facts.what}。\n{head}", (picks, last), quiet=False)


def ask_words(kind: str) -> Card:
    """「写一句」: the next words are the reason."""
    return Card(f"{ASKS.get(kind, '是什么原因？')}\n直接写，不写了就发「算了」。", quiet=False)


def noted(words: str) -> Card:
    """The written reason was taken."""
    return Card(f"记下了：「{cut(words, 60)}」。")


def closed_already(problem: int, version: int, sentence: str, leader: str | None) -> Card:
    """A report whose problem was reviewed can't be taken back by its author."""
    row = ((Button(f"请{leader}改", press("zq", problem, version)),),) if leader else ()
    return Card(sentence, row)


def handed(name: str) -> str:
    """Said for a moment to whoever handed it over."""
    return f"转给{name}了"


def _found(facts: ProblemFacts) -> str:
    who = listed(facts.reporters) if len(facts.reporters) > 1 else facts.finder
    return f"{who} {when(facts.found_at, facts.now)} 发现。编号 {short(facts.report_number)}"


def _tail(facts: ProblemFacts) -> str:
    return f"编号 {short(facts.report_number)}"


def _sides(facts: ProblemFacts) -> list[str]:
    """Which of the photos above are of before and which of after."""
    before, after = len(facts.before), len(facts.after)
    if before and after:
        return [f"上面前 {before} 张是处置前，后 {after} 张是处置后。"]
    if after:
        return [f"上面 {after} 张是处置后的，没有处置前的。"]
    return [f"上面 {before} 张是处置前的。"] if before else []


def _with_photos(facts: ProblemFacts, card: Card) -> Card:
    """The photos go before the words, which can change."""
    photos = (*facts.before, *facts.after)
    if not photos:
        return card
    return Card(card.text, card.rows, quiet=card.quiet, photos=photos, apart=True)


def _button(
    label: str, act: str, facts: ProblemFacts, arg: str = "", *, primary: bool = False
) -> Button:
    return Button(label, press(act, facts.id, facts.version, arg), primary=primary)


def todo_line(facts: ProblemFacts, here: datetime) -> str:
    """One line of 我的待办: 等您复核：松江路，占道经营（张建国 16:41）."""
    at = when(facts.found_at, here)
    if facts.stage is Stage.HANDLED:
        done = clock(facts.handled_at) if facts.handled_at else at
        if facts.mine:
            return f"{facts.what}：{_unreviewed(facts)}"
        return f"{facts.what}：等您复核（{facts.handler} {done}）"
    due = f"，{facts.handle_said}办完" if facts.handle_by else ""
    if facts.stage is Stage.FOUND and facts.declined_by:
        return f"{facts.what}：要改派（{facts.declined_by}说不归他）"
    return f"{facts.what}：{STAGE_NAMES[facts.stage]}（{at} 发现{due}）"


def pick(reasons: Sequence[str], number: int) -> str:
    """The reason that was picked; the last where the number is of none."""
    return reasons[min(number, len(reasons) - 1)]
