"""Measures of a quarter's review: decided, done, taken back, and what they did, a quarter later."""

from __future__ import annotations

from datetime import date, datetime

from bot.actions.paper_facts import the_paper
from bot.actions.people import require, tell
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.measure_words import read_measure
from bot.rules.papers import one_line
from bot.rules.periods import midnight
from bot.rules.records import Bureau
from bot.rules.rights import Right, may
from storage import awaited, dues, journal, outbox, papers, people
from storage.dues import Occurrence
from storage.papers import DONE, DROPPED, OPEN, QUARTER, SENT, Measure, Paper
from storage.people import Person
from storage.schema import Transaction

LONGEST = 200
"""Letters of a measure, and of its effect."""


def the_measure(tx: Transaction, number: int) -> Measure:
    """The measure. Raises NotFound."""
    found = papers.measure(tx, number)
    if found is None:
        raise NotFound("这条措施找不到了。")
    return found


def add(tx: Transaction, by: int, paper: int, words: str, bureau: Bureau, now: datetime) -> Measure:
    """The words are a measure of the quarter; its owner hears of it, and again on its day."""
    require(tx, by, Right.PAPERS)
    if len(words) > LONGEST:
        raise Refused(f"这条有 {len(words)} 个字，最多 {LONGEST} 个。短一点再发我一遍。")
    quarter = still_open(tx, paper).start
    everyone = [p for p in people.everyone(tx) if p.active]
    today = now.astimezone(bureau.tz).date()
    said = read_measure(words, [*(p.name for p in everyone), *bureau.squads], today)
    awaited.done(tx, by)
    number = papers.decide_measure(tx, quarter, said.words, said.owner, said.due, by, now)
    detail = {"words": said.words, "owner": said.owner, "due": said.due and said.due.isoformat()}
    journal.write(tx, now, by, "measure", f"measure/{number}", detail)
    outbox.owe_again(tx, "paper_draft", paper, now)
    owner = owner_of(tx, the_measure(tx, number))
    if owner is not None and owner.id != by:
        tell(tx, owner.id, "measure", number, now)
    if said.due is not None:
        _remember(tx, number, said.due, bureau, now)
    return the_measure(tx, number)


def still_open(tx: Transaction, paper: int) -> Paper:
    """The quarter's pack. Raises TooLate where it is signed: its measures are what they are."""
    found = the_paper(tx, paper)
    if found.state == SENT:
        raise TooLate("这季度的研判已经定稿了，加不了。等下季度的材料出来再加。")
    return found


def _remember(tx: Transaction, number: int, due: date, bureau: Bureau, now: datetime) -> None:
    hour = bureau.hours.papers
    day = bureau.calendar.on_or_before(due)
    at = midnight(day, bureau.tz).replace(hour=hour.hour, minute=hour.minute)
    if at > now:
        key = f"measure:{number}:{day.isoformat()}"
        dues.note(tx, [Occurrence(key, "measure_due", at, {"measure": number})], now)


def owner_of(tx: Transaction, measure: Measure) -> Person | None:
    """The active person whose name the measure bears, where there is just one."""
    named = [p for p in people.named(tx, measure.owner or "") if p.active]
    return named[0] if len(named) == 1 else None


def remind(tx: Transaction, number: int, now: datetime) -> str:
    """On its day its owner is told, where he is active, else those who sign off."""
    found = papers.measure(tx, number)
    if found is None or found.state != OPEN:
        return "dropped: done or taken back"
    owner = owner_of(tx, found)
    signing = [p for p in people.everyone(tx) if p.active and may(p.roles, Right.SIGN_OFF)]
    told = [owner] if owner else signing
    if not told:
        return "dropped: nobody to tell"
    for who in told:
        tell(tx, who.id, "measure", number, now, args={"due": True})
    return "told"


def finish(tx: Transaction, by: int, number: int, now: datetime) -> Measure:
    """「办完了」, by its owner or whoever works on papers."""
    found = the_measure(tx, number)
    who = people.by_id(tx, by)
    owner = owner_of(tx, found)
    if who is None or not (may(who.roles, Right.PAPERS) or (owner and owner.id == by)):
        raise NotAllowed("这条措施要责任人或者中队长、分管领导来点，什么也没改。")
    if found.state == OPEN:
        papers.change_measure(tx, number, state=DONE, settled_at=now)
        _noted(tx, number, by, "measure_done", {}, now)
    return the_measure(tx, number)


def take_back(tx: Transaction, by: int, number: int, now: datetime) -> Measure:
    """「撤回」: the measure is none.

    Raises TooLate where its effect is written already, or its quarter's pack is signed.
    """
    require(tx, by, Right.PAPERS)
    found = the_measure(tx, number)
    if found.effect:
        raise TooLate("这条措施已经写了成效，撤不了。")
    pack = papers.of_period(tx, QUARTER, found.quarter)
    if pack is not None and pack.state == SENT:
        raise TooLate("这季度的研判已经定稿了，措施撤不了，什么也没改。")
    papers.change_measure(tx, number, state=DROPPED, settled_at=now)
    _noted(tx, number, by, "measure_back", {}, now)
    return the_measure(tx, number)


def effect(tx: Transaction, by: int, number: int, words: str, now: datetime) -> Measure:
    """What the measure did, in a word of a button or in words of one's own."""
    require(tx, by, Right.PAPERS)
    said = one_line(words, LONGEST)
    found = the_measure(tx, number)
    awaited.done(tx, by)
    state = DONE if found.state == OPEN else found.state
    papers.change_measure(tx, number, effect=said, state=state, settled_at=now)
    _noted(tx, number, by, "measure_effect", {"words": said}, now)
    return the_measure(tx, number)


def noted_in(tx: Transaction, paper: int, now: datetime) -> None:
    """The paper that the effect is written in is owed anew where it is shown."""
    outbox.owe_again(tx, "paper_draft", paper, now)


def _noted(
    tx: Transaction, number: int, by: int, deed: str, detail: dict[str, str], now: datetime
) -> None:
    journal.write(tx, now, by, deed, f"measure/{number}", detail)
    outbox.owe_again(tx, "measure", number, now)
