"""The bureau of `gangting.toml`, as the product builds it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.rules.records import Bureau

SHIPPED = Path(__file__).parents[2] / "bot" / "gangting.toml"


def load_bureau() -> Bureau:
    """The bureau as shipped; tables of spots and categories become lists with their codes."""
    tables: dict[str, Any] = tomllib.loads(SHIPPED.read_text("utf-8"))
    bureau = dict(tables.pop("bureau"))
    for name in ("spots", "categories"):
        bureau[name] = [{"code": code, **entry} for code, entry in tables.pop(name).items()]
    return TypeAdapter(Bureau).validate_python({**bureau, **tables})


@pytest.fixture(scope="session")
def bureau() -> Bureau:
    """The bureau of the shipped `gangting.toml`."""
    return load_bureau()
