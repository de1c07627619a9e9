"""What the card of a device check is worded from; pure records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

DeviceState = Literal["fine", "broken"]


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device and its result in the run, None where it has none yet."""

    id: int
    name: str
    state: DeviceState | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class CheckedDevices:
    """The run of a device check: `state` is owed, given, done or exempt; `menu` what is asked."""

    task: int
    version: int
    number: int
    title: str
    due: date | None
    state: Literal["owed", "given", "done", "exempt"]
    checker: str
    menu: str | None
    items: tuple[DeviceFacts, ...]

    @property
    def lacking(self) -> tuple[DeviceFacts, ...]:
        """Those without a result."""
        return tuple(one for one in self.items if one.state is None)

    @property
    def broken(self) -> tuple[DeviceFacts, ...]:
        """Those that are broken."""
        return tuple(one for one in self.items if one.state == "broken")
