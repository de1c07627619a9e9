"""`gangting run` and its receiver as real processes: who starts it, who outlives whom."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from bot.errors import BadSetting
from bot.settings import load
from tests.chaos.bot import Nursery
from tests.chaos.wecom_bot import Worker, wecom_beside
from tests.fakes.corporation import SECRETS, Corporation
from tests.verbs.conftest import gangting, refused
from tests.verbs.receiving import Receiver, callback


@pytest.fixture
def corp(tmp_path: Path) -> Iterator[Corporation]:
    with wecom_beside(tmp_path, people=3) as made:
        yield made


@pytest.fixture
def worker(tmp_path: Path, corp: Corporation, nursery: Nursery) -> Iterator[Worker]:
    with Worker(tmp_path / "home", corp, nursery) as made:
        yield made
        assert not any(secret in made.tail(10**6) for secret in (*SECRETS, "access_token="))


def post(corp: Corporation, number: int) -> int:
    """The status that the platform sees; 0 where nobody listens."""
    try:
        with closing(HTTPConnection(urlsplit(corp.calls_back).netloc, timeout=5)) as line:
            path, body = callback(number, "User1")
            line.request("POST", path, body)
            return line.getresponse().status
    except OSError:
        return 0


def running(pid: int) -> bool:
    """Whether the process is there and has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def own_receiver(worker: Worker) -> Receiver:
    """`gangting receive` on the worker's home, as somebody starts it himself."""
    made = Receiver(worker.home)
    made.port = urlsplit(worker.corp.calls_back).port or 0
    return made


def test_a_receiver_outlives_a_killed_worker_and_ends_with_the_next(worker: Worker) -> None:
    worker.start()
    worker.wait_receiver()
    first = worker.receiver()
    assert psutil.Process(first).cmdline()[1:] == ["-m", "bot", "receive", "--for-run"]
    assert os.getsid(first) == first, "what the terminal tells its processes must not reach it"
    worker.wait_ready()
    worker.kill()
    assert [post(worker.corp, number) for number in (1, 2)] == [200, 200]
    worker.start()
    worker.wait_ready()
    worker.wait_until(lambda: not worker.untaken(), 10)
    assert worker.receiver() == first
    code, seconds = worker.terminate()
    assert (code, worker.receivers_started()) == (0, 1)
    assert seconds < 2
    worker.wait_until(lambda: not worker.left_behind(), 5)
    assert post(worker.corp, 3) == 0


def test_a_receiver_that_dies_is_started_again(worker: Worker) -> None:
    worker.start()
    worker.wait_receiver()
    first = worker.receiver()
    os.kill(first, signal.SIGKILL)
    begun = time.monotonic()
    worker.wait_until(lambda: worker.receives() and worker.receiver() != first, 10)
    assert time.monotonic() - begun < 8, "the platform asks for fifteen seconds"
    assert worker.receivers_started() == 2
    assert post(worker.corp, 1) == 200
    assert worker.terminate()[0] == 0
    worker.wait_until(lambda: not worker.left_behind(), 5)


def test_somebodys_own_receiver_is_used_and_left_alone(worker: Worker) -> None:
    own = own_receiver(worker)
    own.start()
    assert own.process is not None
    try:
        assert post(worker.corp, 1) == 200
        worker.start()
        worker.wait_ready()
        worker.wait_until(lambda: not worker.untaken(), 10)
        assert worker.receiver() == own.process.pid
        assert worker.terminate()[0] == 0
        assert worker.receivers_started() == 0
        assert post(worker.corp, 2) == 200
    finally:
        code, said = own.stop()
    assert (code, "Traceback" in said) == (0, False)


def test_somebodys_own_receiver_takes_over_from_the_one_that_run_started(worker: Worker) -> None:
    """Else a service of its own could never come back while the bot runs."""
    worker.start()
    worker.wait_receiver()
    first, own = worker.receiver(), own_receiver(worker)
    own.start()
    assert own.process is not None
    try:
        worker.wait_until(lambda: worker.receiver() == own.process.pid and worker.receives(), 10)
        worker.wait_until(lambda: not running(first), 10)
        assert post(worker.corp, 1) == 200
        worker.wait_ready()
        assert worker.terminate()[0] == 0
        assert own.process.poll() is None
    finally:
        assert own.stop()[0] == 0


def test_a_receiver_of_another_home_is_none_of_ours(worker: Worker, tmp_path: Path) -> None:
    other = Receiver(tmp_path / "other")
    other.port = urlsplit(worker.corp.calls_back).port or 0
    other.start()
    try:
        worker.start()
        worker.wait_ready()
        worker.wait_until(lambda: "can't be listened on" in worker.tail(), 10)
        worker.wait_until(lambda: not worker.healthy(), 10)
        assert worker.terminate()[0] == 0
        assert other.health() == 200
    finally:
        assert other.stop()[0] == 0


def test_callbacks_are_kept_while_the_platform_is_still_being_asked(worker: Worker) -> None:
    worker.corp.fault(mishap="slow", times=1, path="gettoken", seconds=8)
    worker.start()
    worker.wait_receiver(7)
    assert post(worker.corp, 1) == 200
    assert not worker.opened()
    code, seconds = worker.terminate()
    assert code == 0
    assert seconds < 3
    assert not worker.left_behind()


def test_a_receiver_whose_file_was_taken_away_begins_a_new_one(worker: Worker) -> None:
    worker.environ["GANGTING_LOG"] = "info"
    worker.start()
    worker.wait_receiver()
    worker.spool.unlink()
    assert post(worker.corp, 1) == 503
    os.kill(worker.receiver(), signal.SIGKILL)
    worker.wait_until(worker.receives, 10)
    assert post(worker.corp, 1) == 200
    worker.wait_until(lambda: not worker.untaken(), 10)
    assert worker.terminate()[0] == 0


AES = "GANGTING_WECOM__AES_KEY"
WRONG = {
    "half of the app": ({AES: ""}, [AES, "must be set", "corp_id"]),
    "a short key": ({AES: SECRETS[2][:-1]}, [AES, "43"]),
    "a key with a sign": ({AES: SECRETS[2][:-1] + "="}, [AES, "43"]),
    "half of the robot": (
        {"GANGTING_WECOM__ROBOT_ID": "aib1"}, ["GANGTING_WECOM__ROBOT_SECRET", "must be set"],
    ),
    "an address without a scheme": (
        {"GANGTING_WECOM__API": "qyapi.example.org"}, ["GANGTING_WECOM__API", "https://"],
    ),
    "a number that is none": (
        {"GANGTING_WECOM__AGENT_ID": "the app"}, ["GANGTING_WECOM__AGENT_ID", "integer"],
    ),
    "no port to listen on": (
        {"GANGTING_WECOM__LISTEN": "127.0.0.1"}, ["GANGTING_WECOM__LISTEN", "host:port"],
    ),
    "a name nobody knows": (
        {"GANGTING_WECOM__AESKEY": SECRETS[2]}, ["GANGTING_WECOM__AESKEY", "did you mean", AES],
    ),
}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> dict[str, str]:
    """The settings of an app that is set up rightly."""
    ours = Receiver(tmp_path / "home").environment()
    return {name: value for name, value in ours.items() if name.startswith("GANGTING_WECOM__")}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_setting_is_named_with_its_reason(
    app: dict[str, str], tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, words = WRONG[what]
    for name, value in (app | given).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as told:
        load(tmp_path / "home")
    for word in words:
        assert word in told.value.sentence
    long = [value for value in (app | given).values() if len(value) > 20]
    assert not any(secret in told.value.sentence for secret in long)


def test_an_empty_address_to_listen_on_is_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANGTING_WECOM__LISTEN", "")
    assert load().wecom.listen == "127.0.0.1:8082"


@pytest.mark.parametrize("what", ["half of the app", "a short key"])
def test_the_start_stops_at_a_wrong_setting(app: dict[str, str], tmp_path: Path, what: str) -> None:
    given, words = WRONG[what]
    said = refused(gangting(tmp_path / "home", "run", **(app | given)), *words)
    assert said.count("\n") == 1
    assert not any(secret in said for secret in (*SECRETS, SECRETS[2][:-1], "secret-of-the-app"))
    assert not (tmp_path / "home").exists()
