"""The words of a ledger that was sent: what it would change, that it is in, what it lacks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.rules.ledger_columns import FIELDS
from bot.rules.ledger_preview import ListedLine, Loaded, Preview
from bot.words.card import Button, Card, press
from bot.words.ledger_sheet import KINDS, place
from bot.words.plain import cut

LONGEST_NAME, FEW, SHORT, LONGEST_TEXT = 11, 5, 12, 110
LIST, LEDGER = "draft", "ledger"
"""What a card carries besides its words: ledger.xlsx, draft-12.xlsx (scheduler/ledger_shop.py)."""


def preview(facts: Preview) -> Card:
    """What loading would do, before anything is done; the more there is to tell, the shorter."""
    row = (
        Button("导入", press("fi", facts.draft, facts.version), primary=True),
        Button("看清单", press("fl", facts.draft, facts.version)),
        Button("不要了", press("fn", facts.draft, facts.version)),
    )  # fmt: skip
    text = _told_whole(facts, LONGEST_NAME, SHORT)
    if len(text) > LONGEST_TEXT:
        text = _told_whole(facts, LONGEST_NAME // 2, 0)
    return Card(text, (row,), gist=f"draft {facts.draft} {facts.version}", brief="")


def _told_whole(facts: Preview, name: int, why: int) -> str:
    lines = [f"{cut(facts.name, name)}：{_levels(facts)}", _difference(facts, whole=why > 0)]
    fault = facts.first("fault")
    if fault is not None:
        first = f"：{place('', fault.line)}{cut(fault.why, why)}" if why else ""
        lines.append(f"{facts.count('fault')} 处没收{first}。")
    lacks = _lacks(facts.count("no_owner"), facts.count("no_day"))
    if lacks:
        lines.append(f"{lacks}。")
    elif facts.count("remark"):
        lines.append(f"{facts.count('remark')} 处拿不准，请在清单里看一眼。")
    return "\n".join(lines)


def counted(facts: Preview) -> str:
    """The counts and the difference in a line, for a terminal."""
    return f"{_levels(facts)}；{_difference(facts)}"


def _levels(facts: Preview) -> str:
    n = facts.levels
    return f"{n.aspects} 个方面、{n.items} 个大项、{n.issues} 条问题、{n.tasks} 件任务"


def _difference(facts: Preview, *, whole: bool = True) -> str:
    fresh, changed, headings = (facts.count(kind) for kind in ("new", "changed", "heading"))
    if not fresh and not changed and not headings and not facts.count("kept"):
        told = "和现在的台账一样"
    else:
        told = f"新的 {fresh} 件，要改 {changed} 件"
        told += f"，标题 {headings} 个" if headings and (whole or not changed) else ""
        told += f"，保留 {kept} 件" if (kept := facts.count("kept")) else ""
    missing = facts.count("missing")
    stay = "（留着）" if whole else ""
    return told + (f"，文件里没有 {missing} 件{stay}。" if missing else "。")


def _lacks(who: int, when: int) -> str:
    told = [f"{who} 件缺责任人"] if who else []
    told += [f"{when} 件缺时限"] if when else []
    return "，".join(told)


def loaded(facts: Loaded) -> Card:
    """It is in the ledger; what it lacks is asked for."""
    titles = f"，标题 {facts.headings} 个" if facts.headings else ""
    lines = [f"导入好了：新的 {facts.fresh} 件，改了 {facts.changed} 件{titles}。"]
    if facts.faults:
        lines.append(f"{facts.faults} 处没收，改好文件再发一次就行。")
    lacks = _lacks(len(facts.who), len(facts.when))
    if lacks:
        lines.append(f"{lacks}，比如任务 {'、'.join((facts.who or facts.when)[:FEW])}。")
        first = (facts.who or facts.when)[0]
        how = "责任人 王志强" if facts.who else "时限 6月30日"
        lines.append(f"发「任务 {first} {how}」，或者补好表再发一次。")
    return Card("\n".join(lines))


def dropped() -> Card:
    """Nothing was taken."""
    return Card("这份台账不要了，什么也没改。")


def list_of(facts: Preview) -> Card:
    """The whole list, as a file; nothing to list for a draft that is over."""
    if not facts.lines:
        return Card("清单里没有内容：和现在的台账一样，或者已经导入、不要了。")
    told = [f"{KINDS[kind]} {count}" for kind in KINDS if (count := facts.count(kind))]
    return Card(f"清单在表里：{'；'.join(told[:4])}。", papers=(f"{LIST}-{facts.draft}.xlsx",))


def exported(tasks: int) -> Card:
    """The ledger as it stands, as a file."""
    if not tasks:
        return Card("台账里还没有任务。管理员把台账文件发给我就能导入。")
    return Card(
        f"台账在表里，{tasks} 件任务。改好再发给我，按编号更新。", papers=(f"{LEDGER}.xlsx",)
    )


def was_set(
    number: int, what: str, value: str, strangers: Sequence[str], over: int = 0
) -> Card:  # fmt: skip
    """What a task lacked is written."""
    if what == "长期":
        text = f"记下了：任务 {number} {'是' if value == '是' else '不是'}长期任务。"
    elif what == "紧急":
        text = f"记下了：任务 {number} {'很急，休息日到期也提醒' if value == '是' else '不急了'}。"
    else:
        text = f"记下了：任务 {number} {what} {cut(value, 40)}。"
    if strangers:
        text += f"\n{'、'.join(strangers[:FEW])}还没加入，先记名字，加入以后就归到名下。"
    if over:
        text += f"\n这一天已经过了，没办完就算超期 {over} 天。不是这一年的，写上年份再发一次。"
    return Card(text)


def told_lines(facts: Preview) -> list[str]:
    """All that the load would do, as lines for a terminal."""
    told = [
        _told(one) for kind in KINDS for one in facts.lines
        if one.kind == kind and kind not in ("no_owner", "no_day")
    ]  # fmt: skip
    for kind in ("no_owner", "no_day"):
        refs = [one.ref for one in facts.lines if one.kind == kind]
        told += [f"{KINDS[kind]} {len(refs)} 件：{'、'.join(_runs(refs))}"] if refs else []
    return told


def _runs(refs: Sequence[str]) -> list[str]:
    """1 到 85 for numbers that follow one another, three or more of them."""
    found: list[list[str]] = []
    for ref in refs:
        last = found[-1][-1] if found else ""
        follows = ref.isdecimal() and last.isdecimal() and int(ref) == int(last) + 1
        if follows:
            found[-1].append(ref)
        else:
            found.append([ref])
    return [
        one for run in found
        for one in ([f"{run[0]} 到 {run[-1]}"] if len(run) > 2 else run)
    ]  # fmt: skip


def _told(one: ListedLine) -> str:
    parts = [KINDS[one.kind], place(one.page, one.line), one.ref and f"编号 {one.ref}"]
    if one.field:
        parts.append(f"{FIELDS.get(one.field, one.field)}：{one.old or '（空）'} → {one.new}")
    else:
        parts.append(one.said and f"「{one.said}」")
    parts.append(one.why)
    return " ".join(part.replace("\n", " ") for part in parts if part)
