"""Connections that never become a request (abuse case 6): closed soon, and nobody honest notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from aiohttp import web

from adapters.silence import Silence

ASKING = b"GET / HTTP/1.1\r\nHost: bot\r\n\r\n"
PATIENCE = 10.0
"""Seconds until a test gives up."""


async def hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    silence = Silence(patience=0.2, every=0.02)
    app = web.Application(middlewares=[silence.hear])
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ending = asyncio.create_task(silence.end(runner))
    yield runner.addresses[0][1]
    ending.cancel()
    await runner.cleanup()


async def closed(reader: asyncio.StreamReader) -> bool:
    """Waits for it."""
    with suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), PATIENCE) == b""
    return True


async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    writer.write(ASKING)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    return (head + await reader.readexactly(len("hello"))).decode().splitlines()[0]


async def test_who_says_nothing_is_shown_out(port: int) -> None:
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
    assert all([await closed(reader) for reader, _ in connections])
    for _, writer in connections:
        writer.close()


async def test_headers_that_trickle_are_no_request(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def trickle() -> None:
        writer.write(b"GET / HTTP/1.1\r\n")
        while True:
            writer.write(b"X: 1\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    trickling = asyncio.create_task(trickle())
    assert await closed(reader)
    trickling.cancel()
    with suppress(asyncio.CancelledError, ConnectionError):
        await trickling
    writer.close()


async def test_who_has_asked_may_stay_and_ask_again(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await asked(reader, writer) == "HTTP/1.1 200 OK"
    silent, out = await asyncio.open_connection("127.0.0.1", port)
    assert await closed(silent)  # came later and is gone
    assert await asked(reader, writer) == "HTTP/1.1 200 OK"
    out.close()
    writer.close()
