"""Each verb as a process: what it prints, how it ends, and what it says when it can't."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.fakes.control import Control
from tests.verbs.conftest import environment, gangting, refused

VERBS = sorted(main.commands)


@pytest.mark.parametrize("verb", [None, *VERBS])
def test_help_shows_an_example_and_comes_at_once(tmp_path: Path, verb: str | None) -> None:
    start = time.monotonic()
    told = gangting(tmp_path, *([verb] if verb else []), "--help")
    took = time.monotonic() - start
    assert told.returncode == 0
    assert told.stderr == ""
    if verb:
        assert re.search(rf"Example: .*gangting {verb}", told.stdout)
    else:
        for name in VERBS:
            assert name in told.stdout
    assert took < 1.5, f"{took:.1f} s"
    assert list(tmp_path.iterdir()) == []


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys; import bot.__main__; heavy = {'aiogram', 'sqlalchemy', 'pydantic', 'aiohttp', "
        "'alembic', 'PIL', 'apscheduler', 'asyncio'} & set(sys.modules); print(sorted(heavy))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env=environment(tmp_path), cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert told.stdout.strip() == "[]"


WRONG = {
    "no verb of ours": (["fly"], ["No such command"]),
    "a wrong option": (["status", "--colour"], ["No such option"]),
    "a wrong role": (["invite", "张三", "--role", "king"], ["officer", "admin"]),
    "no role": (["invite", "张三"], ["--role"]),
    "an empty name": (["invite", " ", "--role", "officer"], ["姓名和岗位"]),
    "a wrong moment": (["read", "松江路", "--at", "gestern"], ["--at", "2025-11-19T10:00"]),
    "nothing to read": (["read"], ["TEXT", "--stdin"]),
    "a text and a stream": (["ask", "松江路本周几次", "--stdin"], ["TEXT", "--stdin"]),
    "objects without a stream": (["read", "松江路", "--jsonl"], ["--jsonl", "--stdin"]),
    "a home that is not there": (["read", "松江路", "--home", "nowhere"], ["nowhere"]),
    "a home without a bureau": (["read", "松江路", "--home", "tests"], ["tests", "gangting.toml"]),
    "a home to be asked that is not there": (["ask", "本周几次", "--home", "nowhere"], ["nowhere"]),
    "a wrong day": (["export", "reports", "--from", "2025-13-01"], ["--from", "2025-11-01"]),
    "days the wrong way round": (
        ["export", "reports", "--from", "2025-06-02", "--to", "2025-06-01", "--format", "csv"],
        ["--to lies before --from"],
    ),
    "a wrong format": (["export", "reports", "--format", "pdf"], ["xlsx", "jsonl", "csv"]),
    "Excel to the screen": (["export", "reports"], ["needs a name"]),
    "somebody unknown asks": (["ask", "松江路本周几次", "--as", "没有人"], ["nobody is called"]),
    "a backup that is not there": (["restore", "nowhere.tar"], ["exists"]),
    "no line": (["run"], ["GANGTING_TELEGRAM__TOKEN", "gangting demo"]),
}


@pytest.mark.parametrize(("args", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_call_ends_with_one_clear_sentence(
    filled: Path, args: list[str], says: list[str]
) -> None:
    refused(gangting(filled, *args), *says)


@pytest.mark.parametrize(
    "args",
    [["status"], ["check"], ["ask", "松江路本周几次"], ["export", "reports", "--format", "csv"],
     ["backup", "new.tar"]],
)  # fmt: skip
def test_without_a_database_nothing_is_made(tmp_path: Path, args: list[str]) -> None:
    told = gangting(tmp_path / "home", *args)
    assert "there is no database at" in told.stderr
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("args", [("status",), ("read", "松江路"), ("ask", "几次", "--json")])
def test_a_wrong_setting_stops_every_verb(tmp_path: Path, args: tuple[str, ...]) -> None:
    told = gangting(tmp_path, *args, GANGTING_DATABSE="x")
    assert "did you mean GANGTING_DATABASE?" in refused(told)


# ---- asking ----


def test_a_question_is_answered_and_its_reading_shown(filled: Path) -> None:
    at = ("--at", "2025-06-09T18:00")
    answer = gangting(filled, "ask", "松江路本周几次", *at)
    assert answer.returncode == 0
    assert "松江路" in answer.stdout
    assert re.search(r"\b4\b", answer.stdout), answer.stdout
    reading = json.loads(gangting(filled, "ask", "松江路本周几次", "--json", *at).stdout)
    assert reading["metrics"] == ["report_count"] or reading["metrics"] == ["patrol_count"]
    assert reading["filters"]["spots"] == ["songjiang"]
    assert {"range", "compare", "group_by"} <= set(reading)


def test_ranking_people_is_refused_politely(filled: Path) -> None:
    told = gangting(filled, "ask", "谁最勤快")
    assert told.returncode == 0
    assert told.stdout.strip()


def test_an_officer_asks_only_what_he_may(filled: Path) -> None:
    told = gangting(filled, "ask", "李主任本周报了几次", "--as", "张建国")
    assert "Traceback" not in told.stderr
    assert told.returncode in (0, 2)


# ---- inviting, status ----


def test_an_invitation_is_printed_and_stored_only_as_a_digest(home: Path) -> None:
    told = gangting(
        home, "invite", "周凯", "--role", "officer", "--role", "leader", "--squad", "一中队"
    )
    assert told.returncode == 0, told.stderr
    code = re.search(r"^code: (\S{16,})$", told.stdout, re.M)
    assert code is not None
    assert f"邀请码 {code[1]}" in told.stdout
    assert "周凯，队员、中队长，一中队" in told.stdout
    assert code[1].encode() not in (home / "gangting.db").read_bytes()


def test_the_first_admin_is_invited_before_anything_is_there(tmp_path: Path) -> None:
    home = tmp_path / "new"
    assert gangting(home, "invite", "王芳", "--role", "admin").returncode == 0
    assert (home / "gangting.db").exists()


def test_the_link_holds_the_bots_name(home: Path, tg: Control) -> None:
    told = gangting(
        home, "invite", "周凯", "--role", "officer",
        GANGTING_TELEGRAM__TOKEN=tg.token, GANGTING_TELEGRAM__API=tg.url,
    )  # fmt: skip
    assert re.search(r"link: https://t\.me/\w+\?start=i_\S+", told.stdout)
    assert tg.token.split(":")[1] not in told.stdout + told.stderr


def test_an_unreachable_telegram_holds_no_invitation_up(home: Path) -> None:
    start = time.monotonic()
    told = gangting(
        home, "invite", "周凯", "--role", "officer",
        GANGTING_TELEGRAM__TOKEN="1:abcdef", GANGTING_TELEGRAM__API="http://127.0.0.1:1",
    )  # fmt: skip
    assert told.returncode == 0
    assert "邀请码 " in told.stdout
    assert time.monotonic() - start < 25


def test_status_tells_queues_that_add_up(filled: Path) -> None:
    told = gangting(filled, "status")
    assert told.returncode == 0, told.stderr
    assert "inbox: 0 received = 0 done" in told.stdout
    assert "photos: 7 stored, 0 expected, 0 unavailable" in told.stdout
    assert "next:" in told.stdout


# ---- beside a running bot ----


def test_every_command_works_beside_the_bot_and_a_second_bot_does_not(
    home: Path, tg: Control, bot: subprocess.Popen[str], tmp_path: Path
) -> None:
    settings = {"GANGTING_TELEGRAM__TOKEN": tg.token, "GANGTING_TELEGRAM__API": tg.url}
    assert gangting(home, "status", **settings).returncode == 0
    assert gangting(home, "check").returncode == 0
    assert "code: " in gangting(home, "invite", "周凯", "--role", "officer").stdout
    saved = tmp_path / "saved.tar"
    assert gangting(home, "backup", str(saved)).returncode == 0
    sentence = refused(gangting(home, "run", **settings))
    assert f"pid {bot.pid}" in sentence
    assert "stop it first" in sentence
    assert bot.poll() is None
    new = tmp_path / "new"
    assert gangting(new, "restore", str(saved)).returncode == 0
    assert gangting(new, "check").returncode == 0
    rows = gangting(new, "export", "reports", "--format", "jsonl").stdout
    assert rows == gangting(home, "export", "reports", "--format", "jsonl").stdout
    assert not tg.violations()


def test_a_refused_token_ends_the_bot_with_a_clear_sentence(home: Path, tg: Control) -> None:
    tg.revoke()
    told = gangting(home, "run", GANGTING_TELEGRAM__TOKEN=tg.token, GANGTING_TELEGRAM__API=tg.url)
    assert told.returncode == 2
    assert "Telegram refuses the token (401); check GANGTING_TELEGRAM__TOKEN" in told.stderr
    assert "Traceback" not in told.stderr
    assert tg.token not in told.stderr + told.stdout


def test_a_second_poller_ends_the_bot_with_a_clear_sentence(home: Path, tg: Control) -> None:
    tg.conflict(times=20)
    told = gangting(home, "run", GANGTING_TELEGRAM__TOKEN=tg.token, GANGTING_TELEGRAM__API=tg.url)
    assert told.returncode == 2
    assert "409" in told.stderr
    assert "another process receives the updates" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_webhook_without_its_secret_is_refused(home: Path, tg: Control) -> None:
    told = gangting(
        home, "run", GANGTING_TELEGRAM__TOKEN=tg.token, GANGTING_TELEGRAM__API=tg.url,
        GANGTING_TELEGRAM__WEBHOOK_URL="https://bot.example.org/x",
    )  # fmt: skip
    assert "GANGTING_TELEGRAM__WEBHOOK_SECRET must be set" in refused(told)


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:http", "203.0.113.9:80"])
def test_an_address_that_cannot_be_listened_on_is_told(
    home: Path, tg: Control, address: str
) -> None:
    told = gangting(
        home, "run", GANGTING_TELEGRAM__TOKEN=tg.token, GANGTING_TELEGRAM__API=tg.url,
        GANGTING_LISTEN=address,
    )  # fmt: skip
    assert address in refused(told)
