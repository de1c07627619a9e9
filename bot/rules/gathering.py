"""Puts the tokens of a caption together: which number, action and spot belong to which find.

One pass from left to right; a find belongs to the spots last named. What a kind of token does is
one method: of numbers in `tallies.py`, of actions in `deeds.py`, of places in
`whereabouts.py`, of corrections of a number in `recounts.py`, of all others here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.rules.drafts import STRONG, WEAK, YIELDING, Draft, Stretch
from bot.rules.kinds import Kinds
from bot.rules.marks import CATEGORY, Marked, Token
from bot.rules.neighbours import NUMBER, PAUSES
from bot.rules.recounts import Recounts
from bot.rules.vocabulary import Vocabulary

LONGEST_PROMISE = 3  # letters of a promise that no word knows: 收, 搬走
_CLAUSE = re.compile(r"[^,。;!\s]*")


class Gatherer(Recounts):
    """Reads the tokens of one caption into stretches; made anew for every caption."""

    def __init__(self, marked: Marked, words: Vocabulary, kinds: Kinds) -> None:
        super().__init__(marked, words, kinds)
        self._handlers: dict[str, Callable[[int, Token], None]] = {
            "spot": self._spot, "category": self._category, "weak": self._category,
            "count": self._number, "one": self._number, "bare": self._bare, "heads": self._heads,
            "action": self._action, "fine": self._fine, "trouble": self._trouble,
            "negation": self._negation, "all": self._note, "each": self._note, "rest": self._note,
            "respectively": self._note, "within": self._within,
            "denial": self._denial, "slip": self._slip, "correction": self._correction,
            "promise": self._promise, "say": self._say,
            "checked": self._look, "found": self._found, "rebound": self._rebound,
            "lean": self._category, "except": self._except, "few": self._first_few,
            "unvisited": self._unvisited,
            "stop": self._pause, "comma": self._pause, "gap": self._pause, "list": self._pause,
        }  # fmt: skip

    def gather(self) -> list[Stretch]:
        """The stretches of the caption; what no rule connects is left out."""
        for index, token in enumerate(self._tokens):
            handler = self._handlers.get(token.kind)
            if handler is not None and index not in self._taken:
                handler(index, token)
        return self.stretches

    def _category(self, index: int, token: Token) -> None:
        place = self._places[index]
        self._checked = False
        if self._described == index and self._draft and self._draft.amount:
            return
        if self._is_wrong(index):
            self._stretch.drop(lambda d: d.amount is None and d.category == token.value)
            return
        if self._speaks_of_the_last(index, token):
            return
        if self._passed_over == index and token.kind == "weak":
            return
        if self._denied == place.clause:
            self._stretch.fine, self._stretch.denied = True, token.value
            self._stretch.drop(lambda d: d.amount is None and d.category == token.value)
            return
        if self._part_deed is not None and self._draft and self._draft.category == token.value:
            return
        if self._counts_the_last(index, token):
            return
        weight = self._weight(token)
        draft = self._group or self._yielded_to(index, token, weight)
        if draft is None or (
            draft is self._group
            and draft.phrase != place.phrase
            and not self._clings(draft, weight)
        ):
            draft = self._begin(place)
        doubtful = self._kinds.codes(self._doubtful.get(self._text[token.start : token.end], ()))
        draft.say(token.value, weight, doubtful)
        if draft.amount is None and draft is self._group:
            draft.amount, self._stretch.pending = self._stretch.pending, None
        self._group = draft

    def _speaks_of_the_last(self, index: int, token: Token) -> bool:
        """占道1处，摊主不走: a weak word uncounted in a later clause is no new find."""
        stretch, clause = self._stretch, self._places[index].clause
        told = stretch.drafts[-1] if stretch.drafts else None
        if told is None or not told.category or told.clause >= clause:
            return False
        if token.kind != "weak" and (told.category != token.value or told.deeds):
            return False
        following = self._near.following(index)
        acts = following is not None and following.kind in ("action", "not_yet", "progress")
        if acts or following is None or token.kind != "weak":
            return acts and stretch.pending is None and not self._listed
        if following.kind not in CATEGORY or self._weight(following) != YIELDING:
            return False
        self._described = self._tokens.index(following, index)  # 烧烤2家，桌椅占道
        return told.amount is not None and stretch.pending is None and not self._listed

    def _counts_the_last(self, index: int, token: Token) -> bool:
        """早市还没散，十来个摊: a weak word counted in a later clause counts what was named."""
        draft, stretch = self._draft, self._stretch
        if token.kind != "weak" or draft is None or stretch.pending is None or self._listed:
            return False
        alike = draft.category == token.value or draft.weight == YIELDING
        later = draft.clause < self._places[index].clause
        if not (alike and later and draft.amount is None) or draft.again:
            return False
        draft.amount, stretch.pending = stretch.pending, None
        draft.others.setdefault(token.value)
        self._group = draft
        return True

    def _yielded_to(self, index: int, token: Token, weight: int) -> Draft | None:
        """卖活禽的，笼子占道; 货车3辆占道: the find before that the word describes."""
        draft = self._draft
        if draft is None or self._listed or self._stretch.pending:
            return None
        again = draft.category == token.value and draft.amount is not None
        if weight != YIELDING and not again:
            return None
        following = self._near.following(index)
        counted = following is not None and following.kind in (*NUMBER, "bare")
        if counted or draft.deeds or draft.parts:
            return None
        bare = draft.amount is None or draft.phrase == self._places[index].phrase
        bare = bare or token.kind == "lean"  # 夜啤酒3家，桌子摆到人行道
        return draft if bare and draft.weight == STRONG else None

    def _clings(self, draft: Draft, weight: int) -> bool:
        """Whether a weak word and the category beside it are one find in spite of a space."""
        return not self._listed and WEAK in (weight, draft.weight)

    def _weight(self, token: Token) -> int:
        if token.kind == "weak":
            return WEAK
        leans = token.kind == "lean" or token.value in self._yielding
        return YIELDING if leans else STRONG

    def _fine(self, index: int, _: Token) -> None:
        place = self._places[index]
        if self._rest == place.clause:
            return
        self._stretch.fine = True
        if self._review:
            held = [d for d in self._stretch.drafts if not d.deeds]
            for draft in held:
                draft.deeds.append(("recheck_ok", "closed"))
        else:
            self._stretch.drop(
                lambda d: d.amount is None and (d.phrase == place.phrase or self._doubted)
            )

    def _denial(self, index: int, token: Token) -> None:
        """一个摊都没有, 现场查看不属实: what was said before is not so."""
        after = self._tokens[index + 1 : index + 2]
        if after and after[0].kind in (*CATEGORY, "trouble"):
            self._negation(index, token)  # 都没有占道
            return
        clause = self._places[index].clause
        self._stretch.drop(lambda d: d.amount is None or d.clause == clause)
        self._stretch.fine = not self._stretch.drafts

    def _slip(self, *_: object) -> None:
        self._slipped = True

    def _promise(self, index: int, _: Token) -> None:
        """老板同意明早收: a promise is told, whatever was promised."""
        place = self._places[index]
        for at in range(index + 1, len(self._tokens)):
            if self._places[at].clause != place.clause:
                break
            if self._tokens[at].kind == "action":
                return  # `awaited` reads it there
        self._apply(("persuaded", "open"), place)

    def _say(self, index: int, token: Token) -> None:
        """店主说下午收: what is said of a time to come is a promise."""
        after = self._tokens[index + 1 : index + 2]
        if after and after[0].start == token.end and after[0].kind in ("time", "plan"):
            said = _CLAUSE.match(self._text, after[0].end)
            seen = any(t.kind == "found" for t in self._tokens[index + 2 : index + 3])
            if said is not None and len(said[0]) <= LONGEST_PROMISE and not seen:
                self._promise(index, token)

    def _within(self, *_: object) -> None:
        if self._draft is not None and self._draft.amount is not None:
            self._draft.whole = True

    def _trouble(self, index: int, token: Token) -> None:
        if self._denied == self._places[index].clause:
            self._stretch.fine = True
        elif self._text.startswith(":", token.end):
            return  # 问题: is a heading
        elif not self._stretch.drafts:
            self._begin(self._places[index])

    def _negation(self, index: int, token: Token) -> None:
        """Denies the categories of its clause; alone it says that nothing was found."""
        after = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        if after is not None and after.kind == "action" and after.start == token.end:
            return
        self._denied = self._places[index].clause
        alone = after is not None and after.kind in PAUSES and after.start == token.end
        if token.end >= len(self._text.rstrip()) or alone:
            self._stretch.fine = True
            clause = self._places[index].clause
            told_here = any(d.clause == clause for d in self._stretch.drafts)
            if not told_here or self._near.before(index, over=("plain",)) in PAUSES:
                self._stretch.drop(lambda draft: draft.amount is None)

    def _rebound(self, index: int, _: Token) -> None:
        draft = self._draft
        if draft is not None and draft.clause == self._places[index].clause:
            draft.again = True
        else:
            self._again = True
