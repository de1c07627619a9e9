"""`gangting` as child processes on a home of their own: started, killed, asked from outside.

Whoever uses it sees the bot as its keeper does: by its exit codes, its commands and its files.
Knows no line.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Protocol, Self

import psutil

ROOT = Path(__file__).parents[2]
PREFIX = "GANGTING_"
GANGTING = Path(sys.executable).with_name("gangting")
COUNTS = re.compile(
    r"inbox: (\d+) received = (\d+) done \+ (\d+) ignored \+ (\d+) quarantined \+ "
    r"(\d+) failed \+ (\d+) pending"
)
QUEUES = re.compile(
    r"outbox: (\d+) owed, (\d+) refused for good\n"
    r"photos: (\d+) stored, (\d+) expected, (\d+) unavailable"
)
NAMES = (
    "received", "done", "ignored", "quarantined", "failed", "pending",
    "owed", "refused", "stored", "expected", "unavailable",
)  # fmt: skip


class Ended(Exception):
    """The bot ended though nobody ended it; the message holds the end of its log."""


class Process(Protocol):
    """What a started bot is: subprocess.Popen, or one from a nursery."""

    pid: int

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """The exit code."""

    def send_signal(self, sig: int) -> None:
        """The signal is sent."""


class Forked:
    """A bot that a nursery has forked."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self._nursery = nursery
        self._code: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self._code is None and (said := self._nursery.ask("wait", str(self.pid))) != "-":
            self._code = int(said)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises TimeoutError."""
        deadline = time.monotonic() + (timeout or 60)
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"process {self.pid} does not end")
            time.sleep(0.005)
        return code

    def send_signal(self, sig: int) -> None:
        """The signal is sent."""
        os.kill(self.pid, sig)


class Nursery:
    """A process that starts bots at once (tests/chaos/nursery.py); `with` ends it."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()

    def ask(self, *words: str) -> str:
        """The nursery's answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\t".join(words) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def start(self, home: Path, log: Path, environ: dict[str, str]) -> Forked:
        """A new bot."""
        given = [f"{name}={value}" for name, value in environ.items() if name.startswith(PREFIX)]
        return Forked(self, int(self.ask("start", str(home), str(log), *given)))


class Bot:
    """A bot that may be killed and started again on the same home; `with` ends it."""

    def __init__(
        self, home: Path, settings: dict[str, str], nursery: Nursery | None = None,
        command: list[str] | None = None,
    ) -> None:  # fmt: skip
        self.home = home
        self.log = home / "bot.log"
        self.kills: list[float] = []
        self.starts = 0
        self.environ = {
            **{name: v for name, v in os.environ.items() if not name.startswith(PREFIX)},
            **settings,
            "GANGTING_HOME": str(home),
            "GANGTING_LOG": "info",
        }
        self._command = command or [str(GANGTING), "run"]
        self._nursery = nursery
        self._process: Process | None = None
        home.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.kill()

    @property
    def pid(self) -> int:
        """The running bot's process number."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """The process runs; it need not be ready."""
        self._process = self._begin()
        self.starts += 1

    def _begin(self) -> Process:
        if self._nursery is not None:
            return self._nursery.start(self.home, self.log, self.environ)
        with self.log.open("ab") as output:
            return subprocess.Popen(
                self._command, cwd=self.home, env=self.environ, stdout=output, stderr=output
            )

    def wait_until(self, condition: Any, seconds: float, pause: float = 0.01) -> Any:
        """The condition's first truthy value. Raises Ended, or AssertionError after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            self.look()
            if time.monotonic() > deadline:
                raise AssertionError(f"not so within {seconds} s; the log ends: {self.tail()}")
            time.sleep(pause)
        return value

    def look(self) -> None:
        """Raises Ended if the bot has ended by itself."""
        if self._process is not None and (code := self._process.poll()) is not None:
            self._process = None
            raise Ended(f"the bot ended by itself with {code}: {self.tail()}")

    def kill(self) -> None:
        """SIGKILL, and the process is gone; the moment is noted."""
        assert self._process is not None
        self.look()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.kills.append(time.time())
        self._process = None

    def terminate(self, seconds: float = 30) -> tuple[int, float]:
        """SIGTERM; the exit code and the seconds that it took."""
        assert self._process is not None
        begun = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(seconds)
        self._process = None
        return code, time.monotonic() - begun

    def tail(self, size: int = 3000) -> str:
        """The end of the log."""
        return self.log.read_text("utf-8", "replace")[-size:] if self.log.exists() else ""

    def verb(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A `gangting` command on the same home."""
        return subprocess.run(
            [GANGTING, *words], env=self.environ, cwd=self.home, capture_output=True, text=True
        )

    def status(self) -> tuple[dict[str, int], str]:
        """The queues as `gangting status` counts them, and all it says."""
        done = self.verb("status")
        inbox, queues = COUNTS.search(done.stdout), QUEUES.search(done.stdout)
        if done.returncode or inbox is None or queues is None:
            raise AssertionError(f"gangting status: {done.stdout}{done.stderr}")
        numbers = [int(n) for n in (*inbox.groups(), *queues.groups())]
        return dict(zip(NAMES, numbers, strict=True)), done.stdout

    def left_behind(self) -> list[int]:
        """Processes of this home that outlived their bot."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("GANGTING_HOME") == str(self.home):
                    found.append(process.pid)
            except psutil.Error:
                continue
        return found
