"""Obligations in the deeds' tests: the shipped ones, one of them changed, runs and devices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.actions import devices, obligation_runs, obligation_told, obligations
from bot.actions.reports import File, Message
from bot.rules.obligation_facts import ObligationFacts, RunFacts
from bot.rules.records import Bureau, Role
from storage import devices as kept
from storage import obligations as rows
from storage import tasks
from storage.tasks import Task
from tests.actions.conftest import TZ, Field

DEVICE = "device_check_monthly"
PARTY = "party_report_monthly"


class Obliging:
    """A bureau with obligations, on a Thursday in June."""

    def __init__(self, field: Field) -> None:
        self.field, self.tx, self.message = field, field.tx, 500
        self.field.now = datetime(2025, 6, 12, 9, 0, tzinfo=TZ)
        field.join("赵敏", {Role.OFFICER}, "一中队")

    @property
    def bureau(self) -> Bureau:
        return self.field.bureau

    @property
    def now(self) -> datetime:
        return self.field.now

    def on(self, day: str, hour: int = 9) -> None:
        self.field.now = datetime.combine(
            date.fromisoformat(day), datetime.min.time(), TZ
        ).replace(hour=hour)  # fmt: skip

    def has(self, code: str, **values: Any) -> None:
        """The file says this of the obligation."""
        self.field.bureau = replace(self.bureau, obligations=tuple(
            replace(one, **values) if one.code == code else one for one in self.bureau.obligations
        ))  # fmt: skip

    def runs(self, code: str = DEVICE) -> list[RunFacts]:
        return obligations.runs(self.tx, code, self.bureau)

    def rings(self) -> int:
        """The morning's duty."""
        return obligation_runs.make_runs(self.tx, self.bureau, self.now)

    def run(self, code: str = DEVICE) -> int:
        return self.runs(code)[-1].task

    def task(self, task: int) -> Task:
        found = tasks.by_id(self.tx, task)
        assert found is not None
        return found

    def facts(self, code: str) -> ObligationFacts:
        return obligations.one_of(self.tx, code, self.bureau, self.now)

    def gives(self, code: str, owner: str) -> None:
        obligations.set_owner(self.tx, self.field.ids["王芳"], code, owner, self.bureau, self.now)

    def exempts(self, code: str, day: str | None, why: str, who: str = "李主任") -> rows.Run:
        first = date.fromisoformat(day) if day else None
        return obligation_runs.exempt(
            self.tx, self.field.ids[who], code, first, why, self.bureau, self.now
        )  # fmt: skip

    def adds(self, *names: str) -> list[int]:
        for name in names:
            devices.add(self.tx, self.field.ids["王芳"], name, None, self.bureau, self.now)
        return [one.id for one in kept.everything(self.tx) if one.active]

    def removes(self, name: str) -> list[Task]:
        return devices.remove(self.tx, self.field.ids["王芳"], name, self.bureau, self.now)

    def fine(self, task: int, device: int, who: str = "王志强") -> None:
        devices.mark_fine(
            self.tx, self.field.ids[who], task, device, self.bureau, self.field.later(seconds=1)
        )  # fmt: skip

    def sent(self, who: str, words: str, file: str | None) -> Message:
        self.message += 1
        what = File(file, f"f{self.message}", f"u{self.message}", 1000) if file else None
        chat = self.field.chat(who)
        return Message("telegram", chat, self.message, self.now, words, what)

    def broken(self, task: int, device: int, words: str, who: str = "王志强") -> str | None:
        """Tapped, and told in words with a photo."""
        me, now = self.field.ids[who], self.field.later(seconds=1)
        devices.ask(self.tx, me, task, device, now)
        came = self.sent(who, words, "photo")
        return obligation_told.take(self.tx, me, came, self.field.read, self.bureau, now)

    def tells(self, who: str, words: str, file: str | None = "document") -> str | None:
        came = self.sent(who, words, file)
        return obligation_told.take(
            self.tx, self.field.ids[who], came, self.field.read, self.bureau, self.now
        )  # fmt: skip
