"""What every test may ask for: a running house, and quiet, closed doors after the last one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.chaos.bot import Nursery
from tests.house import EYES, Stage, open_stage


@pytest.fixture(scope="session", autouse=True)
def _eyes() -> Iterator[None]:
    """The process that looks at pictures ends with the tests."""
    yield
    asyncio.run(EYES.end())


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Starts bots at once; one for all files, since it takes seconds to be ready itself."""
    with Nursery() as ready:
        yield ready


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A house that runs on an empty home, with a strict Telegram inside."""
    async with open_stage(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """What the house logs goes to `logging`, so that pytest keeps it and `caplog` sees it."""
    structlog.configure(
        processors=[
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    yield
    structlog.reset_defaults()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that wait for processes run first: they leave a core to those that reckon."""
    items.sort(key=lambda item: not {"chaos", "verbs"} & set(item.path.parts))
