"""J01 as written: a new rep joins on Feishu, and brings their account on WeCom."""

from __future__ import annotations

import re

import pytest

from tests.build import Org
from tests.chat import World


@pytest.fixture
def org() -> Org:
    return Org(without=("王磊",))


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "wecom", "dingtalk")


async def test_a_rep_joins(world: World) -> None:
    lin, chen, li = world.member("林岚"), world.member("陈启明"), world.member("李静")
    wang, stranger = world.person("王磊", "ou_wanglei"), world.person("路人", "ou_stranger")
    other = world.person("他人", "taren", channel="wecom")

    seen = await lin.says("邀请 代理商 A0571-01 业务员 王磊 13800000001").sees("邀请码 ", "72 小时内有效", "一次有效")
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", seen)
    assert code is not None

    await stranger.says("报备 某客户 10万").sees("您还未绑定", "绑定 + 邀请码")

    await wang.says(f"绑定 {code[0]}").sees("杭州启明机电有限公司", "角色:业务员")
    await wang.presses("确认绑定").sees("绑定成功", "试试:报备 / 我的任务 / 帮助")
    await chen.looks().sees("王磊")
    await li.looks().sees("王磊")

    await other.says(f"绑定 {code[0]}").sees("邀请码已被使用")

    wang2 = world.person("王磊", "WangLei", channel="wecom")
    seen = await wang2.says("绑定 飞书账号").sees("请在飞书确认", "在飞书给机器人发:关联 ")
    link = re.search(r"关联 ([A-Z0-9-]{4,9})", seen)
    assert link is not None
    await wang.says(f"关联 {link[1]}").sees("确认关联")
    await wang.presses("确认关联").sees("已关联 2 个账号")
    await wang2.says("帮助").sees("报备")

    await wang.says("帮助").sees("报备").not_sees("邀请", "同意")
    await wang.says("代理商 A0574-03").sees("没有找到")
    for _ in range(4):
        await wang.says("绑定 AAAA-BBBB").sees("邀请码")
    await wang.says("绑定 AAAA-BBBB").sees("尝试过多,请 30 分钟后再试")
