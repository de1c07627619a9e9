"""`gangting check`: what a careful keeper wants proven, each point named when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import click

from bot.settings import Settings
from storage import journal, parts, proofs, rendering, tallies
from storage.database import Database, told_by_store
from storage.photofiles import PhotoFiles
from storage.schema import Transaction


async def check(settings: Settings, photos: bool) -> int:
    """0 where everything holds, else 1; a line a point is printed."""
    click.echo(f"settings: good ({settings.bureau.name}, {len(settings.bureau.spots)} spots)")
    wrong = _say("charts", await asyncio.to_thread(_undrawable))
    database = await Database.open(settings.database_url, exclusive=False, create=False)
    try:
        for name, look in (
            ("database", proofs.integrity),
            ("journal", lambda tx: [f"line {n}: {why}" for n, why in journal.broken(tx)]),
            ("records", proofs.against_journal),
            ("tallies", tallies.astray),
        ):
            wrong += _say(name, await _found(database, look))
        if photos:
            wrong += await _photos(settings, database)
    finally:
        await database.close()
    return 1 if wrong else 0


def _undrawable() -> list[str]:
    """Why no chart with Chinese words can be drawn on this machine."""
    return [why for why in [rendering.fault()] if why]


async def _found(database: Database, look: Callable[[Transaction], list[str]]) -> list[str]:
    """What the look finds wrong; a store that can't even be read through is that."""
    try:
        return await database.study(look)
    except Exception as fault:
        told = told_by_store(fault)
        if told is None:
            raise
        return [told]


async def _photos(settings: Settings, database: Database) -> int:
    hashes = sorted(await database.study(parts.hashes))
    files = PhotoFiles(settings.photo_folder)

    def verify() -> list[str]:
        return [f"{sha}: {why}" for sha in hashes if (why := proofs.photo_fault(files, sha))]

    return _say(f"photos ({len(hashes)})", await asyncio.to_thread(verify))


def _say(name: str, faults: list[str]) -> int:
    click.echo(f"{name}: {'good' if not faults else f'{len(faults)} wrong'}")
    for fault in faults:
        click.echo(f"  {fault}", err=True)
    return len(faults)
