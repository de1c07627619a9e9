"""The settings of each line: what an operator writes to connect it; knows no line's code.

A line without its credentials is none. Half of them is a mistake, and is said to be one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.transports.wecom.config import OFFICIAL_API, OFFICIAL_SOCKET, App, Callback, Robot

OFFICIAL_TELEGRAM = "https://api.telegram.org"
OWN_ADDRESS = "127.0.0.1:8082"
"""Where callbacks come in unless set otherwise: a web server with a certificate stands before."""

OFFICIAL_PACE = 28.0
"""Messages a second: the official server allows about 30; 28 keeps the worst second below it."""


def _address(address: str | None, *allowed: str) -> str | None:
    if address is not None and not address.startswith(allowed):
        msg = f"must begin with {' or '.join(allowed)}"
        raise ValueError(msg)
    return address.rstrip("/") if address else None


class TelegramSettings(BaseModel):
    """The Telegram line; without a token there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr | None = None
    api: str = OFFICIAL_TELEGRAM
    webhook_url: str | None = None
    webhook_listen: str = "127.0.0.1:8081"
    webhook_secret: SecretStr | None = None
    messages_per_second: float | None = Field(default=None, ge=0)

    @field_validator("token")
    @classmethod
    def _shape(cls, token: SecretStr | None) -> SecretStr | None:
        if not token:
            return None  # an empty variable is how many a compose file says "none"
        number, colon, secret = token.get_secret_value().partition(":")
        if not (number.isdigit() and colon and secret) or any(c.isspace() for c in secret):
            msg = "must look like 123456:ABC…, as BotFather gives it"
            raise ValueError(msg)
        return token

    @field_validator("api", "webhook_url")
    @classmethod
    def _http(cls, address: str | None) -> str | None:
        return _address(address, "http://", "https://")

    @property
    def pace(self) -> float:
        """Messages a second; 0 sets no bound, which is the default for a server of one's own."""
        if self.messages_per_second is not None:
            return self.messages_per_second
        return OFFICIAL_PACE if self.api == OFFICIAL_TELEGRAM else 0.0


class WeComSettings(BaseModel):
    """The two WeCom lines: the app (corp_id …) and the robot (robot_id …); either or both.

    `join` says how a member whom the directory knows gets in: at once (`directory`) or only with
    an invitation. `cards`, `recall` and `members` are switched off where a private deployment
    lacks them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    corp_id: str | None = None
    agent_id: int | None = None
    secret: SecretStr | None = None
    token: SecretStr | None = None
    aes_key: SecretStr | None = None
    api: str = OFFICIAL_API
    listen: str = OWN_ADDRESS
    path: str = "/wecom"
    ca_file: Path | None = None
    cards: bool = True
    recall: bool = True
    members: bool = True
    join: Literal["directory", "invitation"] = "directory"
    group_webhook: SecretStr | None = None
    robot_id: str | None = None
    robot_secret: SecretStr | None = None
    robot_url: str = OFFICIAL_SOCKET

    @field_validator(
        "corp_id", "agent_id", "secret", "token", "aes_key", "ca_file", "group_webhook",
        "robot_id", "robot_secret", mode="before",
    )  # fmt: skip
    @classmethod
    def _empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("aes_key")
    @classmethod
    def _key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not (len(key.get_secret_value()) == 43 and _plain(key)):
            msg = "must be the 43 letters and digits of EncodingAESKey"
            raise ValueError(msg)
        return key

    @field_validator("api")
    @classmethod
    def _http(cls, address: str) -> str:
        return (_address(address, "http://", "https://") or "").removesuffix("/cgi-bin")

    @field_validator("robot_url")
    @classmethod
    def _socket(cls, address: str) -> str:
        return _address(address, "ws://", "wss://") or ""

    @field_validator("ca_file")
    @classmethod
    def _there(cls, file: Path | None) -> Path | None:
        if file is not None and not file.is_file():
            msg = f"there is no file {file}"
            raise ValueError(msg)
        return file

    @field_validator("listen")
    @classmethod
    def _port(cls, listen: str) -> str:
        if not listen:
            return OWN_ADDRESS  # an empty variable is how many a compose file says "as usual"
        host, _, port = listen.rpartition(":")
        if not (host and port.isdecimal() and int(port) <= 65535):
            msg = "must be host:port, such as 127.0.0.1:8082"
            raise ValueError(msg)
        return listen

    @field_validator("path")
    @classmethod
    def _rooted(cls, path: str, info: ValidationInfo) -> str:
        del info
        if not path.startswith("/"):
            msg = "must begin with /"
            raise ValueError(msg)
        return path

    @model_validator(mode="after")
    def _whole(self) -> WeComSettings:
        _all_or_none(self, "corp_id", "agent_id", "secret", "token", "aes_key")
        _all_or_none(self, "robot_id", "robot_secret")
        return self

    def app(self) -> App | None:
        """What the app's session is set up with; None where the app isn't connected."""
        if self.corp_id is None or self.agent_id is None or self.secret is None:
            return None
        webhook = self.group_webhook
        return App(
            self.corp_id, self.agent_id, self.secret.get_secret_value(), self.api, self.ca_file,
            self.cards, self.recall, self.members,
            webhook.get_secret_value() if webhook else None,
        )  # fmt: skip

    def callback(self) -> Callback | None:
        """How the platform calls back; None where the app isn't connected."""
        if self.corp_id is None or self.token is None or self.aes_key is None:
            return None
        return Callback(
            self.corp_id, self.token.get_secret_value(), self.aes_key.get_secret_value()
        )

    def robot(self) -> Robot | None:
        """What the robot is set up with; None where there is none."""
        if self.robot_id is None or self.robot_secret is None:
            return None
        secret = self.robot_secret.get_secret_value()
        return Robot(self.robot_id, secret, self.robot_url, self.ca_file, self.cards)

    def secrets(self) -> list[str]:
        """What no log may show."""
        held = (self.secret, self.token, self.aes_key, self.group_webhook, self.robot_secret)
        return [secret.get_secret_value() for secret in held if secret]


def _plain(key: SecretStr) -> bool:
    return key.get_secret_value().isascii() and key.get_secret_value().isalnum()


def _all_or_none(settings: WeComSettings, *names: str) -> None:
    missing = [name for name in names if getattr(settings, name) is None]
    if missing and len(missing) < len(names):
        given = [name for name in names if name not in missing]
        raise PydanticCustomError(
            "half_set", "{missing} must be set too, since {given} is",
            {"missing": ", ".join(missing), "given": ", ".join(given), "field": missing[0]},
        )  # fmt: skip
