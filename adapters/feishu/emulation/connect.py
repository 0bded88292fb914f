"""The long connection (LC): addresses with tickets, one random connection for each push, its acknowledgement within 3 s."""

import asyncio
import base64
import binascii
import itertools
import json
import random
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from adapters.feishu.emulation.faults import Faults
from adapters.feishu.emulation.frames import CONTROL, DATA, Frame, decode, encode
from adapters.feishu.emulation.wire import JSON, compact, parse
from adapters.feishu.emulation.world import World

ENDPOINT, SOCKET = "/callback/ws/endpoint", "/ws/v2"
SERVICE = 33554678
MOST_CONNECTIONS = 50
OK, BUSY, FORBIDDEN, AUTH_FAILED, INTERNAL, TOO_MANY = 0, 1, 403, 514, 1000040343, 1000040350
_WORDS = {BUSY: "system busy", FORBIDDEN: "forbidden", AUTH_FAILED: "auth failed", INTERNAL: "internal error"}


@dataclass(frozen=True, slots=True)
class Ack:
    """`data` is decoded; b"" without any."""

    code: int
    data: bytes


@dataclass(eq=False)
class Link:
    """One open connection. `deaf`: it stays open and answers nothing, not even pings of the protocol."""

    ws: web.WebSocketResponse
    request: web.Request
    device_id: str
    pings: int = 0
    deaf: bool = False
    waiting: dict[str, tuple[Frame, asyncio.Future[Ack | None]]] = field(default_factory=dict)

    def abort(self) -> None:
        """The connection breaks without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    async def close(self) -> None:
        """A clean close, as in the platform's maintenance."""
        await self.ws.close()


class Connect:
    """`enabled` is the console's choice, which it takes only while somebody is connected (`choose`).

    `config` goes out with addresses and, if `pong_config`, with pongs; `fragment_bytes` cuts payloads, and `shuffled`
    sends the pieces backwards; `kind` is their type, `card` for callbacks of the old kind. `complaints` are frames that
    do not keep to the page.
    """

    def __init__(self, world: World, faults: Faults, app_id: str, app_secret: str, base_url: Callable[[], str]) -> None:
        self._world, self._faults, self._base_url = world, faults, base_url
        self._credentials = (app_id, app_secret)
        self._numbers = itertools.count(1)
        self._tickets: set[str] = set()
        self._refusals: deque[int] = deque()
        self._handshakes: deque[tuple[int, int]] = deque()
        self.enabled = False
        self.revoked = False
        self.config: JSON = {"ReconnectCount": -1, "ReconnectInterval": 120, "ReconnectNonce": 30, "PingInterval": 120}
        self.pong_config = False
        self.kind = "event"
        self.fragment_bytes = 0
        self.shuffled = False
        self.links: list[Link] = []
        self.addresses = 0
        self.complaints: list[str] = []

    def mount(self, app: web.Application) -> None:
        app.router.add_post(ENDPOINT, self._endpoint)
        app.router.add_get(SOCKET, self._socket)

    # The console, and what goes wrong

    def choose(self) -> bool:
        """Saves the long connection as the way of delivery; refused unless a connection is up."""
        self.enabled = self.enabled or bool(self.links)
        return self.enabled

    def refuse_next(self, code: int, times: int = 1) -> None:
        """The next addresses are refused with this code."""
        self._refusals.extend([code] * times)

    def refuse_handshake_next(self, status: int, autherrcode: int = 0) -> None:
        self._handshakes.append((status, autherrcode))

    async def until_connected(self, count: int = 1) -> None:
        await self._world.until(lambda: len(self.links) >= count, 5.0)

    async def close(self) -> None:
        await asyncio.gather(*(link.close() for link in self.links))

    # Addresses

    async def _endpoint(self, request: web.Request) -> web.StreamResponse:
        self.addresses += 1
        self._world.changed()
        if await self._faults.held():
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        await self._faults.slowed()
        try:
            body = parse(await request.read())
        except ValueError:
            body = None
        code = self._verdict(body)
        if code != OK:
            return web.json_response({"code": code, "msg": _WORDS.get(code, "refused")})
        return web.json_response({"code": OK, "msg": "", "data": {"URL": self._address(), "ClientConfig": self.config}})

    def _verdict(self, body: Any) -> int:
        if self._refusals:
            return self._refusals.popleft()
        given = (body.get("AppID"), body.get("AppSecret")) if isinstance(body, dict) else None
        if self.revoked or given != self._credentials:
            return AUTH_FAILED
        return TOO_MANY if len(self.links) >= MOST_CONNECTIONS else OK

    def _address(self) -> str:
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        query = {"device_id": str(7000 + next(self._numbers)), "service_id": str(SERVICE), "ticket": ticket}
        return self._base_url().replace("http", "ws", 1) + f"{SOCKET}?{urlencode(query)}"

    # Connections

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if refused := self._handshake(request):
            return refused
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        link = Link(ws, request, request.query["device_id"])
        self.links.append(link)
        self._world.changed()
        try:
            await self._serve(link)
        finally:
            self.links.remove(link)
            for _, waiting in link.waiting.values():
                if not waiting.done():
                    waiting.set_result(None)
            self._world.changed()
        return ws

    def _handshake(self, request: web.Request) -> web.Response | None:
        """A ticket opens one connection."""
        status, autherrcode = self._handshakes.popleft() if self._handshakes else (0, 0)
        ticket = request.query.get("ticket", "")
        if not status and ticket in self._tickets:
            self._tickets.remove(ticket)
            return None
        status = status or AUTH_FAILED
        headers = {"handshake-status": str(status), "handshake-msg": _WORDS.get(status, "refused")}
        return web.Response(status=403, headers=headers | {"handshake-autherrcode": str(autherrcode)})

    async def _serve(self, link: Link) -> None:
        while True:
            message = await link.ws.receive()
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            if link.deaf:
                continue
            if message.type is WSMsgType.PING:
                await link.ws.pong(message.data)
            elif message.type is WSMsgType.BINARY:
                await self._hear(link, message.data)
            elif message.type is not WSMsgType.PONG:
                self.complaints.append(f"a message of type {message.type.name}")

    async def _hear(self, link: Link, data: bytes) -> None:
        try:
            frame = decode(data)
        except ValueError as problem:
            self.complaints.append(f"no frame: {problem}")
            return
        if frame.method == CONTROL and frame.header.get("type") == "ping":
            if (frame.seq_id, frame.log_id, frame.service, frame.payload) != (0, 0, SERVICE, b""):
                self.complaints.append(f"a ping unlike the page's: {frame}")
            link.pings += 1
            payload = compact(self.config).encode() if self.pong_config else b""
            await link.ws.send_bytes(encode(Frame(0, 0, SERVICE, CONTROL, (("type", "pong"),), payload)))
        elif frame.method == DATA:
            self._acknowledged(link, frame)
        self._world.changed()

    # Pushes

    async def deliver(self, body: JSON, seconds: float) -> Ack | str:
        """Of the acknowledgement, or why there is none: url (nobody is connected), unanswered or broken."""
        if not self.links:
            return "url"
        link = random.choice(self.links)  # noqa: S311 no secret
        pieces = self._pieces(compact(body).encode())
        waiting: asyncio.Future[Ack | None] = asyncio.get_running_loop().create_future()
        message_id = pieces[0].header["message_id"]
        link.waiting[message_id] = pieces[0], waiting
        try:
            async with asyncio.timeout(seconds):
                for piece in reversed(pieces) if self.shuffled else pieces:
                    await link.ws.send_bytes(encode(piece))
                return await waiting or "broken"
        except TimeoutError:
            return "unanswered"
        except ConnectionError:
            return "broken"
        finally:
            link.waiting.pop(message_id, None)

    def _pieces(self, payload: bytes) -> list[Frame]:
        size = self.fragment_bytes or max(1, len(payload))
        parts = [payload[at : at + size] for at in range(0, len(payload), size)]
        message_id, trace_id = secrets.token_hex(8), secrets.token_hex(8)
        numbers = itertools.count(next(self._numbers))
        headers = {"type": self.kind, "message_id": message_id, "sum": str(len(parts))}
        return [
            Frame(
                next(numbers),
                9001,
                SERVICE,
                DATA,
                tuple({**headers, "seq": str(seq), "trace_id": trace_id}.items()),
                part,
            )
            for seq, part in enumerate(parts)
        ]

    def _acknowledged(self, link: Link, frame: Frame) -> None:
        message_id = frame.header.get("message_id", "")
        if message_id not in link.waiting:
            self.complaints.append(f"an acknowledgement of nothing: {message_id}")
            return
        pushed, waiting = link.waiting[message_id]
        ack = _ack(frame)
        echoed = [pair for pair in frame.headers if pair[0] not in ("biz_rt", "seq")]
        same = echoed == [pair for pair in pushed.headers if pair[0] != "seq"]
        if ack is None or not same or (frame.log_id, frame.service) != (pushed.log_id, pushed.service):
            self.complaints.append(f"an acknowledgement unlike the page's: {frame}")
        elif not waiting.done():
            waiting.set_result(ack)


def _ack(frame: Frame) -> Ack | None:
    """None unless it is what the page describes: a code, data in base64, biz_rt with success only."""
    try:
        body = json.loads(frame.payload)
        code, data = body["code"], base64.b64decode(body.get("data") or "", validate=True)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        return None
    timed = frame.header.get("biz_rt", "").isdigit()
    return Ack(code, data) if code in (200, 500) and timed is (code == 200) else None
