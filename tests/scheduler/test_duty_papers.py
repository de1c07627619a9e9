"""What the clock brings of papers: each once, skipped where somebody said so, signed by three."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.actions import digests, measures, paper_facts, papers, quotas
from bot.bureau import build_bureau
from bot.errors import NotAllowed, Refused, TooLate
from bot.papers import contents
from bot.rules.records import Role
from scheduler.duties import PutOff
from scheduler.duty_papers import DUTIES
from scheduler.faces import View, face
from storage import doors, dues, outbox, patrols, people
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
        papers.sign(tx, officer, number, "own", BUREAU, FRIDAY)
    with pytest.raises(Refused):
        papers.sign(tx, final, number, "own", BUREAU, FRIDAY)
    papers.sign(tx, first, number, "own", BUREAU, FRIDAY)
    with pytest.raises(Refused):
        papers.sign(tx, first, number, "second", BUREAU, FRIDAY)
    papers.give_back(tx, second, number, "少一段", FRIDAY)
    with pytest.raises(TooLate):
        papers.sign(tx, second, number, "second", BUREAU, FRIDAY)
    papers.sign(tx, first, number, "own", BUREAU, FRIDAY)
    papers.sign(tx, second, number, "second", BUREAU, FRIDAY)
    assert paper_facts.the_paper(tx, number).state == "draft"
    papers.sign(tx, final, number, "final", BUREAU, FRIDAY)
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


def test_a_signed_paper_changes_no_more(tx: Transaction) -> None:
    final = somebody(tx, "李主任", Role.SUPERVISOR, 7)
    first = somebody(tx, "孙涛", Role.LEADER, 8)
    second = somebody(tx, "王芳", Role.ADMIN, 9)
    number = paper_facts.number_of(tx, "quarter", date(2025, 4, 1), FRIDAY)
    kept = measures.add(tx, first, number, "加提示牌，孙涛负责，9月13日前", BUREAU, FRIDAY)
    for who, step in ((first, "own"), (second, "second"), (final, "final")):
        papers.sign(tx, who, number, step, BUREAU, FRIDAY)
    later = FRIDAY + timedelta(days=20)
    signed = paper_facts.paper(tx, number, BUREAU, later)
    assert [one.name for one in signed.taken] == ["孙涛", "王芳", "李主任"]
    assert "按定稿时的记录" in str(contents.document(signed).blocks)
    with pytest.raises(TooLate):
        measures.add(tx, first, number, "再加一块", BUREAU, later)
    with pytest.raises(TooLate):
        measures.take_back(tx, first, kept.id, later)
    patrol(tx, FRIDAY - timedelta(days=1), 1)
    measures.finish(tx, first, kept.id, later)
    assert paper_facts.paper(tx, number, BUREAU, later) == signed, "what came later is not in it"
    assert paper_facts.both_quarters(tx, signed)[0][0].state == "done", "the list is of today"


def patrol(tx: Transaction, at: datetime, number: int) -> None:
    """A round that counts."""
    patrols.add(
        tx, number=f"X-{number}", kind="full", squad="一中队", spot=None, line="telegram", chat=1,
        person=1, told=False, started_at=at, ended_at=at, last_at=at, state="ended", late=False,
        counts=True, lacking={}, asks={}, version=1,
    )  # fmt: skip


def test_the_quotas_of_a_sent_digest_stand_still(tx: Transaction) -> None:
    doors.set_chat(tx, "telegram", -1, "工作群", "allowed", FRIDAY, None)
    patrol(tx, FRIDAY - timedelta(days=2), 1)
    digests.send(tx, MONDAY, FRIDAY)
    number = paper_facts.number_of(tx, "week", MONDAY, FRIDAY)
    before = paper_facts.digest(tx, number, BUREAU, FRIDAY).promises
    assert 1 in [one.done for one in before]
    patrol(tx, FRIDAY + timedelta(days=1), 2)
    later = FRIDAY + timedelta(days=2)
    assert paper_facts.digest(tx, number, BUREAU, later).promises == before
    now = quotas.standings(tx, BUREAU, "week", MONDAY)
    then = quotas.standings(tx, BUREAU, "week", MONDAY, FRIDAY)
    assert sum(one.done for one in now) == sum(one.done for one in then) + 1


def test_a_digest_waits_for_a_group_till_the_day_is_over(tx: Transaction) -> None:
    boss = somebody(tx, "李主任", Role.SUPERVISOR, 7)
    assert digests.send(tx, MONDAY, FRIDAY) == "no group yet"
    number = paper_facts.number_of(tx, "week", MONDAY, FRIDAY)
    digests.approve_now(tx, boss, number, BUREAU, FRIDAY + timedelta(minutes=1))
    assert cards(tx).count(("digest_sent", 7)) == 1, "told once"
    assert paper_facts.the_paper(tx, number).state == "draft"
    (due,) = dues.coming(tx)
    with pytest.raises(PutOff):
        DUTY["digest_waits"].act(tx, BUREAU, due, due.due_at)
    doors.set_chat(tx, "telegram", -1, "工作群", "allowed", FRIDAY, None)
    next_day = due.due_at + timedelta(days=1)
    assert DUTY["digest_waits"].act(tx, BUREAU, due, next_day).startswith("dropped")
    assert DUTY["digest_waits"].act(tx, BUREAU, due, due.due_at) == "sent to 1 groups"
    assert cards(tx).count(("digest", -1)) == 1
    assert DUTY["digest_waits"].act(tx, BUREAU, due, due.due_at).startswith("dropped")


def test_a_group_that_was_refused_meanwhile_gets_nothing(tx: Transaction) -> None:
    doors.set_chat(tx, "telegram", -1, "工作群", "allowed", FRIDAY, None)
    digests.send(tx, MONDAY, FRIDAY)
    args = {"at": FRIDAY.isoformat()}
    outbox.owe(tx, "telegram", -1, "board", -1, FRIDAY, args=args)
    rows = outbox.claim(tx, FRIDAY, (), 9)
    assert {row.card for row in rows} == {"digest", "board"}
    view = View(BUREAU, FRIDAY, str, place_key=False)
    assert all(face(tx, row, view) is not None for row in rows)
    for state in ("refused", "gone"):
        doors.set_chat(tx, "telegram", -1, "工作群", state, FRIDAY, None)
        assert all(face(tx, row, view) is None for row in rows)


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
