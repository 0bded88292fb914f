"""A served channel without a platform behind it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from adapters.feishu.adapter import FeishuAdapter
from tests.feishu.stage import NOW, PATH, Channel, Counts, Desk, config, serve


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
async def channel(desk: Desk, counts: Counts) -> AsyncIterator[Channel]:
    """As it is run: aiohttp's own test server would cancel a handler whose client has left."""
    adapter = FeishuAdapter(config(), lambda: NOW, counts.add)
    callback = adapter.callback(desk)
    assert callback is not None
    app = web.Application()
    app.router.add_route("*", PATH, callback)
    async with serve(app) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield Channel(session, port)
    await adapter.stop()
