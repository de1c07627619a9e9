"""What comes back too often is put before the quarter's review: an item of its pack.

Kept as a step of the paper, like what is written into its gaps. Knows no word of the paper.
"""

from __future__ import annotations

from datetime import datetime

from bot.actions import rebounds
from bot.actions.loop import known
from bot.actions.paper_facts import taken, the_paper
from bot.actions.people import require
from bot.actions.rebounds import LOWERED, RAISED
from bot.errors import TooLate
from bot.rules import papers as rules
from bot.rules.dates import step, unit_start
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import journal, outbox, papers
from storage.papers import QUARTER, SENT
from storage.problems import Problem
from storage.schema import Transaction


def put_in(tx: Transaction, by: int, problem: int, bureau: Bureau, now: datetime) -> int:
    """「列入研判」: the quarter's pack shows it; the paper's number. Pressed again it stays there.

    Raises TooLate where it is no rebound any more, or where the pack is in its signatures, which
    has to be given back first.
    """
    require(tx, by, Right.PAPERS)
    found = known(tx, problem)
    rebounds.standing(tx, found, bureau, now)
    number = _pack(tx, bureau, now)
    if found.id not in rules.raised(taken(tx, number)):
        _write(tx, by, number, found, RAISED, rules.RAISED_YES, now)
    return number


def take_out(tx: Transaction, by: int, problem: int, now: datetime) -> None:
    """「不列了」: the pack in which it was does not show it any more."""
    require(tx, by, Right.PAPERS)
    found = known(tx, problem)
    last = journal.newest(tx, [RAISED, LOWERED], found.number)
    if last is not None and last.deed == RAISED:
        _write(tx, by, int(last.detail["paper"]), found, LOWERED, "", now)


def _pack(tx: Transaction, bureau: Bureau, now: datetime) -> int:
    """The pack of the quarter, or of the next where this one's has gone out."""
    start = unit_start(now.astimezone(bureau.tz).date(), "quarter")
    pack = papers.of_period(tx, QUARTER, start)
    if pack is not None and pack.state == SENT:
        start = step(start, "quarter", 1)
    return papers.make(tx, QUARTER, start, now)


def _write(
    tx: Transaction, by: int, paper: int, problem: Problem, deed: str, words: str, now: datetime
) -> None:
    state = the_paper(tx, paper).state
    if state == SENT:
        raise TooLate("这季度的研判已经定稿了，改不了，什么也没改。")
    if rules.signatures(taken(tx, paper)):
        raise TooLate("这季度的研判已经有人审过了。要改先退回。")
    papers.sign(tx, paper, f"{rules.RAISED_STEP}{problem.id}", by, rules.WRITTEN, words, now)
    papers.change(tx, paper, state=state)
    journal.write(tx, now, by, deed, problem.number, {"paper": paper})
    outbox.owe_again(tx, "paper_draft", paper, now)
    rebounds.owe(tx, problem, now)
