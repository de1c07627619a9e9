"""Reads a plain-Chinese question into a `Question`; knows no figures and answers nothing.

What is half understood is refused: a filter that was said and not understood would make a wrong
number.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from bot.rules.accounts import accounted
from bot.rules.doubts import Doubts
from bot.rules.following import followed
from bot.rules.hearing import Heard, Hearing
from bot.rules.measures import Reason, metrics_of, refused
from bot.rules.mishearing import Mishearing
from bot.rules.narrowing import filters_of, format_of, group_of, limit_of, range_on
from bot.rules.ranges import range_of
from bot.rules.records import Bureau, Question, Span
from bot.rules.scripts import levelled, without_pictures

LONGEST = 120  # letters; nobody asks so long a question, and pasted texts are none

_OF_SOMEBODY = ("absent", "dup_photos", "ledger_list", "ledger_summary")
"""The measures whose answer may be persons."""

_BOSS = (
    "(?:局长?|队长?|科长?|主任|书记|总|所长?|大队长?|中队长?|副局长|副队长)"
    "(?:那边|这边)?(?:急着?|又|在|等着?)?(?:要求|让|叫|想|要|问|催|说)(?:我们?|咱们?|你)?"
    "(?:查查|看看|问问|统计|汇报|报|查|看|问|知道|了解|要)?(?:一?下)?"
)


class QuestionReader:
    """Reads questions in the words of one bureau."""

    def __init__(self, bureau: Bureau, *, ahead: bool = True) -> None:
        """Every word is spelled out `ahead`; who reads only one text need not wait for that."""
        self._bureau = bureau
        self._hearing = Hearing(bureau)
        self._doubts = Doubts(bureau)
        self._mishearing = Mishearing(bureau)
        if ahead:
            self._hearing.unfold()
            self._doubts.unfold()
            self._mishearing.unfold()
        surnames = "|".join(map(re.escape, bureau.vocabulary.people.surnames)) or "(?!)"
        self._boss = re.compile(f"(?:{surnames}){_BOSS}")
        self._squads = re.compile("|".join(map(re.escape, bureau.squads)) or "(?!)")

    def read(self, text: str, now: datetime) -> Question:
        """What is asked at `now`; what is not ours or not understood is a refusal with a reason."""
        now = now.astimezone(self._bureau.tz)
        text = self._plain(text)
        if not text or len(text) > LONGEST:
            return refusal("unclear")
        heard = self._hearing.hear(text, now)
        question = self._question(text, heard, now)
        if question.reason == "unclear" and heard.unknown_letters:
            better = self._mishearing.put_right(text)
            again = self._hearing.hear(better, now) if better is not None else None
            if better is not None and again is not None and _keeps(heard, again):
                question = self._question(better, again, now)
        return question

    def _question(self, text: str, heard: Heard, now: datetime) -> Question:
        if self._doubts.doubtful(text, heard):
            return refusal("unclear")
        return self._understood(self._doubts.completed(text, heard), now)

    def follow(self, text: str, now: datetime, last: Question) -> Question | None:
        """The last question asked again of what a fragment names (永福路呢), or None."""
        now = now.astimezone(self._bureau.tz)
        text = self._plain(text)
        if not text or len(text) > LONGEST:
            return None
        heard = self._hearing.hear(text, now)
        if self._doubts.doubtful(text, heard):
            return None
        heard = self._doubts.completed(text, heard)
        return followed(heard, last, now, own_thing=self._doubts.names_problems(text))

    def _plain(self, text: str) -> str:
        """The text levelled; a squad's first letter is not the end of 上礼拜一.

        Who wants to know (张局要看) is no part of the question.
        """
        text = levelled(without_pictures(text)).strip()
        boss = self._boss.match(text)
        return self._squads.sub(r" \g<0>", text[boss.end() :] if boss else text).strip()

    def _understood(self, heard: Heard, now: datetime) -> Question:
        reason = refused(heard)
        metrics = metrics_of(heard)
        if "who" in heard.cues and metrics and metrics[0] not in _OF_SOMEBODY:
            reason = reason or "unclear"
        if reason is not None or not metrics:
            return refusal(reason or "unclear")
        if not heard.announced:
            return refusal("unannounced")
        asked = range_of(heard, metrics, now)
        if asked is None:
            return refusal("unclear")
        span, compare = asked
        group, limit = group_of(heard, metrics, span), limit_of(heard)
        if limit is not None and group is None and metrics[0].endswith("_count"):
            return refusal("unclear")  # the first five of what?
        question = Question(
            metrics=metrics,
            range=span,
            range_on=range_on(heard, metrics),
            filters=filters_of(heard, metrics),
            compare=compare,
            group_by=group,
            limit=limit,
            format=format_of(heard, metrics),
            least="least" in heard.cues,
        )
        return question if accounted(heard, question) else refusal("unclear")


def _keeps(heard: Heard, again: Heard) -> bool:
    """Whether all that was heard before a word was put right is heard still."""
    return (
        again.dept == heard.dept
        and set(heard.spots) <= set(again.spots)
        and set(heard.categories) <= set(again.categories)
        and set(heard.spans) <= set(again.spans)
    )


def refusal(reason: Reason) -> Question:
    """The question that is not answered, with the reason."""
    return Question(metrics=("refuse",), range_on=None, reason=reason)


def is_question(question: Question) -> bool:
    """Whether the text was a question, answered or refused for its content."""
    return question.reason != "unclear"


def question_json(question: Question) -> dict[str, Any]:
    """The question in the schema of `gangting ask --json`: every key is there."""
    return {
        "metrics": list(question.metrics),
        "range": _span_json(question.range),
        "range_on": question.range_on,
        "filters": {
            "spots": list(question.filters.spots),
            "categories": list(question.filters.categories),
            "officers": list(question.filters.officers),
            "dept": question.filters.dept,
            "source": question.filters.source,
            "state": question.filters.state,
            "patrol_type": question.filters.patrol_type,
            "obligation": question.filters.obligation,
            "long_term": question.filters.long_term,
        },
        "compare": question.compare,
        "group_by": question.group_by,
        "limit": question.limit,
        "format": question.format,
    }


def _span_json(span: Span | None) -> dict[str, str | None] | None:
    if span is None:
        return None
    since = span.since.strftime("%Y-%m-%dT%H:%M") if span.since else None
    return {"from": since, "to": span.until.strftime("%Y-%m-%dT%H:%M")}
