"""Reading what the card of a device check says, at the moment it is sent; only reads."""

from __future__ import annotations

from typing import Literal

from bot.rules.device_facts import CheckedDevices, DeviceFacts, DeviceState
from bot.rules.ledger import OWING, TaskState
from storage import devices, obligations, people, tasks
from storage.devices import Device, Found
from storage.schema import Transaction
from storage.tasks import Task


def checked_devices(tx: Transaction, task: int, viewer: int | None = None) -> CheckedDevices | None:
    """The run with every device that is in the list or has a result; None for what is no run.

    What is asked of a device is asked of whoever tapped it, on his own card alone.
    """
    run, found = obligations.of_task(tx, task), tasks.by_id(tx, task)
    if run is None or found is None:
        return None
    results = {one.device: one for one in devices.found_in(tx, task)}
    items = tuple(
        _item(one, results.get(one.id))
        for one in devices.everything(tx) if one.active or one.id in results
    )  # fmt: skip
    checker = people.by_id(tx, found.checker) if found.checker is not None else None
    return CheckedDevices(
        task, found.version, found.number, found.title, found.due, _state(found, exempt=run.exempt),
        checker.name if checker else "", _menu(run.menu, viewer), items,
    )  # fmt: skip


def _item(one: Device, found: Found | None) -> DeviceFacts:
    if found is None:
        return DeviceFacts(one.id, one.name)
    state: DeviceState = "broken" if found.state == devices.BROKEN else "fine"
    return DeviceFacts(one.id, one.name, state, found.words)


def _menu(menu: str | None, viewer: int | None) -> str | None:
    shown, _, whose = (menu or "").rpartition(":")
    return shown if viewer is not None and whose == str(viewer) else None


def _state(found: Task, *, exempt: bool) -> Literal["owed", "given", "done", "exempt"]:
    if exempt:
        return "exempt"
    if found.state in (TaskState.HANDED_IN, TaskState.CHECKED):
        return "given"
    return "owed" if found.state in OWING else "done"
