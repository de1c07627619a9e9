"""Any chart becomes a good SVG with its numbers in it and nothing outside the picture."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from bot.words.axes import scale
from bot.words.bars import BARS
from bot.words.chart import Chart
from bot.words.drawing import HEIGHT, WIDTH, svg
from bot.words.lettering import clean, em, shorten, wrap
from storage.fonts import Font
from storage.rendering import packaged

SPACE = "{http://www.w3.org/2000/svg}"
RECT = f"{SPACE}rect"
SLACK = 1.0
"""Pixels that a stroke's half may stand over."""


@cache
def true_font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(packaged()), 1000)


def true_width(text: str, size: float) -> float:
    """What the text takes in the packaged font; the drawing's own measure is not asked."""
    return true_font().getlength(text) * size / 1000


def drawn(chart: Chart) -> Element:
    root: Element = fromstring(svg(chart))
    return root


def words(root: Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SPACE}text")]


def box(text: Element) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a text, by its true letters."""
    x, y, size = (float(text.get(name, "")) for name in ("x", "y", "font-size"))
    wide = true_width(text.text or "", size)
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.get("text-anchor", "start")]
    return left, y - size * 0.88, left + wide, y + size * 0.12


def points(element: Element) -> list[tuple[float, float]]:
    """The outermost points of a shape."""
    get = {name: float(value) for name, value in element.attrib.items() if is_number(value)}
    if element.tag == f"{SPACE}rect":
        return [(get["x"], get["y"]), (get["x"] + get["width"], get["y"] + get["height"])]
    if element.tag == f"{SPACE}line":
        return [(get["x1"], get["y1"]), (get["x2"], get["y2"])]
    if element.tag == f"{SPACE}circle":
        x, y, r = get["cx"], get["cy"], get["r"]
        return [(x - r, y - r), (x + r, y + r)]
    if element.tag in (f"{SPACE}polyline", f"{SPACE}polygon"):
        pairs = [pair.split(",") for pair in element.get("points", "").split()]
        return [(float(x), float(y)) for x, y in pairs]
    assert element.tag in (f"{SPACE}svg", f"{SPACE}title"), element.tag
    return []


def is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def inside(root: Element) -> None:
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert (width, height >= HEIGHT) == (WIDTH, True)
    for element in root.iter():
        if element.tag == f"{SPACE}text":
            left, top, right, bottom = box(element)
            where = [(left, top), (right, bottom)]
        else:
            where = points(element)
        for x, y in where:
            assert -SLACK <= x <= width + SLACK, (element.attrib, element.text)
            assert -SLACK <= y <= height + SLACK, (element.attrib, element.text)


@cache
def known() -> list[str]:
    return sorted(c for c in Font(packaged()).characters if clean(c) == c)


_ODD = [
    "\x1b[31m",
    "]]>",
    "<b>&amp;",
    "--",
    "\u202e右",
    "\ufffe",
    "é",
    "\u200d",
    "️",
    "👍",
    "\x00",
    "�",
]
ODD = st.sampled_from(
    [*_ODD, "👍", "", " ", "松江路\n永福路", "\t", "W" * 60, "，" * 50, "路" * 80, "⸻" * 30]
)
names = st.one_of(
    ODD,
    st.text(st.sampled_from("松江路永福六月日0123456789 —，（）abcWM&<"), max_size=40),
    st.text(max_size=20),
)
values = st.one_of(
    st.none(), st.integers(0, 60), st.integers(0, 3), st.integers(0, 10**7), st.just(0)
)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    labels = draw(st.one_of(st.lists(names, max_size=14), st.lists(names, max_size=70)))
    series = draw(
        st.lists(
            st.tuples(names, st.lists(values, min_size=len(labels), max_size=len(labels))),
            max_size=draw(st.sampled_from([1, 2, 4, 9])),
        )
    )
    return Chart(
        draw(names), tuple(labels), tuple((name, tuple(row)) for name, row in series),
        draw(names), draw(st.sampled_from(["bars", "line"])), draw(names),
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(charts())
def test_any_chart_is_xml_and_stays_in_the_picture(chart: Chart) -> None:
    text = svg(chart)
    text.encode()
    assert svg(chart) == text
    # Characters that the font lacks are drawn as one □, as wide as the drawing takes them for.
    has = drawable()
    inside(fromstring("".join(c if c.isascii() or c in has else "□" for c in text)))


@cache
def drawable() -> frozenset[str]:
    return Font(packaged()).characters


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 12).flatmap(
        lambda n: st.lists(
            st.lists(st.one_of(st.none(), st.integers(0, 999)), min_size=n, max_size=n),
            min_size=1, max_size=3,
        )
    ),
    st.sampled_from(["bars", "line"]),
)  # fmt: skip
def test_every_number_is_written(rows: list[list[int | None]], kind: Any) -> None:
    labels = tuple(f"{n + 1}月" for n in range(len(rows[0])))
    chart = Chart(
        "题", labels, tuple((f"路{n}", tuple(row)) for n, row in enumerate(rows)), kind=kind
    )
    root = drawn(chart)
    # Numbers at the axis are smaller than those of the things themselves.
    texts = [*root.iter(f"{SPACE}text")]
    at_things = [text.text for text in texts if int(text.get("font-size", "")) >= 28]
    found = Counter(at_things)
    line = kind == "line" and len(labels) > 1
    columns = [[str(v) for v in column if v is not None] for column in zip(*rows, strict=True)]
    wanted = Counter(v for column in columns for v in (set(column) if line else column))
    assert all(found[value] == times for value, times in wanted.items())
    assert set(labels) <= set(at_things)
    if not line:
        assert found["–"] == sum(value is None for row in rows for value in row)


def test_the_numbers_of_a_line_hide_no_other() -> None:
    rows = ((3, 5, 2, 8, 7, 7, 4, 1, 0, 2, 3), (4, 5, 3, 6, 9, 7, 2, 1, 1, 0, 0))
    labels = tuple(f"{n + 1}周" for n in range(11))
    root = drawn(Chart("题", labels, (("松江路", rows[0]), ("永福路", rows[1])), kind="line"))
    numbers = [box(t) for t in root.iter(f"{SPACE}text") if t.get("paint-order")]
    assert len(numbers) == sum(len({a, b}) for a, b in zip(*rows, strict=True))
    for n, a in enumerate(numbers):
        for b in numbers[n + 1 :]:
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] + 4 or b[3] <= a[1] + 4
            assert apart, (a, b)


def days(count: int) -> tuple[str, ...]:
    return tuple(f"{5 + n // 30}月{n % 30 + 1}日" for n in range(count))


def test_many_labels_are_thinned_to_the_last_and_overlap_nowhere() -> None:
    numbers = tuple(n * 7 % 41 for n in range(60))
    root = drawn(Chart("近60天", days(60), (("问题", numbers),), "个", "line"))
    labels = [t for t in root.iter(f"{SPACE}text") if re.fullmatch(r"\d月\d+日", t.text or "")]
    assert 4 <= len(labels) <= 12
    assert labels[-1].text == days(60)[-1]
    places = [box(label) for label in labels]
    assert all(a[2] < b[0] for a, b in pairwise(places))
    assert {"40", str(numbers[-1])} <= set(words(root))


def bars_of(root: Element) -> list[tuple[float, float]]:
    """Width and height of the bars, without the paper and the legend's keys."""
    shapes = [
        (float(r.get("width", "")), float(r.get("height", ""))) for r in root.iter(f"{SPACE}rect")
    ]
    return [size for size in shapes[1:] if size != (24.0, 24.0)]


def test_bars_are_as_long_as_their_numbers() -> None:
    standing = bars_of(drawn(Chart("题", ("甲", "乙", "丙"), (("x", (10, 5, 0)),))))
    assert len(standing) == 2
    assert standing[0][1] == pytest.approx(2 * standing[1][1], abs=0.2)
    many = tuple(f"点位{n}" for n in range(20))
    lying = bars_of(drawn(Chart("题", many, (("x", tuple(range(0, 40, 2))),))))
    assert len(lying) == 19
    assert lying[-1][0] == pytest.approx(19 * lying[0][0], rel=0.02)


def test_a_line_ends_where_the_time_has_not_come() -> None:
    root = drawn(Chart("本周", days(7), (("x", (5, 9, None, 6, None, None, None)),), "个", "line"))
    courses = [len(points(p)) for p in root.iter(f"{SPACE}polyline")]
    assert courses == [2, 1]
    assert len([*root.iter(f"{SPACE}circle")]) == 3


def test_long_names_lie_and_are_shortened_to_what_can_be_read() -> None:
    long = "滨河公园南口至人民医院北门沿线流动摊贩集中疏导点临时安置区"
    root = drawn(Chart(long * 4, (long * 2, "松江路"), (("x", (3, 4)),)))
    told = words(root)
    assert [text for text in told if text.startswith("滨河公园")][1].startswith(long[:8])
    assert sum(text.endswith("…") for text in told) == 2
    assert "松江路" in told


def test_what_is_left_out_is_said() -> None:
    labels = tuple(f"点位{n}" for n in range(225))
    root = drawn(Chart("各点位", labels, (("x", tuple(range(225))),)))
    assert f"另有 {225 - BARS} 项没有画出来" in words(root)
    assert len(set(words(root)) & set(labels)) == BARS
    assert float(root.get("height", "")) < 2.2 * WIDTH


def test_several_series_have_a_legend_and_one_has_none() -> None:
    two = words(drawn(Chart("题", ("甲",), (("五月", (1,)), ("六月", (2,))), "次")))
    assert {"五月", "六月", "单位：次"} <= set(two)
    one = words(drawn(Chart("题", ("甲",), (("五月", (1,)),), "次", note="按「甲」查的。")))
    assert "五月" not in one
    assert "按「甲」查的。" in one


def test_nothing_to_draw_is_said() -> None:
    for chart in (Chart("空", (), ()), Chart("空", ("甲",), ()), Chart("空", (), (("x", ()),))):
        assert "没有可画的数据" in words(drawn(chart))


@given(st.integers(0, 10**9))
def test_the_scale_reaches_the_highest_in_at_most_five_steps(most: int) -> None:
    measure = scale(most)
    assert measure.top >= most
    assert measure.top - measure.step < max(most, 4)
    assert 1 <= len(measure.ticks) - 1 <= 5
    assert re.fullmatch("[125]0*", str(measure.step))


def test_no_letter_is_wider_than_it_is_taken_for() -> None:
    wrong = [c for c in known() if true_width(c, 1) > em(c) + 1e-9]
    assert len(known()) > 30_000
    assert wrong == []


@given(st.text(max_size=60), st.floats(1.5, 30), st.integers(1, 3))
def test_wrapped_text_fits_and_loses_only_its_end(text: str, room: float, most: int) -> None:
    text = clean(text)
    told = wrap(text, room, most)
    assert len(told) <= most
    assert all(em(line) <= room for line in told)
    whole = "".join(text.split())
    kept = "".join("".join(told).split())
    assert kept == whole or (kept.endswith("…") and whole.startswith(kept[:-1]))
    assert em(shorten(text, room)) <= room


@given(st.text(max_size=40))
def test_clean_words_are_good_in_xml_and_one_line(text: str) -> None:
    told = clean(text)
    told.encode()
    fromstring(f"<a>{told.replace('&', '').replace('<', '')}</a>")
    assert told == clean(told)
    assert "\n" not in told
