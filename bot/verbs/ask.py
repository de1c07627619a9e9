"""`gangting read` and `gangting ask`: how words are read, and what they are answered."""

from __future__ import annotations

import json
from datetime import datetime

import click

from bot.actions import figures
from bot.clock import Clock
from bot.errors import BadSetting, NotFound
from bot.rules.captions import CaptionReader, reading_json
from bot.rules.questions import QuestionReader, question_json
from bot.rules.records import Bureau
from bot.settings import Settings
from bot.words import answers as words
from storage import people, spots
from storage.database import Database
from storage.people import Person
from storage.schema import Transaction


def moment(text: str | None, bureau: Bureau) -> datetime:
    """The given local moment, or the present one. Raises BadSetting with an example."""
    if text is None:
        return Clock().now().astimezone(bureau.tz)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadSetting(f"--at {text!r} is no moment; write it as 2025-11-19T10:00") from None
    return at if at.tzinfo else at.replace(tzinfo=bureau.tz)


def read(settings: Settings, text: str, at: str | None, reply_to: str | None) -> None:
    """Print the caption's reading."""
    reading = CaptionReader(settings.bureau).read(text, moment(at, settings.bureau), reply_to)
    click.echo(json.dumps(reading_json(reading), ensure_ascii=False))


async def ask(
    settings: Settings, text: str, at: str | None, name: str | None, as_json: bool
) -> None:
    """Print the question's reading, or its answer as the bot would say it."""
    from dataclasses import replace

    now = moment(at, settings.bureau)
    if as_json:
        question = QuestionReader(settings.bureau).read(text, now)
        click.echo(json.dumps(question_json(question), ensure_ascii=False))
        return
    database = await Database.open(settings.database_url, exclusive=False, create=False)
    try:
        known = await database.read(spots.current)
        bureau = replace(settings.bureau, spots=known or settings.bureau.spots)
        question = QuestionReader(bureau).read(text, now)
        if question.metrics[0] == "refuse":
            card = {"rank": words.no_ranking, "other": words.not_mine}.get(
                question.reason or "", words.not_understood
            )()
        elif not figures.is_counted(question):
            card = words.not_yet()
        else:
            asker = await database.read(_asker, name) if name else None
            found = await database.read(figures.answer, asker, question, bureau, now)
            card = words.answer(found, now)
    finally:
        await database.close()
    click.echo(card.text)


def _asker(tx: Transaction, name: str) -> Person:
    found = people.named(tx, name)
    if not found:
        raise NotFound(f"nobody is called {name!r}")
    return found[0]
