"""`gangting read` and `gangting ask` of one text and of many: fast, in order, of any bureau."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.verbs.conftest import ROOT, environment, gangting, refused

OTHER = ROOT / "tests" / "rules" / "other_bureau"

READING = {
    "intent", "patrol_type", "items", "at", "source", "officers", "ask", "flags", "ref",
    "obligation", "period",
}  # fmt: skip


def test_a_caption_is_read_as_json(tmp_path: Path) -> None:
    told = gangting(tmp_path, "read", "松江路 流动摊贩2个 已劝离", "--at", "2025-06-09T10:00")
    assert told.returncode == 0
    reading = json.loads(told.stdout)
    assert set(reading) >= READING - {"ref", "obligation", "period"}
    assert reading["items"][0]["spot"] == "songjiang"
    assert reading["items"][0]["count"] == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", " ", "\U0001f600", "x" * 5000, "‮松江路", "'; DROP TABLE"])
def test_any_caption_is_read(tmp_path: Path, text: str) -> None:
    told = gangting(tmp_path, "read", text)
    assert told.returncode == 0
    assert isinstance(json.loads(told.stdout), dict)


LIGHT = """
import contextlib, sys
from bot.__main__ import main
with contextlib.suppress(SystemExit):
    main([*{args}])
heavy = {{"aiogram", "sqlalchemy", "pydantic", "asyncio", "pypinyin", "aiohttp", "PIL"}}
print(sorted(heavy & set(sys.modules)))
"""


@pytest.mark.parametrize(
    "args", [("read", "永富路占道2处"), ("ask", "永富路本周几次", "--json"), ("read", "--stdin")]
)
def test_reading_starts_with_nothing_heavy(tmp_path: Path, args: tuple[str, ...]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", LIGHT.format(args=args)], capture_output=True, text=True, check=True,
        env=environment(tmp_path), cwd=ROOT, input="", encoding="utf-8",
    )  # fmt: skip
    assert told.stdout.splitlines()[-1] == "[]", told.stderr


def test_one_text_is_read_within_half_a_second(tmp_path: Path) -> None:
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert gangting(tmp_path, "read", "松江路 流动摊贩2个 已劝离").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    assert min(took) < 0.5 * 2, "twice the budget, for slow machines"


# ---- many texts, other bureaus ----

SAID = (
    "松江路 流动摊贩2个 已劝离",
    "",
    "永富路有三个摆摊的,劝走了",
    " ",
    "\U0001f600",
    '{"text": "x"}',
)


def streamed(home: Path, data: bytes, *args: str) -> subprocess.CompletedProcess[bytes]:
    """What `gangting …` says of what it is given on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *args], cwd=ROOT, env=environment(home), input=data,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip


def told_lines(told: subprocess.CompletedProcess[bytes]) -> list[Any]:
    assert (told.returncode, told.stderr) == (0, b"")
    return [json.loads(line) for line in told.stdout.decode("utf-8").splitlines()]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_text_a_line_is_read_in_its_order(tmp_path: Path, end: str) -> None:
    at = ("--at", "2025-06-09T10:00")
    told = told_lines(streamed(tmp_path, end.join(SAID).encode(), "read", "--stdin", *at))
    assert told == [json.loads(gangting(tmp_path, "read", text, *at).stdout) for text in SAID]
    again = told_lines(streamed(tmp_path, (end.join(SAID) + end).encode(), "read", "--stdin", *at))
    assert again == told
    assert told_lines(streamed(tmp_path, b"", "read", "--stdin")) == []
    marked = told_lines(streamed(tmp_path, b"\xef\xbb\xbf" + SAID[0].encode(), "read", "--stdin"))
    assert marked == told[:1]


def test_questions_are_read_line_by_line(tmp_path: Path) -> None:
    asked = ("松江路本周几次", "", "谁最勤快")
    at = ("--at", "2025-06-09T10:00")
    told = told_lines(
        streamed(tmp_path, "\n".join(asked).encode(), "ask", "--json", "--stdin", *at)
    )
    assert told == [json.loads(gangting(tmp_path, "ask", q, "--json", *at).stdout) for q in asked]


def test_answers_of_many_questions_are_a_line_each(filled: Path) -> None:
    asked = ("松江路本周几次", "", "谁最勤快")
    at = ("--at", "2025-06-09T18:00")
    told = told_lines(streamed(filled, "\n".join(asked).encode(), "ask", "--stdin", *at))
    assert [one["text"] for one in told] == list(asked)
    for one in told:
        alone = gangting(filled, "ask", one["text"], *at)
        assert one["answer"] == alone.stdout.removesuffix("\n")


def test_lines_may_be_objects_with_their_own_moment(tmp_path: Path) -> None:
    said = [
        {"text": "昨天\n松江路占道", "at": "2025-06-09T10:00"},
        {"text": "昨天\n松江路占道", "at": "2025-11-19T10:00"},
        {"text": "已清理", "reply_to": "P-20251119-003", "at": None},
    ]
    data = "\n".join(map(json.dumps, said)).encode()
    told = told_lines(streamed(tmp_path, data, "read", "--stdin", "--jsonl"))
    assert [one["at"] for one in told] == ["2025-06-08T00:00", "2025-11-18T00:00", None]
    assert told[2]["ref"] == "P-20251119-003"


WRONG_LINES = {
    "no UTF-8": ("好\n".encode() + b"\xff\xfe", (), ["line 2", "UTF-8"]),
    "no JSON": (b'{"text": "a"}\n\n{', ("--jsonl",), ["line 2", "JSON"]),
    "no object": (b"[1]", ("--jsonl",), ["line 1", "object"]),
    "no text": (b'{"txt": "a"}', ("--jsonl",), ["line 1", "text"]),
    "another key": (b'{"text": "a", "now": "b"}', ("--jsonl",), ["line 1", "now", "reply_to"]),
    "a number": (b'{"text": "a", "at": 5}', ("--jsonl",), ["line 1", "at must be a string"]),
    "no moment": (b'{"text": "a", "at": "b"}', ("--jsonl",), ["line 1", "2025-11-19T10:00"]),
    "deep": (b"[" * 100_000, ("--jsonl",), ["line 1", "JSON"]),
}


@pytest.mark.parametrize(("data", "args", "says"), WRONG_LINES.values(), ids=WRONG_LINES.keys())
def test_a_wrong_line_is_told_with_its_number(
    tmp_path: Path, data: bytes, args: tuple[str, ...], says: list[str]
) -> None:
    told = streamed(tmp_path, data, "read", "--stdin", *args)
    assert told.returncode == 2
    sentence = told.stderr.decode("utf-8")
    assert "Traceback" not in sentence
    assert all(word in sentence for word in ("standard input", *says))
    before = int(re.findall(r"line (\d+)", sentence)[0]) - 1
    assert len(told.stdout.splitlines()) == before


def test_each_line_is_answered_before_the_next_is_written(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "read", "--stdin"], cwd=ROOT, env=environment(tmp_path),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write("松江路正常\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["intent"] == "patrol_ok"
        process.stdout.close()  # who listens no longer ends it quietly
        process.stdin.write("松江路正常\n".encode() * 2)
        process.stdin.close()
        assert process.wait(20) == 0


MANY = 20_000
PEAK = """
import resource, sys
from bot.__main__ import main
try:
    main(["read", "--stdin"])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def test_many_lines_take_no_more_memory_than_few(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        data = b"".join(f"松江路 流动摊贩{n}个 已劝离\n".encode() for n in range(count))
        told = subprocess.run(
            [sys.executable, "-c", PEAK], cwd=ROOT, env=environment(tmp_path), input=data,
            capture_output=True, timeout=120, check=True,
        )  # fmt: skip
        assert told.stdout.count(b"\n") == count
        return int(told.stderr)

    assert peak(MANY) < peak(500) + 3 * 1024  # kilobytes


def test_another_bureau_is_read_from_its_file_or_its_folder(tmp_path: Path) -> None:
    for home in (OTHER, OTHER / "gangting.toml"):
        told = gangting(tmp_path, "read", "望潮路占道2处", "--home", str(home))
        assert json.loads(told.stdout)["items"][0]["spot"] == "wangchao"
        told = gangting(tmp_path, "ask", "望潮路本周几次", "--json", "--home", str(home))
        assert json.loads(told.stdout)["filters"]["spots"] == ["wangchao"]


def test_another_homes_records_answer(filled: Path, tmp_path: Path) -> None:
    told = gangting(
        tmp_path, "ask", "松江路本周几次", "--at", "2025-06-09T18:00", "--home", str(filled)
    )
    assert re.search(r"\b4\b", told.stdout), told.stderr


@pytest.mark.parametrize("verb", [("read", "x"), ("ask", "x", "--json"), ("ask", "x")])
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"[bureau]\nname = 5\n", ["line 2", "a string"]),
        (b"[spots.one]\nnam = 'x'\n", ["line 2", "nam", "aliases"]),
        (b"# one\nname = '\xe6\x9d'\n", ["line 2", "UTF-8"]),
        (b"[bureau\n", ["line 1"]),
    ],
)
def test_a_bad_bureau_is_told_with_its_line(
    tmp_path: Path, verb: tuple[str, ...], data: bytes, says: list[str]
) -> None:
    file = tmp_path / "theirs.toml"
    file.write_bytes(data)
    refused(gangting(tmp_path, *verb, "--home", str(file)), "theirs.toml", *says)


def test_the_command_line_offers_near_questions_and_knows_the_commands(filled: Path) -> None:
    """A refusal ends in three questions; 周报 and 本周还差什么 are what they are in the chat."""
    at = ("--at", "2025-06-09T18:00")
    refused = gangting(filled, "ask", "松江路那个什么", *at).stdout.splitlines()
    assert [line[:2] for line in refused[-3:]] == ["· "] * 3
    for said in ("本周还差什么", "周报"):
        told = gangting(filled, "ask", said, *at).stdout
        assert "没完全看懂" not in told
        assert "本周" in told
