"""Every button of a task's cards: evidence, checking, signing off, looking back, another owner."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.actions import look_backs, taking, task_cards, task_deeds, task_evidence, task_files
from bot.errors import NotFound
from bot.rules.numerals import number
from bot.rules.records import Bureau
from bot.transports.line import Line
from bot.words import tasks as words
from bot.words.card import Card, Press, Toast
from handlers.desk import ReadQuestion, Write
from handlers.filters import Inside, Pressed, Says, Words
from handlers.incoming import incoming
from storage.database import Read
from storage.people import Person

NUMBER = r"(?P<number>\d{1,6}|[一二两三四五六七八九十百零]{1,7})"
ABOUT = r"(?:申请延期|延期|办不了|(?:已经?)?(?:完成|办完|做完)了?|交佐证|看?要求|看?佐证)"
"""What people write beside a task's number that its card has a button for."""

MENUS: dict[str, str] = {
    "lt": "back", "lh": "refuse", "lo": "reopen", "lu": "stuck", "lw": "look", "la": "owner",
}  # fmt: skip
"""Which list a press opens on the presser's card; with an argument it picks from it."""

REASONED = {**task_deeds.REASONED, "look": look_backs.failed}

AWAITED: dict[str, tuple[Callable[..., Any], Callable[[Any], Card]]] = {
    f"task_{kind}": (deed, words.noted_stuck if kind == "stuck" else words.noted)
    for kind, deed in REASONED.items()
}
"""Reasons in words, for handlers/awaited.py."""


class AnswersTask(Filter):
    """Words in answer to a card of a task that the person may hand in for; got as `answered`.

    A question is what it is, whatever it answers.
    """

    async def __call__(
        self, message: Message, person: Person, line: Line, bureau: Bureau, now: datetime,
        read: Read, read_question: ReadQuestion,
    ) -> bool | dict[str, Any]:  # fmt: skip
        """The task, where the words answer its card."""
        if message.reply_to_message is None or not message.text:
            return False
        if read_question(message.text, now).metrics[0] != "refuse":
            return False
        came = incoming(message, line, bureau.limits, now)
        task = await read(taking.task_answered, person.id, came)
        return False if task is None else {"answered": task}


def build_router() -> Router:
    """Buttons, the word that ends a handing in, and words that answer a card."""
    router = Router(name="tasks")
    router.message.register(said_all, Words("发完了", "交完了", "佐证交完了"), Inside())
    numbered = rf"任务 ?(?:第 ?)?{NUMBER} ?号?"
    router.message.register(card_of, Says(rf"{numbered}(?: ?{ABOUT})?[。]?"), Inside())
    router.message.register(card_of, Says(rf"{ABOUT} ?{numbered}[。]?"), Inside())
    router.message.register(answer, F.text, Inside(), AnswersTask())
    presses = router.callback_query
    presses.register(begin, Pressed("lg"), Inside())
    presses.register(hand_in, Pressed("lf"), Inside())
    presses.register(stop, Pressed("ln"), Inside())
    presses.register(drop, Pressed("lm"), Inside())
    presses.register(take_back, Pressed("lb"), Inside())
    presses.register(claim, Pressed("ld"), Inside())
    presses.register(deny, Pressed("lz"), Inside())
    presses.register(show, Pressed("lr"), Inside())
    presses.register(see, Pressed("le"), Inside())
    presses.register(approve, Pressed("lk"), Inside())
    presses.register(pass_on, Pressed("lp"), Inside())
    presses.register(sign_off, Pressed("ls"), Inside())
    presses.register(rethink, Pressed("lc"), Inside())
    presses.register(held, Pressed("ll"), Inside())
    presses.register(menu, Pressed(*MENUS), Inside())
    presses.register(give_to, Pressed("lq"), Inside())
    presses.register(close_menu, Pressed("li"), Inside())
    presses.register(write_reason, Pressed("lv"), Inside())
    return router


async def begin(
    query: CallbackQuery, press: Press, person: Person, line: Line, now: datetime, write: Write
) -> Toast:
    """「已完成，交佐证」, 「补充佐证」."""
    where = here(query, line)
    await write(task_evidence.begin, person.id, press.subject, *where, now)
    return Toast("把照片或文件发过来")


def here(query: CallbackQuery, line: Line) -> tuple[str, int, int]:
    """Where the pressed card stands. Raises NotFound where nobody knows."""
    if query.message is None:
        raise NotFound
    return line.name, query.message.chat.id, query.message.message_id


async def hand_in(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「发完了」."""
    await write(task_evidence.hand_in, person.id, press.subject, bureau, now)
    return Toast("交上去了")


async def said_all(
    message: Message, person: Person, bureau: Bureau, now: datetime, write: Write
) -> None:
    """「发完了」 typed, for the task that evidence is being given for."""
    await write(task_evidence.hand_in_now, person.id, bureau, now)


async def card_of(
    message: Message, said: re.Match[str], person: Person, line: Line, now: datetime, write: Write
) -> None:
    """「任务 27」, 「任务二十七 申请延期」: its card, where the buttons are."""
    where = (line.name, message.chat.id, message.message_id)
    await write(task_cards.show_number, person.id, number(said["number"]) or 0, *where, now)


async def answer(
    message: Message, answered: int, person: Person, line: Line, bureau: Bureau, now: datetime,
    write: Write,
) -> None:  # fmt: skip
    """Words in answer to a reminder are evidence of what it reminds of."""
    came = incoming(message, line, bureau.limits, now)
    await write(taking.give, person.id, answered, came, now)


async def stop(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「先不交」."""
    await write(task_evidence.stop, person.id, press.subject, now)
    return Toast("好，先不交，发过的都留着")


async def drop(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「都不要」."""
    number = await write(task_evidence.drop, person.id, press.subject, now)
    return Toast(f"{number} 份都不算了" if number else "没有要去掉的")


async def take_back(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「撤回佐证」."""
    await write(task_evidence.take_back, person.id, press.subject, now)
    return Toast("撤回了，可以接着补")


async def claim(
    query: CallbackQuery, press: Press, person: Person, line: Line, now: datetime, write: Write
) -> Toast:
    """「算任务 27 的佐证」."""
    where = here(query, line)
    await write(task_cards.claim, person.id, press.subject, press.number, *where, now)
    return Toast("好，还有就接着发")


async def deny(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """「不是」."""
    await write(task_files.deny, person.id, press.subject, now)
    return Toast("好，不算")


async def show(
    query: CallbackQuery, press: Press, person: Person, line: Line, now: datetime, write: Write
) -> None:
    """「看要求」: the task's card, below."""
    await write(task_cards.show, person.id, press.subject, *here(query, line), now)


async def see(
    query: CallbackQuery, press: Press, person: Person, line: Line, now: datetime, write: Write
) -> None:
    """「看佐证」: the photos and papers, below."""
    await write(task_cards.see, person.id, press.subject, *here(query, line), now)


async def approve(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「够了，报销号」."""
    await write(task_deeds.approve, person.id, press.subject, bureau, now)
    return Toast("复核通过了")


async def pass_on(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「不归我看」, 「换人复核」."""
    name = await write(
        task_deeds.pass_on, person.id, press.subject, press.version, bureau, now
    )  # fmt: skip
    return Toast(f"好，请{name}看" if name else "好，现在没有别人能看，先放着")


async def sign_off(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「同意销号」, 「本阶段达标」."""
    await write(task_deeds.sign_off, person.id, press.subject, bureau, now)
    return Toast("好，记下了")


async def rethink(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「改主意」."""
    await write(task_deeds.rethink, person.id, press.subject, bureau, now)
    return Toast("好，再看一遍")


async def held(
    query: CallbackQuery, press: Press, person: Person, bureau: Bureau, now: datetime, write: Write
) -> Toast:
    """「没有反弹」."""
    await write(look_backs.held, person.id, press.subject, bureau, now)
    return Toast("记下了")


async def menu(
    query: CallbackQuery, press: Press, person: Person, line: Line, bureau: Bureau, now: datetime,
    write: Write,
) -> Toast | None:  # fmt: skip
    """A list opens on the card, or a reason of it was picked."""
    kind = MENUS[press.act]
    if kind == "owner" or not press.arg:
        where = here(query, line)
        await write(
            task_cards.open_menu, person.id, press.subject, kind, press.number, *where, now
        )  # fmt: skip
        return None
    picks = words.REASONS[kind]
    reason = picks[min(max(press.number, 1), len(picks)) - 1]
    await write(REASONED[kind], person.id, press.subject, reason, bureau, now)
    return Toast("记下了")


async def give_to(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> Toast:
    """Somebody was picked to own it."""
    code = press.arg.removeprefix("p")
    if not (code.isascii() and code.isdecimal() and len(code) < 10):
        raise NotFound
    name = await write(task_deeds.give_to, person.id, press.subject, int(code), now)
    return Toast(f"换成{name}了")


async def close_menu(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「算了」, 「先不换」: the card as it was."""
    await write(task_deeds.close_menu, person.id, press.subject, now)


async def write_reason(
    query: CallbackQuery, press: Press, person: Person, now: datetime, write: Write
) -> None:
    """「写一句」."""
    await write.saying(
        lambda _: words.ask_words(press.arg), task_cards.expect_words, person.id, press.subject,
        press.arg, now,
    )  # fmt: skip
