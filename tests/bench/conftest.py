"""Both stores, as tests/storage/stores.py makes them."""

from tests.storage.stores import migrated, store, tx

__all__ = ["migrated", "store", "tx"]
