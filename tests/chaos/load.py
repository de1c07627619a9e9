"""The load of a chaos run: reports with real small photos, a third of them albums, in seeded order.

Every report has a caption with a spot on one of its parts, because an uncaptioned photo joins its
sender's last report (bot/rules/joining.py). Photos are all different, so a photo names its report.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections import deque
from dataclasses import dataclass
from typing import Any

from PIL import Image

from tests.chaos.child import dice

SPOTS = ("松江路", "永福路", "西石沟村", "东夹埠村", "垃圾中转站", "光明大道", "农贸市场")
TROUBLES = ("占道经营", "出店经营", "乱停车", "噪音", "小广告", "巡查正常")
FIRST_OFFICER = 1000

Verb = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Report:
    """One report: who sends it, its caption, on which of its photos that stands."""

    officer: int
    caption: str
    photos: tuple[bytes, ...]
    captioned: int
    album: str | None

    @property
    def hashes(self) -> list[str]:
        """The photos' SHA-256, in the order they are sent."""
        return [hashlib.sha256(photo).hexdigest() for photo in self.photos]

    def verbs(self) -> list[Verb]:
        """What the officer's phone does."""
        return [
            ("photo", {"user": self.officer, "data": base64.b64encode(photo).decode(),
                       "caption": self.caption if part == self.captioned else None,
                       "group": self.album})
            for part, photo in enumerate(self.photos)
        ]  # fmt: skip


@dataclass(frozen=True)
class Load:
    """Reports of several officers, and the order in which the parts of all of them are sent."""

    officers: list[int]
    reports: list[Report]
    steps: list[Verb]


def jpeg(seed: str) -> bytes:
    """A small photo of noise, another one for each seed."""
    noise = dice(0, seed).randbytes(20 * 15 * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (20, 15), noise).resize((160, 120)).save(out, "JPEG", quality=75)
    return out.getvalue()


def make_load(seed: int, reports: int, officers: int = 16, albums: float = 1 / 3) -> Load:
    """The load of this seed."""
    chance = dice(seed, "load")
    people = [FIRST_OFFICER + n for n in range(officers)]
    made = []
    for n in range(reports):
        parts = chance.randint(2, 5) if chance.random() < albums else 1
        made.append(
            Report(
                chance.choice(people), f"{chance.choice(SPOTS)} {chance.choice(TROUBLES)}",
                tuple(jpeg(f"{seed}/{n}/{part}") for part in range(parts)),
                chance.randrange(parts), f"album-{seed}-{n}" if parts > 1 else None,
            )
        )  # fmt: skip
    return Load(people, made, _mixed(made, seed))


def _mixed(reports: list[Report], seed: int) -> list[Verb]:
    """All parts in one order: each officer's one after the other, officers interleaved."""
    chance = dice(seed, "order")
    waiting: dict[int, deque[Verb]] = {}
    for report in reports:
        waiting.setdefault(report.officer, deque()).extend(report.verbs())
    steps = []
    while waiting:
        officer = chance.choice(list(waiting))
        steps.append(waiting[officer].popleft())
        if not waiting[officer]:
            del waiting[officer]
    return steps
