"""`gangting run` with one duty more: a notice to one officer's phone, for the storms of due rows.

python -m tests.chaos.noticing
"""

from __future__ import annotations

from datetime import datetime

from bot.rules.records import Bureau
from bot.words.card import Card, to_json
from bot.words.plain import late
from scheduler import timetable
from scheduler.board import Boards
from scheduler.duties import Duty, none
from storage import doors, outbox
from storage.dues import Due
from storage.schema import Transaction

NOTICE, BOARD = "storm_notice", "storm_board"


def notice(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    """The officer is owed the words of the row."""
    del bureau
    said = to_json(Card(f"{due.args['words']}{late(now - due.due_at)}"))
    outbox.owe(tx, "telegram", due.args["chat"], "answer", due.id, now, key=due.key, args=said)
    return "told"


def board(tx: Transaction, bureau: Bureau, due: Due, now: datetime) -> str:
    """The group is owed its board, as a card that all of it reads."""
    del bureau
    chat, args = due.args["chat"], {"at": now.isoformat(), "facts": due.key}
    doors.set_chat(tx, "telegram", chat, "工作群", "allowed", now, None)
    outbox.owe(tx, "telegram", chat, "board", chat, now, key=due.key, args=args)
    return "told"


async def no_board_of_its_own(*_: object) -> int:
    """The storm's boards are the only ones: a group has one."""
    return 0


def teach() -> None:
    """The timetable of this process knows the two duties."""
    Boards.look = no_board_of_its_own  # type: ignore[method-assign]
    for name, act in ((NOTICE, notice), (BOARD, board)):
        timetable.EVERY[name] = Duty(name, name, "reminder", none, act)


if __name__ == "__main__":
    from bot.__main__ import main

    teach()
    main(["run"])
