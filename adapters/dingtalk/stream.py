"""Stream mode's dialect: where to connect, and what becomes of each frame (page 1). Acknowledged after the commit."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

import aiohttp
import msgspec

from adapters.connecting.endings import Failed
from adapters.connection import Address, Denied, Dialect, Pulse, Socket, Work
from adapters.dingtalk.answer import response
from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.edge import Edge
from adapters.dingtalk.errors import OPERATOR_PAUSE, Refusal, Success, classify
from adapters.dingtalk.frames import (
    BAD,
    CARD,
    FAILED,
    ROBOT,
    SUBSCRIPTIONS,
    UNKNOWN_TOPIC,
    Frame,
    ack,
    pong,
    read_frame,
)
from adapters.dingtalk.push import BadInput, Happened, Heard, Ignored, Received, inner, instant
from adapters.http import JSON, Call, Reply, send
from bot.errors import Unavailable
from bot.ports import Retry, Unknown

OPEN = "/v1.0/gateway/connections/open"
AGENT = "channelops-sdk-python/1"
SILENCE = 120.0
"""Seconds without a frame, pings of the platform's own included, after which it may have forgotten us (page 1.9, #63).

Only where it does ping: a gateway that never did would cost two calls of the month's quota every two minutes.
"""
_SUCCESS = {"status": "SUCCESS", "message": "ok"}
_LATER = {"status": "LATER", "message": "later"}


class _Opened(msgspec.Struct, frozen=True):
    endpoint: Annotated[str, msgspec.Meta(pattern=r"^wss?://[^\s?#]+\Z")]
    ticket: Annotated[str, msgspec.Meta(min_length=1)]


async def opened(config: DingtalkConfig, session: Callable[[], aiohttp.ClientSession]) -> Address | Failed | Denied:
    """Asks for an address; its ticket is good for one connection within 90 s."""
    asked = {
        "clientId": config.client_id,
        "clientSecret": config.client_secret,
        "subscriptions": [{"type": kind, "topic": topic} for kind, topic in SUBSCRIPTIONS],
        "ua": AGENT,
    }
    call = Call(method="POST", url=config.url(OPEN), headers=JSON, payload=msgspec.json.encode(asked))
    reply = await send(session(), call)
    return _address(classify(reply) if isinstance(reply, Reply) else reply)


def _address(ended: Success | Refusal) -> Address | Failed | Denied:
    if isinstance(ended, Success):
        try:
            found = msgspec.convert(ended.answer, _Opened)
        except msgspec.ValidationError:
            return Failed("钉钉没有给出连接地址")
        return Address(f"{found.endpoint}?ticket={quote(found.ticket, safe='')}")
    if isinstance(ended, Unknown) or (isinstance(ended, Retry) and ended.after < OPERATOR_PAUSE):
        return Failed(ended.reason)
    return Denied(f"{ended.reason}。请核对 client_id、client_secret，并在开发者后台为机器人选择 Stream 模式")


class Stream(Dialect):
    """``now`` is business time, for frames that do not say when they were sent."""

    def __init__(
        self,
        config: DingtalkConfig,
        session: Callable[[], aiohttp.ClientSession],
        edge: Edge,
        now: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._session = session
        self._edge = edge
        self._now = now
        self._pinged = False

    @property
    def pulse(self) -> Pulse:
        return Pulse(silence=SILENCE if self._pinged else 0.0)

    async def dial(self) -> Address | Failed | Denied:
        return await opened(self._config, self._session)

    def hear(self, socket: Socket, data: str | bytes) -> Work | None:
        frame = read_frame(data)
        match frame.type, frame.topic:
            case "SYSTEM", "ping":
                self._pinged = True
                return partial(_write, socket, pong(frame))
            case "SYSTEM", "disconnect":
                socket.retire(_reason(frame))
                return None
            case "SYSTEM", _:
                return None  # KEEPALIVE, REGISTERED, CONNECTED want no answer
            case "CALLBACK", topic if topic == ROBOT:
                return partial(self._message, socket, frame, self._read(frame, self._edge.message))
            case "CALLBACK", topic if topic == CARD:
                return partial(self._click, socket, frame, self._read(frame, partial(self._pressed, frame)))
            case "EVENT", _:
                return partial(self._event, socket, frame, self._read(frame, partial(self._happened, frame)))
            case _:
                return partial(_write, socket, ack(frame, {}, UNKNOWN_TOPIC))

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read(self, frame: Frame, read: Callable[[dict[str, Any]], Heard]) -> Heard:
        """ValueError, which leaves the frame without an answer, only for what is no JSON object."""
        return read(inner(frame.data))

    def _pressed(self, frame: Frame, data: dict[str, Any]) -> Received:
        """A callback has no id of its own: the frame's, which is the same if the very frame comes twice."""
        key = frame.header("messageId") or hashlib.blake2b(frame.data.encode(), digest_size=16).hexdigest()
        return self._edge.click(data, key, self._sent_at(frame))

    def _happened(self, frame: Frame, data: dict[str, Any]) -> Happened:
        """Which event it is, the headers say; ``topic`` varies between the documentation's samples."""
        return self._edge.event(frame.header("eventId"), frame.header("eventType"), frame.header("eventCorpId"), data)

    def _sent_at(self, frame: Frame) -> datetime:
        try:
            return instant(frame.header("time"))
        except ValueError:
            return self._now()

    # -- taking and acknowledging ------------------------------------------------------------------------------------

    async def _message(self, socket: Socket, frame: Frame, read: Received) -> None:
        """Without the database there is no acknowledgement: now and then the platform comes again (page 1.5)."""
        if isinstance(read, BadInput):
            return await _write(socket, ack(frame, {"response": None}, BAD))
        if not isinstance(read, Ignored):
            try:
                await self._edge.take(read)
            except Unavailable:
                return None
        return await _write(socket, ack(frame, {"response": None}))

    async def _click(self, socket: Socket, frame: Frame, read: Received) -> None:
        began = time.monotonic()
        if isinstance(read, BadInput | Ignored):
            return await _write(socket, ack(frame, {"response": {}}, BAD))
        try:
            taken = await self._edge.take(read)
        except Unavailable:  # said at once, so that the client does not wait for its two seconds
            return await _write(socket, ack(frame, {"response": {}}, FAILED))
        written = await socket.send(ack(frame, {"response": response(taken.answer)}))
        return await self._edge.answered(taken, written, began)

    async def _event(self, socket: Socket, frame: Frame, read: Happened) -> None:
        """Acknowledged when all of it is stored: of a repetition, what was stored before is known by its key."""
        if isinstance(read, BadInput):
            return await _write(socket, ack(frame, _SUCCESS, BAD))
        if not isinstance(read, Ignored):
            try:
                for inbound in read:
                    await self._edge.take(inbound)
            except Unavailable:
                return await _write(socket, ack(frame, _LATER))
        return await _write(socket, ack(frame, _SUCCESS))


async def _write(socket: Socket, frame: str) -> None:
    await socket.send(frame)


def _reason(frame: Frame) -> str:
    try:
        return str(inner(frame.data or "{}").get("reason") or "对方要求更换")[:100]
    except ValueError:
        return "对方要求更换"
