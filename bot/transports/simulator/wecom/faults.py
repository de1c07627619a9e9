"""Faults on purpose: what the next calls of the active interface meet; for tests and chaos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mishap = Literal["errcode", "html", "reset", "lost", "slow"]


@dataclass
class Fault:
    """One kind of mishap for the next `times` calls whose path ends with `path`.

    `errcode`: answered with `errcode`, nothing done. `html`: 502 with a page. `reset`: the
    connection is closed before anything is done. `lost`: done, but the answer never comes.
    `slow`: done after `seconds`.
    """

    mishap: Mishap
    times: int = 1
    path: str = ""
    errcode: int = -1
    seconds: float = 0.0


class Faults:
    """The faults that are still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """The fault will meet the next calls it fits."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """No fault is to come."""
        self._waiting.clear()

    def next(self, path: str) -> Fault | None:
        """The fault that this call meets, counted down; None where there is none."""
        for fault in self._waiting:
            if path.endswith(fault.path):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
