"""What the page may ask for, read from a request: every field checked, every fault a sentence.

Knows no platform.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import Refused

_PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/bmp")


class Order(BaseModel):
    """An act on a phone; which fields are needed depends on `act`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    act: Literal["text", "files", "scenes", "place", "press", "edit", "menu", "enter"]
    person: int
    chat: int | None = None
    text: str = ""
    reply_to: int | None = None
    message: int | None = None
    data: str = ""
    lat: float | None = None
    lon: float | None = None
    scenes: list[str] = []
    key: str = ""

    @property
    def card(self) -> int:
        """The message it is about; raises Refused where it doesn't say."""
        if self.message is None:
            raise Refused("没说是哪条消息，什么也没做。")
        return self.message


@dataclass(frozen=True)
class Upload:
    """A file that came with an order."""

    name: str
    mime: str
    data: bytes

    @property
    def is_photo(self) -> bool:
        """Whether a phone would send it as a photo."""
        return self.mime in _PHOTO_TYPES


@dataclass
class Post:
    """An order and its files."""

    order: Order
    uploads: list[Upload] = field(default_factory=list)


async def read_json(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object; raises Refused."""
    try:
        body = await request.json()
    except (ValueError, UnicodeDecodeError):
        raise Refused("请求不是 JSON，什么也没做。") from None
    if not isinstance(body, dict):
        raise Refused("请求要是一个 JSON 对象，什么也没做。")
    return body


async def read_post(request: web.Request) -> Post:
    """The order, from JSON or from a form with the field `order` and files."""
    if not request.content_type.startswith("multipart/"):
        return Post(_order(await read_json(request)))
    form = await request.post()
    try:
        body = json.loads(str(form.get("order", "")))
    except ValueError:
        raise Refused("表单里少了 order，什么也没发。") from None
    uploads = [
        Upload(part.filename, part.content_type, part.file.read())
        for part in form.getall("file", [])
        if isinstance(part, web.FileField)
    ]
    return Post(_order(body), uploads)


def seconds(body: dict[str, Any]) -> float:
    """How long the net is to be cut; raises Refused."""
    wanted = body.get("seconds", 30)
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not 0 <= wanted <= 600:
        raise Refused("断网秒数要在 0 到 600 之间。")
    return float(wanted)


def number(wanted: object) -> int:
    """The row that is meant; raises Refused."""
    if isinstance(wanted, bool) or not isinstance(wanted, int) or not 0 < wanted < 2**62:
        raise Refused("看不懂要发的是哪一件。")
    return wanted


def minutes(body: dict[str, Any]) -> int | None:
    """How far the clock is to move, or None where the body doesn't say; raises Refused."""
    wanted = body.get("minutes")
    if wanted is None:
        return None
    if isinstance(wanted, bool) or not isinstance(wanted, int) or not 0 < wanted <= 527_040:
        raise Refused("时钟只能往前拨，一次最多一年。")
    return wanted


def moment(text: str, now: datetime) -> datetime:
    """The moment that an ISO text means, in the zone of `now`; raises Refused."""
    try:
        wanted = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("看不懂这个时间，时钟没动。") from None
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=now.tzinfo)
    if wanted < now or wanted > now + timedelta(days=366):
        raise Refused("时钟只能往前拨，一次最多一年。")
    return wanted


def next_morning(now: datetime, at: time = time(8, 30)) -> datetime:
    """The first 8:30 after `now`, in its own zone."""
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def _order(body: Any) -> Order:
    try:
        return Order.model_validate(body)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "整个请求"
        raise Refused(f"请求里的 {where} 不对：{first['msg']}") from None
