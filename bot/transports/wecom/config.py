"""What the two lines are set up with; knows no environment and no file.

Switches are for private deployments (政务微信, 山东通), whose version may lack a feature: what is
switched off is degraded, never missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

OFFICIAL_API = "https://qyapi.weixin.qq.com"
OFFICIAL_SOCKET = "wss://openws.work.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class App:
    """A self-built app. `api` is the base without `/cgi-bin`.

    `cards` False draws every choice as a numbered text. `recall` and `directory` tell whether the
    deployment has these calls. `group_webhook` is the key of a group's webhook robot.
    """

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    api: str = OFFICIAL_API
    ca_file: Path | None = None
    cards: bool = True
    recall: bool = True
    directory: bool = True
    group_webhook: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Callback:
    """How the platform calls us back: the token and the 43 characters of the AES key."""

    corp_id: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Robot:
    """An intelligent robot with a long connection; `url` is its socket's address."""

    bot_id: str
    secret: str = field(repr=False)
    url: str = OFFICIAL_SOCKET
    ca_file: Path | None = None
    cards: bool = True
