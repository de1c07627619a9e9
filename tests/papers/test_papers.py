"""Papers read back: what stands in the Word and Excel files, what is marked, who may sign."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pytest
from defusedxml.ElementTree import fromstring
from docx.enum.text import WD_COLOR_INDEX, WD_LINE_SPACING
from docx.shared import Pt
from pydantic import TypeAdapter

from bot.bureau import build_bureau
from bot.papers import books, contents, word
from bot.rules import papers as rules
from bot.rules.answers import Bulletin, Over, Part
from bot.rules.counters import CounterFacts
from bot.rules.indicators import COUNTS, INDICATORS, Share
from bot.rules.ledger import TaskState
from bot.rules.ledger_facts import Headings, LedgerReport, Tally, TaskRow
from bot.rules.measure_words import read_measure
from bot.rules.papers import (
    Compared,
    HotSpot,
    MeasureFacts,
    PaperFacts,
    Promise,
    RecordRow,
    SpotLine,
    Stretch,
    Taken,
)
from bot.rules.records import ELEMENTS, Question, Span
from storage import rendering
from tests.house import jpeg

TZ = ZoneInfo("Asia/Shanghai")
JUNE = Span(datetime(2025, 6, 1, tzinfo=TZ), datetime(2025, 7, 1, tzinfo=TZ))
QUARTER = Span(datetime(2025, 4, 1, tzinfo=TZ), JUNE.until)
NUMBERS = (
    Compared("patrol_count", "全域巡查", "次", 8, 7),
    Compared("special_count", "专项检查", "次", 1, 1),
    Compared("report_count", "上报", "次", 56, 49),
    Compared("problem_count", "问题", "个", 19, 23),
    Compared("closed_count", "已解决的问题", "个", 17, 20),
    Compared("rebound_count", "反弹", "次", 3, 5),
    Compared("closure_rate", "完成率", "%", 17, 20, 19, 23),
)  # fmt: skip
EARLIER = (
    MeasureFacts(1, 1, "松江路加派一班", "一中队", date(2025, 4, 30), "done", "有效"),
    MeasureFacts(2, 2, "给商户发告知书", None, None, "open", None),
)


def facts(kind: rules.Kind = "month", **more: object) -> PaperFacts:
    """A paper with something of everything."""
    span = JUNE if kind == "month" else QUARTER
    now = JUNE.until + timedelta(hours=9)
    whole = PaperFacts(
        7, kind, span, span, "某某局", "draft", 1, now, NUMBERS,
        (SpotLine("松江路", True, 14, 7, 6, 2, 9), SpotLine("永福路", True, 11, 4, 4, 0, 6, 1)),
        (Part("占道经营", 8, before=10),), (HotSpot("松江路", "占道经营", 5, 2, 16),),
        (Stretch("6.2–6.8", 10, 9), Stretch("6.9–6.15", 9, 8)),
        (Promise("全域巡查", "week", date(2025, 6, 9), 1, 2, True),
         Promise("全域巡查", "week", date(2025, 6, 2), 1, 2, True, reason="下雨"),
         Promise("专项检查", "month", date(2025, 6, 1), 1, 1, True)),
        Bulletin(Question(("bulletin",)), Over(Span(None, JUNE.until)), 32, 4, 18, 18), 2,
        EARLIER, rebound_rate=(3, 19), rebound_rate_before=(5, 23),
    )  # fmt: skip
    return replace(whole, **more)  # type: ignore[arg-type]


def written(found: PaperFacts) -> bytes:
    """The Word file."""
    made = contents.document(found)
    return word.docx(made, [rendering.render(drawing, None) for drawing in made.drawings])


def text_of(data: bytes) -> str:
    """Every word of the file's body."""
    file = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in file.paragraphs), *cells])


def test_the_month_says_its_numbers_with_what_they_are_made_of() -> None:
    said = text_of(written(facts()))
    assert "2025年6月巡查整治工作月报" in said
    assert "完成率89.5%（17/19）" in said
    assert "反弹率15.8%（3/19）" in said
    assert "截至6月30日，已开展全域巡查32次、专项检查4次，累计发现并督促完成整改问题18个。" in said
    assert "全域巡查每周要求2次，共2次，已结束的2周中0周完成要求" in said
    assert "下雨" in said
    assert "松江路占道经营：发现5个，其中反弹2次，多在16时至18时。" in said


def test_the_indicators_stand_there_with_both_numbers_and_what_they_count() -> None:
    shares = tuple(Share(name, 8, 10) for name in INDICATORS)
    apart = tuple(
        replace(one, apart=(8, 9)) if INDICATORS[one.name].both else one for one in shares
    )
    before = tuple(Share(name, 0, 0) for name in INDICATORS)
    said = text_of(written(facts(shares=apart, shares_before=before)))
    assert "处置指标" in said
    assert said.count("80%（8/10）") == len(INDICATORS)  # the average is none, 按期 stands twice
    assert said.count("88.9%（8/9）") == sum(one.both for one in INDICATORS.values())
    assert "1 分钟（10 个）" in said
    assert "按期处置÷应处置" in said
    assert COUNTS["due"].said in said
    assert "时限尚未登记" not in said


def test_a_paper_that_was_signed_before_limits_were_says_so() -> None:
    said = text_of(written(facts()))
    assert "时限尚未登记" in said
    assert "处置指标" not in said


WHOLE = Tally(total=85, signed=48, going=24, long_term=13, overdue=2, done=60, long_done=12)
LATE = TaskRow(3, 31, "=HYPERLINK(1)<b>三包</b>签约", TaskState.UNDER_WAY, False,
               date(2025, 6, 11), 20, 1, "法制科")  # fmt: skip
REPORT = LedgerReport(
    Headings(4, 13, 34), WHOLE,
    (("法制科", Tally(total=80, signed=43, going=24, long_term=13, overdue=2)),
     (None, Tally(total=5, signed=5))), (LATE,),
)  # fmt: skip
FIGURES = (
    CounterFacts(1, "官网发布", "66", "篇", date(2025, 5, 31), "李主任"),
    CounterFacts(2, "垃圾分类活动", "40余", "次", date(2025, 6, 30), "李主任"),
)


@pytest.mark.parametrize("kind", ["month", "quarter"])
def test_the_ledger_stands_there_with_its_sentence_and_its_departments(kind: rules.Kind) -> None:
    said = text_of(written(facts(kind, ledger=REPORT, counters=FIGURES)))
    assert "整改台账" in said
    assert "梳理分解为整改任务85个，已整改完成60个（其中长期任务取得阶段性成效" in said
    lines = said.split("\n")
    at = lines.index("合计")
    assert lines[at : at + 6] == ["合计", "85", "48", "24", "13", "2"]
    assert "未明确" in lines
    assert "=HYPERLINK(1)<b>三包</b>签约" in lines
    assert "截至2025年5月31日，官网发布66篇。" in said
    assert "截至2025年6月30日，垃圾分类活动40余次。" in said


def test_a_ledger_that_does_not_add_up_is_not_quoted() -> None:
    wrong = replace(REPORT, headings=Headings(4, 13, 34, lost=2))
    said = text_of(written(facts(ledger=wrong)))
    assert "台账数字对不上，暂不引用：2 件任务没挂在任何问题下面。" in said
    assert "共反馈问题" not in said


def test_without_a_ledger_nothing_is_said_of_one() -> None:
    assert "整改台账" not in text_of(written(facts()))


def test_the_ledger_is_frozen_with_the_rest_and_old_papers_are_without() -> None:
    whole = facts(ledger=REPORT, counters=FIGURES)
    kept = TypeAdapter(PaperFacts)
    assert kept.validate_json(kept.dump_json(whole)) == whole
    old = kept.dump_python(facts(), mode="json")
    old.pop("ledger")
    old.pop("counters")
    assert kept.validate_python(old).ledger is None


def test_what_ended_otherwise_is_not_under_way() -> None:
    said = text_of(written(facts(unsolved=1)))
    assert "已解决17个，1个正在整改，1个不属本局或者无法处置，" in said


def test_the_look_is_that_of_official_papers() -> None:
    file = docx.Document(io.BytesIO(written(facts())))
    section = file.sections[0]
    sides = (section.page_width, section.page_height, section.top_margin, section.bottom_margin,
             section.left_margin, section.right_margin)  # fmt: skip
    assert [round(side.mm) for side in sides if side] == [210, 297, 37, 35, 28, 26]
    body = next(p for p in file.paragraphs if p.text.startswith("6月1日至30日"))
    assert body.paragraph_format.line_spacing == Pt(28)
    assert body.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    xml = zipfile.ZipFile(io.BytesIO(written(facts()))).read("word/document.xml").decode()
    for font in ("方正小标宋简体", "黑体", "仿宋_GB2312"):
        assert f'w:eastAsia="{font}"' in xml
    assert len(file.inline_shapes) == 2


@pytest.mark.parametrize("kind", ["month", "quarter"])
def test_every_gap_is_yellow_and_no_other_word(kind: rules.Kind) -> None:
    found = facts(kind)
    file = docx.Document(io.BytesIO(written(found)))
    cells = [p for t in file.tables for r in t.rows for c in r.cells for p in c.paragraphs]
    runs = [run for p in [*file.paragraphs, *cells] for run in p.runs]
    yellow = [r.text for r in runs if r.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert len(yellow) == len(rules.gaps(found)) + len(rules.unexplained(found))
    assert all(text.startswith("【待补：") for text in yellow)
    assert not [r.text for r in runs if "待补" in r.text and r.text not in yellow]


def test_before_the_last_signature_it_is_a_draft() -> None:
    def mark(found: PaperFacts) -> str:
        return docx.Document(io.BytesIO(written(found))).sections[0].header.paragraphs[0].text

    assert mark(facts()) == "草稿"
    assert mark(facts(state="sent")) == "终稿"


def test_a_quarter_opens_with_the_effect_of_earlier_measures() -> None:
    said = text_of(written(facts("quarter")))
    assert said.index("上季度措施成效评估") < said.index("本季度总体情况")
    assert "措施前后对比：反弹率由21.7%（5/23）变为15.8%（3/19）" in said
    assert "有效" in said


def test_text_of_people_breaks_no_file() -> None:
    bad = "<w:p>&\x00\x0b坏\ud800字"
    found = facts(written={"cause": bad, "plan": "好"})
    assert "<w:p>&" in text_of(written(found))


ROW = RecordRow(
    "R-20250610-001", datetime(2025, 6, 10, 9, tzinfo=TZ), "松江路", ("张建国",), None, "占道经营",
    2, "found", "open", True, "=cmd|'/c calc'!A1", "a" * 64, 2,
)  # fmt: skip


def test_records_have_the_six_elements_and_mark_what_they_lack(tmp_path: Path) -> None:
    small = tmp_path / "small.jpg"
    small.write_bytes(jpeg(1))
    full = replace(ROW, officers=("张建国", "李红梅"), action="corrected", state="closed")
    page = books.records((ROW, full), ELEMENTS)
    assert page.heads == ("编号", *ELEMENTS, "原话", "照片数", "照片")
    lacking = [cell.text for cell in page.rows[0] if isinstance(cell, books.Gap)]
    assert lacking == ["张建国（缺 1 人）", "缺", "缺（没解决）"]
    data = books.xlsx("周报", [page], {"a" * 64: small})
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert book.testzip() is None
        sheet = fromstring(book.read("xl/worksheets/sheet1.xml"))
        drawing = book.read("xl/drawings/drawing1.xml").decode()
        assert len([name for name in book.namelist() if "media/" in name]) == 1
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert not [one for one in sheet.iter() if one.tag.endswith("}f")]
    assert "calc" in text
    assert drawing.count("xdr:twoCellAnchor>") == 4
    assert 'editAs="oneCell"' not in drawing


def test_nobody_signs_twice_and_a_return_begins_anew() -> None:
    now = JUNE.until

    def taken(step: str, person: int, verdict: str = "signed") -> Taken:
        return Taken(step, person, f"某{person}", verdict, None, now)

    steps = (taken("own", 1), taken("second", 2))
    assert rules.next_step(steps) == "final"
    assert rules.has_signed(steps, 1)
    assert not rules.has_signed(steps, 3)
    back = (*steps, taken("final", 3, "returned"))
    assert rules.next_step(back) == "own"
    assert not rules.has_signed(back, 1)
    assert rules.next_step((*back, taken("own", 3))) == "second"


@pytest.mark.parametrize(
    ("said", "words", "owner", "due"),
    [
        ("松江路口加一块提示牌，王志强负责，9月15日前", "松江路口加一块提示牌", "王志强",
         date(2025, 9, 15)),
        ("王志强 月底前 在松江路加提示牌", "在松江路加提示牌", "王志强", date(2025, 6, 30)),
        ("一中队牵头，每天16点到18点加一班，下月底前完成", "每天16点到18点加一班", "一中队",
         date(2025, 7, 31)),
        ("给商户发告知书", "给商户发告知书", None, None),
        ("5月3日前清点监控", "清点监控", None, date(2026, 5, 3)),
        ("加派夜班，周五前", "加派夜班", None, date(2025, 6, 20)),
    ],
)  # fmt: skip
def test_measures_are_understood(
    said: str, words: str, owner: str | None, due: date | None
) -> None:
    found = read_measure(said, ["王志强", "一中队"], date(2025, 6, 16))
    assert (found.words, found.owner, found.due) == (words, owner, due)


def test_days_of_papers_follow_the_calendar() -> None:
    bureau = build_bureau({})
    assert rules.digest_day(date(2025, 6, 9), bureau) == date(2025, 6, 13)
    assert rules.month_day(date(2025, 6, 1), bureau) == date(2025, 6, 2)
    assert rules.quarter_day(date(2025, 4, 1), bureau) == date(2025, 6, 16)
