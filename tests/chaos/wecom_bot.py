"""A bot on WeCom's app line with its receiver, a make-believe WeCom beside it, and busy phones."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random

from typing_extensions import override

from storage.spool_file import SPOOL_FILE, cursor_file
from tests.chaos.bot import Bot, Nursery
from tests.chaos.child import dice
from tests.chaos.wecom_load import Load, Step
from tests.fakes.corporation import Corporation, corporation, settings
from tests.verbs.receiving import free_port

STARTED = b"the receiver was started"
ROWS = re.compile(r'gangting_rows\{state="(\w+)"\} (\d+)')


class Worker(Bot):
    """`gangting run` on WeCom's line; its receiver outlives it, unless it ends by itself."""

    def __init__(self, home: Path, corp: Corporation, nursery: Nursery | None = None) -> None:
        self._house = f"127.0.0.1:{free_port()}"
        own = settings(corp) | {"GANGTING_LISTEN": self._house}
        super().__init__(home, own, nursery)
        self.corp = corp
        self.spool = home / SPOOL_FILE
        self.start_seconds = 3.0 if nursery is None else 0.7

    @override
    def __exit__(self, *_: object) -> None:
        super().__exit__(*_)
        for pid in self.left_behind():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def wait_ready(self, seconds: float = 40) -> None:
        """The house is open."""
        self.wait_until(self.opened, seconds)

    def wait_receiver(self, seconds: float = 40) -> None:
        """Callbacks are kept."""
        self.wait_until(self.receives, seconds)

    def opened(self) -> bool:
        """Whether the house answers."""
        return bool(self._ask(f"http://{self._house}/metrics"))

    def healthy(self) -> bool:
        """Whether the house says that its lines are up."""
        return bool(self._ask(f"http://{self._house}/healthz"))

    def receives(self) -> bool:
        """Whether a receiver says that callbacks are kept."""
        return bool(self._ask(self.corp.calls_back.removesuffix("/wecom") + "/healthz"))

    def _ask(self, url: str) -> str:
        """What is answered with 200, "" where nothing is."""
        with suppress(OSError), self.corp.opener.open(url, timeout=5) as answer:
            return str(answer.read(), "utf-8")
        return ""

    def receiver(self) -> int:
        """The process number of the receiver that has the spool, as its lock says.

        0 at the moment when one gives it to the next.
        """
        return int((self.home / f"{SPOOL_FILE}.lock").read_text() or 0)

    def receivers_started(self) -> int:
        """How many receivers all lives of the bot have started."""
        return self.log.read_bytes().count(STARTED)

    def kept(self) -> int:
        """How many different callbacks were ever kept."""
        with closing(sqlite3.connect(f"file:{self.spool}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM spool").fetchone()[0])

    def untaken(self) -> bool:
        """Whether the spool holds what the worker has not taken yet."""
        with closing(sqlite3.connect(f"file:{self.spool}?mode=ro", uri=True)) as database:
            newest = database.execute("SELECT max(id) FROM spool").fetchone()[0] or 0
        file = cursor_file(self.spool)
        return not file.exists() or int(file.read_text().split()[1]) < newest

    def wait_quiet(self, seconds: float = 240) -> None:
        """Nothing waits in the spool, in the house or to be sent."""

        def quiet() -> bool:
            rows = dict(ROWS.findall(self._ask(f"http://{self._house}/metrics")))
            waits = [rows.get(name, "?") for name in ("pending", "owed", "expected")]
            return waits == ["0"] * 3 and not self.untaken()

        self.wait_until(quiet, seconds, pause=0.1)


class Phones:
    """The clients of a load, each in a thread; they send reports as far as `allow` lets them."""

    def __init__(self, corp: Corporation, load: Load, seed: int, pause: float) -> None:
        """`pause` is the longest time in seconds between two acts of a client."""
        self._corp, self._pause = corp, pause
        self._allowed, self._over = threading.Semaphore(0), threading.Event()
        self.acted, self.sent, self.unanswered = 0, 0, 0
        self._count = threading.Lock()
        self._fault: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._use, args=(reports, dice(seed, f"client {number}")))
            for number, reports in enumerate(load.clients)
        ]
        for thread in self._threads:
            thread.start()

    def allow(self, reports: int) -> None:
        """So many reports more are sent, by whoever is ready."""
        if reports:
            self._allowed.release(reports)

    def wait(self, reports: int, seconds: float = 120) -> None:
        """So many have been sent in all; raises what a client met."""
        deadline = time.monotonic() + seconds
        while self.sent < reports:
            if self._fault is not None:
                raise self._fault
            assert time.monotonic() < deadline, f"{self.sent} of {reports} reports"
            time.sleep(0.02)

    def end(self) -> None:
        """No client acts any more."""
        self._over.set()
        self._allowed.release(len(self._threads))
        for thread in self._threads:
            thread.join()

    def _use(self, reports: list[list[Step]], chance: Random) -> None:
        try:
            for steps in reports:
                self._allowed.acquire()
                for step in steps:
                    if self._over.wait(chance.uniform(0, self._pause)):
                        return
                    lost = self._corp.act(step.person, step.act, **step.given)
                    with self._count:
                        self.acted += 1
                        self.unanswered += lost
                with self._count:
                    self.sent += 1
        except BaseException as fault:  # noqa: BLE001 - told to whoever waits
            self._fault = fault


@contextmanager
def wecom_beside(home: Path, people: int) -> Iterator[Corporation]:
    """A make-believe WeCom that will call the home's receiver back, wherever that listens."""
    calls_back = f"http://127.0.0.1:{free_port()}/wecom"
    with corporation(home / "corporation", calls_back, people) as corp:
        yield corp
