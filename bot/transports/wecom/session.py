"""The self-built app as an aiogram session: the same method calls, the same results and errors.

What WeCom answers is told as the Bot API's JSON and read by aiogram itself, so that types and
exceptions are those of the other lines. Knows no card.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.methods import GetFile, TelegramMethod
from typing_extensions import override

from bot.transports.line import Line
from bot.transports.wecom import media
from bot.transports.wecom.book import Book
from bot.transports.wecom.cards import VOTES
from bot.transports.wecom.carrying import CarryingSession
from bot.transports.wecom.client import Client
from bot.transports.wecom.config import App
from bot.transports.wecom.directory import Directory
from bot.transports.wecom.errors import NOT_FOUND, NoAnswer, WeComError, answer_of
from bot.transports.wecom.methods import CARRIERS, Call, Hands

MEDIA = "wecom-media://"
SERVER = TelegramAPIServer(base="wecom://{token}/{method}", file=MEDIA + "{path}")

CHAT_PACE = 20
"""Messages a minute to one member; above 30 the platform drops them without a word (path/90236)."""

SETTLE = timedelta(seconds=4)
CROWDED = frozenset({0, 30})
"""Minutes at which most corporations push (path/90454)."""


class WeComSession(CarryingSession):
    """Carries a bot's calls to WeCom; use it as `Bot(f"{agent_id}:wecom", session=…)`."""

    def __init__(self, client: Client, book: Book, now: Callable[[], datetime]) -> None:
        super().__init__(SERVER, CARRIERS, self._carry_out)
        self._client = client
        self._hands = Hands(client, book, now)

    async def _carry_out(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        return await CARRIERS[type(method)](Call(bot, self._hands, method))

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """The bytes of the file whose address `GetFile` led to; how they come is the media's."""
        media_id = url.removeprefix(MEDIA)
        method = GetFile(file_id=media_id)
        try:
            async with aclosing(media.download(self._client, media_id)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except WeComError as refused:
            said = answer_of(refused)[1]["description"]
            if refused.code in NOT_FOUND:
                raise TelegramBadRequest(method=method, message=said) from None
            raise TelegramNetworkError(method=method, message=said) from None
        except (NoAnswer, TimeoutError) as fault:
            said = str(fault) or "Request timeout error"
            raise TelegramNetworkError(method=method, message=said) from None

    async def close(self) -> None:
        """No connection is open."""
        await self._client.close()


@dataclass(frozen=True, slots=True)
class AppLine:
    """The app's line, and what it shares with the way in."""

    line: Line
    client: Client
    directory: Directory


def app_line(config: App, book: Book, now: Callable[[], datetime]) -> AppLine:
    """The line named `wecom`; raises BadSetting when the CA file can't be used."""
    client = Client(config, now)
    directory = Directory(client, book, now)
    bot = Bot(f"{config.agent_id}:wecom", session=WeComSession(client, book, now))
    line = Line(
        "wecom", bot, title="企业微信", chat_pace=CHAT_PACE, settle=SETTLE, same_once=True,
        reactions=False,
        place_key=False, captions=False, choices=VOTES, crowded=CROWDED, directory=directory.known,
        albums=False, largest_file=media.LARGEST["file"], longest=0,
    )  # fmt: skip
    return AppLine(line, client, directory)
