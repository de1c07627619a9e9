"""Strangers learn nothing but their number; groups are served only where an admin said so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.actions import doors as deeds
from bot.errors import NotAllowed
from storage import doors, outbox, people
from tests.actions.conftest import Field


def knock(field: Field, user: int = 900) -> None:
    deeds.meet_stranger(field.tx, "telegram", user, user, field.now)


def strangers_cards(field: Field) -> list[str]:
    c = outbox.c
    rows = field.tx.execute(select(c.args).where(c.card == "stranger").order_by(c.id)).scalars()
    return [row["code"] for row in rows]


def test_a_stranger_is_told_his_number_once_a_day(field: Field) -> None:
    for _ in range(100):
        knock(field)
        field.later(minutes=14)
    assert len(strangers_cards(field)) == 1
    field.later(hours=1)
    knock(field)
    told = strangers_cards(field)
    assert len(told) == 2
    assert told[0] == told[1]
    assert [deed for deed, _ in field.deeds()] == ["stranger", "stranger"]


def test_of_a_stranger_only_his_number_and_moments_are_kept(field: Field) -> None:
    before = field.rows()
    knock(field)
    after = field.rows()
    grown = {name for name in after if after[name] != before[name]}
    assert grown == {"strangers", "journal", "outbox", "numbers"}


def test_two_strangers_have_two_numbers(field: Field) -> None:
    for user in range(900, 930):
        knock(field, user)
    assert len(set(strangers_cards(field))) == 30


def test_a_group_is_asked_about_once_and_served_after_the_word(field: Field) -> None:
    for _ in range(3):
        deeds.meet_group(field.tx, "telegram", -5, "工作群", None, field.now)
    assert field.owed("王芳") == [("group", -5)]
    assert not deeds.is_allowed(field.tx, "telegram", -5)
    deeds.decide_group(field.tx, field.ids["王芳"], "telegram", -5, True, field.now)
    assert deeds.is_allowed(field.tx, "telegram", -5)
    assert ("group_hello", -5) in field.owed()
    deeds.decide_group(field.tx, field.ids["王芳"], "telegram", -5, False, field.now)
    assert not deeds.is_allowed(field.tx, "telegram", -5)
    assert [deed for deed, _ in field.deeds()] == ["group", "allow_group", "refuse_group"]


@pytest.mark.parametrize("who", ["张建国", "孙涛", "李主任", "王志强"])
def test_only_an_admin_lets_a_group_in(field: Field, who: str) -> None:
    deeds.meet_group(field.tx, "telegram", -5, "工作群", None, field.now)
    field.leaves_all(
        lambda: deeds.decide_group(
            field.tx, field.ids[who], "telegram", -5, True, field.now
        ),
        NotAllowed, "管理员",
    )  # fmt: skip


def test_a_group_nobody_has_seen_is_not_allowed(field: Field) -> None:
    assert not deeds.is_allowed(field.tx, "telegram", -77)


def test_a_group_that_moved_stays_allowed_and_gets_what_was_owed(field: Field) -> None:
    deeds.meet_group(field.tx, "telegram", -5, "工作群", None, field.now)
    deeds.decide_group(field.tx, field.ids["王芳"], "telegram", -5, True, field.now)
    deeds.move_group(field.tx, "telegram", -5, -1005)
    assert deeds.is_allowed(field.tx, "telegram", -1005)
    assert not deeds.is_allowed(field.tx, "telegram", -5)
    c = outbox.c
    query = select(c.chat).where(c.card == "group_hello")
    assert field.tx.execute(query).scalar_one() == -1005


def test_moving_a_group_twice_changes_nothing(field: Field) -> None:
    """Telegram tells of it in both chats."""
    deeds.meet_group(field.tx, "telegram", -5, "工作群", None, field.now)
    deeds.move_group(field.tx, "telegram", -5, -1005)
    deeds.move_group(field.tx, "telegram", -5, -1005)
    assert doors.chat(field.tx, "telegram", -1005) is not None


def test_moving_a_group_onto_one_that_is_known_keeps_the_word_given(field: Field) -> None:
    """The message of the new chat may come first, so that both numbers are known."""
    deeds.meet_group(field.tx, "telegram", -5, "工作群", None, field.now)
    deeds.decide_group(field.tx, field.ids["王芳"], "telegram", -5, True, field.now)
    deeds.meet_group(field.tx, "telegram", -1005, "工作群", None, field.now)
    deeds.move_group(field.tx, "telegram", -5, -1005)
    assert deeds.is_allowed(field.tx, "telegram", -1005)
    assert doors.chat(field.tx, "telegram", -5) is None


def test_who_blocks_the_bot_gets_nothing_until_he_is_back(field: Field) -> None:
    who = field.ids["张建国"]
    chat = field.chat("张建国")
    deeds.reached(field.tx, "telegram", chat, False, field.now)
    assert people.chats_of(field.tx, who) == []
    deeds.reached(field.tx, "telegram", chat, True, field.later(hours=1))
    assert people.chats_of(field.tx, who) == [("telegram", chat)]
    assert [deed for deed, _ in field.deeds()] == ["blocked", "reachable"]


def test_the_day_is_counted_from_the_last_answer(field: Field) -> None:
    knock(field)
    field.later(hours=23, minutes=59)
    knock(field)
    field.later(minutes=1)
    knock(field)
    assert len(strangers_cards(field)) == 2
    field.now += timedelta(hours=24)
    knock(field)
    assert len(strangers_cards(field)) == 3
