"""Rounds of the whole area: begun, ticked, put off, ended, accepted; each a deed of its own.

A round is whole or not by what was asked of it when it began. Every change tells the cards of all
who are on it. Knows no chat library and no sentence but refusals.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.actions.people import require, tell
from bot.actions.round_hours import evening_of, local_day, runs
from bot.actions.round_state import number_of, owe_cards, settle, tell_reviewers
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.records import Bureau
from bot.rules.rights import Right, may
from bot.rules.rounds import asked_of, lacking_from, rule_at
from storage import dues, journal, outbox, patrols, people
from storage.dues import Occurrence
from storage.patrols import ENDED, FULL, OPEN, PAUSED, WITHDRAWN, Patrol
from storage.people import Person
from storage.schema import Transaction

GONE = "这次巡查找不到了，什么也没改。"


def held(tx: Transaction, person: int, patrol: int, kind: str = FULL) -> tuple[Person, Patrol]:
    """The person and the round, where this person may change it: he is on it, or leads its squad.

    Raises NotFound, also for one of another `kind`, or NotAllowed.
    """
    who = require(tx, person, Right.REPORT)
    found = patrols.by_id(tx, patrol)
    if found is None or found.kind != kind:
        raise NotFound(GONE)
    leads = may(who.roles, Right.CORRECT_SQUAD) and who.squad == found.squad
    if who.id in patrols.crew(tx, found.id) or leads:
        return who, found
    owner = people.by_id(tx, found.person)
    raise NotAllowed(f"这次巡查是{owner.name if owner else '别人'}的，要改请找本人或者中队长。")


def begin(
    tx: Transaction, person: int, line: str, chat: int, message: int, bureau: Bureau,
    now: datetime, *, apart: bool = False,
) -> None:  # fmt: skip
    """A round begins; one that the person is on goes on; a squad mate's is offered first.

    With `apart` a round of one's own begins although a mate's is going.
    """
    who = require(tx, person, Right.PATROL)
    own = patrols.going(tx, who.id, FULL)
    if own is not None and runs(own, now, bureau):
        if own.state == PAUSED:
            patrols.change(tx, own.id, state=OPEN, last_at=now, menu=None)
        show(tx, own.id, line, chat, message, now)
        return
    if own is not None:
        finish(tx, own, None, now)  # yesterday's, which nobody ended
    mate = None if apart else mates_round(tx, who, bureau, now)
    if mate is not None:
        key = f"round_mate:{mate.id}:{line}:{chat}:{message}"
        outbox.owe(tx, line, chat, "round_mate", mate.id, now, key=key)
        return
    patrol = start(tx, who, line, chat, now, bureau, now)
    show(tx, patrol, line, chat, message, now)


def start(
    tx: Transaction, who: Person, line: str, chat: int, at: datetime, bureau: Bureau,
    now: datetime, *, told: bool = False, late: bool = False,
) -> int:  # fmt: skip
    """A round that began at `at` is there, whole by the rule of that day; its id."""
    day = local_day(at, bureau)
    asks = asked_of(bureau, rule_at(bureau.rounds, day))
    number = number_of(tx, FULL, day)
    patrol = patrols.add(
        tx, number=number, kind=FULL, squad=who.squad, spot=None, line=line, chat=chat,
        person=who.id, told=told, started_at=at, ended_at=None, last_at=now, state=OPEN,
        late=late, counts=False, lacking={}, asks=asks.to_json(), version=1,
    )  # fmt: skip
    journal.write(tx, now, who.id, "round", number, {"at": at.isoformat(), "told": told})
    return patrol


def mates_round(tx: Transaction, who: Person, bureau: Bureau, now: datetime) -> Patrol | None:
    """A round of today that somebody of the same squad is on."""
    today = local_day(now, bureau)
    going = (one for one in patrols.all_going(tx) if one.kind == FULL and one.squad == who.squad)
    here = (one for one in going if local_day(one.started_at, bureau) == today)
    return next(here, None) if who.squad is not None else None


def join(
    tx: Transaction, person: int, patrol: int, mate: int, at: tuple[str, int, int], now: datetime
) -> None:
    """The mate is on the round; whoever joins by himself gets its card at (line, chat, message)."""
    who = require(tx, person, Right.PATROL)
    found = patrols.by_id(tx, patrol)
    if found is None or found.kind != FULL:
        raise NotFound(GONE)
    if not found.is_open:
        raise TooLate("这次巡查已经结束了，没有加进去。")
    if mate != who.id:
        held(tx, person, patrol)
    other = people.by_id(tx, mate)
    if other is None or not other.active or not may(other.roles, Right.PATROL):
        raise NotFound("这个人不在巡查的名单里，没有加进去。")
    if found.squad is not None and other.squad != found.squad:
        raise NotAllowed(f"这次巡查是{found.squad}的，别的中队要巡请另开一次。")
    patrols.join(tx, patrol, mate, now)
    patrols.change(tx, patrol, menu=None)
    journal.write(tx, now, who.id, "round_join", found.number, {"person": mate})
    settle(tx, patrol)
    owe_cards(tx, patrol, now)
    if mate == who.id:
        show(tx, patrol, *at, now)
    else:
        tell(tx, mate, "round", patrol, now)


def leave(tx: Transaction, person: int, patrol: int, mate: int, now: datetime) -> None:
    """The mate is not on the round, whose beginner stays."""
    _, found = held(tx, person, patrol)
    if mate == found.person:
        raise Refused("发起的人不能退出。不巡了就点「结束巡查」。")
    patrols.leave(tx, patrol, mate)
    journal.write(tx, now, person, "round_leave", found.number, {"person": mate})
    settle(tx, patrol)
    owe_cards(tx, patrol, now)


def tick(
    tx: Transaction, person: int, patrol: int, spot: str, bureau: Bureau, now: datetime
) -> str:
    """The spot was reached; its name. Raises TooLate for a round that is over."""
    who, found = held(tx, person, patrol)
    known = bureau.spot(spot)
    if known is None:
        raise NotFound("这个点位已经不在点位表里了，没有记。")
    if found.state == WITHDRAWN or found.state == ENDED:
        raise TooLate("这次巡查已经结束了，没有记。要补就先点「重新打开」。")
    if not runs(found, now, bureau):
        raise TooLate("这是前一天的巡查，今天到的记不进去了。")
    patrols.tick(tx, patrol, spot, now, who.id, found.state == PAUSED)
    patrols.change(tx, patrol, state=OPEN, last_at=now, menu=None)
    journal.write(tx, now, who.id, "round_tick", found.number, {"spot": spot})
    settle(tx, patrol)
    owe_cards(tx, patrol, now)
    return known.name


def untick(tx: Transaction, person: int, patrol: int, spot: str, now: datetime) -> None:
    """The spot was ticked by mistake: it is open again."""
    _, found = held(tx, person, patrol)
    if not found.is_open:
        raise TooLate("这次巡查已经结束了，没有改。要改就先点「重新打开」。")
    patrols.untick(tx, patrol, spot)
    patrols.change(tx, patrol, menu=None)
    journal.write(tx, now, person, "round_untick", found.number, {"spot": spot})
    settle(tx, patrol)
    owe_cards(tx, patrol, now)


def open_menu(tx: Transaction, person: int, patrol: int, menu: str | None, now: datetime) -> None:
    """The card shows this list: crew, undo, a page of spots; or its plain face."""
    held(tx, person, patrol)
    patrols.change(tx, patrol, menu=menu)
    owe_cards(tx, patrol, now)


def end(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """A whole round is over; of one that lacks something it is asked whether to go on later."""
    _, found = held(tx, person, patrol)
    if not found.is_open:
        return
    if found.state == OPEN:
        patrols.change(tx, patrol, last_at=now)  # so long it has lasted
    settle(tx, patrol)
    fresh = patrols.by_id(tx, patrol)
    assert fresh is not None
    if not lacking_from(fresh.lacking):
        finish(tx, fresh, person, now)
        return
    patrols.change(tx, patrol, menu="ending")
    key = f"round_ask:{patrol}:{person}:{fresh.version}"
    tell(tx, person, "round_ask", patrol, now, key=key)


def end_going(tx: Transaction, person: int, now: datetime) -> None:
    """「结束巡查」 in words: what the person is on. Raises NotFound where there is nothing."""
    going = patrols.going(tx, require(tx, person, Right.REPORT).id, FULL)
    if going is None:
        raise NotFound("现在没有正在巡的。要开始就发「开始巡查」。")
    end(tx, person, going.id, now)


def later(tx: Transaction, person: int, patrol: int, bureau: Bureau, now: datetime) -> None:
    """「晚点补」: the round rests; once more today it is reminded of, where there is time."""
    _, found = held(tx, person, patrol)
    if not found.is_open:
        raise TooLate("这次巡查已经结束了。")
    patrols.change(tx, patrol, state=PAUSED, last_at=now, menu=None)
    here = now.astimezone(bureau.tz)
    at = datetime.combine(here.date(), bureau.hours.round_reminder, bureau.tz)
    today = local_day(found.started_at, bureau) == here.date()
    if here < at and today and not dues.waits(tx, f"round_later:{patrol}:"):
        key = f"round_later:{patrol}:{found.version}"
        args = {"patrol": patrol, "person": person}
        dues.note(tx, [Occurrence(key, "round_later", at, args)], now)
    journal.write(tx, now, person, "round_later", found.number, {})
    owe_cards(tx, patrol, now)


def go_on(tx: Transaction, person: int, patrol: int, line: str, chat: int, message: int,
          bureau: Bureau, now: datetime) -> None:  # fmt: skip
    """「接着巡」, 「重新打开」: the round of today goes on, below where that was pressed."""
    _, found = held(tx, person, patrol)
    if found.state == WITHDRAWN:
        raise TooLate("这次巡查已经撤回了。要用它先点「恢复」。")
    if not runs(found, now, bureau):
        raise TooLate("过了当天就不能接着巡了。情况特殊的，请分管领导认可。")
    patrols.change(
        tx, patrol, state=OPEN, ended_at=None, last_at=now, menu=None, told=False,
        accepted_by=None, accepted_at=None, accepted_reason=None,
    )  # fmt: skip
    journal.write(tx, now, person, "round_reopen", found.number, {})
    settle(tx, patrol)
    owe_cards(tx, patrol, now)
    show(tx, patrol, line, chat, message, now)


def close(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """「就这样结束」: over, whole or not."""
    _, found = held(tx, person, patrol)
    if found.is_open:
        finish(tx, found, person, now)


def finish(tx: Transaction, found: Patrol, person: int | None, now: datetime) -> None:
    """The round is over; all on it hear how it stands, a reviewer what looks odd in it.

    One that rested ended when it came to rest; one that was told of, nobody knows when.
    """
    rested = person is None or found.state == PAUSED
    last = found.started_at if found.told else found.last_at if rested else now
    patrols.change(tx, found.id, state=ENDED, ended_at=last, menu=None)
    settle(tx, found.id)
    journal.write(tx, now, person, "round_end", found.number, {})
    dues.drop_unsettled(tx, f"round_later:{found.id}:", now, "ended")
    owe_cards(tx, found.id, now)
    for mate in patrols.crew(tx, found.id):
        tell_done(tx, found, mate, now)
    tell_reviewers(tx, found.id, now)


def tell_done(tx: Transaction, found: Patrol, mate: int, now: datetime) -> None:
    """The mate is owed the card of how the round ended."""
    key = f"round_done:{found.id}:{mate}:{found.version}"
    tell(tx, mate, "round_done", found.id, now, key=key)


def withdraw(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """「撤回」: the round counts nowhere; its reports stay what they are."""
    _, found = held(tx, person, patrol)
    if found.state == WITHDRAWN:
        return
    patrols.change(tx, patrol, state=WITHDRAWN, menu=None)
    settle(tx, patrol)
    journal.write(tx, now, person, "round_withdraw", found.number, {})
    owe_cards(tx, patrol, now)


def restore(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """「恢复」: it counts again as it did; one that had not ended has now."""
    _, found = held(tx, person, patrol)
    if found.state != WITHDRAWN:
        return
    patrols.change(tx, patrol, state=ENDED, ended_at=found.ended_at or found.last_at)
    settle(tx, patrol)
    journal.write(tx, now, person, "round_restore", found.number, {})
    owe_cards(tx, patrol, now)


def rest(tx: Transaction, found: Patrol, bureau: Bureau, now: datetime) -> bool:
    """A round in which nothing happens any more ends where it is whole, and rests where not."""
    idle = now - found.last_at >= timedelta(minutes=bureau.limits.round_idle_minutes)
    if found.state != OPEN or not (idle or now >= evening_of(found, bureau)):
        return False
    settle(tx, found.id)
    fresh = patrols.by_id(tx, found.id)
    assert fresh is not None
    if not lacking_from(fresh.lacking):
        finish(tx, fresh, None, now)
        return True
    patrols.change(tx, found.id, state=PAUSED, menu=None)
    journal.write(tx, now, None, "round_rest", found.number, {})
    owe_cards(tx, found.id, now)
    return True


def show(tx: Transaction, patrol: int, line: str, chat: int, message: int, now: datetime) -> None:
    """The round's card stands anew below the message; the copies above it follow."""
    key = f"round:{patrol}:{line}:{chat}:{message}"
    outbox.owe(tx, line, chat, "round", patrol, now, key=key)
