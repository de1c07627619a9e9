"""A longer time 延期: asked for by whoever has the problem, granted or refused by a leader.

It counts from the moment it was due, or from now where that is over. Nobody grants his own. Knows
no sentence but refusals.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.actions.clocks import owe_extension, set_clocks
from bot.actions.late import leader_for
from bot.actions.loop import known, name_of, note, now_stands, parts
from bot.actions.people import require, tell
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.clocks import UNDER_WAY
from bot.rules.loop import Part, Stage
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import awaited, extensions, journal, outbox, people
from storage.extensions import ASKED, GRANTED, REFUSED, WITHDRAWN, Extension
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction

REASON, REFUSAL = "extension_reason", "extension_refusal"
"""What is awaited of whoever wants to say in his own words why he asks, or refuses."""

ANSWER_WITHIN = timedelta(hours=2)
MOST = 200


def may_ask(tx: Transaction, who: Person, problem: Problem) -> bool:
    """Whether the person may ask for a longer time: it is his to handle, and none waits yet."""
    return not _objection(who, problem) and waiting(tx, problem.id) is None


def waiting(tx: Transaction, problem: int) -> Extension | None:
    """What was asked for and not decided yet."""
    return next((e for e in extensions.of_problem(tx, problem) if e.state == ASKED), None)


def choices(
    tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime
) -> tuple[Problem, list[date]]:
    """The days until which it can be asked for. Raises NotAllowed, Refused or TooLate."""
    found = _askable(tx, person, problem, bureau)
    assert found.handle_by is not None
    first = max(found.handle_by, now).astimezone(bureau.tz).date()
    return found, [bureau.calendar.add_workdays(first, n) for n in bureau.loop.extend_days]


def expect_reason(
    tx: Transaction, person: int, problem: int, day: date, bureau: Bureau, now: datetime
) -> None:
    """「写一句」: the person's next words are why he needs until that day."""
    _until(_askable(tx, person, problem, bureau), day, bureau, now)
    args = {"day": day.toordinal()}
    awaited.expect(tx, person, REASON, problem, now + ANSWER_WITHIN, args)


def take_reason(
    tx: Transaction, person: int, problem: int, words: str, bureau: Bureau, now: datetime
) -> Extension:
    """The words are the reason of what is asked for."""
    wanted = awaited.of(tx, person, now)
    if wanted is None or wanted.what != REASON:
        raise NotFound
    return ask(tx, person, problem, date.fromordinal(wanted.args["day"]), words, bureau, now)


def ask(
    tx: Transaction, person: int, problem: int, day: date, reason: str, bureau: Bureau,
    now: datetime,
) -> Extension:  # fmt: skip
    """A leader is asked for the time until the end of work on that day.

    Raises Refused where one waits already, none is there to grant it, or the day is none that can
    be asked for; NotAllowed to whom it isn't his to handle, TooLate once it is handled.
    """
    found = _askable(tx, person, problem, bureau)
    until, why = _until(found, day, bureau, now), " ".join(reason.split())[:MOST]
    if len(why) < 2:
        raise Refused("原因多写几个字，比如：等设备到货。")
    leader = decider(tx, found, person, now.astimezone(bureau.tz).date())
    if leader is None:
        raise Refused("还没有领导能同意延期，请找管理员加一位。")
    row = extensions.add(tx, problem=found.id, person=person, asked_at=now, until=until, reason=why)
    detail = {"until": until.isoformat(), "reason": why}
    journal.write(tx, now, person, "extension_ask", found.number, detail)
    awaited.done(tx, person)
    tell(tx, leader.id, "extension", row, now, key=f"extension:{row}:{leader.id}")
    tell(tx, person, "extension_own", row, now, key=f"extension_own:{row}:{person}")
    outbox.owe_again(tx, "late", found.id, now)
    return _row(tx, row)


def grant(tx: Transaction, person: int, row: int, bureau: Bureau, now: datetime) -> Problem:
    """「同意」: it is due at the later moment, its clocks are set anew, whoever asked hears of it.

    Raises NotAllowed to no leader of it and for one's own, TooLate once decided or handled.
    """
    asked, problem = _decidable(tx, person, row, bureau)
    if problem.handle_by is None or asked.until <= problem.handle_by:
        raise TooLate("时限已经更晚了，不用再延，什么也没改。")
    _settle(tx, asked, GRANTED, person, now)
    detail = {
        "from": problem.handle_by.isoformat(), "until": asked.until.isoformat(),
        "asker": asked.person, "reason": asked.reason,
    }  # fmt: skip
    journal.write(tx, now, person, "extension_grant", problem.number, detail)
    fresh = note(tx, problem, now, handle_by=asked.until, extended=problem.extended + 1)
    set_clocks(tx, fresh, bureau, now)
    _tell_all(tx, asked, fresh, None, now)
    return fresh


def ask_refusal(tx: Transaction, person: int, row: int, bureau: Bureau) -> Extension:
    """「不同意」 was pressed: whether the person may refuse it; what was asked for."""
    return _decidable(tx, person, row, bureau)[0]


def expect_refusal(tx: Transaction, person: int, row: int, bureau: Bureau, now: datetime) -> None:
    """「写一句」: the person's next words are why he refuses."""
    _decidable(tx, person, row, bureau)
    awaited.expect(tx, person, REFUSAL, row, now + ANSWER_WITHIN)


def refuse(
    tx: Transaction, person: int, row: int, reason: str, bureau: Bureau, now: datetime
) -> Extension:
    """The time stays as it is, and whoever asked hears why. Raises as `grant` does."""
    asked, problem = _decidable(tx, person, row, bureau)
    why = " ".join(reason.split())[:MOST]
    if not why:
        raise Refused("要写一句原因，什么也没改。")
    _settle(tx, asked, REFUSED, person, now)
    journal.write(tx, now, person, "extension_refuse", problem.number, {"reason": why})
    awaited.done(tx, person)
    _tell_all(tx, asked, problem, why, now)
    return asked


def withdraw(tx: Transaction, person: int, row: int, now: datetime) -> Extension:
    """「撤回申请」. Raises NotAllowed to anybody else, TooLate once it is decided."""
    require(tx, person, Right.REPORT)
    asked = _row(tx, row)
    if asked.person != person:
        raise NotAllowed("要撤回请找申请的人，什么也没改。")
    _settle(tx, asked, WITHDRAWN, person, now)
    journal.write(tx, now, person, "extension_withdraw", known(tx, asked.problem).number, {})
    return asked


def decider(tx: Transaction, problem: Problem, asker: int, day: date) -> Person | None:
    """Who is asked on the day: the leader, else who stands above; never who asked or has it.

    Where all of them are away it is the leader all the same, who finds it when he is back.
    """
    out = frozenset({asker, problem.handler or 0})
    return leader_for(tx, problem, day, out) or leader_for(tx, problem, None, out)


def _askable(tx: Transaction, person: int, problem: int, bureau: Bureau) -> Problem:
    who, found = require(tx, person, Right.REPORT), known(tx, problem)
    wrong = _objection(who, found)
    if wrong == "stage":
        raise TooLate(f"{now_stands(tx, found, bureau)}，不用延了。")
    if wrong == "limit":
        raise Refused("这件没有时限，不用延。")
    if wrong:
        raise NotAllowed(f"{now_stands(tx, found, bureau)}。延期要经办的人来申请。")
    open_one = waiting(tx, problem)
    if open_one is not None:
        asked_on = open_one.asked_at.astimezone(bureau.tz).date()
        leader = decider(tx, found, open_one.person, asked_on)
        raise Refused(f"已经申请过了，等{leader.name if leader else '领导'}同意。")
    return found


def _objection(who: Person, problem: Problem) -> str | None:
    mine = parts(who, problem)
    if problem.stage not in UNDER_WAY:
        return "stage"
    if problem.handle_by is None:
        return "limit"
    able = {Part.HANDLER, Part.MATE, Part.LEADER}
    able |= {Part.FINDER} if problem.stage is Stage.FOUND else set()
    return None if mine & able else "part"


def _until(problem: Problem, day: date, bureau: Bureau, now: datetime) -> datetime:
    """The end of work on that day. Raises Refused for one that can't be asked for."""
    assert problem.handle_by is not None
    base = max(problem.handle_by, now).astimezone(bureau.tz)
    until = datetime.combine(day, bureau.hours.work_to, bureau.tz).astimezone(UTC)
    if until <= base:
        raise Refused("这个日子太近了，延了也不会更晚。请重新点「申请延期」。")
    most = max(bureau.loop.extend_days)
    if day > bureau.calendar.add_workdays(base.date(), most):
        raise Refused(f"一次最多延 {most} 个工作日，请重新点「申请延期」。")
    return until


def _decidable(tx: Transaction, person: int, row: int, bureau: Bureau) -> tuple[Extension, Problem]:
    who, asked = require(tx, person, Right.REPORT), _row(tx, row)
    problem = known(tx, asked.problem)
    if who.id in (asked.person, problem.handler):
        raise NotAllowed("自己的延期不能自己同意。")
    if Part.LEADER not in parts(who, problem):
        raise NotAllowed("延期要中队长或者分管领导来定，什么也没改。")
    if asked.state != ASKED:
        raise TooLate(_decided(tx, asked))
    if problem.stage not in UNDER_WAY:
        raise TooLate(f"{now_stands(tx, problem, bureau)}，不用延了。")
    return asked, problem


def _decided(tx: Transaction, asked: Extension) -> str:
    if asked.state == WITHDRAWN:
        return "申请已经撤回了。"
    word = "同意" if asked.state == GRANTED else "没同意"
    return f"{name_of(tx, asked.decided_by)}已经{word}了，什么也没改。"


def _settle(tx: Transaction, asked: Extension, state: str, by: int, now: datetime) -> None:
    if not extensions.decide(tx, asked.id, state, by, now):
        raise TooLate(_decided(tx, _row(tx, asked.id)))
    owe_extension(tx, asked.id, now)
    outbox.owe_again(tx, "late", asked.problem, now)


def _tell_all(
    tx: Transaction, asked: Extension, problem: Problem, why: str | None, now: datetime
) -> None:
    """Whoever asked hears of it, and whoever has the problem now."""
    for who in dict.fromkeys((asked.person, problem.handler or asked.person)):
        if people.by_id(tx, who) is not None:
            key = f"extension_told:{asked.id}:{who}"
            tell(tx, who, "extension_told", asked.id, now, {"reason": why}, key=key)


def _row(tx: Transaction, row: int) -> Extension:
    found = extensions.by_id(tx, row)
    if found is None:
        raise NotFound
    return found
