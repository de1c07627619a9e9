"""A period of a quota is kept, exempt or moved by somebody's recorded decision.

Nothing is overwritten: the newest decision stands, and what was missed stays missed. Knows no
sentence but refusals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.actions.people import require
from bot.errors import NotAllowed, NotFound, Refused
from bot.rules.calendar import WorkCalendar
from bot.rules.dates import step
from bot.rules.decisions import Decision, short_weeks
from bot.rules.quotas import KEPT, NOUNS, PERS, Owing, Per, code_of, general, owing
from bot.rules.records import Bureau, Role
from bot.rules.rights import Right
from storage import journal, outbox, quotas
from storage.people import Person
from storage.schema import Transaction

SHORT_WEEK = "short_week"
"""The card that asks whether a week with few working days is kept."""

LOOKED_BACK, LOOKED_AHEAD = timedelta(days=14), timedelta(days=35)
"""How far from today 那周 may be."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided, as it was written down; `squad` where it is about one squad alone."""

    per: Per
    start: date
    whats: tuple[str, ...]
    verdict: str
    moved_to: date | None
    reason: str
    squad: str | None = None

    @property
    def code(self) -> int:
        """The period, as buttons name it."""
        return code_of(self.per, self.start)


def decide(tx: Transaction, person: int, said: Decision, bureau: Bureau, now: datetime) -> Settled:
    """The decision stands from now on. Raises Refused where it is about nothing, or without why."""
    who = require(tx, person, Right.DECIDE)
    start = said.start or _that_week(tx, who, said, bureau, now)
    rows = [
        one for one in owing(bureau, said.per, start)
        if not said.whats or one.quota.what in said.whats
    ]  # fmt: skip
    if not rows:
        raise Refused("那段时间没有这项次数要求，什么也没改。发「指标」看都有哪些。")
    rows, squad = _his(who, rows)
    verdict = replace(said, reason=said.reason or _holiday(bureau.calendar, said.per, start))
    if verdict.verdict == KEPT:
        verdict = replace(verdict, reason="")
    elif not verdict.reason:
        raise Refused("原因也写一句，我好记下来，比如：本周巡查免了，下暴雨。\n现在还没有改。")
    moved_to = _moved_to(said, start)
    keys = dict.fromkeys(one.key if squad else general(one.key) for one in rows)
    for key in keys:
        quotas.decide(
            tx, key, start, said.verdict, moved_to, verdict.reason, who.id, now
        )  # fmt: skip
    whats = tuple(dict.fromkeys(one.quota.what for one in rows))
    detail = {"quotas": list(keys), "start": start.isoformat(), "decision": said.verdict,
              "moved_to": moved_to.isoformat() if moved_to else None,
              "reason": verdict.reason}  # fmt: skip
    journal.write(tx, now, who.id, "decide_period", f"period/{said.per}/{start}", detail)
    found = Settled(said.per, start, whats, said.verdict, moved_to, verdict.reason, squad)
    outbox.owe_again(tx, SHORT_WEEK, found.code, now)
    return found


def change_mind(
    tx: Transaction, person: int, per: Per, start: date, whats: tuple[str, ...], bureau: Bureau,
    now: datetime,
) -> Settled:  # fmt: skip
    """「改主意」: the period is owed as if nothing had been decided; both stay written down."""
    if per not in PERS or any(what not in NOUNS for what in whats):
        raise NotFound
    return decide(tx, person, Decision(whats, per, start, KEPT), bureau, now)


def _his(who: Person, rows: list[Owing]) -> tuple[list[Owing], str | None]:
    """What the person may decide of; a leader's word is about his own squad's, or the bureau's.

    Raises NotAllowed where all of it is other squads'.
    """
    if not who.roles.isdisjoint({Role.SUPERVISOR, Role.ADMIN}):
        return rows, None
    of_squads = [one for one in rows if one.quota.of == "squad"]
    if not of_squads:
        return rows, None
    mine = [one for one in of_squads if one.whose == who.squad]
    if not mine:
        raise NotAllowed("这是别的中队的次数要求，要分管领导定。什么也没改。")
    return mine, who.squad


def _moved_to(said: Decision, start: date) -> date | None:
    if said.verdict != "moved":
        return None
    moved_to = said.moved_to or step(start, said.per, 1)
    if moved_to <= start:
        raise Refused("只能往后顺延，不能往前。什么也没改。")
    return moved_to


def _that_week(tx: Transaction, who: Person, said: Decision, bureau: Bureau, now: datetime) -> date:
    """那周: the holiday week that is near, else what the person decided of last. Raises Refused."""
    if said.unannounced is not None:
        raise Refused(
            f"{said.unannounced}的放假安排还没公布，我不知道是哪一周。\n"
            "直接说日期就行，比如：10月1日那周巡查免了，放假。"
        )
    today = now.astimezone(bureau.tz).date()
    near = short_weeks(today - LOOKED_BACK, today + LOOKED_AHEAD, bureau.calendar)
    if near:
        return min(near, key=lambda week: abs(week - today))
    last = quotas.last_by(tx, who.id)
    if last is not None and last.quota.startswith("week/"):
        return last.start
    raise Refused("说的是哪一周？写上日期就行，比如：10月1日那周巡查照常。")


def _holiday(calendar: WorkCalendar, per: Per, start: date) -> str:
    """The holiday that is reason enough, in a week that has one."""
    if per != "week":
        return ""
    days = [start + timedelta(days=n) for n in range(7)]
    names = [calendar.name_of(day) for day in days if not calendar.is_workday(day)]
    name = next((name for name in names if name), None)
    return f"{name}放假" if name else ""


def week_standing(tx: Transaction, start: date) -> quotas.Decision | None:
    """The newest decision about all or any of the quotas of the week."""
    found = [
        one for (key, since), one in quotas.decided(tx).items()
        if since == start and key.startswith("week/")
    ]  # fmt: skip
    return max(found, key=lambda one: one.id, default=None)
