"""J02: a deal in one line, the manager decides from the card, both see the result.

As written, the rep on Feishu and the manager on DingTalk; the rest as well with everybody on one messenger.
"""

from __future__ import annotations

import pytest

from tests.chat import World

ORGANISATIONS = {"as in the sample": ("feishu", "dingtalk", "wecom"), "all on Feishu": ("feishu",)}
LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


@pytest.fixture(params=list(ORGANISATIONS.values()), ids=list(ORGANISATIONS))
def channels(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


async def test_from_one_line_to_protection(world: World) -> None:
    wang, li = world.member("王磊"), world.member("李静")

    await wang.says(LINE).sees(
        "客户:杭州云栖湾酒店管理有限公司",
        "产品线:中央空调",
        "金额:120.00 万元",
        "预计签约:2026-06-30",
        "查重:未发现冲突",
        "还可补充:信用代码、联系人、地址、证据",
    )
    await wang.presses("提交").sees("BB1001 已提交", "审批人:李静", "最迟 2026-03-02 17:00 前给出结果", "回执码")
    await li.looks().sees("新报备 BB1001", "王磊 / 杭州启明", "120.00 万元")
    assert {"同意", "驳回"} <= set(li.last.buttons)

    await wang.says("信用代码 91330106MA0TEXT01T").sees("已补充到 BB1001", "校验通过")
    await wang.says("信用代码 91330106MA0TEXT01X").sees("校验位不正确")
    await wang.says("进度 BB1001").sees("待审", "已等待 0 小时", "91330106MA0TEXT01T").not_sees("TEXT01X")

    li.mark()
    await world.clock("2026-03-02 13:00")
    await li.looks().sees("已等待 4 小时")

    await world.clock("2026-03-02 13:05")
    await li.presses("同意").sees("已同意 李静 13:05")
    assert li.card("已同意").buttons == []
    await wang.looks().sees("BB1001 已通过", "保护至 2026-05-31")

    await li.presses_again("同意", on="已同意 李静 13:05").sees("已处理:李静 13:05 已同意")
    await wang.says("我的报备").sees("BB1001", "剩 90 天")
    await world.settled()
    assert len([m for m in wang.messages if "保护至 2026-05-31（90 天）" in m.text]) == 1


async def test_refused_with_a_reason(world: World) -> None:
    wang, li = world.member("王磊"), world.member("李静")

    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.presses("驳回", form={"驳回理由": "请先补充联系人"}).sees("已驳回 李静 09:00")
    await wang.looks().sees("BB1001 已驳回", "请先补充联系人")
    await wang.says(LINE).sees("查重:未发现冲突")
    await wang.presses("提交").sees("BB1002 已提交")


async def test_typed_decisions_do_the_same(world: World) -> None:
    wang, li = world.member("王磊"), world.member("李静")

    await wang.says(LINE).sees("请核对")
    await wang.says("提交").sees("BB1001 已提交")
    await li.says("待办").sees("SP2001")
    await li.says("同意 SP2001").sees("SP2001 已同意")
    await li.looks().sees("已同意 李静 09:00")
    await wang.looks().sees("BB1001 已通过")
    await li.says("驳回 sp 2001 写错了").sees("已处理:李静 09:00 已同意")


async def test_nobody_decides_in_time(world: World) -> None:
    wang, li, zhou = world.member("王磊"), world.member("李静"), world.member("周强")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    await world.clock("2026-03-02 17:00")
    await zhou.looks().sees("新报备 BB1001")
    await li.looks().sees("已超时升级给 周强，非同意")
    await zhou.presses("同意").sees("已同意 周强 17:00")
    await wang.looks().sees("BB1001 已通过")


async def test_whoever_is_last_is_reminded_again_and_again(world: World) -> None:
    """Nobody above: each time the working hours have passed, and the requester's card says that it is late."""
    wang = world.person("王磊", "ou_wanglei")
    above = [world.person(n, u) for n, u in (("周强", "ou_zhouqiang"), ("吴涛", "ou_wutao"), ("林岚", "ou_linlan"))]
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    for day in (3, 4, 5, 6, 9, 10, 11, 12, 13):
        await world.clock(f"2026-03-{day:02} 17:30")
    await world.settled()
    await wang.says("进度 BB1001").sees("已超过时限，正在催办")
    reminded = [len([m for m in p.messages if "SP2001 已超过时限，仍待您处理" in m.text]) for p in above]
    assert sorted(reminded)[:2] == [0, 0]
    assert max(reminded) >= 3
