"""The whole bot by Feishu's long connection: a registration, its decision, a restart, an outage of the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App
from tests.build import MONDAY, configuration
from tests.chat import World
from tests.phones import Phone, StreamPhone

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    clock_file = tmp_path / "now"
    clock_file.write_text(MONDAY.isoformat(), encoding="utf-8")
    phones: dict[str, Phone] = {
        "feishu": StreamPhone(1, lambda: datetime.fromisoformat(clock_file.read_text(encoding="utf-8")))
    }
    await phones["feishu"].start()
    config = configuration(tmp_path, database_url, clock_file, {"feishu": phones["feishu"].table()})
    world = World(App(config), config, phones, clock_file)
    try:
        await world.app.start()
        await world.serves()
        yield world
    finally:
        await world.app.stop()
        await phones["feishu"].emulator.stop()


async def test_a_registration_and_its_decision(world: World) -> None:
    wang, lin = world.person("王磊", "ou_wanglei"), world.person("林岚", "ou_linlan")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await lin.says("进度 BB1001").sees("BB1001")
    assert world.app.channels[0].state.up
    assert wang.feishu.connect.complaints == []


async def test_another_process_connects_anew(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    await wang.says(LINE).sees("请核对")
    await world.restarts()
    await wang.presses("提交").sees("BB1001 已提交")
    assert wang.feishu.connect.addresses == 2


async def test_what_comes_while_nobody_is_connected_comes_again(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    await world.app.channels[0].leave()
    push = await wang.feishu.say(wang.user, "我的报备")
    assert (push.delivered, push.error) == (False, "url")
    await world.restarts()
    await world.clock(world.now + timedelta(seconds=16))
    await wang.feishu.redeliver_due()
    await wang.looks().sees("还没有报备")


async def test_without_the_database_words_come_again_and_clicks_are_told(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    await wang.says(LINE).sees("请核对")
    async with world.without_database():
        await wang.presses("提交").sees("这次点击没有生效")
        push = await wang.feishu.say(wang.user, "我的报备")
        assert push.status == 500
    await wang.presses("提交").sees("BB1001 已提交")
    await world.clock(world.now + timedelta(seconds=16))
    await wang.feishu.redeliver_due()
    await wang.looks().sees("BB1001")
