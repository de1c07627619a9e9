"""Our frames are, byte for byte, those of the official SDK for the same acts."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.transports.wecom.robot import frames
from bot.transports.wecom.robot.frames import Frame, Upload

SAMPLE = Path(__file__).parents[2] / "samples" / "wecom-robot-frames.json"
RECORDED = json.loads(SAMPLE.read_text(encoding="utf-8"))["frames"]
OWN_ID = re.compile(r"((?:aibot_)?[a-z_]+)_\d{13}_[0-9a-f]{8}")

CARD = {
    "card_type": "button_interaction",
    "main_title": {"title": "已收 · 松江路 · 占道经营"},
    "sub_title_text": "1 张照片，16:38 收到。",
    "button_list": [
        {"text": "改点位", "style": 1, "key": "v1:a"},
        {"text": "撤回", "style": 2, "key": "v1:b"},
    ],
    "task_id": "TASK",
}
FILE = Upload("file", "周报 6月.xlsx", bytes([7]) * (512 * 1024 + 3))
fresh = frames.request_ids(lambda: datetime(2026, 6, 12, 8, 30, tzinfo=UTC), lambda: "0a1b2c3d")

ACTS: dict[str, list[Frame]] = {
    "subscribe": [frames.subscribe(fresh("aibot_subscribe"), "BOT", "SECRET")],
    "ping": [frames.ping(fresh("ping"))],
    "stream": [frames.stream("CALLBACK", "STREAM", '已收 · **松江路**\n"第 2 次"')],
    "stream unfinished": [frames.stream("CALLBACK", "STREAM", "在查", finish=False)],
    "answer card": [frames.answer("CALLBACK", frames.card(CARD))],
    "answer image": [frames.answer("CALLBACK", frames.media("image", "MEDIA"))],
    "welcome text": [frames.welcome("CALLBACK", frames.text("您好"))],
    "welcome card": [frames.welcome("CALLBACK", frames.card(CARD))],
    "update card": [frames.update("CALLBACK", CARD)],
    "update card for one": [frames.update("CALLBACK", CARD, ["zhangjianguo"])],
    "send markdown": [
        frames.send(fresh("aibot_send_msg"), "zhangjianguo", frames.markdown("还差 1 次"))
    ],
    "send card": [frames.send(fresh("aibot_send_msg"), "zhangjianguo", frames.card(CARD))],
    "send file": [frames.send(fresh("aibot_send_msg"), "GROUP", frames.media("file", "MEDIA"))],
    "upload": [
        FILE.begin(fresh("aibot_upload_media_init")),
        FILE.piece(fresh("aibot_upload_media_chunk"), "UPLOAD", 0),
        FILE.piece(fresh("aibot_upload_media_chunk"), "UPLOAD", 1),
        FILE.end(fresh("aibot_upload_media_finish"), "UPLOAD"),
    ],
}


def on_the_wire(frame: Frame) -> str:
    """The frame's text with its own id made alike, and a long piece shown by its length."""
    text = frames.encode(frame)
    data = frames.words(frame, "body", "base64_data")
    return OWN_ID.sub(r"\1_ID", text.replace(data, f"<{len(data)}>") if len(data) > 100 else text)


@pytest.mark.parametrize("act", sorted({frame["act"] for frame in RECORDED}))
def test_an_act_puts_the_same_bytes_on_the_wire_as_the_official_sdk(act: str) -> None:
    theirs = [OWN_ID.sub(r"\1_ID", one["text"]) for one in RECORDED if one["act"] == act]
    assert [on_the_wire(frame) for frame in ACTS[act]] == theirs


def test_every_act_we_know_was_recorded() -> None:
    assert set(ACTS) == {one["act"] for one in RECORDED}


def test_our_own_ids_look_like_the_sdks() -> None:
    assert OWN_ID.fullmatch(fresh("aibot_send_msg"))


def test_half_of_a_surrogate_pair_does_not_stop_a_frame() -> None:
    assert "?" in frames.encode(frames.stream("R", "S", "坏字\ud800"))


@pytest.mark.parametrize("text", ["", "x", "[1]", "null", '"a"', "[" * 100_000])
def test_what_is_no_frame_is_none(text: str) -> None:
    assert frames.decode(text) is None


def test_raw_control_characters_in_a_frame_are_read() -> None:
    frame = frames.decode('{"headers":{"req_id":"a"},"errmsg":"o\x01k"}')
    assert frames.req_id(frame) == "a"


@pytest.mark.parametrize("frame", [{}, {"headers": 1}, {"headers": {"req_id": 7}}, {"body": []}])
def test_a_frame_without_its_parts_reads_as_empty(frame: Frame) -> None:
    assert frames.req_id(frame) == frames.event_of(frame) == ""


def test_a_file_of_exact_pieces_has_no_empty_last_one() -> None:
    assert Upload("file", "a", bytes(frames.CHUNK)).pieces == 1
    assert Upload("file", "a", bytes(frames.CHUNK + 1)).pieces == 2
