"""The receiver as a process: up at once, small, and true to every 200 it gave."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.verbs.receiving import OURS, Receiver


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    made = Receiver(tmp_path / "home")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.communicate()


@contextmanager
def line_to(receiver: Receiver) -> Iterator[HTTPConnection]:
    with closing(HTTPConnection("127.0.0.1", receiver.port, timeout=5)) as connection:
        yield connection


def test_it_keeps_what_is_posted_and_ends_cleanly(receiver: Receiver) -> None:
    receiver.start()
    with line_to(receiver) as line:
        assert [receiver.post(line, n) for n in (1, 2, 2)] == [200, 200, 200]
    code, said = receiver.stop()
    assert code == 0
    assert "Traceback" not in said
    assert not any(secret in said for secret in (OURS.token, OURS.aes_key, "secret-of"))
    assert set(receiver.kept()) == {"msg:1", "msg:2"}
    assert json.loads(receiver.kept()["msg:1"])["Content"] == "松江路 流动摊贩2个 已劝离"


def test_every_200_is_kept_though_it_is_killed_amid_them(receiver: Receiver) -> None:
    receiver.start()
    told: set[int] = set()
    lock, over = threading.Lock(), threading.Event()

    def keep_posting(first: int) -> None:
        number = first
        while not over.is_set():
            try:
                with line_to(receiver) as line:
                    while not over.is_set():
                        if receiver.post(line, number) == 200:
                            with lock:
                                told.add(number)
                            number += 1
            except (OSError, HTTPException):
                time.sleep(0.01)  # asked again with the same message, as the platform does

    clients = [threading.Thread(target=keep_posting, args=(n * 10**6,)) for n in range(1, 9)]
    for client in clients:
        client.start()
    for _ in range(2):
        before = len(told)
        while len(told) < before + 300:
            time.sleep(0.01)
        assert receiver.process is not None
        receiver.process.kill()
        receiver.process.communicate()
        receiver.start()
    over.set()
    for client in clients:
        client.join()
    receiver.stop()
    assert len(told) >= 600
    assert {f"msg:{n}" for n in told} <= set(receiver.kept())


def test_a_second_one_on_the_same_home_says_so(receiver: Receiver) -> None:
    receiver.start()
    other = Receiver(receiver.home)
    said = subprocess.run(
        [sys.executable, "-m", "bot", "receive"], env=other.environment(), capture_output=True,
        text=True, timeout=20, check=False,
    )  # fmt: skip
    assert said.returncode == 2
    assert "another gangting process" in said.stderr


def test_without_an_app_it_says_what_to_set(receiver: Receiver) -> None:
    none = {f"GANGTING_WECOM__{name}": "" for name in
            ("CORP_ID", "AGENT_ID", "SECRET", "TOKEN", "AES_KEY")}  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-m", "bot", "receive"], env=receiver.environment() | none,
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert said.returncode == 2
    assert "GANGTING_WECOM__CORP_ID" in said.stderr


def test_health_tells_when_nothing_can_be_kept(receiver: Receiver) -> None:
    receiver.start()
    assert receiver.health() == 200
    (receiver.home / "receiver.db").unlink()
    assert receiver.health() == 503
    with line_to(receiver) as line:
        assert receiver.post(line, 1) == 503
    assert receiver.stop(signal.SIGINT)[0] == 0


WATCHED = """
import os, runpy, signal, sys, threading, time, urllib.request

url = sys.argv[1]

def stop_when_up():
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return os.kill(os.getpid(), signal.SIGTERM)
        except OSError:
            time.sleep(0.02)

threading.Thread(target=stop_when_up, daemon=True).start()
sys.argv = ["gangting", "receive"]
try:
    runpy.run_module("bot", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
print("bot.verbs.receive" in sys.modules)
print(sorted({"aiogram", "sqlalchemy", "PIL", "apscheduler"} & set(sys.modules)))
"""


def test_it_knows_neither_aiogram_nor_sqlalchemy(receiver: Receiver) -> None:
    url = f"http://127.0.0.1:{receiver.port}/healthz"
    said = subprocess.run(
        [sys.executable, "-c", WATCHED, url], env=receiver.environment(), capture_output=True,
        text=True, timeout=20, check=False,
    )  # fmt: skip
    assert said.stdout == "True\n[]\n", said.stderr
