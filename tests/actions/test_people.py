"""Who comes, who goes and who may: read inside the deed, and every refusal leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.actions import leaving
from bot.actions import people as deeds
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.records import Role
from bot.rules.rights import RIGHTS, Right, may
from storage import outbox, people, reports
from tests.actions.conftest import Field

OFFICER = frozenset({Role.OFFICER})


def invite(field: Field, name: str = "周凯", by: str | None = "王芳") -> tuple[int, str]:
    who = field.ids[by] if by else None
    return deeds.invite(field.tx, who, name, OFFICER, "一中队", None, field.bureau, field.now)


def opened(field: Field, token: str, user: int = 900) -> int:
    return deeds.open_link(field.tx, token, "telegram", user, user, field.now).id


def accepted(field: Field, number: int, user: int = 900) -> int:
    return deeds.accept(field.tx, number, "telegram", user, user, field.now)


# ---- rights ----


@pytest.mark.parametrize("right", list(Right))
@pytest.mark.parametrize("role", list(Role))
def test_require_follows_the_table(field: Field, right: Right, role: Role) -> None:
    who = field.join("某人", {role})
    if may({role}, right):
        assert deeds.require(field.tx, who, right).name == "某人"
    else:
        with pytest.raises(NotAllowed):
            deeds.require(field.tx, who, right)
    assert may({role}, right) is (role in RIGHTS[right])


def test_a_person_who_never_was_may_nothing(field: Field) -> None:
    with pytest.raises(NotAllowed):
        deeds.require(field.tx, 987654, Right.REPORT)


ADMINS: dict[str, Callable[[Field, int], object]] = {
    "invite": lambda f, by: deeds.invite(f.tx, by, "周凯", OFFICER, None, None, f.bureau, f.now),
    "void": lambda f, by: deeds.void(f.tx, by, 1, f.now),
    "freeze": lambda f, by: deeds.set_state(f.tx, by, "张建国", people.FROZEN, f.now),
    "leave": lambda f, by: leaving.leave(f.tx, by, "张建国", None, f.bureau, f.now),
    "hand over": lambda f, by: leaving.hand_over(f.tx, by, "张建国", "李红梅", f.bureau, f.now),
}


@pytest.mark.parametrize("deed", ADMINS)
@pytest.mark.parametrize("who", ["张建国", "孙涛", "李主任", "王志强"])
def test_only_an_admin_decides_about_people(field: Field, deed: str, who: str) -> None:
    field.leaves_all(lambda: ADMINS[deed](field, field.ids[who]), NotAllowed, "管理员")


# ---- invitations ----


def test_the_way_in(field: Field) -> None:
    number, token = invite(field)
    assert opened(field, token) == number
    assert ("welcome", number) in [(c, s) for c, s in field.owed()]
    person = accepted(field, number)
    found = people.by_identity(field.tx, "telegram", 900)
    assert found is not None
    assert (found.id, found.name, found.roles, found.squad) == (person, "周凯", OFFICER, "一中队")
    assert ("joined", number) in field.owed("王芳")
    assert [deed for deed, _ in field.deeds()] == ["invite", "join"]


def test_the_token_is_nowhere_in_the_rows(field: Field) -> None:
    _, token = invite(field)
    assert len(token) >= 16
    for table in people.people.metadata.sorted_tables:
        assert token not in repr(field.tx.execute(select(table)).all()), table.name


def test_by_chat_the_token_lies_in_the_card_that_shows_it(field: Field) -> None:
    deeds.invite_by_chat(
        field.tx, field.ids["王芳"], "周凯", OFFICER, None, "telegram", field.chat("王芳"),
        field.bureau, field.now,
    )  # fmt: skip
    (row,) = outbox.claim(field.tx, field.now, (), 9)
    assert (row.card, set(row.args)) == ("invitation", {"token"})
    assert opened(field, row.args["token"]) == row.subject


@pytest.mark.parametrize(("name", "roles"), [("", OFFICER), ("  ", OFFICER), ("周凯", frozenset())])
def test_an_invitation_needs_a_name_and_a_role(
    field: Field, name: str, roles: frozenset[Role]
) -> None:
    field.leaves_all(
        lambda: deeds.invite(field.tx, None, name, roles, None, None, field.bureau, field.now),
        Refused, "姓名和岗位",
    )  # fmt: skip


def test_a_guessed_link_opens_nothing(field: Field) -> None:
    invite(field)
    for token in ("", "x", "0" * 16, "' OR 1=1 --"):
        field.leaves_all(lambda token=token: opened(field, token), NotFound, "链接不对")


def test_a_link_is_used_once(field: Field) -> None:
    number, token = invite(field)
    opened(field, token)
    accepted(field, number)
    field.leaves_all(lambda: opened(field, token, 901), TooLate, "用过")


def test_a_link_belongs_to_who_opened_it_first(field: Field) -> None:
    number, token = invite(field)
    opened(field, token)
    field.leaves_all(lambda: opened(field, token, 901), TooLate, "有人打开")
    field.leaves_all(lambda: accepted(field, number, 901), NotFound, "不是给您的")
    assert opened(field, token) == number


def test_nobody_accepts_what_he_never_opened(field: Field) -> None:
    number, _ = invite(field)
    field.leaves_all(lambda: accepted(field, number), NotFound, "不是给您的")
    field.leaves_all(lambda: accepted(field, 987654), NotFound, "不是给您的")


@pytest.mark.parametrize("opened_before", [False, True])
def test_a_link_ends_after_seven_days(field: Field, opened_before: bool) -> None:
    number, token = invite(field)
    if opened_before:
        opened(field, token)
    field.later(days=7)
    if opened_before:
        field.leaves_all(lambda: accepted(field, number), TooLate, "过期")
    field.leaves_all(lambda: opened(field, token), TooLate, "过期")


def test_accepting_twice_is_one_person(field: Field) -> None:
    number, token = invite(field)
    opened(field, token)
    first = accepted(field, number)
    before = field.rows()
    assert accepted(field, number) == first
    assert field.rows() == before


def test_a_second_invitation_gives_the_same_person_new_roles(field: Field) -> None:
    number, token = invite(field)
    opened(field, token)
    person = accepted(field, number)
    again, token = deeds.invite(
        field.tx, None, "周凯", frozenset({Role.LEADER}), "二中队", None, field.bureau, field.now
    )
    opened(field, token)
    assert accepted(field, again) == person
    found = people.by_id(field.tx, person)
    assert found is not None
    assert (found.roles, found.squad) == ({Role.LEADER}, "二中队")


def test_not_me_makes_the_link_void_and_the_admin_hears(field: Field) -> None:
    number, token = invite(field)
    opened(field, token)
    deeds.refuse(field.tx, number, "telegram", 900, 900, field.now)
    assert ("joined", number) in field.owed("王芳")
    assert people.by_identity(field.tx, "telegram", 900) is None
    field.leaves_all(lambda: opened(field, token), TooLate, "作废")
    field.leaves_all(lambda: accepted(field, number), TooLate, "作废")


def test_a_void_link_opens_nothing_and_a_used_one_cannot_be_made_void(field: Field) -> None:
    number, token = invite(field)
    deeds.void(field.tx, field.ids["王芳"], number, field.now)
    field.leaves_all(lambda: opened(field, token), TooLate, "作废")
    number, token = invite(field)
    opened(field, token)
    accepted(field, number)
    field.leaves_all(
        lambda: deeds.void(field.tx, field.ids["王芳"], number, field.now), TooLate, "已经用"
    )


# ---- freezing, leaving, handing over ----


def state(field: Field, name: str) -> str:
    found = people.by_id(field.tx, field.ids[name])
    assert found is not None
    return found.state


def test_freezing_and_thawing(field: Field) -> None:
    admin = field.ids["王芳"]
    deeds.set_state(field.tx, admin, "张建国", people.FROZEN, field.now)
    assert state(field, "张建国") == people.FROZEN
    with pytest.raises(NotAllowed):
        field.sends("张建国", "松江路正常")
    deeds.set_state(field.tx, admin, "张建国", people.ACTIVE, field.now)
    assert field.sends("张建国", "松江路正常")


def test_nobody_freezes_or_dismisses_himself(field: Field) -> None:
    admin = field.ids["王芳"]
    for deed in (
        lambda: deeds.set_state(field.tx, admin, "王芳", people.FROZEN, field.now),
        lambda: leaving.leave(field.tx, admin, "王芳", None, field.bureau, field.now),
    ):
        field.leaves_all(deed, Refused, "自己")


def test_who_leaves_hands_over_what_waits(field: Field) -> None:
    number = field.sends("张建国")
    who, heir, moved = leaving.leave(
        field.tx, field.ids["王芳"], "张建国", "李红梅", field.bureau, field.now
    )
    assert heir is not None
    assert (who.name, heir.name, moved) == ("张建国", "李红梅", 1)
    assert state(field, "张建国") == people.LEFT
    assert [r.number for r in reports.waiting_for(field.tx, field.ids["李红梅"])] == [number]
    assert ("handed", field.ids["张建国"]) in field.owed("李红梅")
    assert field.report(number).person == field.ids["张建国"]


def test_without_a_name_the_leader_of_the_squad_takes_over(field: Field) -> None:
    field.sends("张建国")
    _, heir, moved = leaving.leave(
        field.tx, field.ids["王芳"], "张建国", None, field.bureau, field.now
    )
    assert heir is not None
    assert (heir.name, moved) == ("孙涛", 1)


def test_open_matters_need_somebody(field: Field) -> None:
    people.change(field.tx, field.ids["孙涛"], state=people.LEFT)
    field.sends("张建国")
    field.leaves_all(
        lambda: leaving.leave(field.tx, field.ids["王芳"], "张建国", None, field.bureau, field.now),
        Refused, "得有人接",
    )  # fmt: skip


def test_an_heir_who_is_frozen_takes_over_nothing(field: Field) -> None:
    field.sends("张建国")
    people.change(field.tx, field.ids["李红梅"], state=people.FROZEN)
    admin = field.ids["王芳"]
    for deed in (
        lambda: leaving.hand_over(field.tx, admin, "张建国", "李红梅", field.bureau, field.now),
        lambda: leaving.leave(field.tx, admin, "张建国", "李红梅", field.bureau, field.now),
    ):
        field.leaves_all(deed, Refused, "停用")


def test_who_left_answers_for_nothing_and_gets_nothing(field: Field) -> None:
    leaving.leave(field.tx, field.ids["王芳"], "张建国", None, field.bureau, field.now)
    before = field.owed("张建国")
    deeds.tell(field.tx, field.ids["张建国"], "handed", 1, field.now)
    assert field.owed("张建国") == before


@pytest.mark.parametrize("name", ["没有人", "", "  "])
def test_a_name_nobody_has_is_told(field: Field, name: str) -> None:
    field.leaves_all(
        lambda: deeds.set_state(field.tx, field.ids["王芳"], name, people.FROZEN, field.now),
        NotFound, "没有叫",
    )  # fmt: skip


def test_a_name_of_two_is_told(field: Field) -> None:
    field.join("张建国2", {Role.OFFICER})
    people.change(field.tx, field.ids["张建国2"], name="张建国")
    field.leaves_all(
        lambda: deeds.set_state(field.tx, field.ids["王芳"], "张建国", people.FROZEN, field.now),
        Refused, "2 位",
    )  # fmt: skip


def test_practice_is_switched_on_and_off(field: Field) -> None:
    who = field.ids["张建国"]
    for on in (True, False):
        deeds.practise(field.tx, who, on)
        assert getattr(people.by_id(field.tx, who), "practising") is on  # noqa: B009


def test_the_expiry_is_the_bureaus_limit(field: Field) -> None:
    number, _ = invite(field, by=None)
    found = people.invitation(field.tx, number)
    assert found is not None
    assert found.expires_at == field.now + timedelta(days=field.bureau.limits.invitation_days)


def test_a_squad_that_is_not_there_is_refused(field: Field) -> None:
    who = field.ids["王芳"]
    with pytest.raises(Refused, match="没有「三中队」这个中队，只有一中队、二中队"):
        deeds.invite(field.tx, who, "周凯", OFFICER, "三中队", None, field.bureau, field.now)
