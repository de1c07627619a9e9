"""What stands beside a token of a caption, within its phrase; decides nothing of finds."""

from __future__ import annotations

from dataclasses import dataclass

from bot.rules.marks import CATEGORY, Marked, Token

NUMBER = ("count", "one")
PROMISED = 8  # letters between a promise and what is promised
NEAR = 2  # letters that may stand between a word and what it governs
_SILENT = frozenset({"plain", "found", "past", "time", "skip", "people", "source", "patrol",
                     "pointing", "picture", "all", "force", "ask", "chat", "late",
                     "start", "order"})  # fmt: skip
PAUSES = {"stop": 3, "comma": 2, "gap": 1, "list": 1}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token stands: phrases end at any pause, clauses at commas and full stops."""

    phrase: int
    clause: int


class Neighbours:
    """The tokens of one caption by their places."""

    def __init__(self, marked: Marked, already: tuple[str, ...]) -> None:
        """`already` are the words that make a second deed done and not ordered."""
        self._text = marked.text
        self._tokens = marked.tokens
        self._already = already
        self.places = _placed(marked.tokens)

    def following(self, index: int, over: tuple[str, ...] = ()) -> Token | None:
        """The next token that says something, within the phrase."""
        phrase = self.places[index].phrase
        for at in range(index + 1, len(self._tokens)):
            if self.places[at].phrase != phrase:
                return None
            if self._tokens[at].kind not in _SILENT and self._tokens[at].kind not in over:
                return self._tokens[at]
        return None

    def before(self, index: int, over: tuple[str, ...]) -> str | None:
        """The kind of the last token before, left out those that are passed over."""
        kinds = (self._tokens[at].kind for at in range(index - 1, -1, -1))
        return next((kind for kind in kinds if kind not in over), None)

    def leads(self, index: int) -> bool:
        """Whether a category stands behind the action in its phrase: 清理小广告, 劝离3个摊贩."""
        following = self.following(index, over=("spot", *NUMBER, "heads"))
        return following is not None and following.kind in CATEGORY

    def is_distraction(self, index: int, *, after_check: bool) -> bool:
        """Whether the number counts shops that were looked at or people who went."""
        after = self._tokens[index + 1 : index + 2]
        if after_check:
            if after and after[0].kind == "weak":
                return any(t.kind in NUMBER for t in self._tokens[index + 1 :])
            return not (after and after[0].kind in (*CATEGORY, "trouble"))
        before = self._tokens[index - 1 : index] if index else ()
        following = self.following(index)
        leads = following is not None and following.kind in CATEGORY
        leads = leads or self._tokens[index].kind == "one"  # 那家五金店
        return not leads and any(t.kind == "force" for t in (*before, *after))

    def awaited(self, index: int) -> str | None:
        """业主答应今天拉走, 要求村民清完: the kind of word that promises or demands it."""
        token, clause = self._tokens[index], self.places[index].clause
        due = None
        for at in range(index - 1, max(-1, index - 5), -1):
            other = self._tokens[at]
            far = token.start - other.end > PROMISED
            if far or self.places[at].clause != clause or other.kind in ("action", *CATEGORY):
                return due
            if other.kind in ("promise", "demand"):
                return other.kind
            due = "demand" if other.kind == "deadline" else due
        return due

    def governor(self, index: int) -> Token | None:
        """The word of the same phrase, right before an action, that changes its meaning."""
        token, phrase = self._tokens[index], self.places[index].phrase
        for at in range(index - 1, max(-1, index - 4), -1):
            other = self._tokens[at]
            between = self._text[other.end : token.start]
            passed = sum(
                t.end - t.start
                for t in self._tokens[at + 1 : index]
                if t.kind in ("time", "deadline")
            )
            if self.places[at].phrase != phrase or len(between) - passed > 2 * NEAR:
                return None
            if any(word in between for word in self._already):
                return None
            if other.kind in ("not_yet", "progress", "negation", "plan"):
                near = 2 * NEAR if other.kind in ("not_yet", "plan") else 0
                return other if len(between) <= near else None
            if other.kind == "action":
                ordered = other.value in ("notice open", "transferred open")
                return other if ordered else None
            if other.kind not in ("plain", "force", "time", "deadline"):
                return None
        return None


def _placed(tokens: tuple[Token, ...]) -> list[Place]:
    places, phrase, clause = [], 0, 0
    for token in tokens:
        weight = PAUSES.get(token.kind, 0)
        phrase, clause = phrase + (weight > 0), clause + (weight > 1)
        places.append(Place(phrase, clause))
    return places
