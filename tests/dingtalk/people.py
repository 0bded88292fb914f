"""The sample organisation with its reps on DingTalk as well: everything hostile comes by this messenger."""

from __future__ import annotations

from adapters.dingtalk.emulator import DingTalkEmulator
from tests.build import Org
from tests.chat import Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


class AllOnDingtalk(Org):
    """王磊 and 赵敏 of two agents too; 李静 is there in any case."""

    def rows(self, name: str) -> list[dict[str, str]]:
        here = {"王磊": "wanglei", "赵敏": "zhaomin"}
        rows = super().rows(name)
        return [row | {"accounts": f"dingtalk:{here[row['name']]}"} if row["name"] in here else row for row in rows]


def both(world: World) -> tuple[Person, Person]:
    """王磊 the rep, 李静 the manager."""
    return world.person("王磊", "wanglei", channel="dingtalk"), world.person("李静", "lijing", channel="dingtalk")


def emulator(world: World) -> DingTalkEmulator:
    found = world.phones["dingtalk"].emulator
    assert isinstance(found, DingTalkEmulator)
    return found


async def registered(world: World) -> tuple[Person, Person]:
    """王磊 has handed in BB1001, 李静 sees it."""
    wang, li = both(world)
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    return wang, li
