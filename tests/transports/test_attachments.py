"""A card with a picture, a file or photos, on every line: what arrives, and what is never lost."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from PIL import Image

from bot.rules.records import Role
from bot.transports.simulator.wecom import robot_told
from bot.transports.simulator.wecom.faults import Fault
from bot.transports.wecom import updates
from bot.transports.wecom.book import GROUP
from bot.words.card import Button, Card, to_json
from bot.words.chart import Chart
from bot.words.sheet import Sheet
from scheduler.attached import PATIENCE
from scheduler.sender import keep_classes
from scheduler.workshop import Unmade
from storage import outbox
from tests.house import Stage, jpeg, open_stage
from tests.wecom_house import WeComStage, open_wecom

LINES = ("telegram", "wecom", "robot")
WHO = "李主任"
CHART = Chart("反弹", ("5月", "6月"), (("次", (5, 1)),))
SHEET = Sheet("松江路 反弹", "反弹", ("编号", "地点"), (("0612-3", "松江路"), ("0613-1", "=1+1")))
PRESS = ((Button("看明细", "v1:nosuch:1:1"),),)
SAID = "6 月反弹 1 次，共发现 3 次。\n按「松江路、6月1日至今、反弹」查的。"


def square(chart: Chart) -> str:
    """A drawing with the chart's title."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="400">'
    return f'{head}<text y="50">{chart.title}</text></svg>'


@asynccontextmanager
async def on(line: str, home: Path) -> AsyncIterator[Stage]:
    """A house on this line with one leader, whose workshop draws and knows the rows of 7."""
    opened = open_stage(home) if line == "telegram" else open_wecom(home, line=line)
    async with opened as stage:
        await stage.join(WHO, {Role.LEADER})
        furnish(stage)
        yield stage


def furnish(stage: Stage) -> None:
    assert stage.house is not None
    stage.house.workshop._svg = square
    stage.house.workshop._rows = lambda _, asked, *__: {7: SHEET}[asked]


@pytest.fixture(params=LINES)
async def every(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on(request.param, tmp_path) as stage:
        yield stage


@pytest.fixture(params=("wecom", "robot"))
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on(request.param, tmp_path) as stage:
        yield stage


@pytest.fixture
async def tg(tmp_path: Path) -> AsyncIterator[Stage]:
    async with on("telegram", tmp_path) as stage:
        yield stage


async def chat_of(stage: Stage) -> int:
    return await stage.number(WHO) if isinstance(stage, WeComStage) else stage.user(WHO)


async def owed(stage: Stage, card: Card, key: str = "shown:1") -> None:
    assert stage.house is not None
    chat, now = await chat_of(stage), stage.clock.now()
    await stage.house.database.write(
        outbox.owe, stage.line, chat, "answer", 1, now, key=key, args=to_json(card)
    )
    stage.house.wake_sender()


async def told(stage: Stage, card: Card, key: str = "shown:1") -> list[str]:
    """What the phone shows of the card: the names of its files, then its words."""
    await owed(stage, card, key)
    await stage.settle()
    return [news.text for news in stage.news()]


async def stored(stage: Stage, *photos: bytes) -> tuple[str, ...]:
    """The photos are in the folder."""

    async def chunks(data: bytes) -> AsyncIterator[bytes]:
        yield data

    assert stage.house is not None
    kept = [await stage.house.files.keep(chunks(one), len(one), len(one)) for one in photos]
    return tuple(one.sha256 for one in kept)


def picture(size: tuple[int, int], kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def phone(stage: Stage) -> list[tuple[str, str]]:
    """The bot's messages as (what kind, words), oldest first."""
    if isinstance(stage, WeComStage):
        messages = stage.platform.chats[stage.user(WHO)].messages.values()
        return [(m.file.kind if m.file else "text", m.text.rstrip("\u200b"))
                for m in messages if m.sender == 0]  # fmt: skip
    kinds = ("photo", "document")
    return [
        (next((kind for kind in kinds if kind in m), "text"), m.get("text") or m.get("caption", ""))
        for m in stage.shown(WHO)
    ]


def sent(stage: Stage) -> list[str]:
    return [entry["method"] for entry in stage.fake.world.sent if entry["ok"]]


def meddle(stage: Stage, meet: Callable[[str], Awaitable[None] | None]) -> None:
    """`meet` hears each method's name before it is carried out, and may raise."""
    straight = stage.wire.make_request

    async def make_request(bot: Any, method: TelegramMethod[Any], timeout: Any = None) -> Any:  # noqa: ASYNC109
        waiting = meet(type(method).__name__)
        if waiting is not None:
            await waiting
        return await straight(bot, method, timeout)

    stage.wire.make_request = make_request  # type: ignore[method-assign]


def failing(
    stage: Stage, fault: type[Exception], *names: str, times: int = 1, **more: Any
) -> list[str]:
    """The next calls of these methods meet the fault; the list holds every call's name."""
    heard: list[str] = []

    def meet(name: str) -> None:
        heard.append(name)
        if name in names and sum(one in names for one in heard) <= times:
            raise fault(method=None, message="Bad Request: made on purpose", **more)  # type: ignore[call-arg]

    meddle(stage, meet)
    return heard


# ---- what arrives ----


async def test_a_chart_comes_with_its_words_and_buttons(every: Stage) -> None:
    assert await told(every, Card(SAID, PRESS, chart=CHART)) == [f"〔图〕{SAID}"]
    if every.line == "telegram":
        assert phone(every) == [("photo", SAID)]
        assert sent(every) == ["setMyCommands", "sendPhoto"]
        (message,) = every.shown(WHO)
        assert message["caption_entities"][0]["type"] == "bold"
        assert message["photo"][-1]["width"] == 640
    else:
        assert [kind for kind, _ in phone(every)] == ["photo", "text"]
    assert every.labels(WHO) == ["看明细"]
    assert every.objections() == []


async def test_a_sheet_comes_as_an_excel_file(every: Stage) -> None:
    assert await told(every, Card(SAID, PRESS, sheet=7)) == [f"〔松江路 反弹.xlsx〕{SAID}"]
    if isinstance(every, WeComStage):
        files = [m.file for m in every.platform.chats[every.user(WHO)].messages.values() if m.file]
        data = every.platform.shelf.get(files[0].id)
    else:
        file = every.shown(WHO)[0]["document"]
        assert file["mime_type"].endswith("spreadsheetml.sheet")
        data = every.fake.world.files[file["file_id"]].data
    assert data is not None
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert "松江路" in "".join(book.read(name).decode() for name in book.namelist())
    assert every.labels(WHO) == ["看明细"]
    assert every.objections() == []


async def test_one_photo_three_photos_and_ten_come_before_the_words(every: Stage) -> None:
    kept = await stored(every, *(jpeg(n) for n in range(11)))
    for count, shown in ((1, "〔图〕"), (3, "〔图 3 张〕"), (10, "〔图 10 张〕")):
        card = Card(f"{count} 张照片。", photos=kept[:count])
        assert await told(every, card, f"a{count}") == [f"{shown}{count} 张照片。"]
        every.clock.move(timedelta(minutes=2))
    if every.line == "telegram":
        methods = [m for m in sent(every) if m != "setMyCommands"]
        assert methods == [
            "sendPhoto", "sendMessage", "sendMediaGroup", "sendMessage", "sendMediaGroup",
            "sendMessage",
        ]  # fmt: skip
    assert every.objections() == []


async def test_everything_at_once_keeps_its_order(every: Stage) -> None:
    kept = await stored(every, jpeg(1), jpeg(2))
    card = Card(SAID, PRESS, chart=CHART, sheet=7, photos=kept)
    assert await told(every, card) == [f"〔图 3 张〕〔松江路 反弹.xlsx〕{SAID}"]
    kinds = [kind for kind, _ in phone(every)]
    assert kinds[:4] == ["photo", "photo", "photo", "document"]
    assert every.labels(WHO) == ["看明细"]
    assert every.objections() == []


async def test_words_too_long_for_a_caption_come_after_the_picture(every: Stage) -> None:
    long = "\n".join(f"第 {n} 处：永福路和松江路路口有占道。" for n in range(60))
    assert len(long) > 1024
    shown = await told(every, Card(long, PRESS, chart=CHART))
    assert shown[0].startswith("〔图〕第 0 处")
    assert "第 59 处" in "".join(shown)
    if every.line == "telegram":
        assert [kind for kind, _ in phone(every)] == ["photo", "text"]
        assert sent(every)[1:] == ["sendPhoto", "sendMessage"]
    assert every.labels(WHO) == ["看明细"]
    assert every.objections() == []


async def test_the_longest_caption_is_one_message(tg: Stage) -> None:
    await told(tg, Card("好" * 1024, chart=CHART))
    await told(tg, Card("好" * 1025, chart=CHART), "shown:2")
    await told(tg, Card("😀" * 513, chart=CHART), "shown:3")
    assert [kind for kind, _ in phone(tg)] == ["photo", "photo", "text", "photo", "text"]


async def test_photos_beyond_the_limits_are_scaled_down(every: Stage) -> None:
    odd = (picture((9000, 2000)), picture((3000, 60)), picture((400, 300), "WEBP"),
           picture((400, 300), "PNG"))  # fmt: skip
    shown = await told(every, Card("四张。", photos=await stored(every, *odd)))
    assert shown == ["〔图 4 张〕四张。"]
    if every.line == "telegram":
        sizes = [(m["photo"][-1]["width"], m["photo"][-1]["height"]) for m in every.shown(WHO)[:4]]
        assert sizes == [(2560, 569), (2560, 128), (400, 300), (400, 300)]
    assert every.objections() == []


async def test_in_a_group_the_picture_and_the_words_arrive(office: Stage) -> None:
    assert isinstance(office, WeComStage)
    assert office.house is not None
    office.user("赵敏")
    name, facts = robot_told.GROUP, {"title": "工作群"}
    if office.line == "wecom":
        room = {"name": "工作群", "owner": "User100", "userlist": ["User100", "User101"]}
        name = (await office.app.client.call("appchat/create", room))["chatid"]
        facts["how"] = "appchat"
    number = await office.book.keep(GROUP, name, facts)
    said = to_json(Card(SAID, PRESS, chart=CHART))
    await office.house.database.write(
        outbox.owe, office.line, updates.group_id(number), "answer", 1, office.clock.now(),
        key="group", args=said,
    )  # fmt: skip
    office.house.wake_sender()
    await office.settle()
    assert [news.text for news in office.news()] == [f"〔图〕{SAID}"]
    assert office.objections() == []


# ---- what can't go along ----


async def test_a_chart_that_cant_be_drawn_costs_no_word(
    every: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert every.house is not None
    every.house.workshop._svg = lambda _: "<svg"
    assert await told(every, Card(SAID, PRESS, chart=CHART)) == [SAID]
    assert every.labels(WHO) == ["看明细"]
    assert "an attachment could not be made" in caplog.text
    assert "NotDrawable" in caplog.text


async def test_a_sheet_that_cant_be_made_is_said_to_be_missing(
    every: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def rows(*_: Any) -> Sheet:
        raise Unmade("made on purpose")

    assert every.house is not None
    for nth, broken in enumerate((rows, lambda *_: None, lambda *_: 1 // 0)):
        every.house.workshop._rows = broken  # type: ignore[assignment]
        shown = await told(every, Card(SAID, PRESS, sheet=7), f"shown:{nth}")
        assert shown == [f"{SAID}\n表格这次没能附上，过一会儿再点一次。"]
    assert "made on purpose" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_sheet_larger_than_the_line_takes_is_said_to_be_too_big(every: Stage) -> None:
    assert every.house is not None
    every.house.lines[every.line].largest_file = 4096
    assert await told(every, Card(SAID, sheet=7)) == [
        f"{SAID}\n表格有 1 MB，这里最多发 0 MB，没附上。把时间问短一些就行。"
    ]


async def test_photos_that_are_gone_are_counted_and_the_others_come(every: Stage) -> None:
    first, second = await stored(every, jpeg(1), jpeg(2))
    card = Card("三张。", photos=(first, "0" * 64, second))
    assert await told(every, card) == ["〔图 2 张〕三张。\n有 1 张照片没能附上。"]
    only = Card("一张。", photos=("0" * 64,))
    assert await told(every, only, "shown:2") == ["一张。\n照片这次没能附上。"]


async def test_a_spoilt_photo_goes_as_its_thumbnail(tg: Stage) -> None:
    (spoilt,) = await stored(tg, b"GIF89a, and no more")
    assert tg.house is not None
    small = tg.house.files.thumbnail_path(spoilt)
    small.parent.mkdir(parents=True)
    small.write_bytes(jpeg(3, (64, 48)))
    assert await told(tg, Card("一张。", photos=(spoilt,))) == ["〔图〕一张。"]
    assert tg.shown(WHO)[0]["photo"][-1]["width"] == 64


async def test_a_refused_chart_or_sheet_leaves_the_words(
    tg: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    failing(tg, TelegramBadRequest, "SendPhoto", "SendDocument", times=9)
    assert await told(tg, Card(SAID, PRESS, chart=CHART)) == [SAID]
    assert tg.labels(WHO) == ["看明细"]
    assert "an attachment was refused" in caplog.text
    sheet = await told(tg, Card(SAID, PRESS, sheet=7), "shown:2")
    assert sheet == [f"{SAID}\n表格这次没能附上，过一会儿再点一次。"]


async def test_a_refused_album_goes_photo_by_photo(tg: Stage) -> None:
    kept = await stored(tg, jpeg(1), jpeg(2), jpeg(3))
    failing(tg, TelegramBadRequest, "SendMediaGroup")
    assert await told(tg, Card("三张。", photos=kept)) == ["〔图 3 张〕三张。"]
    assert sent(tg)[1:] == ["sendPhoto", "sendPhoto", "sendPhoto", "sendMessage"]


@pytest.mark.parametrize("path", ["media/upload", "message/send"])
async def test_what_the_app_may_not_upload_or_send_leaves_the_words(
    path: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with on("wecom", tmp_path) as stage:
        assert isinstance(stage, WeComStage)
        stage.corp.faults.plan(Fault("errcode", path=path, errcode=40009))
        assert await told(stage, Card(SAID, PRESS, chart=CHART)) == [SAID]
        assert stage.labels(WHO) == ["看明细"]
        assert "an attachment was refused" in caplog.text
        stage.corp.faults.plan(Fault("errcode", path="media/upload", errcode=48005))
        shown = await told(stage, Card(SAID, PRESS, sheet=7), "shown:2")
        assert shown == [f"{SAID}\n表格这次没能附上，过一会儿再点一次。"]


async def test_one_refused_photo_keeps_no_other_back_in_wecom(tmp_path: Path) -> None:
    async with on("wecom", tmp_path) as stage:
        assert isinstance(stage, WeComStage)
        kept = await stored(stage, jpeg(1), jpeg(2), jpeg(3))
        stage.corp.faults.plan(Fault("slow", path="message/send", seconds=0.0))
        stage.corp.faults.plan(Fault("errcode", path="message/send", errcode=40009))
        shown = await told(stage, Card("三张。", photos=kept))
        assert shown == ["〔图 2 张〕三张。\n有 1 张照片没能附上。"]


# ---- what passes ----


async def again(stage: Stage) -> None:
    """Time passes until the card is tried again."""
    stage.clock.move(timedelta(seconds=70))
    assert stage.house is not None
    stage.house.wake_sender()
    await stage.settle()


async def test_a_429_repeats_nothing_that_the_chat_has(tg: Stage) -> None:
    kept = await stored(tg, jpeg(1), jpeg(2))
    failing(tg, TelegramRetryAfter, "SendMessage", retry_after=5)
    await owed(tg, Card("两张。", photos=kept))
    await tg.settle()
    await again(tg)
    assert [kind for kind, _ in phone(tg)] == ["photo", "photo", "text"]


async def test_a_lost_connection_is_tried_again_as_a_whole(tg: Stage) -> None:
    failing(tg, TelegramNetworkError, "SendPhoto", times=2)
    await owed(tg, Card(SAID, PRESS, chart=CHART))
    await tg.settle()
    assert phone(tg) == []
    await again(tg)
    await again(tg)
    assert phone(tg) == [("photo", f"〔重发〕{SAID}")]


async def test_after_many_tries_the_words_go_first_and_the_rest_if_it_can(tg: Stage) -> None:
    heard = failing(tg, TelegramNetworkError, "SendPhoto", times=PATIENCE + 1)
    await owed(tg, Card(SAID, PRESS, chart=CHART))
    for _ in range(PATIENCE + 1):
        await tg.settle()
        await again(tg)
    assert phone(tg) == [("text", f"〔重发〕{SAID}")]
    assert heard.count("SendPhoto") == PATIENCE + 1
    heard.clear()
    await owed(tg, Card("好。\n两行。", sheet=7), "shown:2")
    await tg.settle()
    assert phone(tg)[1:] == [("document", "好。\n两行。")]


async def test_a_stop_after_the_picture_repeats_none_of_it_in_wecom(tmp_path: Path) -> None:
    async with on("wecom", tmp_path) as stage:
        assert isinstance(stage, WeComStage)
        stage.corp.faults.plan(Fault("slow", path="message/send", seconds=0.0))
        stage.corp.faults.plan(Fault("reset", path="message/send", times=1))
        await owed(stage, Card(SAID, PRESS, chart=CHART))
        await asyncio.sleep(0.3)
        await stage.restart()
        furnish(stage)
        await again(stage)
        assert [kind for kind, _ in phone(stage)] == ["photo", "text"]
        assert stage.labels(WHO) == ["看明细"]


async def test_a_card_claimed_before_a_crash_is_sent_whole_once(every: Stage) -> None:
    assert every.house is not None
    database, now = every.house.database, every.clock.now()
    chat, said = await chat_of(every), to_json(Card(SAID, PRESS, chart=CHART))

    def deed(tx: Any) -> list[outbox.Owed]:
        outbox.owe(tx, every.line, chat, "answer", 1, now, key="k", args=said)
        return outbox.claim(tx, now, [], 9)

    assert len(await database.write(deed)) == 1
    await every.restart()
    furnish(every)
    await every.settle()
    again = "" if every.line == "wecom" else "〔重发〕"
    assert [news.text for news in every.news()] == [f"〔图〕{again}{SAID}"]


async def test_after_a_stop_the_card_comes_again_as_a_whole(tg: Stage) -> None:
    """A crash costs a repeat, never a photo: what was not recorded comes again as a whole."""
    kept = await stored(tg, jpeg(1), jpeg(2))
    failing(tg, TelegramNetworkError, "SendMessage")
    await owed(tg, Card("两张。", photos=kept))
    await tg.settle()
    await tg.restart()
    furnish(tg)
    await again(tg)
    assert [kind for kind, _ in phone(tg)] == ["photo"] * 4 + ["text"]


async def test_a_members_minute_bears_the_photos_too(tmp_path: Path) -> None:
    async with on("wecom", tmp_path) as stage:
        assert isinstance(stage, WeComStage)
        kept = await stored(stage, *(jpeg(n) for n in range(10)))
        for nth in range(3):
            await owed(stage, Card(f"第 {nth} 批。", photos=kept), f"batch:{nth}")
        for _ in range(4):
            await stage.settle()
            stage.clock.move(timedelta(seconds=61))
            assert stage.house is not None
            stage.house.wake_sender()
        await stage.settle()
        assert [kind for kind, _ in phone(stage)] == (["photo"] * 10 + ["text"]) * 3
        assert stage.corp.dropped == []
        times = [m.at for m in stage.platform.chats[stage.user(WHO)].messages.values()]
        assert all(sum(at <= other < at + 60 for other in times) <= 20 for at in times)


async def test_a_picture_with_words_counts_as_the_two_messages_that_it_is(tmp_path: Path) -> None:
    async with on("wecom", tmp_path) as stage:
        assert isinstance(stage, WeComStage)
        for nth in range(12):
            await owed(stage, Card(f"第 {nth} 张。", chart=CHART), f"chart:{nth}")
        await stage.settle()
        assert len(phone(stage)) == 20


# ---- what comes after ----


async def test_a_press_on_a_pictures_button_is_answered_with_a_new_message(every: Stage) -> None:
    await told(every, Card(SAID, PRESS, chart=CHART))
    await every.presses(WHO, "看明细")
    assert len([news for news in every.news() if news.sign == "<"]) == 1
    if every.line == "telegram":
        assert not [m for m in sent(every) if m.startswith("edit")]
        assert all(press["answered"] for press in every.fake.world.callbacks.values())
    assert every.objections() == []


async def test_a_card_that_a_picture_carried_changes_by_a_new_message(tg: Stage) -> None:
    await told(tg, Card(SAID, PRESS, chart=CHART))
    assert await told(tg, Card("7 月反弹 0 次。\n好。", chart=CHART)) == ["7 月反弹 0 次。\n好。"]
    assert [kind for kind, _ in phone(tg)] == ["photo", "text"]


def test_the_classes_of_every_method_that_is_sent_are_kept() -> None:
    from aiogram import methods
    from aiogram.methods import Response

    from scheduler import drawing

    sends = {n for n in vars(drawing) if isinstance(getattr(methods, n, None), type)}
    assert {"SendPhoto", "SendDocument", "SendMediaGroup", "SendMessage"} <= sends
    kept = keep_classes()
    for name in sends:
        assert Response[getattr(methods, name).__returning__] in kept
