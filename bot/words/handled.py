"""What a report's card says of its problems (已处置, 已办结), and what to press next; pure."""

from __future__ import annotations

from bot.rules.facts import Receipt
from bot.rules.loop import OUTCOME_NAMES, Outcome, Stage
from bot.rules.problem_facts import ProblemFacts
from bot.words import rebounds
from bot.words.card import Button, Card, press
from bot.words.plain import clock, cut, lasting, short, when


def face(facts: Receipt) -> Card | None:
    """The card of a report with one problem that has moved on; None where it looks as when new."""
    if len(facts.problems) != 1 or len(facts.finds) != 1:
        return None
    (one,) = facts.problems
    if one.stage is Stage.CLOSED and one.outcome not in (None, Outcome.VOID, Outcome.DUPLICATE):
        return _closed(facts, one)
    if one.stage is Stage.HANDLED and not one.at_once:
        return _handled(facts, one)
    return None


def _handled(facts: Receipt, one: ProblemFacts) -> Card:
    mine = one.handler == one.finder
    by = "" if mine else f"{one.handler} "
    photos = f"{facts.files.photos} 张照片，" if facts.files.photos else ""
    at = when(one.handled_at or one.now, one.found_at)
    took = (one.handled_at or one.now) - one.found_at
    used = lasting(max(0, int(took.total_seconds() // 60)))
    done = "办不了" if one.outcome is Outcome.UNABLE else "已处置"
    did = "说办不了" if one.outcome is Outcome.UNABLE else "处置"
    head = f"{one.place} · {one.category} · {done}"
    course = f"{photos}{clock(one.found_at)} 发现，{by}{at} {did}，用时 {used}。"
    lines = [head, f"{course}编号 {short(facts.number)}", waits(one)]
    rows = []
    if one.lacks_photo and one.reviewer is None and mine:
        rows.append((Button("没法拍", press("zn", one.id, one.version)),))
    last = (Button("不是这件事", press("zi", one.id, one.version)),) if mine else ()
    rows.append((*last, Button("撤回", press("wd", facts.report, facts.version))))
    return Card("\n".join(lines), tuple(rows), gist="\n".join([head, course[-30:], lines[2]]))


def _closed(facts: Receipt, one: ProblemFacts) -> Card:
    """松江路 · 占道经营 · 已办结 / 16:38 发现，16:41 处置，16:52 李红梅复核。"""
    outcome = one.outcome or Outcome.RECTIFIED
    said = "已办结" if outcome is Outcome.RECTIFIED else f"已办结（{OUTCOME_NAMES[outcome]}）"
    head = f"{one.place} · {one.category} · {said}"
    course = [f"{when(one.found_at, facts.received_at)} 发现"]
    if one.handled_at is not None:
        by = "" if one.handler == one.finder else f"{one.handler}"
        course.append(f"{when(one.handled_at, one.found_at)} {by}处置")
    if one.closed_at is not None and one.reviewer:
        course.append(f"{when(one.closed_at, one.found_at)} {one.reviewer}复核")
    text = f"{head}\n{'，'.join(course)}。编号 {short(facts.number)}"
    return Card(text, ((Button("看记录", press("zs", one.id, one.version)),),), gist=text)


def waits(one: ProblemFacts) -> str:
    """Who has to look at it, or what it still lacks."""
    if one.lacks_photo and one.reviewer is None:
        if one.mine:
            return "发一张处置后的照片，就请人复核。"
        return f"等{one.handler}补一张处置后的照片。"
    if one.reviewer is None:
        return "现在没有人能复核，已记着。"
    return f"等{one.reviewer}{'定' if one.outcome is Outcome.UNABLE else '复核'}。"


def returned(facts: Receipt) -> str | None:
    """What the trouble is the return of: 6月9日刚办结过一次，这是 14 天内第 2 次。"""
    backs = [one.back for one in facts.problems if one.back is not None]
    return rebounds.line(backs[0]) or None if backs else None


def line(facts: Receipt) -> str | None:
    """One line of where the report's problems are, for a card that looks as when new."""
    theirs = [one for one in facts.problems if one.report_number != facts.number]
    if len(facts.problems) == 1 and theirs and theirs[0].stage is Stage.FOUND:
        return f"和{theirs[0].finder} {when(theirs[0].found_at, facts.received_at)} 报的是一件。"
    moved = [one for one in facts.problems if _told(one, alone=True)]
    if not moved:
        return None
    if len(facts.problems) == 1:
        return _told(moved[0], alone=True)
    if len({_told(one, alone=False) for one in facts.problems}) == 1:
        return f"都{_told(moved[0], alone=False)}。"
    parts = [f"{cut(one.place, 8)}{one.category}{_told(one, alone=False)}" for one in moved[:3]]
    return f"{'；'.join(parts)}。"


def _told(one: ProblemFacts, *, alone: bool) -> str:
    """等李红梅复核。 alone; among several only the stage in a word."""
    if one.stage is Stage.HANDED:
        said = f"转给{one.handler or one.team}了，还没签收"
    elif one.stage is Stage.TAKEN and one.returned and one.reason:
        said = f"退回了：{cut(one.reason, 20)}"
    elif one.stage is Stage.TAKEN and one.handler != one.finder:
        said = f"{one.handler}在办"
    elif one.stage is Stage.FOUND and one.declined_by:
        said = f"等{one.leader or '领导'}改派"
    elif one.stage is Stage.HANDLED:
        said = waits(one).rstrip("。") if alone else "待复核"
    elif one.stage is Stage.CLOSED and one.outcome is Outcome.DUPLICATE:
        said = "并到先报的那件了"
    elif one.stage is Stage.CLOSED and one.outcome is not Outcome.VOID:
        said = "已办结"
    else:
        return ""
    return f"{said}。" if alone else said


def rows(facts: Receipt) -> tuple[tuple[Button, ...], ...]:
    """What can be done about what is still open, and what is none of a return."""
    back = tuple((rebounds.button(one.back),) for one in facts.problems if one.back is not None)
    return (*_open_rows(facts), *back[:1])


def _open_rows(facts: Receipt) -> tuple[tuple[Button, ...], ...]:
    """Handled on the spot, or handed over."""
    able = [one for one in facts.problems if "handle" in one.moves]
    if len(facts.problems) > 1:
        if not able:
            return ()
        label = f"看 {len(facts.problems)} 件"
        return ((Button(label, press("zf", facts.report, facts.version)),),)
    if able and able[0].stage in (Stage.FOUND, Stage.TAKEN):
        (one,) = able
        done = Button("当场处置了", press("zk", one.id, one.version), primary=True)
        if "hand" in one.moves:
            return ((done,), (Button("转交", press("zh", one.id, one.version)),))
        return ((done,),)
    lacking = [one for one in facts.problems if one.lacks_photo and one.reviewer is None]
    return tuple((Button("没法拍", press("zn", one.id, one.version)),) for one in lacking)
