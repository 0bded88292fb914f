"""A click that is under way while somebody else decides: platforms undo what reaches a card meanwhile (design 3)."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import text

from bot.messages import Account, single_chat
from bot.turn import Turn
from handlers.approvals.entries import Agreement
from storage.unit import Unit
from tests.chat import PATIENCE, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
LI = Account("dingtalk", "", "lijing")


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk")


def agree(world: World, unit: Unit) -> None:
    """The turn of 李静's words, but for her words."""
    copyist = world.app.dispatcher.conversation.copyist
    turn = Turn(
        now=world.now,
        trace="faster",
        house=world.app.premises(),
        catalog=world.app.catalog,
        unit=unit,
        signer=copyist.signer,
        person=unit.identity.person_of(LI),
        account=LI,
        place=single_chat(LI),
    )
    world.app.catalog.commands["approvals.agree"].handler(turn, unit, Agreement(approval=2001, opinion=None))
    copyist.redraw(turn, None)


def waits_for_a_lock(unit: Unit) -> bool:
    """PostgreSQL's turns go on until they need what another one holds; SQLite's wait at the door."""
    if unit.sql.dialect.name != "postgresql":
        return True
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return bool(unit.sql.execute(text(waiting)).scalar_one())


async def test_a_click_that_was_overtaken_shows_who_was_faster(world: World) -> None:
    wang, li = world.member("王磊"), world.member("李静")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    await world.settled()
    decided, go_on = threading.Event(), threading.Event()

    def faster(unit: Unit) -> None:
        agree(world, unit)
        decided.set()
        go_on.wait(PATIENCE)

    winning = asyncio.create_task(world.app.store.write(faster))
    await asyncio.to_thread(decided.wait, PATIENCE)
    dingtalk, reason = li.phone.emulator, {"驳回理由": "资料不全"}
    clicking = asyncio.create_task(dingtalk.press(li.user, li.last.message_id, "驳回", reason))
    async with asyncio.timeout(PATIENCE):
        while not await world.app.store.read(waits_for_a_lock):  # noqa: ASYNC110 - a database tells of no changes
            await asyncio.sleep(0.005)
    go_on.set()
    await winning
    click = await clicking
    assert "已同意 李静 09:00" in click.push.answer["response"]["cardData"]["cardParamMap"]["status"]
    await li.looks().sees("已处理:李静 09:00 已同意")
    await world.settled()
    card = li.card("审批编号")
    assert "已同意 李静 09:00" in card.text
    assert card.buttons == []
