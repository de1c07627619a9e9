"""The short form of the storm over WeCom's line, with workers that start at once."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.bot import Nursery
from tests.chaos.ledger import Ledger
from tests.chaos.wecom import under_callbacks


def test_each_callback_is_recorded_once_whatever_befalls_the_worker(
    ledger: Ledger, tmp_path: Path, nursery: Nursery
) -> None:
    under_callbacks(
        ledger, tmp_path, reports=20, kills=2, seed=3, pause=0.2, still=1.2, answer_ms=None,
        nursery=nursery,
    )  # fmt: skip
