"""What is counted and told of the ledger: its tally, its tasks as lines, its headings; pure.

One meaning of every word: 销号 is signed off, 长期 is every long-term task, 在办 the rest, so that
the three are all there is; 超期 is apart from these. Knows no store and no sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.rules.ledger import TaskState
from bot.rules.records import Question


@dataclass(frozen=True, slots=True)
class Lot:
    """So many tasks that are alike in all of this; `dated` is whether they have a last day."""

    department: str | None
    state: TaskState
    long_term: bool
    done: bool
    late: bool
    dated: bool
    total: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The ledger, or a part of it, in numbers.

    `signed`, `going` and `long_term` are all of `total`; of these `done` are 已整改完成,
    `long_done` of them long-term ones whose stage was met; `overdue` are beyond their day.
    """

    total: int = 0
    signed: int = 0
    going: int = 0
    long_term: int = 0
    overdue: int = 0
    done: int = 0
    long_done: int = 0

    @property
    def under_way(self) -> int:
        """How many are not done yet."""
        return self.total - self.done


def tally(lots: Iterable[Lot]) -> Tally:
    """The lots together."""
    found: Counter[str] = Counter()
    for one in lots:
        found["total"] += one.total
        signed = not one.long_term and one.state is TaskState.SIGNED_OFF
        found["long_term" if one.long_term else "signed" if signed else "going"] += one.total
        found["overdue"] += one.total * one.late
        found["done"] += one.total * one.done
        found["long_done"] += one.total * (one.done and one.long_term)
    return Tally(**found)


def by_department(lots: Iterable[Lot]) -> dict[str | None, Tally]:
    """Each department's part, the largest first; None is of no department."""
    parts: dict[str | None, list[Lot]] = {}
    for one in lots:
        parts.setdefault(one.department, []).append(one)
    found = {name: tally(own) for name, own in parts.items()}
    return dict(sorted(found.items(), key=lambda item: (-item[1].total, item[0] or "")))


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as a line of a list; `late` is how many days it is overdue, 0 where it is not."""

    task: int
    number: int
    title: str
    state: TaskState
    long_term: bool
    due: date | None
    late: int
    version: int
    department: str | None = None
    owners: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    ref: str | None = None
    text: str = ""
    wants: str = ""
    extended: int = 0
    duty: bool = False


@dataclass(frozen=True, slots=True)
class TaskList:
    """Tasks that were asked for at a local moment: the first of them, and how all of them stand.

    `mine` says that they are the asker's own. `duties` of them are runs of obligations.
    """

    question: Question
    rows: tuple[TaskRow, ...]
    tally: Tally
    at: datetime
    duties: int = 0
    mine: bool = False

    @property
    def total(self) -> int:
        """How many there are."""
        return self.tally.total


@dataclass(frozen=True, slots=True)
class LedgerStanding:
    """How the ledger stands, all of it or a part that was asked for.

    `duties` of that part are runs of obligations.
    """

    question: Question
    tally: Tally
    departments: tuple[tuple[str | None, Tally], ...] = ()
    duties: int = 0


@dataclass(frozen=True, slots=True)
class Headings:
    """How many aspects 方面, items 大项 and issues 具体问题 there are.

    `loose` are headings whose own heading is not there, `bare` issues without a task, `lost` how
    many tasks lie under none of them.
    """

    aspects: int
    items: int
    issues: int
    loose: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    lost: int = 0


def headings(titles: Iterable[str], tasks: Mapping[str | None, int]) -> Headings:
    """The headings by their paths (1, 1.2, 1.2.3), and how many tasks lie under each path.

    An item without issues of its own is one issue, as item 1 of the bulletin's fourth aspect is.
    """
    paths = set(titles)
    depth = {path: path.count(".") + 1 for path in paths}
    parents = {path.rpartition(".")[0] for path in paths}
    items = {path for path in paths if depth[path] == 2}
    issues = {path for path in paths if depth[path] == 3} | {i for i in items if i not in parents}
    loose = sorted(p for p in paths if depth[p] > 1 and p.rpartition(".")[0] not in paths)
    bare = sorted(path for path in issues if not tasks.get(path))
    lost = sum(n for path, n in tasks.items() if path is None or path not in paths)
    aspects = sum(d == 1 for d in depth.values())
    return Headings(aspects, len(items), len(issues), tuple(loose), tuple(bare), lost)


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What the sentence of the bulletin says, and what the papers say below it."""

    headings: Headings
    tally: Tally
    departments: tuple[tuple[str | None, Tally], ...] = ()
    overdue: tuple[TaskRow, ...] = ()


def differs(report: LedgerReport) -> list[tuple[str, int]]:
    """What does not add up, as (what, how many); nothing where the sentence may be said."""
    heads, n = report.headings, report.tally
    parts = sum(one.total for _, one in report.departments)
    found = [
        ("no_headings", 0 if heads.aspects and heads.items else 1),
        ("loose", len(heads.loose)),
        ("lost", heads.lost if heads.aspects else 0),
        ("sum", abs(n.total - n.signed - n.going - n.long_term)),
        ("departments", abs(parts - n.total) if report.departments else 0),
        ("long_term", max(0, n.long_done - n.long_term, n.long_done - n.done)),
        ("done", max(0, n.done - n.total)),
    ]
    return [(what, many) for what, many in found if many]


@dataclass(frozen=True, slots=True)
class LedgerWeek:
    """What the week's digest says of the ledger: how it stands, which come due in the next week."""

    tally: Tally
    due: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A month's reconciliation 对账, read on `today`.

    `signed`, `met` and `granted` are what happened in the month `first` begins; `no_owner`,
    `no_leader` and `no_day` are 未明确 now. `missed` are runs of obligations beyond their day,
    `unset` obligations without a period.
    """

    first: date
    today: date
    tally: Tally
    signed: int
    met: int
    granted: int
    no_owner: int
    no_leader: int
    no_day: int
    overdue: tuple[tuple[str | None, int], ...] = ()
    missed: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
