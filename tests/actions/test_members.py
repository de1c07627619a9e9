"""Whom a directory vouches for comes in by himself, for plain roles only, and nobody twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.actions import leaving
from bot.actions import people as deeds
from bot.actions.members import Account, come_in, same_person
from bot.rules.records import Role
from storage import outbox, people
from tests.actions.conftest import Field

USER = 1 << 50
DOOR = Account("second", USER, USER, "第二条线")


def arrives(field: Field, name: str, door: Account = DOOR) -> str | None:
    found = come_in(field.tx, door, name, "市容科", field.now)
    return found.name if found else None


def invited(field: Field, name: str, *roles: Role) -> tuple[int, str]:
    by = field.ids["王芳"]
    squad = "二中队"
    return deeds.invite(
        field.tx, by, name, frozenset(roles), squad, None, field.bureau, field.now
    )  # fmt: skip


def cards(field: Field, line: str = "second") -> list[str]:
    c = outbox.c
    return list(field.tx.execute(select(c.card).where(c.line == line).order_by(c.id)).scalars())


def test_a_member_nobody_knows_is_an_officer_of_his_department(field: Field) -> None:
    assert arrives(field, "刘洋") == "刘洋"
    who = people.by_identity(field.tx, "second", USER)
    assert who is not None
    assert (who.roles, who.squad, who.active) == (frozenset({Role.OFFICER}), "市容科", True)
    assert cards(field) == ["hello"]
    assert ("came", 0) in field.owed("王芳")
    assert ("join", f"person/{who.id}") in field.deeds()


def test_an_open_invitation_is_taken_up_with_its_squad_and_cannot_be_used_again(
    field: Field,
) -> None:
    number, token = invited(field, "刘洋", Role.OFFICER, Role.OWNER)
    assert arrives(field, "刘洋") == "刘洋"
    who = people.by_identity(field.tx, "second", USER)
    assert who is not None
    assert (who.squad, who.roles) == ("二中队", frozenset({Role.OFFICER, Role.OWNER}))
    found = people.invitation(field.tx, number)
    assert found is not None
    assert (found.state, found.person) == ("used", who.id)
    with pytest.raises(deeds.TooLate):
        deeds.open_link(field.tx, token, "telegram", 77, 77, field.now)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPERVISOR, Role.LEADER])
def test_whoever_leads_must_show_his_code(field: Field, role: Role) -> None:
    _, token = invited(field, "刘洋", Role.OFFICER, role)
    assert arrives(field, "刘洋") is None
    assert people.by_identity(field.tx, "second", USER) is None
    assert cards(field) == ["send_code"]
    found = deeds.open_link(field.tx, token, "second", USER, USER, field.now)
    deeds.accept(field.tx, found.id, "second", USER, USER, field.now)
    who = people.by_identity(field.tx, "second", USER)
    assert who is not None
    assert role in who.roles


def test_an_expired_invitation_opens_nothing_but_hinders_nobody(field: Field) -> None:
    invited(field, "刘洋", Role.ADMIN)
    field.later(days=8)
    assert arrives(field, "刘洋") == "刘洋"
    who = people.by_identity(field.tx, "second", USER)
    assert who is not None
    assert who.roles == {Role.OFFICER}


def test_an_officer_of_the_name_gets_a_second_account_and_his_matters_there(field: Field) -> None:
    assert arrives(field, "张建国") == "张建国"
    who = people.by_identity(field.tx, "second", USER)
    assert who is not None
    assert who.id == field.ids["张建国"]
    assert len(people.named(field.tx, "张建国")) == 1
    assert people.chats_of(field.tx, who.id)[0] in [("second", USER), ("telegram", 100)]
    assert {line for line, _ in people.chats_of(field.tx, who.id)} == {"second", "telegram"}


@pytest.mark.parametrize("name", ["王芳", "李主任", "孙涛"])
def test_the_name_of_somebody_who_leads_is_no_key(field: Field, name: str) -> None:
    before = field.rows()
    assert arrives(field, name) is None
    assert field.rows() == before


def test_two_members_of_one_name_are_not_one_person(field: Field) -> None:
    assert arrives(field, "刘洋") == "刘洋"
    assert arrives(field, "刘洋", Account("second", USER + 1, USER + 1)) is None


def test_the_frozen_and_the_nameless_stay_outside(field: Field) -> None:
    deeds.set_state(field.tx, field.ids["王芳"], "张建国", people.FROZEN, field.now)
    assert arrives(field, "张建国") is None
    assert arrives(field, "  ") is None


def test_who_has_left_comes_back_by_an_invitation_only(field: Field) -> None:
    leaving.leave(field.tx, field.ids["王芳"], "张建国", None, field.bureau, field.now)
    assert arrives(field, "张建国") is None
    _, token = invited(field, "张建国", Role.OFFICER)
    assert arrives(field, "张建国") is None
    found = deeds.open_link(field.tx, token, "second", USER, USER, field.now)
    person = deeds.accept(field.tx, found.id, "second", USER, USER, field.now)
    assert person != field.ids["张建国"]


def test_a_hundred_who_come_at_once_are_one_card_for_the_admin(field: Field) -> None:
    for n in range(100):
        arrives(field, f"新人{n}", Account("second", USER + n, USER + n, "第二条线"))
    c = outbox.c
    owed = field.tx.execute(select(c.args, c.wanted).where(c.card == "came")).all()
    assert len(owed) == 1
    assert len(owed[0].args["people"]) == owed[0].wanted == 100


def test_arriving_again_changes_nothing(field: Field) -> None:
    arrives(field, "刘洋")
    before = field.rows()
    assert arrives(field, "刘洋") is None
    assert field.rows() == before


def test_the_kindred_line_knows_the_same_people(field: Field) -> None:
    arrives(field, "刘洋")
    robot = Account("third", USER, USER)
    found = same_person(field.tx, robot, "second", field.now)
    assert found is not None
    assert people.by_identity(field.tx, "third", USER) == found
    assert same_person(field.tx, Account("third", USER + 9, USER + 9), "second", field.now) is None


def test_a_link_for_a_known_name_is_a_second_account_not_a_second_person(field: Field) -> None:
    _, token = invited(field, "张建国", Role.OFFICER)
    found = deeds.open_link(field.tx, token, "second", USER, USER, field.now)
    person = deeds.accept(field.tx, found.id, "second", USER, USER, field.now)
    assert person == field.ids["张建国"]
    assert len(people.named(field.tx, "张建国")) == 1


def test_a_new_phone_on_the_same_line_replaces_the_old(field: Field) -> None:
    _, token = invited(field, "张建国", Role.OFFICER)
    found = deeds.open_link(field.tx, token, "telegram", 555, 555, field.now)
    deeds.accept(field.tx, found.id, "telegram", 555, 555, field.now + timedelta(seconds=1))
    assert people.by_identity(field.tx, "telegram", field.chat("张建国")) is None
    assert people.chats_of(field.tx, field.ids["张建国"]) == [("telegram", 555)]
