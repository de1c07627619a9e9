"""Which problem words such as 已劝离 are about: the one in the author's hands, not his last photo.

People send a photo and then its words, or go on to the next spot and come back. Knows no card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions import round_state
from bot.rules.records import Bureau, Reading
from storage import journal, outbox, parts, problems, reports
from storage.people import Person
from storage.problems import Problem
from storage.reports import Report
from storage.schema import Transaction

SAME_DAY = timedelta(hours=12)
"""So long words without a place are taken for the one problem that somebody has in his hands."""

FOLDED = "folded"
"""The change of a report that was no report of its own: its photos went to another."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message as far as it matters here; `at` is when it was sent, `file` whether it has one."""

    line: str
    chat: int
    at: datetime
    words: str
    file: bool
    reading: Reading


def meant(
    tx: Transaction, person: Person, said: Said, last: Report | None, bureau: Bureau
) -> Report | None:
    """The report of the problem that the message is about, or None where it goes by the last one.

    Words of what was done belong to what is open; so does the photo that a handled one waits for.
    """
    if _tells_done(said.reading):
        return _of_words(tx, person, said, last, bureau)
    if said.file and not said.words:
        return _lacking_photo(tx, person, said, bureau)
    return None


def _of_words(
    tx: Transaction, person: Person, said: Said, last: Report | None, bureau: Bureau
) -> Report | None:
    mine = [(p, r) for p, r in _mine(tx, person, said) if said.at - p.found_at <= SAME_DAY]
    if last is not None and any(report.id == last.id for _, report in mine):
        return last
    if said.file and (asked := _lacking_photo(tx, person, said, bureau)) is not None:
        return asked  # 〔照片〕已劝离, after 当场处置了 was pressed
    if last is not None and _just_told(tx, last, said, bureau):
        return None  # 已整改, right after 烧烤摊2个，已劝离: of that, whatever else is open
    soon = timedelta(minutes=bureau.limits.last_spot_minutes)
    fresh = [r for _, r in mine if said.at - r.last_part_at <= soon]
    if last is not None and said.at - last.last_part_at <= soon and _waits_for_words(last):
        return None  # its photo was sent a moment ago, and is folded into the other's
    ids = {report.id for _, report in mine}
    chosen = fresh[:1] or ([report for _, report in mine][:1] if len(ids) == 1 else [])
    return next(iter(chosen), None)


def _just_told(tx: Transaction, last: Report, said: Said, bureau: Bureau) -> bool:
    """Whether trouble was told of in the last minute: words of what was done are of it."""
    near = timedelta(seconds=bureau.limits.join_seconds)
    return said.at - last.last_part_at <= near and bool(problems.of_report(tx, last.id))


def _lacking_photo(tx: Transaction, person: Person, said: Said, bureau: Bureau) -> Report | None:
    """The report whose handling was told without a photo of the place, which this one is."""
    for problem in just_handled(tx, person, said.at, bureau):
        report = reports.by_id(tx, problem.report)
        if report is None:
            continue
        if (report.line, report.chat) == (said.line, said.chat) and report.withdrawn_at is None:
            return report
    return None


def elsewhere(tx: Transaction, person: Person, said: Said, bureau: Bureau) -> Problem | None:
    """The problem that the person has in hand from another's report, where the message is of it.

    Words such as 已处置, or the photo that its handling still lacks; the message is then a report
    of his own at that place.
    """
    if any(find.spot or find.spot_text for find in said.reading.items):
        return None
    done = _tells_done(said.reading)
    if said.file and (done or not said.words):
        lacking = just_handled(tx, person, said.at, bureau)
        if lacking:
            return lacking[0]
    mine = [p for p in problems.open_with(tx, person.id) if p.handler == person.id]
    return mine[0] if done and len(mine) == 1 else None


def just_handled(tx: Transaction, person: Person, at: datetime, bureau: Bureau) -> list[Problem]:
    """What the person handled a moment ago and has sent no photo of, the newest first."""
    near = timedelta(minutes=bureau.limits.last_spot_minutes)
    lacking = problems.lacking_photo(tx, person.id)
    return [p for p in lacking if p.handled_at and timedelta(0) <= at - p.handled_at <= near]


def fold(
    tx: Transaction, person: Person, last: Report, said: Said, bureau: Bureau, now: datetime
) -> Report:
    """The report that the message is a part of now.

    A photo without a word that these words follow (已劝离) was no visit of its own: it goes to the
    report whose problem they are about, and what had stood for it counts no more.
    """
    if not _tells_done(said.reading) or not _waits_for_words(last) or last.text:
        return last
    revision, found = reports.read_finds(tx, last.id)
    spots = {find.spot for find in found if find.spot}
    soon = timedelta(minutes=bureau.limits.last_spot_minutes)
    for problem, report in _mine(tx, person, said):
        near = said.at - report.last_part_at <= soon
        if report.id == last.id or not near or (spots and problem.spot not in spots):
            continue
        parts.move(tx, [part.id for part in parts.of_report(tx, last.id)], report.id)
        reports.set_counts(tx, last.id, revision, False)
        reports.change(
            tx, last.id, withdrawn_at=now, menu=None, asking=None, changed_by=person.id,
            changed_at=now, change=FOLDED,
        )  # fmt: skip
        journal.write(tx, now, person.id, "fold", last.number, {"into": report.number})
        round_state.follow(tx, last.id, now)
        outbox.owe_again(tx, "receipt", last.id, now)
        return report
    return last


def _tells_done(reading: Reading) -> bool:
    """已劝离, without a place: what was done about something told before."""
    return reading.intent == "followup" and any(f.state == "closed" for f in reading.items)


def _waits_for_words(report: Report) -> bool:
    """Whether it is a photo whose place was only guessed, or is not known yet."""
    return report.asking == "spot" or report.guessed is not None


def _mine(tx: Transaction, person: Person, said: Said) -> list[tuple[Problem, Report]]:
    """What the person has open, with its report in this chat, the newest first."""
    found = []
    for problem in problems.open_with(tx, person.id):
        report = reports.by_id(tx, problem.report)
        if report is None or report.withdrawn_at is not None or problem.found_at > said.at:
            continue
        if (report.line, report.chat) == (said.line, said.chat):
            found.append((problem, report))
    return found
