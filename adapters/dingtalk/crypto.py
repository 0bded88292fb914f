"""Signatures of pushes by HTTP. Neither covers the body, and there is no nonce: TLS and a short window do the rest."""

from __future__ import annotations

import base64
import hashlib
import hmac


def message_signature(timestamp: str, client_secret: str) -> str:
    """Of robot messages (page 2.5)."""
    return _signed(client_secret, f"{timestamp}\n{client_secret}")


def card_signature(timestamp: str, api_secret: str) -> str:
    """Of card callbacks (page 4.5)."""
    return _signed(api_secret, timestamp)


def same(given: str, expected: str) -> bool:
    """Compared in constant time; whatever is not ASCII is never the same."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _signed(key: str, message: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), message.encode(), hashlib.sha256)).decode()
