"""What a reviewer broke: rounds told twice, taken back, reworded, joined by strangers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions import acceptance, checks, corrections, rounds
from bot.actions.reports import Message
from bot.errors import NotAllowed, NotFound
from bot.rules.rounds import tells_whole
from storage import awaited, check_items, counts, patrols
from storage.counts import Scope
from storage.patrols import SPECIAL
from tests.actions.conftest import Field
from tests.actions.outing import KEYS, Outing
from tests.actions.test_round_reports import says


@pytest.fixture
def out(field: Field) -> Outing:
    return Outing(field)


def number(field: Field, measure: str = "patrols") -> int:
    return counts.number(field.tx, measure, Scope(None, field.now + timedelta(days=1)))  # type: ignore[arg-type]


def test_a_round_that_was_tapped_and_then_told_of_is_one(out: Outing, field: Field) -> None:
    out.whole("张建国")
    field.later(minutes=2)
    says(field, "张建国", "今天全域巡查完成，各点位正常")
    says(field, "李红梅", "全域巡查，各点位正常")
    field.sends("李红梅", "全域巡查，各点位正常")
    assert number(field) == 1
    field.later(days=1)
    says(field, "李红梅", "补报昨天全域巡查，各点位正常")
    assert number(field) == 1


def test_a_report_that_is_taken_back_takes_what_it_told_of(out: Outing, field: Field) -> None:
    told = {
        "specials": field.sends("张建国", "对永福路开展专项检查，一切正常"),
        "patrols": field.sends("李红梅", "全域巡查，各点位正常"),
        "shifts": field.sends("孙涛", "岗亭值守 8点到12点"),
    }
    assert all(told.values())
    for measure, report in told.items():
        assert number(field, measure) == 1
        row = field.report(report)
        corrections.withdraw(field.tx, row.person, row.id, field.bureau, field.now)
        assert number(field, measure) == 0
        corrections.restore(field.tx, row.person, row.id, field.bureau, field.now)
        assert number(field, measure) == 1


def rewords(field: Field, words: str) -> None:
    """The newest message of 张建国 is edited."""
    who, chat = field.ids["张建国"], field.chat("张建国")
    corrections.edit_words(
        field.tx, who, "telegram", chat, field.message, words, field.read, field.bureau, field.now
    )


def test_reworded_it_tells_of_something_else(out: Outing, field: Field) -> None:
    field.sends("张建国", "对永福路开展专项检查，一切正常")
    assert number(field, "specials") == 1
    rewords(field, "永福路一切正常")
    assert (number(field, "specials"), number(field)) == (0, 0)
    rewords(field, "全域巡查，各点位正常，永福路也正常")
    assert (number(field, "specials"), number(field)) == (0, 1)


@pytest.mark.parametrize(
    "words",
    ["昨天全域巡查少了一次，张建国请假，其余点位正常", "本周已开展全域巡查2次，未发现异常",
     "这个月全域巡查8次，各点位正常", "李红梅说全域巡查各点位正常",
     "全域巡查各点位正常，除了永福路"],
)  # fmt: skip
def test_what_only_speaks_of_rounds_tells_of_none(words: str) -> None:
    assert not tells_whole(words)


def test_only_who_goes_on_rounds_tells_of_one(field: Field) -> None:
    with pytest.raises(NotAllowed):
        says(field, "王志强", "全域巡查，各点位正常")
    assert number(field) == 0


def test_an_acceptance_is_of_what_was_lacking_then(out: Outing, field: Field) -> None:
    patrol = out.partly("张建国", *KEYS[:2])
    acceptance.accept(field.tx, field.ids["李主任"], patrol, "道路封闭", field.now)
    assert number(field) == 1
    here = ("telegram", field.chat("张建国"), 900)
    rounds.go_on(field.tx, field.ids["张建国"], patrol, *here, field.bureau, field.now)
    for spot in KEYS[:2]:
        rounds.untick(field.tx, field.ids["张建国"], patrol, spot, field.now)
    rounds.close(field.tx, field.ids["张建国"], patrol, field.now)
    assert number(field) == 0


def test_strangers_to_a_squad_don_t_come_onto_its_round(out: Outing, field: Field) -> None:
    patrol = out.begins("张建国")
    here = ("telegram", 1, 1)
    with pytest.raises(NotAllowed):
        rounds.join(field.tx, field.ids["赵大勇"], patrol, field.ids["赵大勇"], here, field.now)
    for mate in (99_999, 0, field.ids["王志强"]):
        with pytest.raises((NotFound, NotAllowed)):
            rounds.join(field.tx, field.ids["张建国"], patrol, mate, here, field.now)
    assert patrols.crew(field.tx, patrol) == [field.ids["张建国"]]


def test_the_buttons_of_a_round_don_t_end_a_check(field: Field) -> None:
    who = field.ids["张建国"]
    checks.begin(field.tx, who, "telegram", 1, 1, "yongfu", field.bureau, field.now)
    check = patrols.going(field.tx, who, SPECIAL)
    assert check is not None
    with pytest.raises(NotFound):
        rounds.close(field.tx, who, check.id, field.now)
    assert number(field, "specials") == 0


def test_another_spot_s_trouble_is_not_an_item_s(field: Field) -> None:
    who = field.ids["张建国"]
    checks.begin(field.tx, who, "telegram", field.chat("张建国"), 1, "yongfu", field.bureau,
                 field.now)  # fmt: skip
    check = patrols.going(field.tx, who, SPECIAL)
    assert check is not None
    checks.ask(field.tx, who, check.id, 2, field.now)
    told = Message("telegram", field.chat("张建国"), 2, field.now, "松江路流动摊贩2个，已劝离")
    made = checks.take(field.tx, who, told, field.read, field.bureau, field.now)
    assert [spot for spot, _, _ in field.finds(made)] == ["songjiang"]
    assert awaited.of(field.tx, who, field.now) is not None
    assert not check_items.answers(field.tx, check.id)


def test_a_round_goes_on_over_midnight(out: Outing, field: Field) -> None:
    field.now = field.now.replace(hour=15, minute=30)  # 23:30 in the bureau's zone
    patrol = out.begins("张建国")
    out.ticks("张建国", patrol, KEYS[:1])
    field.later(minutes=40)
    out.ticks("张建国", patrol, KEYS[1:])
    rounds.end(field.tx, field.ids["张建国"], patrol, field.now)
    assert number(field) == 1


def test_the_card_says_what_the_quota_of_its_week_asks(out: Outing, field: Field) -> None:
    three = replace(field.bureau.quotas[1], count=3)
    assert three.what == "patrol"
    field.bureau = replace(field.bureau, quotas=(three,))
    facts = out.facts(out.whole("张建国"))
    assert (facts.nth, facts.owed) == (1, 3)
