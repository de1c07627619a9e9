"""The short form of the storm about tasks, with bots that start at once."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.bot import Nursery
from tests.chaos.ledger import Ledger
from tests.chaos.tasks import under_tasks

SEED = 1


def test_what_was_told_of_tasks_is_so_in_spite_of_kills(
    ledger: Ledger, tmp_path: Path, nursery: Nursery
) -> None:
    under_tasks(ledger, tmp_path, tasks_loaded=3, kills=3, seed=SEED, nursery=nursery)
