"""What is pressed on a problem's cards: each one deed, on top of bot.actions.loop.move.

A press of any age acts while it is lawful; the same press again changes nothing. Knows no chat
library and no sentence but its refusals'.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.actions import rebounds
from bot.actions.loop import known, leader_of, may_move, move, note, now_stands, parts
from bot.actions.people import require, tell
from bot.actions.problem_facts import TO_LEADER, code_of, menu_of, rethinkable
from bot.actions.problem_follow import handled
from bot.actions.reviewers import ask_review, shots
from bot.errors import NotAllowed, NotFound, Refused, TooLate
from bot.rules.limits import due, rule_for
from bot.rules.loop import Part, Stage
from bot.rules.records import Bureau
from bot.rules.rights import Right
from storage import awaited, outbox, people, problems
from storage.people import Person
from storage.problems import Problem
from storage.schema import Transaction

AGAIN = timedelta(minutes=30)
"""So long the words are awaited that somebody said he would write."""


NO_LEADER = "现在没有别的领导能改派，什么也没改。"


def _ours(tx: Transaction, person: int, problem: int) -> tuple[Person, Problem]:
    return require(tx, person, Right.REPORT), known(tx, problem)


def open_menu(
    tx: Transaction, person: int, problem: int, kind: str | None, page: int, now: datetime
) -> None:
    """The person's card of the problem shows this list, or its plain face for None."""
    _, found = _ours(tx, person, problem)
    note(tx, found, now, menu=menu_of(kind, person, page) if kind else None)


def take(tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime) -> None:
    """「我来办」, 「签收」: it is in his hands, and in nobody else's."""
    who, found = _ours(tx, person, problem)
    if found.stage is Stage.TAKEN and found.handler == who.id:
        note(tx, found, now)
        return
    move(
        tx, found, "take", who, bureau, now, handler=who.id, taken_at=now, declined_by=None
    )  # fmt: skip


def hand_over(
    tx: Transaction, person: int, problem: int, code: str, bureau: Bureau, now: datetime
) -> str:
    """「转交」: to a person, a squad or a department; or the leader decides. To whom, by name.

    Raises NotFound for somebody who is not there any more.
    """
    who, found = _ours(tx, person, problem)
    if code == TO_LEADER:
        return _to_leader(tx, found, who, bureau, now)
    to, team = _target(tx, _named(found, code), bureau)
    rule = rule_for(bureau.time_limits, found.category, found.source)
    moved = move(
        tx, found, "hand", who, bureau, now, handler=to.id if to else None, team=team,
        handed_by=who.id, handed_at=now, taken_at=None, declined_by=None,
        respond_by=_answer_by(found, due(rule.respond, now, bureau), now),
    )  # fmt: skip
    told = [to] if to else members(tx, team)
    for one in told:
        if one.id != who.id or to is not None:
            tell_matter(tx, moved, one.id, now)
    return to.name if to else str(team)


def _answer_by(found: Problem, fresh: datetime, now: datetime) -> datetime:
    """A case that nobody took yet waits from the first: what its ticket says holds on."""
    own = found.respond_by
    waits = found.source != "patrol" and found.taken_at is None
    return min(own, fresh) if waits and own is not None and own > now else fresh


def _named(found: Problem, code: str) -> str:
    """What stands for somebody in the matter: f whoever found it, b whoever gave it back."""
    person = {"f": found.person, "b": found.declined_by}.get(code)
    return code if person is None else f"p{person}"


def _to_leader(tx: Transaction, found: Problem, who: Person, bureau: Bureau, now: datetime) -> str:
    """The leader is asked to give it to somebody; until then it lies with nobody."""
    leader = leader_of(tx, found.squad, frozenset({who.id}))
    if leader is None:
        raise NotFound(NO_LEADER)
    if found.stage in (Stage.HANDED, Stage.TAKEN):
        found = move(
            tx, found, "decline", who, bureau, now, handler=None, team=None, declined_by=who.id
        )
    elif found.stage is Stage.FOUND:
        found = note(tx, found, now, declined_by=who.id, menu=None)
    else:
        raise TooLate(f"{now_stands(tx, found, bureau)}，这个现在办不了。")
    ask_leader(tx, found, leader.id, now)
    return leader.name


def _target(tx: Transaction, code: str, bureau: Bureau) -> tuple[Person | None, str | None]:
    if code.startswith("p") and code[1:].isdecimal() and len(code) < 12:
        who = people.by_id(tx, int(code[1:]))
        if who is None or not who.active:
            raise NotFound("这个人现在不在了，什么也没改。请另选一个。")
        return who, None
    departments = {p.department for p in people.everyone(tx) if p.active and p.department}
    named = {code_of(name): name for name in sorted({*bureau.squads, *departments})}
    if code not in named:
        raise NotFound("没有这个中队或者科室了，什么也没改。请另选一个。")
    if not members(tx, named[code]):
        raise NotFound(f"{named[code]}现在没有人，接不了，什么也没改。请另选一个。")
    return None, named[code]


def members(tx: Transaction, team: str | None) -> list[Person]:
    """The active people of the squad or department."""
    return [p for p in people.everyone(tx) if p.active and team in (p.squad, p.department)]


def tell_matter(tx: Transaction, problem: Problem, person: int, now: datetime) -> None:
    """The person is owed a card of the problem, a new one for every hand-over."""
    key = f"matter:{problem.id}:{person}:{problem.version}"
    tell(tx, person, "matter", problem.id, now, key=key)


def ask_leader(tx: Transaction, problem: Problem, leader: int, now: datetime) -> None:
    """The leader is owed the card on which he gives it to somebody."""
    key = f"reassign:{problem.id}:{leader}:{problem.version}"
    tell(tx, leader, "reassign", problem.id, now, key=key)


def decline(tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime) -> str:
    """「不归我」: it lies with nobody, a leader is asked; the leader's name.

    Raises NotFound where there is no other leader: then nobody would ever hear of it.
    """
    who, found = _ours(tx, person, problem)
    leader = leader_of(tx, found.squad, frozenset({who.id}))
    if found.stage is Stage.FOUND and found.declined_by == who.id:
        return leader.name if leader else ""
    if leader is None and may_move("decline", who, found):
        raise NotFound(NO_LEADER)
    moved = move(
        tx, found, "decline", who, bureau, now, handler=None, team=None, declined_by=who.id,
        reason=None,
    )  # fmt: skip
    moved = note(tx, moved, now, reason=None, menu=menu_of("why", who.id))
    assert leader is not None
    ask_leader(tx, moved, leader.id, now)
    return leader.name


def why_declined(
    tx: Transaction, person: int, problem: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """The reason is with the problem, for the leader who gives it on. Raises TooLate."""
    who, found = _ours(tx, person, problem)
    if found.stage is not Stage.FOUND or found.declined_by != who.id:
        raise TooLate(f"{now_stands(tx, found, bureau)}，原因不用写了。")
    note(tx, found, now, reason=words or None, menu=None)
    awaited.done(tx, who.id)
    return words


def handle(tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime) -> bool:
    """「当场处置了」: it is handled by him; whether it still wants a photo of the place after."""
    who, found = _ours(tx, person, problem)
    if found.stage is Stage.HANDLED and found.handler == who.id:
        note(tx, found, now)
        return found.lacks_photo
    return handled(tx, found, who, bureau, now).lacks_photo


def no_photo(
    tx: Transaction, person: int, problem: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「没法拍」 with its reason: a leader reviews what has no photo after. Raises TooLate."""
    who, found = _ours(tx, person, problem)
    if found.stage is not Stage.HANDLED or found.handler != who.id or not found.lacks_photo:
        raise TooLate(f"{now_stands(tx, found, bureau)}，不用再补照片了。")
    found = note(tx, found, now, reason=words, menu=None)
    ask_review(tx, found, bureau, now, above=True)
    awaited.done(tx, who.id)
    return words


def give_up(
    tx: Transaction, person: int, problem: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「办不了」 with its reason: a leader says whether that is so."""
    who, found = _ours(tx, person, problem)
    found = move(
        tx, found, "give_up", who, bureau, now, reason=words, handler=who.id, handled_at=now,
        told=False, team=None, lacks_photo=False, declined_by=None,
    )  # fmt: skip
    ask_review(tx, found, bureau, now, above=True)
    awaited.done(tx, who.id)
    return words


def undo(tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime) -> None:
    """「不是这件事」: it is not handled after all, and is in his hands."""
    who, found = _ours(tx, person, problem)
    move(
        tx, found, "undo", who, bureau, now, handled_at=None, reviewer=None, lacks_photo=False,
        told=False, taken_at=found.taken_at or now, reason=None,
    )  # fmt: skip


def approve(tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime) -> None:
    """「没问题，办结」. Raises NotAllowed for whoever handled it; somebody else is asked then.

    What has no photo after its handling only a leader closes.
    """
    who, found = _ours(tx, person, problem)
    if found.stage is Stage.CLOSED and found.reviewer == who.id:
        note(tx, found, now)
        return
    leads = Part.LEADER in parts(who, found)
    if found.lacks_photo and bureau.loop.photo_after and not leads and not shots(tx, found):
        raise Refused("还没有处置后的照片，办结不了。请经办人补一张，或者退回。")
    move(tx, found, "approve", who, bureau, now, reviewer=who.id, closed_at=now)


def send_back(
    tx: Transaction, person: int, problem: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「还没好，退回」 with its reason: it is in the handler's hands again, who is told."""
    who, found = _ours(tx, person, problem)
    moved = move(
        tx, found, "send_back", who, bureau, now, reason=words, returned=found.returned + 1,
        handled_at=None, told=False, lacks_photo=False, reviewer=None,
    )  # fmt: skip
    handler = people.by_id(tx, moved.handler) if moved.handler is not None else None
    if handler is None or not handler.active:
        handler = leader_of(tx, moved.squad)  # who handled it is gone: somebody gives it on
    if handler is not None:
        tell_matter(tx, moved, handler.id, now)
    awaited.done(tx, who.id)
    return words


def pass_on(tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime) -> str:
    """「不是我看」: somebody else is asked to review; his name, or nothing."""
    who, found = _ours(tx, person, problem)
    if found.stage is Stage.HANDLED and found.reviewer not in (None, who.id):
        raise TooLate(f"{now_stands(tx, found, bureau)}，您不用看了。")
    moved = move(tx, found, "pass_on", who, bureau, now)
    asked = ask_review(tx, moved, bureau, now, but=frozenset({who.id}))
    chosen = people.by_id(tx, asked.reviewer) if asked.reviewer else None
    return chosen.name if chosen else ""


def review_by_other(
    tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime
) -> str:
    """Who handled it pressed 「没问题，办结」: somebody else reviews it; his name, or nothing."""
    who, found = _ours(tx, person, problem)
    if found.stage is Stage.HANDLED and found.reviewer in (None, who.id):
        found = ask_review(tx, found, bureau, now)
    chosen = people.by_id(tx, found.reviewer) if found.reviewer else None
    return chosen.name if chosen else ""


def rethink(tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime) -> None:
    """「改主意」 within a day: his review is open again. Raises TooLate after that."""
    who, found = _ours(tx, person, problem)
    if found.stage is Stage.CLOSED and not rethinkable(found, bureau, now):
        raise TooLate("过了一天，改不了主意了。要重办请找领导点「返工」。")
    move(tx, found, "rethink", who, bureau, now, closed_at=None)
    rebounds.recheck(tx, found, bureau, now)


def disown(
    tx: Transaction, person: int, problem: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「不属本局」 by a leader, with its reason."""
    who, found = _ours(tx, person, problem)
    move(
        tx, found, "disown", who, bureau, now, reason=words, closed_at=now, reviewer=who.id,
        declined_by=None,
    )  # fmt: skip
    awaited.done(tx, who.id)
    return words


def reopen(
    tx: Transaction, person: int, problem: int, words: str, bureau: Bureau, now: datetime
) -> str:
    """「返工」 by a leader, with its reason: whoever handled it has it in hand again."""
    who, found = _ours(tx, person, problem)
    heir = people.by_id(tx, found.handler or found.person)
    if heir is None or not heir.active:
        raise Refused("原来的经办人不在了。请先找别人重新报这件事。")
    moved = move(
        tx, found, "reopen", who, bureau, now, reason=words, reopened=found.reopened + 1,
        handler=heir.id, closed_at=None, handled_at=None, told=False, reviewer=None, taken_at=now,
    )  # fmt: skip
    rebounds.recheck(tx, found, bureau, now)
    tell_matter(tx, moved, heir.id, now)
    awaited.done(tx, who.id)
    return words


Reasoned = Callable[[Transaction, int, int, str, Bureau, datetime], str]

REASONED: dict[str, Reasoned] = {
    "back": send_back, "unable": give_up, "nophoto": no_photo, "why": why_declined,
    "disown": disown, "reopen": reopen,
}  # fmt: skip
"""The deeds that want a reason, by the menu that asks for it."""


def expect_words(tx: Transaction, person: int, problem: int, kind: str, now: datetime) -> None:
    """「写一句」: the person's next words are the reason. Raises NotFound for no such menu."""
    if kind not in REASONED:
        raise NotFound
    who, found = _ours(tx, person, problem)
    awaited.expect(tx, who.id, f"problem_{kind}", found.id, now + AGAIN)


def show(
    tx: Transaction, person: int, problem: int, line: str, chat: int, message: int, bureau: Bureau,
    now: datetime,
) -> None:  # fmt: skip
    """A card of the problem is shown below, to whoever has a part in it or may ask of it."""
    who, found = _ours(tx, person, problem)
    told = {told.person for told in problems.tellers(tx, found.id)}
    if not parts(who, found) and who.id not in told and found.reviewer != who.id:
        raise NotAllowed(f"{now_stands(tx, found, bureau)}。这件不是您的，看详情请找他们或者领导。")
    key = f"record:{found.id}:{line}:{chat}:{message}"
    outbox.owe(tx, line, chat, "record", found.id, now, key=key)


def show_all(
    tx: Transaction, person: int, report: int, line: str, chat: int, message: int, bureau: Bureau,
    now: datetime,
) -> None:  # fmt: skip
    """A card of every problem that the report tells of is shown below."""
    told = problems.of_report(tx, report)
    if not told:
        raise NotFound("这条里没有问题要办。")
    for one in told:
        show(tx, person, one.problem, line, chat, message, bureau, now)


def ask_to_change(tx: Transaction, person: int, problem: int, bureau: Bureau, now: datetime) -> str:
    """The leader is shown the problem, which only he can undo; his name. Raises NotFound."""
    who, found = _ours(tx, person, problem)
    del bureau
    leader = leader_of(tx, found.squad, frozenset({who.id}))
    if leader is None:
        raise NotFound("现在没有领导能改，什么也没改。")
    tell(tx, leader.id, "matter", found.id, now, key=f"matter:{found.id}:{leader.id}:asked")
    return leader.name
