"""Writes a table as the old .xls (BIFF8 in a compound file), of text and numbers only."""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls(rows: Sequence[Sequence[str | float | None]], name: str = "台账") -> bytes:
    """The bytes of the file: one sheet with these cells."""
    stream = _workbook(rows, name)
    stream += b"\0" * (max(4096, -(-len(stream) // SECTOR) * SECTOR) - len(stream))
    sectors = len(stream) // SECTOR
    chain = [FAT, END, *range(3, sectors + 2), END]
    tables = -(-(len(chain)) // 128)
    assert tables == 1, "too long for a test"
    fat = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(stream))
    directory += _entry("", 0, FREE, 0, 0) * 2
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    return head + fat + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0" if name else b""
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ", coded, len(coded), kind, 1, FREE, FREE, child, 0, start, size
    )


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _workbook(rows: Sequence[Sequence[str | float | None]], name: str) -> bytes:
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x07CC, 0, 6))
    coded = name.encode("utf-16-le")
    size = 4 + 8 + len(coded)
    where = len(begin) + size + 4
    sheet = struct.pack("<IBBBB", where, 0, 0, len(name), 1) + coded
    return begin + _record(0x85, sheet) + _record(0x0A, b"") + _sheet(rows)


def _sheet(rows: Sequence[Sequence[str | float | None]]) -> bytes:
    out = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6))
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                coded = cell.encode("utf-16-le")
                data = struct.pack("<HHHHB", at, place, 0, len(cell), 1) + coded
                out += _record(0x204, data)
            elif cell is not None:
                out += _record(0x203, struct.pack("<HHHd", at, place, 0, cell))
    return out + _record(0x0A, b"")
