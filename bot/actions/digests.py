"""The week's digest on its way: shown to the supervisors first, then sent to the groups, once.

No answer sends it as it is; a supervisor may add a sentence, or keep it back. Knows no word of it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.actions.paper_facts import taken, the_paper
from bot.actions.people import require, tell
from bot.errors import TooLate
from bot.rules.papers import SIGNED, digest_day, one_line
from bot.rules.periods import midnight
from bot.rules.records import Bureau, Role
from bot.rules.rights import Right
from storage import awaited, doors, dues, journal, outbox, papers, people
from storage.dues import Occurrence
from storage.papers import DRAFT, SENT, SKIPPED, WEEK, Paper
from storage.schema import Transaction

LONGEST_REMARK = 60
"""Letters of the sentence that is put below the numbers."""

PREVIEW = "preview"
"""The step that says: send it as it is."""

LOOK_AGAIN = timedelta(minutes=2)
"""So often it is looked whether a group is allowed by now."""

ANSWER = timedelta(hours=2)
"""So long the house waits for the sentence."""


def due_at(start: date, bureau: Bureau, *, preview: bool = False) -> datetime:
    """When the week's digest goes out, or is shown to the supervisors."""
    hour = bureau.hours.preview if preview else bureau.hours.digest
    day = midnight(digest_day(start, bureau), bureau.tz)
    return day.replace(hour=hour.hour, minute=hour.minute, second=hour.second)


def preview(tx: Transaction, start: date, now: datetime) -> int:
    """Every supervisor is owed the digest before it goes out; how many there are."""
    number = papers.make(tx, WEEK, start, now)
    if the_paper(tx, number).state != DRAFT:
        return 0
    readers = people.with_role(tx, Role.SUPERVISOR)
    for reader in readers:
        tell(tx, reader.id, "digest_preview", number, now)
    return len(readers)


def send(tx: Transaction, start: date, now: datetime) -> str:
    """The digest is owed to the groups, unless it went out before or is kept back.

    Where no group is allowed yet it stays a draft, and waits for one to the day's end.
    """
    number = papers.make(tx, WEEK, start, now)
    paper = the_paper(tx, number)
    if paper.state != DRAFT:
        return f"dropped: {paper.state}"
    groups = _go_out(tx, number, now)
    return f"sent to {groups} groups" if groups else "no group yet"


def still_waits(tx: Transaction, start: date) -> bool:
    """Whether the week's digest is still to go out, and there is no group to send it to."""
    paper = papers.of_period(tx, WEEK, start)
    return paper is not None and paper.state == DRAFT and not doors.allowed(tx)


def _wait(tx: Transaction, number: int, now: datetime) -> None:
    """The supervisors hear once that no group is allowed; one that is allowed today gets it."""
    if not outbox.owed_of(tx, "digest_sent", number):
        for reader in people.with_role(tx, Role.SUPERVISOR):
            tell(tx, reader.id, "digest_sent", number, now, args={"groups": 0})
    start = the_paper(tx, number).start.isoformat()
    key = f"digest_waits:{start}:{now:%Y%m%d}"
    dues.note(tx, [Occurrence(key, "digest_waits", now + LOOK_AGAIN, {"start": start})], now)


def _go_out(tx: Transaction, number: int, now: datetime) -> int:
    groups = doors.allowed(tx)
    if not groups:
        _wait(tx, number, now)
        return 0
    for line, chat in groups:
        outbox.owe(tx, line, chat, "digest", number, now, key=f"digest:{number}:{line}:{chat}")
    papers.change(tx, number, state=SENT, sent_at=now)
    journal.write(tx, now, None, "digest", f"paper/{number}", {"groups": len(groups)})
    outbox.owe_again(tx, "digest_preview", number, now)
    for reader in people.with_role(tx, Role.SUPERVISOR):
        tell(tx, reader.id, "digest_sent", number, now, args={"groups": len(groups)})
    return len(groups)


def approve(tx: Transaction, by: int, number: int, now: datetime) -> None:
    """「照发」: it goes out at its hour as it is; one that was kept back goes out after all."""
    require(tx, by, Right.SIGN_OFF)
    _still_here(tx, number)
    papers.sign(tx, number, PREVIEW, by, SIGNED, None, now)
    papers.change(tx, number, state=DRAFT)
    journal.write(tx, now, by, "approve", f"paper/{number}", {})
    outbox.owe_again(tx, "digest_preview", number, now)


def approve_now(tx: Transaction, by: int, number: int, bureau: Bureau, now: datetime) -> None:
    """The same; one whose hour is over goes out at once."""
    approve(tx, by, number, now)
    if due_at(the_paper(tx, number).start, bureau) <= now:
        _go_out(tx, number, now)


def skip(tx: Transaction, by: int, number: int, now: datetime) -> None:
    """「这周不发」. Raises TooLate where it is in the groups already."""
    require(tx, by, Right.SIGN_OFF)
    _still_here(tx, number)
    papers.change(tx, number, state=SKIPPED)
    journal.write(tx, now, by, "skip", f"paper/{number}", {})
    outbox.owe_again(tx, "digest_preview", number, now)


def ask_remark(tx: Transaction, by: int, number: int, now: datetime) -> Paper:
    """「改一下」: the person's next words are put below the numbers."""
    require(tx, by, Right.SIGN_OFF)
    paper = the_paper(tx, number)
    awaited.expect(tx, by, "digest_remark", number, now + ANSWER)
    return paper


def remark(tx: Transaction, by: int, number: int, words: str, now: datetime) -> Paper:
    """The words stand below the numbers; where the groups have it already, they get it again."""
    require(tx, by, Right.SIGN_OFF)
    said = one_line(words, LONGEST_REMARK)
    paper = the_paper(tx, number)
    awaited.done(tx, by)
    papers.change(tx, number, remark=said)
    journal.write(tx, now, by, "remark", f"paper/{number}", {"words": said})
    if paper.state == SENT:
        for line, chat in doors.allowed(tx):
            key = f"digest:{number}:{line}:{chat}:{paper.version + 1}"
            outbox.owe(tx, line, chat, "digest", number, now, key=key, args={"again": True})
    outbox.owe_again(tx, "digest_preview", number, now)
    return the_paper(tx, number)


def _still_here(tx: Transaction, number: int) -> None:
    if the_paper(tx, number).state == SENT:
        raise TooLate("这周的周报已经发到群里了。要改可以点「改两个字再发」。")


def approved(tx: Transaction, number: int) -> bool:
    """Whether a supervisor said that it goes out as it is."""
    return any(one.step == PREVIEW for one in taken(tx, number))
