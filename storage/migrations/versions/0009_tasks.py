"""The ledger: tasks, who is named in them, headings, evidence, stages, longer times, looks back.

A file may be evidence of a task now and belong to no report.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("state IN ('not_started', 'under_way', 'reopened', 'lasting')")


def key(name: str = "id", *, auto: bool = True) -> sa.Column[int]:
    """A number that is never given out twice."""
    return sa.Column(name, BIG, autoincrement=auto, nullable=False)


def word(name: str, *, null: bool = False) -> sa.Column[str]:
    """A column of names and codes."""
    return sa.Column(name, sa.String(), nullable=null)


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    """A column of words."""
    return sa.Column(name, sa.Text(), nullable=null)


def number(name: str, *, null: bool = False, big: bool = False) -> sa.Column[int]:
    """A column of numbers."""
    return sa.Column(name, BIG if big else sa.Integer(), nullable=null)


def day(name: str, *, null: bool = True) -> sa.Column[object]:
    """A column of days."""
    return sa.Column(name, sa.Date(), nullable=null)


def moment(name: str, *, null: bool = True) -> sa.Column[object]:
    """A column of moments."""
    return sa.Column(name, MOMENT, nullable=null)


def yes_no(name: str) -> sa.Column[bool]:
    """A column of truths."""
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    """Forward; there is no way back."""
    with op.batch_alter_table("parts") as parts:
        parts.alter_column("report", existing_type=BIG, nullable=True)
    shown = sa.text("message IS NOT NULL")
    op.create_index(
        "ix_outbox_message", "outbox", ["chat", "message"], sqlite_where=shown,
        postgresql_where=shown,
    )  # fmt: skip
    _tasks()
    _named()
    _gathered()


def _tasks() -> None:
    op.create_table(
        "tasks",
        key(), number("number"), word("kind"), word("ref", null=True), word("code", null=True),
        day("period"), word("path", null=True), text("title"), text("text"), text("wants"),
        text("note"), word("phase", null=True), word("department", null=True), day("due"),
        day("due_first"), yes_no("long_term"), yes_no("urgent"), word("state"), word("loaded"),
        moment("given_at"), number("given_by", null=True), number("checker", null=True),
        number("asked"), moment("asked_at"), moment("checked_at"),
        number("signed_by", null=True), moment("signed_at"), number("met"), number("lapsed"),
        number("returned"), number("reopened"), number("extended"), text("reason", null=True),
        text("stuck", null=True), day("look_on"), yes_no("void"), word("menu", null=True),
        moment("created_at", null=False), number("version"),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("number"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_tasks_due", "tasks", ["due"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_tasks_code", "tasks", ["code", "period"])
    op.create_index("ix_tasks_look", "tasks", ["look_on"])
    op.create_index("ix_tasks_department", "tasks", ["department"])
    op.create_index("ix_tasks_checker", "tasks", ["state", "checker"])


def _named() -> None:
    op.create_table(
        "task_people",
        key("task", auto=False), word("part"),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        word("name"), number("person", null=True),
        sa.PrimaryKeyConstraint("task", "part", "position"),
    )  # fmt: skip
    op.create_index("ix_task_people_person", "task_people", ["person", "part"])
    op.create_index("ix_task_people_name", "task_people", ["name"])
    op.create_table("headings", word("path"), text("title"), sa.PrimaryKeyConstraint("path"))


def _gathered() -> None:
    op.create_table(
        "evidence",
        key(), number("task", big=True), number("turn"), number("person"),
        moment("at", null=False), word("kind"), text("words"),
        number("part", null=True, big=True), word("state"),
        sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_evidence_task", "evidence", ["task", "turn"])
    op.create_index("ix_evidence_part", "evidence", ["part"])
    op.create_table(
        "milestones",
        key("task", auto=False), day("due", null=False), text("text"), moment("met_at"),
        number("met_by", null=True), sa.PrimaryKeyConstraint("task", "due"),
    )  # fmt: skip
    op.create_table(
        "task_extensions",
        key(), number("task", big=True), number("person"), moment("asked_at", null=False),
        day("was", null=False), day("until", null=False), text("reason"), word("state"),
        number("decided_by", null=True), moment("decided_at"),
        sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_task_extensions_task", "task_extensions", ["task"])
    op.create_table(
        "look_backs",
        key(), number("task", big=True), day("on", null=False), word("result"), number("by"),
        moment("at", null=False), text("note"),
        sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_look_backs_task", "look_backs", ["task"])
