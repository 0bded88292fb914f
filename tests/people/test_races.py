"""Two at the same moment: one wins, the other is told, nothing is counted twice."""

from __future__ import annotations

import asyncio

from tests.chat import World
from tests.people.conftest import invited

ROUNDS = 4


async def test_two_accounts_confirm_one_invitation(world: World) -> None:
    world.person("陈启明", "ou_chenqiming"), world.person("李静", "ou_lijing")
    for number in range(ROUNDS):
        phone = f"138000001{number:02}"
        code = await invited(world, f"邀请 代理商 A0571-01 业务员 新人{number} {phone}")
        both = [world.person("甲", f"ou_a{number}"), world.person("乙", f"ou_b{number}")]
        for each in both:
            await each.says(f"绑定 {code}").sees("确认绑定")
        await asyncio.gather(*(each.presses("确认绑定") for each in both))
        await world.settled()
        seen = [each.news for each in both]
        assert sorted("绑定成功" in news for news in seen) == [False, True], seen
        assert sorted("邀请码已被使用" in news for news in seen) == [False, True], seen
