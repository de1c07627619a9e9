"""The proof after a run: what was sent, what the house holds, what the chats were shown.

Rests on `gangting export`, `check` and `status` and on the fake's own log, never on the database.
"""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

from scheduler.sender import WINDOW
from tests.chaos.bot import Bot
from tests.chaos.child import Child
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load, Report

NUMBER = re.compile(r"\A(?!请复核|请定|新任务|要改派|退回重办).*?编号 (\d{4}-\d{3,})", re.DOTALL)
"""Of a receipt: what others are asked to do about it bears the same number."""

COUNTED = re.compile(r"(\d+) 张照片")

Sends = dict[tuple[int, str], list[dict[str, Any]]]
"""The new messages of each card, by chat and short number."""


def exported(bot: Bot) -> dict[str, dict[str, Any]]:
    """Number to a line of it, as `gangting export` tells."""
    done = bot.verb("export", "reports", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    rows = (json.loads(line) for line in done.stdout.splitlines())
    return {row["number"]: row for row in rows}


def records(ledger: Ledger, bot: Child, load: Load) -> dict[str, Report]:
    """Each report has exactly one number with all its photos; number to report."""
    held = exported(bot)
    owner = {sha: report for report in load.reports for sha in report.hashes}
    by_report: dict[int, list[str]] = defaultdict(list)
    wrong, found = [], {}
    for number, row in held.items():
        owners = {id(owner.get(photo["sha256"])) for photo in row["photos"]}
        first = owner.get(row["photos"][0]["sha256"]) if row["photos"] else None
        if len(owners) != 1 or first is None:
            wrong.append(f"{number} mixes the photos of {len(owners)} reports")
            continue
        by_report[id(first)].append(number)
        found[number] = first
        wrong += _differences(number, row, first)
    named = [(report, by_report[id(report)]) for report in load.reports]
    ledger.tell("reports sent", len(load.reports))
    ledger.tell("of them albums", sum(report.album is not None for report in load.reports))
    ledger.tell("photos sent", len(load.steps))
    ledger.none("lost", (f"{r.officer} {r.caption}" for r, numbers in named if not numbers))
    ledger.none("twice", (" ".join(numbers) for _, numbers in named if len(numbers) > 1))
    ledger.none("numbers with other photos, caption or person than sent", wrong)
    return found


def _differences(number: str, row: dict[str, Any], report: Report) -> list[str]:
    shas = [photo["sha256"] for photo in row["photos"]]
    wrong = []
    if shas != report.hashes:
        wrong.append(f"{number} has {len(shas)} photos, sent were {len(report.hashes)}")
    states = Counter(photo["state"] for photo in row["photos"])
    if set(states) != {"stored"}:
        wrong.append(f"{number} has photos {dict(states)}")
    if (row["text"], row["officer"]) != (report.caption, f"队员{report.officer}"):
        wrong.append(f"{number} says {row['text']!r} of {row['officer']}")
    return wrong


def short(number: str) -> str:
    """0612-007 of R-20250612-007, as cards name it."""
    return number[6:]


def new_messages(entries: list[dict[str, Any]]) -> Sends:
    """The sendMessage calls that took effect, by chat and number."""
    found: Sends = defaultdict(list)
    for entry in entries:
        said = NUMBER.search(entry["params"].get("text", ""))
        if said and entry["method"] == "sendMessage":
            found[int(entry["params"]["chat_id"]), said[1]].append(entry)
    return found


def receipts(ledger: Ledger, bot: Child, found: dict[str, Report], kills: list[float]) -> None:
    """Every number was told to its sender, again only where a kill or a lost reply explains it."""
    sends = new_messages(bot.telegram.sent())
    wanted = {(report.officer, short(number)): number for number, report in found.items()}
    ledger.none("receipts never delivered", (n for key, n in wanted.items() if key not in sends))
    ledger.none("receipts of no report", (str(key) for key in sends if key not in wanted))
    lost = sum("lost" in entry for entries in sends.values() for entry in entries)
    repeats = sum(len(entries) - 1 for entries in sends.values())
    most = len(kills) * WINDOW + lost
    ledger.prove("receipts repeated", repeats, f"<= {most}", repeats <= most)
    ledger.tell("  of them after a lost reply", lost)
    by_life = Counter(
        bisect(kills, later["at"])
        for entries in sends.values()
        for before, later in pairwise(entries)
        if "lost" not in before
    )
    ledger.prove(
        "  most in one life of the bot", max(by_life.values(), default=0), f"<= {WINDOW}",
        max(by_life.values(), default=0) <= WINDOW,
    )  # fmt: skip
    ledger.none("cards sent twice within one life", _unexplained(sends, kills))
    ledger.none("cards that end with wrong words", _last_looks(bot, found))


def _unexplained(sends: Sends, kills: list[float]) -> list[str]:
    """Cards sent anew though the bot was not killed in between and no reply was lost."""
    return [
        f"{number} to {chat}"
        for (chat, number), entries in sends.items()
        for before, later in pairwise(entries)
        if "lost" not in before and bisect(kills, before["at"]) == bisect(kills, later["at"])
    ]


def _last_looks(bot: Child, found: dict[str, Report]) -> list[str]:
    """Numbers whose newest card does not say how many photos there are, or says some are late."""
    newest: dict[tuple[int, str], str] = {}
    for chat in {report.officer for report in found.values()}:
        for message in bot.telegram.messages(chat):
            said = NUMBER.search(message.get("text") or "")
            if message["by_bot"] and said:
                newest[chat, said[1]] = message["text"]
    wrong = []
    for number, report in found.items():
        text = newest.get((report.officer, short(number)), "")
        counted = COUNTED.search(text)
        if counted is None or int(counted[1]) != len(report.photos) or "还在路上" in text:
            wrong.append(f"{number}: {text!r}, sent were {len(report.photos)}")
    return wrong


def books(ledger: Ledger, bot: Bot) -> dict[str, int]:
    """The inbox balances, nothing waits, and `gangting check` finds nothing wrong."""
    counted, _ = bot.status()
    ends = sum(counted[name] for name in ("done", "ignored", "quarantined", "failed", "pending"))
    ledger.prove("inbox received", counted["received"], f"= {ends}", counted["received"] == ends)
    for name in ("pending", "owed", "expected"):
        ledger.prove(name, counted[name], 0, counted[name] == 0)
    checked = bot.verb("check")
    ledger.prove("gangting check", "good" if checked.returncode == 0 else "wrong", "good",
                 checked.returncode == 0, checked.stdout + checked.stderr)  # fmt: skip
    return counted


def manners(ledger: Ledger, bot: Child) -> None:
    """The bot broke no rule of the platform, wrote its token nowhere and left nothing running."""
    broken = Counter(f"{v['method']}: {v['what']}" for v in bot.telegram.violations())
    ledger.none("rules of the platform broken", (f"{n}x {what}" for what, n in broken.items()))
    secret = bot.telegram.token.split(":")[1]
    shown = [line[:200] for line in bot.log.read_text("utf-8", "replace").splitlines()
             if secret in line]  # fmt: skip
    ledger.none("lines of the log with the token", shown)
