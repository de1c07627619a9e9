"""Questions as leaders ask them; what is not understood is refused and not guessed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.questions import QuestionReader, is_question, question_json
from bot.rules.records import Bureau, Filters, Question

UTTERANCES = Path(__file__).parents[3] / "shared" / "data" / "utterances.jsonl"
NOW = datetime(2025, 11, 19, 10, 0)
KEYS = ["metrics", "range", "range_on", "filters", "compare", "group_by", "limit", "format"]


class Desk:
    """Reads questions on a Wednesday morning, unless another moment is given."""

    def __init__(self, bureau: Bureau) -> None:
        self.reader = QuestionReader(bureau)
        self.zone = bureau.tz

    def read(self, text: str, now: datetime = NOW) -> Question:
        return self.reader.read(text, now.replace(tzinfo=self.zone))

    def span(self, text: str, now: datetime = NOW) -> str | None:
        span = self.read(text, now).range
        if span is None:
            return None
        since = f"{span.since:%Y-%m-%d}" if span.since else ""
        return f"{since}..{span.until:%Y-%m-%d}"


@pytest.fixture(scope="module")
def desk(bureau: Bureau) -> Desk:
    return Desk(bureau)


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("松江路本周几次", ["report_count"]),
        ("松江路这周去了几次", ["report_count"]),
        ("这个月松江路来过几次", ["report_count"]),
        ("松江路本周巡查几次", ["report_count"]),
        ("上月巡查多少次", ["patrol_count"]),
        ("今天报了多少条", ["report_count"]),
        ("本周上报多少", ["report_count"]),
        ("各点位本周几次", ["report_count"]),
        ("上周占道经营几起", ["problem_count"]),
        ("按类别看本月问题", ["problem_count"]),
        ("松江路这个月反弹几次", ["rebound_count"]),
        ("本周专项检查几次", ["special_count"]),
        ("还差几次", ["quota_status"]),
        ("本季度研判做了吗", ["obligation_status"]),
        ("上月办结了多少", ["closed_count"]),
        ("还有几个没整改完", ["open_count"]),
        ("本月整改率", ["closure_rate"]),
        ("本月按时办理率", ["ontime_rate"]),
        ("上月12345满意率", ["hotline_satisfaction"]),
        ("台账进度怎么样", ["ledger_summary"]),
        ("超期的任务列一下", ["ledger_list"]),
        ("平均多久办完", ["avg_handle_time"]),
        ("返工率多少", ["rework_rate"]),
        ("本月延期率", ["extension_rate"]),
        ("超期待处置率", ["overdue_rate"]),
        ("上月超期率", ["overdue_rate"]),
        ("本月处置率", ["closure_rate"]),
        ("本月按期处置率、返工率", ["ontime_rate", "rework_rate"]),
        ("昨天谁没上报", ["absent"]),
        ("松江路上周的照片发我", ["photo_list"]),
        ("上周周报", ["weekly_summary"]),
        ("本周巡查几次，发现多少问题", ["patrol_count", "problem_count"]),
    ],
)
def test_the_measure_is_understood(desk: Desk, text: str, metrics: list[str]) -> None:
    question = desk.read(text)
    assert list(question.metrics) == metrics
    assert is_question(question)


@pytest.mark.parametrize(
    "text", ["李强昨天拍的照片", "李强昨天上传的图片", "昨天李强在永福路拍的照片"]
)
def test_photos_are_asked_for_by_who_took_them(desk: Desk, text: str) -> None:
    question = desk.read(text)
    assert question.metrics == ("photo_list",)
    assert question.filters.officers == ("李强",)


def test_a_patrol_count_at_a_spot_counts_visits(desk: Desk) -> None:
    assert desk.read("松江路本周巡查几次").filters == Filters(spots=("songjiang",))
    assert desk.read("本周巡查几次").filters == Filters(patrol_type="full")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("上周占道几起", "2025-11-10..2025-11-17"),
        ("10月发现多少问题", "2025-10-01..2025-11-01"),
        ("自10月1日以来发现多少问题", "2025-10-01..2025-11-20"),
        ("本周还差几次巡查", "2025-11-17..2025-11-24"),
        ("专项检查做了没", "2025-11-01..2025-12-01"),
        ("发一下周报", "2025-11-10..2025-11-17"),
        ("谁还没上报", "2025-11-19..2025-11-20"),
        ("通报数据", "..2025-11-20"),
        ("3天内到期的任务", "2025-11-19..2025-11-23"),
        ("12月到期的任务", "2025-12-01..2026-01-01"),
        ("哪个点位反弹最多", None),
    ],
)
def test_the_range_is_said_or_natural(desk: Desk, text: str, span: str | None) -> None:
    assert desk.span(text) == span


def test_ranges_of_deadlines_and_obligations_are_marked(desk: Desk) -> None:
    assert desk.read("下周到期的任务").range_on == "due"
    assert desk.read("下周到期的任务").filters.state == "open"
    assert desk.read("这个月设备检测做了吗").range_on == "period"
    assert desk.read("今天报了多少条").range_on == "occurred"


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("永富路上周店外经营几起", Filters(spots=("yongfu",), categories=("dianwai",))),
        ("孙海涛本月报了几条", Filters(officers=("孙海涛",))),
        ("孙海涛和陈明本周报了几条", Filters(officers=("孙海涛", "陈明"))),
        ("一中队本周上报多少", Filters(dept="一中队")),
        ("财务科有哪些任务没销号", Filters(dept="财务科", state="open")),
        ("长期任务有哪些", Filters(long_term=True)),
        ("监控发现多少问题", Filters(source="camera")),
        ("超期问题几个", Filters(state="overdue")),
        ("还有几个超期", Filters(state="overdue")),
    ],
)
def test_what_narrows_the_count_is_a_filter(desk: Desk, text: str, filters: Filters) -> None:
    assert desk.read(text).filters == filters


def test_comparisons(desk: Desk) -> None:
    question = desk.read("本周问题和上周比")
    assert (question.compare, desk.span("本周问题和上周比")) == (
        "prev_period",
        "2025-11-17..2025-11-24",
    )
    assert desk.read("本月占道和去年同期比").compare == "yoy"
    january = datetime(2026, 1, 5, 9, 0)
    assert desk.span("11月和12月比问题多了吗", january) == "2025-12-01..2026-01-01"
    assert desk.read("3月和10月比问题多了吗").metrics == ("refuse",)


@pytest.mark.parametrize(
    ("text", "group", "limit"),
    [
        ("哪类问题最多", "category", 1),
        ("问题最多的三个点位", "spot", 3),
        ("哪个中队上报最多", "dept", 1),
        ("近7天问题趋势", "day", None),
        ("今年占道经营趋势", "month", None),
        ("每周占道多少起", "week", None),
        ("松江路和永福路本月对比一下", "spot", None),
    ],
)
def test_groups_and_limits(desk: Desk, text: str, group: str, limit: int | None) -> None:
    question = desk.read(text)
    assert (question.group_by, question.limit) == (group, limit)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("导出上月台账", "xlsx"),
        ("导出本月问题word", "docx"),
        ("导出本周记录csv", "csv"),
        ("近30天占道趋势图", "chart"),
        ("本周占道几起", "text"),
    ],
)
def test_the_form_of_the_answer(desk: Desk, text: str, form: str) -> None:
    assert desk.read(text).format == form


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("谁最勤快", "rank"),
        ("谁报得最多", "rank"),
        ("本月队员排名", "rank"),
        ("下周天气", "other"),
        ("滕州市本周多少问题", "other"),
        ("解放路本周几次", "unclear"),
        ("月报发我", "unclear"),
        ("你好", "unclear"),
        ("", "unclear"),
        ("松江路", "unclear"),
        ("去年春节占道几起", "unannounced"),
        ("2027年国庆占道几起", "unannounced"),
        ("五一占道几起", "unannounced"),
        ("国庆节前占道几起", "unclear"),
        ("松江路夜间占道几起", "unclear"),
    ],
)
def test_what_is_not_ours_or_not_understood_is_refused(desk: Desk, text: str, reason: str) -> None:
    question = desk.read(text)
    assert (question.metrics, question.reason) == (("refuse",), reason)
    assert is_question(question) is (reason != "unclear")


@pytest.mark.parametrize(
    "text",
    [
        "松江路 流动摊贩2个 已劝离",
        "永福路正常",
        "今天各点位未发现问题",
        "全域巡查完成，发现问题3个，已整改2个",
        "松江路昨天占道2处",
        "小广告清了十几处",
        "设备本月检测完了",
        "昨晚8点多永福路占道6户",
    ],
)
def test_a_caption_is_no_question(desk: Desk, text: str) -> None:
    assert desk.read(text).reason == "unclear"


def test_a_fragment_asks_the_last_question_again(desk: Desk) -> None:
    now = NOW.replace(tzinfo=desk.zone)
    last = desk.read("松江路这个月反弹几次")
    again = desk.reader.follow("永福路呢", now, last)
    assert again is not None
    assert (again.metrics, again.filters.spots) == (last.metrics, ("yongfu",))
    assert again.range == last.range
    assert desk.reader.follow("上个月呢", now, last) != last
    assert desk.reader.follow("收到", now, last) is None
    assert desk.reader.follow("永福路占道2处已劝离", now, last) is None


def test_the_json_has_every_key_and_a_refusal_has_them_too(desk: Desk) -> None:
    assert list(question_json(desk.read("本周巡查几次"))) == KEYS
    refused = question_json(desk.read("你好"))
    assert refused["metrics"] == ["refuse"]
    assert refused["range"] is refused["range_on"] is refused["filters"]["dept"] is None


@given(text=st.text(max_size=250))
def test_no_text_breaks_the_reader(desk: Desk, text: str) -> None:
    assert list(question_json(desk.read(text))) == KEYS


def test_hostile_texts_are_survived(desk: Desk) -> None:
    for text in ("\ud800", "几次" * 5000, "1" * 199, "一" * 199, "\u202e几次", "?" * 150):
        assert desk.read(text).metrics


def test_the_shared_questions_are_read_as_expected(desk: Desk) -> None:
    if not UTTERANCES.exists():
        pytest.skip("the shared utterances are not here")
    for said in map(json.loads, UTTERANCES.read_text("utf-8").splitlines()):
        question = desk.read(said["text"], datetime.fromisoformat(said["now"]))
        if said["kind"] == "query":
            assert question_json(question) == said["expect"], said["text"]
        else:
            assert question.reason == "unclear", said["text"]


def test_one_question_may_ask_for_several_measures(desk: Desk) -> None:
    question = desk.read("本月发现多少问题，整改了多少，还有多少没整改")
    assert set(question.metrics) == {"problem_count", "closed_count", "open_count"}
    assert question.filters == Filters()


def test_spots_nobody_went_to_are_a_matter_of_the_quota(desk: Desk) -> None:
    question = desk.read("哪些点位本周没去")
    assert (question.metrics, question.group_by) == (("quota_status",), "spot")
    assert question.filters.patrol_type is None


def test_whether_somebody_went_is_a_count_of_visits(desk: Desk) -> None:
    assert desk.read("松江路本周去过没有").metrics == ("report_count",)


@pytest.mark.parametrize(
    ("before", "fragment", "same_as"),
    [
        ("松江路这个月发现多少问题", "上个月呢", "松江路上个月发现多少问题"),
        ("松江路这个月发现多少问题", "那永福路呢", "永福路这个月发现多少问题"),
        ("松江路这个月发现多少问题", "占道呢", "松江路这个月发现多少占道问题"),
        ("上周发现多少问题", "按类别分", "按类别看上周问题"),
        ("上周占道多少起", "和上上周比呢", "上周占道和上上周比"),
        ("上周占道多少起", "同比呢", "上周占道多少起同比"),
        ("上周占道多少起", "3月1日到5日呢", "3月1日到5日占道多少起"),
        ("本周巡查了几次", "永福路呢", "永福路本周几次"),
        ("松江路和永福路本月对比一下", "上个月呢", "松江路和永福路上个月对比一下"),
    ],
)
def test_a_fragment_changes_only_what_it_names(
    desk: Desk, before: str, fragment: str, same_as: str
) -> None:
    now = NOW.replace(tzinfo=desk.zone)
    assert follow_all(desk.reader, fragment, now, (before,)) == desk.read(same_as)


def follow_all(
    reader: QuestionReader, text: str, now: datetime, before: Sequence[str]
) -> Question | None:
    """The text as a fragment after what was said before it, as the chat carries it on."""
    last: Question | None = None
    for said in before:
        again = reader.follow(said, now, last) if last is not None else None
        last = again or reader.read(said, now)
    return reader.follow(text, now, last) if last is not None else None


@pytest.mark.parametrize(
    "text",
    [
        "解放路呢",
        "去年春节呢",
        "收到",
        "谁最多呢",
        "本周巡查几次",
        "学校门口呢",
        "下周天气呢",
        "呢",
    ],
)
def test_what_is_no_fragment_or_half_understood_follows_nothing(desk: Desk, text: str) -> None:
    now = NOW.replace(tzinfo=desk.zone)
    assert follow_all(desk.reader, text, now, ("松江路这个月发现多少问题",)) is None


def test_fragments_follow_one_another_and_a_new_question_ends_them(desk: Desk) -> None:
    now = NOW.replace(tzinfo=desk.zone)
    chain = ("松江路这个月反弹几次", "永福路呢")
    assert follow_all(desk.reader, "上个月呢", now, chain) == desk.read("永福路上个月反弹几次")
    chain = (*chain, "本周上报多少")
    assert follow_all(desk.reader, "上个月呢", now, chain) == desk.read("上个月上报多少")
    assert follow_all(desk.reader, "上个月呢", now, ()) is None
