"""The bot was away for a week: what was missed comes once, and nobody is passed over in one moment."""

from __future__ import annotations

from tests.chat import World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


async def test_one_step_upward_not_all_of_them(world: World) -> None:
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    zhou, lin = world.person("周强", "ou_zhouqiang"), world.person("林岚", "ou_linlan")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")

    await world.clock("2026-03-09 10:00")
    await li.looks().sees("已超时升级给 周强，非同意")
    await zhou.looks().sees("新报备 BB1001", "2026-03-09 18:00 前处理")
    await wang.looks().sees("审批人:周强，最迟 2026-03-09 18:00 前")
    assert lin.messages == []
