"""Bots that start at once: a process that has imported everything forks one for each start.

Only for the short run in `make test`, where the three seconds of importing would be most of the
time; `make chaos` starts `gangting run` anew each time. Speaks lines: "start <home> <log>" is
answered with the new process's number, "wait <number>" with its exit code or "-".
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def serve() -> None:
    """Answers until its input ends."""
    import bot.transports.wecom.session
    import bot.transports.wecom.translate
    import bot.verbs.run  # noqa: F401 - imported for the children
    from tests.chaos.noticing import teach

    teach()

    for line in sys.stdin:
        verb, *words = line.rstrip("\n").split("\t")
        print({"start": start, "wait": wait}[verb](*words), flush=True)


def start(home: str, log: str, *environ: str) -> str:
    """A child that is `gangting run` in that environment."""
    pid = os.fork()
    if pid == 0:
        run(home, log, dict(pair.split("=", 1) for pair in environ))
    return str(pid)


def run(home: str, log: str, environ: dict[str, str]) -> None:
    """Never returns."""
    from bot.__main__ import main

    os.environ.update(environ)
    os.chdir(home)
    with Path(log).open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 1
    try:
        main(["run"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, it belongs into this child's log
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def wait(pid: str) -> str:
    """The child's exit code, once it has one."""
    done, status = os.waitpid(int(pid), os.WNOHANG)
    return str(os.waitstatus_to_exitcode(status)) if done else "-"


if __name__ == "__main__":
    serve()
