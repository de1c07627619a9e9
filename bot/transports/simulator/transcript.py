"""The played session in the notation of the conversations' specification.

    人名 > a person acts        人名 < the bot's card       | goes on
    人名 ~ card edited          人名 * reaction             # note or clock
    [ ] buttons, [[ ]] primary, one line = one row

Knows messages; knows nobody who sends them.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.transports.simulator.chats import Button, Message

_INDENT = "     "
_WEEKDAYS = "一二三四五六日"


class Transcript:
    """Grows by a few lines with everything that is done or shown."""

    def __init__(self, tz: ZoneInfo, lines: list[str] | None = None) -> None:
        self._tz = tz
        self.lines = lines or []
        self._minute = ""

    def acted(self, name: str, words: str, at: int) -> None:
        """The person did this on the phone."""
        self._tell_time(at)
        self.lines.append(f"{name} > {words}")

    def shown(self, name: str, message: Message, at: int, sign: str = "<") -> None:
        """The bot's message appeared (`<`) or changed (`~`) on this phone."""
        self._tell_time(at)
        words = f"{_picture(message)}{message.text}".split("\n")
        self.lines.append(f"{name} {sign} {words[0]}")
        self.lines += [f"{_INDENT}| {line}" for line in words[1:] if line]
        self.lines += [f"{_INDENT}{' '.join(map(_button, row))}" for row in message.buttons]

    def reacted(self, name: str, emoji: str, at: int) -> None:
        """The bot put a reaction on this person's message."""
        self._tell_time(at)
        self.lines.append(f"{name} * {emoji}")

    def note(self, words: str) -> None:
        """Something that nobody said."""
        self.lines.append(f"{_INDENT}# {words}")

    def text(self) -> str:
        """The whole session so far."""
        return "\n".join(self.lines) + "\n" if self.lines else "# 还没有对话\n"

    def _tell_time(self, at: int) -> None:
        moment = datetime.fromtimestamp(at, self._tz)
        day = f"{moment:%Y-%m-%d} 星期{_WEEKDAYS[moment.weekday()]}"
        minute = f"{day} {moment:%H:%M}"
        if minute != self._minute:
            same_day = self._minute.startswith(day)
            self.lines.append(f"# {moment:%H:%M}" if same_day else f"# {minute}")
            self._minute = minute


def acted_words(message: Message, nth_of_album: int = 1) -> str:
    """What a person's message is called: its text behind the name of what was sent."""
    if message.place is not None:
        return "〔位置 {:.5f},{:.5f}〕".format(*message.place)
    if nth_of_album > 1:
        return f"〔同一相册第 {nth_of_album} 张〕{message.text}"
    if message.file is None:
        return message.text
    names = {"photo": "照片", "voice": "语音", "video": f"视频 {message.file.name}"}
    return f"〔{names.get(message.file.kind, '文件 ' + message.file.name)}〕{message.text}"


def _picture(message: Message) -> str:
    if message.file is None:
        return ""
    return "〔图〕" if message.file.kind == "photo" else f"〔{message.file.name}〕"


def _button(button: Button) -> str:
    return f"[[{button.text}]]" if button.style == "primary" else f"[{button.text}]"
