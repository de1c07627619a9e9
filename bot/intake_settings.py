"""The settings of what other systems post: a token a source, and who files it; knows no web.

A source without a token is closed. See README, "Cases from other systems".
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from bot.rules.tickets import CaseSource

OWN_ADDRESS = "127.0.0.1:8083"
"""Where posts come in unless set otherwise: a web server with a certificate stands before."""

SHORTEST = 16
"""Letters of a token: a shorter one could be guessed."""


class IntakeSettings(BaseModel):
    """`desk` is the name of the person in whose name posted cases are filed.

    He is their finder: he may take back what came by mistake, and is asked for the call-back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    desk: str | None = None
    camera_token: SecretStr | None = None
    hotline_token: SecretStr | None = None
    listen: str = OWN_ADDRESS
    megabytes: int = Field(default=20, ge=1, le=100)

    @field_validator("desk", "camera_token", "hotline_token", mode="before")
    @classmethod
    def _empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("camera_token", "hotline_token")
    @classmethod
    def _long(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and len(token.get_secret_value()) < SHORTEST:
            msg = f"must have at least {SHORTEST} letters, such as `openssl rand -hex 24` prints"
            raise ValueError(msg)
        return token

    @field_validator("listen")
    @classmethod
    def _port(cls, listen: str) -> str:
        if not listen:
            return OWN_ADDRESS
        host, _, port = listen.rpartition(":")
        if not (host and port.isdecimal() and int(port) <= 65535):
            msg = f"must be host:port, such as {OWN_ADDRESS}"
            raise ValueError(msg)
        return listen

    @model_validator(mode="after")
    def _whole(self) -> IntakeSettings:
        if self.tokens() and self.desk is None:
            raise PydanticCustomError(
                "half_set", "{missing} must be set too, since {given} is",
                {"missing": "desk", "given": "a token", "field": "desk"},
            )  # fmt: skip
        return self

    def tokens(self) -> dict[CaseSource, str]:
        """Source to token; those without one are closed."""
        given: dict[CaseSource, SecretStr | None] = {
            "camera": self.camera_token, "hotline": self.hotline_token,
        }  # fmt: skip
        return {source: token.get_secret_value() for source, token in given.items() if token}
