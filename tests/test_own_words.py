"""A bureau's own words: added to the shipped ones, taken away, and named where they are wrong."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.bureau import DEFAULT, build_bureau, bureau_at
from bot.errors import BadSetting
from bot.own_words import with_own_words
from bot.rules.captions import CaptionReader
from bot.rules.questions import QuestionReader
from bot.rules.records import Bureau, Reading
from bot.rules.vocabulary import Vocabulary, expand_all

NOW = datetime(2025, 11, 19, 10, 0)
CODES = frozenset(DEFAULT["categories"])
OWN = """\
[vocabulary]
fine = ["平安如常"]

[vocabulary.patrols]
full = ["(大|小)巡河"]

[[vocabulary.actions]]
action = "persuaded"
state = "closed"
words = ["請走了"]

[[vocabulary.hints]]
category = "luandui"
strong = ["晾海带"]

[[vocabulary.holidays]]
name = "国庆"
first = 2025-10-01
last = 2025-10-07

[[vocabulary.holidays]]
name = "国庆"
first = 2027-10-01
last = 2027-10-07

[vocabulary.questions.cues]
times = ["几转"]

[vocabulary.without]
fine = ["没毛病"]
hints = ["(羊肉串|烤串)"]
obligations = ["sanhuiyike_quarterly"]
"""


def bureau_of(text: str) -> Bureau:
    return build_bureau(tomllib.loads(text))


@pytest.fixture(scope="module")
def shipped() -> Bureau:
    return build_bureau({})


@pytest.fixture(scope="module")
def bureau() -> Bureau:
    return bureau_of(OWN)


def read(bureau: Bureau, text: str) -> Reading:
    return CaptionReader(bureau, ahead=False).read(text, NOW.replace(tzinfo=bureau.tz))


def test_own_words_are_understood_beside_the_shipped_ones(bureau: Bureau, shipped: Bureau) -> None:
    assert read(bureau, "松江路平安如常").intent == "patrol_ok"
    assert read(bureau, "大巡河 松江路正常").patrol_type == "full"
    (find,) = read(bureau, "松江路有晾海带的2处，请走了").items
    assert (find.category, find.count, find.action) == ("luandui", 2, "persuaded")
    old = "松江路 流动摊贩2个 已劝离"
    assert read(bureau, old) == read(shipped, old)
    assert read(shipped, "松江路有晾海带的2处，请走了").items != (find,)


def test_own_question_words_are_understood(bureau: Bureau, shipped: Bureau) -> None:
    now = NOW.replace(tzinfo=bureau.tz)
    asked = QuestionReader(bureau, ahead=False).read("松江路本周去了几转", now)
    assert asked == QuestionReader(shipped, ahead=False).read("松江路本周去了几次", now)


def test_words_taken_away_are_no_longer_meant(bureau: Bureau, shipped: Bureau) -> None:
    assert read(shipped, "松江路没毛病").intent == "patrol_ok"
    assert "没毛病" not in expand_all(bureau.vocabulary.fine)
    words = {w for hint in bureau.vocabulary.hints for w in expand_all(hint.strong)}
    assert not {"羊肉串", "烤串"} & words
    assert {"烤羊肉串", "烧烤摊"} <= words
    assert [o.code for o in bureau.vocabulary.obligations] == [
        o.code for o in shipped.vocabulary.obligations if o.code != "sanhuiyike_quarterly"
    ]


def test_a_part_of_a_shipped_group_can_be_taken_away(shipped: Bureau) -> None:
    own = bureau_of('[vocabulary.without]\nfine = ["秩序井然", "一切正常"]\n')
    before, after = (set(expand_all(b.vocabulary.fine)) for b in (shipped, own))
    assert before - after == {"秩序井然", "一切正常"}


def test_a_star_takes_the_whole_list(shipped: Bureau) -> None:
    own = bureau_of('[vocabulary]\nfine = ["好着"]\n[vocabulary.without]\nfine = ["*"]\n')
    assert own.vocabulary.fine == ("好着",)
    assert own.vocabulary.trouble == shipped.vocabulary.trouble


def test_a_holiday_of_the_same_year_takes_the_shipped_ones_place(bureau: Bureau) -> None:
    last = {(h.name, h.first.year): h.last for h in bureau.vocabulary.holidays}
    assert last["国庆", 2025] == date(2025, 10, 7)
    assert last["国庆", 2027] == date(2027, 10, 7)
    assert last["春节", 2026] == date(2026, 2, 23)
    assert len(last) == len(bureau.vocabulary.holidays)


def test_the_whole_shipped_vocabulary_as_ones_own_changes_nothing(shipped: Bureau) -> None:
    again = with_own_words(shipped.vocabulary, dict(DEFAULT["vocabulary"]), CODES)
    assert again == shipped.vocabulary


def test_an_own_word_is_levelled_as_texts_are() -> None:
    own = with_own_words(Vocabulary(), {"fine": ["沒問題，", "１切好"]}, CODES)
    assert own.fine == ("没问题,", "1切好")


WRONG = {
    "an unknown list": ('[vocabulary]\nfinee = ["好"]\n', 2, ["finee", "fine, forwarded"]),
    "no list": ('[vocabulary]\nfine = "好"\n', 2, ["vocabulary.fine", "must be a list", "'好'"]),
    "a number": ("[vocabulary]\nfine = [5]\n", 2, ["vocabulary.fine", "a string in quotes", "5"]),
    "an empty word": ('[vocabulary]\nfine = ["好", ""]\n', 2, ["an empty word"]),
    "a group of nothing": ('[vocabulary]\nfine = ["(|)"]\n', 2, ["an empty word"]),
    "a group left open": ('[vocabulary]\nfine = ["(已|都好"]\n', 2, ["(a|b)", "(已|都好"]),
    "no group": ('[vocabulary]\nfine = ["已|都"]\n', 2, ["(a|b)"]),
    "a group in a group": ('[vocabulary]\nfine = ["(已(都|)|)好"]\n', 2, ["(a|b)"]),
    "a word that is too many": (
        '[vocabulary]\nfine = ["' + "(一|二|三|四|五|六)" * 6 + '"]\n', 2, ["46656", "20000"],
    ),
    "vocabulary as a word": ('vocabulary = "好"\n', 1, ["must be a table: [vocabulary]"]),
    "an unknown action": (
        '[[vocabulary.actions]]\naction = "noticed"\nstate = "open"\nwords = ["记"]\n'
        '[[vocabulary.actions]]\naction = "warned"\nstate = "open"\n', 2, ["noticed", "notice, "],
    ),
    "the second row": (
        '[[vocabulary.actions]]\naction = "notice"\nstate = "open"\nwords = ["记"]\n\n'
        '[[vocabulary.actions]]\naction = "notice"\nstate = "half"\n', 8, ["half", "closed"],
    ),
    "a row without its state": (
        '[[vocabulary.actions]]\naction = "notice"\nwords = ["记"]\n', 1, ["'state' is missing"],
    ),
    "an unknown category": (
        '[[vocabulary.hints]]\ncategory = "boats"\nstrong = ["船"]\n', 2, ["boats", "luandui"],
    ),
    "a doubtful word's category": (
        '[vocabulary.doubtful]\n"大船" = ["boats"]\n', 2, ["大船", "boats"],
    ),
    "an unknown source": ('[vocabulary.sources]\ndrone = ["无人机"]\n', 2, ["drone", "camera"]),
    "an unknown cue": (
        '[vocabulary.questions.cues]\ncounts = ["几"]\n', 2, ["counts", "count, "],
    ),
    "a holiday that is no day": (
        '[[vocabulary.holidays]]\nname = "春节"\nfirst = "soon"\nlast = 2027-02-01\n', 3,
        ["a date"],
    ),
    "a word that is not there": (
        '[vocabulary.without]\nfine = ["没毛病", "没毛毛"]\n', 2, ["没毛毛", "not among"],
    ),
    "a list that is not there": ('[vocabulary.without]\nfines = ["好"]\n', 2, ["fines", "fine"]),
    "a word to be taken that is none": ("[vocabulary.without]\nfine = [1]\n", 2, ["a string"]),
    "without as a list": ('[vocabulary]\nwithout = ["好"]\n', 2, ["must be a table"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_word_is_told_with_its_line_and_reason(
    tmp_path: Path, text: str, line: int, says: list[str]
) -> None:
    file = tmp_path / "gangting.toml"
    file.write_text("# ours\n" + text, "utf-8")
    with pytest.raises(BadSetting) as wrong:
        bureau_at(file)
    assert wrong.value.sentence.startswith(f"{file}, line {line + 1}: vocabulary")
    for word in says:
        assert word in wrong.value.sentence
