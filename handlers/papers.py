"""Papers in the chat: the digest's buttons, drafts and their steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import digests, paper_facts, papers
from bot.actions.people import require
from bot.rules import papers as rules
from bot.rules.papers import PaperFacts
from bot.rules.periods import Unit, unit_of
from bot.rules.records import Bureau
from bot.rules.rights import Right
from bot.words import digest as digest_words
from bot.words import measures as measure_words
from bot.words import papers as words
from bot.words.card import Card, Press
from handlers.desk import Write
from handlers.filters import Inside, Pressed, Words
from storage.database import Read
from storage.papers import SENT, Paper
from storage.people import Person
from storage.schema import Transaction

TEXT_GAPS = tuple(dict.fromkeys(code for gaps in rules.GAPS.values() for code, _ in gaps))
"""The gaps that are filled by words to the paper itself."""

Deed = Callable[[Transaction, int, int, str, Bureau, datetime], Card]

FORMS = ("docx", "xlsx", "png")


def build_router() -> Router:
    """What is pressed below papers, and the words that ask for one."""
    router = Router(name="papers")
    router.message.register(month, Words("月报", "上月月报"), Inside())
    router.message.register(quarter, Words("研判", "季度研判", "问题研判"), Inside())
    pressed = router.callback_query.register
    pressed(approve, Pressed("ea"), Inside())
    pressed(change_digest, Pressed("eb"), Inside())
    pressed(skip_digest, Pressed("ec"), Inside())
    pressed(file, Pressed("ed"), Inside())
    pressed(fill, Pressed("eg"), Inside())
    pressed(sign, Pressed("ei"), Inside())
    pressed(give_back, Pressed("ej"), Inside())
    pressed(drop, Pressed("ek"), Inside())
    pressed(later, Pressed("el"), Inside())
    pressed(show, Pressed("eo"), Inside())
    return router


# ---- the digest ----


async def approve(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「照发」, 「还是发吧」: the preview's card says so."""
    await write(digests.approve_now, person.id, press.subject, bureau, now)


async def change_digest(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「改一下」: a sentence is asked for."""

    def worded(paper: Paper) -> Card:
        return digest_words.ask_remark(paper.state == SENT)

    await write.saying(worded, digests.ask_remark, person.id, press.subject, now)


async def skip_digest(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「这周不发」."""
    await write(digests.skip, person.id, press.subject, now)


# ---- drafts ----


async def month(
    message: Message, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「月报」: the draft of the month that is over."""
    await write(papers.demand, person.id, "month", first_day(bureau, now, "month", -1), now)


async def quarter(
    message: Message, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「研判」: the pack of the quarter that runs."""
    await write(papers.demand, person.id, "quarter", first_day(bureau, now, "quarter", 0), now)


def first_day(bureau: Bureau, now: datetime, unit: Unit, offset: int) -> date:
    """The first day of the period that runs, or of one so many before or after it."""
    since = unit_of(now.astimezone(bureau.tz), unit, offset).since
    assert since is not None
    return since.date()


def facts_for(tx: Transaction, by: int, number: int, bureau: Bureau, now: datetime) -> PaperFacts:
    """The paper's facts for somebody who may see them."""
    require(tx, by, Right.PAPERS)
    return paper_facts.paper(tx, number, bureau, now)


async def file(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「Word」, 「Excel」: the paper as it stands."""
    form = press.arg if press.arg in FORMS else FORMS[0]
    facts = await read(facts_for, person.id, press.subject, bureau, now)
    return words.file(facts, form)


async def show(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """「看草稿」: the draft's card anew."""
    return words.draft(await read(facts_for, person.id, press.subject, bureau, now))


async def fill(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime,
    read: Read, write: Write,
) -> Card | None:  # fmt: skip
    """「补一处」: the next gap is asked for; 「定会议时间」 asks for that one."""
    facts = await read(facts_for, person.id, press.subject, bureau, now)
    missing = rules.gaps(facts)
    wanted = dict(rules.GAPS[facts.kind]).get(press.arg)
    if wanted is None and not missing:
        return words.nothing_missing(facts)
    code, name = (press.arg, wanted) if wanted is not None else missing[0]
    if code.startswith("effect:"):
        waiting = rules.without_effect(facts)
        return measure_words.ask_effect(waiting[0], len(waiting) - 1)
    if code == "measures":
        what, card = "measure", measure_words.ask_measure(words.name_of(facts))
    else:
        more = len([one for one, _ in missing if one != code])
        what, card = f"paper_{code}", words.ask_words(words.name_of(facts), name, more)
    await write.saying(lambda _: card, papers.expect, person.id, what, press.subject, now)
    return None


async def sign(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「自审通过」, 「审核通过」, 「终审通过」; after that everybody has the paper itself."""
    if press.arg == rules.STEPS[-1]:
        await write(papers.sign, person.id, press.subject, press.arg, bureau, now)
        return

    def deed(tx: Transaction) -> Card:
        step = papers.sign(tx, person.id, press.subject, press.arg, bureau, now)
        return words.after_sign(paper_facts.paper(tx, press.subject, bureau, now), step)

    await write.saying(as_it_is, deed)


async def give_back(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime,
    read: Read, write: Write,
) -> None:  # fmt: skip
    """「退回」: the reason is asked for."""
    facts = await read(facts_for, person.id, press.subject, bureau, now)
    card = words.ask_reason(words.name_of(facts))
    await write.saying(lambda _: card, papers.expect, person.id, "paper_back", press.subject, now)


async def drop(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「这月不要」, 「还是要」."""
    await write(papers.drop, person.id, press.subject, now)


async def later(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「稍后」."""

    def deed(tx: Transaction) -> Card:
        on = papers.later(tx, person.id, press.subject, bureau, now)
        paper = paper_facts.the_paper(tx, press.subject)
        return words.put_off(words.name(paper.kind, paper.start), on)

    await write.saying(as_it_is, deed)


# ---- words that were asked for (handlers/awaited.py): deed and what is said of it ----


def take_remark(
    tx: Transaction, by: int, number: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    """A sentence for the digest."""
    paper = digests.remark(tx, by, number, said, now)
    at = None if paper.state == SENT else digests.due_at(paper.start, bureau)
    return digest_words.remarked(paper.remark or "", at)


def take_reason(
    tx: Transaction, by: int, number: int, said: str, bureau: Bureau, now: datetime
) -> Card:
    """Why a paper goes back."""
    papers.give_back(tx, by, number, said, now)
    paper = paper_facts.the_paper(tx, number)
    return words.gave_back(words.name(paper.kind, paper.start))


def _take_gap(code: str) -> Deed:
    """Words for one of a paper's gaps."""

    def take(
        tx: Transaction, by: int, number: int, said: str, bureau: Bureau, now: datetime
    ) -> Card:
        papers.fill(tx, by, number, code, said, now)
        facts = paper_facts.paper(tx, number, bureau, now)
        return words.filled(dict(rules.GAPS[facts.kind])[code], facts)

    return take


def as_it_is(card: Card) -> Card:
    """What the deed made is said."""
    return card


AWAITED: dict[str, tuple[Deed, Callable[[Card], Card]]] = {
    "digest_remark": (take_remark, as_it_is),
    "paper_back": (take_reason, as_it_is),
    **{f"paper_{code}": (_take_gap(code), as_it_is) for code in TEXT_GAPS},
}  # fmt: skip
"""By what is awaited: the deed that takes the words, and what is said of its result."""
