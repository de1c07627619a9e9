"""Which find a number of a caption counts; knows finds and pauses, and no deed.

A number belongs to the find before it that has none, or to the category right behind it.
"""

from __future__ import annotations

from bot.rules.drafts import STRONG, WEAK, Draft
from bot.rules.marks import CATEGORY, Token
from bot.rules.neighbours import NEAR, PAUSES
from bot.rules.numerals import Amount
from bot.rules.telling import Telling

GOODS = 4  # letters of what is sold between 卖 and its number: 卖烤玉米1
LONGEST_COUNT = 2  # digits of a number that stands alone behind a place


class Tallies(Telling):
    """What numbers do."""

    def _number(self, index: int, token: Token) -> None:
        place, draft = self._places[index], self._draft
        amount = token.amount or Amount(1, token.start, token.end)
        following = self._near.following(index)
        self._group, self._denied = None, -1
        checked, self._checked = self._checked, False
        if self._near.is_distraction(index, after_check=checked) and not self._is_seen(index):
            self._passed_over = index + 1  # 查了18个摊: nor are these stalls a find
            return
        if amount.value == 0:
            self._stretch.drop(lambda d: d.amount is None and d.clause == place.clause)
            self._stretch.fine = True
            return
        if self._respectively == place.clause:
            self._stretch.shares.append(amount)
            return
        if self._slipped and draft is not None:
            draft.amount, self._slipped = amount, False
            return
        if self._again and draft is not None and draft.amount and draft.category:
            self._begin(place).say(draft.category, STRONG)  # 劝离3，又回来1
            self._stretch.drafts[-1].amount = amount
            return
        if self._part_deed is not None and draft is not None:
            draft.parts.append((amount, self._part_deed))
            self._part_deed = None
        elif draft is None or self._is_of_next(index, draft, following):
            self._stretch.pending = amount
            self._group = draft if draft is not None and draft.weight == WEAK else None
        elif draft.amount is None:
            self._assign(amount, draft, each=self._each == place.clause)
            self._group = draft if following is not None and following.kind == "weak" else None
        elif following is not None and following.kind in ("action", "not_yet", "progress"):
            self._part_amount = amount

    def _assign(self, amount: Amount, draft: Draft, *, each: bool) -> None:
        targets = [d for d in self._stretch.drafts if d.amount is None] if each else [draft]
        for target in targets:
            target.amount, target.each = amount, each

    def _is_of_next(self, index: int, draft: Draft, following: Token | None) -> bool:
        """Whether the number stands right before its own category: 占道，3处店外."""
        leads = following is not None and following.kind in CATEGORY
        if not leads or self._measures_it(index, draft, following):
            return False
        before = self._tokens[index - 1] if index else None
        touching = before is not None and before.kind in ("category", "each")
        return not touching or draft.amount is not None

    def _measures_it(self, index: int, draft: Draft, following: Token | None) -> bool:
        """占道经营 十来个摊: a weak word behind a number says what is counted."""
        weak = following is not None and following.kind == "weak"
        return weak and not self._listed and draft.clause == self._places[index].clause

    def _bare(self, index: int, token: Token) -> None:
        """A number without a measure word counts only right behind a category: 占道1."""
        touching = self._tokens[index + 1 : index + 2]
        behind = [t.kind for t in touching if t.start == token.end]
        if self._respectively == self._places[index].clause or self._part_deed is not None:
            self._number(index, token)
            return
        if self._stands_for_a_count(index, token, behind):
            self._number(index, token)
            return
        if behind == ["action"] and self._draft is not None and self._draft.parts:
            self._part_amount = token.amount
            return
        before = [t for t in self._tokens[max(0, index - 2) : index] if t.kind != "gap"]
        ends = not self._text[token.end : token.end + 1].isalnum() or any(
            kind in ("action", "all", "spot", "not_yet") for kind in behind
        )
        alone = token.end == len(self._text) or bool({*behind} & set(PAUSES))
        near = before and token.start - before[-1].end <= (GOODS if alone else NEAR)
        if near and ends and before[-1].kind in (*CATEGORY, "each", "rebound"):
            self._number(index, token)

    def _stands_for_a_count(self, index: int, token: Token, behind: list[str]) -> bool:
        """松江路2、永福路3: a short number between a place and the next thing told."""
        before = self._tokens[index - 1] if index else None
        if before is None or before.kind != "spot" or before.end != token.start:
            return False
        ends = token.end == len(self._text) or bool({*behind} & {"spot", *PAUSES})
        return ends and token.end - token.start <= LONGEST_COUNT

    def _heads(self, index: int, token: Token) -> None:
        """People are counted only where they are the trouble: 2名摊贩, 流动摊贩2人."""
        following = self._near.following(index)
        before = self._tokens[index - 1] if index else None
        if (
            self._is_seen(index)
            or (before is not None and before.kind in CATEGORY)
            or (following is not None and following.kind in CATEGORY)
        ):
            self._number(index, token)

    def _is_seen(self, index: int) -> bool:
        """发现一名乞讨人员: who is counted right behind 发现 is the trouble, of whatever kind."""
        before, token = self._tokens[index - 1] if index else None, self._tokens[index]
        behind = before is not None and (before.kind, before.end) == ("found", token.start)
        return behind and token.kind == "heads"
