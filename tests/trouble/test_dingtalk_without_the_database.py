"""DingTalk repeats no message: what is written to the bot while the database is away lies on the bot's own disk."""

from __future__ import annotations

import asyncio

import pytest

from bot.shelf import Shelf
from bot.spool import folder_of
from tests.chat import PATIENCE, Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
pytestmark = pytest.mark.parametrize("channels", [("feishu", "dingtalk")])


async def waiting_for_li(world: World) -> tuple[Person, Person]:
    """王磊 on Feishu has handed in BB1001; 李静 sees it on DingTalk."""
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "lijing", channel="dingtalk")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    return wang, li


async def test_a_message_in_an_outage_is_acknowledged_and_done_afterwards(world: World) -> None:
    wang, li = await waiting_for_li(world)
    await world.clock("2026-03-02 10:05")
    wang.mark()
    async with world.without_database():
        await li.says("同意 SP2001")  # acknowledged, or this would fail
        assert "1 条消息暂存在本机" in "".join(world.app._warnings())
    await world.clock("2026-03-02 15:30")
    await wang.looks().sees("BB1001 已通过")
    await li.says("同意 SP2001").sees("已处理:李静 10:05 已同意")


async def test_a_message_in_an_outage_survives_a_restart(world: World) -> None:
    wang, li = await waiting_for_li(world)
    wang.mark()
    async with world.without_database():
        await li.says("同意 SP2001")
        await world.app.spool.stop()  # this process ends before the database is back
    shelf = Shelf(folder_of(world.config))
    assert len(shelf.names()) == 1
    await world.restarts()
    await wang.looks().sees("BB1001 已通过")
    async with asyncio.timeout(PATIENCE):
        while shelf.names():  # noqa: ASYNC110 - a folder tells of no changes
            await asyncio.sleep(0.01)


async def test_a_click_in_an_outage_fails_visibly_and_does_nothing(world: World) -> None:
    wang, li = await waiting_for_li(world)
    wang.mark()
    async with world.without_database():
        await li.presses("同意")
        assert li.toast
    await world.settled()
    assert "已通过" not in wang.news
    assert Shelf(folder_of(world.config)).names() == []
    await li.presses("同意")
    await wang.looks().sees("BB1001 已通过")
