"""Captions in many people's manners, for this bureau and for an invented other one.

Their readings were decided by the rules of the schema before the reader saw them. Items are
compared as sets on spot, category, count, action and state, every other field exactly.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.bureau import DEFAULT, build_bureau
from bot.rules.captions import CaptionReader, reading_json
from bot.rules.scripts import SIMPLIFIED

HERE = Path(__file__).parent
BUREAUS = HERE / "other_bureau"
FILES = {
    "captions.jsonl": None,
    "captions-other.jsonl": BUREAUS / "gangting.toml",
    "captions-yunxi.jsonl": BUREAUS / "yunxi.toml",
    "captions-qujiang.jsonl": BUREAUS / "qujiang.toml",
}
KNOWN_MISSES = {
    "c-019": "the seller's own car, parked in the road, is taken for a second find",
    "c-321": "渣土洒永福路了: the place stands inside the word for the find",
    "c-460": "a barbecue shop with tables outside is read as barbecue and as tables",
    "c-465": "摊点归位 is read as something put right, though nothing was wrong",
    "c-494": "撤回 alone is a command, which the chat hears before the reader does",
    "c-498": "其中1处为流动摊贩: a part that leaves a rest is read as a find of its own",
    "c-547": "贴了8张条: the number stands inside the word for the deed",
    "w2c073": "种菜、堆垃圾，已清理垃圾一处: what was cleared is taken for a second find",
    "w2c080": "宣传单 is what officers hand out, and not read as a find: it is asked about",
    "w2c104": "元旦那天: names of days are not read as dates",
    "w3c051": "岗亭夜班: a night shift is not taken for duty at a fixed place",
    "w3c056": "是2家不是3家 without a place or a category: unknown",
    "w3c061": "马上到岗亭: on the way, and read as there",
    "w3c102": "他们自己清垃圾 明天来: a promise whose day stands two clauses behind",
    "w3c104": "自觉收摊，没发现违规: the stalls that left by themselves are read as a find",
    "w3c114": "限期那家 自己拆了: that it was a building is only in the deed; it is asked about",
    "w3c129": "复查时 in a report of two rounds makes it a second look",
    "w3c130": "现在八点半 in the evening is read as the morning's",
    "w1oc051": "码头 is the name of a spot in short: it is asked about",
    "w2oc055": "桥断了绕不过去 tells why nobody went: read as broken, and asked about",
    "o-073": "a signature at the end, without a title, is not taken for a name",
}


@cache
def corpus() -> dict[str, list[dict[str, Any]]]:
    """The captions of each file."""
    lines = {name: (HERE / "corpus" / name).read_text("utf-8").splitlines() for name in FILES}
    return {name: [json.loads(line) for line in rows] for name, rows in lines.items()}


@cache
def reader(name: str) -> CaptionReader:
    """The reader of the bureau a file speaks of; what its settings leave out is as shipped."""
    own = FILES[name]
    given = tomllib.loads(own.read_text("utf-8")) if own else {}
    return CaptionReader(build_bureau({**DEFAULT, **given}))


def shown(name: str, said: dict[str, Any]) -> dict[str, Any]:
    """The reading of a caption as `gangting read` shows it."""
    now = datetime.fromisoformat(said["now"]).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return reading_json(reader(name).read(said["text"], now, said.get("ctx", {}).get("reply_to")))


def wrong_fields(name: str, said: dict[str, Any]) -> list[str]:
    """The fields that are read otherwise than expected, or than what is `also` accepted."""
    reading = shown(name, said)
    return min((differing(reading, e) for e in [said["expect"], *said.get("also", [])]), key=len)


def differing(reading: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    assert list(reading) == list(expected)
    return [
        field
        for field in expected
        if not (same_items if field == "items" else same)(expected[field], reading[field])
    ]


def same(expected: object, read: object) -> bool:
    return expected == read


def same_items(expected: list[dict[str, Any]], read: list[dict[str, Any]]) -> bool:
    """Whether every expected item is read once, and no other."""
    left = list(read)
    for item in expected:
        found = next((other for other in left if is_like(item, other)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def is_like(item: dict[str, Any], other: dict[str, Any]) -> bool:
    places = (item["spot"], *item.get("spot_alt", ()))
    kinds = (item["category"], *item.get("category_alt", ()))
    alike = all(item[key] == other[key] for key in ("count", "action", "state"))
    return alike and other["spot"] in places and other["category"] in kinds


def captions() -> Iterator[Any]:
    for name, rows in corpus().items():
        yield from (pytest.param(name, said, id=said["id"]) for said in rows)


@pytest.mark.parametrize(("name", "said"), list(captions()))
def test_a_caption_is_read_as_its_writer_meant_it(name: str, said: dict[str, Any]) -> None:
    wrong = wrong_fields(name, said)
    if said["id"] in KNOWN_MISSES:
        assert wrong, f"{said['id']} is read right: take it off the list"
    else:
        assert not wrong, said["text"]


def traditional(text: str) -> str:
    back = {new: chr(old) for old, new in reversed(SIMPLIFIED.items())}
    return "".join(back.get(letter, letter) for letter in text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "wide digits": lambda text: text.translate({c: c + 0xFEE0 for c in range(0x30, 0x3A)}),
    "traditional letters": traditional,
    "narrow signs": lambda text: text.translate(str.maketrans("，：；（）", ",:;()")),
    "emoji": lambda text: text.replace("，", "，😊"),
    "a full stop": lambda text: text + "。" if text[-1:].isalnum() else text,
    "room behind": lambda text: text + "  ",
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", FILES)
def test_how_it_is_typed_changes_nothing(name: str, disguise: str) -> None:
    for said in corpus()[name]:
        other = {**said, "text": DISGUISES[disguise](said["text"])}
        assert shown(name, other) == shown(name, said), other["text"]


def test_a_known_miss_is_a_caption_of_the_corpus() -> None:
    ids = [said["id"] for rows in corpus().values() for said in rows]
    assert len(ids) == len(set(ids))
    assert set(KNOWN_MISSES) <= set(ids)


def test_nearly_all_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints how many are right in each field; the list of misses must stay short."""
    for name, rows in corpus().items():
        wrong = Counter(field for said in rows for field in wrong_fields(name, said))
        parts = [f"{f} {1 - wrong[f] / len(rows):.1%}" for f in rows[0]["expect"]]
        with capsys.disabled():
            print(f"\n{name}: {len(rows)} captions; {', '.join(parts)}")
        assert wrong["items"] <= len(rows) * 0.03
