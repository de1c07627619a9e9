"""A drawing becomes a picture with Chinese letters in it, whatever fonts the machine has."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest
from PIL import Image, ImageDraw, ImageFont

from bot.words.chart import Chart
from bot.words.drawing import svg
from storage import rendering
from storage.fonts import Font, NoFont
from storage.pictures import NotDrawable, Pictures
from storage.rendering import fault, packaged, render

ROOT = Path(__file__).parents[2]
CHART = Chart(
    "松江路、永福路6月反弹", ("松江路", "永福路"), (("反弹", (12, 7)),), "次", "bars",
    "按「松江路、永福路、6月1日至今、反弹」查的。",
)  # fmt: skip


def written(words: str, family: str = "Noto Sans SC, sans-serif") -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100">'
        f'<text x="10" y="80" font-size="80" font-family="{family}">{words}</text></svg>'
    )


def opened(picture: bytes) -> Image.Image:
    with Image.open(BytesIO(picture)) as image:
        assert image.format == "PNG"
        return image.convert("L")


def ink(image: Image.Image) -> int:
    """How many pixels are dark."""
    return sum(image.histogram()[:128])


def test_a_chart_is_a_png_of_its_own_size_with_white_edges() -> None:
    image = opened(render(svg(CHART)))
    assert image.size == (1080, 675)
    width, height = image.size
    edges = [(0, 0, width, 6), (0, height - 6, width, height), (0, 0, 6, height),
             (width - 6, 0, width, height)]  # fmt: skip
    for edge in edges:
        assert image.crop(edge).getextrema() == (255, 255)
    assert ink(image) > 5_000


def test_letters_look_as_the_font_draws_them() -> None:
    """Compared with another program's drawing of the same font, and with boxes."""
    image = opened(render(written("枣庄")))
    other = Image.new("L", image.size, 255)
    font = ImageFont.truetype(str(packaged()), 80)
    ImageDraw.Draw(other).text((10, 80), "枣庄", font=font, fill=0, anchor="ls")
    apart = sum(abs(a - b) for a, b in zip(image.tobytes(), other.tobytes(), strict=True))
    boxes = opened(render(written("\U0010ffff\U0010ffff")))
    from_boxes = sum(abs(a - b) for a, b in zip(image.tobytes(), boxes.tobytes(), strict=True))
    assert apart < from_boxes / 5


@pytest.mark.parametrize("character", ["👍", "\ue000", "\U0002f800", "ש"])
def test_what_the_font_lacks_is_a_box_that_is_seen(character: str) -> None:
    assert character not in Font(packaged()).characters
    assert render(written(f"枣{character}庄")) == render(written("枣□庄"))
    assert ink(opened(render(written(character)))) > 200


def test_no_font_of_the_machine_is_used() -> None:
    """DejaVu lies here, and other names ask in vain."""
    assert render(written("Wg枣", "DejaVu Sans, sans-serif")) == render(
        written("Wg枣", "Noto Sans SC")
    )


def test_another_font_can_be_given() -> None:
    serif = str(pylopdf_fonts_zh_cn.serif_path())
    assert fault(serif) is None
    family = "Noto Sans SC, sans-serif"
    assert ink(opened(render(written("枣庄", family), serif))) > 500
    assert render(written("枣庄", family), serif) != render(written("枣庄", family))


def test_the_proof_names_what_is_wrong(tmp_path: Path) -> None:
    assert fault() is None
    (tmp_path / "text.ttf").write_text("no font" * 100)
    (tmp_path / "cut.otf").write_bytes(packaged().read_bytes()[:3000])
    (tmp_path / "none.otf").write_bytes(b"")
    for name, why in {
        "gone.otf": "can't be read", "text.ttf": "is no font", "cut.otf": "is no font",
        "none.otf": "is no font",
    }.items():  # fmt: skip
        told = fault(str(tmp_path / name))
        assert told is not None
        assert name in told
        assert why in told


def test_a_font_without_chinese_is_found_out(tmp_path: Path) -> None:
    """A font whose map of characters is cut short, as one of Latin letters would be."""
    data = bytearray(packaged().read_bytes())
    count = int.from_bytes(data[4:6], "big")
    where = {
        bytes(data[at : at + 4]): int.from_bytes(data[at + 8 : at + 12], "big")
        for at in range(12, 12 + 16 * count, 16)
    }
    start = where[b"cmap"]
    for n in range(int.from_bytes(data[start + 2 : start + 4], "big")):
        at = start + int.from_bytes(data[start + 8 + 8 * n : start + 12 + 8 * n], "big")
        if data[at : at + 2] == b"\0\x0c":
            data[at + 12 : at + 16] = (3).to_bytes(4, "big")
        else:
            data[at : at + 2] = b"\0\x63"
    (tmp_path / "latin.otf").write_bytes(data)
    told = fault(str(tmp_path / "latin.otf"))
    assert told is not None
    assert "lacks 枣庄" in told


def test_a_missing_package_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "PACKAGE", "pylopdf_fonts_gone")
    rendering._letters.cache_clear()
    assert fault() == "the package pylopdf-fonts-gone is not installed"
    monkeypatch.undo()
    rendering._letters.cache_clear()
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    told = fault()
    assert told is not None
    assert told.startswith("the package resvg-py can't be used")


def test_the_fonts_characters_are_those_another_reader_finds() -> None:
    found = Font(packaged())
    assert found.family == "Noto Sans SC"
    missing = ImageFont.truetype(str(packaged()), 20)
    box = bytes(missing.getmask("\U0010ffff"))
    sample = [chr(code) for code in range(0x4E00, 0x9FFF, 7)] + [*"喆堃珺玥祎√×●□①℃—…"]
    for character in sample:
        if character not in found.characters:
            assert bytes(missing.getmask(character)) == box
    assert sum(character in found.characters for character in sample) > 2_900
    with pytest.raises(NoFont):
        Font(ROOT / "pyproject.toml")


async def test_the_picture_process_draws_what_the_bot_can_send(pictures: Pictures) -> None:
    drawing = svg(CHART)
    assert await pictures.draw(drawing) == render(drawing)


async def test_a_bad_drawing_harms_no_later_one(pictures: Pictures) -> None:
    for bad in ("", "<svg", "no drawing", "<svg xmlns='http://www.w3.org/2000/svg' width='0'/>"):
        with pytest.raises(NotDrawable):
            await pictures.draw(bad)
    assert (await pictures.draw(svg(CHART))).startswith(b"\x89PNG")


async def test_a_font_that_is_gone_costs_the_picture_alone(tmp_path: Path) -> None:
    pictures = Pictures(10**7, 10**7, font=tmp_path / "gone.otf")
    try:
        with pytest.raises(NotDrawable, match=r"gone\.otf"):
            await pictures.draw(svg(CHART))
    finally:
        await pictures.close()


async def test_a_drawing_that_takes_too_long_is_given_up() -> None:
    slow = Pictures(10**7, 10**7, seconds=0.3)
    much = "<circle cx='500' cy='500' r='400' filter='url(#f)'/>" * 60
    blur = "<filter id='f'><feGaussianBlur stdDeviation='80'/></filter>"
    head = "<svg xmlns='http://www.w3.org/2000/svg' width='4000' height='4000'>"
    try:
        with pytest.raises(NotDrawable, match="too long"):
            await slow.draw(f"{head}{blur}{much}</svg>")
    finally:
        await slow.close()


def test_the_bot_itself_never_loads_the_drawing_library() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import storage.pictures, bot.words.drawing, sys;"
         "print('resvg_py' in sys.modules, 'pylopdf_fonts_zh_cn' in sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == ["False", "False"]
