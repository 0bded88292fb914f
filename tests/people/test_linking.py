"""A second account of the same person, proven by a code shown in it (C01, J01 step 6)."""

from __future__ import annotations

import re

import pytest

from tests.chat import Person, World
from tests.people.conftest import invited


@pytest.fixture
def liu(world: World) -> Person:
    return world.person("刘洋", "ou_liuyang")


@pytest.fixture
def new(world: World) -> Person:
    return world.person("刘洋", "ou_partner_liu", channel="partner")


async def offered(new: Person, words: str = "绑定 飞书账号") -> str:
    seen = await new.says(words).sees("请在飞书确认", "在飞书给机器人发:关联 ", "10 分钟内有效")
    found = re.search(r"关联 ([2-9A-HJ-NP-Z]{4})\b", seen)
    assert found
    return found[1]


async def test_a_second_account(liu: Person, new: Person) -> None:
    for words in ("绑定飞书", "绑定 feishu", "绑定 partner", "綁定 飛書帳號"):
        await offered(new, words)
    code = await offered(new)
    await liu.says(f"关联 {code}").sees("飞书（partner）ou_partner_liu", "确认关联")
    await liu.presses("确认关联").sees("已关联 2 个账号")
    await new.looks().sees("已关联到刘洋")
    await new.says("我是谁").sees("业务员", "飞书（feishu）ou_liuyang", "飞书（partner）ou_partner_liu（当前）")
    await liu.says(f"关联 {code}").sees("关联码不正确或已过期")


async def test_typed_instead_of_pressed(liu: Person, new: Person) -> None:
    await liu.says("确认关联").sees("没有待确认的关联")
    await liu.says(f"关联 {await offered(new)}").sees("确认关联")
    await liu.says("确认关联").sees("已关联 2 个账号")
    await liu.says("确认关联").sees("关联码已被使用")


async def test_a_link_code_lasts_ten_minutes(world: World, liu: Person, new: Person) -> None:
    code = await offered(new)
    await world.passes(minutes=9, seconds=59)
    await liu.says(f"关联 {code}").sees("确认关联")
    await world.passes(seconds=1)
    await liu.presses("确认关联").sees("关联码不正确或已过期")
    await liu.says(f"关联 {code}").sees("关联码不正确或已过期")
    await new.says("帮助").sees("您还未绑定")


async def test_a_new_code_replaces_the_older(liu: Person, new: Person) -> None:
    first, second = await offered(new), await offered(new)
    await liu.says(f"关联 {first}").sees("关联码不正确或已过期")
    await liu.says(f"关联 {second}").sees("确认关联")


async def test_who_showed_the_code_first_keeps_it(world: World, liu: Person, new: Person) -> None:
    code = await offered(new)
    await liu.says(f"关联 {code}").sees("确认关联")
    chen = world.person("陈启明", "ou_chenqiming")
    await chen.says(f"关联 {code}").sees("关联码不正确或已过期")
    await chen.says("确认关联").sees("没有待确认的关联")
    await liu.presses("确认关联").sees("已关联 2 个账号")


async def test_an_account_that_was_bound_meanwhile(world: World, liu: Person, new: Person) -> None:
    code = await offered(new)
    await liu.says(f"关联 {code}").sees("确认关联")
    await new.says(f"绑定 {await invited(world)}").sees("确认绑定")
    await new.presses("确认绑定").sees("绑定成功")
    await liu.presses("确认关联").sees("这个账号已绑定到其他人")
    await new.says("我是谁").sees("王磊")


async def test_three_accounts_are_the_most(world: World, liu: Person) -> None:
    for number in (2, 3):
        new = world.person("刘洋", f"ou_liu{number}", channel="partner")
        await liu.says(f"关联 {await offered(new)}").sees("确认关联")
        await liu.presses("确认关联", on=f"ou_liu{number}").sees(f"已关联 {number} 个账号")
    fourth = world.person("刘洋", "ou_liu4", channel="partner")
    await liu.says(f"关联 {await offered(fourth)}").sees("每人最多关联 3 个账号")


async def test_wrong_link_codes_and_invitations_are_counted_together(liu: Person, new: Person) -> None:
    code = await offered(new)
    for words in ("关联 AAAA", "绑定 AAAA-BBBB", "关联 BBBB", "关联 CCCC"):
        await liu.says(words).sees("不正确")
    await liu.says("关联 DDDD").sees("尝试过多,请 30 分钟后再试")
    await liu.says(f"关联 {code}").sees("尝试过多,请 30 分钟后再试")


async def test_a_stranger_cannot_link(world: World, new: Person) -> None:
    code = await offered(new)
    await world.person("路人", "ou_nobody").says(f"关联 {code}").sees("您还未绑定")
