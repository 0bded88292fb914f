"""Signature and encryption of callbacks (page 1.1). wechatpy turns blocks into blocks; what it leaves unchecked (padding,
length, several receivers, time of comparing) is checked here, and everything that goes wrong is one ValueError."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection

_BLOCK = 32
"""PKCS#7 over 32 bytes, twice the cipher's block."""
_HEAD = 16 + 4
"""Random bytes, then the length of the message."""


def signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """Sorted and joined without a separator: timestamp and nonce must have fixed shapes, or one could grow into the other."""
    return hashlib.sha1("".join(sorted((token, timestamp, nonce, encrypted))).encode()).hexdigest()  # noqa: S324 theirs


def same(one: str, other: str) -> bool:
    """Constant time, for strings of any characters."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


class Codec:
    """For one EncodingAESKey (43 characters)."""

    def __init__(self, encoding_aes_key: str) -> None:
        from wechatpy.enterprise.crypto import PrpCrypto  # brings requests with it: only where WeCom is served

        self._cipher = PrpCrypto(base64.b64decode(encoding_aes_key + "=")).cipher

    def decrypt(self, encrypted: str, receivers: Collection[str]) -> str:
        """The message. ValueError if it is not one, or was not meant for one of these corps."""
        plain = self._plain(encrypted)
        length = int.from_bytes(plain[16:_HEAD], "big")
        message, receiver = plain[_HEAD : _HEAD + length], plain[_HEAD + length :]
        if len(message) != length or not any(hmac.compare_digest(receiver, r.encode()) for r in receivers):
            raise ValueError("undecryptable")
        return message.decode("utf-8")

    def _plain(self, encrypted: str) -> bytes:
        try:
            raw = binascii.a2b_base64(encrypted, strict_mode=True)
            padded: bytes = self._cipher.decrypt(raw)
        except ValueError:
            raise ValueError("undecryptable") from None
        padding = padded[-1] if padded else 0
        if not 1 <= padding <= _BLOCK or padded[-padding:] != bytes([padding]) * padding or len(padded) % _BLOCK:
            raise ValueError("undecryptable")
        return padded[:-padding]
