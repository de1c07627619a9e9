"""Problems and what tells of them, longer times asked for; old finds become problems.

What an old report told of as settled was closed with it: nobody reviewed anything then.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("stage <> 'closed'")
WORK = sa.text("stage IN ('found', 'handed', 'taken')")

OLD_FINDS = """
    INSERT INTO problems (number, stage, outcome, report, position, source, spot, spot_text,
        category, quantity, person, squad, found_at, handler, handled_at, closed_at, told,
        lacks_photo, asked, returned, reopened, extended, rebound, version)
    SELECT replace(r.number, 'R-', 'W-') || '-' || f.position,
        CASE f.state WHEN 'closed' THEN 'closed' ELSE 'found' END,
        CASE f.state WHEN 'closed' THEN 'rectified' END,
        r.id, f.position, r.source, f.spot, f.spot_text, f.category, f.quantity, r.person, r.squad,
        f.occurred_at,
        CASE f.state WHEN 'closed' THEN r.person END,
        CASE f.state WHEN 'closed' THEN f.occurred_at END,
        CASE f.state WHEN 'closed' THEN f.occurred_at END,
        f.state = 'closed', :no, 0, 0, 0, 0, f.rebound, 1
    FROM finds f JOIN reports r ON r.id = f.report
    WHERE f.counts AND f.category <> 'none'
    ORDER BY f.id
"""
THEIR_FINDS = """
    INSERT INTO problem_finds (report, position, problem, how, person)
    SELECT report, position, id, 'found', person FROM problems
"""


def key() -> sa.Column[int]:
    """A number that is never given out twice."""
    return sa.Column("id", BIG, autoincrement=True, nullable=False)


def word(name: str, *, null: bool = False) -> sa.Column[str]:
    """A column of names and codes."""
    return sa.Column(name, sa.String(), nullable=null)


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    """A column of words."""
    return sa.Column(name, sa.Text(), nullable=null)


def number(name: str, *, null: bool = False, big: bool = False) -> sa.Column[int]:
    """A column of numbers."""
    return sa.Column(name, BIG if big else sa.Integer(), nullable=null)


def moment(name: str, *, null: bool = False) -> sa.Column[object]:
    """A column of moments."""
    return sa.Column(name, MOMENT, nullable=null)


def yes_no(name: str) -> sa.Column[bool]:
    """A column of truths."""
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    """Forward; there is no way back."""
    op.create_table(
        "problems",
        key(), word("number"), word("stage"), word("outcome", null=True),
        number("report", big=True), number("position"), word("source"), word("spot", null=True),
        word("spot_text", null=True), word("category"), number("quantity", null=True),
        number("person"), word("squad", null=True), moment("found_at"),
        number("handler", null=True), word("team", null=True), number("handed_by", null=True),
        moment("handed_at", null=True), moment("taken_at", null=True),
        number("declined_by", null=True), moment("handled_at", null=True), yes_no("told"),
        number("shot_after", null=True, big=True), yes_no("lacks_photo"),
        number("reviewer", null=True), number("asked"), moment("asked_at", null=True),
        number("returned"), number("reopened"), moment("closed_at", null=True),
        text("reason", null=True), moment("respond_by", null=True),
        moment("handle_by", null=True), number("extended"), text("exempt", null=True),
        number("exempt_by", null=True), yes_no("rebound"),
        number("rebound_of", null=True, big=True), text("not_rebound", null=True),
        number("into", null=True, big=True), word("menu", null=True), number("version"),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("number"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_problems_place", "problems", ["spot", "category", "found_at"])
    op.create_index("ix_problems_found", "problems", ["found_at", "stage"])
    for name, columns, which in (
        ("ix_problems_handler", ["handler"], OPEN),
        ("ix_problems_reviewer", ["reviewer"], OPEN),
        ("ix_problems_due", ["handle_by"], WORK),
    ):
        op.create_index(name, "problems", columns, sqlite_where=which, postgresql_where=which)
    op.create_table(
        "problem_finds",
        number("report", big=True), number("position"), number("problem", big=True), word("how"),
        number("person"),
        sa.PrimaryKeyConstraint("report", "position"),
    )  # fmt: skip
    op.create_index("ix_problem_finds_problem", "problem_finds", ["problem"])
    op.create_table(
        "extensions",
        key(), number("problem", big=True), number("person"), moment("asked_at"), moment("until"),
        text("reason"), word("state"), number("decided_by", null=True),
        moment("decided_at", null=True),
        sa.PrimaryKeyConstraint("id"), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_extensions_problem", "extensions", ["problem"])
    op.add_column(
        "tallies", sa.Column("unsolved", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute(sa.text(OLD_FINDS).bindparams(no=False))
    op.execute(sa.text(THEIR_FINDS))
