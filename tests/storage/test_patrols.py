"""Rounds, checks and shifts as rows: what is counted, by what, and the rows behind each number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, bindparam, create_engine, text
from sqlalchemy.pool import NullPool

from bot.rules.records import Find, Role
from storage import check_items, counts, parts, patrol_counts, patrols, people, reports
from storage.counts import Scope
from storage.migrate import STEPS, upgrade
from storage.patrol_counts import KINDS, Grouping
from storage.patrols import ENDED, FIXED, FULL, OPEN, PAUSED, SPECIAL, WITHDRAWN
from storage.schema import Transaction, UtcDateTime
from tests.storage import test_reports
from tests.storage.test_reports import NOON

ALWAYS = Scope(None, NOON + timedelta(days=99))
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


@pytest.fixture
def staff(tx: Transaction) -> list[int]:
    """Two officers of the first squad, one of the second; their ids."""
    names = (("张建国", "一中队"), ("李红梅", "一中队"), ("赵大勇", "二中队"))
    return [people.add(tx, name, frozenset({Role.OFFICER}), squad, None, NOON)
            for name, squad in names]  # fmt: skip


def patrol(tx: Transaction, person: int, **more: Any) -> int:
    kind = more.get("kind", FULL)
    values: dict[str, Any] = {
        "number": patrols.next_number(tx, f"{kind}-test"), "kind": kind, "squad": "一中队",
        "spot": None, "line": "telegram", "chat": 7, "person": person, "told": False,
        "started_at": NOON, "ended_at": NOON + timedelta(hours=1), "last_at": NOON,
        "state": ENDED, "late": False, "counts": True, "lacking": {}, "asks": {}, "version": 1,
    }  # fmt: skip
    return patrols.add(tx, **values | more)


def report(tx: Transaction, number: int, patrol_: int, *found: Find, **more: Any) -> int:
    made = test_reports.report(tx, f"R-{number}", **more)
    reports.change(tx, made, patrol=patrol_)
    test_reports.finds(tx, made, 1, *found)
    return made


# ---- rows ----


def test_numbers_count_from_one_in_every_series(tx: Transaction) -> None:
    series = ("X-2025W24", "X-2025W24", "Z-202506", "X-2025W25", "X-2025W24")
    given = [patrols.next_number(tx, one) for one in series]
    assert given == ["X-2025W24-1", "X-2025W24-2", "Z-202506-1", "X-2025W25-1", "X-2025W24-3"]


def test_who_began_it_is_on_it_and_nobody_is_on_it_twice(tx: Transaction, staff: list[int]) -> None:
    made = patrol(tx, staff[0])
    for person in (staff[1], staff[0], staff[1]):
        patrols.join(tx, made, person, NOON + timedelta(minutes=1))
    assert patrols.crew(tx, made) == staff[:2]
    patrols.leave(tx, made, staff[1])
    assert patrols.crew(tx, made) == staff[:1]


def test_what_is_going_is_the_newest_that_has_not_ended(tx: Transaction, staff: list[int]) -> None:
    for state in (ENDED, WITHDRAWN):
        patrol(tx, staff[0], state=state)
    assert patrols.going(tx, staff[0]) is None
    old = patrol(tx, staff[0], state=PAUSED)
    new = patrol(tx, staff[1], state=OPEN, last_at=NOON + timedelta(minutes=5))
    patrols.join(tx, new, staff[0], NOON)
    check = patrol(tx, staff[0], kind=SPECIAL, state=OPEN, last_at=NOON + timedelta(minutes=9))
    going = [patrols.going(tx, staff[0], kind) for kind in (None, FULL, SPECIAL, FIXED)]
    assert [one and one.id for one in going] == [check, new, check, None]
    assert [one.id for one in patrols.all_going(tx)] == [old, new, check]
    assert patrols.going(tx, staff[2]) is None


def test_a_change_makes_the_row_newer(tx: Transaction, staff: list[int]) -> None:
    made = patrol(tx, staff[0])
    patrols.change(tx, made, menu="crew")
    found = patrols.by_id(tx, made)
    assert found is not None
    assert (found.version, found.menu, found.started_at) == (2, "crew", NOON)
    assert patrols.by_number(tx, found.number) == found
    assert patrols.by_id(tx, made + 1) is patrols.by_number(tx, "X-1") is None


def test_a_spot_is_reached_by_a_tick_or_by_a_report_that_counts(
    tx: Transaction, staff: list[int]
) -> None:
    made = patrol(tx, staff[0])
    later = NOON + timedelta(minutes=3)
    patrols.tick(tx, made, "songjiang", later, staff[0], False)
    patrols.tick(tx, made, "songjiang", later + timedelta(hours=1), staff[1], True)
    seen = report(tx, 1, made, Find("yongfu", "liutan"), Find("yongfu", "zhandao"), Find(None, "x"))
    assert [(v.spot, v.at, v.report) for v in patrols.visits(tx, made)] == [
        ("yongfu", NOON, seen), ("songjiang", later, None)
    ]  # fmt: skip
    reports.set_counts(tx, seen, 1, False)
    assert [v.spot for v in patrols.visits(tx, made)] == ["songjiang"]
    patrols.untick(tx, made, "songjiang")
    assert patrols.visits(tx, made) == []
    assert patrols.reports_of(tx, made) == [seen]
    assert (patrols.of_report(tx, seen), patrols.of_report(tx, seen + 1)) == (made, None)


def test_an_item_has_the_answer_that_was_given_last(tx: Transaction, staff: list[int]) -> None:
    made = patrol(tx, staff[0], kind=SPECIAL)
    check_items.answer(tx, made, 7, "trouble", "黑屏", 5, staff[0], NOON)
    check_items.answer(tx, made, 2, "unseen", "", None, staff[0], NOON)
    check_items.answer(tx, made, 7, "fine", "", None, staff[1], NOON)
    told = [(i.position, i.state, i.words, i.report) for i in check_items.answers(tx, made)]
    assert told == [(2, "unseen", "", None), (7, "fine", "", None)]


def test_a_photo_counts_where_it_was_handed_in_first(tx: Transaction, staff: list[int]) -> None:
    made = patrol(tx, staff[0])
    first = report(tx, 1, made, Find("songjiang", "none"))
    again = report(tx, 2, made, Find("yongfu", "none"))
    words = report(tx, 3, made, Find("junction", "none"))
    for message, (one, digest) in enumerate([(first, "a"), (again, "a"), (words, None)], 1):
        kind = "photo" if one != words else "text"
        test_reports.part(tx, message, report=one, kind=kind)
        if digest:
            tx.execute(text("UPDATE parts SET sha256 = :d WHERE report = :r"),
                       {"d": digest, "r": one})  # fmt: skip
    assert patrol_counts.photographed(tx, made) == {"songjiang"}
    test_reports.part(tx, 9, report=again)
    assert patrol_counts.photographed(tx, made) == {"songjiang", "yongfu"}
    tx.execute(text("UPDATE parts SET state = :lost WHERE report = :r"),
               {"lost": parts.UNAVAILABLE, "r": first})  # fmt: skip
    assert "songjiang" not in patrol_counts.photographed(tx, made)


# ---- counting ----


def mixed(tx: Transaction, staff: list[int]) -> None:
    """Rounds, checks and shifts of two squads, some of which don't count."""
    first = patrol(tx, staff[0])
    patrols.join(tx, first, staff[1], NOON)
    patrols.tick(tx, first, "songjiang", NOON, staff[0], False)
    report(tx, 1, first, Find("songjiang", "liutan"), Find("yongfu", "none"))
    report(tx, 2, first, Find("yongfu", "zhandao"), source="hotline")
    second = patrol(tx, staff[2], squad="二中队", started_at=NOON + timedelta(days=1))
    patrols.tick(tx, second, "yongfu", NOON, staff[2], False)
    patrol(tx, staff[0], counts=False, lacking={"spots": ["yongfu"]})
    patrol(tx, staff[0], state=WITHDRAWN, counts=False)
    patrol(tx, staff[0], state=OPEN, counts=False, ended_at=None)
    check = patrol(tx, staff[1], kind=SPECIAL, spot="yongfu")
    report(tx, 3, check, Find("yongfu", "liutan"))
    patrol(tx, staff[0], kind=FIXED, spot="junction")


@pytest.mark.parametrize(
    ("measure", "more", "wanted"),
    [
        ("patrols", {}, 2), ("specials", {}, 1), ("shifts", {}, 1),
        ("patrols", {"since": NOON + timedelta(hours=1)}, 1),
        ("patrols", {"until": NOON + timedelta(hours=1)}, 1),
        ("patrols", {"until": NOON}, 0),
        ("patrols", {"squads": ("二中队",)}, 1), ("patrols", {"squads": ("三中队",)}, 0),
        ("patrols", {"spots": ("songjiang",)}, 1), ("patrols", {"spots": ("yongfu",)}, 2),
        ("patrols", {"spots": ("songjiang", "yongfu")}, 2),
        ("specials", {"spots": ("yongfu",)}, 1), ("shifts", {"spots": ("junction",)}, 1),
        ("shifts", {"spots": ("yongfu",)}, 0),
        ("patrols", {"categories": ("zhandao",)}, 1), ("specials", {"categories": ("liutan",)}, 1),
        ("patrols", {"source": "hotline"}, 1), ("patrols", {"source": "camera"}, 0),
    ],
)  # fmt: skip
def test_only_what_counts_is_counted(
    tx: Transaction, staff: list[int], measure: Any, more: dict[str, Any], wanted: int
) -> None:
    mixed(tx, staff)
    scope = Scope(**{"since": None, "until": ALWAYS.until} | more)
    assert counts.number(tx, measure, scope) == wanted
    assert len(patrol_counts.rows(tx, measure, scope)) == wanted


def test_a_round_counts_for_everybody_who_was_on_it(tx: Transaction, staff: list[int]) -> None:
    mixed(tx, staff)
    told = [counts.number(tx, "patrols", Scope(None, ALWAYS.until, persons=(who,)))
            for who in staff]  # fmt: skip
    assert told == [1, 1, 1]
    both = Scope(None, ALWAYS.until, persons=tuple(staff[:2]))
    assert counts.number(tx, "patrols", both) == 1
    assert counts.number(tx, "patrols", Scope(None, ALWAYS.until, persons=())) == 0


def test_what_has_ended_without_counting_is_counted_apart(
    tx: Transaction, staff: list[int]
) -> None:
    mixed(tx, staff)
    assert patrol_counts.not_whole(tx, "patrols", ALWAYS) == 1
    assert patrol_counts.not_whole(tx, "specials", ALWAYS) == 0


@pytest.mark.parametrize(
    ("measure", "by", "wanted"),
    [
        ("patrols", "spot", {"songjiang": 1, "yongfu": 2}),
        ("patrols", "squad", {"一中队": 1, "二中队": 1}),
        ("patrols", "category", {"liutan": 1, "none": 1, "zhandao": 1}),
        ("specials", "spot", {"yongfu": 1}), ("shifts", "spot", {"junction": 1}),
        ("shifts", "category", {}),
    ],
)  # fmt: skip
def test_the_number_for_each(
    tx: Transaction, staff: list[int], measure: Any, by: Any, wanted: dict[str, int]
) -> None:
    mixed(tx, staff)
    assert patrol_counts.by(tx, measure, ALWAYS, by) == wanted


def test_the_number_for_each_person(tx: Transaction, staff: list[int]) -> None:
    mixed(tx, staff)
    assert patrol_counts.by(tx, "patrols", ALWAYS, "person") == dict.fromkeys(staff, 1)


def test_the_rows_are_the_newest_first_with_what_is_behind_them(
    tx: Transaction, staff: list[int]
) -> None:
    mixed(tx, staff)
    found = patrol_counts.rows(tx, "patrols", ALWAYS)
    assert [row.name for row in found] == ["赵大勇", "张建国"]
    assert patrol_counts.rows(tx, "patrols", ALWAYS, 1) == found[:1]
    ids = [row.id for row in found]
    assert patrol_counts.reached(tx, ids) == {ids[0]: {"yongfu"}, ids[1]: {"songjiang", "yongfu"}}
    assert patrol_counts.crews(tx, ids) == {ids[0]: ["赵大勇"], ids[1]: ["张建国", "李红梅"]}
    assert patrol_counts.reached(tx, []) == {}


def test_the_export_has_all_but_what_was_withdrawn(tx: Transaction, staff: list[int]) -> None:
    mixed(tx, staff)
    found = patrol_counts.everything(tx, None, None)
    assert sorted(row.kind for row in found) == sorted([FULL] * 4 + [SPECIAL, FIXED])
    assert sum(row.counts for row in found) == 4
    assert {row.state for row in found} == {ENDED, OPEN}
    later = patrol_counts.everything(tx, NOON + timedelta(hours=1), None)
    assert [row.squad for row in later] == ["二中队"]
    assert patrol_counts.everything(tx, None, NOON) == []
    assert patrol_counts.first_at(tx) == NOON


spots = st.sampled_from(("songjiang", "yongfu", "junction"))
made = st.fixed_dictionaries(
    {
        "kind": st.sampled_from((FULL, SPECIAL, FIXED)), "counts": st.booleans(),
        "state": st.sampled_from((OPEN, PAUSED, ENDED, WITHDRAWN)),
        "squad": st.sampled_from(("一中队", "二中队", None)), "spot": st.none() | spots,
        "day": st.integers(0, 6), "who": st.integers(0, 2), "mates": st.sets(st.integers(0, 2)),
        "ticks": st.sets(spots),
    }
)  # fmt: skip
scopes = st.builds(
    lambda since, days, squads, where, who: (since, days, squads, where, who),
    st.none() | st.integers(0, 6), st.integers(0, 7),
    st.sampled_from(((), ("一中队",), ("一中队", "二中队"))), st.frozensets(spots, max_size=2),
    st.none() | st.integers(0, 2),
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(made, max_size=8), st.lists(scopes, min_size=1, max_size=3))
def test_numbers_rows_and_a_plain_recount_agree(
    tx: Transaction, staff: list[int], told: list[Any], asked: list[Any]
) -> None:
    with tx.begin_nested() as point:
        for one in told:
            whole = one["state"] == ENDED and one["counts"]
            number = patrol(
                tx, staff[one["who"]], kind=one["kind"], squad=one["squad"], spot=one["spot"],
                counts=whole, state=one["state"], started_at=NOON + timedelta(days=one["day"]),
            )  # fmt: skip
            for mate in one["mates"]:
                patrols.join(tx, number, staff[mate], NOON)
            for spot in one["ticks"]:
                patrols.tick(tx, number, spot, NOON, staff[0], False)
        for since, days, squads, where, who in asked:
            scope = Scope(
                None if since is None else NOON + timedelta(days=since),
                NOON + timedelta(days=days), tuple(sorted(where)),
                persons=None if who is None else (staff[who],), squads=squads,
            )  # fmt: skip
            for measure, kind in KINDS.items():
                wanted = sum(
                    one["kind"] == kind and one["state"] == ENDED and one["counts"]
                    and (since is None or one["day"] >= since) and one["day"] < days
                    and (not squads or one["squad"] in squads)
                    and (who is None or who in one["mates"] | {one["who"]})
                    and (not where or bool(where & (one["ticks"] | {one["spot"]})))
                    for one in told
                )  # fmt: skip
                assert counts.number(tx, measure, scope) == wanted  # type: ignore[arg-type]
                assert len(patrol_counts.rows(tx, measure, scope)) == wanted
        for measure, column in product(KINDS, GROUPINGS):
            each = patrol_counts.by(tx, measure, ALWAYS, column)
            field = {"spot": "spots", "category": "categories", "squad": "squads",
                     "person": "persons"}[column]  # fmt: skip
            wide: dict[str, Any] = {"since": None, "until": ALWAYS.until}
            for name, number in each.items():
                narrow = Scope(**wide | {field: (name,)})
                assert counts.number(tx, measure, narrow) == number > 0  # type: ignore[arg-type]
        point.rollback()


# ---- the patrols of before ----


@pytest.fixture
def old(url: str) -> Iterator[Engine]:
    """A store as the version before rounds left it."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(STEPS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        connection.commit()
    yield engine
    engine.dispose()


OLD = text("""
    INSERT INTO reports (number, person, holder, squad, line, chat, message, intent, source, text,
        flags, occurred_at, received_at, last_part_at, late, practice, reminded, withdrawn_at,
        patrol_type, version)
    VALUES (:number, 3, 3, '一中队', 'telegram', 7, 1, 'patrol_ok', 'patrol', '全域巡查', '[]',
        :at, :at, :at, :late, :practice, :no, :withdrawn, :kind, 1)
""").bindparams(bindparam("at", type_=UtcDateTime), bindparam("withdrawn", type_=UtcDateTime))
OLD_AT = datetime(2025, 6, 2, 9, 0, tzinfo=UTC)


def test_old_patrols_become_rounds_that_count(old: Engine) -> None:
    told = [
        ("R-1", "full", False, False, False), ("R-2", "special", True, False, False),
        ("R-3", "full", False, True, False), ("R-4", "full", False, False, True),
        ("R-5", None, False, False, False), ("R-6", "fixed", False, False, False),
    ]  # fmt: skip
    with old.begin() as connection:
        for number, kind, late, practice, gone in told:
            connection.execute(OLD, {
                "number": number, "kind": kind, "late": late, "practice": practice, "at": OLD_AT,
                "no": False, "withdrawn": OLD_AT if gone else None,
            })  # fmt: skip
    with old.connect() as connection:
        upgrade(connection)
    with old.connect() as tx:
        for name in ("李主任", "王芳", "张建国"):  # the third began them
            people.add(tx, name, frozenset({Role.OFFICER}), "一中队", None, OLD_AT)
        scope = Scope(None, OLD_AT + timedelta(days=1))
        assert counts.number(tx, "patrols", scope) == counts.number(tx, "specials", scope) == 1
        assert counts.number(tx, "shifts", scope) == 0
        found = patrols.between(tx, None, scope.until)
        assert [(p.number, p.kind, p.late, p.told) for p in found] == [
            ("X-R-1", FULL, False, True), ("X-R-2", SPECIAL, True, True),
            ("X-R-4", FULL, False, True),
        ]  # fmt: skip
        assert [p.counts for p in found] == [True, True, False]
        assert all(p.state == ENDED and p.started_at == OLD_AT for p in found)
        assert all(p.accepted_reason == "启用巡查登记以前记的" for p in found)
        assert [patrols.crew(tx, p.id) for p in found] == [[3], [3], [3]]
        rows = tx.execute(text("SELECT number, patrol FROM reports"))
        of = {row[0]: row[1] for row in rows}
        assert of == {"R-1": found[0].id, "R-2": found[1].id, "R-3": None, "R-4": found[2].id,
                      "R-5": None, "R-6": None}  # fmt: skip
        assert len(patrol_counts.rows(tx, "patrols", scope)) == 1
        assert len(patrol_counts.everything(tx, None, None)) == 3
