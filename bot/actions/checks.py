"""Special checks by checklist: begun, item by item, handed in; what is wrong becomes a report.

Knows no chat library and no sentence but refusals.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from bot.actions.people import require, tell
from bot.actions.readings import Reader
from bot.actions.reports import Message, begin_report, take_report
from bot.actions.round_hours import local_day
from bot.actions.round_state import number_of, owe_cards, settle
from bot.actions.rounds import held
from bot.errors import NotFound, Refused, TooLate
from bot.rules.checklists import category_of, items_of, next_spot
from bot.rules.records import Bureau, Find, Reading
from bot.rules.rights import Right
from storage import awaited, check_items, journal, outbox, parts, patrols, people, reports
from storage.patrols import ENDED, OPEN, SPECIAL, WITHDRAWN, Patrol
from storage.schema import Transaction

WAIT = timedelta(minutes=30)
ITEM = "check_item"
"""What is awaited after an item was tapped: words or a photo of what is wrong."""

FINE, TROUBLE, UNSEEN = "fine", "trouble", "unseen"
MONTHS = timedelta(days=92)


def begin(
    tx: Transaction, person: int, line: str, chat: int, message: int, spot: str | None,
    bureau: Bureau, now: datetime,
) -> None:  # fmt: skip
    """A special check begins at the spot, or at the key spot whose turn it is; one going goes on.

    Raises Refused where the bureau has no checklist.
    """
    who = require(tx, person, Right.PATROL)
    own = patrols.going(tx, who.id, SPECIAL)
    if own is not None and spot in (None, own.spot):
        _show(tx, own.id, line, chat, message, now)
        return
    where = spot or next_spot(bureau, _checked(tx, now))
    items = items_of(bureau, where)
    if not items:
        raise Refused("检查表还没有定，请管理员在设置里加上要查的项。")
    day = local_day(now, bureau)
    number = number_of(tx, SPECIAL, day)
    patrol = patrols.add(
        tx, number=number, kind=SPECIAL, squad=who.squad, spot=where, line=line, chat=chat,
        person=who.id, told=False, started_at=now, ended_at=None, last_at=now, state=OPEN,
        late=False, counts=False, lacking={}, asks={"items": list(items)}, version=1,
    )  # fmt: skip
    journal.write(tx, now, who.id, "check", number, {"spot": where, "items": list(items)})
    _show(tx, patrol, line, chat, message, now)


def _checked(tx: Transaction, now: datetime) -> dict[str, int]:
    found = patrols.between(tx, now - MONTHS, now, SPECIAL)
    return Counter(one.spot for one in found if one.counts and one.spot)


def move(
    tx: Transaction, person: int, patrol: int, spot: str, bureau: Bureau, now: datetime
) -> None:
    """「换个点位」: the check is of this spot, with its list; nothing may be answered yet."""
    _, found = _open(tx, person, patrol)
    if bureau.spot(spot) is None:
        raise NotFound("这个点位已经不在点位表里了，没有换。")
    if check_items.answers(tx, patrol):
        raise TooLate("已经查了几项，不能换点位了。要换就先点「不查了」。")
    items = list(items_of(bureau, spot))
    patrols.change(tx, patrol, spot=spot, asks={"items": items}, menu=None, last_at=now)
    journal.write(tx, now, person, "check_move", found.number, {"spot": spot})
    owe_cards(tx, patrol, now)


def open_menu(tx: Transaction, person: int, patrol: int, menu: str | None, now: datetime) -> None:
    """The card shows this list, or its plain face."""
    held(tx, person, patrol, SPECIAL)
    awaited.done(tx, person)
    patrols.change(tx, patrol, menu=menu)
    owe_cards(tx, patrol, now)


def ask(tx: Transaction, person: int, patrol: int, position: int, now: datetime) -> str:
    """An item was tapped: the next words or photo tell what is wrong there; its name."""
    _, found = _open(tx, person, patrol)
    label = _label(found, position)
    patrols.change(tx, patrol, menu=f"item:{position}", last_at=now)
    awaited.expect(tx, person, ITEM, patrol, now + WAIT, {"position": position})
    owe_cards(tx, patrol, now)
    return label


def mark(
    tx: Transaction, person: int, patrol: int, position: int, state: str, now: datetime
) -> None:
    """「没看」 or 「正常」: the item's answer; a report of it is withdrawn by its own card."""
    who, found = _open(tx, person, patrol)
    _label(found, position)
    check_items.answer(tx, patrol, position, state, "", None, who.id, now)
    patrols.change(tx, patrol, menu=None, last_at=now)
    awaited.done(tx, who.id)
    journal.write(tx, now, who.id, "check_item", found.number, {"item": position, "state": state})
    owe_cards(tx, patrol, now)


def take(
    tx: Transaction, officer: int, message: Message, read: Reader, bureau: Bureau, now: datetime
) -> str | None:
    """What was sent tells of the item that was tapped, or is a report as any; the report's number.

    An item's trouble is a report of its own, at the check's spot, of the item's category.
    """
    wanted = awaited.of(tx, officer, now)
    if wanted is None or wanted.what != ITEM or (message.album and _known_album(tx, message)):
        return take_report(tx, officer, message, read, bureau, now)
    if parts.by_message(tx, message.line, message.chat, message.number) is not None:
        return None
    return finding(tx, officer, wanted.subject, wanted.args["position"], message, read, bureau, now)


def finding(
    tx: Transaction, officer: int, patrol: int, position: int, message: Message, read: Reader,
    bureau: Bureau, now: datetime,
) -> str:  # fmt: skip
    """The message is the report of what is wrong with the item; its number."""
    who, found = _open(tx, officer, patrol)
    if _is_elsewhere(message, read, found):
        return take_report(tx, officer, message, read, bureau, now) or ""
    label = _label(found, position)
    said = read(message.words, message.at) if message.words else Reading()
    first = said.items[0] if said.items else Find()
    done = first.action if first.action != "none" else "found"
    find = Find(
        found.spot, category_of(bureau, said, read(label, message.at)), first.count, done,
        first.state if first.state != "none" else "open",
    )  # fmt: skip
    reading = replace(said, intent="problem", patrol_type="special", items=(find,), ask=(), at=None)
    words = message.words.strip()
    told = replace(message, words=f"{label}：{words}" if words else label)
    number = begin_report(tx, who, told, reading, bureau, now)
    row = reports.by_number(tx, number)
    assert row is not None
    reports.change(tx, row.id, change="place")  # it is known: later words need not say it
    check_items.answer(tx, patrol, position, TROUBLE, words, row.id, who.id, now)
    patrols.change(tx, patrol, menu=None, last_at=now)
    awaited.done(tx, officer)
    owe_cards(tx, patrol, now)
    return number


def _is_elsewhere(message: Message, read: Reader, found: Patrol) -> bool:
    """Whether the words tell of another spot: a report as any, not what is wrong with the item."""
    if not message.words:
        return False
    named = {item.spot for item in read(message.words, message.at).items if item.spot}
    return bool(named) and found.spot not in named


def hand_in(tx: Transaction, person: int, patrol: int, now: datetime, *, all_fine: bool) -> None:
    """The check is over and counts; items without an answer are fine."""
    who, found = _open(tx, person, patrol)
    answered = {item.position for item in check_items.answers(tx, patrol)}
    for position in range(1, len(found.asks.get("items", ())) + 1):
        if position not in answered:
            check_items.answer(tx, patrol, position, FINE, "", None, who.id, now)
    patrols.change(tx, patrol, state=ENDED, ended_at=now, last_at=now, menu=None)
    settle(tx, patrol)
    awaited.done(tx, who.id)
    detail = {"all_fine": all_fine, "trouble": len(answered)}
    journal.write(tx, now, who.id, "check_end", found.number, detail)
    owe_cards(tx, patrol, now)
    for mate in patrols.crew(tx, patrol):
        key = f"check_done:{patrol}:{mate}:{found.version}"
        tell(tx, mate, "check_done", patrol, now, key=key)


def give_up(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """「不查了」, 「撤回」: the check counts nowhere; its reports stay what they are."""
    _, found = held(tx, person, patrol, SPECIAL)
    if found.state == WITHDRAWN:
        return
    patrols.change(tx, patrol, state=WITHDRAWN, menu=None)
    settle(tx, patrol)
    awaited.done(tx, person)
    journal.write(tx, now, person, "check_withdraw", found.number, {})
    owe_cards(tx, patrol, now)


def restore(tx: Transaction, person: int, patrol: int, now: datetime) -> None:
    """「恢复」: it counts again; one that was not handed in goes on."""
    _, found = held(tx, person, patrol, SPECIAL)
    if found.state != WITHDRAWN:
        return
    patrols.change(tx, patrol, state=ENDED if found.ended_at else OPEN)
    settle(tx, patrol)
    journal.write(tx, now, person, "check_restore", found.number, {})
    owe_cards(tx, patrol, now)


def _open(tx: Transaction, person: int, patrol: int) -> tuple[people.Person, Patrol]:
    who, found = held(tx, person, patrol, SPECIAL)
    if found.state != OPEN:
        raise TooLate("这次检查已经交了，或者撤回了，没有改。")
    return who, found


def _label(found: Patrol, position: int) -> str:
    items = found.asks.get("items", ())
    if not 1 <= position <= len(items):
        raise NotFound("检查表里没有这一项，什么也没改。")
    return str(items[position - 1])


def _known_album(tx: Transaction, message: Message) -> bool:
    """Whether the picture belongs to an album of which another one came before."""
    if not message.album:
        return False
    return parts.report_of_album(tx, message.line, message.chat, message.album) is not None


def _show(tx: Transaction, patrol: int, line: str, chat: int, message: int, now: datetime) -> None:
    key = f"check:{patrol}:{line}:{chat}:{message}"
    outbox.owe(tx, line, chat, "check", patrol, now, key=key)
