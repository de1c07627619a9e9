"""A bureau whose problems have clocks: the bell rings when it is told to, and what it said is read.

The deeds are those of the house; only the moment is given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.actions import calendar
from bot.actions.loop import move
from bot.rules.calendar import WorkCalendar
from bot.words.card import Card
from scheduler.duties import carry_out
from scheduler.duty_problems import DUTIES
from scheduler.faces import View, face
from storage import dues, outbox, people, problems
from storage.outbox import Owed
from storage.problems import Problem
from tests.actions.conftest import TZ, Field

CALENDAR = WorkCalendar(tuple(calendar.packaged()))
BY_NAME = {duty.name: duty for duty in DUTIES}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of June 2025; the 9th is a Monday, nothing is off but weekends."""
    return datetime(2025, 6, day, hour, minute, tzinfo=TZ)


class Clocked:
    """The field with a bell."""

    def __init__(self, field: Field) -> None:
        self.field, self.tx = field, field.tx
        field.bureau = replace(field.bureau, calendar=CALENDAR)
        self.seen = 0

    def found(self, name: str, words: str = "松江路 占道", **more: Any) -> Problem:
        """The person reports trouble by photo; the problem that came of it."""
        report = self.field.report(self.field.sends(name, words, **more))
        (told,) = problems.of_report(self.tx, report.id)
        return self.fresh(told.problem)

    def fresh(self, problem: Problem | int) -> Problem:
        found = problems.by_id(self.tx, problem if isinstance(problem, int) else problem.id)
        assert found is not None
        return found

    def moves(self, problem: Problem, name: str, who: str | None, **values: Any) -> Problem:
        """The person makes this move, at the field's moment."""
        field = self.field
        by = people.by_id(self.tx, field.ids[who]) if who is not None else None
        return move(self.tx, self.fresh(problem), name, by, field.bureau, field.now, **values)

    def ring(self, now: datetime) -> list[str]:
        """Every row whose moment has come is carried out, oldest first; what became of each."""
        self.field.now, done = now, []
        while True:
            rows = [one for one in dues.ripe(self.tx, now, 100) if one.duty in BY_NAME]
            if not rows:
                return done
            for row in rows:
                result = carry_out(self.tx, BY_NAME[row.duty], row.id, self.field.bureau, now)
                if result is not None:
                    done.append(f"{row.args['kind']} {result.state} {result.why or ''}".strip())

    def cards(self, kind: str = "late") -> list[tuple[str, str]]:
        """(name, text) of the cards of the kind that were owed since this was last asked."""
        chats = {self.field.chat(name): name for name in self.field.ids}
        rows = self.tx.execute(
            select(outbox.table).where(outbox.c.id > self.seen).order_by(outbox.c.id)
        ).all()
        self.seen = max((row.id for row in rows), default=self.seen)
        found = []
        for row in rows:
            card = self.drawn(row) if row.card == kind else None
            if card is not None:
                found.append((chats[row.chat], card.text))
        return found

    def drawn(self, row: Any, shown: int = 0) -> Card | None:
        """What the row's card shows at the field's moment."""
        owed = Owed(
            row.id, row.key, row.line, row.chat, row.card, row.subject, row.args, row.wanted,
            shown, None, None, row.due_at, 0,
        )  # fmt: skip
        view = View(self.field.bureau, self.field.now, lambda token: token, False)
        card = face(self.tx, owed, view)
        assert card is None or isinstance(card, Card)
        return card

    def waiting(self) -> list[str]:
        """What waits, soonest first."""
        rows = [one for one in dues.coming(self.tx, 500) if one.duty in BY_NAME]
        return [
            f"{r.args['kind']} {r.args['number']} {r.due_at.astimezone(TZ):%d %H:%M}" for r in rows
        ]

    def labels(self, name: str, kind: str = "late") -> list[str]:
        """The buttons of the person's newest card of the kind."""
        query = select(outbox.table).where(outbox.c.card == kind)
        rows = self.tx.execute(query.where(outbox.c.chat == self.field.chat(name))).all()
        card = self.drawn(max(rows, key=lambda row: row.id), shown=1)
        assert card is not None
        return [one.label for row in (card.choices, *card.rows) for one in row]
