"""What a chat app makes of a file before sending it: ids, and of a photo its sizes.

A photo loses its EXIF, has 1280 pixels at most and gets a thumbnail. Pillow is loaded at the
first photo. Knows no message.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from bot.transports.simulator.chats import File, FileKind
from bot.transports.simulator.shelf import Shelf

if TYPE_CHECKING:
    from PIL import Image

LARGEST, SMALL = 1280, 320


@dataclass(frozen=True)
class Size:
    """One size of a photo."""

    data: bytes
    width: int
    height: int


def keep_file(shelf: Shelf, data: bytes, kind: FileKind, name: str, mime: str) -> File:
    """The bytes are on the shelf; their record."""
    file_id, unique = shelf.put(data)
    return File(file_id, unique, kind, name, mime, len(data))


def keep_photo(shelf: Shelf, data: bytes) -> File:
    """The photo and its thumbnail are on the shelf; bytes that are no picture have no thumbnail."""
    kept: list[File] = []
    for size in sizes(data) or [Size(data, 1, 1)]:
        file = keep_file(shelf, size.data, "photo", "photo.jpg", "image/jpeg")
        file.width, file.height = size.width, size.height
        kept.append(file)
    kept[-1].small = kept[0] if len(kept) > 1 else None
    return kept[-1]


def measures(data: bytes) -> tuple[int, int] | None:
    """Width and height, or None where these bytes are no picture."""
    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as opened:
            return opened.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def sizes(data: bytes) -> list[Size] | None:
    """The photo's sizes, smallest first, or None where these bytes are no picture.

    A JPEG that is small enough and has no EXIF keeps its bytes, so that equal shots stay equal.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data)) as opened:
            plain = opened.format == "JPEG" and not opened.getexif() and max(opened.size) <= LARGEST
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    large = Size(data, *picture.size) if plain else _cut(picture, LARGEST)
    return [_cut(picture, SMALL), large]


def _cut(picture: Image.Image, edge: int) -> Size:
    cut = picture.copy()
    cut.thumbnail((edge, edge))
    out = BytesIO()
    cut.save(out, "JPEG", quality=85)
    return Size(out.getvalue(), *cut.size)
