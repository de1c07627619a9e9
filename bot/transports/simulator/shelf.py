"""The simulator's folder: files by file id, and the state as one JSON file.

Knows no message; state is whatever plain data it is given.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Any

_FILE_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


class Shelf:
    """Keeps bytes under ids of its own making."""

    def __init__(self, folder: Path) -> None:
        self._files = folder / "files"
        self._state = folder / "simulator.json"
        self._files.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes) -> tuple[str, str]:
        """The bytes are kept; their new file id, and a name that equal bytes share."""
        unique = hashlib.sha256(data).hexdigest()[:16]
        file_id = f"sim-{unique}-{secrets.token_hex(4)}"
        self._path(file_id).write_bytes(data)
        return file_id, unique

    def get(self, file_id: str) -> bytes | None:
        """The bytes under this id, or None where there are none."""
        if not _FILE_ID.fullmatch(file_id) or not self._path(file_id).is_file():
            return None
        return self._path(file_id).read_bytes()

    def empty(self) -> None:
        """All files are gone; the state stays."""
        shutil.rmtree(self._files)
        self._files.mkdir()

    def save(self, state: dict[str, Any]) -> None:
        """The state is on disk as a whole, or what was there before still is."""
        draft = self._state.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as out:
            json.dump(state, out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self._state)

    def load(self) -> dict[str, Any] | None:
        """The state that was saved last, or None."""
        if not self._state.is_file():
            return None
        loaded: dict[str, Any] = json.loads(self._state.read_text(encoding="utf-8"))
        return loaded

    def _path(self, file_id: str) -> Path:
        return self._files / file_id
