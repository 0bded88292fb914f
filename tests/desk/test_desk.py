"""你好, 帮助, 待办: what each person is told, and nothing more."""

from __future__ import annotations

import pytest

from bot import route
from bot.feature import Catalog, Command
from handlers.catalog import features
from tests.chat import World

PEOPLE = {
    "王磊": ("ou_wanglei", ("报备", "我的报备", "待办"), ("同意", "邀请", "审计")),
    "陈启明": ("ou_chenqiming", ("报备", "我的报备", "同意"), ("邀请", "审计")),
    "李静": ("ou_lijing", ("同意", "驳回", "我的报备"), ("报备　登记", "邀请", "校验")),
    "林岚": ("ou_linlan", ("同意", "邀请", "审计", "校验审计链"), ("报备　登记",)),
    "郑和平": ("ou_zhengheping", ("审计", "校验审计链"), ("同意", "邀请", "报备　登记")),
    "孙梅": ("ou_sunmei", ("代理商", "待办"), ("同意", "邀请", "审计", "报备　登记")),
    "路人": ("ou_nobody", ("您还未绑定", "绑定 + 邀请码"), ("同意", "待办", "审计", "报备")),
}


async def test_help_is_what_this_person_may_do(world: World) -> None:
    for name, (open_id, seen, absent) in PEOPLE.items():
        title = "帮助" if name == "路人" else "可以做的事"
        await world.person(name, open_id).says("帮助").sees(title, *seen).not_sees(*absent)


async def test_help_begins_with_what_people_come_for(world: World) -> None:
    shown = await world.person("王磊", "ou_wanglei").says("帮助").sees("例如：帮助 报备", "免打扰")
    assert shown.index("获得保护期") < shown.index("免打扰")


async def test_help_by_other_words(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    for words in ("help", "Help", "？", "菜单", "请帮助", "你好，帮助"):
        await wang.says(words).sees("业务员可以做的事")


async def test_help_about_one_command(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    await wang.says("帮助 报备").sees(
        "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签", "提报、登记", "客户", "金额"
    )
    await wang.says("帮助 登记").sees("报备", "获得保护期")
    unknown = await wang.says("帮助 飞天").sees("没有找到「飞天」")
    await wang.says("帮助 人员").sees("我是谁　我的角色、公司和账号", "代理商　").not_sees("邀请")
    await wang.says("帮助 提醒").sees("提醒记录　")
    forbidden = await wang.says("帮助 邀请").sees("没有找到「邀请」")
    assert unknown.replace("飞天", "") == forbidden.replace("邀请", "")


@pytest.mark.parametrize("command", [c for f in features() for c in f.commands if c.example], ids=lambda c: c.name)
def test_every_example_is_understood_as_its_command(command: Command) -> None:
    heard = route.hear(Catalog(features()), None, command.example)
    assert heard is not None
    assert command.name in [c.name for c in heard.commands]


async def test_hello(world: World) -> None:
    await world.person("王磊", "ou_wanglei").says("你好").sees("王磊您好", "现在没有待办")
    await world.person("路人", "ou_nobody").says("hi").sees("您还未绑定", "绑定 + 邀请码")


async def test_to_do(world: World) -> None:
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await li.says("待办").sees("没有待办")
    await wang.says("报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签").sees("提交")
    await wang.presses("提交").sees("BB1001")
    await li.looks().sees("同意")
    await li.says("你好").sees("有 1 件事等您处理")
    await li.says("待办").sees("1 件", "SP2001", "2026-03-02 17:00")
    await li.says("1").sees("120.00 万元", "同意")
    await li.says("2").sees("列表里没有第 2 项")
    await li.presses("同意").sees("已同意")
    await li.says("待办").sees("没有待办")
    await wang.says("待办").sees("没有待办")
