"""What the short storms share: bots that start at once, and a ledger that is looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.bot import Nursery
from tests.chaos.ledger import Ledger


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """One for all files, since it takes seconds to be ready."""
    with Nursery() as ready:
        yield ready


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Checked at the end of each test."""
    found = Ledger()
    yield found
    print(found.show())
    assert not found.broken, found.show()
