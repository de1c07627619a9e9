"""Quotas and their versions: what stands on a day, and what a changed file makes of the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.dates import step, unit_start
from bot.rules.quotas import (
    PERS,
    code_of,
    key_of,
    owing,
    period_of,
    standing_on,
    standing_since,
    to_follow,
)
from bot.rules.records import Bureau, Quota

PATROL = Quota("patrol", "week", 2)
NOVEMBER_19 = date(2025, 11, 19)
MONDAY = date(2025, 11, 17)


def of(bureau: Bureau, *quotas: Quota) -> Bureau:
    return replace(bureau, quotas=quotas)


def test_keys_name_what_is_owed_by_whom() -> None:
    assert key_of(PATROL) == "week/patrol"
    assert key_of(Quota("visit", "week", 2, of="spot"), "yongfu") == "week/visit/spot/yongfu"
    assert key_of(Quota("patrol", "month", 2, of="squad"), "一中队") == "month/patrol/squad/一中队"


def test_each_spot_and_squad_owes_its_own(bureau: Bureau) -> None:
    made = of(
        replace(bureau, squads=("一中队", "二中队")), Quota("visit", "week", 2, of="spot"),
        Quota("visit", "week", 5, of="spot", only=("yongfu",)),
        Quota("patrol", "week", 1, of="squad"),
        Quota("patrol", "week", 0, of="squad", only=("二中队",)), Quota("special", "month", 3),
    )  # fmt: skip
    found = {one.key: one.quota.count for one in owing(made, "week", MONDAY)}
    assert found["week/visit/spot/yongfu"] == 5
    assert found["week/visit/spot/songjiang"] == 2
    assert found["week/patrol/squad/一中队"] == 1
    assert "week/patrol/squad/二中队" not in found
    assert [one.key for one in owing(made, "month", date(2025, 11, 1))] == ["month/special"]


def test_a_version_is_for_periods_that_begin_with_it_or_later(bureau: Bureau) -> None:
    made = of(bureau, PATROL, replace(PATROL, count=3, since=NOVEMBER_19))
    counts = [owing(made, "week", day)[0].quota.count
              for day in (MONDAY, date(2025, 11, 24), date(2025, 12, 1))]  # fmt: skip
    assert counts == [2, 3, 3]
    assert owing(of(bureau, replace(PATROL, count=0, since=MONDAY)), "week", MONDAY) == ()


def test_since_when_a_version_holds_and_what_was_before(bureau: Bureau) -> None:
    newer = replace(PATROL, count=3, since=MONDAY)
    made = of(bureau, PATROL, replace(newer, since=date(2025, 11, 24)), newer)
    assert standing_since(made, newer) == (MONDAY, 2)
    assert standing_since(of(bureau, PATROL), PATROL) == (None, None)


def follow(history: list[Quota], file: list[Quota], today: date) -> list[Quota]:
    news = to_follow(history, file, today, first_ever=False)
    kept = {(one.per, one.what, one.of, one.only, one.since): one for one in [*history, *news]}
    return list(kept.values())


def count_on(history: list[Quota], day: date) -> int:
    return sum(one.count for one in standing_on(history, day))


def test_the_first_file_stands_for_all_time() -> None:
    dated = replace(PATROL, count=3, since=NOVEMBER_19)
    assert to_follow([], [PATROL, dated], NOVEMBER_19, first_ever=True) == [PATROL, dated]


@pytest.mark.parametrize(
    ("per", "running"),
    [("week", MONDAY), ("month", date(2025, 11, 1)), ("quarter", date(2025, 10, 1))],
)
def test_a_change_without_a_day_stands_from_the_running_period(per: str, running: date) -> None:
    before = replace(PATROL, per=per)
    after = replace(before, count=3)
    news = to_follow([before], [after], NOVEMBER_19, first_ever=False)
    assert news == [replace(after, since=running)]
    assert to_follow([before, *news], [after], date(2025, 12, 24), first_ever=False) == []


def test_a_quota_that_is_new_or_gone_is_so_from_the_running_period() -> None:
    other = Quota("special", "month", 1)
    news = to_follow([PATROL], [other], NOVEMBER_19, first_ever=False)
    assert news == [replace(PATROL, count=0, since=MONDAY),
                    replace(other, since=date(2025, 11, 1))]  # fmt: skip


def test_a_day_of_its_own_is_kept_also_in_the_past_and_to_come() -> None:
    file = [PATROL, replace(PATROL, count=3, since=date(2025, 6, 2)),
            replace(PATROL, count=4, since=date(2026, 1, 5))]  # fmt: skip
    history = follow([PATROL], file, NOVEMBER_19)
    days = (date(2025, 5, 26), date(2025, 6, 2), MONDAY, date(2026, 1, 5))
    assert [count_on(history, day) for day in days] == [2, 3, 3, 4]
    withdrawn = follow(history, file[:2], date(2025, 12, 1))
    assert [count_on(withdrawn, day) for day in days] == [2, 3, 3, 3]


COUNTS = st.integers(0, 4)
CHANGES = st.lists(st.tuples(st.integers(0, 20), COUNTS), min_size=1, max_size=8)


@given(st.sampled_from(PERS), CHANGES)
def test_whatever_is_changed_when_the_past_keeps_its_figures(
    per: str, changes: list[tuple[int, int]]
) -> None:
    """A model that writes each period's count into a book when the period has passed."""
    today, book = date(2025, 1, 1), {}
    history: list[Quota] = []
    file = [Quota("patrol", per, 2)]  # type: ignore[arg-type]
    history = to_follow(history, file, today, first_ever=True)
    for weeks, count in changes:
        later = today + timedelta(weeks=weeks)
        while unit_start(today, per) < unit_start(later, per):  # type: ignore[arg-type]
            book[unit_start(today, per)] = file[0].count  # type: ignore[arg-type]
            today = step(unit_start(today, per), per, 1)  # type: ignore[arg-type]
        today = later
        file = [replace(file[0], count=count)]
        history = follow(history, file, today)
        assert count_on(history, unit_start(today, per)) == count  # type: ignore[arg-type]
    assert {start: count_on(history, start) for start in book} == book


@given(st.sampled_from(PERS), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_period_is_named_by_a_number(per: str, day: date) -> None:
    start = unit_start(day, per)  # type: ignore[arg-type]
    assert period_of(code_of(per, start)) == (per, start)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0, -1, 2**62, -(2**62)])
def test_a_number_of_no_period_is_some_period(number: int) -> None:
    assert period_of(number)[0] in PERS
