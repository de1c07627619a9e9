"""挂图作战: the whole ledger as one picture for a phone and for a wall; pure.

1080 wide, upright. A cell a task, its number and the letter of its state in it: nothing is told by
colour alone. Very many tasks are drawn as a bar a group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from bot.rules.wall_facts import LOOKS, MOST_CELLS, Cell, WallFacts
from bot.words.canvas import GREY, Canvas
from bot.words.lettering import clean, em, shorten, wrap

WIDTH, MARGIN = 1080, 40
TITLE, HEAD, NOTE = 44, 30, 26
GAP = 8
ZOOMS = ((120, 0.8), (240, 0.65), (MOST_CELLS, 0.5))
"""So large a picture is up to so many cells: every cell costs time, and somebody waits for it."""

MARKS = {
    "done": ("销", "已销号", "#2f6f4f", "#ffffff"),
    "lasting": ("长", "长期，已达标", "#cfe3d6", "#1f4c36"),
    "given": ("核", "佐证已交、待销号", "#dbe6f1", "#1f3d5c"),
    "going": ("办", "在办", "#ffffff", "#20242a"),
    "soon": ("近", "7 天内到期", "#a86a12", "#ffffff"),
    "late": ("超", "超期", "#a8352b", "#ffffff"),
    "again": ("重", "已重开", "#f3e3c8", "#6d440a"),
    "fresh": ("未", "未开始", "#eceae4", "#565b61"),
}
"""By look: its letter, its name, its ground, its ink."""

EDGE = {"going": "#7b8794", "fresh": "#b9b4a8", "lasting": "#2f6f4f", "again": "#a86a12",
        "given": "#5d7fa3"}  # fmt: skip
STRIPE = "#8d241b"

Plan = tuple[float, Callable[[Canvas], None]]
"""How high the picture gets, and what draws it."""


def zoom(total: int) -> float:
    """How large the picture of so many tasks is, of its own measure; bars are few again."""
    return next((size for most, size in ZOOMS if total <= most), ZOOMS[0][1])


def svg(facts: WallFacts) -> str:
    """The picture as an SVG document."""
    title = wrap(clean(facts.title) or "整改台账", (WIDTH - 2 * MARGIN) / TITLE, 2)
    counted = Counter(cell.look for _, cells in facts.groups for cell in cells)
    legend = _legend(counted)
    top = MARGIN + len(title) * 58 + 44 + len(legend) * 52 + 16
    plan = _bars if facts.total > MOST_CELLS else _grid
    height, draw = plan(facts, top)
    canvas = Canvas(WIDTH, round(height), clean(facts.title))
    for n, line in enumerate(title):
        canvas.text((MARGIN, MARGIN + TITLE * 0.88 + n * 58), line, TITLE, bold=True)
    day = facts.today
    said = f"截至{day.year}年{day.month}月{day.day}日，共 {facts.total} 件"
    y = MARGIN + len(title) * 58 + NOTE
    canvas.text((MARGIN, y), said, NOTE + 2, fill=GREY)
    for n, row in enumerate(legend):
        for x, look in row:
            _key(canvas, (x, y + 26 + n * 52), look, counted[look])
    draw(canvas)
    return canvas.svg(zoom(facts.total))


# ---- the legend ----


def _legend(counted: Counter[str]) -> list[list[tuple[float, str]]]:
    """Rows of (x, look), of the looks that there are."""
    rows: list[list[tuple[float, str]]] = [[]]
    x = float(MARGIN)
    for look in (one for one in LOOKS if counted[one]):
        wide = 50 + em(_named(look, counted[look])) * NOTE
        if rows[-1] and x + wide > WIDTH - MARGIN:
            rows.append([])
            x = float(MARGIN)
        rows[-1].append((x, look))
        x += wide + 30
    return rows


def _named(look: str, many: int) -> str:
    return f"{MARKS[look][1]} {many}"


def _key(canvas: Canvas, at: tuple[float, float], look: str, many: int) -> None:
    x, y = at
    _ground(canvas, (x, y), 38, 38, look)
    letter, _, _, ink = MARKS[look]
    canvas.text((x + 19, y + 28), letter, 24, anchor="middle", fill=ink)
    canvas.text((x + 50, y + 29), _named(look, many), NOTE)


def _ground(
    canvas: Canvas, at: tuple[float, float], wide: float, high: float, look: str
) -> None:  # fmt: skip
    """The ground of a cell in its state's colour; what is late is striped, what is long framed."""
    x, y = at
    edge = EDGE.get(look)
    corner = min(6, wide / 6)
    if edge:
        canvas.box((x, y), wide, high, edge, corner)
        line = 4 if look in ("lasting", "again") else 2
        if wide > 2 * line and high > 2 * line:
            inner = wide - 2 * line, high - 2 * line
            canvas.box((x + line, y + line), *inner, MARKS[look][2], max(corner - 2, 0))
        return
    canvas.box((x, y), wide, high, MARKS[look][2], corner)
    if look == "late":
        step, at_x = 14, x + 6
        while at_x < x + wide - 3:
            canvas.rule(
                (at_x, y + high - 4), (min(at_x + 8, x + wide - 2), y + high - 12), STRIPE, 3
            )
            at_x += step


# ---- a cell a task ----


def _grid(facts: WallFacts, top: float) -> Plan:
    columns = 9 if facts.total <= 120 else 12 if facts.total <= 240 else 16
    side = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns
    high = side * 0.84
    places, y = [], top
    for name, cells in facts.groups:
        heads = _head(name, cells)
        places.append((y, heads, cells))
        rows = -(-len(cells) // columns)
        y += 20 + len(heads) * 40 + rows * (high + GAP) + 18

    def draw(canvas: Canvas) -> None:
        for y, heads, cells in places:
            for n, line in enumerate(heads):
                canvas.text((MARGIN, y + HEAD + n * 40), line, HEAD, bold=True)
            _count(canvas, cells, y + HEAD)
            begin = y + 20 + len(heads) * 40
            for n, cell in enumerate(cells):
                down, right = divmod(n, columns)
                at = MARGIN + right * (side + GAP), begin + down * (high + GAP)
                _cell(canvas, at, side, high, cell)

    return max(y + MARGIN - 18, 400), draw


def _head(name: str, cells: tuple[Cell, ...]) -> list[str]:
    room = (WIDTH - 2 * MARGIN - em(_done(cells)) * NOTE - 30) / HEAD
    return wrap(clean(name) or "没有分组", room, 2)


def _done(cells: tuple[Cell, ...]) -> str:
    done = sum(cell.done for cell in cells)
    late = sum(cell.look == "late" for cell in cells)
    return f"完成 {done}/{len(cells)}{f' 超期 {late}' if late else ''}"


def _count(canvas: Canvas, cells: tuple[Cell, ...], y: float) -> None:
    canvas.text((WIDTH - MARGIN, y), _done(cells), NOTE, anchor="end", fill=GREY)


def _cell(
    canvas: Canvas, at: tuple[float, float], side: float, high: float, cell: Cell
) -> None:  # fmt: skip
    x, y = at
    letter, _, _, ink = MARKS[cell.look]
    _ground(canvas, at, side, high, cell.look)
    number = str(cell.number)
    size = min(34, int((side - 10) / max(em(number), 1.2)), int(high * 0.42))
    middle, small = x + side / 2, min(24, int(high * 0.32))
    canvas.text((middle, y + high * 0.46), number, size, anchor="middle", fill=ink)
    canvas.text((middle, y + high * 0.84), letter, small, anchor="middle", fill=ink)


# ---- a bar a group ----


def _bars(facts: WallFacts, top: float) -> Plan:
    most = max(len(cells) for _, cells in facts.groups)
    room = WIDTH - 2 * MARGIN
    step = 40 + 58 + 26

    def draw(canvas: Canvas) -> None:
        for n, (name, cells) in enumerate(facts.groups):
            y = top + n * step
            head = _head(name, cells)
            line = head[0] if len(head) < 2 else shorten(head[0] + "…", 24)
            canvas.text((MARGIN, y + HEAD), line, HEAD, bold=True)
            _count(canvas, cells, y + HEAD)
            counted = Counter(cell.look for cell in cells)
            x = float(MARGIN)
            for look in LOOKS:
                wide = room * counted[look] / most
                if counted[look]:
                    _segment(canvas, (x, y + 44), wide, look, counted[look])
                x += wide

    return max(top + len(facts.groups) * step + MARGIN, 400), draw


def _segment(
    canvas: Canvas, at: tuple[float, float], wide: float, look: str, many: int
) -> None:  # fmt: skip
    """A part of a bar, with its letter and number where there is room for them."""
    letter, _, ground, ink = MARKS[look]
    wide = max(wide, 3)
    if wide > 12:
        _ground(canvas, at, wide, 54, look)
    else:
        canvas.box(at, wide, 54, EDGE.get(look, ground))
    for said in (f"{letter} {many}", letter):
        if em(said) * 26 + 8 <= wide:
            canvas.text((at[0] + wide / 2, at[1] + 36), said, 26, anchor="middle", fill=ink)
            break
