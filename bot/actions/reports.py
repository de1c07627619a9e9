"""Taking a report: a message becomes a new report or a part of the last one; one deed.

Knows no chat library and no sentence: it owes cards, and the sender words them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.actions import alike, problem_follow, problem_words, round_reports, round_state
from bot.actions.people import require
from bot.actions.readings import (
    Reader,
    asked,
    hear,
    intent_of,
    is_late,
    moment_of,
    place,
    reread,
)
from bot.rules.joining import SAID, Arrival, Guess, Previous, joins
from bot.rules.records import AREA, NO_TROUBLE, Bureau, Find, Reading
from bot.rules.rights import Right
from bot.rules.rounds import tells_whole, told_at
from storage import hints, journal, outbox, parts, patrols, people, reports
from storage.parts import Part
from storage.people import Person
from storage.reports import CASES, Report
from storage.schema import Transaction

LONGEST_SETTLE = timedelta(seconds=10)
"""A first receipt waits no longer than this, whatever still comes (conversations.md 3.6)."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that a line announces; `size` in bytes where the line tells it.

    `refused` is the sentence for a file that can't be had at all.
    """

    kind: str
    file_id: str
    unique_id: str
    size: int | None = None
    name: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a handler passes it on; `at` is when it was sent, aware.

    `settle` is how long the line waits for more before the first receipt (conversations.md 3.6);
    without `captions` the words for a photo come after it, in a message of their own. `reply` is
    the message that it answers.
    """

    line: str
    chat: int
    number: int
    at: datetime
    words: str
    file: File | None = None
    album: str | None = None
    settle: timedelta = timedelta(0)
    captions: bool = True
    reply: int | None = None


def take_report(
    tx: Transaction, officer: int, message: Message, read: Reader, bureau: Bureau, now: datetime
) -> str | None:
    """The message is part of a report, its file is owed, the card too; the report's number.

    None when the message was taken before (a platform repeats itself). Raises NotAllowed.
    """
    person = require(tx, officer, Right.REPORT)
    if parts.by_message(tx, message.line, message.chat, message.number) is not None:
        return None
    reading = read(message.words, message.at)
    last = _last_report(tx, message, person, reading, bureau)
    if last is not None:
        _join(tx, person, last, message, reading, read, bureau, now)
        return last.number
    theirs = problem_words.elsewhere(tx, person, _said(message, reading), bureau)
    if theirs is None:
        return begin_report(tx, person, message, reading, bureau, now)
    here = Find(theirs.spot, NO_TROUBLE, spot_text=theirs.spot_text)
    number = begin_report(
        tx, person, message, replace(reading, intent="patrol_ok", items=(here,)), bureau, now
    )
    own = reports.by_number(tx, number)
    assert own is not None
    problem_follow.done(tx, theirs, own, 0, person, bureau, now)
    return number


def waits_for(
    tx: Transaction, officer: int, message: Message, reading: Reading, bureau: Bureau
) -> Report | None:
    """What the person has just reported, where the message would become a part of it."""
    person = require(tx, officer, Right.REPORT)
    return _last_report(tx, message, person, reading, bureau)


def _last_report(
    tx: Transaction, message: Message, person: Person, reading: Reading, bureau: Bureau
) -> Report | None:
    """The report that the message belongs to, or None for a new one."""
    if message.album:
        known = parts.report_of_album(tx, message.line, message.chat, message.album)
        if known is not None:
            return _album_report(tx, known, message, reading)
    last = reports.last_of(tx, person.id, message.line)
    if last is None or last.withdrawn_at or last.chat != message.chat:
        last = None
    meant = problem_words.meant(tx, person, _said(message, reading), last, bureau)
    if meant is not None or last is None:
        return meant
    previous = Previous(
        placed=last.asking != "spot", worded=bool(last.text), guessed=last.guessed is not None,
        last_part_at=last.last_part_at,
    )  # fmt: skip
    new = Arrival(message.file is not None, message.words, reading, message.at)
    if not joins(new, previous, None, bureau.limits):
        return None
    hint = hints.of(tx, person.id)
    return last if joins(new, previous, hint and hint.at, bureau.limits) else None


def _album_report(tx: Transaction, known: int, message: Message, reading: Reading) -> Report | None:
    """The album's report; None where its first words show that it is one of its own.

    An album whose first pictures had no words may have joined what was reported a moment before;
    a caption on a later picture then makes it a new report, and its pictures move there.
    """
    report = reports.by_id(tx, known)
    if report is None or report.album == message.album or not message.words:
        return report
    return report if reading.intent == "followup" else None


def begin_report(
    tx: Transaction, person: Person, message: Message, reading: Reading, bureau: Bureau,
    now: datetime,
) -> str:  # fmt: skip
    """The message is a new report, read so, whatever came before it; its number."""
    if reading.at is None and tells_whole(message.words):
        reading = replace(reading, at=told_at(message.words, message.at.astimezone(bureau.tz)))
    occurred_at = moment_of(reading, message.at)
    found, guess = _placed(tx, person, message, reading, bureau)
    before = reports.last_of(tx, person.id, message.line)
    number = reports.next_number(tx, "R", now.astimezone(bureau.tz).date())
    asking = asked(found)
    guessed = guess.source if guess and guess.source != SAID else None
    report = reports.add(
        tx, number=number, person=person.id, holder=person.id, squad=person.squad,
        line=message.line, chat=message.chat, message=message.number, album=message.album,
        intent=intent_of(reading, found), source=reading.source, text=message.words,
        flags=list(reading.flags), occurred_at=occurred_at, received_at=now,
        last_part_at=message.at, late=is_late(reading, occurred_at, message.at, bureau),
        practice=person.practising, guessed=guessed, asking=asking,
        reminded=False, withdrawn_at=None, version=1, patrol_type=reading.patrol_type,
    )  # fmt: skip
    reports.write_finds(
        tx, report, 1, found, person=person.id, occurred_at=occurred_at,
        counts=not person.practising, rebound="rebound" in reading.flags,
    )  # fmt: skip
    if person.practising:
        people.change(tx, person.id, practising=False)
    add_part(tx, report, message, now)
    _gather_album(tx, report, message, now)
    _gather_shots(tx, report, before, message, bureau, now)
    hear(tx, (), found, number, now)
    journal.write(
        tx, now, person.id, "report", number,
        {"words": message.words, "finds": [_plain(find) for find in found],
         "file": message.file.unique_id if message.file else None},
    )  # fmt: skip
    on_round = round_reports.attach(tx, person, report, reading, bureau, now)
    problem_follow.follow(tx, report, bureau, now)
    if on_round:
        owe_reaction(tx, message.line, message.chat, message.number, now)
    else:
        owe_receipt(tx, message.line, message.chat, report, now, wait=message.settle)
    alike.ask(tx, report, bureau, now, message.settle)
    return number


def _placed(
    tx: Transaction, person: Person, message: Message, reading: Reading, bureau: Bureau
) -> tuple[tuple[Find, ...], Guess | None]:
    """The finds with their places; a whole round that was told of is at no single one."""
    if not any(find.spot for find in reading.items) and tells_whole(message.words):
        return (Find(spot_text=AREA, category=NO_TROUBLE),), None
    return place(tx, person, reading, message.at, bureau)


def _join(
    tx: Transaction, person: Person, last: Report, message: Message, reading: Reading,
    read: Reader, bureau: Bureau, now: datetime,
) -> None:  # fmt: skip
    add_part(tx, last.id, message, now)
    last = problem_words.fold(tx, person, last, _said(message, reading), bureau, now)
    changes: dict[str, object] = {"last_part_at": max(last.last_part_at, message.at)}
    if message.words:
        changes |= reread(tx, person, last, reading, read, bureau, message.at, now)
        owe_todo(tx, last.id, now)
    reports.change(tx, last.id, **changes)
    if message.words and last.patrol is None:
        round_reports.attach(tx, person, last.id, reading, bureau, now)
    journal.write(
        tx, now, person.id, "add", last.number,
        {"words": message.words, "file": message.file.unique_id if message.file else None},
    )  # fmt: skip
    round_state.follow(tx, last.id, now)
    problem_follow.follow(tx, last.id, bureau, now)
    if not _is_told(tx, last.id) or message.words:
        owe_receipt(tx, message.line, message.chat, last.id, now, wait=message.settle)
    if message.words:
        alike.ask(tx, last.id, bureau, now, message.settle)
    if message.file and (message.album is None or message.album != last.album):
        owe_reaction(tx, message.line, message.chat, message.number, now)


def _said(message: Message, reading: Reading) -> problem_words.Said:
    return problem_words.Said(
        message.line, message.chat, message.at, message.words, message.file is not None, reading
    )


def _is_told(tx: Transaction, report: int) -> bool:
    """Whether the card of a round that is going on tells of the report, which has none itself."""
    patrol = patrols.of_report(tx, report)
    found = patrols.by_id(tx, patrol) if patrol is not None else None
    return found is not None and found.is_open and not outbox.owed_of(tx, "receipt", report)


def owe_receipt(
    tx: Transaction, line: str, chat: int, report: int, now: datetime,
    wait: timedelta = timedelta(0),
) -> None:  # fmt: skip
    """The report's one card is owed in its present state; of a case those that were asked for."""
    if line == CASES:
        outbox.owe_again(tx, "receipt", report, now)
        return
    due = now
    if wait:
        due = outbox.quiet_until(tx, f"receipt:{report}:{line}:{chat}", now, wait, LONGEST_SETTLE)
    outbox.owe(tx, line, chat, "receipt", report, now, due_at=due)


def owe_todo(tx: Transaction, report: int, now: datetime) -> None:
    """A reminder of the report that was shown says how it now stands."""
    outbox.owe_again(tx, "reminder", report, now)


def owe_reaction(tx: Transaction, line: str, chat: int, message: int, now: datetime) -> None:
    """The message gets its 👌, which is sent only after this deed is committed."""
    outbox.owe(tx, line, chat, "reaction", message, now)


def add_part(tx: Transaction, report: int, message: Message, now: datetime) -> None:
    """The message is a part of the report; its file is to be fetched."""
    file = message.file
    refused = file.refused if file else None
    expected = parts.UNAVAILABLE if refused else parts.EXPECTED
    parts.add(
        tx, report=report, line=message.line, chat=message.chat, message=message.number,
        kind=file.kind if file else "text", album=message.album, text=message.words,
        received_at=now, sent_at=message.at,
        file_id=file.file_id if file else None, unique_id=file.unique_id if file else None,
        file_name=file.name if file else None, expected_size=file.size if file else None,
        state=expected if file else None, reason="too big" if refused else None, attempts=0,
        due_at=now if file and not refused else None,
    )  # fmt: skip
    if refused:
        key = f"lost:{message.line}:{message.chat}:{message.number}"
        args = {"reason": refused}
        outbox.owe(tx, message.line, message.chat, "lost", report, now, key=key, args=args)


def _gather_album(tx: Transaction, report: int, message: Message, now: datetime) -> None:
    """Pictures of the album that had joined another report belong to this one, and both say so."""
    if message.album is None:
        return
    before = parts.report_of_album(tx, message.line, message.chat, message.album)
    if before is not None and before != report:
        parts.move_album(tx, message.line, message.chat, message.album, report)
        reports.change(tx, before)
        outbox.owe_again(tx, "receipt", before, now)


def _gather_shots(
    tx: Transaction, report: int, before: Report | None, message: Message, bureau: Bureau,
    now: datetime,
) -> None:  # fmt: skip
    """Where words follow their photo: those just sent without a word belong to these words.

    They had joined what was reported before them, which by these words is another matter.
    """
    if message.file is not None or before is None:
        return
    shots = _loose_shots(tx, before, message, bureau)
    if shots:
        parts.move(tx, shots, report)
        reports.change(tx, before.id)
        owe_receipt(tx, message.line, message.chat, before.id, now, wait=message.settle)


def shots_wait(tx: Transaction, officer: int, message: Message, bureau: Bureau) -> bool:
    """Whether photos were just sent without a word, which the words of this message are for."""
    before = reports.last_of(tx, officer, message.line)
    return before is not None and bool(_loose_shots(tx, before, message, bureau))


def _loose_shots(tx: Transaction, before: Report, message: Message, bureau: Bureau) -> list[int]:
    if message.captions or before.chat != message.chat or before.withdrawn_at:
        return []
    # By when they were sent: after a stop all that waited is received in one moment.
    near = message.at - timedelta(seconds=bureau.limits.join_seconds)
    loose = _since_told(tx, before)
    return [part.id for part in loose if (part.sent_at or part.received_at) >= near]


def _since_told(tx: Transaction, report: Report) -> list[Part]:
    """The report's photos that came after it was told what it is: by words, or else by a button.

    None of those that follow words which came first: whoever writes first sends the photos then.
    """
    held = sorted(parts.of_report(tx, report.id), key=lambda part: part.id)
    worded = max((n for n, part in enumerate(held) if part.text), default=-1)
    if worded >= 0:
        shot_first = any(part.state for part in held[: worded + 1])
        return held[worded + 1 :] if shot_first else []
    told = report.changed_at
    if told is None and report.guessed is None and report.asking is None:
        return held[1:]  # its place was said in a message of its own, before the first
    return [part for part in held if told is not None and part.received_at > told]


def _plain(find: Find) -> list[object]:
    return [find.spot or find.spot_text, find.category, find.count, find.action, find.state]
