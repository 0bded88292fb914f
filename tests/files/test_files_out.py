"""Files the bot sends: given to the messenger, then sent, each step recorded; a link where a messenger takes none."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from bot.ports import OutState
from storage.file_tables import media
from storage.tables import outbox
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
