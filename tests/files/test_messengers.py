"""Files by each messenger's own way: Feishu's resources, DingTalk's codes, WeCom's media and its bot's encrypted addresses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.chat import Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
PHOTO = b"\x89PNG\r\n\x1a\n" + b"a photo" * 300
PAPER = b"%PDF-1.7\n" + b"minutes" * 500
EXPIRED = "没有收到：文件已过期或已撤回。请重新发送。"


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk", "wecom")


@pytest.fixture
async def li(world: World) -> Person:
    """At DingTalk, with BB1001 before her; the last thing she spoke of."""
    wang = world.person("王磊", "ou_wanglei")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    li = world.person("李静", "lijing", channel="dingtalk")
    await li.says("进度 BB1001").sees("待审")
    return li


@pytest.fixture
async def zhao(world: World) -> Person:
    """At WeCom, with BB1001 of her own."""
    zhao = world.person("赵敏", "zhaomin", channel="wecom")
    await zhao.says(LINE).sees("请核对")
    await zhao.presses("提交").sees("BB1001")
    return zhao


async def test_dingtalk(li: Person) -> None:
    await li.sends(PAPER, "会议纪要.pdf").sees("已收到 1 份证据：会议纪要.pdf（3 KB），归到 BB1001")
    await li.sends(PHOTO).sees("已收到 1 份证据：图片 2026-03-02 0900.png（2 KB）")


async def test_dingtalks_code_is_over(world: World, li: Person) -> None:
    li.phone.emulator.media.code_life = timedelta(0)
    await li.sends(PAPER, "会议纪要.pdf").sees(f"「会议纪要.pdf」{EXPIRED}")


async def test_dingtalks_address_is_over(world: World, li: Person) -> None:
    li.phone.emulator.media.url_life = timedelta(0)
    await li.sends(PAPER, "会议纪要.pdf").sees(f"「会议纪要.pdf」{EXPIRED}")


async def test_dingtalks_address_leads_elsewhere(li: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(li.phone.emulator.media, "_base_url", lambda: "http://169.254.169.254")
    await li.sends(PAPER, "会议纪要.pdf").sees("没有收到：文件的下载地址不可信")


async def test_wecoms_app(zhao: Person) -> None:
    await zhao.sends(PHOTO).sees("已收到 1 份证据：图片 2026-03-02 0900.png（2 KB），归到 BB1001")


async def test_wecoms_media_is_over(world: World, zhao: Person) -> None:
    await world.app.fetcher.stop()
    await zhao.sends(PHOTO)
    await world.settled()
    zhao.phone.emulator.world.blobs.clear()
    await world.restarts()
    await zhao.looks().sees(EXPIRED)


async def test_wecoms_bot_sends_files_encrypted(world: World, zhao: Person) -> None:
    """Answered by the app, whose chat is the person's own."""
    emulator = zhao.phone.emulator
    await emulator.until(lambda: emulator.smart_bot.connected, 20.0)
    for name in ("会议纪要.pdf", "会议纪要二.pdf"):  # the key comes with and without its last sign
        zhao.mark()
        await emulator.file("zhaomin", name, PAPER, chat=emulator.single_chat("zhaomin"))
        await zhao.looks().sees(f"已收到 1 份证据：{name}（3 KB），归到 BB1001")


async def test_feishu_gives_nothing_out_of_external_groups(world: World, li: Person) -> None:
    feishu = world.phones["feishu"].emulator
    feishu.world.chats[feishu.p2p_chat("ou_wanglei")].external = True
    wang = world.person("王磊", "ou_wanglei")
    await wang.sends(PAPER, "会议纪要.pdf").sees("没有收到：外部群里的文件机器人取不到")
