"""Reads a decision about a period of a quota in words: 国庆那周全域巡查免了，放假; pure.

    国庆那周全域巡查免了，放假          exempt, for a reason
    10月第1周的巡查顺延到下一周，下大雪   owed together with a later period
    那周照常                          kept

The first week of a month is the one that holds its first day. Knows no store: which week 那周 is
about is told by the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.rules.calendar import WorkCalendar
from bot.rules.dates import step, unit_start
from bot.rules.numerals import number
from bot.rules.quotas import EXEMPT, KEPT, MOVED, Per

SHORT_WEEK = 3
"""A week with fewer working days than this is asked about."""

_HOLIDAY = r"元旦|春节|过年|清明|五一|劳动节?|端午|中秋|国庆|十一(?!月)"
_WEEK = r"(?:周|星期|礼拜)"
_COUNT = r"[一二三四五12345]"
_WHEN = (
    rf"(?P<holiday>{_HOLIDAY})节?(?:假期|放假)?(?:的?(?:那|这)?一?个?{_WEEK}|期间)"
    rf"|(?P<that>那一?个?{_WEEK})"
    rf"|(?P<week>这一?个?{_WEEK}|本{_WEEK}|下下个?{_WEEK}|下一?个?{_WEEK}|上一?个?{_WEEK})"
    rf"|(?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月份?的?第(?P<nth>{_COUNT})个?{_WEEK}"
    rf"|(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})[日号](?:那|这|所在的?)?一?个?{_WEEK}"
    r"|(?P<near>这个月|本月|下个?月|上个?月|这个?季度|本季度?|下个?季度|上个?季度)"
    r"|(?P<whole>\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?!\d)"
)
_NOUN = (
    r"全域巡查|全面巡查|巡查|专项检查|专项|检查|问题研判|研判|点位到场|到场|点位|次数要求|次数|指标"
)
_EXEMPT = r"免了|免掉|免去|不用[做巡查搞算]?了?|不做了|不巡了|不要求了?|取消了?|不算了?"
_MOVED = (
    r"(?:顺延|推迟|延后|延|挪|移|改|并|放)(?:到|至|在)?(?P<to>下下个?周|下一?个?周|下一?个?星期"
    r"|下一?个?礼拜|下个?月|下个?季度|(?P<tm>\d{1,2})月(?P<td>\d{1,2})[日号]那?一?周)(?:一起|补|做|巡)*"
    r"|顺延|推迟"
)
_KEPT = r"照常|照旧|不变|照样做?|还是照常|正常巡?"
_DECISION = re.compile(
    rf"(?:把|请)?(?:(?P<noun1>{_NOUN}))?(?:{_WHEN})的?(?:[,，]?(?P<before>[^,，。]{{2,20}})[,，])?"
    rf"(?:(?P<noun>{_NOUN})(?:和(?P<also>{_NOUN}))?)?(?:就|都|也|先)?"
    rf"(?:(?P<exempt>{_EXEMPT})|(?P<moved>{_MOVED})|(?P<kept>{_KEPT}))吧?"
    r"(?:(?:[,，。:：;； ]+|(?=原因|因为|理由|由于))(?:原因是?|因为|理由是?|由于)?"
    r"[:： ]*(?P<reason>[^?？]{1,60}?))?[。!！ ]*"
)
_WHATS = {
    "全域巡查": "patrol", "全面巡查": "patrol", "巡查": "patrol", "专项检查": "special",
    "专项": "special", "检查": "special", "问题研判": "review", "研判": "review",
    "点位到场": "visit", "到场": "visit", "点位": "visit",
}  # fmt: skip
_SAME = {"过年": "春节", "五一": "劳动", "劳动节": "劳动", "十一": "国庆"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said: of which quotas (all where `whats` is empty), of which period, and why.

    `start` is None for 那周; `unannounced` is the holiday whose days nobody knows yet. `moved_to`
    is None where no period was named: the next one.
    """

    whats: tuple[str, ...]
    per: Per
    start: date | None
    verdict: str
    moved_to: date | None = None
    reason: str = ""
    unannounced: str | None = None


def read_decision(text: str, today: date, calendar: WorkCalendar) -> Decision | None:
    """The decision the words tell, or None where they tell none."""
    said = _DECISION.fullmatch(re.sub(r"\s+", " ", text.strip()))
    if said is None:
        return None
    reason = (said["reason"] or said["before"] or "").strip(" ，,。")
    nouns = [said[name] for name in ("noun1", "noun", "also") if said[name]]
    whats = tuple(dict.fromkeys(_WHATS[noun] for noun in nouns if noun in _WHATS))
    verdict = EXEMPT if said["exempt"] else MOVED if said["moved"] else KEPT
    if verdict == KEPT and (reason or (said["week"] and not nouns)):
        return None
    try:
        per, start = _period(said, today, calendar)
    except ValueError:
        return None
    missing = said["holiday"] if start is None and said["holiday"] else None
    moved_to = _moved_to(said, per, start, today) if verdict == MOVED else None
    return Decision(whats, per, start, verdict, moved_to, reason, missing)


def _period(said: re.Match[str], today: date, calendar: WorkCalendar) -> tuple[Per, date | None]:
    """The unit and its first day, None for 那周. Raises ValueError for a day that is not."""
    if said["holiday"]:
        return "week", holiday_week(_SAME.get(said["holiday"], said["holiday"]), today, calendar)
    if said["that"]:
        return "week", None
    if said["week"]:
        return "week", step(unit_start(today, "week"), "week", _offset(said["week"]))
    if said["nth"]:
        first = _nearest(number(said["month"]) or 0, 1, today)
        return "week", unit_start(first, "week") + timedelta(weeks=(number(said["nth"]) or 1) - 1)
    if said["m"]:
        return "week", unit_start(_nearest(int(said["m"]), int(said["d"]), today), "week")
    if said["near"]:
        per: Per = "month" if "月" in said["near"] else "quarter"
        return per, step(unit_start(today, per), per, _offset(said["near"]))
    return "month", _nearest(number(said["whole"]) or 0, 1, today)


def _offset(word: str) -> int:
    return {"下下": 2}.get(word[:2], {"下": 1, "上": -1}.get(word[0], 0))


def _nearest(month: int, day: int, today: date) -> date:
    """That day of the year in which it is nearest to today. Raises ValueError."""
    years = (today.year, today.year + 1, today.year - 1)
    return min((date(year, month, day) for year in years), key=lambda one: abs(one - today))


def holiday_week(name: str, today: date, calendar: WorkCalendar) -> date | None:
    """The Monday of the week that the next such holiday (or one just past) takes most of."""
    for year in (today.year, today.year + 1):
        for holiday in calendar.holidays(year):
            if name in holiday.name and holiday.last >= today - timedelta(days=14):
                first = unit_start(holiday.first, "week")
                weeks = [first + timedelta(weeks=n) for n in range(4)]
                over = [week for week in weeks if week <= holiday.last]
                return min(over, key=lambda week: len(calendar.workdays_of(week, "week")))
    return None


def short_weeks(first: date, last: date, calendar: WorkCalendar) -> list[date]:
    """The Mondays in between of weeks with few working days because of a holiday."""
    monday = unit_start(first, "week")
    found = []
    while monday <= last:
        if monday >= first and len(calendar.workdays_of(monday, "week")) < SHORT_WEEK:
            found.append(monday)
        monday += timedelta(weeks=1)
    return found


def _moved_to(said: re.Match[str], per: Per, start: date | None, today: date) -> date | None:
    """The period that was named; 下周 is counted from the period that is moved."""
    if said["tm"]:
        return unit_start(_nearest(int(said["tm"]), int(said["td"]), today), per)
    if said["to"] is None or start is None:
        return None
    return step(start, per, 2 if said["to"].startswith("下下") else 1)
