"""The smart bot's gateway: one live connection, JSON text frames, an ack for each (4.3, 101463).

What the page leaves open: frames of a connection that is not subscribed, or was kicked, are refused with 853000; a kicked
connection is closed after `kick_delay_seconds`; what is pushed while nobody is connected is lost.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from adapters.emulation.wire import JSON, compact, parse
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.faults import Faults
from adapters.wecom.emulation.gateway import Call, Cut
from adapters.wecom.emulation.limits import Limits
from adapters.wecom.emulation.push import Push
from adapters.wecom.emulation.shapes import Shape, filled, refuse, text
from adapters.wecom.emulation.world import World

_HIDDEN = ("secret", "base64_data")
_SUBSCRIBE = Shape({"bot_id": filled, "secret": filled}, {"scene": lambda value, place: None, "plug_version": text})


@dataclass(slots=True, eq=False)
class Line:
    """One connection. `frozen`: half-dead, nothing comes out of it and nobody reads what is written to it."""

    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    subscribed: bool = False
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    cmd: str
    req_id: str
    body: JSON
    line: Line


@dataclass(frozen=True, slots=True)
class Command:
    """`write`: shows something to people; counted faults strike these."""

    handle: Callable[[Frame], JSON]
    write: bool = True


@dataclass(slots=True)
class Credentials:
    bot_id: str
    secret: str


class Sockets:
    def __init__(self, world: World, faults: Faults, limits: Limits, credentials: Credentials) -> None:
        self._world, self._faults, self._limits, self.credentials = world, faults, limits, credentials
        self.calls: list[Call] = []
        self.commands: dict[str, Command] = {}
        self.live: Line | None = None
        self.kick_delay_seconds = 2.0
        self._lines: set[Line] = set()
        self._in_flight: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """The handshake, and the connection until its end."""
        if await self._faults.swallowed():
            return web.Response(status=503)
        if self._faults.gateway_slow_seconds:
            self._faults.strike("gateway_slow_seconds")
            await asyncio.sleep(self._faults.gateway_slow_seconds)
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        line = Line(ws, request.transport)
        self._lines.add(line)
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT and not line.frozen:
                    self._keep(self._serve(line, message.data))
        finally:
            self._lines.discard(line)
            self._forget(line)
        return ws

    async def push(self, push: Push, cmd: str) -> None:
        """One delivery over the live connection; without one the push is lost."""
        push.attempts += 1
        line = self.live
        if line is None:
            push.error = "nobody is connected"
        else:
            frame = {"cmd": cmd, "headers": {"req_id": push.req_id}, "body": push.body}
            if not line.frozen:
                with suppress(ConnectionError):
                    await line.ws.send_str(compact(frame))
            push.status, push.raw = 200, compact(frame).encode()
        self._world.changed()

    # What goes wrong with connections

    async def kick(self) -> None:
        """Another process subscribes with the same credentials: this one hears of it and is closed some time later."""
        line = self.live
        self.live = None
        if line is not None:
            await self._disconnect(line)

    def cut(self) -> None:
        """The live connection breaks without a word."""
        if self.live is not None and self.live.transport is not None:
            self.live.transport.abort()

    async def close_cleanly(self) -> None:
        if self.live is not None:
            await self.live.ws.close()

    def freeze(self) -> None:
        """The live connection is half-dead: the platform believes in it, nothing passes any more."""
        if self.live is not None:
            self.live.frozen = True

    async def stop(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        for line in tuple(self._lines):
            if line.transport is not None:
                line.transport.abort()

    # Frames

    async def _serve(self, line: Line, data: str) -> None:
        call = Call("WS", "?", {}, self._world.now())
        self.calls.append(call)
        try:
            frame = self._read(line, data, call)
            code, words, body = await self._run(frame, call)
        except Cut:
            if line.transport is not None:
                line.transport.abort()
            return
        call.code, call.status = code, 200
        ack: JSON = {"headers": {"req_id": frame.req_id}, "errcode": code, "errmsg": words}
        call.answer = {**ack, **({"body": body} if body else {})}
        if not line.frozen:
            with suppress(ConnectionError):
                await line.ws.send_str(compact(call.answer))
        self._world.changed()

    def _read(self, line: Line, data: str, call: Call) -> Frame:
        """A frame that is none cannot be acknowledged: there is no req_id, so the connection breaks."""
        try:
            frame = parse(data)
            cmd, req_id, body = frame["cmd"], frame["headers"]["req_id"], frame.get("body", {})
        except (ValueError, TypeError, KeyError) as problem:
            raise Cut from problem
        if not isinstance(cmd, str) or not isinstance(req_id, str) or not req_id or not isinstance(body, dict):
            raise Cut
        call.path, call.query = cmd, {"req_id": req_id}
        call.body = {name: "***" if name in _HIDDEN else value for name, value in body.items()}
        return Frame(cmd, req_id, body, line)

    async def _run(self, frame: Frame, call: Call) -> tuple[int, str, JSON]:
        command = self.commands.get(frame.cmd)
        write = command is not None and command.write
        if await self._faults.held() or (write and self._faults.take("reset_before")):
            raise Cut
        if frame.req_id in self._in_flight:
            error = ApiError(45033, "the frame before has no ack yet")
            return error.code, error.words, {}
        self._in_flight.add(frame.req_id)
        try:
            if write:
                self._refuse_on_demand()
            await self._faults.slowed()
            body = await self._do(frame, command)
        except ApiError as error:
            return error.code, error.words, {}
        finally:
            self._in_flight.discard(frame.req_id)
        if write and self._faults.take("lose_receipts"):
            call.code = 0
            raise Cut
        return 0, "ok", body

    async def _do(self, frame: Frame, command: Command | None) -> JSON:
        if frame.cmd == "aibot_subscribe":
            await self._subscribe(frame)
            return {}
        if not frame.line.subscribed:
            raise ApiError(853000, "not subscribed")
        if frame.cmd == "ping":
            return {}
        if command is None:
            raise refuse("cmd", f"{frame.cmd} is unknown")
        return command.handle(frame)

    async def _subscribe(self, frame: Frame) -> None:
        """Wrong credentials leave the connection open, but not subscribed."""
        self._limits.subscribe()
        _SUBSCRIBE(frame.body, "body")
        if (frame.body["bot_id"], frame.body["secret"]) != (self.credentials.bot_id, self.credentials.secret):
            raise ApiError(853000)
        old, self.live = self.live, frame.line
        frame.line.subscribed = True
        if old is not None and old is not frame.line:
            await self._disconnect(old)

    def _refuse_on_demand(self) -> None:
        for name, code in (("rate_limit", 45009), ("busy", -1), ("concurrent", 45033)):
            if self._faults.take(name):
                raise ApiError(code)

    async def _disconnect(self, line: Line) -> None:
        line.subscribed = False
        body = {
            "msgid": self._world.new_id("CAIQ"),
            "create_time": int(self._world.now().timestamp()),
            "aibotid": self.credentials.bot_id,
            "msgtype": "event",
            "event": {"eventtype": "disconnected_event"},
        }
        frame = {"cmd": "aibot_event_callback", "headers": {"req_id": self._world.new_id("")}, "body": body}
        if not line.frozen:
            with suppress(ConnectionError):
                await line.ws.send_str(compact(frame))
        self._keep(self._close_later(line))

    async def _close_later(self, line: Line) -> None:
        await asyncio.sleep(self.kick_delay_seconds)
        await line.ws.close()

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _forget(self, line: Line) -> None:
        if self.live is line:
            self.live = None
        self._world.changed()
