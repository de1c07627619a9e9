"""Presses that come in the same moment: one acts, the other is told who was first."""

from __future__ import annotations

from sqlalchemy import select

from bot.rules.loop import Stage
from bot.rules.records import Role
from bot.words.card import press
from storage import journal, people, problems
from storage.schema import Transaction
from tests.fakes import phones
from tests.house import Stage as House

MATES = ("李红梅", "陈新")


async def found(stage: House) -> int:
    """A stall that 张建国 has handed to his squad, of which two more have a card."""
    for name in ("张建国", *MATES):
        await stage.join(name, {Role.OFFICER}, "一中队")
    await stage.shoots("张建国", "松江路 占道经营")
    await stage.presses("张建国", "转交")
    await stage.presses("张建国", "一中队")
    assert stage.house is not None

    def only(tx: Transaction) -> int:
        return int(tx.execute(select(problems.c.id)).scalar_one())

    return await stage.house.database.read(only)


async def takes(stage: House) -> list[str]:
    """Who took it, as the journal tells."""
    assert stage.house is not None

    def look(tx: Transaction) -> list[str]:
        names = {one.id: one.name for one in people.everyone(tx)}
        return [
            names[line.person] for line in journal.lines(tx) if line.deed == "problem_take"
        ]  # fmt: skip

    return await stage.house.database.read(look)


async def all_at_once(stage: House, who: tuple[str, ...], label: str) -> list[str]:
    """Each presses that button before any of them is answered; the toasts, in order."""
    assert stage.house is not None
    world = stage.fake.world
    asked = []
    for name in who:
        number = stage.button(name, label)
        assert number is not None
        asked.append(phones.press(world, stage.user(name), number, label)["callback_query_id"])
    updates = [world.queue.popleft() for _ in who]
    await stage.house.lanes.accept("telegram", updates)
    await stage.settle()
    return [str(world.callbacks[one]["answered"].get("text") or "") for one in asked]


async def test_two_who_take_it_at_once_one_has_it_and_the_other_hears_who(stage: House) -> None:
    problem = await found(stage)
    said = await all_at_once(stage, MATES, "我来办")
    (taker,) = await takes(stage)
    (other,) = set(MATES) - {taker}
    assert said[MATES.index(taker)] == "好，您来办"
    assert taker in said[MATES.index(other)]
    assert "正在办" in said[MATES.index(other)]
    assert stage.house is not None
    now = await stage.house.database.read(problems.by_id, problem)
    assert now is not None
    assert now.stage is Stage.TAKEN


async def test_the_same_press_five_times_acts_once(stage: House) -> None:
    await found(stage)
    assert await all_at_once(stage, ("陈新",) * 5, "我来办") == ["好，您来办"] * 5
    assert await takes(stage) == ["陈新"]


async def test_a_press_of_any_age_answers(stage: House) -> None:
    """A week later, on a card whose buttons are long gone: who has it, and nothing is changed."""
    problem = await found(stage)
    number = stage.button("李红梅", "我来办")
    assert number is not None
    await stage.presses("陈新", "我来办")
    await stage.pass_time(days=7)
    done = await stage.presses_forged("李红梅", number, press("zm", problem, 1))
    answered = stage.fake.world.callbacks[done["callback_query_id"]]["answered"]
    assert "陈新" in answered["text"]
    assert await takes(stage) == ["陈新"]
