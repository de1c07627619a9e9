"""What admins set of recurring obligations, and how all of them stand.

A change is of the runs from the next period on; a run that is there keeps its day and its owner,
but what nobody had given yet is filled in. Knows no sentence but refusals.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.actions.ledger import owners
from bot.actions.obligation_runs import (
    NOTHING_SET,
    all_standing,
    give,
    make_runs,
    run_of,
    stands,
)
from bot.actions.people import require
from bot.actions.quotas import standings
from bot.errors import Refused
from bot.rules.dates import unit_start
from bot.rules.ledger import OWING
from bot.rules.obligation_facts import Devices, ObligationFacts, RunFacts
from bot.rules.obligations_due import (
    due_day,
    owed_from,
    standing,
    unit_of_per,
)
from bot.rules.quotas import PERS
from bot.rules.records import Bureau, DueRule, Obligation, ObligationPer
from bot.rules.rights import Right
from storage import devices, journal, obligations, people, task_people, task_stages, tasks
from storage.obligations import Run
from storage.schema import Transaction
from storage.task_people import OWNER
from storage.tasks import Task


def set_period(
    tx: Transaction, person: int, code: str, per: ObligationPer, bureau: Bureau, now: datetime
) -> Obligation:
    """The obligation comes so often from its next period on; 「定期」 has a number now.

    Where nothing is under way, the period that runs is the first one.
    """
    return _set(tx, person, code, bureau, now, per=per)


def set_due(
    tx: Transaction, person: int, code: str, due: DueRule, days: int, bureau: Bureau, now: datetime
) -> Obligation:
    """Its runs are due so from the next one on; one that has no day yet has it now."""
    one = stands(tx, bureau, code)
    if (due in ("after", "before")) != (one.per == "event"):
        said = "按次的任务这样说：时限 3个工作日" if one.per == "event" else "这样说：时限 25日"
        raise Refused(f"{one.name}的时限不是这样算的，什么也没改。\n{said}。")
    return _set(tx, person, code, bureau, now, due=due, days=days)


def set_owner(
    tx: Transaction, person: int, code: str, owner: str, bureau: Bureau, now: datetime
) -> Obligation:
    """That person, role or department has its runs from the next on, and what nobody has."""
    if not owner.strip():
        raise Refused("责任人写谁？比如：周期任务 设备月检 责任人 王志强。什么也没改。")
    return _set(tx, person, code, bureau, now, owner=" ".join(owner.split())[:30])


def _set(
    tx: Transaction, person: int, code: str, bureau: Bureau, now: datetime, **values: object
) -> Obligation:
    who, before = require(tx, person, Right.OBLIGATIONS), stands(tx, bureau, code)
    if before.counts:
        raise Refused(f"{before.name}是按次数要求或者长期任务算的，不在这里改。什么也没改。")
    make_runs(tx, bureau, now)
    changed = replace(obligations.changed(tx).get(code, NOTHING_SET), **values)  # type: ignore[arg-type]
    file = bureau.obligation(code)
    assert file is not None
    after = standing(file, changed)
    begun = obligations.owed_from(tx).get(code)
    if after.per != before.per:
        begun = owed_from(after, now.astimezone(bureau.tz).date(), bureau.calendar)
    obligations.keep(tx, code, changed, begun)
    detail = {"code": code, "before": _plain(before), "after": _plain(after)}
    journal.write(tx, now, who.id, "obligation_set", f"obligation/{code}", detail)
    _fill_in(tx, after, bureau)
    make_runs(tx, bureau, now)
    return after


def _plain(one: Obligation) -> dict[str, object]:
    return {"per": one.per, "due": one.due, "days": one.days, "owner": one.owner}


def _fill_in(tx: Transaction, one: Obligation, bureau: Bureau) -> None:
    """Runs under way that nobody in the house has, or that have no day, get what is known now."""
    for run in obligations.of_code(tx, one.code):
        _, found = run_of(tx, run.task)
        if found.state not in OWING or run.exempt:
            continue
        if one.owner and not owners(tx, found):
            give(tx, run.task, one.owner)
            _, found = run_of(tx, run.task)
        per = unit_of_per(one.per)
        if found.due is None and per is not None and unit_start(run.first, per) == run.first:
            due = due_day(one.due, one.days, per, run.first, bureau.calendar)
            tasks.change(tx, found, due=due, due_first=due)


def _owners(tx: Transaction, found: Task) -> tuple[str, ...]:
    return tuple(m.name for m in task_people.named_in(tx, found.id) if m.part == OWNER)


# ---- how they stand ----


def unset(tx: Transaction, bureau: Bureau) -> list[str]:
    """待明确周期: the names of those that come 「定期」, and nobody has said how often."""
    return [one.name for one in all_standing(tx, bureau) if one.per == "unset"]


def missed(tx: Transaction, bureau: Bureau, first: date, until: date) -> list[str]:
    """The titles of the runs due in [first, until) that were not handed in by their day.

    Also those that were handed in since: what was missed stays visible.
    """
    return [
        one.title for code in (o.code for o in bureau.obligations)
        for one in runs(tx, code, bureau)
        if one.due is not None and first <= one.due < until and one.exempt_by is None
        and (one.given_on or date.max) > one.due
    ]  # fmt: skip


def overview(tx: Transaction, bureau: Bureau, now: datetime) -> list[ObligationFacts]:
    """Every obligation with the run that is on and what was missed, in the file's order."""
    every, owing = obligations.everything(tx), obligations.owing(tx)
    return [
        _facts(tx, one, every.get(one.code, []), owing, bureau, now)
        for one in all_standing(tx, bureau)
    ]  # fmt: skip


def one_of(tx: Transaction, code: str, bureau: Bureau, now: datetime) -> ObligationFacts:
    """The same of one. Raises NotFound."""
    one = stands(tx, bureau, code)
    return _facts(tx, one, obligations.of_code(tx, code), obligations.owing(tx), bureau, now)


def runs(tx: Transaction, code: str, bureau: Bureau) -> list[RunFacts]:
    """The runs of the obligation, the oldest first."""
    return [run_facts(tx, run, bureau) for run in obligations.of_code(tx, code)]


def _facts(
    tx: Transaction, one: Obligation, held: list[Run], owing: set[int], bureau: Bureau,
    now: datetime,
) -> ObligationFacts:  # fmt: skip
    """Only the runs that are said are read: there are more with every week."""
    today = now.astimezone(bureau.tz).date()
    if one.counts:
        return ObligationFacts(one, count=_count(tx, one, bureau, today))
    open_ones = [run_facts(tx, run, bureau) for run in held if run.task in owing]
    late = tuple(run for run in open_ones if run.standing(today) == "late")
    here = [run for run in held if run.first <= today < run.until]
    if one.per == "event":
        return ObligationFacts(one, open_ones[0] if open_ones else None, late)
    return ObligationFacts(one, run_facts(tx, here[0], bureau) if here else None, late)


def _count(
    tx: Transaction, one: Obligation, bureau: Bureau, today: date
) -> tuple[int, int] | None:  # fmt: skip
    """(done, owed) of the period that runs, by the quotas; of stages those of this year."""
    if one.counts == "stages":
        return stages(tx, date(today.year, 1, 1), date(today.year + 1, 1, 1))
    per = next((per for per in PERS if per == one.per), None)
    rows = standings(tx, bureau, per, today) if per is not None else ()
    mine = [row for row in rows if row.what == one.counts]
    return (sum(row.done for row in mine), sum(row.owed for row in mine)) if mine else None


def stages(tx: Transaction, first: date, until: date) -> tuple[int, int]:
    """(met, all) of the stages of long-term tasks that are due in [first, until)."""
    here = [one for one in task_stages.all_milestones(tx) if first <= one.due < until]
    return sum(one.met_at is not None for one in here), len(here)


def run_facts(tx: Transaction, run: Run, bureau: Bureau) -> RunFacts:
    """The run as cards and answers tell of it."""
    _, found = run_of(tx, run.task)

    def name(person: int | None) -> str | None:
        who = people.by_id(tx, person) if person is not None else None
        return who.name if who is not None else None if person is None else "已离开的人"

    def on(moment: datetime | None) -> date | None:
        return moment.astimezone(bureau.tz).date() if moment is not None else None

    return RunFacts(
        run.task, found.version, found.number, found.title, run.first, run.until, found.due,
        found.state, _owners(tx, found), found.department, name(found.given_by),
        on(found.given_at), name(found.checker), on(found.signed_at or found.checked_at),
        name(run.exempt_by), on(run.exempt_at), run.exempt_why or "", _devices(tx, run, bureau),
    )  # fmt: skip


def _devices(tx: Transaction, run: Run, bureau: Bureau) -> Devices | None:
    one = bureau.obligation(run.code)
    if one is None or not one.devices:
        return None
    found, lacking = devices.found_in(tx, run.task), devices.lacking(tx, run.task)
    broken = sum(result.state == devices.BROKEN for result in found)
    return Devices(len(found), len(found) + len(lacking), broken)
