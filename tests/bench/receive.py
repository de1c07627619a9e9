"""What the receiver keeps a second, and how long the platform waits for it, with 16 clients.

Run: python -m tests.bench.receive
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from tests.bench.measure import share
from tests.verbs.receiving import Receiver, callback

CALLBACKS, CLIENTS = 8_000, 16


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


def measure(number: int = CALLBACKS, clients: int = CLIENTS) -> tuple[float, float, float]:
    """Callbacks kept a second, and the p50 and p99 of the answer in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        receiver = Receiver(Path(folder))
        receiver.start()
        try:
            rate, taken = asyncio.run(flood(receiver.port, requests(number), clients))
            assert len(receiver.kept()) == number
        finally:
            receiver.stop()
    return rate, share(taken, 0.5), share(taken, 0.99)


def main() -> None:
    """One line each."""
    rate, half, most = measure()
    print(f"callbacks kept a second, {CLIENTS} clients: {rate:.0f}")
    print(f"answer p50: {half:.1f} ms")
    print(f"answer p99: {most:.1f} ms")


if __name__ == "__main__":
    main()
