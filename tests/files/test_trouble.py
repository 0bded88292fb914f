"""Files under way when something breaks: nothing that was said to be stored is missing, nobody waits for ever."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, update

from bot.ports import FileState
from storage.file_tables import files
from tests.chat import Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
PHOTO = b"\x89PNG\r\n\x1a\n" + b"a photo" * 300
PAPER = b"%PDF-1.7\n" + b"minutes" * 500


@pytest.fixture
async def wang(world: World) -> Person:
    wang = world.person("王磊", "ou_wanglei")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    return wang


async def rows(world: World) -> list[tuple[FileState, int, str]]:
    """(state, attempts, handle) of each file."""
    found = select(files.c.state, files.c.attempts, files.c.handle).order_by(files.c.id)
    return await world.app.store.read(lambda unit: [tuple(row) for row in unit.sql.execute(found)])


async def now(world: World) -> None:
    """Machine time passes: whatever waits for another try, or is claimed by a process that died, is due."""
    await world.app.store.write(lambda unit: unit.sql.execute(update(files).values(wait_until=0)))
    world.app.fetcher.wake()


async def wanted(world: World, count: int = 1) -> None:
    """The turn of the file has ended."""

    async with asyncio.timeout(20.0):
        while len(await rows(world)) != count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # a store tells of no arrivals


async def test_killed_between_wanted_and_stored(world: World, wang: Person) -> None:
    """A process that took the push and died: another one fetches it, once its claim is over."""
    await world.app.fetcher.stop()
    await wang.sends(PAPER, "会议纪要.pdf")
    await wanted(world)
    await world.app.store.write(lambda unit: unit.files.claim(["feishu"], 1, 180.0))  # by whom nobody hears of again
    await world.restarts()
    ((state, attempts, handle),) = await rows(world)
    assert (state, attempts) == (FileState.WANTED, 1)
    assert handle
    assert "file_v3" not in handle  # sealed
    await now(world)
    await wang.looks().sees("已收到 1 份证据：会议纪要.pdf")
    ((state, _, handle),) = await rows(world)
    assert (state, handle) == (FileState.STORED, "")


async def test_a_clean_stop_leaves_what_is_under_way_to_the_next_start(world: World, wang: Person) -> None:
    wang.feishu.faults.hang = True
    try:
        await wang.sends(PAPER, "会议纪要.pdf")
        await wanted(world)
        await wang.feishu.until(lambda: any("/resources/" in call.path for call in wang.feishu.calls), 10.0)
    finally:
        stopping = world.app.fetcher.stop()
        await stopping
        wang.feishu.faults.hang = False
    await world.restarts()
    await wang.looks().sees("已收到 1 份证据：会议纪要.pdf")


async def test_killed_after_it_was_stored_and_before_its_end_was_recorded(world: World, wang: Person) -> None:
    """It is fetched again; the same content lies there once."""
    await world.app.fetcher.stop()
    await wang.sends(PAPER, "会议纪要.pdf")
    await wanted(world)
    folder = world.app.cabinet.folder
    async with world.app.cabinet.draft() as draft:
        await draft.write(PAPER)
        await world.app.cabinet.keep(draft, "会议纪要.pdf")
    await world.restarts()
    await wang.looks().sees("已收到 1 份证据：会议纪要.pdf")
    assert [path.stat().st_mode & 0o777 for path in folder.glob("??/*")] == [0o600]


async def test_an_end_counts_once(world: World, wang: Person) -> None:
    """Two processes fetched it side by side."""
    await world.app.fetcher.stop()
    await wang.sends(PAPER, "会议纪要.pdf")
    await wanted(world)
    (claimed,) = await world.app.store.write(lambda unit: unit.files.claim(["feishu"], 1, 180.0))
    await asyncio.gather(*(world.app.fetcher._end(claimed, world.app.dispatcher) for _ in range(2)))
    await wang.looks().sees("已收到 1 份证据")
    await world.settled()
    assert sum("已收到 1 份证据" in message.text for message in wang.messages) == 1


async def test_what_has_expired_is_lost_and_said_so(world: World, wang: Person) -> None:
    await world.app.fetcher.stop()
    await wang.sends(PAPER, "会议纪要.pdf")
    await wanted(world)
    wang.feishu.world.blobs.clear()
    await world.restarts()
    await wang.looks().sees("「会议纪要.pdf」没有收到：文件已过期或已撤回。请重新发送。")
    assert "file.lost" in await world.audited()
    await wang.says("进度 BB1001").sees("证据")


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (PAPER + b"x" * 5000, "大.pdf", "没有收到：文件超过"),
        (b"MZ\x90\x00" + b"\x00" * 50, "合同.pdf", "没有收到：这种文件不收"),
        (b"#!/bin/sh\n", "合同.txt", "没有收到：这种文件不收"),
    ],
)
async def test_what_is_not_kept(world: World, wang: Person, data: bytes, name: str, said: str) -> None:
    world.app.cabinet.most = 5000
    await wang.sends(data, name).sees(said)
    assert list(world.app.cabinet.folder.glob("*/*")) == []


async def test_evidence_that_was_asked_for_is_lost(world: World, wang: Person) -> None:
    await wang.says("证据 BB1001").sees("请把文件或照片直接发给我")
    world.app.cabinet.most = 10
    await wang.sends(PAPER, "会议纪要.pdf").sees("没有收到：文件超过")


async def test_a_revoked_token_is_no_lost_file(world: World, wang: Person) -> None:
    wang.feishu.tokens.revoke()
    await wang.sends(PAPER, "会议纪要.pdf").sees("已收到 1 份证据：会议纪要.pdf")
