"""Cards with the most and the strangest facts they can be given: still short, still plain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.facts import Change, Files, FindFacts, Matters, Receipt, SpotWeek, Todo
from bot.rules.records import Role
from bot.words import help, people, receipts, refusals
from bot.words.card import Button, Card, Press, from_json, press, read_press, same_gist, to_json
from bot.words.plain import cut, listed, short, when

TZ = ZoneInfo("Asia/Shanghai")
NOON = datetime(2025, 6, 12, 12, tzinfo=TZ)


def facts(**more: Any) -> Receipt:
    """A plain report of one photo at one spot, with what a test wants different."""
    find = FindFacts("sj", "松江路", "松江路", "占道经营", True, None, "found", "open")
    usual: dict[str, Any] = {
        "report": 1, "number": "R-20250612-007", "version": 1, "finds": (find,),
        "files": Files(1), "words": "松江路 占道", "occurred_at": NOON, "received_at": NOON,
        "own_time": False, "late": False, "weeks": (SpotWeek("sj", "松江路", 1, 2),),
        "asking": None, "menu": None, "options": (), "withdrawn_at": None, "change": None,
        "guessed": None, "practice": False, "by_sound": False, "admin": None,
    }  # fmt: skip
    return Receipt(**(usual | more))


finds = st.builds(
    FindFacts,
    spot=st.sampled_from([None, "a", "b"]),
    place=st.sampled_from([None, "松江路", "松江路与永福路交汇处", "福禄巷口" * 20]),
    written=st.sampled_from([None, "忪江路", "福禄巷口"]),
    category=st.sampled_from([None, "占道经营", "机动车乱停放"]),
    trouble=st.booleans(),
    count=st.sampled_from([None, 1, 99999]),
    action=st.sampled_from(["found", "none", "persuaded", "notice"]),
    state=st.sampled_from(["open", "closed", "none"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(finds, min_size=1, max_size=12),
    st.sampled_from([None, "location", "last"]),
    st.booleans(), st.booleans(), st.booleans(),
    st.sampled_from([None, "spot"]),
    st.sampled_from([None, "place", "category", "restore"]),
)  # fmt: skip
def test_every_receipt_is_a_card(
    held: list[FindFacts], guessed: str | None, practice: bool, own_time: bool, withdrawn: bool,
    asking: str | None, change: str | None,
) -> None:  # fmt: skip
    """Whatever was found, the card has at most five lines, a number and its last button."""
    weeks = tuple(SpotWeek(str(i), f"点位{i}", i, 2 if i % 2 else None) for i in range(len(held)))
    card = receipts.receipt(facts(
        finds=tuple(held), guessed=guessed, practice=practice, own_time=own_time, weeks=weeks,
        withdrawn_at=NOON if withdrawn else None, asking=asking, admin="王芳", by_sound=True,
        files=Files(30, 2, 1, 1, late=1, lost=1),
        change=Change("孙涛", change, NOON) if change else None,
    ))  # fmt: skip
    lines = card.text.split("\n")
    assert len(lines) <= 5
    assert len(card.text) <= 330
    assert "0612-007" in card.text
    assert card.rows[-1][-1].label == ("恢复" if withdrawn else "撤回")
    labels = [button.label for row in card.rows for button in row]
    assert all(0 < len(label) <= 10 for label in labels)
    assert all(len(button.data.encode()) <= 64 for row in card.rows for button in row)


def test_practice_shows_no_count() -> None:
    """What counts nowhere says no "第 0 次"."""
    card = receipts.receipt(facts(practice=True))
    assert "第" not in card.text
    assert "这是练习，不算数。" in card.text


def test_a_place_nobody_knows_is_said_with_its_trouble() -> None:
    """The first line is the same as ever; the place is named once, however often it was found."""
    find = FindFacts(None, "福禄巷口", "福禄巷口", "占道经营", True, None, "found", "open")
    card = receipts.receipt(facts(finds=(find, find), weeks=(), admin="王芳"))
    head, _, third = card.text.split("\n")
    assert head == "已收 · 福禄巷口 · 占道经营"
    assert third.startswith("「福禄巷口」不在点位表里")
    assert "王芳" in third


@pytest.mark.parametrize("roles", [{role} for role in Role] + [set(Role)])
def test_help_tells_what_the_roles_may_do(roles: set[Role]) -> None:
    """The admin's lines are the admin's."""
    said = help.help_card(roles).text
    assert ("邀请" in said) is (Role.ADMIN in roles)
    assert ("编号" in said) is (Role.LEADER in roles)
    assert len(said.split("\n")) <= (10 if len(roles) == 1 else 12)


def test_long_lists_are_counted_not_cut_off() -> None:
    """A hundred people, fifty matters: the rest is a number."""
    everyone = [(f"队员{i}", "一中队", {Role.OFFICER}, "active") for i in range(100)]
    assert "还有 80 人。" in people.roster(everyone).text
    matters = tuple(Todo(f"R-20250612-{i:03d}", NOON, i) for i in range(50))
    card = refusals.todo(Matters(matters, (), 50), NOON)
    assert "还有 47 件。" in card.text
    assert len(card.rows) == 3


def test_people_read_names_of_any_length() -> None:
    """A group with a very long title still makes a card."""
    assert len(people.group_asked(-1, "群" * 200, "asked").text) < 110


@given(st.from_regex(r"[a-z]{2}", fullmatch=True), st.integers(-(2**60), 2**60),
       st.integers(0, 2**30), st.text(max_size=8).filter(lambda s: "\x00" not in s))  # fmt: skip
def test_a_press_is_read_as_it_was_written(act: str, row: int, version: int, arg: str) -> None:
    """What a button holds comes back."""
    assert read_press(press(act, row, version, arg)) == Press(act, row, version, arg)


@given(st.text(max_size=64))
def test_foreign_data_is_no_press(data: str) -> None:
    """Nothing that a button may hold breaks the reading of it."""
    found = read_press(data)
    assert found is None or isinstance(found, Press)


def test_a_card_survives_storing() -> None:
    """An answer is kept as it was said."""
    button = Button("是", "v1:a:1:1", primary=True)
    card = Card("话\n二", ((button,),), (button,), 1, button, (("甲", "乙"),), True, False)
    assert from_json(to_json(card)) == card


def test_plain_words() -> None:
    """Dates, numbers and lists as people say them."""
    assert when(NOON, NOON) == "12:00"
    assert when(NOON - timedelta(days=1), NOON) == "6月11日 12:00"
    assert short("R-20250612-007") == "0612-007"
    assert short("x") == "x"
    assert listed(["甲", "乙", "丙", "丁"]) == "甲、乙、丙等 4 处"
    assert cut("一二三四", 3) == "一二…"


def test_a_digest_knows_the_same_card_with_one_more_photo_from_another_card() -> None:
    card = Card("已收 · 松江路\n1 张照片", gist="已收 · 松江路", brief="共 1 张")
    more = replace(card, text="已收 · 松江路\n2 张照片", brief="共 2 张")
    other = replace(more, gist="已收 · 永福路")
    assert card.digest() != more.digest()
    assert same_gist(card.digest(), more.digest())
    assert not same_gist(more.digest(), other.digest())
    assert not same_gist(None, more.digest())
    plain = Card("好。")
    assert not same_gist(plain.digest(), replace(plain, text="不好。").digest())
    assert replace(card, brief="别的").digest() == card.digest()


def test_a_button_of_an_older_version_is_the_same_button() -> None:
    old, new = (Card("好。", ((Button("撤回", press("wd", 77, n)),),)) for n in (1, 36**3))
    other = Card("好。", ((Button("撤回", press("wd", 78, 1)),),))
    picked = [Card("好。", ((Button("甲", press("sp", -7, n, arg)),),)) for n, arg in
              ((1, "a"), (2, "a"), (1, "b"))]  # fmt: skip
    assert old.digest() == new.digest() != other.digest()
    assert picked[0].digest() == picked[1].digest() != picked[2].digest()
