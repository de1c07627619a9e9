"""People, their accounts and invitations, as the rows know them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.rules.records import Role
from storage import doors, people
from storage.schema import Transaction

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
OFFICER = frozenset({Role.OFFICER})


def person(tx: Transaction, name: str = "张建国", roles: frozenset[Role] = OFFICER) -> int:
    return people.add(tx, name, roles, "一中队", None, NOON)


def invitation(tx: Transaction, digest: str = "d", **more: Any) -> int:
    values: dict[str, Any] = {
        "name": "李红梅", "roles": "officer", "squad": None, "department": None, "made_by": None,
        "made_at": NOON, "expires_at": NOON + timedelta(days=7),
    }  # fmt: skip
    return people.invite(tx, digest, **values | more)


def test_a_person_is_known_by_the_account(tx: Transaction) -> None:
    number = person(tx, roles=frozenset({Role.LEADER, Role.OFFICER}))
    people.know(tx, "telegram", 7, 7, number, NOON)
    found = people.by_identity(tx, "telegram", 7)
    assert found == people.by_id(tx, number)
    assert found is not None
    assert (found.name, found.roles, found.squad, found.active, found.practising) == (
        "张建国", {Role.LEADER, Role.OFFICER}, "一中队", True, False,
    )  # fmt: skip
    assert people.by_identity(tx, "simulator", 7) is None
    assert people.by_identity(tx, "telegram", 8) is None


def test_an_account_belongs_to_one_person_at_a_time(tx: Transaction) -> None:
    one, two = person(tx, "甲"), person(tx, "乙")
    people.know(tx, "telegram", 7, 7, one, NOON)
    people.know(tx, "telegram", 7, 7, two, NOON)
    found = people.by_identity(tx, "telegram", 7)
    assert found is not None
    assert found.name == "乙"
    assert people.chats_of(tx, one) == []


def test_a_person_is_reached_on_the_newest_account_that_works(tx: Transaction) -> None:
    number = person(tx)
    people.know(tx, "telegram", 7, 7, number, NOON)
    people.know(tx, "simulator", 8, 8, number, NOON + timedelta(days=1))
    assert people.chats_of(tx, number) == [("simulator", 8), ("telegram", 7)]
    people.reachable(tx, "simulator", 8, False)
    assert people.chats_of(tx, number) == [("telegram", 7)]
    people.reachable(tx, "simulator", 8, True)
    assert people.chats_of(tx, number)[0] == ("simulator", 8)
    assert people.of_chat(tx, "telegram", 7) == number
    assert people.of_chat(tx, "telegram", 9) is None


@pytest.mark.parametrize(
    ("state", "named", "holds"),
    [(people.ACTIVE, True, True), (people.FROZEN, True, False), (people.LEFT, False, False)],
)
def test_who_left_is_not_called_by_name_and_who_is_frozen_holds_no_role(
    tx: Transaction, state: str, named: bool, holds: bool
) -> None:
    number = person(tx)
    people.change(tx, number, state=state)
    assert bool(people.named(tx, "张建国")) is named
    assert bool(people.with_role(tx, Role.OFFICER)) is holds
    assert [p.state for p in people.everyone(tx)] == [state]


def test_two_people_of_one_name_are_both_found(tx: Transaction) -> None:
    numbers = [person(tx), person(tx)]
    assert [p.id for p in people.named(tx, "张建国")] == numbers


def test_an_invitation_is_found_by_its_digest_alone(tx: Transaction) -> None:
    number = invitation(tx, "d1", made_by=3)
    found = people.invitation_by_digest(tx, "d1")
    assert found == people.invitation(tx, number)
    assert found is not None
    assert (found.state, found.made_by, found.expires_at) == ("open", 3, NOON + timedelta(days=7))
    assert people.invitation_by_digest(tx, "d2") is None
    people.change_invitation(tx, number, state="opened", line="telegram", user=7)
    opened = people.invitation(tx, number)
    assert opened is not None
    assert (opened.state, opened.line, opened.user) == ("opened", "telegram", 7)


def test_no_two_invitations_share_a_token(tx: Transaction) -> None:
    invitation(tx, "d1")
    with pytest.raises(IntegrityError), tx.begin_nested():
        invitation(tx, "d1")


def test_two_strangers_have_two_codes(tx: Transaction) -> None:
    doors.meet(tx, "telegram", 7, "A1B2", NOON)
    with pytest.raises(IntegrityError), tx.begin_nested():
        doors.meet(tx, "telegram", 8, "A1B2", NOON)
    found = doors.stranger_by_code(tx, "A1B2")
    assert found is not None
    assert found.user == 7


def test_a_stranger_told_again_keeps_the_first_moment(tx: Transaction) -> None:
    doors.meet(tx, "telegram", 7, "A1B2", NOON)
    doors.told(tx, "telegram", 7, NOON + timedelta(days=1))
    found = doors.stranger(tx, "telegram", 7)
    assert found is not None
    assert (found.first_at, found.told_at) == (NOON, NOON + timedelta(days=1))


def test_roles_are_stored_in_one_order(tx: Transaction) -> None:
    person(tx, roles=frozenset({Role.OFFICER, Role.ADMIN, Role.LEADER}))
    assert tx.execute(text("SELECT roles FROM people")).scalar_one() == "admin,leader,officer"
