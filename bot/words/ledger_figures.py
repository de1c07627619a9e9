"""The ledger in figures, as people say them: how it stands, the bulletin's sentence; pure."""

from __future__ import annotations

from datetime import datetime

from bot.rules.ledger_facts import (
    LedgerReport,
    LedgerStanding,
    LedgerWeek,
    Reconciled,
    Tally,
    differs,
)
from bot.rules.wall_facts import MOST_CELLS, WallFacts
from bot.words.card import Button, Card, press
from bot.words.ledger_views import NONE, UNSAID, counts, looked_for
from bot.words.lettering import clean
from bot.words.plain import cut, percent
from bot.words.spans import said_span

DEPARTMENTS = 8
DUE_NAMED = 8
"""So many departments, and numbers of tasks, are said in a line."""
LATE, DUTIES, NAME = 4, 3, 14
"""So many departments, and obligations, are named in a reconciliation; letters of a name."""

WALL = Button("看挂图", press("tg", 0, 1))
MINE = Button("我的台账", press("tm", 0, 1))

DIFFERENCES = {
    "no_headings": "没有导入方面、大项、问题的标题",
    "loose": "{n} 个标题找不到上一级",
    "lost": "{n} 件任务没挂在任何问题下面",
    "sum": "各状态加起来和总数差 {n} 件",
    "departments": "各科室加起来和总数差 {n} 件",
    "long_term": "长期任务的完成数多出 {n} 件",
    "done": "完成数比总数多 {n} 件",
}


def standing(facts: LedgerStanding, now: datetime, asked: int) -> Card:
    """How much is done, then what it is made of."""
    held, n = facts.question.filters, facts.tally
    last = looked_for(facts.question, now)
    span = f"{said_span(facts.question.range, now)}到期的" if facts.question.range else ""
    lasting = "长期" if held.long_term else ""
    if not n.total and not last:
        return Card(NONE)
    duties = f"（含周期任务 {facts.duties} 件）" if facts.duties else ""
    if held.state:
        states = {"open": "没销号的", "closed": "已完成的", "overdue": "超期的"}
        state = "" if span and held.state == "open" else states.get(held.state, "")
        lines = [f"{held.dept or ''}{span}{state}{lasting}任务 {n.total} 件{duties}。"]
        if n.overdue and held.state == "open":
            lines.append(f"其中超期 {n.overdue} 件。")
    else:
        lines = [f"{held.dept or ''}{span}{lasting}{done_line(n)}"]
        if not lasting:
            lines.append(f"{counts(n)}。")
    if facts.question.group_by and facts.departments:
        lines.append(_departments(facts))
    opens = (Button("看明细", press("qd", asked, 1, "0")),) if asked and n.total else ()
    more = (WALL, MINE) if asked and not last else ()
    return Card("\n".join([*lines, *last]), ((*opens, *more),) if opens or more else ())


def done_line(n: Tally) -> str:
    """整改任务 85 个，已完成 60 个（70.6%），25 个正在整改，超期 2 个。"""
    share = f"（{percent(n.done, n.total)}）" if n.total else ""
    going = f"，{n.under_way} 个正在整改" if n.under_way else ""
    late = f"，超期 {n.overdue} 个" if n.overdue else ""
    return f"整改任务 {n.total} 个，已完成 {n.done} 个{share}{going}{late}。"


def _departments(facts: LedgerStanding) -> str:
    said = [f"{name or UNSAID} {n.done}/{n.total}" for name, n in facts.departments]
    rest = f"，另有 {len(said) - DEPARTMENTS} 个科室" if len(said) > DEPARTMENTS else ""
    return f"{'，'.join(said[:DEPARTMENTS])}{rest}。"


def sentence(report: LedgerReport) -> str:
    """The bulletin's sentence as it is printed (domain.md 1.5): full-width, no spaces.

    Where not all is done, what is under way and what is overdue is said too.
    """
    heads, n = report.headings, report.tally
    long_done = f"其中长期任务取得阶段性成效并长期坚持{n.long_done}个"
    head = (
        f"共反馈问题{heads.aspects}个方面、{heads.items}个大项、{heads.issues}条具体问题，"
        f"梳理分解为整改任务{n.total}个，已整改完成{n.done}个"
    )
    if not n.under_way:
        late = f"，超期{n.overdue}个" if n.overdue else ""
        return f"{head}{'，' + long_done if n.long_done else ''}{late}。"
    apart = f"（{long_done}）" if n.long_done else ""
    late = f"，超期{n.overdue}个" if n.overdue else ""
    return f"{head}{apart}，{n.under_way}个正在整改{late}。"


def what_differs(report: LedgerReport) -> list[str]:
    """Why the sentence can't be said; nothing where it can."""
    return [DIFFERENCES[what].format(n=many) for what, many in differs(report)]


def report(facts: LedgerReport | None) -> Card:
    """「整改情况」: the sentence, or what does not add up instead of a wrong one."""
    if facts is None:
        return Card(NONE)
    wrong = what_differs(facts)
    if wrong:
        lines = [f"台账对不上，这句话先不出：{'；'.join(wrong)}。", done_line(facts.tally),
                 "请管理员补齐台账再导入一次。"]  # fmt: skip
        return Card("\n".join(lines), ((WALL,),))
    bare = facts.headings.bare
    note = [f"有 {len(bare)} 条问题下面没有任务，请核对。"] if bare else []
    return Card("\n".join([sentence(facts), *note]), ((WALL, MINE),))


def week_lines(facts: LedgerWeek) -> list[str]:
    """台账 85 件：销号 48，在办 24，长期 13，超期 0。 and 下周到期的任务：27、40、52。"""
    lines = [f"台账 {facts.tally.total} 件：{counts(facts.tally)}。"]
    if facts.due:
        more = f" 等 {len(facts.due)} 件" if len(facts.due) > DUE_NAMED else ""
        lines.append(f"下周到期的任务：{'、'.join(map(str, facts.due[:DUE_NAMED]))}{more}。")
    return lines


def reconciled(facts: Reconciled | None) -> Card:
    """「6 月对账」: how the ledger stands, what moved, what is unclear, what is late."""
    if facts is None:
        return Card(NONE)
    n, month = facts.tally, f"{facts.first.month} 月"
    lines = [f"{month}对账：台账 {n.total} 件，{counts(n)}。"]
    moved = [f"销号 {facts.signed} 件"] + ([f"长期达标 {facts.met} 件"] if facts.met else [])
    moved += [f"同意延期 {facts.granted} 次"] if facts.granted else []
    lines.append(f"{month}：{'，'.join(moved)}。")
    gaps = [("责任人", facts.no_owner), ("责任领导", facts.no_leader), ("时限", facts.no_day)]
    said = [f"{name} {many} 件" for name, many in gaps if many]
    lines += [f"{UNSAID}：{'，'.join(said)}。"] if said else []
    late = [f"{name or UNSAID} {many}" for name, many in facts.overdue]
    lines += [f"超期：{_some(late, LATE)}。"] if late else []
    lines += [f"周期任务没按时：{_some(list(facts.missed), DUTIES)}。"] if facts.missed else []
    lines += [f"待明确周期：{_some(list(facts.unset), DUTIES)}。"] if facts.unset else []
    first = facts.first.toordinal()
    return Card("\n".join(lines), ((WALL, Button("导出台账", press("tx", first, 1))),))


def _some(said: list[str], most: int) -> str:
    rest = f" 等 {len(said)} 项" if len(said) > most else ""
    return "、".join(cut(clean(one), NAME) for one in said[:most]) + rest


def exported(total: int, asked: int) -> Card:
    """「导出台账」 under a reconciliation."""
    return Card(f"台账 {total} 件，都在表里。", sheet=asked)


def wall(facts: WallFacts) -> Card:
    """「挂图」: the picture with a line of words."""
    other = Button("按科室看", press("td", 0, 1))
    if facts.by == "department":
        other = Button("按方面看", press("tg", 0, 1))
    said = "按科室" if facts.by == "department" else "按方面"
    drawn = "每条一个科室" if facts.total > MOST_CELLS else "每格一件，格里是编号和状态"
    return Card(
        f"整改台账 {facts.total} 件，{said}挂图。\n{drawn}。",
        ((*([other] if facts.both else ()), MINE),), papers=(f"wall-{facts.by}.png",),
    )  # fmt: skip
