"""The conversations: routers by noun, in the order in which they are asked.

The photo router stands first because nearly every message is a photo, and each router passed costs
time (performance.md, finding 9). Strangers come before all others but photos check for themselves.
Words that were asked for come before the rooms that would read a meaning of their own in them.
"""

from aiogram import Dispatcher

from handlers import (
    absences,
    alikes,
    answers,
    awaited,
    cases,
    checks,
    clocks,
    coming,
    counters,
    devices,
    doors,
    groups,
    ledger,
    ledger_files,
    measures,
    obligations,
    papers,
    patrols,
    preferences,
    problems,
    questions,
    quotas,
    rebounds,
    reports,
    roster,
    shifts,
    spots,
    task_longer,
    tasks,
    welcome,
)

ROOMS = (
    reports, problems, doors, groups, welcome, spots, roster, coming, preferences, absences,
    ledger_files, cases, ledger, counters, awaited, quotas, patrols, shifts, checks, papers,
    measures, tasks, task_longer, obligations, devices, alikes, rebounds, clocks, answers,
    questions,
)  # fmt: skip
"""In the order in which they are asked."""


def build_dispatcher() -> Dispatcher:
    """A fresh Dispatcher with every router; one serves any number of lines."""
    dispatcher = Dispatcher(disable_fsm=True)
    for room in ROOMS:
        dispatcher.include_router(room.build_router())
    return dispatcher
