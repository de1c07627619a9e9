"""A private deployment with an authority of its own: trusted where it is named, else refused."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.transports.wecom.config import Robot
from bot.transports.wecom.robot.session import robot_line
from tests.transports.wecom.dict_book import DictBook
from tests.transports.wecom.robot_wire import Wire
from tests.transports.wecom.test_robot_files import AESKEY, ONE, PHOTO, sealed

NOW = datetime(2026, 6, 12, 8, 30, tzinfo=UTC)


def certificate(folder: Path) -> Path:
    """A self-signed certificate of this machine's address, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "private.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "private.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


async def test_the_named_authority_is_trusted_for_socket_and_files_and_no_other(
    tmp_path: Path,
) -> None:
    pem = certificate(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    other, app = Wire(), web.Application()

    async def file(_: web.Request) -> web.Response:
        return web.Response(body=sealed(PHOTO))

    app.router.add_get("/", other.serve)
    app.router.add_get("/file", file)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=serving).start()
    host = f"127.0.0.1:{runner.addresses[0][1]}"
    ups: dict[str, list[bool]] = {"trusting": [], "strange": []}
    tasks = []
    for name, ca_file in (("strange", None), ("trusting", pem)):
        config = Robot("BOT", "SECRET", url=f"wss://{host}/", ca_file=ca_file)
        made = robot_line(config, DictBook(), lambda: NOW, tmp_path / name)

        async def accept(_: list[object]) -> None:
            return

        tasks.append(asyncio.create_task(made.connection.run(accept, ups[name].append)))
    async with asyncio.timeout(5):
        await other.heard("ping")
        while not ups["strange"]:  # noqa: ASYNC110 - it is told once, at its first try
            await asyncio.sleep(0.01)
    files = made.connection._intake._files
    await files.keep(ONE, f"https://{host}/file", AESKEY)
    assert b"".join([piece async for piece in files.read(ONE)]) == PHOTO
    assert ups == {"trusting": [True], "strange": [False]}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await runner.cleanup()
