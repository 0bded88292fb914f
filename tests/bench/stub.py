"""The messenger's side for measuring: answers every call at once and remembers when it came. One thread, no framework.

It runs in a process of its own and talks over a pipe: ``count()``, ``arrivals()``, ``forget()``.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

SPAWN = multiprocessing.get_context("spawn")
TOKEN = b'{"code":0,"msg":"ok","tenant_access_token":"t-stub","expire":7200}'
BOT = b'{"code":0,"msg":"ok","bot":{"activate_status":2,"app_name":"stub","open_id":"ou_stub"}}'
DONE = b'{"code":0,"msg":"success","data":{"message_id":"om_%d"}}'


class _Calls(asyncio.Protocol):
    """As much of HTTP/1.1 as one well-behaved client needs; ``arrivals`` are machine times of messages and edits."""

    def __init__(self, arrivals: list[float]) -> None:
        self._arrivals = arrivals
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            length = head.find(b"content-length:")
            size = int(head[length + 15 :].split(b"\r\n", 1)[0]) if length >= 0 else 0
            if len(self._buffer) < end + 4 + size:
                return
            self._buffer = self._buffer[end + 4 + size :]
            self._answer(head.split(b" ", 2)[1])

    def _answer(self, path: bytes) -> None:
        if path.startswith(b"/open-apis/im/v1/messages"):
            self._arrivals.append(time.monotonic())
            body = DONE % len(self._arrivals)
        else:
            body = TOKEN if b"tenant_access_token" in path else BOT
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


class Stub:
    """The handle of the running stub."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.base_url = str(pipe.recv())

    def count(self) -> int:
        return int(self._ask("count"))

    def arrivals(self) -> list[float]:
        """Instants of all messages and edits, in seconds of the machine's monotonic clock."""
        return list(self._ask("arrivals"))

    def forget(self) -> None:
        self._ask("forget")

    def _ask(self, what: str) -> Any:
        self._pipe.send(what)
        return self._pipe.recv()


@contextmanager
def stub(core: int) -> Iterator[Stub]:
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(there, core), daemon=True)
    process.start()
    try:
        yield Stub(here)
    finally:
        process.terminate()
        process.join()


def _run(pipe: Connection, core: int) -> None:
    os.sched_setaffinity(0, {core})
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    arrivals: list[float] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Calls(arrivals), "127.0.0.1", 0, backlog=1024)
    pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    def answer() -> None:
        match pipe.recv():
            case "count":
                pipe.send(len(arrivals))
            case "arrivals":
                pipe.send(list(arrivals))
            case _:
                arrivals.clear()
                pipe.send(None)

    loop.add_reader(pipe.fileno(), answer)
    await asyncio.Event().wait()
