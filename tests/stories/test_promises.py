"""What is promised to people in the field, one promise a test, through the whole house."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.intake import lanes
from bot.rules.records import Reading, Role
from storage import inbox, parts, reports
from tests.fakes import phones
from tests.house import TOKEN, Stage, jpeg, open_stage


@pytest.fixture
async def house(stage: Stage) -> Stage:
    """An officer, his colleague and the admin."""
    await stage.join("张建国", {Role.OFFICER})
    await stage.join("李红梅", {Role.OFFICER})
    await stage.join("王芳", {Role.ADMIN}, None)
    return stage


def counted(stage: Stage, sql: str) -> int:
    """What a connection of its own finds: only what is committed."""
    file = stage.settings.home / "gangting.db"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as store:
        found = store.execute(sql).fetchone()[0]
    store.close()
    return int(found)


def receipts(stage: Stage, name: str) -> list[str]:
    """The receipts on somebody's phone."""
    said = [m.get("text", "") for m in stage.shown(name)]
    return [text for text in said if text.startswith(("已收", "收到"))]


async def rows(stage: Stage) -> dict[str, int]:
    """The inbox by state."""
    assert stage.house is not None
    return dict(await stage.house.database.read(inbox.census))


async def test_a_receipt_means_stored(house: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the phone shows 「已收」 or 👌 the row is committed: another reader finds it."""
    seen: list[tuple[str, int, int]] = []
    perform = house.fake.perform

    async def watching(method: str, params: dict[str, Any], lost: str | None = None) -> Any:
        if method in ("sendMessage", "editMessageText", "setMessageReaction"):
            found = (
                counted(house, "SELECT count(*) FROM reports"),
                counted(house, "SELECT count(*) FROM parts"),
            )
            seen.append((method, *found))
        return await perform(method, params, lost)

    monkeypatch.setattr(house.fake, "perform", watching)
    await house.shoots("张建国", "松江路 占道")
    await house.pass_time(seconds=30)
    await house.shoots("张建国")
    assert seen[0] == ("sendMessage", 1, 1)
    assert {method for method, *_ in seen[1:]} == {"editMessageText", "setMessageReaction"}
    assert all(found[1:] == (1, 2) for found in seen[1:])


class Poison:
    """A reader that one word kills."""

    def __init__(self, reader: Any) -> None:
        self.reader, self.places = reader, reader.places
        self.tried = 0

    def read(self, text: str, now: Any) -> Reading:
        if "毒" in text:
            self.tried += 1
            raise ZeroDivisionError("毒")
        return self.reader.read(text, now)  # type: ignore[no-any-return]


async def test_one_poisoned_message_stops_nobody(
    house: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again, then given up with a word to its sender and the admin; others go on."""
    monkeypatch.setattr(lanes, "TRIES", (0.01, 0.01, 2.0))
    assert house.house is not None
    poison = house.house.reader = Poison(house.house.reader)  # type: ignore[assignment]
    phones.photo(house.fake.world, house.user("张建国"), "", "毒 松江路")
    phones.photo(house.fake.world, house.user("李红梅"), _shot(), "松江路 占道")
    phones.photo(house.fake.world, house.user("张建国"), _shot(), "永福路 占道")
    updates = [house.fake.world.queue.popleft() for _ in range(3)]
    await house.house.lanes.accept("telegram", updates)
    for _ in range(150):
        await asyncio.sleep(0.01)
        if receipts(house, "李红梅"):
            break
    assert (await rows(house)).get("failed", 0) == 0, "the poison is still being tried"
    assert len(receipts(house, "李红梅")) == 1, "another's message waits for the poisoned one"
    await house.settle()
    assert poison.tried >= 4, "a lost group runs its deeds once more"
    assert (await rows(house))["failed"] == 1
    mine = [m["text"] for m in house.shown("张建国")]
    assert any("没处理成" in text and "编号" in text for text in mine)
    assert len(receipts(house, "张建国")) == 1, "his own next message is taken"
    assert "没处理成" in house.last("王芳")


def _shot() -> str:
    return base64.b64encode(jpeg(7)).decode()


async def test_a_press_that_fails_is_told(house: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A poisoned press ends like a poisoned message: with a word to both."""
    monkeypatch.setattr(lanes, "TRIES", (0.01,))
    await house.shoots("张建国", "松江路 占道")

    def broken(*given: Any) -> None:
        raise ZeroDivisionError(given)

    monkeypatch.setattr("bot.actions.corrections.withdraw", broken)
    await house.presses("张建国", "撤回")
    assert (await rows(house))["failed"] == 1
    assert "没处理成" in house.last("张建国")
    assert "没处理成" in house.last("王芳")


async def test_a_busy_database_only_delays(house: Stage) -> None:
    """Somebody locks the file for a second: the report comes a second later, once."""
    file = house.settings.home / "gangting.db"
    locked = threading.Event()

    def hold() -> None:
        store = sqlite3.connect(file, isolation_level=None)
        store.execute("BEGIN IMMEDIATE")
        locked.set()
        time.sleep(1.0)
        store.execute("ROLLBACK")
        store.close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait()
    await house.shoots("张建国", "松江路 占道")
    holder.join()
    assert len(receipts(house, "张建国")) == 1
    assert set(await rows(house)) == {"done"}


async def test_a_blocked_bot_is_told_to_the_admins_once(house: Stage) -> None:
    """Two cards that can't be sent are one word to the admin; the officer's next word is taken."""
    await house.shoots("张建国")
    await house.pass_time(minutes=3)
    await house.shoots("张建国")
    house.fake.world.chats[house.user("张建国")].forbidden = "bot was blocked by the user"
    await house.pass_time(minutes=40)
    told = [m["text"] for m in house.shown("王芳")]
    assert len([text for text in told if "张建国" in text]) == 1
    await house.says("张建国", "我的待办")
    assert "有 2 件等您" in house.last("张建国")


async def test_an_update_a_hundred_times_is_one_report(house: Stage) -> None:
    """A platform that repeats itself, also over restarts, makes one report and one receipt."""
    phones.photo(house.fake.world, house.user("张建国"), _shot(), "松江路 占道")
    update = house.fake.world.queue.popleft()
    for part in range(4):
        assert house.house is not None
        await house.house.lanes.accept("telegram", [update] * 20)
        for _ in range(5):
            await house.push_raw(json.loads(json.dumps(update)))
        await house.settle()
        if part < 3:
            await house.restart()
    assert len(receipts(house, "张建国")) == 1
    assert counted(house, "SELECT count(*) FROM reports") == 1
    sent = [e for e in house.fake.world.sent if e["method"] in ("sendMessage", "editMessageText")]
    assert len(sent) == 1


@pytest.mark.parametrize("seed", range(4))
async def test_an_album_in_any_order_is_one_report(house: Stage, seed: int) -> None:
    """Five pictures, the words on any of them, in any order, with a restart between."""
    for number in range(5):
        caption = "松江路 占道" if number == seed else None
        shot = jpeg(100 + number)
        body = base64.b64encode(shot).decode()
        phones.photo(house.fake.world, house.user("张建国"), body, caption, "album1")
    updates = [house.fake.world.queue.popleft() for _ in range(5)]
    random.Random(seed).shuffle(updates)
    for update in updates[:2]:
        await house.push_raw(update)
    await house.restart()
    assert house.house is not None
    await house.house.lanes.accept("telegram", updates[2:])
    await house.settle()
    (said,) = receipts(house, "张建国")
    assert said.startswith("已收 · 松江路 · 占道经营\n5 张照片")
    assert counted(house, "SELECT count(*) FROM reports") == 1


async def test_update_ids_may_begin_anew(house: Stage) -> None:
    """After a quiet week Telegram's ids start lower, even with a number that was there before."""
    await house.shoots("张建国", "松江路 占道")
    first = house.fake.world.next_update - 1
    for start in (5, first):
        house.fake.world.next_update = start
        await house.pass_time(minutes=10)
        await house.shoots("张建国", "永福路 占道")
    assert len(receipts(house, "张建国")) == 3


MALFORMED: list[Any] = [
    {}, {"update_id": 1}, {"update_id": 2, "message": {"bad": 1}}, {"update_id": 3, "message": 7},
    {"update_id": "x", "message": None}, [], "text", None, 17,
    {"update_id": 4, "message": {"message_id": 1, "date": 1e30, "chat": {"id": 1}}},
    {"update_id": 5, "callback_query": {"id": 1}}, {"update_id": 6, "something_new": {"a": 1}},
    {"update_id": 7, "message": {"chat": {"id": {"deep": 1}}}},
]  # fmt: skip


async def test_malformed_updates_are_put_aside(house: Stage) -> None:
    """What can't be read is kept raw and stops nothing."""
    assert house.house is not None
    await house.house.lanes.accept("telegram", MALFORMED)
    await house.shoots("张建国", "松江路 占道")
    found = await rows(house)
    assert found["quarantined"] == len(MALFORMED)
    assert found["done"] == 1
    assert len(receipts(house, "张建国")) == 1


async def test_a_photo_that_is_gone_is_told(house: Stage) -> None:
    """The file can't be had: the record stays, the person hears what to do, the next one joins."""
    phones.photo(house.fake.world, house.user("张建国"), _shot(), "松江路 占道")
    house.fake.world.files.clear()
    await house.push_raw(house.fake.world.queue.popleft())
    for _ in range(5):  # the platform says so in passing, too: it is asked again
        await house.pass_time(seconds=60)
    said = house.last("张建国")
    assert "没收下" in said
    assert "记录还在，编号 0609-001" in said
    assert "有 1 个文件没收下，记录还在。" in receipts(house, "张建国")[0]
    assert counted(house, "SELECT count(*) FROM reports") == 1


async def test_a_torn_download_is_fetched_again_and_never_shows_the_token(
    house: Stage, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The card says that the photo is on its way, then that it came; no log holds the address."""
    address = f"https://api.telegram.org/file/bot{TOKEN}/photos/file_1.jpg"
    house.wire.torn = [
        ClientError(f"GET {address}"), TimeoutError(address), OSError(111, address),
        RuntimeError(address),
    ]  # fmt: skip
    await house.shoots("张建国", "松江路 占道")
    assert "照片还在路上" in receipts(house, "张建国")[0]
    for _ in range(6):
        await house.pass_time(seconds=60)
    assert "还在路上" not in receipts(house, "张建国")[0]
    assert house.house is not None
    assert await house.house.database.read(parts.census) == {"stored": 1}
    spoken = caplog.text + "".join(capsys.readouterr())
    file = (house.settings.home / "gangting.db").read_bytes()
    wal = house.settings.home / "gangting.db-wal"
    file += wal.read_bytes() if wal.exists() else b""
    assert caplog.records, "the faults are logged"
    assert TOKEN.split(":")[1] not in spoken
    assert TOKEN.split(":")[1].encode() not in file


MARKUP = ["<b>", "</b>", "<a href='tg://user?id=1'>", "&lt;", "*", "_", "`", "[x](http://y)", "||",
          "#松江路", "@gangting_bot", "/start", "\u202e", "\ufeff", "松江路", "占道",
          "巷", "\n"]  # fmt: skip


async def test_words_never_become_formatting(tmp_path: Path) -> None:
    """Whatever people write, into captions, names and titles, is shown as they wrote it."""
    async with open_stage(tmp_path) as stage:
        await stage.join("王芳", {Role.ADMIN}, None)
        await stage.join("<b>张*建_国</b>", {Role.OFFICER})

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(st.sampled_from(MARKUP), min_size=1, max_size=12))
        def words(found: list[str]) -> None:
            captions.append("".join(found))

        captions: list[str] = []
        words()
        for caption in captions[:40]:
            await stage.shoots("<b>张*建_国</b>", caption)
            await stage.pass_time(minutes=3)
        await stage.says("王芳", "人员")
        await stage.says("王芳", "停用 <b>张*建_国</b>")
        assert "<b>张*建_国</b>停用了" in stage.last("王芳")
        for entry in stage.fake.world.sent:
            assert entry["ok"], entry
            assert "parse_mode" not in entry["params"]
            kinds = [(e["type"], e["offset"]) for e in entry["params"].get("entities") or []]
            assert kinds in ([], [("bold", 0)])
        assert set(await rows(stage)) == {"done"}
        assert not stage.fake.world.violations


async def test_two_deeds_of_one_person_keep_their_order(house: Stage) -> None:
    """A chat is one lane: twenty reports at once get their numbers in the order they were sent."""
    for number in range(1, 21):
        words = f"永福路 乱停车{number}辆"
        phones.photo(house.fake.world, house.user("张建国"), _shot(), words)
    updates = [house.fake.world.queue.popleft() for _ in range(20)]
    assert house.house is not None
    await house.house.lanes.accept("telegram", updates)
    await house.settle()

    def finds(tx: Any) -> list[int | None]:
        return [reports.read_finds(tx, number)[1][0].count for number in range(1, 21)]

    assert await house.house.database.read(finds) == list(range(1, 21))


async def test_the_frozen_are_not_reminded(house: Stage) -> None:
    """Nothing unasked is sent to somebody whose account is stopped."""
    await house.shoots("张建国")
    await house.says("王芳", "停用 张建国")
    before = len(house.shown("张建国"))
    await house.pass_time(minutes=45)
    await house.pass_time(hours=24)
    assert len(house.shown("张建国")) == before


async def test_a_matter_handed_over_is_answered_by_the_heir(house: Stage) -> None:
    """Whoever takes over gets the card on his own phone, and both phones agree at the end."""
    await house.shoots("张建国")
    await house.says("王芳", "移交 张建国 给 李红梅")
    await house.says("李红梅", "我的待办")
    await house.presses("李红梅", "9:00 选地点")
    assert "松江路" in house.labels("李红梅")
    await house.presses("李红梅", "松江路")
    assert receipts(house, "张建国")[0].startswith("已收 · 松江路")
    assert house.last("李红梅") == receipts(house, "张建国")[0]
