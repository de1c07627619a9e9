"""The words a bureau's people use, as data of `gangting.toml`; knows no reading rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    """Word lists by meaning; each is looked for as written, longest first."""
