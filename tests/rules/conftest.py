"""The bureau of `gangting.toml`, as the product builds it."""

from __future__ import annotations

import pytest

from bot.bureau import build_bureau
from bot.rules.records import Bureau


@pytest.fixture(scope="session")
def bureau() -> Bureau:
    """The bureau of the shipped `gangting.toml`."""
    return build_bureau({})
