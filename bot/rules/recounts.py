"""Corrections of a number within one caption: 3家，说错了，是2家 counts two; knows no deed.

What corrects an earlier record names no find of its own; `intents.py` reads that.
"""

from __future__ import annotations

import re

from bot.rules.drafts import Draft, Stretch
from bot.rules.marks import CATEGORY, PAUSES, Token
from bot.rules.neighbours import NUMBER
from bot.rules.numerals import Amount
from bot.rules.whereabouts import Whereabouts

_COUNTS = (*NUMBER, "bare", "heads")
_TOLD = ("all", "action", "not_yet", "correction")
_PASSED = ("correction", "slip", "plain", "past", "found", "comma", "gap")
_ASIDE = re.compile(
    r"(?:不好意思|抱歉|刚才|刚刚|上面|前面|数量|个数|家数|处数|人数|数字|一共|总共|正确|准确|其实"
    r"|实际|应该|一下|[数我哦啊呃嗯那应是为成有共只才就而下了的上,:;。!\s])*"
)
"""What may stand around a correction beside the number."""


class Recounts(Whereabouts):
    """What corrections do to numbers."""

    def _correction(self, index: int, token: Token) -> None:
        if token.value == "not":
            self._not_so_many(index)
        elif self._stands_apart(index):
            self._put_right(index)

    def _not_so_many(self, index: int) -> None:
        """不是3家，是2家; 是2家不是3家: which number is wrong, and which is right."""
        wrong = self._count_at(index + 1)
        if wrong is None or self._tokens[index + 1].start != self._tokens[index].end:
            return
        if self._put_right(index + 1):
            self._taken.add(index + 1)
            return
        told, draft = self._count_at(index - 1), self._draft
        if told and draft and draft.amount and draft.amount.value == wrong.value != told.value:
            draft.amount, self._stretch.recounted = told, not self._is_of_before()
            self._taken.add(index + 1)

    def _put_right(self, after: int) -> bool:
        """Take the number behind a token for the last one told, there or at the spot named."""
        at, spot, between = after + 1, None, ""
        end = self._tokens[after].end
        while at < len(self._tokens):
            token = self._tokens[at]
            between += self._text[end : token.start]
            end = token.end
            if token.kind == "spot" and token.value and spot is None:
                spot = at
            elif token.kind == "bare" and self._text.startswith("一共", token.start):
                pass
            elif token.kind not in _PASSED or (token.kind, token.value) == ("correction", "not"):
                break
            at += 1
        right = self._count_at(at)
        if right is None or at in self._taken or _ASIDE.fullmatch(between) is None:
            return False
        if not self._ends(at):
            return False
        found = self._meant(self._tokens[spot].value if spot is not None else None)
        if found is None or not self._replaced(at, right, *found):
            return False
        self._taken |= {at} | ({spot} if spot is not None else set())
        self._slipped, self._denied, self._group = False, -1, None
        found[0].recounted = any(s.drafts for s in self.stretches) and not self._is_of_before()
        return True

    def _meant(self, spot: str | None) -> tuple[Stretch, Draft | None] | None:
        """The find whose number is meant, or the number that no find has yet."""
        if spot is None:
            stretch = self._stretch
            told = stretch.drafts or (stretch.pending and stretch.spots)  # 上一条 counts nothing
            return (stretch, self._draft) if told else None
        there = (
            (s, s.drafts[-1] if s.drafts else None)
            for s in reversed(self.stretches)
            if (s.drafts or s.pending) and any(m.code == spot for m in s.spots)
        )
        return next(there, None)

    def _replaced(self, at: int, right: Amount, stretch: Stretch, draft: Draft | None) -> bool:
        if draft is None:
            stretch.pending = right
            return True
        following = self._near.following(at)
        names = following is not None and following.kind in CATEGORY
        if names and following is not None:
            if following.value != draft.category:
                return False  # 是占道2处: another find is meant
            self._taken.add(self._tokens.index(following, at))
        if draft.parts:
            behind = self._tokens[at + 1 : at + 2]
            if not (behind and behind[0].kind in _TOLD):
                return False
            draft.parts[-1] = (right, draft.parts[-1][1])
            return True
        if draft.amount is None:
            return False
        draft.amount = right
        return True

    def _count_at(self, at: int) -> Amount | None:
        """The number told at a token; one without a measure word must end its word."""
        if not 0 <= at < len(self._tokens):
            return None
        token = self._tokens[at]
        if token.kind not in _COUNTS or token.amount is None or token.amount.value == 0:
            return None
        ends = not self._text[token.end : token.end + 1].isalnum()
        return token.amount if token.kind != "bare" or ends else None

    def _ends(self, at: int) -> bool:
        """Whether nothing unknown follows the number: 应该是2家饭店的 counts something else."""
        token, behind = self._tokens[at], self._tokens[at + 1 : at + 2]
        if behind and behind[0].start == token.end:
            return behind[0].kind in (*PAUSES.values(), *CATEGORY, *_TOLD)
        return not self._text[token.end : token.end + 1].isalnum()

    def _stands_apart(self, index: int) -> bool:
        """Whether nothing else is said in its phrase before it: 业主改成2间 corrects no number."""
        ended = (
            t.end
            for t in reversed(self._tokens[:index])
            if t.kind in (*PAUSES.values(), *_COUNTS, "action", "slip", "correction")
        )
        start = next(ended, 0)
        return _ASIDE.fullmatch(self._text[start : self._tokens[index].start]) is not None

    def _is_of_before(self) -> bool:
        """刚才报的3处，说错了: the find told is that of an earlier record."""
        for token in self._tokens:
            if token.kind in (*_COUNTS, *CATEGORY):
                return False
            if token.kind == "past" and self._text[token.start : token.end] in self._just:
                return True
        return False
