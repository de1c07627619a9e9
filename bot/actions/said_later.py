"""What is said of a report after it: corrections and follow-ups in words, each with an answer.

A correction that changes nothing is refused with a sentence; knows no chat library.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.actions.people import require
from bot.actions.readings import Reader
from bot.actions.reports import Message, owe_reaction, take_report
from bot.errors import Refused
from bot.rules.put_right import WhyNot, put_right
from bot.rules.records import Bureau, Find, Reading
from bot.rules.rights import Right
from storage import parts, reports
from storage.reports import Report
from storage.schema import Transaction

_NONE = "没找到要改的那条，没有改。早先报的，请点那张卡片上的按钮改，或者写「撤回」重新报。"
_SENTENCES: dict[WhyNot, str] = {
    "nothing": "没看出要改成什么，没有改。写明白点，比如「改成3处」「应该是永福路」。",
    "absent": "上一条里没有您说的那处，没有改。要改早先的，请点那张卡片上的按钮。",
    "which": "上一条里有好几处，不知道改哪处，没有改。写上路名和类别，比如「永福路占道改成3处」。",
    "fine": "上一条记的是巡查正常，没有数，没有改。有问题就写上类别，比如「改成占道3处」。",
    "same": "上一条本来就是这样记的，没有改。",
}
"""Why a correction changes nothing, and what to do."""


def correct(
    tx: Transaction, officer: int, message: Message, read: Reader, bureau: Bureau, now: datetime
) -> None:
    """The words put the person's last report right. Raises Refused where there is nothing to."""
    require(tx, officer, Right.REPORT)
    if parts.by_message(tx, message.line, message.chat, message.number) is not None:
        return
    told = read(message.words, message.at)
    last = _last(tx, officer, message, told, bureau)
    if last is None or told.right is None:
        raise Refused(_NONE)
    right = put_right(reports.read_finds(tx, last.id)[1], told.right)
    if isinstance(right, str):
        raise Refused(_SENTENCES[right])
    take_report(tx, officer, message, read, bureau, now)
    owe_reaction(tx, message.line, message.chat, message.number, now)


def adds_nothing(
    tx: Transaction, officer: int, message: Message, reading: Reading, bureau: Bureau
) -> bool:
    """Whether a follow-up (已劝离) leaves the last report as it stands: its card stays the same."""
    last = _last(tx, officer, message, reading, bureau)
    if last is None or reading.intent != "followup":
        return False
    done = next(iter(reading.items), Find())
    found = reports.read_finds(tx, last.id)[1]
    return all((f.action, f.state) == (done.action, done.state) for f in found)


def _last(
    tx: Transaction, officer: int, message: Message, reading: Reading, bureau: Bureau
) -> Report | None:
    """The report of the last half hour that the words may be about."""
    last = reports.last_of(tx, officer, message.line)
    if last is None or last.withdrawn_at is not None or last.chat != message.chat:
        return None
    if reading.ref is not None and reading.ref != last.number:
        return None
    near = timedelta(minutes=bureau.limits.last_spot_minutes)
    return last if abs(message.at - last.last_part_at) <= near else None
