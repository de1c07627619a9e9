"""The week as one picture for a phone: spots against what they are owed, and each day; pure.

1080 wide. Above a bar a spot with a mark where it must reach; below found and settled, day by day.
"""

from __future__ import annotations

from bot.rules.facts import SpotWeek
from bot.rules.papers import DigestFacts
from bot.words import bars
from bot.words.axes import LABEL, Frame, scale
from bot.words.canvas import GREY, INK, Canvas, colour
from bot.words.chart import Chart
from bot.words.digest import head, problems, promised
from bot.words.lettering import clean, em, shorten

WIDTH, MARGIN = 1080, 44
TITLE, LINE, PART = 46, 32, 34
BAR, GAP = 40, 22
SHORT, ENOUGH = "#c4626b", "#4d9f87"
"""A spot that lacks visits, and one that has enough: told apart by their numbers too."""
TRACK = "#eef2f5"
DAYS, EMPTY = 430, 150
"""Height of the lower part; and of what stands there where nothing was found."""
MOST = 12
"""Spots that are drawn; more are counted in a line."""


def svg(facts: DigestFacts) -> str:
    """The picture as an SVG document."""
    spots = facts.spots[:MOST]
    upper = _spots_height(spots, len(facts.spots))
    top = MARGIN + TITLE + 30 + LINE * 2 + 40
    lower = DAYS if facts.found else EMPTY + 30
    height = round(top + upper + 40 + PART + lower + MARGIN)
    canvas = Canvas(WIDTH, height, head(facts))
    canvas.text((MARGIN, MARGIN + TITLE * 0.9), clean(head(facts)), TITLE, bold=True)
    y = MARGIN + TITLE + 26 + LINE
    for line in (_promises(facts), problems(facts).rstrip("。")):
        if line:
            words = shorten(clean(line), (WIDTH - 2 * MARGIN) / LINE)
            canvas.text((MARGIN, y), words, LINE, fill=INK)
            y += LINE + 14
    _spots(canvas, spots, len(facts.spots), top)
    _days(canvas, facts, top + upper + 40)
    return canvas.svg()


def _promises(facts: DigestFacts) -> str:
    return "，".join(map(promised, facts.promises))


def _spots_height(spots: tuple[SpotWeek, ...], of: int) -> float:
    rest = LINE + 10 if of > len(spots) else 0
    return PART + 24 + len(spots) * (BAR + GAP) + rest if spots else 0


def _spots(canvas: Canvas, spots: tuple[SpotWeek, ...], of: int, top: float) -> None:
    """A bar a spot, as long as its visits, in a track as long as what it is owed."""
    if not spots:
        return
    canvas.text((MARGIN, top + PART), "重点点位到场（次，竖线是应到）", PART, bold=True)
    names = [shorten(clean(spot.name), 11) for spot in spots]
    left = MARGIN + max(em(name) for name in names) * LABEL + 24
    right = WIDTH - MARGIN - em("10/10 ✓") * LABEL
    most = max(max(spot.visits, spot.owed or 0) for spot in spots) or 1
    for n, (spot, name) in enumerate(zip(spots, names, strict=True)):
        y = top + PART + 24 + n * (BAR + GAP)
        middle = y + BAR / 2 + LABEL * 0.36
        canvas.text((left - 24, middle), name, LABEL, anchor="end")
        owed = spot.owed or 0
        unit = (right - left) / most
        canvas.box((left, y), unit * owed, BAR, TRACK, 5)
        if spot.visits:
            fill = SHORT if spot.short else ENOUGH
            canvas.box((left, y + 4), unit * spot.visits, BAR - 8, fill, 5)
        canvas.rule((left + unit * owed, y - 5), (left + unit * owed, y + BAR + 5), GREY, 3)
        end = left + unit * max(spot.visits, owed) + 14
        canvas.text((end, middle), f"{spot.visits}/{owed}", LABEL)
    if of > len(spots):
        y = top + PART + 24 + len(spots) * (BAR + GAP) + LINE
        canvas.text((MARGIN, y), f"另有 {of - len(spots)} 处没有画出来", LINE, fill=GREY)


def _days(canvas: Canvas, facts: DigestFacts, top: float) -> None:
    """Found and settled, a pair of bars a day."""
    canvas.text((MARGIN, top + PART), "每天发现和解决（个）", PART, bold=True)
    if not facts.found:
        canvas.box((MARGIN, top + PART + 30), WIDTH - 2 * MARGIN, EMPTY, TRACK, 8)
        at = (WIDTH / 2, top + PART + 30 + EMPTY / 2 + 16)
        canvas.text(at, "本周无问题", 44, anchor="middle", fill=GREY)
        return
    x = WIDTH - MARGIN - em("发现解决") * LABEL - 150
    for series, word in enumerate(("发现", "解决")):
        canvas.box((x, top + PART - 25), 26, 26, colour(series), 4)
        canvas.text((x + 38, top + PART), word, LABEL)
        x += 38 + em(word) * LABEL + 36
    labels = tuple(day.label for day in facts.days)
    found = tuple(day.found for day in facts.days)
    closed = tuple(day.closed for day in facts.days)
    measure = scale(max((n for n in (*found, *closed) if n is not None), default=0))
    frame = Frame(MARGIN + 40, top + PART + 80, WIDTH - MARGIN, top + PART + DAYS - 50)
    bars.standing(canvas, Chart("", labels, (("发现", found), ("解决", closed))), frame, measure)
