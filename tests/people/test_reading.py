"""The partner file in chat (C02), for those in whose scope it lies."""

from __future__ import annotations

from tests.chat import World
from tests.people.conftest import invited


async def test_hq_reads_all_agents(world: World) -> None:
    lin = world.person("林岚", "ou_linlan")
    await lin.says("代理商").sees("A0571-01", "A0755-05", "回复序号查看详情")
    card = await lin.says("代理商 启明").sees(
        "杭州启明机电有限公司", "A0571-01", "金牌", "华东 浙江 杭州", "2026-06-01"
    )
    assert "陈启明" in card
    assert "138****0002" in card
    assert "13800000002" not in card
    await lin.says("代理商 a0574-03").sees("宁波甬诚暖通工程有限公司", "银牌", "赵敏")
    await world.clock("2026-06-02T09:00")
    await lin.says("代理商 启明").sees("合同已到期")


async def test_what_is_out_of_scope_is_missing(world: World) -> None:
    chen, li = world.person("陈启明", "ou_chenqiming"), world.person("李静", "ou_lijing")
    await chen.says("代理商").sees("杭州启明机电有限公司", "刘洋")
    other = await chen.says("代理商 A0574-03").sees("没有找到")
    missing = await chen.says("代理商 A9999-99").sees("没有找到")
    assert other == missing
    await li.says("代理商 甬诚").sees("宁波甬诚暖通工程有限公司")
    await li.says("代理商 前湾").sees("没有找到")
    await li.says("代理商").sees("A0571-01", "A0574-03").not_sees("A0755-05", "A0512-02")
    await li.says("2").sees("宁波甬诚暖通工程有限公司", "合同")


async def test_what_is_asked_in_a_group_is_answered_alone(world: World) -> None:
    """Codes and people's phones are not for everybody in a group (R12.4)."""
    lin, new = world.person("林岚", "ou_linlan"), world.person("王磊", "ou_new")
    lin.feishu.add_group("oc_group", "项目群", ["ou_linlan", "ou_new"])

    def in_group() -> str:
        return "\n".join(m.text for m in lin.feishu.messages("oc_group") if m.sender == "bot")

    await lin.says("代理商 启明", group="oc_group").sees("陈启明", "138****0002")
    code = await invited(world)
    await new.says(f"绑定 {code}", group="oc_group").sees("杭州启明机电有限公司")
    await new.presses("确认绑定").sees("绑定成功")
    await world.settled()
    assert in_group().splitlines() == ["已在单聊里回复您。"] * 2
