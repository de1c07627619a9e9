"""How a report reads: its finds, places and moments from all its words, also after new ones.

Knows no message and no card; only words, readings and what stands in the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.rules.joining import SAID, Guess, guess_spot
from bot.rules.put_right import put_right
from bot.rules.records import AREA, NO_TROUBLE, Bureau, Find, Reading
from storage import hints, outbox, parts, reports, spots
from storage.people import Person
from storage.reports import Report
from storage.schema import Transaction

Reader = Callable[[str, datetime], Reading]


def reread(
    tx: Transaction, person: Person, report: Report, newest: Reading, read: Reader,
    bureau: Bureau, sent: datetime, now: datetime,
) -> dict[str, object]:  # fmt: skip
    """The report's finds follow all its words, as of when they were sent; what changes in its row.

    A follow-up ("已劝离") changes what was done about the finds, not what was found; a correction
    ("改成3处") what it names. A spot or category that somebody set by button is kept where the
    words don't say another.
    """
    revision, found = before = reports.read_finds(tx, report.id)
    texts = [part.text for part in parts.of_report(tx, report.id) if part.text]
    words = "，".join(texts)
    if newest.right is not None:
        right = put_right(found, newest.right)
        reading, occurred_at = newest, report.occurred_at
        changes: dict[str, object] = {"text": words}
        if not isinstance(right, str):
            found = right
            changes |= {"intent": intent_of(Reading(), found), "guessed": None}
            if report.change not in ("place", "category"):  # what was set by button stays known
                changes |= {"change": "words", "changed_by": person.id, "changed_at": now}
    elif newest.intent == "followup":
        done = next((find for find in newest.items), Find())
        found = tuple(replace(f, action=done.action, state=done.state) for f in found)
        occurred_at = report.occurred_at
        reading = newest
        changes = {"text": words}
    else:
        told = [text for text in texts if read(text, sent).right is None]
        reading = read("，".join(told), sent)
        if reading.intent == "unknown" != newest.intent:
            reading = newest  # 农贸市场, after 明天去松江路巡查
        if _reports_nothing(reading) and _waited_for_words(tx, report):
            found = ()
        occurred_at = moment_of(reading, report.occurred_at)
        says_place = any(find.spot or find.spot_text for find in reading.items)
        if report.change in ("place", "category") and not says_place and asked(found) is None:
            # Nothing is guessed where somebody has said by button which place it is.
            fresh, guess = _without_trouble_unless_said(reading), None
        else:
            fresh, guess = place(tx, person, reading, report.last_part_at, bureau)
        fresh = _as_set_by_hand(report, found, fresh, read(report.text, sent))
        found = tuple(_keep(old, new) for old, new in _pairs(found, fresh))
        found = _put_right_again(found, texts, read, sent)
        changes = {
            "text": words, "intent": intent_of(reading, found), "source": reading.source,
            "flags": list(reading.flags), "occurred_at": occurred_at,
            "patrol_type": reading.patrol_type,
            "late": is_late(reading, occurred_at, report.last_part_at, bureau),
        }  # fmt: skip
        guessed = guess.source if guess else (report.guessed if found else None)
        changes["guessed"] = None if says_place else guessed
    changes |= {"asking": asked(found), "menu": None}
    reports.write_finds(
        tx, report.id, revision + 1, found, person=report.person, occurred_at=occurred_at,
        counts=not report.practice and report.withdrawn_at is None,
        rebound="rebound" in (report.flags if newest.intent == "followup" else reading.flags),
    )  # fmt: skip
    hear(tx, before[1], found, report.number, now)
    return changes


def place(
    tx: Transaction, person: Person, reading: Reading, at: datetime, bureau: Bureau
) -> tuple[tuple[Find, ...], Guess | None]:
    """The reading's finds, each with a place where one was written or can be guessed.

    Words that only name a kind of place ("学校门口") are no place: which one is asked; so it is
    where the words are no report (今天天气真好, 明天去松江路) and he has not told where he is.
    """
    found = reading.items or (Find(),)
    if "spot" in reading.ask:
        found = tuple(find if find.spot else replace(find, spot_text=None) for find in found)
    if all(find.spot or find.spot_text for find in found):
        return found, None
    hint = hints.of(tx, person.id)
    said = hint is not None and hint.source == SAID
    last = None if _reports_nothing(reading) else hints.last_spot(tx, person.id)
    guess = guess_spot(at, hint and hint[:2], last, bureau.limits, said)
    if guess is None:
        return found, None
    if bureau.spot(guess.spot) is None and guess.spot not in spots.names(tx):
        return found, None
    return tuple(
        find if find.spot or find.spot_text
        else replace(find, spot=guess.spot, category=find.category or NO_TROUBLE)
        for find in found
    ), guess  # fmt: skip


def _reports_nothing(reading: Reading) -> bool:
    """今天天气真好: words, but none of a report; 如图 or no word at all leaves it to the photo."""
    return reading.intent == "unknown" and "spot" not in reading.ask


def _waited_for_words(tx: Transaction, report: Report) -> bool:
    """Whether its place was only guessed, because its words came after it, and nobody saw that."""
    shown = outbox.message_of(tx, "receipt", report.id, report.line, report.chat)
    return report.guessed == "last" and not report.text and shown is None


def _put_right_again(
    found: tuple[Find, ...], texts: list[str], read: Reader, sent: datetime
) -> tuple[Find, ...]:
    """The finds with the corrections that were written between the other words."""
    for told in (read(text, sent).right for text in texts):
        right = put_right(found, told) if told is not None else "nothing"
        found = found if isinstance(right, str) else right
    return found


def _without_trouble_unless_said(reading: Reading) -> tuple[Find, ...]:
    found = reading.items or (Find(),)
    return tuple(replace(find, category=find.category or NO_TROUBLE) for find in found)


def asked(found: tuple[Find, ...]) -> str | None:
    """What the officer has to be asked: "spot" while a find has no place at all."""
    return "spot" if any(find.spot is None and not find.spot_text for find in found) else None


def moment_of(reading: Reading, sent: datetime) -> datetime:
    """When it happened: as written, else when it was sent."""
    return reading.at if reading.at is not None else sent


def is_late(reading: Reading, occurred: datetime, received: datetime, bureau: Bureau) -> bool:
    """Whether the report tells of an earlier day, or says itself that it is late (补报)."""
    days = (moment.astimezone(bureau.tz).date() for moment in (occurred, received))
    return "late" in reading.flags or next(days) < next(days)


def intent_of(reading: Reading, found: tuple[Find, ...]) -> str:
    """Problem where any find names trouble, else a plain visit."""
    if reading.intent in ("problem", "obligation"):
        return reading.intent
    trouble = any(find.category not in (None, NO_TROUBLE) for find in found)
    return "problem" if trouble else "patrol_ok"


def hear(
    tx: Transaction, before: tuple[Find, ...], found: tuple[Find, ...], number: str, now: datetime
) -> None:
    """Place names of no spot count once a report."""
    old, new = (
        dict.fromkeys(f.spot_text for f in some if f.spot is None and f.spot_text != AREA)
        for some in (before, found)
    )
    for name in new:
        if name and name not in old:
            spots.heard(tx, name, number, now)


def _pairs(old: tuple[Find, ...], new: tuple[Find, ...]) -> list[tuple[Find | None, Find]]:
    return [(old[i] if i < len(old) else None, find) for i, find in enumerate(new)]


def _keep(old: Find | None, new: Find) -> Find:
    if old is None or new.spot or new.spot_text:
        return new
    return replace(
        new, spot=old.spot, spot_text=old.spot_text, category=new.category or old.category
    )


def _as_set_by_hand(
    report: Report, old: tuple[Find, ...], new: tuple[Find, ...], before: Reading
) -> tuple[Find, ...]:
    """The new finds, but what somebody set by button stays where no other place is named now.

    `before` is how the words read without the newest ones.
    """
    if report.change not in ("place", "category") or not old:
        return new
    named = {None, *(find.spot or find.spot_text for find in before.items)}
    if any((find.spot or find.spot_text) not in named for find in new):
        return new
    kept = [old[i] if i < len(old) else old[-1] for i in range(len(new))]
    return tuple(
        replace(find, spot=was.spot, spot_text=was.spot_text,
                category=was.category if report.change == "category" else find.category)
        for find, was in zip(new, kept, strict=True)
    )  # fmt: skip
