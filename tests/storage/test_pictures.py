"""No picture, however broken or hostile, harms the bot or the picture after it."""

from __future__ import annotations

import random
import struct
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image, ImageDraw, ImageFilter

from bot.errors import GangtingError
from storage.photofiles import Empty, TooBig
from storage.pictures import BrokenPicture, NotAPicture, Pictures, TooManyPixels

ROOT = Path(__file__).parents[2]
PIXELS = 40_000_000
BYTES = 20 << 20


def scene(seed: int, width: int = 960, height: int = 720) -> Image.Image:
    """A street of sorts: sky, road, a few dozen blobs."""
    chance = random.Random(seed)
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = chance.randrange(width), chance.randrange(height)
        box = (x, y, x + chance.randrange(20, width // 3), y + chance.randrange(20, height // 3))
        colour = tuple(chance.randrange(256) for _ in range(3))
        chance.choice([draw.rectangle, draw.ellipse])(box, fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(1))


def packed(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *more: bytes, kind: int = 2, rows: int = 1) -> bytes:
    """A PNG of zeros that says any size; `kind` is its colour type, `rows` the rows it has."""
    squeeze = zlib.compressobj(1)
    row = bytes(1 + width * (3 if kind == 2 else 1))
    body = b"".join(squeeze.compress(row) for _ in range(rows)) + squeeze.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))
    middle = b"".join([*more, chunk(b"IDAT", body), chunk(b"IEND", b"")])
    return b"\x89PNG\r\n\x1a\n" + head + middle


def resized_jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose header says another size."""
    data = bytearray(packed(scene(1, 64, 64)))
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def gif(second_frame_broken: bool) -> bytes:
    frames = [scene(n, 160, 120) for n in range(2)]
    data = packed(frames[0], "GIF", save_all=True, append_images=frames[1:])
    return data[:-500] if second_frame_broken else data[:900]


def grown_gif() -> bytes:
    """A 10x10 GIF with a frame of 65535x65535."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x4c\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0x80, 0, 0) + bytes(6) + frame + b";"


def with_exif(garbage: bytes) -> bytes:
    return packed(scene(3), exif=b"Exif\0\0" + garbage)


GOOD = packed(scene(0), quality=85)
LONG = zlib.compress(bytes(80 << 20), 9)
PHOTO = scene(9, 640, 480)
MPO = packed(PHOTO, "MPO", save_all=True, append_images=[PHOTO])

REJECTED: dict[str, tuple[bytes, type[GangtingError]]] = {
    "no bytes": (b"", Empty),
    "truncated jpeg": (GOOD[: len(GOOD) * 2 // 3], BrokenPicture),
    "jpeg of a few bytes": (GOOD[:20], BrokenPicture),
    "truncated png": (packed(PHOTO, "PNG")[:-5000], BrokenPicture),
    "png header only": (packed(PHOTO, "PNG")[:20], BrokenPicture),
    "truncated webp": (packed(PHOTO, "WEBP")[:3000], BrokenPicture),
    "truncated tiff": (packed(PHOTO, "TIFF")[:3000], BrokenPicture),
    "truncated bmp": (packed(PHOTO, "BMP")[:3000], BrokenPicture),
    "broken gif": (gif(second_frame_broken=False), BrokenPicture),
    "text": ("松江路 占道经营\n".encode() * 50, NotAPicture),
    "text that begins like a bmp": (b"BM is the bureau's sign\n" * 50, NotAPicture),
    "html": (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", NotAPicture),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", NotAPicture),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', NotAPicture),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", NotAPicture),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200), NotAPicture),
    "png bomb": (png(20_000, 20_000), TooManyPixels),
    "png bomb of the largest size": (png(2**31 - 1, 2**31 - 1, kind=0, rows=0), TooManyPixels),
    "jpeg of 144 megapixels": (resized_jpeg(12_000, 12_000), TooManyPixels),
    "gif frame over its screen": (grown_gif(), TooManyPixels),
    "text chunk bomb": (png(64, 64, chunk(b"zTXt", b"a\0\0" + LONG), rows=64), BrokenPicture),
    "iccp bomb": (png(64, 64, chunk(b"iCCP", b"a\0\0" + LONG), rows=64), BrokenPicture),
    "over the byte limit": (GOOD + bytes(BYTES), TooBig),
}

ACCEPTED: dict[str, tuple[bytes, str]] = {
    "jpeg with a script behind": (GOOD + b"<script>alert(1)</script>" * 99, "image/jpeg"),
    "cmyk jpeg": (packed(PHOTO.convert("CMYK")), "image/jpeg"),
    "grey jpeg": (packed(PHOTO.convert("L")), "image/jpeg"),
    "progressive jpeg": (packed(PHOTO, progressive=True), "image/jpeg"),
    "mpo": (MPO, "image/jpeg"),
    "mpo with a broken index": (MPO.replace(b"MPF\0II", b"MPF\0XX"), "image/jpeg"),
    "png": (packed(PHOTO, "PNG"), "image/png"),
    "16 bit png": (packed(PHOTO.convert("L").convert("I").point(lambda x: x * 256).convert("I;16"),
                          "PNG"), "image/png"),
    "palette png": (packed(PHOTO.quantize(16), "PNG", transparency=0), "image/png"),
    "clear png": (packed(PHOTO.convert("RGBA"), "PNG"), "image/png"),
    "black and white png": (packed(PHOTO.convert("1"), "PNG"), "image/png"),
    "animated webp": (packed(PHOTO, "WEBP", save_all=True, append_images=[scene(4, 640, 480)]),
                      "image/webp"),
    "gif with a broken second frame": (gif(second_frame_broken=True), "image/gif"),
    "bmp": (packed(PHOTO, "BMP"), "image/bmp"),
    "tiff": (packed(PHOTO, "TIFF"), "image/tiff"),
    "deflated tiff": (packed(PHOTO, "TIFF", compression="tiff_adobe_deflate"), "image/tiff"),
    # libjpeg fills up with grey when the end marker comes early, and Pillow doesn't tell.
    "jpeg header that lies within the limit": (resized_jpeg(6000, 6000), "image/jpeg"),
    "one pixel": (packed(Image.new("RGB", (1, 1))), "image/jpeg"),
    "a thread": (packed(Image.new("RGB", (5000, 1)), "PNG"), "image/png"),
    "exif of noise": (with_exif(random.Random(1).randbytes(3000)), "image/jpeg"),
    "exif cut off": (with_exif(b"II*\0\x08\0\0\0\xff\xff\x01"), "image/jpeg"),
    "exif that points at itself": (
        with_exif(b"II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\0\0\0\0"),
        "image/jpeg",
    ),
}  # fmt: skip


def child(pictures: Pictures) -> psutil.Process:
    pool = pictures._pool
    assert pool is not None
    return psutil.Process(next(iter(pool._processes)))


def peak(process: int | str, *, forget: bool = False) -> int:
    """The most memory the process has ever held (or holds, with `forget`), in KiB."""
    if forget:
        Path(f"/proc/{process}/clear_refs").write_text("5")
    text = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM"))


def found(folder: Path, pattern: str) -> int:
    return len(list(folder.rglob(pattern)))


async def look_at(pictures: Pictures, folder: Path, data: bytes, name: str = "photo") -> Any:
    path = folder / name
    path.write_bytes(data)
    return await pictures.look(path, folder / "thumbnails" / "ab" / f"{name}.jpg")


@pytest.mark.parametrize("name", REJECTED)
async def test_a_bad_file_is_refused_and_the_next_photo_passes(
    pictures: Pictures, tmp_path: Path, name: str
) -> None:
    data, error = REJECTED[name]
    with pytest.raises(error) as told:
        await look_at(pictures, tmp_path, data)
    assert type(told.value) is error
    assert "上报没丢" in told.value.sentence
    assert len(told.value.sentence) <= 110
    assert found(tmp_path, "*.jpg") == 0
    look = await look_at(pictures, tmp_path, GOOD, "next")
    assert (look.mime, look.width, look.height) == ("image/jpeg", 960, 720)
    assert found(tmp_path, "*.jpg") == 1


@pytest.mark.parametrize("name", ACCEPTED)
async def test_an_odd_photo_is_seen(pictures: Pictures, tmp_path: Path, name: str) -> None:
    data, mime = ACCEPTED[name]
    look = await look_at(pictures, tmp_path, data, "photo.jpg")
    assert look.mime == mime
    assert (len(look.dhash), len(look.phash), look.taken_at) == (32, 16, None)
    assert int(look.dhash, 16) >= 0
    with Image.open(tmp_path / "thumbnails" / "ab" / "photo.jpg.jpg") as thumbnail:
        assert thumbnail.format == "JPEG"
        assert max(thumbnail.size) == min(320, max(look.width, look.height))
        thumbnail.load()
    assert found(tmp_path, "*.part") == 0


async def test_sixteen_bits_and_clear_parts_look_right(pictures: Pictures, tmp_path: Path) -> None:
    plain = await look_at(pictures, tmp_path, packed(PHOTO.convert("L"), "PNG"), "plain")
    deep = await look_at(pictures, tmp_path, ACCEPTED["16 bit png"][0], "deep")
    assert bits(plain.dhash, deep.dhash) <= 2
    await look_at(pictures, tmp_path, packed(Image.new("RGBA", (400, 400)), "PNG"), "clear")
    with Image.open(tmp_path / "thumbnails" / "ab" / "clear.jpg") as thumbnail:
        assert thumbnail.getpixel((5, 5)) == (255, 255, 255)


async def test_the_sentence_names_the_limit_and_the_way_out(
    pictures: Pictures, tmp_path: Path
) -> None:
    with pytest.raises(TooManyPixels, match="20000×20000 点），我最多看 4000 万点"):
        await look_at(pictures, tmp_path, REJECTED["png bomb"][0])
    with pytest.raises(NotAPicture, match="苹果手机"):
        await look_at(pictures, tmp_path, REJECTED["heic"][0])


async def test_the_camera_says_when_and_which_way_up(pictures: Pictures, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2025:11:19 10:05:30"
    turned = scene(5).transpose(Image.Transpose.ROTATE_90)
    look = await look_at(pictures, tmp_path, packed(turned, exif=exif), "turned")
    upright = await look_at(pictures, tmp_path, packed(scene(5)), "upright")
    assert (look.width, look.height) == (960, 720)
    assert look.taken_at == "2025-11-19T10:05:30"
    assert bits(look.dhash, upright.dhash) <= 4
    with Image.open(tmp_path / "thumbnails" / "ab" / "turned.jpg") as thumbnail:
        assert thumbnail.size == (320, 240)
        assert not thumbnail.getexif()
    exif.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"
    look = await look_at(pictures, tmp_path, packed(turned, exif=exif), "no moment")
    assert (look.taken_at, look.width) == (None, 960)


def bits(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


CHANGES: dict[str, tuple[Callable[[Image.Image], bytes], int, int]] = {
    "same pixels": (lambda p: packed(p, "PNG"), 3, 2),
    "half the size": (lambda p: packed(p.resize((p.width // 2, p.height // 2))), 5, 4),
    "jpeg q30": (lambda p: packed(p, quality=30), 5, 4),
    "as telegram sends it": (lambda p: packed(p.resize((1280, 960)), quality=87), 5, 4),
    "a bit brighter": (lambda p: packed(p.point(lambda x: min(255, int(x * 1.1)))), 10, 8),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_copy_has_nearly_the_same_hashes(
    pictures: Pictures, tmp_path: Path, change: str
) -> None:
    make, most_dhash, most_phash = CHANGES[change]
    for seed in range(6):
        picture = scene(seed + 20, 1920, 1440)
        one = await look_at(pictures, tmp_path, packed(picture, quality=92), "one")
        other = await look_at(pictures, tmp_path, make(picture), "other")
        distance = bits(one.dhash, other.dhash), bits(one.phash, other.phash)
        print(change, seed, *distance)
        assert distance <= (most_dhash, most_phash)
        assert distance[1] <= most_phash


async def test_other_photos_have_other_hashes(pictures: Pictures, tmp_path: Path) -> None:
    looks = [await look_at(pictures, tmp_path, packed(scene(n + 40))) for n in range(8)]
    pairs = [(a, b) for i, a in enumerate(looks) for b in looks[:i]]
    print("dhash", min(bits(a.dhash, b.dhash) for a, b in pairs))
    print("phash", min(bits(a.phash, b.phash) for a, b in pairs))
    assert min(bits(a.dhash, b.dhash) for a, b in pairs) > 20
    assert min(bits(a.phash, b.phash) for a, b in pairs) > 10


async def test_memory_stays_bounded_here_and_in_the_child(
    pictures: Pictures, tmp_path: Path
) -> None:
    photos = {
        "rgb": png(6300, 6300, rows=6300),
        "palette": png(6300, 6300, chunk(b"PLTE", bytes(768)), chunk(b"tRNS", b"\0"), kind=3,
                       rows=6300),
    }  # fmt: skip
    before = peak("self", forget=True)
    for name, data in photos.items():
        look = await look_at(pictures, tmp_path, data, name)
        assert look.width == 6300
    print("parent grew by KiB", peak("self") - before, "child peak", peak(child(pictures).pid))
    assert peak("self") - before < 20_000
    assert peak(child(pictures).pid) < 300_000


async def test_a_bomb_that_passes_the_header_meets_the_memory_limit(tmp_path: Path) -> None:
    pictures = Pictures(10**9, BYTES)
    try:
        with pytest.raises(BrokenPicture):
            await look_at(pictures, tmp_path, png(20_000, 20_000))
        pid = child(pictures).pid
        assert (await look_at(pictures, tmp_path, GOOD)).width == 960
        assert child(pictures).pid == pid
        assert peak(pid) < 1 << 20
    finally:
        await pictures.close()


async def test_a_photo_takes_under_25_ms_of_the_child(pictures: Pictures, tmp_path: Path) -> None:
    await look_at(pictures, tmp_path, GOOD)
    before = child(pictures).cpu_times()
    start = time.perf_counter()
    for _ in range(40):
        await look_at(pictures, tmp_path, GOOD)
    each = (time.perf_counter() - start) / 40
    after = child(pictures).cpu_times()
    used = (after.user + after.system - before.user - before.system) / 40
    print(f"{each * 1000:.1f} ms a look, {used * 1000:.1f} ms of the processor")
    assert used < 0.025
