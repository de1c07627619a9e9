"""Cards of a ledger that was sent are as short as any, whatever the numbers; plain and kind."""

from __future__ import annotations

import pytest

from bot.rules.ledger_draft import Levels
from bot.rules.ledger_preview import ListedLine, Loaded, Preview
from bot.words import ledger_load as words
from bot.words.card import Card
from bot.words.ledger_sheet import listed
from tests.words.test_copy import BUTTON, ENGLISH, HALF, MOST_CHARACTERS, UNKIND

WHY = "没有「一是」这样的编号，没有当任务"
FAULT = ListedLine("fault", line=127, said="针对西石沟村", why=WHY)


def preview(**counts: int) -> Preview:
    lines = [FAULT] * counts.pop("fault", 0)
    lines += [ListedLine(kind, str(n)) for kind, most in counts.items() for n in range(most)]
    return Preview(
        7, 1, "waiting", "综合执法局整改台账（最新版）.xlsx", Levels(4, 13, 134, 185), tuple(lines)
    )


ALL = {"new": 185, "changed": 120, "kept": 110, "missing": 112, "fault": 123, "no_owner": 185,
       "no_day": 185}  # fmt: skip
CARDS = {
    "everything at once": words.preview(preview(**ALL)),
    "headings too": words.preview(preview(heading=51, **ALL)),
    "nothing new": words.preview(preview()),
    "only new": words.preview(preview(new=85, no_owner=85, no_day=85)),
    "doubts": words.preview(preview(new=85, remark=12)),
    "loaded": words.loaded(Loaded(185, 120, 0, 0, 123, tuple("12345678"), tuple("12345678"))),
    "loaded, days lacking": words.loaded(Loaded(1, 0, 0, 0, 0, (), ("3",))),
    "loaded whole": words.loaded(Loaded(1, 2, 0, 0, 0, (), ())),
    "dropped": words.dropped(), "listed": words.list_of(preview(**ALL)),
    "nothing to list": words.list_of(preview()), "exported": words.exported(85),
    "nothing to export": words.exported(0),
    "set": words.was_set(27, "责任人", "王志强、李红梅", ("李红梅",)),
    "set to a day that is over": words.was_set(27, "时限", "2026年6月30日", (), 149),
    "lasting": words.was_set(27, "长期", "是", ()),
}  # fmt: skip


@pytest.mark.parametrize("what", list(CARDS))
def test_cards_are_short_and_plain(what: str) -> None:
    card: Card = CARDS[what]
    lines = card.text.split("\n")
    assert len(lines) <= 4
    assert len(card.text) <= MOST_CHARACTERS
    said = card.text.replace(".xlsx", "")
    assert not HALF.search(said), said
    assert not ENGLISH.search(said), said
    assert not [word for word in UNKIND if word in said]
    assert all(len(button.label) <= BUTTON for row in card.rows for button in row)


def test_a_terminal_names_every_line_and_gathers_what_lacks() -> None:
    told = words.told_lines(preview(new=2, no_owner=2))
    assert told[0].startswith("新的 编号 0")
    assert told[-1] == "没写责任人 2 件：0、1"


def test_numbers_in_a_row_are_told_by_their_ends() -> None:
    refs = ("1", "2", "5", "6", "7", "A-8", "9", "85")
    lines = tuple(ListedLine("no_day", ref) for ref in refs)
    assert words.told_lines(Preview(1, 1, "", "x", Levels(0, 0, 0, 0), lines)) == [
        "没写时限 8 件：1、2、5 到 7、A-8、9、85"
    ]


def test_headings_are_no_tasks() -> None:
    facts = preview(new=0, changed=2, heading=3)
    assert "要改 2 件，标题 3 个" in words.preview(facts).text
    assert "一样" not in words.preview(preview(heading=1)).text
    assert "改了 2 件，标题 3 个" in words.loaded(Loaded(0, 2, 0, 0, 0, (), (), 3)).text


def test_the_list_has_the_files_name_once() -> None:
    facts = Preview(1, 1, "waiting", "台账.xlsx", Levels(0, 0, 0, 0), (FAULT,))
    assert listed(facts).name == "台账对照 台账"
    assert words.list_of(facts).text == "清单在表里：没收 1。"


def test_hostile_words_stay_on_their_line() -> None:
    line = ListedLine("new", "1\n2", said="<b>x</b>\n=1+1")
    (told,) = words.told_lines(Preview(1, 1, "", "x", Levels(0, 0, 0, 0), (line,)))
    assert "\n" not in told
    assert "<b>x</b> =1+1" in told
