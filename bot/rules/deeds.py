"""Which finds of a caption an action was done to, and whether it was done or only ordered.

An action belongs to the finds before it that have none, or to the category right behind it.
"""

from __future__ import annotations

import re

from bot.rules.drafts import STRONG, Deed, Draft
from bot.rules.marks import CATEGORY, Token
from bot.rules.neighbours import NUMBER, PAUSES, Place
from bot.rules.tallies import Tallies

_DONE = ("了", "内", "里")  # 督促收回店内 tells where it is now
_RESULTS = ("干净", "完毕", "到位", "完")
_CAME_OF_IT = re.compile("(?<=[清扫收拉冲捡修换理运铲拖拆移洗])(?:完毕|完成|干净|[走掉完好净]了)")
_AWAY = ("走", "离", "开", "净", "完", "回", "内", "里")
_CALLED = re.compile("联系[到上了]*")
_BY_HIMSELF = ("", "及时", "当场", "现场", "自行", "把车", "将车", "将车辆")
_FAR = 4  # letters between a time and what was done then
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
            said = self._text[token.start : token.end]
            self._apply(deed, place, last=any(word in said for word in self._restored))

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
            sent = action == "transferred"
            over = sent and _CAME_OF_IT.match(self._text, token.end) is not None
            return ("corrected", "closed") if over else (action, state)  # 联系环卫清走了
        if governor.kind == "action":
            return self._ordered(token, governor)
        if self._text[governor.start : governor.end] in self._soon and self._is_over(token):
            return action, state
        if governor.kind == "progress":
            return action, "open"
        if governor.value == "" and action in ("persuaded", "notice", "transferred"):
            return ("persuaded", "open") if action == "persuaded" else ("found", "open")
        return "found", "open"

    def _ordered(self, token: Token, order: Token) -> Deed | None:
        """A deed behind an order, or None: the order is all that was done."""
        action, state = token.value.split()
        if action == "seized":
            return action, state  # taking away is the officers' own deed
        if self._is_by_the_owner(token, order):
            return "corrected", "closed"
        return (action, state) if self._is_done(token, order) else None

    def _was_before(self, index: int, token: Token) -> bool:
        """3家刚整改完又出来1家, 昨天清了今天又有: what was done, and to how many, was before."""
        later = enumerate(self._tokens[index + 1 : index + 6], index + 1)
        again = next((at for at, t in later if t.kind == "rebound"), None)
        if again is None:
            return False
        before = self._tokens[index - 1] if index else None
        just = before is not None and self._text[before.start : before.end] in self._just
        touching = before is not None and token.start - before.end <= 1 and again <= index + 4
        if not (just and touching) and not self._is_bygone(index, again):
            return False
        if self._draft is not None:
            self._draft.again = True
            if just and touching:
                self._draft.amount = None
        return True

    def _is_bygone(self, index: int, again: int) -> bool:
        """Whether an uncounted deed was done at a time that is over: 前天才清理，今天又贴上."""
        token, phrase = self._tokens[index], self._places[index].phrase
        ahead = self._tokens[index + 1 : again] if self._near.leads(index) else ()
        led = next((t.value for t in ahead if t.kind in CATEGORY), None)
        what = led or (self._draft.category if self._draft else None)
        if any(t.kind == "category" and t.value != what for t in self._tokens[again:]):
            return False  # 昨天清理了小广告，今天又发现占道
        after, behind = self._tokens[index + 1], self._tokens[again + 1 : again + 2]
        counted = after.kind in (*NUMBER, "bare", "heads")
        if counted or (behind and behind[0].kind == "action"):
            return False  # 昨天劝离，今天又劝离
        if self._text.startswith("的", token.end) and after.kind in PAUSES:
            return True  # 早上劝离的，下午又回来了
        return any(
            self._places[at].phrase == phrase
            and self._text.startswith(self._bygone, self._tokens[at].start)
            and token.start - self._tokens[at].end <= _FAR
            for at in range(max(0, index - 3), index)
            if self._tokens[at].kind in ("time", "span", "past")
        )

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
            called_away = _CALLED.match(sent) and said.rstrip("了").endswith(_AWAY)
            done = sent.startswith(self._sent) or said.rstrip("了").endswith(_RESULTS)
            return notice or done or bool(called_away)
        return not notice and said.endswith(_RESULTS)

    def _is_by_the_owner(self, token: Token, order: Token) -> bool:
        """已联系车主挪走, 联系司机开走了: who was called took away what is his."""
        said = self._text[token.start : token.end]
        called = _CALLED.search(self._text, order.start, token.start)
        if called is None or not said.rstrip("了").endswith(_AWAY):
            return False
        who = self._text[called.end() : token.start]
        owner = next((word for word in self._owners if who.startswith(word)), None)
        if owner is None or who.removeprefix(owner) not in _BY_HIMSELF:
            return False
        already = self._text[: called.start()].removesuffix("电话").endswith(("已", "已经"))
        return already or self._is_over(token)

    def _apply(self, deed: Deed, place: Place, *, last: bool = False) -> None:
        """Do it to the finds it was done to; how it is at `last` adds nothing to what was done."""
        if self._all == place.clause:
            everything = [d for s in self.stretches for d in s.drafts]
            targets = [d for d in everything if not d.deeds and not d.parts] or everything[-1:]
            for stretch in self.stretches:
                if stretch.pending is not None and not stretch.drafts:
                    stretch.loose.append(deed)
        else:
            targets = self._targets(place)
        for draft in targets:
            if last and (draft.parts or any(state == "closed" for _, state in draft.deeds)):
                continue
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
