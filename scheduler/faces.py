"""From an owed row to what it must show now: reads the facts, hands them to the words.

One entry a kind of card; a kind that finds nothing to say any more is dropped. Knows no line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.actions import held
from bot.actions.board import board
from bot.actions.doors import is_allowed
from bot.actions.receipts import receipt
from bot.actions.round_cards import check_facts, round_facts, shift_facts
from bot.rules.records import Bureau, Role
from bot.words import board as board_words
from bot.words import checks as check_words
from bot.words import coming as coming_words
from bot.words import doubt as doubt_words
from bot.words import help as help_words
from bot.words import people as people_words
from bot.words import places as place_words
from bot.words import receipts as receipt_words
from bot.words import round_ends
from bot.words import rounds as round_words
from bot.words import shifts as shift_words
from bot.words.card import Card, Reaction, from_json
from bot.words.plain import when
from scheduler import (
    case_faces,
    clock_faces,
    ledger_faces,
    morning_faces,
    obligation_faces,
    paper_faces,
    problem_faces,
    quota_faces,
    rebound_faces,
    reconcile_faces,
    task_faces,
)
from storage import doors, outbox, people, reports, spots
from storage.outbox import Owed
from storage.schema import Transaction

Face = Card | Reaction | None


@dataclass(frozen=True, slots=True)
class View:
    """What a face is drawn with besides the facts: the bureau, the moment, the line's links."""

    bureau: Bureau
    now: datetime
    link: Callable[[str], str]
    place_key: bool


def face(tx: Transaction, row: Owed, view: View) -> Face:
    """What the chat must see of this row now, or None when there is nothing to say any more."""
    return FACES[row.card](tx, row, view)


def _receipt(tx: Transaction, row: Owed, view: View) -> Face:
    facts = receipt(tx, row.subject, view.bureau, view.now)
    if facts is None or (facts.folded and not row.shown):
        return None
    return receipt_words.receipt(facts, view.place_key)


def _answer(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    return from_json(row.args) if row.args else None


def _reaction(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    return None if row.shown else Reaction()


def _invitation(tx: Transaction, row: Owed, view: View) -> Face:
    found = people.invitation(tx, row.subject)
    if found is None:
        return None
    token = (row.args or {}).get("token")
    link = view.link(token) if token else None
    days = view.bureau.limits.invitation_days
    already = next((p for p in people.named(tx, found.name) if p.active), None)
    where = people_words.place_of(already.squad, already.roles) if already else None
    return people_words.invitation(found.id, found.name, link, found.state, days, where)


def _welcome(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    found = people.invitation(tx, row.subject)
    return (
        None
        if found is None
        else people_words.is_it_you(found.id, found.name, found.squad, found.state)
    )


def _hello(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    who = people.by_id(tx, row.subject)
    return None if who is None else people_words.welcome(who.name, who.roles)


def _wrong_person(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    return people_words.wrong_person(_admin(tx) or "管理员")


def _joined(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    found = people.invitation(tx, row.subject)
    if found is None:
        return None
    return people_words.joined(found.name, found.squad, found.roles, found.state)


def _came(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    args = row.args or {}
    who = [people.by_id(tx, number) for number in args.get("people", ())]
    here = [(one.name, people_words.place_of(one.squad, one.roles)) for one in who if one]
    return people_words.came(here, args.get("title", "")) if here else None


def _deleted(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    who = people.by_id(tx, row.subject)
    title = (row.args or {}).get("title", "")
    return None if who is None else people_words.deleted(who.name, title)


def _send_code(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    found = people.invitation(tx, row.subject)
    if found is None or found.state not in ("open", "opened"):
        return None
    return people_words.send_code(found.name, _admin(tx))


def _line(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    args = row.args or {}
    tz, here = view.bureau.tz, view.now.astimezone(view.bureau.tz)
    since = when(datetime.fromisoformat(args["since"]).astimezone(tz), here)
    until = args.get("until")
    until = when(datetime.fromisoformat(until).astimezone(tz), here) if until else None
    return help_words.line_down(args["title"], since, until)


def _stranger(tx: Transaction, row: Owed, view: View) -> Face:
    code = (row.args or {}).get("code", "")
    return people_words.stranger(code, _admin(tx), view.bureau.name)


def _group(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    args = row.args or {}
    known = doors.chat(tx, args.get("line", row.line), row.subject)
    return None if known is None else people_words.group_asked(
        row.subject, known.title, known.state
    )  # fmt: skip


def _group_hello(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    return people_words.group_hello()


def _handed(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    args = row.args or {}
    return people_words.handed(args.get("from", "同事"), args.get("count", 0))


def _lost(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    report = reports.by_id(tx, row.subject)
    if report is None:
        return None
    return receipt_words.lost_photo(report.number, (row.args or {}).get("reason", ""))


def _reminder(tx: Transaction, row: Owed, view: View) -> Face:
    report = reports.by_id(tx, row.subject)
    if report is None:
        return None
    tz = view.bureau.tz
    at = when(report.received_at.astimezone(tz), view.now.astimezone(tz))
    if not report.asking or report.withdrawn_at:
        done = "withdrawn" if report.withdrawn_at else "placed"
        return receipt_words.reminded(report.number, at, done, report.id) if row.shown else None
    return receipt_words.reminder(report.number, at, report.id, report.version)


def _near(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    args = row.args or {}
    spot = view.bureau.spot(args.get("spot"))
    minutes = view.bureau.limits.place_hint_minutes
    return None if spot is None else place_words.near(spot.name, args.get("metres"), minutes)


def _failed(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    return help_words.failed(row.subject)


def _failed_admin(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    return help_words.failed_admin(row.subject, (row.args or {}).get("reason", ""))


def _places(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    """New names; a card that was shown follows what the admin decides."""
    names = [(name.id, name.name, name.times) for name in spots.new_names(tx)]
    if not names:
        return help_words.no_new_places() if row.shown else None
    return help_words.new_places(names)


def _unreachable(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    who = people.by_id(tx, row.subject)
    return None if who is None else help_words.unreachable(who.name)


def _round(tx: Transaction, row: Owed, view: View) -> Face:
    facts = round_facts(tx, row.subject, view.bureau, view.now)
    if facts is None:
        return None
    if row.card == "round_mate":
        return round_ends.mate(facts, facts.crew[0][1])
    if row.card in ("round_later", "round_morning"):
        words = round_ends.later if row.card == "round_later" else round_ends.morning
        return words(facts) or (round_ends.ended(facts) if row.shown else None)
    newest = outbox.newest(tx, row.card, row.subject, row.line, row.chat)
    if row.card == "round" and facts.state in ("open", "paused") and newest != row.id:
        return round_words.moved(facts)
    card = ROUND_WORDS[row.card](facts)
    if row.card == "round_done" and newest != row.id:
        return replace(card, gist=round_ends.reopened(facts), brief="")
    return card


def _check(tx: Transaction, row: Owed, view: View) -> Face:
    facts = check_facts(tx, row.subject, view.bureau)
    if facts is None:
        return None
    if row.card == "check_done":
        return check_words.done(facts)
    if (facts.menu or "").startswith("spots") and facts.state == "open":
        keys = sorted(view.bureau.spots, key=lambda spot: not spot.key)
        return check_words.spots(facts, tuple((spot.code, spot.name) for spot in keys))
    return check_words.check(facts)


def _shift(tx: Transaction, row: Owed, view: View) -> Face:
    facts = shift_facts(tx, row.subject, view.bureau)
    return None if facts is None else shift_words.shift(facts)


ROUND_WORDS = {
    "round": round_words.going, "round_ask": round_ends.ask, "round_done": round_ends.done,
    "round_review": round_ends.review,
}  # fmt: skip


def _paper(tx: Transaction, row: Owed, view: View) -> Face:
    return paper_faces.face(tx, row, view.bureau, view.now)


def _problem(tx: Transaction, row: Owed, view: View) -> Face:
    return problem_faces.face(tx, row, view.bureau, view.now)


def _due_failed(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    return coming_words.failed(row.subject, (row.args or {}).get("said", ""))


def _board(tx: Transaction, row: Owed, view: View) -> Face:
    """Nothing for a group that was refused, or left, since it was owed."""
    if not is_allowed(tx, row.line, row.chat):
        return None
    at = datetime.fromisoformat(row.args["at"]).astimezone(view.bureau.tz)
    return board_words.board(board(tx, view.bureau, view.now), at)


def _held(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    found = held.look(tx, row.subject)
    return None if found is None else doubt_words.held(
        found.row, found.card, found.group, found.person, found.state
    )  # fmt: skip


def _about_group(tx: Transaction, row: Owed, view: View) -> Face:  # noqa: ARG001
    return GROUP_WORDS[row.card]((row.args or {}).get("title", ""))


GROUP_WORDS = {
    "group_lost": doubt_words.group_lost, "group_moved": doubt_words.group_moved,
    "no_pin": doubt_words.no_pin,
}  # fmt: skip


def _admin(tx: Transaction) -> str | None:
    return next((person.name for person in people.with_role(tx, Role.ADMIN)), None)


FACES: dict[str, Callable[[Transaction, Owed, View], Face]] = {
    "receipt": _receipt, "answer": _answer, "reaction": _reaction, "invitation": _invitation,
    "welcome": _welcome, "hello": _hello, "wrong_person": _wrong_person, "joined": _joined,
    "stranger": _stranger, "came": _came, "deleted": _deleted, "send_code": _send_code,
    "line": _line, "group": _group,
    "group_hello": _group_hello, "handed": _handed, "lost": _lost, "near": _near,
    "reminder": _reminder, "failed": _failed, "failed_admin": _failed_admin, "places": _places,
    "unreachable": _unreachable, "due_failed": _due_failed, "board": _board, "held": _held,
    "group_lost": _about_group, "group_moved": _about_group, "no_pin": _about_group,
    "round": _round, "round_ask": _round, "round_done": _round, "round_review": _round,
    "shift": _shift, "check": _check, "check_done": _check,
    **quota_faces.FACES, **clock_faces.FACES, **rebound_faces.FACES,
    **case_faces.FACES, **task_faces.FACES, **morning_faces.FACES, **reconcile_faces.FACES,
    **ledger_faces.FACES, **obligation_faces.FACES,
    **dict.fromkeys(paper_faces.FACES, _paper),
    **dict.fromkeys(problem_faces.FACES, _problem),
    "round_mate": _round, "round_later": _round, "round_morning": _round,
}  # fmt: skip
"""Every kind of card there is."""

SECRET_ARGS = frozenset({"answer", "invitation"})
"""Kinds whose stored words or token are forgotten once they were shown."""
