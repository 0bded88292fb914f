"""A served channel without a platform behind it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from adapters.wecom.adapter import WecomAdapter
from tests.feishu.stage import Counts, Desk, serve
from tests.wecom.stage import NOW, PATH, Channel, config


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
async def channel(desk: Desk, counts: Counts) -> AsyncIterator[Channel]:
    adapter = WecomAdapter(config(), lambda: NOW, counts.add)
    app = web.Application()
    app.router.add_route("*", PATH, adapter.callback(desk))
    async with serve(app) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield Channel(session, port)
    await adapter.stop()
