"""Makes bot/rules/sounds.txt: a line a syllable, behind it the Han letters that sound so.

Source: the pypinyin package (MIT), single letters, without tones; where a letter has several
sounds, the usual one. Run: python tests/samples/make_sounds.py
"""

from __future__ import annotations

import os
from pathlib import Path

TARGET = Path(__file__).parents[2] / "bot" / "rules" / "sounds.txt"
HAN = (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))


def table() -> str:
    """The file's text."""
    os.environ["PYPINYIN_NO_PHRASES"] = "true"  # single letters never ask for phrases
    from pypinyin import lazy_pinyin

    letters: dict[str, list[str]] = {}
    for letter in map(chr, HAN):
        sound = "".join(lazy_pinyin(letter))
        if sound != letter:
            letters.setdefault(sound, []).append(letter)
    return "".join(f"{sound} {''.join(same)}\n" for sound, same in sorted(letters.items()))


if __name__ == "__main__":
    TARGET.write_text(table(), "utf-8")
