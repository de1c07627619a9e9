"""Puts the tokens of a caption together: which number, action and spot belong to which find.

One pass from left to right. A number belongs to the find before it that has none, or to the
category right behind it; an action to the finds before it that have none, or to the category right
behind it; a find to the spots last named. What a kind of token does is one method here.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.rules.drafts import STRONG, WEAK, YIELDING, Deed, Draft, Stretch
from bot.rules.marks import Marked, Token
from bot.rules.neighbours import CATEGORY, NEAR, NUMBER, PAUSES, Neighbours, Place
from bot.rules.numerals import Amount
from bot.rules.vocabulary import Vocabulary


class Gatherer:
    """Reads the tokens of one caption into stretches; made anew for every caption."""

    def __init__(self, marked: Marked, words: Vocabulary) -> None:
        self._text = marked.text
        self._tokens = marked.tokens
        self._yielding = words.yielding
        self._doubtful = words.doubtful
        self._near = Neighbours(marked, words.already)
        self._places = self._near.places
        self.stretches = [Stretch()]
        self._denied = self._all = self._each = self._rest = -1
        self._group: Draft | None = None
        self._listed = False
        self._checked = self._again = False
        self._prefix: Deed | None = None
        self._part_deed: Deed | None = None
        self._part_amount: Amount | None = None
        self._handlers: dict[str, Callable[[int, Token], None]] = {
            "spot": self._spot, "category": self._category, "weak": self._category,
            "count": self._number, "one": self._number, "bare": self._bare, "heads": self._heads,
            "action": self._action, "fine": self._fine, "trouble": self._trouble,
            "negation": self._negation, "all": self._note, "each": self._note, "rest": self._note,
            "checked": self._look, "found": self._found, "rebound": self._rebound,
            "stop": self._pause, "comma": self._pause, "gap": self._pause, "list": self._pause,
        }  # fmt: skip

    def gather(self) -> list[Stretch]:
        """The stretches of the caption; what no rule connects is left out."""
        for index, token in enumerate(self._tokens):
            handler = self._handlers.get(token.kind)
            if handler is not None:
                handler(index, token)
        return self.stretches

    @property
    def _stretch(self) -> Stretch:
        return self.stretches[-1]

    @property
    def _draft(self) -> Draft | None:
        return self._stretch.drafts[-1] if self._stretch.drafts else None

    def _spot(self, _: int, token: Token) -> None:
        if not self._stretch.empty:
            self.stretches.append(Stretch())
        known = [mention.text for mention in self._stretch.spots]
        if token.mention is not None and token.mention.text not in known:
            self._stretch.spots.append(token.mention)
        self._group = None

    def _category(self, index: int, token: Token) -> None:
        place = self._places[index]
        self._checked = False
        if self._denied == place.clause:
            self._stretch.fine = True
            return
        if self._part_deed is not None and self._draft and self._draft.category == token.value:
            return
        weight = self._weight(token)
        draft = self._group
        if draft is None or (draft.phrase != place.phrase and not self._clings(draft, weight)):
            draft = self._begin(place)
        doubtful = self._doubtful.get(self._text[token.start : token.end], ())
        draft.say(token.value, weight, doubtful)
        self._group = draft

    def _clings(self, draft: Draft, weight: int) -> bool:
        """Whether a weak word and the category beside it are one find in spite of a space."""
        return not self._listed and WEAK in (weight, draft.weight)

    def _begin(self, place: Place) -> Draft:
        stretch = self._stretch
        draft = Draft(place.phrase, place.clause, linked=self._listed, again=self._again)
        draft.amount, stretch.pending = stretch.pending, None
        draft.each = self._each == place.clause and draft.amount is not None
        if self._prefix is not None:
            draft.deeds.append(self._prefix)
        self._prefix, self._listed, self._again = None, False, False
        if stretch.drafts and stretch.drafts[-1].category is None:
            stretch.drafts.pop()  # 发现问题2个：占道… — the problems are named after all
        stretch.drafts.append(draft)
        return draft

    def _weight(self, token: Token) -> int:
        if token.kind == "weak":
            return WEAK
        return YIELDING if token.value in self._yielding else STRONG

    def _number(self, index: int, token: Token) -> None:
        place, draft = self._places[index], self._draft
        amount = token.amount or Amount(1, token.start, token.end)
        following = self._near.following(index)
        self._group, self._denied = None, -1
        checked, self._checked = self._checked, False
        if self._near.is_distraction(index, after_check=checked):
            return
        if self._part_deed is not None and draft is not None:
            draft.parts.append((amount, self._part_deed))
            self._part_deed = None
        elif draft is None or self._is_of_next(index, draft, following):
            self._stretch.pending = amount
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
        touching = before is not None and before.kind in (*CATEGORY, "each")
        return not touching or draft.amount is not None

    def _measures_it(self, index: int, draft: Draft, following: Token | None) -> bool:
        """占道经营 十来个摊: a weak word behind a number says what is counted."""
        weak = following is not None and following.kind == "weak"
        return weak and not self._listed and draft.clause == self._places[index].clause

    def _bare(self, index: int, token: Token) -> None:
        """A number without a measure word counts only right behind a category: 占道1."""
        before = [t for t in self._tokens[max(0, index - 2) : index] if t.kind != "gap"]
        after = self._text[token.end : token.end + 1]
        ends = not after.isalnum() or any(
            t.start == token.end and t.kind in ("action", "all", "spot", "not_yet")
            for t in self._tokens[index + 1 : index + 2]
        )
        near = before and token.start - before[-1].end <= NEAR
        if near and ends and before[-1].kind in (*CATEGORY, "each"):
            self._number(index, token)

    def _heads(self, index: int, token: Token) -> None:
        """People are counted only where they are the trouble: 2名摊贩, 流动摊贩2人."""
        following = self._near.following(index)
        before = self._tokens[index - 1] if index else None
        if (before is not None and before.kind in CATEGORY) or (
            following is not None and following.kind in CATEGORY
        ):
            self._number(index, token)

    def _action(self, index: int, token: Token) -> None:
        deed = self._deed(index, token)
        if deed is None:
            return
        self._count_alone(index)
        place, draft = self._places[index], self._draft
        self._group = None
        following = self._near.following(index, over=("spot",))
        if self._part_amount is not None and draft is not None:
            draft.parts.append((self._part_amount, deed))
            self._part_amount = None
        elif self._rest == place.clause and draft is not None and not self._near.leads(index):
            draft.parts.append((None, deed))
        elif draft and draft.amount and self._repeats(index, draft):
            self._part_deed = deed
        elif self._near.leads(index) and not (draft and draft.clause == place.clause):
            self._prefix = deed
        elif following is not None and following.kind in NUMBER and draft and draft.amount:
            self._part_deed = deed
        else:
            self._apply(deed, place)

    def _count_alone(self, index: int) -> None:
        """永福路1个: a number alone at a new spot counts what the last one counted."""
        stretch = self._stretch
        if stretch.drafts or stretch.pending is None or not stretch.spots:
            return
        earlier = (s.drafts[-1].category for s in reversed(self.stretches) if s.drafts)
        category = next(earlier, None)
        if category is not None:
            self._begin(self._places[index]).say(category, STRONG)

    def _leads(self, index: int) -> bool:
        """Whether a category stands behind the action in its phrase: 清理小广告, 劝离3个摊贩."""
        following = self._near.following(index, over=("spot", *NUMBER, "heads"))
        return following is not None and following.kind in CATEGORY

    def _repeats(self, index: int, draft: Draft) -> bool:
        """Whether the draft's own category follows: 摊贩5个，暂扣三轮车2辆."""
        following = self._near.following(index)
        return following is not None and following.value == draft.category

    def _deed(self, index: int, token: Token) -> Deed | None:
        """The action with what stands before it: 未 and 正在 leave it open; an order owns it."""
        action, state = token.value.split()
        governor = self._near.governor(index)
        if governor is None:
            return action, state
        if governor.kind == "action":
            return None
        if governor.kind == "progress":
            return action, "open"
        if governor.value == "" and action in ("persuaded", "notice", "transferred"):
            return ("persuaded", "open") if action == "persuaded" else ("found", "open")
        return "found", "open"

    def _apply(self, deed: Deed, place: Place) -> None:
        if self._all == place.clause:
            everything = [d for s in self.stretches for d in s.drafts]
            targets = [d for d in everything if not d.deeds and not d.parts] or everything[-1:]
        else:
            targets = self._targets(place)
        for draft in targets:
            draft.deeds.append(deed)
        if not targets:
            self._stretch.loose.append(deed)

    def _targets(self, place: Place) -> list[Draft]:
        """The drafts of the action's phrase with those listed before; else all still without."""
        drafts = self._stretch.drafts
        if not drafts:
            return []
        if drafts[-1].phrase != place.phrase:
            return [d for d in drafts if not d.deeds and not d.parts] or drafts[-1:]
        first = len(drafts) - 1
        while drafts[first].linked and first > 0 and not drafts[first - 1].deeds:
            first -= 1
        return drafts[first:]

    def _fine(self, index: int, _: Token) -> None:
        if self._rest != self._places[index].clause:
            self._stretch.fine = True

    def _trouble(self, index: int, _: Token) -> None:
        if self._denied == self._places[index].clause:
            self._stretch.fine = True
        elif not self._stretch.drafts:
            self._begin(self._places[index])

    def _negation(self, index: int, token: Token) -> None:
        """Denies the categories of its clause; alone it says that nothing was found."""
        after = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        if after is not None and after.kind == "action" and after.start == token.end:
            return
        self._denied = self._places[index].clause
        if token.end >= len(self._text.rstrip()) or (after is not None and after.kind in PAUSES):
            self._stretch.fine = True

    def _note(self, index: int, token: Token) -> None:
        setattr(self, f"_{token.kind}", self._places[index].clause)
        if token.kind == "rest":
            self._group = None

    def _look(self, *_: object) -> None:
        self._checked = True

    def _found(self, *_: object) -> None:
        self._checked, self._group, self._denied = False, None, -1

    def _rebound(self, index: int, _: Token) -> None:
        draft = self._draft
        if draft is not None and draft.clause == self._places[index].clause:
            draft.again = True
        else:
            self._again = True

    def _pause(self, _: int, token: Token) -> None:
        if token.kind in ("comma", "stop"):
            self._checked = self._checked and token.kind == "comma"
            self._group = self._part_amount = self._part_deed = None
        if token.kind == "list":
            self._group, self._listed = None, True
