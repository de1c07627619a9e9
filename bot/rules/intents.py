"""Decides what a marked caption is for, and which items it files; knows no single word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from bot.rules.asking import asks, asks_at_the_end, asks_how
from bot.rules.drafts import WEAK, Deed, Stretch
from bot.rules.finds import collect, loose_deed
from bot.rules.marks import Marked
from bot.rules.records import NO_TROUBLE, Action, Find, Intent, State
from bot.rules.speaking import corrects, is_an_order, starts_with_a_plan

CLOSING = frozenset({"corrected", "persuaded"})
UNTOLD = frozenset({"none", "found", "recheck_fail"})  # what a find is where nothing was done
LONGEST_ASIDE = 2  # letters no rule knows beside a bare place; more is about other things


@dataclass(frozen=True)
class Case:
    """A marked caption with its finds and what it answers."""

    marked: Marked
    finds: tuple[Find, ...]
    deed: Deed | None
    fine: bool
    source: str
    reply_to: str | None
    obligation: bool
    recounted: bool = False  # it put a number of its own right

    @property
    def ref(self) -> str | None:
        """The record it speaks of: written in it, or answered by it."""
        written = self.marked.first("ref")
        return written.value if written else self.reply_to

    @property
    def troubles(self) -> tuple[Find, ...]:
        """The finds that are trouble, with or without a known category."""
        return tuple(find for find in self.finds if find.category != NO_TROUBLE)

    @property
    def told(self) -> bool:
        """Whether it tells something done or counted, as chat and questions don't."""
        return any((f.count and f.category) or f.action not in UNTOLD for f in self.troubles)


def case_of(
    marked: Marked, stretches: list[Stretch], source: str, reply_to: str | None, obligation: bool
) -> Case:
    """The caption as a case; `stretches` are used up."""
    deed, fine = loose_deed(stretches), any(s.fine for s in stretches)
    recounted = any(s.recounted for s in stretches) and not (reply_to or marked.has("ref"))
    if reply_to or marked.has("ref", "after"):
        for draft in (d for s in stretches for d in s.drafts if d.weight == WEAK and not d.amount):
            draft.category = None  # 棚子还在: of what kind it is, the earlier record says
    finds = collect(stretches)
    if any(f.category != NO_TROUBLE for f in finds):
        deed = None
    return Case(marked, finds, deed, fine, source, reply_to, obligation, recounted)


def intent_of(case: Case) -> Intent:
    """What the caption is for."""
    if is_idle(case):
        return "unknown"
    if case.obligation and not _is_undone(case):
        return "obligation"
    if is_correction(case) or _is_followup(case):
        return "followup"
    if case.troubles:
        return "problem"
    if case.fine:
        return "patrol_ok"
    if case.marked.has("presence") or _only_begins(case):
        return "presence"
    seen = case.marked.has("patrol") or _names_a_place(case)
    return "patrol_ok" if seen and not case.marked.has("unvisited") else "unknown"


def is_question(case: Case) -> bool:
    """Whether it asks instead of telling."""
    counted = any(f.category and f.count and f.action != "found" for f in case.troubles)
    asking = (
        asks_how(case.marked)
        or asks_at_the_end(case.marked)
        or (asks(case.marked, case.fine) and not counted)
    )
    return asking or (case.marked.has("span") and not case.told and not _recalls(case))


def is_idle(case: Case) -> bool:
    """Whether it is a question, chat, a plan or an old record passed on: nothing to file."""
    marked = case.marked
    if is_question(case) and not (case.obligation and not marked.has("ask", "how")):
        return True
    if marked.has("forwarded") or is_an_order(marked):
        return True
    if case.told or case.deed is not None:
        return False
    return _is_chat(case) or starts_with_a_plan(marked.tokens)


def _is_chat(case: Case) -> bool:
    """一切都好，各回各家吃饭: a place that was found fine first is no chat."""
    chat, fine, spot = (case.marked.first(kind) for kind in ("chat", "fine", "spot"))
    told = chat and fine and spot and max(fine.start, spot.start) < chat.start
    return chat is not None and not (told and case.fine)


def is_correction(case: Case) -> bool:
    """Whether it only puts an earlier record right."""
    return (
        corrects(case.marked)
        and not case.recounted
        and not case.fine
        and case.deed is None
        and not any(f.action not in ("none", "found") for f in case.troubles)
    )


def items_of(case: Case, intent: Intent) -> tuple[Find, ...]:
    """The items to file under this intent."""
    if intent == "unknown":
        return ()
    if intent == "followup":
        return _corrected(case) if is_correction(case) else _followed_up(case)
    if intent == "problem" and case.source == "review":
        return tuple(_rechecked(case, find) for find in case.finds)
    if intent == "obligation":
        return tuple(find for find in case.finds if find.category is not None)
    if intent == "patrol_ok" and not case.finds:
        return (Find(category=NO_TROUBLE),)
    return case.finds


def _is_undone(case: Case) -> bool:
    return case.marked.has("not_yet", "negation") and not case.fine


def _is_followup(case: Case) -> bool:
    if case.marked.has("ref"):
        return True
    done = case.deed is not None or any(f.action != "found" for f in case.troubles)
    if case.reply_to is not None and (done or not (case.finds or case.fine)):
        return True
    if _still_there(case) or _held(case):
        return True
    denied = case.marked.has("denial") and not case.finds
    if case.reply_to is not None and denied:
        return True
    if case.source == "review" and case.troubles:
        return all(_rechecked(case, find).action == "recheck_ok" for find in case.troubles)
    return (case.deed is not None and not case.finds) or case.marked.has("after")


def _still_there(case: Case) -> bool:
    """还在卖, in answer to a record: what it tells of is there as before."""
    placed = any(find.spot or find.spot_text or find.count for find in case.finds)
    return case.reply_to is not None and case.marked.has("still", "rebound") and not placed


def _held(case: Case) -> bool:
    """已复查，没有反弹, in answer to a record: what was put right has stayed so."""
    looked = case.reply_to is not None and case.source == "review" and case.fine
    return looked and not any(find.spot or find.spot_text for find in case.finds)


def _followed_up(case: Case) -> tuple[Find, ...]:
    finds = case.troubles or case.finds
    if case.troubles:
        return tuple(_rechecked(case, find) for find in finds)
    done = case.deed or _standing(case)
    action, state = cast(Action, done[0]), cast(State, done[1])
    base = finds[0] if finds else Find()
    category = base.category if case.deed is None and finds else None
    category = NO_TROUBLE if action == "none" and case.marked.has("denial") else category
    return (_rechecked(case, replace(base, category=category, action=action, state=state)),)


def _standing(case: Case) -> Deed:
    if case.marked.has("after"):
        return "corrected", "closed"
    undone = case.source == "review" and case.marked.has("not_yet", "negation") and not case.fine
    if case.marked.has("rebound", "still") or undone:
        return "recheck_fail", "open"
    if case.marked.has("denial"):
        return "none", "none"
    if case.fine:
        return ("recheck_ok", "closed") if case.source == "review" else ("corrected", "closed")
    return "none", "none"


def _rechecked(case: Case, find: Find) -> Find:
    """What a second look found: closed is passed, still or again there is failed."""
    if find.action == "found" and _still_there(case):
        return replace(find, action="recheck_fail", state="open")
    if case.source != "review" or find.category == NO_TROUBLE:
        return find
    closed = find.action in CLOSING and find.state == "closed"
    if find.count is None and (closed or (case.fine and find.action in (*CLOSING, "found"))):
        return replace(find, action="recheck_ok", state="closed")
    if find.action == "found" and case.marked.has("still", "rebound", "not_yet", "negation"):
        return replace(find, action="recheck_fail", state="open")
    return find


def _corrected(case: Case) -> tuple[Find, ...]:
    """What is right after a correction; the place behind 不是 is the one that is wrong."""
    wrong: set[str] = set()
    for token, after in zip(case.marked.tokens, case.marked.tokens[1:], strict=False):
        if token.kind == "correction" and token.value == "not" and after.kind == "spot":
            wrong.add(after.value)
    right = [f for f in case.finds if f.spot not in wrong or f.spot is None]
    base = (right or list(case.finds) or [Find()])[-1]
    category = base.category or NO_TROUBLE
    count = base.count if base.category else None
    return (replace(base, category=category, count=count, action="none", state="none"),)


def _recalls(case: Case) -> bool:
    return case.marked.has("rebound", "fine", "ref") or case.obligation or case.deed is not None


def _only_begins(case: Case) -> bool:
    """Whether a patrol is said to begin, and nothing to be found on it yet."""
    return case.marked.has("patrol") and case.marked.has("start")


def _names_a_place(case: Case) -> bool:
    """Whether it is hardly more than a place; a mere kind of place needs more than its name."""
    tokens = case.marked.tokens
    named = [t.mention for t in tokens if t.mention is not None]
    text = case.marked.text
    known = sum(letter.isalnum() for t in tokens for letter in text[t.start : t.end])
    aside = sum(letter.isalnum() for letter in text) - known
    more = case.marked.has("found", "bare", "heads", "progress", "supposed")
    return any(not m.vague for m in named) and aside <= LONGEST_ASIDE and not more
