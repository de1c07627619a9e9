"""Jobs are tested on both stores; the fixtures live in tests/storage/stores.py."""

from tests.storage.stores import database, migrated, store, tx, url

__all__ = ["database", "migrated", "store", "tx", "url"]
