"""「这个月设备检测完成了吗」 on both stores: counted by the deeds, said by the words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.actions import devices
from bot.actions.answering import answer
from bot.errors import Refused
from bot.rules.questions import QuestionReader
from bot.rules.records import Bureau
from bot.words import obligations as words
from bot.words.answers import answer as worded
from tests.actions.conftest import Field
from tests.actions.obliging import DEVICE, PARTY, Obliging


@pytest.fixture
def house(field: Field) -> Obliging:
    """The runs of June, the device check 王志强's."""
    found = Obliging(field)
    found.rings()
    found.gives(DEVICE, "王志强")
    return found


def says(house: Obliging, words: str) -> list[str]:
    question = QuestionReader(house.bureau).read(words, house.now)
    assert question.metrics == ("obligation_status",), words
    facts = answer(house.tx, None, question, house.bureau, house.now)
    return worded(facts, house.now).text.split("\n")


def test_what_is_not_done_yet(house: Obliging) -> None:
    assert says(house, "这个月设备检测完成了吗") == [
        "六月设备月检还没办完。", "6月25日（周三）到期，责任人王志强。",
        "按「设备月检、本月（6月1日到30日）」查的。",
    ]  # fmt: skip


def test_what_is_handed_in(house: Obliging) -> None:
    house.adds("1号箱")
    devices.all_fine(house.tx, house.field.ids["王志强"], house.run(), house.bureau, house.now)
    first, second, _ = says(house, "本月设备检测做了没")
    assert first == "六月设备月检佐证交了，还没办完。"
    assert second.startswith("王志强6月12日交的，等")


def test_what_is_late_and_what_was_before(house: Obliging) -> None:
    house.on("2025-07-02")
    house.rings()
    assert says(house, "上个月设备检测完成了吗")[:2] == [
        "六月设备月检没办，超期 7 天。", "应于6月25日（周三）前办完，责任人王志强。",
    ]  # fmt: skip
    assert says(house, "今年设备月检做了没")[:2] == [
        "设备月检 2 期：在办 1 期，漏办 1 期。", "没办的：六月设备月检。",
    ]  # fmt: skip
    assert says(house, "5月设备检测做了没")[0].endswith("没有记录，6月1日起才有。")


def test_what_is_exempt(house: Obliging) -> None:
    house.exempts(PARTY, None, "支部换届")
    assert says(house, "本月党支部汇报交了吗")[:2] == [
        "六月党支部书面汇报免了，李主任6月12日定的。", "原因：支部换届。",
    ]  # fmt: skip


def test_what_has_no_run(house: Obliging) -> None:
    assert says(house, "账务检查做了没")[0] == "账务检查还没定多久一次，没有排。"
    assert says(house, "第一议题归档做了没")[0] == "本月没有登记过第一议题归档。"
    assert says(house, "下个月设备检测做了没")[0] == "下月的设备月检还没到，没有排。"
    assert says(house, "本季度问题研判完成了吗")[0] == "本季度问题研判 0/1，还差 1 次。"
    assert says(house, "去年一季度问题研判完成了吗")[0].endswith("没有记录。")


def test_a_bureau_without_it_says_so(house: Obliging) -> None:
    question = QuestionReader(house.bureau).read("这个月设备检测完成了吗", house.now)
    house.field.bureau = _without(house)
    with pytest.raises(Refused, match="哪一项"):
        answer(house.tx, None, question, house.bureau, house.now)


def _without(house: Obliging) -> Bureau:
    return replace(house.bureau, obligations=())


HOSTILE = ["=cmd|'/c calc'!A1", "<b>粗</b>", "../../etc/passwd", "换\n行", "\u202e倒", "🙂" * 30]


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_words_are_words(house: Obliging, said: str) -> None:
    """Owners, reasons, events and devices come out as they were written, shortened."""
    house.gives("tender_check", said)
    house.exempts(PARTY, None, said)
    text = says(house, "本月党支部汇报交了吗")[1]
    assert text.startswith("原因：")
    card = words.exempted(house.runs(PARTY)[0])
    assert said.strip()[:10] in card.text
