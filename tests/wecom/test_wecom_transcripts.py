"""The whole bot with everybody on WeCom: what a card cannot ask for is asked in the chat, and a click counts once."""

from __future__ import annotations

import pytest

from tests.build import Org
from tests.chat import World
from tests.wecom.organisation import LINE, OnWeCom


@pytest.fixture
def org() -> Org:
    return OnWeCom()


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("wecom",)


async def test_from_one_line_to_protection(world: World) -> None:
    wang, li = (world.person(n, u, channel="wecom") for n, u in (("王磊", "wanglei"), ("李静", "lijing")))
    await wang.says(LINE).sees(
        "客户 杭州云栖湾酒店管理有限公司", "产品线 中央空调", "金额 120.00 万元", "查重:未发现冲突"
    )
    await wang.presses("提交").sees("BB1001 已提交", "审批人:李静", "回执码")
    await li.looks().sees("新报备 BB1001", "王磊 / 杭州启明", "120.00 万元")
    assert li.last.buttons == ["同意", "驳回"]
    await world.clock("2026-03-02 13:05")
    await li.presses("同意").sees("已同意 李静 13:05")
    assert li.card("已同意 李静 13:05").buttons == []
    await wang.looks().sees("BB1001 已通过", "保护至 2026-05-31")
    await li.presses_again("同意", on="已同意 李静 13:05").sees("已处理:李静 13:05 已同意")
    await wang.says("我的报备").sees("BB1001", "剩 90 天")


async def test_a_reason_is_asked_in_the_chat(world: World) -> None:
    wang, li = (world.person(n, u, channel="wecom") for n, u in (("王磊", "wanglei"), ("李静", "lijing")))
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.presses("驳回").sees("驳回理由", "直接回复即可")
    await world.passes(minutes=20)
    await li.says("请先补充联系人").sees("已驳回 李静 09:20")
    assert li.card("已驳回 李静").buttons == []
    await wang.looks().sees("BB1001 已驳回", "请先补充联系人")


async def test_a_reason_may_come_the_day_after(world: World) -> None:
    wang, li = (world.person(n, u, channel="wecom") for n, u in (("王磊", "wanglei"), ("李静", "lijing")))
    await world.clock("2026-03-02 17:30")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.presses("驳回").sees("驳回理由", "直接回复即可")
    await li.says("帮助").sees("待办")
    await world.clock("2026-03-03 16:00")
    await li.says("请先补充联系人").sees("是接着它说的吗")
    await li.presses("是，接着").sees("已驳回 李静")
    await wang.looks().sees("BB1001 已驳回", "请先补充联系人")


async def test_what_changed_since_a_card_was_sent_is_shown_before_it_is_decided(world: World) -> None:
    """No edit is spent on it; the click brings the code that shows it, and the next one decides."""
    wang, li = (world.person(n, u, channel="wecom") for n, u in (("王磊", "wanglei"), ("李静", "lijing")))
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    await wang.says("联系人 陈立 13900000001").sees("已补充到 BB1001")
    await li.says("审批 SP2001").sees("陈立")
    await wang.says("联系人 沈敏 13900000002").sees("BB1001")
    await li.presses("同意").sees("这张卡片已变更", "沈敏")
    await li.presses("同意").sees("已同意 李静 09:00")
    await wang.looks().sees("BB1001 已通过")


async def test_a_copy_too_old_to_be_changed_is_superseded(world: World) -> None:
    wang, li = (world.person(n, u, channel="wecom") for n, u in (("王磊", "wanglei"), ("李静", "lijing")))
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    world.phones["wecom"].emulator.faults.cards_immutable = True
    await li.says("同意 SP2001").sees("SP2001 已同意", "已同意 李静 09:00")
    assert "同意" in li.card("新报备").buttons, "the card itself stands as it was"
    world.phones["wecom"].emulator.faults.cards_immutable = False
    await li.presses("同意", on="新报备").sees("已处理:李静 09:00 已同意")


async def test_a_group_speaks_through_the_smart_bot(world: World) -> None:
    wecom = world.phones["wecom"].emulator
    wang = world.person("王磊", "wanglei", channel="wecom")
    wecom.add_group("wrTeam", "华东渠道群", ["wanglei"])
    await wecom.until(lambda: wecom.smart_bot.connected, 20.0)
    await wang.says("我是谁", group="wrTeam").sees("王磊")
    await wecom.until(lambda: any(m.sender == "bot" for m in wecom.messages("wrTeam")), 20.0)
