"""A platform that knows only connections, and does to them what platforms and networks do."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web

from adapters.connection import Address, Connection, Denied, Dialect, Failed, Pace, Pulse, Socket, Work
from adapters.emulation.changes import Changes
from tests.feishu.stage import Counts

TICKET = "ticket-5c1e7d02"
PATIENCE = 5.0
QUICK = Pace(
    first=0.02, most=0.1, proven=0.0, denied=0.04, dial=2.0, grace=0.3, drain=2.0, spread=lambda low, high: high
)
"""Without luck: every pause is as long as it may be. Every connection counts as proven at once."""
UNPROVEN = 1e9

Behaviour = Callable[["Side"], Awaitable[None]]


class Side:
    """The platform's side of one connection."""

    def __init__(self, gateway: Gateway, request: web.Request, ws: web.WebSocketResponse) -> None:
        self.gateway, self.request, self.ws = gateway, request, ws
        self.heard: list[Any] = []
        self.closed = False

    async def says(self, frame: object) -> None:
        await self.ws.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def listens(self) -> None:
        """Until the other side closes; answers pings."""
        async for message in self.ws:
            self.heard.append(json.loads(message.data))
            self.gateway.changed()

    async def answered(self, count: int = 1) -> list[Any]:
        await self.gateway.until(lambda: len(self.heard) >= count, PATIENCE)
        return self.heard

    def aborts(self) -> None:
        """A reset, as when the machine behind it dies."""
        assert self.request.transport is not None
        self.request.transport.abort()


async def stays(side: Side) -> None:
    """What a healthy platform does."""
    await side.listens()


@dataclass(eq=False)
class Gateway(Changes):
    """``behaviours`` in turn, the last one for ever."""

    behaviours: list[Behaviour] = field(default_factory=lambda: [stays])
    answers: list[Address | Failed | Denied | Exception | None] = field(default_factory=lambda: [None])
    """What dialling gives in turn, the last one for ever; None: this gateway's address."""
    url: str = ""
    dials: list[float] = field(default_factory=list)
    opens: list[float] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def connect(self, request: web.Request) -> web.StreamResponse:
        self.opens.append(time.monotonic())
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        side = Side(self, request, ws)
        self.sides.append(side)
        self.changed()
        try:
            await _next(self.behaviours)(side)
        except ConnectionError:
            pass  # the other side is gone
        finally:
            side.closed = True
            self.changed()
        await ws.close()
        return ws

    async def side(self, number: int) -> Side:
        """The platform's side of the connection with this number, from 1."""
        await self.until(lambda: len(self.sides) >= number, PATIENCE)
        return self.sides[number - 1]

    async def closed(self, number: int) -> None:
        side = await self.side(number)
        await self.until(lambda: side.closed, PATIENCE)


def _next(values: list[Any]) -> Any:
    return values.pop(0) if len(values) > 1 else values[0]


@dataclass(eq=False)
class Talk(Dialect):
    """A messenger's side as small as it can be: each frame is answered with itself, once ``work`` is through with it."""

    gateway: Gateway
    beat: Pulse = Pulse()  # noqa: RUF009 frozen
    work: Callable[[Any], Awaitable[None]] | None = None
    alone: bool = False
    greeting: Callable[[Socket], Awaitable[Failed | Denied | None]] | None = None
    dialling: Callable[[], Awaitable[None]] | None = None
    """Done before an address is given."""
    sent: list[bool] = field(default_factory=list)
    """Whether each acknowledgement was written."""

    @property
    def pulse(self) -> Pulse:
        return self.beat

    @property
    def overlaps(self) -> bool:  # type: ignore[override]
        return not self.alone

    async def dial(self) -> Address | Failed | Denied:
        self.gateway.dials.append(time.monotonic())
        self.gateway.changed()
        if self.dialling:
            await self.dialling()
        answer = _next(self.gateway.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer or Address(f"{self.gateway.url}?ticket={TICKET}", note="note")

    async def greet(self, socket: Socket) -> Failed | Denied | None:
        return await self.greeting(socket) if self.greeting else None

    def hear(self, socket: Socket, data: str | bytes) -> Work | None:
        frame = json.loads(data)
        match frame.get("topic"):
            case "ack":
                pass
            case "disconnect":
                socket.retire(frame.get("reason", ""))
            case "kicked":
                socket.kicked("另一处登录了同一个机器人")
            case "revoked":
                socket.denied("密钥已更换")
            case _:
                return partial(self._answer, socket, frame)
        return None

    def ping(self, socket: Socket) -> str | None:
        return json.dumps({"topic": "ping", "note": socket.note})

    async def _answer(self, socket: Socket, frame: Any) -> None:
        if self.work:
            await self.work(frame)
        self.sent.append(await socket.send(json.dumps(frame)))
        self.gateway.changed()


@dataclass(eq=False)
class Line:
    """A connection under test and both its sides."""

    gateway: Gateway
    talk: Talk
    connection: Connection
    counts: Counts

    async def up(self) -> None:
        await self.until(lambda: self.connection.socket)

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - a connection's state tells of no changes
                await asyncio.sleep(0.001)


@asynccontextmanager
async def line(
    *behaviours: Behaviour, pace: Pace = QUICK, answers: list[Any] | None = None, **talk: Any
) -> AsyncIterator[Line]:
    """Started; stopped at the end, and nothing of it is left then."""
    gateway = Gateway(list(behaviours) or [stays], answers or [None])
    app = web.Application()
    app.router.add_get("/connect", gateway.connect)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/connect"
    before = asyncio.all_tasks()
    counts = Counts()
    async with aiohttp.ClientSession() as session:
        heard = Talk(gateway, **talk)
        connection = Connection("test", "测试连接", heard, lambda: session, counts.add, pace)
        await connection.start()
        try:
            yield Line(gateway, heard, connection, counts)
        finally:
            async with asyncio.timeout(PATIENCE):
                await connection.stop()
            left = {task for task in asyncio.all_tasks() - before if "adapters/connect" in str(task.get_coro())}
            assert not left
        await runner.cleanup()


@asynccontextmanager
async def black_hole() -> AsyncIterator[str]:
    """Takes every connection and never says a word."""

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.close()
