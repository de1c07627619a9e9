"""What a caption says so far, while it is read: stretches of spots with the finds drafted there.

Knows how words of one find weigh against each other, and not where they stood in the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from bot.rules.numerals import Amount
from bot.rules.places import Mention
from bot.rules.records import Action, Find, State

WEAK, YIELDING, STRONG = 1, 2, 3
_UNDONE = ("found", "open")
_WEIGHT = {"transferred": 5, "notice": 4, "persuaded": 3, "corrected": 3}

Deed = tuple[str, str]
"""An action and the state it leaves."""


@dataclass
class Draft:
    """A find being read; `phrase` and `clause` say where its first word stood."""

    phrase: int
    clause: int
    linked: bool = False  # listed after the draft before it
    category: str | None = None  # the strongest word's; of equal ones the last
    weight: int = 0
    others: dict[str, None] = field(default_factory=dict)  # what another reader may have chosen
    amount: Amount | None = None
    each: bool = False
    again: bool = False
    deeds: list[Deed] = field(default_factory=list)
    parts: list[tuple[Amount | None, Deed]] = field(default_factory=list)

    def say(self, category: str, weight: int, doubtful: tuple[str, ...] = ()) -> None:
        """Take a further word of the find: it means a category, and perhaps others."""
        if weight > WEAK:
            self.others[category] = None
        self.others.update(dict.fromkeys(doubtful))
        if weight >= self.weight:
            self.category, self.weight = category, weight

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The categories another reader might have chosen."""
        return tuple(code for code in self.others if code != self.category)

    @property
    def deed(self) -> Deed:
        """What was done in the end: closing deeds outweigh open ones, of closing ones the last."""
        closing = [deed for deed in self.deeds if deed[1] == "closed"]
        if any(action == "recheck_fail" for action, _ in self.deeds):
            return "recheck_fail", "open"
        if closing:
            return closing[-1]
        if self.deeds:
            return max(self.deeds, key=lambda deed: _WEIGHT.get(deed[0], 0))
        return ("recheck_fail", "open") if self.again else _UNDONE

    def portions(self) -> list[tuple[Amount | None, Deed]]:
        """The find divided by what was done to how many of it."""
        if not self.parts:
            return [(self.amount, self.deed)]
        told = sum(amount.value for amount, _ in self.parts if amount is not None)
        if self.amount is None:
            return self.parts
        if self.deeds and told > self.amount.value:
            return [(self.amount, self.deed), *self.parts]
        left = self.amount.value - told
        unsaid = [i for i, (amount, _) in enumerate(self.parts) if amount is None]
        if left <= 0:
            return [part for part in self.parts if part[0] is not None]
        rest = Amount(left, 0, 0, self.amount.approx)
        if unsaid:
            parts = list(self.parts)
            parts[unsaid[0]] = (rest, parts[unsaid[0]][1])
            return parts
        return [*self.parts, (rest, self.deed)]


@dataclass
class Stretch:
    """Spots named together and what was found there until other spots are named."""

    spots: list[Mention] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    fine: bool = False
    pending: Amount | None = None
    loose: list[Deed] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing was said of its spots yet."""
        return not (self.drafts or self.fine or self.pending or self.loose)


def finds_of(draft: Draft, mention: Mention | None, shared: bool) -> list[Find]:
    """The finds of a draft at one spot; a number said of several spots together is of none."""
    return [
        Find(
            spot=mention.code if mention else None,
            category=draft.category,
            count=_count(amount, draft, shared),
            action=cast(Action, action),
            state=cast(State, state),
            spot_text=mention.text if mention else None,
            spot_alt=mention.alternatives if mention else (),
            category_alt=draft.alternatives,
        )
        for amount, (action, state) in draft.portions()
    ]


def _count(amount: Amount | None, draft: Draft, shared: bool) -> int | None:
    if amount is None or amount.value == 0 or (shared and not draft.each):
        return None
    return amount.value
