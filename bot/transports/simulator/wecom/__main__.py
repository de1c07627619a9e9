"""A make-believe WeCom as a process of its own, for tests that kill the bot.

    python -m bot.transports.simulator.wecom --callback http://127.0.0.1:8082/wecom --folder DIR

Tells its address in the first line it writes; runs until SIGTERM. Corporation, app and secrets are
those of `Setup`.
"""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import click

from bot.clock import Clock
from bot.transports.simulator.chats import Person
from bot.transports.simulator.platform import Platform
from bot.transports.simulator.wecom.control import Control
from bot.transports.simulator.wecom.corp import Corp, Setup
from bot.transports.simulator.wecom.robot import Robot
from bot.transports.simulator.wecom.server import open_corp


@click.command()
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535))
@click.option("--callback", help="Where the app is called back.")
@click.option("--robot", is_flag=True, help="Phones act through the robot, not through the app.")
@click.option("--folder", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--people", default="张建国,李红梅,孙涛", show_default=True, help="Members 1, 2, …")
def main(port: int, callback: str | None, robot: bool, folder: Path, people: str) -> None:
    """Serve the corporation on this machine; the robot's socket is at /robot."""
    members = [Person(number, name) for number, name in enumerate(people.split(","), 1)]
    asyncio.run(_serve(port, callback, robot, folder, members))


async def _serve(
    port: int, callback: str | None, robotic: bool, folder: Path, members: list[Person]
) -> None:
    ending = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ending.set)
    platform = Platform(folder, Clock(), members, skin="wecom")
    corp = Corp(platform, Setup(callback=callback), folder)
    robot = Robot(corp)
    (robot if robotic else corp.callbacks).open_door()
    more = [*Control(corp).routes(), *robot.routes()]
    async with asyncio.TaskGroup() as group, open_corp(corp, port, more) as base:
        delivering = group.create_task(platform.run())
        click.echo(base)
        await ending.wait()
        await robot.drop()
        delivering.cancel()


main()
