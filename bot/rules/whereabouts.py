"""Which places the finds of a caption belong to; knows no category and no number.

A place told after a find begins a new stretch, before one it is where the find was; what only says
where along a known place something stood is no second place.
"""

from __future__ import annotations

from bot.rules.deeds import Deeds
from bot.rules.drafts import Stretch
from bot.rules.marks import Token
from bot.rules.neighbours import NUMBER


class Whereabouts(Deeds):
    """What places do."""

    def _spot(self, index: int, token: Token) -> None:
        if self._is_wrong(index) or self._is_a_camera(index) or self._is_told(index):
            return
        if self._stretch.spots and self._text[: token.start].endswith(self._beside):
            return
        if self._is_counted(index) or self._is_put_back(index):
            return
        if self._is_a_detail(index):
            return
        if self._slipped and not self._stretch.drafts:
            self._stretch.spots.clear()
        elif self._is_where(index):
            draft = self._stretch.drafts.pop()
            self.stretches.append(Stretch(drafts=[draft]))
        elif not self._stretch.empty:
            self.stretches.append(Stretch())
        self._slipped = False
        known = [mention.text for mention in self._stretch.spots]
        if token.mention is not None and token.mention.text not in known:
            self._stretch.spots.append(token.mention)
        self._group = None

    def _is_a_detail(self, index: int) -> bool:
        """沿松江路巡查，在第二实验学校东侧: an unknown place is where along the known one."""
        token, spots = self._tokens[index], self._stretch.spots
        if token.mention is None or not spots or not self._stretch.empty:
            return False
        before = self._tokens[index - 1]
        if before.kind == "list":
            return False
        codes = [m.code for m in spots]
        if token.value:
            return token.value in codes  # 永福路与松江路路口，也就是岗亭
        return codes[-1] is not None

    def _is_counted(self, index: int) -> bool:
        """松江路一家超市货摆到店外: at a known place the number counts who was found there."""
        token, before = self._tokens[index], self._tokens[index - 1] if index else None
        vague = token.mention is not None and token.mention.vague
        counted = before is not None and before.kind in NUMBER and before.end == token.start
        if not (vague and counted and self._stretch.spots):
            return False
        clause = self._places[index].clause
        later = zip(self._tokens[index + 1 :], self._places[index + 1 :], strict=True)
        if any(t.kind in NUMBER and place.clause == clause for t, place in later):
            self._stretch.pending = None  # 一家超市门口占道2处
        return True

    def _is_put_back(self, index: int) -> bool:
        """已收|回超市内: where something was put back to is no place of a find."""
        before, token = self._tokens[index - 1] if index else None, self._tokens[index]
        done = before is not None and before.value.startswith("corrected")
        inside = self._text[token.end - 1 : token.end + 1]
        touching = before is not None and before.end == token.start and not token.value
        return done and touching and ("内" in inside or "里" in inside)

    def _is_where(self, index: int) -> bool:
        """松江路、永福路，发现占道1处在永福路: where of the places named the last find was."""
        draft, spots = self._draft, self._stretch.spots
        if draft is None or draft.amount is None or not spots:
            return False
        here = draft.clause == self._places[index].clause
        return here and self._text[: self._tokens[index].start].endswith(self._where)

    def _is_wrong(self, index: int) -> bool:
        """Whether 不是 stands right before it: what is right comes elsewhere."""
        before = self._tokens[index - 1] if index else None
        return before is not None and (before.kind, before.value) == ("correction", "not")

    def _is_a_camera(self, index: int) -> bool:
        """岗亭监控看到松江路…: the place of the camera is not the place of the trouble."""
        after = self._tokens[index + 1 : index + 2]
        seen = bool(after) and (after[0].kind, after[0].value) == ("source", "camera")
        return seen and any(t.kind == "spot" for t in self._tokens[index + 2 :])

    def _is_told(self, index: int) -> bool:
        """已上报公园管理处: an unknown place right behind a deed is who was told."""
        before, token = self._tokens[index - 1] if index else None, self._tokens[index]
        handed_on = before is not None and before.value == "transferred open"
        return handed_on and before is not None and before.end == token.start and not token.value
