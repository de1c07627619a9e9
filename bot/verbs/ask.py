"""`gangting ask`: the answer as the bot would say it, from the records of a home."""

from __future__ import annotations

from datetime import datetime

import click

from bot.actions import answering, figures, standing
from bot.actions.ledger_figures import report as ledger_report
from bot.errors import NotFound, Refused
from bot.rules.near import near
from bot.rules.questions import QuestionReader
from bot.rules.records import Bureau, Question
from bot.settings import Settings
from bot.verbs.reading import Batch, put
from bot.words import answers as words
from bot.words import ledger_figures, refusals, weeks
from bot.words.card import Card
from storage import people
from storage.database import Database
from storage.people import Person
from storage.schema import Transaction


async def ask(settings: Settings, batch: Batch, name: str | None) -> None:
    """Print the answer; of several texts a line of JSON each, with text and answer."""
    database = await Database.open(settings.database_url, exclusive=False, create=False)
    try:
        bureau = await database.read(standing.as_it_stands, settings.bureau)
        reader = QuestionReader(bureau, ahead=not batch.one)
        asker = await database.read(_asker, name) if name else None
        for said in batch.said(bureau):
            question = reader.read(said.text, said.now)
            card = await _commanded(database, said.text, bureau, said.now)
            if card is None:
                card = await _answered(database, question, asker, bureau, said.now)
            if question.reason not in (None, "rank") and card.rows:
                offered = (f"· {one}" for one in near(said.text, bureau))
                card = Card("\n".join([card.text, *offered]))
            if batch.one:
                click.echo(card.text)
            else:
                put({"text": said.text, "answer": card.text})
    finally:
        await database.close()


async def _commanded(database: Database, text: str, bureau: Bureau, now: datetime) -> Card | None:
    """What the chat says to its lasting commands: as the chat does, before it looks for more."""
    said = text.strip().strip("/ 。！？!?")
    if said in ("整改情况", "台账报告"):
        return ledger_figures.report(await database.read(ledger_report, bureau, now))
    if said not in ("周报", "本周还差什么", "还差什么", "点位"):
        return None
    found = await database.read(figures.week, bureau, now)
    if said == "周报":
        return weeks.week(found, now)
    return weeks.spots(found.spots) if said == "点位" else weeks.lacking(found)


async def _answered(
    database: Database, question: Question, asker: Person | None, bureau: Bureau, now: datetime
) -> Card:
    """The answer as the chat would say it; a refusal is an answer too."""
    if question.reason is not None:
        said = {"rank": refusals.no_ranking, "other": refusals.not_mine,
                "unannounced": refusals.unannounced}  # fmt: skip
        return said.get(question.reason, refusals.not_a_question)()
    try:
        facts = await database.read(answering.answer, asker, question, bureau, now)
    except Refused as refusal:
        return Card(refusal.sentence)
    return words.answer(facts, now)


def _asker(tx: Transaction, name: str) -> Person:
    found = people.named(tx, name)
    if not found:
        raise NotFound(f"nobody is called {name!r}")
    return found[0]
