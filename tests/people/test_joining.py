"""How somebody joins: invitation, confirmation, what is refused and why (C01, R12.1)."""

from __future__ import annotations

import json
import re

from sqlalchemy import select

from handlers.people.tables import invitations
from storage.tables import audit
from storage.unit import Unit
from tests.chat import World
from tests.people.conftest import CODE, INVITE, invited


def actions(unit: Unit) -> list[str]:
    return list(unit.sql.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


async def test_somebody_joins(world: World) -> None:
    chen, li = world.person("陈启明", "ou_chenqiming"), world.person("李静", "ou_lijing")
    code = await invited(world)
    wang = world.person("王磊", "ou_new")
    await wang.says(f"绑定 {code}").sees("杭州启明机电有限公司", "角色:业务员", "姓名:王磊", "确认绑定")
    await wang.presses("确认绑定").sees("绑定成功", "试试:报备 / 我的任务 / 帮助")
    await chen.looks().sees("王磊已加入杭州启明", "138****0001").not_sees("13800000001")
    await li.looks().sees("王磊已加入杭州启明")
    await world.person("林岚", "ou_linlan").looks().sees("王磊已加入杭州启明")
    assert "person.bound" in await world.app.store.read(actions)
    await wang.says("我是谁").sees("业务员", "杭州启明机电有限公司", "138****0001", "飞书", "李静")
    await wang.says(f"绑定 {code}").sees("邀请码已被使用")


async def test_the_code_itself_is_not_stored_with_the_invitation(world: World) -> None:
    code = await invited(world)
    rows = await world.app.store.read(lambda unit: unit.sql.execute(select(invitations)).mappings().all())
    assert len(rows) == 1
    assert not re.search(code.replace("-", "-?"), str(dict(rows[0])), re.IGNORECASE)


async def test_a_code_is_taken_as_people_type_it(world: World) -> None:
    code, wang = await invited(world), world.person("王磊", "ou_new")
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    for typed in (f"绑定{code}", f"绑定 {code.lower()}", f"綁定 {wide}", f"绑定：{code}", f"你好，绑定 {code}。"):
        await wang.says(typed).sees("确认绑定")
    await wang.says(f"绑定 + {code.replace('-', '')}").sees("确认绑定")
    await wang.says("确认绑定").sees("绑定成功")


async def test_only_the_account_that_showed_the_code_can_confirm(world: World) -> None:
    wang, other = world.person("王磊", "ou_new"), world.person("路人", "ou_other")
    await wang.says(f"绑定 {await invited(world)}").sees("确认绑定")
    card = wang.card("确认绑定")
    value = re.search(r'"value": (\{[^{}]*\})', json.dumps(card.content))
    assert value is not None
    click = await other.feishu.press_value(other.open_id, card.message_id, json.loads(value[1]))
    assert click.toast is not None
    assert "无权限" in click.toast.content
    await other.says("确认绑定").sees("没有待确认的绑定")
    await wang.presses("确认绑定").sees("绑定成功")


async def test_an_invitation_lasts_72_hours(world: World) -> None:
    code, late = await invited(world), world.person("王磊", "ou_new")
    early = world.person("王磊", "ou_early")
    await world.passes(hours=71, minutes=59)
    await early.says(f"绑定 {code}").sees("确认绑定")
    await world.passes(minutes=1)
    await late.says(f"绑定 {code}").sees("邀请码已过期")
    await early.presses("确认绑定").sees("邀请码已过期")


async def test_a_newer_code_replaces_the_older(world: World) -> None:
    wang = world.person("王磊", "ou_new")
    first, second = await invited(world), await invited(world)
    await wang.says(f"绑定 {first}").sees("邀请码已失效", "最近一次收到的")
    await wang.says(f"绑定 {second}").sees("确认绑定")


WRONG = {
    "邀请 代理商 A9999-99 业务员 王磊 13800000001": "没有找到代理商 A9999-99",
    "邀请 业务员 王磊 13800000001": "属于哪家代理商",
    "邀请 代理商 A0571-01 财务 王磊 13800000001": "财务不属于代理商",
    "邀请 区域经理 王磊 13800000001": "负责的省份或大区",
    "邀请 大区总监 王磊 浙江 13800000001": "负责的大区",
    "邀请 代理商 A0571-01 业务员 刘二 13800000004": "138****0004 已由刘洋（业务员）使用",
    "邀请 代理商 A0571-01 业务员 王磊": "手机号",
    "邀请": "角色",
}


async def test_what_hq_gets_wrong(world: World) -> None:
    lin = world.person("林岚", "ou_linlan")
    for words, sentence in WRONG.items():
        assert not re.search(CODE, await lin.says(words).sees(sentence))


RIGHT = {
    "邀请 代理商A0571-01 老板 钱多 13800000021": "角色:老板",
    "邀请 13800000022 钱多 业务员 a0571-01": "角色:业务员",
    "邀请 区域经理 钱多 江苏 13800000023": "角色:区域经理",
    "邀请 大区总监 钱多 华南 13800000024": "角色:大区总监",
    "邀请 总部 钱多 13800000025": "角色:总部管理员",
    "邀请 财务 钱多 138 0000 0026": "角色:财务",
}


async def test_whom_hq_can_invite(world: World) -> None:
    new = world.person("钱多", "ou_new")
    for words, role in RIGHT.items():
        await new.says(f"绑定 {await invited(world, words)}").sees(role, "姓名:钱多")


async def test_only_hq_invites(world: World) -> None:
    await world.person("李静", "ou_lijing").says(INVITE).sees("无权限")
    await world.person("路人", "ou_nobody").says(INVITE).sees("您还未绑定")


async def test_who_is_bound_does_not_bind_again(world: World) -> None:
    code, liu = await invited(world), world.person("刘洋", "ou_liuyang")
    await liu.says(f"绑定 {code}").sees("您已绑定为刘洋")
    await liu.says("绑定 飞书账号").sees("您在这里已绑定为刘洋")
    await world.person("王磊", "ou_new").says(f"绑定 {code}").sees("确认绑定")


async def test_five_wrong_codes(world: World) -> None:
    code, wang = await invited(world), world.person("王磊", "ou_new")
    for words in ("绑定 AAAA-BBBB", "绑定 0000-0000", "绑定 wrong", "绑定 AAAA-BBBC"):
        await wang.says(words).sees("邀请码不正确")
    await wang.says("绑定 AAAA-BBBD").sees("尝试过多,请 30 分钟后再试")
    await wang.says(f"绑定 {code}").sees("尝试过多,请 30 分钟后再试")
    assert "security.too_many_codes" in await world.app.store.read(actions)
    await world.person("他人", "ou_other").says(f"绑定 {code}").sees("确认绑定")
    await world.passes(minutes=30)
    await wang.says(f"绑定 {code}").sees("确认绑定")


async def test_words_without_a_code_are_not_counted(world: World) -> None:
    wang = world.person("王磊", "ou_new")
    for _ in range(6):
        await wang.says("绑定").sees("绑定 + 邀请码")
    await wang.says("绑定 钉钉账号").sees("绑定 + 邀请码")
