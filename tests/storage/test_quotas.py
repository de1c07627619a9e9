"""Rules with their days, holidays, pasted notices, decisions and misses, on both stores."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.rules.calendar import REST, WORK, MovedDay
from storage import quotas, standing_rules, work_days
from storage.schema import Transaction

NOW = datetime(2025, 11, 19, 9, 0, tzinfo=UTC)
WEEK, NEXT = date(2025, 11, 17), date(2025, 11, 24)


def test_versions_of_a_rule_come_in_order(tx: Transaction) -> None:
    standing_rules.keep(tx, "quota/a", WEEK, {"count": 3}, NOW)
    standing_rules.keep(tx, "quota/a", date.min, {"count": 2}, NOW)
    standing_rules.keep(tx, "quota/b", WEEK, {"count": 1}, NOW)
    standing_rules.keep(tx, "quota_other", WEEK, {}, NOW)
    standing_rules.keep(tx, "quota/a", WEEK, {"count": 4}, NOW)
    found = standing_rules.all_of(tx, "quota/")
    assert set(found) == {"quota/a", "quota/b"}
    assert [(row.since, row.value["count"]) for row in found["quota/a"]] == [
        (date.min, 2), (WEEK, 4),
    ]  # fmt: skip
    assert [row.since for row in standing_rules.of(tx, "quota/a")] == [date.min, WEEK]


def test_days_are_kept_overwritten_and_forgotten(tx: Transaction) -> None:
    days = [MovedDay(date(2025, 10, n), REST, "国庆节", "a") for n in (2, 1)]
    work_days.keep(tx, days, NOW)
    work_days.keep(tx, [MovedDay(date(2025, 10, 2), WORK, None, "b")], NOW)
    work_days.keep(tx, [], NOW)
    assert [(row.day.day, row.kind, row.source) for row in work_days.everything(tx)] == [
        (1, REST, "a"), (2, WORK, "b"),
    ]  # fmt: skip
    work_days.forget(tx, [date(2025, 10, 1), date(2030, 1, 1)])
    work_days.forget(tx, [])
    assert [row.day.day for row in work_days.everything(tx)] == [2]


def test_a_pasted_notice_keeps_its_words(tx: Transaction) -> None:
    number = work_days.paste(tx, 1, "国庆节：…", NOW)
    notice = work_days.notice(tx, number)
    assert notice == work_days.Notice(number, 1, "国庆节：…", work_days.ASKED, NOW)
    work_days.settle(tx, number, work_days.KEPT)
    again = work_days.notice(tx, number)
    assert again is not None
    assert again.state == work_days.KEPT
    assert work_days.notice(tx, 99) is None


def test_the_newest_decision_stands(tx: Transaction) -> None:
    assert quotas.last_by(tx, 1) is None
    quotas.decide(tx, "week/patrol", WEEK, "exempt", None, "放假", 1, NOW)
    quotas.decide(tx, "week/patrol", WEEK, "moved", NEXT, "下雪", 2, NOW)
    quotas.decide(tx, "week/patrol", NEXT, "kept", None, "", 1, NOW)
    found = quotas.decided(tx)
    assert set(found) == {("week/patrol", WEEK), ("week/patrol", NEXT)}
    standing = found["week/patrol", WEEK]
    assert (standing.decision, standing.moved_to, standing.reason) == ("moved", NEXT, "下雪")
    last = quotas.last_by(tx, 1)
    assert last is not None
    assert last.start == NEXT


def test_a_miss_is_noted_once_and_explained(tx: Transaction) -> None:
    assert quotas.miss(tx, "week/patrol", WEEK, 2, 1, NOW)
    assert not quotas.miss(tx, "week/patrol", WEEK, 2, 0, NOW)
    (one,) = quotas.missed(tx, WEEK, NEXT)
    assert (one.owed, one.done, one.reason) == (2, 1, None)
    quotas.explain(tx, one.id, "下雨", 7, NOW)
    found = quotas.miss_of(tx, one.id)
    assert found is not None
    assert (found.reason, found.answered_by, found.answered_at) == ("下雨", 7, NOW)
    assert quotas.missed(tx, NEXT, date(2026, 1, 1)) == []
    assert quotas.miss_of(tx, 99) is None
