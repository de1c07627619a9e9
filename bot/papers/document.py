"""A paper as blocks: headings, paragraphs, tables, pictures; knows no file format and no fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that somebody still has to write: it is marked."""

    text: str


Words = str | Gap


@dataclass(frozen=True, slots=True)
class Heading:
    """一、 is of level 1, （一） of level 2."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words one after the other; gaps among them are marked."""

    parts: tuple[Words, ...]
    align: Literal["left", "right", "center"] = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under heads; `widths` are shares of the page's width."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing (SVG) with the line below it."""

    svg: str
    caption: str


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """A paper: its title over it, line by line, the mark in its header (草稿, 终稿), its blocks."""

    title: tuple[str, ...]
    mark: str
    blocks: tuple[Block, ...]

    @property
    def drawings(self) -> list[str]:
        """The drawings in order: the writer wants a picture of each."""
        return [block.svg for block in self.blocks if isinstance(block, Picture)]

    def gaps(self) -> Iterator[str]:
        """Everything that is marked as missing."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from gaps_in(block.parts)
            elif isinstance(block, Table):
                for row in block.rows:
                    yield from gaps_in(row)


def gaps_in(parts: Sequence[Words]) -> Iterator[str]:
    """The gaps among the words."""
    for part in parts:
        if isinstance(part, Gap):
            yield part.text


def text(*parts: Words) -> Paragraph:
    """A paragraph."""
    return Paragraph(parts)
