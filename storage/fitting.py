"""Makes a stored photo small enough for every chat line; runs in the picture process.

The strictest of them (Telegram's sendPhoto) takes 10 MB, 10,000 pixels of width and height
together, and a side at most twenty times the other. Imports what storage/decoding.py imports.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps

from storage.decoding import Trouble, bounded, sniff

BYTES = 4 * 1024 * 1024
"""Ten of them are less than what a server takes in one request."""

SUM, RATIO = 10_000, 20
SIDE = 2560
"""The longest side of what was scaled down: no line keeps more of a picture."""

TAKEN = frozenset({"image/jpeg", "image/png"})
GREY = "#808080"


def fitted(path: str, max_pixels: int) -> bytes | Trouble:
    """The photo as JPEG in a size that every line takes; nothing where it is so as it stands."""
    file = Path(path)
    try:
        size = file.stat().st_size
        with file.open("rb") as source:
            kind = sniff(source.read(16))
    except OSError:
        return Trouble("unreadable")
    if kind is None:
        return Trouble("not_a_picture")
    mime, decoder = kind
    try:
        with bounded(max_pixels), file.open("rb") as source, decoder(source) as picture:
            if mime in TAKEN and size <= BYTES and _taken(*picture.size):
                return b""
            return _scaled(picture)
    except Exception:  # noqa: BLE001 - a decoder fed with hostile bytes raises whatever it likes
        return Trouble("broken")


def _taken(width: int, height: int) -> bool:
    return width + height <= SUM and max(width, height) <= RATIO * min(width, height)


def _scaled(picture: Image.Image) -> bytes:
    """The picture upright, opaque and small; a strip lies on grey, to keep the ratio."""
    picture.draft("RGB", (SIDE, SIDE))
    picture.load()
    picture.thumbnail((SIDE, SIDE))
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        clear = upright.convert("RGBA")
        upright = Image.new("RGB", clear.size, "white")
        upright.paste(clear, mask=clear)
    upright = upright.convert("RGB")
    width, height = upright.size
    least = -(-max(width, height) // RATIO)
    if min(width, height) < least:
        padded = (max(width, least), max(height, least))
        upright = ImageOps.pad(upright, padded, color=GREY)
    out = io.BytesIO()
    upright.info.clear()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue()
