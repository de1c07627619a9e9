"""The command line `gangting`: one small function a verb, everything heavy imported inside it.

`gangting --help` must answer at once, and the picture process imports this module again: so
nothing but click stands at the top.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Coroutine


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option("0.1.0", prog_name="gangting")
def main() -> None:
    """岗亭: a chat bot for field work and reminders.

    Try it without any account: gangting demo
    """
    # Reports are nobody else's business on a shared machine.
    os.umask(0o077)


@main.command()
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535))
@click.option("--home", type=click.Path(path_type=Path), help="Keep the demo's data here.")
@click.option("--empty", is_flag=True, help="Without the two months of past records.")
@click.option(
    "--line", default="simulator", show_default=True, type=click.Choice(["simulator", "wecom"]),
    help="With wecom the phones act through the real WeCom line and a make-believe WeCom.",
)  # fmt: skip
def demo(port: int, home: Path | None, empty: bool, line: str) -> None:
    """Try it: a page with three phones, people, spots and a movable clock; no account.

    Example: gangting demo --port 8765
    """
    from bot.verbs.demo import demo as work

    _run(work(port, home, empty, line))


@main.command()
def run() -> None:
    """The bot, on every line that is configured.

    Example: GANGTING_TELEGRAM__TOKEN=123:ABC gangting run
    """
    settings = _settings()  # first: a wrong setting is told at once
    from bot.verbs.run import run as work

    _run(work(settings))


@main.command()
@click.option("--for-run", is_flag=True, hidden=True, help="Started by `gangting run`.")
def receive(for_run: bool) -> None:
    """Only take WeCom's callbacks in and keep them for `gangting run`: small and always up.

    Example: gangting receive
    """
    from bot.verbs.receive import receive as work

    _run(work(_settings(), for_run))


@main.command()
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, required=True,
    type=click.Choice(["officer", "leader", "supervisor", "owner", "admin"]),
    help="May be given several times.",
)  # fmt: skip
@click.option("--squad", help="Such as 一中队.")
@click.option("--department", help="Such as 市容科.")
def invite(name: str, roles: tuple[str, ...], squad: str | None, department: str | None) -> None:
    """Invite a person: prints the code and the link, good for seven days and one use.

    Example: gangting invite 张建国 --role officer --squad 一中队
    """
    from bot.verbs.invite import invite as work

    _run(work(_settings(), name, roles, squad, department))


def _texts(command: Any) -> Any:
    """What `read` and `ask` have in common: where the texts come from, when, whose words."""
    options = (
        click.argument("text", required=False),
        click.option("--at", help="The moment, such as 2025-11-19T10:00; else now."),
        click.option(
            "--stdin", is_flag=True, help="A text a line from standard input, JSON lines out."
        ),
        click.option(
            "--jsonl", is_flag=True,
            help='The lines of --stdin are objects: {"text": …, "at": …, "reply_to": …}.',
        ),
        click.option(
            "--home", type=click.Path(path_type=Path),
            help="Another bureau: its gangting.toml, or the folder that holds it.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@_texts
@click.option("--reply-to", help="The number of the record it answers.")
def read(
    text: str | None, at: str | None, stdin: bool, jsonl: bool, home: Path | None,
    reply_to: str | None,
) -> None:  # fmt: skip
    """How a caption is read, as JSON.

    Example: gangting read "松江路 流动摊贩2个 已劝离"
    """
    _one_source(text, stdin, jsonl)
    from bot.verbs.reading import Batch, captions

    _guard(lambda: captions(home, Batch(text, at, reply_to, jsonl)))


@main.command()
@_texts
@click.option("--as", "name", help="Who asks; without it an all-seeing reader.")
@click.option("--json", "as_json", is_flag=True, help="Print how the question is read.")
def ask(
    text: str | None, at: str | None, stdin: bool, jsonl: bool, home: Path | None,
    name: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Ask in Chinese; the answer, or how the question is read.

    Example: gangting ask 松江路本周几次
    """
    _one_source(text, stdin, jsonl)
    from bot.verbs.reading import Batch, questions

    batch = Batch(text, at, None, jsonl)
    if as_json:
        _guard(lambda: questions(home, batch))
        return
    from bot.verbs.ask import ask as work

    _run(work(_settings(home), batch, name))


def _one_source(text: str | None, stdin: bool, jsonl: bool) -> None:
    if (text is None) is not stdin:
        raise click.UsageError("Give a TEXT, or --stdin for a text a line.")
    if jsonl and not stdin:
        raise click.UsageError("--jsonl says what the lines of --stdin are.")


@main.command()
@click.argument("what", type=click.Choice(["reports", "patrols", "journal", "ledger"]))
@click.option("--from", "since", help="The first day, such as 2025-11-01.")
@click.option("--to", "until", help="The last day, included.")
@click.option(
    "--format", "form", default="xlsx", show_default=True,
    type=click.Choice(["xlsx", "jsonl", "csv"]),
)  # fmt: skip
@click.option(
    "-o", "output", type=click.Path(path_type=Path), help="A file; - or none: standard output."
)
@click.option("--withdrawn", is_flag=True, help="With what was withdrawn and practice, marked.")
def export(
    what: str, since: str | None, until: str | None, form: str, output: Path | None,
    withdrawn: bool,
) -> None:  # fmt: skip
    """Write records to a file, one find a line.

    Example: gangting export reports --from 2025-11-01 --format jsonl -o november.jsonl
    """
    from bot.verbs.export import export as work

    _run(work(_settings(), what, since, until, form, output, withdrawn))


class _Loads(click.Group):
    """A file that is named alone is a ledger: `gangting load bulletin.txt`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, with `ledger` in front where no command is named."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["ledger", *args]
        return super().parse_args(ctx, args)


@main.group(cls=_Loads)
def load() -> None:
    """Take in what stands in a file: a ledger where nothing else is said.

    Example: gangting load bulletin.txt
    """


@load.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", "--write", "write", is_flag=True, help="Load it; else only show.")
def ledger(file: Path, write: bool) -> None:
    """The rectification ledger from a text, Word or Excel file; loading again updates by number.

    Prints the counts of each level, what would change, and every row that can't be taken with its
    line and the reason. Example: gangting load ledger bulletin.txt --yes
    """
    from bot.verbs.load import load_ledger

    _run(load_ledger(_settings(), file, write))


@load.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "name", help="In whose name; default GANGTING_INTAKE__DESK.")
def tickets(file: Path, name: str | None) -> None:
    """Hotline tickets from a CSV or Excel file; taking them again takes nothing twice.

    Example: gangting load tickets june.xlsx --as 王芳
    """
    from bot.verbs.load import load_tickets

    _run(load_tickets(_settings(), file, name))


@main.command()
@click.option(
    "--photos/--no-photos", default=True, show_default=True, help="Also every photo's bytes."
)
def check(photos: bool) -> None:
    """Check settings, schema, the journal's chain and the photos; exit 1 and say what is wrong.

    Example: gangting check
    """
    from bot.verbs.check import check as work

    sys.exit(_run(work(_settings(), photos)))


@main.command()
def status() -> None:
    """Queues, what was refused, what will happen next.

    Example: gangting status
    """
    from bot.verbs.status import status as work

    _run(work(_settings()))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write database and photos into one file; the bot may go on running.

    Example: gangting backup gangting-2025-11-19.tar
    """
    from bot.verbs.backup import backup as work

    _run(work(_settings(), file))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Lay a backup into an empty GANGTING_HOME.

    Example: GANGTING_HOME=new gangting restore gangting-2025-11-19.tar
    """
    from bot.verbs.backup import restore as work

    _run(work(_settings(), file))


@main.group()
def wecom() -> None:
    """The WeCom app (企业微信自建应用): what works, its menu, its groups.

    Example: gangting wecom probe
    """


@wecom.command()
def probe() -> None:
    """Ask the platform what works, and say what is lacking; sends nothing to anybody.

    Exit 1 where the app can't work at all. Example: gangting wecom probe
    """
    from bot.verbs.wecom import probe as work

    sys.exit(_run(work(_settings())))


@wecom.command()
def menu() -> None:
    """Create the menu at the foot of the app's chat, in place of the one that is there.

    Example: gangting wecom menu
    """
    from bot.verbs.wecom import menu as work

    _run(work(_settings()))


@wecom.command()
@click.argument("title")
@click.argument("userids", nargs=-1, required=True)
def group(title: str, userids: tuple[str, ...]) -> None:
    """Make a group chat that the bot can send to; the first member owns it. Prints its chat id.

    Example: gangting wecom group 执法一中队 zhangsan lisi wangwu
    """
    from bot.verbs.wecom import group as work

    _run(work(_settings(), title, userids))


def _settings(home: Path | None = None) -> Any:
    from bot.bureau import home_given
    from bot.settings import load

    return _guard(lambda: load(home_given(home)))


def _guard(work: Any) -> Any:
    """The work's result; a fault that carries its sentence ends the program with it."""
    from bot.errors import GangtingError

    try:
        return work()
    except GangtingError as fault:
        click.echo(f"gangting: {fault.sentence}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as fault:
        from storage.database import told_by_store

        told = told_by_store(fault)
        if told is None:
            raise
        click.echo(f"gangting: {told}; gangting check looks closer", err=True)
        sys.exit(2)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; of several faults that came at once the one with a sentence is told."""
    import asyncio

    def finish() -> Any:
        try:
            with asyncio.Runner() as runner:
                return runner.run(work)
        except* Exception as group:  # noqa: BLE001 - opened here, told by _guard or by Python
            raise _first(group) from None
        except* KeyboardInterrupt:
            sys.exit(130)

    return _guard(finish)


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    from bot.errors import GangtingError

    flat: list[BaseException] = []
    todo: list[BaseException] = [group]
    while todo:
        fault = todo.pop(0)
        if isinstance(fault, BaseExceptionGroup):
            todo.extend(fault.exceptions)
        else:
            flat.append(fault)
    return next((fault for fault in flat if isinstance(fault, GangtingError)), flat[0])


if __name__ == "__main__":
    main()
