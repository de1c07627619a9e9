"""What the clock brings of papers: each once, skipped where somebody said so, signed by three."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.actions import digests, measures, paper_facts, papers
from bot.bureau import build_bureau
from bot.errors import NotAllowed, Refused, TooLate
from bot.rules.records import Role
from scheduler.duty_papers import DUTIES
from storage import doors, dues, outbox, people
from storage import papers as store_of
from storage.schema import Transaction

TZ = ZoneInfo("Asia/Shanghai")
BUREAU = build_bureau({})
MONDAY = date(2025, 6, 9)
FRIDAY = datetime(2025, 6, 13, 16, 30, tzinfo=TZ)
DUTY = {duty.name: duty for duty in DUTIES}


def somebody(tx: Transaction, name: str, role: Role, chat: int) -> int:
    """The id of a person who can be reached."""
    person = people.add(tx, name, frozenset({role}), None, None, FRIDAY)
    people.know(tx, "telegram", chat, chat, person, FRIDAY)
    return person


def cards(tx: Transaction) -> list[tuple[str, int]]:
    """What is owed to which chat."""
    rows = tx.execute(outbox.table.select().order_by(outbox.c.id))
    return [(row.card, row.chat) for row in rows]


def test_the_digest_is_owed_once_to_each_allowed_group(tx: Transaction) -> None:
    somebody(tx, "李主任", Role.SUPERVISOR, 7)
    doors.set_chat(tx, "telegram", -1, "工作群", "allowed", FRIDAY, None)
    doors.set_chat(tx, "telegram", -2, "别的群", "refused", FRIDAY, None)
    assert digests.preview(tx, MONDAY, FRIDAY - timedelta(hours=1)) == 1
    assert digests.send(tx, MONDAY, FRIDAY) == "sent to 1 groups"
    assert digests.send(tx, MONDAY, FRIDAY).startswith("dropped")
    assert digests.preview(tx, MONDAY, FRIDAY) == 0
    owed = cards(tx)
    assert owed.count(("digest", -1)) == 1
    assert ("digest", -2) not in owed
    assert owed.count(("digest_sent", 7)) == 1


def test_what_is_kept_back_is_not_sent_and_may_be_sent_after_all(tx: Transaction) -> None:
    who = somebody(tx, "李主任", Role.SUPERVISOR, 7)
    admin = somebody(tx, "王芳", Role.ADMIN, 8)
    doors.set_chat(tx, "telegram", -1, "工作群", "allowed", FRIDAY, None)
    digests.preview(tx, MONDAY, FRIDAY - timedelta(hours=1))
    number = paper_facts.number_of(tx, "week", MONDAY, FRIDAY)
    with pytest.raises(NotAllowed):
        digests.skip(tx, admin, number, FRIDAY)
    digests.skip(tx, who, number, FRIDAY)
    assert digests.send(tx, MONDAY, FRIDAY) == "dropped: skipped"
    assert ("digest", -1) not in cards(tx)
    digests.approve_now(tx, who, number, BUREAU, FRIDAY)
    assert cards(tx).count(("digest", -1)) == 1
    with pytest.raises(TooLate):
        digests.skip(tx, who, number, FRIDAY)


def test_a_remark_is_short_and_sends_again_what_is_out(tx: Transaction) -> None:
    who = somebody(tx, "李主任", Role.SUPERVISOR, 7)
    doors.set_chat(tx, "telegram", -1, "工作群", "allowed", FRIDAY, None)
    digests.send(tx, MONDAY, FRIDAY)
    number = paper_facts.number_of(tx, "week", MONDAY, FRIDAY)
    with pytest.raises(Refused):
        digests.remark(tx, who, number, "字" * 61, FRIDAY)
    digests.remark(tx, who, number, "下周三统一清理", FRIDAY)
    assert cards(tx).count(("digest", -1)) == 2
    assert paper_facts.digest(tx, number, BUREAU, FRIDAY).remark == "下周三统一清理"


def test_three_people_sign_and_a_return_begins_anew(tx: Transaction) -> None:
    final = somebody(tx, "李主任", Role.SUPERVISOR, 7)
    first = somebody(tx, "孙涛", Role.LEADER, 8)
    second = somebody(tx, "王芳", Role.ADMIN, 9)
    officer = somebody(tx, "张建国", Role.OFFICER, 10)
    papers.draft(tx, "month", date(2025, 5, 1), FRIDAY)
    number = paper_facts.number_of(tx, "month", date(2025, 5, 1), FRIDAY)
    with pytest.raises(NotAllowed):
        papers.sign(tx, officer, number, "own", FRIDAY)
    with pytest.raises(Refused):
        papers.sign(tx, final, number, "own", FRIDAY)
    papers.sign(tx, first, number, "own", FRIDAY)
    with pytest.raises(Refused):
        papers.sign(tx, first, number, "second", FRIDAY)
    papers.give_back(tx, second, number, "少一段", FRIDAY)
    with pytest.raises(TooLate):
        papers.sign(tx, second, number, "second", FRIDAY)
    papers.sign(tx, first, number, "own", FRIDAY)
    papers.sign(tx, second, number, "second", FRIDAY)
    assert paper_facts.the_paper(tx, number).state == "draft"
    papers.sign(tx, final, number, "final", FRIDAY)
    assert paper_facts.the_paper(tx, number).state == "sent"
    assert {chat for card, chat in cards(tx) if card == "paper_final"} == {7, 8, 9}
    with pytest.raises(TooLate):
        papers.fill(tx, first, number, "plan", "晚了", FRIDAY)


def test_a_signed_quarter_is_its_review(tx: Transaction) -> None:
    number = paper_facts.number_of(tx, "quarter", date(2025, 4, 1), FRIDAY)
    store_of.change(tx, number, state=store_of.SENT, sent_at=FRIDAY)
    found = store_of.finished(tx, "quarter", date(2025, 4, 1), date(2025, 7, 1))
    assert [one.id for one in found] == [number]


def test_a_measure_reminds_on_its_day_and_opens_the_next_quarter(tx: Transaction) -> None:
    boss = somebody(tx, "李主任", Role.SUPERVISOR, 7)
    somebody(tx, "王志强", Role.OWNER, 8)
    number = paper_facts.number_of(tx, "quarter", date(2025, 4, 1), FRIDAY)
    found = measures.add(tx, boss, number, "加提示牌，王志强负责，9月13日前", BUREAU, FRIDAY)
    assert (found.owner, found.due) == ("王志强", date(2025, 9, 13))
    due = dues.coming(tx)[0]
    assert due.due_at == datetime(2025, 9, 12, 9, tzinfo=TZ), "a Saturday is told on Friday"
    assert DUTY["measure_due"].act(tx, BUREAU, due, due.due_at) == "told"
    following = paper_facts.number_of(tx, "quarter", date(2025, 7, 1), FRIDAY)
    facts = paper_facts.paper(tx, following, BUREAU, datetime(2025, 9, 15, 9, tzinfo=TZ))
    assert [one.words for one in facts.earlier] == ["加提示牌"]
    measures.finish(tx, boss, found.id, FRIDAY)
    assert DUTY["measure_due"].act(tx, BUREAU, due, due.due_at).startswith("dropped")


def test_a_measure_reminds_only_who_is_active(tx: Transaction) -> None:
    boss = somebody(tx, "李主任", Role.SUPERVISOR, 7)
    owner = somebody(tx, "王志强", Role.OWNER, 8)
    frozen = somebody(tx, "赵主任", Role.SUPERVISOR, 9)
    number = paper_facts.number_of(tx, "quarter", date(2025, 4, 1), FRIDAY)
    found = measures.add(tx, boss, number, "加提示牌，王志强负责，9月13日前", BUREAU, FRIDAY)
    for gone in (owner, frozen):
        people.change(tx, gone, state=people.FROZEN)
    before = cards(tx)
    assert measures.remind(tx, found.id, FRIDAY) == "told"
    assert [chat for _, chat in cards(tx)[len(before) :]] == [7]
    people.change(tx, boss, state=people.FROZEN)
    assert measures.remind(tx, found.id, FRIDAY).startswith("dropped")


def test_every_occurrence_has_one_key_and_a_lawful_hour(tx: Transaction) -> None:
    since = datetime(2025, 1, 1, tzinfo=TZ)
    until = datetime(2026, 1, 1, tzinfo=TZ)
    for duty in DUTIES:
        whole = duty.occurrences(tx, BUREAU, since, until)
        half = datetime(2025, 7, 3, 12, tzinfo=TZ)
        parts = [*duty.occurrences(tx, BUREAU, since, half),
                 *duty.occurrences(tx, BUREAU, half, until)]  # fmt: skip
        assert sorted(o.key for o in whole) == sorted(o.key for o in parts)
        assert len({o.key for o in whole}) == len(whole)
        assert all(BUREAU.calendar.is_workday(o.due_at.astimezone(TZ).date()) for o in whole)
    assert len(DUTY["digest"].occurrences(tx, BUREAU, since, until)) == 52
    assert len(DUTY["month_draft"].occurrences(tx, BUREAU, since, until)) == 12
    assert len(DUTY["quarter_pack"].occurrences(tx, BUREAU, since, until)) == 4
