"""The forms of written time (上周, 近7天 …), each a pattern and what it means; finds nothing.

The longest form at a place wins, so that their order does not matter.
"""

from __future__ import annotations

import re
from functools import cache

from bot.rules import month_spans as of_months
from bot.rules import rough_spans as rough
from bot.rules import spoken_spans as spans
from bot.rules.spoken_spans import PARTS, WEEKDAYS, SpanOf

NUM = "(?:[0-9]{1,4}|[零〇一二两三四五六七八九十俩仨]{1,3})"
_YEAR = (
    "(?P<year>今年|去年|前年|明年|本年|上一?年(?!同)|(?:20)?[0-9]{2}年"
    "|二[零〇][零〇一二三四五六七八九]{2}年)"
)
YEAR = f"(?:{_YEAR}度?的?)?"
TO = r"\s*(?:起|开始)?(?:-|~|—|–|到|至)+\s*"
_DATE_END = r"(?:[日号]|(?<=[0-9])(?![0-9年月起个处件家条次辆户张多余]))"
_PART = f"(?P<part>{'|'.join(PARTS)})"
_STEP = "(?P<step>上上|上|本|这|当|下下|下)"
_WHOLLY = "(?<=一)[共直般律样]"  # 上周一共 is all of last week, 上周一 its Monday
_UNIT_OR_TIMES = "(?:天|日|周|星期|礼拜|个?月|年|次)"
_WEEK = "(?:周|星期|礼拜)"
_UNIT = "(?P<unit>天|日|周|星期|礼拜|月|季度|年)"
_OF_MONTH = f"(?:{_STEP}个?月份?的?)"
_HALF = "(?:(?P<third>上|下|前|后)半{}月份?)"
_HOLIDAY = (
    rf"(?:{_YEAR}度?的?|(?P<bare>20[0-9]{{2}}))?"
    r"(?P<name>国庆|春节|元旦|清明|五一|端午|中秋|劳动节|十一(?=黄金周|长假|小长假|假期|期间))"
    r"(?:节|假期|放假|小?长假|黄金周|期间|的时候|那几天|那段时间|那阵子|[三五七八]天假?)*(?P<after>20[0-9]{2})?年?"
)
_DOTTED = r"(?P<month>1[0-2]|0?[1-9])[./](?P<date>[0-3]?\d)"
_DOTTED_TO = r"(?:(?P<month2>1[0-2]|0?[1-9])[./])?(?P<date2>[0-3]?\d)(?!\d)"

_WRITTEN: tuple[tuple[str, SpanOf], ...] = (
    (rf"(?P<day>大前|前|昨|今|当|明|后)(?:天|日|儿){_PART}?", spans.plain_day),
    (r"(?P<day>昨|今|前|明)(?P<part>早上|晚上|早|晚|晨|夜)", spans.plain_day),
    (r"(?P<day>)(?P<part>上午|下午|早上|晚上|午后)", spans.plain_day),
    (rf"(?:每|天)(?:天|日)的?{_PART}", rough.no_one_time),
    (
        rf"(?<!一){_STEP}一?个?(?P<unit>{_WEEK})(?!末|[{WEEKDAYS}天](?!中队|大队)(?!{_WHOLLY}))",
        spans.whole_unit,
    ),
    (rf"(?<!一){_STEP}一?个?(?P<unit>月|季度|季)(?!末)", spans.whole_unit),
    (
        rf"(?<!一){_STEP}个?{_WEEK}(?P<first>[{WEEKDAYS}天])"
        rf"(?:{TO}{_WEEK}?(?P<last>[{WEEKDAYS}天])|{_PART})?(?![次处气]|中队|大队|{_WHOLLY})",
        spans.weekday,
    ),
    (
        rf"(?<![一二两三几每0-9])(?P<step>){_WEEK}(?P<first>[{WEEKDAYS}天])"
        rf"(?:{TO}{_WEEK}?(?P<last>[{WEEKDAYS}天])|{_PART})?(?![次处气]|中队|大队|{_WHOLLY})",
        spans.weekday,
    ),
    (rf"{_STEP}?个?周末(?:两天|这两天|期间)?", spans.weekend),
    (
        rf"{YEAR}(?P<first>[一二三四五六七八])、?(?P<last>[二三四五六七八九])月份?",
        of_months.two_months,
    ),
    (rf"{YEAR}(?P<first>{NUM})[、,和与及](?P<last>{NUM})月份?", of_months.two_months),
    (
        rf"{YEAR}(?P<month>{NUM})月份?的?(?P<third>上旬|中旬|下旬|初|底)?"
        rf"(?!{NUM}[日号])",
        of_months.named_month,
    ),
    (rf"{YEAR}(?P<first>{NUM})月?份?{TO}(?P<last>{NUM})月份?(?!{NUM})", of_months.months),
    (rf"{YEAR}(?P<month>{NUM})月份?的?{_HALF.format('个?')}", of_months.named_month),
    (rf"(?:{_STEP}个?月份?的?)?{_HALF.format('')}", of_months.stepped_third),
    (rf"{_STEP}?个?月?(?P<third>上旬|中旬|下旬)", of_months.stepped_third),
    (rf"{_STEP}?个?月(?P<third>初|底)", of_months.stepped_third),
    (rf"{YEAR}(?P<month>{NUM})月(?P<date>{NUM}){_DATE_END}{_PART}?", spans.one_date),
    (
        rf"{YEAR}(?P<month>{NUM})月(?P<date>{NUM})[日号]?{TO}"
        rf"(?:(?P<month2>{NUM})月)?(?P<date2>{NUM}){_DATE_END}",
        spans.dates,
    ),
    (rf"(?P<year>){_DOTTED}\s*(?:-|~|—|到|至)\s*{_DOTTED_TO}", spans.dates),
    (rf"(?P<year>)(?<![0-9.]){_DOTTED}(?![0-9./%])", spans.one_date),
    (r"(?P<year>20\d\d)[-./](?P<month>1[0-2]|0?[1-9])(?![0-9./-])", of_months.iso_month),
    (
        r"(?P<year>20\d\d)[-./年](?P<month>\d{1,2})[-./月](?P<date>\d{1,2})[日号]?",
        spans.iso_date,
    ),
    (rf"{_OF_MONTH}?(?P<date>{NUM})[日号](?![监岗楼店线机门院]){_PART}?", spans.bare_date),
    (
        rf"{_OF_MONTH}?(?P<date>{NUM})[日号]?{TO}(?P<date2>{NUM})[日号](?![监岗楼店线机门院])",
        spans.bare_dates,
    ),
    (r"(?P<year>20\d\d)(?P<month>\d\d)(?P<date>\d\d)(?!\d)", spans.iso_date),
    (rf"\d{{6,}}|前{NUM}个?(?:天|日|周|星期|月|年)", rough.no_one_time),
    (rf"{YEAR}第?(?P<quarter>[一二三四1-4])季度", of_months.named_quarter),
    (rf"{YEAR}前(?P<quarter>[三3])个?季度", of_months.first_quarters),
    (rf"{_YEAR}度?的?前(?P<quarter>[二两2])个?季度", of_months.first_quarters),
    (rf"{_YEAR}度?的?前(?P<count>{NUM})个月", of_months.first_months),
    (rf"{YEAR}[Qq](?P<quarter>[1-4])", of_months.named_quarter),
    (rf"{YEAR}(?P<half>上|下)半年", of_months.half_year),
    (
        rf"{_YEAR}度?(?:的?(?:全年|一整年|一年))?",
        rough.named_year,
    ),
    (r"全年(?:度|)", rough.this_year),
    (
        rf"(?:最近|近|过去)[的这]?(?P<half>半)?(?P<count>{NUM})?个?{_UNIT}(?:之内|以内|内|里|以来|来(?![了过]))?",
        rough.lately,
    ),
    (rf"这(?:(?P<half>半)|(?P<count>{NUM}))个?{_UNIT}", rough.lately),
    (
        rf"(?:(?P<half>半)|(?P<count>{NUM}))(?:个?(?P<unit>天|周|星期|礼拜)|个(?P<months>月)"
        r"|(?<![0-9])(?P<years>年))(?:以来|来(?![了过]))",
        rough.lately,
    ),
    (
        rf"(?:最近|近|过去|前|这|上)(?:几|些|好几){_UNIT_OR_TIMES}|最近|近期|近来|近日|(?:前|这)阵子?"
        r"|(?:前|这|那)(?:一)?段(?:时间|日子)",
        rough.no_one_time,
    ),
    (r"(?P<year>今|去|前|明|本)?年?年(?P<third>底|末)(?=前|之前|以前)", rough.end_of_year),
    (
        r"(?:(?<=截至)|(?<=截止)|(?<=到))(?P<year>今|去|前|本)?年?年(?P<third>底|末)",
        rough.end_of_year,
    ),
    (
        r"(?:今年|本年)?(?:年初|开年)(?:开始)?(?:以来|至今|到(?:现在|目前|今天|如今)(?:为止)?)",
        rough.this_year_so_far,
    ),
    (
        rf"(?P<next>未来|今后|接下来)?(?P<count>{NUM})个?(?P<unit>天|日|周|星期|月)"
        r"(?:之内|以内|内)",
        rough.within,
    ),
    (rf"(?P<next>未来|今后|接下来)(?P<count>{NUM})个?(?P<unit>天|日|周|星期|月)", rough.within),
    (r"(?:自|从)?整改(?:开始)?(?:以来|至今|到现在|到目前)", rough.since_rectification),
    (
        r"(?:截至|截止到?|到)(?:目前|现在|当前|今天|今日)(?:为止)?|迄今(?:为止)?|至今",
        rough.so_far,
    ),
    (_HOLIDAY, rough.holiday),
    (
        rf"{_HOLIDAY}(?P<side>[前后])(?:的|面)?(?P<count>{NUM})个?(?P<unit>天|日|周|星期|礼拜)",
        rough.beside_holiday,
    ),
    (rf"{_HOLIDAY}(?:[前后]|[之以][前后])(?!半)", rough.no_one_time),
)
ANY = "|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern) for pattern, _ in _WRITTEN)
"""Matches where any form does: most places of a text hold none, which one search tells."""


@cache
def forms() -> tuple[tuple[re.Pattern[str], SpanOf], ...]:
    """Each form's pattern and what it means; made at the first text that may hold a time."""
    return tuple((re.compile(pattern), span_of) for pattern, span_of in _WRITTEN)
