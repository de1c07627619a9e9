"""Where an answer leads on: the next question that a button offers; knows no words but labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.rules.metrics import METRICS
from bot.rules.periods import unit_of_span
from bot.rules.records import Bureau, Question

LABEL = 10
"""Letters that a button holds (conversations.md 6)."""

BEFORE = {"day": "和前一天比", "week": "和前一周比", "month": "和前一月比", "quarter": "和前一季比",
          "year": "和前一年比"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """A question behind a button: as words that are read anew, or as it was read."""

    label: str
    said: str | None = None
    question: Question | None = None


def onward(question: Question, last: Question | None, bureau: Bureau) -> Offer | None:
    """The one next question worth offering, or None.

    After a question about one spot: the next key spot; where the person has just asked the same of
    another spot: both beside each other. Without a spot: by spots; grouped: the time before too.
    """
    if any(name not in METRICS for name in question.metrics):
        return None
    spots = question.filters.spots
    if len(spots) == 1 and question.group_by is None and question.compare is None:
        return _both(question, last, bureau) or _next_spot(question, bureau)
    if not spots and question.group_by is None and question.compare is None:
        return Offer("按点位分", question=replace(question, group_by="spot"))
    unit = unit_of_span(question.range) if question.range else None
    if unit is not None and question.compare is None and question.group_by in (None, "spot"):
        return Offer(BEFORE[unit], question=replace(question, compare="prev_period"))
    return None


def _both(question: Question, last: Question | None, bureau: Bureau) -> Offer | None:
    if last is None or len(last.filters.spots) != 1 or last.filters.spots == question.filters.spots:
        return None
    here = replace(last, filters=replace(last.filters, spots=question.filters.spots))
    other = bureau.spot(last.filters.spots[0])
    if here != question or other is None:
        return None
    spots = (*last.filters.spots, *question.filters.spots)
    both = replace(question, filters=replace(question.filters, spots=spots), group_by="spot")
    return Offer(f"和{_cut(other.name, LABEL - 2)}比", question=both)


def _next_spot(question: Question, bureau: Bureau) -> Offer | None:
    spot = bureau.spot(question.filters.spots[0])
    others = [s for s in bureau.spots if s.key or s == spot]
    if spot is None or len(others) < 2:
        return None
    following = others[(others.index(spot) + 1) % len(others)]
    filters = replace(question.filters, spots=(following.code,))
    label = f"看{following.name}" if len(following.name) < LABEL else "看下一个点位"
    return Offer(label, question=replace(question, filters=filters))


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


_LEAD = r"(?:那|这个|这|刚才|数|怎么|它|你|您|说|的|我|想|帮我|给我|请|把|再)*"
_WHY = (
    r"为什么|为啥|凭什么|怎么(?:来|算|得出来|统计|数|得)(?:出来)?的?|哪(?:来|几)(?:的|个|条|次|起)?"
    r"|(?:看看?|查看?|打开|展开|列(?:一下|出来?)?|要)?(?:明细|清单|详情|详细)"
    r"|都?(?:是|有)哪(?:些|几)(?:个|条|次|起)?"
)
_TAIL = r"(?:个|次|条|起|%)?(?:看看|发我|列出来|列一下|呢|啊|呀|吗)?[?？。!！]*"
_OPENS = re.compile(rf"{_LEAD}(?:{_WHY})(?:是|有|会是)?(\d+(?:\.\d+)?)?{_TAIL}")


def opens(text: str) -> tuple[bool, float | None]:
    """Whether the words ask what the last number is made of, and the number they name."""
    found = _OPENS.fullmatch("".join(text.split()))
    if found is None:
        return False, None
    return True, float(found[1]) if found[1] else None
