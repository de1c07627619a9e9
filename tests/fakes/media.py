"""Photos, documents and albums: how files become message content, for the bot and for people."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.calls import CALLS, change, edited, post, writable
from tests.fakes.rules import Wrong, bad
from tests.fakes.schema import Upload
from tests.fakes.world import Dict, File, World

SIDES = (90, 320, 800, 1280, 2560)
MAX_PHOTO_UPLOAD = 10 << 20
MAX_UPLOAD = MAX_REQUEST = 50 << 20
MAX_SIDES, MAX_RATIO = 10_000, 20
PACKED = ("xlsx", "docx", "pptx", "zip")
MIMES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv", "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg",
}  # fmt: skip
FOLDERS = {
    "photo": ("photos", ".jpg"),
    "document": ("documents", ""),
    "video": ("videos", ".mp4"),
    "voice": ("voice", ".oga"),
    "audio": ("music", ".mp3"),
    "animation": ("animations", ".mp4"),
}
KINDS = tuple(FOLDERS)


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from a JPEG's frame header."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(data[at + 5 : at + 7], "big")
            return int.from_bytes(data[at + 7 : at + 9], "big"), height
        at += 2 + size
    return None


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG or PNG; None for anything else."""
    if data.startswith(b"\xff\xd8"):
        return jpeg_size(data)
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    return None


def photo_sizes(world: World, data: bytes, size: int | None = None, unique: str = "") -> list[Dict]:
    """A PhotoSize array, smallest first; only the last one carries `data`."""
    width, height = image_size(data) or (1280, 960)
    longest = max(width, height, 1)
    sides = [side for side in SIDES[:3] if side < longest] + [min(longest, SIDES[-1])]
    shown = []
    for side in sides:
        last = side == sides[-1]
        content = data if last else b"\xff\xd8\xff a smaller copy, not the picture"
        name = f"{unique}/{side}" if unique else ""
        file = world.file("photos", ".jpg", content, size if last else side * 20, name)
        scale = side / longest
        measures = {"width": max(1, int(width * scale)), "height": max(1, int(height * scale))}
        shown.append({**file.shown(), **measures})
    return shown


def content_of(world: World, kind: str, file: File, name: str, mime: str) -> Dict:
    """The message field of a file that is not a photo."""
    shown: Dict = file.shown()
    if kind in ("document", "audio", "animation"):
        shown.update(file_name=name, mime_type=mime)
    if kind in ("video", "animation"):
        shown.update(width=1280, height=720, mime_type=mime or "video/mp4")
    if kind in ("video", "voice", "audio", "animation"):
        shown["duration"] = 5
    if kind == "voice":
        shown["mime_type"] = mime or "audio/ogg"
    return {kind: shown}


def _upload(world: World, kind: str, upload: Upload) -> Dict:
    if not upload.data:
        raise bad("file must be non-empty")
    if kind == "photo":
        if len(upload.data) > MAX_PHOTO_UPLOAD:
            raise bad("PHOTO_SAVE_FILE_INVALID")
        measures = image_size(upload.data)
        if measures is None and not upload.data.startswith((b"RIFF", b"GIF8")):
            raise bad("IMAGE_PROCESS_FAILED")
        if measures is not None:
            _check_measures(*measures)
        return {"photo": photo_sizes(world, upload.data)}
    folder, suffix = FOLDERS[kind]
    file = world.file(folder, suffix, upload.data)
    ending = upload.name.rpartition(".")[2].lower()
    if ending in PACKED and not upload.data.startswith(b"PK\x03\x04"):
        world.note(f"send {kind}", f"{upload.name} is no {ending} by its first bytes")
    # The server looks at the name, whatever type the part of the form claims.
    return content_of(world, kind, file, upload.name, MIMES.get(ending, upload.content_type))


def _check_measures(width: int, height: int) -> None:
    long, short = max(width, height), min(width, height)
    if not short or width + height > MAX_SIDES or long > MAX_RATIO * short:
        raise bad("PHOTO_INVALID_DIMENSIONS")


def check_uploads(method: str, p: Dict, notes: list[str]) -> None:
    """The request as a whole: not too large, and no file that nothing refers to."""
    uploads = {key: value for key, value in p.items() if isinstance(value, Upload)}
    if not uploads:
        return
    if sum(len(upload.data) for upload in uploads.values()) > MAX_REQUEST:
        raise Wrong(413, "Request Entity Too Large")
    named = json.dumps([value for key, value in p.items() if key not in uploads], default=str)
    direct = ("photo", "document", "video", "voice", "audio", "thumbnail")
    notes += [
        f"{method}: nothing refers to the file {key}"
        for key in uploads
        if key not in direct and f'attach://{key}"' not in named
    ]


def resolve(world: World, p: Dict, kind: str, given: Any) -> Dict:
    """The content for a file given as upload, attach://name or file_id; refuses the rest."""
    if isinstance(given, str) and given.startswith("attach://"):
        given = p.get(given.removeprefix("attach://"))
        if not isinstance(given, Upload):
            raise bad("can't find the attached file in the request")
    if isinstance(given, Upload):
        if len(given.data) > MAX_UPLOAD:
            raise bad("file is too big")
        return _upload(world, kind, given)
    file = world.files.get(given)
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified")
    folder = FOLDERS[kind][0]
    if not file.path.startswith(folder):
        raise bad(f"type of file mismatch: {file.path.split('/')[0]} sent as {kind}")
    if kind == "photo":
        # A picture sent again keeps its identity: the same unique id, a new file_id.
        return {"photo": photo_sizes(world, file.data, unique=file.unique)}
    return content_of(world, kind, file, file.path.split("/")[-1], "")


def captioned(content: Dict, p: Dict) -> Dict:
    """The content with the call's caption, if it has one."""
    content.update({k: p[k] for k in ("caption", "caption_entities") if p.get(k)})
    if p.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


def _sender(kind: str) -> Any:
    def send(world: World, p: Dict) -> Dict:
        chat = writable(world, p)
        return post(world, chat, p, captioned(resolve(world, p, kind, p[kind]), p))

    send.__doc__ = f"The {kind} is in the chat."
    return send


def send_media_group(world: World, p: Dict) -> list[Dict]:
    """All items are in the chat under one media_group_id."""
    chat = writable(world, p)
    ready = [captioned(resolve(world, p, one["type"], one["media"]), one) for one in p["media"]]
    group = str(13_000_000_000_000_000 + world.number())
    return [post(world, chat, p, {**content, "media_group_id": group}) for content in ready]


def edit_message_media(world: World, p: Dict) -> Dict:
    """The message shows the new file; without reply_markup the buttons are gone."""
    _, message = edited(world, p)
    one = p["media"]
    new = captioned(resolve(world, p, one["type"], one["media"]), one)
    return change(
        world, message, p, new, (*KINDS, "text", "entities", "caption", "caption_entities")
    )


CALLS["sendMediaGroup"] = send_media_group
CALLS["editMessageMedia"] = edit_message_media
for _kind in ("photo", "document", "video", "voice"):
    CALLS[f"send{_kind.capitalize()}"] = _sender(_kind)
