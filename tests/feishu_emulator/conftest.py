"""A platform with a few people, and a bot that only records what it is sent."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from adapters.feishu.emulator import FeishuEmulator
from tests.feishu_emulator.stage import Api, Bot, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def feishu(clock: Clock, bot: Bot) -> AsyncIterator[FeishuEmulator]:
    """赵敏 and 李静 of one company, 周强 of another; a group of the first two, an external one of all."""
    emulator = FeishuEmulator(now=clock.now, machine=clock.machine)
    await emulator.start()
    app = web.Application()
    app.router.add_post("/callback", bot.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    emulator.callback_url = f"http://127.0.0.1:{runner.addresses[0][1]}/callback"
    emulator.add_user("ou_zhao", "赵敏")
    emulator.add_user("ou_li", "李静")
    emulator.add_user("ou_zhou", "周强", tenant_key="tkother000000001")
    emulator.add_group("oc_team", "华东渠道群", ["ou_zhao", "ou_li"])
    emulator.add_group("oc_outside", "外部群", ["ou_zhao", "ou_zhou"])
    yield emulator
    await emulator.stop()
    await runner.cleanup()


@pytest.fixture
async def api(feishu: FeishuEmulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        api = Api(session, feishu.base_url, "")
        credentials = {"app_id": feishu.app_id, "app_secret": feishu.app_secret}
        _status, answer = await api.call("POST", "auth/v3/tenant_access_token/internal", credentials)
        api.token = answer["tenant_access_token"]
        yield api
