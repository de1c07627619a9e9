"""The ledger in what comes by itself: the month's 对账, lines of the digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.actions import paper_facts
from bot.bureau import build_bureau
from bot.rules.facts import SpotWeek
from bot.rules.ledger import TaskState
from bot.rules.papers import DigestFacts, Promise
from bot.rules.records import Role
from bot.words import digest as words
from bot.words.card import Card
from scheduler.duties import PutOff, carry_out
from scheduler.duty_ledger import DUTIES
from scheduler.faces import View, face
from storage import dues, outbox, people, tasks
from storage.schema import Transaction

TZ = ZoneInfo("Asia/Shanghai")
BUREAU = build_bureau({})
JULY = datetime(2025, 7, 1, tzinfo=TZ)
RECONCILE = DUTIES[0]


def somebody(tx: Transaction, name: str, role: Role, chat: int) -> None:
    person = people.add(tx, name, frozenset({role}), None, None, JULY)
    people.know(tx, "telegram", chat, chat, person, JULY)


def some_tasks(tx: Transaction) -> None:
    now = JULY - timedelta(days=40)
    states = (TaskState.SIGNED_OFF, TaskState.UNDER_WAY, TaskState.NOT_STARTED)
    for number, state in enumerate(states, 1):
        due = date(2025, 6, 20) + timedelta(days=9 * number)
        tasks.add(tx, number, now, title=f"任务{number}", state=state, due=due, signed_at=now)


def cards(tx: Transaction) -> list[tuple[str, int]]:
    rows = tx.execute(outbox.table.select().order_by(outbox.c.id))
    return [(row.card, row.chat) for row in rows]


def test_it_comes_on_the_first_working_day_at_nine_where_there_is_a_ledger(tx: Transaction) -> None:
    span = (JULY - timedelta(days=40), JULY + timedelta(days=70))
    assert list(RECONCILE.occurrences(tx, BUREAU, *span)) == []
    some_tasks(tx)
    found = RECONCILE.occurrences(tx, BUREAU, *span)
    assert [(one.key, one.due_at.astimezone(TZ)) for one in found] == [
        ("reconcile:2025-05", datetime(2025, 6, 2, 9, 0, tzinfo=TZ)),
        ("reconcile:2025-06", datetime(2025, 7, 1, 9, 0, tzinfo=TZ)),
        ("reconcile:2025-07", datetime(2025, 8, 1, 9, 0, tzinfo=TZ)),
        ("reconcile:2025-08", datetime(2025, 9, 1, 9, 0, tzinfo=TZ)),
    ]


def test_supervisors_and_admins_get_it_once(tx: Transaction) -> None:
    some_tasks(tx)
    for chat, role in enumerate(Role, 1):
        somebody(tx, role.value, role, chat)
    nine = JULY.replace(hour=9)
    found = RECONCILE.occurrences(tx, BUREAU, JULY, JULY + timedelta(days=1))
    dues.note(tx, found, JULY)
    with pytest.raises(PutOff):
        RECONCILE.act(tx, BUREAU, _due(tx), JULY.replace(hour=6))
    assert RECONCILE.act(tx, BUREAU, _due(tx), nine) == "told 2"
    assert RECONCILE.act(tx, BUREAU, _due(tx), nine) == "told 2"
    wanted = [3, 5]  # the supervisor's and the admin's chats
    assert sorted(chat for card, chat in cards(tx) if card == "reconcile") == wanted
    owed = next(o for o in outbox.claim(tx, nine, (), 9) if o.card == "reconcile")
    shown = face(tx, owed, View(BUREAU, nine, lambda _: "", False))
    assert isinstance(shown, Card)
    assert shown.text.split("\n")[0] == "6 月对账：台账 3 件，销号 1，在办 2，长期 0，超期 0。"
    assert [b.label for row in shown.rows for b in row] == ["看挂图", "导出台账"]


def _due(tx: Transaction) -> dues.Due:
    row = tx.execute(dues.table.select().order_by(dues.c.id)).first()
    assert row is not None
    found = dues.by_id(tx, row.id)
    assert found is not None
    return found


def test_a_ledger_that_is_gone_is_not_told_of(tx: Transaction) -> None:
    some_tasks(tx)
    somebody(tx, "李主任", Role.SUPERVISOR, 7)
    found = RECONCILE.occurrences(tx, BUREAU, JULY, JULY + timedelta(days=1))
    dues.note(tx, found, JULY)
    for one in tasks.everything(tx):
        tasks.change(tx, one, void=True)
    nine = JULY.replace(hour=9)
    outcome = carry_out(tx, RECONCILE, _due(tx).id, BUREAU, nine)
    assert outcome is not None
    assert outcome.state == "dropped"


FRIDAY = datetime(2025, 6, 27, 16, 30, tzinfo=TZ)
MONDAY = date(2025, 6, 23)


def test_the_digest_says_how_the_ledger_stands_and_what_comes_due(tx: Transaction) -> None:
    number = paper_facts.number_of(tx, "week", MONDAY, FRIDAY)
    assert paper_facts.digest(tx, number, BUREAU, FRIDAY).ledger is None
    some_tasks(tx)
    found = paper_facts.digest(tx, number, BUREAU, FRIDAY)
    # The first is settled, the second due on Tuesday the 8th of July, the third a week later.
    assert words.body(found)[-1] == "台账 3 件：销号 1，在办 2，长期 0，超期 0。"
    number = paper_facts.number_of(tx, "week", MONDAY + timedelta(days=7), FRIDAY)
    found = paper_facts.digest(tx, number, BUREAU, FRIDAY + timedelta(days=7))
    assert words.body(found)[-1] == "下周到期的任务：2。"


def full(tx: Transaction) -> DigestFacts:
    """A week of which there is everything to say."""
    number = paper_facts.number_of(tx, "week", MONDAY, FRIDAY)
    some_tasks(tx)
    found = paper_facts.digest(tx, number, BUREAU, FRIDAY)
    assert found.ledger is not None
    return replace(
        found, promises=(Promise("全域巡查", "week", MONDAY, 2, 2, True),),
        spots=(SpotWeek("songjiang", "松江路", 3, 2),), found=9, closed=8, open=1,
        categories=(("占道经营", 9),), since_last=2, remark="各队辛苦。",
        ledger=replace(found.ledger, due=tuple(range(27, 47))),
    )  # fmt: skip


def test_a_full_week_is_seven_lines_and_the_ledger_stays(tx: Transaction) -> None:
    found = full(tx)
    text = words.group(found).text
    assert len(text.split("\n")) == 7
    assert "台账 3 件" in text
    assert "各队辛苦。" in text
    assert "占道经营 9" not in text
    assert "下周到期" in text
    without = words.group(replace(found, ledger=None)).text
    assert "占道经营 9" in without
    assert "台账" not in without


def test_many_that_come_due_are_counted(tx: Transaction) -> None:
    assert "下周到期的任务：27、28、29、30、31、32、33、34 等 20 件。" in words.body(full(tx))


def test_who_got_the_digest_may_look_at_the_wall(tx: Transaction) -> None:
    found = full(tx)
    labels = [b.label for row in words.sent(found, 1).rows for b in row]
    assert "看挂图" in labels
    labels = [b.label for row in words.sent(replace(found, ledger=None), 1).rows for b in row]
    assert "看挂图" not in labels
