"""Problems in a transaction: found, closed, asked about; for tests of duplicates and rebounds."""

from __future__ import annotations

from datetime import datetime

from bot.actions.loop import known, move
from storage import counts, outbox, people, problems, reports, tallies
from storage.counts import Scope
from storage.people import Person
from storage.problems import Problem
from tests.actions.conftest import Field

STALL = "松江路 西瓜摊占道"


class Matters:
    """What the people in the field find, and what becomes of it."""

    def __init__(self, field: Field) -> None:
        self.field, self.tx, self.bureau = field, field.tx, field.bureau

    def person(self, name: str) -> Person:
        found = people.by_id(self.tx, self.field.ids[name])
        assert found is not None
        return found

    def found(self, name: str, words: str = STALL) -> Problem:
        """The person sends a photo with these words; the problem that it opened."""
        return self.of(self.field.sends(name, words))

    def of(self, number: str | None, position: int = 0) -> Problem:
        """What the find of the report tells of."""
        report = self.field.report(number).id
        told = [one for one in problems.of_report(self.tx, report) if one.position == position]
        return known(self.tx, told[0].problem)

    def now(self, problem: Problem) -> Problem:
        """The problem as it stands."""
        return known(self.tx, problem.id)

    def closed(self, problem: Problem, by: str = "李红梅", at: datetime | None = None) -> Problem:
        """It is handled by its finder, and somebody else has reviewed and closed it."""
        at = at or self.field.now
        who, other = self.person(self.name(problem.person)), self.person(by)
        handled = move(
            self.tx, self.now(problem), "handle", who, self.bureau, at, handler=who.id,
            handled_at=at, reviewer=other.id,
        )  # fmt: skip
        return move(self.tx, handled, "approve", other, self.bureau, at, closed_at=at)

    def name(self, person: int) -> str:
        return next(name for name, number in self.field.ids.items() if number == person)

    def cards(self, card: str) -> list[tuple[str, int]]:
        """To whom the card is owed, about which problem."""
        chats = {self.field.chat(name): name for name in self.field.ids}
        c = outbox.c
        rows = self.tx.execute(outbox.table.select().where(c.card == card).order_by(c.id))
        return [(chats[row.chat], row.subject) for row in rows]

    def number(self, measure: str = "problems") -> int:
        """How many of these there are, counted and tallied alike."""
        scope = Scope(None, self.field.now.replace(year=self.field.now.year + 1))
        assert tallies.astray(self.tx) == []
        found = counts.number(self.tx, measure, scope)  # type: ignore[arg-type]
        assert found == counts.scanned(self.tx, measure, scope)  # type: ignore[arg-type]
        return found

    def states(self, number: str | None) -> list[str]:
        """The states of the report's finds, in order."""
        found = reports.read_finds(self.tx, self.field.report(number).id)[1]
        return [find.state for find in found]
