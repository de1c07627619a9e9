"""What is told while a caption is read: the stretches so far and what the next words may refer to.

Holds the memory that numbers, deeds and finds share; decides nothing of which belongs to which.
"""

from __future__ import annotations

from bot.rules.drafts import Deed, Draft, Stretch
from bot.rules.kinds import Kinds
from bot.rules.marks import PAUSES, Marked, Token
from bot.rules.neighbours import Neighbours, Place
from bot.rules.numerals import Amount, number
from bot.rules.vocabulary import Vocabulary

TOLD_BY_OTHERS = ("public", "hotline")


class Telling:
    """The memory of one caption; clauses and phrases are numbered, -1 is none."""

    def __init__(self, marked: Marked, words: Vocabulary, kinds: Kinds) -> None:
        self._text = marked.text
        self._kinds = kinds
        self._tokens = marked.tokens
        self._yielding = kinds.codes(words.yielding)
        self._everything = words.all_of_them
        self._doubtful = words.doubtful
        self._just = words.just
        self._sent = words.sent
        self._complements = words.complements
        self._soon = words.at_once
        self._undone = words.undone
        self._restored, self._owners = words.restored, words.owners
        self._bygone = words.bygone
        self._near = Neighbours(marked, words.already)
        self._places = self._near.places
        self.stretches = [Stretch()]
        self._denied = self._all = self._each = self._rest = self._respectively = -1
        self._doubted = marked.has("supposed") or any(
            t.kind == "source" and t.value in TOLD_BY_OTHERS for t in marked.tokens
        )
        self._review = any(t.kind == "source" and t.value == "review" for t in marked.tokens)
        self._came_back = marked.has("rebound")
        self._slipped = False
        self._few = (-1, 0)  # the clause in which 前两项 is said, and how many
        self._beside, self._where = words.places.beside, words.places.where
        self._passed_over = self._described = -1
        self._taken: set[int] = set()  # tokens that were read with others before them
        self._group: Draft | None = None
        self._listed = False
        self._checked = self._again = self._numbered = False
        self._prefix: Deed | None = None
        self._part_deed: Deed | None = None
        self._part_amount: Amount | None = None

    @property
    def _stretch(self) -> Stretch:
        return self.stretches[-1]

    @property
    def _draft(self) -> Draft | None:
        return self._stretch.drafts[-1] if self._stretch.drafts else None

    def _begin(self, place: Place) -> Draft:
        stretch = self._stretch
        draft = Draft(place.phrase, place.clause, linked=self._listed, again=self._again)
        draft.amount, stretch.pending = stretch.pending, None
        draft.numbered, self._numbered = self._numbered, False
        draft.each = self._each == place.clause and draft.amount is not None
        if self._prefix is not None:
            draft.deeds.append(self._prefix)
        self._prefix, self._listed, self._again = None, False, False
        if stretch.drafts and stretch.drafts[-1].category is None:
            stretch.drafts.pop()  # 发现问题2个：占道… — the problems are named after all
        stretch.drafts.append(draft)
        return draft

    def _note(self, index: int, token: Token) -> None:
        setattr(self, f"_{token.kind}", self._places[index].clause)
        if token.kind == "rest":
            self._group = None

    def _pause(self, _: int, token: Token) -> None:
        if token.kind == "stop" and token.value not in PAUSES:
            self._numbered = True
        if token.kind in ("comma", "stop"):
            self._checked = self._checked and token.kind == "comma"
            self._group = self._part_amount = self._part_deed = None
        if token.value == "(" and self._draft is not None:
            self._draft.whole = True
        if token.kind == "list":
            self._group, self._listed = None, True

    def _first_few(self, index: int, token: Token) -> None:
        numbers = (number(letter) for letter in self._text[token.start : token.end])
        self._few = (self._places[index].clause, next(n for n in numbers if n))

    def _except(self, *_: object) -> None:
        self._stretch.closed = bool(self._stretch.spots)

    def _unvisited(self, *_: object) -> None:
        """永福路还没去: nothing is told of it."""
        if self._stretch.empty:
            self._stretch.spots.clear()

    def _look(self, *_: object) -> None:
        self._checked = True

    def _found(self, *_: object) -> None:
        self._checked, self._group, self._denied = False, None, -1
