"""Who leaves the company is not written to and decides nothing; who gets another userid stays who they are (page 2.3)."""

from __future__ import annotations

import aiohttp
import pytest
from sqlalchemy import select

from adapters.wecom.emulator import WeComEmulator
from bot.ports import OutState
from storage.tables import accounts, outbox
from storage.unit import Unit
from tests.build import Org
from tests.chat import World
from tests.phones import WeComPhone
from tests.wecom.organisation import LINE, OnWeCom
from tests.wecom.test_wecom_group_files import stored


@pytest.fixture
def org() -> Org:
    return OnWeCom()


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("wecom",)


def platform(world: World) -> WeComEmulator:
    phone = world.phones["wecom"]
    assert isinstance(phone, WeComPhone)
    return phone.emulator


async def known(world: World) -> set[str]:
    return await world.app.store.read(lambda unit: set(unit.sql.execute(select(accounts.c.user_id)).scalars()))


async def waiting(world: World, user: str) -> list[int]:
    """Rows that would still be sent there."""
    unsent = (outbox.c.chat == user) & outbox.c.state.in_([OutState.PENDING, OutState.SENDING])

    def work(unit: Unit) -> list[int]:
        return list(unit.sql.execute(select(outbox.c.id).where(unsent)).scalars())

    return await world.app.store.read(work)


async def test_what_waited_for_who_left_goes_to_their_superior_at_once(world: World) -> None:
    wang, li, zhou, lin = (
        world.person(name, user, channel="wecom")
        for name, user in (("王磊", "wanglei"), ("李静", "lijing"), ("周强", "zhouqiang"), ("林岚", "linlan"))
    )
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交", "审批人:李静")
    await li.looks().sees("新报备 BB1001")
    assert (await platform(world).remove_user("lijing")).status == 200
    await zhou.looks().sees("BB1001", "杭州云栖湾酒店管理有限公司")
    await world.clock("2026-03-02 09:01")
    await lin.looks().sees("李静（区域经理）的企业微信 lijing 已注销，已无法联系", "名下没有待办", "请重新邀请")
    assert "lijing" not in await known(world)
    await zhou.presses("同意").sees("已同意 周强 09:01")
    await wang.looks().sees("BB1001 已通过")
    assert {"account.gone", "approval.handed_on"} <= await world.audited()


async def test_a_userid_that_is_given_again_is_a_strangers(world: World) -> None:
    """The card still hangs in the old chat; whoever has the id now may press it as often as they like."""
    wang, li = (world.person(n, u, channel="wecom") for n, u in (("王磊", "wanglei"), ("李静", "lijing")))
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    await platform(world).remove_user("lijing")
    platform(world).add_user("lijing", "李静怡")
    await li.presses("同意", on="新报备").sees("无权限")
    await li.says("待办").sees("绑定").not_sees("BB1001")
    await wang.says("进度 BB1001").sees("待审", "审批人:周强")


async def test_nothing_that_waited_reaches_the_next_one_of_that_userid(world: World) -> None:
    wang, li = (world.person(n, u, channel="wecom") for n, u in (("王磊", "wanglei"), ("李静", "lijing")))
    wecom = platform(world)
    wecom.faults.hang = True
    await wang.says(LINE)
    await wang.says("帮助")
    await wecom.until(lambda: wecom.faults.struck["hang"], 20.0)
    assert len(await waiting(world, "wanglei")) > 1, "one on its way, others behind it"
    await wecom.remove_user("wanglei")
    assert await waiting(world, "wanglei") == []
    wecom.add_user("wanglei", "王磊磊")
    wecom.faults.hang = False
    await li.says("帮助").sees("待办")
    await world.settled()
    assert [m.sender for m in wecom.messages(wecom.app_chat("wanglei"))] == ["wanglei"] * 2


async def test_what_a_lost_card_would_have_said_is_not_said_to_a_stranger(world: World) -> None:
    """The card cannot be changed, and somebody else has the userid already when the platform tells of it."""
    wang, li, zhou = (
        world.person(name, user, channel="wecom")
        for name, user in (("王磊", "wanglei"), ("李静", "lijing"), ("周强", "zhouqiang"))
    )
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    wecom = platform(world)
    wecom.faults.cards_immutable = True
    wecom.world.users.pop("lijing")
    wecom.add_user("lijing", "李静怡")
    before = len(li.messages)
    await wecom.system("change_contact", {"ChangeType": "delete_user", "UserID": "lijing"})
    await zhou.looks().sees("BB1001")
    await world.settled()
    assert len(li.messages) == before


async def test_a_push_that_tells_it_twice_tells_it_once(world: World) -> None:
    wecom = platform(world)
    lin, _ = (world.person(n, u, channel="wecom") for n, u in (("林岚", "linlan"), ("王磊", "wanglei")))
    push = await wecom.remove_user("wanglei")
    await wecom.pusher.push(push.body)
    await world.clock("2026-03-02 09:01")
    await lin.looks().sees("王磊（杭州启明 业务员）的企业微信 wanglei 已注销")
    await world.settled()
    assert sum("已注销" in message.text for message in lin.messages) == 1


async def test_links_that_were_sent_before_open_nothing_any_more(world: World) -> None:
    """What was sent is still the person's own; they are not there any more to open it."""
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await sun.sends(b"\x89PNG\r\n\x1a\n" + b"x" * 100).sees("收到 1 个文件")
    await stored(world)
    mine = select(accounts.c.person).where(accounts.c.user_id == "sunmei")
    person = await world.app.store.read(lambda unit: int(unit.sql.execute(mine).scalar_one()))
    link = world.app.handover.links.download(1, person, world.now).rsplit("/", 1)[-1]
    async with aiohttp.ClientSession() as browser:
        async with browser.get(f"{world.app.address}/files/{link}") as given:
            assert given.status == 200
        await platform(world).remove_user("sunmei")
        async with browser.get(f"{world.app.address}/files/{link}") as refused:
            assert refused.status == 404


async def test_who_is_renamed_goes_on_where_they_were(world: World) -> None:
    wang, li = (world.person(n, u, channel="wecom") for n, u in (("王磊", "wanglei"), ("李静", "lijing")))
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.presses("驳回").sees("驳回理由", "直接回复即可")
    assert (await platform(world).rename_user("lijing", "Li.Jing")).status == 200
    assert {"li.jing", "lijing"} & await known(world) == {"li.jing"}
    await li.says("请先补充联系人").sees("已驳回 李静 09:00")
    await wang.looks().sees("BB1001 已驳回", "请先补充联系人")
    assert "account.renamed" in await world.audited()


async def test_what_waits_follows_to_the_new_userid(world: World) -> None:
    """One on its way, whose answer never comes, and one behind it."""
    wang, wecom = world.person("王磊", "wanglei", channel="wecom"), platform(world)
    wecom.faults.hang = True
    await wang.says("我是谁")
    await wang.says(LINE)
    await wecom.until(lambda: wecom.faults.struck["hang"], 20.0)
    assert await waiting(world, "wanglei")
    await wecom.rename_user("wanglei", "wang.lei")
    assert not await waiting(world, "wanglei")
    wecom.faults.hang = False
    await wang.looks().sees("角色 业务员", "请核对")


async def test_a_new_userid_that_somebody_had_is_theirs_no_more(world: World) -> None:
    lin, li, sun = (
        world.person(name, user, channel="wecom")
        for name, user in (("林岚", "linlan"), ("李静", "lijing"), ("孙梅", "sunmei"))
    )
    platform(world).world.users.pop("sunmei")
    await platform(world).rename_user("lijing", "sunmei")
    await li.says("我是谁").sees("李静", "区域经理")
    await world.clock("2026-03-02 09:01")
    await lin.looks().sees("孙梅", "已注销")
    assert sun.user in await known(world)


async def test_other_changes_of_the_address_book_change_nothing(world: World) -> None:
    li = world.person("李静", "lijing", channel="wecom")
    told = {"ChangeType": "update_user", "UserID": "lijing", "Department": "4,9"}
    assert (await platform(world).system("change_contact", told)).status == 200
    await platform(world).system("change_contact", {"ChangeType": "delete_user", "UserID": "nobody"})
    await li.says("我是谁").sees("李静")
