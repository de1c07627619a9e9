"""The names of all settings, so that a wrong one is told before anything is built from them.

`settings.py` says what they mean; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import BadSetting

PREFIX = "GANGTING_"
OUTSIDE = {"GANGTING_TEST_PG"}
"""Names with our prefix that are the test suite's."""

_PLAIN = ("home", "database", "photos", "listen", "log")
_TELEGRAM = (
    "token", "api", "webhook_url", "webhook_listen", "webhook_secret", "messages_per_second",
)  # fmt: skip
_WECOM = (
    "corp_id", "agent_id", "secret", "token", "aes_key", "api", "listen", "path", "ca_file",
    "cards", "recall", "members", "join", "group_webhook", "robot_id", "robot_secret", "robot_url",
)  # fmt: skip
_INTAKE = ("desk", "camera_token", "hotline_token", "listen", "megabytes")
TABLES = (*_PLAIN, "telegram", "wecom", "intake")
"""The keys and tables of gangting.toml that are settings and no part of the bureau."""

NAMES = tuple(
    f"{PREFIX}{name}".upper()
    for name in (
        *_PLAIN,
        *(f"telegram__{name}" for name in _TELEGRAM),
        *(f"wecom__{name}" for name in _WECOM),
        *(f"intake__{name}" for name in _INTAKE),
    )
)
"""Every environment name the program reads."""


def check_names(environ: Mapping[str, str]) -> None:
    """Raises BadSetting for a name with our prefix that is no setting, with the nearest that is."""
    for name in sorted(environ):
        if not name.upper().startswith(PREFIX) or name.upper() in {*NAMES, *OUTSIDE}:
            continue
        import difflib

        # Compared without the prefix, by which every name would be near to every other.
        tails = [one.removeprefix(PREFIX) for one in NAMES]
        near = difflib.get_close_matches(name.upper().removeprefix(PREFIX), tails, 1)
        hint = f"; did you mean {PREFIX}{near[0]}?" if near else f"; known are {', '.join(NAMES)}"
        raise BadSetting(f"{name} is not a setting{hint}")
