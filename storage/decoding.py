"""Decodes, measures and fingerprints one picture; runs in a child process that may die of it.

Imports Pillow and the standard library only, because the child imports this module and, once it
draws, storage/rendering.py, and nothing else of the house. Knows no error class and no Chinese:
storage/pictures.py words what it tells.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import re
import resource
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from operator import mul
from pathlib import Path
from typing import Literal, TypeVar

from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

T = TypeVar("T")

THUMBNAIL = 320
"""The longest side of a thumbnail, in pixels."""

EXIF_FOLDER, TAKEN_AT, ORIENTATION = 0x8769, 0x9003, 0x0112

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_KINDS: dict[bytes, tuple[str, type[ImageFile.ImageFile]]] = {
    rb"\xff\xd8\xff": ("image/jpeg", JpegImageFile),
    rb"\x89PNG\r\n\x1a\n": ("image/png", PngImageFile),
    rb"RIFF....WEBP": ("image/webp", WebPImageFile),
    rb"GIF8[79]a": ("image/gif", GifImageFile),
    rb"BM....\0{4}": ("image/bmp", BmpImageFile),
    rb"II[*+]\0|MM\0[*+]": ("image/tiff", TiffImageFile),
}
_MOMENT = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d:\d\d:\d\d)", re.ASCII)
_COSINES = [[math.cos(math.pi * (2 * x + 1) * u / 64) for x in range(32)] for u in range(8)]
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

Problem = Literal[
    "empty", "heic", "not_a_picture", "too_big", "too_many_pixels", "broken",
    "unreadable", "unwritable",
]  # fmt: skip


@dataclass(frozen=True)
class Look:
    """A picture that decoded from the first to the last byte, upright as a person sees it.

    `width` and `height` are pixels of the original. `dhash` is 32 hex digits (rows, then columns),
    `phash` 16; near pictures differ in few bits, and one of a single colour has all-zero `dhash`.
    `taken_at` is the camera's own clock as naive ISO text, or None.
    """

    mime: str
    width: int
    height: int
    dhash: str
    phash: str
    taken_at: str | None


@dataclass(frozen=True)
class Trouble:
    """Why there is no Look; `width` and `height` may be given for "too_many_pixels"."""

    problem: Problem
    width: int = 0
    height: int = 0


def prepare(memory: int) -> None:
    """Bounds the process it is called in: at most `memory` bytes, low priority, no core file.

    The process ends when its parent does, and leaves Ctrl-C to it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A pool's worker holds both ends of its queue and so never sees that the parent was killed.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def within(seconds: float, job: Callable[[], T]) -> T:
    """What the job returns; the kernel ends the process if it takes more processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    stop = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (stop, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return job()


def examine(path: str, thumbnail: str, max_pixels: int, max_bytes: int) -> Look | Trouble:
    """What the picture is, and its JPEG thumbnail written; or the trouble with it, and nothing."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError:
        return Trouble("unreadable")
    if not data or len(data) > max_bytes:
        return Trouble("too_big" if data else "empty")
    seen = _decode(data, max_pixels)
    if isinstance(seen, Trouble):
        return seen
    look, picture = seen
    try:
        _write(Path(thumbnail), picture)
    except OSError:
        return Trouble("unwritable")
    return look


def sniff(head: bytes) -> tuple[str, type[ImageFile.ImageFile]] | None:
    """The MIME type and the decoder of a file by its first 16 bytes, or None; names are ignored.

    Decoders are called by class, so no other plug-in of Pillow ever sees the bytes. A MPO is the
    JPEG it begins with.
    """
    return next((kind for begin, kind in _KINDS.items() if re.match(begin, head, re.DOTALL)), None)


@contextmanager
def bounded(max_pixels: int) -> Iterator[None]:
    """Inside, a picture of more pixels raises; its other oddities are no fault.

    Only that warning is a refusal: others tell of odd EXIF in a phone's good photos.
    """
    Image.MAX_IMAGE_PIXELS = max_pixels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _decode(data: bytes, max_pixels: int) -> tuple[Look, Image.Image] | Trouble:
    kind = sniff(data[:16])
    if kind is None:
        heic = data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS
        return Trouble("heic" if heic else "not_a_picture")
    mime, decoder = kind
    try:
        with bounded(max_pixels), decoder(BytesIO(data)) as picture:
            width, height = picture.size
            if width * height > max_pixels:
                return Trouble("too_many_pixels", width, height)
            return _see(picture, mime)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Trouble("too_many_pixels")  # a GIF frame larger than the header says
    except Exception:  # noqa: BLE001 - a decoder fed with hostile bytes raises whatever it likes
        return Trouble("broken")


def _see(picture: ImageFile.ImageFile, mime: str) -> tuple[Look, Image.Image]:
    width, height = picture.size
    picture.draft(None, (THUMBNAIL, THUMBNAIL))
    picture.load()
    if mime != "image/jpeg":
        width, height = picture.size  # a GIF frame may have outgrown its header
    orientation, taken_at = _exif(picture)
    small = _plain(picture)
    if orientation in _TURNS:
        small = small.transpose(_TURNS[orientation])
    if orientation >= 5:
        width, height = height, width
    grey = small.convert("L")
    look = Look(mime, width, height, dhash(grey), phash(grey), taken_at)
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return look, small


def _exif(picture: Image.Image) -> tuple[int, str | None]:
    orientation = 1
    try:
        exif = picture.getexif()
        found = exif.get(ORIENTATION)
        orientation = found if found in _TURNS else 1
        moment = _MOMENT.match(str(exif.get_ifd(EXIF_FOLDER).get(TAKEN_AT)))
        if moment is None:
            return orientation, None
        text = "{}-{}-{}T{}".format(*moment.groups())
        return orientation, datetime.fromisoformat(text).isoformat()
    except Exception:  # noqa: BLE001 - garbage in EXIF is no reason to refuse the photo
        return orientation, None


def _plain(picture: Image.Image) -> Image.Image:
    """An opaque RGB copy, reduced by a whole factor; band by band, to hold no second full copy."""
    width, height = picture.size
    factor = max(1, min(width, height) // THUMBNAIL)
    small = Image.new("RGB", (math.ceil(width / factor), math.ceil(height / factor)))
    step = factor * max(16, 512 // factor)
    for top in range(0, height, step):
        band = picture.crop((0, top, width, min(height, top + step)))
        small.paste(_opaque(band).reduce(factor), (0, top // factor))
    return small


def _opaque(band: Image.Image) -> Image.Image:
    if band.mode.startswith("I;16"):
        band = band.convert("I").point(lambda grey: grey * (1 / 256))
    if band.mode in ("I", "F"):
        band = band.convert("L")
    if not band.has_transparency_data:
        return band.convert("RGB")
    clear = band.convert("RGBA")
    white = Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear)
    return white


def dhash(grey: Image.Image) -> str:
    """Whether each cell of an 8x8 grid is darker than its right neighbour, then than its lower."""
    row = grey.resize((9, 8), Image.Resampling.BOX).tobytes()
    column = grey.resize((8, 9), Image.Resampling.BOX).tobytes()
    right = [row[i] < row[i + 1] for i in range(72) if i % 9 != 8]
    down = [column[i] < column[i + 8] for i in range(64)]
    return _hex(right + down)


def phash(grey: Image.Image) -> str:
    """Which of the 64 lowest frequencies of a 32x32 cosine transform are above their median."""
    pixels = grey.resize((32, 32), Image.Resampling.BOX).tobytes()
    rows = [pixels[i : i + 32] for i in range(0, 1024, 32)]
    across = [[sum(map(mul, wave, row)) for row in rows] for wave in _COSINES]
    low = [sum(map(mul, wave, column)) for wave in _COSINES for column in across]
    middle = sum(sorted(low)[31:33]) / 2
    return _hex([value > middle for value in low])


def _hex(bits: list[bool]) -> str:
    number = int("".join("1" if bit else "0" for bit in bits), 2)
    return f"{number:0{len(bits) // 4}x}"


def _write(path: Path, picture: Image.Image) -> None:
    picture.info.clear()  # else the comment of the original goes along
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with half.open("wb") as file:
            picture.save(file, "JPEG", quality=80)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
