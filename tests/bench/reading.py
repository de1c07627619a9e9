"""How fast words are read on one core: captions, questions, the slowest texts, and a first start.

Every text is read at a moment of its own, so that nothing the readers remember of a text helps.
Run: python -m tests.bench.reading
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from bot.bureau import DEFAULT, build_bureau
from bot.rules.captions import CaptionReader
from bot.rules.questions import QuestionReader
from tests.bench.table import Row, headed, judged, printed, spread
from tests.chaos.bot import GANGTING

CORPUS = Path(__file__).parents[1] / "rules" / "corpus"
LONGEST = 4096
STARTS = 15

Read = Callable[[str, datetime], object]
Figures = dict[str, list[float]]


def measure(rounds: int = 3) -> Figures:
    """What each round found, by what was measured."""
    bureau = build_bureau(DEFAULT)
    readers: dict[str, Read] = {
        "captions": CaptionReader(bureau).read, "questions": QuestionReader(bureau).read
    }  # fmt: skip
    texts = {name: list(_texts(name)) for name in readers}
    moments = _moments()
    found: Figures = defaultdict(list)
    for _ in range(rounds):
        for name, read in readers.items():
            found[name].append(_a_second(read, texts[name], moments))
    for name, read in readers.items():
        # The median of each text, then the slowest text: a pause of the machine is no text's.
        slowest = max(_slow(read, text, moments) for text in degenerate())
        found[f"slowest of {name}"].append(slowest)
    for _ in range(STARTS):
        wall, cpu = _start()
        found["start"].append(wall)
        found["start cpu"].append(cpu)
    return found


def _texts(name: str) -> Iterator[str]:
    for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["text"]


def _moments() -> Iterator[datetime]:
    moment = datetime.fromisoformat("2025-12-03T16:20+08:00")
    while True:
        moment += timedelta(microseconds=1)
        yield moment


def _a_second(read: Read, texts: list[str], moments: Iterator[datetime]) -> float:
    """Texts a second of processor time, over at least a second."""
    begun, number = time.process_time(), 0
    while time.process_time() - begun < 1:
        for text in texts:
            read(text, next(moments))
        number += len(texts)
    return number / (time.process_time() - begun)


def _slow(read: Read, text: str, moments: Iterator[datetime]) -> float:
    """The median milliseconds of five readings."""
    taken = []
    for _ in range(5):
        begun = time.process_time()
        read(text, next(moments))
        taken.append((time.process_time() - begun) * 1000)
    return sorted(taken)[2]


PIECES = (
    "1", "一", "路", "松", "松江路", "永富路", "、", "，", "。", " ", "\n", "-", ":", "(", "（",
    "「", "各", "两三个", "十几", "不是", "未发现", "不是松江路是永福路", "流动摊贩2个", "2025-",
    "2025年11月", "8:00-", "从", "周一到周五", "近7天", "上个月", "10月1日至10月7日", "松江路与",
    "与永福路", "的", "呢", "几", "多少", "队员", "松江路永福路西石沟村",
    "松江路 流动摊贩2个 已劝离，", "上周永福路流动摊贩几起，", "1处2个3起", "一万", "\u3007",
    "😀", "\uff21", "a", "0", "٣", "\u200b", "路路通", "南头北头", "张三、", "第1组",
    "R-20251119-003 ",
)  # fmt: skip


def degenerate() -> Iterator[str]:
    """Texts of the longest length that ask most of a pattern or a table: pieces and mixtures."""
    for piece in PIECES:
        yield (piece * LONGEST)[:LONGEST]
    dice = random.Random(3)
    every = "".join(PIECES)
    for _ in range(10):
        yield "".join(dice.choice(every) for _ in range(LONGEST))
        yield "".join(dice.choice(PIECES) for _ in range(LONGEST))[:LONGEST]


def _start() -> tuple[float, float]:
    """Seconds on the clock and on the processor that `gangting read` takes for one text."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [GANGTING, "read", "松江路 流动摊贩2个 已劝离"], stdout=subprocess.DEVNULL, check=True
    )
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used


def rows(found: Figures) -> list[Row]:
    """A line a figure, with its aim."""
    lines = [headed("reading, on one core")]
    for name in ("captions", "questions"):
        good = sorted(found[name])[len(found[name]) // 2] >= 2000
        lines.append((f"  {name} a second", spread(found[name], 0), "", judged(">= 2000/s", good)))
    for name in ("captions", "questions"):
        slowest = found[f"slowest of {name}"]
        good = max(slowest) <= 20
        title = f"  slowest {name[:-1]} of {LONGEST:,} letters"
        lines.append((title, f"{spread(slowest, 1)} ms", "", judged("<= 20 ms", good)))
    good = sorted(found["start"])[STARTS // 2] <= 0.5
    lines.append(
        (
            "  gangting read of one text",
            f"{spread(found['start'], 2)} s",
            "",
            judged("<= 0.5 s", good),
        )
    )
    lines.append(("    on the processor", f"{spread(found['start cpu'], 2)} s", "", ""))
    return lines


if __name__ == "__main__":
    print(printed(rows(measure())))
