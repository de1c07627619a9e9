"""Words without a photo: the lasting commands, a report in words, a question, or neither."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.actions import asking, corrections, figures, obligation_told, opened, said_later
from bot.actions import todo as matters
from bot.actions.asking import Lately
from bot.actions.loop import Reviewed
from bot.actions.reports import Message as Sent
from bot.actions.reports import shots_wait, take_report, waits_for
from bot.rules.captions import CaptionReader
from bot.rules.onward import opens
from bot.rules.records import NO_TROUBLE, Bureau, Question, Reading
from bot.rules.rights import Right, may
from bot.rules.told_or_asked import looks_asked, told_or_asked
from bot.transports.line import Line
from bot.words import refusals as words
from bot.words import weeks
from bot.words.card import Card, Press, Toast
from bot.words.help import help_card
from bot.words.problems import closed_already
from handlers import answers
from handlers.desk import FollowQuestion, ReadQuestion, Write
from handlers.filters import Inside, Pressed, Words
from handlers.incoming import incoming
from storage.database import Read
from storage.people import Person


def build_router() -> Router:
    """The last router: whatever no other one took gets a sentence here."""
    router = Router(name="questions")
    router.message.register(week, Words("周报", "week", "本周"), Inside())
    router.message.register(todo, Words("我的待办", "待办", "todo", "待我处理"), Inside())
    router.message.register(helped, Words("帮助", "help", "?", "？"), Inside())
    router.message.register(spots, Words("点位", "spots"), Inside())
    router.message.register(lacking, Words("本周还差什么", "还差什么"), Inside())
    router.message.register(withdraw, Words("撤回"), Inside())
    router.message.register(said, F.text, Inside())
    router.message.register(other, Inside())
    router.callback_query.register(pressed, Pressed("ql", "qw", "qt", "qh", "qs"), Inside())
    router.callback_query.register(none_chosen, Pressed("no"), Inside())
    router.callback_query.register(over, Pressed("nn"), Inside())
    router.callback_query.register(unknown_press, Inside())
    return router


def is_ours(question: Question) -> bool:
    """Whether the words are a question that this house understands."""
    return question.metrics[0] != "refuse"


def understood(
    text: str, now: datetime, last: Lately, read_question: ReadQuestion,
    follow_question: FollowQuestion,
) -> Question:  # fmt: skip
    """A question of its own where it names its time, else what it makes of the last question.

    A comparison that names no measure (松江路本周和上周比) is of the one asked last.
    """
    own = read_question(text, now)
    follows = text.startswith("那") or text.rstrip(" 。？?").endswith("呢")
    if last.question is None or (
        is_ours(own) and own.range is not None and not follows and own.compare is None
    ):
        return own
    return follow_question(text, now, last.question) or own


def only_a_place(text: str, reading: Reading, bureau: Bureau) -> bool:
    """Whether the words name a place and say nothing of it: a question as likely as a visit."""
    quiet = bureau.category(NO_TROUBLE)
    said = quiet is not None and any(word in text for word in quiet.synonyms)
    return reading.intent == "patrol_ok" and reading.patrol_type is None and not said


def is_report(reading: Reading) -> bool:
    """Whether the words alone tell of a visit, a problem, or what was done about one."""
    return reading.intent in ("problem", "patrol_ok", "followup", "obligation")


async def said(
    message: Message, person: Person, line: Line, reader: CaptionReader,
    read_question: ReadQuestion, follow_question: FollowQuestion, bureau: Bureau, now: datetime,
    read: Read, write: Write,
) -> Card | None:  # fmt: skip
    """A question is answered, a report is taken, anything else gets a sentence that helps."""
    came = incoming(message, line, bureau.limits, now)
    reading = reader.read(came.words, now)
    joins = await read(waits_for, person.id, came, reading, bureau)
    of_photo = await read(shots_wait, person.id, came, bureau)
    last = await read(asking.lately, person.id, bureau, now)
    opening, named = opens(came.words)
    if opening and not joins:
        return await answers.explain(named, last, person, bureau, now, read, write)
    if answers.only_export(came.words) and last.question and opened.numbers_of(last.question):
        await answers.export_last(last, person, bureau, now, read, write)
        return None
    if reading.right is not None:
        await write(said_later.correct, person.id, came, reader.read, bureau, now)
        return None
    question = understood(came.words, now, last, read_question, follow_question)
    does = "told" if of_photo or (joins and not joins.text) else "asked"
    if does == "asked" and is_report(reading):
        does = told_or_asked(came.words, reading, question)
    placeless = joins or of_photo or not only_a_place(came.words, reading, bureau)
    if does == "told" and await read(said_later.adds_nothing, person.id, came, reading, bureau):
        noted = words.already_so()
        await write.saying(lambda _: noted, take_report, person.id, came, reader.read, bureau, now)
    elif does == "told" and is_report(reading) and placeless:
        await write(obligation_told.take, person.id, came, reader.read, bureau, now)
    elif is_ours(question):
        await answers.reply(question, came.words, last, person, bureau, now, read, write)
    elif joins is not None or await read(corrections.waits_for_words, person.id, came, bureau):
        await write(take_report, person.id, came, reader.read, bureau, now)
    elif does == "unclear" and question.reason == "unclear":
        await answers.unsure(came.words, person, bureau, now, write)
    else:
        return await neither(reading, question, came, person, line, bureau, now, write)
    return None


async def neither(
    reading: Reading, question: Question, came: Sent, person: Person, line: Line, bureau: Bureau,
    now: datetime, write: Write,
) -> Card | None:  # fmt: skip
    """Words that tell nothing to record and ask nothing that can be answered."""
    if reading.intent == "presence":
        return Card("知道了。到了点位拍一张，或者写一句就行，不用打卡。")
    if reading.items and reading.items[0].spot and question.reason == "unclear":
        return await placed(reading.items[0].spot, person, line, came, bureau, write)
    if question.reason != "unclear" or looks_asked(came.words):
        await answers.refuse(question, came.words, person, bureau, now, write)
        return None
    return words.not_understood()


async def placed(
    code: str, person: Person, line: Line, came: Sent, bureau: Bureau, write: Write
) -> Card | None:
    """Only a place: no visit; where words and photo come apart it is kept for a photo."""
    spot = bureau.spot(code)
    if line.captions or spot is None or not may(person.roles, Right.REPORT):
        return words.only_a_place(spot)
    noted = words.place_noted(spot, bureau.limits.join_seconds)
    await write.saying(lambda _: noted, corrections.say_place, person.id, spot.code, came.at)
    return None


async def week(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「周报」: the week so far."""
    return weeks.week(await read(figures.week, bureau, now), now)


async def todo(message: Message, person: Person, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「我的待办」."""
    found = await read(matters.todo, person.id, bureau, now)
    return words.todo(found, now.astimezone(bureau.tz))


async def helped(message: Message, person: Person) -> Card:
    """「帮助」: made from what the speaker may do."""
    return help_card(person.roles)


async def spots(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「点位」: every spot's visits this week."""
    return weeks.spots((await read(figures.week, bureau, now)).spots)


async def lacking(message: Message, bureau: Bureau, now: datetime, read: Read) -> Card:
    """「本周还差什么」."""
    return weeks.lacking(await read(figures.week, bureau, now))


async def withdraw(
    message: Message, person: Person, line: Line, bureau: Bureau, now: datetime, write: Write
) -> Card | None:
    """「撤回」 takes back the newest report; its card says so."""
    try:
        await write(corrections.withdraw_last, person.id, line.name, bureau, now)
    except Reviewed as closed:
        found = closed.problem
        return closed_already(found.id, found.version, closed.sentence, closed.leader)
    return None


async def other(message: Message) -> Card:
    """A sticker, a contact, a poll."""
    return words.not_understood()


async def pressed(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, read: Read
) -> Card:
    """The buttons of answers: each asks something."""
    if press.act == "qt":
        return words.todo(
            await read(matters.todo, person.id, bureau, now), now.astimezone(bureau.tz)
        )
    if press.act == "qh":
        return help_card(person.roles)
    at = now - timedelta(days=7) if press.act == "qw" else now
    found = await read(figures.week, bureau, at)
    if press.act == "qw":
        return weeks.week(found, now)
    return weeks.lacking(found) if press.act == "ql" else weeks.spots(found.spots)


async def none_chosen(query: CallbackQuery) -> Toast:
    """A list was sent off, on a line where that is a press of its own, with nothing picked."""
    return Toast("还没选。先点一项，再点下面的按钮。", alert=True)


async def over(query: CallbackQuery) -> None:
    """The one button of a card that is over, on a line whose cards can't be without."""


async def unknown_press(query: CallbackQuery) -> Card:
    """A button of a card that this version no longer draws."""
    return Card("这个按钮是旧的，点不动了，什么也没改。发「帮助」看现在能做什么。")
