"""Special checks: every deed, every refusal; what is wrong becomes a report; the month's count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.actions import checks
from bot.actions.reports import File, Message
from bot.actions.round_cards import check_facts, check_record
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.records import Checklist
from bot.rules.round_facts import CheckFacts
from storage import awaited, counts, patrols
from storage.counts import Scope
from storage.patrols import ENDED, OPEN, SPECIAL, WITHDRAWN, Patrol
from tests.actions.conftest import Field
from tests.actions.outing import Outing


class Inspection:
    """One officer's special check."""

    def __init__(self, field: Field, name: str = "张建国") -> None:
        self.field, self.tx, self.name = field, field.tx, name
        self.me, self.message = field.ids[name], 900

    def begins(self, spot: str | None = "yongfu") -> int:
        self.message += 1
        here = ("telegram", self.field.chat(self.name), self.message)
        checks.begin(self.tx, self.me, *here, spot, self.field.bureau, self.field.now)
        going = patrols.going(self.tx, self.me, SPECIAL)
        assert going is not None
        return going.id

    def sends(self, words: str, *, photo: bool = True) -> str | None:
        self.message += 1
        file = File("photo", f"f{self.message}", f"u{self.message}", 1000) if photo else None
        message = Message(
            "telegram", self.field.chat(self.name), self.message, self.field.now, words, file
        )
        return checks.take(
            self.tx, self.me, message, self.field.read, self.field.bureau, self.field.now
        )

    def finds(self, check: int, position: int, words: str) -> str:
        checks.ask(self.tx, self.me, check, position, self.field.now)
        number = self.sends(words)
        assert number is not None
        return number

    def hands_in(self, check: int) -> None:
        checks.hand_in(self.tx, self.me, check, self.field.now, all_fine=False)

    def row(self, check: int) -> Patrol:
        found = patrols.by_id(self.tx, check)
        assert found is not None
        return found

    def facts(self, check: int) -> CheckFacts:
        found = check_facts(self.tx, check, self.field.bureau)
        assert found is not None
        return found

    def states(self, check: int) -> list[str | None]:
        return [item.state for item in self.facts(check).items]

    def number(self) -> int:
        return counts.number(self.tx, "specials", Scope(None, self.field.later(microseconds=1)))


@pytest.fixture
def visit(field: Field) -> Inspection:
    return Inspection(field)


def test_a_check_begins_with_the_list_of_its_spot_in_it(visit: Inspection, field: Field) -> None:
    own = (*field.bureau.checklists, Checklist(("甲", "乙"), ("yongfu",)))
    field.bureau = replace(field.bureau, checklists=own)
    check = visit.begins()
    row = visit.row(check)
    assert (row.number, row.kind, row.spot, row.state) == (
        "Z-202506-1", SPECIAL, "yongfu", OPEN
    )  # fmt: skip
    assert row.asks == {"items": ["甲", "乙"]}
    field.bureau = replace(field.bureau, checklists=own[:1])
    assert [item.label for item in visit.facts(check).items] == ["甲", "乙"]
    assert visit.number() == 0


def test_the_spot_checked_least_is_first_and_one_that_is_going_goes_on(
    visit: Inspection, field: Field
) -> None:
    first = visit.begins(None)
    assert visit.row(first).spot == "songjiang"
    assert visit.begins(None) == visit.begins("songjiang") == first
    visit.hands_in(first)
    field.later(minutes=30)
    assert visit.row(visit.begins(None)).spot == "yongfu"


def test_without_a_list_nothing_begins(visit: Inspection, field: Field) -> None:
    field.bureau = replace(field.bureau, checklists=())
    field.leaves_all(lambda: visit.begins(), Refused, "检查表还没有定")


def test_another_spot_until_something_is_answered(visit: Inspection, field: Field) -> None:
    check = visit.begins()

    def move(spot: str) -> None:
        checks.move(field.tx, visit.me, check, spot, field.bureau, field.now)

    move("junction")
    assert visit.row(check).spot == "junction"
    field.leaves_all(lambda: move("mars"), NotFound, "点位表")
    checks.mark(field.tx, visit.me, check, 2, checks.UNSEEN, field.now)
    field.leaves_all(lambda: move("yongfu"), TooLate, "不能换点位")


def test_all_fine_in_one_press(visit: Inspection, field: Field) -> None:
    check = visit.begins()
    checks.hand_in(field.tx, visit.me, check, field.now, all_fine=True)
    assert visit.states(check) == ["fine"] * 8
    assert (visit.row(check).state, visit.row(check).counts, visit.number()) == (ENDED, True, 1)
    assert ("check_done", check) in field.owed("张建国")
    assert (visit.facts(check).done, visit.facts(check).owed) == (1, 1)


def test_what_is_wrong_is_a_report_of_its_own(visit: Inspection, field: Field) -> None:
    check = visit.begins()
    number = visit.finds(check, 1, "两家摆出来了")
    (find,) = field.whole_finds(number)
    assert (find.spot, find.category, find.state) == ("yongfu", "dianwai", "open")
    report = field.report(number)
    assert (report.patrol_type, report.intent) == ("special", "problem")
    assert patrols.of_report(field.tx, report.id) == check
    assert visit.states(check) == ["trouble", *[None] * 7]
    assert awaited.of(field.tx, visit.me, field.now) is None
    visit.hands_in(check)
    assert visit.states(check) == ["trouble", *["fine"] * 7]
    problems = counts.number(field.tx, "problems", Scope(None, field.later(minutes=1)))
    assert (problems, visit.number()) == (1, 1)
    _, names, numbers = check_record(field.tx, visit.me, check, field.bureau)
    assert (names, len(numbers)) == (("张建国",), 1)


@pytest.mark.parametrize(
    ("position", "words", "category"),
    [(7, "2号黑屏", "sheshi"), (4, "两家饭店油烟大", "other"), (8, "", "other"),
     (6, "占道经营1处", "zhandao")],
)  # fmt: skip
def test_every_trouble_counts_as_a_problem(
    visit: Inspection, field: Field, position: int, words: str, category: str
) -> None:
    check = visit.begins()
    number = visit.finds(check, position, words)
    assert [find.category for find in field.whole_finds(number)] == [category]
    assert counts.number(field.tx, "problems", Scope(None, field.later(minutes=1))) == 1


def test_what_was_put_right_at_once_is_closed(visit: Inspection, field: Field) -> None:
    number = visit.finds(visit.begins(), 2, "流动摊2个已劝离")
    assert [(f.count, f.state) for f in field.whole_finds(number)] == [(2, "closed")]


def test_words_alone_will_do(visit: Inspection, field: Field) -> None:
    check = visit.begins()
    checks.ask(field.tx, visit.me, check, 3, field.now)
    assert visit.sends("门口停了四辆", photo=False) is not None
    assert visit.facts(check).troubled[0].words == "门口停了四辆"


def test_what_nothing_was_asked_about_is_a_report_as_any(visit: Inspection, field: Field) -> None:
    check = visit.begins()
    number = visit.sends("农贸市场占道1处")
    assert [find.spot for find in field.whole_finds(number)] == ["nongmao"]
    assert visit.states(check) == [None] * 8
    checks.ask(field.tx, visit.me, check, 3, field.now)
    field.later(minutes=31)
    visit.sends("农贸市场占道2处")
    assert visit.states(check) == [None] * 8


def test_an_answer_can_be_changed(visit: Inspection, field: Field) -> None:
    check = visit.begins()
    checks.ask(field.tx, visit.me, check, 7, field.now)
    assert visit.facts(check).menu == "item:7"
    checks.mark(field.tx, visit.me, check, 7, checks.UNSEEN, field.now)
    checks.mark(field.tx, visit.me, check, 7, checks.FINE, field.now)
    visit.finds(check, 7, "黑屏")
    checks.open_menu(field.tx, visit.me, check, "items:0", field.now)
    checks.open_menu(field.tx, visit.me, check, None, field.now)
    assert [item.state for item in visit.facts(check).items if item.state] == ["trouble"]


@pytest.mark.parametrize("position", [0, 9, -1])
def test_there_is_no_such_item(visit: Inspection, field: Field, position: int) -> None:
    check = visit.begins()
    field.leaves_all(
        lambda: checks.ask(field.tx, visit.me, check, position, field.now), NotFound, "这一项"
    )


def test_given_up_and_restored(visit: Inspection, field: Field) -> None:
    check = visit.begins()
    number = visit.finds(check, 7, "黑屏")
    for _ in range(2):
        checks.give_up(field.tx, visit.me, check, field.now)
    assert visit.row(check).state == WITHDRAWN
    assert field.report(number).withdrawn_at is None
    for deed in (
        lambda: visit.hands_in(check),
        lambda: checks.ask(field.tx, visit.me, check, 1, field.now),
        lambda: checks.mark(field.tx, visit.me, check, 1, checks.FINE, field.now),
    ):
        field.leaves_all(deed, TooLate, "撤回")
    for _ in range(2):
        checks.restore(field.tx, visit.me, check, field.now)
    assert visit.row(check).state == OPEN
    visit.hands_in(check)
    field.leaves_all(lambda: visit.hands_in(check), TooLate, "已经交了")
    checks.give_up(field.tx, visit.me, check, field.now)
    assert visit.number() == 0
    checks.restore(field.tx, visit.me, check, field.now)
    assert (visit.row(check).state, visit.number()) == (ENDED, 1)


@pytest.mark.parametrize(
    ("name", "may"), [("张建国", True), ("孙涛", True), ("李红梅", False), ("李主任", False)]
)
def test_who_made_it_or_leads_the_squad_may_change_it(
    visit: Inspection, field: Field, name: str, may: bool
) -> None:
    check, who = visit.begins(), field.ids[name]
    deeds: tuple[Callable[[], None], ...] = (
        lambda: checks.mark(field.tx, who, check, 1, checks.FINE, field.now),
        lambda: checks.open_menu(field.tx, who, check, "items:0", field.now),
        lambda: checks.hand_in(field.tx, who, check, field.now, all_fine=True),
        lambda: checks.give_up(field.tx, who, check, field.now),
        lambda: checks.restore(field.tx, who, check, field.now),
    )
    for deed in deeds:
        if may:
            deed()
        else:
            field.leaves_all(deed, NotAllowed, "张建国")


def test_a_check_never_counts_as_a_round(visit: Inspection, field: Field) -> None:
    check = visit.begins()
    visit.finds(check, 1, "两家摆出来了")
    visit.hands_in(check)
    assert Outing(field).number() == 0
    assert Outing(field).number(measure="specials") == 1


def test_a_check_that_a_report_tells_of(visit: Inspection, field: Field) -> None:
    for words in ("专项检查 永福路 出店经营2家 限期整改", "专项检查 永福路 占道经营1处"):
        field.later(minutes=10)
        field.sends("张建国", words)
    field.sends("赵大勇", "专项检查 永福路正常")
    assert visit.number() == 2
    (own,) = [p for p in patrols.between(field.tx, None, field.now, SPECIAL) if p.squad == "一中队"]
    assert (own.told, own.spot, own.state) == (True, "yongfu", ENDED)
    assert len(patrols.reports_of(field.tx, own.id)) == 2
