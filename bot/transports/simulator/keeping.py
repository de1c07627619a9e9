"""The platform as plain data: for the disk, so that a killed process loses nothing, and for a page.

Knows the platform's parts; changes nothing in the chats.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.transports.simulator.chats import Line, Person, chat_as_dict, chat_from_dict
from bot.transports.simulator.transcript import Transcript

if TYPE_CHECKING:
    from bot.transports.simulator.platform import Platform

# Ids skip so far after a restart that none can be one that a crash kept from the disk.
_ID_LEAP = 1000


def for_page(platform: Platform) -> dict[str, Any]:
    """All that a page needs to draw everything."""
    return {
        **_both(platform),
        "zone": platform.zone,
        "group": asdict(platform.group),
        "spots": [asdict(place) for place in platform.spots],
        "commands": platform.commands,
        "menu": platform.door.menu if platform.door else None,
        "net": platform.net(),
    }


def for_disk(platform: Platform) -> dict[str, Any]:
    """All that `recall` needs to go on from here."""
    return {
        **_both(platform),
        "waiting": platform.bag.as_list(),
        "next": platform.next,
        "transcript": platform.transcript.lines,
    }


def recall(platform: Platform, kept: dict[str, Any]) -> None:
    """The platform is as `for_disk` told; no id is ever given twice."""
    for person in kept["people"]:
        platform.people.setdefault(person["id"], Person(**person))
    platform.chats |= {chat["id"]: chat_from_dict(chat) for chat in kept["chats"]}
    platform.lines.extend(Line(**line) for line in kept["lines"])
    platform.bag.refill(kept["waiting"])
    platform.next = {name: number + _ID_LEAP for name, number in kept["next"].items()}
    platform.skin = kept["skin"]
    platform.transcript = Transcript(ZoneInfo(platform.zone), kept["transcript"])


def _both(platform: Platform) -> dict[str, Any]:
    return {
        "skin": platform.skin,
        "people": [asdict(person) for person in platform.people.values()],
        "chats": [chat_as_dict(chat) for chat in platform.chats.values()],
        "lines": [asdict(line) for line in platform.lines],
    }
