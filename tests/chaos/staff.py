"""The people and the ledger of a storm about tasks: owners, colleagues who check, leaders, tasks.

They are in the bureau before the bot starts; the tasks come by the deed of `gangting load --yes`.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from bot.actions.ledger_load import take_now
from bot.clock import Clock
from bot.rules.ledger_draft import Draft, DraftTask
from bot.rules.records import Role
from storage import people, tasks
from storage.schema import Transaction
from tests.chaos.books import Books
from tests.chaos.child import settle_people
from tests.fakes.control import Control

ROOMS = ("设备科", "市容科")
OWNERS: dict[int, tuple[str, str]] = {
    711: ("王志强", "设备科"), 712: ("赵敏", "设备科"), 713: ("陈帮", "设备科"),
    721: ("周凯", "市容科"), 722: ("孙丽", "市容科"), 723: ("何平", "市容科"),
}  # fmt: skip
"""By account; each owns tasks, and checks those of the others in the room."""

LEADERS: dict[int, str] = {731: "李主任", 732: "钱局", 733: "郑局"}
NAMES: dict[int, str] = {**{user: name for user, (name, _) in OWNERS.items()}, **LEADERS}
LONG = 6
"""Every so manyth task is a long-term one."""


def settle_staff(books: Books, home: Path, telegram: Control, count: int, chance: Random) -> None:
    """Everybody is in, their private chats are open, and the ledger of so many tasks is loaded."""
    settle_people(home, telegram, [])
    for user in NAMES:
        telegram.user(user)
    draft = ledger_of(count, chance, Clock().now().date())

    def deed(tx: Transaction) -> None:
        now = Clock().now()
        for user, (name, room) in OWNERS.items():
            one = people.add(tx, name, frozenset({Role.OWNER}), None, None, now)
            people.change(tx, one, department=room)
            people.know(tx, "telegram", user, user, one, now)
        for user, name in LEADERS.items():
            one = people.add(tx, name, frozenset({Role.SUPERVISOR}), None, None, now)
            people.know(tx, "telegram", user, user, one, now)
        take_now(tx, "台账.xlsx", draft, now)

    books.write(deed)


def ledger_of(count: int, chance: Random, today: date) -> Draft:
    """A draft with an owner, a leader and a day for each task."""
    made = [
        DraftTask(
            number, str(number), path="1", title=f"更换第 {number} 路监控", owners=(owner,),
            department=room, leaders=(chance.choice(list(LEADERS.values())),),
            due=today + timedelta(days=chance.randint(5, 40)), wants="现场照片",
            long_term=number % LONG == 0,
        )
        for number in range(1, count + 1)
        for owner, room in [chance.choice(list(OWNERS.values()))]
    ]  # fmt: skip
    return Draft(made, {"1": "监控"})


def owned(books: Books) -> tuple[dict[int, int], dict[int, list[int]]]:
    """The ledger's tasks, id to number, and the numbers that each account owns."""

    def look(tx: Transaction) -> tuple[dict[int, int], dict[int, list[int]]]:
        numbers = {one.id: one.number for one in tasks.everything(tx)}
        mine = {
            user: [one.number for one in tasks.owned_by(tx, who.id) if one.id in numbers]
            for user in OWNERS
            if (who := people.by_identity(tx, "telegram", user)) is not None
        }  # fmt: skip
        return numbers, mine

    found: tuple[dict[int, int], dict[int, list[int]]] = books.read(look)
    return found
