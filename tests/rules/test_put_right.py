"""What corrections in words put right: how they read, and what becomes of the finds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.rules.captions import CaptionReader
from bot.rules.put_right import put_right
from bot.rules.records import NO_TROUBLE, Bureau, Correction, Find

NOW = datetime(2025, 11, 19, 2, 0, tzinfo=UTC)
STALL = Find("songjiang", "zhandao", 2, "persuaded", "closed")
CARS = Find("yongfu", "jidong", 3, "found", "open")
QUIET = Find("yongfu", NO_TROUBLE)


@pytest.fixture(scope="module")
def reader(bureau: Bureau) -> CaptionReader:
    """The reader of the shipped bureau."""
    return CaptionReader(bureau)


@pytest.mark.parametrize(
    ("text", "was", "right"),
    [
        ("刚才那个改成3处", Find(), Find(count=3)),
        ("改成4处", Find(), Find(count=4)),
        ("数量改成3", Find(), Find(count=3)),
        ("把上一条改成3处", Find(), Find(count=3)),
        ("应该是2个摊", Find(), Find(count=2)),
        ("不是2处是3处", Find(count=2), Find(count=3)),
        ("不对，是3处", Find(), Find(count=3)),
        ("上一条错了，是永福路", Find(), Find("yongfu")),
        ("不对，是永福路", Find(), Find("yongfu")),
        ("地点不对，是永福路", Find(), Find("yongfu")),
        ("永福路，刚才写错了", Find(), Find("yongfu")),
        ("不是松江路是永福路", Find("songjiang"), Find("yongfu")),
        ("是光明大道不是松江路", Find("songjiang"), Find("guangming")),
        ("松江路改成永福路", Find("songjiang"), Find("yongfu")),
        ("应该是福禄巷口", Find(), Find(spot_text="福禄巷口")),
        ("类别错了，是流动摊贩", Find(), Find(category="liutan")),
        ("刚才那个是流动摊贩，不是占道", Find(category="zhandao"), Find(category="liutan")),
        ("永福路不是占道是店外", Find("yongfu", "zhandao"), Find(category="dianwai")),
        ("松江路占道改成3处", Find("songjiang", "zhandao"), Find(count=3)),
        ("更正：永福路占道3处", Find(), Find("yongfu", "zhandao", 3)),
        ("上一条写错了", Find(), Find()),
    ],
)
def test_reads_what_is_wrong_and_what_is_right(
    reader: CaptionReader, text: str, was: Find, right: Find
) -> None:
    """A correction is of the report before it, whatever it puts right."""
    reading = reader.read(text, NOW)
    assert (reading.intent, reading.right) == ("followup", Correction(was, right))


@pytest.mark.parametrize("text", ["松江路占道2处", "已劝离", "松江路正常", "收到", "不对"])
def test_other_words_put_nothing_right(reader: CaptionReader, text: str) -> None:
    """Reports, follow-ups and chat are no corrections."""
    assert reader.read(text, NOW).right is None


@pytest.mark.parametrize(
    ("found", "was", "right", "after"),
    [
        ((STALL,), Find(), Find(count=3),
         (Find("songjiang", "zhandao", 3, "persuaded", "closed"),)),
        ((STALL,), Find(), Find("yongfu"), (Find("yongfu", "zhandao", 2, "persuaded", "closed"),)),
        ((QUIET,), Find(), Find(category="liutan"),
         (Find("yongfu", "liutan", None, "found", "open"),)),
        ((STALL, CARS), Find(), Find(count=4), "which"),
        ((STALL, CARS), Find(), Find("guangming"), "which"),
        ((STALL, CARS), Find("yongfu"), Find(count=4),
         (STALL, Find("yongfu", "jidong", 4, "found", "open"))),
        ((STALL, CARS), Find(count=3), Find(count=4),
         (STALL, Find("yongfu", "jidong", 4, "found", "open"))),
        ((STALL, QUIET), Find(), Find(count=4),
         (Find("songjiang", "zhandao", 4, "persuaded", "closed"), QUIET)),
        ((STALL, CARS), Find(), Find("yongfu", "jidong", 5),
         (STALL, Find("yongfu", "jidong", 5, "found", "open"))),
        ((STALL,), Find("guangming"), Find(count=3), "absent"),
        ((QUIET,), Find(), Find(count=3), "fine"),
        ((STALL,), Find(), Find(count=2), "same"),
        ((STALL,), Find("yongfu"), Find("songjiang"), "same"),
        ((STALL,), Find(), Find(), "nothing"),
        ((Find(category="zhandao", action="found", state="open"),), Find(), Find("yongfu"),
         (Find("yongfu", "zhandao", None, "found", "open"),)),
    ],
)  # fmt: skip
def test_only_what_is_meant_is_changed(
    found: tuple[Find, ...], was: Find, right: Find, after: object
) -> None:
    """What was done stays; where several may be meant, or nothing fits, nothing is changed."""
    assert put_right(found, Correction(was, right)) == after
