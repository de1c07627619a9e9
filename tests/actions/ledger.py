"""Tasks in a transaction: made, handed in, checked, signed off; for tests of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.actions import task_deeds, task_evidence
from bot.actions.ledger import known
from bot.actions.reports import File, Message
from bot.rules.records import Role
from storage import outbox, people, task_people, tasks
from storage.task_people import LEADER, OWNER
from storage.tasks import Task
from tests.actions.conftest import Field

JUNE_15 = date(2025, 6, 15)


class Ledger:
    """A bureau with two owners, somebody to check and two leaders; `person` gives ids by name."""

    def __init__(self, field: Field) -> None:
        self.field, self.tx, self.bureau = field, field.tx, field.bureau
        for name, roles, department in (
            ("赵敏", {Role.OWNER}, "设备科"), ("周凯", {Role.OWNER}, "市容科"),
            ("钱局", {Role.SUPERVISOR}, None),
        ):  # fmt: skip
            self.field.join(name, roles)
            people.change(self.tx, field.ids[name], department=department)
        people.change(self.tx, field.ids["王志强"], department="设备科")

    @property
    def now(self) -> Any:
        return self.field.now

    def id(self, name: str) -> int:
        return self.field.ids[name]

    def task(
        self, title: str = "更换 2 路监控", owner: str | None = "王志强",
        due: date | None = JUNE_15, leader: str | None = "李主任", **values: Any,
    ) -> Task:  # fmt: skip
        """A task of the ledger with an owner and a leader."""
        number = values.pop("number", tasks.next_number(self.tx))
        values.setdefault("department", "设备科")
        made = tasks.add(self.tx, number, self.now, title=title, due=due, **values)
        for part, who in ((OWNER, owner), (LEADER, leader)):
            if who is not None:
                task_people.name(self.tx, made, part, [(who, self.field.ids.get(who))])
        return known(self.tx, made)

    def fresh(self, task: Task) -> Task:
        """The task as it stands."""
        return known(self.tx, task.id)

    def message(self, name: str, words: str = "", *, kind: str | None = "photo") -> Message:
        """What the person's phone sends."""
        self.field.message += 1
        number = self.field.message
        file = File(kind, f"file{number}", f"unique{number}", 1000, "验收单.pdf") if kind else None
        if file is not None and kind == "photo":
            file = File(kind, f"file{number}", f"unique{number}", 1000)
        return Message("telegram", self.field.chat(name), number, self.now, words, file)

    def gives(self, name: str, task: Task, *, kind: str | None = "photo") -> None:
        """The person presses 交佐证 and sends one thing."""
        chat = self.field.chat(name)
        task_evidence.begin(self.tx, self.id(name), task.id, "telegram", chat, 1, self.now)
        words = "" if kind else "两路监控都换好了"
        message = self.message(name, words, kind=kind)
        task_evidence.add(self.tx, self.id(name), task.id, message, self.now)

    def handed_in(self, task: Task, name: str = "王志强", **how: Any) -> Task:
        """It is handed in by him."""
        self.gives(name, task, **how)
        return task_evidence.hand_in(self.tx, self.id(name), task.id, self.bureau, self.now)

    def checked(self, task: Task) -> Task:
        """Whoever was asked has approved it."""
        found = self.fresh(task)
        assert found.checker is not None
        return task_deeds.approve(self.tx, found.checker, task.id, self.bureau, self.now)

    def signed(self, task: Task, name: str = "李主任") -> Task:
        """It went all the way."""
        self.checked(self.handed_in(task))
        return task_deeds.sign_off(self.tx, self.id(name), task.id, self.bureau, self.now)

    def cards(self, *kinds: str) -> list[tuple[str, str, int]]:
        """(who, card, subject) of what was owed, in order."""
        chats = {self.field.chat(name): name for name in self.field.ids}
        c = outbox.c
        rows = self.tx.execute(outbox.table.select().order_by(c.id))
        return [
            (chats[row.chat], row.card, row.subject) for row in rows
            if row.chat in chats and (not kinds or row.card in kinds)
        ]  # fmt: skip

    def wanted(self, *kinds: str) -> dict[str, int]:
        """How often each card of these kinds was owed so far, by its key."""
        rows = self.tx.execute(outbox.table.select())
        return {row.key: row.wanted for row in rows if row.card in kinds}

    def names(self, ids: Sequence[int | None]) -> list[str]:
        return [next(n for n, i in self.field.ids.items() if i == one) for one in ids]
