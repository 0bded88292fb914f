"""Signature and encryption of pushes (page 1.3). Everything that goes wrong is one ValueError: no oracle."""

from __future__ import annotations

import binascii
import hashlib
import hmac

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16


def signature(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """Over the raw body as received. The timestamp must have a fixed length, or it and the nonce could be shifted."""
    return hashlib.sha256((timestamp + nonce + encrypt_key).encode() + body).hexdigest()


def same(one: str, other: str) -> bool:
    """Constant time, for strings of any characters."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def decrypt(encrypted: str, encrypt_key: str) -> bytes:
    """base64(iv ‖ AES-256-CBC(PKCS#7(plain))) under SHA-256 of the key. ValueError if it is not that."""
    try:
        raw = binascii.a2b_base64(encrypted, strict_mode=True)
        key = hashlib.sha256(encrypt_key.encode()).digest()
        cipher = Cipher(algorithms.AES(key), modes.CBC(raw[:_BLOCK])).decryptor()
        padded = cipher.update(raw[_BLOCK:]) + cipher.finalize()
        unpadder = padding.PKCS7(_BLOCK * 8).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        raise ValueError("undecryptable") from None
