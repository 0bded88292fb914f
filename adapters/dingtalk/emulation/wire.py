"""Signatures of DingTalk's HTTP mode and the shapes of its ids (receive-message, event-callback-card)."""

import base64
import hashlib
import hmac
from datetime import datetime


def sign(timestamp: str, app_secret: str) -> str:
    """`sign` beside a robot message's `timestamp`. It does not cover the body."""
    return _hmac(app_secret, f"{timestamp}\n{app_secret}")


def card_sign(timestamp: str, api_secret: str) -> str:
    """x-ddpaas-signature of a card callback, over its x-ddpaas-signature-timestamp alone."""
    return _hmac(api_secret, timestamp)


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def opaque(*parts: str) -> str:
    """Base64 of a digest, as cid…==, msg…== and processQueryKeys look; always the same for the same parts."""
    return base64.b64encode(hashlib.md5("/".join(parts).encode(), usedforsecurity=False).digest()).decode()
