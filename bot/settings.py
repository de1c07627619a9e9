"""The settings: environment and gangting.toml in one frozen tree, built once and passed on.

A wrong name or value stops the start and says where it stands and what is allowed. Knows the names
of things, not what they are for.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.bureau import DEFAULT_HOME, build_bureau, file_at, home_given, tables_of
from bot.errors import BadSetting
from bot.intake_settings import IntakeSettings
from bot.line_settings import TelegramSettings, WeComSettings
from bot.rules.records import Bureau
from bot.setting_names import NAMES, PREFIX, TABLES, check_names
from bot.toml_lines import line_of


class Settings(BaseSettings):
    """All settings; `bureau` is what gangting.toml says of the bureau."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    home: Path = DEFAULT_HOME
    database: str | None = None
    photos: Path | None = None
    listen: str | None = None
    log: str = "info"
    telegram: TelegramSettings = TelegramSettings()
    wecom: WeComSettings = WeComSettings()
    intake: IntakeSettings = IntakeSettings()
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

    A file of tables may be given in the home's place: its folder is the home.
    Raises BadSetting naming the place and what is allowed.
    """
    check_names(os.environ)
    home = home or home_given(None)
    file = file_at(home)
    given = tables_of(file) if file.exists() else {}
    own = {key: given[key] for key in given if key in TABLES}
    rest = {key: given[key] for key in given if key not in TABLES}
    bureau = build_bureau(rest, file)
    try:
        settings = Settings(**{**own, "bureau": bureau})
    except ValidationError as wrong:
        raise BadSetting(_explain(wrong, file, own)) from None
    return settings.model_copy(update={"home": file.parent})


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
            reason = f"{path[-1]!r} is not a setting; known are {', '.join(NAMES)}"
        lines.append(f"{where}: {reason}")
    return "\n".join(lines)
