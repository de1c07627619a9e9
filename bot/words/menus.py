"""The lists of a report's card: which spot, which category, and of which find; pure."""

from __future__ import annotations

from bot.rules.facts import FindFacts, Receipt
from bot.rules.menus import Menu
from bot.words.card import Button, Card, press, turn
from bot.words.plain import cut, listed, short, unique

ACTS = {"spots": ("ms", "sp"), "categories": ("mc", "ct")}
"""Which press opens a list, and which picks from it."""

LABEL = 10
"""Characters of a button (conversations.md, rule 6)."""


def menu(facts: Receipt, shown: Menu) -> Card:
    """The list to pick from; with several spots or categories first the one to change."""
    back = Button("不改了", press("mb", facts.report, facts.version))
    wanting = facts.asking == "spot" and shown.kind == "spots"
    if shown.position is None and not wanting:
        found = _different(facts, shown)
        if len(found) > 1:
            return _which(facts, shown, found, back)
    opens, picks = ACTS[shown.kind]
    tail = "" if shown.position is None else f".{shown.position}"
    choices = tuple(
        Button(cut(name, LABEL), press(picks, facts.report, facts.version, f"{code}{tail}"))
        for code, name in facts.options
    )
    more = turn(
        shown.page,
        len(choices),
        lambda at: press(opens, facts.report, facts.version, f"{at}{tail}"),
    )
    text = f"{_title(facts, shown)}\n{_now(facts, shown)}"
    # Where a list can't change any more it stays as it is: the order of what is likely may move.
    gist = f"menu {facts.report} {shown.kind} {shown.position} {shown.page}"
    return Card(text, ((back,),), choices=choices, page=shown.page, turn=more, gist=gist, brief="")


def _which(facts: Receipt, shown: Menu, found: list[tuple[int, str]], back: Button) -> Card:
    opens, _ = ACTS[shown.kind]
    rows = tuple(
        (Button(cut(name, LABEL), press(opens, facts.report, facts.version, f"0.{position}")),)
        for position, name in found[:5]
    )
    title = "改哪一处？" if shown.kind == "spots" else "改哪一类？"
    return Card(f"{title}\n{_now(facts, shown)}", (*rows, (back,)))


def _different(facts: Receipt, shown: Menu) -> list[tuple[int, str]]:
    """Each different spot or category once, with the place of its first find."""
    names: dict[str, int] = {}
    for position, find in enumerate(facts.finds):
        names.setdefault(_name(find, shown), position)
    return [(position, name) for name, position in names.items()]


def _name(find: FindFacts, shown: Menu) -> str:
    return (find.place if shown.kind == "spots" else find.category) or "没写"


def _title(facts: Receipt, shown: Menu) -> str:
    if shown.position is None or shown.position >= len(facts.finds):
        return "改成哪个点位？" if shown.kind == "spots" else "是哪一类？"
    name = cut(_name(facts.finds[shown.position], shown), 14)
    return f"{name}改成哪个点位？" if shown.kind == "spots" else f"{name}改成哪一类？"


def _now(facts: Receipt, shown: Menu) -> str:
    if shown.kind == "categories":
        kinds = listed(unique([find.category for find in facts.finds if find.category]))
        return f"现在记的是{kinds or '还没有类别'}。编号 {short(facts.number)}"
    places = listed(unique([find.place for find in facts.finds if find.place]))
    return f"现在记的是{places or '还没有地点'}。编号 {short(facts.number)}"
