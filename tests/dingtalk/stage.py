"""A channel without a platform behind it: its configuration, a meter, signed requests."""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.dingtalk.config import DingtalkConfig

CLIENT, SECRET, CARD_SECRET = "dingq7xv2m4kfjzpw3ta", "Zk3v-demo-client-secret", "demo-card-api-secret"
TEMPLATE = "0d6c1f22-7c35-4a86-b1a5-3e9f40aa9c11.schema"
NOW = datetime.fromtimestamp(1790000002, UTC)
PATH = "/channels/dingtalk/callback"


def config(base_url: str = "http://127.0.0.1:9", **changed: Any) -> DingtalkConfig:
    known: dict[str, Any] = {
        "name": "dingtalk",
        "base_url": base_url,
        "legacy_base_url": "https://oapi.dingtalk.com",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "robot_code": CLIENT,
        "card_template_id": TEMPLATE,
        "card_api_secret": CARD_SECRET,
        "stream": True,
        "callback_url": f"https://bot.example.com{PATH}",
    }
    return DingtalkConfig(**(known | changed))


class Count(Counter[str]):
    """A month's meter; ``said`` is what HQ would be told."""

    def __init__(self, spent: Mapping[str, int] | None = None) -> None:
        super().__init__(spent or {})
        self.said: dict[str, str] = {}

    def warn(self, about: str, text: str, *, daily: bool = False, mute: bool = False) -> None:
        self.said.setdefault(f"{about}{'/day' if daily else ''}{'/mute' if mute else ''}", text)

    def spend(self, kind: str) -> None:
        self[kind] += 1

    def spent(self) -> dict[str, int]:
        return dict(self)


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def signed(at: float = NOW.timestamp(), secret: str = SECRET) -> dict[str, str]:
    """Of a robot message."""
    stamp = str(round(at * 1000))
    return {"timestamp": stamp, "sign": _hmac(secret, f"{stamp}\n{secret}")}


def card_signed(at: float = NOW.timestamp(), secret: str = CARD_SECRET) -> dict[str, str]:
    stamp = str(round(at * 1000))
    return {"x-ddpaas-signature-timestamp": stamp, "x-ddpaas-signature": _hmac(secret, stamp)}
