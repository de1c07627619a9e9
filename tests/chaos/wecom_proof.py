"""The proof after a WeCom run: what was sent, what the house holds, what the phones show.

Rests on `gangting export`, `check` and `status` and on what the make-believe WeCom tells.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

from scheduler.sender import WINDOW
from tests.bench.measure import share
from tests.chaos import proof
from tests.chaos.kills import after_a_moment
from tests.chaos.ledger import Ledger
from tests.chaos.proof import COUNTED, NUMBER, exported, short
from tests.chaos.wecom_bot import Phones, Worker
from tests.chaos.wecom_load import Load, Report
from tests.fakes.corporation import SECRETS, Corporation

CROWDED = 7_100_000_000_000_000_001
"""The message that comes a hundred times at once while the worker stands still."""

PROBED = (
    "media/get: 40007", "message/update_template_card: 40058", "message/recall: 40058",
    "menu/get: 46003",
)  # fmt: skip
"""What the probe of a start asks with arguments that nobody has."""

ADDED = re.compile(r"共 (\d+) 张照片")


def answers(ledger: Ledger, corp: Corporation, phones: Phones, most: float | None) -> None:
    """Every callback was answered at its first try, and soon."""
    told = corp.calls()
    taken = sorted(lag * 1000 for lag in told["lags"])
    ledger.tell("messages sent", phones.acted)
    ledger.tell("callbacks answered, repeats among them", len(taken))
    ledger.prove("callbacks that nobody took", phones.unanswered, 0, not told["lost"])
    ledger.tell("answer p50", f"{share(taken, 0.5):.1f} ms")
    p99 = share(taken, 0.99)
    if most is None:
        ledger.tell("answer p99", f"{p99:.1f} ms")
    else:
        ledger.prove("answer p99", f"{p99:.1f} ms", f"<= {most:g} ms", p99 <= most)
    ledger.prove("answer, the slowest", f"{taken[-1]:.1f} ms", "< 1000 ms", taken[-1] < 1000)


def stillness(ledger: Ledger, seconds: float, taken: list[float]) -> None:
    """A worker that stands still holds no answer up."""
    ledger.tell("seconds of SIGSTOP", seconds)
    ledger.prove(
        f"  one message {len(taken)} times at once, the slowest answer", f"{taken[-1]:.1f} ms",
        "< 1000 ms", taken[-1] < 1000,
    )  # fmt: skip


def records(ledger: Ledger, bot: Worker, load: Load) -> dict[str, Report]:
    """Each report has exactly one number with all its photos and its words; number to report."""
    held = exported(bot)
    owner = {sha: report for report in load.reports for sha in report.hashes}
    crowded = [number for number, row in held.items() if not row["photos"]]
    by_report: dict[int, list[str]] = defaultdict(list)
    wrong, found, turned = [], {}, 0
    for number, row in held.items():
        if number in crowded:
            continue
        owners = {id(owner.get(photo["sha256"])) for photo in row["photos"]}
        first = owner.get(row["photos"][0]["sha256"])
        if len(owners) != 1 or first is None:
            wrong.append(f"{number} mixes the photos of {len(owners)} reports")
            continue
        by_report[id(first)].append(number)
        found[number] = first
        wrong += _differences(number, row, first)
        turned += [photo["sha256"] for photo in row["photos"]] != first.hashes
    named = [(report, by_report[id(report)]) for report in load.reports]
    shas = Counter(photo["sha256"] for row in held.values() for photo in row["photos"])
    ledger.tell("reports sent", len(load.reports))
    ledger.tell("  of them without words", sum(not report.words for report in load.reports))
    ledger.tell("photos sent", len(owner))
    ledger.none("reports lost", (f"{r.person} {r.words}" for r, numbers in named if not numbers))
    ledger.none("reports twice", (" ".join(numbers) for _, numbers in named if len(numbers) > 1))
    ledger.none("photos lost, or other bytes", (sha for sha in owner if sha not in shas))
    ledger.none("photos twice", (sha for sha, times in shas.items() if times > 1))
    ledger.none("numbers with other photos, words or person than sent", wrong)
    ledger.tell("  of them with the photos in another order", turned)
    ledger.prove("records of the message that came 100 times", len(crowded), 1, len(crowded) == 1)
    return found


def _differences(number: str, row: dict[str, Any], report: Report) -> list[str]:
    shas = [photo["sha256"] for photo in row["photos"]]
    wrong = []
    if sorted(shas) != sorted(report.hashes):
        wrong.append(f"{number} has {len(shas)} photos, sent were {len(report.hashes)}")
    states = Counter(photo["state"] for photo in row["photos"])
    if set(states) != {"stored"}:
        wrong.append(f"{number} has photos {dict(states)}")
    if (row["text"], row["officer"]) != (report.words, f"队员{report.person}"):
        wrong.append(f"{number} says {row['text']!r} of {row['officer']}")
    return wrong


def receipts(
    ledger: Ledger, corp: Corporation, found: dict[str, Report], kills: list[float]
) -> None:
    """Every number is on its sender's phone, and what the phone says last of it is true."""
    chats = {
        person: [message for message in corp.shown(person) if message["bot"]]
        for person in {report.person for report in found.values()}
    }
    never, wrong, equal, repeats = [], [], 0, 0
    for number, report in found.items():
        shown = [m for m in chats[report.person] if _of(m) == short(number)]
        if not shown:
            never.append(number)
            continue
        repeats += len(shown) - 1
        equal += len(shown) - len({message["text"].replace("\u200b", "") for message in shown})
        last = shown[-1]["text"]
        later = [m["text"] for m in chats[report.person] if m["id"] > shown[-1]["id"]]
        if not _true(last, later, len(report.hashes)):
            wrong.append(f"{number}: {last!r}, sent were {len(report.hashes)} photos")
    wanted = {(report.person, short(number)) for number, report in found.items()}
    said = {(person, _of(m)) for person, shown in chats.items() for m in shown if _of(m)}
    ledger.none("receipts never delivered", never)
    ledger.none("receipts of no report", (str(one) for one in said - wanted))
    ledger.none("receipts that end with a wrong number of photos", wrong)
    most = len(kills) * WINDOW
    ledger.prove("receipts sent anew", repeats, f"<= {most}", repeats <= most)
    ledger.tell("  of them with the same words", equal)


def _of(message: dict[str, Any]) -> str | None:
    found = NUMBER.search(message["text"])
    return found[1] if found else None


def _true(last: str, later: list[str], photos: int) -> bool:
    """Whether the card counts the photos, or a line after it does."""
    counted = COUNTED.search(last)
    if counted is not None and int(counted[1]) == photos and "还在路上" not in last:
        return True
    return any((more := ADDED.search(text)) and int(more[1]) == photos for text in later)


def books(ledger: Ledger, bot: Worker, load: Load) -> None:
    """The inbox balances and holds each message once; `gangting check` finds nothing wrong."""
    counted = proof.books(ledger, bot)
    for name in ("quarantined", "failed", "refused", "unavailable"):
        ledger.prove(name, counted[name], 0, counted[name] == 0)
    wanted = load.messages + 1
    for what, figure in (("callbacks kept", bot.kept()), ("  in the inbox", counted["received"])):
        ledger.prove(what, figure, wanted, figure == wanted)


def manners(ledger: Ledger, bot: Worker, corp: Corporation) -> None:
    """The bot broke no rule of the platform and wrote no secret anywhere."""
    told = corp.calls(since=0)
    refused = Counter(f"{c['path']}: {c['errcode']}" for c in told["calls"] if c["errcode"])
    ledger.tell("calls made", told["made"])
    for what, times in refused.items():
        ledger.tell(f"  refused, {what}", times, f"{bot.starts} starts" if what in PROBED else "")
    ledger.none("messages that WeCom dropped", (str(one) for one in told["dropped"]))
    ledger.none("rules of the platform broken", told["violations"])
    lines = bot.log.read_text("utf-8", "replace").splitlines()
    secrets = (*SECRETS, "access_token=")
    shown = [line[:200] for line in lines if any(secret in line for secret in secrets)]
    ledger.none("lines of the log with a secret", shown)
    troubles = Counter(line[:160] for line in lines if "Traceback" in line or '"error"' in line)
    ledger.tell("lines of the log that tell a fault", sum(troubles.values()))


def end(ledger: Ledger, bot: Worker) -> None:
    """SIGTERM ends the worker, and the receiver that an earlier life had started."""
    code, seconds = bot.terminate()
    ledger.prove("exit code at SIGTERM", code, 0, code == 0, bot.tail())
    ledger.prove("seconds to the end", f"{seconds:.1f}", "<= 10", seconds <= 10)
    ledger.none("processes left behind", after_a_moment(bot))
