"""People come and are frozen; every deed asks here who may do it.

Rights are read inside the deed's own transaction: what a handler knew a moment ago doesn't count.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from bot.actions import ledger_people
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.records import ROLE_NAMES, Bureau, Role
from bot.rules.rights import RIGHTS, Right, may
from storage import journal, outbox, people
from storage.people import Invitation, Person
from storage.schema import Transaction

TOKEN_BYTES = 12
"""96 bits: a link can't be guessed, and fits a Telegram start payload of 64 characters."""


def require(tx: Transaction, person: int, right: Right) -> Person:
    """The person, where active and entitled. Raises NotAllowed with what to do instead."""
    who = people.by_id(tx, person)
    if who is None or not who.active:
        raise NotAllowed("您的账号现在停用了，这条没有记。要恢复请找管理员。")
    if not may(who.roles, right):
        roles = "、".join(ROLE_NAMES[role] for role in Role if role in RIGHTS[right])
        raise NotAllowed(f"这个要{roles}才能办，什么也没改。")
    return who


def digest_of(token: str) -> str:
    """What is stored of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    tx: Transaction, by: int | None, name: str, roles: frozenset[Role], squad: str | None,
    department: str | None, bureau: Bureau, now: datetime,
) -> tuple[int, str]:  # fmt: skip
    """A new invitation's id and token: one link a person, for seven days, used once.

    `by` is None for the command line. Raises Refused for an empty name or role, or a squad that
    the bureau has not.
    """
    if by is not None:
        require(tx, by, Right.INVITE)
    if not name.strip() or not roles:
        raise Refused("邀请要写姓名和岗位，比如：邀请 张建国 队员 一中队。")
    if squad is not None and bureau.squads and squad not in bureau.squads:
        known = "、".join(bureau.squads)
        raise Refused(f"没有「{squad}」这个中队，只有{known}。邀请没有发。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    number = people.invite(
        tx, digest_of(token), name=name.strip(), roles=people.written(roles), squad=squad,
        department=department, made_by=by, made_at=now,
        expires_at=now + timedelta(days=bureau.limits.invitation_days),
    )  # fmt: skip
    detail = {"name": name.strip(), "roles": sorted(roles), "squad": squad}
    journal.write(tx, now, by, "invite", f"invitation/{number}", detail)
    return number, token


def invite_by_chat(
    tx: Transaction, by: int, name: str, roles: frozenset[Role], squad: str | None,
    line: str, chat: int, bureau: Bureau, now: datetime,
) -> None:  # fmt: skip
    """The admin is owed a card with the link; the token is kept only until that card is shown."""
    number, token = invite(tx, by, name, roles, squad, None, bureau, now)
    outbox.owe(tx, line, chat, "invitation", number, now, args={"token": token})


def open_link(
    tx: Transaction, token: str, line: str, user: int, chat: int, now: datetime
) -> Invitation:
    """The link was opened by this account, which is asked whether it is the invited person.

    Raises NotFound for a link that never was, TooLate for one that is used, void or expired.
    """
    found = people.invitation_by_digest(tx, digest_of(token))
    if found is None:
        raise NotFound("这个链接不对。请找管理员重新要一个。")
    _still_open(found, now, line, user)
    _is_for(tx, found, people.by_identity(tx, line, user))
    people.change_invitation(tx, found.id, state="opened", line=line, user=user)
    outbox.owe(tx, line, chat, "welcome", found.id, now)
    return found


def _still_open(found: Invitation, now: datetime, line: str, user: int) -> None:
    if found.state == "used":
        raise TooLate("这个链接已经用过了，一个链接只能用一次。请找管理员重新要一个。")
    if found.state in ("void", "refused"):
        raise TooLate("这个链接已经作废。请找管理员重新要一个。")
    if found.expires_at <= now:
        raise TooLate("这个链接过期了。请找管理员重新要一个。")
    if found.state == "opened" and (found.line, found.user) != (line, user):
        raise TooLate("这个链接已经有人打开了，一个链接只给一个人。请找管理员重新要一个。")


def _is_for(tx: Transaction, found: Invitation, known: Person | None) -> None:
    """Refuses a link in the hands of somebody else of the bureau; nobody is renamed by a link."""
    if known is None:
        return
    if not known.active:
        raise Refused("您的账号现在停用了，用链接恢复不了。请找管理员。")
    if known.name != found.name:
        raise Refused(
            f"您已经是{known.name}了，这个链接是给{found.name}的，请转给本人。链接还能用。"
        )
    admins = people.with_role(tx, Role.ADMIN)
    if [admin.id for admin in admins] == [known.id] and Role.ADMIN not in found.roles:
        raise Refused("您是唯一的管理员，换岗位之前先邀请一位新的管理员。")


def accept(tx: Transaction, number: int, line: str, user: int, chat: int, now: datetime) -> int:
    """The account belongs to the invited person from now on; the person's id.

    Somebody who is already in the bureau, under this account or by this name, keeps his history and
    gets the new roles; of his accounts on one line only the newest is his. Raises TooLate or
    NotFound as `open_link` does.
    """
    found = people.invitation(tx, number)
    if found is None or (found.line, found.user) != (line, user):
        raise NotFound("这个邀请不是给您的。请找管理员要一个。")
    known = people.by_identity(tx, line, user)
    if found.state == "used" and known is not None:
        outbox.owe_again(tx, "welcome", number, now)
        return known.id
    _still_open(found, now, line, user)
    known = known or _of_name(tx, found.name)
    _is_for(tx, found, known)
    before = sorted(known.roles) if known else None
    if known is not None:
        person = known.id
        people.change(
            tx, person, roles=people.written(found.roles), squad=found.squad,
            department=found.department,
        )  # fmt: skip
    else:
        person = people.add(tx, found.name, found.roles, found.squad, found.department, now)
    people.know(tx, line, user, chat, person, now)
    people.only_account(tx, line, user, person)
    people.change_invitation(tx, number, state="used", person=person)
    detail = {"invitation": number, "line": line, "roles": sorted(found.roles), "before": before}
    journal.write(tx, now, person, "join", f"person/{person}", detail)
    ledger_people.came(tx, person, now)
    outbox.owe_again(tx, "welcome", number, now)
    outbox.owe_again(tx, "invitation", number, now)
    outbox.owe(tx, line, chat, "hello", person, now, key=f"hello:{number}")
    if found.made_by is not None:
        tell(tx, found.made_by, "joined", number, now)
    return person


def _of_name(tx: Transaction, name: str) -> Person | None:
    """The active person of this name, if there is just one: the card of the link said so."""
    named = [person for person in people.named(tx, name) if person.active]
    return named[0] if len(named) == 1 else None


def refuse(tx: Transaction, number: int, line: str, user: int, chat: int, now: datetime) -> None:
    """「不是」: the invitation is void and whoever made it hears so."""
    found = people.invitation(tx, number)
    if found is None or (found.line, found.user) != (line, user):
        raise NotFound("这个邀请不是给您的。")
    if found.state == "opened":
        people.change_invitation(tx, number, state="refused")
        journal.write(tx, now, None, "refuse", f"invitation/{number}", {"line": line, "user": user})
        if found.made_by is not None:
            tell(tx, found.made_by, "joined", number, now)
    outbox.owe_again(tx, "welcome", number, now)
    outbox.owe_again(tx, "invitation", number, now)
    outbox.owe(tx, line, chat, "wrong_person", number, now)


def void(tx: Transaction, by: int, number: int, now: datetime) -> None:
    """「作废」: an unused invitation can't be used any more. Raises TooLate for a used one."""
    require(tx, by, Right.INVITE)
    found = people.invitation(tx, number)
    if found is None:
        raise NotFound
    if found.state == "used":
        raise TooLate(
            f"{found.name}已经用这个链接加入了，作废不了。要停用请发：停用 {found.name}。"
        )
    people.change_invitation(tx, number, state="void")
    journal.write(tx, now, by, "void", f"invitation/{number}", {})
    outbox.owe_again(tx, "invitation", number, now)


def set_state(tx: Transaction, by: int, name: str, state: str, now: datetime) -> Person:
    """The person of that name is frozen or active again; the deed is in the journal."""
    require(tx, by, Right.PEOPLE)
    who = only(tx, name)
    if who.id == by and state != people.ACTIVE:
        raise Refused("不能停用自己。要停用请让另一位管理员来办。")
    people.change(tx, who.id, state=state)
    journal.write(tx, now, by, state, f"person/{who.id}", {"before": who.state})
    return who


def practise(tx: Transaction, person: int, on: bool) -> None:
    """Whether the person's next report is practice, which counts nowhere."""
    who = require(tx, person, Right.REPORT)
    people.change(tx, who.id, practising=on)


def tell(
    tx: Transaction, person: int, card: str, subject: int, now: datetime, args: object = None, *,
    key: str | None = None, due_at: datetime | None = None,
) -> bool:  # fmt: skip
    """The person is owed this card on the line he was last known by; False where he can't be.

    So it is where there is no line, or where he is frozen or has left. With a `key`, which names
    him too, it is the same card whenever it is told again; without one each deed's rings anew.
    It is shown at `due_at`, which is now where nothing is said.
    """
    who = people.by_id(tx, person)
    if who is None or not who.active:
        return False
    for line, chat in people.chats_of(tx, person)[:1]:
        own = key or f"{card}:{subject}:{line}:{chat}:{now:%Y%m%d%H%M%S%f}"
        outbox.owe(tx, line, chat, card, subject, now, key=own, args=args, due_at=due_at)
        return True
    return False


def only(tx: Transaction, name: str) -> Person:
    """The one person of that name. Raises NotFound, or Refused where there are several."""
    found = people.named(tx, name.strip())
    if not found:
        raise NotFound(f"没有叫「{name.strip()}」的人，什么也没改。发「人员」看名单。")
    if len(found) > 1:
        raise Refused(f"叫「{name.strip()}」的有 {len(found)} 位，分不清是谁，什么也没改。")
    return found[0]
