"""What is measured of one running bot: a burst, a steady trickle, memory, and how fast it is ready.

All moments are those of the fake Bot API's log, so no bot is asked anything while it works.
"""

from __future__ import annotations

import base64
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import psutil

from tests.chaos.child import Child
from tests.chaos.load import SPOTS, TROUBLES, Verb, jpeg

OFFICERS = list(range(1000, 1050))
PHOTOS = 100
"""Distinct pictures; each is sent again and again, as another file."""


def texts(number: int) -> list[Verb]:
    """So many reports in words, officer after officer."""
    return [("text", {"user": OFFICERS[n % len(OFFICERS)], "text": _words(n)})
            for n in range(number)]  # fmt: skip


def photos(number: int) -> list[Verb]:
    """So many reports with a photo each."""
    pictures = [base64.b64encode(jpeg(f"bench {n}")).decode() for n in range(PHOTOS)]
    return [
        ("photo", {"user": OFFICERS[n % len(OFFICERS)], "caption": _words(n),
                   "data": pictures[n % PHOTOS]})
        for n in range(number)
    ]  # fmt: skip


def _words(n: int) -> str:
    return f"{SPOTS[n % len(SPOTS)]} {TROUBLES[n // 7 % len(TROUBLES)]}"


def ready(bot: Child) -> float:
    """The bot is started; the seconds until it asked for updates."""
    begun = time.monotonic()
    bot.start()
    bot.wait_ready()
    return time.monotonic() - begun


def burst(bot: Child, steps: list[Verb], downloads: bool = False) -> float:
    """Updates a second, from the first batch served to the last answer (and the last download)."""
    telegram = bot.telegram
    before = telegram.state()
    telegram.many(steps)
    wanted = before["sent"] + len(steps)
    files = before["downloads"] + len(steps)

    def all_answered() -> bool:
        state = telegram.state()
        return state["sent"] >= wanted and (not downloads or state["downloads"] >= files)

    bot.wait_until(all_answered, 300, pause=0.05)
    end = time.time() if downloads else telegram.sent(since=wanted - 1)[0]["at"]
    begin = telegram.served(since=before["served"])[0]["at"]
    return len(steps) / (end - begin)


def trickle(bot: Child, number: int, a_second: float = 20) -> list[float]:
    """The milliseconds from each update's push to its answer, sorted."""
    telegram = bot.telegram
    since = telegram.state()["sent"]
    pushed: dict[int, list[float]] = defaultdict(list)
    begun = time.monotonic()
    for n, (_, given) in enumerate(texts(number)):
        time.sleep(max(0.0, begun + n / a_second - time.monotonic()))
        pushed[given["user"]].append(time.time())
        telegram.text(**given)
    bot.wait_until(lambda: telegram.state()["sent"] >= since + number, 30, pause=0.05)
    answered: dict[int, list[float]] = defaultdict(list)
    for entry in telegram.sent(since=since, method="sendMessage"):
        answered[int(entry["params"]["chat_id"])].append(entry["at"])
    return sorted(
        (at - moment) * 1000
        for user, moments in pushed.items()
        for moment, at in zip(moments, answered[user], strict=True)
    )


def share(ordered: list[float], part: float) -> float:
    """The value below which this part of the values lies."""
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]


def memory(pid: int) -> tuple[float, float]:
    """Megabytes of the process alone, and with its children."""
    process = psutil.Process(pid)
    own = process.memory_info().rss
    more = sum(child.memory_info().rss for child in process.children(recursive=True))
    return own / 1e6, (own + more) / 1e6


def seconds_of(command: Callable[[], Any], times: int) -> float:
    """The median time of the command."""
    taken = []
    for _ in range(times):
        begun = time.monotonic()
        command()
        taken.append(time.monotonic() - begun)
    return statistics.median(taken)
