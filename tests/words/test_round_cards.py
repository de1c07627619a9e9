"""Cards of rounds, checks and shifts with the most facts: short, paged, odd signs apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.round_facts import CheckFacts, ItemFacts, Reached, RoundFacts
from bot.rules.rounds import Lacking
from bot.words import checks, round_ends, rounds
from bot.words.card import PAGE, Card

NINE = datetime(2025, 6, 12, 9, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
SPOTS = tuple((f"s{n}", f"第{n}农贸市场东门") for n in range(20))


def facts(**more: Any) -> RoundFacts:
    """A round that just began, with what a test wants different."""
    usual: dict[str, Any] = {
        "id": 1, "number": "X-2025W24-1", "version": 1, "state": "open", "started_at": NINE,
        "ended_at": None, "last_at": NINE, "today": True, "told": False, "late": False,
        "this_week": True, "counts": False, "reached": (), "missing": SPOTS[:7],
        "lacking": Lacking(spots=tuple(code for code, _ in SPOTS[:7])), "asked": 7,
        "crew": ((1, "张建国"),), "mates": ((2, "李红梅"),), "reports": 0, "nth": 2, "owed": 2,
        "menu": None,
    }  # fmt: skip
    return RoundFacts(**(usual | more))


def reached(number: int) -> tuple[Reached, ...]:
    return tuple(
        Reached(code, name, NINE + timedelta(minutes=9 * n), n % 3, n % 2)
        for n, (code, name) in enumerate(SPOTS[:number])
    )


def labels(card: Card) -> list[str]:
    return [button.label for button in card.choices] + [b.label for row in card.rows for b in row]


def test_seven_spots_are_seven_buttons() -> None:
    card = rounds.going(facts())
    assert len(card.choices) == 7
    assert card.turn is None
    assert card.text.startswith("全域巡查开始，09:02。本周第 2 次，一共 7 处。")


@pytest.mark.parametrize(("page", "following"), [(None, "1"), ("page:1", "2"), ("page:2", "0")])
def test_more_spots_than_fit_are_turned_over(page: str | None, following: str) -> None:
    card = rounds.going(facts(missing=SPOTS, asked=20, menu=page))
    assert len(card.choices) == 20
    assert card.page == int((page or "page:0")[-1])
    assert card.turn is not None
    assert card.turn.data.endswith(f":{following}")
    assert PAGE == 8


def test_what_is_lacking_is_named_one_by_one() -> None:
    lacks = Lacking(("s1", "s2"), ("s0",), 1, 12)
    card = round_ends.ask(
        facts(menu="ending", reached=reached(1), missing=SPOTS[1:3], lacking=lacks)
    )
    assert card.text.split("\n") == [
        "还有 2 处没到：第1农贸市场东门、第2农贸市场东门。",
        "还有 1 处没有当天的照片：第0农贸市场东门。", "还差 1 个人，要两人以上一起巡。",
        "时间还差 12 分钟。", "今天补上仍算这一次。",
    ]  # fmt: skip
    assert labels(card) == ["晚点补", "就这样结束"]


def test_put_off_in_the_evening_promises_no_reminder() -> None:
    put_off = facts(state="paused")
    assert "提醒" not in round_ends.ask(put_off).text
    later = replace(put_off, reminds_at=NINE.replace(hour=17, minute=30))
    assert "17:30 还没补的话提醒您一次" in round_ends.ask(later).text


def test_only_the_reviewer_reads_what_looks_odd() -> None:
    odd = facts(state="ended", ended_at=NINE, reached=reached(7), missing=(), lacking=Lacking(),
                counts=True, odd=("jump", "burst"))  # fmt: skip
    assert "不寻常" in round_ends.review(odd).text
    for card in (rounds.going(odd), round_ends.done(odd), round_ends.record(odd, ())):
        assert "不寻常" not in card.text
        assert "三分钟" not in card.text


def test_an_accepted_round_says_what_it_lacks_and_why_it_counts() -> None:
    kept = facts(state="ended", ended_at=NINE + timedelta(hours=1), reached=reached(5),
                 missing=SPOTS[5:7], lacking=Lacking(spots=("s5", "s6")), counts=True,
                 accepted_by="李主任", accepted_reason="道路封闭")  # fmt: skip
    for card in (
        round_ends.done(kept),
        round_ends.review(kept),
        round_ends.record(kept, ("0612-001",)),
    ):
        assert "没到：第5农贸市场东门、第6农贸市场东门" in card.text
        assert "道路封闭" in card.text


states = st.sampled_from(("open", "paused", "ended", "withdrawn"))


@settings(max_examples=200, deadline=None)
@given(
    states, st.integers(0, 7), st.integers(0, 13), st.booleans(), st.booleans(), st.booleans(),
    st.sampled_from((None, "crew", "undo", "ending", "page:1")), st.none() | st.integers(1, 3),
    st.none() | st.just("李主任"),
)  # fmt: skip
def test_every_round_is_a_short_card(
    state: str, done: int, more: int, counts: bool, today: bool, late: bool, menu: str | None,
    owed: int | None, accepted: str | None,
) -> None:  # fmt: skip
    missing = SPOTS[done : done + more]
    held = facts(
        state=state, reached=reached(done), missing=missing, asked=done + len(missing),
        lacking=Lacking(tuple(code for code, _ in missing), ("s0",) if done else (), 1, 5),
        counts=counts, today=today, late=late, menu=menu, owed=owed, accepted_by=accepted,
        accepted_reason=accepted and "道路封闭", ended_at=NINE if state == "ended" else None,
        mates=tuple((n, f"队员{n}") for n in range(30)),
    )  # fmt: skip
    for card in (
        rounds.going(held), round_ends.ask(held), round_ends.done(held), round_ends.review(held),
        round_ends.record(held, ("0612-001",) * 9), round_ends.later(held),
        round_ends.morning(held),
        round_ends.mate(held, "张建国"), rounds.moved(held), round_ends.ended(held),
    ):  # fmt: skip
        if card is None:
            continue
        assert len(card.text.split("\n")) <= 7, card.text
        assert sum(len(row) for row in card.rows) <= 8
        assert all(0 < len(label) <= 10 for label in labels(card)), labels(card)
        assert "None" not in card.text
        assert card.digest()


def check(items: int, **more: Any) -> CheckFacts:
    usual: dict[str, Any] = {
        "id": 1, "number": "Z-202506-1", "version": 1, "state": "open", "spot": "永福路",
        "code": "yongfu", "started_at": NINE, "ended_at": None,
        "items": tuple(ItemFacts(n, f"很长的检查项目第{n}", None) for n in range(1, items + 1)),
        "done": 1, "owed": 1, "menu": None, "counts": False,
    }  # fmt: skip
    return CheckFacts(**(usual | more))


@pytest.mark.parametrize(
    ("items", "menu", "page", "following"),
    [(8, None, 0, None), (9, None, 0, "1"), (20, "items:1", 1, "2"), (20, "items:2", 2, "0")],
)
def test_more_items_than_fit_are_turned_over(
    items: int, menu: str | None, page: int, following: str | None
) -> None:
    card = checks.check(check(items, menu=menu))
    assert (len(card.choices), card.page) == (items, page)
    assert (card.turn is None) is (following is None)
    assert card.turn is None or card.turn.data.endswith(f":{following}")
    assert {"全部正常", "不查了"} <= set(labels(card))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from((None, "fine", "trouble", "unseen")), min_size=1, max_size=20),
    st.sampled_from(("open", "ended", "withdrawn")),
    st.sampled_from((None, "items:0", "items:1", "item:1")), st.integers(0, 3),
    st.none() | st.integers(1, 2),
)  # fmt: skip
def test_every_check_is_a_short_card(
    answers: list[str | None], state: str, menu: str | None, done: int, owed: int | None
) -> None:
    items = tuple(ItemFacts(n, f"检查项目{n}", one, "字" * 60) for n, one in enumerate(answers, 1))
    ended = NINE if state == "ended" else None
    told = check(0, state=state, menu=menu, done=done, owed=owed, ended_at=ended)
    held = replace(told, items=items)
    for card in (checks.check(held), checks.done(held), checks.record(held, ("张建国",), ())):
        assert len(card.text.split("\n")) <= 5
        assert all(0 < len(label) <= 10 for label in labels(card))
        assert "None" not in card.text
    counted = sum(item.state == "trouble" for item in items)
    assert (f"{counted} 项有问题" in checks._head(held)) is bool(counted)
