"""Turns the stretches of a caption into finds; knows how spots and drafts pair, and no words."""

from __future__ import annotations

from itertools import pairwise

from bot.rules.drafts import STRONG, WEAK, Deed, Draft, Stretch, deal, finds_at
from bot.rules.places import Mention
from bot.rules.records import NO_TROUBLE, Find


def collect(stretches: list[Stretch]) -> tuple[Find, ...]:
    """Every find of the caption in the order written; a spot without trouble is one with `none`."""
    for stretch in stretches:
        deal(stretch)
    _inherit_categories(stretches)
    _leave_out_announced(stretches)
    _pair_spots_written_behind(stretches)
    _spread_loose(stretches)
    _settle_afterwards(stretches)
    for stretch in stretches:
        _leave_out_totals(stretch)
    for stretch in stretches:
        stretch.drafts = _merged(_without_headings(stretch.drafts))
    troubled = {m.text for s in stretches if s.drafts for m in s.spots}
    finds: list[Find] = []
    for stretch in stretches:
        for draft in stretch.drafts:
            finds += finds_at(draft, stretch.spots)
        if not stretch.drafts:
            finds += [_nothing(m) for m in stretch.spots if m.text not in troubled]
    return tuple(dict.fromkeys(finds)) if all(f.count is None for f in finds) else tuple(finds)


def loose_deed(stretches: list[Stretch]) -> Deed | None:
    """What was done, where no find is named it was done to."""
    deeds = [deed for stretch in stretches for deed in stretch.loose]
    return Draft(0, 0, deeds=deeds).deed if deeds else None


def _nothing(mention: Mention) -> Find:
    return Find(
        spot=mention.code,
        category=NO_TROUBLE,
        spot_text=mention.text,
        spot_alt=mention.alternatives,
    )


def _settle_afterwards(stretches: list[Stretch]) -> None:
    """… 光明大道正常。占道已劝离: a deed told at the end belongs to the finds told before."""
    for index, stretch in enumerate(stretches):
        for draft in [d for d in stretch.drafts if stretch.fine and d.deeds and not d.amount]:
            earlier = [d for s in stretches[:index] for d in s.drafts if not d.deeds]
            meant = [d for d in earlier if d.category == draft.category]
            for other in meant:
                other.deeds += draft.deeds
            if meant:
                stretch.drafts.remove(draft)


def _leave_out_totals(stretch: Stretch) -> None:
    """占道4起(流动摊贩3，店外1): where the parts add up to it, the total is no find of its own."""
    for at, total in enumerate(stretch.drafts):
        if not total.whole:
            continue
        parts = [draft for draft in stretch.drafts[at + 1 :] if draft.amount is not None]
        told = sum(draft.amount.value for draft in parts if draft.amount is not None)
        if total.amount is not None and told == total.amount.value:
            if all(p.weight == WEAK or p.category == total.category for p in parts):
                total.deeds += next((p.deeds for p in parts if p.deeds), [])
                stretch.drafts = [d for d in stretch.drafts if d not in parts]
                return
            for part in parts:
                part.deeds += total.deeds
            stretch.drafts.remove(total)
            return


def _leave_out_announced(stretches: list[Stretch]) -> None:
    """共发现5个问题，松江路3个占道…: what is only announced is told in what follows."""
    first = stretches[0]
    nameless = [d for d in first.drafts if d.category is None]
    named = [d for s in stretches[1:] for d in s.drafts if d.category]
    if not first.spots and nameless and named and len(first.drafts) == len(nameless):
        del stretches[0]


def _without_headings(drafts: list[Draft]) -> list[Draft]:
    """占道经营 ①炸串1 ②卖花1: what stands over a numbered list is told by the list."""
    below = [draft for draft in drafts if draft.numbered]
    if not below or drafts[0].numbered or drafts[0].amount is not None:
        return drafts
    for draft in below:
        draft.others.update(drafts[0].others)
        draft.deeds += [] if draft.deeds else drafts[0].deeds
    return [*drafts[1:]]


def _merged(drafts: list[Draft]) -> list[Draft]:
    """Drafts of one category at one place are one find, unless both are counted."""
    kept: list[Draft] = []
    for draft in drafts:
        same = next((d for d in kept if d.category == draft.category), None)
        if same is None or (same.amount and draft.amount):
            kept.append(draft)
            continue
        same.amount = same.amount or draft.amount
        same.each, same.again = same.each or draft.each, same.again or draft.again
        same.deeds += draft.deeds
        same.parts += draft.parts
    return kept


def _inherit_categories(stretches: list[Stretch]) -> None:
    """松江路2个摊贩，永福路1个: a number alone counts what the number before (or after) counted."""
    said = [d for s in stretches for d in s.drafts if d.category]
    for stretch in stretches:
        if stretch.drafts and stretch.drafts[-1].category:
            said = [stretch.drafts[-1]]
        elif stretch.pending is not None and not stretch.drafts and stretch.spots:
            denied = next((s.denied for s in stretches if s.denied), None)
            category = said[0].category if said else denied
            if category is None and stretch.fine:
                continue  # 三处都正常 counts the places
            named_later = bool(said) and not any(
                d is said[0] for s in stretches[: stretches.index(stretch)] for d in s.drafts
            )
            deeds = stretch.loose or (list(said[0].deeds) if named_later else [])
            draft = Draft(0, 0, amount=stretch.pending, deeds=deeds)
            if category is not None:
                draft.say(category, STRONG)
            stretch.drafts, stretch.loose = [draft], []


def _spread_loose(stretches: list[Stretch]) -> None:
    """What was done before any find was named was done to all that say nothing else."""
    waiting = [d for s in stretches for d in s.drafts if not d.deeds and not d.parts]
    loose = [s for s in stretches if s.loose]
    if waiting:
        for stretch in loose:
            for draft in waiting:
                draft.deeds += stretch.loose
            stretch.loose = []
        return
    for stretch in loose:
        looked = any(action.startswith("recheck") for action, _ in stretch.loose)
        if stretch.spots and not stretch.drafts and (looked or not stretch.fine):
            stretch.drafts, stretch.loose = [Draft(0, 0, deeds=stretch.loose)], []


def _pair_spots_written_behind(stretches: list[Stretch]) -> None:
    """占道2处 松江路: where finds come first and the last spot has none, spots follow finds."""
    first = stretches[0]
    if len(stretches) < 2 or not first.drafts or any(not m.vague for m in first.spots):
        return
    last = stretches[-1]
    if first.spots and (last.drafts or last.fine or len(stretches) > 2):
        return
    if last.drafts or last.fine:
        stretches[1].drafts = first.drafts + stretches[1].drafts
        del stretches[0]
        return
    for stretch, behind in pairwise(stretches):
        stretch.spots = behind.spots
    stretches[-2].loose += stretches.pop().loose
