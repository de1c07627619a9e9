"""The indicators of how problems are carried, as data: what each counts, of what, what is left out.

After the formulas of domain.md 2.4; where a source leaves a denominator open, what was chosen is
written here, shown by 为什么 and compared with docs/indicators.md. Knows no store and no card.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.rules.loop import Outcome, Stage

Count = Literal[
    "due", "handled", "in_time", "overdue", "extended", "closable", "finished", "reworked",
    "timed", "minutes", "on_spot",
]  # fmt: skip
"""What is counted of problems; each is one condition in storage.problem_counts."""

ON_SPOT = timedelta(hours=1)
"""Who found a problem and handled it so soon did it on the spot 当场."""

NOT_OURS = (Outcome.NOT_OURS, Outcome.DUPLICATE, Outcome.VOID)
"""What ended so was no problem of the bureau's own, and is in no indicator."""


@dataclass(frozen=True, slots=True)
class Counting:
    """One count: its name in words, its rule as an answer explains it and as the docs do."""

    name: str
    said: str
    means: str


COUNTS: dict[Count, Counting] = {
    "due": Counting(
        "应处置", "过了时限的，和有时限、处置了或者报了办不了的",
        "has a time limit, and it is over, or it was handled or given up",
    ),
    "handled": Counting(
        "已处置", "其中处置了的，晚了的也算",
        "of those due: handled, in time or not, whether reviewed yet or not",
    ),
    "in_time": Counting(
        "按期处置", "其中时限前处置的，延期的按延后的时限，退回的按重新处置",
        "of those due: handled by the time limit (a granted extension moves it); "
        "what was sent back counts by its last handling",
    ),
    "overdue": Counting(
        "超期待处置", "过了时限还没处置的", "its time limit is over, and nobody has handled it",
    ),
    "extended": Counting(
        "延期", "其中批准过延期的", "of those due: a longer time was granted at least once",
    ),
    "closable": Counting(
        "应结案", "报过处置的（退回、返工的也在内），和过了时限没处置的",
        "was handled or given up at least once, or its time limit is over",
    ),
    "finished": Counting(
        "已结案", "其中复核办结的，同意无法处置的也算",
        "of those to be closed: reviewed and closed, also as 无法处置",
    ),
    "reworked": Counting(
        "返工", "其中复核退回过，或者办结后又返工的",
        "of those to be closed: sent back by a reviewer, or reopened after closing",
    ),
    "timed": Counting(
        "处置完", "处置了的，没有时限的也算", "handled, also where there is no time limit",
    ),
    "minutes": Counting(
        "处置用时", "从发现到处置完，按钟点算，夜里和休息日也在内；报的时候已经处置完的算 0",
        "minutes from found to handled by the clock on the wall, nights and days off included; "
        "what was told as settled when it was found took none",
    ),
    "on_spot": Counting(
        "当场整改", "发现的人一小时内自己处置完的",
        "handled by whoever found it within an hour",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator; an average is minutes by a number of problems, every other one a share.

    `both` says that it is told with and without the problems whose lateness was exempted 免计.
    """

    name: str
    noun: str
    part: Count
    of: Count
    both: bool = False

    @property
    def how(self) -> str:
        """The sentence that explains it, with both numbers and what is left out."""
        part, of = COUNTS[self.part], COUNTS[self.of]
        exempt = "有免计的，两种都说。" if self.both else ""
        return (
            f"{self.noun}是{part.name}除以{of.name}。{of.name}：{of.said}；"
            f"{part.name}：{part.said}。{LEFT_OUT}{exempt}"
        )


LEFT_OUT = "不属本局、重复、作废的不算。"

INDICATORS: dict[str, Indicator] = {
    one.name: one
    for one in (
        Indicator("handle_rate", "处置率", "handled", "due", both=True),
        Indicator("ontime_rate", "按期处置率", "in_time", "due", both=True),
        Indicator("overdue_rate", "超期待处置率", "overdue", "due", both=True),
        Indicator("extension_rate", "延期率", "extended", "due", both=True),
        Indicator("rework_rate", "返工率", "reworked", "closable"),
        Indicator("finish_rate", "结案率", "finished", "closable"),
        Indicator("avg_handle_time", "平均处置用时", "minutes", "timed"),
    )
}


@dataclass(frozen=True, slots=True)
class Share:
    """An indicator's two numbers; `apart` are both without the exempted, where there are any."""

    name: str
    total: int
    of: int
    apart: tuple[int, int] | None = None


State = Literal["in_time", "late", "overdue", "unable", "handled", "going"]
"""How a problem stands to its time limit; handled is one without a limit, going one in time."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A problem among the rows behind a number."""

    state: State
    exempt: bool = False
    extended: int = 0
    sent_back: int = 0
    minutes: int | None = None


def state_of(
    stage: Stage, outcome: Outcome | None, handle_by: datetime | None,
    handled_at: datetime | None, at: datetime,
) -> State:  # fmt: skip
    """How a problem of ours stands at the moment; a limit's own last moment is in time."""
    if stage in (Stage.HANDLED, Stage.CLOSED):
        if outcome is Outcome.UNABLE:
            return "unable"
        if handle_by is None:
            return "handled"
        return "in_time" if handled_at is not None and handled_at <= handle_by else "late"
    return "overdue" if handle_by is not None and handle_by < at else "going"
