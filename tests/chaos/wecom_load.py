"""What people do on their phones during a WeCom run: photos and words as messages of their own.

Every person's words name a place, so that they are a report of their own, and photos between two
words belong to the second: that is how the house tells them apart (bot/rules/joining.py). So only
a person's last report may have photos behind its words, and who writes no words reports once.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.chaos.child import dice
from tests.chaos.load import SPOTS, TROUBLES, jpeg

CLIENTS = 6
"""So many phones are used at the same time."""

SILENT = 0.12
"""The share of people who send photos without a word."""

REPEATED = 0.15
"""The share of messages whose callback comes more than once."""


@dataclass(frozen=True)
class Step:
    """One message: whose, which act of the control, and what goes with it."""

    person: int
    act: str
    given: dict[str, Any]


@dataclass(frozen=True)
class Report:
    """One report: the photos before its words, the words, the photos behind them."""

    person: int
    words: str
    before: tuple[bytes, ...]
    behind: tuple[bytes, ...] = ()

    @property
    def hashes(self) -> list[str]:
        """The photos' SHA-256, in the order they are sent."""
        return [hashlib.sha256(photo).hexdigest() for photo in self.before + self.behind]

    def steps(self, chance: Random) -> list[Step]:
        """What its sender does, in order."""
        acts: list[tuple[str, dict[str, Any]]] = [("photo", _shot(shot)) for shot in self.before]
        acts += [("text", {"text": self.words})] if self.words else []
        acts += [("photo", _shot(shot)) for shot in self.behind]
        return [Step(self.person, act, given | _again(chance)) for act, given in acts]


@dataclass(frozen=True)
class Load:
    """All reports of so many people, and the reports that each client sends, in order."""

    people: int
    reports: list[Report]
    clients: list[list[list[Step]]]

    @property
    def messages(self) -> int:
        """How many messages that are."""
        return sum(len(steps) for client in self.clients for steps in client)


def make_load(seed: int, reports: int) -> Load:
    """The load of this seed: about four reports a person, in an order of their own each."""
    chance = dice(seed, "wecom load")
    people = max(CLIENTS, reports // 4)
    talkers = [n for n in range(1, people + 1) if chance.random() >= SILENT] or [1]
    silent = [n for n in range(1, people + 1) if n not in talkers][:reports]
    writers = silent + [chance.choice(talkers) for _ in range(reports - len(silent))]
    chance.shuffle(writers)
    last = {person: at for at, person in enumerate(writers)}
    made = []
    for at, person in enumerate(writers):
        shots = tuple(jpeg(f"wecom {seed}/{at}/{n}") for n in range(_photos(chance)))
        words = "" if person in silent else f"{chance.choice(SPOTS)} {chance.choice(TROUBLES)}"
        cut = len(shots)
        if words and at == last[person] and chance.random() < 0.4:
            cut = chance.randrange(len(shots))  # words first, or in the middle of the photos
        made.append(Report(person, words, shots[:cut], shots[cut:]))
    return Load(people, made, _clients(made, chance))


def _clients(reports: list[Report], chance: Random) -> list[list[list[Step]]]:
    """A person's messages are one client's, so that their order is his."""
    found: dict[int, list[list[Step]]] = defaultdict(list)
    for report in reports:
        found[report.person % CLIENTS].append(report.steps(chance))
    return list(found.values())


def _photos(chance: Random) -> int:
    return chance.randint(2, 4) if chance.random() < 1 / 3 else 1


def _shot(shot: bytes) -> dict[str, Any]:
    return {"shots": [base64.b64encode(shot).decode()]}


def _again(chance: Random) -> dict[str, int]:
    return {"again": chance.randint(1, 2)} if chance.random() < REPEATED else {}
