"""The Stream gateway: tickets, web sockets, frames and their acknowledgements (1.1 to 1.5)."""

import asyncio
import itertools
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from adapters.dingtalk.emulation.errors import ApiError
from adapters.dingtalk.emulation.front import Ask, Route, only
from adapters.dingtalk.emulation.limits import Tokens
from adapters.dingtalk.emulation.wire import stamp
from adapters.dingtalk.emulation.world import World
from adapters.emulation.wire import JSON, compact, parse

TICKET_SECONDS = 90.0
CALLBACKS = (
    *("/v1.0/im/bot/messages/get", "/v1.0/im/bot/messages/delegate"),
    *("/v1.0/card/instances/callback", "/v1.0/graph/api/invoke"),
)
_APP_ID = "7d0c93e4-2b1f-4a6c-9e77-0c5d1f3ab216"


@dataclass(frozen=True, slots=True)
class Ack:
    code: int
    message: str
    data: Any


@dataclass(slots=True, eq=False)
class Connection:
    """One web socket. `leaving`: told to disconnect, gets no more pushes. `stalled`: half dead, open and mute."""

    connection_id: str
    subscriptions: frozenset[tuple[str, str]]
    socket: web.WebSocketResponse = field(repr=False)
    request: web.Request = field(repr=False)
    leaving: bool = False
    stalled: bool = False
    heard: float = 0.0
    pings: set[str] = field(default_factory=set)
    pongs: int = 0

    def takes(self, kind: str, topic: str) -> bool:
        return not self.leaving and (kind, topic) in self.subscriptions

    async def send(self, frame: JSON | str) -> None:
        """Into the void when half dead."""
        if not self.stalled and not self.socket.closed:
            await self.socket.send_str(frame if isinstance(frame, str) else compact(frame))


class Stream:
    """`odd_frames`: what came in and was no acknowledgement of a frame sent on that very socket.

    `ping_seconds`: machine time between pings; two in a row without their echo end the connection.
    """

    def __init__(self, world: World, tokens: Tokens, machine: Callable[[], float], base_url: Callable[[], str]) -> None:
        self._world, self._tokens, self._machine, self._base_url = world, tokens, machine, base_url
        self._tickets: dict[str, tuple[float, frozenset[tuple[str, str]]]] = {}
        self._waiting: dict[str, tuple[Connection, Callable[[Ack], None]]] = {}
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._random = random.Random(secrets.randbits(32))  # noqa: S311 which connection gets a push is no secret
        self.ping_seconds, self.grace_seconds = 30.0, 10.0
        self.connections: list[Connection] = []
        self.odd_frames: list[str] = []

    def routes(self) -> list[Route]:
        return [Route(*("POST", "/v1.0/gateway/connections/open", self.open), counted=False, public=True, gateway=True)]

    def open(self, ask: Ask) -> JSON:
        only(ask.body, "clientId", "clientSecret", "subscriptions", "ua", "localIp")
        self._tokens.credentials(ask.body.get("clientId"), ask.body.get("clientSecret"))
        subscriptions = ask.body.get("subscriptions")
        if not isinstance(subscriptions, list) or not subscriptions:
            raise ApiError("param.invalid", "subscriptions")
        for one in subscriptions:
            known = isinstance(one, dict) and one.keys() == {"type", "topic"}
            if not known or not (
                (one["type"] == "CALLBACK" and one["topic"] in CALLBACKS) or one == {"type": "EVENT", "topic": "*"}
            ):
                raise ApiError("param.invalid", f"subscription {one}")
        ticket = secrets.token_hex(16)
        pairs = frozenset((one["type"], one["topic"]) for one in subscriptions)
        self._tickets[ticket] = (self._machine() + TICKET_SECONDS, pairs)
        return {"endpoint": f"ws://{urlsplit(self._base_url()).netloc}/connect", "ticket": ticket}

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """GET /connect. A ticket opens one connection; 401 is our choice for any other (7)."""
        end, pairs = self._tickets.pop(request.query.get("ticket", ""), (0.0, frozenset()))
        if end <= self._machine():
            return web.Response(status=401)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        connection = Connection(secrets.token_hex(16), pairs, socket, request, heard=self._clock())
        self.connections.append(connection)
        self._world.changed()
        pinging = asyncio.create_task(self._ping(connection))
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._take(connection, message.data)
        finally:
            pinging.cancel()
            self.connections.remove(connection)
            self._world.changed()
        return socket

    async def push(self, kind: str, topic: str, data: str, more: JSON, acked: Callable[[Ack], None]) -> JSON | None:
        """Writes a frame to one random connection that takes it; the frame, or None where there is no such connection."""
        fitting = [one for one in self.connections if one.takes(kind, topic)]
        if not fitting:
            return None
        connection = self._random.choice(fitting)
        frame = self.frame(
            kind, {"topic": topic, "connectionId": connection.connection_id, "appId": _APP_ID, **more}, data
        )
        self._waiting[frame["headers"]["messageId"]] = (connection, acked)
        try:
            await connection.send(frame)
        except ConnectionError:
            del self._waiting[frame["headers"]["messageId"]]
            return None
        return frame

    def frame(self, kind: str, headers: JSON, data: str) -> JSON:
        """specVersion is missing on every other SYSTEM frame, as it may be (1.3)."""
        number = next(self._numbers)
        own = {"contentType": "application/json", "messageId": f"21a3c7e0_{secrets.token_hex(4)}_{number:x}"}
        version = {} if kind == "SYSTEM" and number % 2 else {"specVersion": "1.0"}
        stamped = {**headers, **own, "time": str(stamp(self._world.now()))}
        return {**version, "type": kind, "headers": stamped, "data": data}

    # What can happen to a connection

    async def disconnect(self, reason: str = "connection is expired", message_id: bool = True) -> None:
        """Tells every connection to go; each gets no more pushes and is closed after 10 s of silence (1.4)."""
        for connection in list(self.connections):
            frame = self.frame("SYSTEM", {"topic": "disconnect"}, compact({"reason": reason}))
            if not message_id:
                del frame["headers"]["messageId"]
            connection.leaving = True
            await connection.send(frame)
            self._later(self._close_when_silent(connection))

    async def close(self) -> None:
        """Every connection is closed cleanly (1000)."""
        for connection in list(self.connections):
            await connection.socket.close()

    def cut(self) -> None:
        """Every connection breaks without a farewell."""
        for connection in list(self.connections):
            if connection.request.transport is not None:
                connection.request.transport.abort()

    def stall(self, on: bool = True) -> None:
        """Half dead: the sockets stay open, nothing is read, nothing is sent, no ping is answered."""
        for connection in self.connections:
            connection.stalled = on
            if connection.request.protocol is not None:
                (connection.request.protocol.pause_reading if on else connection.request.protocol.resume_reading)()

    async def ping(self) -> None:
        """One ping on every connection now."""
        for connection in list(self.connections):
            await self._send_ping(connection)

    async def system(self, topic: str, data: JSON) -> None:
        """A SYSTEM frame of another topic on every connection: KEEPALIVE, REGISTERED, CONNECTED were seen (1.4)."""
        for connection in list(self.connections):
            await connection.send(self.frame("SYSTEM", {"topic": topic}, compact(data)))

    async def send_raw(self, text: str) -> None:
        """Anything at all on every connection: garbage, a frame of an unknown type or topic."""
        for connection in list(self.connections):
            await connection.send(text)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.cut()

    def _take(self, connection: Connection, text: str) -> None:
        connection.heard = self._clock()
        try:
            message_id, ack = _ack(parse(text))
        except (ValueError, KeyError, TypeError):
            self.odd_frames.append(text)
            self._world.changed()
            return
        if isinstance(ack.data, dict) and ack.data.get("opaque") in connection.pings:
            connection.pings.clear()
            connection.pongs += 1
        elif self._waiting.get(message_id, (None,))[0] is connection:
            self._waiting.pop(message_id)[1](ack)
        elif not connection.leaving:
            self.odd_frames.append(text)
        self._world.changed()

    async def _ping(self, connection: Connection) -> None:
        while True:
            await asyncio.sleep(self.ping_seconds)
            if len(connection.pings) >= 2 and connection.request.transport is not None and not connection.stalled:
                connection.request.transport.abort()
                return
            await self._send_ping(connection)

    async def _send_ping(self, connection: Connection) -> None:
        opaque = secrets.token_hex(8)
        connection.pings.add(opaque)
        await connection.send(self.frame("SYSTEM", {"topic": "ping"}, compact({"opaque": opaque})))
        self._world.changed()

    async def _close_when_silent(self, connection: Connection) -> None:
        connection.heard = self._clock()
        while (left := connection.heard + self.grace_seconds - self._clock()) > 0:  # noqa: ASYNC110 silence is time passing
            await asyncio.sleep(left)
        await connection.socket.close()

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    def _clock() -> float:
        return asyncio.get_running_loop().time()


def _ack(frame: Any) -> tuple[str, Ack]:
    """ValueError, KeyError or TypeError for what is no acknowledgement (1.5)."""
    if not isinstance(frame, dict) or frame.keys() != {"code", "headers", "message", "data"}:
        raise ValueError("an acknowledgement has code, headers, message and data")
    headers, code, data = frame["headers"], frame["code"], frame["data"]
    if type(code) is not int or not isinstance(data, str) or headers["contentType"] != "application/json":
        raise ValueError("code, data or contentType")
    return headers.get("messageId") or "", Ack(code, str(frame["message"]), parse(data))
