"""Which finds of a caption an action was done to, and whether it was done or only ordered.

An action belongs to the finds before it that have none, or to the category right behind it.
"""

from __future__ import annotations

import re

from bot.rules.drafts import STRONG, Deed, Draft
from bot.rules.marks import Token
from bot.rules.neighbours import NUMBER, Place
from bot.rules.tallies import Tallies

_DONE = ("了", "内", "里")  # 督促收回店内 tells where it is now
_RESULTS = ("干净", "完毕", "到位", "完")
_HEADING = re.compile(r"(?:情况|结果|措施|意见|方式|过程|时间|人员)?:")


class Deeds(Tallies):
    """What actions do."""

    def _action(self, index: int, token: Token) -> None:
        deed = None if self._names_something(index, token) else self._deed(index, token)
        if deed is None or self._was_before(index, token):
            return
        self._count_alone(index)
        if self._text.startswith(self._everything, token.start):
            self._all = self._places[index].clause  # 都清了 is one word
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
        elif self._is_a_part(following, token) and draft and self._is_divided(draft, following):
            self._part_deed = deed
        else:
            self._apply(deed, place)

    def _count_alone(self, index: int) -> None:
        """永福路1个: a number alone at a new spot counts what the last one counted."""
        stretch = self._stretch
        if stretch.drafts or stretch.pending is None or not stretch.spots:
            return
        earlier = (s.drafts[-1].category for s in reversed(self.stretches) if s.drafts)
        denied = (s.denied for s in reversed(self.stretches) if s.denied)
        category = next(earlier, None) or next(denied, None)
        if category is not None:
            self._begin(self._places[index]).say(category, STRONG)

    def _names_something(self, index: int, token: Token) -> bool:
        """处置情况： is a heading, 自己清|走了 one deed; 刚劝走的摊贩又回来了 tells of before."""
        if _HEADING.match(self._text, token.end):
            return True
        before = self._tokens[index - 1] if index else None
        touching = before is not None and before.kind == "action" and before.end == token.start
        if touching and self._text[token.start : token.end] in self._complements:
            return True
        earlier = (self._came_back or self._review) and self._text.startswith("的", token.end)
        return earlier and self._near.leads(index)

    def _is_divided(self, draft: Draft, following: Token | None) -> bool:
        """Whether a number behind a deed counts a part: of a counted find, or 贴单8，拖车1."""
        return draft.amount is not None or (following is not None and following.kind == "bare")

    def _is_a_part(self, following: Token | None, deed: Token) -> bool:
        """Whether the number says how many of the find the deed was done to: 劝离3个, 驶离7."""
        if following is None or following.kind in NUMBER:
            taken = deed.value.startswith("seized") and following is not None
            return following is not None and not (taken and following.start > deed.end + 1)
        ends = not self._text[following.end : following.end + 1].isalnum()
        return following.kind == "bare" and following.start == deed.end and ends

    def _repeats(self, index: int, draft: Draft) -> bool:
        """Whether the draft's own category follows: 摊贩5个，暂扣三轮车2辆."""
        following = self._near.following(index)
        return following is not None and following.value == draft.category

    def _deed(self, index: int, token: Token) -> Deed | None:
        """The action with what stands before it: 未 and 正在 leave it open; an order owns it."""
        action, state = token.value.split()
        governor = self._near.governor(index)
        awaited = self._near.awaited(index)
        if self._is_undone(index, token):
            return "found", "open"
        if awaited == "promise":
            return "persuaded", "open"
        if awaited == "demand" and not self._text[token.start : token.end].endswith(_DONE):
            return "notice", "open"
        if governor is None:
            return action, state
        if governor.kind == "action" and action == "seized":
            return action, state  # taking away is the officers' own deed
        if governor.kind == "action":
            return (action, state) if self._is_done(token, governor) else None
        if self._text[governor.start : governor.end] in self._soon and self._is_over(token):
            return action, state
        if governor.kind == "progress":
            return action, "open"
        if governor.value == "" and action in ("persuaded", "notice", "transferred"):
            return ("persuaded", "open") if action == "persuaded" else ("found", "open")
        return "found", "open"

    def _was_before(self, index: int, token: Token) -> bool:
        """3家刚整改完又出来1家: what was done, and to how many, was before."""
        before = self._tokens[index - 1] if index else None
        just = before is not None and self._text[before.start : before.end] in self._just
        again = any(t.kind == "rebound" for t in self._tokens[index + 1 : index + 5])
        if not (just and again and before is not None and token.start - before.end <= 1):
            return False
        if self._draft is not None:
            self._draft.amount, self._draft.again = None, True
        return True

    def _is_undone(self, index: int, token: Token) -> bool:
        """3家没收: not taken in; 没收三轮车: taken away."""
        before = self._tokens[index - 1] if index else None
        behind = before is not None and before.kind in (*NUMBER, "bare", "still")
        known = self._text[token.start : token.end] in self._undone
        return behind and known and not self._near.leads(index)

    def _is_over(self, token: Token) -> bool:
        return self._text[token.end - 1 : token.end + 1].find("了") >= 0

    def _is_done(self, token: Token, order: Token) -> bool:
        """责令清理干净了, 派人冲洗干净: it is told how what was ordered came out."""
        said = self._text[token.start : token.end]
        notice = order.value.startswith("notice")
        if self._is_over(token):
            sent = self._text[order.start : order.end].lstrip("已经正在又就")
            return notice or sent.startswith(self._sent) or said.rstrip("了").endswith(_RESULTS)
        return not notice and said.endswith(_RESULTS)

    def _apply(self, deed: Deed, place: Place) -> None:
        if self._all == place.clause:
            everything = [d for s in self.stretches for d in s.drafts]
            targets = [d for d in everything if not d.deeds and not d.parts] or everything[-1:]
            for stretch in self.stretches:
                if stretch.pending is not None and not stretch.drafts:
                    stretch.loose.append(deed)
        else:
            targets = self._targets(place)
        for draft in targets:
            draft.deeds.append(deed)
        if not targets:
            self._stretch.loose.append(deed)

    def _targets(self, place: Place) -> list[Draft]:
        """The drafts of the action's phrase with those listed before; else all still without."""
        clause, few = self._few
        if clause == place.clause:
            return [d for s in self.stretches for d in s.drafts][:few]
        drafts = self._stretch.drafts
        if not drafts:
            return []
        if drafts[-1].phrase != place.phrase:
            return [d for d in drafts if not d.deeds and not d.parts] or drafts[-1:]
        first = len(drafts) - 1
        while drafts[first].linked and first > 0 and not drafts[first - 1].deeds:
            first -= 1
        return drafts[first:]
