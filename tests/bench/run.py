"""`make bench`: the bot beside bare ones, WeCom's receiver, reading and questions, in one run.

    make bench ARGS="--only questions"
    python -m tests.bench.run --updates 2000 --rounds 3 --json bench.json

Machines differ; the ratio to a stock aiogram bot measured in the same minutes does not so much.
Bots take turns, in reverse order every other round; figures are medians [smallest-largest].
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import indicators, loop, measure, mornings, notices, questions, reading, receive
from tests.bench.table import Row, headed, judged, printed, spread, times
from tests.chaos.bot import GANGTING
from tests.chaos.child import Child, settle_people
from tests.fakes.control import running

PYTHON = sys.executable
BOTS = {
    "gangting": None,
    "bare": [PYTHON, "-m", "tests.bench.bare"],
    "commit": [PYTHON, "-m", "tests.bench.commit"],
}
TITLES = {
    "gangting": "gangting run (all of it)",
    "bare": "aiogram alone, stock",
    "commit": "aiogram + a commit an update",
}
SERVERS = {"receive": "gangting receive (verified, kept)", "empty": "aiohttp alone, an empty 200"}
ROOT = Path(__file__).parents[2]

Figures = dict[str, list[float]]


def main() -> None:
    """The parts that were asked for, then the table."""
    given = _arguments()
    found: dict[str, Any] = {}
    rows: list[Row] = []
    for part in PARTS:
        if given.only in (None, part):
            found[part], lines = PARTS[part](given)
            rows += lines
    print(printed(rows))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), "utf-8")


def _bots(given: argparse.Namespace) -> tuple[dict[str, Figures], list[Row]]:
    """The bots and the receivers, all rounds."""
    found: dict[str, Figures] = {name: defaultdict(list) for name in (*BOTS, *SERVERS)}
    for number in range(given.rounds):
        order = list(BOTS) if number % 2 == 0 else list(reversed(BOTS))
        for name in order:
            print(f"round {number + 1} of {given.rounds}: {name}", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix="gangting-bench-") as folder:
                _measure(name, Path(folder), found[name], given)
        for name in list(SERVERS) if number % 2 == 0 else list(reversed(SERVERS)):
            print(f"round {number + 1} of {given.rounds}: {name}", file=sys.stderr, flush=True)
            for part, value in receive.measure(name, given.callbacks)._asdict().items():
                found[name][part].append(value)
    found["gangting"]["help"].append(
        measure.seconds_of(
            lambda: subprocess.run([GANGTING, "--help"], stdout=subprocess.DEVNULL, check=True), 5
        )
    )
    return found, _rows(found)


def _reading(given: argparse.Namespace) -> tuple[Figures, list[Row]]:
    found = reading.measure(given.rounds)
    return found, reading.rows(found)


def _questions(given: argparse.Namespace) -> tuple[questions.Times, list[Row]]:
    found = questions.measure(given.reports)
    return found, questions.rows(found)


def _loop(given: argparse.Namespace) -> tuple[Any, list[Row]]:
    """Presses and ticks of the problem loop."""
    few, many = loop.both(10 if given.quick else loop.RUNS)
    return [few, many], loop.rows(few, many)


def _indicators(given: argparse.Namespace) -> tuple[indicators.Times, list[Row]]:
    found = indicators.measure(given.problems)
    return found, indicators.rows(found, given.problems)


def _mornings(given: argparse.Namespace) -> tuple[mornings.Figures, list[Row]]:
    found = mornings.measure(3 if given.quick else mornings.RUNS)
    return found, mornings.rows(found)


def _notices(given: argparse.Namespace) -> tuple[Any, list[Row]]:
    found = notices.measure(given.notices)
    return vars(found), notices.rows(found)


PARTS: dict[str, Callable[[argparse.Namespace], tuple[Any, list[Row]]]] = {
    "bots": _bots, "reading": _reading, "questions": _questions,
    "indicators": _indicators, "loop": _loop, "mornings": _mornings,
    "notices": _notices,
}  # fmt: skip


def _measure(name: str, home: Path, figures: Figures, given: argparse.Namespace) -> None:
    """One bot's turn, on an empty home and a fresh server."""
    with running(light=True) as telegram, Child(home, telegram, command=BOTS[name]) as bot:
        bot.environ["PYTHONPATH"] = str(ROOT)
        bot.environ["GANGTING_LOG"] = "warning"
        settle_people(home, telegram, measure.OFFICERS)
        figures["ready"].append(measure.ready(bot))
        time.sleep(1)
        figures["idle"].append(measure.memory(bot.pid)[0])
        measure.burst(bot, measure.texts(100))
        if name != "commit":
            late = measure.trickle(bot, given.trickle)
            figures["p50"].append(measure.share(late, 0.5))
            figures["p99"].append(measure.share(late, 0.99))
        figures["texts"].append(measure.burst(bot, measure.texts(given.updates)))
        figures["after"].append(measure.memory(bot.pid)[0])
        shots = measure.photos(given.updates // 2)
        figures["photos"].append(measure.burst(bot, shots, downloads=name == "gangting"))
        own, all_of_it = measure.memory(bot.pid)
        figures["after_photos"].append(own)
        figures["with_child"].append(all_of_it)


def _rows(found: dict[str, Figures]) -> list[Row]:
    """Every figure, with the aim beside it where there is one."""
    bots = {name: found[name] for name in BOTS}
    bare, ours = bots["bare"], bots["gangting"]
    rows = [("", "figure", "x bare", "aim")]
    for what, label in (("texts", "text reports/s"), ("photos", "photo reports/s")):
        rows.append(headed(f"burst of {label}"))
        for name, figures in bots.items():
            ratio = times(figures[what], bare[what])
            aim = judged(">= 1.0 x bare", ratio >= 1.0) if (name, what) == OURS else ""
            rows.append((f"  {TITLES[name]}", spread(figures[what], 0), f"{ratio:.2f}", aim))
    rows.append(headed("20 a second, push to answer"))
    for name in ("gangting", "bare"):
        for part in ("p50", "p99"):
            good = statistics.median(ours["p99"]) <= 15
            aim = judged("<= 15 ms", good) if (name, part) == ("gangting", "p99") else ""
            shown = f"{spread(found[name][part], 1)} ms"
            ratio = times(found[name][part], bare[part])
            rows.append((f"  {TITLES[name]}, {part}", shown, f"{ratio:.2f}", aim))
    rows += _callbacks(found)
    rows.append(headed("memory (RSS)"))
    for part, label in MEMORY.items():
        aim = judged("<= 220 MB", statistics.median(ours["idle"]) <= 220) if part == "idle" else ""
        ratio = times(ours[part], bare[part])
        rows.append((f"  {label}", f"{spread(ours[part], 0)} MB", f"{ratio:.2f}", aim))
    for part, label, most in (
        ("ready", "start until ready", 4.0),
        ("help", "gangting --help", 0.3),
    ):
        aim = judged(f"<= {most} s", statistics.median(ours[part]) <= most)
        beside = f"{times(ours[part], bare[part]):.2f}" if part in bare else ""
        rows.append((label, f"{spread(ours[part], 2)} s", beside, aim))
    return rows


def _callbacks(found: dict[str, Figures]) -> list[Row]:
    """WeCom's callbacks, by so many clients at once."""
    ours, bare = found["receive"], found["empty"]
    good = statistics.median(ours["rate"]) >= 500, statistics.median(ours["p99"]) <= 100
    aims = {"rate": judged(">= 500/s", good[0]), "p99": judged("<= 100 ms", good[1])}
    rows = [headed(f"WeCom's callbacks, {receive.CLIENTS} clients")]
    for part, label in (("rate", "a second"), ("p50", "answer p50"), ("p99", "answer p99")):
        for name, title in SERVERS.items():
            digits, unit = (0, "") if part == "rate" else (1, " ms")
            shown = f"{spread(found[name][part], digits)}{unit}"
            aim = aims.get(part, "") if name == "receive" else ""
            ratio = f"{times(found[name][part], bare[part]):.2f}"
            rows.append((f"  {title}, {label}", shown, ratio, aim))
    return rows


OURS = ("gangting", "texts")
MEMORY = {
    "idle": "idle", "after": "after the burst of texts", "after_photos": "after the photos",
    "with_child": "  and its picture process",
}  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--updates", type=int, default=2000, help="in the burst of texts")
    parser.add_argument("--trickle", type=int, default=300, help="updates at 20 a second")
    parser.add_argument("--callbacks", type=int, default=8000, help="to the receiver")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reports", type=int, default=questions.LARGE, help="to ask questions of")
    parser.add_argument("--problems", type=int, default=indicators.LARGE, help="that are closed")
    parser.add_argument("--notices", type=int, default=notices.NOTICES, help="that fall due")
    parser.add_argument("--only", choices=PARTS, help="this part alone")
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--json", type=Path, help="the figures of every round, into this file")
    given = parser.parse_args()
    if given.quick:
        given.updates, given.trickle, given.callbacks, given.rounds = 600, 100, 3000, 1
        given.reports, given.notices = min(given.reports, 100_000), 600
    return given


if __name__ == "__main__":
    main()
