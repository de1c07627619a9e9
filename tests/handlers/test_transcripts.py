"""The conversations of the design, played on every line; on Telegram with restarts besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.handlers.transcript import Player, Transcript, read
from tests.house import Stage
from tests.wecom_house import open_wecom

FOLDER = Path(__file__).parents[1] / "transcripts"
ALL = [read(path) for path in sorted(FOLDER.glob("*.txt"))]


def on(line: str) -> list[Transcript]:
    return [transcript for transcript in ALL if line in transcript.only]


def named(transcript: Transcript) -> str:
    return transcript.name


@pytest.mark.parametrize("restarts", [False, True], ids=["", "restarted"])
@pytest.mark.parametrize("transcript", on("telegram"), ids=named)
async def test_conversation(stage: Stage, transcript: Transcript, restarts: bool) -> None:
    """Every phone shows what is written, no more and no less, whenever the house restarts."""
    await Player(stage, restarts).play(transcript)


@pytest.mark.parametrize("transcript", on("wecom"), ids=named)
async def test_conversation_with_the_app(tmp_path: Path, transcript: Transcript) -> None:
    """The same handlers, actions and cards behind WeCom's app."""
    more = {"directory": transcript.directory, "cards": transcript.has_cards}
    async with open_wecom(tmp_path, line="wecom", **more) as stage:
        await Player(stage).play(transcript)


@pytest.mark.parametrize("transcript", on("robot"), ids=named)
async def test_conversation_with_the_robot(tmp_path: Path, transcript: Transcript) -> None:
    """The same again over the robot's long connection."""
    async with open_wecom(tmp_path, line="robot", cards=transcript.has_cards) as stage:
        await Player(stage).play(transcript)


def test_there_are_conversations() -> None:
    """The folder is where it should be, and few conversations are one line's alone."""
    assert len(ALL) >= 30
    everywhere = [t for t in ALL if len(t.only) == 3]
    assert len(everywhere) >= 25
