"""How somebody joins: invitation, confirmation, wrong codes, a second account (C01, R12.1)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.build import Org
from tests.chat import World, chatting


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    org = Org(without=("王磊",))
    async with chatting(org, tmp_path, database_url, ("feishu", "partner")) as running:
        yield running


INVITE = "邀请 代理商 A0571-01 业务员 王磊 13800000001"


async def invited(world: World, words: str = INVITE) -> str:
    seen = await world.person("林岚", "ou_linlan").says(words).sees("邀请码 ", "72 小时内有效", "一次有效")
    found = re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", seen)
    assert found
    return found.group()


async def test_somebody_joins(world: World) -> None:
    code = await invited(world)
    wang = world.person("王磊", "ou_new")
    await wang.says(f"绑定 {code}").sees("杭州启明机电有限公司", "角色", "业务员", "确认绑定")
    await wang.presses("确认绑定").sees("绑定成功", "试试:报备 / 待办 / 帮助")
    await world.person("陈启明", "ou_chenqiming").looks().sees("王磊已加入杭州启明", "138****0001")
    await world.person("李静", "ou_lijing").looks().sees("王磊已加入杭州启明")
    await wang.says("帮助").sees("报备").not_sees("邀请", "同意", "审计")
    await wang.says("代理商 A0574-03").sees("没有找到")
    await wang.says("我是谁").sees("业务员", "杭州启明机电有限公司", "138****0001", "李静")
