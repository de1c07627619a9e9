"""Second thoughts about what a question was heard to say; knows no measures and no figures.

A word that only looks like a name is a filter nobody said: the question is then not understood.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from bot.rules.hearing import Heard
from bot.rules.lexicon import Lexicon
from bot.rules.records import Bureau
from bot.rules.vocabulary import expand_all

SHORT = 2  # letters: the names that common words look like
_DEEDS = ("patrol", "special", "report", "visit", "discovered", "closed", "photo", "quota",
          "missing", "short", "times", "count", "list", "trend", "most", "rank")  # fmt: skip
_SHARED = re.compile("各(自|)(是|有|)(多少|几)|分别|各")


_AND_THERE = re.compile(r"呢[?!。]*$")
_FIRST_FEW = re.compile("前(?:[0-9]{1,2}|[二两三四五六七八九十])(?:名|位|个|类|种|条)")
_ONES = re.compile(r"的(?=$|[?!。,;\s])")
_WHICH_MORE = re.compile(
    "(?:谁|哪个|哪条|哪边|哪儿|哪里)[一-鿿]{0,4}?(?:多|少|高|低|严重|厉害|好|差|快|慢)"
)
_NUMBER = re.compile("几|多少|好多|[数量频]")  # 统计一下 asks for no number of its own
_TENS = tuple("十百千万")  # 十几处 is a number, and asks for none
_ONE_ASKING = re.compile(
    r"(?:[是有为的共一约达到在总大概呢啊:\s]|[同环]比)*"
)  # between 数量 and 多少
_MORE = re.compile(r"(?<!多)[多少](?![多少])(?:些|点|呢|啊|吗)?[?!。]*$")

_AFTER_A_NAME = re.compile(r"[\s,。?、和与跟同及的0-9昨今前上本这去近最大]")


class Doubts:
    """The words of a bureau that make a reading certain or doubtful."""

    def __init__(self, bureau: Bureau) -> None:
        words = bureau.vocabulary
        cues, people = words.questions.cues, words.people
        asked = [w for cue in ("count", "times") for w in expand_all(cues.get(cue, ()))]
        self._asked = Lexicon(("ask", "", w) for w in asked if _NUMBER.search(w))
        self._problems = Lexicon(("problem", "", w) for w in cues.get("problem", ()))
        self._trend = expand_all(cues.get("trend", ()))
        self._crossed = expand_all(cues.get("crossed", ()))
        self._deeds = Lexicon(("deed", "", w) for cue in _DEEDS for w in cues.get(cue, ()))
        self._doubtful = expand_all(people.doubtful)
        self._tails = Lexicon(("tail", "", w) for w in words.places.tails)

    def unfold(self) -> None:
        """Spell out every word now, so that no text waits for it."""
        for lexicon in (self._asked, self._problems, self._deeds, self._tails):
            lexicon.unfold()

    def doubtful(self, text: str, heard: Heard) -> bool:
        """Whether a name heard may be no person, or two comparisons are asked for at once."""
        if any(word in text for word in self._crossed):
            return True
        return any(self._no_person(text, name) for name in heard.officers)

    def completed(self, text: str, heard: Heard) -> Heard:
        """With the cues that only the whole text tells: a trend in a chart's name, one number."""
        cues = set(heard.cues)
        if any(word in text for word in self._trend):
            cues.add("trend")
        if len(heard.spots) > 1 and _AND_THERE.search(text):
            cues.add("apart")
        if _FIRST_FEW.search(text):
            cues.add("first")
        if "person" in cues and _MORE.search(text):
            cues.add("most")
        if _ONES.search(text):
            cues.add("ones")
        if (len(heard.spots) > 1 or len(heard.categories) > 1) and _WHICH_MORE.search(text):
            cues = (cues | {"apart"}) - {"who", "person", "most", "rank"}
        asks = self._asks(text)
        if asks == 1 and _SHARED.search(text) is None:
            cues.add("one_number")
        if {"most", "problem"} <= cues and {"list", "which"} & cues and "person" not in cues:
            kinds = heard.group or ("category" if not heard.categories else None)
            cues |= {"group", "group_asked"} if kinds else set()
            heard = replace(heard, group=kinds)
        return replace(heard, cues=frozenset(cues), asks=asks)

    def _asks(self, text: str) -> int:
        """How many numbers are asked for; 数量是多少 asks for one."""
        marks = [m for m in self._asked.marks(text) if text[m.start - 1 : m.start] not in _TENS]
        apart = (_ONE_ASKING.fullmatch(text, a.end, b.start) is None for a, b in pairwise(marks))
        return bool(marks) + sum(map(bool, apart))

    def names_problems(self, text: str) -> bool:
        """Whether the text itself speaks of problems."""
        return bool(self._problems.marks(text))

    def _no_person(self, text: str, name: str) -> bool:
        start = text.find(name)
        after = start + len(name)
        tail = self._tails.mark_at(text, after)
        if tail is not None and tail.end - tail.start > 1:
            return True
        common = len(name) <= SHORT and name.startswith(self._doubtful)
        return common and (text[:start].endswith("的") or not self._acts(text, after))

    def _acts(self, text: str, at: int) -> bool:
        """Whether a name may end here: with the text, a sign, a time, or before what was done."""
        return (
            at >= len(text)
            or _AFTER_A_NAME.match(text, at) is not None
            or self._deeds.mark_at(text, at) is not None
        )
