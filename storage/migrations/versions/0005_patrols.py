"""Rounds, checks, shifts; what stands since when; due rows; papers. Old patrols become rounds."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
COUNTS = sa.text("counts")
OPEN = sa.text("state IN ('open', 'paused')")
DUE = sa.text("state = 'due'")
OF_PATROL = sa.text("patrol IS NOT NULL")

OLD_PATROLS = """
    INSERT INTO patrols (number, kind, squad, spot, line, chat, person, told, started_at, ended_at,
        last_at, state, late, counts, lacking, asks, accepted_reason, version)
    SELECT 'X-' || r.number, r.patrol_type, r.squad, NULL, r.line, r.chat, r.person, :told,
        r.occurred_at, r.occurred_at, r.last_part_at, 'ended', r.late, r.withdrawn_at IS NULL,
        '{}', '{}',
        '启用巡查登记以前记的', 1
    FROM reports r
    WHERE r.patrol_type IN ('full', 'special') AND NOT r.practice
"""
THEIR_REPORTS = """
    UPDATE reports SET patrol = (SELECT p.id FROM patrols p WHERE p.number = 'X-' || reports.number)
    WHERE patrol_type IN ('full', 'special')
"""
THEIR_OFFICERS = """
    INSERT INTO patrol_officers (patrol, person, joined_at)
    SELECT id, person, started_at FROM patrols
"""


def key() -> sa.Column[int]:
    """A number that is never given out twice."""
    return sa.Column("id", BIG, autoincrement=True, nullable=False)


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    """A column of words."""
    return sa.Column(name, sa.Text(), nullable=null)


def word(name: str, *, null: bool = False) -> sa.Column[str]:
    """A column of names and codes."""
    return sa.Column(name, sa.String(), nullable=null)


def number(name: str, *, null: bool = False, big: bool = False) -> sa.Column[int]:
    """A column of numbers."""
    return sa.Column(name, BIG if big else sa.Integer(), nullable=null)


def moment(name: str, *, null: bool = False) -> sa.Column[object]:
    """A column of moments."""
    return sa.Column(name, MOMENT, nullable=null)


def day(name: str, *, null: bool = False) -> sa.Column[object]:
    """A column of days of the bureau's zone."""
    return sa.Column(name, sa.Date(), nullable=null)


def yes_no(name: str) -> sa.Column[bool]:
    """A column of truths."""
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    """Forward; there is no way back."""
    _patrols()
    _rules()
    _dues()
    _papers()
    for name in ("patrols", "specials"):
        op.drop_column("tallies", name)
    op.drop_index("ix_reports_patrol", table_name="reports")
    op.add_column("reports", number("patrol", null=True, big=True))
    op.create_index(
        "ix_reports_of_patrol", "reports", ["patrol"],
        sqlite_where=OF_PATROL, postgresql_where=OF_PATROL,
    )  # fmt: skip
    op.execute(sa.text(OLD_PATROLS).bindparams(told=True))
    op.execute(sa.text(THEIR_REPORTS))
    op.execute(sa.text(THEIR_OFFICERS))


def _patrols() -> None:
    op.create_table(
        "patrols",
        key(), word("number"), word("kind"), word("squad", null=True), word("spot", null=True),
        word("line"), number("chat", big=True), number("person"), yes_no("told"),
        moment("started_at"), moment("ended_at", null=True), moment("last_at"), word("state"),
        yes_no("late"), yes_no("counts"), text("lacking"), text("asks"),
        number("accepted_by", null=True), moment("accepted_at", null=True),
        text("accepted_reason", null=True), word("menu", null=True), number("version"),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("number"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index(
        "ix_patrols_counting", "patrols", ["kind", "started_at", "squad", "counts"],
        sqlite_where=COUNTS, postgresql_where=COUNTS,
    )  # fmt: skip
    op.create_index("ix_patrols_started", "patrols", ["kind", "started_at"])
    op.create_index(
        "ix_patrols_open", "patrols", ["last_at"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "patrol_officers",
        number("patrol", big=True), number("person"), moment("joined_at"),
        sa.PrimaryKeyConstraint("patrol", "person"),
    )  # fmt: skip
    op.create_table(
        "patrol_ticks",
        number("patrol", big=True), word("spot"), moment("at"), number("person"), yes_no("late"),
        number("report", null=True, big=True),
        sa.PrimaryKeyConstraint("patrol", "spot"),
    )  # fmt: skip
    op.create_table(
        "check_items",
        number("patrol", big=True), number("position"), word("state"), text("words"),
        number("report", null=True, big=True), number("person"), moment("at"),
        sa.PrimaryKeyConstraint("patrol", "position"),
    )  # fmt: skip


def _rules() -> None:
    op.create_table(
        "standing_rules",
        key(), word("kind"), day("since"), text("value"), moment("noted_at"),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("kind", "since"),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_table(
        "work_days",
        day("day"), word("kind"), word("name", null=True), text("source"), moment("noted_at"),
        sa.PrimaryKeyConstraint("day"),
    )  # fmt: skip
    op.create_table(
        "holiday_notices",
        key(), number("person"), text("text"), word("state"), moment("at"),
        sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_table(
        "period_decisions",
        key(), word("quota"), day("start"), word("decision"), day("moved_to", null=True),
        text("reason"), number("person"), moment("at"),
        sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_period_decisions", "period_decisions", ["quota", "start"])
    op.create_table(
        "misses",
        key(), word("quota"), day("start"), number("owed"), number("done"), moment("noted_at"),
        text("reason", null=True), number("answered_by", null=True),
        moment("answered_at", null=True),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("quota", "start"),
        sqlite_autoincrement=True,
    )  # fmt: skip


def _dues() -> None:
    op.create_table(
        "dues",
        key(), word("key"), word("duty"), word("matter"), text("args"), moment("due_at"),
        moment("rings_at"), word("state"), number("attempts"), moment("noted_at"),
        moment("settled_at", null=True), word("outcome", null=True),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("key"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index(
        "ix_dues_due", "dues", ["rings_at", "id"], sqlite_where=DUE, postgresql_where=DUE
    )
    op.create_index("ix_dues_matter", "dues", ["duty", "matter", "due_at"])
    op.create_table("plans", word("duty"), moment("at"), sa.PrimaryKeyConstraint("duty"))
    op.create_table(
        "awaited",
        number("person"), word("what"), number("subject", big=True), text("args"), moment("until"),
        sa.PrimaryKeyConstraint("person"),
    )  # fmt: skip


def _papers() -> None:
    op.create_table(
        "papers",
        key(), word("kind"), day("start"), word("state"), text("remark", null=True),
        number("version"), moment("made_at"), moment("sent_at", null=True),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("kind", "start"),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_table(
        "paper_steps",
        key(), number("paper", big=True), word("step"), number("person"), word("verdict"),
        text("words", null=True), moment("at"),
        sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_paper_steps", "paper_steps", ["paper", "id"])
    op.create_table(
        "measures",
        key(), day("quarter"), text("words"), word("owner", null=True), day("due", null=True),
        word("state"), text("effect", null=True), number("person"), moment("at"),
        moment("settled_at", null=True),
        sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_measures_quarter", "measures", ["quarter"])
