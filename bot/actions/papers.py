"""A month's draft and a quarter's pack: made, filled in, signed in three steps, given back, sent.

Nobody signs two steps, and before the last one the paper is a draft. Knows no word of it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.actions import frozen, paper_facts
from bot.actions.paper_facts import taken, the_paper
from bot.actions.people import require, tell
from bot.errors import Refused, TooLate
from bot.rules import papers as rules
from bot.rules.papers import RETURNED, SIGNED, WRITTEN, Step
from bot.rules.periods import midnight
from bot.rules.records import Bureau
from bot.rules.rights import Right, may
from storage import awaited, dues, journal, outbox, papers, people
from storage.dues import Occurrence
from storage.papers import DRAFT, SENT, SKIPPED
from storage.people import Person
from storage.schema import Transaction

ANSWER = timedelta(hours=2)
"""So long the house waits for words."""

LONGEST = 400
"""Letters of what is written into a gap."""

LATER_DAYS = 3
"""稍后: so many working days later the pack comes again."""


def readers(tx: Transaction) -> list[Person]:
    """Who works on papers: supervisors, leaders and admins."""
    return [p for p in people.everyone(tx) if p.active and may(p.roles, Right.PAPERS)]


def draft(tx: Transaction, kind: str, start: date, now: datetime) -> int:
    """The period's draft is made, and owed to those who sign it off; how many there are."""
    number = papers.make(tx, kind, start, now)
    if the_paper(tx, number).state != DRAFT:
        return 0
    found = [p for p in readers(tx) if may(p.roles, Right.SIGN_OFF)] or readers(tx)
    for reader in found:
        tell(tx, reader.id, "paper_draft", number, now)
    return len(found)


def demand(tx: Transaction, by: int, kind: str, start: date, now: datetime) -> int:
    """The period's draft as somebody asks for it; the paper's number."""
    require(tx, by, Right.PAPERS)
    number = papers.make(tx, kind, start, now)
    tell(tx, by, "paper_draft", number, now)
    return number


def expect(
    tx: Transaction, by: int, what: str, subject: int, now: datetime, code: str = ""
) -> None:
    """The person's next words are for this paper, or this measure."""
    require(tx, by, Right.PAPERS)
    awaited.expect(tx, by, what, subject, now + ANSWER, {"gap": code} if code else None)


def fill(tx: Transaction, by: int, number: int, code: str, words: str, now: datetime) -> None:
    """The words stand in this gap of the paper. Raises TooLate for one that is signed."""
    require(tx, by, Right.PAPERS)
    said = rules.one_line(words, LONGEST)
    _is_draft(tx, number)
    if rules.signatures(taken(tx, number)):
        raise TooLate("这份已经有人审过了。要改先退回。")
    awaited.done(tx, by)
    papers.sign(tx, number, code, by, WRITTEN, said, now)
    _changed(tx, number, by, "fill", {"gap": code, "words": said}, now)


def sign(tx: Transaction, by: int, number: int, step: str, bureau: Bureau, now: datetime) -> Step:
    """The step is signed; after the last one the paper goes out. Returns the step.

    Raises Refused for somebody who has signed already, or may not sign this step.
    """
    who = require(tx, by, Right.PAPERS)
    _is_draft(tx, number)
    steps = taken(tx, number)
    due = rules.next_step(steps)
    if due is None or step != due:
        raise TooLate("这一道已经审过了，什么也没改。")
    if rules.has_signed(steps, by):
        raise Refused("这份您已经审过一道了，这一道要换个人审。")
    if due == "final":
        require(tx, by, Right.SIGN_OFF)
    elif _only_final(tx, who):
        raise Refused("分管领导只有您一位，终审要您来签，这一道请别的同志审。")
    papers.sign(tx, number, due, by, SIGNED, None, now)
    _changed(tx, number, by, "sign", {"step": due}, now)
    outbox.owe_again(tx, "paper_sign", number, now)
    if due == "final":
        _finish(tx, number, by, bureau, now)
    else:
        _ask_next(tx, number, now)
    return due


def _only_final(tx: Transaction, who: Person) -> bool:
    """Whether nobody else could sign the last step."""
    able = [p.id for p in people.everyone(tx) if p.active and may(p.roles, Right.SIGN_OFF)]
    return able == [who.id]


def _ask_next(tx: Transaction, number: int, now: datetime) -> None:
    """Whoever may sign the next step is asked to: set persons, or the supervisors at the end."""
    steps = taken(tx, number)
    final = rules.next_step(steps) == "final"
    asked = {"step": rules.next_step(steps), "returned": rules.times_returned(steps)}
    for who in readers(tx):
        able = may(who.roles, Right.SIGN_OFF) if final else not _only_final(tx, who)
        if able and not rules.has_signed(steps, who.id):
            tell(tx, who.id, "paper_sign", number, now, args=asked)


def _finish(tx: Transaction, number: int, by: int, bureau: Bureau, now: datetime) -> None:
    """It goes out, and says for good what it says now."""
    papers.change(tx, number, state=SENT, sent_at=now)
    frozen.keep(tx, paper_facts.paper(tx, number, bureau, now), by, now)
    outbox.owe_again(tx, "paper_draft", number, now)
    for who in readers(tx):
        tell(tx, who.id, "paper_final", number, now)


def give_back(tx: Transaction, by: int, number: int, reason: str, now: datetime) -> None:
    """「退回」: the signatures fall, and whoever signed hears why."""
    require(tx, by, Right.PAPERS)
    _is_draft(tx, number)
    steps = taken(tx, number)
    signed = rules.signatures(steps)
    if not signed:
        raise TooLate("这份还没有人审过，退不了。")
    awaited.done(tx, by)
    said = " ".join(reason.split())[:LONGEST]
    papers.sign(tx, number, rules.next_step(steps) or "final", by, RETURNED, said, now)
    _changed(tx, number, by, "give_back", {"reason": said}, now)
    outbox.owe_again(tx, "paper_sign", number, now)
    for person in dict.fromkeys(one.person for one in signed):
        if person != by:
            tell(tx, person, "paper_returned", number, now)


def drop(tx: Transaction, by: int, number: int, now: datetime) -> None:
    """「这月不要」, or, pressed again, 「还是要」."""
    require(tx, by, Right.SIGN_OFF)
    paper = the_paper(tx, number)
    if paper.state == SENT:
        raise TooLate("这份已经定稿了，撤不了。")
    state = DRAFT if paper.state == SKIPPED else SKIPPED
    papers.change(tx, number, state=state)
    journal.write(tx, now, by, state, f"paper/{number}", {})
    outbox.owe_again(tx, "paper_draft", number, now)


def later(tx: Transaction, by: int, number: int, bureau: Bureau, now: datetime) -> date:
    """「稍后」: the pack comes again after some working days; the day."""
    require(tx, by, Right.PAPERS)
    today = now.astimezone(bureau.tz).date()
    day = bureau.calendar.add_workdays(today, LATER_DAYS)
    hour = bureau.hours.papers
    at = midnight(day, bureau.tz).replace(hour=hour.hour, minute=hour.minute)
    key = f"later:{number}:{by}:{day.isoformat()}"
    dues.note(tx, [Occurrence(key, "paper_later", at, {"paper": number, "person": by})], now)
    return day


def again(tx: Transaction, number: int, person: int, now: datetime) -> str:
    """What was put off is shown again, where it is still a draft."""
    paper = papers.by_id(tx, number)
    if paper is None or paper.state != DRAFT:
        return "dropped: no draft any more"
    tell(tx, person, "paper_draft", number, now)
    return "told"


def _is_draft(tx: Transaction, number: int) -> None:
    state = the_paper(tx, number).state
    if state == SENT:
        raise TooLate("这份已经定稿了，什么也没改。")
    if state == SKIPPED:
        raise TooLate("这份先前说不要了。要的话先点「还是要」。")


def _changed(
    tx: Transaction, number: int, by: int, deed: str, detail: dict[str, str], now: datetime
) -> None:
    papers.change(tx, number, state=the_paper(tx, number).state)
    journal.write(tx, now, by, deed, f"paper/{number}", detail)
    outbox.owe_again(tx, "paper_draft", number, now)
