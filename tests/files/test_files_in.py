"""Files people send: stored by hash, filed with one tap, listed on the card, on each messenger (C62)."""

from __future__ import annotations

import pytest

from tests.chat import Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
OTHER = "报备 上海临港星港物业有限公司 热泵机房改造 86万 5月20日"
PHOTO = b"\x89PNG\r\n\x1a\n" + b"a photo" * 300
PAPER = b"%PDF-1.7\n" + b"minutes" * 500


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk", "wecom")


@pytest.fixture
async def wang(world: World) -> Person:
    wang = world.person("王磊", "ou_wanglei")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    return wang


async def test_the_object_last_spoken_of_is_meant(wang: Person) -> None:
    await wang.sends(PAPER, "会议纪要.pdf").sees("已收到 1 份证据：会议纪要.pdf（3 KB），归到 BB1001")
    await wang.says("进度 BB1001").sees("会议纪要.pdf（3 KB）")


async def test_the_card_tells_where_it_went(world: World) -> None:
    """On DingTalk nothing else tells of the tap."""
    zhou, li = world.member("周强"), world.member("李静")
    for number, what in enumerate(("提交选型表", "盘点样品"), 601):
        await zhou.says(f"任务 李静 周五前 {what}").sees(f"任务 RW{number}")
    await li.looks().sees("RW602")
    await world.passes(minutes=31)
    await li.sends(PAPER, "会议纪要.pdf").sees("收到 1 个文件", "RW601 提交选型表", "RW602 盘点样品")
    await world.settled()
    await li.presses("RW602 盘点样品").sees("已归档", "「会议纪要.pdf」已归到 RW602。")


async def test_without_context_it_is_asked_with_one_tap(wang: Person, world: World) -> None:
    await wang.says(OTHER).sees("请核对")
    await wang.presses("提交").sees("BB1002 已提交")
    await world.passes(minutes=31)
    await wang.sends(PHOTO).sees("收到 1 个文件", "BB1001 杭州云栖湾", "BB1002 上海临港")
    await wang.sends(PAPER, "会议纪要.pdf").sees("收到 2 个文件")
    await world.settled()
    await wang.presses("BB1001 杭州云栖湾酒店管理有限公司", on="2 个文件").sees("已收到 1 份证据", "归到 BB1001")
    await wang.says("进度 BB1001").sees("会议纪要.pdf")
    await world.settled()
    assert '"img_key"' in wang.last.raw  # the photo itself
