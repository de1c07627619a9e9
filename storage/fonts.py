"""Reads of a font file what it is called and which characters it has; draws nothing.

A font without the asked-for character draws a box or nothing at all, and says so to nobody: who
draws must know beforehand. Formats: OpenType's `name` and `cmap` tables (4 and 12).
"""

from __future__ import annotations

import struct
from pathlib import Path

_COLLECTION = b"ttcf"
_FAMILY, _WINDOWS = 1, 3


class NoFont(Exception):
    """The file is missing or no font; the text says which and why."""


class Font:
    """A font file: where it is, its family's name, and the characters it can draw."""

    def __init__(self, path: Path) -> None:
        try:
            data = path.read_bytes()
            tables = _tables(data)
            self.family = _family(data, tables[b"name"])
            self.characters = _characters(data, tables[b"cmap"])
        except OSError as fault:
            raise NoFont(f"the font {path} can't be read: {fault.strerror}") from fault
        except (struct.error, KeyError, IndexError, ValueError) as fault:
            raise NoFont(f"{path} is no font that can be drawn with") from fault
        self.path = path


def _tables(data: bytes) -> dict[bytes, int]:
    """Where each table of the (first) font begins."""
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == _COLLECTION else 0
    count = struct.unpack_from(">H", data, start + 4)[0]
    entries = (struct.unpack_from(">4sII", data, start + 12 + 16 * n) for n in range(count))
    return {tag: offset for tag, _, offset in entries}


def _family(data: bytes, table: int) -> str:
    """The family's name in the Windows records, preferably in English."""
    _, count, strings = struct.unpack_from(">HHH", data, table)
    found = {}
    for n in range(count):
        platform, _, language, name, length, offset = struct.unpack_from(
            ">6H", data, table + 6 + 12 * n
        )
        if (platform, name) == (_WINDOWS, _FAMILY):
            begin = table + strings + offset
            found[language] = data[begin : begin + length].decode("utf-16-be")
    return found.get(0x409) or found[min(found)]


def _characters(data: bytes, table: int) -> frozenset[str]:
    """The characters of the table's fullest map."""
    count = struct.unpack_from(">H", data, table + 2)[0]
    codes: set[int] = set()
    for n in range(count):
        start = table + struct.unpack_from(">I", data, table + 4 + 8 * n + 4)[0]
        kind = struct.unpack_from(">H", data, start)[0]
        if kind == 12:
            codes |= _groups(data, start)
        elif kind == 4:
            codes |= _segments(data, start)
    if not codes:
        raise ValueError("no map of characters")
    return frozenset(map(chr, codes))


def _groups(data: bytes, start: int) -> set[int]:
    codes: set[int] = set()
    for n in range(struct.unpack_from(">I", data, start + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", data, start + 16 + 12 * n)
        codes.update(range(first + (glyph == 0), last + 1))
    return codes


def _segments(data: bytes, start: int) -> set[int]:
    double = struct.unpack_from(">H", data, start + 6)[0]
    count = double // 2
    ends = struct.unpack_from(f">{count}H", data, start + 14)
    firsts = struct.unpack_from(f">{count}H", data, start + 16 + double)
    deltas = struct.unpack_from(f">{count}H", data, start + 16 + 2 * double)
    skips_at = start + 16 + 3 * double
    codes: set[int] = set()
    for n in range(count):
        skip = struct.unpack_from(">H", data, skips_at + 2 * n)[0]
        for code in range(firsts[n], min(ends[n], 0xFFFE) + 1):
            at = skips_at + 2 * n + skip + 2 * (code - firsts[n])
            glyph = struct.unpack_from(">H", data, at)[0] if skip else code + deltas[n]
            if glyph & 0xFFFF:
                codes.add(code)
    return codes
