"""The right of one process to work on a file; knows neither database nor what is in the file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from bot.errors import StoreTaken


class FileLease:
    """A locked file beside the database; the system lets go of it when the process dies."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            holder = os.pread(self._handle, 32, 0).decode("ascii", "replace").strip()
            os.close(self._handle)
            msg = (
                f"another gangting process{f' (pid {holder})' if holder else ''} is already "
                f"working on {path.with_suffix('')}; stop it first, or use another GANGTING_HOME"
            )
            raise StoreTaken(msg) from taken
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Another process may take the database."""
        os.close(self._handle)
