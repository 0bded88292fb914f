"""Clicks on DingTalk that should do nothing: forged, somebody else's, repeated, stale, too late (abuse cases 9 to 13)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import update

from bot.permit import Role
from storage.tables import persons
from tests.build import Org
from tests.chat import Person, World
from tests.dingtalk.people import AllOnDingtalk, emulator, registered

REVIEW = "新报备 BB1001"


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk")


@pytest.fixture
def org() -> Org:
    return AllOnDingtalk()


def agrees(li: Person) -> str:
    """The id of 同意 as the card carries it."""
    given = li.card(REVIEW).content["cardParamMap"]
    return str(next(each["id"] for each in json.loads(given["buttons"]) if each["text"] == "同意"))


async def replays(who: Person, li: Person, button: str, **more: Any) -> None:
    """A request built by hand, on the manager's card."""
    who.mark()
    await emulator(who.world).press_value(who.user, li.card(REVIEW).message_id, {"id": button, **more})


def changed(button: str, which: str) -> str:
    copy, number, mac = button.rstrip("~").split(".")
    return {
        "number": f"{copy}.{int(number, 36) + 1}.{mac}~",
        "copy": f"{copy}x.{number}.{mac}~",
        "mac": f"{copy}.{number}.{mac[::-1]}~",
        "half": f"{copy}.{number}",
        "nonsense": "nonsense",
        "nothing": "",
    }[which]


@pytest.mark.parametrize("which", ["number", "copy", "mac", "half", "nonsense", "nothing"])
async def test_a_forged_button_is_refused_and_audited(world: World, which: str) -> None:
    """9: whatever stands beside it in the params."""
    wang, li = await registered(world)
    await replays(li, li, changed(agrees(li), which), deal_id="BB1002", action="approvals.agree", approval="2001")
    await li.looks().sees("无权限")
    assert "forged_action" in await world.audited()
    await wang.says("进度 BB1001").sees("待审")
    await li.presses("同意").sees("已同意")


async def test_somebody_elses_card_cannot_be_pressed(world: World) -> None:
    """10: the agent replays the request of the manager's card, and is told alone."""
    wang, li = await registered(world)
    li.mark()
    await replays(wang, li, agrees(li), userId="lijing")
    await wang.looks().sees("无权限")
    await li.looks().not_sees("无权限")
    assert "同意" in li.card(REVIEW).buttons
    await wang.says("进度 BB1001").sees("待审")


async def test_a_card_is_not_forwarded(world: World) -> None:
    """10: the client is told not to offer it."""
    await registered(world)
    sent = [call.body for call in emulator(world).calls if call.path.endswith("createAndDeliver")]
    assert sent
    assert all(body["imRobotOpenSpaceModel"] == {"supportForward": False} for body in sent)


async def test_ten_presses_at_once_are_one_decision(world: World) -> None:
    """11: one notification, and each press ends with the settled card."""
    wang, li = await registered(world)
    dingtalk, card = emulator(world), li.card(REVIEW)
    wang.mark()
    clicks = await asyncio.gather(*(dingtalk.press("lijing", card.message_id, "同意") for _ in range(10)))
    assert [click.error for click in clicks] == [""] * 10
    await wang.looks().sees("BB1001 已通过")
    await world.settled()
    assert len([m for m in wang.messages if "（90 天）" in m.text]) == 1
    assert (card.buttons, "已同意 李静 09:00" in card.text) == ([], True)


async def test_the_same_callback_three_times_is_one_decision(world: World) -> None:
    """11: pushed again with another frame, as nothing forbids (page 1.5)."""
    wang, li = await registered(world)
    await li.presses("同意").sees("已同意 李静 09:00")
    dingtalk = emulator(world)
    push = dingtalk.pushes[-1]
    for _ in range(2):
        await dingtalk.pusher.repeat(push)
        assert push.status == 200
    await wang.looks().sees("BB1001 已通过")
    await world.settled()
    assert len([m for m in wang.messages if "（90 天）" in m.text]) == 1


async def test_agreed_and_refused_at_once_is_one_of_both(world: World) -> None:
    wang, li = await registered(world)
    dingtalk, card = emulator(world), li.card(REVIEW)
    refusing = dingtalk.press("lijing", card.message_id, "驳回", form={"驳回理由": "资料不全"})
    await asyncio.gather(dingtalk.press("lijing", card.message_id, "同意"), refusing)
    await world.settled()
    ends = [word for word in ("已通过", "已驳回") if any(f"BB1001 {word}" in m.text for m in wang.messages)]
    assert len(ends) == 1
    assert card.buttons == []


async def test_a_card_drawn_before_a_change_decides_nothing(world: World) -> None:
    """12: no edit is spent on it (a call of the month's); the click brings the fresh card, and the next one decides."""
    wang, li = await registered(world)
    await wang.says("联系人 陈立 13900000001").sees("已补充到 BB1001")
    await li.says("审批 SP2001").sees("陈立")
    await wang.says("联系人 沈敏 13900000002").sees("BB1001")
    await li.presses("同意").sees("这张卡片已变更", "沈敏")
    await wang.says("进度 BB1001").sees("待审")
    await li.presses("同意").sees("已同意 李静 09:00")


@pytest.mark.parametrize("days", [13, 40])
async def test_an_old_card_decides_nothing_that_is_over(world: World, days: int) -> None:
    """12: escalated long ago; the card of then answers with what became of it."""
    wang, li = await registered(world)
    button = agrees(li)
    await world.passes(days=days)
    await world.settled()
    await replays(li, li, button)
    await li.looks().sees("已超时升级给 周强，非同意").not_sees("已同意")
    await wang.says("进度 BB1001").sees("待审").not_sees("已通过")


async def test_who_left_or_lost_the_role_decides_nothing(world: World) -> None:
    """13: the card is open, the right is gone since a minute."""
    wang, li = await registered(world)
    renamed = update(persons).where(persons.c.name == "李静").values(role=Role.AUDITOR)
    await world.app.store.write(lambda unit: unit.sql.execute(renamed))
    await li.presses("同意").sees("无权限")
    await world.deactivates("李静")
    await li.presses("同意").sees("账号已停用")
    assert "同意" in li.card(REVIEW).buttons
    await wang.says("进度 BB1001").sees("待审")


async def test_nobody_approves_their_own(world: World) -> None:
    """13: by word or by the manager's own button."""
    wang, li = await registered(world)
    await wang.says("同意 SP2001").sees("无权限")
    await replays(wang, li, agrees(li))
    await wang.looks().sees("无权限")
    await wang.says("进度 BB1001").sees("待审")
