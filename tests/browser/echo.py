"""A bot that only plays: answers like the conversations' examples, to look at the page with.

Run it by hand: `python -m tests.browser.echo [--port 8765]`. It stores nothing and knows no rule.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
)

from bot.clock import Clock
from bot.transports.simulator.chats import Person, Place
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.session import SimulatorSession
from bot.transports.simulator.web import build_page, open_page

TZ = ZoneInfo("Asia/Shanghai")
START = datetime(2025, 6, 12, 16, 38, tzinfo=TZ)
ZHANG, LI, WANG = 101, 102, 103
PEOPLE = (
    Person(ZHANG, "张建国", "队员"),
    Person(LI, "李主任", "分管领导"),
    Person(WANG, "王志强", "责任人"),
    Person(104, "李红梅", "队员"),
    Person(105, "孙涛", "中队长"),
    Person(106, "王芳", "管理员"),
)
SPOTS = (
    Place("松江路", 34.8105, 117.3236),
    Place("永福路", 34.8152, 117.3301),
    Place("农贸市场东门", 34.8061, 117.3189),
)
STRIPS = {
    ZHANG: "我的本周：全域巡查 1/2 · 松江路 2/2 · 永福路 1/2",
    LI: "本周：全域 1/2 · 专项 1/1 · 在办 3 · 超期 1",
    WANG: "我的台账：在办 4 · 本月到期 2 · 已销号 9",
}


def rows(*lines: str) -> InlineKeyboardMarkup:
    """Buttons from lines: `a|b` is a row, a leading * makes one primary."""
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(
                    text=text.lstrip("*"),
                    callback_data=f"v1:{text.lstrip('*')}",
                    style="primary" if text.startswith("*") else None,
                )
                for text in line.split("|")
            ]
            for line in lines
        ]
    )


RECEIPT = rows("改点位|改类别|撤回")


class Echo:
    """The bot, the clock's controls and the platform in one."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.clock.set(START.astimezone(UTC))
        self.platform = Platform(folder, self.clock, PEOPLE, spots=SPOTS)
        self.bot = Bot("1:simulator", session=SimulatorSession(self.platform))
        self.raw: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.photos = 0
        self.card: int | None = None
        self.taken: list[dict[str, Any]] = []
        self.platform.connect(self.accept)

    async def accept(self, raw: dict[str, Any]) -> None:
        self.taken.append(raw)
        self.raw.put_nowait(raw)

    async def run(self) -> None:
        while True:
            raw = await self.raw.get()
            with suppress(TelegramAPIError):
                await self.answer(raw)

    async def answer(self, raw: dict[str, Any]) -> None:
        if "callback_query" in raw:
            await self.pressed(raw["callback_query"])
            return
        message = raw.get("message") or raw["edited_message"]
        chat = message["chat"]["id"]
        if "photo" in message:
            await self.photo(chat, message)
        elif "text" in message and "message" in raw:
            text = "没看懂。报情况就发照片，写上路名。别的点这里："
            choices = rows("我的待办|本周还差什么|帮助")
            await self.bot.send_message(chat, text, reply_markup=choices)
        else:
            await self.bot.send_message(chat, "收下了。")

    async def photo(self, chat: int, message: dict[str, Any]) -> None:
        self.photos += 1
        text = (f"已收 · 松江路 · 占道经营\n{self.photos} 张照片，16:38 收到。"
                "松江路本周第 2 次，已够数。编号 0612-007")  # fmt: skip
        if self.card is None:
            sent = await self.bot.send_message(chat, text, reply_markup=RECEIPT)
            self.card = sent.message_id
            return
        if self.platform.skin == "telegram" and "media_group_id" not in message:
            await self.bot.set_message_reaction(
                chat, message["message_id"], [ReactionTypeEmoji(emoji="👌")]
            )
        await self.bot.edit_message_text(
            text, chat_id=chat, message_id=self.card, reply_markup=RECEIPT
        )

    async def pressed(self, query: dict[str, Any]) -> None:
        chat, message = query["message"]["chat"]["id"], query["message"]["message_id"]
        word = query["data"].removeprefix("v1:")
        await self.bot.answer_callback_query(
            query["id"], f"好，{word}。", show_alert=word == "帮助"
        )
        if word == "撤回":
            text = "已撤回 · 松江路 · 占道经营（16:45）"
            await self.bot.edit_message_text(
                text, chat_id=chat, message_id=message, reply_markup=rows("恢复")
            )

    async def set_the_scene(self) -> None:
        """The phones show what the pictures of the design show."""
        week = BotCommand(command="week", description="周报")
        todo = BotCommand(command="todo", description="待办")
        await self.bot.set_my_commands([week, todo])
        keys = [[KeyboardButton(text="开始巡查"), KeyboardButton(text="我的待办")]]
        await self.bot.send_message(
            ZHANG, "好了，张建国。到现场拍一张照片，写上路名和情况，发给我就行。",
            reply_markup=ReplyKeyboardMarkup(
                keyboard=keys, resize_keyboard=True, input_field_placeholder="拍照，写一句话，发送"
            ),
        )  # fmt: skip
        await self.bot.send_message(
            LI, "<b>6 月反弹 1 次</b>，共发现 3 次。\n5 月后三周反弹 5 次，共发现 10 次。\n"
            "按「松江路、6月1日至今、反弹」查的。", parse_mode="HTML",
            reply_markup=rows("看明细|看永福路|导出"),
        )  # fmt: skip
        await self.bot.send_message(
            LI, "超期 1 天 · 任务 31 商户门前三包签约\n责任人周凯，应于 6月11日 完成。"
            "已提醒 4 次，没有回复。", reply_markup=rows("*再催一次", "同意延到 6月18日|换人"),
        )  # fmt: skip
        await self.bot.send_message(
            WANG, "还有 3 天 · 任务 27\n松江路岗亭更换 2 路监控，6月15日（周日）前完成。\n"
            "要交：验收单或照片。", reply_markup=rows("*已完成，交佐证", "申请延期|看要求"),
        )  # fmt: skip

    # ---- controls ----

    def now(self) -> datetime:
        return self.clock.now().astimezone(TZ)

    async def move(self, minutes: int) -> None:
        self.clock.move(timedelta(minutes=minutes))

    async def move_to(self, moment: datetime) -> None:
        self.clock.set(moment)

    async def upcoming(self) -> list[dict[str, Any]]:
        planned = [
            (START.replace(hour=17, minute=30), "永福路还差 1 次，提醒张建国"),
            (START.replace(hour=20, minute=0), "免打扰开始，次日 7:30 止"),
            (START.replace(day=13, hour=8, minute=30), "任务 40 到期当天提醒"),
            (START.replace(day=13, hour=16, minute=30), "周报发到工作群"),
        ]
        return [{"at": at.isoformat(), "text": text} for at, text in planned if at > self.now()]

    async def run_due(self, row: int) -> bool:
        return False

    async def restart(self) -> None:
        self.platform.disconnect()
        await asyncio.sleep(0.3)
        self.platform.connect(self.accept)
        await self.platform.deliver()

    async def wipe(self) -> None:
        self.photos, self.card = 0, None
        self.clock.set(START)

    async def strip(self, person: int) -> str:
        return STRIPS.get(person, "")


async def play(port: int, folder: Path) -> None:
    """The page is served until the process is stopped."""
    echo = Echo(folder)
    await echo.set_the_scene()
    async with AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        address = await stack.enter_async_context(open_page(build_page(echo.platform, echo), port))
        print(address, flush=True)
        group.create_task(echo.run())
        group.create_task(echo.platform.run())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8765)
    with tempfile.TemporaryDirectory() as home, suppress(KeyboardInterrupt):
        asyncio.run(play(parser.parse_args().port, Path(home)))
