"""A platform with a few people, and a bot that only records what it is sent."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from adapters.wecom.emulator import WeComEmulator
from tests.wecom_emulator.stage import Api, Bot, Clock, Socket


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def wecom(clock: Clock, bot: Bot) -> AsyncIterator[WeComEmulator]:
    """赵敏 and 李静 in a group; 王小燕 of HQ and her namesake in a downstream corp that shares the app."""
    emulator = WeComEmulator(now=clock.now, machine=clock.machine)
    await emulator.start()
    app = web.Application()
    app.router.add_route("*", "/callback", bot.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    emulator.callback_url = f"http://127.0.0.1:{runner.addresses[0][1]}/callback"
    emulator.add_user("zhaomin", "赵敏")
    emulator.add_user("LiJing", "李静")
    emulator.add_user("WangXiaoYan", "王小燕")
    emulator.add_corp("wwDOWN1", "华东代理", 1000012)
    emulator.add_user("WangXiaoYan", "王小燕（华东代理）", corp_id="wwDOWN1")
    emulator.add_group("wrTeam", "华东渠道群", ["zhaomin", "LiJing"])
    yield emulator
    await emulator.stop()
    await runner.cleanup()


@pytest.fixture
async def api(wecom: WeComEmulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        api = Api(session, wecom.base_url)
        answer = await api.get("gettoken", corpid=wecom.corp_id, corpsecret=wecom.secret)
        api.token = answer["access_token"]
        yield api


@pytest.fixture
async def socket(wecom: WeComEmulator) -> AsyncIterator[Socket]:
    """A subscribed connection of the smart bot."""
    async with aiohttp.ClientSession() as session, session.ws_connect(wecom.smart_bot_url) as ws:
        socket = Socket(ws)
        assert await socket.subscribe(wecom.smart_bot_id, wecom.smart_bot_secret) == 0
        yield socket
