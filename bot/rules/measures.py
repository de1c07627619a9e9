"""Which measures a question asks for, by the cues that were heard; knows no words and no figures.

The table is the whole decision: the first single measure that holds is meant, else all of several.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from bot.rules.hearing import Heard

TOLERATED = 0  # letters no rule knows: they may be a filter that would be missed

Reason = Literal["rank", "other", "unclear", "unannounced"]


@dataclass(frozen=True)
class Rule:
    """A measure that is asked for where all `needs` were heard and none of `without`.

    A need may name several cues with "|": one of them is enough.
    """

    metric: str
    needs: tuple[str, ...]
    without: tuple[str, ...] = ()

    def holds(self, heard: Heard) -> bool:
        """Whether the question asks for this measure."""
        said = heard.cues
        for need in self._needs:  # a plain loop: a third of the time of a question is spent here
            if need.isdisjoint(said):
                return False
        return said.isdisjoint(self.without)

    @cached_property
    def _needs(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(need.split("|")) for need in self.needs)


_ASK = "count|times|list|yesno|trend|compare|group_asked|most|rank|apart"
_NOT_PEOPLE = ("problem", "obligation", "ledger", "group_spot")
_NOT_CLOSED = ("open", "closure", "ontime", "satisfied", "solved_rate", "rebound", "patrol",
               "quota", "overdue", "told", "left_over", "obligation",
               "ledger")  # fmt: skip
_NOT_OWED = ("problem", "category", "open", "overdue", "left_over", "closed")
_NOT_LISTED = ("obligation", "quota", "closure", "ontime", "handle_time", "rebound")
_NOT_MEASURED = ("problem", "category", "report", "patrol", "special", "photo", "ledger",
                 "obligation", "closed", "closed_state", "open", "overdue", "rebound", "visit",
                 "left_over", "told", "quota", "due", "compare", "missing",
                 "long_term", "handle_time", "closure")  # fmt: skip
SINGLE = (
    Rule("weekly_summary", ("weekly",)),
    Rule("bulletin", ("bulletin",)),
    Rule("bulletin", ("patrol", "special", "problem", "count|times")),
    Rule("dup_photos", ("photo", "duplicate")),
    Rule("photo_list", ("photo", "list|yesno|export|which|range")),
    Rule("absent", ("missing", "person|list|range|yesno"), _NOT_PEOPLE),
    Rule("export_records", ("export",)),
    Rule(
        "export_records",
        ("problem|category|ledger|report|range", "xlsx|docx|csv"),
        ("weekly", "bulletin", "trend", "photo"),
    ),
    Rule("obligation_status", ("obligation", "yesno|quota|progress|list|open|times|count|missing")),
    Rule(
        "ledger_list",
        ("ledger", "list|due|overdue|open|long_term"),
        ("count", "progress", "closure", "most"),
    ),
    Rule("ledger_list", ("ledger", "list"), ("most",)),
    Rule("ledger_list", ("long_term", "list|ones"), ("count", "problem", "category")),
    Rule("ledger_list", ("due", "list|ones|yesno"), ("problem", "category", "count")),
    Rule(
        "ledger_summary",
        ("ledger", "due|count|progress|yesno|list|closure|closed|trend|times|left_over|most"),
    ),
    Rule("ledger_summary", ("long_term", "progress|count"), ("problem", "category")),
    Rule("closed_count", ("closed|closed_state", "one_number|group"), _NOT_CLOSED),
    Rule(
        "open_count",  # 都整改了吗: how many are not
        ("problem|category", "closed", "yesno"),
        ("count", "times", "list", "open", "overdue", "ledger", "obligation", "rebound", "trend"),
    ),
    Rule("rebound_count", ("rebound", _ASK + "|progress|long_range"), ("told",)),
    Rule("quota_status", ("missing", "group_spot"), _NOT_OWED),
    Rule("quota_status", ("norm",), _NOT_OWED),
    Rule("quota_status", ("short",), _NOT_OWED),
    Rule("quota_status", ("quota", "patrol|special|spot|visit"), _NOT_OWED),
    Rule(
        "problem_list",
        ("problem|category|overdue|source", "list"),
        ("count", "times", "group_asked", "left_over", *_NOT_LISTED),
    ),
    Rule("problem_list", ("overdue|open", "list|ones"), ("count", "times", *_NOT_LISTED)),
    Rule("problem_list", ("overdue", "yesno"), ("count", "times", "ledger", *_NOT_LISTED)),
    Rule(
        "problem_list",
        ("overdue|open", "yesno", "spot|problem|category|source|range"),
        ("count", "times", "patrol", "special", "missing", *_NOT_LISTED),
    ),
)
SEVERAL = (
    Rule(
        "patrol_count",
        ("patrol", "times|count|trend|compare|group|progress"),
        ("spot", "problem", "category", "group_spot", "report"),
    ),
    Rule("patrol_count", ("patrol", "times"), ("spot", "category", "group_spot")),
    Rule("special_count", ("special", "times|count|progress"), ("problem", "category")),
    Rule("report_count", ("report", "officer", "yesno"), ("category", "problem", "missing")),
    Rule("report_count", ("spot|group_spot", "times"), ("category", "problem", "special")),
    Rule(
        "report_count",
        ("report", "count|times|most|rank|trend|compare|group"),
        ("category", "problem"),
    ),
    Rule("report_count", ("visit", "officer", "times"), ("spot", "category", "problem")),
    Rule("report_count", ("visit", "times", "compare|trend"), ("category", "problem", "special")),
    Rule("report_count", ("spot", "visit", "yesno"), ("category", "problem", "special")),
    Rule("problem_count", ("problem|category|source", _ASK), ("open",)),
    Rule("problem_count", ("discovered", "count")),
    Rule("problem_count", ("measured", "spot|range|dept|officer|group"), _NOT_MEASURED),
    Rule("problem_count", ("overdue", "count|times|most"), ("ledger",)),
    Rule("problem_count", ("open", "group", "most"), ("ledger",)),
    Rule("problem_count", ("problem|category", "open|overdue", "trend|group|compare")),
    Rule(
        "problem_count",
        ("problem|category", "long_range"),
        ("open", "closed_state", "closed", "told"),
    ),
    Rule(
        "problem_count",
        ("spot|long_range", "compare"),
        ("report", "patrol", "special", "closed", "visit"),
    ),
    Rule("problem_count", ("spot", "range", "trend"), _NOT_MEASURED),
    Rule("closed_count", ("closed|closed_state", "count|times")),
    Rule("open_count", ("open", "count|times"), ("overdue",)),
    Rule("open_count", ("left_over",), ("patrol", "special", "photo")),
)
"""Where no single measure is meant, all of these that hold are, the first meaning of each."""


RATES = (
    ("ontime", "ontime_rate"),
    ("closure", "closure_rate"),
    ("handle_time", "avg_handle_time"),
    ("overdue_share", "overdue_rate"),
    ("extension", "extension_rate"),
    ("rework", "rework_rate"),
)
HOTLINE_RATES = (
    ("ontime", "hotline_ontime"),
    ("satisfied", "hotline_satisfaction"),
    ("solved_rate", "hotline_solved"),
)


def refused(heard: Heard) -> Reason | None:
    """Why the question is refused before its measure is looked at, or None."""
    if "person" in heard.cues and {"most", "rank"} & heard.cues:
        return "rank"
    if "other" in heard.cues or heard.elsewhere:
        return "other"
    if "beyond" in heard.cues or ("heads" in heard.cues and "missing" not in heard.cues):
        return "unclear"
    told = "denied" in heard.cues and not {"yesno", "count", "times"} & heard.cues
    if told or heard.unknown_places or heard.unknown_letters > TOLERATED or "monthly" in heard.cues:
        return "unclear"
    return None


def metrics_of(heard: Heard) -> tuple[str, ...]:
    """The measures asked for; none where the question is not understood."""
    if {"satisfied", "solved_rate"} & heard.cues or (
        heard.source == "hotline" and "ontime" in heard.cues
    ):
        return tuple(metric for cue, metric in HOTLINE_RATES if cue in heard.cues)
    single = next((rule.metric for rule in SINGLE if rule.holds(heard)), None)
    if single is not None:
        return (single,)
    rates = [metric for cue, metric in RATES if cue in heard.cues]
    if len(rates) < heard.asks or not rates:
        rates = [rule.metric for rule in SEVERAL if rule.holds(heard)] + rates
    return tuple(dict.fromkeys(rates))
