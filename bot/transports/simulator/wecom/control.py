"""The strings behind a corporation in a process of its own: tests pull them over HTTP.

    POST /control/act     {"person": 1, "act": "text", "text": "…"} and photo, place, press, tap,
                          menu, snap, locate, enter, leave, join; "again": 1 repeats a callback
    GET  /control/shown   ?person=1: what stands in the chat, oldest first
    GET  /control/calls   calls of the active interface, with ?since=7 those after the seventh, and
                          how many were `made`; lost and dropped; lags of the callbacks
    POST /control/fault   {"mishap": "errcode", "times": 3, "path": "message/send", "errcode": -1}
    POST /control/set     {"seconds": 7200} moves the clock, {"cut": 5} cuts the net,
                          {"spoil": true} spoils the tokens, {"trusted": false}

Knows no rule of WeCom. Served on this machine only, by `python -m bot.transports.simulator.wecom`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.errors import GangtingError
from bot.transports.simulator.phones import Phone
from bot.transports.simulator.wecom.corp import Corp
from bot.transports.simulator.wecom.faults import Fault

Wish = dict[str, Any]


class Control:
    """Acts on one corporation and tells of it."""

    def __init__(self, corp: Corp) -> None:
        self._corp = corp

    def routes(self) -> list[web.RouteDef]:
        """To be served beside the API."""
        return [
            web.post("/control/act", self.act),
            web.get("/control/shown", self.shown),
            web.get("/control/calls", self.calls),
            web.post("/control/fault", self.fault),
            web.post("/control/set", self.set),
        ]

    async def act(self, request: web.Request) -> web.Response:
        """The person did it; `lost` counts the callbacks that nobody took because of it."""
        wish: Wish = await request.json()
        lost = len(self._corp.lost)
        self._corp.callbacks.again += wish.get("again", 0)
        try:
            await _ACTS[wish["act"]](self._corp, wish)
        except GangtingError as no:
            return web.json_response({"error": no.sentence}, status=400)
        return web.json_response({"ok": True, "lost": len(self._corp.lost) - lost})

    async def shown(self, request: web.Request) -> web.Response:
        """The chat's messages: id, whether it is the bot's, text, buttons, kind of file."""
        chat = self._corp.platform.chat(int(request.query["person"]))
        told = [
            {
                "id": m.id, "bot": m.sender == 0, "text": m.text, "edited": m.edited,
                "buttons": [[b.text, b.data] for row in m.buttons for b in row],
                "file": m.file.kind if m.file else None, "at": m.at,
            }
            for m in chat.messages.values()
        ]  # fmt: skip
        return web.json_response(told)

    async def calls(self, request: web.Request) -> web.Response:
        """What came in and what got lost, so far."""
        corp, since = self._corp, int(request.query.get("since", 0))
        return web.json_response(
            {
                "calls": [call._asdict() for call in corp.calls[since:]],
                "made": len(corp.calls),
                "lost": corp.lost,
                "dropped": corp.dropped,
                "lags": corp.callbacks.lags,
                "violations": corp.platform.violations,
            },
            dumps=_dumps,
        )

    async def fault(self, request: web.Request) -> web.Response:
        """The fault will meet the next calls."""
        self._corp.faults.plan(Fault(**await request.json()))
        return web.json_response({"ok": True})

    async def set(self, request: web.Request) -> web.Response:
        """The wishes are carried out."""
        wish, corp = await request.json(), self._corp
        if "seconds" in wish:
            corp.platform.clock.move(timedelta(seconds=wish["seconds"]))
        if "cut" in wish:
            corp.platform.cut(wish["cut"])
        if wish.get("spoil"):
            corp.spoil_tokens()
        corp.trusted = wish.get("trusted", corp.trusted)
        return web.json_response({"now": corp.now()})


async def _text(corp: Corp, wish: Wish) -> None:
    await Phone(corp.platform, wish["person"]).write(wish["text"])


async def _photo(corp: Corp, wish: Wish) -> None:
    shots = [base64.b64decode(shot) for shot in wish["shots"]]
    await Phone(corp.platform, wish["person"]).shoot(shots, wish.get("text", ""))


async def _snap(corp: Corp, wish: Wish) -> None:
    shots = [base64.b64decode(shot) for shot in wish["shots"]]
    await corp.callbacks.snap(wish["person"], shots, text=wish.get("text", ""))


async def _place(corp: Corp, wish: Wish) -> None:
    await Phone(corp.platform, wish["person"]).point(wish["lat"], wish["lon"])


async def _locate(corp: Corp, wish: Wish) -> None:
    await corp.callbacks.locate(wish["person"], wish["lat"], wish["lon"])


async def _press(corp: Corp, wish: Wish) -> None:
    await Phone(corp.platform, wish["person"]).press(wish["message"], wish["data"])


async def _tap(corp: Corp, wish: Wish) -> None:
    await Phone(corp.platform, wish["person"]).tap(wish["text"])


async def _menu(corp: Corp, wish: Wish) -> None:
    await corp.callbacks.click(wish["person"], wish["key"])


async def _enter(corp: Corp, wish: Wish) -> None:
    await corp.callbacks.enter(wish["person"])


async def _leave(corp: Corp, wish: Wish) -> None:
    await corp.callbacks.appear(wish["person"], False)


async def _join(corp: Corp, wish: Wish) -> None:
    await corp.callbacks.appear(wish["person"], True)


_ACTS: dict[str, Callable[[Corp, Wish], Awaitable[None]]] = {
    "text": _text, "photo": _photo, "snap": _snap, "place": _place, "locate": _locate,
    "press": _press, "tap": _tap, "menu": _menu, "enter": _enter, "leave": _leave, "join": _join,
}  # fmt: skip


def _dumps(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, default=str)
