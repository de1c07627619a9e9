"""What is typed or forwarded of a case: its parts, and that names and telephone are cut out."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bureau import DEFAULT, build_bureau
from bot.rules.captions import CaptionReader
from bot.rules.case_facts import Outcome, read_outcome
from bot.rules.deadlines import deadlines, moment
from bot.rules.tickets import apart, read_case, troubles

TZ = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 6, 12, 10, 0, tzinfo=TZ)
EIGHTEEN = time(18)


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=TZ)


CASES = [
    ("12345工单 2025061200123 松江路占道经营，投诉人李某 13800000000，6月13日前办结",
     "hotline", "2025061200123", "松江路占道经营", "李某", "13800000000"),
    ("12345转来，松江路占道", "hotline", None, "松江路占道", None, None),
    ("【12345】2025061200199 松江路积存垃圾",
     "hotline", "2025061200199", "松江路积存垃圾", None, None),
    ("工单 SD20250612001 永福路口乱停车 投诉人：张三丰，电话 138 0000 0000。",
     "hotline", "SD20250612001", "永福路口乱停车", "张三丰", "138 0000 0000"),
    ("12345工单：2025061200124，市民王女士反映夜市噪音大，联系电话：0632-3312345",
     "hotline", "2025061200124", "市民反映夜市噪音大", "王女士", "0632-3312345"),
    ("群众电话举报 松江路有人占道烧烤", "public", None, "松江路有人占道烧烤", None, None),
    ("接群众举报，松江路有人卖菜，来电人匿名", "public", None, "松江路有人卖菜", None, None),
    ("市民来电反映松江路夜里烧烤，李某说天天有，来电人李某",
     "public", None, "松江路夜里烧烤,说天天有", "李某", None),
    ("监控发现 永福路垃圾箱满溢", "camera", None, "永福路垃圾箱满溢", None, None),
    ("2号探头抓拍：松江路占道", "camera", None, "松江路占道", None, None),
    ("来信反映 松江路店外经营", "letter", None, "松江路店外经营", None, None),
    ("群众来信举报永福路违建，来信人赵四，身份证号370402199001011234",
     "letter", None, "永福路违建", "赵四", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "source", "number", "words", "name", "phone"), CASES, ids=[c[0][:12] for c in CASES]
)
def test_a_case_is_read(
    text: str, source: str, number: str | None, words: str, name: str | None, phone: str | None
) -> None:
    told = read_case(text, NOW, EIGHTEEN)
    assert told is not None
    assert (told.source, told.external, told.words) == (source, number, words)
    assert (told.name, told.phone, told.original) == (name, phone, text)


@pytest.mark.parametrize(
    "text",
    ["松江路占道", "群众满意度", "监控2号黑屏", "永福路正常", "", "去看了下12345", "邮件收到了吗"],
)
def test_what_begins_as_none_is_none(text: str) -> None:
    assert read_case(text, NOW, EIGHTEEN) is None


DEADLINES = [
    ("6月13日前办结", "handle", at(13, 18)), ("6月13日18:30前答复", "handle", at(13, 18, 30)),
    ("请于6月13日前办理完毕", "handle", at(13, 18)), ("17:40前签收", "respond", at(12, 17, 40)),
    ("明天12:00前办结", "handle", at(13, 12)), ("后天前处理", "handle", at(14, 18)),
    ("办结时限：2025-06-18 17:00", "handle", at(18, 17)),
    ("6月13日24时前办结", "handle", at(14, 0)),
    ("截止时间为6月20日", "handle", at(20, 18)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "what", "due"), DEADLINES, ids=[d[0] for d in DEADLINES])
def test_a_deadline_is_read(text: str, what: str, due: datetime) -> None:
    (found,) = deadlines(f"松江路占道，{text}。", NOW, EIGHTEEN)
    assert (found.what, found.moment) == (what, due)


def test_both_clocks_of_a_ticket_are_read() -> None:
    told = read_case("12345工单 松江路占道，17:40前签收，明天12:00前办结", NOW, EIGHTEEN)
    assert told is not None
    assert (told.respond_by, told.handle_by) == (at(12, 17, 40), at(13, 12))
    assert told.words == "松江路占道"


@pytest.mark.parametrize(
    "text",
    ["6月13日前有人来过", "2月30日前办结", "松江路3号前占道", "25:00前办结"],
)
def test_what_is_no_deadline_is_none(text: str) -> None:
    assert deadlines(text, NOW, EIGHTEEN) == []


def test_a_deadline_at_new_year_lies_ahead() -> None:
    late = datetime(2025, 12, 30, 9, tzinfo=TZ)
    (found,) = deadlines("1月5日前办结", late, EIGHTEEN)
    assert found.moment == datetime(2026, 1, 5, 18, tzinfo=TZ)


MOMENTS = {
    "2025-06-12 10:31:00": at(12, 10, 31), "2025/6/12 10:31": at(12, 10, 31),
    "2025年6月12日10时31分": at(12, 10, 31), "2025-06-12T10:31:01": at(12, 10, 31),
    "20250612103100": at(12, 10, 31), "2025-06-12": at(12, 18), "20250612": at(12, 18),
    "45820.4382": at(12, 10, 31), "45820": at(12, 18), " 2025.6.12 ": at(12, 18),
}  # fmt: skip


@pytest.mark.parametrize("text", list(MOMENTS))
def test_a_cells_moment_is_read(text: str) -> None:
    found = moment(text, TZ, EIGHTEEN)
    assert found is not None
    assert abs((found - MOMENTS[text]).total_seconds()) < 2


@pytest.mark.parametrize("text", ["", "昨天", "2025-13-01", "2025-06-31", "2025-06-12 25:00", "12"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment(text, TZ) is None


NAMES = st.sampled_from(["李某", "王小明", "欧阳修文", "张女士"])
PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
PATTERNS = st.sampled_from([
    "松江路占道，投诉人{n}，电话{p}", "投诉人：{n} {p} 松江路占道",
    "来电人{n}反映松江路占道（{p}）",
    "松江路占道，联系人{n}，手机号码：{p}，请回复{n}", "举报人{n}，{p}，松江路占道。",
])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("李先生（13800000000）来电，松江路占道", "来电,松江路占道"),
        ("松江路占道，110101199003071234", "松江路占道"),
        ("松江路占道，11010119900307123X，李女士电话13800000000", "松江路占道"),
        ("松江路占道，编号202506120012345678", "松江路占道,编号202506120012345678"),
    ],
)
def test_nobody_is_left_who_is_not_announced(text: str, left: str) -> None:
    assert apart(text).words == left


@given(NAMES, PHONES, PATTERNS)
def test_neither_name_nor_telephone_is_left(name: str, phone: str, pattern: str) -> None:
    told = apart(pattern.format(n=name, p=phone))
    assert name not in told.words
    assert phone not in told.words
    assert (told.name, told.phone) == (name, phone)
    assert "松江路占道" in told.words


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    read_case(f"12345工单 {text}", NOW, EIGHTEEN)
    apart(text)
    moment(text, TZ)


def test_every_trouble_of_a_case_is_open_and_placed() -> None:
    bureau = build_bureau(DEFAULT)
    read = CaptionReader(bureau, ahead=False).read
    for words in ("松江路占道经营已劝离", "松江路有人占道", "松江路正常", "松江路的事没人管"):
        found = troubles(read(words, NOW), bureau, "songjiang")
        assert found, words
        assert {(f.spot, f.action, f.state) for f in found} == {("songjiang", "found", "open")}
        assert all(f.category not in (None, "none") for f in found)
    assert troubles(read("有人占道", NOW), bureau) == ()
    (find,) = troubles(read("有人占道", NOW), bureau, "某小区门口")
    assert (find.spot, find.spot_text) == (None, "某小区门口")


OUTCOMES = {
    "满意 已解决": Outcome(True, True, True), "不满意，没解决": Outcome(True, False, False),
    "基本满意": Outcome(True, True, None), "未解决": Outcome(True, None, False),
    "不太满意但解决了": Outcome(True, False, True), "没打通": Outcome(False),
    "电话无人接听，空号": Outcome(False), "改天再说": None, "": None,
}  # fmt: skip


@pytest.mark.parametrize("text", list(OUTCOMES))
def test_a_call_backs_outcome_is_read(text: str) -> None:
    assert read_outcome(text) == OUTCOMES[text]
