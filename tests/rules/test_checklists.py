"""What a special check goes through, where the next one is, of which category an item is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.rules.captions import CaptionReader
from bot.rules.checklists import OTHER, category_of, items_of, next_spot
from bot.rules.records import Bureau, Checklist, Reading

NOW = datetime(2025, 6, 12, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ALL, OWN = Checklist(("甲", "乙")), Checklist(("丙",), ("yongfu", "songjiang"))


@pytest.fixture(scope="module")
def reader(bureau: Bureau) -> CaptionReader:
    return CaptionReader(bureau)


@pytest.mark.parametrize(
    ("lists", "spot", "wanted"),
    [
        ((ALL, OWN), "yongfu", ("丙",)), ((OWN, ALL), "songjiang", ("丙",)),
        ((ALL, OWN), "junction", ("甲", "乙")), ((ALL, OWN), None, ("甲", "乙")),
        ((OWN,), "junction", ()), ((OWN,), None, ()), ((), "yongfu", ()),
    ],
)  # fmt: skip
def test_a_spot_has_its_own_list_or_the_one_for_all(
    bureau: Bureau, lists: tuple[Checklist, ...], spot: str | None, wanted: tuple[str, ...]
) -> None:
    assert items_of(replace(bureau, checklists=lists), spot) == wanted


def test_the_shipped_list_has_eight_items(bureau: Bureau) -> None:
    assert len(items_of(bureau, "yongfu")) == 8


@pytest.mark.parametrize(
    ("label", "words", "wanted"),
    [
        ("店外经营", "", "dianwai"), ("店外经营", "有两家摆出来了", "dianwai"),
        ("垃圾", "占道经营1处", "zhandao"), ("监控在线", "2号监控黑屏", "sheshi"),
        ("岗亭值守", "没有人", "other"),
        ("油烟", "两家饭店油烟大", "other"), ("流动摊贩", "无问题", "liutan"),
    ],
)  # fmt: skip
def test_an_items_trouble_is_of_what_the_words_say_else_of_the_item(
    bureau: Bureau, reader: CaptionReader, label: str, words: str, wanted: str | None
) -> None:
    said = reader.read(words, NOW) if words else Reading()
    assert category_of(bureau, said, reader.read(label, NOW)) == wanted


@pytest.mark.parametrize("label", ["店外经营", "流动摊贩", "乱停乱放", "广告牌匾", "垃圾"])
def test_the_shipped_items_of_trouble_have_a_category(
    bureau: Bureau, reader: CaptionReader, label: str
) -> None:
    assert category_of(bureau, Reading(), reader.read(label, NOW)) not in (None, OTHER)


def test_the_spot_checked_least_is_next_in_the_bureaus_order(bureau: Bureau) -> None:
    keys = [spot.code for spot in bureau.spots if spot.key]
    assert next_spot(bureau, {}) == keys[0]
    assert next_spot(bureau, {keys[0]: 1}) == keys[1]
    assert next_spot(bureau, dict.fromkeys(keys, 2)) == keys[0]
    assert next_spot(bureau, {"elsewhere": 5}) == keys[0]
    assert next_spot(replace(bureau, spots=()), {}) is None


def test_a_bureau_without_that_category_has_none_for_it(bureau: Bureau) -> None:
    few = replace(bureau, categories=bureau.categories[:3])
    assert category_of(few, Reading(), Reading()) is None
