"""Sample photos, drawn: a street with a stall, with a vendor's cart, cleared, and last week's.

Nobody's licence is needed for them. Two variants of a scene are two shots: another crop, another
light, other shop fronts. All variants of last week's photo are the same shot but for a few pixels,
so that the bot can find it again. Pillow is loaded at the first drawing; no text is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 960, 720
_SCALE = 2
_KERB, _WALK, _SKY = 560, 430, 120
_AWNINGS = ("#7d3b34", "#34586b", "#5d6b3c", "#8a6a35", "#4d4a63")
_WALLS = ("#b9ad98", "#aea48f", "#c2b5a2", "#a89c8c", "#b3a9a0")


@dataclass(frozen=True)
class Sample:
    """A scene that can be drawn."""

    code: str
    title: str


@dataclass(frozen=True)
class Scene:
    """A drawn scene, as a photo."""

    code: str
    title: str
    jpeg: bytes


SCENES = (
    Sample("stall", "占道"),
    Sample("cart", "流动摊贩"),
    Sample("clear", "清理后"),
    Sample("old", "上周的旧照"),
)


def scenes(variant: int = 0) -> list[Scene]:
    """All scenes in this variant."""
    return [scene for scene in (draw(s.code, variant) for s in SCENES) if scene is not None]


def draw(code: str, variant: int = 0) -> Scene | None:
    """The scene, the same for the same variant on every machine; None where there is none."""
    sample = next((s for s in SCENES if s.code == code), None)
    if sample is None:
        return None
    from PIL import Image, ImageDraw, ImageEnhance

    chance = Random(f"{code}-{0 if code == 'old' else variant}")
    picture = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), "#ccd8de")
    brush = _Brush(ImageDraw.Draw(picture))
    _street(brush, chance)
    _CONTENTS[code](brush, chance)
    picture = _shoot(picture, chance)
    light = 0.97 + 0.07 * chance.random()
    picture = ImageEnhance.Brightness(picture).enhance(light)
    if code == "old":
        picture = ImageEnhance.Color(picture).enhance(0.55)
        picture.putpixel((variant * 7 % WIDTH, variant * 13 % HEIGHT), (90, 90, 90))
    out = BytesIO()
    picture.save(out, "JPEG", quality=88)
    return Scene(code, sample.title, out.getvalue())


class _Brush:
    """Draws in the coordinates of the finished picture, on a larger one."""

    def __init__(self, draw: ImageDraw) -> None:
        self._draw = draw

    def box(self, left: float, top: float, right: float, bottom: float, fill: str) -> None:
        self._draw.rectangle(_scaled(left, top, right, bottom), fill=fill)

    def round_box(
        self, left: float, top: float, right: float, bottom: float, fill: str, radius: float = 8
    ) -> None:
        box = _scaled(left, top, right, bottom)
        self._draw.rounded_rectangle(box, radius=radius * _SCALE, fill=fill)

    def oval(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        box = _scaled(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        self._draw.ellipse(box, fill=fill)

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=fill)

    def line(self, x1: float, y1: float, x2: float, y2: float, fill: str, width: float) -> None:
        self._draw.line(_scaled(x1, y1, x2, y2), fill=fill, width=round(width * _SCALE))

    def slice(self, x: float, y: float, radius: float, start: float, end: float, fill: str) -> None:
        box = _scaled(x - radius, y - radius, x + radius, y + radius)
        self._draw.pieslice(box, start, end, fill=fill)


def _scaled(*numbers: float) -> tuple[float, float, float, float]:
    a, b, c, d = (number * _SCALE for number in numbers)
    return a, b, c, d


def _street(brush: _Brush, chance: Random) -> None:
    brush.box(0, 0, WIDTH, _SKY, "#cfdce2")
    left = -chance.randrange(0, 160)
    while left < WIDTH:
        width = chance.randrange(190, 300)
        _shop(brush, chance, left, left + width)
        left += width
    brush.box(0, _WALK, WIDTH, _KERB, "#c6bfb2")
    for x in range(-400, WIDTH + 400, 80):
        brush.line(x, _KERB, WIDTH / 2 + (x - WIDTH / 2) * 0.7, _WALK, "#b4ad9f", 2)
    for y in (_WALK + 28, _WALK + 70):
        brush.line(0, y, WIDTH, y, "#b4ad9f", 2)
    brush.box(0, _KERB, WIDTH, _KERB + 16, "#e1dcd1")
    brush.box(0, _KERB + 16, WIDTH, HEIGHT, "#63666d")
    for x in range(-60 + chance.randrange(0, 60), WIDTH, 170):
        brush.shape([(x, 652), (x + 90, 652), (x + 84, 664), (x - 8, 664)], "#d9d6cc")


def _shop(brush: _Brush, chance: Random, left: float, right: float) -> None:
    top = _SKY - chance.randrange(10, 80)
    brush.box(left, top, right, _WALK, chance.choice(_WALLS))
    brush.box(left, top, left + 4, _WALK, "#958b7b")
    for x in range(round(left) + 34, round(right) - 50, 76):
        brush.box(x, top + 24, x + 40, top + 66, "#8d9aa2")
    awning = chance.choice(_AWNINGS)
    brush.box(left + 14, _SKY + 82, right - 14, _SKY + 112, awning)
    brush.shape(
        [(left + 14, _SKY + 112), (right - 14, _SKY + 112), (right - 2, _SKY + 138),
         (left + 2, _SKY + 138)], _darker(awning),
    )  # fmt: skip
    brush.box(left + 26, _SKY + 138, right - 26, _WALK, "#7f7568")
    middle = (left + right) / 2
    brush.box(left + 36, _SKY + 156, middle - 6, _WALK - 26, "#9fb0b5")
    brush.box(middle + 6, _SKY + 150, right - 36, _WALK, "#5f584e")
    brush.box(middle + 12, _SKY + 158, right - 42, _WALK - 4, "#8b9ca2")


def _stall(brush: _Brush, chance: Random) -> None:
    x = chance.randrange(360, 600)
    brush.oval(x, 545, 320, 26, "#a39c8e")
    brush.line(x, 250, x, 520, "#6b5a48", 8)
    _umbrella(brush, x, 330, 150, "#b8493b")
    brush.shape([(x - 150, 470), (x + 150, 470), (x + 136, 545), (x - 136, 545)], "#8a5a2f")
    for row, y in enumerate((462, 440)):
        for nth in range(6 - row):
            spot = x - 120 + nth * 48 + row * 24
            brush.oval(spot, y, 50, 42, "#3f6f3c")
            brush.oval(spot - 7, y - 6, 18, 26, "#568a4d")
    brush.box(x - 150, 468, x + 150, 478, "#6f4725")
    brush.box(x - 100, 490, x - 40, 524, "#e8dfc8")
    _person(brush, x + chance.choice((-210, 205)), 350, "#39475a", "#2b3442")


def _umbrella(brush: _Brush, x: float, y: float, radius: float, colour: str) -> None:
    slices = ("#efe6d8", colour)
    for nth in range(6):
        brush.slice(x, y, radius, 180 + nth * 30, 210 + nth * 30, slices[nth % 2])
    brush.oval(x, y - radius, 12, 12, _darker(colour))


def _cart(brush: _Brush, chance: Random) -> None:
    x = chance.randrange(330, 560)
    brush.oval(x + 60, 548, 400, 24, "#a39c8e")
    brush.round_box(x - 110, 420, x + 90, 510, "#3f6d8f")
    brush.box(x - 110, 420, x + 90, 436, "#2f546f")
    for post in (x - 104, x + 80):
        brush.box(post, 290, post + 6, 424, "#6b6f75")
    brush.shape([(x - 130, 296), (x + 110, 296), (x + 86, 262), (x - 106, 262)], "#e7e2d6")
    for nth in range(5):
        brush.oval(x - 84 + nth * 38, 414, 34, 30, "#c8742f")
    brush.line(x + 90, 490, x + 190, 490, "#44484f", 8)
    brush.line(x + 190, 490, x + 176, 404, "#44484f", 8)
    brush.line(x + 160, 404, x + 200, 400, "#2d3036", 8)
    brush.round_box(x + 118, 436, x + 164, 450, "#2d3036", 6)
    for wheel in (x - 62, x + 44, x + 190):
        brush.oval(wheel, 516, 70, 70, "#2d3036")
        brush.oval(wheel, 516, 44, 44, "#8f9499")
        brush.oval(wheel, 516, 14, 14, "#2d3036")
    _person(brush, x - chance.randrange(160, 220), 350, "#7a5b46", "#3c3d45")


def _clear(brush: _Brush, chance: Random) -> None:
    x = chance.randrange(260, 700)
    _person(brush, x, 345, "#2c4766", "#22324a", cap=True)
    tree = x + chance.choice((-260, 250))
    brush.oval(tree, 545, 90, 16, "#a39c8e")
    brush.box(tree - 10, 330, tree + 10, 545, "#77604a")
    for dx, dy, size in ((-40, 0, 120), (40, 10, 120), (0, -50, 140)):
        brush.oval(tree + dx, 300 + dy, size, size * 0.9, "#6f8a5a")


def _person(
    brush: _Brush, x: float, top: float, coat: str, trousers: str, cap: bool = False
) -> None:
    brush.oval(x, top + 200, 84, 14, "#a39c8e")
    brush.box(x - 22, top + 118, x - 3, top + 198, trousers)
    brush.box(x + 3, top + 118, x + 22, top + 198, trousers)
    brush.round_box(x - 32, top + 38, x + 32, top + 132, coat, 16)
    brush.round_box(x - 44, top + 46, x - 30, top + 116, _darker(coat), 7)
    brush.round_box(x + 30, top + 46, x + 44, top + 116, _darker(coat), 7)
    brush.oval(x, top + 18, 42, 46, "#d8ab86")
    if cap:
        brush.slice(x, top + 10, 25, 180, 360, "#1b2c42")
        brush.box(x - 31, top + 6, x + 31, top + 12, "#1b2c42")
    else:
        brush.slice(x, top + 14, 23, 180, 360, "#3a2f28")


def _shoot(picture: Image.Image, chance: Random) -> Image.Image:
    from PIL import Image

    zoom = 1 + 0.45 * chance.random()
    width, height = round(picture.width / zoom), round(picture.height / zoom)
    left = round((picture.width - width) * (0.25 + 0.5 * chance.random()))
    top = round((picture.height - height) * (0.5 + 0.3 * chance.random()))
    box = (left, top, left + width, top + height)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS, box)


def _darker(colour: str) -> str:
    parts = (int(colour[at : at + 2], 16) * 4 // 5 for at in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)


_CONTENTS: dict[str, Callable[[_Brush, Random], None]] = {
    "stall": _stall,
    "cart": _cart,
    "clear": _clear,
    "old": _stall,
}
