"""Malformed updates (F23): each differs from a real one in one field; none stops the good ones."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.chaos import proof
from tests.chaos.bot import Nursery
from tests.chaos.child import Child, dice, settle_people, telegram_beside
from tests.chaos.ledger import Ledger
from tests.chaos.load import Report, jpeg, make_load
from tests.fakes.control import Control

VICTIM = 900
"""The officer whose updates are spoilt; the good ones come from others."""

REMOVED = object()
NUMBERS = (REMOVED, None, "seven", -1, 0, 2**70, 1.5, True, [], {})
STRINGS = (REMOVED, None, 7, "", "\0", "\ud800", "长" * 5000, [], {})
LISTED = 50
"""`gangting status` shows so many of the newest bad rows."""


def under_mutations(
    ledger: Ledger, home: Path, *, count: int, seed: int, nursery: Nursery | None = None
) -> None:
    """Good reports and spoilt updates come mixed; the good ones are recorded, the others named."""
    load = make_load(seed, max(10, count // 4), officers=8, albums=0.0)
    with telegram_beside(home) as telegram, Child(home, telegram, nursery) as bot:
        settle_people(home, telegram, [*load.officers, VICTIM])
        spoilt = mutations(_samples(telegram), count, seed)
        bot.start()
        bot.wait_ready()
        chance = dice(seed, "mixed")
        steps = [*load.steps, *(("push", {"update": update}) for update in spoilt)]
        chance.shuffle(steps)
        for start in range(0, len(steps), 50):
            telegram.many(steps[start : start + 50])
        _wait_handled(bot, load.reports)
        ledger.head("malformed updates")
        ledger.tell("updates with one field changed", len(spoilt))
        _prove(ledger, bot, load.reports, len(steps))


def _wait_handled(bot: Child, good: list[Report], seconds: float = 240) -> None:
    """Every row has its end and the good photos are stored; spoilt ones may be fetched for days."""
    deadline = time.monotonic() + seconds
    wanted = {sha for report in good for sha in report.hashes}
    while True:
        bot.look()
        counted, _ = bot.status()
        waits = bot.telegram.state()["pending"] or counted["pending"] or counted["owed"]
        if not waits and not wanted - set(_stored(bot)):
            return
        assert time.monotonic() < deadline, f"not handled: {counted}\n{bot.tail()}"
        time.sleep(0.5)


def _stored(bot: Child) -> Counter[str]:
    return Counter(
        photo["sha256"]
        for row in proof.exported(bot).values()
        for photo in row["photos"]
        if photo["state"] == "stored"
    )


def _prove(ledger: Ledger, bot: Child, good: list[Report], sent: int) -> None:
    stored, shas = _stored(bot), [sha for report in good for sha in report.hashes]
    ledger.tell("good reports among them", len(good))
    ledger.none("good reports not recorded", (sha for sha in shas if not stored[sha]))
    ledger.none("good reports recorded twice", (sha for sha in shas if stored[sha] > 1))
    counted, said = bot.status()
    ends = sum(counted[name] for name in ("done", "ignored", "quarantined", "failed", "pending"))
    right = counted["received"] == ends == sent
    ledger.prove("received", counted["received"], f"= {ends} = {sent}", right)
    for name in ("done", "ignored", "quarantined"):
        ledger.tell(f"  {name}", counted[name])
    bad = counted["quarantined"] + counted["failed"]
    named = sum(line.startswith(("quarantined: ", "failed: ")) for line in said.splitlines())
    least = min(bad, LISTED)
    ledger.prove("named by gangting status", named, least, named == least)
    failed = [line for line in said.splitlines() if line.startswith("failed: ")]
    good_end = counted["failed"] == 0
    ledger.prove("failed after six tries", counted["failed"], 0, good_end, "; ".join(failed))
    checked = bot.verb("check")
    ledger.prove("gangting check", checked.returncode, 0, checked.returncode == 0, checked.stdout)


def _samples(telegram: Control) -> list[dict[str, Any]]:
    """Real updates as the platform makes them, taken back before any bot saw them."""
    telegram.text(VICTIM, "松江路 占道经营")
    photo = telegram.photo(VICTIM, jpeg("victim"), "永福路 出店经营", "album-of-the-victim")
    telegram.edited_caption(VICTIM, photo["message_id"], "松江路 出店经营")
    telegram.location(VICTIM, 34.8105, 117.3236)
    telegram.my_chat_member(VICTIM, "member")
    taken = [{k: v for k, v in u.items() if k != "update_id"} for u in telegram.pending()]
    telegram.expire_updates()
    text = taken[0]["message"]
    card = {**text, "from": {"id": 123456, "is_bot": True, "first_name": "岗亭"}, "text": "已收"}
    press = {"id": "1", "from": text["from"], "message": card, "chat_instance": "1",
             "data": "v1:ms:1:1"}  # fmt: skip
    return [*taken, {"callback_query": press}]


def mutations(samples: list[dict[str, Any]], count: int, seed: int) -> list[dict[str, Any]]:
    """So many copies of the samples, each with a number of its own and one field changed."""
    chance = dice(seed, "mutations")
    all_of_them = [
        (sample, path, value)
        for sample in samples
        for path, old in _fields(sample)
        for value in _replacements(old)
    ]
    made = chance.sample(all_of_them, min(count, len(all_of_them)))
    return [_changed(_renumbered(sample, n), path, value)
            for n, (sample, path, value) in enumerate(made)]  # fmt: skip


def _fields(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from _fields(value[-1], (*path, len(value) - 1))


def _replacements(old: Any) -> tuple[Any, ...]:
    if isinstance(old, dict):
        return (REMOVED, None, 7, "x", [])
    if isinstance(old, list):
        return (REMOVED, None, 7, {}, [None], [[]])
    if isinstance(old, bool):
        return (REMOVED, None, "perhaps", 7, [])
    return NUMBERS if isinstance(old, int | float) else STRINGS


def _renumbered(sample: dict[str, Any], n: int) -> dict[str, Any]:
    """A copy that is another message than every other copy."""
    made = copy.deepcopy(sample)
    for body in made.values():
        if "message_id" in body:
            body["message_id"] = 10_000 + n
        if "media_group_id" in body:
            body["media_group_id"] += str(n)
        if "data" in body:
            body["id"] = str(10_000 + n)
    return made


def _changed(update: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    place: Any = update
    for key in path[:-1]:
        place = place[key]
    if value is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return update
