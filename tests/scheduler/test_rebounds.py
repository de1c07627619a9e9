"""The cards of what is found twice, and the patrol planned for it, as the clock brings it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.actions import alike, corrections, paper_facts, raised, rebound_deeds
from bot.papers import contents
from bot.papers.document import Paragraph
from bot.words.card import Card
from scheduler.duties import carry_out
from scheduler.duty_rebounds import DUTIES
from scheduler.faces import View, face
from storage import dues, outbox
from storage.outbox import Owed
from storage.schema import Transaction
from tests.actions.conftest import Field
from tests.actions.matters import Matters


@pytest.fixture
def matters(tx: Transaction) -> Matters:
    return Matters(Field(tx))


def drawn(matters: Matters, card: str, subject: int, *, shown: bool = False) -> Card | None:
    """What the newest row of this card draws now."""
    c = outbox.c
    query = outbox.table.select().where(c.card == card, c.subject == subject)
    row = matters.tx.execute(query.order_by(c.id.desc()).limit(1)).one()
    values = {name: getattr(row, name) for name in Owed.__slots__}
    owed = Owed(**values | {"shown": int(shown)})
    view = View(matters.bureau, matters.field.now, str, place_key=False)
    found = face(matters.tx, owed, view)
    assert found is None or isinstance(found, Card)
    return found


def labels(card: Card | None) -> list[str]:
    assert card is not None
    return [button.label for row in card.rows for button in row]


def returned(matters: Matters, times: int = 1) -> int:
    """Found and closed so often at 16:15, and found once more; the last problem."""
    field = matters.field
    field.now = field.now.replace(hour=16, minute=15)
    for _ in range(times):
        matters.closed(matters.found("张建国"))
        field.later(days=1)
    return matters.found("张建国").id


def test_the_question_says_who_and_when_and_follows_the_answer(matters: Matters) -> None:
    field = matters.field
    one = matters.found("张建国")
    field.later(minutes=20)
    two = matters.found("李红梅")
    asked = drawn(matters, "alike", two.id)
    assert asked is not None
    assert asked.text == "张建国 20 分钟前报过松江路占道经营，是同一个摊吗？"
    assert labels(asked) == ["是，并到一起", "另一个摊，单独记"]
    alike.merge(matters.tx, field.ids["李红梅"], two.id, one.id, matters.bureau, field.now)
    assert drawn(matters, "alike", two.id) is None, "not asked any more where it was never shown"
    assert labels(drawn(matters, "alike", two.id, shown=True)) == ["分开，单独记"]
    alike.apart(matters.tx, field.ids["李红梅"], two.id, one.id, matters.bureau, field.now)
    assert labels(drawn(matters, "alike", two.id, shown=True)) == ["是，并到一起"]
    matters.closed(one)
    over = drawn(matters, "alike", two.id, shown=True)
    assert over is not None
    assert over.rows == ()
    assert "办结" in over.text


def test_the_leader_hears_the_hours_and_what_was_decided(matters: Matters) -> None:
    field, tx = matters.field, matters.tx
    back = returned(matters, times=2)
    card = drawn(matters, "rebound", back)
    assert card is not None
    assert card.text.splitlines() == [
        "松江路占道经营 14 天内第 2 次反弹。", "6月10日刚办结过。前几次都在 16 点到 18 点。",
    ]  # fmt: skip
    assert labels(card) == ["加一次定点巡查", "看前几次", "知道了"]
    sun = field.ids["孙涛"]
    rebound_deeds.seen(tx, sun, back, field.now)
    rebound_deeds.plan(tx, sun, back, matters.bureau, field.now)
    assert labels(drawn(matters, "rebound", back, shown=True)) == ["看前几次"]
    rebound_deeds.deny(tx, field.ids["张建国"], back, "是新来的", matters.bureau, field.now)
    denied = drawn(matters, "rebound", back, shown=True)
    assert denied is not None
    assert denied.text == "松江路占道经营这次张建国说不算反弹：是新来的。"
    assert labels(denied) == ["还是算反弹"]


def test_what_is_none_any_more_is_not_told_or_is_said_so(matters: Matters) -> None:
    field = matters.field
    back = returned(matters)
    report = matters.of("R-20250610-001").report
    who = field.ids["张建国"]
    corrections.set_spot(matters.tx, who, report, "yongfu", None, matters.bureau, field.now)
    assert drawn(matters, "rebound", back) is None
    after = drawn(matters, "rebound", back, shown=True)
    assert after is not None
    assert after.text.endswith("这次不算反弹了。")


def test_the_planned_patrol_comes_with_the_clock_once(matters: Matters) -> None:
    field, tx = matters.field, matters.tx
    back = returned(matters, times=2)
    at = rebound_deeds.plan(tx, field.ids["孙涛"], back, matters.bureau, field.now)
    (due,) = [one for one in dues.coming(tx) if one.duty == "fixed_round"]
    (duty,) = DUTIES
    assert carry_out(tx, duty, due.id, matters.bureau, at - timedelta(minutes=1)) is None
    done = carry_out(tx, duty, due.id, matters.bureau, at)
    assert done is not None
    assert done.state == "done"
    assert carry_out(tx, duty, due.id, matters.bureau, at) is None
    card = drawn(matters, "fixed_round", back)
    assert card is not None
    assert card.text.startswith("今天 16 点到 18 点，松江路加一次定点巡查。")


def test_the_third_is_proposed_and_stands_in_the_pack(matters: Matters) -> None:
    field, tx = matters.field, matters.tx
    third = returned(matters, times=3)
    card = drawn(matters, "often", third)
    assert card is not None
    assert "30 天内第 3 次反弹，建议列入季度研判" in card.text
    assert labels(card) == ["列入研判", "看前几次"]
    pack = raised.put_in(tx, field.ids["李主任"], third, matters.bureau, field.now)
    assert labels(drawn(matters, "often", third, shown=True)) == ["不列了", "看前几次"]
    paper = contents.document(paper_facts.paper(tx, pack, matters.bureau, field.now))
    paragraphs = [block for block in paper.blocks if isinstance(block, Paragraph)]
    said = "".join(str(part) for block in paragraphs for part in block.parts)
    assert "提请研判1：松江路占道经营，30天内第3次反弹，前几次都在16时至18时" in said


def test_why_it_is_none_is_asked_with_choices(matters: Matters) -> None:
    field, tx = matters.field, matters.tx
    back = returned(matters)
    rebound_deeds.doubt(tx, field.ids["张建国"], back, field.now)
    asked = drawn(matters, "unmarked", back)
    assert labels(asked)[-1] == "写一句"
    rebound_deeds.deny_by_choice(tx, field.ids["张建国"], back, 1, matters.bureau, field.now)
    assert labels(drawn(matters, "unmarked", back, shown=True)) == ["还是算反弹"]
