"""What is said of time limits: what, until when, who; buttons for those who can use them only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.rules.clock_facts import ExtensionFacts, LateFacts
from bot.rules.clocks import Kind
from bot.rules.loop import Outcome, Stage
from bot.words import clocks, extensions
from bot.words.card import Card

LATE = LateFacts(
    problem=7, version=1, name="松江路占道经营", kind=Kind.RED, stage=Stage.TAKEN, outcome=None,
    holds=True, leads=False, holder="张建国",
    since=datetime(2025, 6, 9, 9, 5, tzinfo=ZoneInfo("Asia/Shanghai")), by="6月16日 18:00 前",
    answer="", left=0, overdue=True, days=0, exempt=None, may_extend=True, may_exempt=False,
    knows=False,
)  # fmt: skip
ASKED = ExtensionFacts(
    id=3, problem=7, name="松江路占道经营", asker="张建国", decider="孙涛", was="6月16日 18:00 前",
    until="6月20日 18:00 前", reason="等设备到货", granted=1, state="asked", refusal="", over=False,
)  # fmt: skip


def labels(card: Card | None) -> list[str]:
    assert card is not None
    return [one.label for row in (card.choices, *card.rows) for one in row]


def said(one: LateFacts) -> str:
    card = clocks.late([one], 0, False, True)
    assert card is not None
    return card.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"overdue": False, "by": "17:40 前", "left": 30},
         "松江路占道经营 17:40 前要处置完，还有 30 分钟。"),
        ({"overdue": False, "by": "明天 12:00 前", "left": 90},
         "松江路占道经营明天 12:00 前要处置完，还有 1 小时 30 分钟。"),
        ({"overdue": False, "by": "明天 12:00 前", "left": 2000},
         "松江路占道经营明天 12:00 前要处置完。"),
        ({}, "松江路占道经营超时了，应在 6月16日 18:00 前办完。"),
        ({"days": 3}, "松江路占道经营超时了，应在 6月16日 18:00 前办完。\n到今天超了 3 个工作日。"),
        ({"leads": True}, "松江路占道经营超时了，应在 6月16日 18:00 前办完。\n张建国在办。"),
        ({"exempt": "下雨"},
         "松江路占道经营超时了，应在 6月16日 18:00 前办完。\n不计超期：下雨。"),
        ({"kind": Kind.RESPOND, "stage": Stage.HANDED, "answer": "17:40 前", "overdue": False},
         "松江路占道经营等您接，应在 17:40 前签收。\n6月16日 18:00 前要处置完。"),
        ({"kind": Kind.RESPOND, "stage": Stage.HANDED, "answer": "17:40 前", "leads": True},
         "松江路占道经营还没人接，应在 17:40 前签收。\n6月9日 9:05 转给了张建国，还没接。"),
        ({"kind": Kind.IDLE, "overdue": False},
         "松江路占道经营您 6月9日 9:05 接了，办得怎么样了？\n6月16日 18:00 前要处置完。"),
        ({"kind": Kind.PHOTO, "stage": Stage.HANDLED},
         "松江路占道经营您 6月9日 9:05 处置了，还差一张处置后的照片。\n补一张发过来就行。"),
    ],
)  # fmt: skip
def test_one_matter(change: dict[str, object], words: str) -> None:
    assert said(replace(LATE, **change)) == words  # type: ignore[arg-type]


def test_whoever_has_it_may_ask_for_longer_and_a_leader_may_let_it_off() -> None:
    own = clocks.late([LATE], 0, False, True)
    assert labels(own) == ["看这件", "申请延期"]
    leads = replace(LATE, leads=True, may_exempt=True)
    assert labels(clocks.late([leads], 0, False, True)) == ["看这件", "不计超期", "知道了"]
    off = replace(leads, exempt="下雨")
    assert labels(clocks.late([off], 0, True, True)) == ["看这件", "还是算"]
    known = replace(leads, knows=True)
    assert labels(clocks.late([known], 0, True, True)) == ["看这件", "不计超期"]


def test_an_older_card_points_on_and_offers_nothing() -> None:
    card = clocks.late([LATE], 0, True, False)
    assert card is not None
    assert (card.text, card.rows) == ("松江路占道经营，看后面的提醒。", ())


@pytest.mark.parametrize(
    ("stage", "outcome", "words"),
    [
        (Stage.HANDLED, Outcome.RECTIFIED, "张建国处置了"), (Stage.CLOSED, Outcome.VOID, "作废了"),
        (Stage.CLOSED, Outcome.RECTIFIED, "办结了"),
        (Stage.CLOSED, Outcome.DUPLICATE, "并到另一件了"),
        (Stage.CLOSED, Outcome.NOT_OURS, "不归本局管"),
    ],
)  # fmt: skip
def test_what_moved_on_is_not_said_but_a_shown_card_says_so(
    stage: Stage, outcome: Outcome, words: str
) -> None:
    over = replace(LATE, stage=stage, outcome=outcome, holds=False)
    assert clocks.late([over], 0, False, True) is None
    card = clocks.late([over], 0, True, True)
    assert card is not None
    assert card.text == f"松江路占道经营{words}。"
    assert clocks.late([], 0, True, True) is None


def test_several_are_few_lines_and_a_button_each() -> None:
    rows = [replace(LATE, problem=n, name=f"永福路{n}号") for n in range(1, 21)]
    card = clocks.late(rows, 80, False, True)
    assert card is not None
    lines = card.text.split("\n")
    assert (lines[0], lines[-1], len(lines)) == ("有 100 件要抓紧：", "另外还有 97 件。", 5)
    assert len(card.choices) == 20
    assert max(map(len, labels(card))) <= 10
    done = [replace(one, holds=False) for one in rows[:2]]
    after = clocks.late(done, 0, True, True)
    assert after is not None
    assert after.text.startswith("这几件都有人办了：\n永福路1号张建国在办。")


def test_a_longer_time_is_asked_decided_and_told() -> None:
    assert extensions.asked(ASKED).text == (
        "松江路占道经营申请延到 6月20日 18:00，等孙涛同意。\n原因：等设备到货。"
    )
    card = extensions.decide(ASKED)
    assert card.text == (
        "张建国申请延期：松江路占道经营。\n6月16日 18:00 改到 6月20日 18:00，第 2 次。\n"
        "原因：等设备到货。"
    )
    assert labels(card) == ["同意", "不同意", "看这件"]
    no = replace(ASKED, state="refused", refusal="时间够用")
    assert extensions.told(no).text == (
        "松江路占道经营没有延，还是 6月16日 18:00 前处置完。\n孙涛说：时间够用。"
    )


@pytest.mark.parametrize("change", [{"state": "granted"}, {"state": "refused"},
                                    {"state": "withdrawn"}, {"over": True}])  # fmt: skip
def test_what_is_settled_has_no_buttons(change: dict[str, object]) -> None:
    settled = replace(ASKED, **change)  # type: ignore[arg-type]
    assert extensions.asked(settled).rows == ()
    assert extensions.decide(settled).rows == ()
