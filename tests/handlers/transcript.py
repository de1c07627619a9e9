"""Reads and plays transcripts: conversations written down as in conversations.md 2.3.

    # 时间 2025-06-12 16:38         the clock, which then stands still
    # 人 张建国 队员 一中队           somebody of the bureau;  # 外人 赵敏  somebody who is not
    # 群 工作群 张建国 赵敏          a group and who is in it
    # 过 31 分钟                    time passes, and what fell due happens;  # 到 8:30  likewise
    # 任务 27 更换 2 路监控；责任人 王志强；责任领导 李主任；责任科室 设备科；时限 2025-06-15；长期
                                  a task of the ledger, as if loaded; also 协办, 要 (wanted), 紧急
    # 拉进 工作群 / # 屏蔽 张建国     the bot is put into the group; he blocks it
    # 只在 Telegram：…               this conversation can't be on the other lines, and why
    # 通讯录认人                     the line's directory says who its members are
    # 没有卡片                       the deployment has no cards
    张建国 > words, a button's label, or one of the acts in `ACTS`
    张建国 < what his phone shows next      ~ a card changed in place      * a mark on his message
    张建国 ! a toast over a press           | goes on      [ ] buttons, [[ ]] primary, { } keys
    @企业微信                       what follows is shown there instead: also @应用, @机器人
    @企业微信 不做：…                the act before it can't be done there, and why

Every message, edit, mark and toast of the bot must be written; one that is not fails the play.
`…` in a bot's line stands for any characters (links, codes); names are the only addresses. How a
line lays out its buttons is its own: off Telegram only their words and order count.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.rules.records import ROLE_NAMES, Role
from storage import people, task_people, tasks
from storage.schema import Transaction
from tests.house import TZ, News, Stage, jpeg

LINE = re.compile(r"^(?P<who>\S+?)(?:在(?P<group>\S+))? (?P<sign>[><~*!]) ?(?P<said>.*)$")
ROLES = {said: role for role, said in ROLE_NAMES.items()}
LINES = {
    "Telegram": ("telegram",), "企业微信": ("wecom", "robot"), "应用": ("wecom",),
    "机器人": ("robot",),
}  # fmt: skip
"""The names of the lines in a transcript."""


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

    def fits(self, seen: Shown, laid_out: bool) -> bool:
        """Whether what was seen is what this says, … for anything; `laid_out` in these rows."""
        mine = (self.who, self.sign, len(self.text), self.buttons(laid_out))
        if mine != (seen.who, seen.sign, len(seen.text), seen.buttons(laid_out)):
            return False
        return all(_like(a, b) for a, b in zip(self.text, seen.text, strict=True))

    def buttons(self, laid_out: bool) -> tuple[str, ...]:
        """The rows as drawn, or only the words of the buttons in order."""
        return self.rows if laid_out else tuple(re.findall(r"[^\[\]{}]+[]}]", " ".join(self.rows)))


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
    elsewhere: dict[str, list[Shown] | None] = field(default_factory=dict)

    def on(self, line: str) -> list[Shown] | None:
        """What is shown on the line; None where the step is left out there."""
        return self.elsewhere.get(line, self.wanted)


@dataclass
class Transcript:
    """A conversation as written."""

    name: str
    steps: list[Step]
    only: tuple[str, ...] = ("telegram", "wecom", "robot")
    directory: bool = False
    has_cards: bool = True

    @property
    def cards(self) -> list[Shown]:
        """Everything the bot says in it."""
        return [shown for step in self.steps for shown in step.wanted]


DOES = re.compile(r"^(时间|人|外人|任务|群|过|到|拉进|屏蔽|解除) ")
ONLY = re.compile(r"只在 ?(?P<lines>[^：]+)：.+")
ELSEWHERE = re.compile(r"@(?P<line>\S+?)(?P<skip> 不做：.+)?")


class Reader:
    """Reads one transcript, line after line."""

    def __init__(self, name: str) -> None:
        self.transcript = Transcript(name, [])
        self._into: list[list[Shown]] = []
        self._head: tuple[str, str] | None = None
        self._texts: list[str] = []
        self._rows: list[str] = []

    def take(self, number: int, line: str) -> None:
        """The line is understood. Raises ValueError where it can't be read."""
        if line.startswith("#"):
            self._note(number, line[1:].strip())
        elif line.startswith("|"):
            self._texts.append(line[1:].strip())
        elif line.startswith(("[", "{")) and self._head is not None:
            self._rows.append(re.sub(r"\s+", " ", line))
        elif line.startswith("@"):
            self._elsewhere(line)
        else:
            self._said(number, line)

    def close(self) -> None:
        """What was read so far of a card is a card."""
        if self._head is not None:
            for into in self._into:
                into.append(Shown(*self._head, tuple(self._texts), tuple(self._rows)))
        self._head = None
        self._texts, self._rows = [], []

    def _note(self, number: int, note: str) -> None:
        if only := ONLY.fullmatch(note):
            names = [LINES[name] for name in only["lines"].split()]
            self.transcript.only = tuple(line for name in names for line in name)
        if note == "通讯录认人":
            self.transcript.directory = True
        if note == "没有卡片":
            self.transcript.has_cards = False
        if DOES.match(note):
            self._step(Step(number, note=note))

    def _step(self, step: Step) -> None:
        self.close()
        self.transcript.steps.append(step)
        self._into = [step.wanted]

    def _elsewhere(self, line: str) -> None:
        self.close()
        found = ELSEWHERE.fullmatch(line)
        if found is None or found["line"] not in LINES:
            raise ValueError(line)
        step, self._into = self.transcript.steps[-1], []
        for name in LINES[found["line"]]:
            shown: list[Shown] | None = None if found["skip"] else []
            step.elsewhere[name] = shown
            if shown is not None:
                self._into.append(shown)

    def _said(self, number: int, line: str) -> None:
        found = LINE.match(line)
        if found is None:
            raise ValueError(line)
        said = found["said"].strip()
        if found["sign"] == ">":
            self._step(Step(number, who=found["who"], group=found["group"], said=said))
        else:
            self.close()
            self._head = found["who"], found["sign"]
            self._texts = [said]


def read(path: Path) -> Transcript:
    """The transcript in a file. Raises ValueError with the line that can't be read."""
    reader = Reader(path.stem)
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            if raw.strip():
                reader.take(number, raw.strip())
        except ValueError:
            raise ValueError(f"{path.name}:{number}: {raw!r}") from None
    reader.close()
    return reader.transcript


def _belongs(tx: Transaction, name: str, department: str) -> None:
    for person in people.named(tx, name):
        people.change(tx, person.id, department=department)


def _task(tx: Transaction, number: int, title: str, said: dict[str, str], now: datetime) -> None:
    due = date.fromisoformat(said["时限"]) if "时限" in said else None
    made = tasks.add(
        tx, number, now, title=title, due=due, wants=said.get("要", ""), ref=str(number),
        department=said.get("责任科室"), long_term="长期" in said, urgent="紧急" in said,
    )  # fmt: skip
    for part, word in (("owner", "责任人"), ("helper", "协办"), ("leader", "责任领导")):
        if word in said:
            known = people.named(tx, said[word])
            task_people.name(tx, made, part, [(said[word], known[0].id if known else None)])


class Player:
    """Plays a transcript on a stage and compares what every phone shows."""

    def __init__(self, stage: Stage, restarts: bool = False) -> None:
        self.stage, self.restarts = stage, restarts
        self.albums: dict[str, int] = {}
        self.link = ""
        self.last_photo: dict[str, int] = {}
        self.shots = 0

    async def play(self, transcript: Transcript) -> None:
        """Every step is done and answered as written, and the platform had nothing to object to."""
        for step in transcript.steps:
            wanted = step.on(self.stage.line)
            if wanted is None:
                continue
            await self.act(step)
            place = f"{transcript.name}:{step.number}"
            self._compare(place, step, wanted)
            if self.restarts and step.note is None:
                await self.stage.restart()
                await self.stage.settle()
                self._compare(f"{place}, after the restart", step, [])
        objections = self.stage.objections()
        assert not objections, f"{transcript.name}: the platform objected: {objections}"

    async def act(self, step: Step) -> None:
        """The step is done, and what comes of it has come."""
        if step.note is not None:
            await self._note(step.note)
        else:
            await self._act(step)

    # ---- what happens ----

    async def _note(self, note: str) -> None:
        word, rest = note.split(" ", 1)
        stage = self.stage
        if word == "时间":
            stage.clock.set(datetime.strptime(rest, "%Y-%m-%d %H:%M").replace(tzinfo=TZ))
            await stage.pass_time()
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
        elif word == "任务":
            await self._task(rest.split("；"))
        elif word == "群":
            name, *members = rest.split()
            stage.founds(name, members)
        elif word == "拉进":
            group_name, _, by = rest.partition(" ")
            await stage.invites_into(group_name, by or "王芳")
        elif word in ("屏蔽", "解除"):
            await stage.blocks(rest, word == "解除")

    async def _person(self, inside: bool, words: list[str]) -> None:
        name, *more = words
        if not inside:
            self.stage.user(name)
            return
        roles = {ROLES[word] for word in more if word in ROLES}
        group = next((word for word in more if word not in ROLES), None)
        department = group if group is not None and group.endswith("科") else None
        await self.stage.join(name, roles or {Role.OFFICER}, None if department else group)
        if department is not None:
            await self.stage.write(_belongs, name, department)

    async def _task(self, words: list[str]) -> None:
        """A task of the ledger is there, as if it had been loaded."""
        number, title = words[0].split(" ", 1)
        said = dict(word.partition(" ")[::2] for word in words[1:])
        await self.stage.write(_task, int(number), title, said, self.stage.clock.now())

    async def _pass(self, said: str) -> None:
        number, unit = said.split()[:2]
        seconds = {"秒": 1, "分钟": 60, "小时": 3600, "天": 86400}[unit]
        await self.stage.pass_time(seconds=int(number) * seconds)

    async def _act(self, step: Step) -> None:
        for pattern, act in ACTS:
            found = re.fullmatch(pattern, step.said)
            if found is not None:
                await act(self, step, found)
                return
        if step.group is None and self.stage.button(step.who, step.said) is not None:
            await self._press(step.who, step.said)
            return
        await self._say(step, step.said)

    async def _say(self, step: Step, text: str) -> None:
        await self.stage.says(step.who, text, **self._where(step))

    def _where(self, step: Step) -> dict[str, Any]:
        return {"chat": self.stage.groups[step.group]} if step.group else {}

    async def _press(self, who: str, label: str, on: str = "") -> None:
        number = self.stage.button(who, label, on)
        assert number is not None, f"{who} sees no button {label!r} on {on!r}"
        await self.stage.presses(who, label, number)

    async def photo(self, step: Step, found: re.Match[str]) -> None:
        """〔照片〕words, 〔同一相册第 2 张〕words."""
        album = None
        self.shots += 1
        if found["part"]:
            if found["part"] == "1" or step.who not in self.albums:
                self.albums[step.who] = self.shots
            album = f"album{self.albums[step.who]}"
        shot = jpeg(self.shots)
        words = found["words"] or None
        done = await self.stage.shoots(step.who, words, shot, album, **self._where(step))
        self.last_photo[step.who] = done["message_id"]

    async def place(self, step: Step, found: re.Match[str]) -> None:
        """〔位置 松江路〕, 〔位置 34.81,117.32〕, 〔位置 松江路 误差 300 米〕."""
        where, bureau = found["where"], self.stage.settings.bureau
        spot = next((s for s in bureau.spots if s.name == where), None)
        lat, lon = (spot.lat, spot.lon) if spot else map(float, where.split(","))
        assert lat is not None
        assert lon is not None
        if found["vague"]:
            about = {"latitude": lat, "longitude": lon}
            about["horizontal_accuracy"] = float(found["vague"])
            await self.stage.sends_other(step.who, {"location": about})
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
        await self.stage.attaches(step.who, kind, data, **more)

    async def open_link(self, step: Step, found: re.Match[str]) -> None:
        """（点链接）: the newest link that any admin was shown."""
        await self.stage.says(step.who, self.link)

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
        await self.stage.presses_of(step.who, found["owner"], found["label"])

    async def other(self, step: Step, found: re.Match[str]) -> None:
        """〔贴纸〕, 〔名片〕: what the bot has no use for."""
        content: dict[str, Any] = {"contact": {"phone_number": "1", "first_name": "张"}}
        if found["what"] == "贴纸":
            sticker = {"file_id": "s1", "file_unique_id": "u1", "type": "regular", "width": 512}
            still = {"height": 512, "is_animated": False, "is_video": False}
            content = {"sticker": sticker | still}
        await self.stage.sends_other(step.who, content)

    async def enter(self, step: Step, found: re.Match[str]) -> None:
        """（打开应用）: the app is opened on the phone."""
        await self.stage.enters(step.who)

    async def click(self, step: Step, found: re.Match[str]) -> None:
        """（菜单）我的待办: a key of the app's menu."""
        await self.stage.clicks(step.who, found["key"])

    async def snap(self, step: Step, found: re.Match[str]) -> None:
        """（拍照上报）松江路: a picture by the app's camera key, then words."""
        self.shots += 1
        await self.stage.snaps(step.who, [jpeg(self.shots)], found["words"])

    # ---- what the phones showed ----

    def _compare(self, place: str, step: Step, written: list[Shown]) -> None:
        shown, wanted = self.shown(), list(written)
        unexpected = []
        laid_out = self.stage.line == "telegram"
        for one in shown:
            match = next((w for w in wanted if w.fits(one, laid_out)), None)
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

    def shown(self) -> list[Shown]:
        """What the phones showed since the last look."""
        return [self._shown(one) for one in self.stage.news()]

    def _shown(self, one: News) -> Shown:
        link = re.search(r"start=(i_\S+)|(邀请码 \S+)", one.text)
        if link is not None:
            self.link = link[2] or f"/start {link[1]}"
        rows = [" ".join(f"[[{t}]]" if main else f"[{t}]" for t, main in row) for row in one.rows]
        keys = [" ".join(f"{{{key}}}" for key in row) for row in one.keys]
        text = tuple(line.strip() for line in one.text.split("\n"))
        return Shown(self._name(one.chat), one.sign, text, (*rows, *keys))

    def _name(self, chat: int) -> str:
        known = {user: name for name, user in self.stage.people.items()}
        known |= {number: name for name, number in self.stage.groups.items()}
        return known.get(chat, str(chat))


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
    (r"（打开应用）", Player.enter),
    (r"（菜单）(?P<key>.*)", Player.click),
    (r"（拍照上报）(?P<words>.*)", Player.snap),
)
"""What people do besides writing and pressing, and how."""
