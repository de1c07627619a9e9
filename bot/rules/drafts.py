"""What a caption says so far, while it is read: stretches of spots with the finds drafted there.

Knows how words of one find weigh against each other, and not where they stood in the text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
    numbered: bool = False  # the first find of an item of a numbered list
    whole: bool = False  # its number is told in parts: 4起(摊贩3，店外1)
    shares: tuple[Amount | None, ...] = ()  # one for every spot; None: not there

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
    closed: bool = False  # spots named from now on are others: 除了永福路…
    pending: Amount | None = None
    loose: list[Deed] = field(default_factory=list)
    shares: list[Amount] = field(default_factory=list)  # 分别3处、2处: of the listed, in order
    denied: str | None = None  # the category that was said not to be there
    recounted: bool = False  # a number told here was put right: 3家，说错了，2家

    def drop(self, wrong: Callable[[Draft], bool]) -> None:
        """Leave out the drafts that were denied and of which no deed is told."""
        self.drafts = [d for d in self.drafts if d.deeds or d.parts or not wrong(d)]

    @property
    def empty(self) -> bool:
        """Whether nothing was said of its spots yet."""
        told = self.drafts or self.fine or self.pending or self.loose or self.shares
        return not (told or self.closed)


def deal(stretch: Stretch) -> None:
    """Give the numbers behind 分别 to the spots, or else to the finds, in the order listed."""
    drafts, shares = [d for d in stretch.drafts if d.amount is None], stretch.shares
    if len(shares) == 1:
        for draft in drafts:
            draft.amount, draft.each = shares[0], True
    elif len(shares) == len(stretch.spots) == len(drafts):
        for at, draft in enumerate(drafts):
            draft.shares = tuple(a if i == at else None for i, a in enumerate(shares))
    elif drafts and len(shares) == len(stretch.spots):
        drafts[0].shares = tuple(shares)
    else:
        for draft, share in zip(drafts, shares, strict=False):
            draft.amount = share


def finds_at(draft: Draft, spots: list[Mention]) -> list[Find]:
    """The finds of a draft at the spots named together."""
    if not draft.shares:
        return [f for m in spots or (None,) for f in finds_of(draft, m, len(spots) > 1)]
    finds: list[Find] = []
    for mention, share in zip(spots, draft.shares, strict=False):
        if share is not None:
            finds += finds_of(replace(draft, amount=share), mention, shared=False)
    return finds


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
