"""Reads and plays transcripts: conversations written down as in conversations.md 2.3.

    # 时间 2025-06-12 16:38         the clock, which then stands still
    # 人 张建国 队员 一中队           somebody of the bureau;  # 外人 赵敏  somebody who is not
    # 群 工作群 张建国 赵敏          a group and who is in it
    # 过 31 分钟                    time passes, and what fell due happens;  # 到 8:30  likewise
    # 拉进 工作群 / # 屏蔽 张建国     the bot is put into the group; he blocks it
    张建国 > words, a button's label, or one of the acts in `ACTS`
    张建国 < what his phone shows next      ~ a card changed in place      * a mark on his message
    张建国 ! a toast over a press           | goes on      [ ] buttons, [[ ]] primary, { } keys

Every message, edit, mark and toast of the bot must be written; one that is not fails the play.
`…` in a bot's line stands for any characters (links, codes); names are the only addresses.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.rules.records import ROLE_NAMES, Role
from tests.fakes import phones
from tests.house import TZ, Stage, jpeg

LINE = re.compile(r"^(?P<who>\S+?)(?:在(?P<group>\S+))? (?P<sign>[><~*!]) ?(?P<said>.*)$")
ROLES = {said: role for role, said in ROLE_NAMES.items()}
GROUP = -1001000000000


@dataclass(frozen=True)
class Shown:
    """What a phone showed, or was to show: sign, text lines, rows of buttons."""

    who: str
    sign: str
    text: tuple[str, ...]
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        pad = " " * (2 * len(self.who) + 1)
        first, *rest = self.text or ("",)
        lines = [f"{self.who} {self.sign} {first}", *(f"{pad}| {line}" for line in rest)]
        return "\n".join([*lines, *(f"{pad}{row}" for row in self.rows)])

    def fits(self, seen: Shown) -> bool:
        """Whether what was seen is what this says, with … for anything."""
        mine = (self.who, self.sign, len(self.text), self.rows)
        if mine != (seen.who, seen.sign, len(seen.text), seen.rows):
            return False
        return all(_like(a, b) for a, b in zip(self.text, seen.text, strict=True))


def _like(wanted: str, seen: str) -> bool:
    if wanted == seen:
        return True
    pattern = ".+".join(re.escape(part) for part in wanted.split("…"))
    return "…" in wanted and re.fullmatch(pattern, seen) is not None


@dataclass
class Step:
    """An act, or a note that does something, and everything the phones must show after it."""

    number: int
    note: str | None = None
    who: str = ""
    group: str | None = None
    said: str = ""
    wanted: list[Shown] = field(default_factory=list)


@dataclass
class Transcript:
    """A conversation as written."""

    name: str
    steps: list[Step]

    @property
    def cards(self) -> list[Shown]:
        """Everything the bot says in it."""
        return [shown for step in self.steps for shown in step.wanted]


DOES = re.compile(r"^(时间|人|外人|群|过|到|拉进|屏蔽|解除) ")


def read(path: Path) -> Transcript:
    """The transcript in a file. Raises ValueError with the line that can't be read."""
    steps: list[Step] = []
    texts: list[str] = []
    rows: list[str] = []
    head: tuple[str, str] | None = None

    def close() -> None:
        nonlocal head
        if head is not None:
            steps[-1].wanted.append(Shown(*head, tuple(texts), tuple(rows)))
        head = None
        texts.clear()
        rows.clear()

    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        if line.startswith("#"):
            note = line[1:].strip()
            if DOES.match(note):
                close()
                steps.append(Step(number, note=note))
            continue
        if line.startswith("|"):
            texts.append(line[1:].strip())
        elif line.startswith(("[", "{")) and head is not None:
            rows.append(re.sub(r"\s+", " ", line))
        elif found := LINE.match(line):
            close()
            who, sign, said = found["who"], found["sign"], found["said"].strip()
            if sign == ">":
                steps.append(Step(number, who=who, group=found["group"], said=said))
            else:
                head = who, sign
                texts.append(said)
        else:
            raise ValueError(f"{path.name}:{number}: {line!r}")
    close()
    return Transcript(path.stem, steps)


class Player:
    """Plays a transcript on a stage and compares what every phone shows."""

    def __init__(self, stage: Stage, restarts: bool = False) -> None:
        self.stage, self.restarts = stage, restarts
        self.groups: dict[str, int] = {}
        self.albums: dict[str, int] = {}
        self.link = ""
        self.last_photo: dict[str, int] = {}
        self.seen = 0
        self.toasts: set[str] = set()

    async def play(self, transcript: Transcript) -> None:
        """Every step is done and answered as written, and Telegram had nothing to object to."""
        world = self.stage.fake.world
        for step in transcript.steps:
            place = f"{transcript.name}:{step.number}"
            if step.note is not None:
                await self._note(step.note)
            else:
                await self._act(step)
            self._compare(place, step)
            if self.restarts and step.note is None:
                await self.stage.restart()
                await self.stage.settle()
                self._compare(f"{place}, after the restart", Step(step.number))
        refused = [e for e in world.sent if not e["ok"] and "blocked" not in e["error"]]
        assert not refused, f"{transcript.name}: Telegram refused {refused}"
        assert not world.violations, f"{transcript.name}: {world.violations}"

    # ---- what happens ----

    async def _note(self, note: str) -> None:
        word, rest = note.split(" ", 1)
        stage = self.stage
        if word == "时间":
            stage.clock.set(datetime.strptime(rest, "%Y-%m-%d %H:%M").replace(tzinfo=TZ))
        elif word == "过":
            await self._pass(rest)
        elif word == "到":
            hour, minute = map(int, rest.split(":"))
            now = stage.clock.moment
            then = now.replace(hour=hour, minute=minute, second=0)
            then += timedelta(days=1) if then <= now else timedelta(0)
            await stage.pass_time(seconds=(then - now).total_seconds())
        elif word in ("人", "外人"):
            await self._person(word == "人", rest.split())
        elif word == "群":
            name, *members = rest.split()
            self.groups[name] = GROUP - len(self.groups)
            group = stage.fake.world.group(self.groups[name], name)
            group.members |= {stage.user(member) for member in members}
        elif word == "拉进":
            group_name, _, by = rest.partition(" ")
            await self._member(by or "王芳", "member", self.groups[group_name])
        elif word == "屏蔽":
            await self._member(rest, "kicked", None)
        elif word == "解除":
            await self._member(rest, "member", None)

    async def _person(self, inside: bool, words: list[str]) -> None:
        name, *more = words
        if not inside:
            self.stage.user(name)
            return
        roles = {ROLES[word] for word in more if word in ROLES}
        squad = next((word for word in more if word not in ROLES), None)
        await self.stage.join(name, roles or {Role.OFFICER}, squad)

    async def _pass(self, said: str) -> None:
        number, unit = said.split()[:2]
        seconds = {"秒": 1, "分钟": 60, "小时": 3600, "天": 86400}[unit]
        await self.stage.pass_time(seconds=int(number) * seconds)

    async def _member(self, by: str, status: str, chat: int | None) -> None:
        phones.my_chat_member(self.stage.fake.world, self.stage.user(by), status, chat)
        await self.stage.push_raw(self.stage.fake.world.queue.popleft())

    async def _act(self, step: Step) -> None:
        for pattern, act in ACTS:
            found = re.fullmatch(pattern, step.said)
            if found is not None:
                await act(self, step, found)
                return
        if step.group is None and self._button(step.who, step.said) is not None:
            await self._press(step.who, step.said)
            return
        await self._say(step, step.said)

    async def _say(self, step: Step, text: str) -> None:
        more = {"chat": self.groups[step.group]} if step.group else {}
        await self.stage.says(step.who, text, **more)

    def _button(self, who: str, label: str, on: str = "") -> int | None:
        chat = self.stage.fake.world.chats[self.stage.user(who)]
        for number, message in sorted(chat.messages.items(), reverse=True):
            if on in message.get("text", "") and label in _labels(message):
                return number
        return None

    async def _press(self, who: str, label: str, on: str = "") -> None:
        number = self._button(who, label, on)
        assert number is not None, f"{who} sees no button {label!r} on {on!r}"
        await self.stage.presses(who, label, number)

    async def photo(self, step: Step, found: re.Match[str]) -> None:
        """〔照片〕words, 〔同一相册第 2 张〕words."""
        album = None
        if found["part"]:
            if found["part"] == "1" or step.who not in self.albums:
                self.albums[step.who] = self.stage.fake.world.number()
            album = f"album{self.albums[step.who]}"
        more = {"chat": self.groups[step.group]} if step.group else {}
        shot = jpeg(self.stage.fake.world.number())
        done = await self.stage.shoots(step.who, found["words"] or None, shot, album, **more)
        self.last_photo[step.who] = done["message_id"]

    async def place(self, step: Step, found: re.Match[str]) -> None:
        """〔位置 松江路〕, 〔位置 34.81,117.32〕, 〔位置 松江路 误差 300 米〕."""
        where, bureau = found["where"], self.stage.settings.bureau
        spot = next((s for s in bureau.spots if s.name == where), None)
        lat, lon = (spot.lat, spot.lon) if spot else map(float, where.split(","))
        assert lat is not None
        assert lon is not None
        if found["vague"]:
            world = self.stage.fake.world
            about = {"latitude": lat, "longitude": lon}
            about["horizontal_accuracy"] = float(found["vague"])
            phones.said(world, self.stage.user(step.who), None, {"location": about}, {})
            await self.stage.push_raw(world.queue.popleft())
        else:
            await self.stage.points(step.who, lat, lon)

    async def file(self, step: Step, found: re.Match[str]) -> None:
        """〔语音 6 秒〕, 〔视频 86 MB〕, 〔文件 整改.pdf〕, each with words or without."""
        kind = {"语音": "voice", "视频": "video", "文件": "document"}[found["kind"]]
        about = found["about"]
        more: dict[str, Any] = {"caption": found["words"] or None}
        data = b"OggS voice"
        if kind == "video":
            more["size"] = int(float(about.split()[0]) * 1024 * 1024)
            data = b"v" * more["size"] if more["size"] < 65536 else b"v"
            more["mime"] = "video/mp4"
        if kind == "document":
            more |= {"name": about, "mime": "application/pdf"}
            data = b"%PDF-1.4 paper"
        if kind == "voice":
            more["mime"] = "audio/ogg"
        world, body = self.stage.fake.world, base64.b64encode(data).decode()
        phones.attached(world, kind, self.stage.user(step.who), body, **more)
        await self.stage.push_raw(world.queue.popleft())

    async def open_link(self, step: Step, found: re.Match[str]) -> None:
        """（点链接）: the newest link that any admin was shown."""
        await self.stage.says(step.who, f"/start {self.link}")

    async def reword(self, step: Step, found: re.Match[str]) -> None:
        """（改字：新的话）: the caption of his newest photo."""
        await self.stage.rewords(step.who, self.last_photo[step.who], found["words"])

    async def say(self, step: Step, found: re.Match[str]) -> None:
        """（打字）撤回: words that would else be taken for a press."""
        await self._say(step, found["words"])

    async def press_old(self, step: Step, found: re.Match[str]) -> None:
        """（点 0612-001）撤回: the button on the card that shows this."""
        await self._press(step.who, found["label"], found["on"])

    async def press_of(self, step: Step, found: re.Match[str]) -> None:
        """（用张建国的按钮）撤回: what another's phone shows, pressed on one's own."""
        owner, label, world = found["owner"], found["label"], self.stage.fake.world
        if owner in self.groups:
            number = max(world.chats[self.groups[owner]].messages)
        else:
            number = self._button(owner, label) or 0
            assert number, f"{owner} has no button {label!r}"
        chat = world.chats[self.groups.get(owner, self.stage.people.get(owner, 0))]
        data = phones.find_button(chat.messages[number], label)["callback_data"]
        own = world.chats[self.stage.user(step.who)]
        if not own.messages:
            world.message(own, world.me, {"text": "转来的"})
        await self.stage.presses_forged(step.who, max(own.messages), data)

    async def other(self, step: Step, found: re.Match[str]) -> None:
        """〔贴纸〕, 〔名片〕: what the bot has no use for."""
        content: dict[str, Any] = {"contact": {"phone_number": "1", "first_name": "张"}}
        if found["what"] == "贴纸":
            sticker = {"file_id": "s1", "file_unique_id": "u1", "type": "regular", "width": 512}
            still = {"height": 512, "is_animated": False, "is_video": False}
            content = {"sticker": sticker | still}
        world = self.stage.fake.world
        phones.said(world, self.stage.user(step.who), None, content, {})
        await self.stage.push_raw(world.queue.popleft())

    # ---- what the phones showed ----

    def _compare(self, place: str, step: Step) -> None:
        shown, wanted = self._shown(), list(step.wanted)
        unexpected = []
        for one in shown:
            match = next((w for w in wanted if w.fits(one)), None)
            if match is None:
                unexpected.append(one)
            else:
                wanted.remove(match)
        if unexpected or wanted:
            said = "\n".join(str(one) for one in shown) or "(nothing)"
            missing = "\n".join(str(one) for one in wanted) or "(nothing)"
            raise AssertionError(
                f"{place}: {step.who} > {step.said or step.note}\nthe phones showed:\n{said}\n\n"
                f"what was written and did not happen:\n{missing}"
            )

    def _shown(self) -> list[Shown]:
        world = self.stage.fake.world
        log, self.seen = world.sent[self.seen :], len(world.sent)
        found: dict[tuple[int, int], str] = {}
        marks: list[Shown] = []
        for entry in log:
            if not entry["ok"]:
                continue
            p = entry["params"]
            if entry["method"] == "sendMessage":
                found[p["chat_id"], entry["result"]["message_id"]] = "<"
            elif entry["method"] == "editMessageText":
                found.setdefault((p["chat_id"], p["message_id"]), "~")
            elif entry["method"] == "setMessageReaction":
                emoji = "".join(r["emoji"] for r in p["reaction"])
                marks.append(Shown(self._name(p["chat_id"]), "*", (emoji,)))
            elif entry["method"] == "answerCallbackQuery" and p.get("text"):
                user = world.callbacks[p["callback_query_id"]]["user"]
                marks.append(Shown(self._name(user), "!", tuple(p["text"].split("\n"))))
        return [self._card(chat, number, sign) for (chat, number), sign in found.items()] + marks

    def _card(self, chat: int, number: int, sign: str) -> Shown:
        message = self.stage.fake.world.chats[chat].messages[number]
        link = re.search(r"start=(i_\S+)", message["text"])
        if link is not None:
            self.link = link[1]
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        said = [" ".join(_drawn(button) for button in row) for row in rows]
        keys = self._keys(chat, number)
        text = tuple(line.strip() for line in message["text"].split("\n"))
        return Shown(self._name(chat), sign, text, (*said, *keys))

    def _keys(self, chat: int, number: int) -> list[str]:
        held = self.stage.fake.world.chats[chat]
        if number not in held.reply_markups or held.keyboard is None:
            return []
        rows = held.keyboard["keyboard"]
        return [" ".join(f"{{{key['text']}}}" for key in row) for row in rows]

    def _name(self, chat: int) -> str:
        known = {user: name for name, user in self.stage.people.items()}
        known |= {number: name for name, number in self.groups.items()}
        return known.get(chat, str(chat))


def _labels(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def _drawn(button: dict[str, Any]) -> str:
    label = f"[{button['text']}]"
    return f"[{label}]" if button.get("style") == "primary" else label


Act = Callable[[Player, Step, "re.Match[str]"], Awaitable[None]]

ACTS: tuple[tuple[str, Act], ...] = (
    (r"〔照片〕(?P<part>)(?P<words>.*)", Player.photo),
    (r"〔同一相册第 (?P<part>\d+) 张〕(?P<words>.*)", Player.photo),
    (r"〔位置 (?P<where>[^〕 ]+)(?: 误差 (?P<vague>\d+) 米)?〕", Player.place),
    (r"〔(?P<kind>语音|视频|文件) (?P<about>[^〕]+)〕(?P<words>.*)", Player.file),
    (r"〔(?P<what>贴纸|名片)〕", Player.other),
    (r"（点链接）", Player.open_link),
    (r"（改字：(?P<words>.*)）", Player.reword),
    (r"（打字）(?P<words>.*)", Player.say),
    (r"（点 (?P<on>[^）]+)）(?P<label>.*)", Player.press_old),
    (r"（用(?P<owner>\S+)的按钮）(?P<label>.*)", Player.press_of),
)
"""What people do besides writing and pressing, and how."""
