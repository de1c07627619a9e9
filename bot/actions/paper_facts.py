"""The facts of the papers: the same counts as the chat's answers, laid out by period; only reads.

Knows no sentence. What a paper says is read anew whenever it is written, up to the moment it went
out; one that three people have signed keeps the facts it was signed with (frozen.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.actions import counters, figures, frozen, ledger_figures, promises, rebounds
from bot.actions.answering import answer
from bot.actions.grouping import steps as cut
from bot.actions.scoping import category_name, spot_names
from bot.errors import NotFound
from bot.rules import papers as rules
from bot.rules.answers import Bulletin, Part
from bot.rules.indicators import Share
from bot.rules.metrics import METRICS, Measure
from bot.rules.papers import (
    Compared,
    DigestFacts,
    HotSpot,
    MeasureFacts,
    PaperFacts,
    SpotLine,
    Stretch,
    Taken,
)
from bot.rules.periods import Unit, day, unit_of
from bot.rules.quotas import Per
from bot.rules.rebounds import Raised
from bot.rules.records import Bureau, Question, Span
from storage import counts, papers, people, problem_counts, problems
from storage.counts import Scope
from storage.papers import Paper
from storage.schema import Transaction

HOT, HOT_LEAST = 5, 2
"""So many hot spots are named; one find alone makes none."""

COMPARED = ("patrol_count", "special_count", "report_count", "problem_count", "closed_count",
            "rebound_count", "closure_rate")  # fmt: skip
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WORKING_WEEK = 5

PARTS: dict[Per, Unit] = {"week": "day", "month": "week", "quarter": "month"}
"""What a paper of each period goes through it by."""


def the_paper(tx: Transaction, number: int) -> Paper:
    """The paper's row. Raises NotFound."""
    found = papers.by_id(tx, number)
    if found is None:
        raise NotFound("这份材料找不到了。")
    return found


def number_of(tx: Transaction, kind: str, start: date, now: datetime) -> int:
    """The number of the period's paper, a draft where it is new."""
    return papers.make(tx, kind, start, now)


def taken(tx: Transaction, paper: int) -> tuple[Taken, ...]:
    """The paper's steps with the names of who took them."""
    rows = papers.steps_of(tx, paper)
    names = {row.person: people.by_id(tx, row.person) for row in rows}
    return tuple(
        Taken(row.step, row.person, getattr(names[row.person], "name", "已离开的人"), row.verdict,
              row.words, row.at)
        for row in rows
        if row.verdict != rules.FROZEN
    )  # fmt: skip


def bulletin(tx: Transaction, bureau: Bureau, until: datetime, now: datetime) -> Bulletin:
    """The numbers of the public sentence, as of the day before `until`."""
    found = answer(tx, None, Question(("bulletin",), Span(None, until)), bureau, now)
    assert isinstance(found, Bulletin)
    return found


# ---- the week ----


def digest(tx: Transaction, number: int, bureau: Bureau, now: datetime) -> DigestFacts:
    """The facts of a week's digest, up to now or to the moment it went out. Raises NotFound."""
    paper = the_paper(tx, number)
    span = rules.span_of("week", paper.start, bureau)
    part = rules.counted(span, paper.sent_at or now)
    assert part.since is not None
    scope = Scope(part.since, part.until, at=paper.sent_at or now)
    names = spot_names(tx, bureau)
    spots = tuple(one for one in figures.spot_weeks(tx, bureau, part) if one.owed is not None)
    back = counts.by(tx, "rebounds", scope, "spot")
    kinds = counts.by(tx, "problems", scope, "category")
    return DigestFacts(
        paper.id, paper.start, part, paper.state, paper.version, paper.remark,
        promises.of_digest(tx, bureau, part, paper.sent_at), spots,
        counts.number(tx, "reports", scope), counts.number(tx, "problems", scope),
        counts.number(tx, "closed", scope), counts.number(tx, "rebounds", scope),
        _most(back, names), _most(kinds, {c.code: c.name for c in bureau.categories}),
        _sources(tx, scope), _days(tx, part, span),
        _since_last(tx, paper, span), any(t.verdict == rules.SIGNED for t in taken(tx, paper.id)),
        open=counts.number(tx, "open", scope), on_spot=counts.number(tx, "on_spot", scope),
        overdue=counts.number(tx, "overdue", scope),
        rebound_rate=rebounds.rate(tx, bureau, part.until),
        ledger=ledger_figures.week(tx, bureau, paper.start, paper.sent_at or now),
    )  # fmt: skip


def _most(found: dict[str, int], names: dict[str, str]) -> tuple[tuple[str, int], ...]:
    ordered = sorted(found.items(), key=lambda item: -item[1])
    return tuple((names.get(code, code), n) for code, n in ordered)


def _sources(tx: Transaction, scope: Scope) -> tuple[tuple[str, int], ...]:
    """How many problems came otherwise than by a patrol."""
    found = Counter(row.source for row in counts.rows(tx, "problems", scope))
    return tuple((source, n) for source, n in found.most_common() if source != "patrol")


def _days(tx: Transaction, part: Span, whole: Span) -> tuple[Stretch, ...]:
    """Found and settled, day by day; the weekend only where something was reported then."""
    found = []
    for n, span in enumerate(cut(whole, "day", None, part.until)):
        assert span.since is not None
        if span.since >= part.until:
            found.append(Stretch(WEEKDAYS[n], None, None))
            continue
        found.append(_stretch(tx, WEEKDAYS[n], span))
    weekend = [one for one in found[WORKING_WEEK:] if one.found]
    return tuple(found if weekend else found[:WORKING_WEEK])


def _stretch(tx: Transaction, label: str, span: Span) -> Stretch:
    scope = Scope(span.since, span.until)
    return Stretch(label, counts.number(tx, "problems", scope), counts.number(tx, "closed", scope))


def _since_last(tx: Transaction, paper: Paper, span: Span) -> int:
    """The problems found after the last digest went out and before this week: in none of them."""
    last = papers.sent_before(tx, papers.WEEK, paper.start)
    if last is None or last.sent_at is None or span.since is None or last.sent_at >= span.since:
        return 0
    return counts.number(tx, "problems", Scope(last.sent_at, span.since))


# ---- the month and the quarter ----


def paper(tx: Transaction, number: int, bureau: Bureau, now: datetime) -> PaperFacts:
    """The facts of a month's draft or a quarter's pack, also of a week's. Raises NotFound.

    Those of a signed one are what they were at 终审.
    """
    row = the_paper(tx, number)
    signed = frozen.kept(tx, number) if row.state == papers.SENT else None
    if signed is not None:
        return replace(signed, version=row.version)
    kind = row.kind
    span = rules.span_of(kind, row.start, bureau)
    part = rules.counted(span, row.sent_at or now)
    assert part.since is not None
    assert span.since is not None
    past = _as_far(span, part)
    steps = taken(tx, row.id)
    return PaperFacts(
        row.id, kind, span, part, bureau.name, row.state, row.version,
        (row.sent_at or now).astimezone(bureau.tz),
        tuple(_compared(tx, name, part, past) for name in COMPARED),
        _spots(tx, bureau, part, past), _categories(tx, bureau, part, past),
        _hot(tx, bureau, part), _stretches(tx, part, kind),
        promises.of_span(tx, bureau, span, row.sent_at or now, row.sent_at),
        bulletin(tx, bureau, day(part.until - timedelta(seconds=1)).until, now),
        counts.number(tx, "open", Scope(None, span.since)),
        _measures(tx, unit_of(span.since, "quarter", -1).since),
        _measures(tx, unit_of(span.since, "quarter").since), steps, rules.words_in(steps),
        _raised(tx, steps, bureau, now),
        shares=_shares(tx, part, row.sent_at or now),
        shares_before=_shares(tx, past, row.sent_at or now),
        unsolved=counts.number(tx, "unsolved", Scope(part.since, part.until)),
        rebound_rate=rebounds.rate(tx, bureau, part.until),
        rebound_rate_before=rebounds.rate(tx, bureau, past.until),
        ledger=ledger_figures.report(tx, bureau, row.sent_at or now),
        counters=counters.standing(tx, (row.sent_at or now).astimezone(bureau.tz).date()),
    )  # fmt: skip


def _raised(
    tx: Transaction, steps: tuple[Taken, ...], bureau: Bureau, now: datetime
) -> tuple[Raised, ...]:
    """The rebounds that were put before the review and still are some."""
    found = (problems.by_id(tx, number) for number in rules.raised(steps))
    told = (rebounds.told(tx, one, bureau, now) for one in found if one is not None)
    return tuple(
        Raised(one.place, one.kind, one.often, one.often_days, one.hours)
        for one in told
        if one is not None and one.stands
    )


def _shares(tx: Transaction, span: Span, at: datetime) -> tuple[Share, ...]:
    """Every indicator of what was found in the span, as it stands at the moment."""
    return tuple(problem_counts.tally(tx, Scope(span.since, span.until, at=at)).values())


def _as_far(span: Span, part: Span) -> Span:
    """The period before, as far as this one has gone: half a quarter is set beside half a one."""
    past = rules.before(span)
    if part.until >= span.until or past.since is None or part.since is None:
        return past
    return Span(past.since, min(past.since + (part.until - part.since), past.until))


def _compared(tx: Transaction, name: str, part: Span, past: Span) -> Compared:
    metric = METRICS[name]
    here, then = Scope(part.since, part.until), Scope(past.since, past.until)
    of = metric.of
    noun = "上报" if name == "report_count" else metric.noun
    return Compared(
        name, noun, metric.unit, counts.number(tx, metric.counts, here),
        counts.number(tx, metric.counts, then),
        counts.number(tx, of, here) if of else None, counts.number(tx, of, then) if of else None,
    )  # fmt: skip


def _spots(tx: Transaction, bureau: Bureau, part: Span, past: Span) -> tuple[SpotLine, ...]:
    """Every key spot, and others where something was found; the bureau's order."""
    here, then = Scope(part.since, part.until), Scope(past.since, past.until)

    def by(measure: Measure, scope: Scope) -> dict[str, int]:
        return counts.by(tx, measure, scope, "spot")

    visits, found, closed = by("reports", here), by("problems", here), by("closed", here)
    rebounds, earlier = by("rebounds", here), by("problems", then)
    names, short = spot_names(tx, bureau), promises.short_weeks(tx, part)
    key = {spot.code for spot in bureau.spots if spot.key}
    order = [spot.code for spot in bureau.spots]
    codes = [*order, *sorted(code for code in {*found, *visits} if code not in order)]
    return tuple(
        SpotLine(
            names.get(code, code), code in key, visits.get(code, 0), found.get(code, 0),
            closed.get(code, 0), rebounds.get(code, 0), earlier.get(code, 0), short[code],
        )
        for code in codes
        if code in key or visits.get(code) or found.get(code) or earlier.get(code)
    )  # fmt: skip


def _categories(tx: Transaction, bureau: Bureau, part: Span, past: Span) -> tuple[Part, ...]:
    here = counts.by(tx, "problems", Scope(part.since, part.until), "category")
    then = counts.by(tx, "problems", Scope(past.since, past.until), "category")
    codes = sorted({*here, *then}, key=lambda code: (-here.get(code, 0), -then.get(code, 0), code))
    return tuple(
        Part(category_name(bureau, code), here.get(code, 0), before=then.get(code, 0))
        for code in codes
    )


def _hot(tx: Transaction, bureau: Bureau, part: Span) -> tuple[HotSpot, ...]:
    """The places and kinds that came again, most often first, each with the hours it came in."""
    scope = Scope(part.since, part.until)
    names = spot_names(tx, bureau)
    found: dict[tuple[str, str], list[datetime]] = {}
    for row in counts.rows(tx, "problems", scope):
        if row.spot is not None:
            at = row.occurred_at.astimezone(bureau.tz)
            found.setdefault((row.spot, row.category), []).append(at)
    again = Counter((row.spot, row.category) for row in counts.rows(tx, "rebounds", scope))
    hot = [key for key, times in found.items() if len(times) >= HOT_LEAST]
    hot.sort(key=lambda key: (-again[key], -len(found[key]), key))
    return tuple(
        HotSpot(names.get(spot, spot), category_name(bureau, kind), len(found[spot, kind]),
                again[spot, kind], _hours([at.hour for at in found[spot, kind]]))
        for spot, kind in hot[:HOT]
    )  # fmt: skip


def _hours(hours: Sequence[int]) -> int | None:
    """The hour with which the two begin that hold at least half of them; None where none do."""
    best = max(range(23), key=lambda h: sum(h <= hour < h + 2 for hour in hours))
    return best if sum(best <= hour < best + 2 for hour in hours) * 2 >= len(hours) > 2 else None


def _stretches(tx: Transaction, part: Span, kind: Per) -> tuple[Stretch, ...]:
    """The period in its parts: a quarter by months, a month by weeks, a week by days."""
    found = []
    for span in cut(part, PARTS[kind], None, part.until):
        assert span.since is not None
        last = span.until - timedelta(seconds=1)
        first, end = (f"{day.month}.{day.day}" for day in (span.since, last))
        days = first if first == end else f"{first}–{end}"
        label = f"{span.since.month}月" if PARTS[kind] == "month" else days
        found.append(_stretch(tx, label, span))
    return tuple(found)


def both_quarters(
    tx: Transaction, facts: PaperFacts
) -> tuple[tuple[MeasureFacts, ...], tuple[MeasureFacts, ...]]:
    """The measures of the paper's quarter and of the one before, each as it stands now."""
    assert facts.span.since is not None
    here, last = (unit_of(facts.span.since, "quarter", n).since for n in (0, -1))
    return _measures(tx, here), _measures(tx, last)


def _measures(tx: Transaction, quarter: datetime | None) -> tuple[MeasureFacts, ...]:
    first = quarter.date() if quarter is not None else date.min
    return tuple(
        MeasureFacts(one.id, n, one.words, one.owner, one.due, one.state, one.effect)
        for n, one in enumerate(papers.measures_of(tx, first), 1)
    )
