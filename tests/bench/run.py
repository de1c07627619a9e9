"""`make bench`: the whole bot beside bare ones, and WeCom's receiver, in one run, as ratios.

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
from pathlib import Path

from tests.bench import measure, receive
from tests.chaos.bot import GANGTING
from tests.chaos.child import Child, settle_people
from tests.chaos.ledger import pad, width
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
    """All rounds, then the table."""
    given = _arguments()
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
    print(_table(found))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), "utf-8")


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


def _table(found: dict[str, Figures]) -> str:
    """Every figure, with the aim beside it where there is one."""
    bots = {name: found[name] for name in BOTS}
    bare, ours = bots["bare"], bots["gangting"]
    rows = [("", "figure", "x bare", "aim")]
    for what, label in (("texts", "text reports/s"), ("photos", "photo reports/s")):
        rows.append((f"burst of {label}", "", "", ""))
        for name, figures in bots.items():
            ratio = _ratio(figures[what], bare[what])
            aim = _aim(">= 1.0 x bare", ratio >= 1.0) if (name, what) == OURS else ""
            rows.append((f"  {TITLES[name]}", _shown(figures[what], 0), f"{ratio:.2f}", aim))
    rows.append(("20 a second, push to answer", "", "", ""))
    for name in ("gangting", "bare"):
        for part in ("p50", "p99"):
            good = statistics.median(ours["p99"]) <= 15
            aim = _aim("<= 15 ms", good) if (name, part) == ("gangting", "p99") else ""
            shown = f"{_shown(found[name][part], 1)} ms"
            ratio = _ratio(found[name][part], bare[part])
            rows.append((f"  {TITLES[name]}, {part}", shown, f"{ratio:.2f}", aim))
    rows += _callbacks(found)
    rows.append(("memory (RSS)", "", "", ""))
    for part, label in MEMORY.items():
        aim = _aim("<= 220 MB", statistics.median(ours["idle"]) <= 220) if part == "idle" else ""
        ratio = _ratio(ours[part], bare[part])
        rows.append((f"  {label}", f"{_shown(ours[part], 0)} MB", f"{ratio:.2f}", aim))
    for part, label, most in (
        ("ready", "start until ready", 4.0),
        ("help", "gangting --help", 0.3),
    ):
        aim = _aim(f"<= {most} s", statistics.median(ours[part]) <= most)
        ratio = f"{_ratio(ours[part], bare[part]):.2f}" if part in bare else ""
        rows.append((label, f"{_shown(ours[part], 2)} s", ratio, aim))
    wide = [max(width(row[i]) for row in rows) for i in range(4)]
    return "\n".join("  ".join(pad(c, wide[i]) for i, c in enumerate(row)).rstrip() for row in rows)


Row = tuple[str, str, str, str]


def _callbacks(found: dict[str, Figures]) -> list[Row]:
    """WeCom's callbacks, by so many clients at once."""
    ours, bare = found["receive"], found["empty"]
    good = statistics.median(ours["rate"]) >= 500, statistics.median(ours["p99"]) <= 100
    aims = {"rate": _aim(">= 500/s", good[0]), "p99": _aim("<= 100 ms", good[1])}
    rows = [(f"WeCom's callbacks, {receive.CLIENTS} clients", "", "", "")]
    for part, label in (("rate", "a second"), ("p50", "answer p50"), ("p99", "answer p99")):
        for name, title in SERVERS.items():
            digits, unit = (0, "") if part == "rate" else (1, " ms")
            shown = f"{_shown(found[name][part], digits)}{unit}"
            aim = aims.get(part, "") if name == "receive" else ""
            ratio = f"{_ratio(found[name][part], bare[part]):.2f}"
            rows.append((f"  {title}, {label}", shown, ratio, aim))
    return rows


OURS = ("gangting", "texts")
MEMORY = {
    "idle": "idle", "after": "after the burst of texts", "after_photos": "after the photos",
    "with_child": "  and its picture process",
}  # fmt: skip


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(ours) / statistics.median(theirs)


def _shown(values: list[float], digits: int) -> str:
    middle = f"{statistics.median(values):.{digits}f}"
    if len(values) < 2:
        return middle
    return f"{middle} [{min(values):.{digits}f}-{max(values):.{digits}f}]"


def _aim(text: str, reached: bool) -> str:
    return f"{text}: {'reached' if reached else 'MISSED'}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--updates", type=int, default=2000, help="in the burst of texts")
    parser.add_argument("--trickle", type=int, default=300, help="updates at 20 a second")
    parser.add_argument("--callbacks", type=int, default=8000, help="to the receiver")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--json", type=Path, help="the figures of every round, into this file")
    given = parser.parse_args()
    if given.quick:
        given.updates, given.trickle, given.callbacks, given.rounds = 600, 100, 3000, 1
    return given


if __name__ == "__main__":
    main()
