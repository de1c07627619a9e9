"""The indicators as data: the docs say them as they are, every one can be explained."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from bot.rules.indicators import COUNTS, INDICATORS, LEFT_OUT, Count, Indicator
from bot.rules.metrics import METRICS

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "indicators.md").read_text("utf-8").splitlines()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def table(head: str) -> list[list[str]]:
    """The rows of the table whose first head is so."""
    (start,) = [n for n, line in enumerate(DOCS) if line.startswith(f"| {head} |")]
    rows = []
    for line in DOCS[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(cells(line))
    return rows


def test_the_docs_have_every_indicator_with_its_numerator_and_denominator() -> None:
    assert table("indicator") == [
        [one.noun, f"`{one.name}`", COUNTS[one.part].name, COUNTS[one.of].name,
         "yes" if one.both else "no"]
        for one in INDICATORS.values()
    ]  # fmt: skip


def test_the_docs_say_what_each_count_is() -> None:
    assert table("count") == [[one.name, one.means, one.said] for one in COUNTS.values()]
    assert tuple(COUNTS) == get_args(Count)


@pytest.mark.parametrize("one", INDICATORS.values(), ids=list(INDICATORS))
def test_each_is_a_measure_that_explains_both_its_numbers(one: Indicator) -> None:
    metric = METRICS[one.name]
    assert (metric.counts, metric.of) == (one.part, one.of)
    for side in (one.part, one.of):
        assert COUNTS[side].said in metric.how
    assert LEFT_OUT in metric.how
    assert ("免计" in metric.how) == one.both


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_names_every_indicator(name: str) -> None:
    readme = (ROOT / name).read_text("utf-8")
    assert [one.noun for one in INDICATORS.values() if one.noun not in readme] == []
