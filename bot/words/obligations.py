"""The words of recurring obligations: their list, one of them, what was set of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from bot.rules.obligation_facts import ObligationFacts, RunFacts, period_said
from bot.rules.obligations_due import PERIODS
from bot.rules.records import Obligation, Role
from bot.rules.rights import Right, may
from bot.words.card import Button, Card, press
from bot.words.plain import WEEKDAYS, cut, day

PAGE = 5
"""So many obligations are listed in a card."""

MOST = 6
"""So many missed runs are told one by one."""

PER_SAID = {
    "week": "每周", "month": "每月", "quarter": "每季度", "year": "每年", "event": "按次",
    "task": "按任务", "unset": "周期待明确",
}  # fmt: skip
NOW_SAID = {"week": "本周", "month": "本月", "quarter": "本季度", "task": "今年"}
OFFERED = {per: PER_SAID[per] for per in (*PERIODS, "event")}


def dated(on: date) -> str:
    """6月15日（周日）."""
    return f"{day(on)}（周{WEEKDAYS[on.weekday()]}）"


def owner_said(one: Obligation) -> str:
    """责任人王志强, 法制科, 责任人未明确."""
    if not one.owner:
        return "责任人未明确"
    return one.owner


def due_said(one: Obligation) -> str:
    """By when its runs are done: 每月25日前（休息日提前）."""
    end = {"week": "周", "month": "月", "quarter": "季", "year": "年"}.get(one.per, "期")
    match one.due:
        case "last":
            return f"{PER_SAID[one.per]}最后一个工作日前"
        case "day" if one.per == "week":
            return f"每周{WEEKDAYS[min(one.days, 7) - 1]}前"
        case "day":
            of = {"quarter": "季末月", "year": "12月"}.get(one.per, "")
            return f"{PER_SAID[one.per]}{of}{one.days}日前，遇休息日提前"
        case "before_end":
            return f"{end}末前 {one.days} 个工作日"
        case "after":
            return f"之后 {one.days} 个工作日内" if one.days else "当天"
        case "before":
            return f"提前 {one.days} 个工作日" if one.days else "当天之前"
    return "时限未明确"


def run_said(run: RunFacts, today: date) -> str:
    """How a run stands, in a few words: 超期 3 天, 6月25日到期, 等赵敏复核, 办完了, 免了."""
    match run.standing(today):
        case "exempt":
            return "免了"
        case "done":
            return f"晚 {run.late_by} 天办完" if run.late_by else "办完了"
        case "given":
            return f"已交，等{run.checker}复核" if run.checker else "已交，等复核"
        case "late":
            assert run.due is not None
            return f"超期 {(today - run.due).days} 天"
    return f"{day(run.due)}到期" if run.due else "时限未明确"


def _state(facts: ObligationFacts, today: date) -> str:
    one = facts.set
    if one.counts:
        if facts.count is None or not facts.count[1]:
            return "没有要求" if one.counts != "stages" else "今年没有"
        done, owed = facts.count
        return f"{NOW_SAID.get(one.per, '')} {done}/{owed}"
    if facts.run is not None:
        return run_said(facts.run, today)
    if one.per == "unset":
        return ""
    return "没有没办完的" if one.per == "event" else "这一期还没排"


def _line(facts: ObligationFacts, today: date) -> str:
    one = facts.set
    said = [one.name, PER_SAID[one.per], owner_said(one), _state(facts, today)]
    others = [run for run in facts.missed if facts.run is None or run.task != facts.run.task]
    if others:
        said.append(f"另有 {len(others)} 期漏办")
    return " · ".join(part for part in said if part)


def everything(facts: Sequence[ObligationFacts], page: int, today: date) -> Card:
    """「周期任务」: every one with its period, its owner and how this period stands."""
    if not facts:
        return Card("还没有周期任务。要加请管理员写进设置。")
    pages = range(0, len(facts), PAGE)
    page = page if 0 <= page < len(pages) else 0
    here = facts[pages[page] : pages[page] + PAGE]
    late, unset = sum(len(one.missed) for one in facts), sum(o.set.per == "unset" for o in facts)
    head = f"周期任务 {len(facts)} 个"
    head += f"，漏办 {late} 期" if late else ""
    head += f"，待明确周期 {unset} 个" if unset else ""
    lines = [f"{head}：", *(_line(one, today) for one in here)]
    choices = [
        Button(cut(one.set.name, 10), press("uo", page, 1, one.set.code)) for one in here
    ]  # fmt: skip
    rows = [tuple(choices[at : at + 2]) for at in range(0, len(choices), 2)]
    turning = (Button("还有", press("ul", (page + 1) % len(pages), 1)),) if len(pages) > 1 else ()
    return Card("\n".join(lines), (*rows, turning) if turning else tuple(rows))


def to_be_said(facts: Sequence[ObligationFacts]) -> Card:
    """「待明确周期」: those that come 定期, which only an admin can say how often."""
    waits = [one.set for one in facts if one.set.per == "unset"]
    if not waits:
        return Card("没有待明确周期的，周期都定了。\n要看全部，发「周期任务」。")
    lines = [f"待明确周期的有 {len(waits)} 个：", "、".join(one.name for one in waits) + "。"]
    lines.append(f"文件里只写了「定期」，要管理员定，比如：周期 {waits[0].name} 每月")
    return Card("\n".join(lines))


def missed(facts: Sequence[ObligationFacts], today: date) -> Card:
    """「漏办」: the runs whose day is over and that nobody handed in."""
    late = sorted((run for one in facts for run in one.missed), key=lambda run: run.due or today)
    if not late:
        return Card("周期任务没有漏办的。\n要看全部，发「周期任务」。")
    lines = [f"漏办的有 {len(late)} 个：", *(_missed_line(run, today) for run in late[:MOST])]
    if len(late) > MOST:
        lines.append(f"还有 {len(late) - MOST} 个。")
    rows = tuple(
        tuple(_look(run) for run in late[at : at + 2]) for at in range(0, min(len(late), MOST), 2)
    )
    return Card("\n".join(lines), rows)


def _missed_line(run: RunFacts, today: date) -> str:
    who = "、".join(run.owners[:2]) or run.department or "责任人未明确"
    return f"{cut(run.title, 20)} · {who} · {run_said(run, today)}"


def _look(run: RunFacts) -> Button:
    return Button(f"看 {run.number}", press("lr", run.task, run.version))


def one_of(facts: ObligationFacts, roles: Collection[Role], today: date) -> Card:
    """One obligation: how often, whose, by when, and how its run stands."""
    one, run = facts.set, facts.run
    lines = [f"{one.name} · {PER_SAID[one.per]} · {owner_said(one)}"]
    if one.counts:
        said = _state(facts, today)
        return Card(f"{lines[0]}\n{said}，按{_COUNTED[one.counts]}算。", _back())
    if one.per == "unset":
        lines.append("文件里只写了「定期」，多久一次要管理员定。")
    else:
        lines.append(f"{due_said(one)}。")
    if run is not None:
        lines.append(f"{cut(run.title, 24)}：任务 {run.number}，{_told(run, today)}。")
    others = [one for one in facts.missed if run is None or one.task != run.task]
    if others:
        lines.append(f"漏办 {len(others)} 期，最早的{cut(others[0].title, 20)}。")
    return Card("\n".join(lines), (*_deeds(facts, roles, today), *_back()))


_COUNTED = {
    "patrol": "巡查次数", "special": "专项检查次数", "review": "研判次数",
    "stages": "长期任务的阶段",
}  # fmt: skip


def _told(run: RunFacts, today: date) -> str:
    if run.exempt_by is not None:
        on = f"{day(run.exempt_on)}" if run.exempt_on else ""
        return f"{run.exempt_by}{on}免的，{cut(run.exempt_why, 30)}"
    return run_said(run, today)


def _back() -> tuple[tuple[Button, ...], ...]:
    return ((Button("周期任务", press("ul", 0, 1)),),)


def _deeds(
    facts: ObligationFacts, roles: Collection[Role], today: date
) -> tuple[tuple[Button, ...], ...]:
    one, run = facts.set, facts.run
    rows: list[tuple[Button, ...]] = []
    if one.per == "unset" and may(roles, Right.OBLIGATIONS):
        pers = [
            Button(said, press("up", 0, 1, f"{per}/{one.code}")) for per, said in OFFERED.items()
        ]
        rows += [tuple(pers[:3]), tuple(pers[3:])]
    if run is None:
        return tuple(rows)
    state = run.standing(today)
    if state == "exempt":
        undo = Button("恢复", press("ur", run.task, run.version))
        return (*rows, (undo,)) if may(roles, Right.EXEMPT) else tuple(rows)
    open_ = state in ("owed", "late")
    here = [_look(run)]
    if one.devices and open_:
        here.insert(0, Button("设备检查", press("uk", run.task, run.version), primary=True))
    if open_ and may(roles, Right.EXEMPT):
        here.append(Button("这期免了", press("ux", run.task, run.version)))
    return (*rows, tuple(here))


# ---- what was set ----


def set_to(one: Obligation) -> Card:
    """An admin changed it: how it stands from its next run on."""
    if one.per == "unset":
        said = f"记下了：{one.name}，{owner_said(one)}。"
        return Card(f"{said}\n多久一次还没定，定了才排，比如：周期 {one.name} 每月")
    lines = [f"记下了：{one.name}，{PER_SAID[one.per]}，{owner_said(one)}，{due_said(one)}。"]
    lines.append("从下一期起算，已经排好的那期不变，没定的补上。")
    lacking = []
    if not one.owner:
        lacking.append(f"周期任务 {one.name} 责任人 王志强")
    if one.due == "unset":
        lacking.append(f"周期任务 {one.name} 时限 25日")
    if lacking:
        lines.append(f"还没定的这样说：{lacking[0]}")
    see = Button("看这一项", press("uo", 0, 1, one.code))
    return Card("\n".join(lines), ((see,),))


def exempted(run: RunFacts) -> Card:
    """The run need not be done; it stays in the list."""
    return Card(
        f"记下了，{cut(run.title, 24)}免了，不再提醒。\n原因：{cut(run.exempt_why, 40)}。"
        "清单里写明是谁免的。",
        ((Button("恢复", press("ur", run.task, run.version)),),),
    )  # fmt: skip


def owed_again(run: RunFacts) -> Card:
    """It is owed after all."""
    by = f"，{dated(run.due)}前办完" if run.due else ""
    return Card(f"{cut(run.title, 24)}恢复了，任务 {run.number}{by}。", ((_look(run),),))


def ask_why(run: RunFacts) -> Card:
    """「这期免了」: for what reason?"""
    return Card(f"{cut(run.title, 24)}为什么免？写一句原因发给我。\n不免了就发「算了」。")


def registered(run: RunFacts) -> Card:
    """An event was registered: what it brings, by when."""
    who = "、".join(run.owners[:2]) or run.department
    by = f"{dated(run.due)}前办完。" if run.due else "时限还没定。"
    whose = f"责任人：{who}。" if who else "责任人还没定。"
    return Card(f"登记了：{cut(run.title, 30)}，任务 {run.number}。\n{by}{whose}", ((_look(run),),))


def which(names: Sequence[str], said: str) -> Card:
    """No obligation is called so."""
    known = "、".join(names[:6])
    more = f"等 {len(names)} 个" if len(names) > 6 else ""
    return Card(
        f"没有叫「{cut(said, 20)}」的周期任务，什么也没改。\n"
        f"有：{known}{more}。发「周期任务」看全部。"
    )


def not_set(name: str) -> Card:
    """Something was to be set of it, and nobody understands what."""
    return Card(
        f"没听懂{cut(name, 20)}要改什么，什么也没改。\n"
        f"这样说：周期 {cut(name, 20)} 每月。时限、责任人也能改，发「周期任务 {cut(name, 20)}」看。"
    )


def no_rule() -> Card:
    """A due rule that nobody understands."""
    said = "25日、周五、月底、月底前3个工作日、3个工作日内"
    return Card(f"没听懂时限，什么也没改。\n这样说：{said}。")


def period_of(run: RunFacts, per: str) -> str:
    """六月, 三季度; of an event its day."""
    return period_said(per, run.first) or day(run.first)
