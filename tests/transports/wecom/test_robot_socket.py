"""The long connection: subscribed, pinged, taken up again, never fought over; nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import BadToken
from bot.transports.wecom.config import Robot
from bot.transports.wecom.errors import NoAnswer, WeComError
from bot.transports.wecom.robot import frames
from bot.transports.wecom.robot.frames import Frame
from bot.transports.wecom.robot.socket import Connection, Times
from tests.transports.wecom.robot_wire import Naps, Wire, wire

NOW = datetime(2026, 6, 12, 8, 30, tzinfo=UTC)
ROBOT = Robot("BOT", "geheim-secret")
SECRET_REFUSED = {"errcode": 853000, "errmsg": "invalid bot_id or secret"}


class Reader:
    """Reads a callback as itself."""

    def __init__(self) -> None:
        self.stamps: list[int] = []
        self.ran = False

    async def updates(self, frame: Frame, at: int) -> list[dict[str, Any]]:
        self.stamps.append(at)
        return [frame["body"]] if frame["body"].get("msgid") else []

    async def run(self) -> None:
        self.ran = True
        await asyncio.Event().wait()


class House:
    """Accepts what comes; fails as often as it is told to."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.fail = 0
        self.tried = 0
        self.ups: list[bool] = []
        self._changed = asyncio.Condition()

    async def accept(self, updates: list[Any]) -> None:
        self.tried += 1
        if self.fail:
            self.fail -= 1
            raise OSError("the disk is full")
        async with self._changed:
            self.got += [update["msgid"] for update in updates]
            self._changed.notify_all()

    async def has(self, *ids: str) -> None:
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: len(self.got) >= len(ids))
        assert self.got == list(ids)

    def up(self, up: bool) -> None:
        self.ups.append(up)


@asynccontextmanager
async def running(
    other: Wire, house: House, naps: Naps, reader: Reader | None = None, times: Times | None = None
) -> AsyncIterator[Connection]:
    connection = Connection(
        replace(ROBOT, url=other.url), reader or Reader(), lambda: NOW,
        times=times, sleep=naps, chance=lambda: 1.0,
    )  # fmt: skip
    task = asyncio.create_task(connection.run(house.accept, house.up))
    try:
        yield connection
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def message(msgid: str) -> Frame:
    return {
        "cmd": "aibot_msg_callback",
        "headers": {"req_id": f"R-{msgid}"},
        "body": {"msgid": msgid},
    }


DISCONNECTED = {
    "cmd": "aibot_event_callback",
    "headers": {"req_id": "R"},
    "body": {"msgid": "x", "msgtype": "event", "event": {"eventtype": "disconnected_event"}},
}


async def test_it_subscribes_and_tells_that_it_is_up_only_then() -> None:
    house = House()
    async with wire() as other:
        other.answer = lambda _: None
        async with running(other, house, Naps()) as connection:
            asked = await other.heard("aibot_subscribe")
            assert asked["body"] == {"bot_id": "BOT", "secret": "geheim-secret"}
            assert (connection.alive, house.ups) == (False, [])
            await other.tell({"headers": asked["headers"], "errcode": 0, "errmsg": "ok"})
            await other.heard("ping")
            assert (connection.alive, house.ups) == (True, [True])
    assert house.ups == [True, False]


async def test_what_comes_is_accepted_in_its_order_with_ascending_stamps() -> None:
    house, reader = House(), Reader()
    async with wire() as other, running(other, house, Naps(), reader):
        await other.heard("ping")
        for nth in range(20):
            await other.tell(message(str(nth)))
        await house.has(*[str(nth) for nth in range(20)])
    assert reader.ran
    assert reader.stamps[0] == int(NOW.timestamp()) * 1_000_000
    assert all(b - a == 64 for a, b in zip(reader.stamps, reader.stamps[1:], strict=False))


async def test_a_message_the_house_cant_store_keeps_its_place_until_it_can() -> None:
    house, naps = House(), Naps()
    house.fail = 3
    async with wire() as other, running(other, house, naps):
        await other.heard("ping")
        await other.tell(message("first"))
        await other.tell(message("second"))
        for wait in (1.0, 2.0, 4.0):
            await naps.over(wait)
            assert house.got == []
        await house.has("first", "second")


async def test_what_came_is_stored_even_when_the_process_is_stopped_meanwhile() -> None:
    house, slow = House(), asyncio.Event()

    async def accept(updates: list[Any]) -> None:
        await slow.wait()
        await House.accept(house, updates)

    house.accept = accept  # type: ignore[method-assign]
    async with wire() as other:
        async with running(other, house, Naps()):
            await other.heard("ping")
            await other.tell(message("a"))
            await other.tell(message("b"))
            await other.tell({"headers": {"req_id": "end"}})
            await asyncio.sleep(0.05)
            asyncio.get_running_loop().call_later(0.1, slow.set)
        assert house.got == ["a", "b"]


async def test_a_stop_waits_no_longer_than_it_must_for_what_cant_be_stored() -> None:
    house, naps = House(), Naps()
    house.fail = 99
    with capture_logs() as logs:
        async with wire() as other, running(other, house, naps, times=Times(rest=0.05)):
            await other.heard("ping")
            await other.tell(message("a"))
            await naps.over(1.0)
    assert [one["n"] for one in logs if "lost" in one["event"]] == [1]


async def test_frames_that_cant_be_read_are_passed_over() -> None:
    house = House()
    async with wire() as other, running(other, house, Naps()):
        await other.heard("ping")
        for junk in ("", "{", "[]", '{"headers":7}', '{"cmd":"aibot_other"}'):
            await other.tell(junk)
        await other.tell(message("a"))
        await house.has("a")
    assert house.tried == 1


async def test_a_connection_whose_pings_are_answered_stays() -> None:
    house, naps = House(), Naps()
    async with wire() as other, running(other, house, naps):
        for nth in range(1, 6):
            await other.heard("ping", nth)
            await other.tell(message(str(nth)))
            await house.has(*map(str, range(1, nth + 1)))  # so the pong before it was read too
            await naps.over(30.0)
        assert (len(other.sockets), house.ups) == (1, [True])


async def test_two_unanswered_pings_and_it_connects_anew() -> None:
    house, naps = House(), Naps()
    async with wire() as other:
        other.answer = lambda frame: None if frame["cmd"] == "ping" else {}
        async with running(other, house, naps) as connection:
            await other.heard("ping")
            await naps.over(30.0)
            await other.heard("ping", 2)
            assert connection.alive
            await naps.over(30.0)
            await naps.over(1.0)
            await other.heard("ping", 3)
            assert (len(other.sockets), house.ups) == (2, [True, False, True])


async def test_it_comes_back_ever_later_and_at_once_after_it_was_up() -> None:
    naps = Naps()
    async with wire() as other:
        gate = {"aibot_subscribe": {"errcode": -1, "errmsg": "system busy"}}
        other.answer = lambda frame: gate.get(frame["cmd"], {})
        house = House()
        async with running(other, house, naps):
            for wait in (1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0):
                await naps.over(wait)
            await other.heard("aibot_subscribe", 8)
            assert house.ups == [False]
            gate.clear()
            await naps.over(30.0)
            await other.heard("ping")
            await other.sockets[-1].close()
            await naps.over(1.0)
            await other.heard("ping", 2)
            assert house.ups == [False, True, False, True]


async def test_nobody_at_the_other_end_is_no_fault_of_the_house() -> None:
    house, naps = House(), Naps()
    nowhere = Wire()
    nowhere.url = "ws://127.0.0.1:9/"
    async with running(nowhere, house, naps):
        await naps.over(1.0)
        await naps.over(2.0)
    assert house.ups == [False]


async def test_jitter_keeps_the_wait_between_half_and_whole() -> None:
    naps = Naps()
    connection = Connection(
        replace(ROBOT, url="ws://127.0.0.1:9/"), Reader(), lambda: NOW,
        sleep=naps, chance=lambda: 0.0,
    )  # fmt: skip
    task = asyncio.create_task(connection.run(House().accept, lambda _: None))
    await naps.over(0.5)
    await naps.over(1.0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_wrong_secret_ends_the_line_and_no_log_shows_it() -> None:
    house = House()
    async with wire() as other:
        other.answer = lambda _: SECRET_REFUSED
        connection = Connection(replace(ROBOT, url=other.url), Reader(), lambda: NOW, sleep=Naps())
        with capture_logs() as logs, pytest.raises(BadToken) as refused:
            async with asyncio.timeout(5):
                await connection.run(house.accept, house.up)
    assert house.ups == [False]
    assert len(other.sockets) == 1
    assert "geheim" not in str(refused.value) + str(logs)


async def test_a_newer_connection_is_not_fought() -> None:
    house, naps = House(), Naps()
    async with wire() as other:
        async with running(other, house, naps) as connection:
            for nth, wait in enumerate((60.0, 120.0, 240.0, 480.0, 600.0, 600.0), 1):
                await other.heard("ping", nth)
                await other.tell(DISCONNECTED)
                await naps.over(wait)
                assert len(other.sockets) == nth
                await other.closed()
            await other.heard("ping", 7)
            assert connection.alive
        assert house.ups == [True, False] * 7
        assert house.tried == 0


async def test_long_peace_lets_the_next_kick_count_as_the_first() -> None:
    naps, moment = Naps(), [0.0]
    async with wire() as other:
        connection = Connection(
            replace(ROBOT, url=other.url), Reader(), lambda: NOW,
            sleep=naps, clock=lambda: moment[0],
        )  # fmt: skip
        task = asyncio.create_task(connection.run(House().accept, lambda _: None))
        for nth, (held, wait) in enumerate([(0, 60.0), (10, 120.0), (601, 60.0)], 1):
            await other.heard("ping", nth)
            moment[0] += held
            await other.tell(DISCONNECTED)
            await naps.over(wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_an_ask_has_its_own_answer_however_they_cross() -> None:
    async with wire() as other:
        other.answer = lambda frame: None if frame["cmd"] == "aibot_send_msg" else {}
        async with running(other, House(), Naps()) as connection:
            await other.heard("ping")
            one = asyncio.create_task(connection.ask(frames.send("ONE", "a", frames.markdown("1"))))
            two = asyncio.create_task(connection.ask(frames.send("TWO", "a", frames.markdown("2"))))
            await other.heard("aibot_send_msg", 2)
            for name in ("TWO", "ONE"):
                answer = {"headers": {"req_id": name}, "errcode": 0, "body": {"of": name}}
                await other.tell(answer)
            assert (await one)["body"] == {"of": "ONE"}
            assert (await two)["body"] == {"of": "TWO"}


async def test_answers_to_one_callback_go_out_one_after_the_other() -> None:
    async with wire() as other:
        other.answer = lambda frame: None if frame["cmd"] == "aibot_respond_msg" else {}
        async with running(other, House(), Naps()) as connection:
            await other.heard("ping")
            asks = [
                asyncio.create_task(connection.ask(frames.stream("CALLBACK", name, name)))
                for name in ("1", "2")
            ]
            await other.heard("aibot_respond_msg")
            await asyncio.sleep(0.05)
            assert len(other.of("aibot_respond_msg")) == 1
            for nth in (1, 2):
                await other.heard("aibot_respond_msg", nth)
                answer = {"headers": {"req_id": "CALLBACK"}, "errcode": 0, "body": {"nth": nth}}
                await other.tell(answer)
            assert [(await one)["body"]["nth"] for one in asks] == [1, 2]


async def test_a_refusal_is_told_with_its_code() -> None:
    async with wire() as other:
        other.answer = lambda frame: (
            {"errcode": 846605, "errmsg": "invalid req_id"}
            if frame["cmd"] == "aibot_respond_msg"
            else {}
        )
        async with running(other, House(), Naps()) as connection:
            await other.heard("ping")
            with pytest.raises(WeComError) as refused:
                await connection.ask(frames.stream("OLD", "s", "x"))
    assert (refused.value.code, refused.value.message) == (846605, "invalid req_id")


async def test_a_platform_that_forgot_the_subscription_gets_a_new_one_at_once() -> None:
    house, naps = House(), Naps()
    async with wire() as other:
        other.answer = lambda frame: {"errcode": 846609} if frame["cmd"] == "aibot_send_msg" else {}
        async with running(other, house, naps) as connection:
            await other.heard("ping")
            with pytest.raises(NoAnswer):
                await connection.ask(frames.send("ONE", "a", frames.markdown("1")))
            await naps.over(1.0)
            await other.heard("ping", 2)
            assert (len(other.sockets), house.ups) == (2, [True, False, True])


async def test_no_answer_is_told_in_time_and_a_late_one_harms_nobody() -> None:
    async with wire() as other:
        other.answer = lambda frame: None if frame["cmd"] == "aibot_send_msg" else {}
        async with running(other, House(), Naps()) as connection:
            await other.heard("ping")
            with pytest.raises(NoAnswer):
                await connection.ask(frames.send("ONE", "a", frames.markdown("1")), 0.05)
            await other.tell({"headers": {"req_id": "ONE"}, "errcode": 0})
            await other.tell({"headers": {"req_id": ["?"]}, "errcode": "?"})
            other.answer = lambda _: {}
            await connection.ask(frames.send("TWO", "a", frames.markdown("2")))


async def test_without_a_connection_an_ask_fails_at_once() -> None:
    connection = Connection(ROBOT, Reader(), lambda: NOW)
    with pytest.raises(NoAnswer):
        await connection.ask(frames.ping("x"))


async def test_an_ask_on_its_way_when_the_connection_ends_fails_at_once() -> None:
    async with wire() as other:
        other.answer = lambda frame: None if frame["cmd"] == "aibot_send_msg" else {}
        async with running(other, House(), Naps()) as connection:
            await other.heard("ping")
            ask = asyncio.create_task(connection.ask(frames.send("1", "a", frames.markdown("1"))))
            await other.heard("aibot_send_msg")
            await other.sockets[-1].close()
            with pytest.raises(NoAnswer):
                async with asyncio.timeout(2):
                    await ask
