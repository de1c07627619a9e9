"""Who may do what: one table, read by the deeds, by help and by the tests; knows no database."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from bot.rules.records import Role


class Right(StrEnum):
    """A kind of deed; every handler names the one it needs."""

    REPORT = "report"
    CORRECT_OWN = "correct_own"
    CORRECT_SQUAD = "correct_squad"
    ASK_OWN = "ask_own"
    ASK_SQUAD = "ask_squad"
    ASK_ALL = "ask_all"
    INVITE = "invite"
    PEOPLE = "people"
    SPOTS = "spots"
    CHATS = "chats"
    STATUS = "status"
    CALENDAR = "calendar"
    DECIDE = "decide"
    PAPERS = "papers"
    SIGN_OFF = "sign_off"
    ACCEPT = "accept"
    PATROL = "patrol"
    RESEND = "resend"
    OBLIGATIONS = "obligations"
    REGISTER = "register"
    EXEMPT = "exempt"
    ABSENCE = "absence"
    COUNTERS = "counters"
    LEDGER = "ledger"


_O, _L, _S, _W, _A = Role.OFFICER, Role.LEADER, Role.SUPERVISOR, Role.OWNER, Role.ADMIN

RIGHTS: dict[Right, frozenset[Role]] = {
    Right.REPORT: frozenset({_O, _L, _S, _W, _A}),
    Right.CORRECT_OWN: frozenset({_O, _L, _S, _W, _A}),
    Right.CORRECT_SQUAD: frozenset({_L}),
    Right.ASK_OWN: frozenset({_O, _L, _S, _W, _A}),
    Right.ASK_SQUAD: frozenset({_L, _S, _A}),
    Right.ASK_ALL: frozenset({_S, _A}),
    Right.INVITE: frozenset({_A}),
    Right.PEOPLE: frozenset({_A}),
    Right.SPOTS: frozenset({_A}),
    Right.CHATS: frozenset({_A}),
    Right.STATUS: frozenset({_A}),
    Right.CALENDAR: frozenset({_A}),
    Right.DECIDE: frozenset({_L, _S, _A}),
    Right.PAPERS: frozenset({_L, _S, _A}),
    Right.SIGN_OFF: frozenset({_S}),
    Right.ACCEPT: frozenset({_S}),
    Right.PATROL: frozenset({_O, _L}),
    Right.RESEND: frozenset({_S, _A}),
    Right.OBLIGATIONS: frozenset({_A}),
    Right.REGISTER: frozenset({_L, _S, _W, _A}),
    Right.EXEMPT: frozenset({_L, _S}),
    Right.ABSENCE: frozenset({_L, _S, _A}),
    Right.COUNTERS: frozenset({_L, _S, _W, _A}),
    Right.LEDGER: frozenset({_A}),
}
"""Spot numbers are everybody's (conversations.md 2.1); figures of people are nobody's."""


def may(roles: Collection[Role], right: Right) -> bool:
    """Whether somebody with these roles may do this kind of deed."""
    return not RIGHTS[right].isdisjoint(roles)
