"""挂图: a good picture of any ledger; every state told by its letter, never by colour alone."""

from __future__ import annotations

from collections import Counter
from datetime import date
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.wall_facts import LOOKS, MOST_CELLS, Cell, WallFacts
from bot.words.wall import MARKS, WIDTH, svg, zoom
from storage import rendering
from tests.words.test_drawing import SPACE, box, words

TODAY = date(2025, 6, 12)
HOSTILE = "<script>alert(1)</script>&\"'\u202e\x00\ud800" + "很长的方面" * 40


def facts(
    many: int, groups: int = 4, title: str = "某某局整改台账", name: str = "方面"
) -> WallFacts:
    cells = [Cell(n + 1, LOOKS[n % len(LOOKS)], n % 3 == 0) for n in range(many)]
    parts = [(f"{name}{g}", tuple(cells[g::groups])) for g in range(groups)]
    return WallFacts(title, TODAY, tuple(parts))


def drawn(found: WallFacts) -> Element:
    root: Element = fromstring(svg(found))
    return root


@pytest.mark.parametrize("many", [1, 12, 85, 240, MOST_CELLS])
def test_every_task_is_a_cell_with_its_number_and_letter(many: int) -> None:
    found = facts(many, groups=1 if many < 4 else 4)
    said = words(drawn(found))
    numbers = [word for word in said if word.isdecimal()]
    assert sorted(map(int, numbers)) == list(range(1, many + 1))
    letters = Counter(word for word in said if word in {mark[0] for mark in MARKS.values()})
    looks = Counter(cell.look for _, cells in found.groups for cell in cells)
    # One in each cell, one in the legend.
    assert letters == Counter({MARKS[look][0]: n + 1 for look, n in looks.items()})


def test_the_legend_counts_every_look_and_the_head_says_the_day() -> None:
    found = facts(85)
    said = words(drawn(found))
    looks = Counter(cell.look for _, cells in found.groups for cell in cells)
    for look, many in looks.items():
        assert f"{MARKS[look][1]} {many}" in said
    assert "截至2025年6月12日，共 85 件" in said
    assert any(word.startswith("完成 ") for word in said)


def test_letters_and_grounds_tell_the_looks_apart() -> None:
    assert set(MARKS) == set(LOOKS)
    assert len({mark[0] for mark in MARKS.values()}) == len(LOOKS)
    assert len({mark[2] for mark in MARKS.values()}) == len(LOOKS)


@pytest.mark.parametrize("many", [MOST_CELLS + 1, 10_000])
def test_very_many_are_a_bar_a_group(many: int) -> None:
    found = facts(many, groups=12, name="科室")
    root = drawn(found)
    said = words(root)
    assert len(said) < 200
    assert f"截至2025年6月12日，共 {many} 件" in said
    assert sum(word.startswith("完成 ") for word in said) == 12
    assert float(root.get("height", "0")) < 2000


@pytest.mark.parametrize("many", [4, 85, MOST_CELLS, 2000])
def test_it_stays_upright_and_nothing_leaves_it(many: int) -> None:
    root = drawn(facts(many, title=HOSTILE, name=HOSTILE))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    assert width == WIDTH
    assert float(root.get("width", "0")) == round(WIDTH * zoom(many))
    for text in root.iter(f"{SPACE}text"):
        left, top, right, bottom = box(text)
        assert left >= -1
        assert right <= width + 1, text.text
        assert top >= -1
        assert bottom <= height + 1
    for rect in root.iter(f"{SPACE}rect"):
        assert float(rect.get("x", "0")) + float(rect.get("width", "0")) <= width + 1
        assert float(rect.get("y", "0")) + float(rect.get("height", "0")) <= height + 1


CELLS = st.lists(
    st.builds(Cell, st.integers(1, 99_999), st.sampled_from(LOOKS), st.booleans()), max_size=9
)


@settings(max_examples=60)
@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.text(max_size=80), CELLS.map(tuple)), min_size=1, max_size=6),
)
def test_any_words_make_a_good_picture(
    title: str, groups: list[tuple[str, tuple[Cell, ...]]]
) -> None:
    root = drawn(WallFacts(title, TODAY, tuple(groups)))
    assert {one.tag.removeprefix(SPACE) for one in root.iter()} <= {
        "svg", "title", "rect", "text", "line"
    }  # fmt: skip


def test_it_can_be_drawn() -> None:
    png = rendering.render(svg(facts(85, title=HOSTILE, name=HOSTILE)))
    assert png.startswith(b"\x89PNG")
