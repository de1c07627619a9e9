"""What was said must be in the question that is counted, or the question is refused."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.rules.questions import QuestionReader, question_json
from bot.rules.records import Bureau, Question

NOW = datetime(2025, 11, 19, 10, 0)


@pytest.fixture(scope="module")
def reader(bureau: Bureau) -> QuestionReader:
    return QuestionReader(bureau)


def read(reader: QuestionReader, bureau: Bureau, text: str) -> Question:
    return reader.read(text, NOW.replace(tzinfo=bureau.tz))


@pytest.mark.parametrize(
    "text",
    [
        "松江路占道几起，永福路店外经营几起",  # two numbers of two kinds
        "一中队二中队本周上报多少",  # two departments, one is a filter
        "咱们中队本周上报多少",  # whose?
        "李队上周报了几条",  # a title is no name
        "上月总结",  # a month has no weekly summary
        "占道同比",  # of which time?
        "去年同期占道几起",
        "松江路三处占道几起",
        "两个点位占道几起",
        "3·15占道几起",
        "近两三天占道几起",
        "国庆节后占道几起",
        "10月之后占道几起",
        "除了松江路占道几起",
        "占道超过5起的点位有哪些",
        "上月办结多少,平均多久",
        "昨天出动多少人",
        "本周未占道几起",
        "松江路嗯哼占道几起",
    ],
)
def test_what_is_in_no_field_refuses_the_question(
    reader: QuestionReader, bureau: Bureau, text: str
) -> None:
    assert read(reader, bureau, text).reason == "unclear"


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("本周巡查几次,整改率多少", ["patrol_count", "closure_rate"]),
        ("问题总数、整改数、整改率,本月", ["problem_count", "closed_count", "closure_rate"]),
        ("本月发现数和办结数", ["problem_count", "closed_count"]),
        ("发现多少问题,解决了多少,还剩多少没解决", ["problem_count", "closed_count", "open_count"]),
        ("专项检查发现的问题整改了几个", ["closed_count"]),
        ("超期没整改的有几个", ["problem_count"]),
        ("热线受理多少件办结多少件,上月", ["problem_count", "closed_count"]),
    ],
)
def test_every_number_that_is_asked_for_is_told(
    reader: QuestionReader, bureau: Bureau, text: str, metrics: list[str]
) -> None:
    assert list(read(reader, bureau, text).metrics) == metrics


@pytest.mark.parametrize(
    ("text", "group", "limit"),
    [
        ("松江路几起永福路几起上周", "spot", None),
        ("占道和店外经营上个月各多少起", "category", None),
        ("9月和10月占道各多少", "month", None),
        ("上周和这周占道各多少", "week", None),
        ("松江路和永福路哪个问题多", "spot", None),
        ("反弹top5点位", "spot", 5),
        ("问题最多的点 前2", "spot", 2),
    ],
)
def test_numbers_of_several_things_are_told_apart(
    reader: QuestionReader, bureau: Bureau, text: str, group: str, limit: int | None
) -> None:
    question = read(reader, bureau, text)
    assert (question.group_by, question.limit) == (group, limit)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("上周松江陆占道几起", "上周松江路占道几起"),
        ("上周流动摊飯多少起", "上周流动摊贩多少起"),
        ("上月整该率", "上月整改率"),
        ("本周个中队上报数", "本周各中队上报数"),
        ("张局要看上周的占道数量", "上周的占道数量"),
        ("麻烦帮我查一下上周占道多少起，谢谢", "上周占道多少起"),
        ("领导催,给个准数,上周占道多少起", "上周占道多少起"),
        ("上周占道好多起", "上周占道几起"),
        ("上周占道烧烤几起", "上周烧烤几起"),
        ("本月设备检测搞完没", "本月设备检测做了吗"),
    ],
)
def test_how_it_is_said_changes_nothing(
    reader: QuestionReader, bureau: Bureau, text: str, meant: str
) -> None:
    said, plain = read(reader, bureau, text), read(reader, bureau, meant)
    assert plain.reason is None
    assert question_json(said) == question_json(plain)


@pytest.mark.parametrize("text", ["送将路夜里咋整", "没人摆摊", "都没销号", "松江路没反应"])
def test_nothing_is_put_right_into_a_question_that_was_none(
    reader: QuestionReader, bureau: Bureau, text: str
) -> None:
    assert read(reader, bureau, text).reason == "unclear"


@pytest.mark.parametrize("text", ["督查办超期的任务", "局督查办的任务清单", "规划股的任务清单"])
def test_a_department_of_any_ending_is_a_filter(
    reader: QuestionReader, bureau: Bureau, text: str
) -> None:
    dept = read(reader, bureau, text).filters.dept
    assert dept is not None
    assert text.startswith(dept)
