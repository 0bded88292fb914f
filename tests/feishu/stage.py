"""A platform's hand without its emulator: pushes signed and encrypted after the page, an intake that writes down."""

import asyncio
import base64
import hashlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adapters.feishu.config import FeishuConfig
from bot.messages import NOTHING, AnyInbound
from bot.ports import Taken

KEY = "pm-bot-demo-encrypt-key"
TOKEN = "pmbotDemoVerificationToken000001"
NOW = datetime.fromtimestamp(1750000002, UTC)
NONCE = "n0nce42"
PATH = "/channels/feishu/callback"


def config(base_url: str = "http://127.0.0.1:9", **changed: str) -> FeishuConfig:
    known: dict[str, Any] = {
        "name": "feishu",
        "base_url": base_url,
        "app_id": "cli_demo000000000001",
        "app_secret": "demo-app-secret",
        "encrypt_key": KEY,
        "verification_token": TOKEN,
    }
    return FeishuConfig(**(known | changed))


def encrypted(payload: object, key: str = KEY) -> bytes:
    """The body of a push; bytes are taken as they are, anything else as JSON."""
    plain = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    missing = 16 - len(plain) % 16
    iv = bytes(range(16))
    cipher = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(iv)).encryptor()
    raw = iv + cipher.update(plain + bytes([missing]) * missing) + cipher.finalize()
    return json.dumps({"encrypt": base64.b64encode(raw).decode()}).encode()


def signed(body: bytes, at: float = NOW.timestamp() - 1, key: str = KEY) -> dict[str, str]:
    stamp = str(int(at))
    digest = hashlib.sha256((stamp + NONCE + key).encode() + body).hexdigest()
    return {"X-Lark-Request-Timestamp": stamp, "X-Lark-Request-Nonce": NONCE, "X-Lark-Signature": digest}


def nothing_happens(_inbound: AnyInbound) -> None:
    """An intake's deed without one."""


@dataclass
class Desk:
    """An Intake that answers everything alike. ``deed`` runs with each inbound and may raise."""

    taken: Taken = field(default_factory=lambda: Taken(NOTHING))
    inbounds: list[AnyInbound] = field(default_factory=list)
    answers: list[Taken] = field(default_factory=list)
    deed: Callable[[AnyInbound], Awaitable[None] | None] = nothing_happens

    async def take(self, inbound: AnyInbound) -> Taken:
        waiting = self.deed(inbound)
        if waiting is not None:
            await waiting
        self.inbounds.append(inbound)
        return self.taken

    async def answered(self, taken: Taken) -> None:
        self.answers.append(taken)


@asynccontextmanager
async def serve(app: web.Application) -> AsyncIterator[int]:
    """On loopback; yields the port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@dataclass
class Channel:
    """The callback of the channel under test."""

    session: aiohttp.ClientSession
    port: int

    async def post(self, body: Any, headers: dict[str, str] | None = None, method: str = "POST") -> tuple[int, bytes]:
        known = {"Content-Type": "application/json; charset=utf-8"} | (headers or {})
        async with self.session.request(method, PATH, data=body, headers=known) as response:
            return response.status, await response.read()

    async def push(self, payload: object) -> tuple[int, bytes]:
        """Encrypted and signed as the platform does."""
        body = encrypted(payload)
        return await self.post(body, signed(body))


class Counts(Counter[str]):
    """What pushes ended as."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = asyncio.Event()

    def add(self, cause: str) -> None:
        self[cause] += 1
        self._changed.set()

    async def until(self, cause: str) -> None:
        while not self[cause]:
            await asyncio.wait_for(self._changed.wait(), 5)
            self._changed.clear()


def press(button: str, **more: Any) -> dict[str, Any]:
    """card.action.trigger of a button in a single chat."""
    return {
        "schema": "2.0",
        "header": {
            "event_id": "c0000000000000000000000000000001",
            "event_type": "card.action.trigger",
            "create_time": "1750000001123456",
            "token": TOKEN,
            "app_id": "cli_demo000000000001",
            "tenant_key": "tkdemo0000000001",
        },
        "event": {
            "operator": {"tenant_key": "tkdemo0000000001", "open_id": "ou_demo_mgr"},
            "token": "c-demo0000000001",
            "action": {"value": {"b": button}, "tag": "button", **more},
            "context": {"open_message_id": "om_demo_0200", "open_chat_id": "oc_demo_p2p_9"},
        },
    }
