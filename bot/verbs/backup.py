"""`gangting backup` and `restore`: rows and photos in one tar file, proven by a manifest."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.errors import BadSetting, StoreFault
from bot.settings import Settings
from storage import backups


async def backup(settings: Settings, file: Path) -> None:
    """The file holds a consistent copy of the rows and every photo; the bot may be running."""
    source = backups.sqlite_file(settings.database_url)
    if not source.exists():
        raise StoreFault(f"there is no database at {source}; nothing to back up")
    if file.exists():
        raise BadSetting(f"{file} exists already; choose another name")
    try:
        count = await asyncio.to_thread(backups.pack, source, settings.photo_folder, file)
    except OSError as fault:
        raise StoreFault(f"{file} can't be written: {fault.strerror}") from fault
    click.echo(f"{file}: database and {count} photos, {file.stat().st_size / 1e6:.1f} MB")


async def restore(settings: Settings, file: Path) -> None:
    """The backup lies in the home; raises when something is there already, or it is not whole."""
    target = backups.sqlite_file(settings.database_url)
    if target.exists():
        raise BadSetting(f"{target} exists; restore only into an empty GANGTING_HOME")
    if not file.exists():
        raise BadSetting(f"there is no file {file}")
    count = await asyncio.to_thread(backups.unpack, file, target, settings.photo_folder)
    click.echo(f"restored into {settings.home}: database and {count} photos; now: gangting check")
