"""The table of rights is whole, and nobody's rights are more than the sum of his roles'."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.rules.records import ROLE_NAMES, Role
from bot.rules.rights import RIGHTS, Right, may

O, L, S, W, A = Role.OFFICER, Role.LEADER, Role.SUPERVISOR, Role.OWNER, Role.ADMIN
EVERYBODY = {O, L, S, W, A}
WANTED = {
    Right.REPORT: EVERYBODY, Right.CORRECT_OWN: EVERYBODY, Right.ASK_OWN: EVERYBODY,
    Right.CORRECT_SQUAD: {L}, Right.ASK_SQUAD: {L, S, A}, Right.ASK_ALL: {S, A},
    Right.INVITE: {A}, Right.PEOPLE: {A}, Right.SPOTS: {A}, Right.CHATS: {A}, Right.STATUS: {A},
    Right.CALENDAR: {A}, Right.DECIDE: {L, S, A}, Right.PAPERS: {L, S, A}, Right.SIGN_OFF: {S},
    Right.ACCEPT: {S}, Right.PATROL: {O, L}, Right.RESEND: {S, A}, Right.LEDGER: {A},
    Right.COUNTERS: {L, S, W, A}, Right.ABSENCE: {L, S, A},
    Right.OBLIGATIONS: {A}, Right.REGISTER: {L, S, W, A}, Right.EXEMPT: {L, S},
}  # fmt: skip


@pytest.mark.parametrize("right", list(Right))
@pytest.mark.parametrize("role", list(Role))
def test_the_table(right: Right, role: Role) -> None:
    assert may({role}, right) is (role in WANTED[right])


def test_every_right_and_role_is_named() -> None:
    assert set(RIGHTS) == set(Right) == set(WANTED)
    assert set(ROLE_NAMES) == set(Role)
    assert all(RIGHTS.values())


def test_without_a_role_nothing_is_allowed() -> None:
    assert not any(may(roles, right) for right in Right for roles in ((), frozenset()))


def test_two_roles_are_the_sum_of_both() -> None:
    for one, two in combinations(Role, 2):
        for right in Right:
            assert may({one, two}, right) is (may({one}, right) or may({two}, right))


def test_whoever_sees_all_sees_a_squad_and_himself() -> None:
    assert RIGHTS[Right.ASK_ALL] <= RIGHTS[Right.ASK_SQUAD] <= RIGHTS[Right.ASK_OWN]
