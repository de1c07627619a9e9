"""A platform's names have one number each for good, and facts that can be found again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.intake.book import Book
from bot.transports.wecom import book as wanted
from storage import outside
from storage.database import Database
from storage.schema import Transaction

NOON = datetime(2025, 6, 9, 12, 0, tzinfo=UTC)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


def number(tx: Transaction, name: str, kind: str = "user", realm: str = "corp") -> int:
    return outside.number(tx, realm, kind, name, NOON)


def test_a_name_has_one_number_and_no_other_name_has_it(tx: Transaction) -> None:
    first = number(tx, "zhang")
    assert number(tx, "zhang") == first
    others = {number(tx, "li"), number(tx, "zhang", "group"), number(tx, "zhang", realm="b")}
    assert len(others | {first}) == 4
    assert outside.named(tx, "corp", "user", first) == "zhang"
    assert outside.named(tx, "corp", "group", first) is None
    assert outside.named(tx, "other", "user", first) is None


def test_facts_are_replaced_and_the_number_stays(tx: Transaction) -> None:
    first = number(tx, "card-1", "card")
    assert outside.facts(tx, "corp", "card", "card-1") is None
    assert outside.keep(tx, "corp", "card", "card-1", {"code": "一"}, NOON) == first
    assert outside.keep(tx, "corp", "card", "card-1", {"code": None}, NOON) == first
    assert outside.facts(tx, "corp", "card", "card-1") == {"code": None}
    assert outside.facts(tx, "corp", "card", "nobody") is None


def test_a_renamed_member_keeps_his_number(tx: Transaction) -> None:
    first = outside.keep(tx, "corp", "user", "zhang", {"name": "张"}, NOON)
    outside.rename(tx, "corp", "user", "zhang", "zhangjg")
    assert number(tx, "zhangjg") == first
    assert outside.facts(tx, "corp", "user", "zhangjg") == {"name": "张"}
    outside.rename(tx, "corp", "user", "zhang", "zhangjg")
    assert number(tx, "zhangjg") == first


def test_a_renaming_told_after_the_new_name_was_met_still_holds(tx: Transaction) -> None:
    zhang, met = number(tx, "zhang"), number(tx, "zhangjg")
    outside.rename(tx, "corp", "user", "zhang", "zhangjg")
    assert number(tx, "zhangjg") == zhang
    outside.rename(tx, "corp", "user", "zhang", "zhangjg")
    assert number(tx, "zhangjg") == zhang
    assert number(tx, "zhang") not in (zhang, met)


def test_what_is_old_is_forgotten_and_its_number_is_not_given_again(tx: Transaction) -> None:
    old = outside.keep(tx, "corp", "draft", "a", {}, NOON - timedelta(days=9))
    outside.keep(tx, "corp", "draft", "b", {}, NOON)
    assert outside.forget(tx, "draft", NOON, timedelta(days=7)) == 1
    assert outside.facts(tx, "corp", "draft", "b") == {}
    assert number(tx, "c") > old


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, max_size=8))
def test_any_names_whatever_they_hold(tx: Transaction, names: list[str]) -> None:
    numbers = {name: number(tx, name, "any") for name in names}
    assert len(set(numbers.values())) == len(numbers)
    assert all(outside.named(tx, "corp", "any", n) == name for name, n in numbers.items())


async def test_a_book_remembers_over_a_restart(database: Database) -> None:
    book = Book(database, "corp", lambda: NOON)
    first = await book.number("user", "zhang")
    assert await book.keep("user", "zhang", {"name": "张"}) == first
    again = Book(database, "corp", lambda: NOON)
    assert await again.named("user", first) == "zhang"
    assert await again.number("user", "zhang") == first
    assert await again.facts("user", "zhang") == {"name": "张"}
    await again.rename("user", "zhang", "zhangjg")
    assert await again.named("user", first) == "zhangjg"
    assert await again.named("user", 10**9) is None


def test_the_line_and_the_store_mean_the_same_by_live() -> None:
    assert outside.LIVE == wanted.LIVE
