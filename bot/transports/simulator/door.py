"""The door of a platform that has more than chats: an app's own menu, its camera key, its entry.

A platform without one is the plain simulator, whose skin can be changed at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Door(Protocol):
    """What phones can do only with the app of this platform."""

    @property
    def menu(self) -> list[dict[str, Any]]:
        """The entries at the phone's foot, as the app hung them out."""

    async def click(self, person: int, key: str) -> None:
        """The person chose this key; raises NotFound where there is none."""

    async def snap(
        self, person: int, shots: Sequence[bytes], key: str = "", text: str = ""
    ) -> None:
        """The person took pictures with the camera key and sent them."""

    async def locate(self, person: int, lat: float, lon: float, key: str = "") -> None:
        """The person chose a place with the location key."""

    async def enter(self, person: int) -> bool:
        """The person opened the app; whether it was told."""
