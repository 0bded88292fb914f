"""Who leaves the company is not written to and decides nothing (page 1.6): one event may tell of several."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from adapters.dingtalk.emulator import Push
from bot.ports import OutState
from storage.tables import accounts, inbox, outbox
from storage.unit import Unit
from tests.build import Org
from tests.chat import PATIENCE, Person, World
from tests.dingtalk.people import AllOnDingtalk, both, emulator, registered


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk")


@pytest.fixture
def org() -> Org:
    return AllOnDingtalk()


def others(world: World) -> tuple[Person, Person]:
    """周强 above the manager, 林岚 at HQ, both on Feishu."""
    return world.person("周强", "ou_zhouqiang"), world.person("林岚", "ou_linlan")


async def known(world: World) -> set[str]:
    return await world.app.store.read(lambda unit: set(unit.sql.execute(select(accounts.c.user_id)).scalars()))


async def turns(world: World, push: Push) -> list[str]:
    """The keys of this event's turns."""
    mine = select(inbox.c.key).where(inbox.c.key.startswith(push.event_id)).order_by(inbox.c.key)
    return await world.app.store.read(lambda unit: list(unit.sql.execute(mine).scalars()))


async def waiting(world: World, user: str) -> list[int]:
    """Rows that would still be sent there."""
    unsent = (outbox.c.chat == user) & outbox.c.state.in_([OutState.PENDING, OutState.SENDING])

    def work(unit: Unit) -> list[int]:
        return list(unit.sql.execute(select(outbox.c.id).where(unsent)).scalars())

    return await world.app.store.read(work)


async def replayed(world: World) -> None:
    """Nothing is kept on this machine any more."""
    async with asyncio.timeout(PATIENCE):
        while world.app.spool.waiting:  # noqa: ASYNC110 - a count tells of no changes
            await asyncio.sleep(0.01)


async def test_what_waited_for_a_manager_goes_to_their_superior_at_once(world: World) -> None:
    wang, li = await registered(world)
    zhou, lin = others(world)
    said = len(li.messages)
    assert (await emulator(world).leaves("lijing")).delivered
    await zhou.looks().sees("BB1001", "杭州云栖湾酒店管理有限公司")
    await world.clock("2026-03-02 09:01")
    await lin.looks().sees("李静（区域经理）的钉钉 lijing 已注销，已无法联系", "名下没有待办", "请重新邀请")
    assert "lijing" not in await known(world)
    await zhou.presses("同意").sees("已同意 周强 09:01")
    await wang.looks().sees("BB1001 已通过")
    await world.settled()
    assert (len(li.messages), await waiting(world, "lijing")) == (said, [])
    assert {"account.gone", "approval.handed_on"} <= await world.audited()


async def test_a_user_id_that_is_given_again_is_a_strangers(world: World) -> None:
    """The card still hangs in the old chat; whoever has the id now may press it as often as they like."""
    wang, li = await registered(world)
    await emulator(world).leaves("lijing")
    emulator(world).add_user("lijing", "李静怡")
    await li.presses("同意", on="新报备").sees("无权限")
    await li.says("待办").sees("绑定").not_sees("BB1001")
    await wang.says("进度 BB1001").sees("待审", "审批人:周强")


async def test_several_leave_by_one_event_and_one_of_them_nobody_knows(world: World) -> None:
    wang, li = await registered(world)
    zhou, lin = others(world)
    emulator(world).add_user("hechuan", "何川")
    push = await emulator(world).leaves("wanglei", "hechuan", "lijing")
    assert (push.delivered, push.attempts) == (True, 1)
    assert await turns(world, push) == [f"{push.event_id}/{user}" for user in ("hechuan", "lijing", "wanglei")]
    assert not {"wanglei", "lijing"} & await known(world)
    await zhou.looks().sees("BB1001")
    said = len(wang.messages), len(li.messages)
    await world.clock("2026-03-02 09:01")
    await lin.looks().sees("王磊（杭州启明 业务员）的钉钉 wanglei 已注销", "李静（区域经理）的钉钉 lijing 已注销")
    await zhou.presses("同意").sees("已同意 周强")
    await world.settled()
    assert (len(wang.messages), len(li.messages)) == said, "what is decided now is not told to who is gone"


async def test_an_event_that_comes_twice_is_one_turn_each(world: World) -> None:
    both(world)
    _, lin = others(world)
    dingtalk = emulator(world)
    push = await dingtalk.leaves("wanglei", "lijing")
    await dingtalk.pusher.repeat(push)
    await asyncio.gather(*(dingtalk.pusher.repeat(push) for _ in range(5)))
    await world.clock("2026-03-02 09:01")
    await lin.looks().sees("王磊", "李静")
    await world.settled()
    assert len(await turns(world, push)) == 2
    assert [sum(f"{user} 已注销" in m.text for m in lin.messages) for user in ("wanglei", "lijing")] == [1, 1]


async def test_a_repetition_does_not_touch_who_has_come_back_in_between(world: World, org: Org) -> None:
    _, li = both(world)
    dingtalk = emulator(world)
    push = await dingtalk.leaves("lijing", "wanglei")
    assert "lijing" not in await known(world)
    dingtalk.add_user("lijing", "李静")
    await org.load(world.app)
    await dingtalk.pusher.repeat(push)
    await li.says("我是谁").sees("李静", "区域经理")
    again = await dingtalk.leaves("lijing")
    assert (len(await turns(world, push)), len(await turns(world, again))) == (2, 1)
    assert "lijing" not in await known(world)


async def test_who_leaves_while_the_database_is_away_is_gone_when_it_is_back(world: World) -> None:
    """Acknowledged, for it lies on the bot's own disk: the platform gives an event up after three attempts."""
    await registered(world)
    zhou, lin = others(world)
    async with world.without_database():
        push = await emulator(world).leaves("wanglei", "lijing")
        assert push.delivered
        assert world.app.spool.waiting == 2
    await zhou.looks().sees("BB1001")
    await replayed(world)
    assert len(await turns(world, push)) == 2
    assert not {"wanglei", "lijing"} & await known(world)
    await world.clock("2026-03-02 09:01")
    await lin.looks().sees("wanglei 已注销", "lijing 已注销")


async def test_an_event_comes_again_if_one_of_several_finds_no_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away and the bot's own disk takes one of the two: LATER, and each is one turn in the end."""
    both(world)
    _, lin = others(world)
    monkeypatch.setattr(world.app.spool._shelf, "most", 1)
    dingtalk = emulator(world)
    async with world.without_database():
        push = await dingtalk.leaves("wanglei", "lijing")
        assert (push.delivered, push.answer["status"]) == (False, "LATER")
    await replayed(world)
    assert await turns(world, push) == [f"{push.event_id}/wanglei"]
    await world.passes(seconds=10)
    assert await dingtalk.redeliver_due() == [push]
    assert push.delivered
    assert len(await turns(world, push)) == 2
    await world.clock("2026-03-02 09:02")
    await lin.looks().sees("wanglei 已注销", "lijing 已注销")
