"""Whether words without a photo tell of something or ask for it, where both readings fit.

"昨天处理了几个问题" reads as a problem too. A question taken for a report is a record of nothing,
one taken for a question is lost. Knows no card.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.rules.records import Question, Reading

_COUNTED = r"几[个次起条处件家辆户]?|多少[个次起条处件家辆户]?"
_CLOSE = r"[了啊呀吧的]?[。.!！~～…\s]*$"
_ASKING_END = re.compile(
    rf"(?:[?？]|{_COUNTED}|[吗嘛么]|[完好过了成]没有?|[率数]|数量|清单|明细|名单|排名|趋势|走势|进度"
    rf"|(?:完成|开展|落实|进展|反弹|整改|总体)情况){_CLOSE}"
)
"""How a question ends, whatever stands before it."""

_COUNTS_FOUND = re.compile(
    r"(?:发现|处理|解决|整改|办结|查处|上报|反弹)了?(?:几|多少)[个次起条处件]?"
)
"""How many were found: a question wherever it stands, unless something was done after it."""

_ASKING_BEGIN = re.compile(
    r"(?:请|麻烦|帮我|给我|帮忙|再)*(?:列出|列一下|查一?下|统计|汇总|导出|汇报|算一?下)"
)
"""How a request begins."""

_MAY_ASK_END = re.compile(
    rf"(?:没有?|呢|哪[些几个里]+|(?:啥|什么|怎么)(?:问题|情况|样)?|列出来|列一下|发[我来]|看看|导出来?){_CLOSE}"
)
"""How a question may end; 没有 and 没什么问题 end plain visits too."""

_ASKED = re.compile(r"[?？]|几[个次起条处件家辆户]|多少|哪[些几个]|有没有|[吗呢]$")
SAYS_TOLD = ("上报", "报告", "补报")
"""With these before it, it is told."""

_CLAUSES = re.compile(r"[，,。;；\s]+")


def looks_asked(text: str) -> bool:
    """Whether the words ask, understood or not: they count, point or end like a question."""
    return _ASKED.search(text.strip()) is not None


def told_or_asked(
    text: str, reading: Reading, question: Question
) -> Literal["told", "asked", "unclear"]:
    """What the words do: tell, ask what is understood, or ask what is not (neither is stored).

    A question that is understood wins, unless the words say what was done or that all was well and
    neither end nor count as a question does. One that is not understood stops a report only where
    it ends as one.
    """
    text = text.strip()
    if text.startswith(SAYS_TOLD):
        return "told"
    done = any(find.action not in ("none", "found") for find in reading.items)
    if question.reason in ("rank", "unannounced") and not done:
        return "unclear"
    quiet = reading.intent == "patrol_ok"
    surely = bool(_ASKING_END.search(text) or _ASKING_BEGIN.match(text))
    surely = surely or (not done and _COUNTS_FOUND.search(text) is not None)
    perhaps = _MAY_ASK_END.search(text) is not None and not quiet
    if question.metrics[0] != "refuse":
        last = [clause for clause in _CLAUSES.split(text) if clause][-1:]
        counts = any(looks_asked(clause) for clause in last)
        says = quiet or (done and reading.intent == "problem")
        return "told" if says and not (surely or perhaps or counts) else "asked"
    return "unclear" if surely or (perhaps and not done) else "told"
