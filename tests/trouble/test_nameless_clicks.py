"""A click that does not say who pressed is nobody's: it decides nothing, whatever the card it stands on."""

from __future__ import annotations

import pytest

from tests.build import Org
from tests.chat import World

LINE = "报备 宁波海纳酒店有限公司 净水改造 120万 6月底签"
ALL = ("feishu", "dingtalk", "wecom")


class Everywhere(Org):
    """李静 is on the messenger that is looked at."""

    def rows(self, name: str) -> list[dict[str, str]]:
        more = {"李静": ";feishu:ou_lijing;wecom:lijing"}
        rows = super().rows(name)
        if name != "people":
            return rows
        return [row | {"accounts": row["accounts"] + more.get(row["name"], "")} for row in rows]


@pytest.fixture
def org() -> Org:
    return Everywhere()


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ALL


@pytest.mark.parametrize(("channel", "user"), [("feishu", "ou_lijing"), ("dingtalk", "lijing"), ("wecom", "lijing")])
async def test_a_click_without_identity_decides_nothing(world: World, channel: str, user: str) -> None:
    zhao, li = world.member("赵敏"), world.person("李静", user, channel=channel)
    await li.says("待办").sees("没有")
    await zhao.says(LINE).sees("请核对")
    await zhao.presses("提交").sees("BB1001 已提交")
    await li.says("审批 SP2001").sees("新报备 BB1001")
    before = await world.audited()

    faults = world.phones[channel].emulator.faults
    faults.nameless_clicks = True
    zhao.mark()
    await li.presses("同意")
    await world.settled()
    assert faults.struck["nameless_clicks"] == 1
    assert "已通过" not in zhao.news
    assert await world.audited() == before

    faults.nameless_clicks = False
    await li.presses("同意")
    await zhao.looks().sees("BB1001 已通过")
