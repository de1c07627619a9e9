"""Deeds on both stores, without chat or event loop: people of the bureau, and what they send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.actions.reports import File, Message, take_report
from bot.bureau import DEFAULT, build_bureau
from bot.rules.captions import CaptionReader
from bot.rules.records import Bureau, Find, Reading, Role
from storage import journal, outbox, people, reports, spots
from storage.reports import Report
from storage.schema import Transaction
from tests.storage.stores import database, migrated, store, tx, url

__all__ = ["database", "migrated", "store", "tx", "url"]

TZ = ZoneInfo("Asia/Shanghai")
MONDAY_9 = datetime(2025, 6, 9, 9, 0, tzinfo=TZ)


@cache
def default_bureau() -> tuple[Bureau, CaptionReader]:
    bureau = build_bureau(DEFAULT)
    return bureau, CaptionReader(bureau)


class Field:
    """A transaction with people in it, and a phone for each; `now` moves only when told."""

    def __init__(self, tx: Transaction) -> None:
        self.tx, self.now, self.message = tx, MONDAY_9, 0
        self.bureau, self._reader = default_bureau()
        self.ids: dict[str, int] = {}
        spots.follow(tx, self.bureau.spots)
        for name, roles, squad in (
            ("张建国", {Role.OFFICER}, "一中队"),
            ("李红梅", {Role.OFFICER}, "一中队"),
            ("赵大勇", {Role.OFFICER}, "二中队"),
            ("孙涛", {Role.OFFICER, Role.LEADER}, "一中队"),
            ("李主任", {Role.SUPERVISOR}, None),
            ("王志强", {Role.OWNER}, None),
            ("王芳", {Role.ADMIN}, None),
        ):
            self.join(name, roles, squad)

    def join(self, name: str, roles: set[Role], squad: str | None = None) -> int:
        """The person is in the bureau, with a phone of the same number."""
        person = people.add(self.tx, name, frozenset(roles), squad, None, self.now)
        self.ids[name] = person
        people.know(self.tx, "telegram", self.chat(name), self.chat(name), person, self.now)
        return person

    def chat(self, name: str) -> int:
        return 100 + list(self.ids).index(name)

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now

    def read(self, words: str, now: datetime) -> Reading:
        return self._reader.read(words, now)

    def sends(
        self, name: str, words: str = "", *, file: bool = True, number: int | None = None,
        at: datetime | None = None, **more: Any,
    ) -> str | None:  # fmt: skip
        """The person sends a photo (or words alone); the number of the report it became part of."""
        if number is None:
            self.message += 1
            number = self.message
        what = File("photo", f"file{number}", f"unique{number}", 1000) if file else None
        chat = more.pop("chat", self.chat(name))
        message = Message("telegram", chat, number, at or self.now, words, what, **more)
        return take_report(
            self.tx, self.ids[name], message, self.read, self.bureau, self.now
        )  # fmt: skip

    def report(self, number: str | None) -> Report:
        found = reports.by_number(self.tx, number or "")
        assert found is not None, number
        return found

    def finds(self, number: str | None) -> list[tuple[str | None, str | None, int | None]]:
        found = reports.read_finds(self.tx, self.report(number).id)[1]
        return [(f.spot or f.spot_text, f.category, f.count) for f in found]

    def whole_finds(self, number: str | None) -> tuple[Find, ...]:
        return reports.read_finds(self.tx, self.report(number).id)[1]

    def owed(self, name: str | None = None) -> list[tuple[str, int]]:
        """(card, subject) of what is owed to the person's chat, or to anybody, in order."""
        c = outbox.c
        rows = self.tx.execute(select(c.chat, c.card, c.subject).order_by(c.id)).all()
        return [(r.card, r.subject) for r in rows if name is None or r.chat == self.chat(name)]

    def wanted(self, card: str, subject: int) -> int:
        """How many versions of the card were wanted so far."""
        c = outbox.c
        query = select(c.wanted).where(c.card == card, c.subject == subject)
        return sum(self.tx.execute(query).scalars())

    def deeds(self) -> list[tuple[str, str]]:
        """(deed, subject) of the journal's lines."""
        return [(line.deed, line.subject) for line in journal.lines(self.tx)]

    def told(self) -> list[tuple[str, str]]:
        """The same without what only problems did."""
        return [line for line in self.deeds() if not line[0].startswith("problem_")]

    def rows(self) -> dict[str, int]:
        """Rows of every table: what a refused deed must leave as it was."""
        tables = reports.reports.metadata.sorted_tables
        return {t.name: len(self.tx.execute(select(t)).all()) for t in tables}

    def leaves_all(self, refused: Callable[[], object], fault: type[Exception], says: str) -> None:
        """The deed is refused with these words, and nothing of it is stored."""
        before = self.rows()
        with pytest.raises(fault, match=says), self.tx.begin_nested():
            refused()
        assert self.rows() == before


@pytest.fixture
def field(tx: Transaction) -> Field:
    """The bureau at nine on a Monday."""
    return Field(tx)
