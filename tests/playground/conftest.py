"""The page over a scripted bot, and the demo over the real one, on loopback; a browser for both."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser

from adapters.feishu.emulator import FeishuEmulator
from adapters.playground.demo import Demo
from adapters.playground.messengers.feishu import Feishu
from adapters.playground.page import Playground
from bot.app import App
from tests.playground.eyes import chromium
from tests.playground.script import LI, Hall, Script, suggest


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest_asyncio.fixture(loop_scope="module")
async def feishu(hall: Hall) -> AsyncIterator[FeishuEmulator]:
    emulator = FeishuEmulator(now=hall.now, bot_name="渠道通")
    emulator.add_user(LI, "李静")
    await emulator.start()
    yield emulator
    await emulator.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def script(feishu: FeishuEmulator) -> AsyncIterator[Script]:
    async with aiohttp.ClientSession() as session:
        script = Script(feishu, session)
        script.free.set()
        app = web.Application()
        app.router.add_post("/callback", script.push)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        feishu.callback_url = f"http://127.0.0.1:{runner.addresses[0][1]}/callback"
        yield script
        await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="module")
async def address(feishu: FeishuEmulator, hall: Hall, script: Script) -> AsyncIterator[str]:
    """Where the page is served."""
    page = Playground({"feishu": Feishu("feishu", feishu)}, hall, suggest)
    runner = web.AppRunner(page.app(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="module")
async def demo() -> AsyncIterator[Demo]:
    demo = Demo(0, App)
    await demo.start()
    yield demo
    await demo.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser
