"""Merged, parted, withdrawn, corrected, closed in any order: no matter is lost or doubled.

After every step each find that stands tells of one problem that lives, every problem that lives is
told of by one find, and the counters are what a recount gives.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.actions import alike, corrections, rebound_deeds
from bot.errors import Refused
from bot.rules.loop import Outcome, find_state
from storage import problems, reports
from storage.problems import FOUND
from storage.schema import Transaction
from tests.actions.conftest import Field
from tests.actions.matters import Matters

NAMES = ("张建国", "李红梅", "孙涛", "张建国", "李红梅")
SPOTS = ("songjiang", "yongfu")
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(
            ["merge", "merge", "part", "apart", "withdraw", "restore", "move", "close", "deny"]
        ),
        st.integers(0, 4), st.integers(0, 4), st.integers(0, 1),
    ),
    max_size=14,
)  # fmt: skip


class Play:
    """Five reports of one kind, at one spot at first, and what may be done with them."""

    def __init__(self, tx: Transaction) -> None:
        self.field = Field(tx)
        self.matters, self.tx = Matters(self.field), tx
        self.numbers, self.first = [], []
        for name in NAMES:
            self.numbers.append(self.field.sends(name, "松江路 西瓜摊占道"))
            self.first.append(self.matters.of(self.numbers[-1]).id)
            self.field.later(minutes=31)

    def does(self, deed: str, which: int, other: int, spot: int) -> None:
        """The deed, by the author of the one or his leader; what is refused changes nothing."""
        field, bureau = self.field, self.field.bureau
        field.later(minutes=7)
        who, mine, theirs = field.ids[NAMES[which]], self.first[which], self.first[other]
        report = field.report(self.numbers[which]).id
        common = (bureau, field.now)
        deeds: dict[str, Callable[[], object]] = {
            "merge": lambda: alike.merge(self.tx, who, mine, theirs, *common),
            "part": lambda: alike.part(self.tx, who, mine, *common),
            "apart": lambda: alike.apart(self.tx, who, mine, theirs, *common),
            "withdraw": lambda: corrections.withdraw(self.tx, who, report, *common),
            "restore": lambda: corrections.restore(self.tx, who, report, *common),
            "move": lambda: corrections.set_spot(
                self.tx, who, report, SPOTS[spot], None, *common
            ),
            "close": lambda: self._close(mine),
            "deny": lambda: rebound_deeds.deny(self.tx, who, mine, "不是同一个", *common),
        }  # fmt: skip
        point = self.tx.begin_nested()
        try:
            deeds[deed]()
        except Refused:
            point.rollback()
        else:
            point.commit()

    def _close(self, problem: int) -> None:
        found = problems.by_id(self.tx, problem)
        assert found is not None
        by = "李主任" if self.matters.name(found.person) == "孙涛" else "孙涛"
        self.matters.closed(found, by=by)

    def holds(self) -> None:
        """What must be true whatever was done."""
        standing, living = 0, {}
        for number, name in zip(self.numbers, NAMES, strict=True):
            report = self.field.report(number)
            told = problems.of_report(self.tx, report.id)
            assert len(told) == 1, (number, told)
            whole = self.matters.now(self.matters.of(number))
            assert whole.outcome is not Outcome.DUPLICATE, (number, name)
            if report.withdrawn_at is None:
                assert whole.outcome is not Outcome.VOID, number
                standing += 1
                living[whole.id] = whole
        for whole in living.values():
            told = problems.tellers(self.tx, whole.id)
            founders = [t for t in told if t.how == FOUND]
            assert len(founders) == 1, told
            assert (founders[0].report, founders[0].position) == (whole.report, whole.position)
            _, finds = reports.read_finds(self.tx, whole.report)
            assert finds[whole.position].state == find_state(whole.stage, whole.outcome)
        assert self.matters.number("problems") == len(living)
        assert self.matters.number("reports") == standing
        rebounds = [one for one in living.values() if one.rebound]
        assert self.matters.number("rebounds") == len(rebounds)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=DEEDS)
def test_no_matter_is_lost_or_doubled(
    tx: Transaction, deeds: list[tuple[str, int, int, int]]
) -> None:
    point = tx.begin_nested()
    play = Play(tx)
    for deed in deeds:
        play.does(*deed)
        play.holds()
    point.rollback()
