"""The page in a real browser: what a visitor does on the three phones, in both skins."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, InputMediaPhoto

from bot.transports.simulator.scenes import scenes
from bot.transports.simulator.web import build_page, open_page

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def missing() -> str | None:
    """Why no browser can be driven here, or None."""
    if importlib.util.find_spec("playwright") is None:
        return "the playwright package is not installed"
    if not CHROMIUM.exists():
        return f"{CHROMIUM} is not there (apt-get install chromium fonts-noto-cjk)"
    return None


pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(missing() is not None, reason=f"no browser: {missing()}"),
]


def load_echo() -> Any:
    """The bot that only plays; tests have no packages, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("echo", Path(__file__).parent / "echo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Visit:
    """An open page with a playing bot behind it."""

    def __init__(self, page: Page, echo: Any) -> None:
        self.page, self.echo = page, echo
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda m: self.faults.append(m.text) if m.type == "error" else None)

    def phone(self, nth: int = 0) -> Locator:
        return self.page.locator(".phone").nth(nth)

    async def say(self, text: str, nth: int = 0) -> None:
        line = self.phone(nth).get_by_label("写一句话")
        await line.fill(text)
        await line.press("Enter")

    async def sees(self, text: str, nth: int = 0) -> None:
        await self.phone(nth).locator(".messages").get_by_text(text).last.wait_for(timeout=5000)


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    from playwright.async_api import async_playwright

    echo = load_echo().Echo(tmp_path)
    await echo.set_the_scene()
    async with AsyncExitStack() as stack:
        app = build_page(echo.platform, echo)
        address = await stack.enter_async_context(open_page(app, 0))
        player = await stack.enter_async_context(async_playwright())
        running = [asyncio.create_task(echo.run()), asyncio.create_task(echo.platform.run())]
        browser = await player.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1680, "height": 1050})
        made = Visit(page, echo)
        await page.goto(address)
        await page.locator(".phone").first.wait_for()
        yield made
        await browser.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert made.faults == []


async def test_a_photo_with_words_gets_a_card_and_a_second_photo_a_sign(visit: Visit) -> None:
    phone = visit.phone()
    await phone.get_by_label("发照片").click()
    await phone.get_by_role("button", name="占道").click()
    await visit.say("松江路 西瓜摊占道")
    await visit.sees("已收 · 松江路 · 占道经营")
    await visit.page.locator(".scene.clear").drag_to(phone.locator(".messages"))
    await phone.locator(".reaction").wait_for()
    await visit.sees("2 张照片")
    await visit.sees("已更新")
    await phone.get_by_role("button", name="撤回").click()
    await phone.locator(".toast").get_by_text("好，撤回。").wait_for()
    await visit.sees("已撤回 · 松江路 · 占道经营（16:45）")


async def test_two_photos_are_one_album_and_open_large(visit: Visit) -> None:
    phone = visit.phone()
    for name in ("占道", "清理后"):
        await phone.get_by_label("发照片").click()
        await phone.locator(".sheet").get_by_role("button", name=name).click()
    assert await phone.locator(".thumb").count() == 2
    await visit.say("松江路")
    await phone.locator(".photos.n2").wait_for()
    await phone.locator(".photo").first.click()
    await visit.page.locator("dialog.viewer[open] img").wait_for()
    await visit.page.keyboard.press("Escape")
    assert await visit.page.locator("dialog.viewer[open]").count() == 0


async def test_own_files_are_sent(visit: Visit, tmp_path: Path) -> None:
    paper = tmp_path / "监控验收单.pdf"
    paper.write_bytes(b"%PDF-1.4" * 1000)
    await visit.phone(2).locator("input[type=file]").set_input_files(paper)
    await visit.say("", 2)
    await visit.sees("监控验收单.pdf", 2)
    assert visit.echo.taken[-1]["message"]["document"]["file_name"] == "监控验收单.pdf"


async def test_a_place_is_chosen_from_the_list(visit: Visit) -> None:
    phone = visit.phone()
    await phone.get_by_label("发位置").click()
    await phone.get_by_role("button", name="永福路旁边").click()
    await visit.sees("永福路附近")
    assert visit.echo.taken[-1]["message"]["location"]["latitude"] == pytest.approx(34.8155)


async def test_the_last_own_words_can_be_changed(visit: Visit) -> None:
    await visit.say("松江路")
    await visit.sees("松江路")
    own = visit.phone().locator(".message.own").last
    await own.hover()
    await own.get_by_label("改这句话").click()
    await visit.say("永福路")
    await visit.sees("永福路")
    await visit.sees("已改")
    assert visit.echo.taken[-1]["edited_message"]["text"] == "永福路"


async def test_what_is_typed_without_a_net_waits_and_arrives(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="断网 30 秒").click()
    await visit.phone().get_by_text("断网").wait_for()
    await visit.say("等网络")
    await visit.phone().locator(".mark.pending").wait_for()
    taken = len(visit.echo.taken)
    visit.echo.platform.cut(0)
    await visit.phone().locator(".mark.seen").last.wait_for()
    assert len(visit.echo.taken) == taken + 1


async def test_a_phone_changes_hands_and_shows_the_group(visit: Visit) -> None:
    phone = visit.phone(1)
    await phone.locator(".head").get_by_role("button", name="换人").click()
    await phone.get_by_role("button", name="工作群").click()
    await phone.get_by_label("谁在群里说话").select_option("李红梅")
    await visit.say("各位好", 1)
    await visit.sees("各位好", 1)
    assert visit.echo.taken[-1]["message"]["from"]["first_name"] == "李红梅"
    await visit.page.reload()
    await phone.get_by_text("工作群 · 6 人").wait_for()


async def test_a_click_on_what_will_happen_goes_there(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="永福路还差 1 次").click()
    await visit.page.locator("#time").get_by_text("17:30").wait_for()
    await visit.page.get_by_role("button", name="到明早 8:30").click()
    await visit.page.locator("#time").get_by_text("08:30").wait_for()
    await visit.page.locator("#day").get_by_text("6月13日 星期五").wait_for()


async def test_in_wecom_there_is_a_menu_no_caption_and_red_lines(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="企业微信外观").click()
    phone = visit.phone()
    await phone.get_by_role("button", name="巡查").click()
    await phone.get_by_role("button", name="开始巡查").click()
    await visit.sees("开始巡查")
    for scene in ("stall", "clear", "clear"):
        await visit.page.locator(f".scene.{scene}").drag_to(phone.locator(".messages"))
    await visit.page.locator(".lines .violation").first.wait_for()
    assert await phone.locator(".reaction").count() == 0
    assert await phone.locator(".bubble .buttons").count() > 0


async def test_a_loud_answer_stays_until_it_is_read(visit: Visit) -> None:
    await visit.say("asdf")
    await visit.phone().get_by_role("button", name="帮助").click()
    await visit.phone().locator(".alert").get_by_text("好，帮助。").wait_for()
    await visit.phone().get_by_role("button", name="知道了").click()
    assert await visit.phone().locator(".alert").count() == 0


async def test_words_are_never_markup(visit: Visit) -> None:
    await visit.say("<img src=x onerror=alert(1)><b>粗</b>")
    await visit.sees("<img src=x onerror=alert(1)><b>粗</b>")
    assert await visit.phone().locator(".words img, .words b").count() == 0


async def test_the_session_is_saved_as_a_transcript(visit: Visit) -> None:
    await visit.say("我的待办")
    await visit.sees("没看懂")
    async with visit.page.expect_download() as waiting:
        await visit.page.get_by_role("button", name="存为测试").click()
    download = await waiting.value
    stream = await download.path()
    text = stream.read_text(encoding="utf-8")
    assert download.suggested_filename == "演练-2025-6-12.txt"
    assert "张建国 > 我的待办\n张建国 < 没看懂" in text


@pytest.mark.parametrize("skin", ["telegram", "wecom"])
async def test_pictures_albums_and_files_of_the_bot_are_to_be_seen(visit: Visit, skin: Any) -> None:
    visit.echo.platform.wear(skin)
    bot, who, shots = visit.echo.bot, 101, [scene.jpeg for scene in scenes(1)]
    keys = {"inline_keyboard": [[{"text": "看明细", "callback_data": "v1:x"}]]}
    photo = BufferedInputFile(shots[0], "a.png")
    words = InlineKeyboardMarkup.model_validate(keys)
    await bot.send_photo(who, photo, caption="反弹 1 次。\n按「松江路」查的。", reply_markup=words)
    album = [InputMediaPhoto(media=BufferedInputFile(shots[n % 4], "a.jpg")) for n in range(5)]
    await bot.send_media_group(who, [*album])
    file = BufferedInputFile(b"PK\x03\x04", "松江路 反弹.xlsx")
    await bot.send_document(who, file, caption="都在表格里。")
    phone = visit.phone()
    await visit.sees("都在表格里。")
    await phone.get_by_role("button", name="看明细").wait_for()
    loaded = "() => [...document.querySelectorAll('.photo img')].every((i) => i.naturalWidth > 100)"
    await visit.page.wait_for_function(loaded)
    assert await phone.locator(".photo img").count() == 6
    assert await phone.locator(".photos").count() == (6 if skin == "wecom" else 2)
    wide = "(e) => e.scrollWidth > e.clientWidth"
    assert not await phone.locator(".messages").evaluate(wide)
    async with visit.page.expect_download() as waiting:
        await phone.locator(".paper").click()
    download = await waiting.value
    assert download.suggested_filename == "松江路 反弹.xlsx"
    stored = await download.path()
    assert stored.read_bytes() == b"PK\x03\x04"
    await phone.locator(".photo").first.click()
    await visit.page.locator("dialog.viewer[open] img").wait_for()


@pytest.mark.parametrize("skin", ["Telegram 外观", "企业微信外观"])
@pytest.mark.parametrize(("width", "height"), [(1680, 1050), (1280, 760), (390, 844)])
async def test_nothing_is_cut_off_or_too_small(
    visit: Visit, skin: str, width: int, height: int
) -> None:
    await visit.page.get_by_role("button", name=skin).click()
    await visit.page.set_viewport_size({"width": width, "height": height})
    await visit.page.locator(".phone").first.wait_for(state="attached")
    wide = await visit.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    low = await visit.page.evaluate(
        """() => [...document.querySelectorAll('button')]
            .map((b) => [b.textContent || b.ariaLabel, b.offsetHeight, b.closest('.thumb')])
            .filter(([, height, thumb]) => height && height < 44 && !thumb)
            .map(([text]) => text)"""
    )
    assert low == []
    nameless = await visit.page.evaluate(
        """() => [...document.querySelectorAll('button, input, select')]
            .filter((e) => !e.hidden && !(e.textContent.trim() || e.ariaLabel)).length"""
    )
    assert nameless == 0
