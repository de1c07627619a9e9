"""`gangting read` and `gangting ask --json`: how texts are read. Needs a bureau and nothing else.

One text is read as fast as Python starts; with --stdin a text a line, one start for all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from bot.bureau import bureau_at, home_given
from bot.clock import Clock
from bot.errors import BadSetting

if TYPE_CHECKING:
    from bot.rules.records import Bureau

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Said:
    """One text, the moment it is said at, and the number it answers."""

    text: str
    now: datetime
    reply_to: str | None = None


@dataclass(frozen=True)
class Batch:
    """The text of the command line, or, where it is None, those of standard input.

    `at` and `reply_to` hold for every text that names none of its own; `jsonl` says that the lines
    of standard input are objects.
    """

    text: str | None
    at: str | None = None
    reply_to: str | None = None
    jsonl: bool = False

    @property
    def one(self) -> bool:
        """Whether it is a single text."""
        return self.text is not None

    def said(self, bureau: Bureau, stream: BinaryIO | None = None) -> Iterator[Said]:
        """The texts in their order, each as soon as its line is there. Raises BadSetting."""
        moment(self.at, bureau)  # a wrong one is told before the first line
        if self.text is not None:
            yield Said(self.text, moment(self.at, bureau), self.reply_to)
            return
        for number, line in lines(stream or sys.stdin.buffer):
            own = _object(line, number) if self.jsonl else {"text": line}
            now = moment(own.get("at", self.at), bureau, f"standard input, line {number}: at")
            yield Said(own["text"], now, own.get("reply_to", self.reply_to))


def captions(home: Path | None, batch: Batch) -> None:
    """Print each caption's reading. Raises BadSetting."""
    from bot.rules.captions import CaptionReader, reading_json

    bureau = bureau_at(home_given(home))
    reader = CaptionReader(bureau, ahead=not batch.one)
    for said in batch.said(bureau):
        put(reading_json(reader.read(said.text, said.now, said.reply_to)))


def questions(home: Path | None, batch: Batch) -> None:
    """Print each question's reading. Raises BadSetting."""
    from bot.rules.questions import QuestionReader, question_json

    bureau = bureau_at(home_given(home))
    reader = QuestionReader(bureau, ahead=not batch.one)
    for said in batch.said(bureau):
        put(question_json(reader.read(said.text, said.now)))


def moment(text: str | None, bureau: Bureau, name: str = "--at") -> datetime:
    """The given local moment, or the present one. Raises BadSetting with an example."""
    if text is None:
        return Clock().now().astimezone(bureau.tz)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadSetting(f"{name} {text!r} is no moment; write it as 2025-11-19T10:00") from None
    return at if at.tzinfo else at.replace(tzinfo=bureau.tz)


def lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """The lines from 1, without their ends. Raises BadSetting for one that is no UTF-8."""
    for number, line in enumerate(stream, 1):
        try:
            text = (line.removeprefix(BOM) if number == 1 else line).decode("utf-8")
        except UnicodeDecodeError:
            raise BadSetting(f"standard input, line {number}: this is no UTF-8 text") from None
        yield number, text.removesuffix("\n").removesuffix("\r")


def put(found: dict[str, Any]) -> None:
    """Print one line of JSON, in UTF-8 whatever the terminal speaks, and send it off at once."""
    line = json.dumps(found, ensure_ascii=False) + "\n"
    sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def _object(line: str, number: int) -> dict[str, Any]:
    """The line's object: `text`, and perhaps `at` and `reply_to`; all are strings."""
    where = f"standard input, line {number}"
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise BadSetting(f"{where}: this is no JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise BadSetting(f'{where}: an object is needed, such as {{"text": "松江路正常"}}')
    for key, value in found.items():
        if key not in ("text", "at", "reply_to"):
            raise BadSetting(f"{where}: {key!r} is not known; allowed are at, reply_to, text")
        if value is not None and not isinstance(value, str):
            raise BadSetting(f"{where}: {key} must be a string")
    return {key: value for key, value in found.items() if value is not None}
