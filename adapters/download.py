"""Files from a messenger: streamed, within time and size, never from where an address leads that is not public."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct

from adapters.http import MOST_REPLY, UNREACHABLE_PAUSE, Call, Reply, read_at_most
from adapters.text import clean
from bot.ports import Got, Lost, Retry, Sink, Unknown

WHOLE_SECONDS = 120.0
IDLE_SECONDS = 15.0
CONNECT_SECONDS = 5.0
PIECE = 256 * 1024
NOT_THERE = Lost("文件已过期或已撤回")
NOT_PUBLIC = Lost("文件的下载地址不可信")


class Streamed(Struct, frozen=True):
    """All of the body was written to the sink; ``name`` as Content-Disposition has it."""

    name: str


class _PublicOnly(AbstractResolver):
    """Names resolve to public addresses only: what a messenger calls a download address may not lead into this network."""

    def __init__(self) -> None:
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = [each for each in await self._resolver.resolve(host, port, family) if is_public(each["host"])]
        if not found:
            raise OSError("no public address")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def origin(url: str) -> str:
    """Scheme, host and port, as an operator configures a messenger's address; "" for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.scheme in ("http", "https") and parts.hostname else ""


async def download(
    session: Callable[[], aiohttp.ClientSession], call: Call, into: Sink
) -> Reply | Streamed | Retry | Unknown:
    """One attempt at an address of the messenger's API. Reply: no file, but an answer in JSON. Raises the sink's TooLarge."""
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            return await _download(session(), call, into)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        return Retry(UNREACHABLE_PAUSE, f"连不上对方服务器（{type(error).__name__}）")
    except TimeoutError:
        return Unknown("下载超时")
    except (aiohttp.ClientError, OSError) as error:
        return Unknown(f"下载中断（{type(error).__name__}）")


async def _download(session: aiohttp.ClientSession, call: Call, into: Sink) -> Reply | Streamed:
    limits = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=IDLE_SECONDS)
    async with session.request(
        call.method,
        call.url,
        headers=call.headers,
        data=call.payload or None,
        allow_redirects=False,
        timeout=limits,
        auto_decompress=False,
    ) as response:
        answer = response.content_type == "application/json" and response.content_disposition is None
        if response.status != 200 or answer:
            body = await read_at_most(response.content, MOST_REPLY)
            return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
        async for piece in response.content.iter_chunked(PIECE):
            await into.write(piece)
        named = response.content_disposition.filename if response.content_disposition else None
        return Streamed(clean(named or ""))


async def download_from(
    url: str, into: Sink, own: Collection[str], session: Callable[[], aiohttp.ClientSession]
) -> Got | Retry | Lost:
    """A file at an address that a messenger named: public, or at one of its ``own`` origins, which an operator configured."""
    where = origin(url)
    if not where:
        return NOT_PUBLIC
    call = Call(method="GET", url=url)
    if where in own:
        return ended(await download(session, call, into))
    host = urlsplit(url).hostname or ""
    if (host.replace(".", "").isdigit() or ":" in host) and not is_public(host):
        return NOT_PUBLIC  # an address is resolved by nobody
    connector = aiohttp.TCPConnector(resolver=_PublicOnly())
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as outside:
        return ended(await download(lambda: outside, call, into))


def ended(came: Reply | Streamed | Retry | Unknown) -> Got | Retry | Lost:
    """Of a plain download: an answer that is no file, a redirection included, means that there is none."""
    match came:
        case Streamed(name):
            return Got(name)
        case Retry():
            return came
        case Unknown(reason):
            return Retry(0.0, reason)
        case Reply(status=status) if status >= 500 or status == 429:
            return Retry(0.0, f"HTTP {status}")
        case _:
            return NOT_THERE
