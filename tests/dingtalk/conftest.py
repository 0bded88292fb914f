"""A served channel in HTTP mode without a platform behind it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from adapters.dingtalk.adapter import DingtalkAdapter
from tests.dingtalk.fake import Platform
from tests.dingtalk.stage import NOW, PATH, Count, config
from tests.feishu.stage import Counts, Desk, serve


@dataclass
class Channel:
    """The callback of the channel under test, and the platform its own calls go to."""

    session: aiohttp.ClientSession
    port: int
    adapter: DingtalkAdapter
    platform: Platform
    platform_url: str

    async def post(self, body: Any, headers: dict[str, str] | None = None, method: str = "POST") -> tuple[int, bytes]:
        known = {"Content-Type": "application/json; charset=utf-8"} | (headers or {})
        async with self.session.request(method, PATH, data=body, headers=known) as response:
            return response.status, await response.read()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def meter() -> Count:
    return Count()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def channel(desk: Desk, counts: Counts, meter: Count, platform: Platform) -> AsyncIterator[Channel]:
    """As it is run: aiohttp's own test server would cancel a handler whose client has left."""
    async with serve(platform.app()) as platform_port:
        url = f"http://127.0.0.1:{platform_port}"
        adapter = DingtalkAdapter(config(url, legacy_base_url=url, stream=False), lambda: NOW, meter, counts.add)
        handler = adapter.callback(desk)
        assert handler
        app = web.Application()
        app.router.add_route("*", PATH, handler)
        async with serve(app) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            yield Channel(session, port, adapter, platform, url)
        await adapter.stop()
