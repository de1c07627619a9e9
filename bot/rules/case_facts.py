"""What a case's cards are worded from, and what a call-back says; pure records, moments local."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.rules.tickets import CaseSource


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call-back came to; None where that was not told. Nobody `reached` told nothing."""

    reached: bool
    satisfied: bool | None = None
    solved: bool | None = None


@dataclass(frozen=True, slots=True)
class CaseMatter:
    """One problem of a case: its number, where and what, and how it stands in words."""

    number: str
    place: str
    kind: str
    stands: str
    respond_by: datetime | None
    handle_by: datetime | None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as its cards show it; never who complained, only whether anybody is `known`."""

    ticket: int
    version: int
    source: CaseSource
    external: str | None
    matters: tuple[CaseMatter, ...]
    leader: str | None
    known: bool
    answered_at: datetime | None
    void: bool
    outcome: Outcome | None
    called_at: datetime | None
    called_by: str | None


_UNREACHED = re.compile(
    r"没打通|打不通|未打通|没接|不接|未接|无人接|没人接|空号|关机|停机|拒接|联系不上"
)
_SATISFIED = re.compile(r"(?P<no>不太?|没有?)?(?:很|非常|比较|基本|还算)?满意")
_SOLVED = re.compile(r"(?P<no>没有?|未|尚未|还没)?(?:已经?|得到|完全|基本)?解决")


def read_outcome(text: str) -> Outcome | None:
    """满意 已解决, 不满意 没解决, 没打通; None where the words say nothing of it."""
    if _UNREACHED.search(text):
        return Outcome(reached=False)
    satisfied, solved = _SATISFIED.search(text), _SOLVED.search(text)
    if satisfied is None and solved is None:
        return None
    return Outcome(
        True, None if satisfied is None else not satisfied["no"],
        None if solved is None else not solved["no"],
    )  # fmt: skip
