"""The clock stands exactly on a deadline: 「前」 is over then, and whoever looks afterwards reads the same."""

from __future__ import annotations

from tests.chat import World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


async def test_a_card_drawn_at_the_deadline_says_that_it_has_passed(world: World) -> None:
    """It is not drawn again before the next reminder: what it says at 15:00 sharp must still hold at 15:01."""
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    zhou, wu = world.person("周强", "ou_zhouqiang"), world.person("吴涛", "ou_wutao")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交", "最迟 2026-03-02 17:00 前")

    await li.looks().sees("请在 2026-03-02 17:00 前处理")
    await world.clock("2026-03-02 17:00")
    await zhou.looks().sees("请在 2026-03-03 16:00 前处理")
    await world.clock("2026-03-03 16:00")
    await wu.looks().sees("请在 2026-03-04 15:00 前处理")
    await world.clock("2026-03-04 15:00")
    await wu.looks().sees("SP2001 已超过时限，仍待您处理")
    await wang.looks().sees("已超过时限，正在催办").not_sees("最迟 2026-03-04 15:00 前")
