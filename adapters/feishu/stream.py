"""Pushes by the long connection (page 1.5): the same envelopes as by webhook, acknowledged in their own frame."""

from __future__ import annotations

import base64
import json
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from functools import partial

import aiohttp
import msgspec
from msgspec import Struct

from adapters.channel import Count
from adapters.connection import Address, Denied, Dialect, Failed, Pulse, Socket, Work
from adapters.feishu.answer import WINDOW_SECONDS, answer_body
from adapters.feishu.config import FeishuConfig
from adapters.feishu.endpoint import Timing, ask, refused_handshake
from adapters.feishu.frames import DATA, Frame, Wire
from adapters.feishu.pieces import Pieces
from adapters.feishu.push import BadInput, Challenge, Ignored, Received
from adapters.feishu.receive import receive
from adapters.http import strict_json
from bot.errors import Unavailable
from bot.messages import Press
from bot.ports import Intake, Taken
from bot.spool import NOT_TAKEN

log = logging.getLogger(__name__)

PING_SECONDS = (10.0, 600.0)
"""What is taken of the platform's wish; a silence of twice as long is one too many."""
OK, FAILED = 200, 500


class _Reply(Struct, frozen=True):
    code: int
    data: bytes | None = None
    taken: Taken | None = None


class Stream(Dialect):
    """``bot`` tells the app's open_id ("" while unknown)."""

    def __init__(
        self,
        config: FeishuConfig,
        session: Callable[[], aiohttp.ClientSession],
        wire: Wire,
        intake: Intake,
        bot: Callable[[], str],
        count: Count,
    ) -> None:
        self._config = config
        self._session = session
        self._wire = wire
        self._intake = intake
        self._bot = bot
        self._count = count
        self._pieces = Pieces()
        self._every = Timing().PingInterval

    @property
    def pulse(self) -> Pulse:
        return Pulse(says=self._every, silence=2 * self._every)

    async def dial(self) -> Address | Failed | Denied:
        address, timing = await ask(self._config, self._session)
        self._follow(timing)
        return address

    def rejected(self, status: int, headers: Mapping[str, str]) -> Failed | Denied:
        return refused_handshake(status, headers)

    def ping(self, socket: Socket) -> bytes:
        return self._wire.ping(int(socket.note))

    def hear(self, socket: Socket, data: str | bytes) -> Work | None:
        if isinstance(data, str):
            raise ValueError("frames are binary")  # noqa: TRY004 - malformed like any other frame that is none
        frame = self._wire.read(data)
        if frame.method != DATA:
            if frame.headers.get("type") == "pong" and frame.payload:
                self._follow(msgspec.json.decode(frame.payload, type=Timing))
            return None
        payload = self._pieces.add(frame)
        return None if payload is None else partial(self._take, socket, frame, payload)

    def _follow(self, timing: Timing | None) -> None:
        if timing:
            least, most = PING_SECONDS
            self._every = min(max(timing.PingInterval, least), most)

    async def _take(self, socket: Socket, frame: Frame, payload: bytes) -> None:
        began = time.monotonic()
        reply = await self._reply(payload)
        took = round((time.monotonic() - began) * 1000) if reply.code == OK else None
        body = {"code": reply.code} | ({"data": base64.b64encode(reply.data).decode()} if reply.data else {})
        sent = await socket.send(self._wire.ack(frame, json.dumps(body).encode(), took))
        if reply.taken is None or reply.data is None:
            return
        if sent and time.monotonic() - began < WINDOW_SECONDS:
            await self._answered(reply.taken)
        else:
            self._count("unanswered")

    async def _reply(self, payload: bytes) -> _Reply:
        """What was not stored is answered 500, so that events are pushed again; a click is told so in words."""
        try:
            return await self._taken(self._received(payload))
        except Unavailable:
            self._count("unavailable")
        except Exception:
            log.exception("a push to %s failed", self._config.name)
            self._count("error")
        return _Reply(FAILED)

    def _received(self, payload: bytes) -> Received:
        try:
            opened = strict_json(payload)
        except ValueError as error:
            return BadInput(str(error))
        if not isinstance(opened, dict):
            return BadInput("no object")
        return receive(opened, channel=self._config.name, trace=secrets.token_hex(8), bot=self._bot())

    async def _taken(self, received: Received) -> _Reply:
        if isinstance(received, BadInput | Challenge):
            self._count("malformed")
            return _Reply(FAILED)
        if isinstance(received, Ignored):
            self._count(f"ignored_{received.why}")
            return _Reply(OK)
        if not isinstance(received, Press):
            await self._intake.take(received)
            self._count("taken")
            return _Reply(OK)
        try:
            taken = await self._intake.take(received)
        except Unavailable:
            self._count("unavailable")
            return _Reply(OK, answer_body(NOT_TAKEN, received.place))
        self._count("taken")
        return _Reply(OK, answer_body(taken.answer, received.place), taken)

    async def _answered(self, taken: Taken) -> None:
        """If this cannot be recorded, the held edit goes out as well and draws the same card."""
        try:
            await self._intake.answered(taken)
        except Unavailable:
            self._count("unrecorded_answer")
