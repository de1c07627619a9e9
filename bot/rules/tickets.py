"""What a desk officer types or forwards of a case: its source, number and deadline, who complained.

    12345工单 2025061200123 松江路占道经营，投诉人李某 13800000000，6月13日前办结
    群众电话举报 松江路有人占道烧烤        监控发现 …        来信反映 …

Names and telephone numbers are cut OUT of the words that are kept in the report. What is left is
read by the caption reader. Pure; knows no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Literal

from bot.rules.checklists import OTHER
from bot.rules.deadlines import deadlines
from bot.rules.records import NO_TROUBLE, Bureau, Find, Reading, Source
from bot.rules.scripts import levelled

CaseSource = Literal["hotline", "camera", "public", "letter"]

SOURCES: dict[CaseSource, Source] = {
    "hotline": "hotline", "camera": "camera", "public": "public", "letter": "public",
}  # fmt: skip
"""What a case's source is among the sources of reports: who writes a letter is the public."""

NUMBER = r"[A-Za-z]{0,6}-?20\d{2}[-\dA-Za-z]{4,24}|[A-Za-z]{0,6}\d{8,24}"
_PUBLIC = "群众|市民|居民|热心市民|村民|商户|住户"
_SAYS = "反映|举报|投诉|来电|称"
_HEADS: dict[CaseSource, str] = {
    "hotline": r"(?:\(?12345\)?|(?:市民|政务服务|政务|便民)?热线)(?:热线|平台)?"
               r"(?:转来|转办|转派|派单|派来|交办|转)?的?(?:工单|诉求件|诉求|件|单)?"
               r"|(?:热线|服务|投诉)?工单(?:编?号)?",
    "letter": rf"(?:{_PUBLIC}|匿名)?(?:来信|信件|电子邮件|邮件|信访件?)(?={_SAYS}|[:,])",
    "camera": r"(?:视频|高清|电子|路口|\d{1,2}号)?(?:监控|探头|摄像头)(?:里|上|中|巡查|巡检)?"
              r"(?:发现|看到|显示|抓拍|报警)",
    "public": rf"(?:(?:{_PUBLIC})(?:来电|打?电话|微信)?|来电|电话)(?:{_SAYS})",
}  # fmt: skip
_HEAD = re.compile(
    r"\s*(?:接到?|收到)?(?:"
    + "|".join(rf"(?P<{name}>{head})" for name, head in _HEADS.items())
    + rf")(?:{_SAYS})?\s*(?:编?号)?[:,、\s]*(?P<number>(?:{NUMBER})(?![0-9A-Za-z]))?[:,。、;\s]*"
)
_NOBODY = re.compile(r"匿名|要求|希望|不愿|不便|无|未留|保密|本人")
_WHO = re.compile(
    r"(?:投诉人|来电人|举报人|反映人|诉求人|联系人|申请人|来信人|报案人)(?:姓名)?[为是]?[:\s]*"
    rf"(?P<name>[\u4e00-\u9fff·]{{1,6}}?)(?=[\s,。;、:()\d]|{_SAYS}|说|电话|手机|联系|要求|希望|$)"
)
_TITLED = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=市民)|(?<=群众)|(?<=居民)|(?<=村民)|(?<=业主))"
    rf"(?P<name>[\u4e00-\u9fff]{{1,2}}(?:先生|女士|小姐|同志|某某?))(?={_SAYS}|说|电话|手机|联系|[,(\s])"
)
_PHONE = re.compile(
    r"(?:(?:联系|手机|固定|来电|投诉|回访)?(?:电话|手机|号码|方式)号?码?[为是]?[:\s]*)?"
    r"(?<![0-9A-Za-z])(?P<phone>(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8})"
    r"(?![0-9])"
)
_IDENTITY = re.compile(
    r"身份证号?码?[为是]?[:\s]*\d{6,17}[0-9Xx]"
    r"|(?<!\d)[1-8]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?!\d)"
)
_EDGES = re.compile(r"[,、;:\s]+(?=[,。;])|(?<=[。;])。|\(\s*\)|^[,。、;:\s]+|[,。、;:\s]+$")


@dataclass(frozen=True, slots=True)
class ToldCase:
    """A case as told; moments are aware. `original` is what was written, names and all.

    `handle_by` and `respond_by` are what the paper itself demands, None where the bureau's own
    limits hold. `department` is who is to handle it, in its words.
    """

    source: CaseSource
    words: str
    external: str | None = None
    name: str | None = None
    phone: str | None = None
    original: str = ""
    received_at: datetime | None = None
    respond_by: datetime | None = None
    handle_by: datetime | None = None
    department: str | None = None
    device: str | None = None

    @property
    def complained(self) -> bool:
        """Whether anything is known of who complained."""
        return bool(self.name or self.phone)


def read_case(text: str, now: datetime, work_to: time) -> ToldCase | None:
    """The case that the text tells of, or None where it begins as none; `now` is local.

    A deadline without a clock is the end of work on its day.
    """
    level = levelled(text)
    head = _HEAD.match(level)
    if head is None:
        return None
    source = next(name for name in _HEADS if head[name])
    rest = level[head.end() :]
    limits = deadlines(rest, now, work_to)
    for one in reversed(limits):
        rest = rest[: one.start] + rest[one.end :]
    told = apart(rest)
    due = {one.what: one.moment for one in limits}
    return replace(
        told, source=source, external=head["number"], original=text.strip(),
        respond_by=due.get("respond"), handle_by=due.get("handle"),
    )  # fmt: skip


def apart(text: str, name: str | None = None, phone: str | None = None) -> ToldCase:
    """The words without whoever complained, and who that is; also where a `name` stood elsewhere.

    The same name is cut out wherever it stands. A source has to be set.
    """
    rest = levelled(text)
    found = _WHO.search(rest) or _TITLED.search(rest)
    if found is not None and not _NOBODY.match(found["name"]):
        name = name or found["name"]
    rest = _IDENTITY.sub("", rest)
    phones = [one["phone"] for one in _PHONE.finditer(rest)]
    rest = _PHONE.sub("", rest)
    rest = _WHO.sub("", rest)
    if name and len(name) > 1:
        rest = rest.replace(levelled(name), "")
    rest = re.sub(_EDGES, "", re.sub(_EDGES, "", rest)).strip()
    return ToldCase("public", rest, name=name, phone=phone or next(iter(phones), None))


def troubles(reading: Reading, bureau: Bureau, place: str | None = None) -> tuple[Find, ...]:
    """The finds of a case that reads so: open, each with a place and a kind; none without a place.

    `place` is where it is if the words don't say it: a spot's code or a place as written. What fits
    no kind is of the kind for the rest, where the bureau has one.
    """
    rest = bureau.category(OTHER)
    other = rest.code if rest else None
    found: dict[tuple[str | None, str | None], Find] = {}
    for find in reading.items or (Find(),):
        kind = find.category if find.category not in (None, NO_TROUBLE) else other
        here = find if find.spot or find.spot_text else _placed(find, bureau, place)
        if kind is None or not (here.spot or here.spot_text):
            continue
        made = Find(here.spot, kind, find.count, "found", "open", here.spot_text)
        found.setdefault((made.spot or made.spot_text, kind), made)
    named = [one for one in found.values() if one.category != OTHER]
    return tuple(named or list(found.values())[:1])


def _placed(find: Find, bureau: Bureau, place: str | None) -> Find:
    spot = bureau.spot(place)
    if spot is not None:
        return replace(find, spot=spot.code, spot_text=spot.name)
    return replace(find, spot_text=place)
