"""The make-believe WeCom as a process of its own, seen from outside; the settings for its app."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.transports.simulator.wecom.records import Setup

ROOT = Path(__file__).parents[2]
SETUP = Setup()
SECRETS = (SETUP.secret, SETUP.token, SETUP.aes_key)


class Corporation:
    """Acts on its phones and reads what they show. `calls_back` is the app's address."""

    # A proxy of the environment must not stand between a test and its own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __init__(self, url: str, calls_back: str) -> None:
        self.url, self.calls_back = url, calls_back

    def act(self, person: int, act: str, **more: Any) -> int:
        """The person did it; how many callbacks nobody took because of it."""
        told = self._ask("act", {"person": person, "act": act, **more})
        assert told.get("ok"), told
        return int(told["lost"])

    def shown(self, person: int) -> list[dict[str, Any]]:
        """What stands in the person's chat, oldest first."""
        return list(self._ask(f"shown?person={person}"))

    def calls(self, since: int = 1_000_000) -> dict[str, Any]:
        """What came in after so many calls, and what became of the callbacks."""
        return dict(self._ask(f"calls?since={since}"))

    def fault(self, **planned: Any) -> None:
        """The next calls meet it."""
        self._ask("fault", planned)

    def set(self, **wish: Any) -> None:
        """The clock, the net, the tokens."""
        self._ask("set", wish)

    def _ask(self, what: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/control/{what}", data)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                raise AssertionError(refused.read().decode()) from None


def settings(corp: Corporation) -> dict[str, str]:
    """What the environment of a bot says whose app is the corporation's."""
    listen = corp.calls_back.removeprefix("http://").removesuffix("/wecom")
    ours = {
        "CORP_ID": SETUP.corp_id, "AGENT_ID": str(SETUP.agent_id), "SECRET": SETUP.secret,
        "TOKEN": SETUP.token, "AES_KEY": SETUP.aes_key, "API": corp.url, "LISTEN": listen,
    }  # fmt: skip
    return {f"GANGTING_WECOM__{name}": value for name, value in ours.items()}


@contextmanager
def corporation(folder: Path, calls_back: str, people: int = 3) -> Iterator[Corporation]:
    """The process is up while the context is open; what it complains of is in a file there."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ",".join(f"队员{number}" for number in range(1, people + 1))
    command = [
        sys.executable, "-m", "bot.transports.simulator.wecom", "--callback", calls_back,
        "--folder", str(folder), "--people", names,
    ]  # fmt: skip
    with (
        (folder / "corporation.log").open("ab") as complaints,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, (folder / "corporation.log").read_text("utf-8")
            yield Corporation(url, calls_back)
        finally:
            process.kill()
