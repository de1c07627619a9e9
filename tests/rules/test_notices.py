"""The State Council's notices as they were printed, and as people paste them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.actions.calendar import packaged
from bot.rules.calendar import REST, WORK, WorkCalendar, year_of
from bot.rules.notices import PASTED, looks_like_notice, read_notice

N2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作，确保人民群众祥和平安度过节日假期。
国务院办公厅
2025年11月4日"""
N2025 = """国务院办公厅关于2025年部分节假日安排的通知
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。"""
N2024 = """现将2024年节假日安排的通知如下。
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。"""
TODAY = date(2025, 11, 26)


@pytest.mark.parametrize(("year", "text"), [(2024, N2024), (2025, N2025), (2026, N2026)])
@pytest.mark.parametrize("shape", ["as printed", "in one line", "with spaces", "half-width"])
def test_the_notice_gives_the_calendar_that_the_package_has(
    year: int, text: str, shape: str
) -> None:
    if shape == "in one line":
        text = text.replace("\n", "")
    elif shape == "with spaces":
        text = text.replace("月", " 月 ").replace("：", "：\u3000")
    elif shape == "half-width":
        text = text.translate(str.maketrans("：（），", ":(),"))
    read = read_notice(text, TODAY)
    assert (read.year, read.wrong) == (year, ())
    assert looks_like_notice(text)
    calendar = WorkCalendar(read.days)
    known = WorkCalendar(tuple(row for row in packaged() if year_of(row.day) == year))
    days = [
        date.fromordinal(n)
        for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    ]
    assert [d for d in days if calendar.is_workday(d) != known.is_workday(d)] == []
    assert calendar.announced(year)


def test_the_documents_number_is_the_source() -> None:
    assert {row.source for row in read_notice(N2026, TODAY).days} == {"国办发明电[2025]7号"}
    assert read_notice(N2025, TODAY).source == PASTED


G, W = REST, WORK


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。",
         {(10, 1): G, (10, 7): G, (9, 20): W, (10, 10): W}),
        ("国庆10.1—10.7放假，9月20日、10月10日上班", {(10, 1): G, (10, 7): G, (9, 20): W}),
        ("国庆节放假时间：10月1日至7日，上班时间：9月20日、10月10日", {(10, 3): G, (10, 10): W}),
        ("七、国庆节 10月1日-7日放假7天", {(10, 1): G, (10, 7): G}),
        ("十一：10月1号到7号放假，9月20号和10月10号补班", {(10, 7): G, (9, 20): W, (10, 10): W}),
        ("春节：2月15日至23日放假调休，共九天。2月14日（周六）、28日（周六）正常上班。",
         {(2, 15): G, (2, 23): G, (2, 14): W, (2, 28): W}),
        ("清明节：４月４日至６日放假", {(4, 4): G, (4, 6): G}),
        ("五一：5月1日至5日休息，5月9日上班", {(5, 5): G, (5, 9): W}),
        ("端午节：6月19日（星期五）放假，与周末连休。", {(6, 19): G}),
    ],
)  # fmt: skip
def test_forms_in_which_a_holiday_is_pasted(text: str, found: dict[tuple[int, int], str]) -> None:
    read = read_notice(text, date(2026, 3, 1))
    assert read.wrong == ()
    days = {(row.day.month, row.day.day): row.kind for row in read.days}
    assert {key: days.get(key) for key in found} == found
    assert looks_like_notice(text)


@pytest.mark.parametrize(
    ("text", "day", "year"),
    [
        ("元旦：2022年12月31日至2023年1月2日放假调休，共3天。", date(2022, 12, 31), 2023),
        (
            "关于2019年部分节假日安排的通知 元旦：2018年12月30日至2019年1月1日放假调休，共3天。"
            "2018年12月29日（星期六）上班。",
            date(2018, 12, 29),
            2019,
        ),
        ("2027年节假日安排 元旦：12月31日至1月2日放假", date(2026, 12, 31), 2027),
        ("清明节：4月5日放假，4月6日（星期一）补休。", date(2026, 4, 6), 2026),
        ("国庆节：10月1日（周五）至7日（周四）放假", date(2027, 10, 1), 2027),
    ],
)
def test_the_year_is_the_one_that_is_named_or_fits(text: str, day: date, year: int) -> None:
    read = read_notice(text, date(2026, 11, 26))
    assert read.wrong == ()
    assert read.year == year
    assert day in {row.day for row in read.days}


def test_two_holidays_together_have_both_names() -> None:
    read = read_notice("国庆节、中秋节：10月1日至8日放假", TODAY)
    assert {row.name for row in read.days} == {"国庆节、中秋节"}


def test_a_day_off_of_another_name_keeps_it() -> None:
    text = "2015年放假安排：\n中国人民抗日战争胜利70周年纪念日：9月3日至5日调休放假，共3天。其中9月3日放假，9月4日调休，9月6日（周日）上班。"  # noqa: E501
    read = read_notice(text, date(2015, 5, 13))
    assert read.wrong == ()
    assert {row.day.day: row.kind for row in read.days} == {3: REST, 4: REST, 5: REST, 6: WORK}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("国庆节：10月1日（周三）至7日（周三）放假调休，共7天", "10月1日是周四，不是周三"),
        ("国庆节：10月1日至7日放假，共8天", "写的共8天，日期数下来是7天"),
        ("端午节：6月31日放假", "没有这一天"),
        ("端午节：放假三天", "没写日期"),
        ("国庆节：10月1日至7日", "没写是放假还是上班"),
        ("国庆节：10月7日至1日放假", "起止日期对不上"),
        ("国庆节：10月1日至7日放假。9月21日上班", "9月21日是周一，本来就上班"),
        ("10月1日至7日放假", "没写是哪个节"),
        ("国庆节：9月1日至10月7日放假", "起止日期对不上"),
    ],
)
def test_wrong_lines_are_named(line: str, why: str) -> None:
    read = read_notice(f"2026年节假日安排\n元旦：1月1日放假\n{line}\n", TODAY)
    if why == "没写是哪个节":
        read = read_notice(line, date(2026, 3, 1))
    assert [one.why for one in read.wrong] == [why]
    assert read.wrong[0].line in line
    assert date(2026, 9, 21) not in {row.day for row in read.days}


@pytest.mark.parametrize(
    "text",
    [
        "松江路 占道经营2处",
        "国庆节期间松江路流动摊贩多",
        "10月1日松江路摆摊",
        "国庆放假几天",
        "今天上班了吗",
        "",
    ],
)
def test_what_is_no_notice(text: str) -> None:
    assert not looks_like_notice(text)
