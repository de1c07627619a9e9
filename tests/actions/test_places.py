"""What an admin decides about a place nobody knew holds for what was reported there before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.actions import corrections, places
from bot.errors import NotAllowed, NotFound, TooLate
from storage import counts, spots
from storage.counts import Scope
from tests.actions.conftest import Field

THERE = "福禄巷口 占道经营1处"


def number(field: Field) -> int:
    """The id of the one new place name."""
    (row,) = spots.new_names(field.tx)
    return int(row.id)


def visits(field: Field) -> dict[str, int]:
    return counts.by_spot(field.tx, Scope(None, field.now + timedelta(days=999)))


def test_a_name_is_asked_about_once_however_often_it_is_written(field: Field) -> None:
    for who in ("张建国", "李红梅", "赵大勇"):
        field.sends(who, THERE)
        field.later(hours=1)
    (row,) = spots.new_names(field.tx)
    assert (row.name, row.times, row.report) == ("福禄巷口", 3, "R-20250609-001")


def test_a_new_spot_counts_what_was_reported_there(field: Field) -> None:
    sent = [field.sends(who, THERE) for who in ("张建国", "李红梅")]
    place = number(field)
    assert (
        places.add_spot(field.tx, field.ids["王芳"], place, field.bureau, field.now) == "福禄巷口"
    )
    code = f"added{place}"
    assert visits(field) == {code: 2}
    assert spots.current(field.tx)[-1].name == "福禄巷口"
    assert [field.finds(one)[0][:2] for one in sent] == [(code, "zhandao")] * 2
    assert field.wanted("receipt", field.report(sent[0]).id) >= 2
    assert spots.new_names(field.tx) == []


def test_an_alias_counts_at_the_known_spot(field: Field) -> None:
    field.sends("张建国", THERE)
    said = places.make_alias(
        field.tx, field.ids["王芳"], number(field), "yongfu", field.bureau, field.now
    )
    assert said == ("福禄巷口", "永福路")
    assert visits(field) == {"yongfu": 1}
    known = next(s for s in spots.current(field.tx) if s.code == "yongfu")
    assert "福禄巷口" in known.aliases


def test_ignoring_leaves_the_reports_as_written(field: Field) -> None:
    sent = field.sends("张建国", THERE)
    assert places.ignore(field.tx, field.ids["王芳"], number(field), field.now) == "福禄巷口"
    assert field.finds(sent)[0][0] == "福禄巷口"
    assert visits(field) == {}
    assert spots.new_names(field.tx) == []
    field.later(hours=1)
    field.sends("张建国", THERE)
    assert spots.new_names(field.tx) == []


def test_what_was_withdrawn_moves_but_does_not_count(field: Field) -> None:
    sent = field.sends("张建国", THERE)
    corrections.withdraw(
        field.tx, field.ids["张建国"], field.report(sent).id, field.bureau, field.now
    )
    places.make_alias(field.tx, field.ids["王芳"], number(field), "yongfu", field.bureau, field.now)
    assert visits(field) == {}
    corrections.restore(
        field.tx, field.ids["张建国"], field.report(sent).id, field.bureau, field.now
    )
    assert visits(field) == {"yongfu": 1}


def test_what_was_moved_elsewhere_by_hand_stays_there(field: Field) -> None:
    sent = field.sends("张建国", THERE)
    corrections.set_spot(
        field.tx,
        field.ids["张建国"],
        field.report(sent).id,
        "songjiang",
        0,
        field.bureau,
        field.now,
    )
    places.make_alias(field.tx, field.ids["王芳"], number(field), "yongfu", field.bureau, field.now)
    assert visits(field) == {"songjiang": 1}
    assert field.finds(sent)[0][0] == "songjiang"


DEEDS: dict[str, Callable[[Field, int, int], object]] = {
    "add": lambda f, by, n: places.add_spot(f.tx, by, n, f.bureau, f.now),
    "alias": lambda f, by, n: places.make_alias(f.tx, by, n, "yongfu", f.bureau, f.now),
    "ignore": lambda f, by, n: places.ignore(f.tx, by, n, f.now),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("who", ["张建国", "孙涛", "李主任", "王志强"])
def test_only_an_admin_decides(field: Field, deed: str, who: str) -> None:
    field.sends("张建国", THERE)
    place = number(field)
    field.leaves_all(lambda: DEEDS[deed](field, field.ids[who], place), NotAllowed, "管理员")


@pytest.mark.parametrize("deed", DEEDS)
def test_a_name_that_is_gone_is_told(field: Field, deed: str) -> None:
    field.leaves_all(lambda: DEEDS[deed](field, field.ids["王芳"], 987654), NotFound, "新地名")


def test_an_alias_of_a_spot_that_is_gone_is_told(field: Field) -> None:
    field.sends("张建国", THERE)
    place = number(field)
    field.leaves_all(
        lambda: places.make_alias(field.tx, field.ids["王芳"], place, "nowhere", field.bureau,
                                  field.now),
        NotFound, "点位表",
    )  # fmt: skip


@pytest.mark.parametrize("first", ["add", "alias"])
@pytest.mark.parametrize("second", DEEDS)
def test_the_second_of_two_admins_hears_that_it_is_decided(
    field: Field, first: str, second: str
) -> None:
    """Two admins press on two phones."""
    sent = field.sends("张建国", THERE)
    place = number(field)
    DEEDS[first](field, field.ids["王芳"], place)
    decided = field.finds(sent)
    field.leaves_all(
        lambda: DEEDS[second](field, field.ids["王芳"], place), TooLate, "什么也没改"
    )  # fmt: skip
    assert field.finds(sent) == decided


def test_what_was_ignored_can_still_be_put_right(field: Field) -> None:
    field.sends("张建国", THERE)
    place = number(field)
    DEEDS["ignore"](field, field.ids["王芳"], place)
    DEEDS["alias"](field, field.ids["王芳"], place)
    assert visits(field) == {"yongfu": 1}
