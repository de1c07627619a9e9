"""The ledger counted: every task in exactly one pile, headings by their paths, what differs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.ledger import OWING, TaskState, is_done
from bot.rules.ledger_facts import (
    Headings,
    LedgerReport,
    Lot,
    Tally,
    by_department,
    differs,
    headings,
    tally,
)
from bot.rules.wall_facts import LOOKS, look_of
from bot.words.ledger_figures import sentence, what_differs

TODAY = date(2025, 6, 12)
S = TaskState

LOTS = st.lists(
    st.builds(
        lambda department, state, long_term, met, late, total: Lot(
            department, state, long_term, is_done(state, long_term, met),
            late and state in OWING, True, total,
        ),
        st.sampled_from([None, "法制科", "设备科"]), st.sampled_from(list(TaskState)),
        st.booleans(), st.integers(0, 2), st.booleans(), st.integers(1, 9),
    ),
    max_size=30,
)  # fmt: skip


@given(LOTS)
def test_every_task_is_in_one_pile_and_the_parts_are_the_whole(lots: list[Lot]) -> None:
    whole = tally(lots)
    assert whole.total == sum(one.total for one in lots)
    assert whole.signed + whole.going + whole.long_term == whole.total
    assert whole.done + whole.under_way == whole.total
    assert 0 <= whole.long_done <= min(whole.done, whole.long_term)
    parts = by_department(lots)
    for name in ("total", "signed", "going", "long_term", "overdue", "done", "long_done"):
        assert sum(getattr(one, name) for one in parts.values()) == getattr(whole, name)
    sizes = [one.total for one in parts.values()]
    assert sizes == sorted(sizes, reverse=True)


BULLETIN = [
    "1", "1.1", "1.1.1", "1.1.2", "1.2", "1.2.1", "2", "2.1", "2.1.1",
    "4", "4.1",
]  # fmt: skip


def test_an_item_without_issues_of_its_own_is_one_issue() -> None:
    found = headings(BULLETIN, {"1.1.1": 3, "1.1.2": 1, "1.2.1": 2, "2.1.1": 1, "4.1": 4})
    assert found == Headings(3, 4, 5)


def test_what_hangs_loose_is_counted() -> None:
    found = headings(["1", "1.1", "2.3", "2.3.1"], {"1.1": 1, None: 2, "9.9": 1, "2.3.1": 0})
    assert (found.loose, found.bare, found.lost) == (("2.3",), ("2.3.1",), 3)


def report(heads: Headings, whole: Tally) -> LedgerReport:
    return LedgerReport(heads, whole, ((None, whole),))


BULLETINS = Headings(4, 13, 34)


def test_the_sentence_is_the_bulletins_byte_for_byte() -> None:
    done = Tally(total=85, signed=72, going=0, long_term=13, overdue=0, done=85, long_done=13)
    assert sentence(report(BULLETINS, done)) == (
        "共反馈问题4个方面、13个大项、34条具体问题，梳理分解为整改任务85个，已整改完成85个，"
        "其中长期任务取得阶段性成效并长期坚持13个。"
    )
    assert differs(report(BULLETINS, done)) == []


def test_while_not_all_is_done_it_says_what_is_under_way() -> None:
    some = Tally(total=85, signed=48, going=24, long_term=13, overdue=2, done=60, long_done=12)
    assert sentence(report(BULLETINS, some)) == (
        "共反馈问题4个方面、13个大项、34条具体问题，梳理分解为整改任务85个，已整改完成60个"
        "（其中长期任务取得阶段性成效并长期坚持12个），25个正在整改，超期2个。"
    )
    none = Tally(total=3, going=3)
    assert sentence(report(BULLETINS, none)).endswith("已整改完成0个，3个正在整改。")


@pytest.mark.parametrize(
    ("heads", "whole", "says"),
    [
        (Headings(0, 0, 0), Tally(total=1, going=1), "没有导入方面、大项、问题的标题"),
        (Headings(1, 1, 1, loose=("2.3",)), Tally(total=1, going=1), "1 个标题找不到上一级"),
        (Headings(1, 1, 1, lost=2), Tally(total=2, going=2), "2 件任务没挂在任何问题下面"),
        (BULLETINS, Tally(total=5, signed=1, going=1), "各状态加起来和总数差 3 件"),
        (BULLETINS, Tally(total=1, long_term=1, done=1, long_done=2), "长期任务的完成数多出 1 件"),
        (BULLETINS, Tally(total=1, signed=1, done=3), "完成数比总数多 2 件"),
    ],
)
def test_what_does_not_add_up_is_said_instead(heads: Headings, whole: Tally, says: str) -> None:
    assert what_differs(report(heads, whole)) == [says]


def test_departments_that_are_not_the_whole_are_said() -> None:
    found = LedgerReport(BULLETINS, Tally(total=3, going=3), (("法制科", Tally(total=1, going=1)),))
    assert what_differs(found) == ["各科室加起来和总数差 2 件"]


@given(
    st.sampled_from(list(TaskState)), st.booleans(), st.integers(0, 2),
    st.none() | st.integers(-30, 30),
)  # fmt: skip
def test_nothing_late_hides_behind_another_look(
    state: TaskState, long_term: bool, met: int, days: int | None
) -> None:
    due = None if days is None else TODAY + timedelta(days=days)
    look = look_of(state, long_term, met, due, TODAY)
    assert look in LOOKS
    assert (look == "late") == (days is not None and days < 0 and state in OWING)
    assert (look == "soon") == (days is not None and 0 <= days <= 7 and state in OWING)
    if look in ("done", "lasting"):
        assert is_done(state, long_term, met)


@pytest.mark.parametrize(
    ("state", "long_term", "met", "look"),
    [
        (S.NOT_STARTED, False, 0, "fresh"), (S.UNDER_WAY, False, 0, "going"),
        (S.HANDED_IN, False, 0, "given"), (S.CHECKED, False, 0, "given"),
        (S.SIGNED_OFF, False, 0, "done"), (S.LASTING, True, 0, "going"),
        (S.LASTING, True, 1, "lasting"), (S.HANDED_IN, True, 1, "lasting"),
        (S.REOPENED, True, 2, "again"), (S.REOPENED, False, 0, "again"),
    ],
)  # fmt: skip
def test_each_state_has_its_look(state: S, long_term: bool, met: int, look: str) -> None:
    assert look_of(state, long_term, met, None, TODAY) == look
