"""成效数据 on both stores: written down, put right, withdrawn, by whom, with what proof."""

from __future__ import annotations

from datetime import date

import pytest

from bot.actions import counters
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.counters import Told, read
from bot.rules.records import Role
from bot.words import counters as words
from storage import counters as store
from tests.actions.conftest import Field


def told(field: Field, text: str) -> Told:
    found = read(text, field.now.date())
    assert isinstance(found, Told)
    return found


def keep(field: Field, name: str, text: str, answered: int | None = None) -> tuple[object, ...]:
    place = ("telegram", field.chat(name), answered)
    return counters.keep(field.tx, field.ids[name], told(field, text), field.now, place)


def said(field: Field) -> list[str]:
    return [words.said(one) for one in counters.standing(field.tx)]


def test_what_is_said_again_puts_it_right_and_nothing_is_lost(field: Field) -> None:
    keep(field, "李主任", "记数 官网发布 66篇 截至5月底")
    keep(field, "李主任", "成效 垃圾分类活动 40余次 覆盖 2万余人次")
    field.later(minutes=1)
    found = counters.keep(
        field.tx, field.ids["王志强"], told(field, "记数 官网发布 67篇"), field.now
    )
    assert [(one.figure, one.was) for one in found] == [("67篇", "66篇")]
    assert said(field) == [
        "官网发布 67篇（截至6月9日）", "垃圾分类活动 40余次（截至6月9日）",
        "垃圾分类活动覆盖 2万余人次（截至6月9日）",
    ]  # fmt: skip
    assert len(store.of_name(field.tx, "官网发布", 9)) == 2
    may = counters.standing(field.tx, date(2025, 5, 31))
    assert [one.figure for one in may] == ["66篇"]
    assert [deed for deed, _ in field.told()] == ["counter"] * 4


def test_taking_back_takes_the_whole_message_and_the_one_before_stands(field: Field) -> None:
    keep(field, "王志强", "记数 培训1次、抽查3次")
    field.later(minutes=1)
    found = counters.keep(
        field.tx, field.ids["王志强"], told(field, "记数 培训2次、抽查4次"), field.now
    )
    field.later(minutes=1)
    gone = counters.withdraw(field.tx, field.ids["王志强"], found[0].id, field.now)
    assert (gone.figure, gone.was) == ("2次", "1次")
    assert said(field) == ["培训 1次（截至6月9日）", "抽查 3次（截至6月9日）"]
    field.leaves_all(
        lambda: counters.withdraw(field.tx, field.ids["王志强"], found[0].id, field.now),
        TooLate, "已经撤回了",
    )  # fmt: skip
    counters.withdraw_named(field.tx, field.ids["王志强"], "培训", field.now)
    assert said(field) == ["抽查 3次（截至6月9日）"]
    field.leaves_all(
        lambda: counters.withdraw_named(field.tx, field.ids["王志强"], "培训", field.now),
        NotFound, "成效数据里没有「培训」",
    )  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_who_may_write_one_down(field: Field, role: Role) -> None:
    who = field.join("某人", {role})
    figures = told(field, "记数 官网发布 66篇")
    if role is Role.OFFICER:
        field.leaves_all(
            lambda: counters.keep(field.tx, who, figures, field.now),
            NotAllowed,
            "才能办，什么也没改",
        )
        return
    assert counters.keep(field.tx, who, figures, field.now)[0].by == "某人"


@pytest.mark.parametrize(
    ("name", "may"),
    [("王志强", True), ("李主任", True), ("王芳", True), ("孙涛", False), ("张建国", False)],
)
def test_only_who_wrote_it_or_who_stands_above_takes_it_back(
    field: Field, name: str, may: bool
) -> None:
    keep(field, "王志强", "记数 官网发布 66篇")
    row = store.of_name(field.tx, "官网发布")[0].id
    who = field.ids[name]
    if may:
        counters.withdraw(field.tx, who, row, field.now)
        assert said(field) == []
    else:
        field.leaves_all(
            lambda: counters.withdraw(field.tx, who, row, field.now), NotAllowed, "才能"
        )


def test_a_photo_that_is_answered_is_its_proof_and_words_are_none(field: Field) -> None:
    field.sends("王志强", "松江路 占道 已劝离")
    photo = field.message
    keep(field, "王志强", "记数 官网发布 66篇", photo)
    assert counters.standing(field.tx)[0].proof
    keep(field, "王志强", "记数 入户宣传 800余户", 9999)
    assert [one.proof for one in counters.standing(field.tx)] == [True, False]
    # Another's chat has messages of the same numbers.
    keep(field, "李主任", "记数 抽查 3次", photo)
    assert not counters.standing(field.tx)[2].proof


def test_there_is_an_end_to_names(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "MOST", 2)
    keep(field, "王志强", "记数 培训1次、抽查3次")
    field.leaves_all(lambda: keep(field, "王志强", "记数 官网发布 66篇"), Refused, "记不下新的了")
    keep(field, "王志强", "记数 培训2次")


@pytest.mark.parametrize("name", ["=A1", "@SUM(A1)", "<b>官网</b>发布", "../../x", "\u202e倒着写"])
def test_hostile_names_are_plain_text(field: Field, name: str) -> None:
    keep(field, "王志强", f"记数 {name} 3次")
    found = counters.standing(field.tx)
    for text in (words.listed(found).text, *words.sentences(found), words.kept(found, False).text):
        assert "\u202e" not in text
    if "\u202e" not in name:
        assert [one.name for one in found] == [name]


def test_papers_quote_them_with_their_day(field: Field) -> None:
    keep(field, "李主任", "记数 官网发布 66篇 截至5月底")
    keep(field, "李主任", "成效 垃圾分类活动 40余次 覆盖 2万余人次")
    assert words.sentences(counters.standing(field.tx)) == [
        "截至2025年5月31日，官网发布66篇。",
        "截至2025年6月9日，垃圾分类活动40余次、垃圾分类活动覆盖2万余人次。",
    ]
