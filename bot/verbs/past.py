"""The demo's people and two months of plausible records, made by the same deeds as real ones."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.actions import photos
from bot.actions.reports import File, Message, take_report
from bot.app import House
from bot.rules.records import Role
from bot.transports.simulator.scenes import scenes
from storage import doors, outbox, parts, people
from storage.schema import Transaction


@dataclass(frozen=True)
class Actor:
    """Somebody with a phone in the demo; without roles he has not joined yet."""

    user: int
    name: str
    roles: frozenset[Role] = frozenset()
    squad: str | None = None


PEOPLE = (
    Actor(101, "张建国", frozenset({Role.OFFICER}), "一中队"),
    Actor(104, "李主任", frozenset({Role.SUPERVISOR})),
    Actor(106, "王芳", frozenset({Role.ADMIN})),
    Actor(102, "李红梅", frozenset({Role.OFFICER}), "一中队"),
    Actor(103, "孙涛", frozenset({Role.OFFICER, Role.LEADER}), "一中队"),
    Actor(105, "王志强", frozenset({Role.OWNER})),
    Actor(107, "周凯"),
)
GROUP = -1001


@dataclass(frozen=True)
class Accounts:
    """What the line calls the people and their work group; actors not named keep their number."""

    users: Mapping[int, int] = field(default_factory=dict)
    group: int = GROUP

    def of(self, actor: Actor) -> int:
        """The actor's account, which is also the id of his private chat."""
        return self.users.get(actor.user, actor.user)


DAYS = 61
OFFICERS = ("张建国", "李红梅", "孙涛")
CAPTIONS = (
    "{spot} 流动摊贩{n}个 已劝离", "{spot} 占道经营{n}处 已整改", "{spot}正常", "{spot}没啥事",
    "{spot} 出店经营{n}家 当场收回", "{spot} 正常", "{spot}沿线小广告{n}处，已清理",
    "{spot} 电动车乱停{n}辆", "{spot} 垃圾桶满了{n}个没人清", "{spot} 烧烤摊{n}个 劝离",
)  # fmt: skip
PLACES = ("松江路",) * 4 + ("永福路",) * 4 + ("岗亭",) * 3 + ("农贸市场", "光明大道", "主题公园")


async def seed(house: House, line: str, accounts: Accounts, *, past: bool) -> None:
    """The people are in, the work group is allowed, and with `past` two months are recorded.

    A second call finds them there and changes nothing.
    """
    now = house.clock.now()
    if await house.database.read(people.everyone):
        return
    ids = await house.database.write(_people, line, accounts, now)
    if past:
        await _record_days(house, line, accounts, ids, now)
    await house.database.write(_greet, line, accounts, ids, now)


async def _record_days(
    house: House, line: str, accounts: Accounts, ids: dict[str, int], now: datetime
) -> None:
    pictures = await _pictures(house)
    batch: list[tuple[int, Message, datetime, dict[str, Any]]] = []
    for officer, message, at in _days(now.astimezone(house.bureau.tz), line, accounts):
        batch.append((ids[officer], message, at, pictures[message.number % len(pictures)]))
    for start in range(0, len(batch), 50):
        await house.database.write(_record, batch[start : start + 50], house)


def _people(tx: Transaction, line: str, accounts: Accounts, now: datetime) -> dict[str, int]:
    ids = {}
    long_ago = now - timedelta(days=DAYS + 1)
    for actor in PEOPLE:
        if actor.roles:
            ids[actor.name] = people.add(tx, actor.name, actor.roles, actor.squad, None, long_ago)
            user = accounts.of(actor)
            people.know(tx, line, user, user, ids[actor.name], long_ago)
    doors.set_chat(tx, line, accounts.group, "工作群", "allowed", long_ago, None)
    return ids


def _greet(
    tx: Transaction, line: str, accounts: Accounts, ids: dict[str, int], now: datetime
) -> None:
    for actor in PEOPLE:
        if actor.roles:
            outbox.owe(tx, line, accounts.of(actor), "hello", ids[actor.name], now)


async def _pictures(house: House) -> list[dict[str, Any]]:
    """A few drawn scenes in the photo folder, with what was seen in each."""
    found = []
    for variant in range(2):
        for scene in scenes(variant):
            kept = await house.files.keep(_once(scene.jpeg), len(scene.jpeg), len(scene.jpeg) + 1)
            small = house.files.thumbnail_path(kept.sha256)
            look = asdict(await house.pictures.look(kept.path, small))
            names = ("mime", "width", "height", "dhash", "phash", "taken_at")
            facts = {name: look[name] for name in names}
            found.append({"sha256": kept.sha256, "size": kept.size, **facts})
    return found


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _days(now: datetime, line: str, accounts: Accounts) -> list[tuple[str, Message, datetime]]:
    """What was reported on each of the last two months' days, the same in every demo."""
    chance = random.Random(85)
    users = {actor.name: accounts.of(actor) for actor in PEOPLE}
    told = []
    number = 0
    for back in range(DAYS, -1, -1):
        day = now - timedelta(days=back)
        for _ in range(chance.choice((1, 2, 2, 3)) if day.weekday() < 5 else chance.choice((0, 1))):
            at = day.replace(hour=chance.randint(8, 17), minute=chance.randint(0, 59), second=0)
            officer = chance.choice(OFFICERS)
            words = chance.choice(CAPTIONS).format(
                spot=chance.choice(PLACES), n=chance.randint(1, 5)
            )
            number -= 1
            if at >= now - timedelta(hours=2):
                continue
            file = File("photo", f"past{-number}", f"past{-number}")
            told.append((officer, Message(line, users[officer], number, at, words, file), at))
    return sorted(told, key=lambda one: one[2])


def _record(
    tx: Transaction, batch: list[tuple[int, Message, datetime, dict[str, Any]]], house: House
) -> None:
    for officer, message, at, facts in batch:
        take_report(tx, officer, message, house.reader.read, house.bureau, at)
        part = parts.by_message(tx, message.line, message.chat, message.number)
        if part is not None:
            photos.arrived(tx, part, facts, at)
    outbox.let_go(tx)
