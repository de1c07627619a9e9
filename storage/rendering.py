"""Makes a picture (PNG) of a drawing (SVG) with a Chinese font that travels with the program.

Runs in the picture process of storage/pictures.py; imports the drawing library only when it draws.
Takes drawings of our own making: it does not guard against a hostile SVG.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path

from storage.fonts import Font, NoFont

PACKAGE, FILE = "pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"
INSTEAD = "□"
"""Stands for a character that the font doesn't have."""

_PROOF = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">'
    '<text x="0" y="80" font-size="80" font-family="sans-serif">{}</text></svg>'
)


class NotDrawable(Exception):
    """No picture comes of it; the text says why, in English, for whoever keeps the machine."""


def render(drawing: str, font: str | None = None) -> bytes:
    """The drawing as PNG, at its own size on white; unknown characters show as □.

    `font` is the path of another font file. No font of the machine is ever used.
    Raises NotDrawable.
    """
    letters = _letters(font)
    shown = "".join(c if c.isascii() or c in letters.characters else INSTEAD for c in drawing)
    return _draw(shown, letters)


def fault(font: str | None = None) -> str | None:
    """Why Chinese can't be drawn on this machine, or None: 枣庄 is drawn and compared."""
    try:
        letters = _letters(font)
        missing = [c for c in "枣庄松江路永福1周月%" + INSTEAD if c not in letters.characters]
        if missing:
            return f"the font {letters.path} lacks {''.join(missing)}"
        pictures = {_draw(_PROOF.format(text), letters) for text in ("枣庄", "庄枣", "枣枣", "")}
    except NotDrawable as reason:
        return str(reason)
    # Boxes in place of letters would look alike, and nothing like nothing.
    return None if len(pictures) == 4 else f"the font {letters.path} draws no Chinese"


@lru_cache(2)
def _letters(font: str | None) -> Font:
    try:
        return Font(Path(font) if font else packaged())
    except NoFont as reason:
        raise NotDrawable(str(reason)) from reason


def packaged() -> Path:
    """Where the font is that is installed with the program."""
    try:
        return Path(str(resources.files(PACKAGE) / FILE))
    except ModuleNotFoundError:
        raise NotDrawable(f"the package {PACKAGE.replace('_', '-')} is not installed") from None


def _draw(drawing: str, letters: Font) -> bytes:
    try:
        from resvg_py import svg_to_bytes
    except ImportError as reason:
        raise NotDrawable(f"the package resvg-py can't be used: {reason}") from reason
    try:
        return svg_to_bytes(
            svg_string=drawing, background="#ffffff", skip_system_fonts=True,
            font_files=[str(letters.path)], font_family=letters.family,
            sans_serif_family=letters.family,
        )  # fmt: skip
    except ValueError as reason:
        raise NotDrawable(f"the drawing is refused: {reason}") from reason
