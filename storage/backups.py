"""A whole home in one tar file: a consistent copy of the rows, every photo, and a manifest."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tarfile
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.errors import BadFile, StoreFault

MANIFEST, ROWS, PHOTOS = "manifest.json", "gangting.db", "photos"


def sqlite_file(url: str) -> Path:
    """The database's file. Raises StoreFault for a store that is not SQLite."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        raise StoreFault(
            "backup covers SQLite; for PostgreSQL use pg_dump and copy the photo folder"
        )
    return Path(address.database or "")


def pack(source: Path, photos: Path, file: Path) -> int:
    """The file holds the rows as of one moment and all photos; how many photos."""
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
    return sum(path.suffix == "" for path in stored)


def _is_photo(path: Path, photos: Path) -> bool:
    return path.is_file() and path.relative_to(photos).parts[0] != "incoming"


def unpack(file: Path, target: Path, photos: Path) -> int:
    """Rows and photos lie where they belong; how many photos. Raises BadFile for a damaged file."""
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
            files = [path for path in stored.rglob("*") if path.is_file()]
            if len(files) != manifest["photos"]:
                missing = f"{len(files)} of {manifest['photos']} photos are in it"
                raise BadFile(f"{file} is damaged: {missing}")
            count = 0
            for path in files:
                place = photos / path.relative_to(stored)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
                count += place.suffix == ""
            rows.replace(target)
    except (tarfile.TarError, KeyError, ValueError, OSError) as fault:
        raise BadFile(f"{file} is no backup of gangting, or it is damaged: {fault}") from fault
    return count
