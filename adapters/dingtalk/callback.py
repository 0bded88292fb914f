"""POST /channels/{name}/callback, HTTP mode: robot messages and card callbacks on one path, told apart by their
signatures' headers. Verified before anything is parsed; fails closed, and never says why.

Events come encrypted there and need Stream mode instead (page 2.5).
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from aiohttp import web

from adapters.channel import Count
from adapters.dingtalk.answer import response
from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.crypto import card_signature, message_signature, same
from adapters.dingtalk.edge import Edge
from adapters.dingtalk.push import BadInput, Ignored
from adapters.http import Refused, bare, json_answer, read_body, strict_json, written
from bot.errors import Unavailable
from bot.messages import AnyInbound

log = logging.getLogger(__name__)

MESSAGE_AGE = timedelta(hours=1)  # page 2.5
CARD_AGE = timedelta(minutes=5)
"""Nothing documents one; clicks are not repeated, and the signature would fit any other body."""
NOTHING = b'{"msgtype":"empty"}'
_TIMESTAMP = re.compile(r"\d{13}", re.ASCII)


class Callback:
    """The handler of one channel. ``now`` is business time."""

    def __init__(self, config: DingtalkConfig, edge: Edge, now: Callable[[], datetime], count: Count) -> None:
        self._config = config
        self._edge = edge
        self._now = now
        self._count = count

    async def handle(self, request: web.Request) -> web.StreamResponse:
        began = time.monotonic()
        try:
            if request.method != "POST":
                raise Refused(405, "wrong_method")
            body = await read_body(request)
            if "x-ddpaas-signature" in request.headers:
                return await self._card(request, body, began)
            return await self._message(request, body)
        except Refused as refused:
            self._count(refused.cause)
            return await bare(request, refused.status)
        except Unavailable:
            return web.Response(status=503)
        except Exception:
            log.exception("a push to %s failed", self._config.name)
            self._count("error")
            return web.Response(status=503)

    async def _message(self, request: web.Request, body: bytes) -> web.StreamResponse:
        timestamp = request.headers.get("timestamp", "")
        expected = message_signature(timestamp, self._config.client_secret)
        self._verify(request.headers.get("sign", ""), expected, timestamp, MESSAGE_AGE)
        inbound = self._edge.message(_object(body))
        if not isinstance(inbound, BadInput | Ignored):
            await self._edge.take(inbound)
        elif isinstance(inbound, BadInput):
            return web.Response(status=400)
        return json_answer(NOTHING)

    async def _card(self, request: web.Request, body: bytes, began: float) -> web.StreamResponse:
        if not self._config.card_api_secret:
            raise Refused(401, "unsigned")
        timestamp = request.headers.get("x-ddpaas-signature-timestamp", "")
        expected = card_signature(timestamp, self._config.card_api_secret)
        at = self._verify(request.headers["x-ddpaas-signature"], expected, timestamp, CARD_AGE)
        key = hashlib.blake2b(timestamp.encode() + body, digest_size=16).hexdigest()
        pressed = self._edge.click(_object(body), key, at)
        if isinstance(pressed, BadInput):
            return web.Response(status=400)
        return json_answer(b"{}") if isinstance(pressed, Ignored) else await self._pressed(request, pressed, began)

    async def _pressed(self, request: web.Request, pressed: AnyInbound, began: float) -> web.StreamResponse:
        taken = await self._edge.take(pressed)
        answer = json_answer(msgspec.json.encode(response(taken.answer)))
        await self._edge.answered(taken, await written(request, answer), began)
        return answer

    def _verify(self, given: str, expected: str, timestamp: str, age: timedelta) -> datetime:
        """When it was signed."""
        if not given:
            raise Refused(401, "unsigned")
        if not (_TIMESTAMP.fullmatch(timestamp) and same(given, expected)):
            raise Refused(401, "bad_signature")
        at = datetime.fromtimestamp(int(timestamp) / 1000, UTC)
        if abs(self._now() - at) > age:
            raise Refused(401, "stale")
        return at


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = strict_json(body, lone_surrogates=True)
    except ValueError:
        raise Refused(400, "malformed") from None
    if not isinstance(found, dict):
        raise Refused(400, "malformed")
    return found
