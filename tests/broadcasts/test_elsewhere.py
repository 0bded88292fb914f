"""A broadcast written where a card asks for little and an edit is dear: by questions, and its end is told in words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.broadcasts.conftest import BUTTON, EVERYBODY, POLICY, goes_out
from tests.build import Org
from tests.chat import World

HOME = {"dingtalk": "dingtalk:linlan", "wecom": "wecom:linlan"}


@dataclass(frozen=True)
class HeadquartersAt(Org):
    home: str = "wecom"

    def rows(self, name: str) -> list[dict[str, str]]:
        rows = super().rows(name)
        return [row | {"accounts": HOME[self.home]} if row["name"] == "林岚" else row for row in rows]


@pytest.fixture(params=tuple(HOME))
def home(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def org(home: str) -> Org:
    return HeadquartersAt(home=home)


async def test_question_by_question(world: World, home: str) -> None:
    lin = world.person("林岚", "linlan", channel=home)
    wang, zhao, li, *_ = (world.member(name) for name in ("王磊", "赵敏", "李静", "陈启明", "刘洋"))
    await lin.says("发公告 二季度返利通知").sees("正文")
    await lin.says(POLICY).sees("受众区域")
    await lin.says(EVERYBODY).sees("共 2 家 / 5 人")
    await lin.says("提交").sees("GG301 已提交")
    await goes_out(world)
    await lin.looks().sees("GG301 发送完毕，已送达 5/5, 失败 0")
    for who in (wang, zhao, li):
        await who.presses(BUTTON).sees("已知悉")
    await world.passes(seconds=5)
    await lin.says("公告进度").sees("已知悉", "3/5（60%）")
    await lin.says("撤回公告 GG301 文号有误").sees("GG301 已撤回")
    await goes_out(world)
    await wang.looks().sees("已作废", "文号有误")
    for who in (zhao, li):
        await who.says("公告 GG301").sees("已作废", "文号有误")
