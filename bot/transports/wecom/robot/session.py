"""The robot as an aiogram session: the same method calls, the same results and errors.

What the platform answers is told as the Bot API's JSON and read by aiogram itself, as on the app's
line, whose dispatch table this is but for files. Knows no card.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from aiogram import Bot
from aiogram import methods as api
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.methods import GetFile, TelegramMethod
from typing_extensions import override

from bot.transports.line import Line
from bot.transports.wecom import methods
from bot.transports.wecom.book import GROUP, USER, Book
from bot.transports.wecom.cards import VOTES
from bot.transports.wecom.carrying import CarryingSession
from bot.transports.wecom.config import Robot
from bot.transports.wecom.errors import NoAnswer
from bot.transports.wecom.media import LARGEST
from bot.transports.wecom.methods import Call, Carrier, bot_user
from bot.transports.wecom.outgoing import Refused
from bot.transports.wecom.robot.callbacks import Callbacks
from bot.transports.wecom.robot.files import Files, NoFile
from bot.transports.wecom.robot.sending import Groups, Sending
from bot.transports.wecom.robot.socket import Connection
from bot.transports.wecom.robot.translate import Translator
from bot.transports.wecom.session import CHAT_PACE, CROWDED, SETTLE
from bot.transports.wecom.shown import Shown
from bot.transports.wecom.trust import authorities

FILES = "wecom-robot-file://"
SERVER = TelegramAPIServer(base="wecom-robot://{token}/{method}", file=FILES + "{path}")


class Hands:
    """What the carriers work with, in the place of the app's."""

    def __init__(
        self,
        config: Robot,
        book: Book,
        connection: Connection,
        callbacks: Callbacks,
        files: Files,
        now: Callable[[], datetime],
    ) -> None:
        self.book, self.now, self.files = book, now, files
        shown = Shown(book, now)
        self.members, to_groups = (
            Sending(kind, connection, book, shown, callbacks, files, now, cards=config.cards)
            for kind in (USER, GROUP)
        )
        self.groups = Groups(to_groups)


class RobotSession(CarryingSession):
    """Carries a bot's calls over the long connection; use it as `Bot("1:robot", session=…)`."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(SERVER, CARRIERS, self._carry_out)
        self._hands = hands

    async def _carry_out(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        call = Call(bot, cast("methods.Hands", self._hands), method)
        return await CARRIERS[type(method)](call)

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """The bytes of the file whose address `GetFile` led to."""
        file_id = url.removeprefix(FILES)
        method = GetFile(file_id=file_id)
        try:
            async with aclosing(self._hands.files.read(file_id, chunk_size)) as pieces:
                async for piece in pieces:
                    yield piece
        except NoFile as gone:
            raise TelegramBadRequest(method=method, message=_no_file(gone)) from None
        except (NoAnswer, OSError) as fault:
            raise TelegramNetworkError(method=method, message=type(fault).__name__) from None

    async def close(self) -> None:
        """Nothing to close: the connection is held by whoever runs it."""


async def _get_me(call: Call) -> Any:
    return bot_user(call.bot)


async def _get_file(call: Call) -> Any:
    """The file, once it is here: its address may be dead by the time it is streamed."""
    file_id = call.of.file_id
    try:
        path = await cast("Hands", call.hands).files.path(file_id)
    except NoFile as gone:
        raise Refused(_no_file(gone)) from None
    size = (await asyncio.to_thread(path.stat)).st_size
    unique = file_id[:16]
    return {
        "file_id": file_id, "file_unique_id": unique, "file_size": size, "file_path": file_id,
    }  # fmt: skip


def _no_file(gone: NoFile) -> str:
    return f"Bad Request: {gone}"


CARRIERS: dict[type[TelegramMethod[Any]], Carrier] = {
    **methods.CARRIERS,
    api.GetMe: _get_me,
    api.GetFile: _get_file,
}


@dataclass(frozen=True, slots=True)
class RobotLine:
    """The robot's line, and its way in."""

    line: Line
    connection: Connection


def robot_line(config: Robot, book: Book, now: Callable[[], datetime], folder: Path) -> RobotLine:
    """The line named `robot`, whose files are kept under `folder`.

    Raises BadSetting when the CA file can't be used.
    """
    trust = authorities(config.ca_file)
    callbacks = Callbacks(now)
    files = Files(book, now, folder, config.url, trust=trust)
    translator = Translator(book, now, callbacks, files)
    connection = Connection(config, translator, now, trust=trust)
    hands = Hands(config, book, connection, callbacks, files, now)
    line = Line(
        "robot", Bot("1:robot", session=RobotSession(hands)), title="企业微信机器人",
        chat_pace=CHAT_PACE, settle=SETTLE, reactions=False, place_key=False, captions=False,
        choices=VOTES, crowded=CROWDED, albums=False, largest_file=LARGEST["file"],
        longest=0,
    )  # fmt: skip
    return RobotLine(line, connection)
