"""The envelope around WeCom's callbacks, and the robot's files; bytes in, bytes out, no I/O.

Facts: developer.work.weixin.qq.com/document/path/91144 and npm `@wecom/crypto`. The signature
covers the ciphertext only and bounds no time: against replays stand the keys of the messages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.transports.wecom.config import Callback

PADDED = 32
"""PKCS#7 to a multiple of 32 bytes, though a block of AES has 16."""

SALT, LENGTH = 16, 4
"""Before the message: random bytes, and its length (big endian)."""


class BadEnvelope(Exception):
    """Not from the platform, not for us, or not readable; tells which, never the content."""


class Sealed(NamedTuple):
    """What a callback carries: `msg_signature` of its address and `Encrypt` of its body."""

    signature: str
    encrypted: str


class Envelope:
    """Opens and seals the messages of one app."""

    def __init__(self, callback: Callback) -> None:
        self._token = callback.token
        self._receiver = callback.corp_id.encode()
        self._key = _key(callback.aes_key)

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """The signature that belongs to the three, as hexadecimal SHA-1."""
        signed = "".join(sorted([self._token, timestamp, nonce, encrypted]))
        # Half of a surrogate pair can come from a stranger's address.
        return hashlib.sha1(signed.encode("utf-8", "backslashreplace")).hexdigest()

    def open(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> bytes:
        """The message, signed by the platform and meant for us; raises BadEnvelope."""
        expected = self.signature(timestamp, nonce, encrypted).encode()
        if not hmac.compare_digest(signature.encode("utf-8", "backslashreplace"), expected):
            raise BadEnvelope("wrong signature")
        plain = _decrypt(self._key, _base64(encrypted))
        end = SALT + LENGTH + int.from_bytes(plain[SALT : SALT + LENGTH], "big")
        if len(plain) < SALT + LENGTH or end > len(plain):
            raise BadEnvelope("the length doesn't fit")
        if not hmac.compare_digest(plain[end:], self._receiver):
            raise BadEnvelope("meant for another receiver")
        return plain[SALT + LENGTH : end]

    def seal(
        self, message: bytes, timestamp: str, nonce: str, random: bytes | None = None
    ) -> Sealed:
        """The message as the platform sends it; `random` are 16 bytes, given only by tests."""
        salt = os.urandom(SALT) if random is None else random
        plain = salt + len(message).to_bytes(LENGTH, "big") + message + self._receiver
        pad = PADDED - len(plain) % PADDED
        cipher = Cipher(AES(self._key), CBC(self._key[:16])).encryptor()
        sealed = cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()
        encrypted = base64.b64encode(sealed).decode()
        return Sealed(self.signature(timestamp, nonce, encrypted), encrypted)


def open_file(data: bytes, aeskey: str) -> bytes:
    """The file that the robot's platform encrypted with the file's own key; raises BadEnvelope."""
    return _decrypt(_key(aeskey), data)


def _key(text: str) -> bytes:
    key = _base64(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    if len(key) != 32:
        raise BadEnvelope("the key has not 32 bytes")
    return key


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadEnvelope("not base64") from None


def _decrypt(key: bytes, data: bytes) -> bytes:
    if not data or len(data) % 16:
        raise BadEnvelope("not whole blocks")
    cipher = Cipher(AES(key), CBC(key[:16])).decryptor()
    plain = cipher.update(data) + cipher.finalize()
    pad = plain[-1]
    if not 1 <= pad <= PADDED or plain[-pad:] != bytes([pad]) * pad:
        raise BadEnvelope("wrong padding")
    return plain[:-pad]
