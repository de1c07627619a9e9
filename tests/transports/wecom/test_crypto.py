"""The envelope against the official package's vectors, and against strangers."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.transports.wecom.config import Callback
from bot.transports.wecom.crypto import BadEnvelope, Envelope, open_file

SAMPLES = json.loads((Path(__file__).parents[2] / "samples" / "wecom-callbacks.json").read_text())
SECRETS = SAMPLES["secrets"]
OURS = Callback(SECRETS["corp_id"], SECRETS["token"], SECRETS["aes_key"])
ENVELOPE = Envelope(OURS)
KEY = base64.b64decode(SECRETS["aes_key"] + "=")


def encrypt(plain: bytes, pad: bool = True, key: bytes = KEY) -> bytes:
    """AES as the platform does it, over bytes that need not be a proper envelope."""
    size = 32 - len(plain) % 32
    cipher = Cipher(AES(key), CBC(key[:16])).encryptor()
    return cipher.update(plain + bytes([size]) * size if pad else plain) + cipher.finalize()


def signed(plain: bytes, pad: bool = True) -> bytes:
    """What `open` says to these decrypted bytes, rightly signed."""
    encrypted = base64.b64encode(encrypt(plain, pad)).decode()
    return ENVELOPE.open(ENVELOPE.signature("1", "n", encrypted), "1", "n", encrypted)


def test_there_are_vectors_of_at_least_seventy_lengths() -> None:
    assert len({len(row["message"].encode()) for row in SAMPLES["sealed"]}) >= 70


@pytest.mark.parametrize("row", SAMPLES["sealed"], ids=lambda row: str(len(row["message"])))
def test_the_official_packages_envelope_is_opened_and_made_byte_for_byte(row: Any) -> None:
    given = row["signature"], row["timestamp"], row["nonce"], row["encrypted"]
    assert ENVELOPE.open(*given) == row["message"].encode()
    sealed = ENVELOPE.seal(
        row["message"].encode(), row["timestamp"], row["nonce"], bytes.fromhex(row["random"])
    )
    assert sealed == (row["signature"], row["encrypted"])


def test_every_sealing_has_its_own_random() -> None:
    one, two = (ENVELOPE.seal(b"x", "1", "n") for _ in range(2))
    assert one.encrypted != two.encrypted
    assert ENVELOPE.open(one.signature, "1", "n", one.encrypted) == b"x"


@pytest.mark.parametrize("part", [0, 1, 2, 3])
@pytest.mark.parametrize("change", ["", "x", "\ud800", "é"])
def test_a_changed_part_is_a_wrong_signature(part: int, change: str) -> None:
    sealed = ENVELOPE.seal(b"<xml/>", "1409659589", "263014780")
    parts = [sealed.signature, "1409659589", "263014780", sealed.encrypted]
    parts[part] = parts[part][:-1] + change
    with pytest.raises(BadEnvelope, match="signature"):
        ENVELOPE.open(*parts)


def test_the_signature_is_compared_before_anything_is_decrypted() -> None:
    with pytest.raises(BadEnvelope, match="signature"):
        ENVELOPE.open("0" * 40, "1", "n", "not base64 at all")


def test_another_receivers_message_is_refused() -> None:
    other = Envelope(Callback("ww0000000000000000", OURS.token, OURS.aes_key))
    sealed = other.seal(b"<xml/>", "1", "n")
    with pytest.raises(BadEnvelope, match="receiver"):
        ENVELOPE.open(sealed.signature, "1", "n", sealed.encrypted)


RECEIVER = OURS.corp_id.encode()


@pytest.mark.parametrize(
    ("plain", "pad"),
    [
        (b"", True), (b"x" * 19, True), (b"x" * 16 + b"\0\0\0\x09" + b"short", True),
        (b"x" * 16 + b"\xff\xff\xff\xff" + b"<xml/>" + RECEIVER, True),
        (b"x" * 16 + b"\0\0\0\x06" + b"<xml/>", True),
        (b"x" * 16 + b"\0\0\0\x05" + b"<xml/>" + RECEIVER, True),
        (b"\0" * 32, False), (b"x" * 31 + b"\x21", False), (b"x" * 31 + b"\x02", False),
        (b"\x01" * 15 + b"\x20", False),
    ],
)  # fmt: skip
def test_a_signed_but_malformed_envelope_is_refused(plain: bytes, pad: bool) -> None:
    with pytest.raises(BadEnvelope):
        signed(plain, pad)


@settings(deadline=None)
@given(st.binary(max_size=200).map(lambda data: base64.b64encode(data).decode()) | st.text())
def test_whatever_is_signed_gives_bytes_or_bad_envelope(encrypted: str) -> None:
    with pytest.raises(BadEnvelope):
        ENVELOPE.open(ENVELOPE.signature("1", "n", encrypted), "1", "n", encrypted)


@settings(deadline=None)
@given(st.binary(max_size=150))
def test_whatever_was_encrypted_gives_bytes_or_bad_envelope(plain: bytes) -> None:
    with pytest.raises(BadEnvelope):
        signed(plain)


@pytest.mark.parametrize("key", ["", "abc", "!" * 43, "é" * 43, "A" * 44])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(BadEnvelope):
        Envelope(Callback("ww", "t", key))


@pytest.mark.parametrize("size", [0, 1, 15, 16, 31, 32, 33, 100_000])
@pytest.mark.parametrize("written", [lambda text: text, lambda text: text.rstrip("=")])
def test_the_robots_file_is_opened_with_its_own_key(size: int, written: Any) -> None:
    key, data = os.urandom(32), os.urandom(size)
    aeskey = written(base64.b64encode(key).decode())
    assert open_file(encrypt(data, key=key), aeskey) == data


@pytest.mark.parametrize("data", [b"", b"x", b"x" * 33, b"\0" * 32, encrypt(b"x" * 40)[:32]])
def test_a_broken_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadEnvelope):
        open_file(data, SECRETS["aes_key"])


def test_a_file_whose_key_is_none_is_refused() -> None:
    with pytest.raises(BadEnvelope):
        open_file(b"x" * 32, "??")
