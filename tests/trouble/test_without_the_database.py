"""The database is away while people write (design 3): what their messenger would not repeat is kept and done later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.feishu.adapter import CAN
from bot.errors import Unavailable
from bot.keys import open_keyring
from bot.messages import Account, Press, Say, single_chat
from bot.shelf import Shelf
from bot.spool import Spool, folder_of
from tests.chat import PATIENCE, Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
NOT_REPEATING = {"feishu": replace(CAN, repeats=False)}


class Door:
    """A messenger that repeats nothing, in front of the running bot: its Say and Press go into a spool of their own."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self.spool = self.opened()

    def opened(self) -> Spool:
        app = self.world.app
        keys = open_keyring(self.world.config)
        return Spool(app.dispatcher, NOT_REPEATING, app.clock, Shelf(self.folder), keys, pauses=(0.05, 0.05))

    async def hears(self, person: Person, text: str, key: str) -> None:
        sender = Account("feishu", "", person.user)
        said = Say(key=key, sender=sender, place=single_chat(sender), sent_at=self.world.now, trace=key * 4, text=text)
        await self.spool.take(said)

    async def drained(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.spool.waiting:  # noqa: ASYNC110 - a count tells of no changes
                await asyncio.sleep(0.01)

    @property
    def records(self) -> list[str]:
        return Shelf(self.folder).names()


@pytest.fixture
async def door(world: World, tmp_path: Path) -> AsyncIterator[Door]:
    door = Door(world, tmp_path / "kept")
    await door.spool.start()
    yield door
    await door.spool.stop()


async def test_a_decision_written_in_an_outage_has_the_hour_it_was_written_at(world: World, door: Door) -> None:
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")

    await world.clock("2026-03-02 10:05")
    wang.mark()
    async with world.without_database():
        await door.hears(li, "同意 SP2001", "om_1")
        assert len(door.records) == 1
    await world.clock("2026-03-02 15:30")
    await wang.looks().sees("BB1001 已通过")
    await li.says("同意 SP2001").sees("已处理:李静 10:05 已同意")
    assert door.records == []


async def test_words_are_answered_in_the_order_they_came(world: World, door: Door) -> None:
    wang = world.person("王磊", "ou_wanglei")
    wang.mark()
    async with world.without_database():
        await door.hears(wang, "报备", "om_1")
        await door.hears(wang, "杭州云栖湾酒店管理有限公司", "om_2")
        await door.hears(wang, "中央空调改造 120万 6月底签", "om_3")
    await wang.looks().sees("请核对", "杭州云栖湾酒店管理有限公司", "中央空调改造")


async def test_a_click_is_refused_and_never_kept(world: World, door: Door) -> None:
    sender = Account("feishu", "", "ou_lijing")
    click = Press(
        key="c1", sender=sender, place=single_chat(sender), sent_at=world.now, trace="t", button="b", message="om_9"
    )
    async with world.without_database():
        with pytest.raises(Unavailable):
            await door.spool.take(click)
    assert door.records == []


async def test_died_between_the_commit_and_the_end_of_the_record(world: World, door: Door) -> None:
    """The next process replays it; the inbox knows its key."""
    wang = world.person("王磊", "ou_wanglei")
    async with world.without_database():
        await door.hears(wang, "我的报备", "om_1")
        (name,) = door.records
        record = Shelf(door.folder).get(name)
    await wang.looks().sees("还没有报备")
    await door.drained()
    await world.settled()
    before = len(wang.messages)
    await door.spool.stop()
    assert record is not None
    Shelf(door.folder).put(name, record)
    door.spool = door.opened()
    await door.spool.start()
    assert door.spool.waiting == 1
    await door.drained()
    await world.settled()
    assert len(wang.messages) == before


async def test_the_next_process_takes_up_what_the_last_one_kept(world: World) -> None:
    """As ``serve`` composes it: the folder beside the database."""
    wang = world.person("王磊", "ou_wanglei")
    door = Door(world, folder_of(world.config))
    async with world.without_database():
        await door.hears(wang, "我的报备", "om_1")
        await world.app.spool.stop()  # this process ends before it looks again
    assert len(door.records) == 1
    wang.mark()
    await world.restarts()
    await wang.looks().sees("还没有报备")
    await _until(lambda: not door.records)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - a folder tells of no changes
            await asyncio.sleep(0.01)
