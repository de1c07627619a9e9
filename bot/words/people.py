"""The words for coming, going and standing at the door; knows only the names it is given."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.rules.records import ROLE_NAMES, Role
from bot.words.card import Button, Card, press
from bot.words.plain import cut

OFFICER_KEYS = (("开始巡查", "我的待办"),)
OTHER_KEYS = (("我的台账", "我的待办"),)
LEADER_KEYS = (("本周", "我的待办"),)
ADMIN_KEYS = (("本周", "我的待办"), ("人员", "状态"))


def roles_said(roles: Collection[Role]) -> str:
    """The roles as people say them, in the bureau's order."""
    return "、".join(ROLE_NAMES[role] for role in Role if role in roles)


def keys_for(roles: Collection[Role]) -> tuple[tuple[str, ...], ...]:
    """The lasting keyboard of somebody with these roles."""
    if Role.ADMIN in roles:
        return ADMIN_KEYS
    leads = Role.LEADER in roles or Role.SUPERVISOR in roles
    if leads:
        return LEADER_KEYS
    return OFFICER_KEYS if Role.OFFICER in roles else OTHER_KEYS


def invitation(
    number: int, name: str, link: str | None, state: str, days: int, already: str | None = None
) -> Card:
    """The admin's card with the link, or what became of it.

    `already` is the place of the one person who goes by this name: the link will be his.
    """
    gist = f"invitation {number}"
    if state == "void":
        return Card(f"给{name}的邀请已作废，链接不能用了。")
    # What became of it is told by a card of its own: where this one can't change, it stays.
    if state == "used":
        return Card(f"{name} 已经用这个链接加入了。", gist=gist, brief="")
    if state == "refused":
        said = f"给{name}的链接发错了人，已作废。要的话重新邀请一次。"
        return Card(said, gist=gist, brief="")
    if link is None:
        return Card(f"给{name}的邀请已经发过，链接只显示一次。丢了就作废，再邀请一次。",
                    ((Button("作废", press("iv", number, 1)),),), gist=gist)  # fmt: skip
    if link.startswith("http"):
        lines = [f"邀请链接好了，转给{name}就行。{days} 天内有效，只能用一次。", link]
    else:
        lines = [f"邀请好了，把下面这一行转给{name}，让他原样发给我。{days} 天内有效，只能用一次。"]
        lines.append(link)
    if already:
        lines.append(f"已经有一位{name}（{already}），这个给他本人。是另一位的话先作废，换个叫法。")
    rows = ((Button("作废", press("iv", number, 1)),),)
    return Card("\n".join(lines), rows, quiet=False, gist=gist)


def is_it_you(number: int, name: str, squad: str | None, state: str) -> Card:
    """The first question to whoever opened a link; answered, it keeps no button."""
    place, gist = f"{squad} " if squad else "", f"welcome {number}"
    if state != "opened":
        said = f"您是{place}{name}吗？{'是。' if state == 'used' else '不是。'}"
        return Card(said, gist=gist, brief="")
    return Card(
        f"您是{place}{name}吗？",
        ((Button("是我", press("jy", number, 1), primary=True),),
         (Button("不是", press("jn", number, 1)),)),
        quiet=False, gist=gist,
    )  # fmt: skip


def welcome(name: str, roles: Collection[Role]) -> Card:
    """The few lines that somebody who has just joined needs."""
    lines = [f"好了，{name}。以后这样用："]
    if Role.OFFICER in roles or Role.LEADER in roles:
        lines += [
            "到现场拍一张照片，写上路名和情况，发给我就行。",
            "现在可以试一张，练习的不算数。",
        ]
        rows = ((Button("试一张", press("jt", 0, 1)), Button("直接开始", press("js", 0, 1))),)
        return Card("\n".join(lines), rows, quiet=False)
    if Role.ADMIN in roles:
        lines += ["邀请同事发：邀请 姓名 岗位 中队。", "看怎么样了发：状态。别的发：帮助。"]
    elif Role.OWNER in roles:
        lines += [
            "名下的任务快到期我提醒您，办完点「已完成，交佐证」。",
            "看任务发：我的台账。别的发：帮助。",
        ]
    else:
        lines += ["想知道什么直接问，比如：松江路本周几次。", "别的发：帮助。"]
    return Card("\n".join(lines), keys=keys_for(roles), quiet=False)


def try_one(roles: Collection[Role]) -> Card:
    """After 「试一张」."""
    return Card("好，拍一张发来，写上路名。这一张不算数。", keys=keys_for(roles))


def start_now(roles: Collection[Role]) -> Card:
    """After 「直接开始」."""
    said = "好。到现场拍一张照片，写上路名和情况，发给我就行。"
    return Card(said, keys=keys_for(roles))


def state_changed(name: str, state: str) -> Card:
    """Somebody was frozen or is active again."""
    if state == "frozen":
        return Card(f"{name}停用了：发来的不收，提醒也不发。\n要恢复发：恢复 {name}。")
    return Card(f"{name}恢复了，可以照常用。")


def has_left(name: str, heir: str | None, count: int) -> Card:
    """Somebody has left."""
    moved = f"手上的 {count} 件转给了{heir}。" if heir and count else "手上没有没办完的。"
    return Card(f"{name}已离开，账号停用，记录都留着。\n{moved}")


def moved(giver: str, heir: str, count: int) -> Card:
    """Open matters were handed over."""
    if not count:
        return Card(f"{giver}手上没有没办完的，不用移交。")
    return Card(f"{giver}手上的 {count} 件转给{heir}了，已经告诉对方。")


def wrong_person(admin: str) -> Card:
    """After 「不是」."""
    return Card(f"那这个链接发错人了，我已作废，请找{admin}重新要。")


def joined(name: str, squad: str | None, roles: Collection[Role], state: str) -> Card:
    """The admin hears what became of the invitation."""
    if state == "refused":
        return Card(f"给{name}的链接发错了人，对方说不是本人，我已作废。")
    return Card(f"{name} 已加入（{place_of(squad, roles)}）。")


def came(people: Sequence[tuple[str, str]], title: str) -> Card:
    """An admin hears who came in by the directory of a line: (name, place) each."""
    said = [f"{name}（{place}）" for name, place in people[:3]]
    rest = f"等 {len(people)} 人" if len(people) > 3 else ""
    return Card(f"从{title}进来了：{'、'.join(said)}{rest}。\n不该进来的话发：停用 姓名。")


def deleted(name: str, title: str) -> Card:
    """An admin hears that somebody is in the directory no more."""
    return Card(
        f"{title}里没有 {name} 了，账号先停用了。\n"
        f"真走了发：离开 {name} 交给 某某。还在的话发：恢复 {name}。",
        quiet=False,
    )


def send_code(name: str, admin: str | None) -> Card:
    """Somebody of an invited name is at the door, and must show what the admin gave him."""
    return Card(
        f"给{name}的邀请还没用。\n"
        f"{admin or '管理员'}给您的邀请码，连那三个字一起发给我，就进来了。",
        quiet=False,
    )


def place_of(squad: str | None, roles: Collection[Role]) -> str:
    """Where somebody belongs, in brackets after his name."""
    return "，".join(part for part in (squad, roles_said(roles)) if part)


def stranger(code: str, admin: str | None, bureau: str) -> Card:
    """The polite refusal with a number, and nothing about what is inside."""
    who = f"管理员{admin}" if admin else "管理员"
    return Card(
        f"这里是{bureau}内部用的。本局同事请找{who}要邀请链接。\n报编号 {code}，就知道是您。"
    )


def frozen() -> Card:
    """Somebody whose account is stopped wrote something."""
    return Card("您的账号现在停用了，刚才这条没有记。要恢复请找管理员。")


def group_asked(chat: int, title: str, state: str) -> Card:
    """The admin is asked whether the bot may serve a group."""
    name = f"「{cut(title, 20)}」" if title else "一个群"
    if state == "allowed":
        return Card(f"已允许在{name}里用。群里只说数字，不发照片和姓名。")
    if state == "refused":
        return Card(f"没有允许{name}。我在那里不说话。")
    return Card(
        f"有人把我拉进了{name}。允许我在里面回答问题吗？",
        ((Button("允许", press("ga", chat, 1), primary=True),
          Button("不允许", press("gr", chat, 1))),),
        quiet=False,
    )  # fmt: skip


def group_hello() -> Card:
    """The first word in an allowed group."""
    return Card("大家好。在群里可以问我，比如：松江路本周几次。报情况请私下发给我。")


def handed(giver: str, count: int) -> Card:
    """Somebody took over another's open matters."""
    return Card(f"{giver}手上的 {count} 件转给您了。发「我的待办」看是哪些。", quiet=False)


def roster(lines: Sequence[tuple[str, str | None, Collection[Role], str]]) -> Card:
    """Who is in the bureau: (name, squad, roles, state); counted where it gets long."""
    states = {"active": "", "frozen": "，停用", "left": "，已离开"}
    here = [line for line in lines if line[3] != "left"]
    said = [
        f"{name}：{'，'.join(p for p in (squad, roles_said(roles)) if p)}{states.get(state, '')}"
        for name, squad, roles, state in here[:20]
    ]
    rest = [f"还有 {len(here) - 20} 人。"] if len(here) > 20 else []
    head = f"一共 {len(here)} 人。"
    return Card("\n".join([head, *said, *rest, "停用 姓名、恢复 姓名、离开 姓名 交给 姓名。"]))
