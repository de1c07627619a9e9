"""The measures a question may ask for: what each counts, in which word, and how that is explained.

One table; figures, words and papers all read it. Knows no store and no card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.rules.indicators import INDICATORS, Count, Indicator

Measure = Literal[
    "reports", "patrols", "specials", "shifts", "problems", "closed", "open", "unsolved",
    "rebounds", "records", "tickets_due", "tickets_ontime", "calls_rated", "calls_satisfied",
    "calls_told", "calls_solved", Count,
]  # fmt: skip
"""What can be counted: reports, whole rounds, special checks, shifts at a booth, finds with
trouble, those settled, not settled yet, ended unsettled, come back, all finds; tickets and their
call-backs (storage.ticket_counts), and problems by how they are carried."""

PATROLS: dict[str, Measure] = {"full": "patrols", "special": "specials", "fixed": "shifts"}
"""Each kind of patrol by the measure that counts it."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of the house: what is counted, of what if it is a share, and its counting word.

    `noun` is what the last line of an answer calls it, `how` the sentence that explains it. Of a
    share `whole` is what it is of, and `done` what those are that it counts.
    """

    name: str
    counts: Measure
    unit: str
    noun: str
    how: str
    of: Measure | None = None
    whole: str = "发现问题"
    done: str = "已解决"

    @property
    def of_tickets(self) -> bool:
        """Whether it counts tickets, which come due only when their moment is over."""
        return self.counts.startswith(("tickets", "calls"))

    @property
    def lasts(self) -> bool:
        """Whether it is an average time: minutes by so many problems."""
        return self.unit == "分钟"


def _indicator(one: Indicator) -> Metric:
    unit = "分钟" if one.part == "minutes" else "%"
    return Metric(one.name, one.part, unit, one.noun, one.how, of=one.of)


_NOT_COUNTED = "撤回、练习、重复的不算。"
_ONE_FIND = f"一处地方的一类问题算一个；{_NOT_COUNTED}"

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("report_count", "reports", "次", "到场",
               "一条上报算一次，一条里写了几处，每处各算到场一次；撤回的、练习的不算。"),
        Metric("patrol_count", "patrols", "次", "全域巡查",
               "巡完一圈、够规定的算一次；没巡全的、撤回的不算，领导认可的算。"),
        Metric("special_count", "specials", "次", "专项检查",
               "查完交了的算一次；没查完的、撤回的不算。"),
        Metric("problem_count", "problems", "个", "问题", _ONE_FIND),
        Metric("closed_count", "closed", "个", "已解决的问题",
               f"处置了的算，等复核的也算；退回、办不了、不属本局的不算，{_NOT_COUNTED}"),
        Metric("open_count", "open", "个", "没解决的问题",
               f"还没处置的和复核退回的算；办不了、不属本局的不算，{_NOT_COUNTED}"),
        Metric("rebound_count", "rebounds", "次", "反弹",
               "上报里写明又出现、复查没过的算一次反弹；撤回的、练习的不算。"),
        Metric("closure_rate", "closed", "%", "完成率",
               f"完成率是已解决的除以发现的，等复核的算已解决；{_NOT_COUNTED}", of="problems"),
        *map(_indicator, INDICATORS.values()),
        Metric("hotline_ontime", "tickets_ontime", "%", "按时办理率",
               "按时办理率是按时办结的工单除以到期的工单；时限在这段时间里到了的算到期，作废的不算。",
               of="tickets_due", whole="到期的工单", done="按时办结"),
        Metric("hotline_satisfaction", "calls_satisfied", "%", "办理满意率",
               "办理满意率是满意的除以有效回访；打通了、问到满意不满意的算有效回访。",
               of="calls_rated", whole="有效回访", done="满意"),
        Metric("hotline_solved", "calls_solved", "%", "问题解决率",
               "问题解决率是说解决了的除以有效回访；打通了、问到解决没解决的算有效回访。",
               of="calls_told", whole="有效回访", done="说解决了"),
    )
}  # fmt: skip
"""The measures that are numbers, by the names of the reading schema (README, `gangting ask`)."""

LISTS: dict[str, Measure] = {"problem_list": "problems", "export_records": "records"}
"""Measures whose answer is rows: what these are."""
