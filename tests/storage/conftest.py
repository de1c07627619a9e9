"""Storage is tested on both stores; those fixtures live in tests/storage/stores.py."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from storage.pictures import Pictures
from tests.storage.stores import database, migrated, store, tx, url

__all__ = ["database", "migrated", "store", "tx", "url"]


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    """One child for the whole file, as in a bot that runs for weeks."""
    shared = Pictures(40_000_000, 20 << 20)
    yield shared
    asyncio.run(shared.close())
