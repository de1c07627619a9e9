"""The nouns of the field, as frozen records; knows nothing that stores, sends or draws them.

Glossary: one noun, the same in every room, the field's own word beside it.

    spot 点位           a place that is visited; a key spot 重点点位 has a weekly quota
    report 上报         one message (or album) of an officer, numbered R-20251119-003
    find 发现           one spot + category of a report; a report has one or several
    visit 到场          a report that says an officer was at a spot
    category 类别       the kind of trouble, coded by the bureau, the standards' codes beside it
    patrol 巡查         a round over all key spots
    special check 专项检查   a spot gone through by a checklist
    shift 值守          some hours at a booth 岗亭
    crew 同巡的人        who is on a round
    quota 次数要求      so many patrols, checks or visits a week, month or quarter
    time limit 时限     how soon a problem is answered and handled; a term 期限 is so much time
    duty 到点要办的事    something the clock brings; each occurrence is one due row
    digest 周报         the week in one message
    paper 书面材料       a month's draft, a quarter's pack
    measure 措施        what a quarter's review decided, with its effect
    problem 问题        trouble that is carried from found to closed
    rebound 反弹        trouble that came back after it was closed
    task 整改任务       a line of the rectification ledger 台账
    obligation 周期任务  something owed every month, quarter …
    run 一期            an obligation in one period: a task   device 设备  what is checked monthly
    evidence 佐证       photos and papers that prove a task   sign-off 销号  the leader's last word
    card 卡片           what the bot shows of one thing to one chat, edited in place
    officer 队员, leader 中队长, supervisor 分管领导, owner 责任人, admin 管理员: a person's roles
    line 线路           a way in and out: a chat platform, or the simulator
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from bot.rules.calendar import WorkCalendar
from bot.rules.terms import Term
from bot.rules.vocabulary import Vocabulary


class Role(StrEnum):
    """What a person is in the bureau; a person may hold several."""

    OFFICER = "officer"
    LEADER = "leader"
    SUPERVISOR = "supervisor"
    OWNER = "owner"
    ADMIN = "admin"


ROLE_NAMES: dict[Role, str] = {
    Role.OFFICER: "队员",
    Role.LEADER: "中队长",
    Role.SUPERVISOR: "分管领导",
    Role.OWNER: "责任人",
    Role.ADMIN: "管理员",
}


Source = Literal["patrol", "camera", "hotline", "public", "review"]


@dataclass(frozen=True)
class Spot:
    """A place; coordinates are WGS-84 degrees, or None where nobody has measured them."""

    code: str
    name: str
    key: bool = False
    aliases: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class Category:
    """A kind of trouble with the codes of GB/T 30428.2-2013 and GB/T 47678.5-2026."""

    code: str
    name: str
    synonyms: tuple[str, ...] = ()
    gb30428: str | None = None
    gb47678: str | None = None


AREA = "全域"
"""The place of a find that tells of the whole area."""

NO_TROUBLE = "none"
"""The category code of a visit that found nothing."""


@dataclass(frozen=True)
class Quota:
    """So many of `what` in every `per`, for each spot or squad, or for the whole bureau.

    `only` are the codes of the spots or the names of the squads it is for; without any it is for
    every key spot, or every squad. `since` is the day from which it stands.
    """

    what: Literal["visit", "patrol", "special", "review"]
    per: Literal["week", "month", "quarter"]
    count: int
    of: Literal["spot", "squad", "bureau"] = "bureau"
    only: tuple[str, ...] = ()
    since: date | None = None


TWO_HOURS = Term(2, "work_hour")
"""So soon a problem is answered where its rule says nothing of it."""


@dataclass(frozen=True)
class TimeLimit:
    """How soon a problem of these categories (codes), from these sources, is to be done with.

    `respond` is the clock until it is accepted 签收, `handle` the one until it is handled 办结;
    what starts them is for the loop to say. Without categories or sources it is for all of them.
    `yellow` is how long before the due moment it turns yellow; None leaves that to the kind of the
    term (bot.rules.limits).
    """

    handle: Term
    respond: Term = TWO_HOURS
    yellow: Term | None = None
    categories: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


GENERAL_LIMIT = TimeLimit(handle=Term(1, "work_day"))
"""The limit of a problem for which a bureau has none."""


@dataclass(frozen=True)
class RoundRule:
    """What a round must be to count as one, from the day `since` on.

    `share` is the share of key spots in per cent, `officers` how many must be on it, `photo` asks a
    photo of each spot, `minutes` how long it must last (domain.md 1.3; conversations.md 2.10).
    """

    share: int = 100
    officers: int = 1
    photo: bool = False
    minutes: int = 0
    since: date | None = None


@dataclass(frozen=True)
class Checklist:
    """What a special check asks at these spots; without any, at every spot that has no own list."""

    items: tuple[str, ...]
    spots: tuple[str, ...] = ()


ELEMENTS = ("时间", "地点", "执法人员", "当事人", "事由", "处置措施及结果")
"""The six elements of an enforcement record, as its columns are headed."""


@dataclass(frozen=True)
class Hours:
    """Times of day in the bureau's zone; quiet hours run over midnight.

    The midday break is none where it does not lie within working hours.
    """

    work_from: time = time(8, 30)
    work_to: time = time(18, 0)
    break_from: time = time(12, 0)
    break_to: time = time(14, 0)
    quiet_from: time = time(20, 0)
    quiet_to: time = time(7, 30)
    morning: time = time(8, 30)
    nudge_midweek: time = time(17, 0)
    nudge_friday: time = time(15, 0)
    round_reminder: time = time(17, 30)
    round_pause: time = time(20, 0)
    preview: time = time(15, 30)
    digest: time = time(16, 30)
    papers: time = time(9, 0)


@dataclass(frozen=True)
class Limits:
    """Bounds of intake, in the units their names say (conversations.md 2.5-2.9)."""

    join_seconds: int = 60
    add_photo_seconds: int = 120
    place_hint_minutes: int = 10
    last_spot_minutes: int = 30
    ask_again_minutes: int = 30
    photo_megabytes: int = 20
    photo_megapixels: int = 40
    spot_metres: int = 150
    invitation_days: int = 7
    round_idle_minutes: int = 180
    review_days: int = 15


@dataclass(frozen=True)
class LoopRule:
    """How problems are carried, in the units their names say (domain.md 1.4, 2.2).

    `photo_after` asks a photo of the place after its handling before it can be closed. Two of a
    kind at one spot within `alike_hours` (or `alike_metres`) may be one. What comes back within
    `rebound_days` after it was closed is a rebound, the `rebound_times`th within `often_days` is
    proposed for the quarter's review. Who took one and did nothing is asked after `idle_percent`
    of his time; what is overdue is told again every `red_days` working days, after `above_days`
    of them to the supervisors too. A longer time is asked for by `extend_days` working days.
    """

    photo_after: bool = True
    review_hours: int = 4
    rethink_hours: int = 24
    alike_hours: int = 24
    alike_metres: int = 50
    rebound_days: int = 14
    rebound_times: int = 3
    often_days: int = 30
    idle_percent: int = 50
    red_days: int = 3
    above_days: int = 3
    extend_days: tuple[int, ...] = (1, 3, 5)


@dataclass(frozen=True)
class LedgerRule:
    """How tasks of the ledger are carried, in days (conversations.md 2.17, 2.18; domain.md 1.1).

    Owners are reminded so many days `before` the due day, on it, on the first day after it, and
    then every `again_days`; the supervisors hear of it `above_days` after it. A sign-off may be
    rethought for `rethink_hours`; what is signed off is looked back at `look_back_days` later. A
    longer time is asked for by `extend_most` days at the most.
    """

    before: tuple[int, ...] = (7, 3, 1)
    again_days: int = 3
    above_days: int = 4
    rethink_hours: int = 24
    look_back_days: tuple[int, ...] = (90,)
    extend_most: int = 90


ObligationPer = Literal["week", "month", "quarter", "year", "event", "task", "unset"]
Check = Literal["none", "second", "leader"]
Proof = Literal["sessions", "file", "note", "table", "photo"]
DueRule = Literal["last", "day", "before_end", "after", "before", "unset"]


@dataclass(frozen=True)
class Obligation:
    """Something owed again and again 周期任务 (domain.md 1.2); `owner` "" is 未明确.

    `per` is its period; unset is 「定期」 without a number, which only an admin can make one, and
    `propose` what he is offered first. `due` with `days` is its due rule (rules.obligations_due).
    `owner` is a person, a role or a department. `title` may hold {period} and {name}. `check` is
    what settles a run: handing it in, a second person, or the leader's 销号 after him. `devices`
    asks a result of every device. What `counts` names is computed from quotas (patrol, special,
    review) or from long-term tasks (stages) and has no runs.
    """

    code: str
    name: str
    per: ObligationPer
    due: DueRule = "last"
    days: int = 0
    owner: str = ""
    proof: Proof = "file"
    wants: str = ""
    check: Check = "second"
    title: str = "{period}{name}"
    propose: ObligationPer = "month"
    devices: bool = False
    counts: Literal["", "patrol", "special", "review", "stages"] = ""


@dataclass(frozen=True)
class Device:
    """A device that is checked every month 智能设备; `spot` is the code of where it stands."""

    name: str
    spot: str | None = None


@dataclass(frozen=True)
class Bureau:
    """A bureau as data: what another city changes without touching code."""

    name: str
    zone: str
    since: date
    spots: tuple[Spot, ...]
    categories: tuple[Category, ...]
    vocabulary: Vocabulary
    quotas: tuple[Quota, ...] = ()
    time_limits: tuple[TimeLimit, ...] = (GENERAL_LIMIT,)
    rounds: tuple[RoundRule, ...] = (RoundRule(),)
    checklists: tuple[Checklist, ...] = ()
    squads: tuple[str, ...] = ()
    elements: tuple[str, ...] = ELEMENTS
    hours: Hours = field(default_factory=Hours)
    limits: Limits = field(default_factory=Limits)
    loop: LoopRule = field(default_factory=LoopRule)
    ledger: LedgerRule = field(default_factory=LedgerRule)
    obligations: tuple[Obligation, ...] = ()
    devices: tuple[Device, ...] = ()
    calendar: WorkCalendar = field(default_factory=WorkCalendar)

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which days and weeks begin and clocks are read."""
        return ZoneInfo(self.zone)

    def spot(self, code: str | None) -> Spot | None:
        """The spot with this code, or None."""
        return next((s for s in self.spots if s.code == code), None)

    def category(self, code: str | None) -> Category | None:
        """The category with this code, or None."""
        return next((c for c in self.categories if c.code == code), None)

    def obligation(self, code: str | None) -> Obligation | None:
        """The recurring obligation with this code, or None."""
        return next((o for o in self.obligations if o.code == code), None)


Intent = Literal["problem", "patrol_ok", "followup", "presence", "obligation", "unknown"]
Action = Literal[
    "found", "persuaded", "corrected", "notice", "seized",
    "transferred", "recheck_ok", "recheck_fail", "none",
]  # fmt: skip
State = Literal["open", "closed", "none"]
PatrolType = Literal["full", "special", "fixed"]
Ask = Literal["spot", "category"]
Flag = Literal["homophone", "rebound", "late", "ref_prev", "approx", "help"]


@dataclass(frozen=True)
class Find:
    """One spot and category of a caption; `spot_text` is the place as written.

    `spot` is None where no known spot was written; then `spot_text` may hold an unknown place
    ("福禄巷口"), or be None where no place was written at all. `spot_alt` names other spots the
    words may mean; `category_alt` categories that another reader might have chosen.
    """

    spot: str | None = None
    category: str | None = None
    count: int | None = None
    action: Action = "none"
    state: State = "none"
    spot_text: str | None = None
    spot_alt: tuple[str, ...] = ()
    category_alt: tuple[str, ...] = ()


@dataclass(frozen=True)
class Correction:
    """What a text calls wrong in the report before it, and what right; unnamed fields are None."""

    was: Find
    right: Find


@dataclass(frozen=True)
class Reading:
    """How a caption is read (schema: README, `gangting read`); `at` is local, to the minute.

    `right` is what it puts right of an earlier report; the chat's alone, not of the schema.
    """

    intent: Intent = "unknown"
    patrol_type: PatrolType | None = None
    items: tuple[Find, ...] = ()
    at: datetime | None = None
    source: Source = "patrol"
    officers: tuple[str, ...] = ()
    ask: tuple[Ask, ...] = ()
    flags: tuple[Flag, ...] = ()
    ref: str | None = None
    obligation: str | None = None
    period: str | None = None
    right: Correction | None = None


@dataclass(frozen=True)
class Span:
    """A half-open stretch [since, until) of local moments; `since` None reaches back for ever."""

    since: datetime | None
    until: datetime


@dataclass(frozen=True)
class Filters:
    """What a question narrows its count to; every field is always given."""

    spots: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    dept: str | None = None
    source: str | None = None
    state: str | None = None
    patrol_type: str | None = None
    obligation: str | None = None
    long_term: bool | None = None


@dataclass(frozen=True)
class Question:
    """How a question is read (schema: README, `gangting ask --json`).

    `metrics` is ("refuse",) where the question is not ours or not understood; `reason` then says
    which: "rank" (asks to rank persons), "other" (weather, another district), "unclear".
    `least` asks for the fewest first; it orders an answer, and is not of the schema.
    """

    metrics: tuple[str, ...]
    range: Span | None = None
    range_on: Literal["occurred", "due", "period"] | None = "occurred"
    filters: Filters = field(default_factory=Filters)
    compare: Literal["prev_period", "yoy"] | None = None
    group_by: str | None = None
    limit: int | None = None
    format: Literal["text", "xlsx", "docx", "csv", "chart"] = "text"
    reason: Literal["rank", "other", "unclear", "unannounced"] | None = None
    least: bool = False
