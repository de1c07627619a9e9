"""Names of files that are sent out: what a phone, Windows and a mail program take."""

from __future__ import annotations

import re

from bot.words.lettering import clean

LONGEST = 60
"""Characters of a name without its ending: 180 bytes of Chinese, where 255 is the most."""

_BAD = re.compile(r'[\\/:*?"<>|%]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def file_name(name: str, ending: str) -> str:
    """`name` as the name of a file with `ending` (.xlsx): no folder, no device, never empty."""
    plain = _BAD.sub("-", clean(name))[:LONGEST].strip(" .-~$")
    if not plain or _DEVICES.match(plain):
        plain = f"表{plain}"
    return plain + ending
