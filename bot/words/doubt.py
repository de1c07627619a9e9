"""Words about what may not have arrived: a group's card in doubt, a group that is lost or moved."""

from __future__ import annotations

from bot.words.card import Button, Card, press

NAMES = {"digest": "周报", "board": "置顶的巡查情况"}
"""The cards that a group reads, as people call them."""

HELD, DROPPED = "held", "dropped"


def held(row: int, card: str, group: str, person: str, state: str) -> Card:
    """Is it to be sent again, to the group or the person? And what was said to that."""
    name = NAMES.get(card, "那条消息")
    to, where = f"到{group or '群里'}", "看看群里有"
    if person:
        to, where = f"给{person}", f"问问{person}收到"
    if state == DROPPED:
        return Card(f"好，{name}不再发{to}。")
    if state != HELD:
        return Card(f"好，{name}再发一次{to}。")
    return Card(
        f"{name}发{to}的时候断了，不知道发出去没有。\n您{where}没有，没有就再发一次。",
        ((Button("再发一次", press("dd", row, 1)), Button("不用了", press("de", row, 1))),),
        quiet=False,
    )  # fmt: skip


def group_lost(title: str) -> Card:
    """Nothing reaches the group any more."""
    return Card(
        f"发不到「{title or '工作群'}」了，可能把我移出了群，或者不让我发言。\n"
        "拉回来以后在群里说句话，我再问一次能不能用。"
    )  # fmt: skip


def group_moved(title: str) -> Card:
    """The group has a new number."""
    return Card(f"「{title or '工作群'}」升级成了大群，我跟过去了，该发的照样发。")


def no_pin(title: str) -> Card:
    """The board is in the group but can't be pinned."""
    return Card(
        f"「{title or '工作群'}」里我没有置顶的权限，巡查情况发了但没钉住。\n"
        "要钉住：群设置里给我置顶权限，或者您手动置顶。"
    )  # fmt: skip
