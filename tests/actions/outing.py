"""An officer's round in a transaction: taps, photos and the end, for the tests of its deeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.actions import rounds
from bot.actions.round_cards import round_facts
from bot.rules.records import RoundRule
from bot.rules.round_facts import RoundFacts
from storage import counts, patrols
from storage.counts import Scope
from storage.patrols import FULL, Patrol
from tests.actions.conftest import Field

KEYS = ("songjiang", "yongfu", "junction")


class Outing:
    """The rounds of the people in the field."""

    def __init__(self, field: Field) -> None:
        self.field, self.tx = field, field.tx
        self.message = 500

    def rule(self, **asked: Any) -> None:
        """From now on a round must be so."""
        self.field.bureau = replace(self.field.bureau, rounds=(RoundRule(**asked),))

    def begins(self, name: str, **more: Any) -> int:
        """「开始巡查」; the round that the person is on then, 0 where he is on none."""
        self.message += 1
        field = self.field
        here = ("telegram", field.chat(name), self.message)
        rounds.begin(self.tx, field.ids[name], *here, field.bureau, field.now, **more)
        going = patrols.going(self.tx, field.ids[name], FULL)
        return going.id if going else 0

    def ticks(self, name: str, patrol: int, spots: Iterable[str] = KEYS) -> None:
        """Taps on the names of these spots."""
        for spot in spots:
            field = self.field
            rounds.tick(self.tx, field.ids[name], patrol, spot, field.bureau, field.now)

    def whole(self, name: str, **lasts: float) -> int:
        """A round from beginning to end; its id."""
        patrol = self.begins(name)
        self.ticks(name, patrol)
        self.field.later(**lasts or {"hours": 1})
        rounds.end(self.tx, self.field.ids[name], patrol, self.field.now)
        return patrol

    def partly(self, name: str, *spots: str) -> int:
        """A round that ended although something is lacking; its id."""
        patrol = self.begins(name)
        self.ticks(name, patrol, spots)
        self.field.later(hours=1)
        rounds.end(self.tx, self.field.ids[name], patrol, self.field.now)
        rounds.close(self.tx, self.field.ids[name], patrol, self.field.now)
        return patrol

    def row(self, patrol: int) -> Patrol:
        """The round as it is stored."""
        found = patrols.by_id(self.tx, patrol)
        assert found is not None
        return found

    def facts(self, patrol: int) -> RoundFacts:
        """The round as its cards are worded from."""
        found = round_facts(self.tx, patrol, self.field.bureau, self.field.now)
        assert found is not None
        return found

    def all(self) -> list[Patrol]:
        """Every round that was not withdrawn."""
        return patrols.between(self.tx, None, self.field.later(microseconds=1), FULL)

    def number(self, since: datetime | None = None, measure: Any = "patrols") -> int:
        """How many count."""
        return counts.number(self.tx, measure, Scope(since, self.field.later(microseconds=1)))
