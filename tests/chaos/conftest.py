"""What the short storms share: a ledger that is looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.ledger import Ledger


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Checked at the end of each test."""
    found = Ledger()
    yield found
    print(found.show())
    assert not found.broken, found.show()
