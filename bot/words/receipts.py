"""The words of a report's card: taken, asking for the place, picking from a list, withdrawn.

Knows the facts of `bot.rules.facts.Receipt` and nothing of where they come from.
"""

from __future__ import annotations

from bot.rules.facts import Files, FindFacts, Receipt
from bot.rules.menus import read_menu
from bot.rules.records import AREA
from bot.words import handled
from bot.words.card import Button, Card, press
from bot.words.menus import menu
from bot.words.plain import ACTIONS, clock, cut, day, listed, short, unique, when
from bot.words.problems import matter, targets

FIRST = 4
"""So many likely spots are offered before 「别的点位」."""


def receipt(facts: Receipt, place_key: bool = False) -> Card:
    """The card as it must look now; `place_key` where a phone can be asked for its location."""
    if facts.folded:
        return Card(f"这张照片归到您前面报的那件了，不另算。\n编号 {short(facts.number)}。")
    if facts.withdrawn_at is not None:
        return _withdrawn(facts)
    if (shown := read_menu(facts.menu)) is not None:
        return menu(facts, shown)
    if facts.asking == "spot":
        return _asking(facts, place_key)
    for one in facts.problems:
        if one.menu == "hand":
            return targets(one, "zo")
        if one.menu == "nophoto":
            return matter(one)
    return handled.face(facts) or _taken(facts)


def _taken(facts: Receipt) -> Card:
    unknown = unique(
        [f.place for f in facts.finds if f.spot is None and f.place and f.place != AREA]
    )
    standing = "" if facts.practice else _standing(facts)
    lines = [_head(facts), f"{_files(facts)}{standing}编号 {short(facts.number)}"]
    if unknown:
        names = cut(listed(unknown), 24)
        lines.append(f"「{names}」不在点位表里，先这样记，不影响这条。{_decides(facts)}")
    told = (
        handled.returned(facts), _details(facts), handled.line(facts), _echo(facts), _change(facts)
    )  # fmt: skip
    lines += [line for line in told if line]
    if facts.practice:
        lines.append("这是练习，不算数。")
    # What a line that can't edit needn't say again in full: only how many files there are by now.
    gist = "\n".join([lines[0], standing, *lines[2:5]])
    return Card("\n".join(lines[:5]), _buttons(facts), gist=gist, brief=_brief(facts))


def _brief(facts: Receipt) -> str | None:
    """More photos for a card that can't be edited any more: one line (conversations.md 3.5)."""
    if not facts.files.total:
        return None
    return f"收到了，共 {_counted(facts.files)}（{listed(_places(facts))}）。"


def _decides(facts: Receipt) -> str:
    return f"{facts.admin}会决定要不要加进去。" if facts.admin else ""


def _head(facts: Receipt) -> str:
    places = _places(facts)
    kinds = unique([_kind(f) for f in facts.finds])
    back = " · 反弹" if any(one.back and one.back.stands for one in facts.problems) else ""
    return cut(f"已收 · {listed(places)} · {listed(kinds)}{back}", 60)


def _places(facts: Receipt) -> list[str]:
    """The places, each once; a place that is in no table may be of any length."""
    return unique([cut(f.place, 16) for f in facts.finds if f.place])


def _kind(find: FindFacts) -> str:
    if find.trouble:
        return find.category or "问题"
    return "巡查正常" if find.category else "情况待补"


def _files(facts: Receipt) -> str:
    counted = _counted(facts.files)
    late = "（补报）" if facts.late else ""
    if facts.shift is not None:
        since, until = facts.shift
        return f"{counted}，值守 {when(since, facts.received_at)} 到 {when(until, since)}{late}。"
    if facts.own_time:
        return f"{counted}，按您写的 {when(facts.occurred_at, facts.received_at)} 记{late}。"
    return f"{counted}，{clock(facts.received_at)} 收到。"


def _counted(files: Files) -> str:
    kinds = (
        (files.photos, "张照片"), (files.documents, "个文件"),
        (files.voices, "段语音"), (files.videos, "段视频"),
    )  # fmt: skip
    return "、".join(f"{number} {unit}" for number, unit in kinds if number) or "没有照片"


def _standing(facts: Receipt) -> str:
    """Where the spots stand in the week of the event; of several only those with a quota."""
    same = facts.occurred_at.isocalendar()[:2] == facts.received_at.isocalendar()[:2]
    span = "本周" if same else "那一周"
    if len(facts.weeks) == 1:
        week = facts.weeks[0]
        head = f"{week.name}{span}第 {week.visits} 次"
        if week.owed is None or not same:
            return f"{head}。"
        return f"{head}，还差 {week.short} 次。" if week.short else f"{head}，已够数。"
    owed = [week for week in facts.weeks if week.owed is not None]
    if not owed:
        return ""
    said = "，".join(f"{week.name}{span} {week.visits}/{week.owed}" for week in owed[:3])
    return f"{said}。"


def _details(facts: Receipt) -> str | None:
    said = []
    for find in facts.finds:
        action = ACTIONS.get(find.action)
        if not find.trouble or (find.count is None and action is None):
            continue
        number = f" {find.count} 处" if find.count is not None else ""
        words = f"{find.category}{number}" if len(facts.finds) > 1 or number else ""
        said.append("，".join(word for word in (words, _done(find, action)) if word))
    if not said:
        return None
    most = 3
    rest = f"等 {len(said)} 项" if len(said) > most else ""
    return f"记为：{'；'.join(said[:most])}{rest}。"


def _done(find: FindFacts, action: str | None) -> str | None:
    if find.action == "persuaded" and find.state == "open":
        return "已劝，还没走"
    return action


def _echo(facts: Receipt) -> str | None:
    """What was guessed is said: a name read by its sound, a place that was not written at all."""
    if facts.by_sound:
        heard = [
            f"「{cut(f.written, 16)}」"
            for f in facts.finds
            if f.spot and f.written and f.written != f.place
        ]
        if heard:
            places = listed(_places(facts))
            return f"{'、'.join(unique(heard))}按{places}记的。"
    if facts.guessed == "location":
        return "地点按您刚发的位置记的。"
    if facts.guessed == "last":
        return "没写地点，按您上一条的地点记的。"
    if facts.files.late:
        return "照片还在路上，收到了我再告诉您，不用重发。"
    if facts.files.lost:
        return f"有 {facts.files.lost} 个文件没收下，记录还在。"
    return None


def _change(facts: Receipt) -> str | None:
    if facts.change is None:
        return None
    at = when(facts.change.at, facts.received_at)
    if facts.change.what == "words":
        return f"{at} 照您后来写的改了。"
    places = listed(_places(facts))
    kinds = listed(unique([_kind(f) for f in facts.finds]))
    to = {"place": f"改成了{places}", "category": f"改成了{kinds}", "restore": "恢复了"}
    return f"这条{facts.change.name} {at} {to.get(facts.change.what, '改过')}。"


def _buttons(facts: Receipt) -> tuple[tuple[Button, ...], ...]:
    """What can be mended; what is still open stands first and alone."""
    visit = not any(find.trouble for find in facts.finds)
    place = Button("改点位", press("ms", facts.report, facts.version))
    back = Button("撤回", press("wd", facts.report, facts.version))
    kind = press("mc", facts.report, facts.version)
    if any(find.category is None for find in facts.finds):
        return (Button("选类别", kind, primary=True),), (place, back)
    next_steps = () if facts.practice else handled.rows(facts)
    return (*next_steps, (place, Button("有问题" if visit else "改类别", kind), back))


def _asking(facts: Receipt, place_key: bool) -> Card:
    lines = [_question(facts), f"{_files(facts)}编号 {short(facts.number)}"]
    if facts.words and not any(f.trouble or f.category for f in facts.finds):
        lines.append(f"您写的「{cut(facts.words, 24)}」里没有看出是在哪里、什么情况。")
    options = facts.options
    buttons = [
        Button(name, press("sp", facts.report, facts.version, code), primary=not i)
        for i, (code, name) in enumerate(options[:FIRST])
    ]
    other = Button("别的点位", press("ms", facts.report, facts.version))
    here = Button("发送位置", press("hl", facts.report, facts.version))
    back = Button("撤回", press("wd", facts.report, facts.version))
    rows = (
        tuple(buttons[:1]), tuple(buttons[1:3]), (*buttons[3:4], other),
        (here, back) if place_key else (back,),
    )  # fmt: skip
    return Card("\n".join(lines), tuple(row for row in rows if row), quiet=False)


def _question(facts: Receipt) -> str:
    kinds = unique([f.category for f in facts.finds if f.trouble and f.category])
    if kinds:
        return f"收到，{listed(kinds)}。在哪里？"
    if facts.files.voices and facts.files.total == facts.files.voices:
        return "语音收下了。我听不出地名，点一下在哪里："
    if facts.files.photos:
        return "收到照片。在哪里拍的？"
    return "收到。在哪里？"


def _withdrawn(facts: Receipt) -> Card:
    assert facts.withdrawn_at is not None
    places = listed(_places(facts)) or "没写地点"
    kinds = listed(unique([_kind(f) for f in facts.finds]))
    by = f"，{facts.change.name}撤的" if facts.change else ""
    at = when(facts.withdrawn_at, facts.received_at)
    lines = [f"已撤回 · {places} · {kinds}（{at}{by}）", f"编号 {short(facts.number)}，不再计数。"]
    if facts.withdrawn_at.date() != facts.received_at.date():
        lines[1] += f"{day(facts.received_at)}报的。"
    back = Button("恢复", press("rs", facts.report, facts.version))
    return Card("\n".join(lines), ((back,),))


def lost_photo(number: str, reason: str) -> Card:
    """A file of a report can't be had: said in a message of its own, because it needs a deed."""
    return Card(f"{reason}\n记录还在，编号 {short(number)}，不用重报。", quiet=False)


def reminder(number: str, received: str, report: int, version: int) -> Card:
    """The one word about a report that still has no place."""
    open_card = Button("选地点", press("mt", report, version), primary=True)
    said = f"{received} 的照片还没写地点。\n编号 {short(number)}，点一下选。"
    return Card(said, ((open_card,),), gist=f"reminder {report}")


def reminded(number: str, received: str, done: str, report: int) -> Card:
    """The reminder after its matter is done: it asks nothing any more, and rings no second time."""
    said = "撤回了" if done == "withdrawn" else "记好地点了"
    text = f"{received} 的照片{said}。\n编号 {short(number)}。"
    return Card(text, gist=f"reminder {report}", brief="")
