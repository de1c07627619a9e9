"""The settings: environment and gangting.toml in one frozen tree, built once and passed on.

A wrong name or value stops the start and says where it stands and what is allowed. Knows the names
of things, not what they are for.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.bureau import DEFAULT, build_bureau, line_of
from bot.errors import BadSetting
from bot.line_settings import TelegramSettings, WeComSettings
from bot.rules.records import Bureau

PREFIX = "GANGTING_"
OUTSIDE = {"GANGTING_TEST_PG"}
"""Names with our prefix that are the test suite's."""


class Settings(BaseSettings):
    """All settings; `bureau` is what gangting.toml says of the bureau."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    home: Path = Path("gangting-data")
    database: str | None = None
    photos: Path | None = None
    listen: str | None = None
    log: str = "info"
    telegram: TelegramSettings = TelegramSettings()
    wecom: WeComSettings = WeComSettings()
    bureau: Bureau

    @field_validator("log")
    @classmethod
    def _level(cls, level: str) -> str:
        if level.lower() not in ("debug", "info", "warning", "error"):
            msg = "must be debug, info, warning or error"
            raise ValueError(msg)
        return level.lower()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @property
    def database_url(self) -> str:
        """Where the rows are: as set, else a file in the home."""
        return self.database or f"sqlite:///{self.home.resolve() / 'gangting.db'}"

    @property
    def photo_folder(self) -> Path:
        """Where the photos are: as set, else a folder in the home."""
        return self.photos or self.home / "photos"


def load(home: Path | None = None) -> Settings:
    """The settings of this process, `home` given or from the environment.

    Raises BadSetting naming the place and what is allowed.
    """
    _known_names(os.environ)
    home = home or Path(os.environ.get("GANGTING_HOME") or "gangting-data")
    file = home / "gangting.toml"
    given = _parse(file) if file.exists() else {}
    own = {key: value for key, value in given.items() if key in Settings.model_fields}
    own.pop("bureau", None)
    rest = {key: value for key, value in given.items() if key not in own}
    bureau = build_bureau({**DEFAULT, **rest}, file)
    try:
        settings = Settings(**{**own, "bureau": bureau})
    except ValidationError as wrong:
        raise BadSetting(_explain(wrong, file, own)) from None
    return settings.model_copy(update={"home": home})


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise BadSetting(f"{file}: {wrong}") from None
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadSetting(f"{file} can't be read: {wrong}") from None


def known_names() -> list[str]:
    """Every environment name the program reads."""
    names = []
    for name, field in Settings.model_fields.items():
        if name == "bureau":
            continue
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names += [f"{PREFIX}{name}__{inner}".upper() for inner in kind.model_fields]
        else:
            names.append(f"{PREFIX}{name}".upper())
    return names


def _known_names(environ: Mapping[str, str]) -> None:
    known = known_names()
    for name in sorted(environ):
        if not name.upper().startswith(PREFIX) or name.upper() in {*known, *OUTSIDE}:
            continue
        # Compared without the prefix, by which every name would be near to every other.
        tails = [one.removeprefix(PREFIX) for one in known]
        near = difflib.get_close_matches(name.upper().removeprefix(PREFIX), tails, 1)
        hint = f"; did you mean {PREFIX}{near[0]}?" if near else f"; known are {', '.join(known)}"
        raise BadSetting(f"{name} is not a setting{hint}")


def _explain(wrong: ValidationError, file: Path, given: dict[str, Any]) -> str:
    """One line a fault: where it stands (the file's line, or the environment's name), and why."""
    lines = []
    for fault in wrong.errors():
        path = [str(part) for part in fault["loc"]]
        if fault["type"] == "half_set":
            path.append(fault["ctx"]["field"])
        place: Any = given
        for part in path:
            place = place.get(part) if isinstance(place, dict) else None
        env = f"{PREFIX}{'__'.join(path)}".upper()
        where = (
            f"environment, {env}"
            if place is None
            else f"{file}, line {line_of(file.read_text('utf-8'), path)}"
        )
        reason = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            reason = f"{path[-1]!r} is not a setting; known are {', '.join(known_names())}"
        lines.append(f"{where}: {reason}")
    return "\n".join(lines)
