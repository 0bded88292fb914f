"""One object on three messengers at once (M01, R2.4): one decision, every copy closed or superseded, drafts that follow."""

from __future__ import annotations

import re
from typing import ClassVar

import pytest

from tests.build import Org
from tests.chat import Person, World

LINE = "报备 宁波海纳酒店有限公司 净水改造 120万 6月底签"
ALL = ("feishu", "dingtalk", "wecom")


class Everywhere(Org):
    """The sample organisation; its manager is on all three messengers, its rep and its administrator on two."""

    more: ClassVar = {"李静": "wecom:lijing;feishu:ou_lijing", "赵敏": "feishu:ou_zhaomin", "林岚": "dingtalk:linlan"}

    def rows(self, name: str) -> list[dict[str, str]]:
        rows = super().rows(name)
        return [row | {"accounts": self._all(row)} for row in rows] if name == "people" else rows

    def _all(self, row: dict[str, str]) -> str:
        return ";".join(filter(None, (row["accounts"], self.more.get(row["name"]))))


@pytest.fixture
def org() -> Org:
    return Everywhere()


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ALL


def manager(world: World) -> dict[str, Person]:
    """李静 as she is known at each messenger."""
    users = {"feishu": "ou_lijing", "dingtalk": "lijing", "wecom": "lijing"}
    return {channel: world.person("李静", user, channel=channel) for channel, user in users.items()}


async def registered(world: World) -> tuple[Person, dict[str, Person]]:
    """赵敏 on WeCom has registered; 李静 has the card on all three: where it was sent, and where she asked for it."""
    zhao, li = world.member("赵敏"), manager(world)
    await world.clock("2026-03-02 09:01")  # later than the import: where somebody spoke last is where they are told
    await zhao.says(LINE).sees("请核对")
    await zhao.presses("提交").sees("BB1001 已提交", "审批人:李静")
    await li["dingtalk"].looks().sees("新报备 BB1001", "赵敏")
    for channel in ("wecom", "feishu"):
        await li[channel].says("审批 SP2001").sees("新报备 BB1001")
    for each in li.values():
        assert "同意" in each.card("新报备 BB1001").buttons
    return zhao, li


def pressable(*people: Person) -> list[str]:
    """Where a decision could still be pressed."""
    return [p.phone.platform for p in people for m in p.messages if {"同意", "驳回"} & set(m.buttons)]


async def decides(li: Person, how: str) -> None:
    match how:
        case "pressed":
            await li.presses("同意").sees("已同意 李静 09:01")
        case "typed":
            await li.says("同意 SP2001").sees("SP2001 已同意", "已同意 李静 09:01")
        case _:
            assert how == "refused"
            if li.phone.platform == "wecom":
                await li.presses("驳回").sees("驳回理由")
                await li.says("资料不全").sees("已驳回 李静 09:01")
            else:
                await li.presses("驳回", form={"驳回理由": "资料不全"}).sees("已驳回 李静 09:01")


@pytest.mark.parametrize("how", ["pressed", "typed", "refused"])
@pytest.mark.parametrize("where", ALL)
async def test_one_decision_closes_every_copy(world: World, where: str, how: str) -> None:
    zhao, li = await registered(world)
    lin = world.member("林岚")
    await lin.says("进度 BB1001").sees("待审")
    zhao.mark()
    lin.mark()
    await decides(li[where], how)
    verdict, told = ("已驳回", "BB1001 已驳回") if how == "refused" else ("已同意", "BB1001 已通过")
    for channel, each in li.items():
        await each.looks().sees(f"{verdict} 李静 09:01")
        assert f"{verdict} 李静 09:01" in each.card("报备 BB1001").text, channel
    await zhao.looks().sees(told)
    await lin.looks().sees("资料不全" if how == "refused" else "保护至 2026-05-31")
    await world.settled()
    assert pressable(*li.values(), zhao, lin) == []
    for each in li.values():
        await each.presses_again("同意", on="报备 BB1001").sees(f"已处理:李静 09:01 {verdict}")
        await each.says("驳回 SP2001 想反了").sees(f"已处理:李静 09:01 {verdict}")
    assert len([m for m in zhao.messages if m.text.startswith(told) and m.msg_type == "text"]) <= 1
    trail = [action for action in await world.audited() if action in ("approval.agreed", "approval.refused")]
    assert trail == ["approval.refused" if how == "refused" else "approval.agreed"]


async def test_handed_on_to_a_fourth_who_decides(world: World) -> None:
    """After the working hours it is 周强's on Feishu: what 李静 holds on three messengers decides nothing any more."""
    zhao, li = await registered(world)
    zhou = world.member("周强")
    await world.clock("2026-03-02 17:01")
    await zhou.looks().sees("新报备 BB1001")
    for each in li.values():
        await each.looks().sees("已超时升级给 周强，非同意")
    await world.settled()
    assert pressable(*li.values()) == []
    for each in li.values():
        await each.presses_again("同意", on="审批编号").not_sees("已同意", "已处理")
        await each.says("同意 SP2001").not_sees("已同意", "已通知对方")
    await zhou.presses("同意").sees("已同意 周强 17:01")
    await zhao.looks().sees("BB1001 已通过")
    await world.settled()
    assert pressable(*li.values(), zhou) == []
    for each in li.values():
        await each.presses_again("同意", on="审批编号").sees("已处理:周强 17:01 已同意")


async def test_one_to_do_list_in_three_chats(world: World) -> None:
    zhao, li = world.member("赵敏"), manager(world)
    await world.clock("2026-03-02 09:01")
    await zhao.says(LINE).sees("请核对")
    await zhao.presses("提交").sees("BB1001 已提交")
    for each in li.values():
        await each.says("待办").sees("SP2001", "1")
        await each.says("1").sees("新报备 BB1001")
    await li["feishu"].presses("同意").sees("已同意 李静 09:01")
    await world.settled()
    assert pressable(*li.values()) == []
    for each in li.values():
        await each.says("1").sees("已同意 李静 09:01")
        await each.says("待办").not_sees("SP2001")


@pytest.mark.parametrize("where", ALL)
async def test_a_copy_that_cannot_be_changed_is_superseded(world: World, where: str) -> None:
    """What the platform refuses to change gets a line below it that says who decided what."""
    _, li = await registered(world)
    stuck, decider = li[where], li["dingtalk" if where != "dingtalk" else "feishu"]
    before = len(stuck.messages)
    if where == "dingtalk":
        world.phones["dingtalk"].emulator.world.cards.clear()  # what the platform calls param.card.notExist
    else:
        world.phones[where].emulator.faults.cards_immutable = True
    await decider.presses("同意").sees("已同意 李静 09:01")
    await stuck.looks().sees("已同意 李静 09:01")
    assert len(stuck.messages) == before + 1
    assert "同意" in stuck.card("新报备 BB1001").buttons, "the card itself stands as it was"
    world.phones[where].emulator.faults.clear()
    if where != "dingtalk":
        await stuck.presses("同意", on="新报备").sees("已处理:李静 09:01 已同意")


@pytest.mark.parametrize(("here", "there"), [("wecom", "feishu"), ("feishu", "wecom")])
async def test_a_draft_follows_its_person(world: World, here: str, there: str) -> None:
    """J01.6: begun on one messenger, gone on with on another, handed in there; the first card says what became of it."""
    users = {"wecom": "zhaomin", "feishu": "ou_zhaomin"}
    first, second = (world.person("赵敏", users[channel], channel=channel) for channel in (here, there))
    await first.says("报备 宁波海纳酒店有限公司 净水改造").sees("海纳", "金额")
    await second.says("继续").sees("海纳", "金额")
    await second.says("120万").sees("签约")
    await second.says("6月底").sees("请核对", "120.00 万元")
    await first.says("继续").sees("请核对", "120.00 万元")
    await second.presses("提交").sees("BB1001 已提交")
    await first.looks().sees("BB1001")
    await world.settled()
    assert [m for m in (*first.messages, *second.messages) if "提交" in m.buttons] == []
    await first.presses_again("提交", on="BB1001").sees("BB1001 已提交")
    await first.says("我的报备").sees("BB1001").not_sees("BB1002")


async def test_a_draft_follows_to_an_account_that_was_linked_meanwhile(world: World) -> None:
    wang = world.member("王磊")
    await wang.says("报备 杭州云栖湾酒店管理有限公司 中央空调改造").sees("金额")
    there = world.person("王磊", "WangLei", channel="wecom")
    code = re.search(r"关联 ([A-Z0-9-]{4,9})", await there.says("绑定 飞书账号").sees("请在飞书确认", "关联 "))
    assert code is not None
    await wang.says(f"关联 {code[1]}").sees("确认关联")
    await wang.presses("确认关联").sees("已关联 2 个账号")
    await there.says("继续").sees("云栖湾", "金额")
    await there.says("120万").sees("签约")
    await there.says("6月底").sees("请核对")
    await there.presses("提交").sees("BB1001 已提交")
    await wang.says("进度 BB1001").sees("待审")
