"""A group is bound by who is responsible for what it is bound to, on every messenger."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.groups.queries import Group, bound
from handlers.groups.tables import groups
from tests.chat import Person, World

MESSENGERS = ("feishu", "dingtalk", "wecom")


@pytest.fixture
def channels() -> tuple[str, ...]:
    return MESSENGERS


async def groups_of(world: World) -> list[Group]:
    return list(await world.app.store.read(bound))


def group(world: World, who: Person, name: str = "启明项目群") -> str:
    """A group of their messenger with the bot in it; its id there."""
    channel = next(c for c, phone in world.phones.items() if phone is who.phone)
    chat = {"feishu": "oc_qiming", "dingtalk": "cidQiming", "wecom": "wrQiming"}[channel]
    who.phone.emulator.add_group(chat, name, [who.user])
    return chat


@pytest.mark.parametrize(
    ("name", "words", "bound_to"),
    [
        pytest.param("林岚", "绑定本群 代理商 A0571-01", ("A0571-01", ""), id="hq, an agent, on feishu"),
        pytest.param("林岚", "绑定本群 区域 西南", ("", "西南"), id="hq, any region"),
        pytest.param("周强", "绑定本群 华东", ("", "华东"), id="a director, their region"),
        pytest.param("李静", "绑定本群 A0574-03", ("A0574-03", ""), id="a manager, an agent of theirs, on dingtalk"),
    ],
)
async def test_who_is_responsible_binds(world: World, name: str, words: str, bound_to: tuple[str, str]) -> None:
    who = world.member(name)
    chat = group(world, who)
    await who.says(words, group=chat).sees()
    await who.phone.emulator.until(lambda: any("本群已绑定到" in m.text for m in who.phone.emulator.messages(chat)), 20)
    assert [(g.agent, g.region) for g in await groups_of(world)] == [bound_to]
    await who.says("解绑本群", group=chat)
    await who.phone.emulator.until(lambda: any("已解除绑定" in m.text for m in who.phone.emulator.messages(chat)), 20)
    assert await groups_of(world) == []


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        pytest.param("李静", "绑定本群 A0755-05", "没有找到这家代理商", id="out of scope is missing"),
        pytest.param("林岚", "绑定本群 A0000-01", "没有找到这家代理商", id="missing"),
        pytest.param("周强", "绑定本群 区域 华南", "您不负责整个华南区", id="another region"),
        pytest.param("李静", "绑定本群 华东", "您不负责整个华东区", id="a province's manager, the region"),
        pytest.param("林岚", "绑定本群", "请写明绑定到哪里", id="to what"),
        pytest.param("赵敏", "绑定本群 A0574-03", "无权限", id="an agent's own people, on wecom"),
    ],
)
async def test_nobody_else_does(world: World, name: str, words: str, said: str) -> None:
    who = world.member(name)
    if name == "赵敏":
        await who.phone.emulator.until(lambda: who.phone.emulator.smart_bot.connected, 20)
    chat = group(world, who)
    await who.says(words, group=chat)
    answers = who.phone.emulator.messages
    await who.phone.emulator.until(lambda: any(said in m.text for m in (*who.messages, *answers(chat))), 20)
    assert await groups_of(world) == []


async def test_in_a_single_chat_there_is_no_group(world: World) -> None:
    await world.member("林岚").says("绑定本群 A0571-01").sees("在群里 @我")


async def test_removed_and_added_again(world: World) -> None:
    """Nothing goes where the bot is not; when it comes back, the binding is still there."""
    lin = world.member("林岚")
    chat = group(world, lin)
    await lin.says("绑定本群 代理商 A0571-01", group=chat)
    await lin.feishu.until(lambda: any("已绑定" in m.text for m in lin.feishu.messages(chat)), 20)
    await lin.feishu.bot_removed(chat, lin.user)
    assert await groups_of(world) == []
    await lin.feishu.bot_added(chat, lin.user)
    assert [(g.agent, g.name) for g in await groups_of(world)] == [("A0571-01", "启明项目群")]
    names = await world.app.store.read(lambda unit: unit.sql.execute(select(groups.c.name)).scalars().all())
    assert names == ["启明项目群"]
