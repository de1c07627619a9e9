"""Help made from what the speaker may do, the status, and words about the house's own faults."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.rules.records import Role
from bot.rules.rights import Right, may
from bot.words.card import Button, Card, press, turn
from bot.words.plain import cut

COMMANDS = (
    ("patrol", "开始巡查"), ("week", "周报"), ("todo", "待办"), ("spots", "点位"),
    ("settings", "设置"), ("help", "帮助"),
)  # fmt: skip
"""The menu's commands; the words beside them work without a slash too."""

LINES: tuple[tuple[Right, str], ...] = (
    (Right.REPORT, "报情况：拍一张照片，写上路名和情况，发给我。"),
    (Right.PATROL, "去巡查：开始巡查；专项检查；开始值守。一句话也行：全域巡查，各点位正常。"),
    (Right.ASK_OWN, "问数字：松江路本周几次；周报；指标。看台账：我的台账；挂图；整改情况。"),
    (Right.CORRECT_OWN, "报错了：点卡片上的改点位、改类别、撤回。"),
    (Right.CORRECT_SQUAD, "本中队的也能改：发编号，比如 0612-007。"),
    (Right.DECIDE, "免掉或者顺延：国庆那周全域巡查免了，放假。工单：原文、表格发给我。"),
    (Right.INVITE, "邀请：邀请 张建国 队员 一中队。台账：表格发给我；周期任务。"),
    (Right.PEOPLE, "人员：人员；停用 姓名；恢复 姓名；离开 姓名 交给 姓名。"),
    (Right.SPOTS, "新地名：发「新地名」。放假通知：原文发给我。"),
    (Right.STATUS, "运行情况：状态；要发什么。"),
)

REST = "没办完的：我的待办。几点提醒：设置。不在岗：请假 6月10日。"


def help_card(roles: Collection[Role]) -> Card:
    """What this person can do, a line each."""
    said = [line for right, line in LINES if may(roles, right)]
    return Card("\n".join(["我能帮您这些：", *said, REST]))


def line_down(title: str, since: str, until: str | None) -> Card:
    """An admin hears that a line doesn't work, and on the same card when it does again."""
    if until is None:
        return Card(
            f"{title}从 {since} 起连不上，我在不停地重连。\n这段时间没有回执的，要重新发一次。",
            quiet=False,
        )
    return Card(f"{title}恢复了。{since} 到 {until} 连不上。\n这段时间没有回执的，要重新发一次。")


def failed(row: int) -> Card:
    """The sender hears that his message could not be handled."""
    return Card(f"刚才那条我没处理成，没有记上。原文还留着，编号 {row}。\n"
                "请再发一次；还不行就把编号告诉管理员。", quiet=False)  # fmt: skip


def failed_admin(row: int, reason: str) -> Card:
    """The admin hears of a message that could not be handled."""
    return Card(
        f"有一条消息试了几次都没处理成，编号 {row}，已请对方重发。\n原因：{cut(reason, 60)}"
    )


def unreachable(name: str) -> Card:
    """Somebody has blocked the bot or left the platform."""
    return Card(
        f"发给{name}的消息送不到了，他可能停用了机器人。\n请当面问一下，好了让他再点一次开始。"
    )


def new_places(names: Sequence[tuple[int, str, int]]) -> Card:
    """The admin's one line a day about places that are in no table, the first with its buttons."""
    number, first, times = names[0]
    lines = [f"有 {len(names)} 个新地名，先看这个：「{cut(first, 20)}」，写过 {times} 次。"]
    if len(names) > 1:
        lines.append(f"后面还有：{'、'.join(cut(name, 10) for _, name, _ in names[1:5])}。")
    rows = (
        (Button("加为点位", press("pa", number, 1)), Button("忽略", press("pi", number, 1))),
        (Button("是某处的别名", press("pl", number, 1)),),
    )
    return Card("\n".join(lines), rows)


def which_spot(number: int, name: str, options: Sequence[tuple[str, str]], page: int) -> Card:
    """Of which spot is the new name an alias?"""
    choices = tuple(Button(cut(n, 10), press("px", number, 1, code)) for code, n in options)
    more = turn(page, len(choices), lambda at: press("pl", number, 1, str(at)))
    return Card(f"「{cut(name, 20)}」是哪个点位的别名？", choices=choices, page=page, turn=more)


def place_done(name: str, what: str) -> Card:
    """What the admin decided about a new name; `what` is added, ignored or the spot's name."""
    said = {
        "added": f"「{name}」加为点位了。以前记的也算到它名下。",
        "ignored": f"好，「{name}」不再提醒。",
    }
    return Card(said.get(what, f"「{name}」以后按{what}记，以前记的也改过来了。"))


def no_new_places() -> Card:
    """Nothing to decide."""
    return Card("现在没有新地名。")


def status(facts: dict[str, int], oldest: str, lines: Sequence[tuple[str, bool]]) -> Card:
    """The queues in one look."""
    ways = "，".join(f"{name} {'通' if up else '不通'}" for name, up in lines)
    return Card(
        f"收到 {facts['received']} 条：办好 {facts['done']}，不用管 {facts['ignored']}，"
        f"看不懂 {facts['quarantined']}，没办成 {facts['failed']}，排队 {facts['pending']}。\n"
        f"待发 {facts['owed']}，照片待取 {facts['expected']}，取不到 {facts['unavailable']}。\n"
        f"最早一条排队的：{oldest}。线路：{ways or '没有'}。"
    )
