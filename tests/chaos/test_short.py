"""The short form of `make chaos`: the same storms, smaller, with bots that start at once."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.bot import Nursery
from tests.chaos.child import Child, settle_people, telegram_beside
from tests.chaos.images import under_broken_images
from tests.chaos.kills import under_kills
from tests.chaos.ledger import Ledger
from tests.chaos.load import jpeg
from tests.chaos.mutations import under_mutations
from tests.chaos.notices import under_notices
from tests.chaos.stops import under_terms

SEED = 1


def test_nothing_is_lost_or_doubled_under_kills(
    ledger: Ledger, tmp_path: Path, nursery: Nursery
) -> None:
    under_kills(ledger, tmp_path, reports=40, kills=5, seed=SEED, nursery=nursery)


def test_a_stop_under_load_is_clean(ledger: Ledger, tmp_path: Path, nursery: Nursery) -> None:
    under_terms(ledger, tmp_path, reports=100, seed=SEED, nursery=nursery)


def test_due_notices_come_in_spite_of_kills(
    ledger: Ledger, tmp_path: Path, nursery: Nursery
) -> None:
    under_notices(ledger, tmp_path, notices=40, kills=3, seed=SEED, nursery=nursery)


def test_malformed_updates_stop_nobody(ledger: Ledger, tmp_path: Path, nursery: Nursery) -> None:
    under_mutations(ledger, tmp_path, count=60, seed=SEED, nursery=nursery)


def test_broken_pictures_are_told_and_harm_nothing(
    ledger: Ledger, tmp_path: Path, nursery: Nursery
) -> None:
    under_broken_images(ledger, tmp_path, nursery=nursery)


def test_a_card_ends_right_though_the_answer_to_its_edit_was_lost(
    tmp_path: Path, nursery: Nursery
) -> None:
    """The photo comes while the card's "on its way" is shown and nobody knows that it is shown."""
    with telegram_beside(tmp_path) as telegram, Child(tmp_path, telegram, nursery) as bot:
        settle_people(tmp_path, telegram, [7])
        bot.start()
        bot.wait_ready()
        telegram.hang(0.5, method="getFile")
        telegram.cut_download()
        telegram.hang(3, "after", "editMessageText")
        telegram.photo(7, jpeg("late"), "松江路 占道经营")
        card = telegram.wait_sent("sendMessage", chat=7)["result"]
        lost = telegram.wait_sent("editMessageText", chat=7)
        assert "还在路上" in lost["params"]["text"]
        bot.wait_quiet()
        shown = {message["message_id"]: message for message in telegram.messages(7)}
        assert "还在路上" not in shown[card["message_id"]]["text"]
