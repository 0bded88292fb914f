"""What every messenger's edge needs of HTTP: bounded bodies and strict JSON in, calls whose end is a value out."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web
from msgspec import Struct

from bot.ports import Retry, Unknown

MOST_BODY = 256 * 1024  # contract 3
MOST_REPLY = 1024 * 1024
MOST_DEPTH = 32
READ_SECONDS = 5.0
CONNECT_SECONDS = 2.0
CALL_SECONDS = 10.0
UNREACHABLE_PAUSE = 5.0
JSON = {"Content-Type": "application/json; charset=utf-8"}


class Refused(Exception):
    """A request that is answered with a bare status; ``cause`` is the counter's name for it."""

    def __init__(self, status: int, cause: str) -> None:
        super().__init__(cause)
        self.status = status
        self.cause = cause


async def read_body(request: web.Request) -> bytes:
    """The whole body. Refused with 413 over 256 KiB (after decompression), 408 after 5 s, 400 if it breaks off."""
    if (request.content_length or 0) > MOST_BODY:
        raise Refused(413, "too_large")
    try:
        async with asyncio.timeout(READ_SECONDS):
            body = await read_at_most(request.content, MOST_BODY)
    except TimeoutError:
        raise Refused(408, "slow") from None
    except (web.RequestPayloadError, OSError):
        raise Refused(400, "malformed") from None
    if len(body) > MOST_BODY:
        raise Refused(413, "too_large")
    return body


async def read_at_most(stream: aiohttp.StreamReader, most: int) -> bytes:
    """Everything up to ``most`` bytes; one chunk more shows that there was more."""
    parts: list[bytes] = []
    size = 0
    while size <= most and (part := await stream.readany()):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def strict_json(raw: bytes | str, *, lone_surrogates: bool = False) -> Any:
    """JSON as RFC 8259 means it. ValueError for NaN, infinities, repeated keys, nesting over 32, and lone surrogates
    unless they are welcome (and cleaned by the caller)."""
    text = raw if isinstance(raw, str) else raw.decode("utf-8")
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check(value, lone_surrogates)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number is out of range")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)


def _check(value: Any, lone_surrogates: bool) -> None:
    """Walks instead of recursing: what json.loads could nest is deeper than Python likes to call."""
    level: list[Any] = [value]
    for _ in range(MOST_DEPTH):
        below: list[Any] = []
        for part in level:
            if isinstance(part, str) and not lone_surrogates:
                part.encode()  # UnicodeEncodeError, a ValueError, for a lone surrogate
            elif isinstance(part, dict):
                below.extend(part)
                below.extend(part.values())
            elif isinstance(part, list):
                below.extend(part)
        if not below:
            return
        level = below
    raise ValueError("nested too deeply")


class Reply(Struct, frozen=True):
    """An answer of a messenger, whatever it says; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Call(Struct, frozen=True, kw_only=True):
    """A request to a messenger. ``headers`` hold credentials: never logged."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    payload: bytes = b""


def open_session() -> aiohttp.ClientSession:
    """The one session of a channel: connections are kept, cookies are not. Close it."""
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS, connect=CONNECT_SECONDS)
    return aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())


async def send(session: aiohttp.ClientSession, call: Call) -> Reply | Retry | Unknown:
    """One attempt. Retry: it was never written. Unknown: it was, perhaps, and no whole answer came."""
    try:
        async with session.request(
            call.method, call.url, headers=call.headers, data=call.payload or None, allow_redirects=False
        ) as response:
            body = await read_at_most(response.content, MOST_REPLY)
            return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        return Retry(UNREACHABLE_PAUSE, f"连不上对方服务器（{type(error).__name__}）", whole_channel=True)
    except TimeoutError:
        return Unknown(f"{CALL_SECONDS:.0f} 秒内没有回答")
    except (aiohttp.ClientError, OSError) as error:
        return Unknown(f"连接在回答前中断（{type(error).__name__}）")


def json_answer(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


async def written(request: web.Request, response: web.Response) -> bool:
    """Whether the whole answer went to a connection that was still open."""
    try:
        await response.prepare(request)
        await response.write_eof()
    except OSError:
        return False
    return True


async def bare(request: web.Request, status: int) -> web.StreamResponse:
    """Nothing but a status. Who was too slow is cut off at once instead of being read from for ten more seconds."""
    response = web.Response(status=status)
    if status in (408, 413):
        response.force_close()
    if status == 408 and await written(request, response):
        request.protocol.force_close()
    return response
