"""Files the bot sends: given to the messenger, then sent, each step recorded; a link where a messenger takes none."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, update

from storage.file_tables import media
from tests.chat import Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
PHOTO = b"\x89PNG\r\n\x1a\n" + b"a photo" * 300
PAPER = b"%PDF-1.7\n" + b"minutes" * 500
TEXT = "客户要求，逐条".encode() * 50


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk", "wecom")


@pytest.fixture
async def wang(world: World) -> Person:
    wang = world.person("王磊", "ou_wanglei")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await wang.sends(PAPER, "会议纪要.pdf").sees("已收到 1 份证据")
    await wang.sends(PHOTO).sees("已收到 1 份证据")
    await wang.sends(TEXT, "要求.txt").sees("已收到 1 份证据")
    await world.settled()
    await known(world, 1)  # the picture, for the registration's card
    return wang


async def test_on_feishu_as_files_and_pictures(world: World, wang: Person) -> None:
    for _ in range(2):
        await wang.says("文件 BB1001").sees("以上是 BB1001 的文件，共 3 个", "[文件]", "[图片]")
    uploaded = [call.body["file_name"] for call in wang.feishu.calls if call.path.endswith("/im/v1/files")]
    assert uploaded == ["会议纪要.pdf", "要求.txt"]  # once each, and known from then on
    assert [message.msg_type for message in wang.messages[-4:]] == ["file", "image", "file", "text"]


async def test_on_dingtalk_what_its_robots_do_not_send_is_a_link(world: World, wang: Person) -> None:
    li = world.person("李静", "lijing", channel="dingtalk")
    await li.says("文件 BB1001").sees("以上是 BB1001 的文件", "会议纪要.pdf", "要求.txt")
    sent = [call.body["msgKey"] for call in li.phone.emulator.calls if "msgKey" in (call.body or {})]
    assert {"sampleFile", "sampleImageMsg"} <= set(sent)
    await world.settled()
    links = [link.url for message in li.messages for link in message.links]
    assert [url for url in links if "/files/" in url]


async def test_on_wecom(world: World, wang: Person) -> None:
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await sun.says("文件 BB1001").sees("以上是 BB1001 的文件", "会议纪要.pdf", "要求.txt", "[图片]")


async def test_what_is_over_is_uploaded_anew(world: World, wang: Person) -> None:
    await wang.says("文件 BB1001").sees("以上是 BB1001 的文件")
    await world.settled()
    await world.app.store.write(lambda unit: unit.sql.execute(update(media).values(until=world.now)))
    before = uploads(wang)
    await wang.says("文件 BB1001").sees("[文件]", "[图片]")
    await world.settled()
    assert uploads(wang) == before + 3


async def test_killed_between_upload_and_send(world: World, wang: Person) -> None:
    """What the messenger holds is known to whoever sends next; the file arrives once."""
    before = uploads(wang)
    wang.feishu.faults.server_error_next(100)
    await wang.says("文件 BB1001")
    await known(world, 2)  # the others wait behind it
    await world.app.stop()
    wang.feishu.faults.clear()
    await world.restarts()
    await wang.looks().sees("以上是 BB1001 的文件", "[文件]", "[图片]")
    await world.settled()
    assert uploads(wang) == before + 2
    assert [m.msg_type for m in wang.messages].count("file") == 2


async def test_a_file_that_is_gone_from_the_disk_goes_out_as_a_link(world: World, wang: Person) -> None:
    for path in world.app.cabinet.folder.glob("??/*"):
        path.unlink()
    before = uploads(wang)
    await wang.says("文件 BB1001").sees("会议纪要.pdf", "要求.txt")
    await world.settled()
    assert uploads(wang) == before


def uploads(person: Person) -> int:
    return sum(call.path.endswith(("/im/v1/files", "/im/v1/images")) for call in person.feishu.calls)


async def known(world: World, count: int) -> None:
    """So many files are recorded as uploaded."""
    counted = select(func.count()).select_from(media)
    async with asyncio.timeout(20.0):
        while await world.app.store.read(lambda unit: unit.sql.execute(counted).scalar_one()) != count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # a store tells of no arrivals
