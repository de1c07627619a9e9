"""Every word of a bureau with what it is: the lists a caption is marked by; knows no text."""

from __future__ import annotations

from collections.abc import Iterator

from bot.rules.kinds import Kinds
from bot.rules.records import NO_TROUBLE, Bureau
from bot.rules.scripts import written
from bot.rules.vocabulary import Vocabulary


def entries(bureau: Bureau) -> Iterator[tuple[str, str, str]]:
    """Every word with its kind and value; the first meaning of a word stands."""
    for code, word in named(bureau):
        yield "category", code, word
    for code, word in named(bureau):
        for tail in bureau.vocabulary.compounded:
            yield "category", code, word + tail
    yield from _plain_lists(bureau.vocabulary)
    for category in bureau.categories:
        for word in (category.name, *category.synonyms) if category.code == NO_TROUBLE else ():
            yield "fine", "", word
    for hint in Kinds(bureau).hints():
        for kind, words in (("category", hint.strong), ("lean", hint.lean), ("weak", hint.weak)):
            for word in words:
                yield kind, hint.category, word


def named(bureau: Bureau) -> Iterator[tuple[str, str]]:
    """The codes of the categories of trouble with each of their own words."""
    for category in bureau.categories:
        for word in (category.name, *category.synonyms) if category.code != NO_TROUBLE else ():
            yield from ((category.code, spelled) for spelled in written(word))


def _plain_lists(words: Vocabulary) -> Iterator[tuple[str, str, str]]:
    counts = words.counts
    for action in words.actions:
        for word in action.words:
            yield "action", f"{action.action} {action.state}", word
    for kind, named in (("source", words.sources), ("patrol", words.patrols)):
        for value, listed in named.items():
            for word in listed:
                yield kind, value, word
    for word in words.wrong:
        yield "correction", "not", word
    for kind, listed in (
        ("how", words.how), ("negation", words.negations), ("fine", words.fine),
        ("rebound", words.rebound),
        ("still", words.still), ("after", words.after), ("correction", words.correction),
        ("late", words.late), ("presence", words.presence), ("trouble", words.trouble),
        ("not_yet", words.not_yet), ("progress", words.progress), ("all", words.all_of_them),
        ("each", counts.each), ("respectively", counts.respectively),
        ("rest", counts.rest), ("checked", counts.checked),
        ("force", counts.force), ("one", counts.this_one), ("found", words.found),
        ("denial", words.denials), ("promise", words.promises), ("slip", words.slips),
        ("say", words.says),
        ("except", words.excepting), ("supposed", words.supposed), ("few", words.few),
        ("unvisited", words.unvisited),
        ("order", words.orders), ("start", words.starting),
        ("demand", words.demands), ("within", words.within),
        ("plan", words.plan), ("past", words.past), ("chat", words.chat),
        ("forwarded", words.forwarded), ("ask", words.asking), ("span", words.spans),
        ("plain", words.plain), ("pointing", words.pointing), ("picture", words.picture),
    ):  # fmt: skip
        for word in listed:
            yield kind, "", word
