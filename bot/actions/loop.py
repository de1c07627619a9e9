"""Moving a problem: the one way past which none goes; checked, compared, journaled, shown.

Every deed on a problem ends here. Who is what in the matter is read inside the deed's own
transaction. Knows no chat library and no sentence but its refusals'.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.actions import case_cards
from bot.actions.clocks import set_clocks
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.loop import (
    MOVE_NAMES,
    PART_NAMES,
    SETTLED,
    Part,
    Somebody,
    Stage,
    Standing,
    after,
    find_state,
    objection,
    parts_of,
    row,
)
from bot.rules.records import Bureau, Role
from storage import journal, outbox, patrols, people, problems, reports
from storage.people import Person
from storage.problems import AGAIN, FOUND, Problem
from storage.schema import Transaction

CARDS = ("review", "matter", "reassign", "record", "alike", "rebound")
"""The cards that show a problem to whoever has to do something about it, or is asked about it."""


class Reviewed(TooLate):
    """What was reviewed and closed only a leader takes back: which problem, and which leader."""

    def __init__(self, sentence: str, problem: Problem, leader: str | None) -> None:
        super().__init__(sentence)
        self.problem, self.leader = problem, leader


def known(tx: Transaction, problem: int) -> Problem:
    """The problem. Raises NotFound."""
    found = problems.by_id(tx, problem)
    if found is None:
        raise NotFound("没有这一件，什么也没改。")
    return found


def standing(problem: Problem) -> Standing:
    """The problem as the table asks about it."""
    lies_with = problem.team if problem.stage is Stage.HANDED else problem.squad
    groups = frozenset({lies_with}) if lies_with else frozenset[str]()
    return Standing(
        problem.stage, problem.outcome, problem.person, problem.handler, problem.reviewer, groups
    )


def somebody(who: Person) -> Somebody:
    """The person as the table asks about him."""
    groups = frozenset(group for group in (who.squad, who.department) if group)
    if Role.SUPERVISOR in who.roles:
        return Somebody(who.id, groups, None)
    leads = {who.squad} if Role.LEADER in who.roles else set()
    return Somebody(who.id, groups, frozenset(leads))


def parts(who: Person, problem: Problem) -> frozenset[Part]:
    """What the person is in the matter."""
    return parts_of(somebody(who), standing(problem), problem.squad)


def may_move(name: str, who: Person, problem: Problem, reason: str = "…") -> bool:
    """Whether the person could make this move now; cards draw no button that can't."""
    return objection(name, standing(problem), parts(who, problem), who.id, reason) is None


def move(
    tx: Transaction, problem: Problem, name: str, who: Person | None, bureau: Bureau,
    now: datetime, *, reason: str | None = None, **values: Any,
) -> Problem:  # fmt: skip
    """The problem is moved, and holds `values`; as it then stands.

    `who` is None for the house. It is in the journal, its finds follow, every card shown is owed
    again. Raises NotAllowed, Refused or TooLate with what stands in the way.
    """
    mine = parts(who, problem) if who else frozenset({Part.HOUSE})
    wrong = objection(name, standing(problem), mine, who.id if who else None, reason)
    if wrong is not None:
        raise _refusal(tx, problem, name, wrong, bureau)
    stage, outcome = after(name, problem.stage, problem.outcome)
    fresh: dict[str, Any] = {"stage": stage, "outcome": outcome, "menu": None}
    if reason is not None:
        fresh["reason"] = reason
    if not problems.change(tx, problem, **(fresh | values)):
        raise TooLate
    detail: dict[str, Any] = {"from": problem.stage, "to": stage, "outcome": outcome}
    detail |= {key: value for key, value in (("reason", reason),) if value}
    detail |= {key: values[key] for key in ("handler", "team", "reviewer", "into") if key in values}
    journal.write(tx, now, who.id if who else None, f"problem_{name}", problem.number, detail)
    moved = known(tx, problem.id)
    show_state(tx, moved)
    owe_cards(tx, moved, now)
    set_clocks(tx, moved, bureau, now)
    return moved


def note(tx: Transaction, problem: Problem, now: datetime, **values: Any) -> Problem:
    """The problem holds `values` and stays where it is; its cards follow. Raises TooLate."""
    if not problems.change(tx, problem, **values):
        raise TooLate
    owe_cards(tx, problem, now)
    return known(tx, problem.id)


def show_state(tx: Transaction, problem: Problem) -> None:
    """The finds that tell of it are in the figures what it is; only one of them counts."""
    own = find_state(problem.stage, problem.outcome)
    for told in problems.tellers(tx, problem.id):
        reports.set_state(tx, told.report, [told.position], own if told.how == FOUND else "gone")


def owe_cards(tx: Transaction, problem: Problem, now: datetime) -> None:
    """Every card that shows the problem is owed its present look, the rounds' cards with them."""
    outbox.owe_all_again(tx, CARDS, problem.id, now)
    told_by = sorted({told.report for told in problems.tellers(tx, problem.id)})
    case_cards.follow(tx, told_by, now)
    for report in told_by:
        outbox.owe_again(tx, "receipt", report, now)
        patrol = patrols.of_report(tx, report)
        if patrol is not None:
            outbox.owe_all_again(tx, ("round", "round_done"), patrol, now)


def withdrawable(tx: Transaction, report: int, who: Person, bureau: Bureau) -> None:
    """Raises Reviewed where what the report tells of was closed so, and he is no leader of it.

    「这条李红梅 6月5日 已复核办结，撤不了。要改请找孙涛。」 (conversations.md 2.20)
    """
    for told in problems.of_report(tx, report):
        problem = problems.by_id(tx, told.problem)
        if problem is None or told.how == AGAIN or problem.stage is not Stage.CLOSED:
            continue
        if problem.reviewer is None or Part.LEADER in parts(who, problem):
            continue
        if problem.outcome in SETTLED:
            leader = leader_of(tx, problem.squad, frozenset({who.id}))
            says = f"要改请找{leader.name if leader else '领导'}。"
            sentence = f"{_closed(tx, problem, bureau)}，撤不了。{says}"
            raise Reviewed(sentence, problem, leader.name if leader else None)


def _refusal(tx: Transaction, problem: Problem, name: str, wrong: str, bureau: Bureau) -> Refused:
    if wrong == "own":
        return NotAllowed("自己办的不能自己复核。")
    if wrong == "reason":
        return Refused("要写一句原因，什么也没改。")
    if wrong == "stage":
        return TooLate(f"{now_stands(tx, problem, bureau)}，这个现在办不了。")
    found = row(name, problem.stage)
    entitled = "、".join(PART_NAMES[part] for part in Part if found and part in found.by)
    entitled = entitled.removesuffix("、系统")
    stands = now_stands(tx, problem, bureau)
    return NotAllowed(f"{stands}。「{MOVE_NAMES[name]}」要{entitled}才能点，什么也没改。")


def now_stands(tx: Transaction, problem: Problem, bureau: Bureau) -> str:
    """Who has it, or who closed it and when, in a few words: 「这件张建国在办」."""

    def at(moment: datetime | None) -> str:
        return f" {moment.astimezone(bureau.tz):%-m月%-d日 %H:%M} " if moment else ""

    handler, reviewer = name_of(tx, problem.handler), name_of(tx, problem.reviewer)
    if problem.stage is Stage.CLOSED:
        return _closed(tx, problem, bureau)
    if problem.stage is Stage.HANDLED:
        return f"这件{handler}{at(problem.handled_at)}处置了，等{reviewer or '人'}复核"
    if problem.stage is Stage.TAKEN:
        return f"这件{handler}{at(problem.taken_at)}接了，正在办"
    if problem.stage is Stage.HANDED:
        return f"这件{at(problem.handed_at)}转给了{handler or problem.team}"
    return "这件还没人接"


def _closed(tx: Transaction, problem: Problem, bureau: Bureau) -> str:
    closed = problem.closed_at.astimezone(bureau.tz) if problem.closed_at else None
    at = f" {closed:%-m月%-d日 %H:%M} " if closed else ""
    said = {"duplicate": "已经并到另一件", "void": "已经作废"}.get(str(problem.outcome))
    return f"这件{said}了" if said else f"这条{name_of(tx, problem.reviewer)}{at}已复核办结"


def leader_of(
    tx: Transaction, squad: str | None, but: frozenset[int] = frozenset()
) -> Person | None:
    """The squad's leader, else a supervisor, else any leader; none of those in `but`."""
    leaders = [p for p in people.with_role(tx, Role.LEADER) if p.id not in but]
    above = [p for p in people.with_role(tx, Role.SUPERVISOR) if p.id not in but]
    own = [p for p in leaders if p.squad == squad]
    return next(iter([*own, *above, *leaders]), None)


def name_of(tx: Transaction, person: int | None) -> str:
    """The person's name, or nothing."""
    found = people.by_id(tx, person) if person is not None else None
    return found.name if found else ""


def place_of(problem: Problem, bureau: Bureau) -> str:
    """Where it is, in words."""
    spot = bureau.spot(problem.spot)
    return spot.name if spot else (problem.spot_text or problem.spot or "没写地点")


def kind_of(problem: Problem, bureau: Bureau) -> str:
    """What it is, in words."""
    category = bureau.category(problem.category)
    return category.name if category else problem.category
