"""Load on a callback address: signed and encrypted pushes, prepared beforehand, over kept connections.

The generator is a process of its own and cheaper than what it measures: it writes finished bytes.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.feishu.emulation.wire import compact, encrypt, sign
from tests.bench.stub import SPAWN

KEY = "pm-bot-demo-encrypt-key"
TOKEN = "pmbotDemoVerificationToken000001"
APP, TENANT = "cli_demo000000000000", "tkdemo0000000000"


@dataclass(frozen=True, slots=True)
class Answered:
    """When each push was sent and how long its answer took, in seconds; ``failed`` were answered with no 200."""

    sent: list[float]
    took: list[float]
    failed: int

    @property
    def per_second(self) -> float:
        return len(self.sent) / (max(s + t for s, t in zip(self.sent, self.took, strict=True)) - self.sent[0])

    def at(self, percent: float) -> float:
        return quantile(self.took, percent)


def quantile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def message(number: int, open_id: str, text: str) -> bytes:
    """A whole HTTP request: im.message.receive_v1 as the platform pushes it."""
    stamp = str(int(time.time() * 1000))
    event = {
        "sender": {"sender_id": {"open_id": open_id}, "sender_type": "user", "tenant_key": TENANT},
        "message": {
            "message_id": f"om_bench_{os.getpid()}_{number}",
            "create_time": stamp,
            "chat_id": f"oc_{open_id}",
            "chat_type": "p2p",
            "message_type": "text",
            "content": json.dumps({"text": text}, ensure_ascii=False),
        },
    }
    header = {
        "event_id": f"bench{os.getpid()}x{number}",
        "event_type": "im.message.receive_v1",
        "create_time": stamp,
        "token": TOKEN,
        "app_id": APP,
        "tenant_key": TENANT,
    }
    return request({"schema": "2.0", "header": header, "event": event})


def request(payload: dict[str, Any]) -> bytes:
    body = compact({"encrypt": encrypt(compact(payload).encode(), KEY)}).encode()
    seconds, nonce = str(int(time.time())), os.urandom(8).hex()
    head = (
        "POST /channels/feishu/callback HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Lark-Request-Timestamp: {seconds}\r\nX-Lark-Request-Nonce: {nonce}\r\n"
        f"X-Lark-Signature: {sign(seconds, nonce, KEY, body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """One request at a time; ``answer`` is its status."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._answer: asyncio.Future[int] | None = None
        self.lost = False

    def ask(self, raw: bytes) -> asyncio.Future[int]:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(raw)
        return self._answer

    def data_received(self, data: bytes) -> None:
        if self._answer and not self._answer.done() and data.startswith(b"HTTP/1.1 "):
            self._answer.set_result(int(data[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if self._answer and not self._answer.done():
            self._answer.set_result(0)


def drive(address: str, raws: Sequence[bytes], concurrency: int, core: int, rate: float = 0.0) -> Answered:
    """Sends them all, in a process of its own. ``rate``: so many a second, whatever the answers do; 0: as fast as they do."""
    with SPAWN.Pool(1, initializer=os.sched_setaffinity, initargs=(0, {core})) as pool:
        return pool.apply(_drive, (address, raws, concurrency, rate))


def _drive(address: str, raws: Sequence[bytes], concurrency: int, rate: float) -> Answered:
    return asyncio.run(_steady(address, raws, rate) if rate else _at_once(address, raws, concurrency))


async def _connect(address: str) -> _Connection:
    host, _, port = address.removeprefix("http://").partition(":")
    _, connection = await asyncio.get_running_loop().create_connection(_Connection, host, int(port))
    return connection


async def _at_once(address: str, raws: Sequence[bytes], concurrency: int) -> Answered:
    waiting, answered = iter(raws), Answered([], [], 0)
    failed = 0

    async def one() -> None:
        nonlocal failed
        connection = await _connect(address)
        for raw in waiting:
            failed += not await _timed(connection, raw, answered)

    await asyncio.gather(*(one() for _ in range(concurrency)))
    return Answered(answered.sent, answered.took, failed)


async def _steady(address: str, raws: Sequence[bytes], rate: float) -> Answered:
    free = [await _connect(address) for _ in range(64)]
    answered, failed, under_way = Answered([], [], 0), 0, set()
    began = time.monotonic()

    async def one(raw: bytes) -> None:
        nonlocal failed
        connection = free.pop()
        if connection.lost:  # nothing was asked on it for long: the server has let it go
            connection = await _connect(address)
        failed += not await _timed(connection, raw, answered)
        free.append(connection)

    for number, raw in enumerate(raws):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        task = asyncio.create_task(one(raw))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    while under_way:
        await asyncio.wait(under_way)
    return Answered(answered.sent, answered.took, failed)


async def _timed(connection: _Connection, raw: bytes, answered: Answered) -> bool:
    began = time.monotonic()
    status = await connection.ask(raw)
    answered.sent.append(began)
    answered.took.append(time.monotonic() - began)
    return status == 200
