"""Everything the bot says in the conversations keeps the rules of conversations.md 6.

Cards are short, buttons shorter; full-width punctuation, no English, no scolding, 撤回 last.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.handlers.transcript import Shown, read

FOLDER = Path(__file__).parents[1] / "transcripts"
CARDS = [
    pytest.param(card, id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.txt"))
    # Where choices are numbered lines, a list is as long as it is.
    for number, card in enumerate(read(path).cards if read(path).has_cards else ())
    if card.sign in "<~!"
]

MOST_LINES, MOST_CHARACTERS = 5, 110
LISTS = re.compile(
    r"^(我能帮您这些|一共 \d+ 人|各点位本周|收到 \d+ 条：|.*\d [个条次].*：$|刚才说的是"
    r"|.*(?:台账|任务) \d+ 件.*：)"
)
"""What is asked for as a list may be longer: help, the people, the spots, the house's state, and
the rows behind a number."""

LIST_LINES, LIST_CHARACTERS = 10, 260
DIGEST = re.compile(r"^(〔图〕)?第 \d+ 周")
DIGEST_LINES, DIGEST_CHARACTERS = 7, 160
"""The week in one message (conversations.md 6, rule 5)."""

BUTTON, ROW, ROWS = 10, 3, 8
HAN = "\u3400-\u9fff"
FILE = re.compile(r"〔[^〕]+\.(xlsx|docx|pdf)〕|〔document〕|[^\s，。好到]+\.pdf")
HALF = re.compile(rf"[{HAN}][,;:!?()]|[,;:!?()][{HAN}]|[{HAN}]\.(?!\d)")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
UNKIND = (
    "造假", "请及时", "收到请回复", "偷懒", "批评", "警告", "不合格", "违纪", "扣分", "未读",
    "必须", "严禁", "务必",
)  # fmt: skip


def text_of(card: Shown) -> list[str]:
    """The card's lines without what stands for something made: links, codes, names of files."""
    lines = [FILE.sub("", line) for line in card.text]
    return [line for line in lines if "://" not in line and not line.startswith("邀请码 ")]


def buttons_of(card: Shown) -> list[list[str]]:
    """The labels, row by row, with the brackets of a primary one."""
    return [re.findall(r"\[\[[^\]]+\]\]|\[[^\]]+\]|\{[^}]+\}", row) for row in card.rows]


@pytest.mark.parametrize("card", CARDS)
def test_cards_are_short(card: Shown) -> None:
    """A card is read at arm's length in the sun."""
    lines = text_of(card)
    most, characters = MOST_LINES, MOST_CHARACTERS
    if LISTS.match(lines[0]):
        most, characters = LIST_LINES, LIST_CHARACTERS
    elif DIGEST.match(lines[0]):
        most, characters = DIGEST_LINES, DIGEST_CHARACTERS
    assert len(lines) <= most
    assert sum(map(len, lines)) <= characters


@pytest.mark.parametrize("card", CARDS)
def test_words_are_plain(card: Shown) -> None:
    """Full-width punctuation, no English, no emoji, nothing unkind, no person ranked."""
    for line in text_of(card):
        assert not HALF.search(line), line
        assert not ENGLISH.search(re.sub("telegram| MB", "", line)), line
        assert not EMOJI.search(line), line
        assert not [word for word in UNKIND if word in line], line


@pytest.mark.parametrize("card", [c for c in CARDS if c.values[0].rows])  # type: ignore[attr-defined]
def test_buttons(card: Shown) -> None:
    """Short labels, few in a row, one primary, and 撤回 the last, never beside the primary."""
    rows = buttons_of(card)
    labels = [label for row in rows for label in row]
    plain = [label.strip("[]{}") for label in labels]
    assert len(rows) <= ROWS
    assert all(len(row) <= ROW for row in rows)
    assert max(map(len, plain)) <= BUTTON, plain
    primary = [label for label in labels if label.startswith("[[")]
    assert len(primary) <= 1
    assert len(set(plain)) == len(plain), f"two buttons look alike: {plain}"
    if "撤回" in plain:
        assert plain[-1] == "撤回"
        assert not any(label.startswith("[[") for label in rows[-1])


def test_first_lines_answer() -> None:
    """The first line of a card is a sentence or a head by itself, never only a greeting."""
    firsts = {card.values[0].text[0] for card in CARDS}  # type: ignore[attr-defined]
    assert not [line for line in firsts if line.strip("。！，") in ("您好", "你好", "提示", "通知")]
    assert all(firsts)
