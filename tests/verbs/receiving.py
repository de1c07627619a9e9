"""A receiver as a process of its own, for the tests and the bench; and the callbacks it gets."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from bot.transports.wecom.config import Callback
from bot.transports.wecom.crypto import Envelope
from tests.fakes.corporation import SETUP

OURS = Callback(SETUP.corp_id, SETUP.token, SETUP.aes_key)
ENVELOPE = Envelope(OURS)


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def callback(number: int, userid: str = "zhang") -> tuple[str, bytes]:
    """Path and body of a text's callback, as the platform posts it now."""
    stamp, nonce = str(int(time.time())), f"nonce{number}"
    message = (
        f"<xml><ToUserName>{OURS.corp_id}</ToUserName><FromUserName>{userid}</FromUserName>"
        f"<CreateTime>{stamp}</CreateTime><MsgType>text</MsgType>"
        f"<Content>松江路 流动摊贩2个 已劝离</Content><MsgId>{number}</MsgId></xml>"
    )
    sealed = ENVELOPE.seal(message.encode(), stamp, nonce)
    query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": nonce}
    body = f"<xml><ToUserName>x</ToUserName><Encrypt>{sealed.encrypted}</Encrypt></xml>"
    return f"/wecom?{urlencode(query)}", body.encode()


class Receiver:
    """`gangting receive` on a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.process: subprocess.Popen[str] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        ours = {
            "HOME": str(self.home), "WECOM__CORP_ID": OURS.corp_id, "WECOM__AGENT_ID": "1000002",
            "WECOM__SECRET": "secret-of-the-app", "WECOM__TOKEN": OURS.token,
            "WECOM__AES_KEY": OURS.aes_key, "WECOM__LISTEN": f"127.0.0.1:{self.port}", **more,
        }  # fmt: skip
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GANGTING_")}
        return clean | {f"GANGTING_{name}": value for name, value in ours.items()}

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "receive"], env=self.environment(),
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        end = time.monotonic() + 20
        while self.health() != 200:
            assert time.monotonic() < end, self.process.communicate(timeout=1)
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        assert self.process is not None
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=10)
        return self.process.returncode, said

    def health(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as it:
                return int(it.status)
        except urllib.error.HTTPError as wrong:
            return wrong.code
        except OSError:
            return 0

    def post(self, connection: HTTPConnection, number: int) -> int:
        """The status that the platform sees."""
        path, body = callback(number)
        connection.request("POST", path, body)
        with connection.getresponse() as answer:
            answer.read()
            return answer.status

    def kept(self) -> dict[str, str]:
        with closing(sqlite3.connect(self.home / "receiver.db")) as database:
            return dict(database.execute("SELECT key, raw FROM spool").fetchall())
