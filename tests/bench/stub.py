"""The messengers' side for measuring: answers every call at once and remembers when it came. One thread, no framework.

It runs in a process of its own and talks over a pipe: ``count()``, ``arrivals()``, ``calls()``, ``forget()``.
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
OTHERS_TOKEN = (
    b'{"errcode":0,"errmsg":"ok","access_token":"stub","accessToken":"stub","expires_in":7200,"expireIn":7200}'
)
WECOM_DONE = b'{"errcode":0,"errmsg":"ok","msgid":"m%d","response_code":"c%d"}'
DINGTALK_DONE = (
    b'{"success":true,"processQueryKey":"q%d","result":{"deliverResults":[{"success":true,"carrierId":"c%d"}]}}'
)
SENDS = {  # in lower case, as the head is read
    b"/open-apis/im/v1/messages": "feishu",
    b"/cgi-bin/message/send": "wecom",
    b"/v1.0/card/instances/createanddeliver": "dingtalk",
    b"/v1.0/robot/otomessages/batchsend": "dingtalk",
}
NOTICE = b"GG301"


class _Calls(asyncio.Protocol):
    """As much of HTTP/1.1 as one well-behaved client needs; ``calls`` are messages and edits: where, when, of a broadcast."""

    def __init__(self, calls: list[tuple[str, float, bool]]) -> None:
        self._calls = calls
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
            said = self._buffer[end + 4 : end + 4 + size]
            self._buffer = self._buffer[end + 4 + size :]
            self._answer(head.split(b" ", 2)[1], said)

    def _answer(self, path: bytes, said: bytes) -> None:
        messenger = next((name for start, name in SENDS.items() if path.startswith(start)), "")
        if messenger:
            self._calls.append((messenger, time.monotonic(), NOTICE in said))
            number = len(self._calls)
            done = {"feishu": DONE, "wecom": WECOM_DONE, "dingtalk": DINGTALK_DONE}[messenger]
            body = done % ((number,) * done.count(b"%d"))
        elif path.startswith(b"/open-apis"):
            body = TOKEN if b"tenant_access_token" in path else BOT
        else:
            body = OTHERS_TOKEN
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

    def calls(self) -> list[tuple[str, float, bool]]:
        """(messenger, instant, whether it is about GG301) of all messages and edits."""
        return list(self._ask("calls"))

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
    calls: list[tuple[str, float, bool]] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Calls(calls), "127.0.0.1", 0, backlog=1024)
    pipe.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    def answer() -> None:
        match pipe.recv():
            case "count":
                pipe.send(len(calls))
            case "arrivals":
                pipe.send([at for _, at, _ in calls])
            case "calls":
                pipe.send(list(calls))
            case _:
                calls.clear()
                pipe.send(None)

    loop.add_reader(pipe.fileno(), answer)
    await asyncio.Event().wait()
