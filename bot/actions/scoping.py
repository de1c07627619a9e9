"""From a question to what is counted: spots with their crossings, persons, squads, the span.

The asker's rights are checked here, once for the answer and for the rows behind it. Knows no
sentence but refusals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import NotAllowed, Refused
from bot.rules.answers import Over
from bot.rules.metrics import LISTS, METRICS, Measure
from bot.rules.periods import day, week
from bot.rules.records import Bureau, Question, Span
from bot.rules.rights import Right, may
from storage import counts, people, spots
from storage.counts import Scope
from storage.people import Person
from storage.schema import Transaction

NOT_YOURS = "这个要中队长或者分管领导才能看，您可以问自己的，比如：我本周报了几次。"


@dataclass(frozen=True, slots=True)
class Look:
    """A question ready to be counted; `who` is None for the command line, which sees everything."""

    question: Question
    scope: Scope
    over: Over
    who: Person | None

    def sees(self, squad: str | None, person: int) -> bool:
        """Whether the asker may see whose report it is."""
        if self.who is None or may(self.who.roles, Right.ASK_ALL) or person == self.who.id:
            return True
        return squad == self.who.squad and may(self.who.roles, Right.ASK_SQUAD)


def look(
    tx: Transaction, asker: Person | None, question: Question, bureau: Bureau, span: Span,
    now: datetime,
) -> Look:  # fmt: skip
    """The question's scope. Raises NotAllowed, or Refused for a person or squad nobody knows."""
    who = people.by_id(tx, asker.id) if asker else None
    if asker is not None and (who is None or not who.active):
        raise NotAllowed
    held = question.filters
    crossings = tuple(
        code for spot in held.spots for code in crossings_of(bureau, spot)
        if code not in held.spots and question.metrics != ("quota_status",)
    )  # fmt: skip
    crossings = tuple(dict.fromkeys(crossings))
    of_tickets = is_of_tickets(question.metrics)
    squads = (held.dept if of_tickets else _squad(bureau, held.dept),) if held.dept else ()
    kind = kind_of(question.metrics[0], held.state)
    of_patrol = held.patrol_type if kind not in ("patrols", "specials") else None
    if question.metrics[0] == "report_count" or "patrol_count" in question.metrics:
        of_patrol = None
    scope = Scope(
        span.since, span.until, held.spots + crossings, held.categories,
        _persons(tx, who, held.officers), squads, held.source, of_patrol, now,
    )  # fmt: skip
    first = counts.first_at(tx)
    over = Over(
        span, tuple(spot_name(tx, bureau, code) for code in held.spots),
        tuple(category_name(bureau, code) for code in held.categories),
        _persons_said(held.officers, scope.persons), squads,
        held.source, held.patrol_type, tuple(spot_name(tx, bureau, code) for code in crossings),
        first and first.astimezone(bureau.tz),
    )  # fmt: skip
    return Look(question, scope, over, who)


def is_of_tickets(metrics: tuple[str, ...]) -> bool:
    """Whether the measures count tickets, which any department may have."""
    return all(name in METRICS and METRICS[name].of_tickets for name in metrics)


def come_due(asked: Look, now: datetime) -> Look:
    """The look, of tickets as far as it is over: what is due later is not late yet."""
    if not is_of_tickets(asked.question.metrics):
        return asked
    until = min(asked.scope.until, now)
    return replace(asked, scope=replace(asked.scope, until=until))


def span_of(question: Question, bureau: Bureau, now: datetime) -> Span:
    """The span asked about; where none was named: this week, and all time for lists of problems."""
    if question.range is not None:
        return question.range
    here = now.astimezone(bureau.tz)
    metric = question.metrics[0]
    if metric in ("problem_list", "open_count", "rebound_count") or question.filters.state:
        return Span(None, day(here).until)
    return week(here)


def kind_of(metric: str, state: str | None) -> Measure:
    """What the metric counts; a state that was asked for narrows problems to it."""
    kind: Measure = METRICS[metric].counts if metric in METRICS else LISTS.get(metric, "reports")
    return _STATES.get(state or "", kind) if kind == "problems" else kind


_STATES: dict[str, Measure] = {"open": "open", "closed": "closed", "overdue": "overdue"}


def crossings_of(bureau: Bureau, code: str) -> tuple[str, ...]:
    """The spots where the road meets another one: their names hold its name and a crossing's word.

    A road includes its crossings (domain.md section 5), which count apart in the quotas.
    """
    road = bureau.spot(code)
    if road is None:
        return ()
    words = bureau.vocabulary.places
    return tuple(
        spot.code for spot in bureau.spots
        if spot.code != code and road.name in spot.name
        and any(spot.name.endswith(end) for end in words.junctions)
    )  # fmt: skip


def _squad(bureau: Bureau, dept: str) -> str:
    if dept in bureau.squads:
        return dept
    known = f"，只有{'、'.join(bureau.squads)}" if bureau.squads else ""
    raise Refused(f"上报是按中队记的，没有「{dept}」{known}。")


def _persons(tx: Transaction, who: Person | None, names: tuple[str, ...]) -> tuple[int, ...] | None:
    """The ids of those named; raises NotAllowed where the asker may not see their figures."""
    if not names:
        return None
    if who is not None and names == (who.name,):
        return (who.id,)
    found = [p for name in names for p in people.named(tx, name)]
    strangers = [name for name in names if name not in {p.name for p in found}]
    if strangers:
        raise Refused(f"没有叫「{'、'.join(strangers)}」的人，没法查。")
    if who is None:
        return tuple(p.id for p in found)
    others = [p for p in found if p.id != who.id]
    squad_only = all(p.squad == who.squad for p in others)
    allowed = may(who.roles, Right.ASK_ALL) or (squad_only and may(who.roles, Right.ASK_SQUAD))
    if others and not allowed:
        raise NotAllowed(NOT_YOURS)
    return tuple(p.id for p in found)


def _persons_said(names: tuple[str, ...], ids: tuple[int, ...] | None) -> tuple[str, ...]:
    """The names that were asked for; that several people bear one of them is said."""
    if ids is None or len(ids) <= len(names):
        return names
    return (*names[:-1], f"{names[-1]}（同名共 {len(ids)} 人）")


def spot_names(tx: Transaction, bureau: Bureau) -> dict[str, str]:
    """Code to name of every spot there is or was; the bureau's present names win."""
    return spots.names(tx) | {spot.code: spot.name for spot in bureau.spots}


def spot_name(tx: Transaction, bureau: Bureau, code: str) -> str:
    """The spot's name, also of one that the bureau has no more; its code where nobody knows it."""
    spot = bureau.spot(code)
    return spot.name if spot else spots.names(tx).get(code, code)


def category_name(bureau: Bureau, code: str) -> str:
    """The category's name, or its code."""
    category = bureau.category(code)
    return category.name if category else code
