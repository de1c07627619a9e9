"""What the receiver keeps a second, and how long the platform waits for it, with 16 clients.

Beside it, as a measure of the machine, an aiohttp handler that neither verifies nor keeps.
Run: python -m tests.bench.receive
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.bench.measure import share
from tests.verbs.receiving import Receiver, callback, free_port

CALLBACKS, CLIENTS = 8_000, 16


class Taken(NamedTuple):
    """Callbacks a second, and how long an answer takes in milliseconds."""

    rate: float
    p50: float
    p99: float


def requests(number: int) -> list[bytes]:
    """So many different callbacks, as they go over the wire."""
    return [on_the_wire(*callback(7_000_000_000_000_000_000 + n)) for n in range(number)]


def on_the_wire(path: str, body: bytes) -> bytes:
    """The request that posts it."""
    head = f"POST {path} HTTP/1.1\r\nHost: receiver\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def flood(port: int, todo: list[bytes], clients: int) -> tuple[float, list[float]]:
    """Callbacks a second, and the sorted milliseconds to each 200; any other answer is a fault."""
    taken: list[float] = []
    waiting = iter(todo)

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            begun = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            taken.append((time.perf_counter() - begun) * 1000)
            assert head.startswith(b"HTTP/1.1 200"), head
            assert b"Content-Length: 0\r\n" in head, head
        writer.close()
        await writer.wait_closed()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return len(todo) / (time.perf_counter() - begun), sorted(taken)


def measure(name: str, number: int = CALLBACKS, clients: int = CLIENTS) -> Taken:
    """Callbacks answered a second by this server, and the p50 and p99 of the answer in ms."""
    todo = requests(number)
    with tempfile.TemporaryDirectory() as folder:
        rate, taken = SERVERS[name](Path(folder), todo, clients)
    return Taken(rate, share(taken, 0.5), share(taken, 0.99))


def _receiver(folder: Path, todo: list[bytes], clients: int) -> tuple[float, list[float]]:
    """`gangting receive`; each of the callbacks is really kept."""
    receiver = Receiver(folder)
    receiver.start()
    try:
        found = asyncio.run(flood(receiver.port, todo, clients))
        assert len(receiver.kept()) == len(todo)
    finally:
        receiver.stop()
    return found


def _empty(folder: Path, todo: list[bytes], clients: int) -> tuple[float, list[float]]:
    del folder
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "tests.bench.empty", str(port)]) as server:
        try:
            while not _listens(port):
                time.sleep(0.02)
            return asyncio.run(flood(port, todo, clients))
        finally:
            server.kill()


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


SERVERS = {"receive": _receiver, "empty": _empty}


def main() -> None:
    """A few lines for each server."""
    for name in SERVERS:
        taken = measure(name)
        print(f"{name}: callbacks answered a second, {CLIENTS} clients: {taken.rate:.0f}")
        print(f"{name}: answer p50: {taken.p50:.1f} ms, p99: {taken.p99:.1f} ms")


if __name__ == "__main__":
    main()
