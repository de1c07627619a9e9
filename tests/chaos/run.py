"""`make chaos`: the whole storm. Prints a table; exit code 1 where a promise was broken.

python -m tests.chaos.run --reports 1000 --kills 100 --seed 1 --minutes 30
python -m tests.chaos.run --only tasks --tasks 60 --task-kills 50
python -m tests.chaos.run --only wecom --callbacks 300 --wecom-kills 20
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.chaos.images import under_broken_images
from tests.chaos.kills import under_kills
from tests.chaos.ledger import Ledger
from tests.chaos.mutations import under_mutations
from tests.chaos.notices import SENDING, under_clock, under_notices
from tests.chaos.stops import under_terms
from tests.chaos.tasks import under_tasks
from tests.chaos.wecom import under_callbacks

QUEUED = 300
"""Reports that wait when the bot is told to stop."""

MUTATIONS = 480


def main() -> int:
    """Every part, one after the other, each on a home of its own."""
    given = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="gangting-chaos-"))
    ledger, begun = Ledger(), time.monotonic()

    def progress(said: str) -> None:
        print(f"[{time.monotonic() - begun:5.0f} s] {said}", file=sys.stderr, flush=True)

    parts: dict[str, Callable[[Path], None]] = {
        "stops": lambda home: under_terms(ledger, home, reports=QUEUED, seed=given.seed),
        "images": lambda home: under_broken_images(ledger, home),
        "mutations": lambda home: under_mutations(ledger, home, count=MUTATIONS, seed=given.seed),
        "kills": lambda home: under_kills(
            ledger, home, reports=given.reports, kills=given.kills, seed=given.seed,
            minutes=given.minutes, progress=progress,
        ),
        "notices": lambda home: under_notices(
            ledger, home, notices=given.notices, kills=given.notice_kills, seed=given.seed,
            progress=progress,
        ),
        "clock": lambda home: under_clock(ledger, home),
        "tasks": lambda home: under_tasks(
            ledger, home, tasks_loaded=given.tasks, kills=given.task_kills, seed=given.seed,
            minutes=given.minutes, faults=SENDING, progress=progress,
        ),
        "wecom": lambda home: under_callbacks(
            ledger, home, reports=given.callbacks, kills=given.wecom_kills, seed=given.seed,
            progress=progress,
        ),
    }  # fmt: skip
    for name in given.only or parts:
        progress(name)
        try:
            parts[name](folder / name)
        except Exception as fault:  # noqa: BLE001 - the other parts still have something to tell
            ledger.broken.append(f"{name}: {type(fault).__name__}: {fault}")
    print(ledger.show())
    if ledger.broken:
        print(f"homes and logs are kept in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="no kill after so many minutes")
    parser.add_argument("--notices", type=int, default=500, help="notices that fall due")
    parser.add_argument("--notice-kills", type=int, default=50, help="kills meanwhile")
    parser.add_argument("--tasks", type=int, default=60, help="tasks of the ledger")
    parser.add_argument("--task-kills", type=int, default=50, help="kills meanwhile")
    parser.add_argument("--callbacks", type=int, default=300, help="reports on WeCom's line")
    parser.add_argument("--wecom-kills", type=int, default=20, help="kills meanwhile")
    parser.add_argument(
        "--only", nargs="+",
        choices=["stops", "images", "mutations", "kills", "notices", "clock", "tasks", "wecom"],
    )  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
