"""What a platform refuses, drops or cannot show: Telegram's bounds and those of WeCom.

Numbers and their sources: docs on conversations, 1.1 and 1.2. Pure; knows no state but a count of
what was sent in the last minute.
"""

from __future__ import annotations

from collections import defaultdict, deque

from bot.transports.simulator.chats import Button, Message

CODE_SECONDS = 72 * 3600
RECALL_SECONDS = {"telegram": 48 * 3600, "wecom": 24 * 3600}
QUERY_SECONDS = 120
DOWNLOAD_BYTES = 20 * 1024 * 1024
UPLOAD_BYTES, PHOTO_BYTES = 50 * 1024 * 1024, 10 * 1024 * 1024
PHOTO_SIDES, PHOTO_RATIO = 10_000, 20
ALBUM_PHOTOS = 10
TEXT_UNITS, CAPTION_UNITS = 4096, 1024
WECOM_BUTTONS, WECOM_BUTTON_CHARACTERS, WECOM_A_MINUTE = 6, 10, 30
TELEGRAM_GROUP_A_MINUTE = 20

_EMOJI = """
❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡
🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍
🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
REACTIONS = frozenset(_EMOJI.split())


class Rejected(Exception):
    """The platform answers a call of the bot with an error, in the Bot API's words."""

    def __init__(self, description: str, code: int = 400, retry_after: int | None = None) -> None:
        self.description, self.code, self.retry_after = description, code, retry_after
        super().__init__(description)


class Pace:
    """Counts what went to each chat in the last minute of the simulated clock."""

    def __init__(self) -> None:
        self._sent: defaultdict[int, deque[int]] = defaultdict(deque)

    def wait(self, chat: int, now: int, most: int) -> int:
        """0 and the message is counted, or the seconds until one more is allowed."""
        sent = self._sent[chat]
        while sent and not now - 60 < sent[0] <= now:
            sent.popleft()
        if len(sent) >= most:
            return sent[0] + 60 - now
        sent.append(now)
        return 0


def check_words(text: str, captioned: bool) -> None:
    """Passes what Telegram would take as a text or caption; else raises Rejected."""
    units = len(text.encode("utf-16-le")) // 2
    if not captioned and not text.strip():
        raise Rejected("Bad Request: message text is empty")
    if units > (CAPTION_UNITS if captioned else TEXT_UNITS):
        raise Rejected(f"Bad Request: message {'caption ' if captioned else ''}is too long")


def check_upload(size: int) -> None:
    """Passes a file that Telegram would take; else raises Rejected."""
    if size > UPLOAD_BYTES:
        raise Rejected("Request Entity Too Large", 413)


def check_photo(size: int, measures: tuple[int, int] | None) -> None:
    """Passes a photo that Telegram would take; `measures` is None for what is no picture."""
    if size > PHOTO_BYTES:
        raise Rejected("Bad Request: PHOTO_SAVE_FILE_INVALID")
    if measures is None:
        raise Rejected("Bad Request: IMAGE_PROCESS_FAILED")
    if sum(measures) > PHOTO_SIDES or max(measures) > PHOTO_RATIO * min(measures):
        raise Rejected("Bad Request: PHOTO_INVALID_DIMENSIONS")


def check_buttons(rows: list[list[Button]]) -> None:
    """Passes buttons that Telegram would take; else raises Rejected."""
    for button in (button for row in rows for button in row):
        if not button.text.strip():
            raise Rejected(
                "Bad Request: can't parse inline keyboard button: Text must be non-empty"
            )
        if not (button.data or button.url or button.copy):
            raise Rejected("Bad Request: Text buttons are unallowed in the inline keyboard")
        if button.data and len(button.data.encode()) > 64:
            raise Rejected("Bad Request: BUTTON_DATA_INVALID")


def wecom_complaints(rows: list[list[Button]]) -> list[str]:
    """What WeCom can't show of these buttons, one sentence each."""
    buttons = [button for row in rows for button in row]
    found = [
        f"按钮「{b.text}」超过 {WECOM_BUTTON_CHARACTERS} 个字"
        for b in buttons
        if len(b.text) > WECOM_BUTTON_CHARACTERS
    ]
    if len(buttons) > WECOM_BUTTONS:
        found.insert(0, f"一张卡片有 {len(buttons)} 个按钮，最多 {WECOM_BUTTONS} 个")
    return found


def may_update(message: Message, now: int) -> bool:
    """Whether WeCom has an unused response code for this card."""
    return message.code_until is not None and now <= message.code_until
