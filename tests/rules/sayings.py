"""Captions and questions put together from parts, so that their reading is known beforehand.

Also the disguises that must not change a reading: how it is typed, and pictures between the words.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from bot.bureau import build_bureau
from bot.rules.captions import CaptionReader
from bot.rules.questions import QuestionReader
from bot.rules.records import NO_TROUBLE, Bureau, Category, Find, Question, Reading, Spot
from bot.rules.scripts import SIMPLIFIED

OTHER = Path(__file__).parent / "other_bureau" / "gangting.toml"
CLOCKS = {"this": datetime(2025, 11, 19, 10, 0), "other": datetime(2026, 6, 10, 10, 0)}
BUREAUS = tuple(CLOCKS)
Item = tuple[str | None, str | None, int | None, str, str]

DEEDS = {
    "": ("found", "open"), "还没整改": ("found", "open"), "限期整改": ("notice", "open"),
    "已劝离": ("persuaded", "closed"), "劝走了": ("persuaded", "closed"),
    "已整改": ("corrected", "closed"), "清理干净了": ("corrected", "closed"),
    "已暂扣": ("seized", "closed"), "已通知环卫": ("transferred", "open"),
}  # fmt: skip
FORMS = (
    ("s", "c", "n", "d"), ("s", " ", "c", "n", " ", "d"), ("s", "n", "c", "d"),
    ("s", "c", "n", "，", "d"), ("s", "有", "c", "n", "d"), ("s", "发现", "c", "n", "，", "d"),
)  # fmt: skip
STOPS = ("；", "。", "\n")
EMOJI = ("😊", "👌", "✅", "👍🏽", "📷", "❗", "⚠️", "🇨🇳", "👨‍👩‍👧", "1️⃣", "\u200b")


@cache
def bureau(name: str) -> Bureau:
    return build_bureau(tomllib.loads(OTHER.read_text("utf-8")) if name == "other" else {})


@cache
def _readers(name: str) -> tuple[CaptionReader, QuestionReader]:
    return CaptionReader(bureau(name)), QuestionReader(bureau(name))


def now(name: str) -> datetime:
    return CLOCKS[name].replace(tzinfo=bureau(name).tz)


def read(name: str, text: str) -> Reading:
    return _readers(name)[0].read(text, now(name))


def ask(name: str, text: str) -> Question:
    return _readers(name)[1].read(text, now(name))


def troubles(name: str) -> list[Category]:
    """The categories that can be found."""
    return [category for category in bureau(name).categories if category.code != NO_TROUBLE]


def names(spot: Spot) -> tuple[str, ...]:
    """All that a spot is called."""
    return (spot.name, *spot.aliases)


def item(find: Find) -> Item:
    return find.spot, find.category, find.count, find.action, find.state


def items(reading: Reading) -> Counter[Item]:
    return Counter(map(item, reading.items))


@dataclass(frozen=True)
class Clause:
    """What was found at one spot: the parts of its words, and how they are to be read."""

    parts: tuple[str, ...]
    item: Item

    @property
    def text(self) -> str:
        return "".join(self.parts).strip()


def clause(form: tuple[str, ...], spot: Spot, said: str, category: Category, word: str,
           count: int, deed: str) -> Clause:  # fmt: skip
    words = {"s": said, "c": word, "n": f"{count}处", "d": deed}
    parts = tuple(words.get(part, part) for part in form)
    return Clause(parts, (spot.code, category.code, count, *DEEDS[deed]))


@st.composite
def clauses(draw: st.DrawFn, name: str, most: int = 4) -> list[Clause]:
    """Clauses of one form, each of a spot of its own."""
    form = draw(st.sampled_from(FORMS))
    deeds = sorted(DEEDS) if form[-2] != "，" else sorted(deed for deed in DEEDS if deed)
    spots = draw(
        st.lists(st.sampled_from(bureau(name).spots), min_size=1, max_size=most, unique=True)
    )
    told = []
    for spot in spots:
        kind = draw(st.sampled_from(troubles(name)))
        said, deed = draw(st.sampled_from(names(spot))), draw(st.sampled_from(deeds))
        told.append(clause(form, spot, said, kind, kind.name, draw(st.integers(1, 20)), deed))
    return told


PERIODS = (
    "今天",
    "昨天",
    "本周",
    "上周",
    "上上周",
    "本月",
    "上个月",
    "近7天",
    "最近30天",
    "今年",
    "上半月",
)
ASKED = (
    "几起",
    "多少起",
    "有几起",
    "发现了多少起",
    "一共几起",
    "整改了几起",
    "还有几起没整改",
    "有哪些",
)
ASKED_OF_ALL = ("几次", "去了几次", "问题有几起", "发现多少问题")


@st.composite
def questions(draw: st.DrawFn, name: str) -> tuple[list[str], str]:
    """Parts in any order, and what ends them."""
    spot = draw(st.sampled_from(bureau(name).spots))
    parts = [draw(st.sampled_from(names(spot))), draw(st.sampled_from(PERIODS))]
    if draw(st.booleans()):
        return [*parts, draw(st.sampled_from(troubles(name))).name], draw(st.sampled_from(ASKED))
    return parts, draw(st.sampled_from(ASKED_OF_ALL))


def wide_digits(text: str) -> str:
    return text.translate({c: c + 0xFEE0 for c in range(0x30, 0x3A)})


def wide(text: str) -> str:
    return text.translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)} | {0x20: 0x3000})


def narrow(text: str) -> str:
    return text.translate(str.maketrans("，：；（）！？", ",:;()!?"))


@cache
def _old_letters() -> dict[str, list[str]]:
    old: dict[str, list[str]] = {}
    for letter, simplified in SIMPLIFIED.items():
        old.setdefault(simplified, []).append(chr(letter))
    return old


def traditional(text: str) -> str:
    return "".join(_old_letters().get(letter, [letter])[0] for letter in text)


def rarely_traditional(text: str) -> str:
    """Every letter in the last of its old forms."""
    return "".join(_old_letters().get(letter, [letter])[-1] for letter in text)


DISGUISES = (wide_digits, wide, narrow, traditional, rarely_traditional)


@st.composite
def pictured(draw: st.DrawFn, parts: tuple[str, ...] | list[str]) -> str:
    """The parts with emoji between some of them."""
    sown = st.sampled_from(("", "", *EMOJI))
    return draw(sown) + "".join(part + draw(sown) for part in parts)


def aliases(name: str) -> Iterator[tuple[Spot, str]]:
    for spot in bureau(name).spots:
        yield from ((spot, said) for said in names(spot))
