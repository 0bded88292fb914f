"""A platform with a few people, and bots that only record what they are sent."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from adapters.dingtalk.emulator import DingTalkEmulator
from tests.dingtalk_emulator.stage import Api, Bot, Client, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def dingtalk(clock: Clock) -> AsyncIterator[DingTalkEmulator]:
    """赵敏 and 李静 of one company, 周强 of another; a group of all three."""
    emulator = DingTalkEmulator(now=clock.now, machine=clock.machine)
    await emulator.start()
    emulator.add_user("zhao", "赵敏", mobile="13900000001")
    emulator.add_user("li", "李静")
    emulator.add_user("zhou", "周强", corp_id="dingother")
    emulator.add_group("cidTeam==", "华东渠道群", ["zhao", "li", "zhou"])
    yield emulator
    await emulator.stop()


@pytest.fixture
async def api(dingtalk: DingTalkEmulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        api = Api(session, dingtalk)
        await api.log_in()
        yield api


@pytest.fixture
async def client(api: Api, dingtalk: DingTalkEmulator) -> AsyncIterator[Client]:
    """A bot at the gateway that takes everything."""
    client = await api.connect()
    await dingtalk.until(lambda: dingtalk.connections)
    yield client
    await client.close()


@pytest.fixture
async def bot(dingtalk: DingTalkEmulator) -> AsyncIterator[Bot]:
    """A bot behind a callback URL; the app is in HTTP mode."""
    bot, app = Bot(), web.Application()
    app.router.add_post("/callback", bot.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    dingtalk.callback_url = f"http://127.0.0.1:{runner.addresses[0][1]}/callback"
    dingtalk.mode = "webhook"
    yield bot
    await runner.cleanup()
