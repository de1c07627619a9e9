"""The conversations of the design, played; and played again with a restart after every message."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.handlers.transcript import Player, read
from tests.house import Stage

FOLDER = Path(__file__).parents[1] / "transcripts"
ALL = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarted"])
@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
async def test_conversation(stage: Stage, path: Path, restarts: bool) -> None:
    """Every phone shows what is written, no more and no less, whenever the house restarts."""
    await Player(stage, restarts).play(read(path))


def test_there_are_conversations() -> None:
    """The folder is where it should be."""
    assert len(ALL) >= 20
