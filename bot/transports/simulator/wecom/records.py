"""What the make-believe corporation is set up with and remembers, as plain records."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Setup:
    """One corporation with one app and one robot; everything is made up.

    `callback` is where the app is called back; None where no address is configured: then cards
    that call back can't be sent. `robot_url` is where files of the robot's line are fetched.
    """

    corp_id: str = "wwmadeupcorp000001"
    agent_id: int = 1000002
    secret: str = "made-up-secret-of-the-app"
    token: str = "MadeUpToken"
    aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    callback: str | None = None
    robot_id: str = "aibmadeuprobot"
    robot_secret: str = "made-up-secret-of-the-robot"
    webhook_key: str = "made-up-webhook-key"
    title: str = "综合行政执法大队"


class Call(NamedTuple):
    """One call of the active interface: the answer's errcode, None where no JSON was answered."""

    path: str
    body: Any
    errcode: int | None


@dataclass
class Sent:
    """What one call of message/send delivered; `shown` is the platform's message by member.

    `card` is the template card as it now stands.
    """

    msgid: str
    at: int
    shown: dict[int, int]
    task_id: str | None = None
    card: dict[str, Any] | None = None
    recalled: bool = False


@dataclass
class Code:
    """A response code: good for one update of the card of `task_id`, until the moment `until`."""

    task_id: str
    until: int


@dataclass
class Media:
    """A temporary media file; the bytes are on the platform's shelf under `file`."""

    file: str
    kind: str
    name: str
    until: int


@dataclass
class Room:
    """A chat made by the app; all of them show in the platform's one group."""

    name: str
    owner: str
    members: list[str]


@dataclass
class State:
    """All that a corporation must still know after a restart."""

    sent: dict[str, Sent] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    menu: list[dict[str, Any]] = field(default_factory=list)
    entered: dict[str, int] = field(default_factory=dict)
    number: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the disk."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> State:
        """The state that `as_dict` wrote."""
        sent = {key: Sent(**one) for key, one in kept["sent"].items()}
        for one in sent.values():
            one.shown = {int(chat): message for chat, message in one.shown.items()}
        return cls(
            sent=sent,
            tasks=kept["tasks"],
            codes={key: Code(**one) for key, one in kept["codes"].items()},
            media={key: Media(**one) for key, one in kept["media"].items()},
            rooms={key: Room(**one) for key, one in kept["rooms"].items()},
            menu=kept["menu"],
            entered=kept["entered"],
            number=kept["number"],
        )
