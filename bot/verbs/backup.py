"""`gangting backup` and `restore`: rows and photos in one tar file, proven by a manifest."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
import tarfile
import tempfile
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from bot.errors import BadFile, BadSetting, StoreFault
from bot.settings import Settings

MANIFEST, ROWS, PHOTOS = "manifest.json", "gangting.db", "photos"


def _sqlite_file(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise BadSetting(
            "backup covers SQLite; for PostgreSQL use pg_dump and copy the photo folder"
        )
    return Path(url.database or "")


async def backup(settings: Settings, file: Path) -> None:
    """The file holds a consistent copy of the rows and every photo; the bot may be running."""
    source = _sqlite_file(settings)
    if not source.exists():
        raise StoreFault(f"there is no database at {source}; nothing to back up")
    if file.exists():
        raise BadSetting(f"{file} exists already; choose another name")
    count = await asyncio.to_thread(_write, source, settings.photo_folder, file)
    click.echo(f"{file}: database and {count} photos, {file.stat().st_size / 1e6:.1f} MB")


def _write(source: Path, photos: Path, file: Path) -> int:
    part = file.with_name(file.name + ".part")
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        rows = Path(folder) / ROWS
        # VACUUM INTO sees one consistent state and keeps no writer waiting.
        with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as connection:
            connection.execute("VACUUM INTO ?", (str(rows),))
        connection.close()
        stored = sorted(path for path in photos.rglob("*") if _is_photo(path, photos))
        manifest = {"rows": hashlib.sha256(rows.read_bytes()).hexdigest(), "photos": len(stored)}
        listing = Path(folder) / MANIFEST
        listing.write_text(json.dumps(manifest), "utf-8")
        with tarfile.open(part, "w") as archive:
            archive.add(listing, MANIFEST)
            archive.add(rows, ROWS)
            for path in stored:
                archive.add(path, f"{PHOTOS}/{path.relative_to(photos)}")
    part.rename(file)
    return len(stored)


def _is_photo(path: Path, photos: Path) -> bool:
    return path.is_file() and path.relative_to(photos).parts[0] != "incoming"


async def restore(settings: Settings, file: Path) -> None:
    """The backup lies in the home; raises when something is there already, or it is not whole."""
    target = _sqlite_file(settings)
    if target.exists():
        raise BadSetting(f"{target} exists; restore only into an empty GANGTING_HOME")
    if not file.exists():
        raise BadSetting(f"there is no file {file}")
    count = await asyncio.to_thread(_read, file, target, settings.photo_folder)
    click.echo(f"restored into {settings.home}: database and {count} photos; now: gangting check")


def _read(file: Path, target: Path, photos: Path) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            with tarfile.open(file) as archive:
                archive.extractall(folder, filter="data")
            rows = Path(folder) / ROWS
            manifest = json.loads((Path(folder) / MANIFEST).read_text("utf-8"))
            if hashlib.sha256(rows.read_bytes()).hexdigest() != manifest["rows"]:
                raise BadFile(f"{file} is damaged: its database is not the one that was saved")
            stored = Path(folder) / PHOTOS
            count = 0
            for path in stored.rglob("*") if stored.exists() else ():
                if path.is_file():
                    place = photos / path.relative_to(stored)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    path.replace(place)
                    count += place.suffix == ""
            rows.replace(target)
    except (tarfile.TarError, KeyError, ValueError, OSError) as fault:
        raise BadFile(f"{file} is no backup of gangting, or it is damaged: {fault}") from fault
    return count
