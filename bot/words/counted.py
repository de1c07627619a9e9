"""One number in words: 发现问题 3 个, 去了 2 次, 完成率 80%（8/10）; pure."""

from __future__ import annotations

from bot.rules.answers import Counted, Measured
from bot.rules.indicators import INDICATORS
from bot.rules.metrics import METRICS
from bot.words.indicated import indicated
from bot.words.plain import listed, percent
from bot.words.reading import PATROLS, SOURCES

_FOUND_BY = {"hotline": "热线反映", "camera": "监控发现", "public": "群众反映",
             "review": "回头看发现", "patrol": "巡查发现"}  # fmt: skip


def said_number(facts: Counted, number: Measured, *, full: bool) -> str:
    """The number with its verb and unit; `full` names the kinds and sources it was narrowed to."""
    metric, question, total = METRICS[number.metric], facts.question, number.total
    what = listed(facts.over.categories) if facts.over.categories else "问题"
    found = _FOUND_BY.get(facts.over.source or "", "发现")
    if question.filters.patrol_type and len(facts.numbers) == 1 and metric.counts == "problems":
        found = f"{PATROLS.get(question.filters.patrol_type, '')}发现"
    if number.metric in INDICATORS:
        named = what if full and what != "问题" else ""
        return f"{named}{indicated(number, what)}" if number.of else indicated(number, what)
    if metric.of is not None:
        return _share(number, found, what, full)
    if metric.counts == "problems":
        return _problems(question.filters.state, found, what, total)
    if metric.counts == "reports":
        return f"去了 {total} 次" if facts.over.spots else f"一共报了 {total} 条"
    named = what if full and facts.over.categories else ""
    source = SOURCES.get(facts.over.source or "") if full else None
    whose = f"{source}来的" if source else ""
    said = {
        "patrols": f"全域巡查 {total} 次", "specials": f"专项检查 {total} 次",
        "closed": f"{whose}{named}已解决 {total} 个",
        "open": f"{whose}{named}{_still(total)}",
        "rebounds": f"{whose}{named}反弹 {total} 次",
    }  # fmt: skip
    return said[metric.counts]


def _problems(state: str | None, found: str, what: str, total: int) -> str:
    if state == "open":
        return f"{found}的{what}{_still(total)}"
    if state == "closed":
        return f"{found}的{what}已解决 {total} 个"
    if state == "overdue":
        return f"{found}的{what}{f'有 {total} 个超期没处置' if total else '没有超期的'}"
    return f"{found}{what} {total} 个"


def _still(total: int) -> str:
    return f"还有 {total} 个没解决" if total else "没解决的 0 个"


def _share(number: Measured, found: str, what: str, full: bool) -> str:
    metric = METRICS[number.metric]
    if metric.of_tickets:
        told = f"（{number.total}/{number.of}）"
        if not number.of:
            return f"没有{metric.whole}，{metric.noun}没法算"
        return f"{metric.noun} {percent(number.total, number.of)}{told}"
    named = what if full and what != "问题" else ""
    if not number.of:
        return f"没有{found}{what}，完成率没法算"
    return f"{named}完成率 {percent(number.total, number.of)}（{number.total}/{number.of}）"


def short_names(metric: str) -> str:
    """A metric's name on a button."""
    return {"report_count": "上报", "patrol_count": "巡查", "special_count": "检查",
            "problem_count": "问题", "closed_count": "已解决", "open_count": "没解决",
            "rebound_count": "反弹", "closure_rate": "完成率", "ontime_rate": "按期率",
            "handle_rate": "处置率", "avg_handle_time": "用时", "overdue_rate": "超期率",
            "extension_rate": "延期率", "rework_rate": "返工率",
            "finish_rate": "结案率", "hotline_ontime": "到期工单",
            "hotline_satisfaction": "满意回访", "hotline_solved": "解决回访"}[metric]  # fmt: skip
