"""The demo's people and two months of plausible records, made by the same deeds as real ones."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.actions import checks, photos, rounds
from bot.actions import problem_deeds as deeds
from bot.actions.reports import File, Message, take_report
from bot.app import House
from bot.rules.loop import Stage
from bot.rules.records import NO_TROUBLE, Bureau, Role
from bot.transports.simulator.scenes import scenes
from bot.verbs.past_ledger import seed_ledger
from storage import doors, outbox, parts, patrols, people, problems
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
RECENT = timedelta(days=2)
"""What was found so lately is still under way when the demo begins."""

QUICK, REVIEWED = timedelta(minutes=20), timedelta(minutes=50)
OFFICERS = ("张建国", "李红梅", "孙涛")
CAPTIONS = (
    "{spot} {kind}{n}处 已劝离", "{spot} {kind}{n}处 已整改", "{spot}正常", "{spot}没啥事",
    "{spot} {kind}{n}处 当场整改", "{spot} 正常", "{spot}沿线{kind}{n}处，已清理",
    "{spot} {kind}{n}处", "{spot} 巡查正常",
)  # fmt: skip
KINDS = 6
"""So many of the bureau's categories, the first ones, happen in the demo's past."""

BUSY, QUIET = 4, 3
"""How much more often a key spot is visited, and how many of the others are at all."""


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
    for officer, message, at in _days(
        house.bureau, now.astimezone(house.bureau.tz), line, accounts
    ):
        batch.append((ids[officer], message, at, pictures[message.number % len(pictures)]))
    for start in range(0, len(batch), 50):
        await house.database.write(_record, batch[start : start + 50], house, now - RECENT)
    await house.database.write(_rounds, house, line, accounts, ids, now)
    await house.database.write(seed_ledger, ids, house.bureau, now)


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


def _days(
    bureau: Bureau, now: datetime, line: str, accounts: Accounts
) -> list[tuple[str, Message, datetime]]:
    """What was reported on each of the last two months' days, the same in every demo."""
    chance = random.Random(85)
    places = _places(bureau)
    kinds = [c.name for c in bureau.categories if c.code != NO_TROUBLE][:KINDS]
    users = {actor.name: accounts.of(actor) for actor in PEOPLE}
    told = []
    number = 0
    for back in range(DAYS, -1, -1):
        day = now - timedelta(days=back)
        for _ in range(chance.choice((1, 2, 2, 3)) if day.weekday() < 5 else chance.choice((0, 1))):
            at = day.replace(hour=chance.randint(8, 17), minute=chance.randint(0, 59), second=0)
            officer = chance.choice(OFFICERS)
            words = chance.choice(CAPTIONS).format(
                spot=chance.choice(places), kind=chance.choice(kinds), n=chance.randint(1, 5)
            )
            number -= 1
            if at >= now - timedelta(hours=2):
                continue
            file = File("photo", f"past{-number}", f"past{-number}")
            told.append((officer, Message(line, users[officer], number, at, words, file), at))
    return sorted(told, key=lambda one: one[2])


def _places(bureau: Bureau) -> list[str]:
    """Where things happen: the key spots again and again, a few others now and then."""
    keys = [spot.name for spot in bureau.spots if spot.key]
    return keys * BUSY + [spot.name for spot in bureau.spots if not spot.key][:QUIET]


def _rounds(
    tx: Transaction, house: House, line: str, accounts: Accounts, ids: dict[str, int],
    now: datetime,
) -> None:  # fmt: skip
    """Two rounds a week but for two weeks, one check a month; this week one round is still owed."""
    bureau = house.bureau
    here = now.astimezone(bureau.tz)
    monday = here.replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=here.weekday())
    users = {actor.name: accounts.of(actor) for actor in PEOPLE}
    for back in range(DAYS // 7, -1, -1):
        for which, weekday in enumerate((1, 3)):
            if which and back in (0, 5):
                continue  # a week that was missed, and the one that runs
            at = monday - timedelta(weeks=back) + timedelta(days=weekday, hours=9, minutes=2)
            who = OFFICERS[(back + which) % 2]
            _round(tx, ids[who], (line, users[who], 0), bureau, at)
    last_month = (here.replace(day=1) - timedelta(days=12)).replace(hour=10, minute=0)
    checks.begin(tx, ids["李红梅"], line, users["李红梅"], 0, None, bureau, last_month)
    check = patrols.going(tx, ids["李红梅"], patrols.SPECIAL)
    if check is not None:
        after = last_month + timedelta(minutes=40)
        checks.hand_in(tx, ids["李红梅"], check.id, after, all_fine=True)
    outbox.let_go(tx)


def _round(
    tx: Transaction, who: int, where: tuple[str, int, int], bureau: Bureau, at: datetime
) -> None:
    rounds.begin(tx, who, *where, bureau, at)
    going = patrols.going(tx, who, patrols.FULL)
    assert going is not None
    for spot in bureau.spots:
        if spot.key:
            at += timedelta(minutes=17)
            rounds.tick(tx, who, going.id, spot.code, bureau, at)
    rounds.end(tx, who, going.id, at + timedelta(minutes=6))


def _record(
    tx: Transaction, batch: list[tuple[int, Message, datetime, dict[str, Any]]], house: House,
    recent: datetime,
) -> None:  # fmt: skip
    for officer, message, at, facts in batch:
        take_report(tx, officer, message, house.reader.read, house.bureau, at)
        part = parts.by_message(tx, message.line, message.chat, message.number)
        if part is not None:
            photos.arrived(tx, part, facts, at)
            if at < recent and part.report is not None:
                _carry(tx, part.report, house.bureau, at)
    outbox.let_go(tx)


def _carry(tx: Transaction, report: int, bureau: Bureau, at: datetime) -> None:
    """What was handled is reviewed within the hour, what was not is handled and then reviewed.

    Only the newest problems are still under way when the demo begins.
    """
    for told in problems.of_report(tx, report):
        problem = problems.by_id(tx, told.problem)
        if problem is None:
            continue
        if problem.stage is Stage.FOUND:
            deeds.handle(tx, problem.person, problem.id, bureau, at + QUICK)
            deeds.no_photo(tx, problem.person, problem.id, "现场不让拍", bureau, at + QUICK)
        problem = problems.by_id(tx, told.problem)
        if problem is not None and problem.stage is Stage.HANDLED and problem.reviewer:
            deeds.approve(tx, problem.reviewer, problem.id, bureau, at + REVIEWED)
