"""Secrets that have to lie on a disk for a while (a messenger's handle of a file): AES-256-GCM under a derived key."""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


def seal(key: bytes, text: str) -> str:
    nonce = os.urandom(NONCE)
    return urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), None)).decode()


def unseal(keys: Sequence[bytes], sealed: str) -> str | None:
    """With whichever of the keys fits; None if none does, or if it is not what was sealed."""
    try:
        raw = urlsafe_b64decode(sealed)
    except ValueError:
        return None
    for key in keys:
        try:
            return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], None).decode()
        except (InvalidTag, ValueError):
            continue
    return None
