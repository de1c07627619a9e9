"""Changing a report: who may, what counts afterwards, and that nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.actions import corrections as deeds
from bot.actions.corrections import Here
from bot.actions.reports import Message
from bot.errors import NotAllowed, NotFound, Refused
from bot.rules.menus import Menu
from storage import counts, hints, people, reports
from storage.counts import Scope
from tests.actions.conftest import Field

STALLS = "松江路 流动摊贩2个 已劝离"


def visits(field: Field) -> dict[str, int]:
    return counts.by_spot(field.tx, Scope(None, field.now + timedelta(days=999)))


def problems(field: Field) -> int:
    return counts.problem_count(field.tx, Scope(None, field.now + timedelta(days=999)))


@pytest.fixture
def given(field: Field) -> int:
    """A report of 张建国 at 松江路; its id."""
    return field.report(field.sends("张建国", STALLS)).id


Deed = Callable[[Field, str, int], object]
DEEDS: dict[str, Deed] = {
    "place": lambda f, who, r: deeds.set_spot(f.tx, f.ids[who], r, "yongfu", None, f.bureau, f.now),
    "category": lambda f, who, r: deeds.set_category(
        f.tx, f.ids[who], r, "zhandao", None, f.bureau, f.now
    ),
    "withdraw": lambda f, who, r: deeds.withdraw(f.tx, f.ids[who], r, f.bureau, f.now),
    "restore": lambda f, who, r: deeds.restore(f.tx, f.ids[who], r, f.bureau, f.now),
    "menu": lambda f, who, r: deeds.open_menu(f.tx, f.ids[who], r, Menu("spots"), f.now),
}


# ---- who may ----


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    ("who", "allowed"),
    [("张建国", True), ("孙涛", True), ("李红梅", False), ("赵大勇", False), ("李主任", False),
     ("王志强", False), ("王芳", False)],
)  # fmt: skip
def test_only_the_author_and_his_leader_change_a_report(
    field: Field, given: int, deed: str, who: str, allowed: bool
) -> None:
    if allowed:
        DEEDS[deed](field, who, given)
        return
    field.leaves_all(lambda: DEEDS[deed](field, who, given), NotAllowed, "张建国报的")


def test_a_leader_of_another_squad_may_not(field: Field, given: int) -> None:
    from bot.rules.records import Role

    field.join("二队长", {Role.LEADER}, "二中队")
    field.leaves_all(lambda: DEEDS["withdraw"](field, "二队长", given), NotAllowed, "张建国报的")


@pytest.mark.parametrize("deed", DEEDS)
def test_who_was_frozen_a_moment_ago_changes_nothing(field: Field, given: int, deed: str) -> None:
    """Rights are read inside the deed, not when the button was drawn."""
    people.change(field.tx, field.ids["张建国"], state=people.FROZEN)
    field.leaves_all(lambda: DEEDS[deed](field, "张建国", given), NotAllowed, "停用")


@pytest.mark.parametrize("deed", DEEDS)
def test_a_report_that_never_was_is_not_found(field: Field, deed: str) -> None:
    field.leaves_all(lambda: DEEDS[deed](field, "张建国", 987654), NotFound, "没找到")


# ---- place and category ----


def test_a_new_place_counts_there_and_no_longer_here(field: Field, given: int) -> None:
    DEEDS["place"](field, "张建国", given)
    assert visits(field) == {"yongfu": 1}
    assert reports.read_finds(field.tx, given)[0] == 2
    assert field.told()[-1][0] == "place"
    assert field.wanted("receipt", given) >= 2


def test_choosing_what_it_is_already_changes_no_find(field: Field, given: int) -> None:
    deeds.set_spot(field.tx, field.ids["张建国"], given, "songjiang", None, field.bureau, field.now)
    found = reports.read_finds(field.tx, given)
    assert found[1][0].spot == "songjiang"
    assert visits(field) == {"songjiang": 1}


def test_only_the_find_without_a_place_gets_it(field: Field) -> None:
    number = field.sends("张建国")
    given = field.report(number).id
    DEEDS["place"](field, "张建国", given)
    assert field.finds(number) == [("yongfu", "none", None)]
    assert field.report(number).asking is None
    assert field.report(number).intent == "patrol_ok"


def test_one_find_of_several_can_be_moved(field: Field) -> None:
    number = field.sends("张建国", "松江路2个摊贩，岗亭1个摊贩")
    before = field.finds(number)
    deeds.set_spot(
        field.tx, field.ids["张建国"], field.report(number).id, "yongfu", 1, field.bureau, field.now
    )
    after = field.finds(number)
    assert after[0] == before[0]
    assert after[1] == ("yongfu", *before[1][1:])


@pytest.mark.parametrize("spot", ["nowhere", "", "松江路"])
def test_a_spot_that_is_no_more_is_refused(field: Field, given: int, spot: str) -> None:
    field.leaves_all(
        lambda: deeds.set_spot(
            field.tx, field.ids["张建国"], given, spot, None, field.bureau, field.now
        ),
        NotFound, "点位表",
    )  # fmt: skip


def test_a_category_that_is_no_more_is_refused(field: Field, given: int) -> None:
    field.leaves_all(
        lambda: deeds.set_category(
            field.tx, field.ids["张建国"], given, "nothing", None, field.bureau, field.now
        ),
        NotFound, "类别表",
    )  # fmt: skip


def test_no_trouble_takes_count_and_state_away(field: Field, given: int) -> None:
    deeds.set_category(field.tx, field.ids["张建国"], given, "none", None, field.bureau, field.now)
    (find,) = reports.read_finds(field.tx, given)[1]
    assert (find.category, find.count, find.action, find.state) == ("none", None, "none", "none")
    assert problems(field) == 0
    assert visits(field) == {"songjiang": 1}


def test_trouble_set_by_hand_is_open(field: Field) -> None:
    number = field.sends("张建国", "松江路正常")
    DEEDS["category"](field, "张建国", field.report(number).id)
    (find,) = field.whole_finds(number)
    assert (find.category, find.action, find.state) == ("zhandao", "found", "open")
    assert field.report(number).intent == "problem"
    assert problems(field) == 1


def test_the_leaders_change_says_who_made_it(field: Field, given: int) -> None:
    DEEDS["place"](field, "孙涛", given)
    found = reports.by_id(field.tx, given)
    assert found is not None
    assert (found.changed_by, found.change, found.changed_at) == (
        field.ids["孙涛"], "place", field.now,
    )  # fmt: skip


def test_a_menu_opens_and_closes(field: Field, given: int) -> None:
    DEEDS["menu"](field, "张建国", given)
    assert getattr(reports.by_id(field.tx, given), "menu") == "spots:0"  # noqa: B009
    deeds.open_menu(field.tx, field.ids["张建国"], given, None, field.now)
    assert getattr(reports.by_id(field.tx, given), "menu") is None  # noqa: B009


# ---- withdrawing ----


def test_what_is_withdrawn_counts_nowhere_and_comes_back_whole(field: Field, given: int) -> None:
    DEEDS["place"](field, "张建国", given)
    DEEDS["withdraw"](field, "张建国", given)
    assert visits(field) == {}
    DEEDS["restore"](field, "张建国", given)
    assert visits(field) == {"yongfu": 1}


@pytest.mark.parametrize("deed", ["withdraw", "restore"])
def test_pressing_twice_changes_nothing_more(field: Field, given: int, deed: str) -> None:
    DEEDS["withdraw"](field, "张建国", given)
    DEEDS[deed](field, "张建国", given)
    lines = len(field.deeds())
    counted = visits(field)
    DEEDS[deed](field, "张建国", given)
    assert len(field.deeds()) == lines
    assert visits(field) == counted


@pytest.mark.parametrize("deed", ["place", "category", "menu"])
def test_a_withdrawn_report_is_not_changed(field: Field, given: int, deed: str) -> None:
    DEEDS["withdraw"](field, "张建国", given)
    field.leaves_all(lambda: DEEDS[deed](field, "张建国", given), Refused, "已经撤回")


def test_practice_stays_practice_when_it_is_restored_or_moved(field: Field) -> None:
    people.change(field.tx, field.ids["张建国"], practising=True)
    given = field.report(field.sends("张建国", STALLS)).id
    for deed in ("withdraw", "restore", "place"):
        DEEDS[deed](field, "张建国", given)
        assert visits(field) == {}


def test_the_last_one_is_withdrawn_by_word(field: Field, given: int) -> None:
    del given
    field.later(hours=1)
    last = field.sends("张建国", "永福路正常")
    said = deeds.withdraw_last(field.tx, field.ids["张建国"], "telegram", field.bureau, field.now)
    assert said == last
    assert visits(field) == {"songjiang": 1}
    field.leaves_all(
        lambda: deeds.withdraw_last(
            field.tx, field.ids["张建国"], "telegram", field.bureau, field.now
        ),
        NotFound, "没有可以撤回",
    )  # fmt: skip


# ---- words edited in the chat ----


def reword(field: Field, words: str, who: str = "张建国", message: int = 1) -> str | None:
    return deeds.edit_words(
        field.tx, field.ids[who], "telegram", field.chat("张建国"), message, words, field.read,
        field.bureau, field.now,
    )  # fmt: skip


def test_edited_words_move_the_report(field: Field, given: int) -> None:
    assert reword(field, "永福路 占道3处") == "R-20250609-001"
    assert field.finds("R-20250609-001") == [("yongfu", "zhandao", 3)]
    assert visits(field) == {"yongfu": 1}
    assert field.told()[-1] == ("reword", "R-20250609-001")
    assert getattr(reports.by_id(field.tx, given), "text") == "永福路 占道3处"  # noqa: B009


def test_the_same_words_again_change_nothing(field: Field, given: int) -> None:
    reword(field, STALLS)
    assert reports.read_finds(field.tx, given)[0] == 1
    assert field.told()[-1][0] == "report"


def test_words_edited_away_ask_for_the_place_again_or_keep_it(field: Field, given: int) -> None:
    reword(field, "")
    found = reports.by_id(field.tx, given)
    assert found is not None
    assert found.text == ""
    assert reports.read_finds(field.tx, given)[0] == 2


def test_somebody_elses_edit_is_refused(field: Field, given: int) -> None:
    del given
    field.leaves_all(lambda: reword(field, "永福路", "李红梅"), NotAllowed, "张建国报的")


def test_an_edit_of_what_is_no_report_is_nobodys(field: Field, given: int) -> None:
    del given
    before = field.rows()
    assert reword(field, "永福路", message=77) is None
    assert field.rows() == before


def test_an_edit_of_a_withdrawn_report_is_refused(field: Field, given: int) -> None:
    DEEDS["withdraw"](field, "张建国", given)
    field.leaves_all(lambda: reword(field, "永福路"), Refused, "已经撤回")


def test_a_place_set_by_button_survives_words_without_one(field: Field) -> None:
    number = field.sends("张建国", "占道经营2处")
    DEEDS["place"](field, "张建国", field.report(number).id)
    reword(field, "占道经营3处", message=field.message)
    assert field.finds(number) == [("yongfu", "zhandao", 3)]


# ---- locations ----


def here(field: Field, spot: str = "yongfu", who: str = "张建国") -> None:
    field.message += 1
    at = Here("telegram", field.chat(who), field.message, spot, 12.0)
    deeds.here(field.tx, field.ids[who], at, field.now, field.bureau, field.now)


def test_a_location_answers_the_question_where(field: Field) -> None:
    number = field.sends("张建国")
    field.later(minutes=30)
    here(field)
    assert field.finds(number) == [("yongfu", "none", None)]
    assert ("reaction", field.message) in field.owed("张建国")
    assert ("near", field.message) not in field.owed("张建国")


def test_a_location_an_hour_later_is_a_new_place(field: Field) -> None:
    number = field.sends("张建国")
    field.later(minutes=61)
    here(field)
    assert field.report(number).asking == "spot"
    assert ("near", field.message) in field.owed("张建国")


def test_a_location_without_a_question_is_kept_for_the_next_photo(field: Field) -> None:
    here(field)
    assert (hints.of(field.tx, field.ids["张建国"]) or ())[:2] == ("yongfu", field.now)
    deeds.not_here(field.tx, field.ids["张建国"], field.now)
    assert hints.of(field.tx, field.ids["张建国"]) is None


def test_a_location_at_a_spot_that_is_no_more_is_refused(field: Field) -> None:
    field.leaves_all(lambda: here(field, "nowhere"), NotFound, "点位表")


def test_words_are_waited_for_after_a_bare_photo_only(field: Field) -> None:
    def waits(seconds: float = 0) -> bool:
        at = field.now + timedelta(seconds=seconds)
        message = Message("telegram", field.chat("张建国"), 999, at, "没事")
        return deeds.waits_for_words(field.tx, field.ids["张建国"], message, field.bureau)

    assert not waits()
    field.sends("张建国")
    assert waits()
    assert waits(60)
    assert not waits(61)
    field.sends("张建国", STALLS, file=False)
    assert not waits()
