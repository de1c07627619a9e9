"""Whom the lines trust: the world's authorities, and a deployment's own where one is named."""

from __future__ import annotations

import ssl
from pathlib import Path

from bot.errors import BadSetting


def authorities(ca_file: Path | None) -> ssl.SSLContext | bool:
    """What aiohttp takes as `ssl`. Raises BadSetting when the file can't be used."""
    if ca_file is None:
        return True
    trusted = ssl.create_default_context()
    try:
        trusted.load_verify_locations(ca_file)
    except OSError as fault:
        msg = f"GANGTING_WECOM__CA_FILE: {ca_file} can't be used: {type(fault).__name__}"
        raise BadSetting(msg) from None
    return trusted
