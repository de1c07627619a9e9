"""Changing a report after it was taken: place, category, words, withdrawing and taking back.

Nothing is overwritten: each change writes new finds, and the journal keeps both. A press of any age
is carried out while it is still lawful; the version on the button only tells whether somebody else
was first. Knows no chat library and no sentence but its refusals'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.actions import alike, problem_follow, round_reports, round_state
from bot.actions.loop import withdrawable
from bot.actions.people import require
from bot.actions.readings import Reader, asked, intent_of, reread
from bot.actions.reports import Message, owe_reaction, owe_receipt, owe_todo
from bot.errors import NotAllowed, NotFound, Refused
from bot.rules.joining import SAID
from bot.rules.menus import Menu
from bot.rules.records import NO_TROUBLE, Bureau, Find, Reading
from bot.rules.rights import Right, may
from storage import hints, journal, outbox, parts, people, reports
from storage.people import Person
from storage.reports import CASES, Report
from storage.schema import Transaction


def held(tx: Transaction, person: int, report: int) -> tuple[Person, Report]:
    """The person and the report, where this person may change it.

    Raises NotFound, or NotAllowed for somebody else's report (a leader may change his squad's).
    """
    who = require(tx, person, Right.CORRECT_OWN)
    found = reports.by_id(tx, report)
    if found is None:
        raise NotFound
    own = who.id in (found.person, found.holder)
    squad = who.squad is not None and who.squad == found.squad
    if own or (squad and may(who.roles, Right.CORRECT_SQUAD)):
        return who, found
    author = people.by_id(tx, found.person)
    raise NotAllowed(f"这条是{author.name if author else '别人'}报的，要改请找本人或者中队长。")


def open_menu(tx: Transaction, person: int, report: int, menu: Menu | None, now: datetime) -> None:
    """The card shows this list of choices, or its plain face for None."""
    _, found = held(tx, person, report)
    _refuse_withdrawn(found)
    reports.change(tx, found.id, menu=menu.stored() if menu else None)
    outbox.owe_again(tx, "receipt", found.id, now)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card is wanted: below which message of which chat."""

    line: str
    chat: int
    message: int


def show(tx: Transaction, person: int, report: int, at: Place, now: datetime) -> None:
    """The report's card is shown anew below `at`, in the chat of whoever asks.

    For somebody who took the matter over, or whose card lies far above; all copies follow.
    """
    _, found = held(tx, person, report)
    key = f"receipt:{found.id}:{at.line}:{at.chat}:{at.message}"
    outbox.owe(tx, at.line, at.chat, "receipt", found.id, now, key=key)


def show_number(
    tx: Transaction, person: int, short: str, at: Place, bureau: Bureau, now: datetime
) -> None:
    """The card of the report with this short number (0612-007), of this year or the last."""
    year = now.astimezone(bureau.tz).year
    for number in (f"R-{year}{short}", f"R-{year - 1}{short}"):
        found = reports.by_number(tx, number)
        if found is not None:
            show(tx, person, found.id, at, now)
            return
    raise NotFound(f"没有编号 {short} 的上报。编号写在每张卡片的第二行。")


def set_spot(
    tx: Transaction, person: int, report: int, spot: str, position: int | None, bureau: Bureau,
    now: datetime,
) -> None:  # fmt: skip
    """The finds at the place of the one at `position`, else those without one, else all, are here.

    Raises NotFound for a spot that is no longer there.
    """
    if bureau.spot(spot) is None:
        raise NotFound("这个点位已经不在点位表里了，什么也没改。请另选一个。")
    who, found = held(tx, person, report)
    _refuse_withdrawn(found)
    _, old = reports.read_finds(tx, found.id)
    unplaced = [i for i, find in enumerate(old) if find.spot is None and not find.spot_text]
    same = _alike(old, position, lambda find: (find.spot, find.spot_text))
    chosen = same or set(unplaced or range(len(old)))
    _rewrite(
        tx, who, found, "place", bureau, now,
        lambda i, f: replace(f, spot=spot, spot_text=None, category=f.category or NO_TROUBLE)
        if i in chosen else f,
    )  # fmt: skip


def set_category(
    tx: Transaction, person: int, report: int, category: str, position: int | None,
    bureau: Bureau, now: datetime,
) -> None:  # fmt: skip
    """The finds of the category of the one at `position`, or all of them, are of this one."""
    if bureau.category(category) is None:
        raise NotFound("这个类别已经不在类别表里了，什么也没改。请另选一个。")
    who, found = held(tx, person, report)
    _refuse_withdrawn(found)

    _, old = reports.read_finds(tx, found.id)
    chosen = _alike(old, position, lambda find: find.category) or set(range(len(old)))

    def changed(index: int, find: Find) -> Find:
        if index not in chosen:
            return find
        if category == NO_TROUBLE:
            return replace(find, category=category, count=None, action="none", state="none")
        state = find.state if find.state != "none" else "open"
        action = find.action if find.action != "none" else "found"
        return replace(find, category=category, action=action, state=state)

    _rewrite(tx, who, found, "category", bureau, now, changed)


def withdraw(tx: Transaction, person: int, report: int, bureau: Bureau, now: datetime) -> None:
    """The report no longer counts; its card offers to take it back. Twice changes nothing.

    Raises TooLate where a problem of it was reviewed and closed, which only a leader undoes.
    """
    who, found = held(tx, person, report)
    if found.withdrawn_at is None:
        withdrawable(tx, found.id, who, bureau)
        revision, _ = reports.read_finds(tx, found.id)
        reports.set_counts(tx, found.id, revision, False)
        reports.change(
            tx, found.id, withdrawn_at=now, menu=None, changed_by=who.id, changed_at=now,
            change="withdraw",
        )  # fmt: skip
        journal.write(tx, now, who.id, "withdraw", found.number, {})
        round_state.follow(tx, found.id, now)
        problem_follow.follow(tx, found.id, bureau, now)
        owe_todo(tx, found.id, now)
    outbox.owe_again(tx, "receipt", found.id, now)


def restore(tx: Transaction, person: int, report: int, bureau: Bureau, now: datetime) -> None:
    """A withdrawn report counts again."""
    who, found = held(tx, person, report)
    if found.withdrawn_at is not None:
        revision, _ = reports.read_finds(tx, found.id)
        reports.set_counts(tx, found.id, revision, not found.practice)
        reports.change(
            tx, found.id, withdrawn_at=None, changed_by=who.id, changed_at=now, change="restore"
        )
        journal.write(tx, now, who.id, "restore", found.number, {})
        round_state.follow(tx, found.id, now)
        problem_follow.follow(tx, found.id, bureau, now)
        owe_todo(tx, found.id, now)
        alike.ask(tx, found.id, bureau, now)
    outbox.owe_again(tx, "receipt", found.id, now)


def withdraw_last(tx: Transaction, person: int, line: str, bureau: Bureau, now: datetime) -> str:
    """The person's newest report is withdrawn; its number. Raises NotFound when there is none."""
    last = reports.last_of(tx, person, line)
    if last is None or last.withdrawn_at is not None:
        raise NotFound("没有可以撤回的上报。要撤早先的，点那张卡片上的「撤回」。")
    withdraw(tx, person, last.id, bureau, now)
    if not outbox.owed_of(tx, "receipt", last.id):
        owe_receipt(tx, last.line, last.chat, last.id, now)
    return last.number


def edit_words(
    tx: Transaction, person: int, line: str, chat: int, message: int, words: str, read: Reader,
    bureau: Bureau, now: datetime,
) -> str | None:  # fmt: skip
    """The part's words are these, the finds follow; the report's number.

    None when the message is no part of a report. Raises Refused for a withdrawn one.
    """
    part = parts.by_message(tx, line, chat, message)
    if part is None or part.report is None:
        return None
    who, found = held(tx, person, part.report)
    if found.withdrawn_at is not None:
        raise Refused("这条已经撤回，改了也不算数。要改先点卡片上的「恢复」。")
    if found.line == CASES:
        raise Refused("这是转来的工单，改原话不算数。地点、类别要改，发编号看卡片。")
    if part.text != words:
        parts.reword(tx, part.id, words)
        sent = found.last_part_at
        changes = reread(tx, who, found, read(words, sent), read, bureau, sent, now)
        owe_todo(tx, found.id, now)
        reports.change(tx, found.id, **changes)
        journal.write(
            tx, now, who.id, "reword", found.number,
            {"message": message, "before": part.text, "after": words},
        )  # fmt: skip
        author = people.by_id(tx, found.person) or who
        whole = read(str(changes["text"]), sent)
        round_reports.again(tx, author, found.id, whole, bureau, now)
        problem_follow.follow(tx, found.id, bureau, now)
    owe_receipt(tx, found.line, found.chat, found.id, now)
    alike.ask(tx, found.id, bureau, now)
    return found.number


@dataclass(frozen=True, slots=True)
class Here:
    """A location that was sent: by which message, at which spot, how many metres away.

    `datum` is the one it came in, where it was not WGS-84.
    """

    line: str
    chat: int
    message: int
    spot: str
    metres: float | None
    datum: str | None = None


def here(
    tx: Transaction, person: int, at: Here, sent: datetime, bureau: Bureau, now: datetime
) -> None:
    """The person is at the spot: a report that waits for a place gets it, later photos follow."""
    who = require(tx, person, Right.REPORT)
    if bureau.spot(at.spot) is None:
        raise NotFound("这个点位已经不在点位表里了。发照片时写上路名就行。")
    hints.keep(tx, who.id, at.spot, sent, at.datum)
    last = reports.last_of(tx, who.id, at.line)
    if last is not None and last.asking and not last.withdrawn_at and _fresh(last, sent):
        set_spot(tx, who.id, last.id, at.spot, None, bureau, now)
        # It is a part of what it places: who sends it has not moved on.
        reports.change(tx, last.id, last_part_at=max(last.last_part_at, sent))
        owe_reaction(tx, at.line, at.chat, at.message, now)
        return
    args = {"spot": at.spot, "metres": at.metres}
    outbox.owe(tx, at.line, at.chat, "near", at.message, now, args=args)


def say_place(tx: Transaction, person: int, spot: str, at: datetime) -> None:
    """The spot was named, and nothing said of it: a photo of the next minute is of there."""
    hints.keep(tx, require(tx, person, Right.REPORT).id, spot, at, SAID)


def waits_for_words(tx: Transaction, person: int, message: Message, bureau: Bureau) -> bool:
    """Whether the person has just sent a photo without a word: any words then belong to it."""
    last = reports.last_of(tx, person, message.line)
    if last is None or last.withdrawn_at or last.chat != message.chat or not last.asking:
        return False
    held = parts.of_report(tx, last.id)
    near = abs((message.at - last.last_part_at).total_seconds()) <= bureau.limits.join_seconds
    return near and not any(part.text for part in held)


def not_here(tx: Transaction, person: int, now: datetime) -> None:
    """The last location is forgotten."""
    del now
    hints.drop(tx, require(tx, person, Right.REPORT).id)


def _fresh(report: Report, sent: datetime) -> bool:
    return sent - report.last_part_at <= timedelta(hours=1)


def _refuse_withdrawn(report: Report) -> None:
    if report.withdrawn_at is not None:
        raise Refused("这条已经撤回。要改先点「恢复」。")


def _alike(old: tuple[Find, ...], position: int | None, what: Callable[[Find], object]) -> set[int]:
    """The places of all finds that are like the one at `position`; none where there is none."""
    if position is None or position >= len(old):
        return set()
    return {i for i, find in enumerate(old) if what(find) == what(old[position])}


def _rewrite(
    tx: Transaction, who: Person, report: Report, deed: str, bureau: Bureau, now: datetime,
    changed: Callable[[int, Find], Find],
) -> None:  # fmt: skip
    revision, old = reports.read_finds(tx, report.id)
    new = tuple(changed(index, find) for index, find in enumerate(old))
    values: dict[str, object] = {"menu": None}
    if new != old:
        reports.write_finds(
            tx, report.id, revision + 1, new, person=report.person,
            occurred_at=report.occurred_at, counts=not report.practice,
            rebound="rebound" in report.flags,
        )  # fmt: skip
        values |= {
            "asking": asked(new), "intent": intent_of_finds(report, new), "changed_by": who.id,
            "changed_at": now, "change": deed, "guessed": None,
        }  # fmt: skip
        journal.write(
            tx, now, who.id, deed, report.number,
            {"before": [[f.spot or f.spot_text, f.category] for f in old],
             "after": [[f.spot or f.spot_text, f.category] for f in new]},
        )  # fmt: skip
    reports.change(tx, report.id, **values)
    round_state.follow(tx, report.id, now)
    problem_follow.follow(tx, report.id, bureau, now)
    owe_todo(tx, report.id, now)
    outbox.owe_again(tx, "receipt", report.id, now)
    alike.ask(tx, report.id, bureau, now)


def intent_of_finds(report: Report, found: tuple[Find, ...]) -> str:
    """What the report is after its finds were changed by hand."""
    reading = Reading(intent="obligation") if report.intent == "obligation" else Reading()
    return intent_of(reading, found)
