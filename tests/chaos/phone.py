"""One person of a storm about tasks: looks at his phone, presses what is there, sends, waits.

He knows only what his chat shows and what he did. Draws everything from his own dice.
"""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from bot.words.card import Press, press, read_press
from tests.chaos.load import jpeg
from tests.chaos.wishes import MENUS, Memory, Piece, Pressed, Wish
from tests.fakes.control import Control

STORMY: dict[str, float] = {
    "lg": 6, "lb": 0.6, "lk": 7, "lt": 2, "lt+": 6, "lp": 0.7, "ls": 7, "lh": 1.5, "lh+": 6,
    "lc": 1, "lo": 0.7, "lo+": 6, "lu": 0.5, "lu+": 5, "li": 1, "lv": 1.5, "le": 0.2, "lx": 0.8,
    "oa": 2, "ob": 4, "og": 5, "on": 1.5, "of": 5, "ow": 0.6,
    "dd": 5,
}  # fmt: skip
"""How much somebody likes each button; with + the button that says a reason."""

DILIGENT: dict[str, float] = {"lg": 5, "lk": 5, "ls": 5, "li": 5, "og": 1, "dd": 9}
"""The same once all should come to its end."""

NUMBER = re.compile(r"任务 (\d+)")
PATIENCE = (4.0, 10.0)
TWICE = 0.2
"""So often his finger taps twice, and always when he does such a thing for the first time."""
SEEN = 80
"""So many messages he scrolls through."""


@dataclass
class Giving:
    """He hands in for a task: so many pieces are still to be sent, these were."""

    task: int
    left: int
    sent: list[Piece]
    looks: int = 0


class Somebody:
    """A person with a phone; `mine` are the numbers of his tasks, `known` are all, id to number."""

    def __init__(
        self, user: int, telegram: Control, chance: Random, memory: Memory, known: dict[int, int],
        mine: list[int],
    ) -> None:  # fmt: skip
        self.user, self.mine = user, mine
        self._telegram, self._chance, self._memory, self._known = telegram, chance, memory, known
        self._wish: Wish | None = None
        self._giving: Giving | None = None
        self._reason: Wish | None = None
        self._did: dict[tuple[int, Press], str] = {}
        self._old: list[Wish] = []
        self._tapped = set[str]()
        self._patience = self._asked = 0.0
        self._count = 0

    @property
    def busy(self) -> bool:
        """Whether he waits for an answer or is in the middle of handing in."""
        return self._wish is not None or self._giving is not None

    def step(self, lives: int, diligent: bool) -> bool:
        """He does the next thing, where there is any; the bot was killed so often; did he press?"""
        if self._wish is not None:
            return self._wait(self._wish, lives)
        if self._reason is not None:
            self._write_reason(self._reason)
            return True
        if self._giving is not None:
            return self._give(self._giving, lives)
        if not diligent and self._old and self._chance.random() < 0.08:
            again = self._chance.choice(self._old)
            wish = Wish(self.user, again.press, time.time(), again.message, poke=True)
            return self._begin(wish, lives)
        return self._look(lives, DILIGENT if diligent else STORMY)

    # ---- presses ----

    def _begin(self, wish: Wish, lives: int) -> bool:
        self._memory.wishes.append(wish)
        self._wish = wish
        if wish.act not in self._tapped or self._chance.random() < TWICE:
            self._tapped.add(wish.act)
            self._press(wish, lives)
        return self._press(wish, lives)

    def _press(self, wish: Wish, lives: int) -> bool:
        data = press(wish.press.act, wish.press.subject, wish.press.version, wish.press.arg)
        # Forged: the card may show another face since he laid his finger on the button.
        made = self._telegram.press(self.user, wish.message, data, forge=True)
        wish.presses.append(Pressed(time.time(), made["callback_query_id"]))
        wish.life, self._patience = lives, time.time() + self._chance.uniform(*PATIENCE)
        return True

    def _wait(self, wish: Wish, lives: int) -> bool:
        """The answer is there, or he presses again, or he goes on waiting."""
        answered = self._telegram.answers(wish.presses[-1].query)
        if answered is None:
            out_of_hope = wish.life < lives and self._chance.random() < 0.5
            if out_of_hope or time.time() > self._patience:
                return self._press(wish, lives)
            return False
        wish.ended = time.time()
        every = [self._telegram.answers(one.query) for one in wish.presses]
        wish.toasts = [one["text"] or "" for one in every if one is not None]
        self._wish = None
        self._after(wish)
        return False

    def _after(self, wish: Wish) -> None:
        key = (wish.message, _undated(wish.press))
        shown = {m["message_id"]: m.get("text", "") for m in self._telegram.messages(self.user)}
        for other in [k for k in self._did if k[0] == wish.message]:
            del self._did[other]
        self._did[key] = shown.get(wish.message, "")
        if wish.press.act == "lg":
            if wish.told_done:
                self._giving = Giving(wish.press.subject, self._chance.randint(1, 3), [])
        elif wish.press.act == "lf":
            self._giving = None
        elif wish.press.act == "lm":
            self._dropped(wish)
        elif wish.press.act == "lv" and not wish.toasts[-1]:
            self._reason = wish
        if wish.act not in ("", "lg", "lm") and wish.told_done:
            self._old.append(wish)

    def _dropped(self, wish: Wish) -> None:
        for piece in self._memory.pieces:
            if (piece.user, piece.task) == (self.user, wish.press.subject) and not piece.dropped:
                piece.dropped = None
        if self._giving is not None:
            for piece in self._giving.sent if wish.told_done else []:
                piece.dropped = True
            self._giving = Giving(self._giving.task, self._chance.randint(1, 2), [])

    def _write_reason(self, asked: Wish) -> None:
        """「写一句」: the words do what the picked reason would have done."""
        self._reason = None
        acts = {"back": "lt", "refuse": "lh", "reopen": "lo", "stuck": "lu"}
        done = replace(asked.press, act=acts[asked.press.arg], arg="0")
        self._count += 1
        words = f"画面还不够清楚，{self.user}说的{self._count}"
        self._say(done, words)

    def _say(self, done: Press, words: str) -> None:
        wish = Wish(self.user, done, time.time(), words=words)
        self._memory.wishes.append(wish)
        self._telegram.text(self.user, words)

    # ---- evidence ----

    def _give(self, giving: Giving, lives: int) -> bool:
        if giving.left:
            giving.left -= 1
            giving.sent.append(self._send(giving.task))
            self._memory.pieces.append(giving.sent[-1])
            return True
        if self._chance.random() < 0.1:
            done = Press("lf", giving.task, 1)
            self._say(done, "发完了")
            self._giving = None
            return True
        act = "lm" if self._chance.random() < 0.05 else "lf"
        giving.looks += 1
        for message in reversed(self._telegram.messages(self.user)):
            for one in _presses(message):
                if (one.act, one.subject) == (act, giving.task):
                    return self._begin(
                        Wish(self.user, one, time.time(), message["message_id"]), lives
                    )
        if giving.looks > 200:
            self._say(Press("lf", giving.task, 1), "发完了")
            self._giving = None
        return False

    def _send(self, task: int) -> Piece:
        self._count += 1
        if self._chance.random() < 0.5:
            words = f"第{self._count}处换好了，{self.user}看过"
            made = self._telegram.text(self.user, words)
            return Piece(self.user, made["message_id"], task, time.time(), "", words)
        photo = jpeg(f"{self.user}/{self._count}")
        made = self._telegram.photo(self.user, photo)
        sha = hashlib.sha256(photo).hexdigest()
        return Piece(self.user, made["message_id"], task, time.time(), sha, "")

    # ---- what the phone shows ----

    def _look(self, lives: int, likes: dict[str, float]) -> bool:
        """One of the buttons on the phone is pressed, or he asks for the card of a task."""
        able: list[tuple[float, Wish]] = []
        messages = self._telegram.messages(self.user)[-SEEN:]
        for message in messages:
            text = message.get("text") or ""
            for one in _presses(message):
                if one.act.startswith("l") and one.subject not in self._known:
                    continue
                like = _like(one, text, likes)
                if like and self._did.get((message["message_id"], _undated(one))) != text:
                    wish = Wish(self.user, one, time.time(), message["message_id"])
                    able.append((like, wish))
        if self._ask_for_card(messages) or not able:
            return False
        weights = [like for like, _ in able]
        return self._begin(self._chance.choices([wish for _, wish in able], weights)[0], lives)

    def _ask_for_card(self, messages: list[dict[str, Any]]) -> bool:
        """「任务 27」, of one of his that he has not looked at, or by chance."""
        seen = {int(n) for m in messages if m["by_bot"] for n in NUMBER.findall(m.get("text", ""))}
        unseen = [n for n in self.mine if n not in seen]
        if self._chance.random() < 0.02:
            unseen = self.mine
        if not unseen or time.time() < self._asked:
            return False
        self._asked = time.time() + self._chance.uniform(0.1, 1)
        self._telegram.text(self.user, f"任务 {self._chance.choice(unseen)}")
        return True


def _like(one: Press, text: str, likes: dict[str, float]) -> float:
    """How much he likes the button, on a card with these words."""
    reasoned = one.act in MENUS and one.arg
    like = likes.get(f"{one.act}+" if reasoned else one.act, 0)
    if one.act == "lg" and ("长期坚持" in text or "佐证已交" in text):
        # Nothing has to be handed in just now.
        return 0 if likes is DILIGENT else like / 10
    return like


def _presses(message: dict[str, Any]) -> list[Press]:
    """The buttons of the message that are the bot's."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    read = [read_press(button.get("callback_data", "")) for row in rows for button in row]
    return [one for one in read if one is not None]


def _undated(one: Press) -> Press:
    """The press without the version of its card."""
    return replace(one, version=0)
